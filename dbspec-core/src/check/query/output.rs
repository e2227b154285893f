//! What comes out: the row, columns, or groups.

use std::collections::BTreeMap;

use crate::check::expr::{
    GroupKey, Grouped, Operand, Scope, Typed, folded_value, is_grouped, is_ordered, judges_row, speaks_of_row,
};
use crate::check::rules::duplicate_name::duplicate;
use crate::check::rules::not_supported_yet::unsupported;
use crate::check::rules::{incomparable, path_to_many, secret_in_plain_place, ungrouped};
use crate::check::schema::scalar_has_equality;
use crate::check::sink::Sink;
use crate::kernel::{Expr, Group, LeafType, Output, Place, Scalar, Term};
use crate::model::{self, Access, ExprKind, Projection};
use crate::span::Span;

/// A named output.
type Column = (Box<str>, Expr);

/// What an access returns. `None`: reported.
pub(super) fn of<'m>(scope: &mut Scope<'_, 'm>, access: &'m Access) -> Option<Output> {
    let grouped = !access.group_by.is_empty() || access.having.is_some() || aggregates(scope, &access.select);
    if grouped {
        return groups(scope, access).map(Output::Groups);
    }
    if access.select.is_empty() {
        if access.distinct {
            let found = ungrouped::RULE.error("`distinct` needs a `select`");
            scope.sink.report(
                found
                    .at(access.name.at, "rows are distinct by their key")
                    .help("name what is selected, or leave it out"),
            );
        }
        return Some(Output::Row);
    }
    let mut columns = Vec::new();
    let mut whole = true;
    for written in &access.select {
        match columns_of(scope, written) {
            Some(more) => {
                for (name, typed) in more {
                    whole &= !access.distinct || comparable(scope, &typed, written.at);
                    columns.push((name, typed.expr, written.at));
                }
            }
            None => whole = false,
        }
    }
    whole &= named_apart(scope.sink, &columns);
    let columns = columns.into_iter().map(|(name, expr, _)| (name, expr)).collect();
    whole.then_some(Output::Select {
        columns,
        distinct: access.distinct,
    })
}

/// How many outputs there are; none for whole rows.
pub(super) fn count(output: &Output) -> usize {
    match output {
        Output::Row => 0,
        Output::Select { columns, .. } => columns.len(),
        Output::Groups(group) => group.by.len() + group.select.len(),
    }
}

/// How many outputs tell groups apart.
pub(super) fn keys(output: Option<&Output>) -> usize {
    match output {
        Some(Output::Groups(group)) => group.by.len(),
        Some(Output::Row | Output::Select { .. }) | None => 0,
    }
}

/// Whether something selected is worked out over all rows.
fn aggregates<'m>(scope: &mut Scope<'_, 'm>, select: &'m [Projection]) -> bool {
    let calls = select.iter().any(|it| has_call(&it.expr));
    if !calls {
        return false;
    }
    let mut unheard = Sink::default();
    let mut trial = Scope::empty(scope.schema, &mut unheard, scope.about);
    trial.frames.clone_from(&scope.frames);
    trial.vars.list.clone_from(&scope.vars.list);
    trial.vars.params.clone_from(&scope.vars.params);
    trial.grouped = Some(Grouped::default());
    select.iter().any(|it| match trial.operand(&it.expr) {
        Operand::Value(typed) => is_grouped(&typed.expr),
        _ => false,
    })
}

fn has_call(expr: &model::Expr) -> bool {
    match &expr.kind {
        ExprKind::Call { function, args } => {
            matches!(function.as_str(), "count" | "sum" | "min" | "max" | "avg") || args.iter().any(has_call)
        }
        ExprKind::Negate(inner) => has_call(inner),
        ExprKind::Binary { left, right, .. } => has_call(left) || has_call(right),
        ExprKind::Literal(_)
        | ExprKind::Path(_)
        | ExprKind::List(_)
        | ExprKind::Not(_)
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::Between { .. }
        | ExprKind::IsNull { .. }
        | ExprKind::IsType { .. }
        | ExprKind::Quantified { .. } => false,
    }
}

