//! Keys: which fields, and as which leaves they are stored.

use super::{LeafShape, Plan, Proto, Schema, Source, shapes};
use crate::arena::Id;
use crate::check::rules::unknown_name::unknown;
use crate::check::rules::{cyclic_key, missing_key, unfit_key, unfit_rule};
use crate::check::sink::Sink;
use crate::diag::Fix;
use crate::kernel::{EntityId, FieldId, Scalar, Type};
use crate::model::{Member, ModifierKind};

/// Keys nest as deep as references in keys do; beyond this nobody means it.
const DEEPEST: usize = 64;

/// How many values a key has at most. What is owned has its owner's key, what refers has that of its target, so a few
/// lines could otherwise stand for more than any memory holds.
const MOST: usize = 32;

impl<'m> Schema<'m> {
    /// The key fields of an entity whose protos are `first..`.
    pub(super) fn key_fields(
        plan: &Plan<'m>,
        first: u32,
        protos: &[Proto<'m>],
        sink: &mut Sink,
    ) -> Vec<FieldId> {
        let id = |at: usize| FieldId::new(first + at as u32);
        let mut key = Vec::new();
        let mut marked = false;
        for (at, proto) in protos.iter().enumerate() {
            match proto.source {
                Source::Owner(_) | Source::End(_) => key.push(id(at)),
                Source::Declared(field) if field.has(&ModifierKind::Key) => {
                    if proto.subtype.is_some() {
                        let found =
                            unfit_rule::RULE.error(format!("`{}` can't be the key of a subtype", field.name));
                        sink.report(
                            found
                                .at(field.name.at, "the base has the key")
                                .help("leave out `@key`"),
                        );
                    } else {
                        marked = true;
                        key.push(id(at));
                    }
                }
                _ => {}
            }
        }
        for (subtype, members) in plan.parts() {
            for member in members {
                let Member::Key(said) = member else { continue };
                if subtype.is_some() || marked || matches!(plan.decl, super::Decl::Relation(_)) {
                    let found = unfit_rule::RULE.error(format!("`{}` has its key already", plan.decl.name()));
                    let help = "a key is said once: by `@key` or `key (…)`; a relation's is its two ends, a subtype's its base's";
                    sink.report(found.at(said.at, "a second key").help(help));
                    continue;
                }
                marked = true;
                for path in &said.fields {
                    let [name] = path.names.as_slice() else {
                        let found = unfit_key::RULE.error(format!("`{path}` is part of a field"));
                        sink.report(found.at(path.at, "no field").help("a key is of whole fields"));
                        continue;
                    };
                    match protos.iter().position(|proto| *proto.name == *name.text) {
                        Some(at) if !key.contains(&id(at)) => key.push(id(at)),
                        Some(at) if matches!(protos[at].source, Source::Owner(_)) => {}
                        Some(_) => {
                            let found =
                                unfit_rule::RULE.error(format!("`{name}` is part of the key already"));
                            sink.report(found.at(path.at, "again").help("name it once"));
                        }
                        None => sink.report(unknown(
                            &format!("field of `{}`", plan.decl.name()),
                            name,
                            protos.iter().map(|proto| &*proto.name),
                        )),
                    }
                }
            }
        }
        key.retain(|field| fit(plan, &protos[(field.index() - first) as usize], sink));
        judge_missing(plan, &key, marked, sink);
        key
    }

    /// The leaves of every entity's key.
    pub(super) fn key_shapes(&self, keys: &[Vec<FieldId>], sink: &mut Sink) -> Vec<Vec<LeafShape>> {
        let mut done = vec![Vec::new(); keys.len()];
        let mut state = vec![0u8; keys.len()];
        for at in 0..keys.len() {
            self.key_shape(at, keys, &mut done, &mut state, 0, sink);
        }
        done
    }

    fn key_shape(
        &self,
        at: usize,
        keys: &[Vec<FieldId>],
        done: &mut [Vec<LeafShape>],
        state: &mut [u8],
        depth: usize,
        sink: &mut Sink,
    ) {
        if state[at] == 2 {
            return;
        }
        if depth > DEEPEST {
            return self.too_deep(at, sink);
        }
        if state[at] == 1 {
            let name = self.plans[at].decl.name();
            let found = cyclic_key::RULE.error(format!("the key of `{name}` is part of itself"));
            sink.report(
                found
                    .at(name.at, "its key comes back here")
                    .help("give it a key of its own: `id: uuid = uuid7() @key`"),
            );
            return;
        }
        state[at] = 1;
        let mut leaves = Vec::new();
        for field in &keys[at] {
            let proto = self.proto(*field);
            if let Type::Ref(to) = proto.resolved.ty {
                self.key_shape(to.index() as usize, keys, done, state, depth + 1, sink);
            }
            for mut leaf in proto.leaves(done) {
                leaf.path.insert(0, proto.name.clone());
                leaves.push(leaf);
            }
        }
        if leaves.iter().any(|leaf| leaf.path.len() > DEEPEST) {
            self.too_deep(at, sink);
            leaves.clear();
        }
        if leaves.len() > MOST {
            let name = self.plans[at].decl.name();
            let found = unfit_key::RULE.error(format!("the key of `{name}` has {} values", leaves.len()));
            sink.report(
                found
                    .at(name.at, "its key, written out")
                    .why(format!(
                        "a key has {MOST} values at most, those of the keys in it among them"
                    ))
                    .help("give it a key of its own: `id: uuid = uuid7() @key`"),
            );
            // As if it had none, so that nothing grows from it.
            leaves.clear();
        }
        done[at] = leaves;
        state[at] = 2;
    }
}

impl Schema<'_> {
    fn too_deep(&self, at: usize, sink: &mut Sink) {
        let name = self.plans[at].decl.name();
        let found = unfit_key::RULE.error(format!("the key of `{name}` nests too deep"));
        sink.report(
            found
                .at(name.at, "keys within keys")
                .why(format!("keys are part of each other {DEEPEST} deep at most"))
                .help("give it a key of its own: `id: uuid = uuid7() @key`"),
        );
    }
}

