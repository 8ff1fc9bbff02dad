//! PMBus bindings: both sides of transactions, byte for byte.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use dpo_registers::codec::pmbus::{Address, FrameError, NumberError, Transaction, VoutMode, pec};
use dpo_registers::generated::pmbus_psu::{self, SET, cmd};
use dpo_registers::map::{Access, SafetyClass};
use dpo_registers::pmbus::{
    Code, CommandInfo, DecodeError, EncodeError, Format, Protect, Read, Readable, Write, client, device,
};
use dpo_registers::units::{Amperes, Celsius, Percent, Volts, Watts};
use proptest::prelude::*;

const PSU: Address = Address::new(0x58).unwrap();
/// Linear, exponent -9, as most 12 V and 48 V converters have it.
const MODE: VoutMode = VoutMode::linear(-9).unwrap();

/// What a client makes of the answer that a device gives to its read, with the packet error code.
fn asked<C: Readable<Request = ()>>(value: &C::Value, mode: C::Mode) -> (Vec<u8>, C::Value) {
    let sent = client::read::<C>(PSU);
    let answer = device::answer::<C>(PSU, sent.as_slice(), value, mode, true).expect("answers");
    let back = client::answer::<C>(&sent, answer.as_slice(), true, mode).expect("reads");
    (answer.as_slice().to_vec(), back)
}

#[test]
fn a_reading_goes_from_device_to_client() {
    // 230 V is 920 x 2^-2: 0xF398; low byte first, then the code of all five bytes.
    let code = pec(&[0xB0, 0x88, 0xB1, 0x98, 0xF3]);
    assert_eq!(asked::<cmd::ReadVin>(&Volts(230.0), ()), (vec![0x98, 0xF3, code], Volts(230.0)));
    // A temperature below zero keeps its sign: the field fault of unsigned mantissas.
    let (bytes, value) = asked::<cmd::ReadTemperature1>(&Celsius(-10.0), ());
    assert_eq!((&bytes[..2], value), (&[0x80, 0xD5][..], Celsius(-10.0)));
    assert_eq!(asked::<cmd::ReadIout>(&Amperes(60.0), ()).1, Amperes(60.0));
    assert_eq!(asked::<cmd::ReadPout>(&Watts(3000.0), ()).1, Watts(3000.0));
    // 50.75 V with nine fractional bits is 25984 = 0x6580.
    assert_eq!(asked::<cmd::ReadVout>(&Volts(50.75), MODE).0[..2], [0x80, 0x65]);
    assert_eq!(asked::<cmd::ReadVout>(&Volts(50.75), MODE).1, Volts(50.75));
}

#[test]
fn flags_go_by_name_and_keep_what_has_none() {
    use pmbus_psu::{StatusTemperature, StatusWord};
    let status = StatusWord::VOUT.union(StatusWord::OFF).union(StatusWord::POWER_GOOD_N);
    let (bytes, back) = asked::<cmd::StatusWord>(&status, ());
    assert_eq!((&bytes[..2], back), (&[0x40, 0x88][..], status));
    assert_eq!(format!("{back:?}"), "StatusWord(off | power_good_n | vout)");
    // Bits 0 to 3 of STATUS_TEMPERATURE are reserved; a device that sets one is not misread.
    assert_eq!(asked::<cmd::StatusTemperature>(&StatusTemperature(0x80), ()).1, StatusTemperature::OT_FAULT);
    let odd = client::answer::<cmd::StatusTemperature>(
        &client::read::<cmd::StatusTemperature>(PSU),
        &[0x81],
        false,
        (),
    );
    assert_eq!(odd, Ok(StatusTemperature(0x81)));
}

#[test]
fn text_comes_in_blocks() {
    let (bytes, back) = asked::<cmd::MfrId>(&dpo_registers::codec::Text::new("ACME").unwrap(), ());
    assert_eq!(bytes[..5], [4, b'A', b'C', b'M', b'E']);
    assert_eq!(back.as_str(), Some("ACME"));
    // Padding of real devices: blanks and NUL.
    let sent = client::read::<cmd::MfrModel>(PSU);
    let padded = client::answer::<cmd::MfrModel>(&sent, b"\x08PSU3 \0\0\0", false, ()).unwrap();
    assert_eq!(padded.as_str(), Some("PSU3"));
    let long = [[33].as_slice(), &[b'x'; 33]].concat();
    let refused = client::answer::<cmd::MfrModel>(&sent, &long, false, ());
    assert_eq!(refused, Err(DecodeError::Length { min: 1, max: 32, got: 33 }));
}

