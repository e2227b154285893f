//! Design → `schema.sql`.
//!
//! Tables come with what binds their rows and with their indexes; references between tables come after all of them, so
//! that cycles need no care; triggers come last, behind another delimiter, since semicolons stand in them.

mod table;
mod trigger;

use dbspec_core::backend::{Artefact, Script};

use super::design::Design;
use super::keywords::Quoting;
use crate::relational::Writer;

/// The files of a design.
pub(super) fn render(design: &Design) -> Script {
    let mut file = File::new("schema.sql");
    file.comment(&format!(
        "For MySQL {}. Run by: mysql --default-character-set=utf8mb4 DATABASE < schema.sql",
        if design.version == 8 {
            "8.0.17 and later"
        } else {
            "9"
        }
    ));
    for table in &design.tables {
        table::create(&mut file, table);
    }
    for table in &design.tables {
        table::references(&mut file, table);
    }
    trigger::triggers(&mut file, design);
    Script {
        artefacts: vec![file.artefact],
    }
}

/// A file as it grows.
pub(super) struct File {
    artefact: Artefact,
}

impl File {
    fn new(name: &str) -> Self {
        Self {
            artefact: Artefact::new(name),
        }
    }

    /// A comment of ours; never a word of the model.
    fn comment(&mut self, text: &str) {
        self.artefact.text.push_str("-- ");
        self.artefact.text.push_str(text);
        self.artefact.text.push('\n');
    }

    /// A statement, without its semicolon.
    fn statement(&mut self, write: impl FnOnce(&mut Writer<'_>)) {
        self.ended(";", write);
    }

    /// Statements that have semicolons in them.
    fn delimited(&mut self, write: impl FnOnce(&mut Self)) {
        self.artefact.text.push_str("\ndelimiter //\n");
        write(self);
        self.artefact.text.push_str("\ndelimiter ;\n");
    }

    fn ended(&mut self, end: &str, write: impl FnOnce(&mut Writer<'_>)) {
        let mut writer = Writer::new(&Quoting);
        write(&mut writer);
        let text = writer.finish();
        let start = self.artefact.text.len() + 1;
        self.artefact.text.push('\n');
        self.artefact.text.push_str(&text);
        // The delimiter `//` is the client's; a semicolon the server may see.
        let stop = self.artefact.text.len() + usize::from(end == ";");
        self.artefact.text.push_str(end);
        self.artefact.text.push('\n');
        self.artefact.statements.push(start as u32..stop as u32);
    }
}
