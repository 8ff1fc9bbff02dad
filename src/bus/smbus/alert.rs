//! SMBALERT#: which target pulls the line (SM 5.4, alert response).
//!
//! Each target that pulls the line answers a read of the alert response address with its own address. The lowest
//! one wins, and lets the line go; the others answer the next read. Linux keeps the line itself for its own
//! `smbus_alert`; who has no line asks now and then: nobody answering means that nobody pulls it.

use dpo_registers::codec::pmbus::{Address, pec};

use super::{Controller, LineError, Message};

/// The alert response address.
pub const ALERT_RESPONSE: u8 = 0x0C;

/// Most targets of a bus that can answer.
const MOST: usize = 112;

/// The target that answers to the alert response address, which then lets go of SMBALERT#; `None` if nobody does.
/// With `with_pec` its packet error code is read and must fit.
///
/// # Errors
/// [`LineError`] if the bus failed, [`LineError::Io`] if the answer is no address or its code does not fit.
pub async fn respond(bus: &dyn Controller, with_pec: bool) -> Result<Option<Address>, LineError> {
    let Some(from) = Address::new(ALERT_RESPONSE) else { return Ok(None) };
    let answer = bus.transfer(vec![Message::Read { from, len: 1 + usize::from(with_pec) }]).await;
    let bytes = match answer {
        Ok(bytes) => bytes,
        Err(LineError::Absent { .. } | LineError::BrokenOff { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let wrong = || LineError::Io {
        bus: bus.name().to_owned(),
        reason: format!("{bytes:02X?} is no answer to the alert response address"),
    };
    let first = *bytes.first().ok_or_else(wrong)?;
    if with_pec && bytes.get(1) != Some(&pec(&[from.read_byte(), first])) {
        return Err(wrong());
    }
    // The lowest bit is not defined (SM 5.4).
    Address::new(first >> 1)
        .filter(|address| (0x08..0x78).contains(&address.get()))
        .map(Some)
        .ok_or_else(wrong)
}

/// Everybody who pulls SMBALERT#, the lowest address first, each asked once.
///
/// # Errors
/// As of [`respond`]. A target that answers again and again ends the list.
pub async fn respond_all(bus: &dyn Controller, with_pec: bool) -> Result<Vec<Address>, LineError> {
    let mut found = Vec::new();
    while found.len() < MOST {
        match respond(bus, with_pec).await? {
            Some(address) if !found.contains(&address) => found.push(address),
            _ => break,
        }
    }
    Ok(found)
}
