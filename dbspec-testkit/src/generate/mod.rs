//! Generated models: plans that proptest makes and shrinks, written out in the language.
//!
//! A [`ModelPlan`] is a small tree of choices; [`ModelPlan::text`] writes it as a model that `check` accepts. Names are
//! [hostile](names): quotes, semicolons, emoji, reserved words, 200 characters, names that differ in case alone.
//! Value domains are small, so that keys collide, references hit and rules are broken often.

pub mod names;
mod plan;
mod text;

pub use plan::{
    AccessPlan, CheckPlan, ColumnPlan, EntityPlan, KeyPlan, ModelPlan, OnDeletePlan, RarePlan, RelationPlan,
    TypePlan, UniquePlan, listed_models, models, rare_models,
};
