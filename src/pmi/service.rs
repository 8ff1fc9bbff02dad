//! The service: routes, and the block as it is read. Writes to it: `writes`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use dpo_registers::codec::{Exception, MAX_WRITE_QUANTITY, Pdu, Request, exception_response, write_response};
use dpo_registers::device::respond;
use dpo_registers::generated::dpo_pmi::reg;
use dpo_registers::register::Register;
use tokio::time::{Instant, timeout};
use tracing::{debug, info};

use super::block::{Block, Identity, RECORDS, Source, sequence_of};
use super::device_writes::{DeviceWrites, Standing};
use super::passthrough::Passage;
use super::session::Sessions;
use super::shadow::Shadow;
use super::writes::Refusal;
use super::{PmiConfig, PmiError, Route, passthrough};
use crate::bus::{Answer, BoxFuture, Peer, Service};
use crate::gateway::{EventWindow, Gateway};

/// The north-bound Modbus service of a shelf.
pub struct PmiService {
    pub(super) gateway: Gateway,
    routes: Vec<Route>,
    pub(super) config: PmiConfig,
    identity: Identity,
    started: Instant,
    pub(super) sessions: Arc<Sessions>,
    pub(super) shadow: Arc<Shadow>,
    refused: AtomicU32,
    device_writes: Arc<DeviceWrites>,
}

impl PmiService {
    /// A service in front of `gateway` that passes requests through along `routes`.
    ///
    /// # Errors
    /// [`PmiError`] if two routes overlap, a route or the block's address is no device address, a register
    /// cannot be on the allow-list, or an identity string does not fit.
    pub fn new(gateway: Gateway, routes: Vec<Route>, config: PmiConfig) -> Result<Self, PmiError> {
        if !(1..=247).contains(&config.unit) {
            return Err(PmiError::Unit(config.unit));
        }
        let mut taken = vec![None; 256];
        if let Some(slot) = taken.get_mut(usize::from(config.unit)) {
            *slot = Some("the DPO block".to_owned());
        }
        for route in &routes {
            if route.units.is_empty() || route.units.contains(&0) {
                let (first, last) = (*route.units.start(), *route.units.end());
                return Err(PmiError::Range { first, last });
            }
            for unit in route.units.clone() {
                let Some(slot) = taken.get_mut(usize::from(unit)) else { continue };
                if let Some(by) = slot.replace(format!("bus {}", route.bus.name())) {
                    return Err(PmiError::Overlap { unit, by });
                }
            }
        }
        let identity = Identity::new(&config.identity)?;
        let started = Instant::now();
        let (sessions, shadow, refused) = (Arc::default(), Arc::default(), AtomicU32::new(0));
        let journal = Arc::clone(&config.journal);
        let device_writes = Arc::new(DeviceWrites::new(config.writes, &config.allow, &routes, journal)?);
        Ok(Self { gateway, routes, config, identity, started, sessions, shadow, refused, device_writes })
    }

    /// Writes refused here, before they reached the lease gate.
    pub fn writes_refused(&self) -> u32 {
        self.refused.load(Ordering::Relaxed)
    }

    fn count_refusal(&self, peer: &Peer, unit: u8, request: &Pdu, exception: Exception) {
        self.refused.fetch_add(1, Ordering::Relaxed);
        let reason = match exception {
            // The address and the value are the client's to correct; what the state forbids needs a word more.
            Exception::ServerDeviceFailure if unit == self.config.unit => {
                "no lease (write token and duration to 0x4040 first, in one request), no such capability, or \
                 not the next number of a commit: `setpoint_result` tells"
            }
            Exception::ServerDeviceFailure => {
                "the write policy: no lease, not on the allow-list, or steered under a lease or a power cycle"
            }
            Exception::ServerDeviceBusy => "the write before is not done: wait for its result",
            Exception::IllegalFunction => "this function never reaches a device",
            Exception::IllegalDataAddress => "not writable, never written, or half of a register or group",
            _ => "malformed, or outside the limits of the map",
        };
        info!(peer = %peer.name, unit, function = request.function(), %exception, reason, "write refused");
    }

    async fn pass_through(&self, peer: &Peer, route: &Route, unit: u8, request: Pdu) -> Answer {
        match passthrough::check(&request) {
            Ok(Passage::Free) => (),
            Ok(Passage::Gated) => return self.write_device(peer, route, unit, request).await,
            Err(exception) => return self.refuse(peer, unit, &request, exception),
        }
        match timeout(self.config.transact_timeout, route.bus.transact(unit, request)).await {
            Ok(Ok(answer)) => Answer::Reply(answer),
            Ok(Err(error)) => {
                debug!(peer = %peer.name, %error, "pass-through");
                Answer::NoAnswer
            }
            Err(_) => {
                debug!(peer = %peer.name, unit, bus = route.bus.name(), "pass-through: the bus is too busy");
                Answer::NoAnswer
            }
        }
    }

