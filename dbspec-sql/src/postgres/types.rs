//! Kernel types and PostgreSQL's: how each is stored, checked, read and given.
//!
//! On the way to and from a program every value is text or JSON, so that nothing depends on a driver's or a session's
//! notion of a type: decimals as text, dates and times in ISO form in UTC, bytes as base64, labels as text.

use dbspec_core::kernel::{Item, Kernel, LeafType, ListKind, ListType, Member, Scalar, Type};

use super::design::ColumnType;
use crate::relational::{Infix, Select, Source, Sql, Word};

/// The collation in which text is kept: by code point, without case or locale rules, for UTF-8 databases.
const BY_CODE_POINT: &str = "C";

/// How a leaf is stored.
pub(super) fn column(kernel: &Kernel, ty: &LeafType) -> ColumnType {
    match ty {
        LeafType::Scalar(scalar) => scalar_column(kernel, scalar),
        LeafType::List(_) => ColumnType::Jsonb,
    }
}

fn scalar_column(kernel: &Kernel, scalar: &Scalar) -> ColumnType {
    match scalar {
        Scalar::Bool => ColumnType::Boolean,
        Scalar::Int16 => ColumnType::Smallint,
        Scalar::Int32 => ColumnType::Integer,
        Scalar::Int64 | Scalar::Duration => ColumnType::Bigint,
        Scalar::Decimal { precision, scale } => ColumnType::Numeric {
            precision: *precision,
            scale: *scale,
        },
        Scalar::Float64 => ColumnType::Double,
        Scalar::String { .. } | Scalar::Text | Scalar::Hashed | Scalar::Encrypted { .. } => ColumnType::Text,
        Scalar::Bytes { .. } => ColumnType::Bytea,
        Scalar::Uuid => ColumnType::Uuid,
        Scalar::Date => ColumnType::Date,
        Scalar::Time => ColumnType::Time,
        Scalar::Timestamp => ColumnType::Timestamptz,
        Scalar::Enum(id) if kernel.enums[*id].ordered => ColumnType::Smallint,
        Scalar::Enum(_) => ColumnType::Text,
        Scalar::Json | Scalar::Point | Scalar::Vector { .. } => ColumnType::Jsonb,
    }
}

/// A column's type as it is declared.
pub(super) fn word(ty: ColumnType) -> Word {
    match ty {
        ColumnType::Boolean => "boolean".into(),
        ColumnType::Smallint => "smallint".into(),
        ColumnType::Integer => "integer".into(),
        ColumnType::Bigint => "bigint".into(),
        ColumnType::Numeric { precision, scale } => format!("numeric({precision}, {scale})").into(),
        ColumnType::Double => "double precision".into(),
        ColumnType::Text => "text".into(),
        ColumnType::Bytea => "bytea".into(),
        ColumnType::Uuid => "uuid".into(),
        ColumnType::Date => "date".into(),
        ColumnType::Time => "time".into(),
        ColumnType::Timestamptz => "timestamptz".into(),
        ColumnType::Jsonb => "jsonb".into(),
    }
}

/// The collation of a column, where it has one.
pub(super) fn collation(ty: ColumnType) -> Option<&'static str> {
    match ty {
        ColumnType::Text => Some(BY_CODE_POINT),
        ColumnType::Boolean
        | ColumnType::Smallint
        | ColumnType::Integer
        | ColumnType::Bigint
        | ColumnType::Numeric { .. }
        | ColumnType::Double
        | ColumnType::Bytea
        | ColumnType::Uuid
        | ColumnType::Date
        | ColumnType::Time
        | ColumnType::Timestamptz
        | ColumnType::Jsonb => None,
    }
}

/// The type that an expression over values of a scalar has; a number without its digits.
pub(super) fn cast(kernel: &Kernel, scalar: &Scalar) -> Word {
    match scalar_column(kernel, scalar) {
        ColumnType::Numeric { .. } => "numeric".into(),
        other => word(other),
    }
}

/// A text by code point.
pub(super) fn by_code_point(text: Sql) -> Sql {
    Sql::Collate(Box::new(text), BY_CODE_POINT.into())
}

/// What of a leaf's type its column's type doesn't say: must hold where the value isn't null. `None`: nothing.
pub(super) fn check(kernel: &Kernel, ty: &LeafType, value: &Sql) -> Option<Sql> {
    match ty {
        LeafType::Scalar(scalar) => scalar_check(kernel, scalar, value),
        LeafType::List(list) => Some(list_check(kernel, list, value)),
    }
}

