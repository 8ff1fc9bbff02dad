//! Mutants of the block of the gateway and of what existing pollers read.

use dpo_gateway::maps::model::{Register, Volatility};

use super::faults::{PMI, PSU, mutant, zeros};
use super::mutant::{Fault, Mutant, Query, Side};

const fn writes(name: &'static str, what: &'static str, fault: Fault) -> Mutant {
    Mutant { name, what, device: PMI, writes: true, fault }
}

const fn shows(
    name: &'static str,
    what: &'static str,
    fits: fn(&Register) -> bool,
    change: fn(&mut [u16], u32),
) -> Mutant {
    writes(name, what, Fault::Register(fits, change))
}

/// Whether a request writes a register of the block.
fn sets(query: &Query<'_>, id: &str) -> bool {
    let [6 | 0x10, a, b, ..] = query.pdu else { return false };
    query.map.registers.iter().any(|r| r.id == id && r.address == u16::from_be_bytes([*a, *b]))
}

fn acknowledge(query: &Query<'_>, id: &str) -> Option<Vec<u8>> {
    let full = if query.pdu.first() == Some(&6) { query.pdu } else { query.pdu.get(..5)? };
    sets(query, id).then(|| full.to_vec())
}

/// Mutants of the block and of its neighbours.
pub(super) const BLOCK: &[Mutant] = &[
    writes(
        "set-point-without-lease",
        "acknowledges set points, with a lease or without, and does nothing",
        Fault::Request(Side::Tcp, |q| acknowledge(q, "input_power_limit")),
    ),
    shows(
        "result-stays-pending",
        "never tells that a set point is applied",
        |r| r.id == "setpoint_result",
        |words, _| words.iter_mut().for_each(|w| *w = 1),
    ),
    writes(
        "busy-as-failure",
        "refuses every third set point with 04 where 06 is right",
        Fault::Request(Side::Tcp, |q| {
            (sets(q, "input_power_limit") && q.nth % 3 == 0)
                .then(|| vec![q.pdu.first().copied().unwrap_or(6) | 0x80, 4])
        }),
    ),
    shows(
        "limit-outlives-lease",
        "keeps showing a limit in force",
        |r| r.id == "input_power_limit_applied",
        |words, _| words.copy_from_slice(&[0x000F, 0x4240]),
    ),
    shows(
        "set-point-without-echo",
        "reads a set point as not available",
        |r| r.id == "input_power_limit",
        |words, _| words.iter_mut().for_each(|w| *w = 0xFFFF),
    ),
    writes(
        "any-commit-taken",
        "acknowledges a commit with any number",
        Fault::Request(Side::Tcp, |q| acknowledge(q, "setpoint_commit")),
    ),
    Mutant {
        name: "restarts-unnoticed",
        what: "counts down, as after restarts, while it is sent odd requests",
        device: PSU,
        writes: true,
        fault: Fault::Register(
            |r| r.volatility == Volatility::Counter,
            |words, nth| {
                if let Some(low) = words.last_mut() {
                    *low = 60_000 - (nth % 60_000) as u16;
                }
            },
        ),
    },
    mutant(
        "vendor-register-flickers",
        "answers an undeclared register every other time",
        PSU,
        Fault::Answer(Side::Tcp, |q, a| {
            if q.read() == Some((0x3A, 1)) && q.nth % 2 == 0 {
                *a = zeros(1);
            }
        }),
    ),
    mutant(
        "group-half-present",
        "refuses one register of a group that is not there, and answers the others",
        PMI,
        Fault::Answer(Side::Tcp, |q, a| {
            let own = q.map.registers.iter().find(|r| r.id == "recovery_budget_applied").map(|r| r.address);
            if q.read().map(|(at, _)| at) == own {
                *a = vec![0x83, 2];
            }
        }),
    ),
    mutant(
        "busy-now-and-then",
        "answers a read with exception 06 now and then",
        PSU,
        Fault::Answer(Side::Tcp, |q, a| {
            if q.read().is_some() && q.nth % 61 == 60 {
                *a = vec![0x83, 6];
            }
        }),
    ),
];
