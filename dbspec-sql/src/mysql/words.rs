//! MySQL's words for expressions and programs.

use dbspec_core::kernel::{Aggregate, Func, Kernel, LeafType, Op, Scalar};
use dbspec_core::pred::Regex;
use dbspec_core::value::{self, Value};

use super::keywords::Quoting;
use super::{time, types};
use crate::relational::express::{Said, Unsaid};
use crate::relational::words::{Quotient, Words};
use crate::relational::{Dialect, Infix, Select, Sorting, Source, Sql, regex};

/// More rows than there are: an ordered select keeps its order inside another only where it has a limit.
const ALL: u64 = u64::MAX;

impl Words for Quoting {
    fn dialect(&self) -> &dyn Dialect {
        self
    }

    fn bind(&self, bind: Sql) -> Sql {
        bind.cast("char")
    }

    fn literal(&self, value: &Value, meets: Option<&Scalar>) -> Sql {
        literal(value, meets)
    }

    fn typed(&self, _: &Kernel, constant: Sql, _: &Scalar) -> Sql {
        constant
    }

    fn sent(&self, kernel: &Kernel, ty: &LeafType, value: Sql) -> Sql {
        types::sent(kernel, ty, value)
    }

    fn stored(&self, kernel: &Kernel, ty: &LeafType, text: Sql) -> Sql {
        types::stored(kernel, ty, text)
    }

    fn now(&self, of: &Scalar) -> Sql {
        match of {
            Scalar::Date => Sql::call("utc_date", []),
            _ => Sql::call("utc_timestamp", [Sql::number(6)]),
        }
    }

    /// `lower` folds the letters of all alphabets.
    fn fold(&self, text: Sql) -> Sql {
        letters(text, |upper, lower| (upper, lower))
    }

    fn differs(&self, a: Sql, b: Sql) -> Sql {
        Sql::Not(Box::new(a.infix(Infix::Same, b)))
    }

    fn starts_with(&self, text: Sql, with: Sql, max: Option<u32>) -> Sql {
        let Some(max) = max else {
            let length = Sql::call("char_length", [with.clone()]);
            return Sql::call("left", [text, length]).infix(Infix::Eq, with);
        };
        // A range, which an index in code point order can serve: no string of the column is above the beginning followed by
        // the largest code point as often as it is long.
        let largest = Sql::Number("0xF48FBFBF".into()).cast("char character set utf8mb4");
        let last = Sql::call("repeat", [largest, Sql::number(max)]);
        let upto = types::by_code_point(Sql::call("concat", [with.clone(), last]));
        Sql::and([text.clone().infix(Infix::Ge, with), text.infix(Infix::Le, upto)])
    }

    fn ends_with(&self, text: Sql, with: Sql) -> Sql {
        let length = Sql::call("char_length", [with.clone()]);
        Sql::call("right", [text, length]).infix(Infix::Eq, with)
    }

    fn contains(&self, text: Sql, part: Sql) -> Sql {
        Sql::call("instr", [text, part]).infix(Infix::Gt, Sql::number(0))
    }

    fn matches(&self, text: Sql, pattern: &Regex) -> Sql {
        // A point is any character, and the end is the very end.
        let pattern = regex::print(pattern, ("\\A", "\\z"));
        Sql::call("regexp_like", [text, Sql::Text(pattern), Sql::text("cn")])
    }

    fn characters(&self, text: Sql) -> Sql {
        types::characters(&text)
    }

    fn has(&self, list: Sql, item: Sql, _: &Scalar) -> Sql {
        Sql::call("json_contains", [list, Sql::call("json_array", [item])])
    }

    fn items(&self, list: Sql, alias: &str) -> Source {
        elements(list, alias, "json")
    }

    fn item_text(&self, item: Sql, member: Option<&str>) -> Sql {
        match member {
            None => Sql::call("json_unquote", [item]),
            Some(name) => {
                let path = format!("$.{}", serde_json::Value::from(name));
                let member = Sql::call("json_extract", [item, Sql::text(path)]);
                let kind = Sql::call("json_type", [member.clone()]);
                // JSON's null is no null.
                Sql::Case(
                    vec![(
                        kind.infix(Infix::Ne, Sql::text("NULL")),
                        Sql::call("json_unquote", [member]),
                    )],
                    Box::new(Sql::Null),
                )
            }
        }
    }

