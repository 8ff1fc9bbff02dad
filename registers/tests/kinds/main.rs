//! The generator on a map that holds every kind of register once: the code compiles, decodes, refuses.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

// The bindings name the modules of the crate they are generated for.
use dpo_registers::{codec, map, register, register_flags, register_map, register_symbols, units};

// Bindings are a library: a test uses a part of them.
#[allow(dead_code)]
mod generated;

use generated::kinds::{Cleared, Image, JSON, MAP, Match, Order, SwappedFlags, WideFlags, reg};
use register::{DecodeError, EncodeError, Register, Writable};
use units::{Celsius, Volts};

fn round<R: Register>(words: &[u16]) -> R::Value {
    let value = R::decode(words).expect("decodes");
    let mut back = vec![0; words.len()];
    R::encode(&value, &mut back).expect("encodes");
    assert_eq!(back, words, "{}", R::INFO.id);
    value
}

fn encode<R: Writable>(value: R::Value) -> Result<Vec<u16>, EncodeError> {
    let mut words = vec![0; usize::from(R::INFO.words)];
    R::encode(&value, &mut words).map(|()| words)
}

#[test]
fn numbers_of_every_length() {
    assert_eq!(round::<reg::Wide>(&[1, 0, 0]), 1u64 << 32);
    assert_eq!(round::<reg::Huge>(&[0x7FFF, 0xFFFF, 0xFFFF, 0xFFFF]), u64::try_from(i64::MAX).unwrap());
    assert_eq!(round::<reg::Huge>(&[0x8000, 0, 0, 0]), 1u64 << 63);
    // Raw values travel as i64; what is beyond is refused, not bent.
    assert_eq!(reg::Huge::decode_raw(&[0x8000, 0, 0, 0]), Err(DecodeError::OutOfRange));
    assert_eq!(round::<reg::Deep>(&[0xFFFF, 0xFFFF, 0xFFFF, 0xFFFE]), -2i64);
    assert_eq!(reg::Deep::decode(&[0x8000, 0, 0, 0]), Err(DecodeError::NotAvailable));
    // -4 / 8 - 2.5 = -3.
    assert_eq!(round::<reg::Cold>(&[0xFFFC]), Celsius(-3.0));
    assert_eq!(round::<reg::Type>(&[9]), 9u16);
}

#[test]
fn floating_point_of_both_lengths() {
    let words = |bits: u32| [(bits >> 16) as u16, bits as u16];
    assert_eq!(round::<reg::Single>(&words(48.5f32.to_bits())), 48.5f32);
    assert_eq!(round::<reg::Single>(&words(f32::NEG_INFINITY.to_bits())), f32::NEG_INFINITY);
    assert_eq!(reg::Single::decode(&words(f32::NAN.to_bits())), Err(DecodeError::NotAvailable));
    let mut out = [0; 2];
    assert!(reg::Single::encode(&f32::NAN, &mut out).is_err());
    // 97 halves of a volt.
    let bits = 97f64.to_bits();
    let words = [(bits >> 48) as u16, (bits >> 32) as u16, (bits >> 16) as u16, bits as u16];
    assert_eq!(round::<reg::Double>(&words), Volts(48.5));
    assert_eq!(reg::Double::decode_raw(&words), Err(DecodeError::OutOfRange));
}

#[test]
fn the_least_significant_word_first() {
    assert_eq!(round::<reg::Swapped>(&[0x7856, 0x3412]), 0x1234_5678);
    assert_eq!(round::<reg::SwappedFlags>(&[0x0100]), SwappedFlags::FIRST);
    assert_eq!(reg::Swapped::decode_raw(&[0x0100, 0]), Ok(1));
}

#[test]
fn flags_and_symbols_have_names() {
    let flags = WideFlags::TOP.with_field(WideFlags::FIELD, 5);
    assert_eq!(flags.field(WideFlags::FIELD), 5);
    assert_eq!(format!("{:?}", WideFlags(flags.0 | 2)), "WideFlags(field=5 | top | 0x2)");
    assert_eq!(format!("{:?}", WideFlags(0)), "WideFlags(0x0)");
    let named: Vec<_> = flags.set_fields().map(|(field, number)| (field.id, number)).collect();
    assert_eq!(named, [("field", 5), ("top", 1)]);
    assert_eq!((WideFlags::named("top"), WideFlags::named("bottom")), (Some(WideFlags::TOP), None));
    assert_eq!((Order::Go.id(), Order::Unknown(7).id()), (Some("go"), None));
}

#[test]
fn raw_numbers_need_no_floating_point() {
    // -5 / 8 - 2.5 = -25 / 8.
    assert_eq!(reg::Cold::decode_raw(&[0xFFFB]), Ok(-5));
    assert_eq!(reg::Cold::INFO.exact(-5), Some(map::Rational { num: -25, den: 8 }));
    let mut words = [0];
    assert_eq!(reg::Small::encode_raw(15, &mut words), Ok(()));
    assert_eq!(reg::Small::encode_raw(16, &mut words), Err(EncodeError::Limits { value: 16.0 }));
    assert_eq!(reg::Deep::decode_raw(&[0x8000, 0, 0, 0]), Err(DecodeError::NotAvailable));
    assert_eq!(reg::Model::decode_raw(&[0x4142, 0]), Err(DecodeError::OutOfRange));
}

