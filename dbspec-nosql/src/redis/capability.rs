//! What Redis can do, line by line.

use dbspec_core::backend::capability::{Line, LineId, Proof, When};

dbspec_core::lines! {
    ASSERT = "RD-ASSERT"
        "programs judge it on what they read, and the function that writes asks first that all of it is still so; other writers can break it"
        When::Needs("no eviction of keys: maxmemory-policy noeviction or volatile-*"), Proof::Document,
        "https://redis.io/docs/latest/develop/programmability/functions-intro/";
    ATOMIC = "RD-ATOMIC"
        "one run of a function does all of it or nothing; a failover can lose writes that were acknowledged"
        When::Needs("keys of one slot; append-only file with appendfsync always to outlive a crash"), Proof::Document,
        "https://redis.io/docs/latest/develop/programmability/functions-intro/";
    ENCRYPTION = "RD-ENCRYPTION" "values are kept as they are given"
        When::Never("Redis encrypts no field; whoever has the key is the client"), Proof::Document,
        "https://redis.io/docs/latest/operate/oss_and_stack/management/security/";
    ESTIMATE = "RD-ESTIMATE" "choices turn on it" When::Always, Proof::Document,
        "https://redis.io/docs/latest/develop/clients/patterns/indexes/";
    FULL_READ = "RD-FULL-READ" "the set of all names is read, then every row" When::Always, Proof::Document,
        "https://redis.io/docs/latest/commands/zrange/";
    GROUP = "RD-GROUP" "a set has the rows with the same values; a write asks that it is the one that was read"
        When::Needs("no eviction of keys: maxmemory-policy noeviction or volatile-*"), Proof::Document,
        "https://redis.io/docs/latest/develop/clients/patterns/indexes/";
    INDEX = "RD-INDEX" "a range of a sorted set names the rows in order" When::Always, Proof::Document,
        "https://redis.io/docs/latest/develop/clients/patterns/indexes/";
    KEY = "RD-KEY" "the row's key is the hash's; a write asks that there is none"
        When::Needs("no eviction of keys: maxmemory-policy noeviction or volatile-*"), Proof::Document,
        "https://redis.io/docs/latest/develop/using-commands/keyspace/";
    KEY_READ = "RD-KEY-READ" "the key gives the row; the names of all are in its order" When::Always, Proof::Document,
        "https://redis.io/docs/latest/commands/hgetall/";
    NAMES = "RD-NAMES" "keys and fields carry it" When::Always, Proof::Document,
        "https://redis.io/docs/latest/develop/using-commands/keyspace/";
    POLICY = "RD-POLICY" "who may see or change a row isn't judged"
        When::Never("access control tells keys and commands apart, not rows by a predicate"), Proof::Document,
        "https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/";
    REFERENCE = "RD-REFERENCE"
        "a set has the rows that name a row; a write asks that it and the row are as they were read"
        When::Needs("no eviction of keys: maxmemory-policy noeviction or volatile-*"), Proof::Document,
        "https://redis.io/docs/latest/develop/clients/patterns/indexes/";
    RETENTION = "RD-RETENTION" "a command shows the rows; nothing removes them by itself"
        When::Never("a key that expires asks nobody who refers to it, and stays in its indexes"), Proof::Document,
        "https://redis.io/docs/latest/commands/expire/";
    SEQUENCE = "RD-SEQUENCE" "a key holds the last number; INCRBY takes the next" When::Always, Proof::Document,
        "https://redis.io/docs/latest/commands/incrby/";
    UNORDERED = "RD-UNORDERED" "no key or index finds the rows"
        When::Never("a range needs a set or an order that an index has"), Proof::Document,
        "https://redis.io/docs/latest/develop/clients/patterns/indexes/";
    UNUSED = "RD-UNUSED" "nothing turns on it" When::Never("no part of the design follows from it"), Proof::Document,
        "https://redis.io/docs/latest/develop/using-commands/keyspace/";
}
