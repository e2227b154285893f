//! What rows come out as: JSON objects, and the codecs that read them.

use dbspec_core::kernel::{
    EntityId, Expr, Fetch, FieldId, LeafId, LeafType, OrderTerm, Place, Scalar, Term as By, Type,
};
use dbspec_core::program::Codec;
use dbspec_core::semantics::is_shown;

use super::codec;
use crate::relational::express::{Express, Scope, Unsaid};
use crate::relational::words::{Ground, Words};
use crate::relational::{Select, Sorting, Sql};

/// A value that comes out, by name.
pub(crate) type Member = (Box<str>, Sql, Codec);

/// Members as one object.
pub(crate) fn object(words: &dyn Words, members: &[Member]) -> (Sql, Codec) {
    let codec = Codec::Members(
        members
            .iter()
            .map(|(name, _, codec)| (name.clone(), codec.clone()))
            .collect(),
    );
    let members = members.iter().map(|(name, sql, _)| (&**name, sql.clone()));
    (words.object(members.collect()), codec)
}

/// A whole row, leaf by leaf.
pub(crate) fn row(express: &Express<'_>, entity: EntityId, alias: &str) -> (Sql, Codec) {
    let kernel = express.on.kernel;
    let leaves = kernel.entities[entity].leaves;
    let items = leaves.iter().map(|leaf| {
        express
            .on
            .words
            .sent(kernel, &kernel.leaves[leaf].ty, express.leaf(Some(alias), leaf))
    });
    let codecs = leaves
        .iter()
        .map(|leaf| codec::read(kernel, &kernel.leaves[leaf].ty));
    (
        express.on.words.array(&items.collect::<Vec<_>>()),
        Codec::Items(codecs.collect()),
    )
}

/// Fields that may be shown.
pub(crate) fn fields(
    express: &Express<'_>,
    fields: impl Iterator<Item = FieldId>,
    alias: &str,
) -> Vec<Member> {
    let kernel = express.on.kernel;
    fields
        .filter(|field| is_shown(kernel, *field))
        .map(|field| {
            let it = &kernel.fields[field];
            let mut leaves = it.leaves.iter();
            let (sql, codec) = composed(express, &it.ty, &mut leaves, alias);
            (it.name.clone(), sql, codec)
        })
        .collect()
}

/// Takes as many leaves as a type has; what has several is an object, or null where all are.
fn composed(
    express: &Express<'_>,
    ty: &Type,
    leaves: &mut dyn Iterator<Item = LeafId>,
    alias: &str,
) -> (Sql, Codec) {
    let kernel = express.on.kernel;
    match ty {
        Type::Scalar(_) | Type::List(_) => match leaves.next() {
            Some(leaf) => {
                let ty = &kernel.leaves[leaf].ty;
                let sql = express.on.words.sent(kernel, ty, express.leaf(Some(alias), leaf));
                (sql, codec::shown(kernel, ty))
            }
            None => (Sql::Null, Codec::Plain),
        },
        Type::Range(scalar) => {
            let scalar = Type::Scalar(scalar.clone());
            several(
                express,
                [("start", &scalar), ("end", &scalar)].into_iter(),
                leaves,
                alias,
            )
        }
        Type::Group(members) => several(
            express,
            members.iter().map(|it| (&*it.name, &it.ty)),
            leaves,
            alias,
        ),
        Type::Ref(to) => match kernel.entities[*to].key.as_slice() {
            [only] => composed(express, &kernel.fields[*only].ty, leaves, alias),
            key => {
                let of = key.iter().map(|field| &kernel.fields[*field]);
                several(express, of.map(|it| (&*it.name, &it.ty)), leaves, alias)
            }
        },
    }
}

fn several<'t>(
    express: &Express<'_>,
    of: impl Iterator<Item = (&'t str, &'t Type)>,
    leaves: &mut dyn Iterator<Item = LeafId>,
    alias: &str,
) -> (Sql, Codec) {
    let mut taken = Vec::new();
    let mut noting = leaves.inspect(|leaf| taken.push(*leaf));
    let members: Vec<Member> = of
        .map(|(name, ty)| {
            let (sql, codec) = composed(express, ty, &mut noting, alias);
            (name.into(), sql, codec)
        })
        .collect();
    let (sql, codec) = object(express.on.words, &members);
    let set = taken
        .iter()
        .map(|leaf| express.leaf(Some(alias), *leaf).not_null());
    let kernel = express.on.kernel;
    if taken.iter().all(|leaf| kernel.leaves[*leaf].nullable) {
        (Sql::Case(vec![(Sql::or(set), sql)], Box::new(Sql::Null)), codec)
    } else {
        (sql, codec)
    }
}

