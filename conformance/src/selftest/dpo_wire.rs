//! What the mutants of the DPO block share: reading requests, changing answers, and a memory.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use dpo_gateway::maps::model::Register;

use super::mutant::{Query, Turn};
use crate::device::last_of;

/// What a mutant remembers between requests.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    number: AtomicU32,
    count: AtomicU32,
    peer: AtomicU32,
    until_ms: AtomicU64,
}

impl Memory {
    /// A number that was kept.
    pub fn get(&self) -> u32 {
        self.number.load(Ordering::Relaxed)
    }

    /// Keeps a number.
    pub fn set(&self, number: u32) {
        self.number.store(number, Ordering::Relaxed);
    }

    /// Something will be done so many times.
    pub fn count(&self, times: u32) {
        self.count.store(times, Ordering::Relaxed);
    }

    /// Whether it is still to be done; once less then.
    pub fn counts(&self) -> bool {
        self.count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }

    /// What is still to be done.
    pub fn left(&self) -> u32 {
        self.count.load(Ordering::Relaxed)
    }

    /// The connection that was kept.
    pub fn peer(&self) -> u32 {
        self.peer.load(Ordering::Relaxed)
    }

    /// Keeps a connection.
    pub fn set_peer(&self, peer: u32) {
        self.peer.store(peer, Ordering::Relaxed);
    }
}

fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}

/// Keeps that the lease is held for so long from now on.
pub(super) fn until(q: &Query<'_>, seconds: u16) {
    let end = if seconds == 0 { 0 } else { now_ms() + 1000 * u64::from(seconds) };
    q.state.until_ms.store(end, Ordering::Relaxed);
}

/// Whether the lease that was kept still runs.
pub(super) fn holding(q: &Query<'_>) -> bool {
    q.state.until_ms.load(Ordering::Relaxed) > now_ms()
}

fn register<'a>(q: &Query<'a>, id: &str) -> Option<&'a Register> {
    q.map.registers.iter().find(|r| r.id == id)
}

/// First address and words of a write of function 06 or 16.
fn written(q: &Query<'_>) -> Option<(u16, Vec<u16>)> {
    let (at, data) = match q.pdu {
        [6, a, b, data @ ..] | [0x10, a, b, _, _, _, data @ ..] => (u16::from_be_bytes([*a, *b]), data),
        _ => return None,
    };
    let words = data.chunks_exact(2).map(|pair| pair.iter().fold(0, |w, b| (w << 8) | u16::from(*b)));
    Some((at, words.collect()))
}

/// Whether a request writes, beginning with a register of the block.
pub(super) fn sets(q: &Query<'_>, id: &str) -> bool {
    written(q).zip(register(q, id)).is_some_and(|((at, _), own)| at == own.address)
}

/// Whether a write begins inside a register.
pub(super) fn touches(q: &Query<'_>, id: &str) -> bool {
    written(q).zip(register(q, id)).is_some_and(|((at, _), own)| (own.address..=last_of(own)).contains(&at))
}

/// How many words a write holds.
pub(super) fn length(q: &Query<'_>) -> usize {
    written(q).map_or(0, |(_, words)| words.len())
}

/// The number that a write puts into a register of one or two words, wherever in the request it stands.
pub(super) fn words_at(q: &Query<'_>, id: &str) -> Option<u32> {
    let ((at, words), own) = written(q).zip(register(q, id))?;
    let first = usize::from(own.address.checked_sub(at)?);
    let own = words.get(first..first + usize::from(own.words))?;
    Some(own.iter().fold(0, |number, word| (number << 16) | u32::from(*word)))
}

/// The same write with another number in a register.
pub(super) fn rewritten(q: &Query<'_>, id: &str, number: u32) -> Option<Vec<u8>> {
    let ((at, _), own) = written(q).zip(register(q, id))?;
    let head = if q.pdu.first() == Some(&6) { 3 } else { 6 };
    let first = head + 2 * usize::from(own.address.checked_sub(at)?);
    let bytes = number.to_be_bytes();
    let own = bytes.get(4 - 2 * usize::from(own.words.min(2))..)?;
    let mut pdu = q.pdu.to_vec();
    pdu.get_mut(first..first + own.len())?.copy_from_slice(own);
    Some(pdu)
}

