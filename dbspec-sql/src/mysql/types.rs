//! Kernel types and MySQL's: how each is stored, checked, read and given.
//!
//! On the way to and from a program every value is text or JSON, so that nothing depends on a driver's or a session's
//! notion of a type: decimals as text, dates and times in ISO form in UTC, bytes as base64, labels as text.

use dbspec_core::kernel::{Item, Kernel, LeafType, ListKind, ListType, Member, Scalar, Type};
use serde_json::{Value as Json, json};

use super::design::ColumnType;
use crate::relational::{Infix, Select, Source, Sql, Word};

/// The collation in which text is kept: by code point, without case, locale or padding.
pub(super) const BY_CODE_POINT: &str = "utf8mb4_0900_bin";

/// How many bytes the keys of an index have at most.
/// <https://dev.mysql.com/doc/refman/8.4/en/innodb-limits.html>
pub(super) const LONGEST_KEY: u32 = 3072;

/// How many bytes a row's texts may take beside what is kept elsewhere: of 65,535 some are left for the rest.
pub(super) const LONGEST_ROW: u32 = 60_000;

/// How many digits a number has behind its point at most.
pub(super) const FRACTION: u8 = 30;

/// Whether values of a type have more digits behind their point than a column keeps.
pub(super) fn is_cut(ty: &LeafType) -> bool {
    match ty {
        LeafType::Scalar(Scalar::Decimal { scale, .. }) => *scale > FRACTION,
        LeafType::Scalar(_) | LeafType::List(_) => false,
    }
}

/// How many digits a number has at most.
pub(super) const DIGITS: u8 = 65;

/// How a leaf is stored.
pub(super) fn column(kernel: &Kernel, ty: &LeafType) -> ColumnType {
    match ty {
        LeafType::Scalar(scalar) => scalar_column(kernel, scalar),
        LeafType::List(_) => ColumnType::Json,
    }
}

fn scalar_column(kernel: &Kernel, scalar: &Scalar) -> ColumnType {
    match scalar {
        Scalar::Bool => ColumnType::Boolean,
        Scalar::Int16 => ColumnType::Smallint,
        Scalar::Int32 => ColumnType::Int,
        Scalar::Int64 | Scalar::Duration => ColumnType::Bigint,
        Scalar::Decimal { precision, scale } => ColumnType::Decimal {
            precision: *precision,
            scale: (*scale).min(FRACTION),
        },
        Scalar::Float64 => ColumnType::Double,
        // One more than allowed: spaces beyond the end of a column are cut off, in every mode, so that a text which is too
        // long by spaces alone would pass.
        Scalar::String { max } if 4 * (u64::from(*max) + 1) <= u64::from(LONGEST_KEY) => {
            ColumnType::Varchar(max + 1)
        }
        Scalar::String { .. } | Scalar::Text | Scalar::Hashed | Scalar::Encrypted { .. } => {
            ColumnType::Longtext
        }
        Scalar::Bytes { max } if *max < LONGEST_KEY => ColumnType::Varbinary(max + 1),
        Scalar::Bytes { .. } => ColumnType::Longblob,
        Scalar::Uuid => ColumnType::Uuid,
        Scalar::Date => ColumnType::Date,
        Scalar::Time => ColumnType::Time,
        Scalar::Timestamp => ColumnType::Datetime,
        Scalar::Enum(id) if kernel.enums[*id].ordered => ColumnType::Smallint,
        Scalar::Enum(id) => {
            let longest = kernel.enums[*id].labels.iter().map(|it| it.chars().count()).max();
            ColumnType::Varchar(
                u32::try_from(longest.unwrap_or(0))
                    .unwrap_or(u32::MAX)
                    .saturating_add(1),
            )
        }
        Scalar::Json | Scalar::Point | Scalar::Vector { .. } => ColumnType::Json,
    }
}

/// A column's type as it is declared.
pub(super) fn word(ty: ColumnType) -> Word {
    match ty {
        ColumnType::Boolean => "boolean".into(),
        ColumnType::Smallint => "smallint".into(),
        ColumnType::Int => "int".into(),
        ColumnType::Bigint => "bigint".into(),
        ColumnType::Decimal { precision, scale } => format!("decimal({precision}, {scale})").into(),
        ColumnType::Double => "double".into(),
        ColumnType::Varchar(length) => format!("varchar({length})").into(),
        ColumnType::Longtext => "longtext".into(),
        ColumnType::Varbinary(length) => format!("varbinary({length})").into(),
        ColumnType::Longblob => "longblob".into(),
        ColumnType::Uuid => "binary(16)".into(),
        ColumnType::Date => "date".into(),
        ColumnType::Time => "time(6)".into(),
        ColumnType::Datetime => "datetime(6)".into(),
        ColumnType::Json => "json".into(),
    }
}

