//! The newest events, as records of one layout.

use dpo_registers::generated::dpo_pmi::{
    Event1Flags as Flags, Event1Kind as Kind, Event1Subject as Subject, Event1Verdict as Verdict, reg,
};
use dpo_registers::register::{Register, WordsMut, write};
use dpo_registers::units::Seconds;

use super::{Block, unix};
use crate::gateway::{Event, EventKind, EventWindow, GridEventKind, Recording, RideVerdict, Severity};

/// Records in the block.
pub(in crate::pmi) const RECORDS: usize = 6;
/// Words from one record to the next.
const STRIDE: u16 = reg::Event2Sequence::INFO.address - reg::Event1Sequence::INFO.address;

/// The number of an event as registers show it: 1 follows 4294967295, for 0 means none.
fn number(sequence: u64) -> u32 {
    let within = sequence.checked_sub(1).map_or(0, |before| before % u64::from(u32::MAX) + 1);
    // At most `u32::MAX` by the remainder.
    within as u32
}

/// The newest event with this number, none later than `newest`; `None` if there is none.
pub(in crate::pmi) fn sequence_of(number: u32, newest: u64) -> Option<u64> {
    let period = u64::from(u32::MAX);
    let round = newest.checked_sub(1)? / period * period;
    let sequence = round + u64::from(number);
    if sequence <= newest { Some(sequence) } else { sequence.checked_sub(period).filter(|s| *s > 0) }
}

/// A record: the registers of the first one, moved.
struct Record<'a> {
    block: &'a mut Block,
    offset: u16,
}

impl WordsMut for Record<'_> {
    fn set_word(&mut self, address: u16, word: u16) -> bool {
        address.checked_add(self.offset).is_some_and(|at| self.block.set_word(at, word))
    }
}

impl Record<'_> {
    fn put<R: Register>(&mut self, value: R::Value) {
        // Integers and symbols always fit their registers; the room for them is the block's.
        let _ = write::<R>(Some(&value), self);
    }

    fn fill(&mut self, event: &Event, recording: Option<&Recording>) {
        self.put::<reg::Event1Sequence>(number(event.sequence));
        self.put::<reg::Event1Time>(unix(event.time));
        self.put::<reg::Event1Kind>(recording.map_or_else(|| kind(&event.kind), of_grid));
        let (subject, slot) = subject(&event.subject);
        self.put::<reg::Event1Subject>(subject);
        if let Some(slot) = slot {
            self.put::<reg::Event1Slot>(slot);
        }
        self.put::<reg::Event1Flags>(match event.severity {
            Severity::Ok => Flags(0),
            Severity::Warning => Flags::WARNING,
            Severity::Critical => Flags::CRITICAL,
        });
        self.put::<reg::Event1Verdict>(recording.map_or(Verdict::None, verdict));
        if let Some(recording) = recording {
            // That of a frequency has no place in a record.
            if recording.kind != GridEventKind::Frequency {
                self.put::<reg::Event1Voltage>(recording.extreme);
            }
            self.put::<reg::Event1Duration>(Seconds(recording.duration.as_secs_f64()));
            if let Some(energy) = recording.energy {
                self.put::<reg::Event1Energy>(energy);
            }
        }
    }
}

impl Block {
    pub(super) fn fill_events(&mut self, window: &EventWindow) {
        self.put::<reg::EventNewest>(Some(number(window.newest)));
        self.put::<reg::EventOldest>(Some(number(window.oldest)));
        let shown = window.events.iter().take(RECORDS);
        self.put::<reg::EventRecords>(u16::try_from(shown.len()).ok());
        for (offset, event) in (0..).step_by(usize::from(STRIDE)).zip(shown) {
            let recording = window.recordings.iter().find(|r| r.event == event.sequence);
            Record { block: self, offset }.fill(event, recording.map(AsRef::as_ref));
        }
    }
}

fn of_grid(recording: &Recording) -> Kind {
    match recording.kind {
        GridEventKind::Sag => Kind::Sag,
        GridEventKind::Interruption => Kind::Interruption,
        GridEventKind::Swell => Kind::Swell,
        GridEventKind::Frequency => Kind::Frequency,
    }
}

fn verdict(recording: &Recording) -> Verdict {
    match recording.judged.verdict {
        RideVerdict::NotJudged => Verdict::None,
        RideVerdict::RiddenThrough => Verdict::RiddenThrough,
        RideVerdict::BeyondCurve => Verdict::BeyondCurve,
        RideVerdict::Failed => Verdict::Failed,
        RideVerdict::Late => Verdict::Late,
    }
}

