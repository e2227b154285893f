//! What `DynamoDB` can do, line by line.

use dbspec_core::backend::capability::{Line, LineId, Proof, When};

/// What is accepted from other writers, and found.
const FOUND: Proof = Proof::Live("audits_find_what_dynamodb_accepts");
/// What is read, and that it is no more than is declared.
const READ: Proof = Proof::Live("chinook_on_dynamodb");

dbspec_core::lines! {
    ASSERT = "DDB-ASSERT" "programs judge it on what they read, and one transaction conditions on what was read; other writers can break it"
        When::Always, FOUND,
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html";
    ATOMIC = "DDB-ATOMIC" "one TransactWriteItems does all of it or nothing" When::Always, Proof::Document,
        "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html";
    COUNTER = "DDB-COUNTER"
        "the row that is named counts those that name it: an update of the count asks that it exists, its delete that the count is 0"
        When::Always, Proof::Document,
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html";
    ENCRYPTION = "DDB-ENCRYPTION" "values are kept as they are given"
        When::Never("the client that has the key encrypts; the table can't tell whether it did"), Proof::Document,
        "https://docs.aws.amazon.com/database-encryption-sdk/latest/devguide/what-is-database-encryption-sdk.html";
    ESTIMATE = "DDB-ESTIMATE" "choices turn on it" When::Always, Proof::Document,
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-general-nosql-design.html";
    FULL_READ = "DDB-FULL-READ" "a Scan reads the table" When::Always, READ,
        "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html";
    GROUP = "DDB-GROUP"
        "an item has the version of the rows with the same values; a write asks that it is the one that was read"
        When::Always, Proof::Document,
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html";
    INDEX = "DDB-INDEX" "a Query reads one partition of a global secondary index" When::Always, READ,
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html";
    KEY = "DDB-KEY" "a condition asks that no item has the key" When::Always, Proof::Document,
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html";
    KEY_READ = "DDB-KEY-READ" "a GetItem or a Query reads by the table's key" When::Always, READ,
        "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html";
    NAMES = "DDB-NAMES" "tables and attributes carry it" When::Always, Proof::Document,
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html";
    POLICY = "DDB-POLICY" "who may see or change a row isn't judged"
        When::Never("IAM's leading keys tell partitions apart, not rows by a predicate"), Proof::Document,
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html";
    RETENTION = "DDB-RETENTION" "a Scan finds the rows whose time is over; nothing removes them by itself"
        When::Always, Proof::Document,
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html";
    SEQUENCE = "DDB-SEQUENCE" "an item holds the last number; an atomic ADD takes the next" When::Always, Proof::Document,
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html#WorkingWithItems.AtomicCounters";
    STRONG = "DDB-STRONG" "an index can't be read consistently"
        When::Never("global secondary indexes follow the table after a while"), Proof::Document,
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html";
    UNIQUE = "DDB-UNIQUE" "an item whose key is the digest of the values guards them" When::Always, Proof::Document,
        "https://aws.amazon.com/blogs/database/simulating-amazon-dynamodb-unique-constraints-using-transactions/";
    UNORDERED = "DDB-UNORDERED" "no key or index finds the rows"
        When::Never("a Query needs a partition or an order that a key has"), Proof::Document,
        "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html";
    UNUSED = "DDB-UNUSED" "nothing turns on it" When::Never("no part of the design follows from it"), Proof::Document,
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-general-nosql-design.html";
}
