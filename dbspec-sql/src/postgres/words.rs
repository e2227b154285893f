//! PostgreSQL's words for expressions and programs.

use dbspec_core::kernel::{Aggregate, Func, Kernel, LeafType, Op, Scalar};
use dbspec_core::pred::Regex;
use dbspec_core::value::{self, Value};

use super::keywords::Quoting;
use super::{time, types};
use crate::relational::express::{Said, Unsaid};
use crate::relational::words::{Quotient, Words};
use crate::relational::{Dialect, Infix, Select, Sorting, Source, Sql, regex};

/// A function takes at most 100 arguments: so many members does one call build.
const MEMBERS: usize = 50;

impl Words for Quoting {
    fn dialect(&self) -> &dyn Dialect {
        self
    }

    fn bind(&self, bind: Sql) -> Sql {
        bind.cast("text")
    }

    fn literal(&self, value: &Value, meets: Option<&Scalar>) -> Sql {
        literal(value, meets)
    }

    fn typed(&self, kernel: &Kernel, constant: Sql, scalar: &Scalar) -> Sql {
        constant.cast(types::cast(kernel, scalar))
    }

    fn sent(&self, kernel: &Kernel, ty: &LeafType, value: Sql) -> Sql {
        types::to_wire(kernel, ty, value)
    }

    fn stored(&self, kernel: &Kernel, ty: &LeafType, text: Sql) -> Sql {
        types::from_wire(kernel, ty, text)
    }

    fn now(&self, of: &Scalar) -> Sql {
        let now = Sql::call("now", []);
        match of {
            Scalar::Date => utc(now).cast("date"),
            _ => now,
        }
    }

    fn fold(&self, text: Sql) -> Sql {
        Sql::call("lower", [text])
    }

    fn differs(&self, a: Sql, b: Sql) -> Sql {
        a.infix(Infix::Distinct, b)
    }

    fn starts_with(&self, text: Sql, with: Sql, max: Option<u32>) -> Sql {
        match max {
            // A range, which an index in code point order can serve: no string of the column is above the beginning
            // followed by the largest code point as often as it is long.
            Some(max) => {
                let last = Sql::call(
                    "repeat",
                    [Sql::call("chr", [Sql::number(0x10_ffff)]), Sql::number(max)],
                );
                Sql::and([
                    text.clone().infix(Infix::Ge, with.clone()),
                    text.infix(Infix::Le, types::by_code_point(with.infix(Infix::Concat, last))),
                ])
            }
            None => Sql::call("starts_with", [text, with]),
        }
    }

    fn ends_with(&self, text: Sql, with: Sql) -> Sql {
        // `right` of 0 characters is the empty text.
        let length = Sql::call("char_length", [with.clone()]);
        Sql::call("right", [text, length]).infix(Infix::Eq, with)
    }

    fn contains(&self, text: Sql, part: Sql) -> Sql {
        Sql::call("strpos", [text, part]).infix(Infix::Gt, Sql::number(0))
    }

    fn matches(&self, text: Sql, pattern: &Regex) -> Sql {
        let pattern = regex::print(pattern, ("^", "$"));
        text.infix(Infix::Matches, Sql::Text(pattern))
    }

    fn characters(&self, text: Sql) -> Sql {
        types::characters(&text)
    }

    fn has(&self, list: Sql, item: Sql, scalar: &Scalar) -> Sql {
        let item = match scalar {
            Scalar::Json => item.cast("jsonb"),
            _ => Sql::call("to_jsonb", [item]),
        };
        list.infix(Infix::Contains, item)
    }

    fn items(&self, list: Sql, alias: &str) -> Source {
        elements("jsonb_array_elements", list, alias)
    }

    fn item_text(&self, item: Sql, member: Option<&str>) -> Sql {
        match member {
            None => item.infix(Infix::PathText, Sql::text("{}")),
            Some(name) => item.infix(Infix::MemberText, Sql::text(name)),
        }
    }

    fn among(&self, kernel: &Kernel, value: Sql, scalar: &Scalar, list: Sql) -> Sql {
        let ty = LeafType::Scalar(scalar.clone());
        let item = types::from_wire(kernel, &ty, Sql::of("e", "item"));
        let items = Sql::ArrayOf(Box::new(Select {
            columns: vec![(item, None)],
            from: vec![elements("jsonb_array_elements_text", list.cast("jsonb"), "e")],
            ..Select::default()
        }));
        Sql::EqualsAny(Box::new(value), Box::new(items))
    }

