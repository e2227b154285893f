//! The reference engine of dbspec: a database in memory that does exactly what a model means.
//!
//! [`Memory`] keeps rows by key and judges every write by all rules of the model, with the evaluator that the programs of
//! other engines use. It is indexed, so that a write costs what it touches, whatever there is beside it; 100,000 rows are
//! no trouble. Use it in the tests of an application in place of a database:
//!
//! ```
//! use dbspec_core::{check::check, syntax::parse};
//! use dbspec_memory::Memory;
//! use serde_json::{Map, json};
//!
//! let model = parse(
//!     "model shop
//!      entity Product {
//!        sku:   string(40)     @key
//!        price: decimal(9, 2)  = 0
//!        stock: int32 = 0      0..
//!      }
//!      access in_stock { from Product where stock > 0  order by sku  full read }",
//! );
//! let mut shop = Memory::new(check(model)?);
//!
//! shop.insert("Product", &json!({ "sku": "TEA-1", "price": "4.50", "stock": 3 }))?;
//! shop.insert("Product", &json!({ "sku": "TEA-2" }))?;
//! let refused = shop.update("Product", &json!("TEA-1"), &json!({ "stock": -1 }));
//! assert_eq!(refused.unwrap_err().to_string(), "refused: Product.stock.bounds");
//!
//! let (rows, _) = shop.query("in_stock", &Map::new(), None)?;
//! assert_eq!(rows, [json!({ "sku": "TEA-1", "price": "4.50", "stock": 3 })]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A refused write changes nothing and says which rules are broken.
//!
//! # What it leaves to others
//!
//! It is one writer's database: `&mut self` writes, so there is no concurrency and no isolation to speak of; nothing is
//! written to disk. It doesn't know roles, so policies bind nobody and `session` is what the caller says. Hashed and encrypted
//! values are kept as they are given: a hashed one must come as a hash
//! ([`hash_secret`](dbspec_core::value::hash_secret)). What a model lets be stale is always fresh here, and retention (`keep
//! … at most`) removes nothing by itself.

mod compile;
mod tables;

pub use compile::{Design, Reference, Table};

use std::sync::Arc;

use dbspec_core::kernel::{EntityId, Kernel, QueryId, Refusal, Var, WriteId};
use dbspec_core::rows::{self, Given, Misfit};
use dbspec_core::semantics::{self, Answer, Asked, Breach, Candidates, Context, Operation, Row, Stop, Store};
use dbspec_core::value::Value;
use serde_json::{Map, Value as Json};
use tables::Tables;

/// A database in memory.
///
/// Rows, keys and arguments go in and out as JSON, by name, in the form of [`dbspec_core::rows`]; [`Memory::apply`] and
/// [`Memory::answer`] do the same with kernel ids and values.
#[derive(Clone, Debug)]
pub struct Memory {
    tables: Tables,
    context: Context,
}

