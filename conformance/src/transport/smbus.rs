//! The suite's own SMBus port: messages between one START and one STOP, right or wrong, as a case asks for them.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use i2cdev::core::{I2CMessage as _, I2CTransfer as _};
use i2cdev::linux::{LinuxI2CBus, LinuxI2CError, LinuxI2CMessage};

use super::guard::Allowed;
use super::{LinkError, WireLog, event, hex};
use crate::instrument::{Act, Measured, SharedInstrument};
use crate::outcome::WireBytes;

/// Where a target answers that pulls SMBALERT# (SM 5.4).
pub const ALERT_RESPONSE: u8 = 0x0C;
/// Where all targets listen (P2 5.2).
pub const GENERAL_CALL: u8 = 0x00;
/// Longest time of a transfer. SMBus ends one after 35 ms of a held clock.
const PATIENCE: Duration = Duration::from_secs(2);

/// A part of a transfer in one direction, behind a START or a repeated START.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Bytes to a target (7 bits of address).
    Write(u8, Vec<u8>),
    /// So many bytes from a target.
    Read(u8, usize),
}

/// What came of a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// Every byte was acknowledged; these were read.
    Bytes(Vec<u8>),
    /// An address or a byte was not acknowledged, and the transfer was ended there.
    Refused,
}

impl fmt::Display for Came {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) if bytes.is_empty() => f.write_str("acknowledged"),
            Self::Bytes(bytes) => f.write_str(&hex(bytes)),
            Self::Refused => f.write_str("not acknowledged"),
        }
    }
}

/// A port of a bus.
pub trait Port: Send {
    /// Sends the parts as one occupation of the bus, with one STOP at the end.
    ///
    /// # Errors
    /// Why the port could not; whatever a target does is a [`Came`].
    fn transfer(&mut self, parts: &[Part]) -> Result<Came, String>;

    /// Whether the port can call an address without a byte.
    fn calls_alone(&self) -> bool {
        true
    }
}

/// A port that several subjects share.
#[derive(Clone)]
pub struct SharedPort {
    name: String,
    port: Arc<Mutex<Box<dyn Port>>>,
}

impl fmt::Debug for SharedPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl SharedPort {
    /// A port under a name for reports.
    pub fn new(name: impl Into<String>, port: impl Port + 'static) -> Self {
        Self { name: name.into(), port: Arc::new(Mutex::new(Box::new(port))) }
    }

    /// Opens `/dev/i2c-N`.
    ///
    /// # Errors
    /// [`LinkError::Io`].
    pub fn linux(device: &PathBuf) -> Result<Self, LinkError> {
        let name = device.display().to_string();
        let bus = LinuxI2CBus::new(device);
        let bus = bus.map_err(|e| LinkError::Io { link: name.clone(), reason: e.to_string() })?;
        Ok(Self::new(name, LinuxPort(bus)))
    }

    /// Name for reports.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Sends the parts on this thread.
    ///
    /// # Errors
    /// As of [`Port::transfer`].
    pub fn blocking(&self, parts: &[Part]) -> Result<Came, String> {
        self.port.lock().unwrap_or_else(PoisonError::into_inner).transfer(parts)
    }

    /// Whether the port can call an address without a byte.
    pub fn calls_alone(&self) -> bool {
        self.port.lock().unwrap_or_else(PoisonError::into_inner).calls_alone()
    }
}

/// `/dev/i2c-N` of Linux, by `I2C_RDWR`.
struct LinuxPort(LinuxI2CBus);

