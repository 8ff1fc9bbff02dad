//! What a gateway is told at its start.

use std::sync::Arc;
use std::time::Duration;

use dpo_registers::map::MapInfo;
use dpo_registers::units::{Percent, Watts};

use super::power_cycle::SLOWEST_POLL;
use super::{FastSource, Judge};
use crate::control::SteerConfig;
use crate::control::state::Thresholds;
use crate::shelf::choice::{self, ChoiceError, ReadingChoice};
use crate::shelf::journal::{Journal, MemoryJournal};
use crate::shelf::pmbus::line as pmbus;
use crate::shelf::writer::RateLimit;
use crate::shelf::{bbu, psu};

/// What sits in a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SlotKind {
    /// A power supply unit.
    Psu,
    /// A battery backup unit.
    Bbu,
}

impl SlotKind {
    /// The register map of the devices in such a slot.
    pub fn map(self) -> &'static MapInfo {
        match self {
            Self::Psu => psu::MAP,
            Self::Bbu => bbu::MAP,
        }
    }

    /// Unmapped words that such a device is taken to answer within a longer read, until it does not.
    pub(super) fn inferred_gaps(self) -> &'static [(u16, u16)] {
        match self {
            Self::Psu => &psu::INFERRED_GAPS,
            Self::Bbu => &bbu::INFERRED_GAPS,
        }
    }
}

/// What a bus of the shelf speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protocol {
    /// Modbus, over a serial line or TCP.
    #[default]
    Modbus,
    /// PMBus, over I2C. Power supplies only: no source gives BBUs of a shelf a PMBus interface.
    Pmbus,
}

/// Longest time from one poll cycle to the next.
const LONGEST_POLL: Duration = Duration::from_secs(86_400);
/// Most cycles in which the slow registers are read once.
const MOST_CYCLES: u32 = 1_000_000;

/// Slots with consecutive addresses on one bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotRange {
    /// What sits in the slots.
    pub kind: SlotKind,
    /// Bus, as its place in the list given to [`super::spawn`].
    pub bus: usize,
    /// Address of the first slot: of Modbus, or of SMBus in 7 bits.
    pub first_unit: u8,
    /// Number of the first slot; slots count from 1 through the shelf.
    pub first_slot: u8,
    /// Number of slots.
    pub count: u8,
}

/// Configuration of a gateway.
#[derive(Debug, Clone)]
pub struct GatewayConfig {
    /// Time from one poll cycle to the next.
    pub poll_interval: Duration,
    /// Registers of the slow poll class are read in each so-many-th cycle of a device.
    pub slow_every: u32,
    /// Attempts after the first one that failed, before a device counts as lost.
    pub retries: u32,
    /// How long a probe waits: a lost device must not cost the others their time.
    pub probe_timeout: Duration,
    /// Shortest time between two probes of the same address.
    pub reprobe_interval: Duration,
    /// Transactions in a row without an answer after which an address is dormant; exceptions are answers.
    pub dormant_after: u32,
    /// Shortest time between two probes of a dormant address.
    pub dormant_interval: Duration,
    /// Whether the devices are told the time of day, as their maps say.
    pub time_sync: bool,
    /// What a device takes to answer, for planning: a bus knows its wire, not its devices.
    pub turnaround: Duration,
    /// Where devices may be.
    pub slots: Vec<SlotRange>,
    /// Readings chosen for registers on whose scale the sources of a map disagree.
    pub readings: Vec<ReadingChoice>,
    /// Rated output power of one PSU.
    pub psu_rated: Watts,
    /// Rated discharge power of one BBU.
    pub bbu_rated: Watts,
    /// Efficiency of a BBU between pack and busbar, either direction: its power at the bus is not
    /// measured, only that of the pack.
    pub bbu_efficiency: f64,
    /// Mean state of charge below which no support is given.
    pub reserve: Percent,
    /// Shortest lease.
    pub lease_min: Duration,
    /// Longest lease.
    pub lease_max: Duration,
    /// Longest time that setpoints stand without being written again, even if the lease is renewed: an owner
    /// whose thinking has stopped may still renew. `None`: the lease alone bounds them.
    pub setpoint_max_age: Option<Duration>,
    /// How often a register of a device is written at most.
    pub write_rate: RateLimit,
    /// How long a setpoint found at the start may stand while nobody takes the lease.
    pub orphan_grace: Duration,
    /// Least time between two trims of a device that are recorded in the journal.
    pub trim_record_interval: Duration,
    /// How long the gateway tries, when it stops, to bring the fail-safe values back.
    pub stop_patience: Duration,
    /// Whether a PSU may be power-cycled on request: for 5 s to 30 s the others carry its load.
    pub psu_reset: bool,
    /// Constants of the steering loop.
    pub steering: SteerConfig,
    /// Where states begin and end.
    pub thresholds: Thresholds,
    /// Where writes are recorded.
    pub journal: Arc<dyn Journal>,
    /// The local fast path, if there is one.
    pub fast: Option<Arc<dyn FastSource>>,
    /// What judges grid events that the fast path saw.
    pub judge: Option<Arc<dyn Judge>>,
}