/// A named expression.
pub(crate) fn column(express: &mut Express<'_>, expr: &Expr) -> Result<(Sql, Option<Scalar>, Codec), Unsaid> {
    let kernel = express.on.kernel;
    if let Expr::At(Place::Leaf { leaf, .. }) = expr
        && let ty @ LeafType::List(_) = &kernel.leaves[*leaf].ty
    {
        return Ok((express.value(expr)?, None, codec::read(kernel, ty)));
    }
    let Some(scalar) = express.kind(expr) else {
        return Ok((Sql::Null, None, Codec::Plain));
    };
    let sql = express.value_as(expr, Some(&scalar))?;
    let sql = match expr {
        // A constant alone has no type yet.
        Expr::Value(_) => express.on.words.typed(kernel, sql, &scalar),
        _ => sql,
    };
    let codec = codec::read(kernel, &LeafType::Scalar(scalar.clone()));
    Ok((sql, Some(scalar), codec))
}

/// A stored value as it comes out.
pub(crate) fn shown(on: Ground<'_>, sql: Sql, scalar: Option<Scalar>) -> Sql {
    match scalar {
        Some(scalar) => on.words.sent(on.kernel, &LeafType::Scalar(scalar), sql),
        None => sql,
    }
}

/// Adds what comes with a row: a row takes the place of its key.
pub(crate) fn with(
    express: &mut Express<'_>,
    entity: EntityId,
    alias: &str,
    members: &mut Vec<Member>,
    fetch: &[Fetch],
) -> Result<(), Unsaid> {
    for fetch in fetch {
        let (sql, codec) = fetched(express, entity, alias, fetch)?;
        match members.iter_mut().find(|(name, ..)| *name == fetch.name) {
            Some(member) => (member.1, member.2) = (sql, codec),
            None => members.push((fetch.name.clone(), sql, codec)),
        }
    }
    Ok(())
}

fn fetched(
    express: &mut Express<'_>,
    entity: EntityId,
    alias: &str,
    fetch: &Fetch,
) -> Result<(Sql, Codec), Unsaid> {
    let kernel = express.on.kernel;
    let (mut select, mut filter) = (Select::default(), Vec::new());
    let start = (entity, Some(alias.to_owned()));
    let (to, at) = express.walk(&mut select, &mut filter, start, &fetch.hops);
    let at = at.unwrap_or_default();
    let mut members = match &fetch.fields {
        Some(chosen) => fields(express, chosen.iter().copied(), &at),
        None => fields(express, kernel.entities[to].fields.iter(), &at),
    };
    express.scopes.push(Scope::Row(to, Some(at.clone())));
    let rest =
        with(express, to, &at, &mut members, &fetch.fetch).and_then(|()| sorting(express, &at, &fetch.order));
    express.scopes.pop();
    let order = rest?;
    let (sql, codec) = object(express.on.words, &members);
    select.filter = Some(Sql::and(filter)).filter(|it| *it != Sql::Bool(true));
    if !fetch.many() {
        select.columns = vec![(sql, None)];
        return Ok((Sql::Scalar(Box::new(select)), codec));
    }
    select.columns = vec![(sql, Some("item".into()))];
    select.order = order;
    select.limit = fetch.limit;
    let all = express.alias();
    Ok((
        express.on.words.gathered(select, &all),
        Codec::Each(Box::new(codec)),
    ))
}

/// An order over rows under an alias.
pub(crate) fn sorting(
    express: &mut Express<'_>,
    alias: &str,
    order: &[OrderTerm],
) -> Result<Vec<Sorting>, Unsaid> {
    let on = express.on;
    let mut all = Vec::new();
    for term in order {
        let (by, nullable) = match &term.term {
            By::Leaf(leaf) => (express.leaf(Some(alias), *leaf), on.kernel.leaves[*leaf].nullable),
            By::Expr(expr) => (express.value(expr)?, true),
            By::Output(_) => return Err(Unsaid),
        };
        all.extend(
            on.words
                .sorted(by, term.dir == dbspec_core::kernel::Dir::Desc, nullable),
        );
    }
    Ok(all)
}
