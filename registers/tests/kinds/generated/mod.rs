//! Bindings of the map of this test, written by `dpo registers generate`.

#[rustfmt::skip]
pub mod kinds;
