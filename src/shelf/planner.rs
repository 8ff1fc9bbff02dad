//! Which reads fetch a set of registers in the least time on the wire, and what a device taught us.
//!
//! Registers are merged into spans where they touch, or where only words lie between them that the map
//! declares readable: a declared gap, or another register that may be read. A span is one request; a
//! device that answers exception 02 to it is asked for its parts, and the part it still refuses is
//! left out from then on ([`Learned`]).

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
    fn end(self) -> u32 {
        u32::from(self.address) + u32::from(self.words)
    }
}

/// What one device does differently from its map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learned {
    /// First addresses of registers the device refuses with exception 02.
    pub disabled: BTreeSet<u16>,
    /// Whether spans may run across words nobody asked for.
    pub bridging: bool,
    /// Most words in one read.
    pub max_words: u16,
}

impl Learned {
    /// A device that does what its map says.
    pub fn nothing(map: &MapInfo) -> Self {
        Self { disabled: BTreeSet::new(), bridging: true, max_words: map.bus.max_read_words.clamp(1, 125) }
    }
}

/// Whether a poll may read the register: reading a write-only or command register tells nothing.
fn polled(register: &RegisterInfo) -> bool {
    matches!(register.access, Access::ReadOnly | Access::ReadWrite | Access::WriteOneToClear)
}

/// Reads PDU bytes: request 5, answer 2 and the words.
fn cost(words: u32, wire_time: &dyn Fn(usize, usize) -> Duration) -> Duration {
    wire_time(5, 2 + 2 * words as usize)
}

/// The spans that fetch all registers of the poll classes in the least time, in rising order.
///
/// `wire_time` gives the time of a request and an answer of so many PDU bytes
/// ([`crate::bus::Bus::wire_time`]). If time is the same, fewer requests win.
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
            let candidate = (*before + cost(words, wire_time), requests + 1, j);
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
    learned.bridging
        && (from..to).all(|at| {
            let Ok(address) = u16::try_from(at) else { return false };
            match map.register_at(address) {
                Some(r) => polled(r) && !learned.disabled.contains(&r.address),
                None => map.readable(address) && !map.hazardous(address),
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
mod tests {
    use super::*;
    use crate::shelf::testing::MAP;

    /// 19200 baud, 8E1: 0.573 ms a character, and 10 ms a transaction for frame, pauses and device.
    fn slow_line(request: usize, answer: usize) -> Duration {
        Duration::from_micros(10_000 + 573 * (request + answer) as u64)
    }

    fn spans(classes: &[PollClass], learned: &Learned) -> Vec<(u16, u16)> {
        plan(&MAP, classes, learned, &slow_line).iter().map(|s| (s.address, s.words)).collect()
    }

    #[test]
    fn touching_registers_and_declared_gaps_become_one_read() {
        // Fast 20, 21, 24; 22 and 23 are a declared gap; 40 is behind unmapped words.
        assert_eq!(spans(&[PollClass::Fast], &Learned::nothing(&MAP)), [(20, 5), (40, 1)]);
        // The slow 30 lies behind unmapped words on both sides.
        assert_eq!(
            spans(&[PollClass::Fast, PollClass::Slow], &Learned::nothing(&MAP)),
            [(20, 5), (30, 1), (40, 2)]
        );
    }

    #[test]
    fn a_bridge_is_taken_only_where_it_saves_time() {
        let free_requests = |_: usize, answer: usize| Duration::from_micros(answer as u64 - 2);
        let spans = plan(&MAP, &[PollClass::Fast], &Learned::nothing(&MAP), &free_requests);
        let spans: Vec<_> = spans.iter().map(|s| (s.address, s.words)).collect();
        assert_eq!(spans, [(20, 2), (24, 1), (40, 1)]);
    }

    #[test]
    fn limits_and_lessons_are_kept() {
        let mut learned = Learned { max_words: 3, ..Learned::nothing(&MAP) };
        assert_eq!(spans(&[PollClass::Fast], &learned), [(20, 2), (24, 1), (40, 1)]);
        learned = Learned { bridging: false, ..Learned::nothing(&MAP) };
        assert_eq!(spans(&[PollClass::Fast], &learned), [(20, 2), (24, 1), (40, 1)]);
        learned = Learned::nothing(&MAP);
        learned.disabled.insert(21);
        // The refused register is not bridged either.
        assert_eq!(spans(&[PollClass::Fast], &learned), [(20, 1), (24, 1), (40, 1)]);
    }

    #[test]
    fn write_only_and_on_demand_registers_are_not_polled() {
        let all = [PollClass::Fast, PollClass::Slow, PollClass::Static];
        let spans = plan(&MAP, &all, &Learned::nothing(&MAP), &slow_line);
        for span in &spans {
            assert!(!(u32::from(span.address)..span.end()).contains(&50), "{span:?}");
        }
        for register in MAP.registers.iter().filter(|r| all.contains(&r.poll) && polled(r)) {
            let covered = spans.iter().any(|s| s.address <= register.address && register.end() <= s.end());
            assert!(covered, "{}", register.id);
        }
    }

    #[test]
    fn the_real_maps_need_few_reads() {
        let count = |map: &'static MapInfo, classes: &[PollClass]| {
            plan(map, classes, &Learned::nothing(map), &slow_line).len()
        };
        let (psu, bbu) = (crate::shelf::psu::MAP, crate::shelf::bbu::MAP);
        // 16 and 13 registers. The BBU's 13 words between two blocks cost more than a request here.
        assert_eq!(count(psu, &[PollClass::Fast]), 2);
        assert_eq!(count(bbu, &[PollClass::Fast]), 3);
        let all = [PollClass::Fast, PollClass::Slow, PollClass::Static];
        assert_eq!((count(psu, &all), count(bbu, &all)), (4, 7));
        // Six of each fit into one second at 19200 baud.
        let time = |map: &'static MapInfo| -> Duration {
            let spans = plan(map, &[PollClass::Fast], &Learned::nothing(map), &slow_line);
            spans.iter().map(|s| cost(u32::from(s.words), &slow_line)).sum()
        };
        assert!(6 * (time(psu) + time(bbu)) < Duration::from_millis(700));
    }

    #[test]
    fn a_refused_span_is_split_at_registers() {
        let (a, b) = split(&MAP, Span { address: 20, words: 5 }).unwrap();
        assert_eq!(((a.address, a.words), (b.address, b.words)), ((20, 1), (21, 4)));
        assert_eq!(split(&MAP, Span { address: 8, words: 2 }), None);
    }
}
