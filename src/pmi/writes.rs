//! Writes to the block: what they must pass, and the way to the gate.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use dpo_registers::codec::Exception;
use dpo_registers::generated::dpo_pmi::{self, Capabilities, SetpointResult, reg};
use dpo_registers::map::RegisterInfo;
use dpo_registers::register::{DecodeError, Register};
use dpo_registers::units::Watts;
use tokio::time::timeout;
use tracing::info;

use super::PmiService;
use super::block::CLAIMED;
use super::session::{Kind, Session};
use super::shadow::{LeaseId, Refused};
use crate::bus::Peer;
use crate::gateway::{CommitError, GateError, Owner, Setpoint};

/// Where a write ended without success.
#[derive(Debug, Clone, Copy)]
pub(super) enum Refusal {
    /// Before it reached the gate: counted here.
    Here(Exception),
    /// At the gate, which counts its own refusals; or not yet confirmed.
    Gate(Exception),
}

use Refusal::Here;

/// A power, or none where the register says not available.
fn watts(decoded: Result<Watts, DecodeError>) -> Result<Option<Watts>, Exception> {
    match decoded {
        Ok(watts) => Ok(Some(watts)),
        Err(DecodeError::NotAvailable) => Ok(None),
        Err(_) => Err(Exception::IllegalDataValue),
    }
}

impl PmiService {
    pub(super) async fn write(&self, peer: &Peer, address: u16, words: &[u16]) -> Result<(), Refusal> {
        let checked = match dpo_pmi::MAP.check_write(address, words) {
            Err(Exception::IllegalDataAddress) => Err(Exception::IllegalDataAddress),
            // Half a group is a bad address, which outranks a bad value.
            valued => whole_groups(address, words.len()).and(valued),
        };
        match checked {
            Ok(()) => (),
            Err(Exception::IllegalDataValue) if sets(address) => {
                self.note(peer, SetpointResult::RefusedRange);
                return Err(Here(Exception::IllegalDataValue));
            }
            Err(exception) => return Err(Here(exception)),
        }
        let register = dpo_pmi::MAP.register_at(address).ok_or(Here(Exception::IllegalDataAddress))?;
        if !claimed(register) {
            self.note(peer, SetpointResult::RefusedCapability);
            return Err(Here(Exception::ServerDeviceFailure));
        }
        // Writable registers that this gateway has touch each other only in a group or among shadows, and
        // a write that holds more than one shadow is taken apart below.
        if address == reg::LeaseToken::INFO.address {
            let (token, duration) = words.split_at_checked(2).ok_or(Here(Exception::IllegalDataAddress))?;
            let token = reg::LeaseToken::decode(token).map_err(|_| Here(Exception::IllegalDataValue))?;
            let [seconds] = duration else { return Err(Here(Exception::IllegalDataAddress)) };
            self.lease(peer, token, *seconds).await
        } else if address == reg::InputPowerLimit::INFO.address {
            let limit = watts(reg::InputPowerLimit::decode(words)).map_err(Here)?;
            self.set(peer, Setpoint::InputPowerLimit(limit)).await
        } else if address == reg::BbuDischarge::INFO.address {
            let power = watts(reg::BbuDischarge::decode(words)).map_err(Here)?;
            self.set(peer, Setpoint::BbuDischarge(power)).await
        } else if address == reg::SetpointCommit::INFO.address {
            self.commit(peer, words.first().copied().unwrap_or_default()).await
        } else if address == reg::EventUntil::INFO.address {
            let until = reg::EventUntil::decode(words).ok();
            self.sessions.note(peer.id, |session| session.events_until = until);
            Ok(())
        } else {
            self.shadows(peer, address, words)
        }
    }

    /// Shows how a write ended that reached nothing; the result of one that is under way comes by itself.
    fn note(&self, peer: &Peer, result: SetpointResult) {
        self.sessions.note(peer.id, |session| {
            if session.result != SetpointResult::Pending {
                session.result = result;
            }
        });
    }

    /// The lease of the asking connection, as the newest snapshot knows it.
    pub(super) fn lease_of(&self, peer: &Peer) -> Result<(LeaseId, u32), SetpointResult> {
        let token = self.sessions.get(peer.id).token.ok_or(SetpointResult::RefusedNoLease)?;
        match LeaseId::of(&self.gateway.snapshot().lease, token) {
            Ok(lease) => Ok((lease, token)),
            Err(error) => Err(refusal(&error)),
        }
    }

