//! The clocks of the devices: told the time of day as their maps say (`time_sync`).
//!
//! A write of class cosmetic: it moves no power. It goes through the safe writer all the same, with an allow-list of
//! its own, and is on record. One device a poll cycle, so that a full shelf does not take the line at once.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dpo_registers::map::{MapInfo, WordOrder};
use tokio::time::Instant;

use super::config::Slot;
use super::task::Task;
use crate::shelf::reading::Presence;
use crate::shelf::setpoint::Port;
use crate::shelf::writer::{Allowed, Record, Target, WriteError, Writer};

/// The clocks that the gateway writes.
pub(super) static WRITABLE: [Allowed; 2] = [
    Allowed { map: "orv3-psu", register: "unix_time", bits: u16::MAX, never: 0 },
    Allowed { map: "orv3-bbu", register: "wall_clock_time", bits: u16::MAX, never: 0 },
];

/// A clock that ran on by so much between the write and the read-back took the time.
const RAN_ON_S: u32 = 5;
/// A device that did not take the time is asked again after this.
const AGAIN: Duration = Duration::from_secs(60);

/// When each device is told the time next.
pub(super) struct Clocks {
    writer: Writer,
    buses: Vec<Port>,
    slots: Vec<Slot>,
    due: BTreeMap<(usize, u8), Instant>,
}

/// The words of a time; `None` if the map does not say where it goes, or in another form.
fn words(map: &MapInfo, time: SystemTime) -> Option<(&'static str, [u16; 2], Duration)> {
    let sync = map.time_sync?;
    let info = map.register(sync.register).filter(|r| r.words == 2 && r.order == WordOrder::BigEndian)?;
    // The registers have 32 bits: they end in 2106.
    let seconds = u32::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()?;
    let [a, b, c, d] = seconds.to_be_bytes();
    let interval = Duration::from_secs(sync.interval_s.max(1).into());
    Some((info.id, [u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])], interval))
}

/// Whether a clock that reads back another time took it: it runs.
fn ran_on(wrote: &[u16], holds: &[u16]) -> bool {
    let seconds = |words: &[u16]| match words {
        [high, low] => Some((u32::from(*high) << 16) | u32::from(*low)),
        _ => None,
    };
    let ahead = seconds(holds).zip(seconds(wrote)).and_then(|(now, then)| now.checked_sub(then));
    ahead.is_some_and(|ahead| ahead <= RAN_ON_S)
}

impl Clocks {
    pub fn new(writer: Writer, buses: Vec<Port>, slots: Vec<Slot>) -> Self {
        Self { writer, buses, slots, due: BTreeMap::new() }
    }

    /// A device is gone: whatever comes back may have another time.
    pub fn lost(&mut self, slot: Slot) {
        self.due.remove(&(slot.bus, slot.unit));
    }

    /// Tells the time to the first device that is due among those that are there.
    async fn tell(
        &mut self,
        there: impl Fn(Slot) -> bool,
        now: Instant,
        time: SystemTime,
    ) -> Option<(Slot, Result<(), WriteError>)> {
        let due = |slot: &Slot| self.due.get(&(slot.bus, slot.unit)).is_none_or(|at| *at <= now);
        let mut waiting = self.slots.iter().copied().filter(|slot| due(slot) && there(*slot));
        // A supply on PMBus has no clock.
        let (slot, bus, (register, words, interval)) = waiting.find_map(|slot| {
            Some((slot, self.buses.get(slot.bus)?.modbus()?, words(slot.kind.map(), time)?))
        })?;
        let to = Target { bus: &**bus, unit: slot.unit, map: slot.kind.map() };
        let told = match self.writer.write(to, register, &words, "time of day", Record::Try).await {
            Err(WriteError::ReadBack { wrote, holds, .. }) if ran_on(&wrote, &holds) => Ok(()),
            told => told.map(|_| ()),
        };
        let pause = if told.is_ok() { interval } else { AGAIN.min(interval) };
        self.due.insert((slot.bus, slot.unit), now + pause);
        Some((slot, told))
    }
}

