//! Figures: the only way to read a volume, a rate or a statistic. Reading one that nobody gave makes an assumption.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::arena::Run;
use crate::backend::decision::{Assumption, Figure, Quantity};
use crate::kernel::{
    ElementId, EntityId, FieldId, Item, Kernel, LeafType, QueryId, Scalar, Statistics, Type, WriteId,
};

/// Rows of an entity that nobody counted.
const ROWS: u64 = 10_000;
/// Rows per referred row in thousandths, where nothing is said.
const FAN_OUT: u64 = 10_000;
/// A tenth of a request per second.
const RATE: u64 = 100;

/// Reads numbers of a kernel.
#[derive(Debug)]
pub struct Figures<'k> {
    kernel: &'k Kernel,
    assumed: RefCell<BTreeMap<Quantity, u64>>,
}

impl<'k> Figures<'k> {
    /// Nothing read yet.
    pub fn new(kernel: &'k Kernel) -> Self {
        Self {
            kernel,
            assumed: RefCell::new(BTreeMap::new()),
        }
    }

    fn figure(&self, what: Quantity, given: Option<u64>, otherwise: impl FnOnce() -> u64) -> Figure {
        let (value, assumed) = match given {
            Some(value) => (value, false),
            None => (otherwise(), true),
        };
        if assumed {
            self.assumed.borrow_mut().insert(what, value);
        }
        Figure { what, value, assumed }
    }

    /// Rows of an entity. An owned entity without a volume has its owner's times the fan-out.
    pub fn rows(&self, entity: EntityId) -> Figure {
        let it = &self.kernel.entities[entity];
        let given = it.volume.map(|volume| volume.rows).or_else(|| {
            let owner = self.kernel.entities[it.owner?].volume?;
            let fan = self.statistics(it.fields.first()?).average?;
            Some(owner.rows.saturating_mul(fan))
        });
        self.figure(Quantity::Rows(entity), given, || ROWS)
    }

    /// Average size of a field's values: characters of strings, bytes of bytes, items of collections.
    pub fn size(&self, field: FieldId) -> Figure {
        let given = self.statistics(field).average;
        self.figure(Quantity::Size(field), given, || {
            assumed_size(&self.kernel.fields[field].ty)
        })
    }

    /// Distinct values of a field.
    pub fn distinct(&self, field: FieldId) -> Figure {
        let it = &self.kernel.fields[field];
        let known = match &it.ty {
            Type::Scalar(Scalar::Bool) => Some(2),
            Type::Scalar(Scalar::Enum(id)) => Some(self.kernel.enums[*id].labels.len() as u64),
            Type::Scalar(_) | Type::Ref(_) | Type::Group(_) | Type::Range(_) | Type::List(_) => None,
        };
        let given = it.statistics.distinct.or(known).or_else(|| match &it.ty {
            Type::Ref(to) => self.kernel.entities[*to].volume.map(|volume| volume.rows),
            Type::Scalar(_) | Type::Group(_) | Type::Range(_) | Type::List(_) => None,
        });
        self.figure(Quantity::Distinct(field), given, || {
            (self.rows(it.entity).value / 10).max(1)
        })
    }

    /// Nulls of a field in parts per million; 0 where it can't be null.
    pub fn nulls(&self, field: FieldId) -> Figure {
        let it = &self.kernel.fields[field];
        let given = it.statistics.nulls_ppm.or((!it.nullable).then_some(0));
        self.figure(Quantity::Nulls(field), given, || 100_000)
    }

    /// Rows per referred row of a reference, on average, in thousandths.
    pub fn fan_out(&self, reference: FieldId) -> Figure {
        let it = &self.kernel.fields[reference];
        let given = it.statistics.average.map(|rows| rows * 1000).or_else(|| {
            let Type::Ref(to) = it.ty else { return None };
            let (many, one) = (
                self.kernel.entities[it.entity].volume?,
                self.kernel.entities[to].volume?,
            );
            Some(many.rows.saturating_mul(1000) / one.rows.max(1))
        });
        self.figure(Quantity::FanOut(reference), given, || FAN_OUT)
    }

    /// Rows per referred row, 99th percentile; four times the average where nothing is said.
    pub fn fan_out_p99(&self, reference: FieldId) -> Figure {
        let given = self.statistics(reference).p99;
        self.figure(Quantity::FanOutP99(reference), given, || {
            (self.fan_out(reference).value * 4).div_ceil(1000)
        })
    }