#[test]
fn a_write_goes_from_client_to_device() {
    let sent = client::write::<cmd::VoutCommand>(PSU, &Volts(51.0), MODE, true).unwrap();
    assert_eq!(sent.as_slice(), [0x21, 0x00, 0x66, pec(&[0xB0, 0x21, 0x00, 0x66])]);
    let message = Transaction::received(PSU, sent.as_slice(), true).unwrap();
    assert_eq!(device::written::<cmd::VoutCommand>(message, MODE), Ok(((), Volts(51.0))));
    // A byte too few or too many is no value (cases PM-XP-013 and 014).
    for wrong in [&message[..2], &[message, &[0]].concat()[..]] {
        let refused = device::written::<cmd::VoutCommand>(wrong, MODE);
        assert!(matches!(refused, Err(DecodeError::Length { min: 2, .. })), "{refused:?}");
    }
    assert_eq!(device::written::<cmd::VoutTrim>(message, MODE), Err(DecodeError::OtherCommand { got: 0x21 }));
    let clear = client::send::<cmd::ClearFaults>(PSU, false).unwrap();
    assert_eq!(clear.as_slice(), [0x03]);
    assert_eq!(device::written::<cmd::ClearFaults>(&[0x03], ()), Ok(((), ())));
    assert!(device::written::<cmd::ClearFaults>(&[0x03, 0], ()).is_err());
    // Writing 1 to one status bit clears it, and only it.
    use pmbus_psu::StatusVout;
    let clear = client::write::<cmd::StatusVout>(PSU, &StatusVout::OV_WARNING, (), false).unwrap();
    assert_eq!(clear.as_slice(), [0x7A, 0x40]);
}

#[test]
fn what_the_map_does_not_allow_has_no_bytes() {
    let limits = |value| Err(EncodeError::Limits { value });
    let write = |volts| client::write::<cmd::VoutCommand>(PSU, &Volts(volts), MODE, false).map(|_| ());
    assert_eq!((write(45.9), write(52.1), write(46.0)), (limits(45.9), limits(52.1), Ok(())));
    assert!(matches!(write(f64::NAN), Err(EncodeError::Limits { value }) if value.is_nan()));
    let fan = |percent| client::write::<cmd::FanCommand1>(PSU, &Percent(percent), (), false).map(|_| ());
    assert_eq!((fan(101.0), fan(100.0)), (limits(101.0), Ok(())));
    use pmbus_psu::{OnOffConfig, WriteProtect};
    let unknown = client::write::<cmd::WriteProtect>(PSU, &WriteProtect::Unknown(0x10), (), false);
    assert_eq!(unknown.map(|_| ()), limits(16.0));
    let reserved = client::write::<cmd::OnOffConfig>(PSU, &OnOffConfig(0xE0), (), false);
    assert_eq!(reserved.map(|_| ()), limits(224.0));
    // Without limits the format still ends somewhere: 128 V does not fit 16 bits with nine fractional ones.
    let high = client::write::<cmd::VoutMax>(PSU, &Volts(128.0), MODE, false);
    assert_eq!(high.map(|_| ()), Err(EncodeError::Number(NumberError::Range { value: 128.0 })));
}

#[test]
fn relative_limits_are_no_voltages() {
    let relative = VoutMode(0x97);
    let sent = client::read::<cmd::VoutOvFaultLimit>(PSU);
    let ratio = client::answer::<cmd::VoutOvFaultLimit>(&sent, &[0x4D, 0x02], false, relative);
    assert_eq!(ratio, Err(DecodeError::Number(NumberError::Relative)));
    let refused = client::write::<cmd::VoutMarginHigh>(PSU, &Volts(51.0), relative, false);
    assert_eq!(refused.map(|_| ()), Err(EncodeError::Number(NumberError::Relative)));
    // The ratio itself: 0x024D with nine fractional bits is 1.150390625.
    assert_eq!(relative.value(0x024D, None), Ok(1.150_390_625));
    // The setpoint and the reading stay voltages.
    let sent = client::read::<cmd::ReadVout>(PSU);
    assert_eq!(client::answer::<cmd::ReadVout>(&sent, &[0x80, 0x65], false, relative), Ok(Volts(50.75)));
}