fn within(value: &Sql, from: Sql, to: Sql) -> Sql {
    Sql::and([
        value.clone().infix(Infix::Ge, from),
        value.clone().infix(Infix::Lt, to),
    ])
}

fn scalar_check(kernel: &Kernel, scalar: &Scalar, value: &Sql) -> Option<Sql> {
    let constant = |ty: &'static str, text: &'static str| Sql::Constant(ty.into(), text.into());
    match scalar {
        Scalar::Bool | Scalar::Int16 | Scalar::Int32 | Scalar::Int64 | Scalar::Duration | Scalar::Uuid => None,
        Scalar::Text | Scalar::Json | Scalar::Hashed | Scalar::Encrypted { .. } => None,
        Scalar::Decimal { .. } => Some(value.clone().infix(Infix::Ne, constant("numeric", "NaN"))),
        Scalar::Float64 => Some(Sql::and([
            value
                .clone()
                .infix(Infix::Gt, constant("double precision", "-Infinity")),
            value
                .clone()
                .infix(Infix::Lt, constant("double precision", "Infinity")),
        ])),
        Scalar::String { max } => Some(characters(value).infix(Infix::Le, Sql::number(max))),
        Scalar::Bytes { max } => Some(bytes(value).infix(Infix::Le, Sql::number(max))),
        Scalar::Date => Some(within(
            value,
            constant("date", "0001-01-01"),
            constant("date", "10000-01-01"),
        )),
        Scalar::Time => Some(value.clone().infix(Infix::Lt, constant("time", "24:00"))),
        Scalar::Timestamp => Some(within(
            value,
            constant("timestamptz", "0001-01-01 00:00:00+00"),
            constant("timestamptz", "10000-01-01 00:00:00+00"),
        )),
        Scalar::Enum(id) => {
            let def = &kernel.enums[*id];
            Some(if def.ordered {
                within(value, Sql::number(0), Sql::number(def.labels.len()))
            } else {
                let labels = def.labels.iter().map(|it| Sql::text(&**it)).collect();
                Sql::In(Box::new(value.clone()), labels)
            })
        }
        Scalar::Point => Some(Sql::call(
            "jsonb_path_match",
            [
                value.clone(),
                Sql::text(
                    "strict $.type() == \"array\" && $.size() == 2 && $[0] >= -180 && $[0] <= 180 \
                     && $[1] >= -90 && $[1] <= 90",
                )
                .cast("jsonpath"),
            ],
        )),
        Scalar::Vector { dimensions } => Some(Sql::call(
            "jsonb_path_match",
            [
                value.clone(),
                Sql::text(format!(
                    "strict $.type() == \"array\" && $.size() == {dimensions} && !exists($[*] ? (@.type() != \"number\"))"
                ))
                .cast("jsonpath"),
            ],
        )),
    }
}

/// That a text has the form in which hashes are kept: `$scheme$…$…`.
pub(super) fn hash(text: &Sql) -> Sql {
    text.clone().infix(Infix::Matches, Sql::text("^\\$[^$]+\\$.*\\$"))
}

/// How many scalar values a text has.
pub(super) fn characters(text: &Sql) -> Sql {
    Sql::call("char_length", [text.clone()])
}

/// How many bytes there are.
pub(super) fn bytes(value: &Sql) -> Sql {
    Sql::call("octet_length", [value.clone()])
}

/// How many items a collection has.
pub(super) fn items(list: &Sql) -> Sql {
    Sql::call("jsonb_array_length", [list.clone()])
}

/// That no item of a collection breaks a condition, given in the words of jsonpath.
pub(super) fn no_item_but(list: &Sql, condition: &str) -> Sql {
    Sql::Not(Box::new(Sql::call(
        "jsonb_path_exists",
        [
            list.clone(),
            Sql::text(format!("$[*] ? (!({condition}))")).cast("jsonpath"),
        ],
    )))
}

fn list_check(kernel: &Kernel, list: &ListType, value: &Sql) -> Sql {
    let item = match &list.item {
        Item::Scalar(scalar) => Type::Scalar(scalar.clone()),
        Item::Group(members) => Type::Group(members.clone()),
    };
    let condition = match list.kind {
        // How long its texts may be is a rule of its own.
        ListKind::List | ListKind::Set if matches!(item, Type::Scalar(Scalar::String { .. })) => {
            path_condition(kernel, &Type::Scalar(Scalar::Text), "@")
        }
        ListKind::List | ListKind::Set => path_condition(kernel, &item, "@"),
        ListKind::Map { key } => path_condition(
            kernel,
            &Type::Group(vec![
                Member {
                    name: "key".into(),
                    ty: Type::Scalar(Scalar::String { max: key }),
                    nullable: false,
                },
                Member {
                    name: "value".into(),
                    ty: item,
                    nullable: false,
                },
            ]),
            "@",
        ),
    };
    let array = Sql::call("jsonb_typeof", [value.clone()]).infix(Infix::Eq, Sql::text("array"));
    Sql::and([array, no_item_but(value, &condition)])
}

