//! The conformance suite's command line.
fn main() {}