#[test]
fn other_modes_of_the_output_voltage_say_what_they_need() {
    let sent = client::read::<cmd::ReadVout>(PSU);
    let read = |mode| client::answer::<cmd::ReadVout>(&sent, &[0x00, 0x52], false, VoutMode(mode));
    assert_eq!(read(0x21), Err(DecodeError::Number(NumberError::Vid { code: 1 })));
    assert_eq!(read(0x40), Err(DecodeError::Number(NumberError::Coefficients)));
    // IEEE half: 0x5200 is 48.
    assert_eq!(read(0x60), Ok(Volts(48.0)));
}

#[test]
fn process_calls_ask_and_are_answered() {
    use pmbus_psu::{Coefficients, CoefficientsRequest, Query, QueryRequest, SmbalertMaskRequest};
    let request = QueryRequest { command: 0x88 };
    let sent = client::ask::<cmd::Query>(PSU, &request).unwrap();
    assert_eq!(sent.as_slice(), [0x1A, 1, 0x88]);
    assert_eq!(device::asked::<cmd::Query>(sent.as_slice()), Ok(request));
    let supported = Query::SUPPORTED.union(Query::READ);
    let answer = device::answer::<cmd::Query>(PSU, sent.as_slice(), &supported, (), true).unwrap();
    // The code covers both halves: address, what was asked, address, what is answered.
    assert_eq!(answer.as_slice(), [1, 0xA0, pec(&[0xB0, 0x1A, 1, 0x88, 0xB1, 1, 0xA0])]);
    assert_eq!(client::answer::<cmd::Query>(&sent, answer.as_slice(), true, ()), Ok(supported));

    let sent =
        client::ask::<cmd::Coefficients>(PSU, &CoefficientsRequest { command: 0x8B, direction: 1 }).unwrap();
    let answer = client::answer::<cmd::Coefficients>(&sent, &[5, 0x72, 0x1A, 0, 0, 0xFE], false, ());
    assert_eq!(answer, Ok(Coefficients { m: 6770, b: 0, r: -2 }));

    // SMBALERT_MASK is read by a call, but written as one word: the code, then the mask.
    let request = SmbalertMaskRequest { status_command: 0x7C };
    let sent = client::write_to::<cmd::SmbalertMask>(PSU, &request, &0x08, (), true).unwrap();
    assert_eq!(sent.as_slice()[..3], [0x1B, 0x7C, 0x08]);
    let message = Transaction::received(PSU, sent.as_slice(), true).unwrap();
    assert_eq!(device::written::<cmd::SmbalertMask>(message, ()), Ok((request, 0x08)));
    assert!(device::written::<cmd::SmbalertMask>(&[0x1B], ()).is_err());
}

#[test]
fn energy_is_read_low_byte_first() {
    use pmbus_psu::ReadEin;
    let sent = client::read::<cmd::ReadEin>(PSU);
    let energy = client::answer::<cmd::ReadEin>(&sent, &[6, 0x34, 0x12, 0x05, 0x03, 0x02, 0x01], false, ());
    assert_eq!(energy, Ok(ReadEin { energy_count: 0x1234, rollover_count: 5, sample_count: 0x01_0203 }));
    // A sample count of 25 bits does not fit its three bytes.
    let wide = ReadEin { energy_count: 0, rollover_count: 0, sample_count: 1 << 24 };
    let refused = device::answer::<cmd::ReadEin>(PSU, &[0x86], &wide, (), false);
    assert!(matches!(refused, Err(EncodeError::Field { field: "sample_count", .. })));
}

#[test]
fn a_wrong_packet_error_code_is_no_reading() {
    let sent = client::read::<cmd::ReadVin>(PSU);
    let answer = client::answer::<cmd::ReadVin>(&sent, &[0x98, 0xF3, 0x00], true, ());
    assert!(matches!(answer, Err(DecodeError::Frame(FrameError::Pec { got: 0, .. }))));
    // Another device answered: same bytes, other address.
    let other = Address::new(0x59).unwrap();
    let theirs = device::answer::<cmd::ReadVin>(other, &[0x88], &Volts(230.0), (), true).unwrap();
    assert!(client::answer::<cmd::ReadVin>(&sent, theirs.as_slice(), true, ()).is_err());
}

