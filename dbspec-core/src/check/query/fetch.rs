//! Related rows that come along: paths made a tree.

use crate::arena::Id;
use crate::check::expr::{Frame, Scope};
use crate::check::rules::unfit_fetch;
use crate::check::rules::unknown_name::unknown;
use crate::check::schema::{Known, Target};
use crate::kernel::{Fetch, FieldId, Hop, OrderTerm, Scalar, Term, Type};
use crate::model::{self, Access, Name};

/// What comes along with each row.
pub(super) fn all<'m>(scope: &mut Scope<'_, 'm>, target: Target, access: &'m Access) -> Vec<Fetch> {
    let mut tree = Vec::new();
    if let (Some(first), false) = (
        access.with.first(),
        access.group_by.is_empty() && access.select.is_empty(),
    ) {
        let found = unfit_fetch::RULE.error("rows come along with rows, not with selected values");
        scope.sink.report(
            found
                .at(first.at, "nothing to come along with")
                .help("leave out `select`, or `with`"),
        );
        return tree;
    }
    for written in &access.with {
        one(scope, target, written, &written.path.names, &mut tree);
    }
    tree
}

fn one<'m>(
    scope: &mut Scope<'_, 'm>,
    from: Target,
    written: &'m model::Fetch,
    names: &'m [Name],
    tree: &mut Vec<Fetch>,
) {
    let Some((name, rest)) = names.split_first() else {
        return;
    };
    let Some((hops, to)) = step(scope, from, name) else {
        return;
    };
    let at = match tree.iter().position(|fetch| *fetch.name == *name.text) {
        Some(at) => at,
        None => {
            tree.push(Fetch {
                name: name.text.as_str().into(),
                order: total(scope, to, &hops, Vec::new()),
                hops,
                entity: to.entity,
                fields: None,
                limit: None,
                fetch: Vec::new(),
            });
            tree.len() - 1
        }
    };
    if !rest.is_empty() {
        one(scope, to, written, rest, &mut tree[at].fetch);
        return;
    }
    let many = tree[at].many();
    if !many && (!written.order_by.is_empty() || written.limit.is_some()) {
        let found = unfit_fetch::RULE.error(format!("`{name}` is one row"));
        scope.sink.report(
            found
                .at(written.at, "has no order and no limit")
                .help("leave them out"),
        );
        return;
    }
    let fields = fields(scope, to, written);
    let mut terms = Vec::new();
    // What comes along is ordered by its own fields, not by those of the row that it comes with.
    let outer = std::mem::replace(&mut scope.frames, vec![Frame::Row(to)]);
    for term in &written.order_by {
        terms.extend(super::row_terms(scope, term));
    }
    scope.frames = outer;
    let order = total(scope, to, &tree[at].hops, terms);
    let fetch = &mut tree[at];
    fetch.order = order;
    fetch.limit = written.limit;
    fetch.fields = fields;
}

/// Where a name leads. `None`: reported.
fn step(scope: &mut Scope<'_, '_>, from: Target, name: &Name) -> Option<(Vec<Hop>, Target)> {
    let schema = scope.schema;
    match schema.member(from, &name.text).map(|entry| &entry.what) {
        Some(Known::Field(field)) => match schema.fields[*field].ty {
            Type::Ref(entity) => {
                let subtype = schema.proto(*field).resolved.subtype;
                Some((vec![Hop::One(*field)], Target { entity, subtype }))
            }
            Type::Scalar(_) | Type::Group(_) | Type::Range(_) | Type::List(_) => {
                let found = unfit_fetch::RULE.error(format!("`{name}` is a value, which comes anyway"));
                scope
                    .sink
                    .report(found.at(name.at, "no way to other rows").help("leave it out"));
                None
            }
        },
        Some(Known::Many { hops, to }) => Some((hops.clone(), *to)),
        Some(Known::Broken) => None,
        Some(Known::Rule) | None => {
            let what = format!("way of `{}`", schema.name_of(from));
            let names: Vec<&str> = schema.member_names(from).collect();
            scope.sink.report(unknown(&what, name, names));
            None
        }
    }
}

/// The fields that come; `None`: all.
fn fields(scope: &mut Scope<'_, '_>, to: Target, written: &model::Fetch) -> Option<Vec<FieldId>> {
    if written.fields.is_empty() {
        return None;
    }
    let schema = scope.schema;
    let mut all = Vec::new();
    for path in &written.fields {
        let Some(name) = path.names.first() else { continue };
        let found = schema.member(to, &name.text).map(|entry| &entry.what);
        match (found, path.names.as_slice()) {
            (Some(Known::Field(field)), [_]) => {
                let secret = matches!(
                    schema.fields[*field].ty,
                    Type::Scalar(Scalar::Hashed | Scalar::Encrypted { .. })
                );
                if secret {
                    let found =
                        crate::check::rules::secret_in_plain_place::RULE.error("a secret can't come out");
                    scope
                        .sink
                        .report(found.at(path.at, "a secret").help("leave it out"));
                } else if !all.contains(field) {
                    all.push(*field);
                }
            }
            (Some(Known::Broken), _) => {}
            (Some(Known::Field(_)), _) => {
                let found = unfit_fetch::RULE.error(format!("`{path}` is part of a field"));
                scope
                    .sink
                    .report(found.at(path.at, "no field").help("name the whole field"));
            }
            (Some(Known::Many { .. } | Known::Rule) | None, _) => {
                let what = format!("field of `{}`", schema.name_of(to));
                let names: Vec<&str> = schema.member_names(to).collect();
                scope.sink.report(unknown(&what, name, names));
            }
        }
    }
    all.sort_by_key(|field| field.index());
    Some(all)
}

/// The order among many, made total by the key of the rows reached.
fn total(scope: &Scope<'_, '_>, to: Target, hops: &[Hop], mut terms: Vec<OrderTerm>) -> Vec<OrderTerm> {
    if !hops.iter().any(|hop| matches!(hop, Hop::Many(_))) {
        return Vec::new();
    }
    let dir = terms.last().map_or(crate::kernel::Dir::Asc, |term| term.dir);
    terms.extend(
        scope
            .schema
            .key_leaves(to.entity)
            .into_iter()
            .map(|leaf| OrderTerm {
                term: Term::Leaf(leaf),
                dir,
            }),
    );
    super::without_repeats(terms)
}
