//! Queries and writes: their arguments, and what comes back.

use std::fmt::Write as _;

use dbspec_core::arena::Id;
use dbspec_core::kernel::{
    Action, EntityId, Expr, Fetch, FieldId, Hop, Kernel, Output, Place, Query, Scalar, Var, VarType, Write,
};

use super::ident::Idents;
use super::item::{Derives, Form, Part, Structure, literal};
use super::row::{shown, stored};
use super::shape::{Shapes, optional};

pub(super) fn queries(shapes: &Shapes<'_>) -> String {
    let mut text = String::new();
    let mut names = Idents::default();
    let queries: Vec<(String, &Query)> = shapes
        .kernel
        .queries
        .iter()
        .map(|(_, it)| (names.pascal(&it.name), it))
        .collect();
    for (name, it) in &queries {
        let args = arguments(shapes, name, &it.name, it.doc.as_deref(), &it.params);
        args.declare(&mut text, Derives::Row);
        let mut results = Results {
            shapes,
            names: &mut names,
            found: Vec::new(),
        };
        let row = results.row(name, it);
        let found = results.found;
        call(&mut text, &args, "Query", &it.name, &format!("type Row = {row};"));
        for structure in &found {
            structure.declare(&mut text, Derives::Row);
            structure.typed(&mut text, Form::Whole);
        }
    }
    text
}

pub(super) fn writes(shapes: &Shapes<'_>) -> String {
    let mut text = String::new();
    let mut names = Idents::default();
    let writes: Vec<(String, &Write)> = shapes
        .kernel
        .writes
        .iter()
        .map(|(_, it)| (names.pascal(&it.name), it))
        .collect();
    for (name, it) in &writes {
        let params = &it.vars[..usize::from(it.params)];
        let args = arguments(shapes, name, &it.name, it.doc.as_deref(), params);
        args.declare(&mut text, Derives::Row);
        let returned = returned(shapes, it).map(|parts| Structure {
            name: names.pascal(&format!("{}_returned", it.name)),
            title: format!("What `{}` returns.", it.name),
            doc: None,
            parts,
        });
        let ty = match &returned {
            Some(structure) => structure.name.as_str(),
            None => "::dbspec::value::Value",
        };
        call(
            &mut text,
            &args,
            "Write",
            &it.name,
            &format!("type Returned = {ty};"),
        );
        if let Some(structure) = &returned {
            structure.declare(&mut text, Derives::Row);
            structure.typed(&mut text, Form::Whole);
        }
    }
    text
}

fn arguments(shapes: &Shapes<'_>, ident: &str, name: &str, doc: Option<&str>, params: &[Var]) -> Structure {
    let mut idents = Idents::default();
    let parts = params.iter().map(|param| Part {
        ident: idents.plain(&param.name),
        name: param.name.to_string(),
        ty: shapes.var(param),
        doc: None,
    });
    Structure {
        name: ident.to_owned(),
        title: format!("`{name}` with its arguments."),
        doc: doc.map(str::to_owned),
        parts: parts.collect(),
    }
}

fn call(text: &mut String, args: &Structure, what: &str, name: &str, result: &str) {
    let _ = writeln!(text, "    impl ::dbspec::typed::{what} for {} {{", args.name);
    let _ = writeln!(text, "        const NAME: &'static str = {};", literal(name));
    let _ = writeln!(text, "        {result}");
    text.push_str("        fn args(&self) -> ::dbspec::value::Value {\n");
    args.map(text, Form::Given);
    text.push_str("        }\n    }\n");
}

/// What a write returns; `None` where it returns nothing, or not on every way.
fn returned(shapes: &Shapes<'_>, write: &Write) -> Option<Vec<Part>> {
    let mut returns = write.body.iter().filter_map(|action| match action {
        Action::Return(members) => Some(members),
        Action::Insert { .. }
        | Action::Update { .. }
        | Action::Upsert { .. }
        | Action::Delete { .. }
        | Action::Restore { .. }
        | Action::Read { .. }
        | Action::For { .. }
        | Action::If { .. }
        | Action::Require { .. } => None,
    });
    Some(columns(shapes, &write.vars, returns.next_back()?))
}

fn columns(shapes: &Shapes<'_>, vars: &[Var], columns: &[(Box<str>, Expr)]) -> Vec<Part> {
    let mut idents = Idents::default();
    let parts = columns.iter().map(|(name, expr)| Part {
        ident: idents.plain(name),
        name: name.to_string(),
        ty: result(shapes, vars, expr),
        doc: None,
    });
    parts.collect()
}

/// The type of an expression's value: any value, where its form doesn't tell.
fn result(shapes: &Shapes<'_>, vars: &[Var], expr: &Expr) -> String {
    let known = match expr {
        Expr::At(place) => at(shapes, vars, place).map(|ty| {
            if shapes.kernel.nullable_with(vars, place) {
                optional(&ty)
            } else {
                ty
            }
        }),
        Expr::Aggregate { how, .. } | Expr::Grouped { how, .. } => match how {
            dbspec_core::kernel::Aggregate::Count => Some(shapes.scalar(&Scalar::Int64)),
            dbspec_core::kernel::Aggregate::Sum
            | dbspec_core::kernel::Aggregate::Min
            | dbspec_core::kernel::Aggregate::Max
            | dbspec_core::kernel::Aggregate::Avg => None,
        },
        Expr::Value(_) | Expr::Do(..) | Expr::Neg(_) | Expr::Else(..) | Expr::Call(..) => None,
    };
    known.unwrap_or_else(|| "::dbspec::value::Value".to_owned())
}

