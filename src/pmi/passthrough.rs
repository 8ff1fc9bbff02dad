//! What may pass to a shelf device.

use dpo_registers::codec::{Exception, Pdu, Request, function};

/// Addresses that start firmware programming on real units (hazard list N7 of the conformance cases).
/// Never written, whatever the policy.
pub const HAZARD: std::ops::RangeInclusive<u16> = 0x300..=0x3FF;

/// What happens to writes to shelf devices from the north.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WritePolicy {
    /// Refused: setpoints go through the lease gate of the DPO block. Functions 06 and 16 are answered
    /// with exception 04 (03 if malformed: AP 6 checks the form first). The other write functions, which
    /// no ORv3 map declares, do not exist on this path: exception 01.
    #[default]
    Refuse,
    /// Passed on, except into [`HAZARD`] (exception 02) and malformed (exception 03).
    Allow,
}

/// What a request is, by its function code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Changes nothing on a device.
    Read,
    /// Changes registers, coils, files or the line.
    Write,
    /// May start flash programming, or nobody knows what it does.
    Forbidden,
}

fn class(pdu: &[u8]) -> Class {
    match pdu {
        [1..=4 | 7 | 0x0B | 0x0C | 0x11 | 0x14 | 0x18, ..] => Class::Read,
        [function::ENCAPSULATED, function::MEI_DEVICE_ID, ..] => Class::Read,
        // No device has these as functions: its refusal is passed on as it comes.
        [0 | 0x80.., ..] => Class::Read,
        [5 | 6 | 8 | 0x0F | 0x10 | 0x15 | 0x16 | 0x17, ..] => Class::Write,
        _ => Class::Forbidden,
    }
}

/// Decides about a request before it reaches a bus.
///
/// # Errors
/// The exception to answer with.
pub(super) fn check(request: &Pdu, policy: WritePolicy) -> Result<(), Exception> {
    let pdu = request.as_slice();
    match (class(pdu), policy) {
        (Class::Read, _) => Ok(()),
        (Class::Forbidden, _) => Err(Exception::IllegalFunction),
        (Class::Write, WritePolicy::Refuse) => match request.function() {
            function::WRITE_SINGLE | function::WRITE_MULTIPLE => {
                target(pdu).and(Err(Exception::ServerDeviceFailure))
            }
            _ => Err(Exception::IllegalFunction),
        },
        (Class::Write, WritePolicy::Allow) => match target(pdu)? {
            Some((first, quantity)) => {
                let last = first.checked_add(quantity - 1).ok_or(Exception::IllegalDataAddress)?;
                let touches = first <= *HAZARD.end() && last >= *HAZARD.start();
                if touches { Err(Exception::IllegalDataAddress) } else { Ok(()) }
            }
            None => Ok(()),
        },
    }
}

/// First address and quantity (at least 1) that a write touches; `None` for functions that write no
/// address. The hazard check is only as good as this reading, so a malformed write does not pass.
fn target(pdu: &[u8]) -> Result<Option<(u16, u16)>, Exception> {
    let word = |high: &u8, low: &u8| u16::from_be_bytes([*high, *low]);
    let counted = |quantity: u16, most: u16, count: u8, bytes: u16, data: &[u8]| {
        let fits =
            (1..=most).contains(&quantity) && u16::from(count) == bytes && data.len() == usize::from(count);
        if fits { Ok(quantity) } else { Err(Exception::IllegalDataValue) }
    };
    match pdu {
        [5, a, b, _, _] => Ok(Some((word(a, b), 1))),
        [0x16, a, b, _, _, _, _] => Ok(Some((word(a, b), 1))),
        [0x0F, a, b, q, r, count, data @ ..] => {
            let quantity = word(q, r);
            counted(quantity, 1968, *count, quantity.div_ceil(8), data).map(|n| Some((word(a, b), n)))
        }
        [0x17, _, _, _, _, a, b, q, r, count, data @ ..] => {
            let quantity = word(q, r);
            counted(quantity, 121, *count, quantity.saturating_mul(2), data).map(|n| Some((word(a, b), n)))
        }
        [6 | 0x10, ..] => match Request::decode(pdu)? {
            Request::WriteSingle { address, .. } => Ok(Some((address, 1))),
            Request::WriteMultiple { address, data } => Ok(Some((address, data.len() as u16 / 2))),
            _ => Err(Exception::IllegalDataValue),
        },
        // Diagnostics and file records have their own address spaces.
        [8, _, _, _, _, ..] => Ok(None),
        [0x15, count, data @ ..] if data.len() == usize::from(*count) && file_records(data) => Ok(None),
        _ => Err(Exception::IllegalDataValue),
    }
}

