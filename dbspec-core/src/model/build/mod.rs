//! Models from Rust, without text: constructors and chained methods that make the same trees as the parser.
//!
//! ```
//! use dbspec_core::model::build::{call, field, string, uuid};
//! use dbspec_core::model::{Check, Entity, Field, Model};
//!
//! let model = Model::builder("shop")
//!     .add(
//!         Entity::new("Product")
//!             .add(Field::new("id", uuid()).default(call("uuid7", [])).key())
//!             .add(Field::new("name", string(200)))
//!             .add(Check::new("named", field("name").not_equals(""))),
//!     )
//!     .build();
//! assert_eq!(model.items.len(), 1);
//! ```

mod access;
mod entity;
mod expr;
mod item;
mod quantity;
mod rule;
mod ty;
mod write;

pub use expr::{call, field, label, list, null, number, owner, param, path, session, text, this, var};
pub use ty::{
    boolean, bytes, date, decimal, duration, encrypted, float64, hashed, int16, int32, int64, json, json_of,
    list_of, map_of, named, point, range_of, reference, set_of, string, text_type, time, timestamp, uuid,
    vector,
};

use super::{Item, Model, Name};

/// Collects declarations; [`Model::builder`] begins one.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    model: Model,
}

impl Model {
    /// Begins a model with that name.
    pub fn builder(name: impl Into<Name>) -> Builder {
        Builder {
            model: Self {
                name: Some(name.into()),
                ..Self::default()
            },
        }
    }
}

impl Builder {
    /// Documents the model.
    #[must_use]
    pub fn docs(mut self, docs: &str) -> Self {
        self.model.docs = Some(documentation(docs));
        self
    }

    /// Adds a declaration after those that are there.
    #[must_use]
    #[allow(clippy::should_implement_trait)] // A builder grows; nothing is summed.
    pub fn add(mut self, item: impl Into<Item>) -> Self {
        self.model.items.push(item.into());
        self
    }

    /// The model.
    pub fn build(self) -> Model {
        self.model
    }
}

/// Documentation as the parser reads it back: lines without space at their ends.
fn documentation(text: &str) -> String {
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// `docs(…)` and `was(…)` for the nouns that have both.
macro_rules! documented {
    ($($noun:ty),* $(,)?) => {$(
        impl $noun {
            /// Documents it.
            #[must_use]
            pub fn docs(mut self, docs: &str) -> Self {
                self.docs = Some($crate::model::build::documentation(docs));
                self
            }
        }
    )*};
}

macro_rules! renamed {
    ($($noun:ty),* $(,)?) => {$(
        impl $noun {
            /// `@was(old)`: its name in the version before.
            #[must_use]
            pub fn was(mut self, old: impl Into<$crate::model::Name>) -> Self {
                self.was = Some(old.into());
                self
            }
        }
    )*};
}

macro_rules! into_variant {
    ($whole:ident: $($variant:ident($noun:ty)),* $(,)?) => {$(
        impl From<$noun> for $crate::model::$whole {
            fn from(it: $noun) -> Self {
                Self::$variant(it)
            }
        }
    )*};
}

use {documented, into_variant, renamed};