    fn among(&self, kernel: &Kernel, value: Sql, scalar: &Scalar, list: Sql) -> Sql {
        let ty = LeafType::Scalar(scalar.clone());
        Sql::InSelect(
            Box::new(value),
            Box::new(Select {
                columns: vec![(types::stored(kernel, &ty, Sql::of("e", "item")), None)],
                from: vec![elements(list, "e", "longtext")],
                ..Select::default()
            }),
        )
    }

    fn exact(&self, integer: Sql) -> Sql {
        integer.cast("decimal(20, 0)")
    }

    fn float(&self, number: Sql) -> Sql {
        number.cast("double")
    }

    /// `div` gives 64 bits, and `/` rounds half up: what is left by `mod` is taken off before, so that it is exact.
    fn quotient(&self, of: Quotient) -> Said {
        let digits = of.whole + u16::from(of.scale) + u16::from(of.fraction);
        if digits > u16::from(types::DIGITS) || of.scale > types::FRACTION {
            return Err(Unsaid);
        }
        let whole_number = format!("decimal({}, 0)", types::DIGITS);
        let b = Sql::call("nullif", [of.divisor, Sql::number(0)]);
        let n = if of.scale == 0 {
            of.dividend.clone()
        } else {
            let shift = format!("1{}", "0".repeat(usize::from(of.scale)));
            of.dividend.clone().infix(Infix::Mul, Sql::Number(shift))
        };
        let rest = Sql::call("mod", [n.clone(), b.clone()]);
        let whole = n
            .infix(Infix::Sub, rest.clone())
            .infix(Infix::Div, b.clone())
            .cast(whole_number);
        let twice = Sql::number(2).infix(Infix::Mul, Sql::call("abs", [rest]));
        let size = Sql::call("abs", [b.clone()]);
        let up = Sql::or([
            twice.clone().infix(Infix::Gt, size.clone()),
            Sql::and([
                twice.infix(Infix::Eq, size),
                Sql::call("mod", [whole.clone(), Sql::number(2)]).infix(Infix::Ne, Sql::number(0)),
            ]),
        ]);
        let sign = Sql::call("sign", [of.dividend]).infix(Infix::Mul, Sql::call("sign", [b]));
        let rounded = whole.infix(Infix::Add, Sql::Case(vec![(up, sign)], Box::new(Sql::number(0))));
        Ok(match of.scale {
            0 => rounded,
            scale => {
                let back = format!("0.{}1", "0".repeat(usize::from(scale - 1)));
                rounded.infix(Infix::Mul, Sql::Number(back))
            }
        })
    }

    fn temporal(&self, op: Op, left: (Sql, &Scalar), right: (Sql, &Scalar)) -> Said {
        time::temporal(op, left, right)
    }

    fn function(&self, func: Func, arg: Sql, scalar: Option<&Scalar>) -> Said {
        Ok(match func {
            Func::Date => Sql::call("date", [arg]),
            Func::Year => Sql::call("year", [arg]),
            Func::Month => Sql::call("month", [arg]),
            Func::Day => Sql::call("dayofmonth", [arg]),
            Func::Hour => Sql::call("hour", [arg]),
            Func::Length => match scalar {
                Some(Scalar::Bytes { .. }) => types::bytes(&arg),
                _ => types::characters(&arg),
            },
            Func::Size => types::items(&arg),
            Func::Lower => self.fold(arg),
            Func::Upper => letters(arg, |upper, lower| (lower, upper)),
            Func::Abs => return Err(Unsaid),
        })
    }

    fn aggregate(&self, how: Aggregate, item: Option<Sql>, _: Option<&Scalar>, filter: Option<&Sql>) -> Sql {
        let name = match how {
            Aggregate::Count => "count",
            Aggregate::Sum => "sum",
            Aggregate::Avg => "avg",
            Aggregate::Min => "min",
            Aggregate::Max => "max",
        };
        // Aggregates pass over nulls.
        let item = match (item, filter) {
            (None, None) => Sql::Number("*".into()),
            (Some(item), None) => item,
            (item, Some(filter)) => {
                let item = item.unwrap_or_else(|| Sql::number(1));
                Sql::Case(vec![(filter.clone(), item)], Box::new(Sql::Null))
            }
        };
        Sql::call(name, [item])
    }

