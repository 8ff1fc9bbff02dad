//! PDUs: what a server decodes, how a device answers, what a client takes for an answer.
//!
//! modbus-core reads the same bytes as a second opinion where it is right: it does not check that nothing stands
//! behind a PDU, nor quantities, so it may accept more than we do, but must not read something else.
#![no_main]

use dpo_gateway::registers::client::{check_read, check_write};
use dpo_gateway::registers::codec::{Exception, Pdu, Request};
use dpo_gateway::registers::device::{Device, respond};
use dpo_gateway::registers::generated;
use dpo_gateway::registers::map::MapInfo;
use libfuzzer_sys::fuzz_target;
use modbus_core as peer;

/// A device that holds nothing but zeros and takes what its map allows.
struct Flat(&'static MapInfo);

impl Device for Flat {
    fn map(&self) -> &'static MapInfo {
        self.0
    }

    fn word(&mut self, address: u16) -> Result<u16, Exception> {
        assert!(self.0.register_at(address).is_some(), "asked for a word outside the map");
        Ok(0)
    }

    fn apply(&mut self, address: u16, words: &[u16]) -> Result<(), Exception> {
        assert!((1..=123).contains(&words.len()) && usize::from(address) + words.len() <= 0x1_0000);
        Ok(())
    }
}

macro_rules! maps {
    ($($map:ident)*) => { [$(&generated::$map::MAP),*] };
}

fn request(bytes: &[u8]) {
    let ours = Request::decode(bytes);
    let theirs = peer::Request::try_from(bytes);
    match (ours, &theirs) {
        (Ok(Request::ReadHolding { address, quantity }), Ok(peer::Request::ReadHoldingRegisters(a, q)))
        | (Ok(Request::ReadInput { address, quantity }), Ok(peer::Request::ReadInputRegisters(a, q))) => {
            assert_eq!((address, quantity), (*a, *q));
        }
        (Ok(Request::WriteSingle { address, word }), Ok(peer::Request::WriteSingleRegister(a, w))) => {
            assert_eq!((address, word), (*a, *w));
        }
        (
            Ok(Request::WriteMultiple { address, data }),
            Ok(peer::Request::WriteMultipleRegisters(a, words)),
        ) => {
            assert_eq!((address, data.len()), (*a, 2 * words.len()));
            for (i, pair) in data.chunks_exact(2).enumerate() {
                assert_eq!(Some(u16::from_be_bytes([pair[0], pair[1]])), words.get(i));
            }
        }
        // Custom functions to modbus-core.
        (Ok(Request::ReadFileRecord { .. }), _) => assert_eq!(bytes[0], 0x14),
        (Ok(Request::DeviceIdentification { .. }), _) => assert_eq!(bytes[..2], [0x2B, 0x0E]),
        (Ok(request), _) => panic!("{request:?} of {bytes:02X?}, by modbus-core {theirs:?}"),
        (Err(_), _) => {}
    }
    let Ok(pdu) = Pdu::new(bytes) else {
        assert!(bytes.is_empty() || bytes.len() > 253);
        return;
    };
    assert_eq!(pdu.as_slice(), bytes);
    for map in dpo_gateway::registers::for_each_map!(maps) {
        let answer = respond(&mut Flat(map), &pdu);
        if answer.function() >= 0x80 {
            assert_eq!(answer.function(), pdu.function() | 0x80);
            assert_eq!(answer.as_slice().len(), 2);
            assert!(answer.exception().is_some());
            continue;
        }
        // A device that does not refuse answers what was asked, in full, and our own client takes it.
        match ours.expect("answered what was not understood") {
            Request::ReadHolding { quantity, .. } => {
                assert!(check_read(&answer, quantity).expect("a read").all(|word| word == 0));
            }
            Request::ReadInput { quantity, .. } => {
                assert_eq!(answer.as_slice()[..2], [4, 2 * quantity as u8]);
                assert_eq!(answer.as_slice().len(), 2 + 2 * usize::from(quantity));
            }
            Request::WriteSingle { .. } | Request::WriteMultiple { .. } => {
                assert_eq!(check_write(&pdu, &answer), Ok(()));
            }
            // No map declares a file, so no device has one.
            Request::ReadFileRecord { .. } => panic!("a file of {bytes:02X?}: {answer:?}"),
            Request::DeviceIdentification { .. } => assert_eq!(answer.as_slice()[..2], [0x2B, 0x0E]),
        }
    }
}

fn answer(bytes: &[u8]) {
    let Some((quantity, bytes)) = bytes.split_first() else { return };
    let Ok(answer) = Pdu::new(bytes) else { return };
    if let Ok(words) = check_read(&answer, u16::from(*quantity)) {
        let words: Vec<u16> = words.collect();
        assert_eq!(words.len(), usize::from(*quantity));
        let Ok(peer::Response::ReadHoldingRegisters(data)) = peer::Response::try_from(bytes) else {
            panic!("modbus-core does not read {bytes:02X?}");
        };
        assert_eq!(words, (0..data.len()).filter_map(|i| data.get(i)).collect::<Vec<_>>());
    }
    for request in
        [Pdu::write_single(0x0102, 0x0304), Pdu::write_multiple(0x0102, &[7, 8]).expect("two words")]
    {
        if check_write(&request, &answer).is_ok() {
            assert_eq!(bytes.len(), 5);
            assert_eq!(bytes, &request.as_slice()[..5]);
        }
    }
}

fuzz_target!(|data: &[u8]| {
    request(data);
    answer(data);
});
