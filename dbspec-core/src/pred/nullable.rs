//! What can be null.

use crate::arena::Id;
use crate::kernel::{Kernel, Place, Var, VarType};

impl Kernel {
    /// Whether a place of a rule (without variables) may be null.
    pub fn nullable(&self, place: &Place) -> bool {
        self.nullable_with(&[], place)
    }

    /// Whether a place of a query or write with these variables may be null.
    pub fn nullable_with(&self, vars: &[Var], place: &Place) -> bool {
        match place {
            Place::Leaf { via, leaf, .. } => {
                self.leaves[*leaf].nullable || via.iter().any(|field| self.fields[*field].nullable)
            }
            Place::Var { var, at } => vars.get(var.index() as usize).is_none_or(|var| {
                var.optional
                    || match (&var.ty, at) {
                        (VarType::Row(entity), Some(at)) => {
                            let leaf = self.entities[*entity].leaves.iter().nth(usize::from(*at));
                            leaf.is_none_or(|leaf| self.leaves[leaf].nullable)
                        }
                        (
                            VarType::Scalar(_) | VarType::Ref(_) | VarType::List { .. } | VarType::Row(_),
                            _,
                        ) => false,
                    }
            }),
            Place::Session { member, .. } => self
                .session
                .get(usize::from(*member))
                .is_none_or(|member| member.nullable),
            // Items are never null; a member of one may be.
            Place::Item { member, .. } => member.is_some(),
            Place::Output(_) => true,
            Place::Now | Place::Today => false,
        }
    }
}
