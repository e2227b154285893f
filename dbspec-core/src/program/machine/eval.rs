//! Terms.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::super::{LeafCodec, Shape, Slot, Term, Unfit};
use super::{Machine, Task};
use crate::kernel::{Kernel, RuleId};
use crate::semantics::{self, Truth};
use crate::value::{Value, print_uuid, uuid4};

/// What terms see: the machine's slots, and items that hide some of them.
pub(super) struct Scope<'a> {
    machine: &'a Machine,
    /// Items that were kept from another scope, outermost first.
    around: &'a [(Slot, Value)],
    bound: Option<(Slot, &'a Value)>,
    outer: Option<&'a Scope<'a>>,
}

impl Machine {
    pub(super) fn value(&self, term: &Term) -> Result<Value, Unfit> {
        Scope::new(self).value(term)
    }

    pub(super) fn holds(&self, term: &Term) -> Result<bool, Unfit> {
        Scope::new(self).holds(term)
    }

    pub(super) fn list(&self, term: &Term) -> Result<Vec<Value>, Unfit> {
        match self.value(term)? {
            Value::List(items) => Ok(items),
            other => Err(Unfit::new("a list", &other)),
        }
    }
}

impl<'a> Scope<'a> {
    pub(super) fn new(machine: &'a Machine) -> Self {
        Self::around(machine, &[])
    }

    /// The scope in which these slots hold these items.
    pub(super) fn around(machine: &'a Machine, around: &'a [(Slot, Value)]) -> Self {
        Self {
            machine,
            around,
            bound: None,
            outer: None,
        }
    }

