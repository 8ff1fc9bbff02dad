//! An RS-485 line in virtual time: for tests and benchmarks of everything that is timed by a line.
//!
//! [`run`] starts virtual time; [`VirtualLine`] is a line in it. The parties are our own client
//! ([`VirtualLine::client`]) and server ([`VirtualLine::serve`]), the code that runs on real ports, and simulated
//! devices ([`VirtualLine::device`]): any [`Service`] with the timing and the faults of a device. Asynchronous code
//! above them (a whole gateway) runs unchanged.
//!
//! Modelled: characters of 10 or 11 bits at the baud rate; the enable and release time of a driver; two talkers
//! that garble each other; a talker that hears itself or does not; bits inverted, characters lost or heard twice,
//! noise on a silent line; answers that are late, missing or wrong. Not modelled: levels, reflections, the bias of
//! a line that nobody drives. The same seed gives the same faults.
//!
//! ```
//! # use std::sync::Arc;
//! use dpo_gateway::bus::line::{DeviceTiming, LineConfig, VirtualLine, run};
//! use dpo_gateway::bus::rtu::{LineTiming, RtuClientConfig};
//! use dpo_gateway::bus::{Answer, BoxFuture, Peer, Service, read_holding};
//! # use dpo_gateway::registers::codec::{Pdu, read_response};
//! # struct Psu;
//! # impl Service for Psu {
//! #     fn call<'a>(&'a self, _: &'a Peer, _: u8, _: Pdu) -> BoxFuture<'a, Answer> {
//! #         Box::pin(async { read_response(3, &[17_728]).map_or(Answer::NoAnswer, Answer::Reply) })
//! #     }
//! # }
//! let (words, took) = run(|clock| async move {
//!     let timing = LineTiming { baud: 115_200, bits: 11 };
//!     let line = VirtualLine::new(&clock, LineConfig { timing, ..LineConfig::default() });
//!     line.device(200, Arc::new(Psu), DeviceTiming::default());
//!     let bus = line.client("shelf", RtuClientConfig::strict(timing));
//!     let words = read_holding(&bus, 200, 88, 1).await;
//!     (words, clock.now())
//! })?;
//! assert_eq!(words?, [17_728]);
//! // 8 characters, t3.5, 7 characters.
//! assert_eq!(took.as_micros(), 763 + 1_750 + 668 + 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod clock;
mod device;
mod faults;
mod tap;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use tokio::sync::mpsc;

use super::rtu::server::{Server, execute};
use super::rtu::station::{Kick, Station, lock};
use super::rtu::{LineTiming, RtuBus, RtuClientConfig, RtuServerConfig};
use super::{Peer, Service, Transport};
use clock::Timed;
use device::Device;
use wire::{Place, Wire};

pub use clock::{LineClock, run};
pub use faults::{DeviceTiming, LineFaults, Reaction, Script};
pub use tap::{Heard, LineTap};

/// A line.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LineConfig {
    /// Baud rate and character length of everybody on it.
    pub timing: LineTiming,
    /// Time from the decision to talk to the first bit.
    pub driver_enable: Duration,
    /// Time for which a driver stays on after its last bit: an answer that starts before is garbled.
    pub driver_release: Duration,
    /// What goes wrong.
    pub faults: LineFaults,
    /// Seed of everything that is drawn.
    pub seed: u64,
}

/// What happened on a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LineReport {
    /// Characters sent, noise included.
    pub characters: u64,
    /// Time for which somebody talked.
    pub busy: Duration,
    /// Characters garbled because two talked.
    pub collided: u64,
    /// Characters with an inverted bit.
    pub flipped: u64,
    /// Characters that nobody heard.
    pub lost: u64,
    /// Characters heard twice.
    pub duplicated: u64,
}

/// A line in virtual time. Clones are handles of the same line; it goes with the last of them and of its clients.
#[derive(Clone)]
pub struct VirtualLine {
    clock: LineClock,
    shared: Arc<Shared>,
}

struct Shared {
    wire: Mutex<Wire>,
    /// What was asked of the wire; apart from it, so that a script of a device can ask while the wire is at work.
    orders: Mutex<Vec<Order>>,
    kicked: AtomicBool,
    timing: LineTiming,
    seed: u64,
}

enum Order {
    Inject(Duration, Vec<u8>),
    Faults(LineFaults),
}

