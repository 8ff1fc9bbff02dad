//! One device on a bus: reads by plan, and what the reads taught.

use std::collections::BTreeMap;
use std::time::Duration;

use dpo_registers::codec::Exception;
use dpo_registers::map::{Kind, MapInfo, PollClass};
use dpo_registers::register::Words;
use tokio::time::Instant;

use super::planner::{Learned, Span, cost, plan, split};
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
    /// Whether some register was answered.
    pub answered: bool,
    /// Answers that do not fit their request; the words they cover keep their old values for a while.
    pub failures: usize,
    /// Registers that the device refused for the first time.
    pub refused: Vec<Refusal>,
    /// Whether the device taught something: plans made before are not the best any more.
    pub learned: bool,
    /// The last exception other than 02, or answer that did not fit: some words are not from this round.
    pub exception: Option<String>,
}

/// Reads of the same words that fail in a row, before the old values are dropped: a single one is noise,
/// and values that are older say nothing.
const STALE_AFTER: u8 = 3;

/// A device of a known map at an address of a bus.
#[derive(Debug)]
pub struct Link {
    unit: u8,
    map: &'static MapInfo,
    /// What the device was before it taught anything.
    untaught: Learned,
    learned: Learned,
    words: BTreeMap<u16, u16>,
    /// When each word was read.
    taken: BTreeMap<u16, Instant>,
    /// Failed reads in a row, by first address.
    failed: BTreeMap<u16, u8>,
}

/// A span that the device refused, while its two parts are read.
struct Halved {
    words: u16,
    /// The words between the parts, if there are any.
    gap: Option<(u16, u16)>,
    /// Parts that were not asked for yet.
    pending: u8,
    /// Whether each part asked for so far was answered as a whole.
    answered: bool,
}

impl Link {
    /// A link to the device at `unit`, which is taken for `untaught` until it teaches something else. Nothing is sent.
    pub fn new(unit: u8, map: &'static MapInfo, untaught: Learned) -> Self {
        Self {
            unit,
            map,
            learned: untaught.clone(),
            untaught,
            words: BTreeMap::new(),
            taken: BTreeMap::new(),
            failed: BTreeMap::new(),
        }
    }

    /// The words read so far.
    pub fn words(&self) -> &BTreeMap<u16, u16> {
        &self.words
    }

    /// When each of the words was read: the instant at which its request began on the line.
    pub fn taken(&self) -> &BTreeMap<u16, Instant> {
        &self.taken
    }

    /// What the device does differently from its map.
    pub fn learned(&self) -> &Learned {
        &self.learned
    }

    /// Forgets words and lessons: another device sits at the address now.
    pub fn forget(&mut self) {
        self.forget_words();
        self.unlearn();
    }

    /// Forgets lessons, but not words: what the device refused is asked for again.
    pub fn unlearn(&mut self) {
        self.learned = self.untaught.clone();
    }

    /// Forgets words, but not lessons: the device may have been replaced, or only been away.
    pub fn forget_words(&mut self) {
        self.words.clear();
        self.taken.clear();
        self.failed.clear();
    }

    /// The words that tell one device from another: the identity strings of the map, as far as they were read.
    pub fn identity(&self) -> Vec<u16> {
        let identity = self.map.registers.iter().filter(|r| r.kind == Kind::Text);
        identity
            .flat_map(|r| self.words.range(r.address..r.address.saturating_add(r.words)))
            .map(|(_, w)| *w)
            .collect()
    }

    /// The reads that fetch these poll classes in the least time; `wire_time` as of [`plan`].
    pub fn plan(&self, classes: &[PollClass], wire_time: &dyn Fn(usize, usize) -> Duration) -> Vec<Span> {
        plan(self.map, classes, &self.learned, wire_time)
    }

    /// Sends these reads, one after the other. An exception is an answer: the device is there, as long as it answers
    /// some register.
    ///
    /// # Errors
    /// The first [`BusError`]; words read before it are kept. [`BusError::Frame`] if there is no register
    /// that the device answers: it may be starting, and what was learned from it is not to be trusted.
    pub async fn read(&mut self, bus: &dyn Bus, spans: &[Span]) -> Result<ReadReport, BusError> {
        let report = self.read_part(bus, spans).await?;
        if report.answered {
            return Ok(report);
        }
        self.unlearn();
        let reason = report.exception.unwrap_or_else(|| "it refuses every register".to_owned());
        Err(BusError::Frame { bus: bus.name().to_owned(), unit: self.unit, reason })
    }

