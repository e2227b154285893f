//! What `MongoDB` can do, line by line.

use dbspec_core::backend::capability::{Line, LineId, Proof, When};

dbspec_core::lines! {
    ASSERT = "MDB-ASSERT" "programs judge it on what they read in a transaction, and touch what they relied on; other writers can break it"
        When::Needs("a replica set or a sharded cluster, as transactions do"), Proof::Document,
        "https://www.mongodb.com/docs/manual/core/transactions/";
    ATOMIC = "MDB-ATOMIC" "one transaction does all of it or nothing"
        When::Needs("a replica set or a sharded cluster, as transactions do"), Proof::Document,
        "https://www.mongodb.com/docs/manual/core/transactions/";
    ENCRYPTION = "MDB-ENCRYPTION" "values are kept as they are given"
        When::Never("the client that has the key encrypts; the collection can't tell whether it did"), Proof::Document,
        "https://www.mongodb.com/docs/manual/core/csfle/";
    ESTIMATE = "MDB-ESTIMATE" "choices turn on it" When::Always, Proof::Document,
        "https://www.mongodb.com/docs/manual/applications/data-models/";
    FULL_READ = "MDB-FULL-READ" "a find reads the collection" When::Always, Proof::Document,
        "https://www.mongodb.com/docs/manual/reference/command/find/";
    GROUP = "MDB-GROUP" "writes of rows with the same values raise one lock's number in their transaction"
        When::Needs("a replica set or a sharded cluster, as transactions do"), Proof::Document,
        "https://www.mongodb.com/docs/manual/core/transactions-production-consideration/";
    INDEX = "MDB-INDEX" "a find reads a range of an index" When::Always, Proof::Document,
        "https://www.mongodb.com/docs/manual/indexes/";
    KEY = "MDB-KEY" "the index of _id refuses a second document" When::Always, Proof::Document,
        "https://www.mongodb.com/docs/manual/core/document/#the-_id-field";
    KEY_READ = "MDB-KEY-READ" "a find reads by _id" When::Always, Proof::Document,
        "https://www.mongodb.com/docs/manual/reference/command/find/";
    NAMES = "MDB-NAMES" "collections and fields carry it" When::Always, Proof::Document,
        "https://www.mongodb.com/docs/manual/reference/limits/";
    POLICY = "MDB-POLICY" "who may see or change a document isn't judged"
        When::Never("roles tell collections apart, not documents"), Proof::Document,
        "https://www.mongodb.com/docs/manual/core/collection-level-access-control/";
    REFERENCE = "MDB-REFERENCE" "a write touches the document that is named, so that no other transaction deletes it"
        When::Needs("a replica set or a sharded cluster, as transactions do"), Proof::Document,
        "https://www.mongodb.com/docs/manual/core/transactions-production-consideration/";
    RETENTION = "MDB-RETENTION" "a find shows the rows whose time is over; nothing removes them by itself"
        When::Always, Proof::Document,
        "https://www.mongodb.com/docs/manual/core/index-ttl/";
    SEQUENCE = "MDB-SEQUENCE" "a document holds the last number; findAndModify takes the next" When::Always, Proof::Document,
        "https://www.mongodb.com/docs/manual/reference/command/findAndModify/";
    UNIQUE = "MDB-UNIQUE" "a unique index refuses a second document with the values; those without one of them aren't in it"
        When::Always, Proof::Document,
        "https://www.mongodb.com/docs/manual/core/index-unique/";
    UNIQUE_DIGEST = "MDB-UNIQUE-DIGEST"
        "a unique index over the digest of the values that the rule binds, which programs write; other writers can leave it out"
        When::Always, Proof::Document,
        "https://www.mongodb.com/docs/manual/core/index-partial/";
    UNORDERED = "MDB-UNORDERED" "no key or index finds the rows"
        When::Never("a find without an index reads the collection"), Proof::Document,
        "https://www.mongodb.com/docs/manual/core/query-optimization/";
    UNUSED = "MDB-UNUSED" "nothing turns on it" When::Never("no part of the design follows from it"), Proof::Document,
        "https://www.mongodb.com/docs/manual/data-modeling/";
    VALIDATOR = "MDB-VALIDATOR" "the collection's validator refuses the document" When::Always, Proof::Document,
        "https://www.mongodb.com/docs/manual/core/schema-validation/";
}
