//! The front ends: each device answers at its own address, from the generated bindings.
//!
//! Modbus here; PMBus in [`pmbus`]. What is modelled, what is constant and what is only stored, register by register: [`psu`], [`bbu`].

mod bbu;
pub(super) mod pmbus;
mod psu;

use dpo_registers::codec::{Exception, Pdu};
use dpo_registers::device::respond;
use dpo_registers::register::{DecodeError, Register, WordsMut};

use crate::bus::{Answer, BoxFuture, Peer, Service};

use super::parameters::{FIRST_BBU_UNIT, FIRST_PSU_UNIT};
use super::plant::Plant;
use super::shelf::SimShelf;

/// The devices of a shelf as a service.
pub(super) struct Front {
    shelf: SimShelf,
}

impl Front {
    pub(super) fn new(shelf: SimShelf) -> Self {
        Self { shelf }
    }
}

impl Service for Front {
    fn call<'a>(&'a self, _peer: &'a Peer, unit: u8, request: Pdu) -> BoxFuture<'a, Answer> {
        let answer = answer(&mut self.shelf.lock(), unit, &request);
        Box::pin(std::future::ready(answer))
    }
}

/// An empty or dead slot does not answer; an address without a slot has no path.
fn answer(plant: &mut Plant, unit: u8, request: &Pdu) -> Answer {
    let bus_v = plant.bus_v;
    if let Some(psu) = plant.psu(unit) {
        if psu.answers(bus_v) {
            let slot = usize::from(unit - FIRST_PSU_UNIT);
            return Answer::Reply(respond(&mut psu::PsuFront::new(plant, slot), request));
        }
    } else if let Some(bbu) = plant.bbu(unit) {
        if bbu.answers() {
            let slot = usize::from(unit - FIRST_BBU_UNIT);
            return Answer::Reply(respond(&mut bbu::BbuFront::new(plant, slot), request));
        }
    } else {
        return Answer::NoPath;
    }
    Answer::NoAnswer
}

/// The words of a device from address 0, built once a request so that one read is of one time.
struct Buffer<const N: usize>([u16; N]);

impl<const N: usize> Buffer<N> {
    fn word(&self, address: u16) -> Result<u16, Exception> {
        self.0.get(usize::from(address)).copied().ok_or(Exception::ServerDeviceFailure)
    }
}

impl<const N: usize> WordsMut for Buffer<N> {
    fn set_word(&mut self, address: u16, word: u16) -> bool {
        self.0.get_mut(usize::from(address)).map(|slot| *slot = word).is_some()
    }
}

/// The value that a client wrote to the register `R`.
fn written<R: Register>(words: &[u16]) -> Result<R::Value, Exception> {
    R::decode(words).map_err(|_: DecodeError| Exception::IllegalDataValue)
}

/// A count that stops at the top of its register.
fn count(value: u32) -> u16 {
    u16::try_from(value).unwrap_or(u16::MAX)
}
