//! The shelf, which outlives every gateway, and the bus to it, with what can happen to a bus and to devices.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dpo_gateway::bus::memory::MemoryBus;
use dpo_gateway::bus::{Answer, BoxFuture, Bus, BusError, Peer, Service};
use dpo_gateway::sim::{LoadProfile, ShelfConfig, SimShelf};
use dpo_registers::codec::{Exception, Pdu, Request, exception_response, function, write_response};
use dpo_registers::units::Watts;

use crate::time::Time;

/// Time on the wire of a request, and of an answer.
const WIRE: Duration = Duration::from_millis(2);
/// How long the client waits for an answer.
const PATIENCE: Duration = Duration::from_millis(100);

/// What the busbar must stay within.
pub const BUS_LIMITS_V: std::ops::RangeInclusive<f64> = 46.0..=52.0;

/// The fail-safe setpoint as a word.
pub const NOMINAL: u16 = 52_224;

/// A write that a device has taken.
#[derive(Debug, Clone)]
pub struct Seen {
    pub order: u64,
    pub time: Duration,
    pub unit: u8,
    pub address: u16,
    pub words: Vec<u16>,
    pub before: u16,
}

/// What a PSU does with one setpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hitch {
    /// It refuses it.
    Refuses,
    /// It acknowledges it and keeps what it has.
    Keeps,
}

/// What is wrong with the bus and the devices now.
#[derive(Debug, Default)]
pub struct Faults {
    /// Nothing reaches a device.
    pub unplugged: bool,
    /// The next write reaches its device, its answer does not come back, and from then on nothing does.
    pub unplug_in_write: bool,
    /// A PSU that refuses each write.
    pub refuses: Option<u8>,
    /// A PSU that acknowledges each write of a setpoint and keeps what it has.
    pub deaf: Option<u8>,
    /// A PSU that does so once, after it has taken so many setpoints away from the fail-safe value.
    pub hitch: Option<(u8, Hitch, u8)>,
    /// Whether the commit for which a hitch was meant is not over.
    pub hitching: bool,
}

#[derive(Debug, Default)]
struct State {
    stepped: Duration,
    seen: Vec<Seen>,
    faults: Faults,
    /// When each PSU was last taken out or put back.
    reset: [Option<Duration>; 6],
    out: [bool; 6],
    bus: Option<(f64, f64)>,
    /// When the bus first left its limits.
    left: Option<Duration>,
}

/// The shelf. Clones are the same shelf.
#[derive(Debug, Clone)]
pub struct World {
    pub shelf: SimShelf,
    pub time: Arc<Time>,
    state: Arc<Mutex<State>>,
}

