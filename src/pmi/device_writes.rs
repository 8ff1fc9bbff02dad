//! Writes of the rack manager to devices: what is in the way of one, and the way to the safe writer.

use std::sync::Arc;

use dpo_registers::codec::{Exception, Pdu, Request};
use dpo_registers::map::{Access, MapInfo, RegisterInfo};
use tokio::sync::Mutex;

use super::passthrough::HAZARD;
use super::{PmiError, Route};
use crate::bus::{Answer, Peer, TransactError};
use crate::shelf::journal::{By, Journal};
use crate::shelf::psu;
use crate::shelf::writer::{Allowed, Cause, Record, Target, WriteError, Writer};

/// What happens to writes to shelf devices from the north: functions 06 and 16, the only ones that the
/// ORv3 maps declare. Other write functions do not exist on this path: exception 01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WritePolicy {
    /// Refused with exception 04 (03 if malformed: AP 6 checks the form first): setpoints go through the
    /// lease gate of the DPO block.
    #[default]
    Refuse,
    /// Registers of [`PmiConfig::allow`](super::PmiConfig::allow) can be written by every peer.
    AllowList,
    /// Registers of [`PmiConfig::allow`](super::PmiConfig::allow) can be written by the connection that
    /// holds the lease of the DPO block.
    LeaseHolder,
}

/// A register that the rack manager may write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedRegister {
    /// Identifier of the register map.
    pub map: String,
    /// Identifier of the register in it.
    pub register: String,
}

/// The way of the rack manager's writes to the devices.
///
/// A write passes if its policy lets the peer through, if it holds exactly one register of the map of the
/// device, whole and on the allow-list, and if the map takes the value: range, step, reserved bits. It is then
/// recorded, sent, read back and compared, as the gateway's own writes are. A device that holds the value
/// already is not written again.
///
/// What the gateway steers by itself stays closed while anybody holds the lease: the setpoints of the DPO
/// block say what is in there. So it does while a PSU is power-cycled, even if the lease ends meanwhile: the others must
/// not be moved before it is back.
pub(super) struct DeviceWrites {
    policy: WritePolicy,
    allowed: &'static [Allowed],
    writer: Writer,
    /// A write reads, writes and reads back; another one must not come between.
    turn: Mutex<()>,
}

/// A write that may go out.
pub(super) struct DeviceWrite {
    map: &'static MapInfo,
    register: &'static RegisterInfo,
    words: Vec<u16>,
}

/// What a peer and the shelf bring to a decision.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    /// The peer holds the lease of the DPO block.
    pub holds_lease: bool,
    /// Somebody holds it.
    pub lease_held: bool,
    /// A PSU is being power-cycled.
    pub power_cycle: bool,
}

impl DeviceWrites {
    /// Checks the allow-list against the maps of the devices that can be reached.
    pub(super) fn new(
        policy: WritePolicy,
        allow: &[AllowedRegister],
        routes: &[Route],
        journal: Arc<dyn Journal>,
    ) -> Result<Self, PmiError> {
        let allowed = allow.iter().map(|entry| resolve(entry, routes)).collect::<Result<Vec<_>, _>>()?;
        // Lives as long as the process: it comes from the configuration, once.
        let allowed: &'static [Allowed] = Vec::leak(allowed);
        Ok(Self { policy, allowed, writer: Writer::new(allowed, journal), turn: Mutex::new(()) })
    }

    /// Decides about a write.
    ///
    /// # Errors
    /// The exception to answer with: 03 for a malformed request or a value that the map refuses, 02 for what
    /// is not exactly one writable register of the map, 04 for what the policy holds back.
    pub(super) fn check(
        &self,
        request: &Pdu,
        map: Option<&'static MapInfo>,
        standing: Standing,
    ) -> Result<DeviceWrite, Exception> {
        // Everything below is only as good as this reading, so a malformed write never passes.
        let (address, words) = match Request::decode(request.as_slice())? {
            Request::WriteSingle { address, word } => (address, vec![word]),
            Request::WriteMultiple { address, data } => (
                address,
                data.chunks_exact(2)
                    .map(|pair| pair.iter().fold(0, |w, b| (w << 8) | u16::from(*b)))
                    .collect(),
            ),
            _ => return Err(Exception::IllegalDataValue),
        };
        let may = match self.policy {
            WritePolicy::Refuse => false,
            WritePolicy::AllowList => true,
            WritePolicy::LeaseHolder => standing.holds_lease,
        };
        let map = map.filter(|_| may).ok_or(Exception::ServerDeviceFailure)?;
        // A second fence around what may start flash programming, should a map ever lack it.
        let last = usize::from(address) + words.len().saturating_sub(1);
        if usize::from(*HAZARD.start()) <= last && address <= *HAZARD.end() {
            return Err(Exception::IllegalDataAddress);
        }
        // Refuses the hazard ranges, parts of registers and values outside the limits.
        let fits = map.check_write(address, &words);
        if fits == Err(Exception::IllegalDataAddress) {
            return Err(Exception::IllegalDataAddress);
        }
        let register = map.register_at(address).ok_or(Exception::IllegalDataAddress)?;
        if usize::from(register.words) != words.len() {
            return Err(Exception::IllegalDataAddress);
        }
        let listed = self.allowed.iter().any(|a| (a.map, a.register) == (map.id, register.id));
        let steered = psu::WRITABLE.iter().any(|a| (a.map, a.register) == (map.id, register.id));
        if !listed || (steered && (standing.lease_held || standing.power_cycle)) {
            return Err(Exception::ServerDeviceFailure);
        }
        fits.map(|()| DeviceWrite { map, register, words })
    }

