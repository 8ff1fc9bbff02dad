//! Which reading holds for a register on whose scale the sources of a map disagree.
//!
//! A map keeps one reading and carries the others (`readings`). Whoever knows a device can choose
//! another one for it by configuration; without a choice the map's own holds. Design section 3:
//! what is unknown about a device is marked, and shows.

use dpo_registers::map::{MapInfo, RegisterInfo};
use dpo_registers::register::{Register, Words};
use dpo_registers::units::Quantity;

/// What a choice says to mean the reading that the map keeps.
pub const KEPT: &str = "kept";

/// The reading of one register, for some devices or all of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingChoice {
    /// Identifier of the map, for example `orv3-bbu`.
    pub map: String,
    /// Identifier of the register.
    pub register: String,
    /// Identifier of the reading, or [`KEPT`].
    pub reading: String,
    /// Modbus addresses of the devices, on whatever bus; empty for all devices of the map that no other
    /// choice names.
    pub units: Vec<u8>,
}

/// A choice that cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("reading {number} ({map} {register}): {fault}")]
pub struct ChoiceError {
    /// Which choice, from 1.
    pub number: usize,
    /// Map it names.
    pub map: String,
    /// Register it names.
    pub register: String,
    /// What is wrong.
    pub fault: ChoiceFault,
}

/// What is wrong with a choice, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceFault {
    /// No device of the shelf is read by the map.
    #[error("no device is read by this map; the maps in use are {in_use}")]
    Map {
        /// Maps of the devices.
        in_use: String,
    },
    /// The map has no such register.
    #[error("the map has no register of this id")]
    Register,
    /// Nothing is in doubt.
    #[error("its sources do not disagree; there is a choice for {doubtful}")]
    Settled {
        /// Registers with other readings.
        doubtful: String,
    },
    /// The register has no such reading.
    #[error("there is no reading `{reading}`; choose one of {known}")]
    Reading {
        /// Reading named.
        reading: String,
        /// Readings there are.
        known: String,
    },
    /// No device of the map is at the address.
    #[error("no device of the map is configured at address {unit}")]
    Unit {
        /// Modbus address.
        unit: u8,
    },
    /// An earlier choice says the same or another thing of the same devices.
    #[error("reading {earlier} chooses for {devices} already")]
    Twice {
        /// Number of the earlier choice.
        earlier: usize,
        /// The devices that both name.
        devices: String,
    },
}