    pub(super) fn kernel(&self) -> &'a Kernel {
        self.machine.program.kernel()
    }

    /// The scope in which a slot holds an item.
    pub(super) fn with<'b>(&'b self, slot: Slot, item: &'b Value) -> Scope<'b> {
        Scope {
            machine: self.machine,
            around: self.around,
            bound: Some((slot, item)),
            outer: Some(self),
        }
    }

    /// The items that hide slots, outermost first.
    pub(super) fn bound(&self) -> Vec<(Slot, Value)> {
        let mut all = Vec::new();
        let mut at = Some(self);
        while let Some(scope) = at {
            all.extend(scope.bound.map(|(slot, item)| (slot, item.clone())));
            at = scope.outer;
        }
        all.extend(self.around.iter().rev().cloned());
        all.reverse();
        all
    }

    fn slot(&self, slot: Slot) -> &Value {
        let mut at = Some(self);
        while let Some(scope) = at {
            if let Some((_, item)) = scope.bound.filter(|(it, _)| *it == slot) {
                return item;
            }
            at = scope.outer;
        }
        let kept = self.around.iter().rev().find(|(it, _)| *it == slot);
        kept.map(|(_, item)| item)
            .or_else(|| self.machine.slots.get(usize::from(slot.0)))
            .unwrap_or(&Value::Null)
    }

    pub(super) fn value(&self, term: &Term) -> Result<Value, Unfit> {
        self.term(term).map(Cow::into_owned)
    }

    pub(super) fn holds(&self, term: &Term) -> Result<bool, Unfit> {
        Ok(matches!(*self.term(term)?, Value::Bool(true)))
    }

    pub(super) fn term<'v>(&'v self, term: &'v Term) -> Result<Cow<'v, Value>, Unfit> {
        let machine = self.machine;
        Ok(match term {
            Term::Value(value) => Cow::Borrowed(value),
            Term::Slot(slot) => Cow::Borrowed(self.slot(*slot)),
            Term::Arg(at) => Cow::Borrowed(self.arg(*at)),
            Term::After(at) => Cow::Borrowed(self.after(*at)),
            Term::HasCursor => Cow::Owned(Value::Bool(match &machine.task {
                Task::Query(asked) => asked.after.is_some(),
                Task::Write(_) => false,
            })),
            Term::Eval(expr) => {
                let value = semantics::value_of(self.kernel(), expr, self.args(), &machine.context);
                Cow::Owned(value.unwrap_or_default())
            }
            Term::Test(pred) => {
                let truth = semantics::truth_of(self.kernel(), pred, self.args(), &machine.context);
                Cow::Owned(Value::Bool(truth == Truth::True))
            }
            Term::Now => Cow::Owned(Value::Timestamp(machine.context.now)),
            Term::Token => {
                // Another stream than that of fresh ids.
                let bytes = uuid4(!machine.context.seed, machine.requests);
                Cow::Owned(Value::text(print_uuid(&bytes)))
            }
            Term::Nth(of, at) => {
                let at = usize::from(*at);
                pick(self.term(of)?, |of| match of {
                    Value::List(items) => Ok(items.get(at)),
                    Value::Null => Ok(None),
                    other => Err(Unfit::new("a list", other)),
                })?
            }
            Term::Member(of, name) => pick(self.term(of)?, |of| match of {
                Value::Map(members) => Ok(members.iter().find(|(it, _)| it == name).map(|(_, it)| it)),
                Value::Null => Ok(None),
                other => Err(Unfit::new("a map", other)),
            })?,
            Term::Encode(codec, of) => Cow::Owned(codec.encode(&*self.term(of)?)?),
            Term::Decode(codec, of) => Cow::Owned(codec.decode(&*self.term(of)?)?),
            Term::DecodeRow(shape, of) => {
                let of = self.term(of)?;
                Cow::Owned(if of.is_null() {
                    Value::Null
                } else {
                    row(shape, &of)?
                })
            }
            Term::DecodeRows(shape, of) => {
                let of = self.term(of)?;
                let rows = items(&of)?.iter().map(|it| row(shape, it));
                Cow::Owned(Value::List(rows.collect::<Result<_, _>>()?))
            }
            Term::Bound(rule, of) => Cow::Owned(self.bound_values(*rule, &*self.term(of)?)?),
            Term::Concat(terms) => {
                let mut text = String::new();
                for term in terms {
                    match &*self.term(term)? {
                        Value::Text(it) => text.push_str(it),
                        Value::Null => {}
                        other => return Err(Unfit::new("a text", other)),
                    }
                }
                Cow::Owned(Value::text(text))
            }
            Term::List(terms) => {
                let items = terms.iter().map(|term| self.value(term));
                Cow::Owned(Value::List(items.collect::<Result<_, _>>()?))
            }
            Term::Record(members) => {
                let members = members
                    .iter()
                    .map(|(name, term)| Ok((name.clone(), self.value(term)?)));
                Cow::Owned(Value::Map(members.collect::<Result<_, Unfit>>()?))
            }
            Term::Join(terms) => {
                let mut joined = Vec::new();
                for term in terms {
                    match self.value(term)? {
                        Value::List(items) => joined.extend(items),
                        Value::Null => {}
                        other => return Err(Unfit::new("a list", &other)),
                    }
                }
                Cow::Owned(Value::List(joined))
            }
            Term::Len(of) => {
                let of = self.term(of)?;
                Cow::Owned(Value::Int(i64::try_from(items(&of)?.len()).unwrap_or(i64::MAX)))
            }
            Term::IsNull(of) => Cow::Owned(Value::Bool(self.term(of)?.is_null())),
            Term::Not(of) => Cow::Owned(Value::Bool(!self.holds(of)?)),
            Term::Same(a, b) => Cow::Owned(Value::Bool(self.term(a)? == self.term(b)?)),
            Term::Less(a, b) => {
                let order = self.term(a)?.cmp(&self.term(b)?);
                Cow::Owned(Value::Bool(order == Ordering::Less))
            }
            Term::Both(a, b) => Cow::Owned(Value::Bool(self.holds(a)? && self.holds(b)?)),
            Term::Plus(a, b) => Cow::Owned(self.count(a, b, i64::checked_add)?),
            Term::Minus(a, b) => Cow::Owned(self.count(a, b, i64::checked_sub)?),
            Term::Filter(over, slot, test) => {
                let list = self.term(over)?;
                let mut kept = Vec::new();
                for item in items(&list)? {
                    if self.with(*slot, item).holds(test)? {
                        kept.push(item.clone());
                    }
                }
                Cow::Owned(Value::List(kept))
            }
            Term::Map(over, slot, of) => {
                let list = self.term(over)?;
                let items = items(&list)?.iter().map(|item| self.with(*slot, item).value(of));
                Cow::Owned(Value::List(items.collect::<Result<_, _>>()?))
            }
            Term::Distinct(of) => {
                let mut items = items(&*self.term(of)?)?.to_vec();
                items.sort();
                items.dedup();
                Cow::Owned(Value::List(items))
            }
            Term::Chunks(of, size) => {
                let list = self.term(of)?;
                let chunks = items(&list)?.chunks(usize::from(*size).max(1));
                Cow::Owned(Value::List(chunks.map(|it| Value::List(it.to_vec())).collect()))
            }
        })
    }

    fn args(&self) -> &'a [Value] {
        match &self.machine.task {
            Task::Query(asked) => &asked.args,
            Task::Write(_) => &[],
        }
    }

    fn arg(&self, at: u16) -> &'a Value {
        self.args().get(usize::from(at)).unwrap_or(&Value::Null)
    }

    fn after(&self, at: u16) -> &'a Value {
        let cursor = match &self.machine.task {
            Task::Query(asked) => asked.after.as_deref().unwrap_or(&[]),
            Task::Write(_) => &[],
        };
        cursor.get(usize::from(at)).unwrap_or(&Value::Null)
    }

    fn count(&self, a: &Term, b: &Term, by: impl Fn(i64, i64) -> Option<i64>) -> Result<Value, Unfit> {
        match (&*self.term(a)?, &*self.term(b)?) {
            (Value::Int(a), Value::Int(b)) => by(*a, *b)
                .map(Value::Int)
                .ok_or_else(|| Unfit::new("integers whose sum fits", &Value::Int(*a))),
            (Value::Int(_), other) | (other, _) => Err(Unfit::new("an integer", other)),
        }
    }

    fn bound_values(&self, rule: RuleId, row: &Value) -> Result<Value, Unfit> {
        let kernel = self.kernel();
        let entity = kernel.rules[rule].entity;
        let row = match row {
            Value::Null => return Ok(Value::Null),
            Value::List(row) if row.len() == kernel.entities[entity].leaves.len() => row,
            other => return Err(Unfit::new("a row with one value per leaf", other)),
        };
        Ok(semantics::bound_values(kernel, rule, row).map_or(Value::Null, Value::List))
    }
}

