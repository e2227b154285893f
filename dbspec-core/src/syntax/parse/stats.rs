//! Quantities: durations, rates, periods, percentages, growth; volumes, shares, workloads and flows.

use super::super::codes::{BAD_NUMBER, UNKNOWN_UNIT};
use super::super::cursor::{List, Parse, Parser};
use super::super::token::TokenKind as T;
use crate::model::{
    Flow, Growth, GrowthAmount, Load, Number, Percent, Period, Rate, Scale, Share, TimeUnit, Timespan,
    Volume, Workload, WorkloadAmount, WorkloadPart,
};

impl Parser<'_> {
    /// `10ms`, `5s`.
    pub(super) fn timespan(&mut self) -> Parse<Timespan> {
        let token = self.nth(0);
        let span = self.expect(T::Number, "a duration, such as `10ms`")?;
        let source = self.source(token);
        let digits = source
            .find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_')
            .unwrap_or(source.len());
        let unit = match &source[digits..] {
            "us" => TimeUnit::Microsecond,
            "ms" => TimeUnit::Millisecond,
            "s" => TimeUnit::Second,
            "m" => TimeUnit::Minute,
            "h" => TimeUnit::Hour,
            "d" => TimeUnit::Day,
            "w" => TimeUnit::Week,
            wrong => {
                let known = ["us", "ms", "s", "m", "h", "d", "w"];
                let wrong = if wrong.is_empty() { "nothing" } else { wrong };
                self.unknown_word(&UNKNOWN_UNIT, "unit of a duration", span, wrong, &known);
                return None;
            }
        };
        let amount = Number::parse(&source[..digits]).ok();
        if amount.is_none() {
            self.unknown_word(&BAD_NUMBER, "number", span, source, &["digits before a unit"]);
        }
        Some(Timespan {
            amount: amount?,
            unit,
            at: span,
        })
    }

    /// `120/s`.
    pub(super) fn rate(&mut self) -> Parse<Rate> {
        let start = self.span();
        let amount = self.number("a rate, such as `120/s`")?;
        self.expect(T::Slash, "`/` and a unit of time")?;
        let per = self.per()?;
        Some(Rate {
            amount,
            per,
            at: self.since(start),
        })
    }

    /// The unit after the stroke of a rate.
    fn per(&mut self) -> Parse<TimeUnit> {
        let span = self.span();
        let word = self.word();
        let unit = match word {
            "s" => Some(TimeUnit::Second),
            "min" => Some(TimeUnit::Minute),
            "h" => Some(TimeUnit::Hour),
            "day" => Some(TimeUnit::Day),
            "week" => Some(TimeUnit::Week),
            "month" => Some(TimeUnit::Month),
            "year" => Some(TimeUnit::Year),
            _ => None,
        };
        if unit.is_some() {
            self.bump();
        } else if word.is_empty() {
            self.unexpected("a unit of time");
        } else {
            let known = ["s", "min", "h", "day", "week", "month", "year"];
            self.unknown_word(&UNKNOWN_UNIT, "unit of a rate", span, word, &known);
        }
        unit
    }

    /// `7 years`.
    pub(super) fn period(&mut self) -> Parse<Period> {
        let start = self.span();
        let amount = self.small_count("a period, such as `7 years`")?;
        let span = self.span();
        let unit = match self.word() {
            "day" | "days" => TimeUnit::Day,
            "week" | "weeks" => TimeUnit::Week,
            "month" | "months" => TimeUnit::Month,
            "year" | "years" => TimeUnit::Year,
            "" => {
                self.unexpected("`days`, `weeks`, `months` or `years`");
                return None;
            }
            wrong => {
                self.unknown_word(
                    &UNKNOWN_UNIT,
                    "calendar unit",
                    span,
                    wrong,
                    &["days", "weeks", "months", "years"],
                );
                return None;
            }
        };
        self.bump();
        Some(Period {
            amount,
            unit,
            at: self.since(start),
        })
    }

    /// `30%`.
    pub(super) fn percent(&mut self) -> Parse<Percent> {
        let start = self.span();
        let number = self.number("a percentage, such as `30%`")?;
        self.expect(T::Percent, "`%`")?;
        Some(Percent {
            number,
            at: self.since(start),
        })
    }

    /// `5%/month`, `55_000_000/month`, after `growth`.
    fn growth(&mut self) -> Parse<Growth> {
        let start = self.span();
        let number = self.signed_number("a growth, such as `5%/month`")?;
        let amount = if self.eat(T::Percent) {
            GrowthAmount::Percent(number)
        } else {
            GrowthAmount::Rows(number)
        };
        self.expect(T::Slash, "`/` and a unit of time")?;
        let per = self.per()?;
        Some(Growth {
            amount,
            per,
            at: self.since(start),
        })
    }

    pub(super) fn volume(&mut self) -> Parse<Volume> {
        let start = self.span();
        self.bump();
        let rows = self.expr()?;
        let growth = if self.is_keyword("growth") {
            self.bump();
            Some(self.growth()?)
        } else {
            None
        };
        Some(Volume {
            rows,
            growth,
            at: self.since(start),
        })
    }

    pub(super) fn share(&mut self) -> Parse<Share> {
        let start = self.span();
        self.bump();
        let percent = self.percent()?;
        self.expect_word("where")?;
        let filter = self.expr()?;
        Some(Share {
            percent,
            filter,
            at: self.since(start),
        })
    }

    pub(super) fn scale(&mut self, docs: Option<String>) -> Parse<Scale> {
        let start = self.span();
        self.bump();
        let name = self.name("the scale's name")?;
        self.expect(T::Assign, "`=` and a number")?;
        let value = self.number("a number")?;
        Some(Scale {
            docs,
            name,
            value,
            at: self.since(start),
        })
    }

    /// One of `rate`, `peak` and `p99`, if it stands here.
    pub(super) fn load_clause(&mut self, load: &mut Load) -> Option<Parse<()>> {
        let start = self.span();
        match self.word() {
            "rate" => {
                self.bump();
                let rate = self.rate();
                Some(self.once("`rate`", start, &mut load.rate, rate))
            }
            "peak" => {
                self.bump();
                let rate = self.rate();
                Some(self.once("`peak`", start, &mut load.peak, rate))
            }
            "p99" => {
                self.bump();
                let span = self.timespan();
                Some(self.once("`p99`", start, &mut load.p99, span))
            }
            _ => None,
        }
    }

    /// Fills a place that can be filled once; the first counts.
    pub(super) fn once<V>(
        &mut self,
        what: &str,
        start: crate::span::Span,
        place: &mut Option<V>,
        value: Parse<V>,
    ) -> Parse<()> {
        let value = value?;
        if place.is_some() {
            self.given_twice(what, self.since(start));
        } else {
            *place = Some(value);
        }
        Some(())
    }

    pub(super) fn workload(&mut self, docs: Option<String>) -> Parse<Workload> {
        let start = self.span();
        self.bump();
        let name = self.name("the workload's name")?;
        let open = self.expect(T::OpenBrace, "`{` and what the workload consists of")?;
        let (mut total, mut parts) = (None, Vec::new());
        self.list(List::Clauses, open, T::CloseBrace, |p| {
            let start = p.span();
            if p.is_word("total") && p.nth_kind(1) == T::Number && p.nth_kind(2) == T::Slash {
                p.bump();
                let rate = p.rate();
                return p.once("`total`", start, &mut total, rate);
            }
            let name = p.name("an access or a write")?;
            let amount = p.workload_amount()?;
            parts.push(WorkloadPart {
                name,
                amount,
                at: p.since(start),
            });
            Some(())
        });
        Some(Workload {
            docs,
            name,
            total,
            parts,
            at: self.since(start),
        })
    }

    fn workload_amount(&mut self) -> Parse<WorkloadAmount> {
        if self.nth_kind(1) == T::Slash {
            return self.rate().map(WorkloadAmount::Rate);
        }
        let number = self.number("how much of it, such as `14.2`, `14.2%` or `140/s`")?;
        Some(if self.eat(T::Percent) {
            WorkloadAmount::Percent(number)
        } else {
            WorkloadAmount::Weight(number)
        })
    }

    pub(super) fn flow(&mut self, docs: Option<String>) -> Parse<Flow> {
        let start = self.span();
        self.bump();
        let name = self.name("the flow's name")?;
        let open = self.expect(T::OpenBrace, "`{` and what is asked together")?;
        let (mut steps, mut load) = (Vec::new(), Load::default());
        self.list(List::Clauses, open, T::CloseBrace, |p| {
            if p.nth_kind(1) == T::Number
                && let Some(parsed) = p.load_clause(&mut load)
            {
                return parsed;
            }
            steps.push(p.name("an access or a write")?);
            Some(())
        });
        Some(Flow {
            docs,
            name,
            steps,
            load,
            at: self.since(start),
        })
    }
}