/// Checks choices against the devices there are, as (map, Modbus address).
///
/// # Errors
/// The first [`ChoiceError`].
pub fn check(choices: &[ReadingChoice], devices: &[(&'static MapInfo, u8)]) -> Result<(), ChoiceError> {
    for (at, choice) in choices.iter().enumerate() {
        let ReadingChoice { map, register, .. } = choice;
        fault(choice, choices.get(..at).unwrap_or_default(), devices).map_or(Ok(()), |fault| {
            Err(ChoiceError { number: at + 1, map: map.clone(), register: register.clone(), fault })
        })?;
    }
    Ok(())
}

fn fault(
    choice: &ReadingChoice,
    before: &[ReadingChoice],
    devices: &[(&'static MapInfo, u8)],
) -> Option<ChoiceFault> {
    let of_map = |map: &MapInfo| map.id == choice.map;
    let Some((map, _)) = devices.iter().find(|(map, _)| of_map(map)) else {
        let mut maps: Vec<_> = devices.iter().map(|(map, _)| map.id).collect();
        maps.dedup();
        return Some(ChoiceFault::Map { in_use: maps.join(", ") });
    };
    let Some(register) = map.register(&choice.register) else { return Some(ChoiceFault::Register) };
    if register.readings.is_empty() {
        let doubtful: Vec<_> =
            map.registers.iter().filter(|r| !r.readings.is_empty()).map(|r| r.id).collect();
        let doubtful = if doubtful.is_empty() { "none".to_owned() } else { doubtful.join(", ") };
        return Some(ChoiceFault::Settled { doubtful });
    }
    if choice.reading != KEPT && register.reading(&choice.reading).is_none() {
        let known: Vec<_> = register.readings.iter().map(|r| r.id).chain([KEPT]).collect();
        return Some(ChoiceFault::Reading { reading: choice.reading.clone(), known: known.join(", ") });
    }
    let there = |unit: u8| devices.iter().any(|(map, at)| of_map(map) && *at == unit);
    if let Some(unit) = choice.units.iter().copied().find(|unit| !there(*unit)) {
        return Some(ChoiceFault::Unit { unit });
    }
    let same = |other: &&ReadingChoice| (&other.map, &other.register) == (&choice.map, &choice.register);
    for (earlier, other) in (1..).zip(before).filter(|(_, other)| same(other)) {
        let shared = choice.units.iter().find(|unit| other.units.contains(unit));
        let devices = match (choice.units.is_empty() && other.units.is_empty(), shared) {
            (true, _) => "all devices of the map".to_owned(),
            (false, Some(unit)) => format!("address {unit}"),
            (false, None) => continue,
        };
        return Some(ChoiceFault::Twice { earlier, devices });
    }
    let twice = (1..)
        .zip(&choice.units)
        .find(|(next, unit)| choice.units.get(*next..).is_some_and(|rest| rest.contains(unit)));
    twice
        .map(|(_, unit)| ChoiceFault::Twice { earlier: before.len() + 1, devices: format!("address {unit}") })
}

/// The readings that were chosen for one device.
#[derive(Debug, Clone, Default)]
pub struct Readings {
    chosen: Vec<(&'static str, RegisterInfo)>,
}

impl Readings {
    /// What `choices` say of the device of `map` at `unit`. A choice that [`check`] refuses is left out.
    pub fn of(choices: &[ReadingChoice], map: &'static MapInfo, unit: u8) -> Self {
        let doubtful = map.registers.iter().filter(|r| !r.readings.is_empty());
        let chosen = doubtful.filter_map(|register| {
            let mine = choices.iter().filter(|c| c.map == map.id && c.register == register.id);
            // Who names the device goes before who means all.
            let named = mine.clone().find(|c| c.units.contains(&unit));
            let choice = named.or_else(|| mine.clone().find(|c| c.units.is_empty()))?;
            let reading = register.reading(&choice.reading)?;
            Some((reading.id, register.read_as(reading)))
        });
        Self { chosen: chosen.collect() }
    }

    /// The reading that holds for a register: the one chosen, else [`KEPT`].
    pub fn name(&self, register: &str) -> &'static str {
        self.find(register).map_or(KEPT, |(name, _)| name)
    }

    /// The register as it is read: by the chosen reading, else as the map keeps it.
    pub fn info<'a>(&'a self, register: &'a RegisterInfo) -> &'a RegisterInfo {
        self.find(register.id).map_or(register, |(_, info)| info)
    }

    /// The quantity in the register `R`: `kept`, the map's own reading, unless another one was chosen.
    /// `None` if the chosen reading is of another unit.
    pub fn quantity<R>(&self, words: &(impl Words + ?Sized), kept: Option<R::Value>) -> Option<R::Value>
    where
        R: Register,
        R::Value: Quantity,
    {
        let Some((_, info)) = self.find(R::INFO.id) else { return kept };
        let last = info.address.checked_add(info.words.checked_sub(1)?)?;
        let held = (info.address..=last).map(|at| words.word(at)).collect::<Option<Vec<_>>>()?;
        let raw = info.raw(&held).filter(|raw| info.not_available != Some(*raw))?;
        (info.unit == R::Value::UCUM).then(|| R::Value::new(info.engineering(raw)))
    }

    fn find(&self, register: &str) -> Option<(&'static str, &RegisterInfo)> {
        self.chosen.iter().find(|(_, info)| info.id == register).map(|(name, info)| (*name, info))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use dpo_registers::generated::orv3_bbu::reg::{BatteryCurrent, BatteryVoltage};
    use dpo_registers::units::{Amperes, Volts};

    use super::*;
    use crate::shelf::link::WordView;
    use crate::shelf::{bbu, psu};

    fn choice(register: &str, reading: &str, units: &[u8]) -> ReadingChoice {
        ReadingChoice {
            map: "orv3-bbu".to_owned(),
            register: register.to_owned(),
            reading: reading.to_owned(),
            units: units.to_vec(),
        }
    }

    fn said(choices: &[ReadingChoice]) -> String {
        let devices = [(psu::MAP, 200), (psu::MAP, 201), (bbu::MAP, 64), (bbu::MAP, 65)];
        check(choices, &devices).map_or_else(|e| e.to_string(), |()| "good".to_owned())
    }

    #[test]
    fn a_choice_that_cannot_be_followed_says_what_could() {
        let current = |reading, units| choice("battery_current", reading, units);
        assert_eq!(said(&[current("whole_amperes", &[]), current(KEPT, &[65])]), "good");
        let hpr = ReadingChoice { map: "orv3-hpr-bbu".to_owned(), ..current(KEPT, &[]) };
        assert_eq!(
            said(&[hpr]),
            "reading 1 (orv3-hpr-bbu battery_current): no device is read by this map; the maps in use are \
             orv3-psu, orv3-bbu"
        );
        for (wrong, part) in [
            (choice("batery_current", KEPT, &[]), "no register of this id"),
            (choice("battery_voltage", KEPT, &[]), "a choice for battery_current, average_current"),
            (current("amperes", &[]), "no reading `amperes`; choose one of whole_amperes, kept"),
            (current("whole_amperes", &[64, 66]), "no device of the map is configured at address 66"),
            (current("whole_amperes", &[65, 64, 65]), "reading 2 chooses for address 65 already"),
        ] {
            let error = said(&[choice("average_current", KEPT, &[]), wrong]);
            assert!(error.starts_with("reading 2 (orv3-bbu ") && error.contains(part), "{error}");
        }
        let twice = said(&[current("whole_amperes", &[64, 65]), current(KEPT, &[65])]);
        assert!(twice.ends_with("reading 1 chooses for address 65 already"), "{twice}");
        let twice = said(&[current("whole_amperes", &[]), current(KEPT, &[])]);
        assert!(twice.ends_with("reading 1 chooses for all devices of the map already"), "{twice}");
    }

    #[test]
    fn the_choice_that_names_the_device_goes_first() {
        let choices =
            [choice("battery_current", "whole_amperes", &[]), choice("battery_current", KEPT, &[65])];
        let of = |unit| Readings::of(&choices, bbu::MAP, unit);
        assert_eq!((of(64).name("battery_current"), of(65).name("battery_current")), ("whole_amperes", KEPT));
        assert_eq!(of(64).name("average_current"), KEPT);
        assert_eq!(Readings::of(&choices, psu::MAP, 64).name("battery_current"), KEPT);
    }

    #[test]
    fn a_chosen_reading_replaces_the_kept_one() {
        let words = BTreeMap::from([(128, 41_900), (129, (-715i16) as u16)]);
        let words = WordView(&words);
        let kept = Readings::default();
        let whole = Readings::of(&[choice("battery_current", "whole_amperes", &[])], bbu::MAP, 64);
        let of = |r: &Readings| r.quantity::<BatteryCurrent>(&words, Some(Amperes(-7.15)));
        assert_eq!((of(&kept), of(&whole)), (Some(Amperes(-7.15)), Some(Amperes(-715.0))));
        // Other registers stay, and what was not read is not invented.
        assert_eq!(whole.quantity::<BatteryVoltage>(&words, Some(Volts(41.9))), Some(Volts(41.9)));
        assert_eq!(whole.quantity::<BatteryCurrent>(&WordView(&BTreeMap::new()), None), None);
        let register = bbu::MAP.register("battery_current").unwrap();
        assert_eq!((whole.info(register).scale.den, kept.info(register).scale.den), (1, 100));
    }
}
