//! Laws: the two-valued readings agree with the evaluator, on all combinations of null, and grow linearly.

use proptest::prelude::*;

use super::Test;
use crate::arena::{Id, Run};
use crate::kernel::{
    Aggregate, Atom, Cmp, Element, ElementId, Entity, EntityId, Expr, Field, FieldId, Func, Hop, Item,
    Kernel, Leaf, LeafId, LeafType, ListKind, ListType, Many, Member, Op, Place, Pred, RuleId, Scalar,
    Statistics, Type,
};
use crate::semantics::{Context, Found, Row, Store, Truth, truth_on};
use crate::span::Span;
use crate::value::Value;

const PARENT: u32 = 0;
const CHILD: u32 = 1;
/// Leaves of the parent that may be null: `a`, `b`, `text`, `flag`, `list`.
const OPEN: [u32; 5] = [1, 2, 3, 4, 5];
/// Leaves of the child that may be null: `x`, `y`.
const CHILD_OPEN: [u32; 2] = [8, 9];
/// The child's reference to its parent.
const OWNER: u32 = 7;

fn leaf(id: u32) -> LeafId {
    LeafId::new(id)
}

/// `Parent { id, a, b, text, flag, list }` and `Child { id, owner -> Parent, x, y }`; a field has one leaf of its own number.
fn kernel(nullable: impl Fn(u32) -> bool) -> Kernel {
    let mut kernel = Kernel::default();
    let element = kernel.elements.push(Element {
        parent: None,
        name: "model".into(),
        span: Span::default(),
    });
    let int = || Type::Scalar(Scalar::Int64);
    let list = ListType {
        kind: ListKind::List,
        item: Item::Scalar(Scalar::Int64),
        max: None,
    };
    let parent = [
        ("id", int()),
        ("a", int()),
        ("b", int()),
        ("text", Type::Scalar(Scalar::Text)),
        ("flag", Type::Scalar(Scalar::Bool)),
        ("list", Type::List(list)),
    ];
    let child = [
        ("id", int()),
        ("owner", Type::Ref(EntityId::new(PARENT))),
        ("x", int()),
        ("y", int()),
    ];
    for (name, fields) in [("Parent", &parent[..]), ("Child", &child[..])] {
        let (first, first_leaf) = (kernel.fields.next_id(), kernel.leaves.next_id());
        let entity = kernel.entities.next_id();
        for (field, ty) in fields {
            add_field(&mut kernel, element, entity, field, ty, &nullable);
        }
        kernel.entities.push(Entity {
            element,
            name: name.into(),
            doc: None,
            owner: None,
            owned_as: None,
            link: false,
            fields: Run::new(first, kernel.fields.next_id()),
            leaves: Run::new(first_leaf, kernel.leaves.next_id()),
            rules: Run::default(),
            key: vec![first],
            subtypes: Vec::new(),
            discriminator: None,
            version: None,
            soft_delete: None,
            tenant: None,
            volume: None,
            facets: Run::default(),
            facts: Run::default(),
        });
    }
    kernel.session.push(Member {
        name: "who".into(),
        ty: int(),
        nullable: true,
    });
    kernel
}

fn add_field(
    kernel: &mut Kernel,
    element: ElementId,
    entity: EntityId,
    name: &str,
    ty: &Type,
    nullable: &impl Fn(u32) -> bool,
) {
    let at = kernel.leaves.next_id();
    let null = nullable(at.index());
    let (leaf_ty, refers) = match ty {
        Type::Scalar(scalar) => (LeafType::Scalar(scalar.clone()), None),
        Type::List(list) => (LeafType::List(list.clone()), None),
        Type::Ref(_) | Type::Group(_) | Type::Range(_) => (LeafType::Scalar(Scalar::Int64), Some(leaf(0))),
    };
    kernel.leaves.push(Leaf {
        field: kernel.fields.next_id(),
        path: Vec::new(),
        ty: leaf_ty,
        nullable: null,
        ignore_case: false,
        refers,
    });
    kernel.fields.push(Field {
        element,
        entity,
        name: name.into(),
        doc: None,
        ty: ty.clone(),
        nullable: null,
        ignore_case: false,
        mutable: false,
        leaves: Run::new(at, kernel.leaves.next_id()),
        statistics: Statistics::default(),
    });
}

