//! Client side: requests for the registers of a map, and the check that an answer belongs to its request,
//! to the byte.
//!
//! ```
//! use dpo_registers::client::{read_answer, read_request, write_request};
//! use dpo_registers::codec::Pdu;
//! use dpo_registers::generated::orv3_psu::reg;
//! use dpo_registers::units::Volts;
//!
//! assert_eq!(read_request::<reg::InputVoltageAc>()?.as_slice(), [0x03, 0x00, 0x58, 0x00, 0x01]);
//! let answer = Pdu::new(&[0x03, 0x02, 0x45, 0x40])?;
//! assert_eq!(read_answer::<reg::InputVoltageAc>(&answer)?, Volts(277.0));
//! let write = write_request::<reg::VoutSetpointH>(&Volts(48.2))?;
//! assert_eq!(write.as_slice(), [0x06, 0x00, 0x67, 0xC0, 0xCD]);
//! assert!(write_request::<reg::VoutSetpointH>(&Volts(60.0)).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod identification;

use crate::codec::{Exception, Pdu, PduError, function, single_group};
use crate::register::{DecodeError, EncodeError, MAX_REGISTER_WORDS, Register, Writable};

pub use identification::{Identification, check_identification};

/// Why the answer to a typed read gives no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadError {
    /// The device refused, or the answer is none to this request.
    Answer(AnswerError),
    /// The words hold no value of the register.
    Decode(DecodeError),
}

impl core::fmt::Display for ReadError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Answer(error) => error.fmt(f),
            Self::Decode(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for ReadError {}

/// The request that reads register `R` (function 03).
///
/// # Errors
/// [`PduError::Quantity`] for a register that is longer than one read, which no map of ours has.
pub fn read_request<R: Register>() -> Result<Pdu, PduError> {
    Pdu::read_holding(R::INFO.address, R::INFO.words)
}

/// The value in the answer to [`read_request`].
///
/// # Errors
/// [`ReadError`] if the device refused, the answer does not fit, or the value is marked not available.
pub fn read_answer<R: Register>(answer: &Pdu) -> Result<R::Value, ReadError> {
    let mut buffer = [0; MAX_REGISTER_WORDS];
    let words = check_read(answer, R::INFO.words).map_err(ReadError::Answer)?;
    let count = words.len();
    for (slot, word) in buffer.iter_mut().zip(words) {
        *slot = word;
    }
    R::decode(buffer.get(..count).unwrap_or_default()).map_err(ReadError::Decode)
}

/// The request that writes `value` into register `R`: function 06 for one word, 16 for more.
///
/// # Errors
/// [`EncodeError`] if the value does not fit the register's format or the limits of its map.
pub fn write_request<R: Writable>(value: &R::Value) -> Result<Pdu, EncodeError> {
    let count = usize::from(R::INFO.words);
    let mut buffer = [0; MAX_REGISTER_WORDS];
    let too_long = EncodeError::Length { expected: count, got: MAX_REGISTER_WORDS };
    let words = buffer.get_mut(..count).ok_or(too_long)?;
    R::encode(value, words)?;
    match words {
        [word] => Ok(Pdu::write_single(R::INFO.address, *word)),
        words => Pdu::write_multiple(R::INFO.address, words).map_err(|_| too_long),
    }
}

/// Why an answer cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerError {
    /// The device refused.
    Exception(Exception),
    /// The answer does not fit the request: another function code, length or echo, or an exception
    /// code the protocol does not define.
    Mismatch,
}

impl core::fmt::Display for AnswerError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Exception(exception) => exception.fmt(f),
            Self::Mismatch => f.write_str("the answer does not fit the request"),
        }
    }
}

impl core::error::Error for AnswerError {}

/// The words of a read answer; iterates over exactly `quantity` words.
///
/// # Errors
/// [`AnswerError`] if the device refused or the answer is not that of a read of `quantity` registers.
pub fn check_read(
    answer: &Pdu,
    quantity: u16,
) -> Result<impl ExactSizeIterator<Item = u16> + '_, AnswerError> {
    check_words(answer, function::READ_HOLDING, quantity)
}

/// The words of the answer to a read of input registers (function 04).
///
/// # Errors
/// As of [`check_read`].
pub fn check_read_input(
    answer: &Pdu,
    quantity: u16,
) -> Result<impl ExactSizeIterator<Item = u16> + '_, AnswerError> {
    check_words(answer, function::READ_INPUT, quantity)
}