/// Whether `data` is one or more whole sub-requests of function 21: type 6, file, record, length, words
/// (AP 6.15).
fn file_records(mut data: &[u8]) -> bool {
    loop {
        let [6, _, _, _, _, high, low, rest @ ..] = data else { return false };
        match rest.split_at_checked(2 * usize::from(u16::from_be_bytes([*high, *low]))) {
            Some((words, [])) => return !words.is_empty(),
            Some((words, more)) if !words.is_empty() => data = more,
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pdu(bytes: &[u8]) -> Pdu {
        Pdu::new(bytes).unwrap()
    }

    #[test]
    fn reads_pass_malformed_or_not() {
        for function in [1, 2, 3, 4, 7, 0x0B, 0x0C, 0x11, 0x14, 0x18, 0, 0x80, 0x83, 0xC2, 0xFF] {
            for rest in [&[][..], &[0], &[1, 2, 3, 4], &[0xFF; 252]] {
                let request = pdu(&[&[function][..], rest].concat());
                assert_eq!(check(&request, WritePolicy::Refuse), Ok(()), "{request:?}");
            }
        }
        assert_eq!(check(&pdu(&[0x2B, 0x0E, 1, 0]), WritePolicy::Refuse), Ok(()));
    }

    #[test]
    fn hazardous_and_unknown_functions_never_pass() {
        let mut forbidden: Vec<Vec<u8>> = (0x41..=0x48).chain(0x64..=0x6E).map(|f| vec![f]).collect();
        forbidden.extend([
            vec![0x2B],
            vec![0x2B, 0x0D, 0],
            vec![0x2B, 0x64],
            vec![0x2B, 0x65, 1, 2],
            vec![9],
        ]);
        for bytes in forbidden {
            for policy in [WritePolicy::Refuse, WritePolicy::Allow] {
                assert_eq!(check(&pdu(&bytes), policy), Err(Exception::IllegalFunction), "{bytes:02X?}");
            }
        }
    }

    #[test]
    fn allowed_writes_keep_out_of_the_hazard_range() {
        let hazard: [&[u8]; 9] = [
            &[6, 3, 0, 0x55, 0xAA],
            &[6, 3, 0xFF, 0, 0],
            &[5, 3, 1, 0xFF, 0],
            &[0x16, 3, 2, 0, 0, 0, 1],
            // Spans that only touch the range, from below and from inside.
            &[0x10, 2, 0xFF, 0, 2, 4, 0, 0, 0, 0],
            &[0x10, 3, 0xFF, 0, 2, 4, 0, 0, 0, 0],
            &[0x0F, 2, 0xF9, 0, 8, 1, 0],
            &[0x17, 0, 0, 0, 1, 2, 0xFF, 0, 2, 4, 0, 0, 0, 0],
            // Runs off the end of the address space.
            &[0x10, 0xFF, 0xFF, 0, 2, 4, 0, 0, 0, 0],
        ];
        for bytes in hazard {
            let expected = Err(Exception::IllegalDataAddress);
            assert_eq!(check(&pdu(bytes), WritePolicy::Allow), expected, "{bytes:02X?}");
        }
        let good: [&[u8]; 6] = [
            &[6, 2, 0xFF, 0, 0],
            &[6, 4, 0, 0, 0],
            &[0x10, 2, 0xFE, 0, 2, 4, 0, 0, 0, 0],
            &[0x0F, 2, 0xF8, 0, 8, 1, 0],
            &[8, 0, 0, 0xA5, 0x37],
            &[0x15, 18, 6, 0, 4, 0, 7, 0, 1, 0, 1, 6, 0, 4, 0, 8, 0, 1, 0, 2],
        ];
        for bytes in good {
            assert_eq!(check(&pdu(bytes), WritePolicy::Allow), Ok(()), "{bytes:02X?}");
            let register = matches!(bytes[0], 6 | 0x10);
            let refused = if register { Exception::ServerDeviceFailure } else { Exception::IllegalFunction };
            assert_eq!(check(&pdu(bytes), WritePolicy::Refuse), Err(refused), "{bytes:02X?}");
        }
        let malformed: [&[u8]; 10] = [
            &[0x15, 0],
            &[0x15, 3, 0, 0x55, 0xAA],
            &[0x15, 7, 6, 0, 4, 0, 7, 0, 0],
            &[0x15, 9, 6, 0, 4, 0, 7, 0, 2, 0, 1],
            &[6, 0, 1, 0],
            &[0x10, 0, 1, 0, 1, 4, 0, 0],
            &[0x0F, 0, 1, 0, 9, 1, 0],
            &[0x17, 0, 0, 0, 1, 0, 1, 0x80, 0, 0],
            &[0x16, 0, 1, 0, 0],
            &[8],
        ];
        for bytes in malformed {
            let refused = Err(Exception::IllegalDataValue);
            assert_eq!(check(&pdu(bytes), WritePolicy::Allow), refused, "{bytes:02X?}");
            if matches!(bytes[0], 6 | 0x10) {
                assert_eq!(check(&pdu(bytes), WritePolicy::Refuse), refused, "{bytes:02X?}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_write_that_passes_names_a_hazardous_address(
            bytes in prop::collection::vec(any::<u8>(), 1..60),
            function in prop::sample::select(vec![5u8, 6, 8, 0x0F, 0x10, 0x15, 0x16, 0x17]),
            high in 2u8..=4,
        ) {
            let mut bytes = bytes;
            bytes[0] = function;
            if let Some(byte) = bytes.get_mut(1) {
                *byte = high;
            }
            let request = pdu(&bytes);
            if check(&request, WritePolicy::Allow).is_ok() && matches!(function, 5 | 6 | 0x0F | 0x10 | 0x16) {
                prop_assert_ne!(bytes[1], 3);
            }
        }
    }
}
