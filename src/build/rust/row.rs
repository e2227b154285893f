//! Enums, value types, keys and rows.

use std::fmt::Write as _;

use dbspec_core::kernel::{EntityId, EnumDef, EnumId, FieldId, Kernel};
use dbspec_core::semantics::is_shown;

use super::ident::Idents;
use super::item::{Derives, Form, Part, Structure, docs, literal};
use super::shape::{Shapes, optional};

pub(super) fn enums(shapes: &Shapes<'_>) -> String {
    let mut text = String::new();
    for (id, it) in shapes.kernel.enums.iter() {
        enumeration(&mut text, shapes, id, it);
    }
    text
}

fn enumeration(text: &mut String, shapes: &Shapes<'_>, id: EnumId, it: &EnumDef) {
    let name = shapes.enumeration(id);
    let mut idents = Idents::default();
    let variants: Vec<(String, &str)> = it
        .labels
        .iter()
        .map(|label| (idents.pascal(label), &**label))
        .collect();
    text.push('\n');
    docs(
        text,
        "    ",
        &format!("The enum `{}`.", it.name),
        it.doc.as_deref(),
    );
    let _ = writeln!(text, "    {}", Derives::Copied.text());
    let _ = writeln!(text, "    pub enum {name} {{");
    for (variant, label) in &variants {
        docs(text, "        ", &format!("`{label}`"), None);
        let _ = writeln!(text, "        {variant},");
    }
    let _ = writeln!(text, "    }}\n    impl {name} {{");
    docs(text, "        ", "All of them, in order of declaration.", None);
    text.push_str("        pub const fn all() -> &'static [Self] {\n            &[");
    for (variant, _) in &variants {
        let _ = write!(text, "Self::{variant}, ");
    }
    text.push_str("]\n        }\n");
    docs(text, "        ", "The label.", None);
    text.push_str("        pub const fn label(self) -> &'static str {\n            match self {\n");
    for (variant, label) in &variants {
        let _ = writeln!(text, "                Self::{variant} => {},", literal(label));
    }
    text.push_str("            }\n        }\n    }\n");
    let _ = writeln!(text, "    impl ::dbspec::typed::Typed for {name} {{");
    let rank = if it.ordered {
        "::std::option::Option::Some(*self as u16)"
    } else {
        "::std::option::Option::None"
    };
    let _ = write!(
        text,
        "        fn value(&self) -> ::dbspec::value::Value {{
            ::dbspec::value::Value::Enum(::dbspec::value::Label {{ rank: {rank}, text: self.label().into() }})
        }}
        fn of(value: &::dbspec::value::Value) -> ::std::result::Result<Self, ::dbspec::typed::Mistyped> {{
            match ::dbspec::typed::label(value)? {{
"
    );
    for (variant, label) in &variants {
        let _ = writeln!(
            text,
            "                {} => ::std::result::Result::Ok(Self::{variant}),",
            literal(label)
        );
    }
    let _ = write!(
        text,
        "                _ => ::std::result::Result::Err(::dbspec::typed::Mistyped::new({}, value)),
            }}
        }}
    }}
",
        literal(&format!("a label of `{}`", it.name))
    );
}

pub(super) fn types(shapes: &Shapes<'_>) -> String {
    let mut text = String::new();
    for group in &shapes.groups {
        group.declare(&mut text, Derives::Ordered);
        group.typed(&mut text, Form::Whole);
    }
    text
}

pub(super) fn keys(shapes: &Shapes<'_>) -> String {
    let mut text = String::new();
    for (id, it) in shapes.kernel.entities.iter() {
        let derives = if shapes.is_copied(id) {
            Derives::Copied
        } else {
            Derives::Ordered
        };
        let key = Structure {
            name: shapes.entity(id).to_owned(),
            title: format!("The key of `{}`.", it.name),
            doc: None,
            parts: it.key.iter().map(|field| shapes.field(*field)).collect(),
        };
        if let [only] = key.parts.as_slice() {
            single(&mut text, &key, only, derives);
        } else {
            key.declare(&mut text, derives);
            key.typed(&mut text, Form::Whole);
        }
    }
    text
}

