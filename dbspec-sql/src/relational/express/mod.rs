//! Kernel expressions and tests as SQL: one translation for constraints, audits and programs.
//!
//! Numbers are worked out as `numeric`, so that nothing overflows on the way; what the model calls an error (a division by
//! zero, an integer beyond 64 bits, more than 38 digits) becomes null, and the atom around it then reads as [`Errors`]
//! says. In the result of [`Test`]s nothing else is null, so SQL's three values never mix with the model's.

mod beyond;
pub(crate) mod kind;
mod lean;
mod value;

pub(crate) use beyond::Beyond;
pub(crate) use beyond::query as is_beyond;
pub(crate) use value::bounded;

use dbspec_core::kernel::{Atom, Cmp, Scalar};
use dbspec_core::kernel::{EntityId, Expr, FieldId, Hop, LeafId, LeafType, Many, Place, Type, Var, VarId};
use dbspec_core::pred::Test;

use super::{Ground, Infix, Select, Source, Sql};

/// How an atom that can't be worked out reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Errors {
    /// As false: in a `where`. It is null there; a constraint makes false of it.
    False,
    /// As true: under a negated quantifier of a `where`.
    True,
}

impl Errors {
    fn flipped(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::True => Self::False,
        }
    }
}

/// What gives variables, session and time their SQL.
pub(crate) trait Given {
    /// The variables.
    fn vars(&self) -> &[Var];
    /// An expression without leaves, items and outputs, as its scalar is stored. `None`: it has to be spelt out.
    fn bound(&mut self, expr: &Expr, scalar: &Scalar) -> Option<Sql>;
    /// A list variable of a scalar's values, as the text of a JSON array.
    fn list(&mut self, var: VarId, scalar: &Scalar) -> Option<Sql>;
}

/// Nothing is given: rules.
pub(crate) struct Nothing;

impl Given for Nothing {
    fn vars(&self) -> &[Var] {
        &[]
    }
    fn bound(&mut self, _: &Expr, _: &Scalar) -> Option<Sql> {
        None
    }
    fn list(&mut self, _: VarId, _: &Scalar) -> Option<Sql> {
        None
    }
}

/// What a place in scope stands for.
#[derive(Clone, Debug)]
pub(crate) enum Scope {
    /// A row of an entity: the alias, or none where it is the only one.
    Row(EntityId, Option<String>),
    /// An item of a collection: its JSON, and the leaf that it is of.
    Item(Sql, LeafId),
    /// Outputs of a grouped query: their SQL and scalars.
    Outputs(Vec<(Sql, Option<Scalar>)>),
}

/// Translates.
pub(crate) struct Express<'a> {
    pub(crate) on: Ground<'a>,
    pub(crate) given: &'a mut dyn Given,
    pub(crate) errors: Errors,
    /// Innermost last.
    pub(crate) scopes: Vec<Scope>,
    aliases: u32,
}

/// What can't be said in SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unsaid;

pub(crate) type Said = Result<Sql, Unsaid>;

impl<'a> Express<'a> {
    pub(crate) fn new(on: Ground<'a>, given: &'a mut dyn Given) -> Self {
        Self {
            on,
            given,
            errors: Errors::False,
            scopes: Vec::new(),
            aliases: 0,
        }
    }

    /// With a row in scope.
    pub(crate) fn row(mut self, entity: EntityId, alias: Option<&str>) -> Self {
        self.scopes.push(Scope::Row(entity, alias.map(str::to_owned)));
        self
    }

    /// A leaf's column under an alias.
    pub(crate) fn leaf(&self, alias: Option<&str>, leaf: LeafId) -> Sql {
        Sql::Column {
            of: alias.map(str::to_owned),
            name: self.on.column(leaf).to_owned(),
        }
    }

    /// A leaf's column as it compares: letters folded, where the leaf folds them.
    pub(crate) fn compared(&self, alias: Option<&str>, leaf: LeafId) -> Sql {
        let column = self.leaf(alias, leaf);
        if self.on.kernel.leaves[leaf].ignore_case {
            self.on.words.fold(column)
        } else {
            column
        }
    }

