//! What must hold in every run.

use std::time::Duration;

use dpo_gateway::gateway::GateError;
use dpo_gateway::shelf::journal::{CommitEnd, Item, Stored, Write};

use crate::client::{Asked, Op};
use crate::run::{Class, GRACE, Record};
use crate::world::{BUS_LIMITS_V, NOMINAL, Seen};

/// The fail-safe setpoint in volts.
const NOMINAL_V: f64 = 51.0;

/// What did not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// An acknowledged setpoint, or an entry the gateway was told is on record, is not on the disk.
    AcknowledgedLost,
    /// Devices did not hold what was acknowledged.
    AcknowledgedUntrue,
    /// A device was written without an intent on record.
    NoIntent,
    /// A write was sent again for the same intent.
    AppliedTwice,
    /// A gateway that started changed an output before anybody took the lease.
    ChangedByRestart,
    /// The bus left 46 V to 52 V.
    BusLimits,
    /// Somebody steered without the lease, or while another held it.
    Lease,
    /// A refused commit left devices with its value.
    HalfApplied,
    /// Setpoints did not come back after the lease.
    NoFailSafe,
    /// The journal cannot be read at the end.
    JournalUnreadable,
    /// A journal that nobody had damaged was taken for damaged.
    SoundJournalSetAside,
}

impl Finding {
    pub fn name(self) -> &'static str {
        match self {
            Self::AcknowledgedLost => "acknowledged write lost",
            Self::AcknowledgedUntrue => "acknowledged, not held",
            Self::NoIntent => "write without an intent",
            Self::AppliedTwice => "intent applied twice",
            Self::ChangedByRestart => "output changed by restart",
            Self::BusLimits => "bus outside 46-52 V",
            Self::Lease => "steered without the lease",
            Self::HalfApplied => "commit half applied",
            Self::NoFailSafe => "no fail-safe after the lease",
            Self::JournalUnreadable => "journal unreadable at the end",
            Self::SoundJournalSetAside => "sound journal set aside",
        }
    }
}

pub fn check(record: &Record) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut add = |bad: bool, finding| {
        if bad && !found.contains(&finding) {
            found.push(finding);
        }
    };
    if record.explain {
        println!(
            "    bus {:?}, at the end {:?}, lives {:?}, faulty {:?}",
            record.bus, record.end, record.lives, record.faulty
        );
    }
    let inside = |volts| BUS_LIMITS_V.contains(&volts);
    add(!inside(record.bus.0) || !inside(record.bus.1), Finding::BusLimits);
    if let Some(left) = record.left.filter(|_| record.explain) {
        println!("    the bus left its limits at {left:?}; before it:");
        let near = |at: Duration| at <= left && left - at < Duration::from_secs(4);
        record.ops.iter().filter(|op| near(op.start)).for_each(|op| println!("      {op:?}"));
        for Seen { time, unit, address, words, before, .. } in record.seen.iter().filter(|s| near(s.time)) {
            println!("      {time:?} unit {unit} register {address}: {before} to {words:?}");
        }
    }
    add(record.class != Class::TornJournal && record.aside > 0, Finding::SoundJournalSetAside);
    match &record.entries {
        Ok(entries) => {
            add(lost(record, entries), Finding::AcknowledgedLost);
            for finding in uncovered(record, entries) {
                add(true, finding);
            }
        }
        Err(_) => add(true, Finding::JournalUnreadable),
    }
    add(record.ops.iter().any(|op| untrue(record, op)), Finding::AcknowledgedUntrue);
    let halves = record.ops.iter().filter(|op| half(record, op));
    if record.explain {
        halves.clone().for_each(|op| println!("    half applied: {op:?}"));
    }
    add(halves.count() > 0, Finding::HalfApplied);
    add(stolen(record), Finding::Lease);
    add(restarted(record), Finding::ChangedByRestart);
    // A gateway whose forerunner lost its journal does not know the first small step of a move as its own.
    let near_v = if record.aside > 0 { 0.06 } else { 0.01 };
    add(record.end.iter().any(|v| (v - NOMINAL_V).abs() > near_v), Finding::NoFailSafe);
    found
}