impl Timed for Shared {
    fn next(&self) -> Option<Duration> {
        if self.kicked.load(Ordering::Acquire) {
            return Some(Duration::ZERO);
        }
        lock(&self.wire).next()
    }

    fn step(&self, now: Duration) {
        self.kicked.store(false, Ordering::Release);
        let orders = std::mem::take(&mut *lock(&self.orders));
        let mut wire = lock(&self.wire);
        for order in orders {
            match order {
                Order::Inject(at, bytes) => wire.inject(at, bytes),
                Order::Faults(faults) => wire.set_faults(now, faults),
            }
        }
        wire.step(now);
    }
}

impl Kick for Arc<Shared> {
    fn kick(&self) {
        self.kicked.store(true, Ordering::Release);
    }
}

impl VirtualLine {
    /// A silent line.
    pub fn new(clock: &LineClock, config: LineConfig) -> Self {
        let shared = Arc::new(Shared {
            wire: Mutex::new(Wire::new(config)),
            orders: Mutex::default(),
            kicked: AtomicBool::new(false),
            timing: config.timing,
            seed: config.seed,
        });
        let weak: Weak<Shared> = Arc::downgrade(&shared);
        clock.add(weak);
        Self { clock: clock.clone(), shared }
    }

    fn sit(&self, station: Arc<Mutex<dyn Station>>, echo: bool) {
        lock(&self.shared.wire).add(Place { station, echo });
        self.shared.kick();
    }

    /// Our Modbus client on the line. With `config.echo` its adapter hears itself.
    pub fn client(&self, name: impl Into<String>, config: RtuClientConfig) -> RtuBus {
        RtuBus::with(name.into(), config, |station| {
            self.sit(station, config.echo);
            Box::new(Arc::clone(&self.shared))
        })
    }

    /// Our Modbus server on the line, for every address, until the line goes.
    pub fn serve(&self, service: Arc<dyn Service>, config: RtuServerConfig) {
        let station = self.server(service, config, None);
        self.sit(station, false);
    }

    /// A simulated device at one address.
    pub fn device(&self, unit: u8, service: Arc<dyn Service>, timing: DeviceTiming) {
        self.place(unit, service, timing, None);
    }

    /// A simulated device of which `script` decides what becomes of each answer.
    pub fn scripted(&self, unit: u8, service: Arc<dyn Service>, timing: DeviceTiming, script: Script) {
        self.place(unit, service, timing, Some(script));
    }

    fn place(&self, unit: u8, service: Arc<dyn Service>, timing: DeviceTiming, script: Option<Script>) {
        let line = self.shared.timing;
        let config = RtuServerConfig::strict(format!("device {unit}"), line);
        let server = self.server(service, config, Some(unit));
        let seed = self.shared.seed ^ (u64::from(unit) << 32);
        self.sit(Arc::new(Mutex::new(Device::new(server, line, timing, script, seed))), false);
    }

    fn server(
        &self,
        service: Arc<dyn Service>,
        config: RtuServerConfig,
        only: Option<u8>,
    ) -> Arc<Mutex<Server>> {
        let peer = Peer::new(Transport::Rtu, format!("line:{}", config.name));
        let (calls, requests) = mpsc::unbounded_channel();
        let server = Arc::new(Mutex::new(Server::new(config, only, calls)));
        let (weak, line) = (Arc::downgrade(&server), Arc::downgrade(&self.shared));
        tokio::spawn(async move {
            execute(&*service, &peer, requests, |answer| {
                if let (Some(server), Some(line)) = (weak.upgrade(), line.upgrade()) {
                    lock(&server).answered(answer);
                    line.kick();
                }
            })
            .await;
            service.closed(&peer);
        });
        server
    }

    /// A listener on the line, from now on.
    pub fn tap(&self) -> LineTap {
        let tap = LineTap::default();
        self.sit(tap.station(), false);
        tap
    }

    /// Puts bytes on the wire `after` from now, whoever talks then: noise, or a second client.
    pub fn inject(&self, after: Duration, bytes: &[u8]) {
        self.order(Order::Inject(self.clock.now() + after, bytes.to_vec()));
    }

    /// Changes what goes wrong from now on.
    pub fn set_faults(&self, faults: LineFaults) {
        self.order(Order::Faults(faults));
    }

    fn order(&self, order: Order) {
        lock(&self.shared.orders).push(order);
        self.shared.kick();
    }

    /// What happened since the line was made.
    pub fn report(&self) -> LineReport {
        lock(&self.shared.wire).report()
    }
}