    fn refuse(&self, peer: &Peer, unit: u8, request: &Pdu, exception: Exception) -> Answer {
        self.count_refusal(peer, unit, request, exception);
        Answer::Reply(exception_response(request.function(), exception))
    }

    /// A write of the rack manager to a device. It runs to its end whether or not the client waits; after the
    /// time for a pass-through the answer is exception 05.
    async fn write_device(&self, peer: &Peer, route: &Route, unit: u8, request: Pdu) -> Answer {
        let now = self.gateway.snapshot();
        let standing = Standing {
            holds_lease: self.lease_of(peer).is_ok(),
            lease_held: now.lease.owner.is_some(),
            power_cycle: now.power_cycle.under_way.is_some(),
        };
        let write = match self.device_writes.check(&request, route.map, standing) {
            Ok(write) => write,
            Err(exception) => return self.refuse(peer, unit, &request, exception),
        };
        let (writes, peer, route) = (Arc::clone(&self.device_writes), peer.clone(), route.clone());
        let work = tokio::spawn(async move { writes.carry_out(&peer, &route, unit, write).await });
        match timeout(self.config.transact_timeout, work).await {
            Ok(Ok(outcome)) => outcome.answer(&request),
            Ok(Err(error)) => {
                tracing::error!(%error, unit, "a write to a device was lost");
                Answer::Reply(exception_response(request.function(), Exception::ServerDeviceFailure))
            }
            Err(_) => Answer::Reply(exception_response(request.function(), Exception::Acknowledge)),
        }
    }

    async fn block(&self, peer: &Peer, request: Pdu) -> Pdu {
        let mut words = [0; MAX_WRITE_QUANTITY as usize];
        let function = request.function();
        let (address, words, echo) = match Request::decode(request.as_slice()) {
            Ok(Request::WriteSingle { address, word }) => {
                words.fill(word);
                (address, words.get(..1).unwrap_or_default(), word)
            }
            Ok(Request::WriteMultiple { address, data }) => {
                let quantity = data.len() / 2;
                for (slot, pair) in words.iter_mut().zip(data.chunks_exact(2)) {
                    *slot = pair.iter().fold(0, |word, byte| (word << 8) | u16::from(*byte));
                }
                (address, words.get(..quantity).unwrap_or_default(), quantity as u16)
            }
            // Reads, and whatever is refused for its form.
            _ => {
                let snapshot = self.gateway.snapshot();
                let session = self.sessions.get(peer.id);
                let mut block = Block::new(&Source {
                    identity: &self.identity,
                    snapshot: &snapshot,
                    fast: self.gateway.fast(),
                    session,
                    uptime: self.started.elapsed(),
                    refused_here: self.writes_refused(),
                    shadow: self.shadow.view(&snapshot),
                    events: self.events(&request, session.events_until),
                });
                return respond(&mut block, &request);
            }
        };
        match self.write(peer, address, words).await {
            Ok(()) => write_response(function, address, echo),
            Err(Refusal::Here(exception)) => {
                self.count_refusal(peer, self.config.unit, &request, exception);
                exception_response(function, exception)
            }
            Err(Refusal::Gate(exception)) => exception_response(function, exception),
        }
    }
}

/// The last address of a read; `None` for anything else.
fn last_read(request: &Pdu) -> Option<u16> {
    match Request::decode(request.as_slice()) {
        Ok(Request::ReadHolding { address, quantity }) => address.checked_add(quantity.checked_sub(1)?),
        _ => None,
    }
}

impl PmiService {
    /// The records that a connection sees, if it asks for them: the log is not copied for other reads.
    fn events(&self, request: &Pdu, until: Option<u32>) -> EventWindow {
        if last_read(request).is_none_or(|last| last < reg::EventNewest::INFO.address) {
            return EventWindow::default();
        }
        let Some(until) = until else { return self.gateway.event_window(None, RECORDS) };
        let newest = self.gateway.event_window(None, 0);
        match sequence_of(until, newest.newest) {
            Some(sequence) => self.gateway.event_window(Some(sequence), RECORDS),
            None => newest,
        }
    }
}

impl Service for PmiService {
    fn call<'a>(&'a self, peer: &'a Peer, unit: u8, request: Pdu) -> BoxFuture<'a, Answer> {
        Box::pin(async move {
            if unit == self.config.unit {
                return Answer::Reply(self.block(peer, request).await);
            }
            match self.routes.iter().find(|route| route.units.contains(&unit)) {
                Some(route) => self.pass_through(peer, route, unit, request).await,
                None => Answer::NoPath,
            }
        })
    }

    fn closed(&self, peer: &Peer) {
        self.sessions.remove(peer.id);
    }
}

#[cfg(test)]
impl PmiService {
    /// Connections that are remembered.
    pub(super) fn remembered(&self) -> usize {
        self.sessions.len()
    }
}
