//! Mutants of the DPO block: set points, shadow and commit, the log, what is not to be written.

use super::dpo_lease_faults::{answers, both, shows, turns};
use super::dpo_wire::{
    acknowledged, changed, lease_of, length, long, patch, refused, rewritten, sets, shortened, shown,
    touches, words_at,
};
use super::mutant::{Mutant, Query, Turn};

const SHADOW: &str = "shadow_input_power_limit";
const COMMIT: &str = "setpoint_commit";
const SEQUENCE: &str = "setpoint_sequence";
/// Not available, in a register of two words.
const NONE: u32 = u32::MAX;
/// Address of the DPO block.
const BLOCK_UNIT: u8 = 7;

fn replace(q: &Query<'_>, id: &str, number: u32) -> Turn {
    rewritten(q, id, number).map_or(Turn::Pass, Turn::Forward)
}

/// Keeps the number of the last commit whenever it is read.
fn keep_sequence(q: &Query<'_>, answer: &[u8]) {
    if let Some(now) = shown(q, answer, SEQUENCE) {
        q.state.set(now);
    }
}

/// Keeps the largest limit whenever it is read.
fn keep_largest(q: &Query<'_>, answer: &[u8]) {
    if let Some(now) = shown(q, answer, "input_power_limit_max") {
        q.state.set(now);
    }
}

/// Whether a register is the number of an event.
fn event_number(id: &str) -> bool {
    matches!(id, "event_newest" | "event_oldest") || id.starts_with("event_") && id.ends_with("_sequence")
}

/// Mutants of set points and commits.
pub(super) const COMMITS: &[Mutant] = &[
    both(
        "any-commit-is-next",
        "carries a commit out whatever its number",
        |q| match words_at(q, COMMIT) {
            Some(asked) if asked != 0 => replace(q, COMMIT, q.state.get() % 0xFFFF + 1),
            _ => Turn::Pass,
        },
        |q, a| keep_sequence(q, a),
    ),
    both(
        "refusal-discards-shadow",
        "shows no shadow after a commit that was refused",
        |q| {
            if sets(q, SHADOW) {
                q.state.count(0);
            }
            Turn::Pass
        },
        |q, a| {
            if sets(q, COMMIT) && a.first().is_some_and(|code| *code >= 0x80) {
                q.state.count(1);
            }
            if q.state.left() > 0 {
                patch(q, a, SHADOW, |_| NONE);
            }
        },
    ),
    turns("commit-0-ignored", "acknowledges the commit 0 and does nothing", |q| {
        if words_at(q, COMMIT) == Some(0) { acknowledged(q) } else { Turn::Pass }
    }),
    both(
        "numbers-begin-anew",
        "counts commits from 0 again when the lease is given back",
        |q| {
            if lease_of(q).is_some_and(|(_, seconds)| seconds == 0) {
                q.state.count(q.state.get());
            }
            match words_at(q, COMMIT) {
                Some(asked) if asked != 0 => replace(q, COMMIT, asked.wrapping_add(q.state.left())),
                _ => Turn::Pass,
            }
        },
        |q, a| {
            keep_sequence(q, a);
            patch(q, a, SEQUENCE, |now| now.wrapping_sub(q.state.left()));
        },
    ),
    both(
        "repeated-commit-taken",
        "acknowledges the commit that was applied last once more",
        |q| match words_at(q, COMMIT) {
            Some(asked) if asked != 0 && asked == q.state.get() => acknowledged(q),
            _ => Turn::Pass,
        },
        |q, a| keep_sequence(q, a),
    ),
    both(
        "half-of-the-group",
        "acknowledges the shadow of the discharge and forgets it",
        |q| match (sets(q, "shadow_bbu_discharge"), sets(q, SHADOW) && length(q) > 2) {
            (true, _) => acknowledged(q),
            (_, true) => Turn::Forward(shortened(q, 2)),
            _ => Turn::Pass,
        },
        |q, a| {
            if sets(q, SHADOW)
                && let [0x10, _, _, _, quantity] = a.as_mut_slice()
            {
                *quantity = length(q) as u8;
            }
        },
    ),
    both(
        "limit-clipped",
        "takes the largest limit for one that is above it",
        |q| {
            for id in ["input_power_limit", SHADOW] {
                let above =
                    words_at(q, id).filter(|asked| (1..=1_000_000).contains(asked) && *asked > q.state.get());
                if q.state.get() > 0 && above.is_some() {
                    return replace(q, id, q.state.get());
                }
            }
            Turn::Pass
        },
        |q, a| keep_largest(q, a),
    ),
    answers("range-as-failure", "refuses what is out of range with 04 where 03 is right", |q, a| {
        if ["input_power_limit", "bbu_discharge", SHADOW, "shadow_bbu_discharge", COMMIT]
            .iter()
            .any(|id| sets(q, id))
        {
            changed(a, 3, 4);
        }
    }),
    shows(
        "fault-not-named",
        "never names the register at fault",
        |r| r.id == "setpoint_commit_fault",
        |words, _| words.fill(0),
    ),
    both(
        "shadow-outlives-lease",
        "shows the last shadow of a limit where none is",
        |q| {
            if let Some(asked) = words_at(q, SHADOW).filter(|asked| *asked <= 1_000_000) {
                q.state.set(asked);
            }
            if words_at(q, COMMIT).is_some() {
                q.state.set(0);
            }
            Turn::Pass
        },
        |q, a| patch(q, a, SHADOW, |now| if now == NONE && q.state.get() != 0 { q.state.get() } else { now }),
    ),
    shows(
        "shadow-not-shown",
        "shows the shadow of a limit as not available",
        |r| r.id == SHADOW,
        |words, _| words.fill(0xFFFF),
    ),
    both(
        "limit-waits-for-commit",
        "puts a limit that is written directly into the shadow",
        |q| match (words_at(q, "input_power_limit"), q.map.registers.iter().find(|r| r.id == SHADOW)) {
            (Some(_), Some(shadow)) if length(q) == 2 => {
                let mut pdu = q.pdu.to_vec();
                if let [_, high, low, ..] = pdu.as_mut_slice() {
                    [*high, *low] = shadow.address.to_be_bytes();
                }
                Turn::Forward(pdu)
            }
            _ => Turn::Pass,
        },
        |q, a| {
            if sets(q, "input_power_limit")
                && let ([0x10, high, low, ..], [_, a, b, ..]) = (a.as_mut_slice(), q.pdu)
            {
                (*high, *low) = (*a, *b);
            }
        },
    ),
    shows(
        "commits-not-counted",
        "does not count commits",
        |r| r.id == "commits_applied",
        |words, _| words.fill(0),
    ),
    shows(
        "refused-commits-not-counted",
        "does not count commits that were refused",
        |r| r.id == "commits_refused",
        |words, _| words.fill(0),
    ),
    shows(
        "refusals-not-counted",
        "does not count writes that were refused",
        |r| r.id == "writes_refused",
        |words, _| words.fill(0),
    ),
    shows(
        "grants-not-counted",
        "does not count leases",
        |r| r.id == "lease_grants",
        |words, _| words.fill(0),
    ),
];

