//! Laws of codecs: what is encoded decodes to itself, different values have different forms, and order is kept where it
//! is promised.

use proptest::prelude::*;

use super::{Codec, Fixed, Number, from_json, to_json};
use crate::value::{Decimal, Float, Label, Value, canonical_json};

const LABELS: [&str; 4] = ["draft", "placed", "Ünï", ""];

fn labels() -> Vec<Box<str>> {
    LABELS.iter().map(|it| (*it).into()).collect()
}

/// A codec that keeps a type's order or doesn't.
#[derive(Clone, Debug)]
struct Case {
    codec: Codec,
    ordered: bool,
}

fn decimal(precision: u8, scale: u8) -> BoxedStrategy<Value> {
    let beyond = 10i128.pow(u32::from(precision));
    let mantissa = prop_oneof![
        1 - beyond..beyond,
        -20i128..20,
        Just(beyond - 1),
        Just(1 - beyond)
    ];
    mantissa
        .prop_map(move |it| {
            let it = it % beyond;
            Value::Decimal(Decimal::new(it, scale).expect("38 digits at most"))
        })
        .boxed()
}

fn float() -> BoxedStrategy<Value> {
    let numbers = prop_oneof![any::<f64>(), -4.0..4.0, Just(f64::MAX), Just(f64::MIN_POSITIVE)];
    numbers
        .prop_filter_map("finite", |it| Float::new(it).map(Value::Float))
        .boxed()
}

fn text() -> BoxedStrategy<Value> {
    // Separators, escapes and what is next to them come often.
    let hostile = proptest::collection::vec(
        prop_oneof![
            Just('#'),
            Just('$'),
            Just('%'),
            Just('\u{1}'),
            Just(' '),
            Just('S'),
            Just('\u{10ffff}')
        ],
        0..5,
    );
    prop_oneof![
        hostile.prop_map(|it| it.into_iter().collect::<String>()),
        "[^\u{0}]{0,6}".prop_map(String::from)
    ]
    .prop_map(Value::text)
    .boxed()
}

