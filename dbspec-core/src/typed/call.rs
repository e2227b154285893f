//! Queries, writes and new rows, each with its own type.

use serde_json::Value as Json;

use super::{Mistyped, Typed};
use crate::kernel::Kernel;
use crate::rows::{self, Misfit};
use crate::semantics::{Asked, Operation, composed_key};
use crate::value::Value;

/// A query with its arguments.
pub trait Query {
    /// Its name.
    const NAME: &'static str;
    /// What each row of the answer comes out as.
    type Row: Typed;
    /// The arguments: a map by parameter.
    fn args(&self) -> Value;

    /// What is asked of a database of the model.
    ///
    /// # Errors
    /// A model that has no such query, or with other parameters.
    fn asked(&self, kernel: &Kernel) -> Result<Asked, NotOfModel> {
        let query = kernel.query(Self::NAME).ok_or(NotOfModel::Unknown {
            what: "query",
            name: Self::NAME,
        })?;
        Ok(Asked {
            query,
            args: arguments(kernel, &kernel.queries[query].params, &self.args())?,
            after: None,
        })
    }
}

/// A declared write with its arguments.
pub trait Write {
    /// Its name.
    const NAME: &'static str;
    /// What it returns.
    type Returned: Typed;
    /// The arguments: a map by parameter.
    fn args(&self) -> Value;

    /// What is done to a database of the model.
    ///
    /// # Errors
    /// A model that has no such write, or with other parameters.
    fn operation(&self, kernel: &Kernel) -> Result<Operation, NotOfModel> {
        let write = kernel.write(Self::NAME).ok_or(NotOfModel::Unknown {
            what: "write",
            name: Self::NAME,
        })?;
        let it = &kernel.writes[write];
        let params = &it.vars[..usize::from(it.params)];
        Ok(Operation::Call(write, arguments(kernel, params, &self.args())?))
    }
}

/// A row to be inserted: what is absent gets its default.
pub trait New: Typed {
    /// The entity.
    const ENTITY: &'static str;
    /// Its key, which the insert returns.
    type Key: Typed;

    /// What is done to a database of the model.
    ///
    /// # Errors
    /// A model that has no such entity, or with other fields.
    fn operation(&self, kernel: &Kernel) -> Result<Operation, NotOfModel> {
        let entity = kernel.entity(Self::ENTITY).ok_or(NotOfModel::Unknown {
            what: "entity",
            name: Self::ENTITY,
        })?;
        let row = rows::row_of(kernel, entity, &rows::value_json(&self.value()))?;
        Ok(Operation::Insert(vec![(entity, row)]))
    }

    /// The key of the new row, from what the insert returns: one value per leaf of it.
    ///
    /// # Errors
    /// A model that has no such entity, or what is no key of it.
    fn key(kernel: &Kernel, returned: &Value) -> Result<Self::Key, NotOfModel> {
        let entity = kernel.entity(Self::ENTITY).ok_or(NotOfModel::Unknown {
            what: "entity",
            name: Self::ENTITY,
        })?;
        let Value::List(key) = returned else {
            return Err(Mistyped::new("a key", returned).into());
        };
        Ok(Self::Key::of(&composed_key(kernel, entity, key))?)
    }
}

fn arguments(kernel: &Kernel, params: &[crate::kernel::Var], args: &Value) -> Result<Vec<Value>, NotOfModel> {
    let given = match rows::value_json(args) {
        Json::Object(members) => members,
        // A map is an object.
        _ => serde_json::Map::new(),
    };
    Ok(rows::args_of(kernel, params, &given)?)
}

/// What a model is asked for that it hasn't: the code was written for another.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOfModel {
    /// There is no such thing.
    #[error("the model has no {what} `{name}`")]
    Unknown {
        /// What was looked for: `entity`, `query`, `write`.
        what: &'static str,
        /// Its name.
        name: &'static str,
    },
    /// A field or parameter that doesn't fit.
    #[error(transparent)]
    Misfit(#[from] Misfit),
    /// A value that comes back and doesn't fit.
    #[error(transparent)]
    Mistyped(#[from] Mistyped),
}