/// One parent and its children.
struct Rows(Vec<Row>);

impl Store for Rows {
    fn row(&self, _: EntityId, _: &[Value]) -> Found<Option<Row>> {
        Ok(None)
    }
    fn children(&self, _: FieldId, _: &[Value]) -> Found<Vec<Row>> {
        Ok(self.0.clone())
    }
    fn count(&self, _: FieldId, _: &[Value]) -> Found<u64> {
        Ok(self.0.len() as u64)
    }
    fn same(&self, _: RuleId, _: &[Value]) -> Found<Vec<Row>> {
        Ok(Vec::new())
    }
    fn all(&self, _: EntityId) -> Found<Vec<Row>> {
        Ok(self.0.clone())
    }
    fn next(&self, _: FieldId, _: u64) -> Found<i64> {
        Ok(1)
    }
}

fn at(up: u8, id: u32) -> Expr {
    Expr::At(Place::Leaf {
        up,
        via: Vec::new(),
        leaf: leaf(id),
    })
}

fn children() -> Many {
    Many {
        up: 0,
        hops: vec![Hop::Many(FieldId::new(OWNER))],
        items: None,
    }
}

/// Numbers over the parent (`depth` 0), or over a child within it (`depth` 1).
fn number(depth: u8) -> BoxedStrategy<Expr> {
    let place = if depth == 0 {
        prop_oneof![Just(at(0, 1)), Just(at(0, 2))].boxed()
    } else {
        prop_oneof![Just(at(0, 8)), Just(at(0, 9)), Just(at(1, 1))].boxed()
    };
    let session = Expr::At(Place::Session { member: 0, at: None });
    let length = Expr::Call(Func::Length, vec![at(depth, 3)]);
    let leaf = prop_oneof![
        4 => place,
        2 => (-2..3_i64).prop_map(|it| Expr::Value(Value::Int(it))),
        1 => Just(session),
        1 => Just(length),
    ];
    let tree = leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Expr::Do(Op::Add, a.into(), b.into())),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Expr::Else(a.into(), b.into())),
            inner.clone().prop_map(|it| Expr::Neg(it.into())),
            inner.prop_map(|it| Expr::Call(Func::Abs, vec![it])),
        ]
    });
    if depth == 0 {
        let how = prop_oneof![
            Just(Aggregate::Count),
            Just(Aggregate::Sum),
            Just(Aggregate::Min),
            Just(Aggregate::Max)
        ];
        let aggregate = how.prop_map(|how| Expr::Aggregate {
            how,
            over: children(),
            filter: None,
            of: (how != Aggregate::Count).then(|| at(0, 8).into()),
        });
        prop_oneof![5 => tree, 1 => aggregate].boxed()
    } else {
        tree.boxed()
    }
}

fn atom(depth: u8) -> BoxedStrategy<Atom> {
    let cmp = prop_oneof![
        Just(Cmp::Eq),
        Just(Cmp::Ne),
        Just(Cmp::Lt),
        Just(Cmp::Le),
        Just(Cmp::Gt),
        Just(Cmp::Ge)
    ];
    let text = || at(depth, 3);
    let constant = |it: &str| Expr::Value(Value::text(it));
    prop_oneof![
        5 => (cmp, number(depth), number(depth)).prop_map(|(cmp, a, b)| Atom::Cmp(cmp, a, b)),
        1 => number(depth).prop_map(|it| Atom::In(it, vec![Expr::Value(Value::Int(0)), Expr::Value(Value::Int(1))])),
        1 => Just(Atom::StartsWith(text(), constant("a"))),
        1 => Just(Atom::Contains(text(), constant("b"))),
        1 => Just(Atom::Holds(at(depth, 4))),
        1 => number(depth).prop_map(move |it| Atom::Has(at(depth, 5), it)),
        1 => (number(depth), number(depth), number(depth), number(depth))
            .prop_map(|(a, b, c, d)| Atom::Overlaps(Box::new([a, b, c, d]))),
    ]
    .boxed()
}