/// How many bytes a column takes in an index; `None` for what no index holds whole.
pub(super) fn key_bytes(ty: ColumnType) -> Option<u32> {
    match ty {
        ColumnType::Boolean => Some(1),
        ColumnType::Smallint => Some(2),
        ColumnType::Int => Some(4),
        ColumnType::Bigint | ColumnType::Double => Some(8),
        ColumnType::Decimal { .. } => Some(30),
        ColumnType::Varchar(length) => Some(4 * length + 2),
        ColumnType::Varbinary(length) => Some(length + 2),
        ColumnType::Uuid => Some(16),
        ColumnType::Date => Some(3),
        ColumnType::Time => Some(6),
        ColumnType::Datetime => Some(8),
        ColumnType::Longtext | ColumnType::Longblob | ColumnType::Json => None,
    }
}

/// How many bytes of a row a column takes at most.
pub(super) fn row_bytes(ty: ColumnType) -> u32 {
    key_bytes(ty).unwrap_or(12)
}

/// A text by code point.
pub(super) fn by_code_point(text: Sql) -> Sql {
    Sql::Collate(Box::new(text), BY_CODE_POINT.into())
}

/// What of a leaf's type its column's type doesn't say: must hold where the value isn't null. `None`: nothing.
pub(super) fn check(kernel: &Kernel, ty: &LeafType, value: &Sql) -> Option<Sql> {
    match ty {
        LeafType::Scalar(scalar) => scalar_check(kernel, scalar, value),
        LeafType::List(list) => Some(follows(value, &list_schema(kernel, list))),
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
        Scalar::Int16 | Scalar::Int32 | Scalar::Int64 | Scalar::Duration | Scalar::Uuid => None,
        Scalar::Decimal { .. } | Scalar::Float64 => None,
        Scalar::Text | Scalar::Json | Scalar::Hashed | Scalar::Encrypted { .. } => None,
        Scalar::Bool => Some(within(value, Sql::number(0), Sql::number(2))),
        Scalar::String { max } => Some(characters(value).infix(Infix::Le, Sql::number(max))),
        Scalar::Bytes { max } => Some(bytes(value).infix(Infix::Le, Sql::number(max))),
        // The zero date is below.
        Scalar::Date => Some(value.clone().infix(Infix::Ge, constant("date", "0001-01-01"))),
        Scalar::Timestamp => Some(
            value
                .clone()
                .infix(Infix::Ge, constant("timestamp", "0001-01-01 00:00:00")),
        ),
        Scalar::Time => Some(within(
            value,
            constant("time", "00:00:00"),
            constant("time", "24:00:00"),
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
        Scalar::Point | Scalar::Vector { .. } => Some(follows(value, &scalar_schema(kernel, scalar))),
    }
}

/// That a text has the form in which hashes are kept: `$scheme$…$…`.
pub(super) fn hash(text: &Sql) -> Sql {
    Sql::call(
        "regexp_like",
        [text.clone(), Sql::text("^[$][^$]+[$].*[$]"), Sql::text("cn")],
    )
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
    Sql::call("json_length", [list.clone()])
}

/// That a document follows a JSON schema.
fn follows(value: &Sql, schema: &Json) -> Sql {
    Sql::call(
        "json_schema_valid",
        [Sql::text(schema.to_string()), value.clone()],
    )
}

/// That the texts of a collection have sizes within bounds.
pub(super) fn texts_within(list: &Sql, min: u32, max: Option<u32>) -> Sql {
    let mut item = json!({ "minLength": min });
    if let Some(max) = max {
        item["maxLength"] = json!(max);
    }
    follows(list, &json!({ "items": item }))
}

fn list_schema(kernel: &Kernel, list: &ListType) -> Json {
    let item = match &list.item {
        // How long its texts may be is a rule of its own.
        Item::Scalar(Scalar::String { .. }) => json!({ "type": "string" }),
        Item::Scalar(scalar) => scalar_schema(kernel, scalar),
        Item::Group(members) => group_schema(kernel, members),
    };
    let item = match list.kind {
        ListKind::List | ListKind::Set => item,
        ListKind::Map { key } => json!({
            "type": "object",
            "required": ["key", "value"],
            "properties": { "key": { "type": "string", "maxLength": key }, "value": item },
        }),
    };
    json!({ "type": "array", "items": item })
}

fn group_schema(kernel: &Kernel, members: &[Member]) -> Json {
    let required: Vec<&str> = members
        .iter()
        .filter(|it| !it.nullable)
        .map(|it| &*it.name)
        .collect();
    let mut properties = serde_json::Map::new();
    for member in members {
        let schema = match &member.ty {
            Type::Scalar(scalar) => scalar_schema(kernel, scalar),
            Type::Group(inner) => group_schema(kernel, inner),
            Type::List(list) => list_schema(kernel, list),
            // Ranges and references don't stand in collections.
            Type::Ref(_) | Type::Range(_) => json!({}),
        };
        let schema = if member.nullable {
            json!({ "anyOf": [{ "type": "null" }, schema] })
        } else {
            schema
        };
        properties.insert(member.name.to_string(), schema);
    }
    // A list of none is no list of names to this version of JSON schema.
    if required.is_empty() {
        json!({ "type": "object", "properties": properties })
    } else {
        json!({ "type": "object", "required": required, "properties": properties })
    }
}

/// What must hold of an item; what a schema can't say is left to the programs.
fn scalar_schema(kernel: &Kernel, scalar: &Scalar) -> Json {
    let text = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    let whole = |min: i64, max: i64| json!({ "type": "integer", "minimum": min, "maximum": max });
    match scalar {
        Scalar::Bool => json!({ "type": "boolean" }),
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
        Scalar::String { max } => json!({ "type": "string", "maxLength": max }),
        Scalar::Text | Scalar::Hashed | Scalar::Encrypted { .. } => json!({ "type": "string" }),
        Scalar::Bytes { .. } => text("^[A-Za-z0-9+/]*=*$"),
        Scalar::Uuid => text("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"),
        Scalar::Date => text("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
        Scalar::Time => text("^[0-9]{2}:[0-9]{2}:[0-9]{2}"),
        Scalar::Timestamp => text("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$"),
        Scalar::Enum(id) => json!({ "enum": kernel.enums[*id].labels }),
        Scalar::Json => json!({}),
        Scalar::Point => {
            let degrees =
                |most: u32| json!({ "type": "number", "minimum": -i64::from(most), "maximum": most });
            json!({ "type": "array", "minItems": 2, "maxItems": 2, "items": [degrees(180), degrees(90)] })
        }
        Scalar::Vector { dimensions } => json!({
            "type": "array",
            "minItems": dimensions,
            "maxItems": dimensions,
            "items": { "type": "number" },
        }),
    }
}

/// Whether programs give a leaf as a JSON document, rather than as a text.
pub(super) fn is_document(ty: &LeafType) -> bool {
    match ty {
        LeafType::List(_) | LeafType::Scalar(Scalar::Point | Scalar::Vector { .. }) => true,
        LeafType::Scalar(_) => false,
    }
}

/// A stored value as programs send it back: text or JSON.
pub(super) fn sent(kernel: &Kernel, ty: &LeafType, value: Sql) -> Sql {
    let LeafType::Scalar(scalar) = ty else {
        return value;
    };
    let shown =
        |function: &'static str, form: &'static str| Sql::call(function, [value.clone(), Sql::text(form)]);
    match scalar {
        Scalar::Bool => Sql::Case(
            vec![
                (value.clone().is_null(), Sql::Null),
                (value, Sql::text("true").cast("json")),
            ],
            Box::new(Sql::text("false").cast("json")),
        ),
        Scalar::Int16 | Scalar::Int32 | Scalar::Int64 | Scalar::Duration => value,
        Scalar::Decimal { .. } | Scalar::Json => value.cast("char"),
        // As JSON writes it: a cast to text alone cuts a float after 22 characters.
        Scalar::Float64 => value.cast("json").cast("char"),
        Scalar::Uuid => Sql::call("bin_to_uuid", [value]),
        Scalar::String { .. } | Scalar::Text | Scalar::Hashed | Scalar::Encrypted { .. } => value,
        Scalar::Bytes { .. } => Sql::call(
            "replace",
            [Sql::call("to_base64", [value]), Sql::text("\n"), Sql::text("")],
        ),
        Scalar::Date => shown("date_format", "%Y-%m-%d"),
        Scalar::Time => shown("time_format", "%H:%i:%s.%f"),
        Scalar::Timestamp => shown("date_format", "%Y-%m-%dT%H:%i:%s.%fZ"),
        Scalar::Enum(id) if kernel.enums[*id].ordered => {
            let place = value.infix(Infix::Add, Sql::number(1));
            Sql::call("elt", labels(kernel, *id, place))
        }
        Scalar::Enum(_) => value,
        // Floats as text: a JSON number would be rounded by who reads it.
        Scalar::Point | Scalar::Vector { .. } => Sql::Scalar(Box::new(Select {
            columns: vec![(Sql::call("json_arrayagg", [Sql::of("e", "item")]), None)],
            from: vec![Source::JsonTable {
                of: value,
                alias: "e".into(),
                columns: vec![("item".into(), "longtext".into(), Some("$".into()))],
            }],
            ..Select::default()
        })),
    }
}

/// A stored value from the text in which a program gives it.
pub(super) fn stored(kernel: &Kernel, ty: &LeafType, text: Sql) -> Sql {
    let LeafType::Scalar(scalar) = ty else {
        return text.cast("json");
    };
    match scalar {
        Scalar::Bool => by_code_point(text).infix(Infix::Eq, Sql::text("true")),
        Scalar::Int16 | Scalar::Int32 | Scalar::Int64 | Scalar::Duration => text.cast("signed"),
        Scalar::Decimal { precision, scale } => {
            text.cast(format!("decimal({precision}, {})", (*scale).min(FRACTION)))
        }
        Scalar::Float64 => text.cast("double"),
        Scalar::Bytes { .. } => Sql::call("from_base64", [text]),
        Scalar::Uuid => Sql::call("uuid_to_bin", [text]),
        Scalar::Date => text.cast("date"),
        Scalar::Time => text.cast("time(6)"),
        // Without the zone, which is always that of UTC.
        Scalar::Timestamp => Sql::call("left", [text, Sql::number(26)]).cast("datetime(6)"),
        Scalar::Enum(id) if kernel.enums[*id].ordered => {
            let place = Sql::call("field", labels(kernel, *id, by_code_point(text)));
            // The place of null, as of what isn't there, is 0.
            Sql::call("nullif", [place, Sql::number(0)]).infix(Infix::Sub, Sql::number(1))
        }
        Scalar::String { .. }
        | Scalar::Text
        | Scalar::Hashed
        | Scalar::Encrypted { .. }
        | Scalar::Enum(_) => by_code_point(text),
        Scalar::Json | Scalar::Point | Scalar::Vector { .. } => text.cast("json"),
    }
}

fn labels(kernel: &Kernel, id: dbspec_core::kernel::EnumId, first: Sql) -> Vec<Sql> {
    let labels = kernel.enums[id].labels.iter().map(|it| Sql::text(&**it));
    [first].into_iter().chain(labels).collect()
}

/// A fresh UUID of version 4: `uuid()` itself tells time and machine.
pub(super) fn uuid4() -> Sql {
    uuid("4", Sql::call("hex", [random(6)]))
}

/// A fresh UUID of version 7: the milliseconds, then chance.
pub(super) fn uuid7() -> Sql {
    let now = Sql::call("utc_timestamp", [Sql::number(6)]);
    let epoch = Sql::Constant("timestamp".into(), "1970-01-01 00:00:00".into());
    let micros = Sql::call("timestampdiff", [Sql::Number("microsecond".into()), epoch, now]);
    let millis = Sql::call("floor", [micros.infix(Infix::Div, Sql::number(1_000))]);
    let digits = Sql::call("hex", [millis]);
    uuid("7", Sql::call("lpad", [digits, Sql::number(12), Sql::text("0")]))
}

fn random(bytes: u8) -> Sql {
    Sql::call("random_bytes", [Sql::number(bytes)])
}

/// Twelve digits, the version's, then digits of chance with two bits between them that say which kind of UUID it is.
fn uuid(version: &'static str, first: Sql) -> Sql {
    let all_but_one = |bytes| Sql::call("substr", [Sql::call("hex", [random(bytes)]), Sql::number(2)]);
    let kind = Sql::call("mod", [Sql::call("ord", [random(1)]), Sql::number(4)]);
    let kind = Sql::call("hex", [Sql::number(8).infix(Infix::Add, kind)]);
    let digits = [first, Sql::text(version), all_but_one(2), kind, all_but_one(8)];
    Sql::call("unhex", [Sql::call("concat", digits)])
}