impl World {
    pub fn new(seed: u64, load: f64, time: Arc<Time>) -> Self {
        let config = ShelfConfig {
            seed,
            load: LoadProfile::Constant(Watts(load)),
            state_of_charge: 0.9,
            ..ShelfConfig::default()
        };
        Self { shelf: SimShelf::new(config), time, state: Arc::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the shelf go on to this moment.
    pub fn step(&self) {
        let now = self.time.now();
        let mut state = self.lock();
        if let Some(passed) = now.checked_sub(state.stepped).filter(|d| !d.is_zero()) {
            self.shelf.step(passed);
            state.stepped = now;
            let volts = self.shelf.truth().bus_voltage.0;
            let (low, high) = state.bus.unwrap_or((volts, volts));
            state.bus = Some((low.min(volts), high.max(volts)));
            if !BUS_LIMITS_V.contains(&volts) {
                state.left.get_or_insert(now);
            }
        }
    }

    pub fn fault(&self, change: impl FnOnce(&mut Faults)) {
        change(&mut self.lock().faults);
    }

    /// Has a PSU hitch once, unless another one is at fault: two faults in one commit may leave it half applied, which
    /// it then says. Returns whether it has; [`Self::end_hitch`] ends it.
    pub fn hitch(&self, unit: u8, hitch: Hitch, after: u8) -> bool {
        let faults = &mut self.lock().faults;
        let free = !faults.hitching && faults.refuses.is_none() && faults.deaf.is_none();
        if free {
            (faults.hitch, faults.hitching) = (Some((unit, hitch, after)), true);
        }
        free
    }

    /// The commit for which a hitch was meant is over.
    pub fn end_hitch(&self) {
        let faults = &mut self.lock().faults;
        (faults.hitch, faults.hitching) = (None, false);
    }

    /// Takes the PSU in a slot (from 0) out, or puts it back: it comes back with its defaults.
    pub fn pull(&self, slot: usize, out: bool) {
        self.step();
        let unit = 200 + slot as u8;
        if out {
            self.shelf.remove(unit)
        } else {
            self.shelf.insert(unit)
        };
        let now = self.time.now();
        let mut state = self.lock();
        state.reset[slot] = Some(now);
        state.out[slot] = out;
    }

    /// Puts back what is out.
    pub fn put_back(&self) {
        let out = self.lock().out;
        (0..6).filter(|slot| out[*slot]).for_each(|slot| self.pull(slot, false));
    }

    /// The setpoints of the PSUs in volts.
    pub fn setpoints(&self) -> [f64; 6] {
        self.step();
        self.shelf.truth().psus.map(|p| p.setpoint.0)
    }

    /// The PSUs that were neither taken out nor put back within the last while.
    pub fn steady(&self, since: Duration) -> [bool; 6] {
        self.lock().reset.map(|at| at.is_none_or(|at| at < since))
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.lock().seen.clone()
    }

    /// Lowest and highest bus voltage so far.
    pub fn bus(&self) -> (f64, f64) {
        self.lock().bus.unwrap_or((50.0, 50.0))
    }

    /// When the bus first left its limits.
    pub fn left(&self) -> Option<Duration> {
        self.lock().left
    }

    /// The bus to the devices.
    pub fn line(&self) -> Arc<dyn Bus> {
        let devices = Arc::new(Devices { world: self.clone(), shelf: self.shelf.service() });
        Arc::new(Line {
            world: self.clone(),
            inner: MemoryBus::new("sim:shelf", devices),
            one: Default::default(),
        })
    }
}

/// The devices of the shelf, watched.
pub struct Devices {
    world: World,
    shelf: Arc<dyn Service>,
}

impl Devices {
    /// The devices of a world, for a server.
    pub fn new(world: &World) -> Self {
        Self { world: world.clone(), shelf: world.shelf.service() }
    }
}

impl Service for Devices {
    fn call<'a>(&'a self, peer: &'a Peer, unit: u8, request: Pdu) -> BoxFuture<'a, Answer> {
        Box::pin(async move {
            self.world.step();
            let (address, words) = match Request::decode(request.as_slice()) {
                Ok(Request::WriteSingle { address, word }) => (address, vec![word]),
                Ok(Request::WriteMultiple { address, data }) => {
                    (address, data.chunks_exact(2).map(|b| u16::from_be_bytes([b[0], b[1]])).collect())
                }
                _ => return self.shelf.call(peer, unit, request).await,
            };
            let (refuses, deaf) = {
                let faults = &mut self.world.lock().faults;
                let steers = address == 103 && words != [NOMINAL];
                let hitch = match &mut faults.hitch {
                    Some((at, hitch, after)) if *at == unit && steers => match after.checked_sub(1) {
                        Some(left) => {
                            *after = left;
                            None
                        }
                        None => Some(*hitch),
                    },
                    _ => None,
                };
                faults.hitch.take_if(|_| hitch.is_some());
                (
                    faults.refuses == Some(unit) || hitch == Some(Hitch::Refuses),
                    faults.deaf == Some(unit) && address == 103 || hitch == Some(Hitch::Keeps),
                )
            };
            if refuses {
                return Answer::Reply(exception_response(request.function(), Exception::ServerDeviceFailure));
            }
            if deaf {
                let echo =
                    if request.function() == function::WRITE_SINGLE { words[0] } else { words.len() as u16 };
                return Answer::Reply(write_response(request.function(), address, echo));
            }
            let slot = usize::from(unit.wrapping_sub(200)).min(5);
            let before = (self.world.shelf.truth().psus[slot].setpoint.0 * 1024.0).round() as u16;
            let answer = self.shelf.call(peer, unit, request).await;
            if let Answer::Reply(reply) = &answer
                && reply.function() < 0x80
            {
                let (order, time) = (self.world.time.tick(), self.world.time.now());
                self.world.lock().seen.push(Seen { order, time, unit, address, words, before });
            }
            answer
        })
    }
}

struct Line {
    world: World,
    inner: MemoryBus,
    /// A wire carries one request at a time.
    one: tokio::sync::Mutex<()>,
}

impl Bus for Line {
    fn transact(&self, unit: u8, request: Pdu) -> BoxFuture<'_, Result<Pdu, BusError>> {
        Box::pin(async move {
            let _one = self.one.lock().await;
            let silence = || async {
                tokio::time::sleep(PATIENCE).await;
                Err(BusError::Timeout { bus: self.name().to_owned(), unit, after: PATIENCE })
            };
            tokio::time::sleep(WIRE).await;
            if self.world.lock().faults.unplugged {
                return silence().await;
            }
            let write = matches!(request.function(), 6 | 16);
            let result = self.inner.transact(unit, request).await;
            let cut = {
                let faults = &mut self.world.lock().faults;
                let cut = write && faults.unplug_in_write;
                faults.unplug_in_write &= !cut;
                faults.unplugged |= cut;
                cut
            };
            if cut || result.is_err() {
                return silence().await;
            }
            tokio::time::sleep(WIRE).await;
            result
        })
    }

    fn wire_time(&self, _: usize, _: usize) -> Duration {
        2 * WIRE
    }

    fn name(&self) -> &str {
        self.inner.name()
    }
}
