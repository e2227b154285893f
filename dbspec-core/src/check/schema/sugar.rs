//! Fields that nobody wrote: owners, ends of relations, subtypes, and those that marks add.

use super::fields::{Owners, Proto, Source};
use super::{Decl, Entry, Known, Plan, Resolved, Schema, Target};
use crate::arena::Id;
use crate::check::rules::duplicate_name::duplicate;
use crate::check::rules::{unfit_modifier, wrong_type};
use crate::check::sink::Sink;
use crate::kernel::{EntityId, EnumDef, FieldId, Hop, Scalar, Type};
use crate::model::{Expr, ExprKind, MarkKind, ModifierKind, Root};
use crate::span::Span;

impl<'m> Schema<'m> {
    /// The fields that nobody wrote: owner and ends first, then the others.
    pub(super) fn sugar(&mut self, plan: &Plan<'m>, id: EntityId, sink: &mut Sink) -> Vec<Proto<'m>> {
        let name = plan.decl.name();
        let make = |name: &str, ty: Type, nullable: bool, source: Source<'m>, at: Span| Proto {
            name: name.into(),
            at,
            resolved: Resolved {
                ty,
                optional: nullable,
                subtype: None,
                constraints: Vec::new(),
            },
            nullable,
            source,
            subtype: None,
            inverse: None,
        };
        let mut all = Vec::new();
        if let Some((owner, said)) = plan.owner {
            let mut proto = make("owner", Type::Ref(owner), false, Source::Owner(said), said.at);
            proto.resolved.subtype = self.rows(&said.entity, sink).and_then(|it| it.subtype);
            all.push(proto);
        }
        if let Decl::Relation(relation) = plan.decl {
            for end in [&relation.left, &relation.right] {
                let Some(target) = self.rows(&end.entity, sink) else {
                    self.plans[id.index() as usize].broken = true;
                    continue;
                };
                let name = end
                    .role
                    .as_ref()
                    .map_or_else(|| snake(&end.entity.text), |role| role.text.clone());
                if let Some(first) = all.iter().find(|proto: &&Proto<'_>| *proto.name == *name) {
                    let found = duplicate("end", &name, end.at, first.at);
                    sink.report(
                        found.help(
                            "name the ends: `(follower: User).following *--* (followed: User).followers`",
                        ),
                    );
                    continue;
                }
                let mut proto = make(&name, Type::Ref(target.entity), false, Source::End(end), end.at);
                proto.resolved.subtype = target.subtype;
                all.push(proto);
            }
        }
        if !plan.subtypes.is_empty() {
            let labels = plan.subtypes.iter().filter(|sub| !super::is_abstract(sub.entity));
            let labels = labels.map(|sub| sub.entity.name.text.as_str().into()).collect();
            let element = self.elements.top(format!("{name}.is"), name.at);
            let def = EnumDef {
                element,
                name: format!("{name}.is").into(),
                doc: None,
                labels,
                ordered: false,
            };
            let id = self.enums.push(def);
            all.push(make(
                "is",
                Type::Scalar(Scalar::Enum(id)),
                !plan.is_abstract(),
                Source::Is,
                name.at,
            ));
        }
        for mark in plan.decl.marks() {
            match &mark.kind {
                MarkKind::Version => {
                    all.push(make(
                        "version",
                        Type::Scalar(Scalar::Int64),
                        false,
                        Source::Version,
                        mark.at,
                    ));
                }
                MarkKind::Audit { by } => {
                    let who = by.as_ref().and_then(|by| self.who(by, sink));
                    let time = Type::Scalar(Scalar::Timestamp);
                    all.push(make(
                        "created_at",
                        time.clone(),
                        false,
                        Source::CreatedAt,
                        mark.at,
                    ));
                    if let Some(who) = who {
                        let member = self.session[usize::from(who)].clone();
                        all.push(make(
                            "created_by",
                            member.ty,
                            member.nullable,
                            Source::CreatedBy(who),
                            mark.at,
                        ));
                    }
                    all.push(make("updated_at", time, false, Source::UpdatedAt, mark.at));
                    if let Some(who) = who {
                        let member = self.session[usize::from(who)].clone();
                        all.push(make(
                            "updated_by",
                            member.ty,
                            member.nullable,
                            Source::UpdatedBy(who),
                            mark.at,
                        ));
                    }
                }
                MarkKind::Abstract
                | MarkKind::SoftDelete
                | MarkKind::History
                | MarkKind::AppendOnly
                | MarkKind::Immutable
                | MarkKind::Was(_)
                | MarkKind::Stored(_)
                | MarkKind::External => {}
            }
        }
        if plan.soft {
            all.push(make(
                "deleted_at",
                Type::Scalar(Scalar::Timestamp),
                true,
                Source::DeletedAt,
                name.at,
            ));
        }
        all
    }

