//! One module a map, written by `dpo registers generate`.

#[rustfmt::skip]
pub mod dpo_bbu;
#[rustfmt::skip]
pub mod dpo_pmbus;
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
#[rustfmt::skip]
pub mod pmbus_psu;

/// Hands the names of all modules above to another macro: what is done for one map is done for each.
///
/// ```
/// macro_rules! titles {
///     ($($map:ident)*) => { [$(dpo_registers::generated::$map::MAP.title),*] };
/// }
/// assert!(dpo_registers::for_each_map!(titles).contains(&"ORv3 power supply unit (3 kW)"));
/// ```
#[macro_export]
macro_rules! for_each_map {
    ($with:ident) => {
        $with! {
            dpo_bbu
            dpo_pmi
            dpo_psu
            orv3_bbu
            orv3_cbu
            orv3_hpr_bbu
            orv3_hpr_pmm_bbu
            orv3_hpr_pmm_psu
            orv3_hpr_psu
            orv3_pmm_cbu
            orv3_psu
        }
    };
}
