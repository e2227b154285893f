//! Derivations that never end, and named types that nothing uses.

use std::collections::{BTreeMap, BTreeSet};

use crate::arena::Arena;
use crate::check::expr::{About, Frame, Operand, Scope, Typed, leaves_of};
use crate::check::rules::cyclic_derivation;
use crate::check::schema::{Schema, State};
use crate::check::sink::Sink;
use crate::kernel::{Expr, FieldId, Rule, RuleId, RuleKind, Type};
use crate::model::{Item, TypeDeclKind};
use crate::value::Value;

/// Says which derived fields are worked out from themselves.
pub(in crate::check) fn no_cycles(schema: &Schema<'_>, rules: &Arena<RuleId, Rule>, sink: &mut Sink) {
    let mut from: BTreeMap<FieldId, BTreeSet<FieldId>> = BTreeMap::new();
    for (_, rule) in rules.iter() {
        if let RuleKind::Derived { field, value, .. } = &rule.kind {
            let fields = leaves_of(value).into_iter().map(|leaf| schema.leaves[leaf].field);
            from.entry(*field).or_default().extend(fields);
        }
    }
    // What needs nothing that is left is worked out; what stays needs itself.
    let mut needed_by: BTreeMap<FieldId, Vec<FieldId>> = BTreeMap::new();
    let mut ready = Vec::new();
    let derived: BTreeSet<FieldId> = from.keys().copied().collect();
    for (field, of) in &mut from {
        of.retain(|it| derived.contains(it));
        for it in of.iter() {
            needed_by.entry(*it).or_default().push(*field);
        }
        if of.is_empty() {
            ready.push(*field);
        }
    }
    while let Some(done) = ready.pop() {
        from.remove(&done);
        for field in needed_by.remove(&done).unwrap_or_default() {
            if let Some(of) = from.get_mut(&field) {
                of.remove(&done);
                if of.is_empty() {
                    ready.push(field);
                }
            }
        }
    }
    let Some((first, _)) = from.first_key_value() else {
        return;
    };
    let names: Vec<String> = from
        .keys()
        .map(|field| format!("`{}`", schema.fields[*field].name))
        .collect();
    let found = cyclic_derivation::RULE.error(format!(
        "{} can't be worked out: they need each other",
        names.join(", ")
    ));
    sink.report(
        found
            .at(schema.proto(*first).at, "comes back here")
            .help("derive one of them from fields that are written"),
    );
}

/// Judges the rules of named types that no field has, so that what is wrong with them is said too.
pub(in crate::check) fn unused_types<'m>(schema: &Schema<'m>, sink: &mut Sink, judged: &BTreeSet<&'m str>) {
    for (at, item) in schema.model.items.iter().enumerate() {
        let Item::Type(decl) = item else { continue };
        let TypeDeclKind::Domain {
            filter: Some(filter), ..
        } = &decl.kind
        else {
            continue;
        };
        if judged.contains(decl.name.as_str()) {
            continue;
        }
        let Some(State::Done(Some(resolved))) = schema.resolved.get(&at) else {
            continue;
        };
        let Type::Scalar(scalar) = &resolved.ty else {
            continue;
        };
        let mut scope = Scope::empty(schema, sink, About::Rule);
        scope.frames.push(Frame::Hidden);
        scope.value = Some(Operand::Value(Typed::new(
            Expr::Value(Value::Null),
            scalar.clone(),
        )));
        scope.pred(filter);
    }
}