impl Default for GatewayConfig {
    /// One ORv3 shelf on bus 0: PSU slots 1 to 6 at addresses 200 to 205, BBU slots 1 to 6 at 64 to 69.
    fn default() -> Self {
        let slots = [(SlotKind::Psu, 200), (SlotKind::Bbu, 64)];
        let slots =
            slots.map(|(kind, first_unit)| SlotRange { kind, bus: 0, first_unit, first_slot: 1, count: 6 });
        Self {
            poll_interval: Duration::from_secs(1),
            slow_every: 5,
            retries: 2,
            probe_timeout: Duration::from_millis(100),
            reprobe_interval: Duration::from_secs(5),
            dormant_after: 10,
            dormant_interval: Duration::from_secs(60),
            time_sync: false,
            turnaround: Duration::from_millis(2),
            slots: slots.to_vec(),
            readings: Vec::new(),
            psu_rated: Watts(3000.0),
            bbu_rated: Watts(3000.0),
            bbu_efficiency: 0.97,
            reserve: Percent(20.0),
            lease_min: Duration::from_secs(1),
            lease_max: Duration::from_secs(3600),
            setpoint_max_age: None,
            write_rate: RateLimit::default(),
            orphan_grace: Duration::from_secs(60),
            trim_record_interval: Duration::from_secs(10),
            stop_patience: Duration::from_secs(5),
            psu_reset: false,
            steering: SteerConfig::default(),
            thresholds: Thresholds::default(),
            journal: Arc::new(MemoryJournal::default()),
            fast: None,
            judge: None,
        }
    }
}

/// One slot of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    pub kind: SlotKind,
    pub bus: usize,
    pub protocol: Protocol,
    pub unit: u8,
    pub slot: u8,
}

impl Slot {
    /// Identifier of the map of the devices in it.
    pub fn map(&self) -> &'static str {
        match self.protocol {
            Protocol::Modbus => self.kind.map().id,
            Protocol::Pmbus => pmbus::SET.id,
        }
    }
}

/// A configuration that cannot work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A value is outside what makes sense.
    #[error("{key} = {value}: must be {must}")]
    Value {
        /// Key.
        key: &'static str,
        /// Value given.
        value: String,
        /// What it must be.
        must: &'static str,
    },
    /// A slot names a bus that does not exist.
    #[error("{kind:?} slot {slot} is on bus {bus}, but there are {buses} buses (counted from 0)")]
    NoBus {
        /// Kind of the slot.
        kind: SlotKind,
        /// Number of the slot.
        slot: u8,
        /// Bus named.
        bus: usize,
        /// Buses there are.
        buses: usize,
    },
    /// Two slots share a number or an address.
    #[error("{kind:?} slot {slot} (bus {bus}, address {unit}) is given twice")]
    Twice {
        /// Kind of the slot.
        kind: SlotKind,
        /// Number of the slot.
        slot: u8,
        /// Bus.
        bus: usize,
        /// Modbus address.
        unit: u8,
    },
    /// A device of this kind never has the address.
    #[error("{kind:?} slot {slot}: the map {map} does not allow address {unit}")]
    Address {
        /// Kind of the slot.
        kind: SlotKind,
        /// Number of the slot.
        slot: u8,
        /// Modbus address.
        unit: u8,
        /// Map of the kind.
        map: &'static str,
    },
    /// No device of this kind speaks PMBus.
    #[error("{kind:?} slot {slot} is on bus {bus}, which speaks PMBus: only PSUs do")]
    NoPmbus {
        /// Kind of the slot.
        kind: SlotKind,
        /// Number of the slot.
        slot: u8,
        /// Bus.
        bus: usize,
    },
    /// A reading that was chosen does not exist, or not there.
    #[error(transparent)]
    Reading(#[from] ChoiceError),
}

