//! A small map and a device that misbehaves on request, for tests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use dpo_registers::codec::{Exception, Pdu, Request, exception_response};
use dpo_registers::device::{Device, respond};
use dpo_registers::map::*;

use crate::bus::memory::MemoryBus;
use crate::bus::{Answer, BoxFuture, Bus, Peer, Service};

pub(crate) const fn register(id: &'static str, address: u16, words: u16, poll: PollClass) -> RegisterInfo {
    RegisterInfo { poll, ..RegisterInfo::unsigned(id, id, address, words) }
}

const fn writable(r: RegisterInfo, limits: Option<Limits>) -> RegisterInfo {
    RegisterInfo { access: Access::ReadWrite, limits, settle_ms: 20, ..r }
}

static REGISTERS: [RegisterInfo; 9] = [
    RegisterInfo { kind: Kind::Text, ..register("model", 8, 2, PollClass::Static) },
    register("a", 20, 1, PollClass::Fast),
    register("b", 21, 1, PollClass::Fast),
    register("c", 24, 1, PollClass::Fast),
    register("slow", 30, 1, PollClass::Slow),
    register("d", 40, 1, PollClass::Fast),
    writable(register("level", 41, 1, PollClass::Slow), Some(Limits { min: 0, max: 1000, step: 1 })),
    RegisterInfo { access: Access::WriteOnly, ..register("key", 50, 1, PollClass::Slow) },
    writable(register("unlock", 0x310, 1, PollClass::OnDemand), None),
];

pub(crate) static MAP: MapInfo = MapInfo {
    id: "test",
    title: "Test device",
    version: (1, 0, 0),
    device_class: DeviceClass::Psu,
    addresses: &[(1, 9)],
    bus: BusInfo {
        baud: &[19200],
        parity: Parity::Even,
        max_read_words: 120,
        max_write_words: 120,
        functions: &[3, 6, 16],
    },
    identification: Identification { address: 8, words: 2, expect: Expect::AsciiText },
    registers: &REGISTERS,
    readable_gaps: &[(22, 23)],
    safe_unmapped: &[],
    hazards: &[(0x300, 0x3FF)],
    time_sync: None,
};

/// A device that answers from memory, and misbehaves on request.
pub(crate) struct Fake {
    map: &'static MapInfo,
    state: Mutex<FakeState>,
}

/// Writes of an address that are taken, and those after them that are not.
struct RefuseAfter {
    address: u16,
    taken: usize,
    refused: usize,
    exception: Exception,
}

#[derive(Default)]
struct FakeState {
    words: BTreeMap<u16, u16>,
    refuse_read: BTreeMap<u16, Exception>,
    refuse_write: Option<Exception>,
    refuse_all: Option<Exception>,
    refuse_after: Option<RefuseAfter>,
    silent: bool,
    deaf: bool,
    /// A register of which it acknowledges writes and keeps the old value.
    deaf_to: Option<u16>,
    mute: bool,
    asked: usize,
    log: Vec<(Pdu, Pdu)>,
}

impl Fake {
    pub(crate) fn new(map: &'static MapInfo) -> Arc<Self> {
        let state = Mutex::new(FakeState::default());
        let fake = Arc::new(Self { map, state });
        let id = map.identification.address;
        for at in id..id + map.identification.words {
            fake.set(at, 0x4142);
        }
        fake
    }

    /// A device of the test map, alone on a bus; each word holds its address, the model is text.
    pub(crate) fn on_bus(unit: u8) -> (Arc<dyn Bus>, Arc<Self>) {
        let fake = Self::new(&MAP);
        for register in MAP.registers.iter().filter(|r| r.kind != Kind::Text) {
            fake.set(register.address, register.address);
        }
        let rack = Rack::default();
        rack.insert(unit, &fake);
        (Arc::new(MemoryBus::new("memory:test", Arc::new(rack))), fake)
    }

