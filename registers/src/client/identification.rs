//! The answer to Read Device Identification (function 43, MEI type 14; AP 6.21).

use crate::codec::{Pdu, function};

use super::{AnswerError, check_exception};

/// One answer: some objects, and where the rest starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identification<'a> {
    /// What the device offers: 1 basic, 2 regular, 3 extended; 0x80 more where single objects can be asked for.
    pub conformity: u8,
    /// The object that the next request has to ask for, if there are more.
    pub next: Option<u8>,
    list: &'a [u8],
}

impl<'a> Identification<'a> {
    /// The objects: number and value.
    pub fn objects(&self) -> impl Iterator<Item = (u8, &'a [u8])> + use<'a> {
        let mut rest = self.list;
        core::iter::from_fn(move || {
            let (id, value, behind) = object(rest)?;
            rest = behind;
            Some((id, value))
        })
    }
}

/// The first object of a list, and what comes after it.
fn object(list: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let [id, len, rest @ ..] = list else { return None };
    let (value, behind) = rest.split_at_checked(usize::from(*len))?;
    Some((*id, value, behind))
}

/// The objects in the answer to a request for the identification of this category.
///
/// # Errors
/// [`AnswerError`] if the device refused, or if the objects do not use up the answer to the byte.
pub fn check_identification(answer: &Pdu, category: u8) -> Result<Identification<'_>, AnswerError> {
    check_exception(answer, function::ENCAPSULATED)?;
    let [function::ENCAPSULATED, function::MEI_DEVICE_ID, asked, conformity, more, next, count, list @ ..] =
        answer.as_slice()
    else {
        return Err(AnswerError::Mismatch);
    };
    let next = match more {
        0x00 => None,
        0xFF => Some(*next),
        _ => return Err(AnswerError::Mismatch),
    };
    let (mut rest, mut objects) = (list, 0);
    while let Some((_, _, behind)) = object(rest) {
        rest = behind;
        objects += 1;
    }
    if *asked != category || !rest.is_empty() || objects != usize::from(*count) {
        return Err(AnswerError::Mismatch);
    }
    Ok(Identification { conformity: *conformity, next, list })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Exception, exception_response};
    use proptest::prelude::*;
    use std::vec::Vec;

    #[test]
    fn objects_are_read_and_lengths_must_fit() {
        let good = [0x2B, 0x0E, 1, 0x81, 0xFF, 2, 2, 0, 2, b'D', b'P', 1, 1, b'x'];
        let pdu = Pdu::new(&good).unwrap();
        let part = check_identification(&pdu, 1).unwrap();
        assert_eq!((part.conformity, part.next), (0x81, Some(2)));
        assert_eq!(part.objects().collect::<Vec<_>>(), [(0, &b"DP"[..]), (1, b"x")]);
        assert_eq!(check_identification(&pdu, 2), Err(AnswerError::Mismatch));
        for cut in 2..good.len() {
            let pdu = Pdu::new(&good[..cut]).unwrap();
            assert_eq!(check_identification(&pdu, 1), Err(AnswerError::Mismatch), "{cut}");
        }
        let refused = exception_response(0x2B, Exception::IllegalFunction);
        assert_eq!(
            check_identification(&refused, 1),
            Err(AnswerError::Exception(Exception::IllegalFunction))
        );
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 1..=253)) {
            let pdu = Pdu::new(&bytes).unwrap();
            if let Ok(part) = check_identification(&pdu, 1) {
                let _ = part.objects().count();
            }
        }
    }
}
