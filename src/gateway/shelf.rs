//! What the gateway knows of the shelf: devices by slot, their sums, the energy in the packs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use dpo_registers::generated::orv3_bbu::reg::ConfigurableBbuMaximumDischargeTime as Longest;
use dpo_registers::map::RegisterInfo;
use dpo_registers::register::Register;
use dpo_registers::units::{Joules, Percent, Quantity, Seconds, Volts, Watts};
use tokio::time::Instant;

use super::config::{GatewayConfig, Slot, SlotKind};
use super::{Energy, ShelfTotals};
use crate::control::Measured;
use crate::shelf::choice::{KEPT, ReadingChoice, Readings};
use crate::shelf::reading::{Alarm, BbuReading, DeviceView, Presence, PsuReading};
use crate::shelf::{bbu, psu};

/// The words of a device by address.
pub(super) type Words = Arc<BTreeMap<u16, u16>>;
/// When each of them was read.
pub(super) type Taken = Arc<BTreeMap<u16, Instant>>;

/// What changed in a device between two reads.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// It answered for the first time.
    pub found: bool,
    /// It answers again.
    pub returned: bool,
    pub raised: Vec<Alarm>,
    pub cleared: Vec<Alarm>,
}

/// What a read of a device brought.
#[derive(Debug, Clone)]
pub(super) enum Content {
    /// Registers: all words known so far, and when each was read.
    Words(Words, Taken),
    /// Readings of a supply on PMBus.
    Psu(Box<PsuReading>),
}

/// The devices of the shelf.
#[derive(Debug)]
pub(super) struct Shelf {
    pub psus: Vec<DeviceView<PsuReading>>,
    pub bbus: Vec<DeviceView<BbuReading>>,
    psu_rated: Watts,
    bbu_rated: Watts,
    bbu_efficiency: f64,
    /// A PSU whose output is off on purpose. What it reports says nothing about busbar and AC input.
    pub away: Option<u8>,
}

impl Shelf {
    /// Every place of `slots`, with nothing in it yet.
    pub fn new(config: &GatewayConfig, slots: &[Slot]) -> Self {
        Self {
            psus: views(slots, SlotKind::Psu, &config.readings),
            bbus: views(slots, SlotKind::Bbu, &config.readings),
            psu_rated: config.psu_rated,
            bbu_rated: config.bbu_rated,
            bbu_efficiency: config.bbu_efficiency,
            away: None,
        }
    }

    /// Takes what a read of a device brought; `arrived` says that it was not there before.
    pub fn update(&mut self, slot: Slot, content: Content, arrived: bool) -> Change {
        match (slot.kind, content) {
            (SlotKind::Psu, Content::Words(words, taken)) => {
                let read = |words: &BTreeMap<u16, u16>, _: &Readings| psu::reading(words);
                update(&mut self.psus, slot, words, taken, arrived, read, |r| &r.alarms)
            }
            (SlotKind::Psu, Content::Psu(reading)) => {
                let view = self.psus.iter_mut().find(|v| v.slot == slot.slot);
                view.map_or_else(Change::default, |view| take(view, *reading, arrived, |r| &r.alarms))
            }
            (SlotKind::Bbu, Content::Words(words, taken)) => {
                update(&mut self.bbus, slot, words, taken, arrived, bbu::reading, |r| &r.alarms)
            }
            // A BBU has no such readings; the configuration refuses one.
            (SlotKind::Bbu, Content::Psu(_)) => Change::default(),
        }
    }

    /// Marks a device that stopped answering; its last readings stay.
    pub fn lose(&mut self, slot: Slot) {
        match slot.kind {
            SlotKind::Psu => lose(&mut self.psus, slot),
            SlotKind::Bbu => lose(&mut self.bbus, slot),
        }
    }

    /// For each register on whose scale sources disagree, how the BBUs are read. Registers that the
    /// gateway does not show are told only where a reading was chosen. Those of the PSUs are not in doubt.
    pub fn doubts(&self) -> Vec<String> {
        let chosen = |id: &str| self.bbus.iter().any(|v| v.readings.name(id) != KEPT);
        let told = |r: &&RegisterInfo| bbu::DOUBTFUL.contains(&r.id) || chosen(r.id);
        let doubtful = bbu::MAP.registers.iter().filter(|r| !r.readings.is_empty()).filter(told);
        doubtful.filter(|_| !self.bbus.is_empty()).map(|register| self.doubt(register)).collect()
    }