    /// Prepares setpoints: neighbours may come in one request.
    fn shadows(&self, peer: &Peer, address: u16, words: &[u16]) -> Result<(), Refusal> {
        let mut setpoints = Vec::new();
        for (at, pair) in (address..).step_by(2).zip(words.chunks(2)) {
            setpoints.push(if at == reg::ShadowInputPowerLimit::INFO.address {
                Setpoint::InputPowerLimit(watts(reg::ShadowInputPowerLimit::decode(pair)).map_err(Here)?)
            } else if at == reg::ShadowBbuDischarge::INFO.address {
                Setpoint::BbuDischarge(watts(reg::ShadowBbuDischarge::decode(pair)).map_err(Here)?)
            } else {
                // The neighbours beyond are in the map, but nothing here enforces them.
                self.note(peer, SetpointResult::RefusedCapability);
                return Err(Here(Exception::ServerDeviceFailure));
            });
        }
        let (lease, _) = self.lease_of(peer).map_err(|result| {
            self.note(peer, result);
            Here(Exception::ServerDeviceFailure)
        })?;
        self.shadow.write(lease, &setpoints).map_err(|_| Here(Exception::ServerDeviceBusy))
    }

    /// Puts the shadow into force as one.
    async fn commit(&self, peer: &Peer, number: u16) -> Result<(), Refusal> {
        self.sessions.begin(peer.id, Kind::Setpoint).ok_or(Here(Exception::ServerDeviceBusy))?;
        let refuse = |exception, result: Option<SetpointResult>| {
            self.sessions.end(peer.id, Kind::Setpoint, |session| {
                session.result = result.unwrap_or(session.result);
            });
            Err(Here(exception))
        };
        let (lease, token) = match self.lease_of(peer) {
            Ok(held) => held,
            Err(result) => return refuse(Exception::ServerDeviceFailure, Some(result)),
        };
        let setpoints = match self.shadow.begin(lease, number) {
            Ok(Some(setpoints)) => setpoints,
            Ok(None) => {
                self.sessions.end(peer.id, Kind::Setpoint, |_| ());
                return Ok(());
            }
            Err(Refused::Busy) => return refuse(Exception::ServerDeviceBusy, None),
            Err(Refused::Sequence) => {
                return refuse(Exception::ServerDeviceFailure, Some(SetpointResult::RefusedSequence));
            }
        };
        self.sessions.update(peer.id, |session| session.result = SetpointResult::Pending);
        let (gateway, shadow) = (self.gateway.clone(), Arc::clone(&self.shadow));
        let command = async move { gateway.commit(Owner::Modbus { token }, setpoints).await.map(|_| ()) };
        let record = move |session: Option<&mut Session>, outcome: &Result<(), CommitError>| {
            shadow.end(outcome);
            if let Some(session) = session {
                session.result = ending(outcome);
            }
        };
        self.confirm(peer, Kind::Setpoint, command, record).await
    }

    /// Puts one setpoint into force at once.
    async fn set(&self, peer: &Peer, setpoint: Setpoint) -> Result<(), Refusal> {
        let begun = self.sessions.begin(peer.id, Kind::Setpoint).ok_or(Here(Exception::ServerDeviceBusy))?;
        let Some(token) = begun.token else {
            let result = SetpointResult::RefusedNoLease;
            self.sessions.end(peer.id, Kind::Setpoint, |session| session.result = result);
            return Err(Here(Exception::ServerDeviceFailure));
        };
        self.sessions.update(peer.id, |session| session.result = SetpointResult::Pending);
        let gateway = self.gateway.clone();
        let command = async move {
            gateway.set(Owner::Modbus { token }, setpoint).await.map(|_| ()).map_err(CommitError::from)
        };
        let record = |session: Option<&mut Session>, outcome: &Result<(), CommitError>| {
            if let Some(session) = session {
                session.result = ending(outcome);
            }
        };
        self.confirm(peer, Kind::Setpoint, command, record).await
    }

    async fn lease(&self, peer: &Peer, token: u32, seconds: u16) -> Result<(), Refusal> {
        if token == 0 {
            return Err(Here(Exception::IllegalDataValue));
        }
        self.sessions.begin(peer.id, Kind::Lease).ok_or(Here(Exception::ServerDeviceBusy))?;
        let gateway = self.gateway.clone();
        let command = async move {
            let owner = Owner::Modbus { token };
            match seconds {
                0 => gateway.release(owner).await,
                _ => gateway.acquire(owner, Duration::from_secs(seconds.into())).await,
            }
            .map(|_| ())
            .map_err(CommitError::from)
        };
        let record = move |session: Option<&mut Session>, outcome: &Result<(), CommitError>| {
            if let (Ok(()), Some(session)) = (outcome, session) {
                session.token = (seconds > 0).then_some(token);
                session.duration_s = seconds;
            }
        };
        self.confirm(peer, Kind::Lease, command, record).await
    }