/// The first words of a write alone.
pub(super) fn shortened(q: &Query<'_>, words: u8) -> Vec<u8> {
    let mut pdu = q.pdu.to_vec();
    pdu.truncate(6 + 2 * usize::from(words));
    if let [_, _, _, high, low, count, ..] = pdu.as_mut_slice() {
        (*high, *low, *count) = (0, words, 2 * words);
    }
    pdu
}

/// Token and duration of a request for the lease.
pub(super) fn lease_of(q: &Query<'_>) -> Option<(u32, u16)> {
    let own = register(q, "lease_token")?;
    match written(q)? {
        (at, words) if at == own.address => match words.as_slice() {
            [high, low, seconds] => Some(((u32::from(*high) << 16) | u32::from(*low), *seconds)),
            _ => None,
        },
        _ => None,
    }
}

/// A request for the lease.
pub(super) fn lease_write(q: &Query<'_>, token: u32, seconds: u16) -> Vec<u8> {
    let mut pdu = q.pdu.get(..6).unwrap_or_default().to_vec();
    pdu.extend(token.to_be_bytes());
    pdu.extend(seconds.to_be_bytes());
    pdu
}

/// The answer of a device that took a write.
pub(super) fn acknowledged(q: &Query<'_>) -> Turn {
    let echo = if q.pdu.first() == Some(&6) { q.pdu } else { q.pdu.get(..5).unwrap_or_default() };
    Turn::Answer(echo.to_vec())
}

/// An exception.
pub(super) fn refused(q: &Query<'_>, code: u8) -> Turn {
    Turn::Answer(vec![q.pdu.first().copied().unwrap_or_default() | 0x80, code])
}

/// Changes an exception into another one.
pub(super) fn changed(answer: &mut [u8], from: u8, to: u8) {
    if let [function, code] = answer
        && *function >= 0x80
        && *code == from
    {
        *code = to;
    }
}

/// Where the bytes of a register stand in the answer to a read that holds it whole.
fn place(q: &Query<'_>, answer: &[u8], id: &str) -> Option<std::ops::Range<usize>> {
    let (own, (first, quantity)) = (register(q, id)?, q.read()?);
    let inside = own.address >= first && u32::from(last_of(own)) < u32::from(first) + u32::from(quantity);
    let at = 2 + 2 * usize::from(own.address.checked_sub(first)?);
    let range = at..at + 2 * usize::from(own.words);
    (inside && answer.first() == Some(&3) && range.end <= answer.len()).then_some(range)
}

/// Whether a request reads a register whole.
pub(super) fn reads(q: &Query<'_>, id: &str) -> bool {
    register(q, id).zip(q.read()).is_some_and(|(own, (first, quantity))| {
        own.address >= first && u32::from(last_of(own)) < u32::from(first) + u32::from(quantity)
    })
}

/// The number that an answer shows in a register of one or two words.
pub(super) fn shown(q: &Query<'_>, answer: &[u8], id: &str) -> Option<u32> {
    let bytes = answer.get(place(q, answer, id)?)?;
    Some(bytes.iter().fold(0, |number, byte| (number << 8) | u32::from(*byte)))
}

/// Changes the number that an answer shows in a register of one or two words.
pub(super) fn patch(q: &Query<'_>, answer: &mut [u8], id: &str, change: impl Fn(u32) -> u32) {
    let Some(now) = shown(q, answer, id) else { return };
    let Some(bytes) = place(q, answer, id).and_then(|range| answer.get_mut(range)) else { return };
    let new = change(now).to_be_bytes();
    let len = bytes.len();
    if let Some(own) = new.get(4_usize.saturating_sub(len)..)
        && own.len() == len
    {
        bytes.copy_from_slice(own);
    }
}

/// Shows a value for ever once it was there.
pub(super) fn remembers(q: &Query<'_>, answer: &mut [u8], id: &str, fits: fn(u32) -> bool) {
    match shown(q, answer, id) {
        Some(now) if fits(now) => q.state.set(now),
        Some(_) if q.state.get() != 0 => patch(q, answer, id, |_| q.state.get()),
        _ => {}
    }
}

/// Changes a number of two words.
pub(super) fn long(words: &mut [u16], change: impl Fn(u32) -> u32) {
    if let [high, low] = words {
        let new = change((u32::from(*high) << 16) | u32::from(*low));
        (*high, *low) = ((new >> 16) as u16, new as u16);
    }
}