impl Task {
    /// Tells the time to one device, if one is due.
    pub(super) async fn tell_time(&mut self) {
        if !self.config.time_sync {
            return;
        }
        let mut there: Vec<(super::SlotKind, u8)> = Vec::new();
        let present = |presence| presence == Presence::Present;
        let psus = self.shelf.psus.iter().filter(|v| present(v.presence));
        there.extend(psus.map(|v| (super::SlotKind::Psu, v.slot)));
        let bbus = self.shelf.bbus.iter().filter(|v| present(v.presence));
        there.extend(bbus.map(|v| (super::SlotKind::Bbu, v.slot)));
        let told = self
            .clocks
            .tell(|slot| there.contains(&(slot.kind, slot.slot)), Instant::now(), SystemTime::now())
            .await;
        if let Some((slot, Err(error))) = told {
            tracing::warn!(unit = slot.unit, %error, "a device did not take the time of day");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::bus::Bus;
    use crate::bus::memory::MemoryBus;
    use crate::gateway::{Protocol, SlotKind};
    use crate::shelf::journal::MemoryJournal;
    use crate::shelf::testing::{Fake, Rack};
    use crate::shelf::{bbu, psu};

    #[test]
    fn the_time_goes_where_the_maps_say() {
        let time = UNIX_EPOCH + Duration::from_secs(0x6ABC_1234);
        let hour = Duration::from_secs(3600);
        assert_eq!(words(psu::MAP, time), Some(("unix_time", [0x6ABC, 0x1234], hour)));
        assert_eq!(words(bbu::MAP, time), Some(("wall_clock_time", [0x6ABC, 0x1234], hour)));
        assert_eq!(words(psu::MAP, UNIX_EPOCH + Duration::from_secs(1 << 32)), None);
        assert_eq!(words(&crate::shelf::testing::MAP, time), None);
        for rule in &WRITABLE {
            let map = [psu::MAP, bbu::MAP].into_iter().find(|m| m.id == rule.map).unwrap();
            assert_eq!(map.time_sync.unwrap().register, rule.register);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_device_is_told_once_an_hour_and_again_soon_if_it_does_not_listen() {
        let (rack, fake) = (Rack::default(), Fake::new(psu::MAP));
        rack.insert(200, &fake);
        let bus: Arc<dyn Bus> = Arc::new(MemoryBus::new("memory:test", Arc::new(rack)));
        let slot = Slot { kind: SlotKind::Psu, bus: 0, protocol: Protocol::Modbus, unit: 200, slot: 1 };
        let writer = Writer::new(&WRITABLE, Arc::new(MemoryJournal::default()));
        let mut clocks = Clocks::new(writer, vec![Port::Modbus(bus)], vec![slot]);
        let start = Instant::now();
        let steps = [
            (0, true),
            (1, false),
            (3599, false),
            (3600, true),
            (3601, false),
            (7200, true),
            (7230, false),
            (7260, true),
        ];
        for (second, told) in steps {
            fake.deaf(second >= 7200);
            let passed = Duration::from_secs(second);
            let time = UNIX_EPOCH + Duration::from_secs(1_000_000) + passed;
            let done = clocks.tell(|_| true, start + passed, time).await;
            assert_eq!(done.is_some(), told, "{second}");
            assert!(done.is_none_or(|(_, result)| result.is_ok() == (second < 7200)), "{second}");
        }
        assert!(clocks.tell(|_| false, start + Duration::from_secs(9999), UNIX_EPOCH).await.is_none());
    }

    #[test]
    fn a_clock_may_run_on_but_not_stand_elsewhere() {
        assert!(ran_on(&[1, 0xFFFF], &[2, 0]) && ran_on(&[1, 5], &[1, 5]));
        assert!(!ran_on(&[1, 5], &[1, 4]) && !ran_on(&[1, 5], &[1, 11]) && !ran_on(&[1, 5], &[]));
    }
}
