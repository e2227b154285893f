//! Design → `schema.sql`; selects → text.
//!
//! Tables come with what binds their rows; references between tables come after all of them, so that cycles need no
//! care, and so do triggers.

mod table;
mod trigger;

use dbspec_core::backend::{Artefact, Script};

use super::design::Design;
use super::keywords::Quoting;
use crate::relational::{Select, Writer};

/// The files of a design.
pub(super) fn render(design: &Design) -> Script {
    let mut file = File::new("schema.sql");
    file.comment(&format!(
        "For PostgreSQL {} and UTF-8 databases. Run by: psql -1 -v ON_ERROR_STOP=1 -f schema.sql",
        design.version
    ));
    for extension in &design.extensions {
        file.statement(|it| {
            it.word("create extension if not exists ").name(extension);
        });
    }
    for table in &design.tables {
        table::create(&mut file, table);
    }
    for table in &design.tables {
        table::references(&mut file, table);
    }
    for table in &design.tables {
        table::indexes(&mut file, table);
    }
    trigger::functions(&mut file, design);
    for table in &design.tables {
        trigger::triggers(&mut file, table);
    }
    for table in &design.tables {
        table::comments(&mut file, table);
    }
    Script {
        artefacts: vec![file.artefact],
    }
}

/// A select as text: of a program, or an audit.
pub(super) fn select(select: &Select) -> String {
    let mut writer = Writer::new(&Quoting);
    writer.select(select);
    writer.finish()
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
        let mut writer = Writer::new(&Quoting);
        write(&mut writer);
        let text = writer.finish();
        let start = self.artefact.text.len() + 1;
        self.artefact.text.push('\n');
        self.artefact.text.push_str(&text);
        self.artefact.text.push_str(";\n");
        self.artefact
            .statements
            .push(start as u32..(self.artefact.text.len() - 1) as u32);
    }
}