/// The first life whose journal is the one on the disk at the end: a damaged one was set aside before.
fn since(record: &Record) -> u64 {
    if record.aside == 0 { 0 } else { record.lives.last().map_or(0, |l| l.order) }
}

fn lost(record: &Record, entries: &[Stored]) -> bool {
    let since = since(record);
    // What the gateway was told is on record is there, word for word.
    let there = |told: &crate::journal::Told| match told.sequence {
        Some(sequence) if told.order >= since => entries
            .binary_search_by_key(&sequence, |e| e.sequence)
            .ok()
            .and_then(|at| entries.get(at))
            .is_some_and(|e| e.item == told.entry.item && e.by == told.entry.by),
        _ => true,
    };
    if !record.told.iter().all(there) {
        return true;
    }
    // Each acknowledgement has a commit of its own that ended well meanwhile.
    let mut used = Vec::new();
    for op in record.ops.iter().filter(|op| op.acknowledged() && op.order >= since) {
        let (start, end) = (op.start.as_millis() as u64, op.end.as_millis() as u64);
        let applied = entries.iter().find(|e| {
            matches!(e.item, Item::CommitEnded { end: CommitEnd::Applied, .. })
                && e.by.peer == op.owner
                && (start..=end).contains(&e.monotonic_ms)
                && !used.contains(&e.sequence)
        });
        match applied {
            Some(entry) => used.push(entry.sequence),
            None => return true,
        }
    }
    false
}

/// Writes that devices took without an intent, or for an intent that another write had used.
fn uncovered(record: &Record, entries: &[Stored]) -> Vec<Finding> {
    let since = since(record);
    // Intents by when the gateway was told that they are on record; those of a file that was set aside count as told.
    let mut intents: Vec<(u64, &Write, bool)> = Vec::new();
    for told in &record.told {
        let on_disk = |s: u64| told.order < since || entries.binary_search_by_key(&s, |e| e.sequence).is_ok();
        if let (Some(sequence), Item::Intent { write }) = (told.sequence, &told.entry.item)
            && on_disk(sequence)
        {
            intents.push((told.order, write, false));
        }
    }
    let mut findings = Vec::new();
    for seen in &record.seen {
        let place = |w: &Write| (w.unit, w.address) == (seen.unit, seen.address);
        let fits = |w: &Write| place(w) && w.after == seen.words;
        if let Some(free) = intents.iter_mut().rev().find(|(o, w, used)| !used && *o < seen.order && fits(w))
        {
            free.2 = true;
            continue;
        }
        let newest = intents.iter().rev().find(|(order, w, _)| *order < seen.order && place(w));
        let band = newest.and_then(|(_, w, _)| w.trims);
        let trim = seen.words.first().zip(band).is_some_and(|(w, (low, high))| (low..=high).contains(w));
        if trim || excused(record, seen) {
            continue;
        }
        if record.explain {
            let near = record
                .told
                .iter()
                .filter(|t| t.entry.item_is_about(seen) && t.order < seen.order)
                .rev()
                .take(2);
            println!("    {seen:?}\n      before it: {:#?}", near.collect::<Vec<_>>());
        }
        let again = intents.iter().any(|(order, w, used)| *used && *order < seen.order && fits(w));
        findings.push(if again { Finding::AppliedTwice } else { Finding::NoIntent });
    }
    findings
}

