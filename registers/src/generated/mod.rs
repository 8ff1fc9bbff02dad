//! One module a map, written by `dpo registers generate`.

#[rustfmt::skip]
pub mod dpo_bbu;
#[rustfmt::skip]
pub mod dpo_pmi;
#[rustfmt::skip]
pub mod dpo_psu;
#[rustfmt::skip]
pub mod orv3_bbu;
#[rustfmt::skip]
pub mod orv3_cbu;
#[rustfmt::skip]
pub mod orv3_hpr_bbu;
#[rustfmt::skip]
pub mod orv3_hpr_pmm_bbu;
#[rustfmt::skip]
pub mod orv3_hpr_pmm_psu;
#[rustfmt::skip]
pub mod orv3_hpr_psu;
#[rustfmt::skip]
pub mod orv3_pmm_cbu;
#[rustfmt::skip]
pub mod orv3_psu;
