//! The DPO block over PMBus: each quantity is the one of the Modbus registers, whatever the image.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use dpo_registers::codec::pmbus::{Address, Transaction};
use dpo_registers::generated::dpo_pmbus::{self, SET, cmd};
use dpo_registers::generated::dpo_pmi;
use dpo_registers::map::{Access, Kind, RegisterInfo};
use dpo_registers::pmbus::{CommandInfo, EncodeError, Format, client, device, field};
use dpo_registers::register::{Words, WordsMut};
use dpo_registers::units::{Seconds, Watts};
use proptest::prelude::*;

const GATEWAY: Address = Address::new(0x10).unwrap();

/// The words of a device.
#[derive(Default)]
struct Memory(BTreeMap<u16, u16>);

impl Words for Memory {
    fn word(&self, address: u16) -> Option<u16> {
        self.0.get(&address).copied()
    }
}

impl WordsMut for Memory {
    fn set_word(&mut self, address: u16, word: u16) -> bool {
        self.0.insert(address, word);
        true
    }
}

impl Memory {
    fn of(&self, register: &RegisterInfo) -> Vec<u16> {
        (register.address..register.address + register.words).map(|a| self.0[&a]).collect()
    }

    /// The data bytes of a block that shows this memory.
    fn block(&self, command: &CommandInfo) -> Vec<u8> {
        let mut data = vec![0; usize::from(command.length.1)];
        for part in command.fields {
            let register = part.register.unwrap();
            let bytes = &mut data[usize::from(part.at)..usize::from(part.at + part.bytes)];
            field::from_words(register, &self.of(register), bytes).unwrap();
        }
        data
    }
}

/// Blocks of the set: every command but the standard ones.
fn blocks() -> impl Iterator<Item = &'static CommandInfo> {
    SET.commands.iter().copied().filter(|c| c.format == Format::Block)
}

#[test]
fn every_register_has_its_place_or_a_reason() {
    // Rule M153 holds this list against `left_out` of the map, which has the reasons.
    let left = BTreeSet::from(["manufacturer", "model", "serial", "firmware"]);
    for (register, command) in [("manufacturer", "mfr_id"), ("model", "mfr_model"), ("serial", "mfr_serial")]
    {
        assert!(left.contains(register) && SET.command(command).is_some(), "{register}");
    }
    let mut places = BTreeMap::new();
    for command in blocks() {
        for part in command.fields {
            assert_eq!(places.insert(part.id, command.id), None, "{} stands twice", part.id);
        }
    }
    for register in dpo_pmi::MAP.registers {
        assert!(places.contains_key(register.id) != left.contains(register.id), "{}", register.id);
    }
    assert_eq!(places.len() + left.len(), dpo_pmi::MAP.registers.len());
}

#[test]
fn a_controller_of_smbus_2_reaches_all_but_the_forecast() {
    let long: Vec<_> = blocks().filter(|c| c.length.1 > 32).map(|c| c.id).collect();
    assert_eq!(long, ["dpo_forecast"]);
}

#[test]
fn what_one_write_commits_stands_in_one_block() {
    let mut groups: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for command in blocks() {
        for register in command.fields.iter().filter_map(|f| f.register) {
            if let Some(group) = register.group {
                groups.entry(group).or_default().insert(command.id);
            }
            // A writable block carries no reading, and a block of readings nothing that must be written.
            assert_eq!(register.access == Access::ReadOnly, !command.access.writable(), "{}", register.id);
        }
    }
    assert!(groups.values().all(|commands| commands.len() == 1), "{groups:?}");
    assert!(groups.contains_key("lease") && groups.contains_key("forecast"));
}

#[test]
fn a_lease_is_one_write() {
    let lease = dpo_pmbus::DpoLease { lease_token: Some(0x0102_0304), lease_duration: Some(Seconds(60.0)) };
    let sent = client::write::<cmd::DpoLease>(GATEWAY, &lease, (), true).unwrap();
    assert_eq!(sent.as_slice()[..8], [0xD1, 6, 4, 3, 2, 1, 60, 0]);
    let message = Transaction::received(GATEWAY, sent.as_slice(), true).unwrap();
    assert_eq!(device::written::<cmd::DpoLease>(message, ()), Ok(((), lease)));
    // A duration beyond the limits of the register, and a field without a value, have no bytes.
    let long = dpo_pmbus::DpoLease { lease_token: Some(1), lease_duration: Some(Seconds(1e6)) };
    let refused = client::write::<cmd::DpoLease>(GATEWAY, &long, (), true);
    assert!(matches!(refused, Err(EncodeError::Field { field: "lease_duration", .. })), "{refused:?}");
    let half = dpo_pmbus::DpoLease { lease_token: None, lease_duration: Some(Seconds(60.0)) };
    let refused = client::write::<cmd::DpoLease>(GATEWAY, &half, (), true);
    assert_eq!(refused.map(|_| ()), Err(EncodeError::Missing { field: "lease_token" }));
}