    fn doubt(&self, register: &'static RegisterInfo) -> String {
        let mut slots: BTreeMap<&str, (String, Vec<String>)> = BTreeMap::new();
        for view in &self.bbus {
            let info = view.readings.info(register);
            let step = format!("{} {} a count", info.engineering(1) - info.engineering(0), info.unit);
            let group = slots.entry(view.readings.name(register.id)).or_insert((step, Vec::new()));
            group.1.push(view.slot.to_string());
        }
        let read = slots.iter().map(|(name, (step, slots))| {
            format!(
                "as {name} ({step}) in slot{} {}",
                if slots.len() == 1 { "" } else { "s" },
                slots.join(", ")
            )
        });
        let read = read.collect::<Vec<_>>().join("; ");
        format!("sources of {} disagree on the scale of {}: read {read}", bbu::MAP.id, register.id)
    }

    fn live_psus(&self) -> impl Iterator<Item = &PsuReading> {
        let counts =
            |v: &&DeviceView<PsuReading>| v.presence == Presence::Present && self.away != Some(v.slot);
        self.psus.iter().filter(counts).map(|v| &v.reading)
    }

    fn live_bbus(&self) -> impl Iterator<Item = &BbuReading> {
        self.bbus.iter().filter(|v| v.presence == Presence::Present).map(|v| &v.reading)
    }

    /// PSUs that answer and are not away.
    pub fn psu_count(&self) -> u16 {
        u16::try_from(self.live_psus().count()).unwrap_or(u16::MAX)
    }

    pub fn bbu_count(&self) -> u16 {
        u16::try_from(self.live_bbus().count()).unwrap_or(u16::MAX)
    }

    /// Rated power of the PSUs that are present.
    pub fn psu_rating(&self) -> Watts {
        let present = self.psus.iter().filter(|v| v.presence == Presence::Present).count();
        Watts(self.psu_rated.0 * present as f64)
    }

    /// Rated power of the BBUs that are present.
    pub fn bbu_rating(&self) -> Watts {
        Watts(self.bbu_rated.0 * f64::from(self.bbu_count()))
    }

    /// Sums over the devices that answer. Only these are known: a device that went silent may still
    /// carry load.
    pub fn totals(&self) -> ShelfTotals {
        let bus = mean(self.live_psus().filter_map(|r| r.output_voltage));
        ShelfTotals {
            input_power: sum(self.live_psus().filter_map(|r| r.input_power)),
            output_power: sum(self.live_psus().filter_map(|r| r.output_power)),
            bus_voltage: bus.or_else(|| mean(self.live_bbus().filter_map(|r| r.busbar_voltage))),
            input_voltage: mean(self.live_psus().filter_map(|r| r.input_voltage)),
            input_frequency: mean(self.live_psus().filter_map(|r| r.input_frequency)),
            battery_power: self.pack_powers().map(|p| self.at_bus(p)).reduce(|a, b| a + b).map(Watts),
            rated_power: self.psu_rating(),
        }
    }

    /// Power out of each pack in watts, positive discharges.
    fn pack_powers(&self) -> impl Iterator<Item = f64> {
        // Subtracted, not negated: an idle pack gives 0, not the -0 that interfaces would show.
        self.live_bbus().filter_map(|r| Some((0.0 - r.pack_current?.0) * r.pack_voltage?.0))
    }

    fn at_bus(&self, pack: f64) -> f64 {
        if pack > 0.0 { pack * self.bbu_efficiency } else { pack / self.bbu_efficiency }
    }

    /// Lowest AC input voltage of the PSUs that answer.
    pub fn lowest_input(&self) -> Option<Volts> {
        self.live_psus().filter_map(|r| r.input_voltage).map(|v| v.0).reduce(f64::min).map(Volts)
    }

