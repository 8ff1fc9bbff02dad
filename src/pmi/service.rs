//! The service: routes, the block, and the way to the gate.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use dpo_registers::codec::{Exception, MAX_WRITE_QUANTITY, Pdu, Request, exception_response, write_response};
use dpo_registers::device::respond;
use dpo_registers::generated::dpo_pmi::{self, SetpointResult, reg};
use dpo_registers::register::{DecodeError, Register};
use dpo_registers::units::Watts;
use tokio::time::{Instant, timeout};
use tracing::{debug, info};

use super::block::{Block, Identity, Source};
use super::session::{Kind, Session, Sessions};
use super::{PmiConfig, PmiError, Route, passthrough};
use crate::bus::{Answer, BoxFuture, Peer, Service};
use crate::gateway::{GateError, Gateway, Owner, Setpoint};

/// The north-bound Modbus service of a shelf.
pub struct PmiService {
    gateway: Gateway,
    routes: Vec<Route>,
    config: PmiConfig,
    identity: Identity,
    started: Instant,
    sessions: Arc<Sessions>,
    refused: AtomicU32,
}

impl PmiService {
    /// A service in front of `gateway` that passes requests through along `routes`.
    ///
    /// # Errors
    /// [`PmiError`] if two routes overlap, a route or the block's address is no device address, or an
    /// identity string does not fit.
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
        let (sessions, refused) = (Arc::default(), AtomicU32::new(0));
        Ok(Self { gateway, routes, config, identity, started, sessions, refused })
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
                "this connection has no lease: write token and duration to 0x2040 first, in one request"
            }
            Exception::ServerDeviceFailure => {
                "writes to devices are refused, or this address is never written"
            }
            Exception::ServerDeviceBusy => "the write before is not done: wait for its result",
            Exception::IllegalFunction => "this function never reaches a device",
            Exception::IllegalDataAddress => "not writable, never written, or half of a register or group",
            _ => "malformed, or outside the limits of the map",
        };
        info!(peer = %peer.name, unit, function = request.function(), %exception, reason, "write refused");
    }

    async fn pass_through(&self, peer: &Peer, route: &Route, unit: u8, request: Pdu) -> Answer {
        if let Err(exception) = passthrough::check(&request, self.config.writes) {
            self.count_refusal(peer, unit, &request, exception);
            return Answer::Reply(exception_response(request.function(), exception));
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
                let mut block = Block::new(&Source {
                    identity: &self.identity,
                    snapshot: &snapshot,
                    session: self.sessions.get(peer.id),
                    uptime: self.started.elapsed(),
                    refused_here: self.writes_refused(),
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

    async fn write(&self, peer: &Peer, address: u16, words: &[u16]) -> Result<(), Refusal> {
        let here = Refusal::Here;
        let checked = match dpo_pmi::MAP.check_write(address, words) {
            Err(Exception::IllegalDataAddress) => Err(Exception::IllegalDataAddress),
            // Half a group is a bad address, which outranks a bad value.
            valued => whole_groups(address, words.len()).and(valued),
        };
        // The writable registers do not touch each other: a write that passed is one group or register.
        if address == reg::LeaseToken::INFO.address {
            checked.map_err(here)?;
            let (token, duration) = words.split_at_checked(2).ok_or(here(Exception::IllegalDataAddress))?;
            let token = reg::LeaseToken::decode(token).map_err(|_| here(Exception::IllegalDataValue))?;
            let [seconds] = duration else { return Err(here(Exception::IllegalDataAddress)) };
            return self.lease(peer, token, *seconds).await;
        }
        let (setpoint, value): (fn(Option<Watts>) -> Setpoint, _) =
            if address == reg::InputPowerLimit::INFO.address {
                (Setpoint::InputPowerLimit, reg::InputPowerLimit::decode(words))
            } else if address == reg::BbuDischarge::INFO.address {
                (Setpoint::BbuDischarge, reg::BbuDischarge::decode(words))
            } else {
                checked.map_err(here)?;
                // In the map, but behind a capability that this gateway does not claim.
                let refused = SetpointResult::RefusedCapability;
                self.sessions.note(peer.id, |session| session.result = refused);
                return Err(here(Exception::ServerDeviceFailure));
            };
        let begun = self.sessions.begin(peer.id, Kind::Setpoint).ok_or(here(Exception::ServerDeviceBusy))?;
        let refuse = |exception, result| {
            self.sessions.end(peer.id, Kind::Setpoint, |session| session.result = result);
            Err(here(exception))
        };
        match checked {
            Ok(()) => (),
            Err(Exception::IllegalDataValue) => {
                return refuse(Exception::IllegalDataValue, SetpointResult::RefusedRange);
            }
            Err(exception) => return refuse(exception, begun.result),
        }
        let value = match value {
            Ok(watts) => Some(watts),
            Err(DecodeError::NotAvailable) => None,
            Err(_) => return refuse(Exception::IllegalDataValue, SetpointResult::RefusedRange),
        };
        let Some(token) = begun.token else {
            return refuse(Exception::ServerDeviceFailure, SetpointResult::RefusedNoLease);
        };
        self.sessions.update(peer.id, |session| session.result = SetpointResult::Pending);
        let gateway = self.gateway.clone();
        let command = async move { gateway.set(Owner::Modbus { token }, setpoint(value)).await.map(|_| ()) };
        self.confirm(peer, Kind::Setpoint, command, |session, outcome| {
            session.result = setpoint_result(outcome)
        })
        .await
    }

    async fn lease(&self, peer: &Peer, token: u32, seconds: u16) -> Result<(), Refusal> {
        if token == 0 {
            return Err(Refusal::Here(Exception::IllegalDataValue));
        }
        self.sessions.begin(peer.id, Kind::Lease).ok_or(Refusal::Here(Exception::ServerDeviceBusy))?;
        let gateway = self.gateway.clone();
        let command = async move {
            let owner = Owner::Modbus { token };
            match seconds {
                0 => gateway.release(owner).await,
                _ => gateway.acquire(owner, Duration::from_secs(seconds.into())).await,
            }
            .map(|_| ())
        };
        self.confirm(peer, Kind::Lease, command, move |session, outcome| {
            if outcome.is_ok() {
                session.token = (seconds > 0).then_some(token);
                session.duration_s = seconds;
            }
        })
        .await
    }

    /// Runs a command that [`Sessions::begin`] has begun to its end, and waits a little for it.
    ///
    /// The command runs in a task of its own: it ends whether or not the client waits for it, and
    /// within `command_timeout` even if the gateway hangs.
    async fn confirm(
        &self,
        peer: &Peer,
        kind: Kind,
        command: impl Future<Output = Result<(), GateError>> + Send + 'static,
        record: impl FnOnce(&mut Session, &Result<(), GateError>) + Send + 'static,
    ) -> Result<(), Refusal> {
        let (sessions, id, within) = (Arc::clone(&self.sessions), peer.id, self.config.command_timeout);
        let name = peer.name.clone();
        let task = tokio::spawn(async move {
            let outcome = timeout(within, command).await.unwrap_or_else(|_| {
                Err(GateError::Device { reason: format!("no answer of the gateway within {within:?}") })
            });
            if let Err(error) = &outcome {
                info!(peer = %name, %error, "write refused by the gate");
            }
            sessions.end(id, kind, |session| record(session, &outcome));
            outcome
        });
        match timeout(self.config.confirm_within, task).await {
            Ok(Ok(outcome)) => outcome.map_err(|error| Refusal::Gate(exception(&error))),
            Ok(Err(_)) => Err(Refusal::Gate(Exception::ServerDeviceFailure)),
            Err(_) => Err(Refusal::Gate(Exception::Acknowledge)),
        }
    }
}

/// Where a write ended without success.
#[derive(Debug, Clone, Copy)]
enum Refusal {
    /// Before it reached the gate: counted here.
    Here(Exception),
    /// At the gate, which counts its own refusals; or not yet confirmed.
    Gate(Exception),
}

/// Checks that a write holds every register of each group it touches.
fn whole_groups(address: u16, count: usize) -> Result<(), Exception> {
    let span = u32::from(address)..u32::from(address) + count as u32;
    let inside = |r: &&dpo_registers::map::RegisterInfo| span.contains(&u32::from(r.address));
    let whole = dpo_pmi::REGISTERS.iter().filter(inside).filter_map(|r| r.group).all(|group| {
        dpo_pmi::REGISTERS.iter().filter(|r| r.group == Some(group)).all(|member| inside(&member))
    });
    if whole { Ok(()) } else { Err(Exception::IllegalDataAddress) }
}

fn exception(error: &GateError) -> Exception {
    match error {
        GateError::Duration { .. } | GateError::OutOfRange { .. } => Exception::IllegalDataValue,
        GateError::NoLease
        | GateError::HeldByOther { .. }
        | GateError::State { .. }
        | GateError::Device { .. }
        | GateError::Stopped => Exception::ServerDeviceFailure,
    }
}

fn setpoint_result(outcome: &Result<(), GateError>) -> SetpointResult {
    match outcome {
        Ok(()) => SetpointResult::Applied,
        Err(GateError::NoLease) => SetpointResult::RefusedNoLease,
        Err(GateError::HeldByOther { .. }) => SetpointResult::RefusedHeld,
        Err(GateError::OutOfRange { .. } | GateError::Duration { .. }) => SetpointResult::RefusedRange,
        Err(GateError::State { .. } | GateError::Stopped) => SetpointResult::RefusedState,
        Err(GateError::Device { .. }) => SetpointResult::DeviceFailed,
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
