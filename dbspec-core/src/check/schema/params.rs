//! The types of parameters.

use super::{Schema, TypeName};
use crate::check::rules::not_supported_yet::unsupported;
use crate::check::rules::unfit_bounds;
use crate::check::sink::Sink;
use crate::kernel::{Item, ListType, Scalar, Type, VarType};
use crate::model::{Param, TypeExpr, TypeKind};

impl<'m> Schema<'m> {
    /// What a parameter holds.
    pub(in crate::check) fn param_type(&mut self, param: &'m Param, sink: &mut Sink) -> Option<VarType> {
        let mut ty = self.var_type(&param.ty, sink)?;
        if let (VarType::List { min, max, .. }, Some(bounds)) = (&mut ty, &param.fan.bounds) {
            let least = bounds.min.to_u64().and_then(|it| u32::try_from(it).ok());
            let most = bounds
                .max
                .as_ref()
                .map(|it| it.to_u64().and_then(|it| u32::try_from(it).ok()));
            match (least, most) {
                (Some(least), None) => *min = least,
                (Some(least), Some(Some(most))) if least <= most => {
                    *min = least;
                    *max = Some(most);
                }
                _ => {
                    let message = format!("`{}` can't have such a size", param.name);
                    let found = unfit_bounds::RULE
                        .error(message)
                        .at(bounds.at, "whole numbers, the least first");
                    sink.report(found.help("write `1..50`"));
                }
            }
        }
        Some(ty)
    }

    fn var_type(&mut self, written: &'m TypeExpr, sink: &mut Sink) -> Option<VarType> {
        if let TypeKind::Named(name) = &written.kind
            && let Some(TypeName::Rows(target)) = self.types.get(name.as_str())
        {
            return Some(VarType::Row(target.entity));
        }
        if let TypeKind::List(item) = &written.kind {
            let of = Box::new(self.var_type(item, sink)?);
            if matches!(*of, VarType::List { .. }) {
                sink.report(unsupported(
                    "a list of lists as a parameter",
                    written.at,
                    "give one list after the other",
                ));
                return None;
            }
            return Some(VarType::List {
                of,
                min: 0,
                max: None,
            });
        }
        let resolved = self.resolve(written, sink)?;
        match resolved.ty {
            Type::Scalar(Scalar::Hashed) => Some(VarType::Scalar(Scalar::Text)),
            Type::Scalar(Scalar::Encrypted { max, .. }) => Some(VarType::Scalar(Scalar::String { max })),
            Type::Scalar(scalar) => Some(VarType::Scalar(scalar)),
            Type::Ref(entity) => Some(VarType::Ref(entity)),
            Type::List(ListType {
                item: Item::Scalar(scalar),
                ..
            }) => Some(VarType::List {
                of: Box::new(VarType::Scalar(scalar)),
                min: 0,
                max: None,
            }),
            Type::List(_) | Type::Group(_) | Type::Range(_) => {
                let what = "a value type, a range or a list of them as a parameter";
                sink.report(unsupported(
                    what,
                    written.at,
                    "give its parts as parameters of their own",
                ));
                None
            }
        }
    }
}
