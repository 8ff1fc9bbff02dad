//! The binary `dpo`.
fn main() {}