fn groups<'m>(scope: &mut Scope<'_, 'm>, access: &'m Access) -> Option<Group> {
    let mut by: Vec<(Box<str>, Expr, Span)> = Vec::new();
    let mut keys: Vec<GroupKey<'m>> = Vec::new();
    let mut whole = true;
    for written in &access.group_by {
        let Some(parts) = parts_of(scope, written, None) else {
            whole = false;
            continue;
        };
        for (name, typed) in parts {
            whole &= comparable(scope, &typed, written.at);
            let output = Expr::At(Place::Output(by.len() as u16));
            keys.push(GroupKey {
                written,
                name: name.clone(),
                typed: Typed::new(output, typed.ty.clone()),
            });
            by.push((name, folded_value(typed), written.at));
        }
    }
    scope.grouped = Some(Grouped { keys });
    let mut select: Vec<(Box<str>, Expr, Span)> = Vec::new();
    // `having` and the order see what is selected; what is selected doesn't see itself.
    let mut selected = Vec::new();
    for written in &access.select {
        let Some(parts) = parts_of(scope, &written.expr, written.alias.as_ref()) else {
            whole = false;
            continue;
        };
        for (name, typed) in parts {
            if speaks_of_row(&typed.expr) {
                let found = ungrouped::RULE.error(format!("`{name}` differs between the rows of a group"));
                scope.sink.report(
                    found
                        .at(written.at, "neither a group key nor an aggregate")
                        .help("group by it too, or take `min(…)`, `max(…)`, `sum(…)` of it"),
                );
                whole = false;
                continue;
            }
            // A group key comes out anyway.
            let key = match &typed.expr {
                Expr::At(Place::Output(at)) => by.get(usize::from(*at)),
                _ => None,
            };
            if key.is_some_and(|(key, ..)| *key == name) {
                continue;
            }
            let at = (by.len() + select.len()) as u16;
            selected.push(GroupKey {
                written: &written.expr,
                name: name.clone(),
                typed: Typed::new(Expr::At(Place::Output(at)), typed.ty.clone()),
            });
            select.push((name, typed.expr, written.at));
        }
    }
    if let Some(grouped) = &mut scope.grouped {
        grouped.keys.append(&mut selected);
    }
    let outputs: Vec<_> = by.iter().chain(&select).cloned().collect();
    whole &= named_apart(scope.sink, &outputs);
    let having = match &access.having {
        Some(written) => match scope.pred(written) {
            Some(pred) if judges_row(&pred) => {
                let found = ungrouped::RULE.error("`having` judges groups, not their rows");
                scope.sink.report(
                    found
                        .at(written.at, "differs between the rows of a group")
                        .help("write it in `where`, or compare an aggregate: `max(…)`, `sum(…)`"),
                );
                whole = false;
                None
            }
            Some(pred) => Some(pred),
            None => {
                whole = false;
                None
            }
        },
        None => None,
    };
    if by.is_empty() && select.is_empty() && whole {
        let found = ungrouped::RULE.error("a group has no output");
        scope.sink.report(
            found
                .at(access.name.at, "nothing comes out")
                .help("write `group by …` or `select count() as n`"),
        );
        whole = false;
    }
    let plain = |all: Vec<(Box<str>, Expr, Span)>| -> Vec<Column> {
        all.into_iter().map(|(name, expr, _)| (name, expr)).collect()
    };
    whole.then(|| Group {
        by: plain(by),
        select: plain(select),
        having,
    })
}

/// A term of the order of groups, or of distinct outputs. `None`: reported.
pub(super) fn term<'m>(
    scope: &mut Scope<'_, 'm>,
    written: &'m model::OrderTerm,
    output: Option<&Output>,
) -> Option<Term> {
    let output = output?;
    let columns: Vec<&Expr> = match output {
        Output::Row => return None,
        Output::Select { columns, .. } => columns.iter().map(|(_, expr)| expr).collect(),
        Output::Groups(group) => (group.by.iter().chain(&group.select))
            .map(|(_, expr)| expr)
            .collect(),
    };
    let named = match &written.expr.kind {
        ExprKind::Path(path) => path.as_word(),
        _ => None,
    };
    if let (Some(name), Output::Select { columns, .. }) = (named, output)
        && let Some(at) = columns.iter().position(|(it, _)| **it == *name.text)
    {
        return Some(Term::Output(at as u16));
    }
    let operand = scope.operand(&written.expr);
    let typed = match operand {
        Operand::Ref { mut parts, .. } if parts.len() == 1 => Typed::new(parts.remove(0), Scalar::Text),
        operand => scope.one(operand, written.expr.at)?,
    };
    if !is_ordered(scope.schema, &typed.ty) && !matches!(typed.ty, Scalar::Bool | Scalar::Enum(_)) {
        let found = incomparable::RULE.error("groups can't be ordered by this");
        scope.sink.report(
            found
                .at(written.expr.at, "no order")
                .help("order by another output"),
        );
        return None;
    }
    let at = match &typed.expr {
        Expr::At(Place::Output(at)) => Some(usize::from(*at)),
        expr => columns.iter().position(|column| *column == expr),
    };
    if at.is_none() {
        scope.sink.report(unsupported(
            "an order by what isn't selected, of groups or distinct outputs",
            written.expr.at,
            "select it too, under a name, and order by that name",
        ));
    }
    at.map(|at| Term::Output(at as u16))
}

fn columns_of<'m>(scope: &mut Scope<'_, 'm>, written: &'m Projection) -> Option<Vec<(Box<str>, Typed)>> {
    parts_of(scope, &written.expr, written.alias.as_ref())
}