impl GatewayConfig {
    /// Checks the configuration for use with so many buses that speak Modbus.
    ///
    /// # Errors
    /// The first [`ConfigError`].
    pub fn check(&self, buses: usize) -> Result<(), ConfigError> {
        self.check_on(&vec![Protocol::Modbus; buses])
    }

    /// Checks the configuration for use with these buses.
    ///
    /// # Errors
    /// The first [`ConfigError`].
    pub fn check_on(&self, buses: &[Protocol]) -> Result<(), ConfigError> {
        let bad = |key, value: String, must| Err(ConfigError::Value { key, value, must });
        let positive = |value: f64| value.is_finite() && value > 0.0;
        if self.poll_interval.is_zero() {
            return bad("poll_interval", format!("{:?}", self.poll_interval), "longer than zero");
        }
        if self.poll_interval > LONGEST_POLL {
            return bad("poll_interval", format!("{:?}", self.poll_interval), "a day at most");
        }
        if self.psu_reset && self.poll_interval > SLOWEST_POLL {
            let must = "4 s at most with psu_reset: a PSU must be seen to be off";
            return bad("poll_interval", format!("{:?}", self.poll_interval), must);
        }
        if !(1..=MOST_CYCLES).contains(&self.slow_every) {
            return bad("slow_every", self.slow_every.to_string(), "1 to 1000000");
        }
        if !(positive(self.bbu_efficiency) && self.bbu_efficiency <= 1.0) {
            return bad("bbu_efficiency", self.bbu_efficiency.to_string(), "above 0 and at most 1");
        }
        for (key, rated) in [("psu_rated", self.psu_rated), ("bbu_rated", self.bbu_rated)] {
            if !positive(rated.0) {
                return bad(key, rated.to_string(), "above 0 W");
            }
        }
        if !(0.0..=100.0).contains(&self.reserve.0) {
            return bad("reserve", self.reserve.to_string(), "0 to 100 %");
        }
        if self.lease_min > self.lease_max {
            return bad("lease_min", format!("{:?}", self.lease_min), "at most lease_max");
        }
        if self.setpoint_max_age.is_some_and(|age| age.is_zero()) {
            return bad("setpoint_max_age", "0".to_owned(), "longer than zero, or left out");
        }
        let RateLimit { burst, interval } = self.write_rate;
        if burst == 0 || interval > Duration::from_secs(60) {
            let value = format!("{burst} at once, one more each {interval:?}");
            return bad("write_rate", value, "at least 1 at once, one more within a minute");
        }
        if let Err(error) = self.steering.check() {
            return bad("steering", error.to_string(), "made of usable numbers");
        }
        let slots = self.expand(buses);
        for (i, at) in slots.iter().enumerate() {
            let Slot { kind, bus, protocol, unit, slot } = *at;
            if bus >= buses.len() {
                return Err(ConfigError::NoBus { kind, slot, bus, buses: buses.len() });
            }
            let allowed = match protocol {
                Protocol::Modbus => kind.map().has_address(unit),
                Protocol::Pmbus if kind != SlotKind::Psu => {
                    return Err(ConfigError::NoPmbus { kind, slot, bus });
                }
                Protocol::Pmbus => pmbus::ADDRESSES.contains(&unit),
            };
            if !allowed {
                return Err(ConfigError::Address { kind, slot, unit, map: at.map() });
            }
            let same = |s: &Slot| (s.bus, s.unit) == (bus, unit) || (s.kind, s.slot) == (kind, slot);
            if slots.iter().skip(i + 1).any(same) {
                return Err(ConfigError::Twice { kind, slot, bus, unit });
            }
        }
        let registers = slots.iter().filter(|s| s.protocol == Protocol::Modbus);
        let devices: Vec<_> = registers.map(|s| (s.kind.map(), s.unit)).collect();
        Ok(choice::check(&self.readings, &devices)?)
    }

