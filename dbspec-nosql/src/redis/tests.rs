//! What comes out for the examples: committed, and so read as behaviour.

use super::Redis;
use crate::examples::{committed, laws, programs};

#[test]
fn the_shop_comes_out_as_committed() {
    committed(&Redis::new(), "shop");
}

#[test]
fn chinook_comes_out_as_committed() {
    committed(&Redis::new(), "chinook");
}

#[test]
fn the_shop_has_programs() {
    programs(&Redis::new(), "shop");
}

#[test]
fn chinook_has_programs() {
    programs(&Redis::new(), "chinook");
}

#[test]
fn the_laws_hold() {
    laws(&Redis::new());
}