fn pred(depth: u8) -> BoxedStrategy<Pred> {
    let leaf = prop_oneof![
        1 => any::<bool>().prop_map(Pred::Const),
        8 => atom(depth).prop_map(Pred::Atom),
        2 => number(depth).prop_map(Pred::IsNull),
    ];
    let inner = if depth == 0 {
        prop_oneof![4 => leaf, 1 => pred(1).prop_map(|it| Pred::Any(children(), it.into()))].boxed()
    } else {
        leaf.boxed()
    };
    inner
        .prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                inner.clone().prop_map(|it| Pred::Not(it.into())),
                prop::collection::vec(inner.clone(), 1..4).prop_map(Pred::And),
                prop::collection::vec(inner, 1..4).prop_map(Pred::Or),
            ]
        })
        .boxed()
}

/// What judges a test as an engine does: from the left, and never an atom with a null in it.
struct Judge<'a> {
    kernel: &'a Kernel,
    rows: &'a Rows,
    context: &'a Context,
    parent: &'a Row,
}

impl Judge<'_> {
    fn truth(&self, pred: &Pred) -> Truth {
        let parent = (EntityId::new(PARENT), self.parent.as_slice());
        truth_on(self.kernel, self.rows, self.context, parent, pred).expect("all is known")
    }

    /// Within a quantifier the row is a child: the predicate is put back under it, over that child alone.
    fn holds(&self, test: &Test, child: Option<&Row>) -> bool {
        let known = |pred: Pred| {
            let truth = match child {
                None => self.truth(&pred),
                Some(child) => {
                    let alone = Rows(vec![child.clone()]);
                    let judge = Judge {
                        rows: &alone,
                        ..*self
                    };
                    judge.truth(&Pred::Any(children(), pred.into()))
                }
            };
            assert!(
                matches!(truth, Truth::True | Truth::False),
                "{truth:?} in {test:?}"
            );
            truth == Truth::True
        };
        match test {
            Test::Const(it) => *it,
            Test::Atom(atom) => known(Pred::Atom(atom.clone())),
            Test::NotAtom(atom) => !known(Pred::Atom(atom.clone())),
            Test::IsNull(it) => known(Pred::IsNull(it.clone())),
            Test::NotNull(it) => !known(Pred::IsNull(it.clone())),
            Test::And(parts) => parts.iter().all(|it| self.holds(it, child)),
            Test::Or(parts) => parts.iter().any(|it| self.holds(it, child)),
            Test::Any(_, it) => self.rows.0.iter().any(|child| self.holds(it, Some(child))),
            Test::None(_, it) => !self.rows.0.iter().any(|child| self.holds(it, Some(child))),
        }
    }
}

fn size(pred: &Pred) -> usize {
    fn expr(it: &Expr) -> usize {
        match it {
            Expr::Value(_) | Expr::At(_) => 1,
            Expr::Do(_, a, b) | Expr::Else(a, b) => 1 + expr(a) + expr(b),
            Expr::Neg(of) => 1 + expr(of),
            Expr::Call(_, args) => 1 + args.iter().map(expr).sum::<usize>(),
            Expr::Aggregate { .. } | Expr::Grouped { .. } => 1,
        }
    }
    match pred {
        Pred::Const(_) => 1,
        Pred::Atom(atom) => 1 + super::operands(atom).iter().map(expr).sum::<usize>(),
        Pred::IsNull(it) => 1 + expr(it),
        Pred::Not(it) | Pred::Any(_, it) => 1 + size(it),
        Pred::And(parts) | Pred::Or(parts) => 1 + parts.iter().map(size).sum::<usize>(),
    }
}

