//! What Neo4j can do, line by line.

use dbspec_core::backend::capability::{Line, LineId, Proof, When};

dbspec_core::lines! {
    ATOMIC = "NEO-ATOMIC" "one transaction does all of it or nothing" When::Always, Proof::Document,
        "https://neo4j.com/docs/operations-manual/5/database-internals/transaction-management/";
    ENCRYPTION = "NEO-ENCRYPTION" "values are kept as they are given"
        When::Never("the client that has the key encrypts; the graph can't tell whether it did"), Proof::Document,
        "https://neo4j.com/docs/operations-manual/5/security/";
    ESTIMATE = "NEO-ESTIMATE" "choices turn on it" When::Always, Proof::Document,
        "https://neo4j.com/docs/cypher-manual/5/indexes/search-performance-indexes/using-indexes/";
    EXISTS = "NEO-EXISTS" "an existence constraint refuses a node without the property"
        When::Edition("enterprise"), Proof::Document,
        "https://neo4j.com/docs/cypher-manual/5/constraints/managing-constraints/";
    FULL_READ = "NEO-FULL-READ" "all nodes of the label are read" When::Always, Proof::Document,
        "https://neo4j.com/docs/cypher-manual/5/planning-and-tuning/operators/operators-detail/#query-plan-node-by-label-scan";
    INDEX = "NEO-INDEX" "a range index finds the nodes" When::Always, Proof::Document,
        "https://neo4j.com/docs/cypher-manual/5/indexes/search-performance-indexes/using-indexes/";
    KEY = "NEO-KEY" "a key constraint refuses a second node with the key, and one without it"
        When::Edition("enterprise"), Proof::Document,
        "https://neo4j.com/docs/cypher-manual/5/constraints/managing-constraints/";
    KEY_READ = "NEO-KEY-READ" "the index of a uniqueness constraint finds the node" When::Always, Proof::Document,
        "https://neo4j.com/docs/cypher-manual/5/constraints/managing-constraints/";
    LOCK = "NEO-LOCK"
        "programs lock what they judge on and what they change before they read and write it; other writers can break it"
        When::Always, Proof::Document,
        "https://neo4j.com/docs/operations-manual/5/database-internals/concurrent-data-access/";
    NAMES = "NEO-NAMES" "labels, relationship types and properties carry it" When::Always, Proof::Document,
        "https://neo4j.com/docs/cypher-manual/5/syntax/naming/";
    POLICY = "NEO-POLICY" "who may see or change a row isn't judged"
        When::Never("Community has no roles"), Proof::Document,
        "https://neo4j.com/docs/operations-manual/5/authentication-authorization/";
    RELATIONSHIP = "NEO-RELATIONSHIP" "relationships lead to the nodes" When::Always, Proof::Document,
        "https://neo4j.com/docs/cypher-manual/5/planning-and-tuning/operators/operators-detail/#query-plan-expand-all";
    RETENTION = "NEO-RETENTION" "a statement finds the rows whose time is over; nothing removes them by itself"
        When::Always, Proof::Document,
        "https://neo4j.com/docs/cypher-manual/5/clauses/where/";
    SEQUENCE = "NEO-SEQUENCE" "a node holds the last number; who takes the next has its lock" When::Always,
        Proof::Document,
        "https://neo4j.com/docs/operations-manual/5/database-internals/concurrent-data-access/";
    TYPE = "NEO-TYPE" "a type constraint refuses any other value" When::Edition("enterprise"), Proof::Document,
        "https://neo4j.com/docs/cypher-manual/5/constraints/managing-constraints/";
    UNIQUE = "NEO-UNIQUE" "a uniqueness constraint refuses a second node with the values" When::Always, Proof::Document,
        "https://neo4j.com/docs/cypher-manual/5/constraints/managing-constraints/";
    UNORDERED = "NEO-UNORDERED" "no index or relationship finds the rows"
        When::Never("an index needs a value or an order that properties have"), Proof::Document,
        "https://neo4j.com/docs/cypher-manual/5/indexes/search-performance-indexes/using-indexes/";
    UNUSED = "NEO-UNUSED" "nothing turns on it" When::Never("no part of the design follows from it"), Proof::Document,
        "https://neo4j.com/docs/getting-started/data-modeling/";
}