    /// A new alias.
    pub(crate) fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("r{}", self.aliases)
    }

    fn scope(&self, up: u8) -> Option<&Scope> {
        let at = self.scopes.len().checked_sub(1 + usize::from(up))?;
        self.scopes.get(at)
    }

    /// A test.
    pub(crate) fn test(&mut self, test: &Test) -> Said {
        Ok(match test {
            Test::Const(it) => Sql::Bool(*it),
            Test::Atom(atom) => {
                let sql = self.atom(atom)?;
                self.settled(sql, atom)
            }
            Test::NotAtom(atom) => {
                let sql = Sql::Not(Box::new(self.atom(atom)?));
                self.settled(sql, atom)
            }
            Test::IsNull(expr) => self.value(expr)?.is_null(),
            Test::NotNull(expr) => self.value(expr)?.not_null(),
            Test::And(parts) => Sql::and(self.tests(parts)?),
            Test::Or(parts) => Sql::or(self.tests(parts)?),
            Test::Any(many, inner) => {
                let select = self.reached(many, |it| it.test(inner))?;
                Sql::Exists(Box::new(select))
            }
            Test::None(many, inner) => {
                let before = self.errors;
                self.errors = before.flipped();
                let found = self.reached(many, |it| it.test(inner));
                self.errors = before;
                Sql::Not(Box::new(Sql::Exists(Box::new(found?))))
            }
        })
    }

    fn tests(&mut self, parts: &[Test]) -> Result<Vec<Sql>, Unsaid> {
        parts.iter().map(|part| self.test(part)).collect()
    }

    /// An atom that may be null by an error: as false, null does as well, and an index can still serve it.
    fn settled(&self, sql: Sql, atom: &Atom) -> Sql {
        match self.errors {
            Errors::True if kind::may_err(atom) => Sql::call("coalesce", [sql, Sql::Bool(true)]),
            Errors::True | Errors::False => sql,
        }
    }

    /// The scalar that an expression yields; `None` where its form doesn't tell.
    pub(crate) fn kind(&self, expr: &Expr) -> Option<Scalar> {
        kind::Kinds {
            kernel: self.on.kernel,
            vars: self.given.vars(),
            scopes: &self.scopes,
        }
        .of(expr)
    }

    fn atom(&mut self, atom: &Atom) -> Said {
        let words = self.on.words;
        Ok(match atom {
            Atom::Cmp(cmp, a, b) => {
                let (a, b) = self.pair(a, b)?;
                a.infix(infix(*cmp), b)
            }
            Atom::In(of, list) => {
                let scalar = self.kind(of);
                let of = self.value(of)?;
                let list = list
                    .iter()
                    .map(|item| self.value_as(item, scalar.as_ref()))
                    .collect::<Result<Vec<_>, _>>()?;
                if list.is_empty() {
                    Sql::Bool(false)
                } else {
                    Sql::In(Box::new(of), list)
                }
            }
            Atom::InVar(of, var) => {
                let scalar = self.kind(of).ok_or(Unsaid)?;
                let of = self.value(of)?;
                let list = self.given.list(*var, &scalar).ok_or(Unsaid)?;
                words.among(self.on.kernel, of, &scalar, list)
            }
            Atom::StartsWith(a, b) => {
                let max = match self.kind(a) {
                    Some(Scalar::String { max }) => Some(max),
                    _ => None,
                };
                words.starts_with(self.value(a)?, self.value(b)?, max)
            }
            Atom::EndsWith(a, b) => words.ends_with(self.value(a)?, self.value(b)?),
            Atom::Contains(a, b) => words.contains(self.value(a)?, self.value(b)?),
            Atom::Matches(of, pattern) => {
                let pattern = pattern.parse().map_err(|_| Unsaid)?;
                words.matches(self.value(of)?, &pattern)
            }
            Atom::Holds(of) => self.value(of)?,
            Atom::Has(list, item) => {
                let leaf = match list {
                    Expr::At(Place::Leaf { leaf, .. }) => *leaf,
                    _ => return Err(Unsaid),
                };
                let scalar = kind::item(self.on.kernel, leaf).ok_or(Unsaid)?;
                let (list, item) = (self.value(list)?, self.value_as(item, Some(&scalar))?);
                let wire = words.sent(self.on.kernel, &LeafType::Scalar(scalar.clone()), item);
                words.has(list, wire, &scalar)
            }
            Atom::Overlaps(ends) => {
                let [a, b, c, d] = &**ends;
                let (a, b, c, d) = (self.value(a)?, self.value(b)?, self.value(c)?, self.value(d)?);
                Sql::and([a.infix(Infix::Lt, d), c.infix(Infix::Lt, b)])
            }
            // A hash of many rounds is the evaluator's work.
            Atom::Verify(..) => return Err(Unsaid),
        })
    }

    /// Two operands in a common form.
    fn pair(&mut self, a: &Expr, b: &Expr) -> Result<(Sql, Sql), Unsaid> {
        let (x, y) = (self.kind(a), self.kind(b));
        let common = kind::common(x.as_ref(), y.as_ref());
        Ok((
            self.value_as(a, common.as_ref())?,
            self.value_as(b, common.as_ref())?,
        ))
    }

    /// The rows or items reached that satisfy a test: a select of nothing yet.
    pub(crate) fn reached(
        &mut self,
        many: &Many,
        inner: impl FnOnce(&mut Self) -> Said,
    ) -> Result<Select, Unsaid> {
        let Some(Scope::Row(entity, alias)) = self.scope(many.up).cloned() else {
            return Err(Unsaid);
        };
        let mut select = Select::default();
        let mut filter = Vec::new();
        let (entity, alias) = self.walk(&mut select, &mut filter, (entity, alias), &many.hops);
        let scope = match many.items {
            None => Scope::Row(entity, alias),
            Some(leaf) => {
                let item = self.alias();
                let list = self.leaf(alias.as_deref(), leaf);
                select.from.push(self.on.words.items(list, &item));
                Scope::Item(Sql::of(item, "item"), leaf)
            }
        };
        self.scopes.push(scope);
        let test = inner(self);
        self.scopes.pop();
        filter.push(test?);
        select.filter = Some(Sql::and(filter)).filter(|it| *it != Sql::Bool(true));
        Ok(select)
    }

    /// Adds the tables of a way to a select, joined by its filter. Rows deleted softly are not walked to.
    pub(crate) fn walk(
        &mut self,
        select: &mut Select,
        filter: &mut Vec<Sql>,
        (mut entity, mut alias): (EntityId, Option<String>),
        hops: &[Hop],
    ) -> (EntityId, Option<String>) {
        for hop in hops {
            let next = self.alias();
            let to = match hop {
                Hop::One(field) => self.target(*field).unwrap_or(entity),
                Hop::Many(field) => self.on.kernel.fields[*field].entity,
            };
            select.from.push(Source::table(self.on.table(to), next.clone()));
            match hop {
                Hop::One(field) => filter.extend(self.joined(alias.as_deref(), Some(&next), *field)),
                Hop::Many(field) => {
                    filter.extend(self.joined(Some(&next), alias.as_deref(), *field));
                    if let Some(deleted) = self.on.kernel.entities[to].soft_delete {
                        filter.push(self.leaf(Some(&next), deleted).is_null());
                    }
                }
            }
            (entity, alias) = (to, Some(next));
        }
        (entity, alias)
    }

    /// That a reference of one row names another.
    pub(crate) fn joined(&self, from: Option<&str>, to: Option<&str>, field: FieldId) -> Vec<Sql> {
        self.on.kernel.fields[field]
            .leaves
            .iter()
            .filter_map(|leaf| {
                let target = self.on.kernel.leaves[leaf].refers?;
                let folds =
                    self.on.kernel.leaves[target].ignore_case || self.on.kernel.leaves[leaf].ignore_case;
                let side = |alias: Option<&str>, leaf: LeafId| {
                    let column = self.leaf(alias, leaf);
                    if folds { self.on.words.fold(column) } else { column }
                };
                Some(side(from, leaf).infix(Infix::Eq, side(to, target)))
            })
            .collect()
    }

    /// The entity that a reference names.
    pub(crate) fn target(&self, field: FieldId) -> Option<EntityId> {
        match self.on.kernel.fields[field].ty {
            Type::Ref(to) => Some(to),
            Type::Scalar(_) | Type::Group(_) | Type::Range(_) | Type::List(_) => None,
        }
    }
}

fn infix(cmp: Cmp) -> Infix {
    match cmp {
        Cmp::Eq => Infix::Eq,
        Cmp::Ne => Infix::Ne,
        Cmp::Lt => Infix::Lt,
        Cmp::Le => Infix::Le,
        Cmp::Gt => Infix::Gt,
        Cmp::Ge => Infix::Ge,
    }
}

/// Whether working a test out on one row may fail: by overflow or a division by zero.
pub(crate) fn may_err(test: &Test) -> bool {
    match test {
        Test::Atom(atom) | Test::NotAtom(atom) => kind::may_err(atom),
        Test::IsNull(expr) | Test::NotNull(expr) => kind::errs(expr),
        Test::And(parts) | Test::Or(parts) => parts.iter().any(may_err),
        Test::Any(_, inner) | Test::None(_, inner) => may_err(inner),
        Test::Const(_) => false,
    }
}