    /// How often a query is asked, in thousandths per second.
    pub fn query_rate(&self, query: QueryId) -> Figure {
        self.figure(
            Quantity::QueryRate(query),
            self.kernel.queries[query].rate.milli_per_second,
            || RATE,
        )
    }

    /// How often a write is called, in thousandths per second.
    pub fn write_rate(&self, write: WriteId) -> Figure {
        self.figure(
            Quantity::WriteRate(write),
            self.kernel.writes[write].rate.milli_per_second,
            || RATE,
        )
    }

    fn statistics(&self, field: FieldId) -> &Statistics {
        &self.kernel.fields[field].statistics
    }

    /// All numbers that were read and that nobody gave, in order of what they count.
    pub fn assumptions(&self) -> Vec<Assumption> {
        let kernel = self.kernel;
        let say = |what: &Quantity, value: u64| -> (ElementId, String) {
            match *what {
                Quantity::Rows(id) => (kernel.entities[id].element, format!("volume {value}")),
                Quantity::Size(id) => (kernel.fields[id].element, format!("@avg({value})")),
                Quantity::Distinct(id) => (kernel.fields[id].element, format!("@distinct({value})")),
                Quantity::Nulls(id) => (kernel.fields[id].element, format!("@nulls({}%)", value / 10_000)),
                Quantity::FanOut(id) => (kernel.fields[id].element, format!("avg {}", value / 1000)),
                Quantity::FanOutP99(id) => (kernel.fields[id].element, format!("p99 {value}")),
                Quantity::QueryRate(id) => (kernel.queries[id].element, rate(value)),
                Quantity::WriteRate(id) => (kernel.writes[id].element, rate(value)),
            }
        };
        let assumed = self.assumed.borrow();
        let mut list: Vec<_> = assumed
            .iter()
            .map(|(what, value)| {
                let (element, text) = say(what, *value);
                Assumption {
                    element,
                    what: *what,
                    value: *value,
                    say: text.into(),
                }
            })
            .collect();
        list.sort_by_key(|assumption| (assumption.element, assumption.what));
        list
    }
}

fn rate(milli: u64) -> String {
    if milli >= 1000 {
        format!("rate {}/s", milli / 1000)
    } else {
        format!("rate {}/min", milli * 60 / 1000)
    }
}

fn assumed_size(ty: &Type) -> u64 {
    let of = |scalar: &Scalar| match scalar {
        Scalar::String { max } | Scalar::Bytes { max } | Scalar::Encrypted { max, .. } => {
            u64::from(*max).div_ceil(2).min(40)
        }
        Scalar::Text => 200,
        Scalar::Json => 200,
        Scalar::Hashed => 100,
        Scalar::Vector { dimensions } => u64::from(*dimensions) * 4,
        Scalar::Bool => 1,
        Scalar::Int16 => 2,
        Scalar::Int32 | Scalar::Date => 4,
        Scalar::Int64 | Scalar::Float64 | Scalar::Time | Scalar::Timestamp | Scalar::Duration => 8,
        Scalar::Decimal { precision, .. } => u64::from(*precision).div_ceil(2) + 1,
        Scalar::Uuid | Scalar::Point => 16,
        Scalar::Enum(_) => 8,
    };
    match ty {
        Type::Scalar(scalar) => of(scalar),
        Type::Range(scalar) => 2 * of(scalar),
        Type::Ref(_) => 8,
        Type::Group(members) => members.iter().map(|member| assumed_size(&member.ty)).sum(),
        Type::List(list) => match &list.item {
            Item::Scalar(_) | Item::Group(_) => list.max.map_or(5, |max| u64::from(max).div_ceil(4)),
        },
    }
}

/// The bytes of a row with average values, names not counted: what sizes and costs are reckoned with.
pub fn row_bytes(kernel: &Kernel, figures: &Figures<'_>, leaves: Run<crate::kernel::LeafId>) -> u64 {
    leaves
        .iter()
        .map(|leaf| {
            let it = &kernel.leaves[leaf];
            match &it.ty {
                LeafType::Scalar(Scalar::String { .. } | Scalar::Text | Scalar::Bytes { .. })
                    if it.path.is_empty() =>
                {
                    figures.size(it.field).value
                }
                LeafType::Scalar(scalar) => assumed_size(&Type::Scalar(scalar.clone())),
                LeafType::List(list) => {
                    let each = match &list.item {
                        Item::Scalar(scalar) => assumed_size(&Type::Scalar(scalar.clone())),
                        Item::Group(members) => assumed_size(&Type::Group(members.clone())),
                    };
                    each * figures.size(it.field).value
                }
            }
        })
        .sum()
}
