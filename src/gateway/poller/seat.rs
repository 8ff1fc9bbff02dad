//! One place where a device may be: what is known of it, and what of it is due.

use std::time::Duration;

use dpo_registers::map::PollClass;
use tokio::time::Instant;

use super::super::config::Slot;
use crate::shelf::link::Link;
use crate::shelf::planner::{Learned, Span, cost, total};

/// Time of a request and an answer of so many PDU bytes on the line, that of the device included.
pub(super) type LineTime<'a> = &'a dyn Fn(usize, usize) -> Duration;

/// A place on a bus.
pub(super) struct Seat {
    pub slot: Slot,
    pub link: Link,
    pub present: bool,
    /// Whether all static registers were read since the device arrived.
    pub known: bool,
    /// Transactions in a row without an answer.
    pub failures: u32,
    pub probed: Option<Instant>,
    pub stranger: bool,
    /// The reads of the fast class.
    pub fast: Vec<Span>,
    pass: Pass,
}

/// One pass over the registers that are not fast, a read at a time.
struct Pass {
    /// From when on it may go on; it is to be over one period later.
    release: Instant,
    /// When its first read began.
    started: Option<Instant>,
    /// The reads that are left, the next one last.
    left: Vec<Span>,
    /// Whether some register could not be read.
    incomplete: bool,
}

/// The next read of a pass.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slice {
    pub span: Span,
    pub cost: Duration,
    /// When the pass is to be over.
    pub deadline: Instant,
}

impl Seat {
    pub fn new(slot: Slot) -> Self {
        Self {
            link: Link::new(
                slot.unit,
                slot.kind.map(),
                Learned::inferring(slot.kind.map(), slot.kind.inferred_gaps()),
            ),
            slot,
            present: false,
            known: false,
            failures: 0,
            probed: None,
            stranger: false,
            fast: Vec::new(),
            pass: Pass { release: Instant::now(), started: None, left: Vec::new(), incomplete: false },
        }
    }

    /// When the next pass may begin; `None` if there is nothing to read.
    pub fn released(&self) -> Option<Instant> {
        (self.present && !self.pass.left.is_empty()).then_some(self.pass.release)
    }

    /// The classes that a pass reads.
    fn classes(&self) -> &'static [PollClass] {
        if self.known { &[PollClass::Slow] } else { &[PollClass::Slow, PollClass::Static] }
    }

    /// Plans anew: the device arrived, or taught something.
    pub fn plan(&mut self, time: LineTime<'_>) {
        self.fast = self.link.plan(&[PollClass::Fast], time);
        self.pass.left = self.planned(time);
        // What is read twice now costs little; what was left out would be missed.
        self.pass.started = None;
        self.pass.incomplete = false;
    }

    fn planned(&self, time: LineTime<'_>) -> Vec<Span> {
        let mut spans = self.link.plan(self.classes(), time);
        spans.reverse();
        spans
    }

    /// All of the device was read at `now`: the next pass is due `delay` later.
    pub fn passed_at(&mut self, now: Instant, delay: Duration, time: LineTime<'_>) {
        self.plan(time);
        self.pass.release = now + delay;
    }

    /// The reads of everything that is polled, in one plan.
    pub fn whole(&self, time: LineTime<'_>) -> Vec<Span> {
        self.link.plan(&[PollClass::Fast, PollClass::Slow, PollClass::Static], time)
    }

    /// Time that the fast reads keep the line.
    pub fn fast_cost(&self, time: LineTime<'_>) -> Duration {
        total(&self.fast, time)
    }

    /// Time that a pass keeps the line, and its longest read.
    pub fn pass_cost(&self, time: LineTime<'_>) -> (Duration, Duration) {
        let spans = self.planned(time);
        let longest = spans.iter().map(|span| cost(span.words, time)).max();
        (total(&spans, time), longest.unwrap_or_default())
    }

    /// The next read of the pass, if one is due at `now`.
    pub fn slice(&self, now: Instant, period: Duration, time: LineTime<'_>) -> Option<Slice> {
        let span = *self.pass.left.last()?;
        let due = self.present && self.pass.release <= now;
        due.then(|| Slice { span, cost: cost(span.words, time), deadline: self.pass.release + period })
    }

    /// A read of the pass had no answer: whether the device is still there is for the next round to find out.
    pub fn postpone(&mut self, until: Instant) {
        self.pass.release = until;
    }

    /// A read of the pass began at `started` and is over; `complete` says that it brought all its words. Returns
    /// when the pass began, if it is over, too.
    pub fn sliced(
        &mut self,
        started: Instant,
        complete: bool,
        period: Duration,
        time: LineTime<'_>,
    ) -> Option<Instant> {
        self.pass.left.pop();
        self.pass.incomplete |= !complete;
        let began = *self.pass.started.get_or_insert(started);
        if !self.pass.left.is_empty() {
            return None;
        }
        // A device that was busy is asked for what is missing with the next pass.
        self.known |= !self.pass.incomplete;
        let next = (self.pass.release + period).max(started);
        self.plan(time);
        self.pass.release = next;
        Some(began)
    }
}
