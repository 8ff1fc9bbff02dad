//! One device on a bus: reads by plan, and what the reads taught.

use std::collections::BTreeMap;
use std::sync::Arc;

use dpo_registers::codec::Exception;
use dpo_registers::map::{MapInfo, PollClass};
use dpo_registers::register::Words;

use super::planner::{Learned, Span, plan, split};
use crate::bus::{Bus, BusError, TransactError, read_holding};

/// The words of a device by address, as a source for the generated readers.
#[derive(Debug, Clone, Copy)]
pub struct WordView<'a>(pub &'a BTreeMap<u16, u16>);

impl Words for WordView<'_> {
    fn word(&self, address: u16) -> Option<u16> {
        self.0.get(&address).copied()
    }
}

/// A register that a device refused with exception 02: it is not read any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Identifier in the map, or the address if the map has no register there.
    pub register: String,
    /// First address.
    pub address: u16,
}

/// What one round of reads did.
#[derive(Debug, Default)]
pub struct ReadReport {
    /// Requests sent.
    pub requests: usize,
    /// Answers that do not fit their request; the words they cover keep their old values for a while.
    pub failures: usize,
    /// Registers that the device refused for the first time.
    pub refused: Vec<Refusal>,
    /// The last exception other than 02, or answer that did not fit: some words are not from this round.
    pub exception: Option<String>,
}

/// Reads of the same words that fail in a row, before the old values are dropped: a single one is noise,
/// and values that are older say nothing.
const STALE_AFTER: u8 = 3;

/// A device of a known map at an address of a bus.
pub struct Link {
    bus: Arc<dyn Bus>,
    unit: u8,
    map: &'static MapInfo,
    learned: Learned,
    words: BTreeMap<u16, u16>,
    /// Failed reads in a row, by first address.
    failed: BTreeMap<u16, u8>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Link({} {} {})", self.bus.name(), self.unit, self.map.id)
    }
}

impl Link {
    /// A link to the device at `unit`. Nothing is sent.
    pub fn new(bus: Arc<dyn Bus>, unit: u8, map: &'static MapInfo) -> Self {
        Self {
            bus,
            unit,
            map,
            learned: Learned::nothing(map),
            words: BTreeMap::new(),
            failed: BTreeMap::new(),
        }
    }

    /// The words read so far.
    pub fn words(&self) -> &BTreeMap<u16, u16> {
        &self.words
    }

    /// What the device does differently from its map.
    pub fn learned(&self) -> &Learned {
        &self.learned
    }

    /// Forgets words and lessons: another device may sit in the slot now.
    pub fn forget(&mut self) {
        self.words.clear();
        self.failed.clear();
        self.learned = Learned::nothing(self.map);
    }

    /// The reads that fetch these poll classes now.
    pub fn plan(&self, classes: &[PollClass]) -> Vec<Span> {
        plan(self.map, classes, &self.learned, &|request, answer| self.bus.wire_time(request, answer))
    }

    /// Reads all registers of the poll classes. An exception is an answer: the device is there, as long as
    /// it answers some register.
    ///
    /// # Errors
    /// The first [`BusError`]; words read before it are kept. [`BusError::Frame`] if there is no register
    /// that the device answers: it may be starting, and what was learned from it is not to be trusted.
    pub async fn read(&mut self, classes: &[PollClass]) -> Result<ReadReport, BusError> {
        let mut report = ReadReport::default();
        // Parts of a refused span are read next, so that one round brings all that can be had.
        let mut todo: Vec<(Span, bool)> = self.plan(classes).into_iter().rev().map(|s| (s, false)).collect();
        let mut whole_refused: Option<(Span, usize)> = None;
        let mut answered = false;
        while let Some((span, part)) = todo.pop() {
            report.requests += 1;
            match read_holding(&*self.bus, self.unit, span.address, span.words).await {
                Ok(words) => {
                    answered = true;
                    self.failed.remove(&span.address);
                    self.words.extend((span.address..=u16::MAX).zip(words));
                }
                Err(TransactError::Bus(error)) => return Err(error),
                Err(TransactError::Refused { exception: Exception::IllegalDataAddress, .. }) => {
                    if !part {
                        self.settle_lesson(whole_refused.take(), &report);
                        whole_refused = Some((span, report.refused.len()));
                    }
                    match split(self.map, span) {
                        Some((left, right)) => todo.extend([(right, true), (left, true)]),
                        None => self.disable(span.address, &mut report),
                    }
                }
                Err(other) => {
                    report.failures += usize::from(matches!(other, TransactError::Mismatch { .. }));
                    report.exception = Some(other.to_string());
                    self.age(span);
                }
            }
        }
        self.settle_lesson(whole_refused, &report);
        if answered {
            return Ok(report);
        }
        let reason = report.exception.unwrap_or_else(|| "it refuses every register".to_owned());
        Err(BusError::Frame { bus: self.bus.name().to_owned(), unit: self.unit, reason })
    }

    /// A read of these words failed.
    fn age(&mut self, span: Span) {
        let failed = self.failed.entry(span.address).or_default();
        *failed = failed.saturating_add(1);
        if *failed >= STALE_AFTER {
            self.words.retain(|at, _| !(span.address..span.address.saturating_add(span.words)).contains(at));
        }
    }

