//! Client side: checks that an answer belongs to its request, to the byte.

use crate::codec::{Exception, Pdu, function};

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
    check_exception(answer, function::READ_HOLDING)?;
    match answer.as_slice() {
        [function::READ_HOLDING, count, data @ ..]
            if usize::from(*count) == data.len() && data.len() == 2 * usize::from(quantity) =>
        {
            Ok(data.chunks_exact(2).map(|pair| match pair {
                [high, low] => u16::from_be_bytes([*high, *low]),
                _ => 0,
            }))
        }
        _ => Err(AnswerError::Mismatch),
    }
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
