//! The group command: several targets take their command at the same STOP (P2 5.3).
//!
//! The messages are joined by repeated starts; each carries its own packet error code, and no target appears twice.
//! Nothing is read, and a group is never sent again by itself: of a group that broke off some targets may have taken
//! their part.

use dpo_registers::pmbus::CommandInfo;

use super::{Device, PmbusError};
use crate::bus::smbus::{LineError, Message};

/// One part of a group: a device, and what is written to it (data bytes without a count).
#[derive(Clone, Copy)]
pub struct Part<'a> {
    /// The target.
    pub device: &'a Device,
    /// The command.
    pub info: &'static CommandInfo,
    /// Its data bytes, checked before ([`Device::encode_any`]).
    pub data: &'a [u8],
}

/// Sends the parts as one group over the bus of the first one.
///
/// # Errors
/// [`PmbusError`] if a part has no message, a target appears twice or the transfer broke off;
/// [`PmbusError::uncertain`] is meant for the group as a whole.
pub async fn send(parts: &[Part<'_>]) -> Result<(), PmbusError> {
    let Some(first) = parts.first() else { return Ok(()) };
    let mut messages: Vec<Message> = Vec::with_capacity(parts.len());
    for part in parts {
        let message = part.device.write_message(part.info, &[], part.data)?;
        let twice = messages.iter().any(|other| other.address() == message.address());
        let elsewhere = part.device.controller.name() != first.device.controller.name();
        if twice || elsewhere {
            let reason = if twice { "a group names a target once" } else { "a group is of one bus" };
            let source =
                LineError::Io { bus: first.device.controller.name().to_owned(), reason: reason.into() };
            return Err(PmbusError::Line { at: part.device.place(part.info), source });
        }
        messages.push(message);
    }
    let sent = first.device.controller.transfer(messages).await;
    // A target that did not acknowledge took nothing, but one before it may have: what one message makes certain
    // is not certain for a group.
    sent.map(drop).map_err(|source| {
        let source = match source {
            LineError::Absent { bus, address } | LineError::Refused { bus, address } if parts.len() > 1 => {
                LineError::BrokenOff { bus, address }
            }
            other => other,
        };
        PmbusError::Line { at: "group command".to_owned(), source }
    })
}