    /// Nulls stand first ascending, last descending.
    fn sorted(&self, by: Sql, descending: bool, nullable: bool) -> Vec<Sorting> {
        let null = nullable.then(|| Sorting {
            by: by.clone().is_null(),
            descending,
        });
        null.into_iter().chain([Sorting { by, descending }]).collect()
    }

    fn ranges_of_rows(&self) -> bool {
        false
    }

    fn object(&self, members: Vec<(&str, Sql)>) -> Sql {
        let args: Vec<Sql> = members
            .into_iter()
            .flat_map(|(name, sql)| [Sql::text(name), sql])
            .collect();
        Sql::call("json_object", args)
    }

    fn array(&self, items: &[Sql]) -> Sql {
        Sql::call("json_array", items)
    }

    fn gathered(&self, select: Select, alias: &str) -> Sql {
        let items = Sql::call("json_arrayagg", [Sql::of(alias, "item")]);
        let limit = match select.limit {
            None if !select.order.is_empty() => Some(ALL),
            limit => limit,
        };
        Sql::Scalar(Box::new(Select {
            columns: vec![(Sql::call("coalesce", [items, Sql::call("json_array", [])]), None)],
            // Items are aggregated as the ordered select yields them.
            from: vec![Source::Sub(
                Box::new(Select { limit, ..select }),
                alias.to_owned(),
            )],
            ..Select::default()
        }))
    }

    fn no_document(&self) -> Sql {
        Sql::Null
    }

    fn past(&self, from: Sql, _: &Scalar, months: u32, micros: i64) -> Sql {
        let later = |at: Sql, count: String, unit: &'static str| {
            at.infix(
                Infix::Add,
                Sql::Interval(Box::new(Sql::Number(count)), unit.into()),
            )
        };
        let until = later(
            later(from, months.to_string(), "month"),
            micros.to_string(),
            "microsecond",
        );
        until.infix(Infix::Lt, self.now(&Scalar::Timestamp))
    }
}

/// The text with ASCII letters replaced.
fn letters(text: Sql, pair: impl Fn(char, char) -> (char, char)) -> Sql {
    ('A'..='Z').fold(text, |text, upper| {
        let (from, to) = pair(upper, upper.to_ascii_lowercase());
        Sql::call("replace", [text, Sql::text(from), Sql::text(to)])
    })
}

fn elements(list: Sql, alias: &str, ty: &'static str) -> Source {
    Source::JsonTable {
        of: list,
        alias: alias.to_owned(),
        columns: vec![("item".into(), ty.into(), Some("$".into()))],
    }
}

/// A constant, as the scalar that it meets is stored.
fn literal(value: &Value, meets: Option<&Scalar>) -> Sql {
    let float = meets == Some(&Scalar::Float64);
    match value {
        Value::Null | Value::List(_) | Value::Map(_) => Sql::Null,
        Value::Bool(it) => Sql::Bool(*it),
        Value::Int(it) if float => Sql::Number(format!("{it}e0")),
        Value::Decimal(it) if float => Sql::Number(format!("{it}e0")),
        Value::Int(it) => Sql::number(it),
        Value::Decimal(it) => Sql::number(it),
        Value::Float(it) => Sql::Number(format!("{:e}", it.get())),
        Value::Text(it) => Sql::text(&**it),
        Value::Bytes(it) => {
            let hex: String = it
                .iter()
                .flat_map(|byte| [byte >> 4, byte & 15])
                .map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]))
                .collect();
            Sql::call("unhex", [Sql::text(hex)])
        }
        Value::Uuid(it) => Sql::call("uuid_to_bin", [Sql::text(value::print_uuid(it))]),
        Value::Date(it) => Sql::Constant("date".into(), value::print_date(*it).into()),
        Value::Time(it) => Sql::Constant("time".into(), value::print_time(*it).into()),
        Value::Timestamp(it) => {
            let text = value::print_timestamp(*it).replace('T', " ").replace('Z', "");
            Sql::Constant("timestamp".into(), text.into())
        }
        Value::Duration(it) => Sql::number(it),
        Value::Enum(label) => match label.rank {
            Some(rank) => Sql::number(rank),
            None => Sql::text(&*label.text),
        },
        Value::Json(it) => Sql::text(&**it).cast("json"),
    }
}