fn at(shapes: &Shapes<'_>, vars: &[Var], place: &Place) -> Option<String> {
    let kernel = shapes.kernel;
    match place {
        Place::Leaf { leaf, .. } => shapes.leaf(&kernel.leaves[*leaf]),
        Place::Var { var, at } => match (&vars.get(var.index() as usize)?.ty, at) {
            (VarType::Scalar(scalar), _) => Some(shapes.scalar(scalar)),
            (VarType::Row(entity), Some(at)) => {
                let leaf = kernel.entities[*entity].leaves.iter().nth(usize::from(*at))?;
                shapes.leaf(&kernel.leaves[leaf])
            }
            (VarType::Ref(entity), Some(at)) => {
                let leaf = *kernel.key_leaves(*entity).get(usize::from(*at))?;
                shapes.leaf(&kernel.leaves[leaf])
            }
            (VarType::Row(_) | VarType::Ref(_), None) | (VarType::List { .. }, _) => None,
        },
        Place::Now => Some(shapes.scalar(&Scalar::Timestamp)),
        Place::Today => Some(shapes.scalar(&Scalar::Date)),
        Place::Session { .. } | Place::Item { .. } | Place::Output(_) => None,
    }
}

/// The structs of what a query's rows come out as.
struct Results<'s, 'k> {
    shapes: &'s Shapes<'k>,
    names: &'s mut Idents,
    found: Vec<Structure>,
}

impl Results<'_, '_> {
    fn row(&mut self, name: &str, query: &Query) -> String {
        let mut parts = match &query.output {
            Output::Row if query.fetch.is_empty() => return self.whole(query.from),
            Output::Row => self.fields(shown(self.shapes.kernel, query.from)),
            Output::Select {
                columns: selected, ..
            } => columns(self.shapes, &query.params, selected),
            Output::Groups(group) => {
                let all: Vec<_> = group.by.iter().chain(&group.select).cloned().collect();
                columns(self.shapes, &query.params, &all)
            }
        };
        self.fetched(name, &mut parts, &query.fetch);
        self.declare(
            &format!("{name}_row"),
            format!("A row of `{}`.", query.name),
            parts,
        )
    }

    /// A row with all that is shown of it.
    fn whole(&self, entity: EntityId) -> String {
        format!("super::rows::{}", self.shapes.entity(entity))
    }

    fn fields(&self, fields: impl Iterator<Item = FieldId>) -> Vec<Part> {
        fields.map(|field| stored(self.shapes, field)).collect()
    }

    fn declare(&mut self, hint: &str, title: String, parts: Vec<Part>) -> String {
        let name = self.names.pascal(hint);
        self.found.push(Structure {
            name: name.clone(),
            title,
            doc: None,
            parts,
        });
        name
    }

    /// What comes with a row: in the place of a key, or beside the others.
    fn fetched(&mut self, name: &str, parts: &mut Vec<Part>, fetches: &[Fetch]) {
        let mut idents = Idents::default();
        for part in &mut *parts {
            part.ident = idents.plain(&part.name);
        }
        for fetch in fetches {
            let hint = format!("{name}_{}", fetch.name);
            let row = self.reached(&hint, fetch);
            let ty = if fetch.many() {
                format!("::std::vec::Vec<{row}>")
            } else if is_there(self.shapes.kernel, &fetch.hops) {
                row
            } else {
                optional(&row)
            };
            match parts.iter_mut().find(|part| *part.name == *fetch.name) {
                Some(part) => part.ty = ty,
                None => parts.push(Part {
                    ident: idents.plain(&fetch.name),
                    name: fetch.name.to_string(),
                    ty,
                    doc: None,
                }),
            }
        }
    }

    fn reached(&mut self, hint: &str, fetch: &Fetch) -> String {
        let kernel = self.shapes.kernel;
        let mut parts = match &fetch.fields {
            None if fetch.fetch.is_empty() => return self.whole(fetch.entity),
            None => self.fields(shown(kernel, fetch.entity)),
            Some(fields) => {
                let fields = fields.iter().copied();
                self.fields(fields.filter(|it| dbspec_core::semantics::is_shown(kernel, *it)))
            }
        };
        self.fetched(hint, &mut parts, &fetch.fetch);
        let title = format!("A row of `{}`.", kernel.entities[fetch.entity].name);
        self.declare(hint, title, parts)
    }
}

/// Whether there is always a row at the end of a way.
fn is_there(kernel: &Kernel, hops: &[Hop]) -> bool {
    hops.iter().all(|hop| match hop {
        Hop::One(field) => !kernel.fields[*field].nullable,
        Hop::Many(_) => false,
    })
}