impl Port for LinuxPort {
    fn transfer(&mut self, parts: &[Part]) -> Result<Came, String> {
        let mut buffers: Vec<Vec<u8>> = parts
            .iter()
            .map(|part| match part {
                Part::Write(_, bytes) => bytes.clone(),
                Part::Read(_, len) => vec![0; *len],
            })
            .collect();
        if buffers.iter().any(Vec::is_empty) {
            return Err("Linux sends no message without a byte".to_owned());
        }
        let mut messages: Vec<LinuxI2CMessage<'_>> = parts
            .iter()
            .zip(&mut buffers)
            .map(|(part, buffer)| match part {
                Part::Write(to, _) => LinuxI2CMessage::write(buffer).with_address((*to).into()),
                Part::Read(from, _) => LinuxI2CMessage::read(buffer).with_address((*from).into()),
            })
            .collect();
        match self.0.transfer(&mut messages) {
            Ok(sent) if usize::try_from(sent).is_ok_and(|sent| sent == parts.len()) => {}
            // Some adapters report a byte that was refused as fewer messages, and no error.
            Ok(_) => return Ok(Came::Refused),
            Err(error) => return refusal(&error).ok_or_else(|| error.to_string()),
        }
        drop(messages);
        let reads = parts.iter().zip(buffers).filter(|(part, _)| matches!(part, Part::Read(..)));
        Ok(Came::Bytes(reads.flat_map(|(_, buffer)| buffer).collect()))
    }

    fn calls_alone(&self) -> bool {
        false
    }
}

/// ENXIO and EREMOTEIO mean that nobody acknowledged.
fn refusal(error: &LinuxI2CError) -> Option<Came> {
    let text = error.to_string();
    let io = std::io::Error::last_os_error().raw_os_error();
    (text.contains("ENXIO") || text.contains("EREMOTEIO") || matches!(io, Some(6 | 121)))
        .then_some(Came::Refused)
}

/// What must never reach a real supply: hazard codes of the map, other addresses, and writes without leave.
#[derive(Debug, Clone)]
pub struct SmbusGuard {
    /// Classes the user allowed.
    pub allowed: Allowed,
    /// Addresses of the devices under test.
    pub addresses: Vec<u8>,
    /// Ranges of command codes that program flash or change stored settings.
    pub hazards: Vec<(u8, u8)>,
    /// Codes whose read sends data first (process calls), with how many bytes.
    pub calls: Vec<(u8, usize)>,
}

impl SmbusGuard {
    /// Checks a transfer.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn check(&self, parts: &[Part]) -> Result<(), String> {
        for (nth, part) in parts.iter().enumerate() {
            let address = match part {
                Part::Write(address, _) | Part::Read(address, _) => *address,
            };
            let special = match part {
                Part::Read(..) => address == ALERT_RESPONSE,
                Part::Write(..) => address == GENERAL_CALL && self.allowed.writes,
            };
            if !special && !self.addresses.contains(&address) {
                return Err(format!("address {address:02X}h is no device under test"));
            }
            let Part::Write(_, bytes) = part else { continue };
            let Some(code) = bytes.first() else { continue };
            // PAGE_PLUS carries another command behind count and page, and an extended command a second byte.
            let inner = match code {
                0x05 | 0x06 => bytes.get(3),
                _ => None,
            };
            let hazard = |code: &u8| self.hazards.iter().find(|(a, b)| (*a..=*b).contains(code));
            if let Some((first, last)) = hazard(code).or_else(|| inner.and_then(hazard)) {
                return Err(format!(
                    "command {code:02X}h is in the hazard range {first:02X}h to {last:02X}h"
                ));
            }
            let read = matches!(parts.get(nth + 1), Some(Part::Read(from, _)) if *from == address);
            let request = self.calls.iter().find(|(call, _)| call == code).map_or(0, |(_, bytes)| *bytes);
            // An extended command has two bytes.
            let extended = self.allowed.disruptive && matches!(code, 0xFE | 0xFF) && bytes.len() == 2;
            if !(self.allowed.writes || read && (extended || bytes.len() <= 1 + request)) {
                return Err(format!("a write of command {code:02X}h needs --allow-writes"));
            }
        }
        Ok(())
    }
}

/// A guarded port.
#[derive(Debug, Clone)]
pub struct SmbusLink {
    port: SharedPort,
    guard: SmbusGuard,
    instrument: Option<SharedInstrument>,
}

impl SmbusLink {
    /// A port behind a guard, and an instrument on the same bus if there is one.
    pub fn new(port: SharedPort, guard: SmbusGuard, instrument: Option<SharedInstrument>) -> Self {
        Self { port, guard, instrument }
    }

