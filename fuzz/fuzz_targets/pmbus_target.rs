//! The simulated PSUs on the wire of SMBus: conditions and bytes in any order, transactions with a good and with a damaged
//! packet error code, at any address, while the shelf runs.
//!
//! Whatever came before, a target reads PMBUS_REVISION with a packet error code that fits once the bus has stopped; and
//! a write whose code is damaged changes nothing.
#![no_main]

use std::time::Duration;

use dpo_gateway::bus::smbus::Wire;
use dpo_gateway::registers::codec::pmbus::{Address, Transaction, pec};
use dpo_gateway::sim::{ShelfConfig, SimShelf};
use dpo_gateway_fuzz::Bytes;
use libfuzzer_sys::fuzz_target;

const FIRST: u8 = 0x58;
const PMBUS_REVISION: u8 = 0x98;
const VOUT_COMMAND: u8 = 0x21;

/// A read of `count` bytes and their code, or nothing if the target does not acknowledge.
fn read(wire: &mut impl Wire, address: u8, code: u8, count: usize) -> Option<Vec<u8>> {
    let address = Address::new(address).expect("seven bits");
    let transaction = Transaction::command(address, code);
    let mut bytes = Vec::new();
    let mut acknowledged = wire.start(address.write_byte()) == Ok(true) && wire.write(code) == Ok(true);
    acknowledged = acknowledged && wire.start(address.read_byte()) == Ok(true);
    if acknowledged {
        for left in (0..=count).rev() {
            bytes.push(wire.read(left > 0).ok()?);
        }
    }
    wire.stop();
    acknowledged.then(|| transaction.answer(&bytes, count, true).expect("its code fits").to_vec())
}

fn send(wire: &mut impl Wire, address: u8, bytes: &[u8]) {
    if wire.start(address << 1) == Ok(true) {
        for byte in bytes {
            if wire.write(*byte) != Ok(true) {
                break;
            }
        }
    }
    wire.stop();
}

fn act(script: &mut Bytes<'_>, wire: &mut impl Wire, shelf: &SimShelf) {
    let kind = script.byte();
    let address = match kind >> 4 & 3 {
        // All addresses, the reserved ones among them; most of the time a PSU's.
        0 => script.byte() & 0x7F,
        _ => FIRST + (kind >> 6),
    };
    match kind % 8 {
        0 => _ = wire.start(script.byte()),
        1 => {
            for byte in script.take(usize::from(kind >> 4)) {
                let _ = wire.write(*byte);
            }
        }
        2 => {
            for left in (0..u16::from(script.byte()) + 1).rev() {
                let _ = wire.read(left > 0);
            }
        }
        3 => wire.stop(),
        4 => {
            wire.stop();
            let count = usize::from(script.byte()) % 40;
            let mut bytes = script.take(count).to_vec();
            bytes.push(pec(&[&[address << 1], &bytes[..]].concat()));
            send(wire, address, &bytes);
        }
        5 => {
            wire.stop();
            let data = [VOUT_COMMAND, script.byte(), script.byte()];
            let wrong = script.byte().max(1);
            let before = read(wire, address, VOUT_COMMAND, 2);
            send(
                wire,
                address,
                &[&data[..], &[pec(&[&[address << 1], &data[..]].concat()) ^ wrong]].concat(),
            );
            assert_eq!(before, read(wire, address, VOUT_COMMAND, 2), "a damaged write was taken");
        }
        6 => {
            wire.stop();
            let code = script.byte();
            if wire.start(address << 1) == Ok(true) && wire.write(code) == Ok(true) {
                let _ = wire.start(address << 1 | 1);
                for left in (0..usize::from(script.byte())).rev() {
                    let _ = wire.read(left > 0);
                }
            }
            wire.stop();
        }
        _ => {
            shelf.step(Duration::from_millis(script.byte().into()));
            let _ = wire.alert();
        }
    }
}

fuzz_target!(|data: &[u8]| {
    let shelf = SimShelf::new(ShelfConfig::default());
    let (mut wire, mut script) = (shelf.smbus(), Bytes(data));
    while !script.is_empty() {
        act(&mut script, &mut wire, &shelf);
    }
    wire.stop();
    for address in FIRST..FIRST + 6 {
        let revision = read(&mut wire, address, PMBUS_REVISION, 1);
        assert!(revision.is_some(), "{address:02X} no longer answers");
    }
});
