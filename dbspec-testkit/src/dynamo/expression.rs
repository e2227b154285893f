//! Conditions and updates in DynamoDB's expression language.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use dbspec_core::program::machine::Fault;
use dbspec_core::value::{Decimal, Value};

use super::invalid;
use super::table::Item;

/// The member of a map; null where there is none.
pub(super) fn member<'v>(of: &'v Value, name: &str) -> &'v Value {
    match of {
        Value::Map(members) => members
            .iter()
            .find(|(it, _)| &**it == name)
            .map_or(&Value::Null, |(_, it)| it),
        _ => &Value::Null,
    }
}

pub(super) fn text(of: &Value) -> Option<&str> {
    match of {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The names and values of a request's expressions, and which of them were used.
pub(super) struct Expressions<'a> {
    names: &'a [(Box<str>, Value)],
    values: &'a [(Box<str>, Value)],
    used: RefCell<BTreeSet<&'a str>>,
}

impl<'a> Expressions<'a> {
    pub(super) fn of(args: &'a Value) -> Result<Self, Fault> {
        let members = |name: &str| match member(args, name) {
            Value::Null => Ok(&[][..]),
            Value::Map(members) if !members.is_empty() => Ok(members.as_slice()),
            _ => Err(invalid(&format!("{name} is empty"))),
        };
        let it = Self {
            names: members("ExpressionAttributeNames")?,
            values: members("ExpressionAttributeValues")?,
            used: RefCell::default(),
        };
        let all: BTreeSet<&str> = it
            .names
            .iter()
            .chain(it.values)
            .map(|(name, _)| &**name)
            .collect();
        if all.len() < it.names.len() + it.values.len() {
            return Err(invalid("a name or value is given twice"));
        }
        Ok(it)
    }

    pub(super) fn all_used(&self) -> Result<(), Fault> {
        let used = self.used.borrow();
        let unused = self
            .names
            .iter()
            .chain(self.values)
            .find(|(name, _)| !used.contains(&**name));
        match unused {
            Some((name, _)) => Err(invalid(&format!("{name} is given, but not used in expressions"))),
            None => Ok(()),
        }
    }

    fn given(&self, all: &'a [(Box<str>, Value)], name: &str) -> Result<&'a Value, Fault> {
        let found = all.iter().find(|(it, _)| &**it == name);
        let (name, value) =
            found.ok_or_else(|| invalid(&format!("{name} is used in an expression, but not given")))?;
        self.used.borrow_mut().insert(name);
        Ok(value)
    }

    /// Whether a condition holds of an item; one that isn't there always does.
    pub(super) fn condition(&self, of: &Value, item: Option<&Item>) -> Result<bool, Fault> {
        let Some(condition) = text(of) else {
            return Ok(true);
        };
        let tokens = tokens(condition)?;
        let mut reader = Reader {
            expressions: self,
            tokens: &tokens,
            item,
        };
        let holds = reader.any()?;
        reader.end()?;
        Ok(holds)
    }

    /// The item as an update leaves it.
    pub(super) fn update(&self, of: &Value, item: &Item) -> Result<Item, Fault> {
        let update = text(of).ok_or_else(|| invalid("no UpdateExpression"))?;
        let tokens = tokens(update)?;
        let mut changed = item.clone();
        let mut reader = Reader {
            expressions: self,
            tokens: &tokens,
            item: Some(item),
        };
        let mut targets = BTreeSet::new();
        while let Some(word) = reader.take() {
            loop {
                let name = reader.name()?;
                if !targets.insert(name.clone()) {
                    return Err(invalid("two changes of one attribute"));
                }
                match word {
                    "SET" => {
                        reader.expect("=")?;
                        let value = reader.value()?;
                        changed.0.insert(name, value.clone());
                    }
                    "ADD" => {
                        let by = number(reader.value()?).ok_or_else(|| invalid("ADD of no number"))?;
                        let now = match item.0.get(&name) {
                            Some(it) => number(it).ok_or_else(|| invalid("ADD to no number"))?,
                            None => Decimal::ZERO,
                        };
                        let sum = now.add(by).map_err(|_| invalid("a number overflows"))?;
                        let sum = Value::Map(vec![("N".into(), Value::text(sum.to_string()))]);
                        changed.0.insert(name, sum);
                    }
                    "REMOVE" => {
                        changed.0.remove(&name);
                    }
                    other => return Err(invalid(&format!("no update {other}"))),
                }
                if !reader.skip(",") {
                    break;
                }
            }
        }
        Ok(changed)
    }
}

fn number(of: &Value) -> Option<Decimal> {
    text(member(of, "N"))?.parse().ok()
}

/// Names, words, values and marks.
fn tokens(text: &str) -> Result<Vec<&str>, Fault> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let word = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '#' || it == ':';
        let length = match first {
            '<' | '>' if rest[1..].starts_with(['=', '>']) => 2,
            '=' | '<' | '>' | '(' | ')' | ',' => 1,
            it if word(it) => rest.find(|it| !word(it)).unwrap_or(rest.len()),
            other => return Err(invalid(&format!("{other:?} in an expression"))),
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after.trim_start();
    }
    if tokens.is_empty() {
        return Err(invalid("an empty expression"));
    }
    Ok(tokens)
}

struct Reader<'r, 'a> {
    expressions: &'r Expressions<'a>,
    tokens: &'r [&'r str],
    item: Option<&'r Item>,
}

