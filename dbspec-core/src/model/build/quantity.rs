//! Numbers with units, and how many.

use crate::model::{Bounds, Fan, Growth, GrowthAmount, Number, Percent, Period, Rate, TimeUnit, Timespan};
use crate::span::Span;

impl From<u32> for Number {
    fn from(value: u32) -> Self {
        Self::from(u64::from(value))
    }
}

impl Timespan {
    /// Such as 10 milliseconds; weeks are the longest unit.
    pub fn new(amount: impl Into<Number>, unit: TimeUnit) -> Self {
        Self {
            amount: amount.into(),
            unit,
            at: Span::NONE,
        }
    }
}

impl Rate {
    /// Such as 120 per second.
    pub fn new(amount: impl Into<Number>, per: TimeUnit) -> Self {
        Self {
            amount: amount.into(),
            per,
            at: Span::NONE,
        }
    }
}

impl Period {
    /// Such as 7 years; days are the shortest unit.
    pub fn new(amount: u32, unit: TimeUnit) -> Self {
        Self {
            amount,
            unit,
            at: Span::NONE,
        }
    }
}

impl Percent {
    /// 30 for `30%`.
    pub fn new(number: impl Into<Number>) -> Self {
        Self {
            number: number.into(),
            at: Span::NONE,
        }
    }
}

impl Growth {
    /// `5%/month`: compound.
    pub fn percent(percent: impl Into<Number>, per: TimeUnit) -> Self {
        Self {
            amount: GrowthAmount::Percent(percent.into()),
            per,
            at: Span::NONE,
        }
    }

    /// `55_000_000/month`: as many rows each time.
    pub fn rows(rows: impl Into<Number>, per: TimeUnit) -> Self {
        Self {
            amount: GrowthAmount::Rows(rows.into()),
            per,
            at: Span::NONE,
        }
    }
}

impl Bounds {
    /// `min..max`.
    pub fn new(min: impl Into<Number>, max: impl Into<Number>) -> Self {
        Self {
            min: min.into(),
            max: Some(max.into()),
            at: Span::NONE,
        }
    }

    /// `min..`.
    pub fn at_least(min: impl Into<Number>) -> Self {
        Self {
            min: min.into(),
            max: None,
            at: Span::NONE,
        }
    }
}

impl Fan {
    /// Nothing is said yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// `min..max`: how many may be there.
    #[must_use]
    pub fn bounds(mut self, bounds: Bounds) -> Self {
        self.bounds = Some(bounds);
        self
    }

    /// `avg 3`: how many there are on average.
    #[must_use]
    pub fn avg(mut self, avg: impl Into<Number>) -> Self {
        self.avg = Some(avg.into());
        self
    }

    /// `p99 400`: how many 99 of 100 have at most.
    #[must_use]
    pub fn p99(mut self, p99: impl Into<Number>) -> Self {
        self.p99 = Some(p99.into());
        self
    }
}