    /// Every slot, PSUs first, by slot number. Addresses beyond 255 do not exist and are left out.
    pub(super) fn expand(&self, buses: &[Protocol]) -> Vec<Slot> {
        let mut slots: Vec<Slot> = self
            .slots
            .iter()
            .flat_map(|range| {
                (0..range.count).filter_map(|i| {
                    Some(Slot {
                        kind: range.kind,
                        bus: range.bus,
                        protocol: buses.get(range.bus).copied().unwrap_or_default(),
                        unit: range.first_unit.checked_add(i)?,
                        slot: range.first_slot.checked_add(i)?,
                    })
                })
            })
            .collect();
        slots.sort_by_key(|s| (s.kind, s.slot));
        slots
    }
}

#[cfg(test)]
mod tests {
    use dpo_registers::units::Volts;

    use super::*;

    #[test]
    fn a_configuration_that_cannot_work_is_named() {
        let good = GatewayConfig::default();
        assert_eq!(good.check(1), Ok(()));
        assert!(matches!(good.check(0), Err(ConfigError::NoBus { bus: 0, buses: 0, .. })));
        let with = |change: fn(&mut GatewayConfig)| {
            let mut config = GatewayConfig::default();
            change(&mut config);
            config.check(1).unwrap_err().to_string()
        };
        assert_eq!(with(|c| c.reserve = Percent(f64::NAN)), "reserve = NaN %: must be 0 to 100 %");
        assert!(with(|c| c.bbu_efficiency = 0.0).starts_with("bbu_efficiency = 0"));
        assert!(with(|c| c.psu_rated = Watts(-1.0)).starts_with("psu_rated = -1 W"));
        assert!(with(|c| c.poll_interval = Duration::ZERO).starts_with("poll_interval"));
        assert!(with(|c| c.poll_interval = Duration::MAX).ends_with("a day at most"));
        assert!(
            with(|c| (c.psu_reset, c.poll_interval) = (true, Duration::from_secs(5))).contains("4 s at most")
        );
        assert!(with(|c| c.slow_every = 0).starts_with("slow_every = 0"));
        assert!(with(|c| c.lease_min = c.lease_max * 2).starts_with("lease_min"));
        assert!(with(|c| c.steering.slew = Volts(-1.0)).starts_with("steering = slew is -1"));
        assert!(with(|c| c.slots.push(c.slots[0])).contains("given twice"));
        assert!(with(|c| c.slots[0].first_unit = 60).contains("does not allow address 60"));
    }

    #[test]
    fn slots_follow_their_addresses() {
        let slots = GatewayConfig::default().expand(&[Protocol::Modbus]);
        assert_eq!(slots.len(), 12);
        let slot = |kind, unit, slot| Slot { kind, bus: 0, protocol: Protocol::Modbus, unit, slot };
        assert_eq!(slots[2], slot(SlotKind::Psu, 202, 3));
        assert_eq!(slots[11], slot(SlotKind::Bbu, 69, 6));
    }

    #[test]
    fn a_pmbus_has_supplies_at_addresses_of_its_own() {
        let range = |kind, bus, first_unit| SlotRange { kind, bus, first_unit, first_slot: 1, count: 6 };
        let with = |psus, bbus| {
            let slots = vec![range(SlotKind::Psu, 0, psus), range(SlotKind::Bbu, bbus, 64)];
            let config = GatewayConfig { slots, ..GatewayConfig::default() };
            config.check_on(&[Protocol::Pmbus, Protocol::Modbus]).map_err(|e| e.to_string())
        };
        assert_eq!(with(0x58, 1), Ok(()));
        assert_eq!(with(0x74, 1).unwrap_err(), "Psu slot 5: the map pmbus-psu does not allow address 120");
        assert!(with(200, 1).unwrap_err().contains("the map pmbus-psu does not allow address 200"));
        let error = with(0x58, 0).unwrap_err();
        assert_eq!(error, "Bbu slot 1 is on bus 0, which speaks PMBus: only PSUs do");
    }
}
