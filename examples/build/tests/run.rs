//! The example says what it should.
#![allow(missing_docs)]

use std::process::Command;

#[test]
fn it_runs() {
    let output = Command::new(env!("CARGO_BIN_EXE_dbspec-example-build"))
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{wrong}");
    for line in [
        "Frankenstein by Mary Shelley: fresh",
        "1 on fiction",
        "lent on 2026-02-03",
        "1 has 9780141439471",
        "refused: Loan.forward",
    ] {
        assert!(said.lines().any(|it| it == line), "{line} is not in\n{said}");
    }
    assert!(said.contains("schema.sql: "), "{said}");
}