impl Proto<'_> {
    /// The leaves of the field, given those of the keys that it refers to.
    pub(super) fn leaves(&self, keys: &[Vec<LeafShape>]) -> Vec<LeafShape> {
        let mut leaves = shapes(&self.resolved.ty, keys);
        for leaf in &mut leaves {
            leaf.nullable |= self.nullable;
            leaf.ignore_case |= self.folds(&leaf.path);
        }
        leaves
    }
}

/// Says so where an entity has no key.
fn judge_missing(plan: &Plan<'_>, key: &[FieldId], marked: bool, sink: &mut Sink) {
    let single = plan.owner.is_some_and(|(_, owner)| {
        let most = owner.fan.bounds.as_ref().and_then(|bounds| bounds.max.as_ref());
        most.is_some_and(|most| most.as_str() == "1")
    });
    let lacking = key.is_empty() || (plan.owner.is_some() && key.len() == 1 && !single);
    if lacking && !marked && !plan.broken {
        let name = plan.decl.name();
        let found = missing_key::RULE
            .error(format!("entity `{name}` has no key"))
            .at(name.at, "how is a row found?");
        let found = found.why("references, updates and engines name a row by its key");
        sink.report(if plan.owner.is_some() {
            found.help(
                "mark the field that tells the rows of one owner apart with `@key`, or bound them by `0..1`",
            )
        } else {
            found.help("mark a field with `@key`, or add one: `id: uuid = uuid7() @key`")
        });
    }
}

/// Whether a field can be part of a key; says so where it can't.
fn fit(plan: &Plan<'_>, proto: &Proto<'_>, sink: &mut Sink) -> bool {
    let why = if proto.nullable {
        "may be null"
    } else if matches!(proto.source, Source::Derived(_)) {
        "is derived"
    } else if matches!(proto.resolved.ty, Type::Scalar(Scalar::Encrypted { .. }))
        || !super::leaves::has_equality(&proto.resolved.ty)
    {
        "has no equality"
    } else if matches!(&proto.resolved.ty, Type::Group(members) if members.iter().any(|member| member.nullable))
    {
        "has members that may be null"
    } else {
        return true;
    };
    let message = format!(
        "`{}` can't be part of the key of `{}`",
        proto.name,
        plan.decl.name()
    );
    let found = unfit_key::RULE.error(message).at(proto.at, why);
    let found = found.why("a key is never null, never worked out, and tells rows apart by equality");
    sink.report(match (proto.nullable, proto.source) {
        (true, Source::Declared(field)) if !field.ty.at.is_none() => {
            let mark = crate::span::Span {
                start: field.ty.at.end.saturating_sub(1),
                ..field.ty.at
            };
            found
                .help("leave out the `?`")
                .fix(Fix::maybe("leave out the `?`", mark, ""))
        }
        _ => found.help("take another field"),
    });
    false
}

/// The entity of an index.
pub(super) fn entity(at: usize) -> EntityId {
    EntityId::new(at as u32)
}
