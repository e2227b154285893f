//! The program as its users meet it: what it says, where, and with which exit code.
// Tests have no callers; snapbox writes raw strings its own way.
#![allow(missing_docs, clippy::needless_raw_string_hashes)]

mod bad_input;
mod files;
mod live;
mod results;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A folder of its own for a test, and the program in it.
struct Desk {
    folder: TempDir,
}

/// What the program did.
struct Done {
    code: i32,
    out: String,
    err: String,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder of its own");
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, with its folder.
    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("within the desk")).expect("a folder");
        std::fs::write(path, content).expect("a file");
        self
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect(name)
    }

    /// Runs the program with arguments split at blanks.
    fn run(&self, line: &str) -> Done {
        let args: Vec<&str> = line.split_whitespace().collect();
        self.run_args(&args)
    }

    fn run_args(&self, args: &[&str]) -> Done {
        done(
            Command::new(env!("CARGO_BIN_EXE_dbspec"))
                .args(args)
                .current_dir(self.folder.path())
                .env_remove("DBSPEC_URL")
                .stdin(Stdio::null())
                .output(),
        )
    }
}

fn done(output: std::io::Result<Output>) -> Done {
    let output = output.expect("the program runs");
    let done = Done {
        code: output.status.code().expect("no signal ended it"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    };
    assert!(!done.err.contains("panicked"), "{}", done.err);
    done
}

impl Done {
    /// Asserts the exit code, and gives the rest to look at.
    #[track_caller]
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.out, self.err);
        self
    }

    /// Asserts what it says on standard error.
    #[track_caller]
    fn says(self, text: &str) -> Self {
        assert!(self.err.contains(text), "{text:?} is not in: {}", self.err);
        self
    }

    /// Its data as JSON.
    #[track_caller]
    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).expect(&self.out)
    }
}

/// Whether live engines are to be used; says on standard error what is left out.
fn live() -> bool {
    use std::io::Write;
    let live = std::env::var_os("DBSPEC_LIVE").is_some();
    if !live {
        let _ = writeln!(std::io::stderr(), "left out, since DBSPEC_LIVE is not set");
    }
    live
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

/// A model that compiles, with two rows' worth of everything.
const NOTES: &str = r"model notes
entity Author { id: int32 @key  name: string(20) @unique }
entity Note {
  id: int32 @key
  author: -> Author on delete restrict inverse notes
  text: string(40)
  at: date
}
access notes_of (author: -> Author, since: date?) {
  from Note where author == $author and at >= $since when $since
  order by at desc   page 2
}
access author_by_name (name: string(20)) { from Author where name == $name }
write rename (author: -> Author, name: string(20)) {
  update Author where self == $author set name = $name
}
";

/// Rows of it.
const AUTHORS: &str = "{\"id\": 1, \"name\": \"Ada\"}\n{\"id\": 2, \"name\": \"Bo\"}\n";
const LINES: &str = r#"{"id": 1, "author": 1, "text": "one", "at": "2026-01-01"}
{"id": 2, "author": 1, "text": "two", "at": "2026-01-02"}
{"id": 3, "author": 1, "text": "three", "at": "2026-01-03"}
{"id": 4, "author": 2, "text": "four", "at": "2026-01-04"}
"#;

fn notes() -> Desk {
    let desk = Desk::new();
    desk.file("notes.dbspec", NOTES)
        .file("rows/Author.jsonl", AUTHORS)
        .file("rows/Note.jsonl", LINES);
    desk
}
