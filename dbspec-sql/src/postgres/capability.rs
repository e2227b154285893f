//! What PostgreSQL can do, line by line.

use dbspec_core::backend::capability::{Line, LineId, Proof, When};

/// The schemas of the examples run.
const RUNS: Proof = Proof::Parser("psql_runs_the_schemas");
/// The row that breaks it is refused, by the constraint's name, and the row at the edge is accepted.
const REFUSED: Proof = Proof::Live("postgres_refuses_what_it_claims_to");
/// The row that breaks it is accepted, and found by the audit.
const FOUND: Proof = Proof::Live("audits_find_what_postgres_accepts");

dbspec_core::lines! {
    PRIMARY_KEY = "PG-PRIMARY-KEY" "a PRIMARY KEY refuses the row" When::Always, REFUSED,
        "https://www.postgresql.org/docs/18/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS";
    TYPE = "PG-TYPE" "the column's type refuses the value" When::Always, REFUSED,
        "https://www.postgresql.org/docs/18/datatype.html";
    CHECK = "PG-CHECK" "a CHECK refuses the row" When::Always, REFUSED,
        "https://www.postgresql.org/docs/18/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS";
    NOT_NULL = "PG-NOT-NULL" "NOT NULL refuses the row" When::Always, REFUSED,
        "https://www.postgresql.org/docs/18/ddl-constraints.html#DDL-CONSTRAINTS-NOT-NULL";
    UNIQUE = "PG-UNIQUE" "a UNIQUE constraint refuses the row" When::Always, REFUSED,
        "https://www.postgresql.org/docs/18/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS";
    UNIQUE_INDEX = "PG-UNIQUE-INDEX" "a unique index, partial or over expressions, refuses the row" When::Always, REFUSED,
        "https://www.postgresql.org/docs/18/indexes-partial.html";
    NULLS_NOT_DISTINCT = "PG-NULLS-NOT-DISTINCT" "a unique index with NULLS NOT DISTINCT refuses the row"
        When::Since(15, 0, 0), REFUSED, "https://www.postgresql.org/docs/15/sql-createindex.html";
    FOREIGN_KEY = "PG-FOREIGN-KEY" "a FOREIGN KEY, judged at the end of the transaction, refuses the row"
        When::Always, REFUSED, "https://www.postgresql.org/docs/18/ddl-constraints.html#DDL-CONSTRAINTS-FK";
    FK_ACTION = "PG-FK-ACTION" "the FOREIGN KEY does it: NO ACTION, CASCADE or SET NULL" When::Always, REFUSED,
        "https://www.postgresql.org/docs/18/sql-createtable.html#SQL-CREATETABLE-PARMS-REFERENCES";
    SHARED_KEY = "PG-SHARED-KEY" "a FOREIGN KEY over the reference and the shared columns refuses the row"
        When::Always, REFUSED, "https://www.postgresql.org/docs/18/ddl-constraints.html#DDL-CONSTRAINTS-FK";
    EXCLUDE = "PG-EXCLUDE" "an EXCLUDE constraint over a range refuses the row" When::Always, RUNS,
        "https://www.postgresql.org/docs/18/rangetypes.html#RANGETYPES-CONSTRAINT";
    EXCLUDE_GIST = "PG-EXCLUDE-GIST" "an EXCLUDE constraint over values and a range refuses the row"
        When::Needs("extension btree_gist"), REFUSED, "https://www.postgresql.org/docs/18/btree-gist.html";
    TRIGGER = "PG-TRIGGER" "a trigger that compares the row before and after refuses the change" When::Always,
        Proof::Live("triggers_refuse_what_they_claim_to"), "https://www.postgresql.org/docs/18/sql-createtrigger.html";
    END_TRIGGER = "PG-CONSTRAINT-TRIGGER"
        "a constraint trigger refuses the transaction at its end; it first writes the row that it judges by, so that no other does the same unseen"
        When::Always, Proof::Live("triggers_refuse_what_they_claim_to"),
        "https://www.postgresql.org/docs/18/applevel-consistency.html";
    HELD_TRIGGER = "PG-CONSTRAINT-TRIGGER-SHARE"
        "a constraint trigger refuses the transaction at its end; it first locks the named row, so that nobody deletes it softly meanwhile"
        When::Always, Proof::Live("triggers_refuse_what_they_claim_to"),
        "https://www.postgresql.org/docs/18/explicit-locking.html#LOCKING-ROWS";
    SERIALIZABLE = "PG-SERIALIZABLE"
        "programs judge it on what they read in a SERIALIZABLE transaction; other writers can break it"
        When::Always, FOUND,
        "https://www.postgresql.org/docs/18/transaction-iso.html#XACT-SERIALIZABLE";
    PAST_STATE = "PG-PAST-STATE"
        "programs judge it against the row before the write; what a row was before is not kept, so no query finds a violation"
        When::Always, Proof::Document,
        "https://www.postgresql.org/docs/18/transaction-iso.html#XACT-SERIALIZABLE";
    DEFAULT = "PG-DEFAULT" "the column's DEFAULT fills it" When::Always, Proof::Live("defaults_fill_what_is_not_said"),
        "https://www.postgresql.org/docs/18/ddl-default.html";
    SEQUENCE = "PG-SEQUENCE" "a sequence numbers it" When::Always, RUNS,
        "https://www.postgresql.org/docs/18/sql-createsequence.html";
    RETENTION = "PG-RETENTION" "a query finds the rows that are past their time; nothing removes them" When::Always,
        Proof::Document, "https://www.postgresql.org/docs/18/sql-delete.html";
    POLICY = "PG-POLICY" "row security is not generated" When::Never("policies are not compiled for PostgreSQL yet"),
        Proof::Document, "https://www.postgresql.org/docs/18/ddl-rowsecurity.html";
    ENCRYPTION = "PG-ENCRYPTION" "values are stored as they come: nothing tells an encrypted one from a plain one"
        When::Never("the server has no encryption of columns with a key that it doesn't know"), Proof::Document,
        "https://www.postgresql.org/docs/18/encryption-options.html";
    HASHED = "PG-HASHED" "a CHECK refuses what hasn't the form of a hash" When::Always, REFUSED,
        "https://www.postgresql.org/docs/18/functions-matching.html";
    INDEX = "PG-INDEX" "a B-tree index or key serves it" When::Always, Proof::Document,
        "https://www.postgresql.org/docs/18/indexes-ordering.html";
    FULL_READ = "PG-FULL-READ" "the table is read as a whole" When::Always, Proof::Document,
        "https://www.postgresql.org/docs/18/using-explain.html";
    NO_INDEX = "PG-NO-INDEX" "no index serves it" When::Always, Proof::Document,
        "https://www.postgresql.org/docs/18/indexes-types.html";
    EVALUATED = "PG-EVALUATED"
        "its rows are read along an index or as a whole; the program judges what SQL can't: a hash of many rounds, floats that overflow"
        When::Always, Proof::Live("what_sql_cannot_say_is_answered"),
        "https://www.postgresql.org/docs/18/datatype-numeric.html#DATATYPE-FLOAT";
    TRANSACTION = "PG-TRANSACTION" "one transaction does it" When::Always, Proof::Document,
        "https://www.postgresql.org/docs/18/tutorial-transactions.html";
    NAMES = "PG-NAMES" "names of tables, columns and constraints derive from it" When::Always, RUNS,
        "https://www.postgresql.org/docs/18/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS";
    COMMENT = "PG-COMMENT" "COMMENT ON carries it" When::Always, RUNS,
        "https://www.postgresql.org/docs/18/sql-comment.html";
    ESTIMATE = "PG-ESTIMATE" "the choice and the cost of indexes read it" When::Always, Proof::Document,
        "https://www.postgresql.org/docs/18/indexes-intro.html";
    UNUSED = "PG-UNUSED" "nothing is made of it" When::Never("not compiled for PostgreSQL yet"), Proof::Document,
        "https://www.postgresql.org/docs/18/index.html";
}