/// An output as one or, for a reference, a range or a value type, several columns. `None`: reported.
pub(in crate::check) fn parts_of<'m>(
    scope: &mut Scope<'_, 'm>,
    written: &'m model::Expr,
    alias: Option<&'m model::Name>,
) -> Option<Vec<(Box<str>, Typed)>> {
    let name: Box<str> = alias.map_or_else(|| natural_name(written), |alias| alias.text.as_str().into());
    let under = |part: &str| -> Box<str> { format!("{name}.{part}").into() };
    match scope.operand(written) {
        Operand::Broken => None,
        Operand::Ref { to, mut parts } => {
            let keys = scope.schema.key_leaves(to);
            let typed = |scope: &Scope<'_, '_>, leaf, expr| match &scope.schema.leaves[leaf].ty {
                LeafType::Scalar(scalar) => Some(Typed {
                    expr,
                    ty: scalar.clone(),
                    fold: scope.schema.leaves[leaf].ignore_case,
                }),
                LeafType::List(_) => None,
            };
            if parts.len() == 1 {
                return Some(vec![(name, typed(scope, *keys.first()?, parts.remove(0))?)]);
            }
            let all = keys.into_iter().zip(parts).map(|(leaf, expr)| {
                let field = &scope.schema.fields[scope.schema.leaves[leaf].field].name;
                let path = &scope.schema.leaves[leaf].path;
                let part = std::iter::once(field)
                    .chain(path)
                    .map(|it| &**it)
                    .collect::<Vec<_>>()
                    .join(".");
                Some((under(&part), typed(scope, leaf, expr)?))
            });
            all.collect()
        }
        Operand::Range(ends) => Some(vec![
            (under("start"), Typed::new(ends.start, ends.of.clone())),
            (under("end"), Typed::new(ends.end, ends.of)),
        ]),
        Operand::Group(parts) => {
            let secret = parts.iter().any(|(_, typed)| is_secret(&typed.ty));
            if secret {
                return shown(scope, written.at);
            }
            Some(
                parts
                    .into_iter()
                    .map(|(path, typed)| (under(&path.join(".")), typed))
                    .collect(),
            )
        }
        Operand::List(_) | Operand::Params(..) => {
            scope.sink.report(unsupported(
                "a collection as an output",
                written.at,
                "leave out `select`, so that the row comes with its collections",
            ));
            None
        }
        Operand::Many(_) => {
            let found = path_to_many::RULE.error("an output is one value");
            scope.sink.report(
                found
                    .at(written.at, "many")
                    .help("write an aggregate, or fetch the rows: `with path`"),
            );
            None
        }
        operand => {
            let typed = scope.one(operand, written.at)?;
            if is_secret(&typed.ty) {
                return shown(scope, written.at);
            }
            Some(vec![(name, typed)])
        }
    }
}

fn is_secret(scalar: &Scalar) -> bool {
    matches!(scalar, Scalar::Hashed | Scalar::Encrypted { .. })
}

fn shown<T>(scope: &mut Scope<'_, '_>, at: Span) -> Option<T> {
    let found = secret_in_plain_place::RULE.error("a secret can't come out");
    scope.sink.report(
        found
            .at(at, "a secret")
            .help("leave it out; compare a hash by `verify(field, $p)`"),
    );
    None
}

/// Whether outputs can be told apart by a value; says so where not.
fn comparable(scope: &mut Scope<'_, '_>, typed: &Typed, at: Span) -> bool {
    if scalar_has_equality(&typed.ty) && !is_secret(&typed.ty) {
        return true;
    }
    let found = incomparable::RULE.error("values of this type can't be told apart");
    scope
        .sink
        .report(found.at(at, "no equality").help("group by another field"));
    false
}

/// The name of an output that was given none.
fn natural_name(written: &model::Expr) -> Box<str> {
    match &written.kind {
        ExprKind::Path(path) => match (path.steps.last(), &path.root) {
            (Some(step), _) => step.name.text.as_str().into(),
            (None, model::Root::Param(name)) => name.text.as_str().into(),
            (None, _) => "self".into(),
        },
        ExprKind::Call { function, args } => match args.first().map(|arg| &arg.kind) {
            Some(ExprKind::Path(path)) if !path.steps.is_empty() => {
                let steps: Vec<&str> = path.steps.iter().map(|step| step.name.as_str()).collect();
                format!("{function}({})", steps.join(".")).into()
            }
            _ => function.text.as_str().into(),
        },
        ExprKind::Literal(_)
        | ExprKind::List(_)
        | ExprKind::Not(_)
        | ExprKind::Negate(_)
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::Binary { .. }
        | ExprKind::Between { .. }
        | ExprKind::IsNull { .. }
        | ExprKind::IsType { .. }
        | ExprKind::Quantified { .. } => crate::syntax::short::expression(written).into(),
    }
}

/// Whether all outputs have names of their own; says so where not.
fn named_apart(sink: &mut Sink, columns: &[(Box<str>, Expr, Span)]) -> bool {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    let mut apart = true;
    for (name, _, at) in columns {
        if let Some(first) = seen.insert(name, *at) {
            sink.report(duplicate("output", name, *at, first));
            apart = false;
        }
    }
    apart
}