#[test]
fn the_map_says_what_is_dangerous_and_what_is_protected() {
    // STORE and RESTORE, and the firmware upload of a real supply.
    for code in (0x11..=0x18).chain([0xD6, 0xD7, 0xD8, 0xE0]) {
        assert!(SET.hazardous(code) && SET.by_code(Code { first: code, extended: None }).is_none());
    }
    let protect = |id| SET.command(id).unwrap().protect;
    for (setting, page, voltage, limit) in [
        (0x00, false, false, false),
        (0x20, false, false, true),
        (0x40, false, true, true),
        (0x80, true, true, true),
    ] {
        let refused = ["page", "vout_command", "vout_ov_fault_limit"].map(|id| protect(id).refuses(setting));
        assert_eq!(refused, [Some(page), Some(voltage), Some(limit)]);
        assert_eq!(protect("write_protect").refuses(setting), Some(false));
    }
    assert_eq!(Protect::Level20.refuses(0x10), None);
    assert_eq!(SET.command("operation").unwrap().safety.class, SafetyClass::Disruptive);
    let setpoint = SET.command("vout_command").unwrap().safety;
    assert_eq!(setpoint.fail_safe.map(|value| value.value()), Some(51.0));
}

/// Each command of the set is consistent in itself.
#[test]
fn transactions_fit_access_and_format() {
    assert_eq!(SET.commands.len(), 101);
    for CommandInfo { id, read, write, length, access, format, bits, reserved_mask, .. } in SET.commands {
        assert_eq!(read.is_some(), *access != Access::Command, "{id}");
        assert_eq!(write.is_some(), access.writable(), "{id}");
        let bytes = match (read, write) {
            (Some(Read::Byte), _) => 1,
            (Some(Read::Word), _) => 2,
            (Some(Read::Long), _) => 4,
            (None, Some(Write::Send)) => 0,
            _ => length.1,
        };
        assert_eq!(length.1, bytes, "{id}");
        assert_eq!(bits.is_empty(), *format != Format::Flags, "{id}");
        let declared: u64 = bits.iter().fold(0, |all, bit| all | bit.mask());
        assert_eq!(declared & reserved_mask, 0, "{id}");
        assert!(bits.is_empty() || declared | reserved_mask == (1 << (8 * length.1)) - 1, "{id}");
    }
}

proptest! {
    #[test]
    fn hostile_bytes_never_fail(bytes in prop::collection::vec(any::<u8>(), 0..300), mode: u8) {
        let mode = VoutMode(mode);
        let vin = client::read::<cmd::ReadVin>(PSU);
        let _ = client::answer::<cmd::ReadVin>(&vin, &bytes, true, ());
        let _ = client::answer::<cmd::ReadVout>(&vin, &bytes, false, mode);
        let _ = client::answer::<cmd::MfrId>(&vin, &bytes, false, ());
        let _ = client::answer::<cmd::ReadEin>(&vin, &bytes, true, ());
        let _ = client::answer::<cmd::MfrEfficiencyHl>(&vin, &bytes, false, ());
        let _ = device::written::<cmd::VoutCommand>(&bytes, mode);
        let _ = device::written::<cmd::SmbalertMask>(&bytes, ());
        let _ = device::asked::<cmd::Coefficients>(&bytes);
    }

    #[test]
    fn every_word_of_a_reading_comes_back(word: u16, exponent in -16i8..16) {
        let data = word.to_le_bytes();
        let sent = client::read::<cmd::ReadVin>(PSU);
        let value = client::answer::<cmd::ReadVin>(&sent, &data, false, ()).unwrap();
        prop_assert_eq!(asked::<cmd::ReadVin>(&value, ()).1, value);
        let mode = VoutMode::linear(exponent).unwrap();
        let volts = client::answer::<cmd::ReadVout>(&sent, &data, false, mode).unwrap();
        prop_assert_eq!(&asked::<cmd::ReadVout>(&volts, mode).0[..2], &data[..]);
    }
}
