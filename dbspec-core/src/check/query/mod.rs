//! Access patterns: conditions taken apart, orders made total, outputs and fetched rows resolved.

mod cond;
mod fetch;
mod output;

pub(super) use output::parts_of;

use std::collections::{BTreeMap, BTreeSet};

use super::element::Elements;
use super::expr::{About, Operand, Scope, Vars, is_ordered, word};
use super::facts::Facts;
use super::rules::duplicate_name::duplicate;
use super::rules::not_supported_yet::unsupported;
use super::rules::{
    incomparable, low_cardinality, path_to_many, secret_in_plain_place, unfit_when, unserved_access,
};
use super::schema::{Schema, Target};
use super::sink::Sink;
use super::statistics;
use crate::arena::{Arena, Run};
use crate::kernel::{
    Dir, Expr, Kernel, LeafType, OrderTerm, Output, Place, Query, QueryId, Rate, Scalar, Shape, Take, Term,
    VarType,
};
use crate::model::{self, Access, Consistency, Direction, Item, Param, Window};

/// How many optional parameters a query has at most.
const MOST_OPTIONAL: usize = 4;

/// What the parameters of each access and write hold, by its position among the items; `None`: broken.
pub(super) type Params = BTreeMap<usize, Vec<Option<VarType>>>;

/// Resolves the types of all parameters.
pub(super) fn params(schema: &mut Schema<'_>, sink: &mut Sink) -> Params {
    let mut all = Params::new();
    for (at, item) in schema.model.items.iter().enumerate() {
        let params: &[Param] = match item {
            Item::Access(it) => &it.params,
            Item::Write(it) => &it.params,
            _ => continue,
        };
        let types = params
            .iter()
            .map(|param| schema.param_type(param, sink))
            .collect();
        all.insert(at, types);
    }
    all
}

/// The variables that parameters are.
pub(super) fn vars<'m>(params: &'m [Param], types: &[Option<VarType>], sink: &mut Sink) -> Vars<'m> {
    let mut vars = Vars::default();
    let mut seen: BTreeMap<&str, crate::span::Span> = BTreeMap::new();
    for (param, ty) in params.iter().zip(types) {
        if let Some(first) = seen.insert(param.name.as_str(), param.name.at) {
            sink.report(duplicate("parameter", &param.name.text, param.name.at, first));
            continue;
        }
        let id = ty
            .clone()
            .map(|ty| vars.push(&param.name.text, ty, param.ty.optional));
        vars.params.insert(&param.name.text, id);
    }
    vars
}

/// How often something is asked.
pub(super) fn rate(load: &model::Load) -> Rate {
    Rate {
        milli_per_second: load.rate.as_ref().and_then(statistics::milli_per_second),
        peak_milli_per_second: load.peak.as_ref().and_then(statistics::milli_per_second),
        p99_micros: load.p99.as_ref().and_then(statistics::micros),
    }
}

/// All access patterns.
pub(super) fn of(
    schema: &Schema<'_>,
    sink: &mut Sink,
    elements: &mut Elements,
    facts: &mut Facts,
    kernel: &Kernel,
    params: &Params,
) -> Arena<QueryId, Query> {
    let mut queries = Arena::default();
    let mut seen: BTreeMap<&str, crate::span::Span> = BTreeMap::new();
    for (at, item) in schema.model.items.iter().enumerate() {
        let name = match item {
            Item::Access(it) => &it.name,
            Item::Write(it) => &it.name,
            _ => continue,
        };
        if let Some(first) = seen.insert(name.as_str(), name.at) {
            sink.report(duplicate("access or write", &name.text, name.at, first));
            continue;
        }
        let Item::Access(access) = item else { continue };
        let element = elements.top(name.text.as_str(), access.at);
        facts.docs(elements, element, access.docs.as_deref());
        facts.load(elements, element, &access.load, access.at);
        if let Some(rows) = access.rows {
            let part = elements.part(element, "rows", access.at);
            facts.of_load(part, format!("rows {rows}"));
        }
        let types = params.get(&at).map_or(&[][..], Vec::as_slice);
        let maker = Maker {
            schema,
            sink,
            kernel,
            access,
        };
        if let Some(query) = maker.query(element, types) {
            queries.push(query);
        }
    }
    queries
}

/// An access on its way to a query.
struct Maker<'a, 'm> {
    schema: &'a Schema<'m>,
    sink: &'a mut Sink,
    kernel: &'a Kernel,
    access: &'m Access,
}

