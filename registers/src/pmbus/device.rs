//! The target's side: what a received message asks for, and what to answer.
//!
//! A firmware gets the bytes behind its address, checks the packet error code with
//! [`Transaction::received`], finds the command by its code in the [`CommandSet`](super::CommandSet), and
//! answers with [`answer`] or takes the value with [`written`].

use super::{Command, DecodeError, EncodeError, Mode, Read, Readable, Value, Writable, Write};
use crate::codec::pmbus::{Address, Block, MAX_BLOCK, Transaction};

/// The bytes of an answer: count, data, packet error code.
#[derive(Clone, Copy)]
pub struct Answer {
    bytes: [u8; MAX_BLOCK + 2],
    len: usize,
}

impl Answer {
    /// The bytes, in the order in which they are sent.
    pub fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = byte;
            self.len += 1;
        }
    }
}

impl core::fmt::Debug for Answer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:02X?}", self.as_slice())
    }
}

/// What a message holds behind the code of the command.
fn body<C: Command>(message: &[u8]) -> Result<&[u8], DecodeError> {
    let got = message.first().copied().unwrap_or_default();
    match (message, C::INFO.code.extended) {
        ([first, second, body @ ..], Some(extended))
            if *first == C::INFO.code.first && *second == extended =>
        {
            Ok(body)
        }
        ([first, body @ ..], None) if *first == C::INFO.code.first => Ok(body),
        _ => Err(DecodeError::OtherCommand { got }),
    }
}

/// The request in a message that asks for a command.
///
/// # Errors
/// [`DecodeError`] if the message is of another command or its request does not fit.
pub fn asked<C: Readable>(message: &[u8]) -> Result<C::Request, DecodeError> {
    let body = body::<C>(message)?;
    let request = match C::INFO.read {
        Some(Read::BlockCall) => Block::parse(body)?,
        _ => body,
    };
    C::Request::decode(C::INFO, request, None)
}

/// The answer to a message that asks for a command: `message` is what came behind the address byte.
///
/// # Errors
/// [`EncodeError`] if the value does not fit the format.
pub fn answer<C: Readable>(
    address: Address,
    message: &[u8],
    value: &C::Value,
    mode: C::Mode,
    pec: bool,
) -> Result<Answer, EncodeError> {
    let data = value.encode(C::INFO, mode.vout())?;
    let mut answer = Answer { bytes: [0; MAX_BLOCK + 2], len: 0 };
    if C::INFO.read.is_some_and(Read::counted) {
        // A block has at most 255 bytes.
        answer.push(data.as_slice().len() as u8);
    }
    data.as_slice().iter().for_each(|byte| answer.push(*byte));
    if pec {
        let (code, rest) = message.split_first().map_or((C::INFO.code.first, &[][..]), |(c, r)| (*c, r));
        let asked = Transaction::command(address, code).with_data(rest)?;
        answer.push(asked.answer_pec(answer.as_slice()));
    }
    Ok(answer)
}

/// The request and the value in a message that writes a command.
///
/// # Errors
/// [`DecodeError`] if the message is of another command, too short or too long: the device then leaves its
/// value alone and sets a bit of STATUS_CML. Limits are not checked here; [`super::CommandInfo`] has them.
pub fn written<C: Writable>(message: &[u8], mode: C::Mode) -> Result<(C::Request, C::Value), DecodeError> {
    let body = body::<C>(message)?;
    let body = match C::INFO.write {
        Some(Write::Block) if C::INFO.request.is_empty() => Block::parse(body)?,
        _ => body,
    };
    let ahead = C::INFO.request.iter().map(|f| usize::from(f.at) + usize::from(f.bytes)).max().unwrap_or(0);
    let short = DecodeError::Length { min: ahead, max: MAX_BLOCK, got: body.len() };
    let (request, data) = body.split_at_checked(ahead).ok_or(short)?;
    Ok((C::Request::decode(C::INFO, request, None)?, C::decode(data, mode)?))
}
