//! The controller's side: what to send, and what an answer says.
//!
//! Not every command may be written, and the compiler knows:
//!
//! ```
//! use dpo_registers::codec::pmbus::{Address, VoutMode};
//! use dpo_registers::generated::pmbus_psu::cmd;
//! use dpo_registers::pmbus::client;
//! use dpo_registers::units::Volts;
//!
//! let (psu, mode) = (Address::new(0x58).unwrap(), VoutMode::linear(-9).unwrap());
//! // 51 V with 9 fractional bits is 0x6600; the low byte goes first, the packet error code last.
//! let write = client::write::<cmd::VoutCommand>(psu, &Volts(51.0), mode, true).unwrap();
//! assert_eq!(write.as_slice()[..3], [0x21, 0x00, 0x66]);
//! // What the map does not allow has no bytes.
//! assert!(client::write::<cmd::VoutCommand>(psu, &Volts(60.0), mode, true).is_err());
//! ```
//!
//! ```compile_fail
//! # use dpo_registers::codec::pmbus::{Address, VoutMode};
//! # use dpo_registers::generated::pmbus_psu::cmd;
//! # use dpo_registers::pmbus::client;
//! # use dpo_registers::units::Volts;
//! # let (psu, mode) = (Address::new(0x58).unwrap(), VoutMode::linear(-9).unwrap());
//! client::write::<cmd::ReadVout>(psu, &Volts(51.0), mode, true);
//! ```

use super::{Command, CommandInfo, DecodeError, EncodeError, Mode, Read, Readable, Value, Writable, Write};
use crate::codec::pmbus::{Address, Transaction};

/// The begin of a transaction: the code of the command.
fn begin(info: &CommandInfo, target: Address) -> Transaction {
    match info.code.extended {
        Some(second) => Transaction::extended(target, info.code.first, second),
        None => Transaction::command(target, info.code.first),
    }
}

/// What to send to read a command.
pub fn read<C: Readable<Request = ()>>(target: Address) -> Transaction {
    begin(C::INFO, target)
}

/// What to send to read a command that is asked with a request.
///
/// # Errors
/// [`EncodeError`] if the request does not fit its fields.
pub fn ask<C: Readable>(target: Address, request: &C::Request) -> Result<Transaction, EncodeError> {
    let begin = begin(C::INFO, target);
    let request = request.encode(C::INFO, None)?;
    Ok(match C::INFO.read {
        Some(Read::BlockCall) => begin.with_block(request.as_slice())?,
        _ => begin.with_data(request.as_slice())?,
    })
}

/// The value in the answer to [`read`] or [`ask`]: the bytes that came, with their count where there is
/// one, and with `pec` the packet error code behind them.
///
/// # Errors
/// [`DecodeError`] if the packet error code, the count or the length is wrong, or no value follows.
pub fn answer<C: Readable>(
    sent: &Transaction,
    bytes: &[u8],
    pec: bool,
    mode: C::Mode,
) -> Result<C::Value, DecodeError> {
    let data = match C::INFO.read {
        Some(read) if read.counted() => sent.block_answer(bytes, pec)?,
        _ => sent.answer(bytes, usize::from(C::INFO.length.1), pec)?,
    };
    C::decode(data, mode)
}

/// What to send to write a command.
///
/// # Errors
/// [`EncodeError`] if the value does not fit the format or the limits of the map.
pub fn write<C: Writable<Request = ()>>(
    target: Address,
    value: &C::Value,
    mode: C::Mode,
    pec: bool,
) -> Result<Transaction, EncodeError> {
    write_to::<C>(target, &(), value, mode, pec)
}

/// What to send to write a command whose data begin with a request, for example SMBALERT_MASK.
///
/// # Errors
/// As of [`write()`].
pub fn write_to<C: Writable>(
    target: Address,
    request: &C::Request,
    value: &C::Value,
    mode: C::Mode,
    pec: bool,
) -> Result<Transaction, EncodeError> {
    let begin = begin(C::INFO, target);
    let request = request.encode(C::INFO, None)?;
    let value = value.encode(C::INFO, mode.vout())?;
    let sent = match C::INFO.write {
        Some(Write::Block) if request.as_slice().is_empty() => begin.with_block(value.as_slice())?,
        _ => begin.with_data(request.as_slice())?.with_data(value.as_slice())?,
    };
    Ok(if pec { sent.with_pec() } else { sent })
}

/// What to send to start an action.
///
/// # Errors
/// None in practice: an action has no data.
pub fn send<C: Writable<Value = (), Request = (), Mode = ()>>(
    target: Address,
    pec: bool,
) -> Result<Transaction, EncodeError> {
    write::<C>(target, &(), (), pec)
}

/// Whether a command is the one that a transaction began with.
pub fn is<C: Command>(sent: &Transaction) -> bool {
    match (sent.as_slice(), C::INFO.code.extended) {
        ([first, second, ..], Some(extended)) => *first == C::INFO.code.first && *second == extended,
        ([first, ..], None) => *first == C::INFO.code.first,
        _ => false,
    }
}
