//! The Rust types of the model's types, and the names that all of the text goes by.

use std::collections::BTreeSet;

use dbspec_core::arena::Id;
use dbspec_core::kernel::{
    EntityId, EnumId, FieldId, Item, Kernel, Leaf, LeafType, ListKind, ListType, Member, RuleKind, Scalar,
    Type, Var, VarType,
};

use super::ident::Idents;
use super::item::{Part, Structure};

/// Names and types of everything that is declared once.
pub(super) struct Shapes<'k> {
    pub(super) kernel: &'k Kernel,
    enums: Vec<String>,
    entities: Vec<String>,
    fields: Vec<String>,
    types: Vec<String>,
    /// The value types.
    pub(super) groups: Vec<Structure>,
    /// Fields that are filled in where they aren't given.
    filled: BTreeSet<FieldId>,
    /// Fields that nobody gives.
    kept: BTreeSet<FieldId>,
}

impl<'k> Shapes<'k> {
    pub(super) fn new(kernel: &'k Kernel) -> Self {
        let mut names = Idents::default();
        let enums = kernel
            .enums
            .iter()
            .map(|(_, it)| names.pascal(&it.name))
            .collect();
        let mut names = Idents::default();
        let entities = kernel
            .entities
            .iter()
            .map(|(_, it)| names.pascal(&it.name))
            .collect();
        let mut shapes = Self {
            kernel,
            enums,
            entities,
            fields: Vec::with_capacity(kernel.fields.len()),
            types: Vec::with_capacity(kernel.fields.len()),
            groups: Vec::new(),
            filled: BTreeSet::new(),
            kept: BTreeSet::new(),
        };
        let mut names = Idents::default();
        let mut members = Idents::default();
        let mut within = None;
        for (_, field) in kernel.fields.iter() {
            if within != Some(field.entity) {
                members = Idents::default();
                within = Some(field.entity);
            }
            shapes.fields.push(members.plain(&field.name));
            let hint = format!("{}.{}", kernel.entities[field.entity].name, field.name);
            let ty = shapes.declared(&field.ty, &hint, &mut names);
            shapes.types.push(ty);
        }
        for (_, rule) in kernel.rules.iter() {
            match &rule.kind {
                RuleKind::Default { field, .. } => {
                    shapes.filled.insert(*field);
                }
                RuleKind::Derived { field, .. } => {
                    shapes.kept.insert(*field);
                }
                RuleKind::Version(leaf) => {
                    shapes.kept.insert(kernel.leaves[*leaf].field);
                }
                RuleKind::Type(_)
                | RuleKind::Size { .. }
                | RuleKind::Required(_)
                | RuleKind::Predicate { .. }
                | RuleKind::Key(_)
                | RuleKind::Unique { .. }
                | RuleKind::Reference { .. }
                | RuleKind::Bounds { .. }
                | RuleKind::AtMost { .. }
                | RuleKind::Overlap { .. }
                | RuleKind::Transition(_)
                | RuleKind::Policy { .. }
                | RuleKind::KeepAtLeast { .. }
                | RuleKind::KeepAtMost { .. }
                | RuleKind::Secret(_)
                | RuleKind::Assert { .. } => {}
            }
        }
        shapes
    }

    /// The type of an enum.
    pub(super) fn enumeration(&self, id: EnumId) -> &str {
        &self.enums[id.index() as usize]
    }

    /// The name of an entity's types.
    pub(super) fn entity(&self, id: EntityId) -> &str {
        &self.entities[id.index() as usize]
    }

    /// Whether a row can be given without the field.
    pub(super) fn may_lack(&self, id: FieldId) -> bool {
        let field = &self.kernel.fields[id];
        let entity = &self.kernel.entities[field.entity];
        // An owned row that comes with its owner doesn't say whose it is.
        let owner = entity.owner.is_some() && entity.fields.first() == Some(id);
        field.nullable || owner || self.filled.contains(&id)
    }

    /// Whether the writes alone give the field its value.
    pub(super) fn is_kept(&self, id: FieldId) -> bool {
        self.kept.contains(&id)
    }

    /// A field as a member of a struct, whatever it may lack.
    pub(super) fn field(&self, id: FieldId) -> Part {
        let field = &self.kernel.fields[id];
        Part {
            ident: self.fields[id.index() as usize].clone(),
            name: field.name.to_string(),
            ty: self.types[id.index() as usize].clone(),
            doc: field.doc.as_deref().map(str::to_owned),
        }
    }

    /// The fields of a key can be copied as they are.
    pub(super) fn is_copied(&self, entity: EntityId) -> bool {
        let leaves = self.kernel.key_leaves(entity);
        leaves.iter().all(|leaf| match &self.kernel.leaves[*leaf].ty {
            LeafType::Scalar(scalar) => is_copied(scalar),
            LeafType::List(_) => false,
        })
    }

    /// What a parameter holds.
    pub(super) fn var(&self, var: &Var) -> String {
        let ty = self.var_type(&var.ty);
        if var.optional { optional(&ty) } else { ty }
    }

