//! Typed bindings on real byte vectors: each format of the maps once, with the arithmetic beside it.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use dpo_registers::generated::{dpo_bbu, dpo_pmi, dpo_psu, orv3_bbu, orv3_psu};
use dpo_registers::register::{DecodeError, EncodeError, Register};
use dpo_registers::units::{AmpereHours, Amperes, Celsius, Hertz, Percent, Seconds, Volts, Watts};

/// Decodes and encodes back to the same words.
fn round<R: Register>(words: &[u16]) -> R::Value {
    let value = R::decode(words).expect("decodes");
    let mut back = vec![0; words.len()];
    R::encode(&value, &mut back).expect("encodes");
    assert_eq!(back, words, "{}", R::INFO.id);
    value
}

#[test]
fn maps_hold_every_register_of_their_sources() {
    assert_eq!(orv3_psu::MAP.registers.len(), 50);
    assert_eq!(orv3_bbu::MAP.registers.len(), 106);
    for map in [&orv3_psu::MAP, &orv3_bbu::MAP, &dpo_pmi::MAP, &dpo_psu::MAP, &dpo_bbu::MAP] {
        assert!(map.registers.windows(2).all(|w| w[0].end() <= u32::from(w[1].address)), "{}", map.id);
    }
}

#[test]
fn the_dpo_blocks_are_clear_of_the_orv3_maps_their_hazards_and_each_other() {
    let blocks = [
        (&dpo_pmi::MAP, 0x4000..=0x47FF),
        (&dpo_psu::MAP, 0x4800..=0x48FF),
        (&dpo_bbu::MAP, 0x4900..=0x49FF),
    ];
    for (register, range) in
        blocks.iter().flat_map(|(map, range)| map.registers.iter().map(move |r| (r, range)))
    {
        for address in register.address..=u16::try_from(register.end() - 1).unwrap() {
            assert!(range.contains(&address), "{}", register.id);
            for map in [&orv3_psu::MAP, &orv3_bbu::MAP] {
                assert!(map.register_at(address).is_none() && !map.hazardous(address), "{}", register.id);
            }
        }
    }
    for unit in 0..=u8::MAX {
        let owners =
            [&orv3_psu::MAP, &orv3_bbu::MAP, &dpo_pmi::MAP].iter().filter(|m| m.has_address(unit)).count();
        assert!(owners <= 1, "unit {unit} belongs to {owners} maps");
    }
}

#[test]
fn fixed_point_of_the_supply() {
    use orv3_psu::reg;
    // N6: 0x3A00 = 14848; 14848 / 64 = 232.
    assert_eq!(round::<reg::InputVoltageAc>(&[0x3A00]), Volts(232.0));
    // N10: 0xCB00 = 51968; 51968 / 1024 = 50.75.
    assert_eq!(round::<reg::OutputVoltage>(&[0xCB00]), Volts(50.75));
    // N10: the factory setpoint of 51 V is 52224.
    assert_eq!(round::<reg::VoutSetpointH>(&[52224]), Volts(51.0));
    // N3: 24001 / 8 = 3000.125.
    assert_eq!(round::<reg::OutputPower>(&[24001]), Watts(3000.125));
    // N7 signed: 0x0C80 = 3200; / 128 = 25. 0xFB00 = -1280; / 128 = -10.
    assert_eq!(round::<reg::Temp0Inlet>(&[0x0C80]), Celsius(25.0));
    assert_eq!(round::<reg::Temp0Inlet>(&[0xFB00]), Celsius(-10.0));
    // N0.
    assert_eq!(round::<reg::InputFrequencyAc>(&[50]), Hertz(50.0));
    // Two words, most significant first: 0x0001_0002 = 65538.
    assert_eq!(round::<reg::TotalUpTime>(&[1, 2]), Seconds(65538.0));
    assert_eq!(round::<reg::CrcErrorCounter>(&[0x0001, 0x0000]), 65536);
}

