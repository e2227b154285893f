//! Parts of the language in one line, for reports: written as the formatter writes them.

use super::{expr, words};
use crate::model::{Expr, Rate, Share, Timespan, Volume};

/// `120/s`.
pub(crate) fn rate(rate: &Rate) -> String {
    words::rate(rate)
}

/// `10ms`.
pub(crate) fn timespan(span: &Timespan) -> String {
    words::timespan(span)
}

/// `volume 2_000_000 * shops growth 5%/month`.
pub(crate) fn volume(volume: &Volume) -> String {
    let growth = volume.growth.as_ref();
    let growth = growth.map_or(String::new(), |growth| {
        format!(" growth {}", words::growth(growth))
    });
    format!("volume {}{growth}", expr::expr(&volume.rows))
}

/// `share 2% where status == draft`.
pub(crate) fn share(share: &Share) -> String {
    format!(
        "share {}% where {}",
        words::number(&share.percent.number),
        expr::expr(&share.filter)
    )
}

/// An expression.
pub(crate) fn expression(written: &Expr) -> String {
    expr::expr(written)
}