impl Maker<'_, '_> {
    fn query(self, element: crate::kernel::ElementId, types: &[Option<VarType>]) -> Option<Query> {
        let (access, schema) = (self.access, self.schema);
        let before = self.sink.len();
        let vars = vars(&access.params, types, self.sink);
        for (param, ty) in access.params.iter().zip(types) {
            if let Some(VarType::Row(entity)) = ty {
                let name = &schema.entities[*entity].name;
                let found = super::rules::wrong_type::RULE.error(format!("`{}` is a whole row", param.name));
                self.sink.report(
                    found
                        .at(param.ty.at, "an access is given values and references")
                        .help(format!("write `-> {name}` for a reference")),
                );
            }
        }
        let optional = vars.list.iter().filter(|var| var.optional).count();
        if optional > MOST_OPTIONAL {
            let found =
                unfit_when::RULE.error(format!("`{}` has {optional} optional parameters", access.name));
            self.sink.report(
                found
                    .at(access.name.at, format!("{MOST_OPTIONAL} at most"))
                    .why("each doubles the ways in which the query is asked")
                    .help("make two accesses of it"),
            );
        }
        for source in access.sources.iter().skip(1) {
            self.sink.report(unsupported(
                "`also from`",
                source.at,
                "ask for each in an access of its own",
            ));
        }
        let source = access.sources.first()?;
        let target = schema.rows(&source.entity, self.sink)?;
        let params = vars.list.clone();
        let mut scope = Scope::of_row(schema, self.sink, About::Request, target);
        scope.vars = vars;
        let conds = cond::all(&mut scope, access, source, target);
        let output = output::of(&mut scope, access);
        let outputs = output.as_ref().map_or(0, output::count);
        let order = order(&mut scope, access, target, &conds, output.as_ref());
        let fetch = fetch::all(&mut scope, target, access);
        drop(scope);
        let take = match access.window {
            None => Take::All,
            Some(Window::Limit(rows)) => Take::Limit(rows),
            Some(Window::Page(rows)) => Take::Page(rows),
        };
        let output = output?;
        debug_assert!(matches!(output, Output::Row) || outputs > 0);
        let query = Query {
            element,
            name: access.name.text.as_str().into(),
            doc: access.docs.as_deref().map(Into::into),
            params,
            from: target.entity,
            subtype: target.subtype,
            conds,
            order,
            take,
            output,
            fetch,
            full_read: access.full_read,
            strong: access.consistency == Some(Consistency::Strong),
            staleness_ms: access.staleness.as_ref().and_then(statistics::millis),
            rate: rate(&access.load),
            facets: Run::default(),
        };
        // What a broken query would read says nothing about the one that was meant.
        if self.sink.len() == before {
            warn(&query, self.kernel, access, self.sink);
        }
        Some(query)
    }
}

/// The order, made total.
fn order<'m>(
    scope: &mut Scope<'_, 'm>,
    access: &'m Access,
    target: Target,
    conds: &[crate::kernel::Cond],
    output: Option<&Output>,
) -> Vec<OrderTerm> {
    let mut terms = Vec::new();
    let over = match output {
        Some(Output::Groups(_)) => Over::Outputs(output::keys(output)),
        Some(Output::Select {
            distinct: true,
            columns,
        }) => Over::Outputs(columns.len()),
        Some(Output::Select { distinct: false, .. } | Output::Row) | None => Over::Rows,
    };
    for term in &access.order_by {
        let dir = direction(term.direction);
        match over {
            Over::Outputs(_) => {
                terms.extend(output::term(scope, term, output).map(|term| OrderTerm { term, dir }));
            }
            Over::Rows => terms.extend(row_terms(scope, term)),
        }
    }
    let last = terms.last().map_or(Dir::Asc, |term: &OrderTerm| term.dir);
    match over {
        Over::Outputs(keys) => {
            terms.extend((0..keys).map(|at| OrderTerm {
                term: Term::Output(at as u16),
                dir: last,
            }));
        }
        Over::Rows => {
            if access.order_by.is_empty() {
                let ranged = conds
                    .iter()
                    .find(|cond| matches!(cond.shape, Shape::Range(_) | Shape::Prefix));
                terms.extend(ranged.and_then(|cond| cond.leaf).map(|leaf| OrderTerm {
                    term: Term::Leaf(leaf),
                    dir: Dir::Asc,
                }));
            }
            let keys = scope.schema.key_leaves(target.entity);
            terms.extend(keys.into_iter().map(|leaf| OrderTerm {
                term: Term::Leaf(leaf),
                dir: last,
            }));
        }
    }
    without_repeats(terms)
}

/// What an order is over.
#[derive(Clone, Copy)]
enum Over {
    /// Rows.
    Rows,
    /// Outputs, so many of which tell them apart.
    Outputs(usize),
}

fn without_repeats(terms: Vec<OrderTerm>) -> Vec<OrderTerm> {
    let mut kept: Vec<OrderTerm> = Vec::new();
    for term in terms {
        if !kept.iter().any(|it| it.term == term.term) {
            kept.push(term);
        }
    }
    kept
}

