//! PMBus frames and number formats: any bytes as a write that a target received, as an answer that a controller got,
//! as numbers in each format.
#![no_main]

use dpo_gateway::registers::codec::pmbus::{
    Address, Block, Direct, Half, Linear11, Transaction, VoutMode, pec, slinear16, slinear16_from, ulinear16,
    ulinear16_from,
};
use dpo_gateway_fuzz::Bytes;
use libfuzzer_sys::fuzz_target;

/// CRC-8 with x^8 + x^2 + x + 1, bit by bit.
fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |mut crc, byte| {
        crc ^= byte;
        for _ in 0..8 {
            crc = if crc & 0x80 != 0 { crc << 1 ^ 0x07 } else { crc << 1 };
        }
        crc
    })
}

fn target(address: Address, bytes: &[u8]) {
    if let Ok(message) = Transaction::received(address, bytes, false) {
        assert_eq!(message, bytes);
        assert!(!message.is_empty());
    }
    if let Ok(message) = Transaction::received(address, bytes, true) {
        let code = crc8(&[&[address.write_byte()], message].concat());
        assert_eq!(bytes.split_last(), Some((&code, message)));
    }
    // The same with the right code is taken.
    let mut good = bytes.to_vec();
    good.push(crc8(&[&[address.write_byte()], bytes].concat()));
    assert_eq!(Transaction::received(address, &good, true).is_ok(), !bytes.is_empty());
    if let Ok(data) = Block::parse(bytes) {
        assert_eq!(usize::from(bytes[0]), data.len());
        assert_eq!(Block::new(data).expect("at most 255").as_slice(), data);
    }
}

fn controller(address: Address, code: u8, written: &[u8], answer: &[u8]) {
    let begun = Transaction::command(address, code);
    for transaction in [begun.with_data(written), begun.with_block(written)] {
        let Ok(transaction) = transaction else {
            assert!(written.len() > 250);
            continue;
        };
        let head = [&[address.write_byte()], transaction.as_slice(), &[address.read_byte()]].concat();
        for expected in [0, 1, 2, answer.len().saturating_sub(1), answer.len()] {
            if let Ok(data) = transaction.answer(answer, expected, true) {
                assert_eq!((data.len(), answer.len()), (expected, expected + 1));
                assert_eq!(answer.last(), Some(&crc8(&[&head, data].concat())));
            }
            if let Ok(data) = transaction.answer(answer, expected, false) {
                assert_eq!(data, answer);
            }
        }
        for with_pec in [false, true] {
            if let Ok(data) = transaction.block_answer(answer, with_pec) {
                assert_eq!(usize::from(answer[0]), data.len());
                assert_eq!(data, &answer[1..=data.len()]);
                assert!(
                    !with_pec || answer[1 + data.len()] == crc8(&[&head, &answer[..=data.len()]].concat())
                );
            }
        }
        let closed = transaction.with_pec();
        assert!(Transaction::received(address, closed.as_slice(), true).is_ok());
    }
}

fn numbers(words: &mut Bytes<'_>) {
    let (word, mode) = (words.word(), VoutMode(words.byte()));
    let coefficients: [u8; 5] = std::array::from_fn(|_| words.byte());
    let value = f64::from_bits(u64::from_be_bytes(std::array::from_fn(|_| words.byte())));

    let linear = Linear11(word);
    assert_eq!(Linear11::from_value(linear.value()).expect("a value of the format").value(), linear.value());
    if let Ok(code) = Linear11::from_value(value) {
        assert!(code.value().is_finite() && value.is_finite());
        let step = f64::from(code.exponent()).exp2();
        assert!((code.value() - value).abs() <= step * 0.5 + step * 1e-9, "{value} became {}", code.value());
    }
    let exponent = coefficients[0] as i8 % 32;
    assert_eq!(ulinear16_from(ulinear16(word, exponent), exponent), Ok(word));
    assert_eq!(slinear16_from(slinear16(word, exponent), exponent), Ok(word));
    let _ = (
        ulinear16_from(value, exponent),
        slinear16_from(value, exponent),
        Linear11::with_exponent(value, exponent),
    );

    let half = Half(word);
    if half.value().is_finite() {
        assert_eq!(Half::from_value(half.value()).expect("a value of the format").value(), half.value());
    }
    if let Ok(code) = Half::from_value(value) {
        assert!(code.value().is_finite());
    }
    let direct = Direct::from_bytes(coefficients);
    if let Some(direct) = direct {
        assert_eq!(direct.to_bytes(), coefficients);
        if let Ok(code) = direct.word(value) {
            assert!(value.is_finite() && direct.value(code).is_finite());
        }
        let _ = direct.value(word);
    }
    for direct in [None, direct] {
        let _ = (mode.value(word, direct), mode.signed_value(word, direct));
        let _ = (mode.word(value, direct), mode.signed_word(value, direct), mode.format(), mode.relative());
    }
}

fuzz_target!(|data: &[u8]| {
    assert_eq!(pec(data), crc8(data));
    let mut bytes = Bytes(data);
    let address = Address::new(bytes.byte() & 0x7F).expect("seven bits");
    let code = bytes.byte();
    let count = usize::from(bytes.word()) % 300;
    target(address, bytes.0);
    let written = bytes.take(count);
    controller(address, code, written, bytes.0);
    numbers(&mut Bytes(data));
});
