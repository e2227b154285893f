use super::Empty;
use crate::laws;

#[test]
fn the_empty_engine_obeys_the_laws() {
    assert_eq!(laws::hold(&Empty::new(), 64), Ok(()));
}