/// Why a call fails.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MemoryError {
    /// The model has no entity, query or write of this name.
    #[error("the model has no {what} `{name}`")]
    Unknown {
        /// What was looked for: `entity`, `query`, `write`.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// JSON that isn't a row, a key or an argument.
    #[error(transparent)]
    Misfit(#[from] Misfit),
    /// Rules are broken; nothing has changed.
    #[error("refused: {}", names.join(", "))]
    Refused {
        /// What refuses, in order.
        refusals: Vec<Refusal>,
        /// The same in words: `Order.placed_has_time`.
        names: Vec<String>,
    },
}

impl Memory {
    /// An empty database; it is 2000-01-01T00:00:00Z, and nobody asks.
    pub fn new(kernel: Arc<Kernel>) -> Self {
        let session = vec![Value::Null; kernel.session.len()];
        Self {
            tables: Tables::new(kernel),
            context: Context {
                now: 946_684_800_000_000,
                seed: 0,
                session,
            },
        }
    }

    /// The model.
    pub fn kernel(&self) -> &Arc<Kernel> {
        self.tables.kernel()
    }

    /// Sets the time, in microseconds since 1970-01-01T00:00:00Z; it stands still until it is set again.
    pub fn set_now(&mut self, now: i64) {
        self.context.now = now;
    }

    /// Sets who asks: the members of `session` by name, absent ones null.
    ///
    /// # Errors
    /// A member that the model doesn't have, or a value of another type.
    pub fn set_session(&mut self, session: &Map<String, Json>) -> Result<(), MemoryError> {
        self.context.session = rows::session_of(self.kernel(), session)?;
        Ok(())
    }

    /// Inserts a row; what is absent gets its default. Returns its key.
    ///
    /// # Errors
    /// What isn't a row, or is refused.
    pub fn insert(&mut self, entity: &str, row: &Json) -> Result<Json, MemoryError> {
        let entity = self.entity(entity)?;
        let given = rows::row_of(self.kernel(), entity, row)?;
        let key = self.run(&Operation::Insert(vec![(entity, given)]))?;
        Ok(self.key_json(entity, &key))
    }

    /// Inserts several rows at once, all or none: an owner with its owned rows, or rows that name each other.
    ///
    /// # Errors
    /// What isn't a row, or is refused.
    pub fn insert_all<'j>(
        &mut self,
        rows: impl IntoIterator<Item = (&'j str, &'j Json)>,
    ) -> Result<(), MemoryError> {
        let given = rows.into_iter().map(|(entity, row)| {
            let entity = self.entity(entity)?;
            Ok((entity, rows::row_of(self.kernel(), entity, row)?))
        });
        let given: Vec<(EntityId, Given)> = given.collect::<Result<_, MemoryError>>()?;
        self.run(&Operation::Insert(given)).map(drop)
    }

    /// Loads rows that exist elsewhere, in any order, all or none: values that are given stay, what is derived is worked out
    /// again, versions start at 1, and sequences move past the largest number. Returns how many there are. As with any
    /// insert, a row can't name one that is deleted softly.
    ///
    /// # Errors
    /// What is refused, in words with the keys of a few rows that break it.
    pub fn load(&mut self, rows: Vec<(EntityId, Given)>) -> Result<usize, MemoryError> {
        let count = rows.len();
        let operation = Operation::Insert(rows);
        match self.run(&operation) {
            Ok(_) => Ok(count),
            Err(MemoryError::Refused { refusals, .. }) => {
                let found = semantics::would_break(self.kernel(), &self.tables, &operation, &self.context);
                let breaches = found.unwrap_or_default();
                let names = refusals.iter().map(|it| self.with_rows(it, &breaches)).collect();
                Err(MemoryError::Refused { refusals, names })
            }
            Err(other) => Err(other),
        }
    }

    /// A refusal with the first rows that cause it.
    fn with_rows(&self, refusal: &Refusal, breaches: &[Breach]) -> String {
        const FEW: usize = 3;
        let kernel = self.kernel();
        let of = breaches.iter().filter(|it| Refusal::Rule(it.rule) == *refusal);
        let mut rows: Vec<String> = of
            .map(|it| {
                format!(
                    "{} {}",
                    kernel.entities[it.entity].name,
                    rows::key_json(kernel, it.entity, &it.key)
                )
            })
            .collect();
        let more = rows.len().saturating_sub(FEW);
        rows.truncate(FEW);
        if more > 0 {
            rows.push(format!("and {more} more"));
        }
        let name = kernel.refusal(refusal);
        if rows.is_empty() {
            name
        } else {
            format!("{name} ({})", rows.join(", "))
        }
    }

    /// Changes fields of a row.
    ///
    /// # Errors
    /// What isn't a key or a field, or is refused; [`Refusal::NotOne`] where there is no such row.
    pub fn update(&mut self, entity: &str, key: &Json, set: &Json) -> Result<(), MemoryError> {
        let (entity, key) = self.at(entity, key)?;
        let set = rows::row_of(self.kernel(), entity, set)?;
        let operation = Operation::Update {
            entity,
            key,
            set,
            version: None,
        };
        self.run(&operation).map(drop)
    }

    /// Inserts a row, or changes the one that has its key. Returns its key.
    ///
    /// # Errors
    /// What isn't a row, or is refused.
    pub fn upsert(&mut self, entity: &str, row: &Json) -> Result<Json, MemoryError> {
        let entity = self.entity(entity)?;
        let given = rows::row_of(self.kernel(), entity, row)?;
        let key = self.run(&Operation::Upsert(entity, given))?;
        Ok(self.key_json(entity, &key))
    }

    /// Deletes a row: softly, where its entity says so.
    ///
    /// # Errors
    /// What isn't a key, or is refused.
    pub fn delete(&mut self, entity: &str, key: &Json) -> Result<(), MemoryError> {
        let (entity, key) = self.at(entity, key)?;
        self.run(&Operation::Delete(entity, key)).map(drop)
    }

    /// Brings back a row that was deleted softly.
    ///
    /// # Errors
    /// What isn't a key, or is refused.
    pub fn restore(&mut self, entity: &str, key: &Json) -> Result<(), MemoryError> {
        let (entity, key) = self.at(entity, key)?;
        self.run(&Operation::Restore(entity, key)).map(drop)
    }

    /// Removes a row for good that was deleted softly.
    ///
    /// # Errors
    /// What isn't a key, or is refused.
    pub fn purge(&mut self, entity: &str, key: &Json) -> Result<(), MemoryError> {
        let (entity, key) = self.at(entity, key)?;
        self.run(&Operation::Purge(entity, key)).map(drop)
    }

    /// A row by its key, without what is null and without secrets; `None` where there is none, or it is deleted softly.
    ///
    /// # Errors
    /// What isn't a key.
    pub fn get(&self, entity: &str, key: &Json) -> Result<Option<Json>, MemoryError> {
        let (entity, key) = self.at(entity, key)?;
        let row = self.tables.rows(entity).get(&key);
        let living = row.filter(|row| self.kernel().is_living(entity, row));
        Ok(living.map(|row| rows::row_json(self.kernel(), entity, row)))
    }

    /// Calls a declared write with its arguments by name. Returns what it returns.
    ///
    /// # Errors
    /// What aren't its arguments, or is refused.
    pub fn call(&mut self, write: &str, args: &Map<String, Json>) -> Result<Json, MemoryError> {
        let kernel = Arc::clone(self.kernel());
        let id: WriteId = kernel.write(write).ok_or_else(|| unknown("write", write))?;
        let params: &[Var] = &kernel.writes[id].vars[..usize::from(kernel.writes[id].params)];
        let args = rows::args_of(&kernel, params, args)?;
        self.run(&Operation::Call(id, args))
            .map(|returned| rows::value_json(&returned))
    }

    /// Asks a query with its arguments by name; `after` is the cursor of the page before. Returns the rows, and the
    /// cursor of the next page.
    ///
    /// # Errors
    /// What aren't its arguments or a cursor.
    pub fn query(
        &self,
        query: &str,
        args: &Map<String, Json>,
        after: Option<&Json>,
    ) -> Result<(Vec<Json>, Option<Json>), MemoryError> {
        let kernel = self.kernel();
        let id: QueryId = kernel.query(query).ok_or_else(|| unknown("query", query))?;
        let asked = Asked {
            query: id,
            args: rows::args_of(kernel, &kernel.queries[id].params, args)?,
            after: after.map(rows::parse_cursor).transpose()?,
        };
        let answer = self.answer(&asked, &self.context);
        let rows = answer.rows.iter().map(rows::value_json).collect();
        Ok((rows, answer.next.as_deref().map(rows::cursor_json)))
    }

    /// Does an operation, or says which rules refuse it.
    ///
    /// # Errors
    /// All rules found broken, in order; then nothing has changed.
    pub fn apply(&mut self, operation: &Operation, context: &Context) -> Result<Value, Vec<Refusal>> {
        match semantics::apply(self.tables.kernel(), &self.tables, operation, context) {
            Ok(mut changes) => {
                let returned = std::mem::take(&mut changes.returned);
                self.tables.commit(changes);
                Ok(returned)
            }
            Err(Stop::Refused(refusals)) => Err(refusals),
            // It knows every row.
            Err(Stop::Needs(_)) => Err(vec![Refusal::Invalid]),
        }
    }

    /// Answers a query.
    pub fn answer(&self, asked: &Asked, context: &Context) -> Answer {
        // It knows every row, so there are no needs.
        semantics::answer(self.kernel(), &self.tables, Candidates::All, asked, context).unwrap_or_default()
    }

    /// All rows of an entity in key order, those deleted softly among them.
    pub fn rows(&self, entity: EntityId) -> impl ExactSizeIterator<Item = &Row> {
        self.tables.rows(entity).values()
    }

    /// What the evaluator sees.
    pub fn store(&self) -> &dyn Store {
        &self.tables
    }

    /// All rules that stored rows break, found the plain way: none, unless dbspec has a fault.
    pub fn audit(&self) -> Vec<Breach> {
        semantics::audit(self.kernel(), &self.tables, &self.context).unwrap_or_default()
    }

    fn run(&mut self, operation: &Operation) -> Result<Value, MemoryError> {
        self.context.seed += 1;
        let context = self.context.clone();
        self.apply(operation, &context)
            .map_err(|refusals| MemoryError::Refused {
                names: refusals.iter().map(|it| self.kernel().refusal(it)).collect(),
                refusals,
            })
    }

    fn entity(&self, name: &str) -> Result<EntityId, MemoryError> {
        self.kernel().entity(name).ok_or_else(|| unknown("entity", name))
    }

    fn at(&self, entity: &str, key: &Json) -> Result<(EntityId, Vec<Value>), MemoryError> {
        let entity = self.entity(entity)?;
        Ok((entity, rows::key_of(self.kernel(), entity, key)?))
    }

    fn key_json(&self, entity: EntityId, key: &Value) -> Json {
        match key {
            Value::List(key) => rows::key_json(self.kernel(), entity, key),
            other => rows::value_json(other),
        }
    }
}

fn unknown(what: &'static str, name: &str) -> MemoryError {
    MemoryError::Unknown {
        what,
        name: name.into(),
    }
}
