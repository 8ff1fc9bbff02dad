//! Mutants of the DPO block: lease, binding of connections, end of control.

use super::dpo_wire::{
    acknowledged, changed, holding, lease_of, lease_write, long, patch, reads, refused, remembers, sets,
    shown, until, words_at,
};
use super::faults::PMI;
use super::mutant::{Fault, Mutant, Query, TcpFault, Turn};
use crate::steps::dpo::TOKEN;
use dpo_gateway::maps::model::Register;

/// Not available, in a register of two words.
const NONE: u32 = u32::MAX;

pub(super) const fn turns(name: &'static str, what: &'static str, turn: fn(&Query<'_>) -> Turn) -> Mutant {
    both(name, what, turn, |_, _| {})
}

pub(super) const fn both(
    name: &'static str,
    what: &'static str,
    turn: fn(&Query<'_>) -> Turn,
    after: fn(&Query<'_>, &mut Vec<u8>),
) -> Mutant {
    Mutant { name, what, device: PMI, writes: true, fault: Fault::Turn(turn, after) }
}

pub(super) const fn answers(
    name: &'static str,
    what: &'static str,
    after: fn(&Query<'_>, &mut Vec<u8>),
) -> Mutant {
    both(name, what, |_| Turn::Pass, after)
}

pub(super) const fn shows(
    name: &'static str,
    what: &'static str,
    fits: fn(&Register) -> bool,
    change: fn(&mut [u16], u32),
) -> Mutant {
    Mutant { name, what, device: PMI, writes: true, fault: Fault::Register(fits, change) }
}

fn forward_lease(q: &Query<'_>, to: fn(u32, u16) -> Option<(u32, u16)>) -> Turn {
    let new = lease_of(q).and_then(|(token, seconds)| to(token, seconds));
    new.map_or(Turn::Pass, |(token, seconds)| Turn::Forward(lease_write(q, token, seconds)))
}

/// Mutants of the lease.
pub(super) const LEASE: &[Mutant] = &[
    shows(
        "lease-time-doubled",
        "shows twice the time that is left of a lease",
        |r| r.id == "lease_remaining",
        |words, _| long(words, |ms| 2 * ms),
    ),
    shows(
        "holder-not-told",
        "never tells who holds the lease",
        |r| r.id == "lease_holder",
        |words, _| words.fill(0),
    ),
    turns("stranger-takes-over", "takes every token for the owner's", |q| {
        forward_lease(q, |token, seconds| (token != TOKEN && token != 0).then_some((TOKEN, seconds)))
    }),
    turns("stranger-gives-back", "lets anybody give the lease back", |q| {
        forward_lease(q, |token, seconds| (token != 0 && seconds == 0).then_some((TOKEN, 0)))
    }),
    turns("token-0-is-anybody", "takes the token 0 for the owner's", |q| {
        forward_lease(q, |token, seconds| (token == 0).then_some((TOKEN, seconds)))
    }),
    turns("token-0-as-failure", "refuses the token 0 with 04 where 03 is right", |q| {
        if lease_of(q).is_some_and(|(token, _)| token == 0) { refused(q, 4) } else { Turn::Pass }
    }),
    turns("long-lease-clipped", "gives 3600 s to who asks for more", |q| {
        forward_lease(q, |token, seconds| (seconds > 3600).then_some((token, 3600)))
    }),
    turns("lease-in-parts", "acknowledges the parts of a lease", |q| {
        let part = sets(q, "lease_token") || sets(q, "lease_duration");
        if part && lease_of(q).is_none() { acknowledged(q) } else { Turn::Pass }
    }),
    turns("renewals-ignored", "acknowledges renewals and forgets them", |q| match lease_of(q) {
        Some((_, seconds)) if seconds > 0 && holding(q) => acknowledged(q),
        Some((_, seconds)) => {
            until(q, seconds);
            Turn::Pass
        }
        None => Turn::Pass,
    }),
    turns("token-of-one-connection", "refuses the token of the lease on another connection", |q| {
        match lease_of(q) {
            Some((_, seconds)) if seconds > 0 && holding(q) && q.peer != q.state.peer() => refused(q, 4),
            Some((_, seconds)) => {
                until(q, seconds);
                q.state.set_peer(q.peer);
                Turn::Pass
            }
            None => Turn::Pass,
        }
    }),
    Mutant {
        name: "bound-by-address",
        what: "takes all connections from one address for one",
        device: PMI,
        writes: true,
        fault: Fault::Tcp(TcpFault::OneUpstream),
    },
    both(
        "token-shown-while-held",
        "shows the token of the lease",
        |q| {
            if let Some((token, seconds)) = lease_of(q) {
                q.state.set(if seconds > 0 { token } else { 0 });
            }
            Turn::Pass
        },
        |q, a| patch(q, a, "lease_token", |_| q.state.get()),
    ),
    turns("lease-without-end", "gives 60 s to who asks for less than 3", |q| {
        forward_lease(q, |token, seconds| matches!(seconds, 1 | 2).then_some((token, 60)))
    }),
    shows(
        "reason-not-told",
        "never tells why a set point was refused",
        |r| r.id == "setpoint_result",
        |words, _| words.iter_mut().filter(|word| **word >= 3).for_each(|word| *word = 0),
    ),
    answers("no-lease-as-value", "refuses set points without the lease with 03 where 04 is right", |q, a| {
        if sets(q, "input_power_limit") || sets(q, "bbu_discharge") {
            changed(a, 4, 3);
        }
    }),
    turns("discharge-without-lease", "acknowledges each discharge and does nothing", |q| {
        if sets(q, "bbu_discharge") { acknowledged(q) } else { Turn::Pass }
    }),
    turns("shadow-without-lease", "acknowledges each write of the shadow and does nothing", |q| {
        let shadow = sets(q, "shadow_input_power_limit") || sets(q, "shadow_bbu_discharge");
        if shadow { acknowledged(q) } else { Turn::Pass }
    }),
];

/// Mutants of the end of control and of what the state tells.
pub(super) const END: &[Mutant] = &[
    both(
        "answers-before-it-restores",
        "shows the limit in force for three reads after the lease was given back",
        |q| {
            if lease_of(q).is_some_and(|(_, seconds)| seconds == 0) {
                q.state.count(3);
            }
            Turn::Pass
        },
        |q, a| {
            if let Some(now) = shown(q, a, "input_power_limit_applied") {
                if now != NONE {
                    q.state.set(now);
                } else if q.state.counts() && q.state.get() != 0 {
                    patch(q, a, "input_power_limit_applied", |_| q.state.get());
                }
            }
        },
    ),
    shows(
        "discharge-outlives-lease",
        "shows a discharge in force where none is",
        |r| r.id == "bbu_discharge_applied",
        |words, _| long(words, |now| if now == NONE { 0 } else { now }),
    ),
    both(
        "request-outlives-lease",
        "shows the last limit that was asked for when it is over",
        |q| {
            if let Some(asked) = words_at(q, "input_power_limit").filter(|asked| *asked <= 1_000_000) {
                q.state.set(asked);
            }
            Turn::Pass
        },
        |q, a| {
            let over = reads(q, "input_power_limit") && q.state.get() != 0;
            patch(q, a, "input_power_limit", |now| if over && now == NONE { q.state.get() } else { now });
        },
    ),
    shows(
        "fail-safe-not-told",
        "shows the state normal for fail_safe",
        |r| r.id == "state",
        |words, _| words.iter_mut().filter(|word| **word == 5).for_each(|word| *word = 0),
    ),
    answers("fail-safe-for-ever", "stays in the state fail_safe once it was", |q, a| {
        remembers(q, a, "state", |state| state == 5);
    }),
    shows(
        "cause-not-told",
        "never tells why the state is what it is",
        |r| r.id == "state_cause",
        |words, _| words.fill(0),
    ),
    shows(
        "support-not-told",
        "shows the state normal for supporting",
        |r| r.id == "state",
        |words, _| words.iter_mut().filter(|word| **word == 2).for_each(|word| *word = 0),
    ),
    shows(
        "state-before-not-told",
        "shows normal as the state before",
        |r| r.id == "state_before",
        |words, _| words.fill(0),
    ),
    Mutant {
        name: "state-time-stands",
        what: "does not count how long the state is there",
        device: PMI,
        writes: false,
        fault: Fault::Register(|r| r.id == "state_elapsed", |words, _| long(words, |_| 1000)),
    },
    Mutant {
        name: "reserve-counted",
        what: "counts the reserve as deliverable",
        device: PMI,
        writes: false,
        fault: Fault::Register(
            |r| r.id == "deliverable_energy",
            |words, _| long(words, |energy| 10 * energy),
        ),
    },
];