    /// Runs a command that [`Sessions::begin`](super::session::Sessions::begin) has begun to its end, and
    /// waits a little for it.
    ///
    /// The command runs in a task of its own: it ends whether or not the client waits for it, and
    /// within `command_timeout` even if the gateway hangs. `record` gets the session of the connection, if
    /// that is still there.
    async fn confirm(
        &self,
        peer: &Peer,
        kind: Kind,
        command: impl Future<Output = Result<(), CommitError>> + Send + 'static,
        record: impl FnOnce(Option<&mut Session>, &Result<(), CommitError>) + Send + 'static,
    ) -> Result<(), Refusal> {
        let (sessions, id, within) = (Arc::clone(&self.sessions), peer.id, self.config.command_timeout);
        let name = peer.name.clone();
        let task = tokio::spawn(async move {
            let outcome = timeout(within, command).await.unwrap_or_else(|_| {
                let reason = format!("no answer of the gateway within {within:?}");
                Err(GateError::Device { reason }.into())
            });
            if let Err(error) = &outcome {
                info!(peer = %name, %error, "write refused by the gate");
            }
            sessions.finish(id, kind, |session| record(session, &outcome));
            outcome
        });
        match timeout(self.config.confirm_within, task).await {
            Ok(Ok(outcome)) => outcome.map_err(|refused| Refusal::Gate(exception(&refused.error))),
            Ok(Err(_)) => Err(Refusal::Gate(Exception::ServerDeviceFailure)),
            Err(_) => Err(Refusal::Gate(Exception::Acknowledge)),
        }
    }
}

/// Whether a write there is one of a setpoint, a policy or a forecast, whose end `setpoint_result` tells.
fn sets(address: u16) -> bool {
    use dpo_registers::map::SafetyClass;
    dpo_pmi::MAP.register_at(address).is_some_and(|r| r.safety.class == SafetyClass::Setpoint)
}

/// Whether this gateway has what a register depends on.
fn claimed(register: &RegisterInfo) -> bool {
    let flag = register.condition.and_then(|c| c.strip_prefix("capabilities."));
    flag.is_none_or(|id| Capabilities::named(id).is_some_and(|flag| CLAIMED.contains(flag)))
}

/// Checks that a write holds every register of each group it touches.
fn whole_groups(address: u16, count: usize) -> Result<(), Exception> {
    let span = u32::from(address)..u32::from(address) + count as u32;
    let inside = |r: &&RegisterInfo| span.contains(&u32::from(r.address));
    let whole = dpo_pmi::REGISTERS.iter().filter(inside).filter_map(|r| r.group).all(|group| {
        dpo_pmi::REGISTERS.iter().filter(|r| r.group == Some(group)).all(|member| inside(&member))
    });
    if whole { Ok(()) } else { Err(Exception::IllegalDataAddress) }
}

fn exception(error: &GateError) -> Exception {
    match error {
        GateError::Duration { .. } | GateError::OutOfRange { .. } | GateError::VoltageOutOfRange { .. } => {
            Exception::IllegalDataValue
        }
        GateError::NoLease
        | GateError::HeldByOther { .. }
        | GateError::State { .. }
        | GateError::Device { .. }
        | GateError::Stopped => Exception::ServerDeviceFailure,
    }
}

fn ending(outcome: &Result<(), CommitError>) -> SetpointResult {
    outcome.as_ref().err().map_or(SetpointResult::Applied, |refused| refusal(&refused.error))
}

fn refusal(error: &GateError) -> SetpointResult {
    match error {
        GateError::NoLease => SetpointResult::RefusedNoLease,
        GateError::HeldByOther { .. } => SetpointResult::RefusedHeld,
        GateError::OutOfRange { .. } | GateError::VoltageOutOfRange { .. } | GateError::Duration { .. } => {
            SetpointResult::RefusedRange
        }
        GateError::State { .. } | GateError::Stopped => SetpointResult::RefusedState,
        GateError::Device { .. } => SetpointResult::DeviceFailed,
    }
}
