//! Values that are stored: one per leaf.

use super::literal::Fit;
use super::operand::{is_exact, is_text, word};
use super::{Operand, Scope, Typed, kind_of};
use crate::check::rules::wrong_type;
use crate::kernel::{Assign, Expr, LeafId, LeafType, Scalar, Type};
use crate::model::Expr as Written;
use crate::span::Span;
use crate::value::Value;

impl<'m> Scope<'_, 'm> {
    /// The values of leaves that make up a field, or a part of one, of some type.
    pub(in crate::check) fn assign(
        &mut self,
        leaves: &[LeafId],
        ty: &Type,
        written: &'m Written,
    ) -> Option<Vec<Assign>> {
        let operand = self.operand(written);
        if let (Operand::Value(_), Some(Scalar::Enum(_))) = (&operand, one(ty)) {
            let meant = Operand::Value(Typed::new(Expr::Value(Value::Null), one(ty)?.clone()));
            if self.is_ambiguous(written, &meant) {
                return None;
            }
        }
        let exprs: Vec<Expr> = match (operand, ty) {
            (Operand::Broken, _) => return None,
            (Operand::Null, _) => leaves.iter().map(|_| Expr::Value(Value::Null)).collect(),
            (operand, Type::Scalar(want)) => vec![self.stored(operand, want, written.at)?],
            (Operand::Ref { to, parts }, Type::Ref(wanted)) if to == *wanted => parts,
            (Operand::Range(ends), Type::Range(of)) if storable(of, &ends.of) => vec![ends.start, ends.end],
            (Operand::Group(parts), Type::Group(_))
                if parts.len() == leaves.len() && self.same_leaves(leaves, &parts) =>
            {
                parts.into_iter().map(|(_, typed)| typed.expr).collect()
            }
            (Operand::List(list), Type::List(want))
                if list.ty.item == want.item && list.ty.kind == want.kind =>
            {
                vec![list.expr]
            }
            (Operand::Params(var, crate::kernel::VarType::List { of, .. }), Type::List(want)) if matches!((&*of, &want.item), (crate::kernel::VarType::Scalar(a), crate::kernel::Item::Scalar(b)) if storable(b, a)) =>
            {
                vec![Expr::At(var.into())]
            }
            (other, _) => {
                let wanted = type_word(self, ty);
                let what = kind_of(self.schema, &other);
                let found = wrong_type::RULE
                    .error(format!("{what} where {wanted} must stand"))
                    .at(written.at, "another type");
                let found = match (&other, ty) {
                    (Operand::Value(_), Type::Ref(_)) => {
                        found.help("a reference is set from a reference: declare the parameter as `-> E`")
                    }
                    _ => found.help(format!("give {wanted}")),
                };
                self.sink.report(found);
                return None;
            }
        };
        (exprs.len() == leaves.len()).then(|| {
            leaves
                .iter()
                .zip(exprs)
                .map(|(leaf, value)| Assign { leaf: *leaf, value })
                .collect()
        })
    }

    /// A value that is stored as some scalar.
    pub(in crate::check) fn stored(&mut self, operand: Operand, want: &Scalar, at: Span) -> Option<Expr> {
        let typed = self.typed(operand, Some(want), Fit::Stored, at)?;
        if storable(want, &typed.ty) {
            return Some(typed.expr);
        }
        let (have, wanted) = (word(self.schema, &typed.ty), word(self.schema, want));
        let found = wrong_type::RULE
            .error(format!("{have} where {wanted} must stand"))
            .at(at, "another type");
        self.sink
            .report(found.help(format!("give a value of type {wanted}")));
        None
    }

    fn same_leaves(&self, leaves: &[LeafId], parts: &[(Vec<Box<str>>, Typed)]) -> bool {
        leaves.iter().zip(parts).all(|(leaf, (_, typed))| {
            matches!(&self.schema.leaves[*leaf].ty, LeafType::Scalar(scalar) if storable(scalar, &typed.ty))
        })
    }
}

/// Whether values of one scalar may be stored as another; those that don't fit are refused when written.
fn storable(want: &Scalar, have: &Scalar) -> bool {
    let secret = matches!(want, Scalar::Hashed | Scalar::Encrypted { .. });
    want == have
        || (is_exact(want) && is_exact(have))
        || (is_text(want) && is_text(have))
        || (secret && is_text(have))
        || matches!((want, have), (Scalar::Bytes { .. }, Scalar::Bytes { .. }))
}

fn one(ty: &Type) -> Option<&Scalar> {
    match ty {
        Type::Scalar(scalar) => Some(scalar),
        Type::Ref(_) | Type::Group(_) | Type::Range(_) | Type::List(_) => None,
    }
}

fn type_word(scope: &Scope<'_, '_>, ty: &Type) -> String {
    match ty {
        Type::Scalar(scalar) => word(scope.schema, scalar),
        Type::Ref(to) => format!("a reference to `{}`", scope.schema.entities[*to].name),
        Type::Group(_) => "a value type".into(),
        Type::Range(of) => format!("a range of {}", word(scope.schema, of)),
        Type::List(_) => "a collection".into(),
    }
}
