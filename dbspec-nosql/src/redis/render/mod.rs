//! Design → files of commands, as `redis-cli` takes them on its standard input.

use dbspec_core::backend::{Artefact, Script};

use super::design::{Design, Hash};
use super::keywords::quoted;

/// The functions, in Lua.
const BODY: &str = include_str!("library.lua");
/// Their names, what they do, and whether they only read.
const FUNCTIONS: [(&str, &str, Kind); 6] = [
    ("dbspec_rows", "rows", Kind::Reads),
    ("dbspec_ranges", "ranges", Kind::Reads),
    ("dbspec_counts", "counts", Kind::Reads),
    ("dbspec_page", "page", Kind::Reads),
    ("dbspec_next", "next_number", Kind::Writes),
    ("dbspec_commit", "commit", Kind::Writes),
];

/// What a function does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Reads,
    Writes,
}

/// The commands that the functions run, and what calls them: a user needs all of these.
const COMMANDS: &str = "+fcall +fcall_ro +eval +evalsha +script|load +function|list +ping +info +hello +select +client|setinfo +cluster|slots +hgetall +zrange \
                        +zlexcount +exists +type +get +set +del +hset +zadd +zrem +incrby";

/// The library of functions, as `FUNCTION LOAD` takes it.
pub(super) fn library() -> String {
    let mut text = format!("#!lua name=dbspec\n{BODY}\n");
    for (name, call, kind) in FUNCTIONS {
        let register = match kind {
            Kind::Reads => format!(
                "redis.register_function{{function_name='{name}', callback={call}, flags={{'no-writes'}}}}\n"
            ),
            Kind::Writes => format!("redis.register_function('{name}', {call})\n"),
        };
        text.push_str(&register);
    }
    text
}

/// The same as one script, where functions aren't to be had: its first argument is the function's name.
pub(super) fn script() -> String {
    let calls: Vec<String> = FUNCTIONS
        .iter()
        .map(|(name, call, _)| format!("{name} = {call}"))
        .collect();
    format!(
        "{BODY}\nlocal calls = {{ {} }}\nlocal call = table.remove(ARGV, 1)\nreturn calls[call](KEYS, ARGV)\n",
        calls.join(", ")
    )
}

/// The files of a design: functions and catalog, then the user.
pub(super) fn render(design: &Design) -> Script {
    let mut schema = Artefact::new("schema.redis");
    statement(&mut schema, "FUNCTION LOAD REPLACE", &[library()]);
    let mut catalog = vec![design.key(&design.catalog)];
    for hash in &design.hashes {
        catalog.extend(described(design, hash));
    }
    catalog.extend([
        design.key(&design.done) + ":*",
        "string: a request that was done, known for a while".to_owned(),
    ]);
    statement(&mut schema, "HSET", &catalog);
    let keys = format!("~{}:*", glob(&design.tag));
    let mut words = vec![
        design.user.clone(),
        "resetkeys".to_owned(),
        keys,
        "nocommands".to_owned(),
    ];
    words.extend(COMMANDS.split_whitespace().map(str::to_owned));
    let mut users = Artefact::new("users.redis");
    statement(&mut users, "ACL SETUSER", &words);
    Script {
        artefacts: vec![schema, users],
    }
}

/// What keys of an entity there are, and what stands there.
fn described(design: &Design, hash: &Hash) -> Vec<String> {
    let mut words = Vec::new();
    let mut entry = |key: String, what: String| words.extend([key, what]);
    let names = |places: &[usize]| {
        let names: Vec<&str> = places.iter().map(|at| hash.fields[*at].name.as_str()).collect();
        names.join(", ")
    };
    entry(
        design.key(&hash.name),
        format!("zset: the names of all rows of {}", hash.entity),
    );
    let fields: Vec<String> = hash
        .fields
        .iter()
        .map(|field| format!("{} {}", field.name, field.form))
        .collect();
    entry(
        format!("{}:*", design.key(&hash.name)),
        format!("hash: a row, by {}: {}", names(&hash.key), fields.join(", ")),
    );
    for index in &hash.indexes {
        let key = design.key(&index.name);
        let key = if index.hash.is_empty() {
            key
        } else {
            format!("{key}:*")
        };
        let by = if index.hash.is_empty() {
            String::new()
        } else {
            format!(" by {}", names(&index.hash))
        };
        let order = if index.range.is_empty() {
            String::new()
        } else {
            format!(", in the order of {}", names(&index.range))
        };
        entry(key, format!("zset: rows of {}{by}{order}", hash.entity));
    }
    for group in &hash.groups {
        entry(
            format!("{}:*", design.key(&group.name)),
            format!("zset: rows of {} with the same values", hash.entity),
        );
    }
    for sequence in &hash.sequences {
        entry(
            design.key(&sequence.name),
            format!("string: the last {}", hash.fields[sequence.leaf].name),
        );
    }
    words
}

/// A text in a pattern of keys.
fn glob(text: &str) -> String {
    let mut pattern = String::new();
    for it in text.chars() {
        if matches!(it, '*' | '?' | '[' | ']' | '\\') {
            pattern.push('\\');
        }
        pattern.push(it);
    }
    pattern
}

fn statement(artefact: &mut Artefact, command: &str, words: &[String]) {
    let start = u32::try_from(artefact.text.len()).unwrap_or(u32::MAX);
    artefact.text.push_str(command);
    for word in words {
        artefact.text.push(' ');
        artefact.text.push_str(&quoted(word));
    }
    let end = u32::try_from(artefact.text.len()).unwrap_or(u32::MAX);
    artefact.statements.push(start..end);
    artefact.text.push('\n');
}