    fn disable(&mut self, address: u16, report: &mut ReadReport) {
        let register = self.map.register_at(address);
        let first = register.map_or(address, |r| r.address);
        if self.learned.disabled.insert(first) {
            for at in first..first.saturating_add(register.map_or(1, |r| r.words)) {
                self.words.remove(&at);
            }
            let register = register.map_or_else(|| address.to_string(), |r| r.id.to_owned());
            report.refused.push(Refusal { register, address: first });
        }
    }

    /// A span was refused, but each of its parts was answered: the device refuses the words between
    /// them, or the length. Without this lesson each cycle would pay for the same refusal.
    fn settle_lesson(&mut self, refused: Option<(Span, usize)>, report: &ReadReport) {
        let Some((span, before)) = refused else { return };
        if report.refused.len() > before {
            return;
        }
        if self.learned.bridging {
            self.learned.bridging = false;
        } else {
            self.learned.max_words = self.learned.max_words.min(span.words.saturating_sub(1)).max(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shelf::testing::{Fake, MAP};

    const POLL: [PollClass; 3] = [PollClass::Fast, PollClass::Slow, PollClass::Static];

    #[tokio::test]
    async fn merged_reads_fetch_every_word() {
        let (bus, fake) = Fake::on_bus(5);
        let mut link = Link::new(bus, 5, &MAP);
        let report = link.read(&POLL).await.unwrap();
        // model, 20 to 24, slow, 40 and 41
        assert_eq!(report.requests, 4);
        assert_eq!(fake.requests(), 4);
        let expected = fake.words();
        for address in [8, 9, 20, 21, 24, 30, 40, 41] {
            assert_eq!(link.words().get(&address), expected.get(&address), "{address}");
        }
    }

    #[tokio::test]
    async fn a_refused_register_is_found_reported_once_and_left_out() {
        let (bus, fake) = Fake::on_bus(5);
        fake.refuse(21);
        let mut link = Link::new(bus, 5, &MAP);
        let report = link.read(&POLL).await.unwrap();
        assert_eq!(report.refused, [Refusal { register: "b".into(), address: 21 }]);
        assert!(!link.words().contains_key(&21));
        assert!(link.words().contains_key(&20) && link.words().contains_key(&24));
        let again = link.read(&POLL).await.unwrap();
        assert!(again.refused.is_empty());
        // model, 20, 24, slow, 40 and 41: no request is refused any more.
        assert_eq!(again.requests, 5);
        assert_eq!(fake.refusals_in_last(5), 0);
    }

    #[tokio::test]
    async fn a_gap_that_cannot_be_read_disables_nothing() {
        let (bus, fake) = Fake::on_bus(5);
        fake.refuse(22);
        let mut link = Link::new(bus, 5, &MAP);
        assert!(link.read(&POLL).await.unwrap().refused.is_empty());
        assert!(!link.learned().bridging);
        link.read(&POLL).await.unwrap();
        assert_eq!(fake.refusals_in_last(5), 0);
        assert!(link.words().contains_key(&21) && link.words().contains_key(&24));
    }

    #[tokio::test]
    async fn a_device_that_answers_no_register_is_not_there() {
        for exception in [
            Exception::IllegalDataAddress,
            Exception::ServerDeviceBusy,
            Exception::GatewayPathUnavailable,
            Exception::GatewayTargetFailed,
        ] {
            let (bus, fake) = Fake::on_bus(5);
            let mut link = Link::new(bus, 5, &MAP);
            link.read(&POLL).await.unwrap();
            fake.refuse_all(Some(exception));
            // Again and again: with nothing left to ask for, silence must not pass for an answer.
            for _ in 0..3 {
                assert!(link.read(&[PollClass::Fast]).await.is_err(), "{exception}");
            }
        }
    }

    #[tokio::test]
    async fn values_that_cannot_be_read_again_do_not_stay_for_ever() {
        let (bus, fake) = Fake::on_bus(5);
        let mut link = Link::new(bus, 5, &MAP);
        link.read(&POLL).await.unwrap();
        fake.refuse_with(20, Exception::ServerDeviceFailure);
        for _ in 1..STALE_AFTER {
            assert!(link.read(&[PollClass::Fast]).await.unwrap().exception.is_some());
            assert!(link.words().contains_key(&20), "one failure is noise");
        }
        link.read(&[PollClass::Fast]).await.unwrap();
        assert!(!link.words().contains_key(&20) && !link.words().contains_key(&24));
        assert!(link.words().contains_key(&40) && link.words().contains_key(&8));
        fake.allow(20);
        link.read(&[PollClass::Fast]).await.unwrap();
        assert!(link.words().contains_key(&20));
    }

    #[tokio::test]
    async fn silence_is_an_error_and_keeps_the_words() {
        let (bus, fake) = Fake::on_bus(5);
        let mut link = Link::new(bus, 5, &MAP);
        link.read(&POLL).await.unwrap();
        fake.silence(true);
        assert!(matches!(link.read(&POLL).await, Err(BusError::Timeout { unit: 5, .. })));
        assert!(link.words().contains_key(&20));
    }
}
