//! Requests: documents with their holes filled, and what their actions mean.

use super::super::{Denial, Doc, Request, Slot, Then, Unfit};
use super::eval::{Scope, items};
use super::{Call, Machine};
use crate::arena::Id;
use crate::kernel::{Refusal, RuleId};
use crate::value::Value;

/// An action of a request, and what was around it, so that its denial can be judged later.
#[derive(Clone)]
pub(super) enum Action {
    /// A denial means this.
    Then(Then),
    /// A denial is judged by what stood there.
    ByItem {
        slot: Slot,
        tests: Vec<(super::super::Term, Then)>,
        otherwise: Then,
        /// The items that the document was repeating over.
        around: Vec<(Slot, Value)>,
    },
}

impl Machine {
    /// The call of a request, and its actions in order.
    pub(super) fn build(&mut self, request: &Request) -> Result<(Call, Vec<Action>), Unfit> {
        self.requests += 1;
        let mut actions = Vec::new();
        let mut args = Vec::new();
        let scope = Scope::new(self);
        document(&scope, &request.args, &mut args, &mut actions)?;
        let call = Call {
            text: request.text.clone(),
            args: args.pop().unwrap_or_default(),
        };
        Ok((call, actions))
    }

    /// What the denial of an action means.
    pub(super) fn denied(&self, action: &Action, item: &Value) -> Result<Then, Unfit> {
        match action {
            Action::Then(then) => Ok(then.clone()),
            Action::ByItem {
                slot,
                tests,
                otherwise,
                around,
            } => {
                let scope = Scope::around(self, around);
                let scope = scope.with(*slot, item);
                for (test, then) in tests {
                    if scope.holds(test)? {
                        return Ok(then.clone());
                    }
                }
                Ok(otherwise.clone())
            }
        }
    }
}

/// Adds the values of a document: none, one, or many where it repeats.
fn document(
    scope: &Scope<'_>,
    doc: &Doc,
    values: &mut Vec<Value>,
    actions: &mut Vec<Action>,
) -> Result<(), Unfit> {
    match doc {
        Doc::Hole(term) => values.push(scope.value(term)?),
        Doc::List(items) => {
            let mut list = Vec::with_capacity(items.len());
            for item in items {
                document(scope, item, &mut list, actions)?;
            }
            values.push(Value::List(list));
        }
        Doc::Map(members) => {
            let mut map = Vec::with_capacity(members.len());
            for (name, doc) in members {
                member(scope, (name, doc), &mut map, actions)?;
            }
            values.push(Value::Map(map));
        }
        Doc::Some(members) => {
            let mut map = Vec::with_capacity(members.len());
            for (name, term, doc) in members {
                if !scope.term(term)?.is_null() {
                    member(scope, (name, doc), &mut map, actions)?;
                }
            }
            values.push(Value::Map(map));
        }
        Doc::Repeat { over, item, doc } => {
            let list = scope.term(over)?;
            for value in items(&list)? {
                document(&scope.with(*item, value), doc, values, actions)?;
            }
        }
        Doc::Switch(term, docs) => {
            if let Value::Text(name) = &*scope.term(term)?
                && let Some(doc) = docs.get(name)
            {
                document(scope, doc, values, actions)?;
            }
        }
        Doc::If(term, doc) => {
            if scope.holds(term)? {
                document(scope, doc, values, actions)?;
            }
        }
        Doc::Act(denial, doc) => {
            actions.push(match &**denial {
                Denial::Then(then) => Action::Then(then.clone()),
                Denial::Rule(term) => Action::Then(Then::Refuse(Refusal::Rule(rule(scope, term)?))),
                Denial::ByItem(slot, tests, otherwise) => Action::ByItem {
                    slot: *slot,
                    tests: tests.clone(),
                    otherwise: otherwise.clone(),
                    around: scope.bound(),
                },
            });
            document(scope, doc, values, actions)?;
        }
    }
    Ok(())
}

/// Adds a member to a map, unless its document is nothing.
fn member(
    scope: &Scope<'_>,
    (name, doc): (&str, &Doc),
    map: &mut Vec<(Box<str>, Value)>,
    actions: &mut Vec<Action>,
) -> Result<(), Unfit> {
    let mut values = Vec::new();
    document(scope, doc, &mut values, actions)?;
    map.extend(values.pop().map(|value| (name.into(), value)));
    Ok(())
}

fn rule(scope: &Scope<'_>, term: &super::super::Term) -> Result<RuleId, Unfit> {
    let value = scope.term(term)?;
    let number = match &*value {
        Value::Int(it) => u32::try_from(*it).ok(),
        _ => None,
    };
    number
        .filter(|it| (*it as usize) < scope.kernel().rules.len())
        .map(RuleId::new)
        .ok_or_else(|| Unfit::new("the number of a rule", &value))
}
