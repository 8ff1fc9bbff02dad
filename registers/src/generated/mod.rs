//! One module a map, written by `dpo registers generate`.

#[rustfmt::skip]
pub mod dpo_pmi;
#[rustfmt::skip]
pub mod orv3_bbu;
#[rustfmt::skip]
pub mod orv3_psu;