#[test]
fn every_value_can_be_seen_without_its_type() {
    let image = Image {
        model: codec::Text::new("AB"),
        raw_words: Some([1, 2, 3]),
        small: Some(15),
        deep: Some(-2),
        cold: Some(Celsius(-3.0)),
        cleared: Some(Cleared::A1),
        order: Some(Order::Go),
        ..Default::default()
    };
    let mut seen = Vec::new();
    image.visit(&mut |info, view| {
        if let Some(view) = view {
            seen.push(format!("{} {view:?}", info.id));
        }
    });
    assert_eq!(
        seen,
        [
            "model Text([65, 66])",
            "raw_words Words([1, 2, 3])",
            "small Unsigned(15)",
            "deep Signed(-2)",
            "cold Number(-3.0)",
            "cleared Flags(2)",
            "order Symbol(70000, Some(\"go\"))",
        ]
    );
}

#[test]
fn words_text_and_limits() {
    assert_eq!(round::<reg::RawWords>(&[1, 2, 3]), [1, 2, 3]);
    assert_eq!(reg::RawWords::decode(&[1, 2]), Err(DecodeError::Length { expected: 3, got: 2 }));
    let text: codec::Text<4> = round::<reg::Model>(&[0x4142, 0]);
    assert_eq!(text.to_string(), "AB");
    assert_eq!(encode::<reg::Small>(15), Ok(vec![15]));
    for refused in [9, 12, 25] {
        assert_eq!(encode::<reg::Small>(refused), Err(EncodeError::Limits { value: f64::from(refused) }));
    }
}

#[test]
fn flags_of_64_bits_and_fields() {
    let flags = round::<reg::WideFlags>(&[0x8000, 0x0003, 0xC000, 0x0001]);
    assert!(flags.contains(WideFlags::LOW.union(WideFlags::TOP).union(WideFlags::FIELD)));
    assert_eq!(WideFlags::FIELD.bits(), 0xF << 30);
    assert_eq!(reg::WideFlags::INFO.reserved_mask, !0x8000_0003_C000_0001);
    assert!(matches!(encode::<reg::WideFlags>(WideFlags(2)), Err(EncodeError::Limits { .. })));
    assert_eq!(encode::<reg::Cleared>(Cleared::A1), Ok(vec![2]));
}

#[test]
fn undeclared_symbols_are_read_but_not_written() {
    assert_eq!(round::<reg::Order>(&[1, 4464]), Order::Go);
    assert_eq!(reg::Order::decode(&[0, 7]), Ok(Order::Unknown(7)));
    assert_eq!(encode::<reg::Order>(Order::Unknown(7)), Err(EncodeError::Limits { value: 7.0 }));
    assert_eq!(round::<reg::Match>(&[0x7FFF, 0xFFFF, 0xFFFF, 0xFFFF]), Match::Far);
    // Read-only: a device may show what the map does not declare.
    assert_eq!(round::<reg::Match>(&[0, 0, 0, 5]), Match::Unknown(5));
}

#[test]
fn the_map_says_the_same() {
    let image = Image { r#type: Some(1), r#match: Some(Match::Far), ..Default::default() };
    assert_ne!(image, Image::default());
    assert!(JSON.contains("\"id\": \"kinds\""));
    assert_eq!((MAP.readable_gaps, MAP.hazards), (&[(40, 49)][..], &[(100, 109)][..]));
    assert_eq!((MAP.bus.parity, MAP.addresses), (map::Parity::None, &[(1, 2), (5, 5)][..]));
    assert!(MAP.readable(45) && !MAP.readable(50) && MAP.hazardous(100));
}

#[test]
fn a_register_can_be_read_otherwise_where_sources_disagree() {
    let cold = MAP.register("cold").unwrap();
    // 298.2 K in tenths is 372.75 eighths, less 2.5, in the reading that the map keeps.
    let words = [2982];
    assert_eq!(cold.engineering(cold.raw(&words).unwrap()), 370.25);
    let tenths = cold.read_as(cold.reading("tenths").unwrap());
    assert_eq!((tenths.engineering(tenths.raw(&words).unwrap()), tenths.unit), (25.05, "Cel"));
    let plain = cold.read_as(cold.reading("plain").unwrap());
    assert_eq!((plain.raw(&[0xFFFF]), cold.raw(&[0xFFFF]), plain.unit), (Some(65535), Some(-1), ""));
    assert_eq!((plain.id, plain.address), (cold.id, cold.address));
    assert!(cold.reading("whole").is_none() && MAP.register("small").unwrap().readings.is_empty());
}