fn check_words(
    answer: &Pdu,
    function: u8,
    quantity: u16,
) -> Result<impl ExactSizeIterator<Item = u16> + '_, AnswerError> {
    check_exception(answer, function)?;
    match answer.as_slice() {
        [answered, count, data @ ..]
            if *answered == function
                && usize::from(*count) == data.len()
                && data.len() == 2 * usize::from(quantity) =>
        {
            Ok(words(data))
        }
        _ => Err(AnswerError::Mismatch),
    }
}

fn words(data: &[u8]) -> impl ExactSizeIterator<Item = u16> + '_ {
    data.chunks_exact(2).map(|pair| match pair {
        [high, low] => u16::from_be_bytes([*high, *low]),
        _ => 0,
    })
}

/// The registers of the answer to a read of one stretch of a file ([`Pdu::read_file_record`]).
///
/// # Errors
/// [`AnswerError`] if the device refused or the answer is not one group of `quantity` registers.
pub fn check_file_record(
    answer: &Pdu,
    quantity: u16,
) -> Result<impl ExactSizeIterator<Item = u16> + '_, AnswerError> {
    check_exception(answer, function::READ_FILE_RECORD)?;
    single_group(answer.as_slice(), quantity).map(words).ok_or(AnswerError::Mismatch)
}

/// Checks the answer to a write: an exact echo for 06, address and quantity for 16.
///
/// # Errors
/// [`AnswerError`] if the device refused or echoed something else.
pub fn check_write(request: &Pdu, answer: &Pdu) -> Result<(), AnswerError> {
    check_exception(answer, request.function())?;
    // Both requests start with function, address and value or quantity: the first five bytes.
    if answer.as_slice().len() == 5 && request.as_slice().get(..5) == Some(answer.as_slice()) {
        Ok(())
    } else {
        Err(AnswerError::Mismatch)
    }
}

fn check_exception(answer: &Pdu, function: u8) -> Result<(), AnswerError> {
    if answer.function() < 0x80 {
        return Ok(());
    }
    match answer.exception() {
        Some(exception) if answer.function() == function | 0x80 => Err(AnswerError::Exception(exception)),
        _ => Err(AnswerError::Mismatch),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{exception_response, read_response, write_response};
    use std::vec::Vec;

    #[test]
    fn typed_requests_know_length_limits_and_what_is_not_available() {
        use crate::generated::dpo_pmi::reg::{InputPowerLimit, InputVoltage};
        use crate::units::Watts;
        let write = write_request::<InputPowerLimit>(&Watts(10_000.0)).unwrap();
        assert_eq!(write.as_slice(), [0x10, 0x40, 0x50, 0x00, 0x02, 0x04, 0x00, 0x00, 0x27, 0x10]);
        assert!(matches!(write_request::<InputPowerLimit>(&Watts(-1.0)), Err(EncodeError::Limits { .. })));
        assert!(matches!(
            write_request::<InputPowerLimit>(&Watts(f64::NAN)),
            Err(EncodeError::Format { .. })
        ));
        let missing = read_response(3, &[0xFFFF]).unwrap();
        assert_eq!(read_answer::<InputVoltage>(&missing), Err(ReadError::Decode(DecodeError::NotAvailable)));
        let two_words = read_response(3, &[1, 2]).unwrap();
        assert_eq!(read_answer::<InputVoltage>(&two_words), Err(ReadError::Answer(AnswerError::Mismatch)));
    }

    #[test]
    fn a_short_answer_is_no_answer() {
        let answer = read_response(3, &[1, 2]).unwrap();
        assert_eq!(check_read(&answer, 2).unwrap().collect::<Vec<_>>(), [1, 2]);
        assert!(matches!(check_read(&answer, 3), Err(AnswerError::Mismatch)));
    }

    #[test]
    fn exceptions_must_name_the_function() {
        let refused = exception_response(3, Exception::IllegalDataAddress);
        assert!(matches!(
            check_read(&refused, 1),
            Err(AnswerError::Exception(Exception::IllegalDataAddress))
        ));
        assert!(matches!(
            check_read(&exception_response(4, Exception::IllegalDataAddress), 1),
            Err(AnswerError::Mismatch)
        ));
        let undefined = Pdu::new(&[0x83, 0x7F]).unwrap();
        assert!(matches!(check_read(&undefined, 1), Err(AnswerError::Mismatch)));
    }

    #[test]
    fn echoes_are_compared() {
        let request = Pdu::write_multiple(7, &[1, 2]).unwrap();
        assert_eq!(check_write(&request, &write_response(16, 7, 2)), Ok(()));
        assert_eq!(check_write(&request, &write_response(16, 7, 1)), Err(AnswerError::Mismatch));
    }
}