    fn var_type(&self, ty: &VarType) -> String {
        match ty {
            VarType::Scalar(scalar) => self.scalar(scalar),
            VarType::Ref(entity) => self.key(*entity),
            VarType::Row(entity) => format!("super::new::{}", self.entity(*entity)),
            VarType::List { of, .. } => format!("::std::vec::Vec<{}>", self.var_type(of)),
        }
    }

    /// The key of an entity.
    pub(super) fn key(&self, entity: EntityId) -> String {
        format!("super::keys::{}", self.entity(entity))
    }

    /// What a leaf holds; `None` where it has no type that stands alone.
    pub(super) fn leaf(&self, leaf: &Leaf) -> Option<String> {
        match &leaf.ty {
            LeafType::Scalar(scalar) => Some(self.scalar(scalar)),
            LeafType::List(list) => match &list.item {
                Item::Scalar(scalar) => Some(collection(list.kind, &self.scalar(scalar))),
                Item::Group(_) => None,
            },
        }
    }

    /// One value.
    pub(super) fn scalar(&self, scalar: &Scalar) -> String {
        match scalar {
            Scalar::Bool => "bool".to_owned(),
            Scalar::Int16 => "i16".to_owned(),
            Scalar::Int32 => "i32".to_owned(),
            Scalar::Int64 => "i64".to_owned(),
            Scalar::Decimal { .. } => "::dbspec::value::Decimal".to_owned(),
            Scalar::Float64 => "::dbspec::value::Float".to_owned(),
            Scalar::String { .. } | Scalar::Text | Scalar::Hashed | Scalar::Encrypted { .. } => {
                "::std::string::String".to_owned()
            }
            Scalar::Bytes { .. } => "::dbspec::typed::Bytes".to_owned(),
            Scalar::Uuid => "::dbspec::typed::Uuid".to_owned(),
            Scalar::Date => "::dbspec::typed::Date".to_owned(),
            Scalar::Time => "::dbspec::typed::Time".to_owned(),
            Scalar::Timestamp => "::dbspec::typed::Timestamp".to_owned(),
            Scalar::Duration => "::dbspec::typed::Duration".to_owned(),
            Scalar::Enum(id) => format!("super::enums::{}", self.enumeration(*id)),
            Scalar::Json => "::dbspec::typed::Json".to_owned(),
            Scalar::Point => "::dbspec::typed::Point".to_owned(),
            Scalar::Vector { .. } => "::std::vec::Vec<::dbspec::value::Float>".to_owned(),
        }
    }

    /// A field's type; value types are declared on the way.
    fn declared(&mut self, ty: &Type, hint: &str, names: &mut Idents) -> String {
        match ty {
            Type::Scalar(scalar) => self.scalar(scalar),
            Type::Ref(entity) => self.key(*entity),
            Type::Range(scalar) => format!("::dbspec::typed::Range<{}>", self.scalar(scalar)),
            Type::Group(members) => self.group(members, hint, names),
            Type::List(ListType { kind, item, .. }) => {
                let item = match item {
                    Item::Scalar(scalar) => self.scalar(scalar),
                    Item::Group(members) => self.group(members, hint, names),
                };
                collection(*kind, &item)
            }
        }
    }

    fn group(&mut self, members: &[Member], hint: &str, names: &mut Idents) -> String {
        let name = names.pascal(hint);
        let mut idents = Idents::default();
        let mut parts = Vec::with_capacity(members.len());
        for member in members {
            let ty = self.declared(&member.ty, &format!("{hint}.{}", member.name), names);
            parts.push(Part {
                ident: idents.plain(&member.name),
                name: member.name.to_string(),
                ty: if member.nullable { optional(&ty) } else { ty },
                doc: None,
            });
        }
        let path = format!("super::types::{name}");
        self.groups.push(Structure {
            name,
            title: format!("The value type of `{hint}`."),
            doc: None,
            parts,
        });
        path
    }
}

/// The same, or nothing.
pub(super) fn optional(ty: &str) -> String {
    format!("::std::option::Option<{ty}>")
}

fn collection(kind: ListKind, item: &str) -> String {
    match kind {
        ListKind::List => format!("::std::vec::Vec<{item}>"),
        ListKind::Set => format!("::std::collections::BTreeSet<{item}>"),
        ListKind::Map { .. } => {
            format!("::std::collections::BTreeMap<::std::string::String, {item}>")
        }
    }
}

fn is_copied(scalar: &Scalar) -> bool {
    match scalar {
        Scalar::Bool
        | Scalar::Int16
        | Scalar::Int32
        | Scalar::Int64
        | Scalar::Decimal { .. }
        | Scalar::Float64
        | Scalar::Uuid
        | Scalar::Date
        | Scalar::Time
        | Scalar::Timestamp
        | Scalar::Duration
        | Scalar::Enum(_)
        | Scalar::Point => true,
        Scalar::String { .. }
        | Scalar::Text
        | Scalar::Bytes { .. }
        | Scalar::Json
        | Scalar::Vector { .. }
        | Scalar::Hashed
        | Scalar::Encrypted { .. } => false,
    }
}