#[test]
fn what_is_not_available_is_none_on_both_buses() {
    let limit = dpo_pmbus::DpoInputPowerLimit { input_power_limit: None };
    let sent = client::write::<cmd::DpoInputPowerLimit>(GATEWAY, &limit, (), false).unwrap();
    let info = dpo_pmi::MAP.register("input_power_limit").unwrap();
    let raw = u32::try_from(info.not_available.unwrap()).unwrap();
    assert_eq!(sent.as_slice()[2..], raw.to_le_bytes());
    let set = dpo_pmbus::DpoInputPowerLimit { input_power_limit: Some(Watts(12_000.0)) };
    let sent = client::write::<cmd::DpoInputPowerLimit>(GATEWAY, &set, (), false).unwrap();
    assert_eq!(sent.as_slice(), [0xD3, 4, 0xE0, 0x2E, 0, 0]);
}

/// Reads a block that shows `memory`, as a client does.
macro_rules! read {
    ($memory:expr, $command:ident) => {{
        let sent = client::read::<cmd::$command>(GATEWAY);
        let info = <cmd::$command as dpo_registers::pmbus::Command>::INFO;
        let data = $memory.block(info);
        let answer = [&[data.len() as u8], data.as_slice()].concat();
        client::answer::<cmd::$command>(&sent, &answer, false, ()).unwrap()
    }};
}

proptest! {
    #[test]
    fn both_buses_show_the_same(seed: u64) {
        // Any words at all, from a small generator: a device may hold values that no limit allows.
        let mut state = seed | 1;
        let mut memory = Memory::default();
        for register in dpo_pmi::MAP.registers {
            for address in register.address..register.address + register.words {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                memory.0.insert(address, if state & 7 == 0 { 0xFFFF } else { (state >> 20) as u16 });
            }
        }
        // Byte for byte: each number of the register stands low byte first in the block.
        for command in blocks() {
            let data = memory.block(command);
            for part in command.fields {
                let register = part.register.unwrap();
                let bytes = &data[usize::from(part.at)..usize::from(part.at + part.bytes)];
                let mut words = vec![0; usize::from(register.words)];
                field::to_words(register, bytes, &mut words).unwrap();
                prop_assert_eq!(&words, &memory.of(register), "{}", register.id);
                if !matches!(register.kind, Kind::Text | Kind::Raw) {
                    let joined = words.iter().fold(0u64, |n, w| n << 16 | u64::from(*w));
                    prop_assert_eq!(&joined.to_le_bytes()[..bytes.len()], bytes, "{}", register.id);
                }
            }
        }
        // Value for value, in all kinds of groups.
        let image = dpo_pmi::Image::read(&memory);
        let identity = read!(memory, DpoIdentity);
        prop_assert_eq!(
            (identity.block_magic, identity.capabilities, identity.rated_power),
            (image.block_magic, image.capabilities, image.rated_power)
        );
        let seen = read!(memory, DpoMeasurements);
        prop_assert_eq!(
            (seen.input_voltage, seen.input_power, seen.bus_voltage, seen.battery_power, seen.time_left),
            (image.input_voltage, image.input_power, image.bus_voltage, image.battery_power, image.time_left)
        );
        let state = read!(memory, DpoState);
        prop_assert_eq!((state.state, state.uptime, state.state_cause), (image.state, image.uptime, image.state_cause));
        let low = read!(memory, DpoVrtLowApplied);
        prop_assert_eq!(
            (low.vrt_curve_applied, low.vrt_low_6_time_applied),
            (image.vrt_curve_applied, image.vrt_low_6_time_applied)
        );
        let event = read!(memory, DpoEvent6);
        prop_assert_eq!(
            (event.event_6_time, event.event_6_kind, event.event_6_flags, event.event_6_energy),
            (image.event_6_time, image.event_6_kind, image.event_6_flags, image.event_6_energy)
        );
        let forecast = read!(memory, DpoForecast);
        prop_assert_eq!(
            (forecast.forecast_start, forecast.forecast_16),
            (image.forecast_start, image.forecast_16)
        );
        // What a device shows comes back as the same bytes.
        let answer = device::answer::<cmd::DpoMeasurements>(GATEWAY, &[0xD8], &seen, (), false).unwrap();
        let measurements = SET.command("dpo_measurements").unwrap();
        prop_assert_eq!(&answer.as_slice()[1..], memory.block(measurements));
    }

    #[test]
    fn hostile_blocks_never_fail(bytes in prop::collection::vec(any::<u8>(), 0..90)) {
        let sent = client::read::<cmd::DpoForecast>(GATEWAY);
        let _ = client::answer::<cmd::DpoForecast>(&sent, &bytes, true, ());
        let _ = device::written::<cmd::DpoForecast>(&bytes, ());
        let _ = device::written::<cmd::DpoShadowVrtLow>(&bytes, ());
    }
}
