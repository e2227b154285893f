//! Compiles the model into scripts and Rust.

fn main() -> Result<(), dbspec::build::BuildError> {
    dbspec::build::compile("library.dbspec").map(drop)
}
