//! What writes fill in by themselves: defaults, derived fields, versions, who and when.

use super::Maker;
use crate::check::expr::{About, Scope};
use crate::check::rules::not_supported_yet::unsupported;
use crate::check::rules::{unfit_type, wrong_type};
use crate::check::schema::{Proto, Source};
use crate::check::statistics;
use crate::kernel::{Expr, FieldId, Filling, LeafId, Origin, Place, RuleKind, Scalar, Type};
use crate::model::{self, ExprKind};

impl<'m> Maker<'_, 'm> {
    /// What writes fill in by themselves: defaults, derived fields, versions, who and when.
    pub(super) fn kept(&mut self, field: FieldId, proto: &Proto<'m>) {
        let default = |filling: Filling, on_update: bool| RuleKind::Default {
            field,
            filling,
            on_update,
            only: None,
        };
        let now = || Filling::Expr(Expr::At(Place::Now));
        match proto.source {
            Source::Version => {
                if let Some(leaf) = self.schema.fields[field].leaves.first() {
                    self.add_below(field, &[], "counted", RuleKind::Version(leaf), Origin::Version);
                }
            }
            Source::CreatedAt => self.add_below(field, &[], "filled", default(now(), false), Origin::Audit),
            Source::UpdatedAt => self.add_below(field, &[], "filled", default(now(), true), Origin::Audit),
            Source::CreatedBy(who) => {
                self.add_below(
                    field,
                    &[],
                    "filled",
                    default(Filling::Session(who), false),
                    Origin::Audit,
                );
            }
            Source::UpdatedBy(who) => {
                self.add_below(
                    field,
                    &[],
                    "filled",
                    default(Filling::Session(who), true),
                    Origin::Audit,
                );
            }
            Source::Declared(declared) => {
                if let Some(written) = declared.default_value() {
                    self.default(field, proto, written);
                }
            }
            Source::Derived(derive) => self.derived(field, proto, derive),
            Source::Owner(_) | Source::End(_) | Source::Is | Source::DeletedAt => {}
        }
    }

    fn default(&mut self, field: FieldId, proto: &Proto<'m>, written: &'m model::Expr) {
        let only = self.only(proto.subtype);
        let Some(filling) = self.filling(field, proto, written) else {
            return;
        };
        let kind = RuleKind::Default {
            field,
            filling,
            on_update: false,
            only,
        };
        self.add_below(field, &[], "default", kind, Origin::Plain);
    }

    fn filling(&mut self, field: FieldId, proto: &Proto<'m>, written: &'m model::Expr) -> Option<Filling> {
        let ty = &proto.resolved.ty;
        if let ExprKind::Call { function, args } = &written.kind
            && args.is_empty()
        {
            let (filling, fits, wants) = match function.as_str() {
                "uuid7" => (Filling::Uuid7, *ty == Type::Scalar(Scalar::Uuid), "a uuid"),
                "uuid4" => (Filling::Uuid4, *ty == Type::Scalar(Scalar::Uuid), "a uuid"),
                "sequence" => {
                    let fits = matches!(ty, Type::Scalar(Scalar::Int16 | Scalar::Int32 | Scalar::Int64));
                    (Filling::Sequence, fits, "an integer")
                }
                _ => return self.expression(field, ty, written),
            };
            if !fits {
                let found = wrong_type::RULE.error(format!(
                    "`{function}()` fills {wants}, which `{}` is not",
                    proto.name
                ));
                self.sink
                    .report(found.at(written.at, "another type").help("take another default"));
                return None;
            }
            return Some(filling);
        }
        self.expression(field, ty, written)
    }

    fn expression(&mut self, field: FieldId, ty: &Type, written: &'m model::Expr) -> Option<Filling> {
        let leaves: Vec<LeafId> = self.schema.fields[field].leaves.iter().collect();
        let mut scope = Scope::empty(self.schema, self.sink, About::Request);
        let mut set = scope.assign(&leaves, ty, written)?;
        if let [assign] = &set[..]
            && let Expr::At(Place::Session { member, at: Some(_) }) = assign.value
        {
            return Some(Filling::Session(member));
        }
        if set.len() == 1 {
            return Some(Filling::Expr(set.remove(0).value));
        }
        if let Some(Expr::At(Place::Session { member, .. })) = set.first().map(|assign| &assign.value) {
            return Some(Filling::Session(*member));
        }
        let what = "a default of a field with several parts";
        let found = unsupported(what, written.at, "give it when inserting");
        self.sink.report(found);
        None
    }

    fn derived(&mut self, field: FieldId, proto: &Proto<'m>, derive: &'m model::Derive) {
        let Type::Scalar(wanted) = &proto.resolved.ty else {
            let found = unfit_type::RULE.error(format!("`{}` is derived and not one value", proto.name));
            self.sink.report(
                found
                    .at(derive.ty.at, "several values")
                    .help("derive a number, a text or a date"),
            );
            return;
        };
        let target = self.target(proto.subtype);
        let mut scope = Scope::of_row(self.schema, self.sink, About::Rule, target);
        let operand = scope.operand(&derive.expr);
        let Some(value) = scope.stored(operand, wanted, derive.expr.at) else {
            return;
        };
        let staleness_ms = derive
            .staleness
            .as_ref()
            .and_then(statistics::millis)
            .unwrap_or(0);
        let kind = RuleKind::Derived {
            field,
            value,
            staleness_ms,
        };
        self.add_below(field, &[], "derived", kind, Origin::Plain);
    }
}