    fn exact(&self, integer: Sql) -> Sql {
        integer.cast("numeric")
    }

    fn float(&self, number: Sql) -> Sql {
        number.cast("double precision")
    }

    fn quotient(&self, of: Quotient) -> Said {
        Ok(quotient(of.dividend, of.divisor, of.scale))
    }

    fn temporal(&self, op: Op, left: (Sql, &Scalar), right: (Sql, &Scalar)) -> Said {
        time::temporal(op, left, right)
    }

    fn function(&self, func: Func, arg: Sql, scalar: Option<&Scalar>) -> Said {
        let local = |sql: Sql| match scalar {
            Some(Scalar::Timestamp) => utc(sql),
            _ => sql,
        };
        let part = |name: &'static str, sql: Sql| {
            Sql::call("date_part", [Sql::text(name), local(sql)]).cast("bigint")
        };
        Ok(match func {
            Func::Date => local(arg).cast("date"),
            Func::Year => part("year", arg),
            Func::Month => part("month", arg),
            Func::Day => part("day", arg),
            Func::Hour => part("hour", arg),
            Func::Length => match scalar {
                Some(Scalar::Bytes { .. }) => types::bytes(&arg),
                _ => types::characters(&arg),
            },
            Func::Size => types::items(&arg),
            Func::Lower => Sql::call("lower", [arg]),
            Func::Upper => Sql::call("upper", [arg]),
            Func::Abs => return Err(Unsaid),
        })
    }

    fn aggregate(
        &self,
        how: Aggregate,
        item: Option<Sql>,
        scalar: Option<&Scalar>,
        filter: Option<&Sql>,
    ) -> Sql {
        let kept = |call: Sql, order: Vec<Sorting>| {
            if filter.is_none() && order.is_empty() {
                call
            } else {
                Sql::Aggregate {
                    call: Box::new(call),
                    filter: filter.cloned().map(Box::new),
                    order,
                }
            }
        };
        let Some(item) = item else {
            return kept(Sql::call("count", [Sql::Number("*".into())]), Vec::new());
        };
        let best = |descending: bool| {
            let name = if descending { "max" } else { "min" };
            match scalar {
                // These types have no such aggregate in all versions.
                Some(Scalar::Uuid | Scalar::Bool | Scalar::Bytes { .. }) => Sql::Item(
                    Box::new(kept(
                        Sql::call("array_agg", [item.clone()]),
                        // Nulls stand first when descending: they are told apart before.
                        vec![
                            Sorting {
                                by: item.clone().is_null(),
                                descending: false,
                            },
                            Sorting {
                                by: item.clone(),
                                descending,
                            },
                        ],
                    )),
                    Box::new(Sql::number(1)),
                ),
                _ => kept(Sql::call(name, [item.clone()]), Vec::new()),
            }
        };
        match how {
            Aggregate::Count => kept(Sql::call("count", [item]), Vec::new()),
            Aggregate::Sum => kept(Sql::call("sum", [item]), Vec::new()),
            Aggregate::Avg => kept(Sql::call("avg", [item]), Vec::new()),
            Aggregate::Min => best(false),
            Aggregate::Max => best(true),
        }
    }

    fn sorted(&self, by: Sql, descending: bool, _: bool) -> Vec<Sorting> {
        vec![Sorting { by, descending }]
    }

    fn ranges_of_rows(&self) -> bool {
        true
    }

    fn object(&self, members: Vec<(&str, Sql)>) -> Sql {
        let mut parts = members.chunks(MEMBERS).map(|chunk| {
            let args: Vec<Sql> = chunk
                .iter()
                .flat_map(|(name, sql)| [Sql::text(*name), sql.clone()])
                .collect();
            Sql::call("jsonb_build_object", args)
        });
        let first = parts
            .next()
            .unwrap_or_else(|| Sql::call("jsonb_build_object", []));
        parts.fold(first, |all, part| all.infix(Infix::Concat, part))
    }

    fn array(&self, items: &[Sql]) -> Sql {
        let mut parts = items
            .chunks(2 * MEMBERS)
            .map(|chunk| Sql::call("jsonb_build_array", chunk.to_vec()));
        let first = parts.next().unwrap_or_else(|| Sql::call("jsonb_build_array", []));
        parts.fold(first, |all, part| all.infix(Infix::Concat, part))
    }

    fn gathered(&self, select: Select, alias: &str) -> Sql {
        let items = Sql::call("jsonb_agg", [Sql::of(alias, "item")]);
        Sql::Scalar(Box::new(Select {
            columns: vec![(
                Sql::call("coalesce", [items, Sql::text("[]").cast("jsonb")]),
                None,
            )],
            // Items are aggregated as the ordered select yields them.
            from: vec![Source::Sub(Box::new(select), alias.to_owned())],
            ..Select::default()
        }))
    }

    fn no_document(&self) -> Sql {
        Sql::Null.cast("jsonb")
    }

    fn past(&self, from: Sql, scalar: &Scalar, months: u32, micros: i64) -> Sql {
        let start = match scalar {
            Scalar::Timestamp => utc(from),
            _ => from.cast("timestamp"),
        };
        let days = micros / 86_400_000_000;
        let rest = micros % 86_400_000_000;
        let until = start.infix(
            Infix::Add,
            Sql::Constant(
                "interval".into(),
                format!("{months} months {} hours {rest} microseconds", days * 24).into(),
            ),
        );
        until.infix(Infix::Lt, utc(Sql::call("now", [])))
    }
}

