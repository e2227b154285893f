//! dbspec
fn main() {}
