//! Design → files that the engine's own client runs. It never reads the kernel. There is nothing to run.

use dbspec_core::backend::Script;

use super::design::Design;

pub(super) fn script(_: &Design) -> Script {
    Script::default()
}