fn direction(direction: Direction) -> Dir {
    match direction {
        Direction::Ascending => Dir::Asc,
        Direction::Descending => Dir::Desc,
    }
}

/// A written term over rows: several, where it is a reference of several leaves.
fn row_terms<'m>(scope: &mut Scope<'_, 'm>, written: &'m model::OrderTerm) -> Vec<OrderTerm> {
    let dir = direction(written.direction);
    let term = |expr: Expr| OrderTerm {
        term: match expr {
            Expr::At(Place::Leaf { up: 0, via, leaf }) if via.is_empty() => Term::Leaf(leaf),
            expr => Term::Expr(expr),
        },
        dir,
    };
    match scope.operand(&written.expr) {
        Operand::Broken => Vec::new(),
        Operand::Ref { parts, .. } => parts.into_iter().map(term).collect(),
        Operand::Many(_) => {
            let found = path_to_many::RULE.error("an order needs one value");
            scope.sink.report(
                found
                    .at(written.expr.at, "many")
                    .help("order by an aggregate: `max(lines, price) desc`"),
            );
            Vec::new()
        }
        operand => {
            let Some(typed) = scope.one(operand, written.expr.at) else {
                return Vec::new();
            };
            if !orderable(scope, &typed.ty, written.expr.at) {
                return Vec::new();
            }
            let expr = if typed.fold {
                super::expr::folded_value(typed)
            } else {
                typed.expr
            };
            vec![term(expr)]
        }
    }
}

/// Whether rows can be ordered by values of a type; says so where not.
fn orderable(scope: &mut Scope<'_, '_>, ty: &Scalar, at: crate::span::Span) -> bool {
    if is_ordered(scope.schema, ty) || matches!(ty, Scalar::Bool) {
        return true;
    }
    let what = word(scope.schema, ty);
    let found = match ty {
        Scalar::Hashed | Scalar::Encrypted { .. } => secret_in_plain_place::RULE
            .error("rows can't be ordered by a secret")
            .help("order by another field"),
        Scalar::Enum(_) => incomparable::RULE
            .error(format!("{what} has no order"))
            .help("say `enum … ordered`, or order by another field"),
        _ => incomparable::RULE
            .error(format!("{what} has no order"))
            .help("order by another field"),
    };
    scope.sink.report(found.at(at, "no order"));
    false
}

/// Warnings about what a query would read.
fn warn(query: &Query, kernel: &Kernel, access: &Access, sink: &mut Sink) {
    if query.full_read {
        return;
    }
    let living = kernel.entities[query.from].soft_delete;
    let narrow = |cond: &crate::kernel::Cond| {
        cond.when.is_none() && cond.shape != Shape::Other && cond.leaf.is_some() && cond.leaf != living
    };
    let stops = !matches!(query.take, Take::All)
        && matches!(query.output, Output::Row | Output::Select { distinct: false, .. });
    let any = query.conds.iter().any(narrow);
    if !any && (!stops || access.order_by.is_empty()) {
        let found = unserved_access::RULE.warning(format!("`{}` reads every row", query.name));
        sink.report(
            found
                .at(access.name.at, "no condition narrows it")
                .help("add a condition, or a `limit` with an order, or say `full read`"),
        );
        return;
    }
    if stops || !any {
        return;
    }
    let rows = kernel.entities[query.from].volume.map_or(0, |volume| volume.rows);
    let unique: BTreeSet<_> = kernel.key_leaves(query.from).into_iter().collect();
    let mut values: u64 = 1;
    for cond in query.conds.iter().filter(|cond| narrow(cond)) {
        let Some(leaf) = cond.leaf else { return };
        let field = &kernel.fields[kernel.leaves[leaf].field];
        let few = match (&cond.shape, &kernel.leaves[leaf].ty) {
            (Shape::Eq | Shape::In(_), _) if unique.contains(&leaf) => return,
            (Shape::Eq, LeafType::Scalar(Scalar::Bool)) => Some(2),
            (Shape::Eq, LeafType::Scalar(Scalar::Enum(id))) => Some(kernel.enums[*id].labels.len() as u64),
            (Shape::Eq, _) => field.statistics.distinct,
            _ => None,
        };
        let Some(few) = few else { return };
        values = values.saturating_mul(few);
    }
    if values <= 10 && rows >= 10_000 {
        let found =
            low_cardinality::RULE.warning(format!("`{}` reads a large part of {rows} rows", query.name));
        sink.report(
            found
                .at(access.name.at, format!("about one row in {values}"))
                .help("add a condition, or an order with a `limit`, or say `full read`"),
        );
    }
}