    /// The same for reads that are only a part of what the device has: that it refuses them all says nothing.
    ///
    /// # Errors
    /// The first [`BusError`]; words read before it are kept.
    pub async fn read_part(&mut self, bus: &dyn Bus, spans: &[Span]) -> Result<ReadReport, BusError> {
        let mut report = ReadReport::default();
        // Parts of a refused span are read next, so that one round brings all that can be had.
        let mut todo: Vec<(Span, Option<usize>)> = spans.iter().rev().map(|s| (*s, None)).collect();
        let mut halved: Vec<Halved> = Vec::new();
        while let Some((span, part_of)) = todo.pop() {
            report.requests += 1;
            let read = read_holding(bus, self.unit, span.address, span.words).await;
            let whole = read.is_ok();
            match read {
                Ok(words) => {
                    report.answered = true;
                    self.take(span, &words, bus);
                }
                Err(TransactError::Bus(error)) => return Err(error),
                Err(TransactError::Refused { exception: Exception::IllegalDataAddress, .. }) => {
                    match split(self.map, span) {
                        Some((left, right)) => {
                            let gap = u16::try_from(left.end()).ok().zip(right.address.checked_sub(1));
                            halved.push(Halved {
                                words: span.words,
                                gap: gap.filter(|(first, last)| first <= last),
                                pending: 2,
                                answered: true,
                            });
                            let whole = Some(halved.len() - 1);
                            todo.extend([(right, whole), (left, whole)]);
                        }
                        None => self.disable(span.address, &mut report),
                    }
                }
                Err(other) => {
                    report.failures += usize::from(matches!(other, TransactError::Mismatch { .. }));
                    report.exception = Some(other.to_string());
                    self.age(span);
                }
            }
            if let Some(of) = part_of.and_then(|i| halved.get_mut(i)) {
                of.pending -= 1;
                of.answered &= whole;
                if of.pending == 0 && of.answered {
                    report.learned = true;
                    self.learned.refused_as_one(of.words, of.gap);
                }
            }
        }
        Ok(report)
    }

    fn take(&mut self, span: Span, words: &[u16], bus: &dyn Bus) {
        self.failed.remove(&span.address);
        // The device may have taken the values as soon as it had the request.
        let on_line = cost(span.words, &|request, answer| bus.wire_time(request, answer));
        let now = Instant::now();
        let at = now.checked_sub(on_line).unwrap_or(now);
        let addresses = span.address..=u16::MAX;
        self.taken.extend(addresses.clone().zip(words).map(|(address, _)| (address, at)));
        self.words.extend(addresses.zip(words.iter().copied()));
    }

    /// A read of these words failed.
    fn age(&mut self, span: Span) {
        let failed = self.failed.entry(span.address).or_default();
        *failed = failed.saturating_add(1);
        if *failed >= STALE_AFTER {
            self.drop_words(span.address, span.words);
        }
    }

    fn drop_words(&mut self, address: u16, words: u16) {
        let outside = |at: &u16| !(address..address.saturating_add(words)).contains(at);
        self.words.retain(|at, _| outside(at));
        self.taken.retain(|at, _| outside(at));
    }

