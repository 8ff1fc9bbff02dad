//! States and flags as numbers in a word.

use crate::control::orchestrator::Degraded;
use crate::control::state::ShelfState;

pub(super) fn code(state: ShelfState) -> u64 {
    match state {
        ShelfState::Normal => 0,
        ShelfState::SagDetected => 1,
        ShelfState::Supporting => 2,
        ShelfState::Recovering => 3,
        ShelfState::Recharging => 4,
        ShelfState::FailSafe => 5,
    }
}

pub(super) fn state(code: u64) -> ShelfState {
    match code {
        1 => ShelfState::SagDetected,
        2 => ShelfState::Supporting,
        3 => ShelfState::Recovering,
        4 => ShelfState::Recharging,
        5 => ShelfState::FailSafe,
        _ => ShelfState::Normal,
    }
}

pub(super) fn bits(degraded: &Degraded) -> u64 {
    let Degraded {
        ac_lost,
        bus_lost,
        blind,
        no_psu,
        no_bbu,
        stale,
        psu_redundancy,
        bbu_redundancy,
        curve,
        reserve,
    } = *degraded;
    [ac_lost, bus_lost, blind, no_psu, no_bbu, stale, psu_redundancy, bbu_redundancy, curve, reserve]
        .into_iter()
        .rev()
        .fold(0, |bits, bit| bits << 1 | u64::from(bit))
}

pub(super) fn degraded(bits: u64) -> Degraded {
    let bit = |n: u32| bits >> n & 1 == 1;
    Degraded {
        ac_lost: bit(0),
        bus_lost: bit(1),
        blind: bit(2),
        no_psu: bit(3),
        no_bbu: bit(4),
        stale: bit(5),
        psu_redundancy: bit(6),
        bbu_redundancy: bit(7),
        curve: bit(8),
        reserve: bit(9),
    }
}