/// A row whose open leaves are null where the bit is set.
fn row(id: i64, values: &[Value], nulls: u32) -> Row {
    let open = values.iter().enumerate();
    let values = open.map(|(at, value)| {
        if nulls >> at & 1 == 1 {
            Value::Null
        } else {
            value.clone()
        }
    });
    std::iter::once(Value::Int(id)).chain(values).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn readings_agree_with_the_evaluator_on_all_combinations_of_null(
        pred in pred(0),
        mask in 0_u32..128,
        (a, b) in (-2..3_i64, -2..3_i64),
        text in prop_oneof![Just("a"), Just("b"), Just("")],
        flag in any::<bool>(),
        list in prop::collection::vec(-1..2_i64, 0..3),
        who in prop::option::of(-1..2_i64),
        children in prop::collection::vec((-1..2_i64, -1..2_i64, 0_u32..4), 0..3),
    ) {
        // A leaf whose bit is clear is declared never null.
        let kernel = kernel(|leaf| {
            let bit = OPEN.iter().chain(&CHILD_OPEN).position(|it| *it == leaf);
            bit.is_some_and(|bit| mask >> bit & 1 == 1)
        });
        let nullable = |place: &Place| kernel.nullable(place);
        let (is_true, not_false) = (pred.is_true(&nullable), pred.not_false(&nullable));
        let context = Context {
            now: 0,
            seed: 0,
            session: vec![who.map_or(Value::Null, Value::Int)],
        };
        let rows = children.iter().enumerate().map(|(at, (x, y, nulls))| {
            let mut row = row(i64::try_from(at).unwrap_or(0), &[Value::Int(*x), Value::Int(*y)], nulls & mask >> OPEN.len());
            row.insert(1, Value::Int(1));
            row
        });
        let rows = Rows(rows.collect());
        let list = Value::List(list.into_iter().map(Value::Int).collect());
        let values = [Value::Int(a), Value::Int(b), Value::text(text), Value::Bool(flag), list];
        for nulls in (0..1 << OPEN.len()).filter(|nulls| nulls & !mask == 0) {
            let parent = row(1, &values, nulls);
            let judge = Judge { kernel: &kernel, rows: &rows, context: &context, parent: &parent };
            let truth = judge.truth(&pred);
            prop_assert_ne!(truth, Truth::Invalid);
            prop_assert_eq!(judge.holds(&is_true, None), truth == Truth::True, "is_true with {:?}", parent);
            prop_assert_eq!(judge.holds(&not_false, None), truth != Truth::False, "not_false with {:?}", parent);
        }
    }

    #[test]
    fn readings_grow_linearly(pred in pred(0)) {
        let kernel = kernel(|_| true);
        let nullable = |place: &Place| kernel.nullable(place);
        for test in [pred.is_true(&nullable), pred.not_false(&nullable)] {
            prop_assert!(test.size() <= 2 * size(&pred), "{} from {}", test.size(), size(&pred));
        }
    }
}

#[test]
fn what_cannot_be_null_is_not_tested() {
    let kernel = kernel(|leaf| leaf == 1);
    let nullable = |place: &Place| kernel.nullable(place);
    let less = |a: u32, b: u32| Pred::Atom(Atom::Cmp(Cmp::Lt, at(0, a), at(0, b)));
    assert_eq!(
        less(2, 2).is_true(&nullable),
        Test::Atom(Atom::Cmp(Cmp::Lt, at(0, 2), at(0, 2)))
    );
    assert_eq!(
        Pred::And(vec![less(1, 2), less(1, 2)]).is_true(&nullable),
        Test::And(vec![
            Test::NotNull(at(0, 1)),
            Test::Atom(Atom::Cmp(Cmp::Lt, at(0, 1), at(0, 2))),
            Test::Atom(Atom::Cmp(Cmp::Lt, at(0, 1), at(0, 2))),
        ])
    );
    assert_eq!(
        EntityId::new(CHILD),
        kernel.entity("Child").expect("there is one")
    );
}