fn utc(instant: Sql) -> Sql {
    instant.infix(Infix::AtTimeZone, Sql::text("UTC"))
}

fn elements(function: &'static str, list: Sql, alias: &str) -> Source {
    Source::Function {
        call: Sql::call(function, [list]),
        alias: alias.to_owned(),
        columns: vec![("item".into(), None)],
    }
}

/// A constant, as the scalar that it meets is stored.
fn literal(value: &Value, meets: Option<&Scalar>) -> Sql {
    let float = meets == Some(&Scalar::Float64);
    match value {
        Value::Null | Value::List(_) | Value::Map(_) => Sql::Null,
        Value::Bool(it) => Sql::Bool(*it),
        Value::Int(it) if float => Sql::text(it.to_string()).cast("double precision"),
        Value::Decimal(it) if float => Sql::text(it.to_string()).cast("double precision"),
        Value::Int(it) => Sql::number(it),
        Value::Decimal(it) => Sql::number(it),
        Value::Float(it) => Sql::text(it.get().to_string()).cast("double precision"),
        Value::Text(it) => Sql::text(&**it),
        Value::Bytes(it) => {
            let hex: String = it
                .iter()
                .flat_map(|byte| [byte >> 4, byte & 15])
                .map(hex)
                .collect();
            Sql::text(format!("\\x{hex}")).cast("bytea")
        }
        Value::Uuid(it) => Sql::text(value::print_uuid(it)).cast("uuid"),
        Value::Date(it) => Sql::text(value::print_date(*it)).cast("date"),
        Value::Time(it) => Sql::text(value::print_time(*it)).cast("time"),
        Value::Timestamp(it) => Sql::text(value::print_timestamp(*it)).cast("timestamptz"),
        Value::Duration(it) => Sql::number(it),
        Value::Enum(label) => match label.rank {
            Some(rank) => Sql::number(rank),
            None => Sql::text(&*label.text),
        },
        Value::Json(it) => Sql::text(&**it).cast("jsonb"),
    }
}

fn hex(digit: u8) -> char {
    char::from(b"0123456789abcdef"[usize::from(digit)])
}

/// The exact quotient at a scale, half-even; null for a division by zero. `/` of `numeric` rounds half away from zero.
fn quotient(a: Sql, b: Sql, scale: u8) -> Sql {
    let b = Sql::call("nullif", [b, Sql::number(0)]);
    let times = |it: &str| Sql::Number(it.to_owned());
    let shift = format!("1{}", "0".repeat(usize::from(scale)));
    let back = match scale {
        0 => "1".to_owned(),
        scale => format!("0.{}1", "0".repeat(usize::from(scale - 1))),
    };
    let n = a.clone().infix(Infix::Mul, times(&shift));
    let whole = Sql::call("div", [n.clone(), b.clone()]);
    let twice = Sql::number(2).infix(Infix::Mul, Sql::call("abs", [Sql::call("mod", [n, b.clone()])]));
    let size = Sql::call("abs", [b.clone()]);
    let up = Sql::or([
        twice.clone().infix(Infix::Gt, size.clone()),
        Sql::and([
            twice.infix(Infix::Eq, size),
            Sql::call("mod", [whole.clone(), Sql::number(2)]).infix(Infix::Ne, Sql::number(0)),
        ]),
    ]);
    let sign = Sql::call("sign", [a]).infix(Infix::Mul, Sql::call("sign", [b]));
    whole
        .infix(Infix::Add, Sql::Case(vec![(up, sign)], Box::new(Sql::number(0))))
        .infix(Infix::Mul, times(&back))
}
