//! The wire: who talks when, and what the others hear of it, character by character.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::faults::{Draw, LineFaults};
use super::{LineConfig, LineReport};
use crate::bus::rtu::station::{Station, lock};

/// Number of a station on the wire; injected bytes come from none.
type Seat = usize;
const NOBODY: Seat = usize::MAX;

/// The driver of a station is on from `on` to `off`; nobody else can talk then without garbling.
#[derive(Clone, Copy)]
struct Talk {
    seat: Seat,
    on: Duration,
    off: Duration,
}

/// A character whose last bit ends at `end`.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Character {
    end: Duration,
    /// In the order of sending, so that equal instants have one order.
    number: u64,
    start: Duration,
    seat: Seat,
    byte: u8,
}

pub(super) struct Place {
    pub(super) station: Arc<Mutex<dyn Station>>,
    /// Hears itself.
    pub(super) echo: bool,
}

pub(super) struct Wire {
    config: LineConfig,
    /// By seat; a place whose station has ended stays empty, so that seats keep their numbers.
    places: Vec<Option<Place>>,
    talks: Vec<Talk>,
    characters: BinaryHeap<Reverse<Character>>,
    number: u64,
    draw: Draw,
    /// When the next character of noise comes.
    noise: Option<Duration>,
    /// Bytes to put on the wire at an instant, whoever talks then.
    injected: Vec<(Duration, Vec<u8>)>,
    report: LineReport,
}

impl Wire {
    pub(super) fn new(config: LineConfig) -> Self {
        let mut wire = Self {
            config,
            places: Vec::new(),
            talks: Vec::new(),
            characters: BinaryHeap::new(),
            number: 0,
            draw: Draw::new(config.seed),
            noise: None,
            injected: Vec::new(),
            report: LineReport::default(),
        };
        wire.next_noise(Duration::ZERO);
        wire
    }

    pub(super) fn add(&mut self, place: Place) {
        self.places.push(Some(place));
    }

    pub(super) fn inject(&mut self, at: Duration, bytes: Vec<u8>) {
        self.injected.push((at, bytes));
    }

    pub(super) fn set_faults(&mut self, now: Duration, faults: LineFaults) {
        self.config.faults = faults;
        self.next_noise(now);
    }

    pub(super) fn report(&self) -> LineReport {
        self.report
    }

    fn next_noise(&mut self, now: Duration) {
        let rate = self.config.faults.noise_per_s;
        // Waits between independent events have an exponential distribution.
        self.noise =
            (rate > 0.0).then(|| now + Duration::from_secs_f64(-(1.0 - self.draw.unit()).ln() / rate));
    }

    /// When something happens next.
    pub(super) fn next(&self) -> Option<Duration> {
        let character = self.characters.peek().map(|Reverse(c)| c.end);
        let injected = self.injected.iter().map(|(at, _)| *at).min();
        let stations = self.places.iter().flatten().filter_map(|place| lock(&place.station).deadline()).min();
        [character, injected, stations, self.noise].into_iter().flatten().min()
    }

    /// Does what is due.
    pub(super) fn step(&mut self, now: Duration) {
        while self.characters.peek().is_some_and(|Reverse(c)| c.end <= now) {
            if let Some(Reverse(character)) = self.characters.pop() {
                self.deliver(now, &character);
            }
        }
        if self.noise.is_some_and(|at| at <= now) {
            let byte = self.draw.next() as u8;
            self.put(now, NOBODY, &[byte], Duration::ZERO);
            self.next_noise(now);
        }
        let (due, later) = std::mem::take(&mut self.injected).into_iter().partition(|(at, _)| *at <= now);
        self.injected = later;
        let due: Vec<(Duration, Vec<u8>)> = due;
        for (_, bytes) in due {
            self.put(now, NOBODY, &bytes, Duration::ZERO);
        }
        for seat in 0..self.places.len() {
            self.tick(now, seat);
        }
    }

    fn tick(&mut self, now: Duration, seat: Seat) {
        let Some(slot) = self.places.get_mut(seat) else { return };
        let Some(place) = slot else { return };
        let station = Arc::clone(&place.station);
        let mut station = lock(&station);
        station.tick(now);
        if station.ended() {
            *slot = None;
            return;
        }
        if let Some(outgoing) = station.take() {
            let end = self.put(now, seat, outgoing.as_slice(), station.between());
            station.sending(end);
        }
    }

    /// Puts bytes on the wire from now on. Returns when the last bit has left.
    fn put(&mut self, now: Duration, seat: Seat, bytes: &[u8], between: Duration) -> Duration {
        let first = now + self.config.driver_enable;
        let timing = self.config.timing;
        let at = |count: usize| {
            first + timing.characters(count) + between * u32::try_from(count).unwrap_or(u32::MAX)
        };
        let end = at(bytes.len()).saturating_sub(if bytes.is_empty() { Duration::ZERO } else { between });
        self.talks.retain(|talk| talk.off + timing.characters(2) >= now);
        self.talks.push(Talk { seat, on: now, off: end + self.config.driver_release });
        for (index, byte) in bytes.iter().enumerate() {
            let start = at(index);
            let end = start + (timing.characters(index + 1) - timing.characters(index));
            self.number += 1;
            self.characters.push(Reverse(Character { end, number: self.number, start, seat, byte: *byte }));
        }
        self.report.busy += end - now;
        self.report.characters += bytes.len() as u64;
        end
    }

    fn deliver(&mut self, now: Duration, character: &Character) {
        let mut byte = character.byte;
        let both = |talk: &&Talk| {
            talk.seat != character.seat && talk.on < character.end && talk.off > character.start
        };
        if self.talks.iter().any(|talk| both(&talk)) {
            self.report.collided += 1;
            // Two drivers fight: some bits are right by chance, the frame is not.
            byte ^= (self.draw.next() as u8).max(1);
        }
        let LineFaults { flip, lose, duplicate, .. } = self.config.faults;
        if self.draw.chance(flip) {
            byte ^= 1 << (self.draw.next() % 8);
            self.report.flipped += 1;
        }
        let times = if self.draw.chance(lose) {
            self.report.lost += 1;
            0
        } else if self.draw.chance(duplicate) {
            self.report.duplicated += 1;
            2
        } else {
            1
        };
        for seat in 0..self.places.len() {
            let Some(Some(place)) = self.places.get(seat) else { continue };
            let own = seat == character.seat;
            // Whoever drives the line does not hear it, unless the adapter leaves its receiver on.
            let deaf =
                self.talks.iter().any(|t| t.seat == seat && t.on < character.end && t.off > character.start);
            if (own || deaf) && !place.echo {
                continue;
            }
            let station = Arc::clone(&place.station);
            for _ in 0..times {
                lock(&station).hear(now, &[byte]);
            }
        }
    }
}