impl<'r> Reader<'r, '_> {
    fn take(&mut self) -> Option<&'r str> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    fn skip(&mut self, token: &str) -> bool {
        let is = self.tokens.first() == Some(&token);
        if is {
            self.take();
        }
        is
    }

    fn expect(&mut self, token: &str) -> Result<(), Fault> {
        if self.skip(token) {
            Ok(())
        } else {
            Err(invalid(&format!(
                "expected {token} before {:?}",
                self.tokens.first()
            )))
        }
    }

    fn end(&self) -> Result<(), Fault> {
        match self.tokens.first() {
            None => Ok(()),
            Some(token) => Err(invalid(&format!("{token} after an expression"))),
        }
    }

    fn any(&mut self) -> Result<bool, Fault> {
        let mut holds = self.all()?;
        while self.skip("OR") {
            // Both sides are looked at, so that each name is used.
            holds |= self.all()?;
        }
        Ok(holds)
    }

    fn all(&mut self) -> Result<bool, Fault> {
        let mut holds = self.one()?;
        while self.skip("AND") {
            holds &= self.one()?;
        }
        Ok(holds)
    }

    fn one(&mut self) -> Result<bool, Fault> {
        if self.skip("NOT") {
            return Ok(!self.one()?);
        }
        if self.skip("(") {
            let holds = self.any()?;
            self.expect(")")?;
            return Ok(holds);
        }
        for (function, is) in [("attribute_exists", true), ("attribute_not_exists", false)] {
            if self.skip(function) {
                self.expect("(")?;
                let name = self.name()?;
                self.expect(")")?;
                return Ok(self.item.is_some_and(|it| it.0.contains_key(&name)) == is);
            }
        }
        if self.skip("begins_with") {
            self.expect("(")?;
            let of = self.operand()?;
            self.expect(",")?;
            let with = self.operand()?;
            self.expect(")")?;
            let string = |it: &Option<Value>| {
                it.as_ref()
                    .and_then(|it| text(member(it, "S")).map(str::to_owned))
            };
            return Ok(match (string(&of), string(&with)) {
                (Some(of), Some(with)) => of.starts_with(&with),
                (Some(_) | None, _) => false,
            });
        }
        let left = self.operand()?;
        let mark = self
            .take()
            .ok_or_else(|| invalid("an expression ends too early"))?;
        let right = self.operand()?;
        let order = compare(left.as_ref(), right.as_ref());
        Ok(match mark {
            "=" => left.is_some() && left == right,
            "<>" => left != right,
            "<" => order == Some(Ordering::Less),
            "<=" => order.is_some_and(Ordering::is_le),
            ">" => order == Some(Ordering::Greater),
            ">=" => order.is_some_and(Ordering::is_ge),
            "BETWEEN" => {
                self.expect("AND")?;
                let high = self.operand()?;
                order.is_some_and(Ordering::is_ge)
                    && compare(left.as_ref(), high.as_ref()).is_some_and(Ordering::is_le)
            }
            other => return Err(invalid(&format!("no comparison {other}"))),
        })
    }

    fn name(&mut self) -> Result<Box<str>, Fault> {
        let token = self
            .take()
            .ok_or_else(|| invalid("an expression ends too early"))?;
        if !token.starts_with('#') {
            return Err(invalid("a name that may be a reserved word"));
        }
        let name = self.expressions.given(self.expressions.names, token)?;
        text(name).map(Into::into).ok_or_else(|| invalid("no name"))
    }

    fn value(&mut self) -> Result<&'r Value, Fault> {
        let token = self
            .take()
            .ok_or_else(|| invalid("an expression ends too early"))?;
        self.expressions.given(self.expressions.values, token)
    }

    /// A value, or an attribute; `None` where it isn't there.
    fn operand(&mut self) -> Result<Option<Value>, Fault> {
        if self.tokens.first().is_some_and(|it| it.starts_with(':')) {
            return self.value().map(|it| Some(it.clone()));
        }
        let name = self.name()?;
        Ok(self.item.and_then(|it| it.0.get(&name)).cloned())
    }
}

/// The order of two attributes of one type.
fn compare(a: Option<&Value>, b: Option<&Value>) -> Option<Ordering> {
    let (a, b) = (a?, b?);
    match (number(a), number(b)) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        (Some(_) | None, _) => Some(text(member(a, "S"))?.cmp(text(member(b, "S"))?)),
    }
}
