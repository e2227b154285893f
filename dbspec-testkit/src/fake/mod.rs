//! An engine in memory that is asked by requests, for running programs without an engine.
//!
//! [`Fake`] takes two kinds of program, as the engines of this world do:
//!
//! - [`documents`]: each request stands alone, and the one that writes carries conditions, as DynamoDB's do;
//! - [`sessions`]: a serializable transaction, whose commit is refused when what it read has changed, as PostgreSQL's.
//!
//! It has no rules of its own: what the programs don't lock, condition or re-check is not checked. So rules hold only as far
//! as the programs, the evaluator and the machine see to it.
//!
//! # Requests
//!
//! | text | arguments | result |
//! |---|---|---|
//! | `find` | a need | `{found, at}`: what there is, and when |
//! | `commit` | `{token, at, actions}`: changes and reliances, done once a token | null, or the actions that don't hold |
//! | `write` | a list of changes | `{touched}`; in a transaction only |

mod programs;
mod state;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dbspec_core::kernel::Kernel;
use dbspec_core::program::machine::{Call, Fault, Reply, Verb};
use dbspec_core::value::Value;

pub use programs::{Mutant, documents, sessions};
pub use state::State;

use state::{Action, Words, member};

/// An engine that several clients use, one request after the other.
#[derive(Clone, Debug)]
pub struct Fake {
    state: State,
    words: Arc<Words>,
    /// Tokens of what was done.
    done: BTreeSet<Value>,
    open: BTreeMap<usize, Transaction>,
}

#[derive(Clone, Debug)]
struct Transaction {
    /// What it sees: the state as it began, with its own changes.
    seen: State,
    /// What it read, and was told.
    reads: Vec<(Value, Value)>,
    /// What it changes.
    changes: Vec<Value>,
}

/// What a request touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// Nothing but the client's own.
    Own,
    /// It reads what others change.
    Reads,
    /// It changes what others read.
    Changes,
}

impl Fake {
    /// An engine without rows.
    pub fn new(kernel: &Arc<Kernel>) -> Self {
        Self::with(kernel, State::new(Arc::clone(kernel)))
    }

    /// An engine with rows.
    pub fn with(kernel: &Arc<Kernel>, state: State) -> Self {
        Self {
            state,
            words: Arc::new(Words::of(kernel)),
            done: BTreeSet::new(),
            open: BTreeMap::new(),
        }
    }

    /// The model.
    pub fn kernel(&self) -> &Arc<Kernel> {
        self.state.kernel()
    }

    /// What is stored.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// What is stored, to be changed past all programs.
    pub fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    /// Serves what a client sends.
    pub fn serve(&mut self, client: usize, verb: &Verb) -> Reply {
        match verb {
            Verb::Begin(_) => {
                let begun = Transaction {
                    seen: self.state.clone(),
                    reads: Vec::new(),
                    changes: Vec::new(),
                };
                self.open.insert(client, begun);
                Reply::Done
            }
            Verb::Rollback => {
                self.open.remove(&client);
                Reply::Done
            }
            Verb::Commit => match self.open.remove(&client) {
                Some(transaction) => self.commit(&transaction),
                None => Reply::Fault(Fault::Broken("no transaction is open".into())),
            },
            Verb::Calls(calls) => {
                let mut results = Vec::with_capacity(calls.len());
                for call in calls {
                    match self.call(client, call) {
                        Ok(result) => results.push(result),
                        Err(fault) => return Reply::Fault(fault),
                    }
                }
                Reply::Results(results)
            }
        }
    }

    /// What a client's request touches.
    pub fn touch(&self, client: usize, verb: &Verb) -> Touch {
        match verb {
            Verb::Begin(_) => Touch::Reads,
            Verb::Rollback => Touch::Own,
            Verb::Commit => Touch::Changes,
            Verb::Calls(calls) => {
                let takes = |call: &Call| self.words.takes_numbers(&call.args);
                if calls.iter().any(|call| &*call.text == "commit" || takes(call)) {
                    Touch::Changes
                } else if self.open.contains_key(&client) {
                    // It sees what there was when it began.
                    Touch::Own
                } else {
                    Touch::Reads
                }
            }
        }
    }

    /// A client is gone, and its transaction with it.
    pub fn leave(&mut self, client: usize) {
        self.open.remove(&client);
    }

    fn commit(&mut self, transaction: &Transaction) -> Reply {
        let still =
            |(need, found): &(Value, Value)| self.words.find(&self.state, need).as_ref() == Some(found);
        let actions: Option<Vec<Action>> = transaction
            .changes
            .iter()
            .map(|change| self.words.action(change))
            .collect();
        let Some(actions) = actions else {
            return Reply::Fault(Fault::Broken("not a change".into()));
        };
        let fits = |action: &Action| self.state.denies(action, 0).is_none();
        if !transaction.reads.iter().all(still) || !actions.iter().all(fits) {
            return Reply::Fault(Fault::Conflict);
        }
        self.state.change(&actions);
        Reply::Done
    }

    fn call(&mut self, client: usize, call: &Call) -> Result<Value, Fault> {
        let broken = |says: &str| Fault::Broken(says.into());
        match (&*call.text, self.open.get_mut(&client)) {
            ("find", None) => {
                self.words.take_numbers(&mut self.state, &call.args);
                let found = self.words.find(&self.state, &call.args);
                let found = found.ok_or_else(|| broken("not a need"))?;
                let at = Value::Int(self.state.clock());
                Ok(Value::Map(vec![("found".into(), found), ("at".into(), at)]))
            }
            ("find", Some(transaction)) => {
                // Numbers of sequences are taken whatever becomes of the transaction.
                if self.words.take_numbers(&mut self.state, &call.args) {
                    let found = self.words.find(&self.state, &call.args);
                    let found = found.ok_or_else(|| broken("not a need"))?;
                    return Ok(Value::Map(vec![("found".into(), found)]));
                }
                let found = self.words.find(&transaction.seen, &call.args);
                let found = found.ok_or_else(|| broken("not a need"))?;
                transaction.reads.push((call.args.clone(), found.clone()));
                Ok(Value::Map(vec![("found".into(), found)]))
            }
            ("write", Some(transaction)) => {
                let Value::List(changes) = &call.args else {
                    return Err(broken("not a list of changes"));
                };
                let touched = i64::try_from(changes.len()).unwrap_or(i64::MAX);
                transaction.changes.extend(changes.iter().cloned());
                Ok(Value::Map(vec![("touched".into(), Value::Int(touched))]))
            }
            ("commit", None) => {
                let token = member(&call.args, "token").clone();
                if !token.is_null() && self.done.contains(&token) {
                    return Ok(Value::Null);
                }
                let Value::List(actions) = member(&call.args, "actions") else {
                    return Err(broken("no list of actions"));
                };
                let actions: Option<Vec<Action>> = actions.iter().map(|it| self.words.action(it)).collect();
                let actions = actions.ok_or_else(|| broken("not an action"))?;
                let at = match member(&call.args, "at") {
                    Value::Int(at) => *at,
                    _ => self.state.clock(),
                };
                let denied: Vec<_> = actions.iter().map(|it| self.state.denies(it, at)).collect();
                if denied.iter().any(Option::is_some) {
                    return Err(Fault::Cancelled(denied));
                }
                self.state.change(&actions);
                self.done.insert(token);
                Ok(Value::Null)
            }
            _ => Err(broken("no such request here")),
        }
    }
}
