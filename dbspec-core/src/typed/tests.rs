//! What goes to a value comes back from it, and nothing else does.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use proptest::prelude::*;

use super::*;
use crate::value::{Decimal, Float};

fn comes_back<T: Typed + PartialEq + Debug>(it: &T) {
    assert_eq!(T::of(&it.value()).as_ref(), Ok(it));
}

proptest! {
    #[test]
    fn every_type_comes_back(
        int in any::<i64>(), small in any::<i16>(), text in ".*", bytes in any::<Vec<u8>>(), id in any::<[u8; 16]>(),
        list in prop::collection::vec(any::<i32>(), 0..4), map in prop::collection::btree_map(".*", any::<bool>(), 0..4),
    ) {
        comes_back(&int);
        comes_back(&small);
        comes_back(&text);
        comes_back(&Bytes(bytes));
        comes_back(&Uuid(id));
        comes_back(&Decimal::from(int));
        comes_back(&Duration(int));
        comes_back(&list.iter().copied().collect::<BTreeSet<_>>());
        comes_back(&list);
        comes_back::<BTreeMap<String, bool>>(&map);
        comes_back(&Some(Range { start: Timestamp(int.min(0)), end: Timestamp(0) }));
        comes_back(&None::<bool>);
        let at = |it| Float::new(it).expect("finite");
        comes_back(&Point { longitude: at(f64::from(small)), latitude: at(0.0) });
    }

    #[test]
    fn only_what_fits_is_taken(int in any::<i64>()) {
        prop_assert_eq!(i16::of(&Value::Int(int)).is_ok(), i16::try_from(int).is_ok());
        prop_assert_eq!(i32::of(&Value::Int(int)).is_ok(), i32::try_from(int).is_ok());
        prop_assert!(String::of(&Value::Int(int)).is_err());
    }
}

#[test]
fn a_wrong_member_is_named() {
    let row = members([("tags", Value::List(vec![Value::Bool(true), Value::Null]))]);
    let wrong = member::<Vec<bool>>(&row, "tags").expect_err("null is no boolean");
    assert_eq!(wrong.to_string(), "tags[1]: expected a boolean, found null");
    assert_eq!(member::<Option<bool>>(&row, "gone"), Ok(None));
}

#[test]
fn a_row_stands_for_its_key() {
    let key = Value::Int(3);
    let row = members([("id", key.clone()), ("name", Value::text("x"))]);
    assert_eq!(only::<i64>(&key, "id"), Ok(3));
    assert_eq!(only::<i64>(&row, "id"), Ok(3));
}
