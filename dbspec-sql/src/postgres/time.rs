//! Dates, times, timestamps and durations.

use dbspec_core::kernel::{Op, Scalar};

use crate::relational::express::{Said, Unsaid, bounded};
use crate::relational::{Infix, Sql};

/// Microseconds of a day.
const DAY: &str = "86400000000";

/// Arithmetic on them. A duration is its microseconds, and stands on the right.
pub(super) fn temporal(op: Op, (left, x): (Sql, &Scalar), (right, y): (Sql, &Scalar)) -> Said {
    let by = match op {
        Op::Add => right.clone(),
        Op::Sub => Sql::Negative(Box::new(right.clone())),
        Op::Mul | Op::Div => right.clone(),
    };
    // `interval * n` works in floats: whole days and the rest of a day are exact in them.
    let interval = |micros: Sql| {
        let days = micros.clone().infix(Infix::Div, Sql::Number(DAY.into()));
        let rest = micros.infix(Infix::Rem, Sql::Number(DAY.into()));
        days.infix(Infix::Mul, Sql::Constant("interval".into(), "24 hours".into()))
            .infix(
                Infix::Add,
                rest.infix(
                    Infix::Mul,
                    Sql::Constant("interval".into(), "1 microsecond".into()),
                ),
            )
    };
    // Beyond ten thousand years no date is left.
    let small = |micros: &Sql| {
        Sql::call("abs", [micros.clone()]).infix(Infix::Lt, Sql::Number("320000000000000000".into()))
    };
    let when = |test: Sql, then: Sql| Sql::Case(vec![(test, then)], Box::new(Sql::Null));
    Ok(match (op, x, y) {
        (Op::Add | Op::Sub, Scalar::Timestamp, Scalar::Duration) => {
            when(small(&right), left.infix(Infix::Add, interval(by)))
        }
        (Op::Add | Op::Sub, Scalar::Date, Scalar::Duration) => {
            let whole = right
                .clone()
                .infix(Infix::Rem, Sql::Number(DAY.into()))
                .infix(Infix::Eq, Sql::number(0));
            let days = by.infix(Infix::Div, Sql::Number(DAY.into())).cast("integer");
            when(Sql::and([small(&right), whole]), left.infix(Infix::Add, days))
        }
        (Op::Add | Op::Sub, Scalar::Time, Scalar::Duration) => {
            let micros = micros_of_time(&left);
            let at = micros.infix(Infix::Add, by.cast("numeric"));
            let inside = Sql::and([
                at.clone().infix(Infix::Ge, Sql::number(0)),
                at.clone().infix(Infix::Lt, Sql::Number(DAY.into())),
            ]);
            let time =
                Sql::Constant("time".into(), "00:00".into()).infix(Infix::Add, interval(at.cast("bigint")));
            when(inside, time)
        }
        (Op::Add | Op::Sub, Scalar::Duration, Scalar::Duration) => {
            let op = if op == Op::Add { Infix::Add } else { Infix::Sub };
            bounded(
                left.cast("numeric").infix(op, right.cast("numeric")),
                &Scalar::Int64,
            )
        }
        (Op::Sub, Scalar::Timestamp, Scalar::Timestamp) => {
            let part = |name: &'static str, times: &'static str| {
                Sql::call(
                    "date_part",
                    [Sql::text(name), left.clone().infix(Infix::Sub, right.clone())],
                )
                .cast("numeric")
                .infix(Infix::Mul, Sql::Number(times.into()))
            };
            part("day", DAY)
                .infix(Infix::Add, part("hour", "3600000000"))
                .infix(Infix::Add, part("minute", "60000000"))
                .infix(Infix::Add, part("microseconds", "1"))
        }
        (Op::Sub, Scalar::Time, Scalar::Time) => {
            micros_of_time(&left).infix(Infix::Sub, micros_of_time(&right))
        }
        (Op::Sub, Scalar::Date, Scalar::Date) => left
            .infix(Infix::Sub, right)
            .cast("numeric")
            .infix(Infix::Mul, Sql::Number(DAY.into())),
        (Op::Mul, _, _) => bounded(
            left.cast("numeric").infix(Infix::Mul, right.cast("numeric")),
            &Scalar::Int64,
        ),
        _ => return Err(Unsaid),
    })
}

/// The microseconds of a time of day. Those of `epoch` are exact in a float below a day.
fn micros_of_time(time: &Sql) -> Sql {
    let part = |name: &'static str, times: &'static str| {
        Sql::call("date_part", [Sql::text(name), time.clone()])
            .cast("numeric")
            .infix(Infix::Mul, Sql::Number(times.into()))
    };
    part("hour", "3600000000")
        .infix(Infix::Add, part("minute", "60000000"))
        .infix(Infix::Add, part("microseconds", "1"))
}
