//! Dates, times, timestamps and durations.

use dbspec_core::kernel::{Op, Scalar};

use crate::relational::express::{Said, Unsaid, bounded};
use crate::relational::{Infix, Sql};

/// Microseconds of a day.
const DAY: &str = "86400000000";

/// Arithmetic on them. A duration is its microseconds, and stands on the right.
pub(super) fn temporal(op: Op, (left, x): (Sql, &Scalar), (right, y): (Sql, &Scalar)) -> Said {
    let exact = |it: Sql| it.cast("decimal(20, 0)");
    let by = match op {
        Op::Add | Op::Mul | Op::Div => right.clone(),
        Op::Sub => Sql::Negative(Box::new(right.clone())),
    };
    // Beyond ten thousand years no date is left.
    let small = |micros: &Sql| {
        Sql::call("abs", [micros.clone()]).infix(Infix::Lt, Sql::Number("320000000000000000".into()))
    };
    let when = |test: Sql, then: Sql| Sql::Case(vec![(test, then)], Box::new(Sql::Null));
    let later = |count: Sql, unit: &'static str| {
        left.clone()
            .infix(Infix::Add, Sql::Interval(Box::new(count), unit.into()))
    };
    Ok(match (op, x, y) {
        (Op::Add | Op::Sub, Scalar::Timestamp, Scalar::Duration) => {
            when(small(&right), later(by, "microsecond"))
        }
        (Op::Add | Op::Sub, Scalar::Date, Scalar::Duration) => {
            let whole = right
                .clone()
                .infix(Infix::Rem, Sql::Number(DAY.into()))
                .infix(Infix::Eq, Sql::number(0));
            let days = by.infix(Infix::Div, Sql::Number(DAY.into())).cast("signed");
            when(Sql::and([small(&right), whole]), later(days, "day"))
        }
        (Op::Add | Op::Sub, Scalar::Time, Scalar::Duration) => {
            let at = micros_of_time(&left).infix(Infix::Add, exact(by));
            let inside = Sql::and([
                at.clone().infix(Infix::Ge, Sql::number(0)),
                at.clone().infix(Infix::Lt, Sql::Number(DAY.into())),
            ]);
            let seconds = at.infix(Infix::Mul, Sql::Number("0.000001".into()));
            when(inside, Sql::call("sec_to_time", [seconds]))
        }
        (Op::Add | Op::Sub, Scalar::Duration, Scalar::Duration) => {
            let op = if op == Op::Add { Infix::Add } else { Infix::Sub };
            bounded(exact(left).infix(op, exact(right)), &Scalar::Int64)
        }
        (Op::Sub, Scalar::Timestamp, Scalar::Timestamp) => Sql::Call(
            "timestampdiff".into(),
            vec![Sql::Number("microsecond".into()), right, left],
        ),
        (Op::Sub, Scalar::Time, Scalar::Time) => {
            micros_of_time(&left).infix(Infix::Sub, micros_of_time(&right))
        }
        (Op::Sub, Scalar::Date, Scalar::Date) => {
            Sql::call("datediff", [left, right]).infix(Infix::Mul, Sql::Number(DAY.into()))
        }
        (Op::Mul, _, _) => bounded(exact(left).infix(Infix::Mul, exact(right)), &Scalar::Int64),
        _ => return Err(Unsaid),
    })
}

/// The microseconds of a time of day.
fn micros_of_time(time: &Sql) -> Sql {
    Sql::call("time_to_sec", [time.clone()])
        .infix(Infix::Mul, Sql::Number("1000000".into()))
        .infix(Infix::Add, Sql::call("microsecond", [time.clone()]))
}
