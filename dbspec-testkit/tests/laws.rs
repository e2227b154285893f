//! Backends without drivers that obey the laws.
#![allow(missing_docs)]

use dbspec_testkit::laws;

#[test]
fn the_reference_engine_obeys_the_laws() {
    assert_eq!(laws::hold(&dbspec_memory::Reference, 128), Ok(()));
}
