use super::*;

fn kinds() -> RegisterMap {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/registers/tests/maps/kinds.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What a register of the test map shows with these words.
fn shown(id: &str, words: &[u16]) -> String {
    let map = kinds();
    let address = map.registers.iter().find(|r| r.id == id).unwrap().address;
    let decoded = decode(&map, |at| words.get(usize::from(at.checked_sub(address)?)).copied());
    decoded.iter().find(|d| d.register.id == id).unwrap().to_string()
}

#[test]
fn every_kind_is_shown() {
    for (id, words, text) in [
        ("model", &[0x4142, 0x001B][..], "AB"),
        ("model", &[0x411B, 0x5B33], "A\\x1b[3"),
        ("raw_words", &[1, 0xABCD, 3], "0001 ABCD 0003"),
        ("small", &[15], "15"),
        ("huge", &[0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF], "18446744073709551615"),
        ("deep", &[0xFFFF, 0xFFFF, 0xFFFF, 0xFFFE], "-2"),
        ("deep", &[0x8000, 0, 0, 0], "not available"),
        ("cold", &[0xFFFC], "-3 Cel"),
        ("wide_flags", &[0x8000, 0x0003, 0x4000, 0x0003], "low | field=13 | top | 0x2"),
        ("wide_flags", &[0, 0, 0, 0], "none"),
        ("cleared", &[4], "0x4"),
        ("order", &[1, 4464], "go"),
        ("order", &[0, 7], "undeclared 7"),
        ("order", &[0], "not read"),
    ] {
        assert_eq!(shown(id, words), text, "{id}");
    }
}

#[test]
fn a_number_keeps_its_raw_value_and_the_exact_one() {
    let map = kinds();
    let cold = map.registers.iter().find(|r| r.id == "cold").unwrap();
    let Value::Number { raw, exact: Some(exact), unit } = value(cold, map.word_order, &[0xFFFB]) else {
        panic!("a number");
    };
    assert_eq!((raw, exact.num(), exact.den(), unit), (-5, -25, 8, "Cel"));
}

#[test]
fn floating_point_and_the_other_order() {
    let mut map = kinds();
    let mut register = map.registers.swap_remove(0);
    register.kind = Kind::Float;
    register.unit = Some("V".to_owned());
    let words = |bits: u32| [(bits >> 16) as u16, bits as u16];
    let shown = |order, words: &[u16]| value(&register, order, words).to_string();
    assert_eq!(shown(WordOrder::BigEndian, &words(48.5f32.to_bits())), "48.5 V");
    let swapped = words(48.5f32.to_bits().swap_bytes());
    assert_eq!(shown(WordOrder::LittleEndian, &swapped), "48.5 V");
    assert_eq!(shown(WordOrder::BigEndian, &words(f32::NAN.to_bits())), "not available");
}

#[test]
fn hostile_maps_do_not_break_it() {
    let mut map = kinds();
    for (i, register) in map.registers.iter_mut().enumerate() {
        register.words = [0, 1, 5, 125][i % 4];
        register.address = u16::MAX;
        register.kind = [Kind::Unsigned, Kind::Float, Kind::Flags, Kind::Enum, Kind::Signed][i % 5];
        register.scale.den = 0;
        for bit in &mut register.bits {
            (bit.bit, bit.width) = (200, 200);
        }
    }
    for decoded in decode(&map, |_| Some(0xFFFF)) {
        assert!(!decoded.to_string().is_empty());
    }
    for words in [&[][..], &[1], &[1; 5], &[1; 125]] {
        for register in &map.registers {
            value(register, WordOrder::LittleEndian, words);
        }
    }
}