/// The items of a list; none of null.
pub(super) fn items(list: &Value) -> Result<&[Value], Unfit> {
    match list {
        Value::List(items) => Ok(items),
        Value::Null => Ok(&[]),
        other => Err(Unfit::new("a list", other)),
    }
}

/// A part of a value, borrowed where the value is.
fn pick(
    of: Cow<'_, Value>,
    part: impl Fn(&Value) -> Result<Option<&Value>, Unfit>,
) -> Result<Cow<'_, Value>, Unfit> {
    Ok(match of {
        Cow::Borrowed(of) => part(of)?.map_or(Cow::Owned(Value::Null), Cow::Borrowed),
        Cow::Owned(of) => Cow::Owned(part(&of)?.cloned().unwrap_or_default()),
    })
}

fn row(shape: &Shape, of: &Value) -> Result<Value, Unfit> {
    let mut row = Vec::with_capacity(shape.leaves.len());
    for (at, (path, codec)) in shape.leaves.iter().enumerate() {
        let form = match of {
            Value::List(items) if path.is_empty() => items.get(at).unwrap_or(&Value::Null),
            _ => at_path(of, path)?,
        };
        row.push(leaf(codec, form)?);
    }
    Ok(Value::List(row))
}

/// What stands at a path; null where there is nothing.
fn at_path<'v>(of: &'v Value, path: &[Box<str>]) -> Result<&'v Value, Unfit> {
    let mut at = of;
    for name in path {
        at = match at {
            Value::Map(members) => members
                .iter()
                .find(|(it, _)| it == name)
                .map_or(&Value::Null, |(_, it)| it),
            Value::Null => &Value::Null,
            other => return Err(Unfit::new("a map", other)),
        };
    }
    Ok(at)
}

fn leaf(codec: &LeafCodec, form: &Value) -> Result<Value, Unfit> {
    match codec {
        LeafCodec::One(codec) => codec.decode(form),
        LeafCodec::Constant(value) => Ok(value.clone()),
        LeafCodec::Many(codec) => each(form, |item| codec.decode(item)),
        LeafCodec::Groups(members) => each(form, |item| {
            let mut group = Vec::with_capacity(members.len());
            for (name, codec) in members {
                let member = at_path(item, std::slice::from_ref(name))?;
                group.push((name.clone(), codec.decode(member)?));
            }
            Ok(Value::Map(group))
        }),
    }
}

fn each(form: &Value, decode: impl Fn(&Value) -> Result<Value, Unfit>) -> Result<Value, Unfit> {
    match form {
        Value::Null => Ok(Value::Null),
        Value::List(items) => Ok(Value::List(items.iter().map(decode).collect::<Result<_, _>>()?)),
        other => Err(Unfit::new("a list", other)),
    }
}
