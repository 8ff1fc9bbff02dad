//! Two small PMBus supplies that have what the simulated ones have not: pages, blocks that are written, DIRECT, warning
//! limits, fault responses, energy counters, stored settings, a CONTROL pin; and an instrument on their bus.
//!
//! They work on whole messages, by rules of their own: the protocol of the simulated supplies is another program.

mod bus;
mod device;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dpo_gateway::maps::pmbus::{self, model::PmbusMap};

use self::bus::Bus;
use crate::declared::PmbusClaims;
use crate::instrument::{Act, Instrument, Measured, SharedInstrument};
use crate::pmbus::PmbusPlan;
use crate::transport::smbus::{Came, Part, Port, SharedPort};

/// Address of the first supply; the other one has the next.
const FIRST: u8 = 0x40;
/// Longest stretching of the clock that it declares for a byte.
const STRETCH_US: u32 = 500;

/// A named fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // Each is described where it becomes a mutant.
pub(crate) enum SupplyQuirk {
    // The bus.
    CutTaken,
    HoldsData,
    BusyUntold,
    NeverTimesOut,
    TimesOutEarly,
    StretchesLong,
    StretchesByte,
    FailsAtSpeed,
    EmptyBlockTaken,
    ShortBlockTaken,
    StaysStuck,
    PlugDisturbs,
    // Commands.
    NoSlope,
    FirstPageOnly,
    ReadMovesPage,
    WritesCurrentPage,
    AmountOnly,
    Coarse,
    ClearedForGood,
    ClearRestarts,
    OffStays,
    OperationIgnored,
    AnyOperation,
    PinIgnored,
    EnergyShort,
    EnergyFrozen,
    EnergyTwice,
    NoRollOver,
    OutputEnergyWrong,
    EnergyFalls,
    OverMaximum,
    LimitUnchecked,
    WarningSilent,
    WarningTurnsOff,
    AlwaysLatches,
    ForgetsStored,
    RestoresNothing,
    MakerCommand,
    FanIgnored,
    OtherRating,
}

/// Its map.
///
/// # Errors
/// A fault of the file.
pub(super) fn map() -> Result<Arc<PmbusMap>, String> {
    let text = include_str!("map.json");
    let path = std::path::Path::new("supply/map.json");
    pmbus::parse(path, text).map(Arc::new).map_err(|e| e.to_string())
}

/// The bus behind port and instrument.
#[derive(Clone)]
struct Shared(Arc<Mutex<Bus>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Bus> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Port for Shared {
    fn transfer(&mut self, parts: &[Part]) -> Result<Came, String> {
        Ok(self.lock().transfer(parts))
    }
}

impl Instrument for Shared {
    fn act(&mut self, act: &Act) -> Result<Measured, String> {
        self.lock().act(act)
    }
}

/// The supplies, what they declare, and the instrument.
pub(in crate::selftest) struct SpecimenSupply {
    pub plan: PmbusPlan,
    pub claims: PmbusClaims,
    pub instrument: SharedInstrument,
}

impl SpecimenSupply {
    /// New supplies.
    ///
    /// # Errors
    /// A fault of their map.
    pub(in crate::selftest) fn new(quirk: Option<SupplyQuirk>) -> Result<Self, String> {
        let map = map()?;
        let bus = Shared(Arc::new(Mutex::new(Bus::new(map.clone(), quirk))));
        let port = SharedPort::new("the bus of the specimen", bus.clone());
        let plan = PmbusPlan { port, map, address: FIRST, second: Some(FIRST + 1), claimed: false };
        let numbers = |list: &[(&str, f64)]| list.iter().map(|(id, v)| ((*id).to_owned(), *v)).collect();
        let claims = PmbusClaims {
            stretch_us: Some(STRETCH_US),
            negative_reading: Some("read_temperature_3".into()),
            energy_full: None,
            ratings: numbers(&[("mfr_vin_max", 277.0), ("mfr_pout_max", 3000.0)]),
            defaults: numbers(&[("vout_command", 50.0), ("ot_warn_limit", 60.0)]),
        };
        Ok(Self { plan, claims, instrument: SharedInstrument::new("the specimen's instrument", bus) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dpo_registers::codec::pmbus::pec;

    #[test]
    fn its_map_is_well_formed_and_it_answers() {
        let mut bus = Bus::new(map().unwrap(), None);
        let read = |bus: &mut Bus, code: u8, len| {
            bus.transfer(&[Part::Write(FIRST, vec![code]), Part::Read(FIRST, len)])
        };
        let code = pec(&[FIRST << 1, 0x98, FIRST << 1 | 1, 0x33]);
        assert_eq!(read(&mut bus, 0x98, 2), Came::Bytes(vec![0x33, code]));
        assert_eq!(read(&mut bus, 0xD1, 2), Came::Refused);
        assert_eq!(read(&mut bus, 0x7E, 1), Came::Bytes(vec![0x80]));
        // 49 V on page 1 by PAGE_PLUS_WRITE, and page 0 as it was.
        let plus = Part::Write(FIRST, vec![0x05, 4, 1, 0x21, 0x00, 0x62]);
        assert_eq!(bus.transfer(&[plus]), Came::Bytes(Vec::new()));
        assert_eq!(read(&mut bus, 0x21, 2), Came::Bytes(vec![0x00, 0x64]));
        let plus = [Part::Write(FIRST, vec![0x06, 2, 1, 0x21]), Part::Read(FIRST, 3)];
        assert_eq!(bus.transfer(&plus), Came::Bytes(vec![2, 0x00, 0x62]));
        assert_eq!(bus.transfer(&[Part::Read(FIRST + 2, 1)]), Came::Refused);
    }
}