/// A key of one field.
fn single(text: &mut String, key: &Structure, only: &Part, derives: Derives) {
    text.push('\n');
    docs(text, "    ", &key.title, None);
    let _ = writeln!(text, "    {}", derives.text());
    let _ = writeln!(text, "    pub struct {}(", key.name);
    docs(text, "        ", &format!("`{}`", only.name), only.doc.as_deref());
    let _ = write!(
        text,
        "        pub {},
    );
    impl ::dbspec::typed::Typed for {} {{
        fn value(&self) -> ::dbspec::value::Value {{
            ::dbspec::typed::Typed::value(&self.0)
        }}
        fn of(value: &::dbspec::value::Value) -> ::std::result::Result<Self, ::dbspec::typed::Mistyped> {{
            ::dbspec::typed::only(value, {}).map(Self)
        }}
    }}
",
        only.ty,
        key.name,
        literal(&only.name)
    );
}

/// A field as rows have it.
pub(super) fn stored(shapes: &Shapes<'_>, id: FieldId) -> Part {
    let mut part = shapes.field(id);
    if shapes.kernel.fields[id].nullable {
        part.ty = optional(&part.ty);
    }
    part
}

/// The fields of an entity that are shown.
pub(super) fn shown(kernel: &Kernel, entity: EntityId) -> impl Iterator<Item = FieldId> + '_ {
    let fields = kernel.entities[entity].fields.iter();
    fields.filter(|field| is_shown(kernel, *field))
}

pub(super) fn rows(shapes: &Shapes<'_>) -> String {
    let mut text = String::new();
    for (id, it) in shapes.kernel.entities.iter() {
        let row = Structure {
            name: shapes.entity(id).to_owned(),
            title: format!("A row of `{}`.", it.name),
            doc: it.doc.as_deref().map(str::to_owned),
            parts: shown(shapes.kernel, id)
                .map(|field| stored(shapes, field))
                .collect(),
        };
        row.declare(&mut text, Derives::Row);
        row.typed(&mut text, Form::Whole);
    }
    text
}

pub(super) fn new(shapes: &Shapes<'_>) -> String {
    let mut text = String::new();
    for (id, it) in shapes.kernel.entities.iter() {
        let fields: Vec<FieldId> = it.fields.iter().filter(|field| !shapes.is_kept(*field)).collect();
        let given = |field: &FieldId| {
            let mut part = shapes.field(*field);
            if shapes.may_lack(*field) {
                part.ty = optional(&part.ty);
            }
            part
        };
        let row = Structure {
            name: shapes.entity(id).to_owned(),
            title: format!("A row of `{}` to be inserted.", it.name),
            doc: it.doc.as_deref().map(str::to_owned),
            parts: fields.iter().map(given).collect(),
        };
        row.declare(&mut text, Derives::Row);
        row.typed(&mut text, Form::Given);
        let _ = writeln!(text, "    impl {} {{", row.name);
        docs(&mut text, "        ", "A row of what must be given.", None);
        text.push_str("        pub fn new(");
        let lacks = fields.iter().map(|field| shapes.may_lack(*field));
        let parts: Vec<(&Part, bool)> = row.parts.iter().zip(lacks).collect();
        for (part, _) in parts.iter().filter(|(_, lacks)| !lacks) {
            let _ = write!(text, "{}: {}, ", part.ident, part.ty);
        }
        text.push_str(") -> Self {\n            Self {\n");
        for (part, lacks) in &parts {
            if *lacks {
                let _ = writeln!(
                    text,
                    "                {}: ::std::option::Option::None,",
                    part.ident
                );
            } else {
                let _ = writeln!(text, "                {},", part.ident);
            }
        }
        let _ = write!(
            text,
            "            }}
        }}
    }}
    impl ::dbspec::typed::New for {} {{
        const ENTITY: &'static str = {};
        type Key = {};
    }}
",
            row.name,
            literal(&it.name),
            shapes.key(id)
        );
    }
    text
}