/// The way to the fail-safe value, and back in a commit that failed, waits for no record: while the journal
/// fails, such a write is right without one.
fn excused(record: &Record, seen: &Seen) -> bool {
    let back = match seen.address {
        103 => {
            let earlier = |s: &&Seen| (s.unit, s.address) == (seen.unit, 103);
            let held = record.seen.iter().filter(|s| s.order < seen.order).rev().find(earlier);
            seen.words == [NOMINAL] || held.is_some_and(|s| seen.words == [s.before])
        }
        // The flag is cleared.
        _ => seen.words.first().is_some_and(|w| w & 1 == 0),
    };
    let near = |told: &crate::journal::Told| {
        told.sequence.is_none()
            && told.asked <= seen.time
            && seen.time - told.asked < Duration::from_secs(12)
            && told.entry.item_is_about(seen)
    };
    back && record.told.iter().any(near)
}

trait About {
    fn item_is_about(&self, seen: &Seen) -> bool;
}

impl About for dpo_gateway::shelf::journal::Entry {
    fn item_is_about(&self, seen: &Seen) -> bool {
        matches!(&self.item, Item::Intent { write } if (write.unit, write.address) == (seen.unit, seen.address))
    }
}

fn at_fault(record: &Record, op: &Op) -> bool {
    record.faulty.iter().any(|(from, to)| op.start <= *to && op.end >= *from)
}

/// An acknowledged commit is one voltage in all PSUs that were there. A PSU that only says so is found out.
fn untrue(record: &Record, op: &Op) -> bool {
    // Only the PSUs that answer are written; the others follow when they are back.
    let away = matches!(record.class, Class::DeviceReset | Class::BusUnplugged) && at_fault(record, op);
    if !op.acknowledged() || away {
        return false;
    }
    let held = op.after.iter().zip(op.steady).filter(|(_, steady)| *steady).map(|(v, _)| *v);
    let (low, high) = held.fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
    high - low > 0.005
}

/// A commit that failed on a device leaves the others as they were, or nearer to the fail-safe value.
fn half(record: &Record, op: &Op) -> bool {
    let device = matches!(op.answer, Err(GateError::Device { .. }));
    if !device
        || !op.demands()
        || matches!(record.class, Class::BusUnplugged | Class::DeviceReset) && at_fault(record, op)
    {
        return false;
    }
    op.before
        .iter()
        .zip(op.after)
        .zip(op.steady)
        .any(|((before, after), steady)| steady && after < before - 0.3)
}

/// By what the owners were told: nobody may be told that a setpoint is in force while another's lease runs, nor
/// without a lease.
fn stolen(record: &Record) -> bool {
    // Who holds it in which life, surely until when, and perhaps until when: the grant lies between the
    // question and the answer.
    let mut holder: Option<(usize, &str, Duration, Duration)> = None;
    let mut ops: Vec<&Op> = record.ops.iter().filter(|op| op.answer.is_ok()).collect();
    ops.sort_by_key(|op| op.order);
    for op in ops {
        // A lease does not outlive its gateway.
        holder = holder.filter(|(life, ..)| *life == op.life);
        match &op.asked {
            Asked::Lease(time) => {
                if holder.is_some_and(|(_, name, surely, _)| name != op.owner && surely > op.end) {
                    return true;
                }
                holder = Some((op.life, &op.owner, op.start + *time, op.end + *time));
            }
            Asked::Release => holder = None,
            Asked::Setpoints(_) | Asked::BusVoltage(_) | Asked::PowerCycle(_) => {
                if holder.is_none_or(|(_, name, _, perhaps)| name != op.owner || perhaps < op.start) {
                    return true;
                }
            }
        }
    }
    false
}

/// From the start of a gateway until somebody takes the lease, or the time of grace is over, nothing is written.
fn restarted(record: &Record) -> bool {
    record.lives.iter().skip(1).any(|life| {
        let taken = record
            .ops
            .iter()
            .filter(|op| op.order > life.order && matches!(op.asked, Asked::Lease(_)) && op.answer.is_ok())
            .map(|op| op.start)
            .min();
        let until = taken.unwrap_or(Duration::MAX).min(life.start + GRACE - Duration::from_secs(1));
        record.seen.iter().any(|seen| seen.order > life.order && seen.time < until)
    })
}