    fn state(&self) -> MutexGuard<'_, FakeState> {
        self.state.lock().unwrap()
    }
    pub(crate) fn set(&self, address: u16, word: u16) {
        self.state().words.insert(address, word);
    }
    pub(crate) fn get(&self, address: u16) -> u16 {
        self.state().words.get(&address).copied().unwrap_or(0)
    }
    pub(crate) fn words(&self) -> BTreeMap<u16, u16> {
        self.state().words.clone()
    }
    /// Answers reads that touch `address` with exception 02.
    pub(crate) fn refuse(&self, address: u16) {
        self.refuse_with(address, Exception::IllegalDataAddress);
    }
    /// Answers reads that touch `address` with an exception.
    pub(crate) fn refuse_with(&self, address: u16, exception: Exception) {
        self.state().refuse_read.insert(address, exception);
    }
    pub(crate) fn refuse_writes(&self, exception: Option<Exception>) {
        self.state().refuse_write = exception;
    }
    /// Takes so many writes of `address` and answers so many after them with an exception.
    pub(crate) fn refuse_after(&self, address: u16, taken: usize, refused: usize, exception: Exception) {
        self.state().refuse_after = Some(RefuseAfter { address, taken, refused, exception });
    }
    /// Answers everything with this exception, as a gateway on the way or a device that starts does.
    pub(crate) fn refuse_all(&self, exception: Option<Exception>) {
        self.state().refuse_all = exception;
    }
    /// Stops refusing to read `address`.
    pub(crate) fn allow(&self, address: u16) {
        self.state().refuse_read.remove(&address);
    }
    /// Acknowledges writes and keeps the old value.
    pub(crate) fn deaf(&self, deaf: bool) {
        self.state().deaf = deaf;
    }
    /// The same for one register.
    pub(crate) fn deaf_to(&self, address: u16) {
        self.state().deaf_to = Some(address);
    }
    /// Takes the next write without an answer, and is silent from then on.
    pub(crate) fn mute(&self, mute: bool) {
        self.state().mute = mute;
    }
    pub(crate) fn silence(&self, silent: bool) {
        self.state().silent = silent;
    }
    pub(crate) fn forget_log(&self) {
        self.state().log.clear();
    }
    /// Requests that came, answered or not.
    pub(crate) fn asked(&self) -> usize {
        self.state().asked
    }
    pub(crate) fn requests(&self) -> usize {
        self.state().log.len()
    }
    pub(crate) fn refusals_in_last(&self, count: usize) -> usize {
        self.state().log.iter().rev().take(count).filter(|(_, answer)| answer.function() >= 0x80).count()
    }
    /// Addresses of the write requests, in order.
    pub(crate) fn writes(&self) -> Vec<u16> {
        let log = &self.state().log;
        log.iter()
            .filter_map(|(request, _)| match Request::decode(request.as_slice()) {
                Ok(Request::WriteSingle { address, .. } | Request::WriteMultiple { address, .. }) => {
                    Some(address)
                }
                _ => None,
            })
            .collect()
    }

    fn answer(&self, request: Pdu) -> Answer {
        let mut state = self.state();
        state.asked += 1;
        if state.silent {
            return Answer::NoAnswer;
        }
        let refused = match Request::decode(request.as_slice()) {
            Ok(Request::ReadHolding { address, quantity }) => state
                .refuse_read
                .range(address..address.saturating_add(quantity))
                .next()
                .map(|(_, exception)| *exception),
            Ok(Request::WriteSingle { address, .. } | Request::WriteMultiple { address, .. }) => {
                state.refuse_write.or_else(|| state.refused_after(address))
            }
            _ => None,
        };
        let answer = match refused.or(state.refuse_all) {
            Some(exception) => exception_response(request.function(), exception),
            None => respond(&mut Memory { map: self.map, state: &mut state }, &request),
        };
        state.log.push((request, answer));
        let write = matches!(request.function(), 6 | 16);
        state.silent = write && state.mute;
        if state.silent { Answer::NoAnswer } else { Answer::Reply(answer) }
    }
}

impl FakeState {
    fn refused_after(&mut self, address: u16) -> Option<Exception> {
        let rule = self.refuse_after.as_mut().filter(|rule| rule.address == address)?;
        if let Some(left) = rule.taken.checked_sub(1) {
            rule.taken = left;
            return None;
        }
        rule.refused = rule.refused.checked_sub(1)?;
        Some(rule.exception)
    }
}

struct Memory<'a> {
    map: &'static MapInfo,
    state: &'a mut FakeState,
}

impl Device for Memory<'_> {
    fn map(&self) -> &'static MapInfo {
        self.map
    }
    fn word(&mut self, address: u16) -> Result<u16, Exception> {
        Ok(self.state.words.get(&address).copied().unwrap_or(0))
    }
    fn apply(&mut self, address: u16, words: &[u16]) -> Result<(), Exception> {
        if !self.state.deaf && self.state.deaf_to != Some(address) {
            self.state.words.extend((address..).zip(words.iter().copied()));
        }
        Ok(())
    }
}

/// Fakes at addresses.
#[derive(Default)]
pub(crate) struct Rack(Mutex<BTreeMap<u8, Arc<Fake>>>);

impl Rack {
    pub(crate) fn insert(&self, unit: u8, fake: &Arc<Fake>) {
        self.0.lock().unwrap().insert(unit, Arc::clone(fake));
    }
}

impl Service for Rack {
    fn call<'a>(&'a self, _: &'a Peer, unit: u8, request: Pdu) -> BoxFuture<'a, Answer> {
        let fake = self.0.lock().unwrap().get(&unit).cloned();
        Box::pin(async move { fake.map_or(Answer::NoPath, |fake| fake.answer(request)) })
    }
}
