//! Reserved words, quoting, limits of names. Nothing has a name here, so there are no words and no quoting.

use dbspec_core::backend::naming::{LengthUnit, Limits};

pub(super) const LIMITS: Limits = Limits {
    max_len: 63,
    unit: LengthUnit::Bytes,
    min_len: 1,
    folds_case: false,
    allowed: |it| it != '\0',
};
