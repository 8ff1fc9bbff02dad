//! Which reads fetch a set of registers in the least time on the wire, and what a device taught us.
//!
//! Registers are merged into spans where they touch, or where only words lie between them that the map
//! declares readable: a declared gap, or another register that may be read; or a gap that devices are taken to answer
//! until one does not. A span is one request, and its cost
//! the time it keeps the line: both frames, the silences before them, and what the device takes to answer. A register
//! of several words is never read in parts: its words would be of different instants.
//!
//! A device that answers exception 02 to a span is asked for its parts. What it still refuses is left out from
//! then on, and a gap that it does not answer along with its neighbours is not bridged again ([`Learned`]).

use std::collections::BTreeSet;
use std::time::Duration;

use dpo_registers::map::{Access, MapInfo, PollClass, RegisterInfo};

/// One read request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First address.
    pub address: u16,
    /// Words, 1 to 125.
    pub words: u16,
}

impl Span {
    /// Address behind the last word.
    pub fn end(self) -> u32 {
        u32::from(self.address) + u32::from(self.words)
    }
}

/// What one device does differently from its map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learned {
    /// First addresses of registers the device refuses with exception 02.
    pub disabled: BTreeSet<u16>,
    /// Unmapped words that it is taken to answer in a longer read, though no source says so, as inclusive ranges.
    pub inferred: &'static [(u16, u16)],
    /// Words between registers that it does not answer along with them, as inclusive ranges.
    pub unbridged: Vec<(u16, u16)>,
    /// Most words in one read.
    pub max_words: u16,
}

impl Learned {
    /// A device that does what its map says.
    pub fn nothing(map: &MapInfo) -> Self {
        Self {
            disabled: BTreeSet::new(),
            inferred: &[],
            unbridged: Vec::new(),
            max_words: map.bus.max_read_words.clamp(1, 125),
        }
    }

    /// A device that does what its map says, and is taken to answer these gaps, too, until it does not.
    pub fn inferring(map: &MapInfo, inferred: &'static [(u16, u16)]) -> Self {
        Self { inferred, ..Self::nothing(map) }
    }

    /// A read of so many words was refused, but each of its two parts was answered as it stands: the device refuses
    /// the gap between the parts, or, if they touch, the length. Without this lesson each cycle would pay for the
    /// same refusal.
    pub fn refused_as_one(&mut self, words: u16, gap: Option<(u16, u16)>) {
        match gap {
            Some(gap) if !self.unbridged.contains(&gap) => self.unbridged.push(gap),
            _ => self.max_words = self.max_words.min(words.saturating_sub(1)).max(1),
        }
    }
}

/// Whether a poll may read the register: reading a write-only or command register tells nothing.
fn polled(register: &RegisterInfo) -> bool {
    matches!(register.access, Access::ReadOnly | Access::ReadWrite | Access::WriteOneToClear)
}

/// Time that a read of so many words keeps the line. In PDU bytes: request 5, answer 2 and the words.
pub fn cost(words: u16, wire_time: &dyn Fn(usize, usize) -> Duration) -> Duration {
    wire_time(5, 2 + 2 * usize::from(words))
}

/// Time that all of these reads keep the line.
pub fn total(spans: &[Span], wire_time: &dyn Fn(usize, usize) -> Duration) -> Duration {
    spans.iter().map(|span| cost(span.words, wire_time)).sum()
}

/// The spans that fetch all registers of the poll classes in the least time, in rising order.
///
/// `wire_time` gives the time of a request and an answer of so many PDU bytes, that of the device between them
/// included ([`crate::bus::Bus::wire_time`] leaves that out). If time is the same, fewer requests win.
///
/// This is the optimum over all ways to cut the registers into allowed reads: a dynamic program over the last read.
/// `planner::tests` holds it against an exhaustive search and against a shortest path over single words.
pub fn plan(
    map: &MapInfo,
    classes: &[PollClass],
    learned: &Learned,
    wire_time: &dyn Fn(usize, usize) -> Duration,
) -> Vec<Span> {
    let wanted: Vec<&RegisterInfo> = map
        .registers
        .iter()
        .filter(|r| classes.contains(&r.poll) && polled(r) && !learned.disabled.contains(&r.address))
        .collect();
    // best[i]: least cost of the first i registers, requests, and where their last span begins.
    let mut best: Vec<(Duration, usize, usize)> = vec![(Duration::ZERO, 0, 0)];
    for (i, last) in wanted.iter().enumerate() {
        let mut choice: Option<(Duration, usize, usize)> = None;
        for (j, first) in wanted.iter().enumerate().take(i + 1).rev() {
            let words = last.end() - u32::from(first.address);
            // A register longer than the limit still needs its one read; the device decides.
            if j < i && words > u32::from(learned.max_words) {
                break;
            }
            if let Some(next) = wanted.get(j + 1).filter(|_| j < i)
                && !bridgeable(map, learned, first.end(), u32::from(next.address))
            {
                break;
            }
            let Some((before, requests, _)) = best.get(j) else { break };
            let candidate =
                (*before + cost(u16::try_from(words).unwrap_or(u16::MAX), wire_time), requests + 1, j);
            if choice.is_none_or(|c| (candidate.0, candidate.1) < (c.0, c.1)) {
                choice = Some(candidate);
            }
        }
        best.extend(choice);
    }
    let mut spans = Vec::new();
    let mut i = wanted.len();
    while let (Some((_, _, j)), Some(last)) = (best.get(i), i.checked_sub(1).and_then(|k| wanted.get(k))) {
        if let Some(first) = wanted.get(*j) {
            let words = u16::try_from(last.end() - u32::from(first.address)).unwrap_or(u16::MAX);
            spans.push(Span { address: first.address, words });
        }
        i = *j;
    }
    spans.reverse();
    spans
}

/// Whether every word from `from` up to `to` may be read along.
fn bridgeable(map: &MapInfo, learned: &Learned, from: u32, to: u32) -> bool {
    if from == to {
        return true;
    }
    (from..to).all(|at| {
        let Ok(address) = u16::try_from(at) else { return false };
        let among =
            |ranges: &[(u16, u16)]| ranges.iter().any(|(first, last)| (*first..=*last).contains(&address));
        if among(&learned.unbridged) {
            return false;
        }
        match map.register_at(address) {
            Some(r) => polled(r) && !learned.disabled.contains(&r.address),
            None => (map.readable(address) || among(learned.inferred)) && !map.hazardous(address),
        }
    })
}

/// Splits a span that a device refused into two at a register boundary; `None` if it holds only one
/// polled register. Gaps at the cut are dropped.
pub fn split(map: &MapInfo, span: Span) -> Option<(Span, Span)> {
    let inside: Vec<&RegisterInfo> = map
        .registers
        .iter()
        .filter(|r| r.address >= span.address && r.end() <= span.end() && polled(r))
        .collect();
    let (left, right) = inside.split_at(inside.len() / 2);
    Some((cover(left)?, cover(right)?))
}

fn cover(registers: &[&RegisterInfo]) -> Option<Span> {
    let (first, last) = (registers.first()?, registers.last()?);
    let words = u16::try_from(last.end() - u32::from(first.address)).ok()?;
    Some(Span { address: first.address, words })
}

#[cfg(test)]
mod tests;
