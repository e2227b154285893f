//! Types.

use crate::model::{Name, Scalar, TypeExpr, TypeKind};

impl From<Scalar> for TypeExpr {
    fn from(scalar: Scalar) -> Self {
        Self::new(TypeKind::Scalar(scalar))
    }
}

macro_rules! scalars {
    ($($function:ident $variant:ident $text:literal),* $(,)?) => {$(
        #[doc = $text]
        pub fn $function() -> TypeExpr {
            Scalar::$variant.into()
        }
    )*};
}

scalars! {
    boolean Bool "`bool`.",
    int16 Int16 "`int16`.",
    int32 Int32 "`int32`.",
    int64 Int64 "`int64`.",
    float64 Float64 "`float64`.",
    text_type Text "`text`.",
    uuid Uuid "`uuid`.",
    date Date "`date`.",
    time Time "`time`.",
    timestamp Timestamp "`timestamp`.",
    duration Duration "`duration`.",
    json Json "`json`.",
    point Point "`point`.",
    hashed Hashed "`hashed`.",
}

/// `decimal(precision, scale)`.
pub fn decimal(precision: u32, scale: u32) -> TypeExpr {
    Scalar::Decimal { precision, scale }.into()
}

/// `string(max)`.
pub fn string(max: u32) -> TypeExpr {
    Scalar::String { max }.into()
}

/// `bytes(max)`.
pub fn bytes(max: u32) -> TypeExpr {
    Scalar::Bytes { max }.into()
}

/// `vector(dimensions)`.
pub fn vector(dimensions: u32) -> TypeExpr {
    Scalar::Vector { dimensions }.into()
}

/// An enum, a named type, a value type, or a row of an entity.
pub fn named(name: impl Into<Name>) -> TypeExpr {
    TypeExpr::new(TypeKind::Named(name.into()))
}

/// `-> entity`.
pub fn reference(entity: impl Into<Name>) -> TypeExpr {
    TypeExpr::new(TypeKind::Reference(entity.into()))
}

/// `list<inner>`.
pub fn list_of(inner: TypeExpr) -> TypeExpr {
    TypeExpr::new(TypeKind::List(Box::new(inner)))
}

/// `set<inner>`.
pub fn set_of(inner: TypeExpr) -> TypeExpr {
    TypeExpr::new(TypeKind::Set(Box::new(inner)))
}

/// `map<key, value>`.
pub fn map_of(key: TypeExpr, value: TypeExpr) -> TypeExpr {
    TypeExpr::new(TypeKind::Map {
        key: Box::new(key),
        value: Box::new(value),
    })
}

/// `range<inner>`.
pub fn range_of(inner: TypeExpr) -> TypeExpr {
    TypeExpr::new(TypeKind::Range(Box::new(inner)))
}

/// `json<inner>`.
pub fn json_of(inner: TypeExpr) -> TypeExpr {
    TypeExpr::new(TypeKind::JsonOf(Box::new(inner)))
}

/// `encrypted<inner>`.
pub fn encrypted(inner: TypeExpr) -> TypeExpr {
    TypeExpr::new(TypeKind::Encrypted(Box::new(inner)))
}
