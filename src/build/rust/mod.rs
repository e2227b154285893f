//! A model as Rust: one text of constants and types, a pure function of the kernel and the files beside it.
//!
//! | module | what is in it |
//! |---|---|
//! | `enums`, `types` | enums and value types |
//! | `keys` | the key of each entity, which references hold |
//! | `rows` | rows as they come out: without secrets |
//! | `new` | rows as they are given: what is absent gets its default |
//! | `queries`, `writes` | each with its arguments, and what comes back |
//! | `scripts` | the files of each target |
//!
//! Each is a namespace of its own, so that no name of the model meets one of ours. All paths are absolute or lead to these.

mod call;
mod ident;
mod item;
mod row;
mod script;
mod shape;

pub use script::TargetFiles;

use std::fmt::Write as _;

use dbspec_core::kernel::Kernel;

use shape::Shapes;

/// What is said before each item: the text isn't written by whoever lints it.
const ALLOW: &str = "#[allow(dead_code, non_snake_case, non_camel_case_types, non_upper_case_globals, unreachable_pub, unused, \
                     clippy::all, clippy::pedantic, rustdoc::all)]\n";

/// The text of a model's Rust file. `model` is where the model's text lies, and where each file of a target lies is said
/// with it: as seen from the file itself.
pub fn text(kernel: &Kernel, model: &str, targets: &[TargetFiles]) -> String {
    let shapes = Shapes::new(kernel);
    let mut text = String::from("// Written by dbspec: what is changed here is lost.\n");
    head(&mut text, kernel, model);
    module(&mut text, "enums", "The model's enums.", &row::enums(&shapes));
    module(
        &mut text,
        "types",
        "The model's value types, by the field that has them.",
        &row::types(&shapes),
    );
    module(
        &mut text,
        "keys",
        "The key of each entity, which references hold.",
        &row::keys(&shapes),
    );
    module(
        &mut text,
        "rows",
        "Rows as they come out: without secrets.",
        &row::rows(&shapes),
    );
    module(
        &mut text,
        "new",
        "Rows as they are given: what is absent gets its default.",
        &row::new(&shapes),
    );
    module(
        &mut text,
        "queries",
        "The model's queries, each with its arguments.",
        &call::queries(&shapes),
    );
    module(
        &mut text,
        "writes",
        "The model's writes, each with its arguments.",
        &call::writes(&shapes),
    );
    module(
        &mut text,
        "scripts",
        "What each target's own client runs.",
        &script::scripts(targets),
    );
    text
}

fn head(text: &mut String, kernel: &Kernel, model: &str) {
    text.push('\n');
    item::docs(text, "", &format!("The model `{}` as text.", kernel.name), None);
    text.push_str(ALLOW);
    let _ = writeln!(
        text,
        "pub const MODEL: &str = ::std::include_str!({});\n",
        item::literal(model)
    );
    item::docs(text, "", "The model, checked.", None);
    item::docs(
        text,
        "",
        "\n# Errors\nNone: it was checked when this was written.",
        None,
    );
    text.push_str(ALLOW);
    text.push_str(
        "pub fn kernel() -> ::std::result::Result<::std::sync::Arc<::dbspec::kernel::Kernel>, ::dbspec::check::Rejected> {\n    \
         ::dbspec::check::check(::dbspec::syntax::parse(MODEL))\n}\n",
    );
}

fn module(text: &mut String, name: &str, title: &str, items: &str) {
    text.push('\n');
    item::docs(text, "", title, None);
    text.push_str(ALLOW);
    let _ = writeln!(text, "pub mod {name} {{{items}}}");
}

#[cfg(test)]
mod tests;