    /// The session member that `@audit(by = …)` names.
    fn who(&self, by: &'m Expr, sink: &mut Sink) -> Option<u16> {
        if let ExprKind::Path(path) = &by.kind
            && let (Root::Session, [step]) = (&path.root, path.steps.as_slice())
        {
            return match self.session_names.get(step.name.as_str()) {
                Some(member) => *member,
                None => {
                    let names = self.session_names.keys().copied();
                    sink.report(crate::check::rules::unknown_name::unknown(
                        "session member",
                        &step.name,
                        names,
                    ));
                    None
                }
            };
        }
        let found = wrong_type::RULE
            .error("who writes is a member of the session")
            .at(by.at, "no session member");
        sink.report(found.help("write `@audit(by = session.customer)`"));
        None
    }

    /// Gives the far side of a reference its name for the rows that refer to it.
    pub(super) fn name_inverse(
        &mut self,
        field: FieldId,
        owners: &[Owners],
        runs: &[std::ops::Range<u32>],
        sink: &mut Sink,
    ) {
        let proto = self.proto(field).clone();
        let Type::Ref(entity) = proto.resolved.ty else {
            refuse_inverse(&proto, sink);
            return;
        };
        let own = runs.partition_point(|run| run.end <= field.index());
        let here = Target {
            entity: super::keys::entity(own),
            subtype: proto.subtype,
        };
        let (name, hops, to) = match proto.source {
            Source::Owner(owner) => (&owner.inverse, vec![Hop::Many(field)], here),
            Source::End(end) => {
                let run = runs[own].clone();
                let other = run
                    .map(FieldId::new)
                    .find(|it| *it != field && matches!(self.proto(*it).source, Source::End(_)));
                let Some(other) = other else { return };
                let Type::Ref(far) = self.proto(other).resolved.ty else {
                    return;
                };
                let to = Target {
                    entity: far,
                    subtype: self.proto(other).resolved.subtype,
                };
                (&end.inverse, vec![Hop::Many(field), Hop::One(other)], to)
            }
            Source::Declared(declared) => {
                let named = declared
                    .modifiers
                    .iter()
                    .find_map(|modifier| match &modifier.kind {
                        ModifierKind::Inverse { name, fan: _ } => Some(name),
                        _ => None,
                    });
                let Some(name) = named else { return };
                (name, vec![Hop::Many(field)], here)
            }
            _ => return,
        };
        let subtype = proto.resolved.subtype;
        let owner = &owners[entity.index() as usize];
        let parent = subtype.map_or(owner.entity, |at| owner.subtypes[usize::from(at)]);
        let element = self.elements.part(parent, name.text.as_str(), name.at);
        self.protos[field.index() as usize].inverse = Some(element);
        let entry = Entry {
            what: Known::Many { hops, to },
            subtype,
            at: name.at,
        };
        self.claim_member(entity, name, entry, sink);
    }
}

/// `OrderLine` as `order_line`.
fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut before_small = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            if before_small {
                out.push('_');
            }
            out.push(c.to_ascii_lowercase());
            before_small = false;
        } else {
            before_small = c.is_ascii_lowercase() || c.is_ascii_digit();
            out.push(c);
        }
    }
    out
}

/// Says so where what only references have stands on something else.
fn refuse_inverse(proto: &Proto<'_>, sink: &mut Sink) {
    for modifier in proto.modifiers() {
        let word = match &modifier.kind {
            ModifierKind::Inverse { .. } => "inverse",
            ModifierKind::OnDelete(_) => "on delete",
            ModifierKind::Sharing(_) => "sharing",
            ModifierKind::Tenant => "@tenant",
            _ => continue,
        };
        let found = unfit_modifier::RULE.error(format!(
            "`{word}` needs a reference, which `{}` is not",
            proto.name
        ));
        sink.report(
            found
                .at(modifier.at, "not on a value")
                .help("make the field a reference, `-> E`, or leave it out"),
        );
    }
}