    /// Energy in the packs: charge left times pack voltage.
    pub fn energy(&self) -> Energy {
        let packs = self.live_bbus().filter_map(|r| Some(r.remaining_capacity?.0 * r.pack_voltage?.0));
        let stored = packs.map(|watt_hours| watt_hours * 3600.0).reduce(|a, b| a + b);
        let drain: f64 = self.pack_powers().sum();
        // Below this a pack idles: the quotient would say nothing.
        const IDLE_WATTS: f64 = 5.0;
        let discharging = drain > IDLE_WATTS * f64::from(self.bbu_count());
        Energy {
            stored: stored.map(Joules),
            state_of_charge: mean::<Percent>(self.live_bbus().filter_map(|r| r.state_of_charge)),
            time_left: stored.filter(|_| discharging).map(|joules| Seconds(joules / drain)),
            ..Energy::default()
        }
    }

    /// Longest discharge that every BBU present allows, from its register 289; `None` if none tells. A
    /// time outside the limits of the map tells nothing.
    pub fn longest_discharge(&self) -> Option<Seconds> {
        let info = Longest::INFO;
        let live = self.bbus.iter().filter(|v| v.presence == Presence::Present);
        let told = live.filter_map(|v| v.words.get(&info.address)).map(|word| i64::from(*word));
        let told = told.filter(|raw| info.limits.is_none_or(|l| l.allow(*raw)));
        told.min().map(|raw| Seconds(info.engineering(raw)))
    }

    /// What the steering loop needs; `None` while a power is not known.
    pub fn measured(&self, totals: &ShelfTotals) -> Option<Measured> {
        Some(Measured {
            input: totals.input_power?,
            output: totals.output_power?,
            battery: totals.battery_power?,
            psus: self.psu_count(),
            bbus: self.bbu_count(),
        })
    }
}

fn views<T: Default>(slots: &[Slot], kind: SlotKind, choices: &[ReadingChoice]) -> Vec<DeviceView<T>> {
    let slots = slots.iter().filter(|s| s.kind == kind);
    let view = |s: &Slot| DeviceView {
        slot: s.slot,
        unit: s.unit,
        map: s.map(),
        readings: Readings::of(choices, kind.map(), s.unit),
        ..DeviceView::default()
    };
    slots.map(view).collect()
}

fn update<T>(
    views: &mut [DeviceView<T>],
    slot: Slot,
    words: Words,
    taken: Taken,
    arrived: bool,
    read: fn(&BTreeMap<u16, u16>, &Readings) -> T,
    alarms: fn(&T) -> &Vec<Alarm>,
) -> Change {
    let Some(view) = views.iter_mut().find(|v| v.slot == slot.slot) else { return Change::default() };
    let reading = read(&words, &view.readings);
    view.words = words;
    view.taken = taken;
    take(view, reading, arrived, alarms)
}

/// Takes the readings of a device that answered.
fn take<T>(view: &mut DeviceView<T>, reading: T, arrived: bool, alarms: fn(&T) -> &Vec<Alarm>) -> Change {
    let missing = |list: &[Alarm], other: &[Alarm]| {
        list.iter().filter(|a| !other.contains(a)).cloned().collect::<Vec<_>>()
    };
    let (before, after) = (alarms(&view.reading), alarms(&reading));
    let change = Change {
        found: arrived && view.presence == Presence::Absent,
        returned: arrived && view.presence == Presence::Unavailable,
        raised: missing(after, before),
        cleared: missing(before, after),
    };
    view.presence = Presence::Present;
    view.last_seen = Some(SystemTime::now());
    view.reading = reading;
    change
}

fn lose<T>(views: &mut [DeviceView<T>], slot: Slot) {
    if let Some(view) = views.iter_mut().find(|v| v.slot == slot.slot) {
        view.presence = Presence::Unavailable;
    }
}

fn sum<Q: Quantity>(values: impl Iterator<Item = Q>) -> Option<Q> {
    values.map(Q::value).reduce(|a, b| a + b).map(Q::new)
}