/// Mutants of the log and of writes that must be refused.
pub(super) const LOG: &[Mutant] = &[
    answers("window-oldest-first", "shows the oldest event of the window first", |q, a| {
        let first = q.map.registers.iter().find(|r| r.id == "event_1_sequence").map(|r| r.address);
        if let (Some(first), Some((at, _))) = (first, q.read())
            && first >= at
            && let Some(records) = a.get_mut(2 + 2 * usize::from(first - at)..)
            && records.len() >= 6 * 36 - 2
        {
            let old = records.to_vec();
            let filled = old.chunks(36).filter(|r| r.iter().take(4).any(|byte| *byte != 0)).count();
            for (slot, from) in (0..filled).zip((0..filled).rev()) {
                // The last record of the block has no gap behind it.
                for byte in 0..34 {
                    if let (Some(to), Some(was)) =
                        (records.get_mut(36 * slot + byte), old.get(36 * from + byte))
                    {
                        *to = *was;
                    }
                }
            }
        }
    }),
    shows(
        "numbers-skip",
        "counts events by twos",
        |r| event_number(&r.id),
        |words, _| {
            long(words, |number| 2 * number);
        },
    ),
    turns("paging-ignored", "acknowledges event_until and shows the newest", |q| {
        if sets(q, "event_until") && length(q) == 2 { acknowledged(q) } else { Turn::Pass }
    }),
    shows(
        "refusals-not-logged",
        "logs refused set points as other events",
        |r| r.id.ends_with("_kind"),
        |words, _| words.iter_mut().filter(|word| **word == 26).for_each(|word| *word = 31),
    ),
    shows(
        "expiry-not-logged",
        "logs leases that ran out as given back",
        |r| r.id.ends_with("_kind"),
        |words, _| words.iter_mut().filter(|word| **word == 24).for_each(|word| *word = 23),
    ),
    shows(
        "grants-not-logged",
        "logs leases that are granted as other events",
        |r| r.id.ends_with("_kind"),
        |words, _| words.iter_mut().filter(|word| **word == 22).for_each(|word| *word = 31),
    ),
    turns("one-read-only-taken", "acknowledges writes of its uptime", |q| {
        if sets(q, "uptime") { acknowledged(q) } else { Turn::Pass }
    }),
    turns("half-discharge-taken", "acknowledges one word of a discharge", |q| {
        if touches(q, "bbu_discharge") && length(q) == 1 { acknowledged(q) } else { Turn::Pass }
    }),
    both(
        "part-over-the-border",
        "refuses a write over a border and keeps its first part",
        |q| {
            if sets(q, "input_power_limit") && length(q) > 2 {
                return Turn::Forward(shortened(q, 2));
            }
            Turn::Pass
        },
        |q, a| {
            if sets(q, "input_power_limit") && length(q) > 2 {
                *a = vec![0x90, 2];
            }
        },
    ),
    turns("unclaimed-taken", "acknowledges a charging power that it does not claim", |q| {
        if sets(q, "shadow_bbu_charge") { acknowledged(q) } else { Turn::Pass }
    }),
    turns("unclaimed-as-address", "refuses what it does not claim with 02 where 04 is right", |q| {
        if sets(q, "policy_commit") { refused(q, 2) } else { Turn::Pass }
    }),
    shows(
        "capability-not-told",
        "tells no lease where the capability is missing",
        |r| r.id == "setpoint_result",
        |words, _| words.iter_mut().filter(|word| **word == 8).for_each(|word| *word = 3),
    ),
    turns("supplies-open-under-lease", "acknowledges writes to supplies while the lease is held", |q| {
        if q.unit != BLOCK_UNIT && matches!(q.pdu, [6 | 0x10, ..]) { acknowledged(q) } else { Turn::Pass }
    }),
];