#[test]
fn integers_of_the_battery() {
    use orv3_bbu::reg;
    // 0.1 K: 2982 * 0.1 - 273.15 = 25.05.
    let temperature = round::<reg::Temp1>(&[2982]);
    assert!((temperature.0 - 25.05).abs() < 1e-9, "{temperature}");
    // 1 mV: 41.58 V.
    assert!((round::<reg::BatteryVoltage>(&[41_580]).0 - 41.58).abs() < 1e-9);
    assert!((round::<reg::CellVoltage11>(&[3780]).0 - 3.78).abs() < 1e-9);
    // 10 mA, signed: 0xE7B0 = -6224, -62.24 A; 200 = 2 A.
    assert!((round::<reg::BatteryCurrent>(&[0xE7B0]).0 + 62.24).abs() < 1e-9);
    assert_eq!(round::<reg::AverageCurrent>(&[200]), Amperes(2.0));
    assert_eq!(round::<reg::RelativeStateOfCharge>(&[97]), Percent(97.0));
    assert_eq!(round::<reg::RemainingCapacity>(&[5500]), AmpereHours(5.5));
    // Without a unit: a signed integer.
    assert_eq!(round::<reg::AtRate>(&[0xFFFF]), -1);
    assert_eq!(round::<reg::AtRateOk>(&[1]), orv3_bbu::AtRateOk::Ok);
    assert_eq!(round::<reg::AtRateOk>(&[7]), orv3_bbu::AtRateOk::Unknown(7));
}

#[test]
fn text_and_flags() {
    let words = [0x4543, 0x4431, 0x3730, 0x3230, 0x3033, 0x3700, 0, 0];
    assert_eq!(round::<orv3_psu::reg::MfrModel>(&words).to_string(), "ECD17020037");
    let alarms = round::<orv3_psu::reg::GeneralAlarmStatusRegister>(&[0x0804]);
    type Alarms = orv3_psu::GeneralAlarmStatusRegister;
    assert!(alarms.contains(Alarms::FAN_ALARM.union(Alarms::TEMPERATURE)));
    assert!(!alarms.contains(Alarms::PFC));
    assert_eq!(alarms.difference(Alarms::FAN_ALARM), Alarms::TEMPERATURE);
    // Two words of flags: bit 4 is in the second word.
    let capabilities = round::<dpo_pmi::reg::Capabilities>(&[0, 0x0013]);
    assert!(capabilities.contains(dpo_pmi::Capabilities::EVENT_COUNTERS));
    assert!(!capabilities.contains(dpo_pmi::Capabilities::MEASUREMENTS));
}

#[test]
fn values_of_the_dpo_block() {
    use dpo_pmi::reg;
    // Two's complement over two words: -12000 W.
    assert_eq!(round::<reg::BatteryPower>(&[0xFFFF, 0xD120]), Watts(-12000.0));
    assert_eq!(round::<reg::BusVoltage>(&[50_125]), Volts(50.125));
    assert_eq!(round::<reg::StateOfCharge>(&[995]), Percent(99.5));
    assert_eq!(round::<reg::LeaseRemaining>(&[0, 1500]), Seconds(1.5));
    assert_eq!(round::<reg::State>(&[5]), dpo_pmi::State::FailSafe);
    assert!(dpo_pmi::MAP.identification.expect.matches(
        b"DPO1".as_chunks::<2>().0.iter().map(|c| u16::from_be_bytes(*c)).collect::<Vec<_>>().as_slice()
    ));
}

#[test]
fn not_available_is_not_a_number() {
    assert_eq!(dpo_pmi::reg::InputPower::decode(&[0xFFFF, 0xFFFF]), Err(DecodeError::NotAvailable));
    assert_eq!(dpo_pmi::reg::BatteryPower::decode(&[0x8000, 0]), Err(DecodeError::NotAvailable));
    assert_eq!(
        orv3_psu::reg::OutputVoltage::decode(&[1, 2]),
        Err(DecodeError::Length { expected: 1, got: 2 })
    );
}

#[test]
fn what_must_not_be_written_does_not_encode() {
    let mut word = [0];
    // 53 V is above the bus limit, 45 V below it.
    for volts in [53.0, 45.0] {
        let refused = orv3_psu::reg::VoutSetpointH::encode(&Volts(volts), &mut word);
        assert_eq!(refused, Err(EncodeError::Limits { value: volts }));
    }
    assert!(matches!(
        orv3_psu::reg::OutputVoltage::encode(&Volts(64.0), &mut word),
        Err(EncodeError::Format { .. })
    ));
    assert!(matches!(
        orv3_psu::reg::OutputVoltage::encode(&Volts(f64::NAN), &mut word),
        Err(EncodeError::Format { .. })
    ));
    // A bit of the settings that the map does not name.
    let unnamed = orv3_psu::SettingRegister(0x0002);
    assert!(matches!(
        orv3_psu::reg::SettingRegister::encode(&unnamed, &mut word),
        Err(EncodeError::Limits { .. })
    ));
    assert_eq!(word, [0]);
}