fn kind(kind: &EventKind) -> Kind {
    match kind {
        EventKind::DeviceFound => Kind::DeviceFound,
        EventKind::DeviceLost => Kind::DeviceLost,
        EventKind::DeviceReturned => Kind::DeviceReturned,
        EventKind::AlarmRaised => Kind::AlarmRaised,
        EventKind::AlarmCleared => Kind::AlarmCleared,
        EventKind::LeaseGranted => Kind::LeaseGranted,
        EventKind::LeaseReleased => Kind::LeaseReleased,
        EventKind::LeaseExpired => Kind::LeaseExpired,
        EventKind::SetpointApplied => Kind::SetpointApplied,
        EventKind::SetpointRefused => Kind::SetpointRefused,
        EventKind::SetpointFound => Kind::SetpointFound,
        EventKind::SetpointRestored => Kind::SetpointRestored,
        EventKind::RegisterMissing => Kind::RegisterMissing,
        EventKind::StateChanged => Kind::StateChanged,
        EventKind::ScaleInDoubt | EventKind::Journal | EventKind::TriggerFired | EventKind::PowerCycle => {
            Kind::Other
        }
        // The record says which; without one it is no longer kept.
        EventKind::GridEvent => Kind::Other,
    }
}

/// What an event is about, and the slot if it is a device: `psu 3`.
fn subject(text: &str) -> (Subject, Option<u16>) {
    let (device, slot) = text.split_once(' ').map_or((text, None), |(d, s)| (d, s.parse().ok()));
    match (device, slot) {
        ("psu", Some(_)) => (Subject::Psu, slot),
        ("bbu", Some(_)) => (Subject::Bbu, slot),
        _ => match text {
            "shelf" => (Subject::Shelf, None),
            "lease" => (Subject::Lease, None),
            "input power limit" | "BBU discharge" | "setpoints" => (Subject::Setpoint, None),
            _ => (Subject::Other, None),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dpo_registers::generated::dpo_pmi::{self, MAP};

    #[test]
    fn every_record_has_the_layout_of_the_first() {
        let first: Vec<_> = dpo_pmi::REGISTERS.iter().filter(|r| r.id.starts_with("event_1_")).collect();
        assert_eq!(first.len(), 10);
        for n in 2..=RECORDS {
            for one in &first {
                let same = MAP.register(&one.id.replace("event_1_", &format!("event_{n}_"))).unwrap();
                assert_eq!(same.address, one.address + STRIDE * (n as u16 - 1), "{}", same.id);
                assert_eq!((same.words, same.kind, same.scale), (one.words, one.kind, one.scale));
                assert_eq!((same.symbols, same.reserved_mask), (one.symbols, one.reserved_mask));
            }
        }
        assert!(MAP.register(&format!("event_{}_sequence", RECORDS + 1)).is_none());
        // Header and records fit one request.
        let last = MAP.register("event_6_verdict").unwrap();
        assert!(last.end() - u32::from(reg::EventNewest::INFO.address) <= 125);
    }

    #[test]
    fn numbers_roll_over_without_0_and_lead_back() {
        let most = u64::from(u32::MAX);
        assert_eq!([0, 1, most - 1, most, most + 1].map(number), [0, 1, u32::MAX - 1, u32::MAX, 1]);
        for newest in [1, 5, most, most + 1, most + 7, 3 * most + 2] {
            for back in 0..5 {
                let Some(sequence) = newest.checked_sub(back).filter(|s| *s > 0) else { continue };
                assert_eq!(sequence_of(number(sequence), newest), Some(sequence), "{back} before {newest}");
            }
        }
        assert_eq!(sequence_of(6, 5), None);
        assert_eq!(sequence_of(1, 0), None);
    }

    #[test]
    fn subjects_are_the_gateways_names() {
        assert_eq!(subject("psu 3"), (Subject::Psu, Some(3)));
        assert_eq!(subject("bbu 12"), (Subject::Bbu, Some(12)));
        assert_eq!(subject("lease"), (Subject::Lease, None));
        assert_eq!(subject("input power limit"), (Subject::Setpoint, None));
        assert_eq!(subject("psu"), (Subject::Other, None));
        assert_eq!(subject("psu x"), (Subject::Other, None));
    }
}