    /// Carries a write out, to its end even if nobody waits for it any more.
    pub(super) async fn carry_out(
        &self,
        peer: &Peer,
        route: &Route,
        unit: u8,
        write: DeviceWrite,
    ) -> Outcome {
        let _turn = self.turn.lock().await;
        let to = Target { bus: &*route.bus, unit, map: write.map };
        let by = By::new("modbus", peer.name.as_str());
        let cause = Cause { by: &by, why: "pass-through", commit: None, trims: None };
        let written = self.writer.write(to, write.register.id, &write.words, cause, Record::Must).await;
        match written {
            Ok(_) => Outcome::Done,
            Err(error) => {
                tracing::warn!(peer = %peer.name, unit, register = write.register.id, %error, "write not done");
                match error {
                    WriteError::Map { exception, .. }
                    | WriteError::Device { source: TransactError::Refused { exception, .. }, .. } => {
                        Outcome::Refused(exception)
                    }
                    WriteError::Rate { .. } => Outcome::Refused(Exception::ServerDeviceBusy),
                    WriteError::Range { .. } => Outcome::Refused(Exception::IllegalDataValue),
                    WriteError::Device { source: TransactError::Bus(_), .. } => Outcome::Silent,
                    _ => Outcome::Refused(Exception::ServerDeviceFailure),
                }
            }
        }
    }
}

/// How a write to a device ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Read back as meant.
    Done,
    /// By the device, or because it does not hold what was written.
    Refused(Exception),
    /// The device did not answer.
    Silent,
}

impl Outcome {
    /// The answer to `request`, as the device would give it.
    pub(super) fn answer(self, request: &Pdu) -> Answer {
        use dpo_registers::codec::{exception_response, write_response};
        let function = request.function();
        match self {
            Self::Silent => Answer::NoAnswer,
            Self::Refused(exception) => Answer::Reply(exception_response(function, exception)),
            Self::Done => match request.as_slice() {
                // Both functions echo their address and what follows it.
                [_, a, b, c, d, ..] => Answer::Reply(write_response(
                    function,
                    u16::from_be_bytes([*a, *b]),
                    u16::from_be_bytes([*c, *d]),
                )),
                _ => Answer::NoAnswer,
            },
        }
    }
}

fn resolve(entry: &AllowedRegister, routes: &[Route]) -> Result<Allowed, PmiError> {
    let refuse = |reason: String| {
        Err(PmiError::Allow { map: entry.map.clone(), register: entry.register.clone(), reason })
    };
    let maps = || routes.iter().filter_map(|route| route.map);
    let Some(map) = maps().find(|map| map.id == entry.map) else {
        let mut known: Vec<_> = maps().map(|map| map.id).collect();
        known.sort_unstable();
        known.dedup();
        return refuse(format!("no device is read by this map; the maps in use are {}", known.join(", ")));
    };
    let Some(register) = map.register(&entry.register) else {
        return refuse("the map has no such register".to_owned());
    };
    if register.access != Access::ReadWrite || map.hazardous(register.address) {
        return refuse("it cannot be written and read back".to_owned());
    }
    // What the gateway never writes as 1, because it interrupts power, nobody writes through it.
    let own = psu::WRITABLE.iter().find(|a| (a.map, a.register) == (map.id, register.id));
    let never = own.map_or(0, |a| a.never);
    Ok(Allowed { map: map.id, register: register.id, bits: u16::MAX, never })
}
