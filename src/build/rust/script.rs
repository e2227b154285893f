//! The files of targets as constants.

use std::fmt::Write as _;

use dbspec_core::backend::view::TargetName;

use super::ident::Idents;
use super::item::{docs, literal};

/// The files of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetFiles {
    /// The target.
    pub target: TargetName,
    /// In order: the file's name, and where it lies as seen from the Rust file.
    pub files: Vec<(String, String)>,
}

pub(super) fn scripts(targets: &[TargetFiles]) -> String {
    let mut text = String::new();
    let mut modules = Idents::default();
    for it in targets {
        text.push('\n');
        docs(&mut text, "    ", &format!("The target `{}`.", it.target), None);
        let _ = writeln!(text, "    pub mod {} {{", modules.plain(&it.target.name));
        let mut constants = Idents::default();
        let engine = constants.constant("engine");
        docs(&mut text, "        ", "The engine.", None);
        let name = literal(&it.target.engine);
        let _ = writeln!(text, "        pub const {engine}: &str = {name};");
        let all = constants.constant("all");
        let mut names = Vec::new();
        for (file, path) in &it.files {
            let name = constants.constant(file);
            docs(&mut text, "        ", &format!("`{file}`"), None);
            let _ = writeln!(
                text,
                "        pub const {name}: &str = ::std::include_str!({});",
                literal(path)
            );
            names.push(format!("({}, {name})", literal(file)));
        }
        docs(
            &mut text,
            "        ",
            "All files by name, in the order in which they are run.",
            None,
        );
        let _ = writeln!(
            text,
            "        pub const {all}: &[(&str, &str)] = &[{}];\n    }}",
            names.join(", ")
        );
    }
    text
}
