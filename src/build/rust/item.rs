//! Items of Rust as text.

use std::fmt::Write as _;

/// A member of a struct.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Its identifier.
    pub(super) ident: String,
    /// Its name in the model.
    pub(super) name: String,
    /// Its type.
    pub(super) ty: String,
    /// What the model says of it.
    pub(super) doc: Option<String>,
}

/// A struct.
#[derive(Clone, Debug)]
pub(super) struct Structure {
    /// Its identifier.
    pub(super) name: String,
    /// What it is.
    pub(super) title: String,
    /// What the model says of it.
    pub(super) doc: Option<String>,
    /// Its members.
    pub(super) parts: Vec<Part>,
}

/// Which traits a struct derives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Derives {
    /// Those of rows.
    Row,
    /// Also order and hash: what can be in a set, or be a key.
    Ordered,
    /// Also copies.
    Copied,
}

impl Derives {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Row => "#[derive(Clone, Debug, PartialEq, Eq)]",
            Self::Ordered => "#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]",
            Self::Copied => "#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]",
        }
    }
}

/// How a struct becomes a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// With all its members.
    Whole,
    /// Without those that are absent.
    Given,
}

/// A string literal.
pub(super) fn literal(text: &str) -> String {
    format!("{text:?}")
}

/// Documentation: what it is, and what the model says. That isn't tried as an example: it needn't be one of Rust.
pub(super) fn docs(text: &mut String, indent: &str, title: &str, doc: Option<&str>) {
    let _ = writeln!(text, "{indent}#[doc = {}]", literal(title));
    if let Some(doc) = doc {
        let doc = format!("\n{doc}");
        let _ = writeln!(text, "{indent}#[cfg_attr(not(doctest), doc = {})]", literal(&doc));
    }
}

impl Structure {
    /// The declaration.
    pub(super) fn declare(&self, text: &mut String, derives: Derives) {
        text.push('\n');
        docs(text, "    ", &self.title, self.doc.as_deref());
        let _ = writeln!(text, "    {}", derives.text());
        let _ = writeln!(text, "    pub struct {} {{", self.name);
        for part in &self.parts {
            docs(text, "        ", &format!("`{}`", part.name), part.doc.as_deref());
            let _ = writeln!(text, "        pub {}: {},", part.ident, part.ty);
        }
        text.push_str("    }\n");
    }

    /// The way to values and from them.
    pub(super) fn typed(&self, text: &mut String, form: Form) {
        let _ = writeln!(text, "    impl ::dbspec::typed::Typed for {} {{", self.name);
        text.push_str("        fn value(&self) -> ::dbspec::value::Value {\n");
        self.map(text, form);
        text.push_str("        }\n");
        text.push_str(
            "        fn of(value: &::dbspec::value::Value) -> ::std::result::Result<Self, ::dbspec::typed::Mistyped> {\n",
        );
        text.push_str("            ::std::result::Result::Ok(Self {\n");
        for part in &self.parts {
            let _ = writeln!(
                text,
                "                {}: ::dbspec::typed::member(value, {})?,",
                part.ident,
                literal(&part.name)
            );
        }
        text.push_str("            })\n        }\n    }\n");
    }

    /// The members as a map.
    pub(super) fn map(&self, text: &mut String, form: Form) {
        let map = match form {
            Form::Whole => "members",
            Form::Given => "given",
        };
        let _ = writeln!(text, "            ::dbspec::typed::{map}([");
        for part in &self.parts {
            let _ = writeln!(
                text,
                "                ({}, ::dbspec::typed::Typed::value(&self.{})),",
                literal(&part.name),
                part.ident
            );
        }
        text.push_str("            ])\n");
    }
}
