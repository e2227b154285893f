//! What MySQL can do, line by line.

use dbspec_core::backend::capability::{Line, LineId, Proof, When};

/// The schemas of the examples run.
const RUNS: Proof = Proof::Parser("mysql_runs_the_schemas");
/// The row that breaks it is refused, by the constraint's name, and the row at the edge is accepted.
const REFUSED: Proof = Proof::Live("mysql_refuses_what_it_claims_to");
/// The row that breaks it is accepted, and found by the audit.
const FOUND: Proof = Proof::Live("audits_find_what_mysql_accepts");

dbspec_core::lines! {
    PRIMARY_KEY = "MY-PRIMARY-KEY" "a PRIMARY KEY refuses the row" When::Always, REFUSED,
        "https://dev.mysql.com/doc/refman/8.4/en/create-table.html";
    TYPE = "MY-TYPE" "the column's type refuses the value, where `sql_mode` is strict"
        When::Needs("setting sql_mode: STRICT_TRANS_TABLES, the default"), REFUSED,
        "https://dev.mysql.com/doc/refman/8.4/en/sql-mode.html#sql-mode-strict";
    FRACTION = "MY-FRACTION" "what stands behind 30 digits after the point is rounded away"
        When::Never("a decimal has at most 30 digits behind its point"), Proof::Document,
        "https://dev.mysql.com/doc/refman/8.4/en/precision-math-decimal-characteristics.html";
    CHECK = "MY-CHECK" "a CHECK refuses the row" When::Since(8, 0, 16), REFUSED,
        "https://dev.mysql.com/doc/refman/8.4/en/create-table-check-constraints.html";
    NOT_NULL = "MY-NOT-NULL" "NOT NULL refuses the row" When::Always, REFUSED,
        "https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html";
    UNIQUE = "MY-UNIQUE" "a unique index refuses the row" When::Always, REFUSED,
        "https://dev.mysql.com/doc/refman/8.4/en/create-index.html#create-index-unique";
    FUNCTIONAL = "MY-FUNCTIONAL" "a unique index over expressions, null where the rule doesn't bind, refuses the row"
        When::Since(8, 0, 13), REFUSED,
        "https://dev.mysql.com/doc/refman/8.4/en/create-index.html#create-index-functional-key-parts";
    FOREIGN_KEY = "MY-FOREIGN-KEY"
        "a FOREIGN KEY refuses the row of every other writer, row by row; programs judge it at the end of a write by themselves"
        When::Always, REFUSED, "https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html";
    FK_ACTION = "MY-FK-ACTION" "the FOREIGN KEY does it: RESTRICT, CASCADE or SET NULL" When::Always, REFUSED,
        "https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html#foreign-key-referential-actions";
    PROGRAM_ACTION = "MY-PROGRAM-ACTION"
        "programs do it; the FOREIGN KEY of a column that a CHECK or another FOREIGN KEY names can't, one that would pass a trigger by mustn't: it restricts other writers"
        When::Always, Proof::Document,
        "https://dev.mysql.com/doc/refman/8.4/en/create-table-check-constraints.html";
    SHARED_KEY = "MY-SHARED-KEY" "a FOREIGN KEY over the reference and the shared columns refuses the row" When::Always,
        REFUSED, "https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html";
    SERIALIZABLE = "MY-SERIALIZABLE"
        "programs judge it on what they read, and lock, in a SERIALIZABLE transaction; other writers can break it"
        When::Always, FOUND,
        "https://dev.mysql.com/doc/refman/8.4/en/innodb-transaction-isolation-levels.html#isolevel_serializable";
    TRIGGER = "MY-TRIGGER" "a BEFORE trigger refuses the change, as a CHECK does; no FOREIGN KEY passes it by" When::Always, REFUSED,
        "https://dev.mysql.com/doc/refman/8.4/en/trigger-syntax.html";
    PAST_STATE = "MY-PAST-STATE"
        "programs judge it against the row before the write; what a row was before is not kept, so no query finds a violation"
        When::Always, Proof::Document,
        "https://dev.mysql.com/doc/refman/8.4/en/innodb-transaction-isolation-levels.html#isolevel_serializable";
    DEFAULT = "MY-DEFAULT" "the column's DEFAULT fills it" When::Since(8, 0, 13), REFUSED,
        "https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html#data-type-defaults-explicit";
    SEQUENCE = "MY-SEQUENCE" "programs number it from a table of one row; other writers give a number" When::Always, RUNS,
        "https://dev.mysql.com/doc/refman/8.4/en/innodb-locking-reads.html";
    RETENTION = "MY-RETENTION" "a query finds the rows that are past their time; nothing removes them" When::Always,
        Proof::Document, "https://dev.mysql.com/doc/refman/8.4/en/delete.html";
    POLICY = "MY-POLICY" "no rows are hidden"
        When::Never("the server has no row security, and views are not generated yet"), Proof::Document,
        "https://dev.mysql.com/doc/refman/8.4/en/create-view.html";
    ENCRYPTION = "MY-ENCRYPTION" "values are stored as they come: nothing tells an encrypted one from a plain one"
        When::Never("the server has no encryption of columns with a key that it doesn't know"), Proof::Document,
        "https://dev.mysql.com/doc/refman/8.4/en/encryption-functions.html";
    HASHED = "MY-HASHED" "a CHECK refuses what hasn't the form of a hash" When::Since(8, 0, 16), REFUSED,
        "https://dev.mysql.com/doc/refman/8.4/en/regexp.html";
    INDEX = "MY-INDEX" "an index or key serves it" When::Always, Proof::Document,
        "https://dev.mysql.com/doc/refman/8.4/en/mysql-indexes.html";
    FULL_READ = "MY-FULL-READ" "the table is read as a whole" When::Always, Proof::Document,
        "https://dev.mysql.com/doc/refman/8.4/en/table-scan-avoidance.html";
    NO_INDEX = "MY-NO-INDEX" "no index serves it" When::Always, Proof::Document,
        "https://dev.mysql.com/doc/refman/8.4/en/mysql-indexes.html";
    EVALUATED = "MY-EVALUATED" "rows are read by an index, or all; what SQL can't say of them is judged by the program"
        When::Always, Proof::Document, "https://dev.mysql.com/doc/refman/8.4/en/mysql-indexes.html";
    TRANSACTION = "MY-TRANSACTION" "one transaction does it" When::Always, Proof::Document,
        "https://dev.mysql.com/doc/refman/8.4/en/commit.html";
    NAMES = "MY-NAMES" "names of tables, columns and constraints derive from it" When::Always, RUNS,
        "https://dev.mysql.com/doc/refman/8.4/en/identifiers.html";
    COMMENT = "MY-COMMENT" "COMMENT carries it, cut to 2,048 characters for a table and 1,024 for a column" When::Always,
        RUNS, "https://dev.mysql.com/doc/refman/8.4/en/create-table.html";
    ESTIMATE = "MY-ESTIMATE" "the choice and the cost of indexes read it" When::Always, Proof::Document,
        "https://dev.mysql.com/doc/refman/8.4/en/mysql-indexes.html";
    UNUSED = "MY-UNUSED" "nothing is made of it" When::Never("not compiled for MySQL yet"), Proof::Document,
        "https://dev.mysql.com/doc/refman/8.4/en/";
}