    /// Has the instrument do something, behind the same guard.
    ///
    /// # Errors
    /// [`LinkError`] if the guard refused, there is no instrument, or it could not.
    pub async fn act(&self, act: &Act, log: &dyn WireLog) -> Result<Measured, LinkError> {
        let refused = |reason: String| LinkError::Http { request: format!("{act:?}"), reason };
        if let Some(parts) = act.parts() {
            self.guard.check(&parts).map_err(refused)?;
        }
        if act.disruptive() && !self.guard.allowed.disruptive {
            return Err(refused("it needs --allow-disruptive".into()));
        }
        let instrument = self.instrument.as_ref();
        let instrument = instrument.ok_or_else(|| refused("there is no instrument".into()))?;
        instrument.act(act, log).await
    }

    /// Whether the port can call an address without a byte.
    pub fn calls_alone(&self) -> bool {
        self.port.calls_alone()
    }

    /// Sends a transfer.
    ///
    /// # Errors
    /// [`LinkError`] if the guard refused, the port failed, or nothing came back in time.
    pub async fn transfer(&self, parts: &[Part], log: &dyn WireLog) -> Result<Came, LinkError> {
        let shown: Vec<String> = parts.iter().map(show).collect();
        let request = shown.join(" ");
        self.guard.check(parts).map_err(|reason| LinkError::Http { request: request.clone(), reason })?;
        log.note(WireBytes { direction: '>', bytes: request });
        let (port, own) = (self.port.clone(), parts.to_vec());
        let fault = |reason: String| LinkError::Io { link: self.port.name.clone(), reason };
        let job = tokio::task::spawn_blocking(move || port.blocking(&own));
        let came = match tokio::time::timeout(PATIENCE, job).await {
            Ok(Ok(Ok(came))) => came,
            Ok(Ok(Err(reason))) => return Err(fault(reason)),
            Ok(Err(error)) => return Err(fault(error.to_string())),
            Err(_) => return Err(fault(format!("the transfer took over {PATIENCE:?}: the clock is held"))),
        };
        match &came {
            Came::Bytes(bytes) if !bytes.is_empty() => {
                log.note(WireBytes { direction: '<', bytes: hex(bytes) });
            }
            other => event(log, &other.to_string()),
        }
        Ok(came)
    }
}

fn show(part: &Part) -> String {
    match part {
        Part::Write(to, bytes) => format!("[{:02X}w {}]", to, hex(bytes)),
        Part::Read(from, len) => format!("[{from:02X}r {len}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guard_knows_codes_addresses_and_writes() {
        let guard = |writes| SmbusGuard {
            allowed: Allowed { writes, disruptive: writes },
            addresses: vec![0x58],
            hazards: vec![(0x11, 0x18), (0xD6, 0xD8)],
            calls: vec![(0x1A, 2)],
        };
        let write = |bytes: &[u8]| Part::Write(0x58, bytes.to_vec());
        let read = Part::Read(0x58, 3);
        for good in [
            vec![write(&[0x88]), read.clone()],
            vec![write(&[0x1A, 1, 0x21]), read.clone()],
            vec![read.clone()],
            vec![Part::Read(ALERT_RESPONSE, 1)],
            vec![write(&[])],
        ] {
            assert_eq!(guard(false).check(&good), Ok(()), "{good:?}");
        }
        for bad in [
            vec![write(&[0x03])],
            vec![write(&[0x21, 0, 0x66])],
            vec![write(&[0x21, 0, 0x66]), read.clone()],
            vec![Part::Write(GENERAL_CALL, vec![0x21])],
        ] {
            assert!(guard(false).check(&bad).is_err(), "{bad:?}");
            assert_eq!(guard(true).check(&bad), Ok(()), "{bad:?}");
        }
        for never in [
            vec![write(&[0x11])],
            vec![write(&[0xD6]), read.clone()],
            vec![write(&[0x06, 2, 0, 0xD6]), read],
            vec![Part::Read(0x59, 1)],
            vec![Part::Write(ALERT_RESPONSE, vec![1])],
        ] {
            assert!(guard(true).check(&never).is_err(), "{never:?}");
        }
    }
}