/// What must hold of an item, in the words of jsonpath; what they can't say is left to the programs.
fn path_condition(kernel: &Kernel, ty: &Type, at: &str) -> String {
    match ty {
        Type::Scalar(scalar) => path_scalar(kernel, scalar, at),
        Type::Group(members) => {
            let mut all = vec![format!("{at}.type() == \"object\"")];
            for member in members {
                let inner = format!("{at}.{}", path_string(&member.name));
                let holds = path_condition(kernel, &member.ty, &inner);
                all.push(if member.nullable {
                    format!("(!exists({inner}) || {inner} == null || ({holds}))")
                } else {
                    format!("exists({inner}) && {holds}")
                });
            }
            all.join(" && ")
        }
        Type::List(_) => format!("{at}.type() == \"array\""),
        // Ranges and references don't stand in collections.
        Type::Ref(_) | Type::Range(_) => format!("exists({at})"),
    }
}

fn path_scalar(kernel: &Kernel, scalar: &Scalar, at: &str) -> String {
    let text = |pattern: &str| {
        format!(
            "{at}.type() == \"string\" && {at} like_regex {}",
            path_string(pattern)
        )
    };
    let whole = |min: i64, max: i64| {
        format!("{at}.type() == \"number\" && {at}.floor() == {at} && {at} >= {min} && {at} <= {max}")
    };
    match scalar {
        Scalar::Bool => format!("{at}.type() == \"boolean\""),
        Scalar::Int16 => whole(i16::MIN.into(), i16::MAX.into()),
        Scalar::Int32 => whole(i32::MIN.into(), i32::MAX.into()),
        Scalar::Int64 => whole(i64::MIN, i64::MAX),
        Scalar::Duration => text("^-?[0-9]{1,19}$"),
        Scalar::Decimal { precision, scale } if *scale == 0 => text(&format!("^-?[0-9]{{1,{precision}}}$")),
        Scalar::Decimal { precision, scale } => {
            let whole = precision.saturating_sub(*scale).max(1);
            text(&format!("^-?[0-9]{{1,{whole}}}\\.[0-9]{{{scale}}}$"))
        }
        Scalar::Float64 => text("^-?[0-9.]+([eE][-+]?[0-9]+)?$"),
        Scalar::String { max } => format!("{at}.type() == \"string\" && {}", length_at_most(at, *max)),
        Scalar::Text | Scalar::Hashed | Scalar::Encrypted { .. } => format!("{at}.type() == \"string\""),
        Scalar::Bytes { .. } => text("^[A-Za-z0-9+/]*=*$"),
        Scalar::Uuid => text("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
        Scalar::Date => text("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
        Scalar::Time => text("^[0-9]{2}:[0-9]{2}:[0-9]{2}"),
        Scalar::Timestamp => text("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$"),
        Scalar::Enum(id) => {
            let labels: Vec<String> = kernel.enums[*id]
                .labels
                .iter()
                .map(|label| format!("{at} == {}", path_string(label)))
                .collect();
            format!("({})", labels.join(" || "))
        }
        Scalar::Json => format!("exists({at})"),
        Scalar::Point | Scalar::Vector { .. } => format!("{at}.type() == \"array\""),
    }
}

/// That a text of a JSON document has at most so many scalar values. A bound of a repetition is at most 255.
pub(super) fn length_at_most(at: &str, max: u32) -> String {
    let pattern = format!(
        "^{}.{{0,{}}}$",
        ".{0,255}".repeat((max / 255) as usize),
        max % 255
    );
    format!("{at} like_regex {} flag \"s\"", path_string(&pattern))
}

/// The same for at least so many.
pub(super) fn length_at_least(at: &str, min: u32) -> String {
    let pattern = format!("^{}.{{{}}}", ".{255}".repeat((min / 255) as usize), min % 255);
    format!("{at} like_regex {} flag \"s\"", path_string(&pattern))
}

/// A text as jsonpath writes it.
fn path_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A stored value as programs send it back: text or JSON.
pub(super) fn to_wire(kernel: &Kernel, ty: &LeafType, value: Sql) -> Sql {
    let LeafType::Scalar(scalar) = ty else {
        return value;
    };
    let shown = |value: Sql, form: &'static str| Sql::call("to_char", [value, Sql::text(form)]);
    match scalar {
        Scalar::Bool | Scalar::Int16 | Scalar::Int32 | Scalar::Int64 | Scalar::Duration => value,
        Scalar::Decimal { .. } | Scalar::Float64 | Scalar::Uuid | Scalar::Json => value.cast("text"),
        Scalar::String { .. } | Scalar::Text | Scalar::Hashed | Scalar::Encrypted { .. } => value,
        Scalar::Bytes { .. } => Sql::call(
            "translate",
            [
                Sql::call("encode", [value, Sql::text("base64")]),
                Sql::text("\n"),
                Sql::text(""),
            ],
        ),
        Scalar::Date => shown(value, "YYYY-MM-DD"),
        Scalar::Time => shown(value, "HH24:MI:SS.US"),
        Scalar::Timestamp => shown(
            value.infix(Infix::AtTimeZone, Sql::text("UTC")),
            "YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"",
        ),
        Scalar::Enum(id) if kernel.enums[*id].ordered => Sql::Item(
            Box::new(labels(kernel, *id)),
            Box::new(value.infix(Infix::Add, Sql::number(1))),
        ),
        Scalar::Enum(_) => value,
        // Floats as text: a JSON number would be rounded by who reads it.
        Scalar::Point | Scalar::Vector { .. } => Sql::Scalar(Box::new(Select {
            columns: vec![(Sql::call("jsonb_agg", [Sql::of("e", "item")]), None)],
            from: vec![Source::Function {
                call: Sql::call("jsonb_array_elements_text", [value]),
                alias: "e".into(),
                columns: vec![("item".into(), None)],
            }],
            ..Select::default()
        })),
    }
}

/// A stored value from the text in which a program gives it.
pub(super) fn from_wire(kernel: &Kernel, ty: &LeafType, text: Sql) -> Sql {
    let LeafType::Scalar(scalar) = ty else {
        return text.cast("jsonb");
    };
    match scalar {
        Scalar::Bytes { .. } => Sql::call("decode", [text, Sql::text("base64")]),
        Scalar::Enum(id) if kernel.enums[*id].ordered => {
            Sql::call("array_position", [labels(kernel, *id), text.cast("text")])
                .infix(Infix::Sub, Sql::number(1))
                .cast("smallint")
        }
        Scalar::String { .. }
        | Scalar::Text
        | Scalar::Hashed
        | Scalar::Encrypted { .. }
        | Scalar::Enum(_) => by_code_point(text),
        Scalar::Decimal { .. }
        | Scalar::Bool
        | Scalar::Int16
        | Scalar::Int32
        | Scalar::Int64
        | Scalar::Float64
        | Scalar::Uuid
        | Scalar::Date
        | Scalar::Time
        | Scalar::Timestamp
        | Scalar::Duration
        | Scalar::Json
        | Scalar::Point
        | Scalar::Vector { .. } => text.cast(cast(kernel, scalar)),
    }
}

fn labels(kernel: &Kernel, id: dbspec_core::kernel::EnumId) -> Sql {
    let labels = kernel.enums[id].labels.iter().map(|it| Sql::text(&**it));
    Sql::Array(labels.collect()).cast("text[]")
}

/// A fresh UUID of version 7: before 18 one of version 4 with the milliseconds written over its first six bytes, and two bits
/// that make its version's 4 a 7.
pub(super) fn uuid7(version: u16) -> Sql {
    if version >= 18 {
        return Sql::call("uuidv7", []);
    }
    let now = Sql::call(
        "date_part",
        [Sql::text("epoch"), Sql::call("clock_timestamp", [])],
    );
    let millis = Sql::call("floor", [now.infix(Infix::Mul, Sql::number(1_000))]).cast("bigint");
    let millis = Sql::call("substring", [Sql::call("int8send", [millis]), Sql::number(3)]);
    let random = Sql::call("uuid_send", [Sql::call("gen_random_uuid", [])]);
    // By this name its arguments may stand with commas between them on 13 too.
    let timed = Sql::call(
        "pg_catalog.overlay",
        [random, millis, Sql::number(1), Sql::number(6)],
    );
    let seven = [52, 53].into_iter().fold(timed, |bytes, bit| {
        Sql::call("set_bit", [bytes, Sql::number(bit), Sql::number(1)])
    });
    Sql::call("encode", [seven, Sql::text("hex")]).cast("uuid")
}