fn mean<Q: Quantity>(values: impl Iterator<Item = Q>) -> Option<Q> {
    let (count, total) = values.fold((0u32, 0.0), |(n, total), v| (n + 1, total + v.value()));
    (count > 0).then(|| Q::new(total / f64::from(count)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::Protocol;

    fn slot(kind: SlotKind, slot: u8) -> Slot {
        Slot { kind, bus: 0, protocol: Protocol::Modbus, unit: slot, slot }
    }

    fn shelf() -> Shelf {
        let config = GatewayConfig::default();
        Shelf::new(&config, &config.expand(&[Protocol::Modbus]))
    }

    fn words(words: impl Into<BTreeMap<u16, u16>>) -> Content {
        Content::Words(Arc::new(words.into()), Taken::default())
    }

    fn bbu_words(soc: u16, centiamperes: i16) -> Content {
        // 40 V, 10 Ah left.
        words([(126, soc), (128, 40_000), (129, centiamperes as u16), (131, 10_000)])
    }

    #[test]
    fn an_idle_pack_shows_zero_without_a_sign() {
        let mut shelf = shelf();
        shelf.update(slot(SlotKind::Bbu, 1), bbu_words(80, 0), true);
        let power = shelf.totals().battery_power.unwrap().0;
        assert!(power == 0.0 && power.is_sign_positive(), "{power}");
    }

    #[test]
    fn sums_cover_the_devices_that_answer() {
        let mut shelf = shelf();
        assert_eq!(shelf.totals(), ShelfTotals::default());
        assert_eq!(shelf.energy(), Energy::default());
        for (n, volts) in [(1, 230), (2, 200)] {
            let words = words([(82, 8000), (87, 8400), (88, volts * 64), (79, 51 * 1024)]);
            assert!(shelf.update(slot(SlotKind::Psu, n), words, true).found);
        }
        shelf.update(slot(SlotKind::Bbu, 1), bbu_words(80, -1000), true);
        shelf.update(slot(SlotKind::Bbu, 2), bbu_words(60, -1000), true);
        let totals = shelf.totals();
        assert_eq!(totals.output_power, Some(Watts(2000.0)));
        assert_eq!(totals.input_power, Some(Watts(2100.0)));
        assert_eq!(totals.input_voltage, Some(Volts(215.0)));
        assert_eq!(totals.bus_voltage, Some(Volts(51.0)));
        assert_eq!(totals.rated_power, Watts(6000.0));
        assert_eq!(shelf.lowest_input(), Some(Volts(200.0)));
        // Two packs of 40 V and 10 A: 800 W, of which 97 % reach the bus.
        assert!((totals.battery_power.unwrap().0 - 776.0).abs() < 1e-9);
        let energy = shelf.energy();
        assert_eq!(energy.stored, Some(Joules(2.0 * 10.0 * 40.0 * 3600.0)));
        assert_eq!(energy.state_of_charge, Some(Percent(70.0)));
        assert_eq!(energy.time_left, Some(Seconds(3600.0)));
        assert_eq!(shelf.longest_discharge(), None);
        for (n, seconds) in [(3, 240), (4, 90), (5, 0)] {
            shelf.update(slot(SlotKind::Bbu, n), words([(289, seconds)]), true);
        }
        assert_eq!(shelf.longest_discharge(), Some(Seconds(90.0)));

        shelf.lose(slot(SlotKind::Psu, 2));
        assert_eq!(shelf.totals().output_power, Some(Watts(1000.0)));
        assert_eq!(shelf.psus[1].presence, Presence::Unavailable);
        assert_eq!(shelf.psus[1].reading.output_power, Some(Watts(1000.0)), "the last reading stays");
        let held = Content::Words(Arc::clone(&shelf.psus[1].words), Taken::default());
        assert!(shelf.update(slot(SlotKind::Psu, 2), held, true).returned);
    }

    #[test]
    fn alarms_are_raised_and_cleared_once() {
        let mut shelf = shelf();
        let at = slot(SlotKind::Psu, 1);
        let mut run = |bits| shelf.update(at, words([(61, bits)]), false);
        let names = |alarms: &[Alarm]| alarms.iter().map(|a| a.name).collect::<Vec<_>>();
        assert_eq!(names(&run(1).raised), ["AC_UVP"]);
        assert!(run(1).raised.is_empty());
        let change = run(2);
        assert_eq!((names(&change.raised), names(&change.cleared)), (vec!["AC_OVP"], vec!["AC_UVP"]));
    }
}