/// Two values of the type that a codec is for.
fn cases() -> impl Strategy<Value = (Case, Value, Value)> {
    fn pair(
        codec: Codec,
        ordered: bool,
        values: impl Strategy<Value = Value> + 'static,
    ) -> BoxedStrategy<(Case, Value, Value)> {
        let case = Case { codec, ordered };
        let values = values.boxed();
        (values.clone(), values)
            .prop_map(move |(a, b)| (case.clone(), a, b))
            .boxed()
    }
    let ints = || prop_oneof![any::<i64>(), -3i64..3, Just(i64::MIN), Just(i64::MAX)];
    let both = |number: Number, values: BoxedStrategy<Value>| {
        prop_oneof![
            pair(Codec::NumberText(number), false, values.clone()),
            pair(Codec::OrderedText(number), true, values)
        ]
        .boxed()
    };
    let label = |ordered: bool| {
        (0..LABELS.len()).prop_map(move |at| {
            Value::Enum(Label {
                rank: ordered.then_some(at as u16),
                text: LABELS[at].into(),
            })
        })
    };
    let json = prop_oneof![
        Just(serde_json::json!({"b": [1, null, {"a": "x"}], "a": 0.5})),
        Just(serde_json::json!([])),
        any::<i32>().prop_map(serde_json::Value::from),
        ".{0,4}".prop_map(serde_json::Value::from)
    ]
    .prop_map(|it| Value::Json(canonical_json(&it).expect("I-JSON").into()));
    let bytes = || proptest::collection::vec(any::<u8>(), 0..6).prop_map(|it| Value::Bytes(it.into()));
    let group = (
        text(),
        prop_oneof![Just(Value::Null), ints().prop_map(Value::Int)],
    )
        .prop_map(|(a, b)| Value::Map(vec![("text".into(), a), ("number".into(), b)]))
        .boxed();
    let members = Codec::Members(vec![
        ("text".into(), Codec::NonEmpty),
        ("number".into(), Codec::NumberText(Number::Int)),
    ]);
    let row = (text(), ints())
        .prop_map(|(a, b)| Value::List(vec![a, Value::Int(b)]))
        .boxed();
    let items = Codec::Items(vec![Codec::Plain, Codec::OrderedText(Number::Int)]);
    prop_oneof![
        both(Number::Int, ints().prop_map(Value::Int).boxed()),
        both(Number::Duration, ints().prop_map(Value::Duration).boxed()),
        both(
            Number::Decimal {
                precision: 12,
                scale: 2
            },
            decimal(12, 2).boxed()
        ),
        both(
            Number::Decimal {
                precision: 38,
                scale: 0
            },
            decimal(38, 0).boxed()
        ),
        both(
            Number::Decimal {
                precision: 38,
                scale: 38
            },
            decimal(38, 38).boxed()
        ),
        both(Number::Float, float().boxed()),
        pair(
            Codec::FixedText(Fixed::Uuid),
            true,
            any::<[u8; 16]>().prop_map(Value::Uuid)
        ),
        pair(
            Codec::FixedText(Fixed::Date),
            true,
            (-719_162i32..=2_932_896).prop_map(Value::Date)
        ),
        pair(
            Codec::FixedText(Fixed::Time),
            true,
            (0i64..86_400_000_000).prop_map(Value::Time)
        ),
        pair(
            Codec::FixedText(Fixed::Timestamp),
            true,
            (-62_135_596_800_000_000i64..=253_402_300_799_999_999).prop_map(Value::Timestamp)
        ),
        pair(Codec::Base64, false, bytes()),
        pair(Codec::Hex, true, bytes()),
        pair(
            Codec::Label {
                labels: labels(),
                ordered: false
            },
            true,
            label(false)
        ),
        pair(
            Codec::Label {
                labels: labels(),
                ordered: true
            },
            false,
            label(true)
        ),
        pair(Codec::Rank(labels()), true, label(true)),
        pair(Codec::JsonText, false, json),
        pair(Codec::NonEmpty, true, text()),
        pair(Codec::Segment, true, text()),
        pair(Codec::Plain, true, text()),
        pair(Codec::Tagged("S".into(), Box::new(Codec::NonEmpty)), true, text()),
        pair(members.clone(), false, group.clone()),
        pair(
            Codec::Document(Box::new(Codec::Each(Box::new(members)))),
            false,
            proptest::collection::vec(group, 0..3).prop_map(Value::List)
        ),
        pair(items.clone(), true, row.clone()),
        pair(Codec::Document(Box::new(items)), false, row),
        pair(
            Codec::Document(Box::new(Codec::Entries(Box::new(Codec::Hex)))),
            false,
            proptest::collection::btree_map("[a-c]{0,2}", bytes(), 0..3).prop_map(|entries| Value::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (key.into(), value))
                    .collect()
            ))
        ),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn codecs_are_bijections((case, a, b) in cases()) {
        let Case { codec, ordered } = case;
        let (form, other) = (codec.encode(&a), codec.encode(&b));
        let form = form.expect("a value of the type");
        let other = other.expect("a value of the type");
        prop_assert_eq!(codec.decode(&form), Ok(a.clone()));
        prop_assert_eq!(a == b, form == other);
        if ordered {
            prop_assert_eq!(a.cmp(&b), form.cmp(&other));
        }
        prop_assert_eq!(codec.encode(&Value::Null).and_then(|it| codec.decode(&it)), Ok(Value::Null));
    }

    /// Segments joined by `#` compare like the lists of what they hold.
    #[test]
    fn joined_segments_keep_order(a in proptest::collection::vec(text(), 2..4), b in proptest::collection::vec(text(), 2..4)) {
        let join = |texts: &[Value]| {
            let segments = texts.iter().map(|it| match Codec::Segment.encode(it) {
                Ok(Value::Text(it)) => it.into_string(),
                other => unreachable!("not a text: {other:?}"),
            });
            segments.collect::<Vec<_>>().join("#")
        };
        prop_assert_eq!(a.cmp(&b), join(&a).cmp(&join(&b)));
    }

    /// Equal values have equal digests, others don't, whatever their scale.
    #[test]
    fn digests_are_of_values(a in decimal(6, 3), b in decimal(6, 3), c in text()) {
        let digest = |it: &Value| Codec::Digest.encode(it).expect("any value");
        let wide = |it: &Value| match it {
            Value::Decimal(it) => Value::Decimal(it.rescale(9).expect("fits")),
            other => other.clone(),
        };
        prop_assert_eq!(digest(&a), digest(&wide(&a)));
        prop_assert_eq!(a == b, digest(&a) == digest(&b));
        let (one, two) = (Value::List(vec![a.clone(), c.clone()]), Value::List(vec![Value::List(vec![a]), c]));
        prop_assert_ne!(digest(&one), digest(&two));
    }

    /// A value of another type is refused, never changed or a panic.
    #[test]
    fn codecs_refuse_what_is_not_theirs((case, _, _) in cases(), (other, foreign, _) in cases()) {
        if let Ok(form) = case.codec.encode(&foreign) {
            let again = case.codec.decode(&form).and_then(|it| case.codec.encode(&it));
            prop_assert_eq!(again, Ok(form), "{:?} of {:?}", case.codec, other);
        }
        let _ = case.codec.decode(&foreign);
    }
}

#[test]
fn documents_are_json() {
    let document = serde_json::json!({"a": [1, "x", null, true, 0.5], "b": {}});
    assert_eq!(to_json(&from_json(&document)).expect("what JSON has"), document);
    assert!(to_json(&Value::Uuid([0; 16])).is_err());
}
