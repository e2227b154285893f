//! Kernel → design, coverage, decisions. One file a noun where there is more to do.

use dbspec_core::backend::Lowering;

use super::capability::NOTHING;
use super::design::Design;

pub(super) fn build(cx: &mut Lowering<'_>) -> Design {
    // Only for an engine that can do nothing: any other answers facet by facet.
    cx.coverage.rest(cx.kernel, NOTHING);
    Design {}
}