    fn disable(&mut self, address: u16, report: &mut ReadReport) {
        let register = self.map.register_at(address);
        let first = register.map_or(address, |r| r.address);
        if self.learned.disabled.insert(first) {
            report.learned = true;
            self.drop_words(first, register.map_or(1, |r| r.words));
            let register = register.map_or_else(|| address.to_string(), |r| r.id.to_owned());
            report.refused.push(Refusal { register, address: first });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::shelf::testing::{Fake, MAP};

    const POLL: [PollClass; 3] = [PollClass::Fast, PollClass::Slow, PollClass::Static];

    /// A line of 19200 baud whose devices take 3 ms.
    fn line(request: usize, answer: usize) -> Duration {
        Duration::from_micros(7_010 + 573 * (request + answer + 6) as u64)
    }

    async fn read(
        link: &mut Link,
        bus: &Arc<dyn Bus>,
        classes: &[PollClass],
    ) -> Result<ReadReport, BusError> {
        let spans = link.plan(classes, &line);
        link.read(&**bus, &spans).await
    }

    #[tokio::test]
    async fn merged_reads_fetch_every_word() {
        let (bus, fake) = Fake::on_bus(5);
        let mut link = Link::new(5, &MAP, Learned::nothing(&MAP));
        let report = read(&mut link, &bus, &POLL).await.unwrap();
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
        let mut link = Link::new(5, &MAP, Learned::nothing(&MAP));
        let report = read(&mut link, &bus, &POLL).await.unwrap();
        assert_eq!(report.refused, [Refusal { register: "b".into(), address: 21 }]);
        assert!(!link.words().contains_key(&21));
        assert!(link.words().contains_key(&20) && link.words().contains_key(&24));
        let again = read(&mut link, &bus, &POLL).await.unwrap();
        assert!(again.refused.is_empty());
        // model, 20, 24, slow, 40 and 41: no request is refused any more.
        assert_eq!(again.requests, 5);
        assert_eq!(fake.refusals_in_last(5), 0);
    }

    #[tokio::test]
    async fn a_gap_that_cannot_be_read_disables_nothing() {
        let (bus, fake) = Fake::on_bus(5);
        fake.refuse(22);
        let mut link = Link::new(5, &MAP, Learned::nothing(&MAP));
        assert!(read(&mut link, &bus, &POLL).await.unwrap().refused.is_empty());
        assert_eq!(link.learned().unbridged, [(22, 23)]);
        read(&mut link, &bus, &POLL).await.unwrap();
        assert_eq!(fake.refusals_in_last(5), 0);
        assert!(link.words().contains_key(&21) && link.words().contains_key(&24));
    }

    #[tokio::test]
    async fn a_gap_that_was_only_inferred_is_given_up_when_the_device_refuses_it() {
        let (bus, fake) = Fake::on_bus(5);
        let inferred = Learned::inferring(&MAP, &[(25, 29), (31, 39)]);
        let mut link = Link::new(5, &MAP, inferred.clone());
        let classes = [PollClass::Fast, PollClass::Slow];
        assert_eq!(link.plan(&classes, &line), [Span { address: 20, words: 22 }]);
        let report = read(&mut link, &bus, &classes).await.unwrap();
        assert!(report.learned && report.refused.is_empty());
        assert!([20, 21, 24, 30, 40, 41].iter().all(|at| link.words().contains_key(at)));
        read(&mut link, &bus, &classes).await.unwrap();
        fake.forget_log();
        read(&mut link, &bus, &classes).await.unwrap();
        assert_eq!((fake.requests(), fake.refusals_in_last(3)), (3, 0));
        link.unlearn();
        assert_eq!(*link.learned(), inferred);
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
            let mut link = Link::new(5, &MAP, Learned::nothing(&MAP));
            read(&mut link, &bus, &POLL).await.unwrap();
            fake.refuse_all(Some(exception));
            // Again and again: with nothing left to ask for, silence must not pass for an answer.
            for _ in 0..3 {
                assert!(read(&mut link, &bus, &[PollClass::Fast]).await.is_err(), "{exception}");
            }
        }
    }

    #[tokio::test]
    async fn values_that_cannot_be_read_again_do_not_stay_for_ever() {
        let (bus, fake) = Fake::on_bus(5);
        let mut link = Link::new(5, &MAP, Learned::nothing(&MAP));
        read(&mut link, &bus, &POLL).await.unwrap();
        fake.refuse_with(20, Exception::ServerDeviceFailure);
        for _ in 1..STALE_AFTER {
            assert!(read(&mut link, &bus, &[PollClass::Fast]).await.unwrap().exception.is_some());
            assert!(link.words().contains_key(&20), "one failure is noise");
        }
        read(&mut link, &bus, &[PollClass::Fast]).await.unwrap();
        assert!(!link.words().contains_key(&20) && !link.words().contains_key(&24));
        assert!(link.words().contains_key(&40) && link.words().contains_key(&8));
        fake.allow(20);
        read(&mut link, &bus, &[PollClass::Fast]).await.unwrap();
        assert!(link.words().contains_key(&20));
    }

    #[tokio::test]
    async fn silence_is_an_error_and_keeps_the_words() {
        let (bus, fake) = Fake::on_bus(5);
        let mut link = Link::new(5, &MAP, Learned::nothing(&MAP));
        read(&mut link, &bus, &POLL).await.unwrap();
        fake.silence(true);
        assert!(matches!(read(&mut link, &bus, &POLL).await, Err(BusError::Timeout { unit: 5, .. })));
        assert!(link.words().contains_key(&20));
    }
}
