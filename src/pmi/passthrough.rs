//! What may pass to a shelf device.

use dpo_registers::codec::{Exception, Pdu, Request};

use crate::bus::FunctionClass;

/// Addresses that start firmware programming on real units (hazard list N7 of the conformance cases).
/// Never written, whatever the policy.
pub const HAZARD: std::ops::RangeInclusive<u16> = 0x300..=0x3FF;

/// What happens to writes to shelf devices from the north: functions 06 and 16, the only ones that the
/// ORv3 maps declare. Other write functions do not exist on this path: exception 01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WritePolicy {
    /// Refused with exception 04 (03 if malformed: AP 6 checks the form first): setpoints go through the
    /// lease gate of the DPO block.
    #[default]
    Refuse,
    /// Passed on, except into [`HAZARD`] (exception 02) and malformed (exception 03).
    Allow,
}

/// Decides about a request before it reaches a bus.
///
/// # Errors
/// The exception to answer with.
pub(super) fn check(request: &Pdu, policy: WritePolicy) -> Result<(), Exception> {
    let pdu = request.as_slice();
    match FunctionClass::of(request) {
        FunctionClass::Read => Ok(()),
        FunctionClass::Other => Err(Exception::IllegalFunction),
        FunctionClass::Write => {
            // The hazard check is only as good as this reading, so a malformed write never passes.
            let (first, quantity) = match Request::decode(pdu)? {
                Request::WriteSingle { address, .. } => (address, 1),
                // A decoded write has 1 to 123 words.
                Request::WriteMultiple { address, data } => (address, data.len() as u16 / 2),
                _ => return Err(Exception::IllegalDataValue),
            };
            if policy == WritePolicy::Refuse {
                return Err(Exception::ServerDeviceFailure);
            }
            let last = first.checked_add(quantity - 1).ok_or(Exception::IllegalDataAddress)?;
            let touches = first <= *HAZARD.end() && last >= *HAZARD.start();
            if touches { Err(Exception::IllegalDataAddress) } else { Ok(()) }
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
            // Writes that no ORv3 map declares, well-formed or not.
            vec![5, 0, 1, 0xFF, 0],
            vec![8, 0, 0, 0xA5, 0x37],
            vec![0x0F, 2, 0xF8, 0, 8, 1, 0],
            vec![0x15, 0],
            vec![0x16, 0, 1, 0, 0],
            vec![0x17, 0, 0, 0, 1, 2, 0xFF, 0, 2, 4, 0, 0, 0, 0],
        ]);
        for bytes in forbidden {
            for policy in [WritePolicy::Refuse, WritePolicy::Allow] {
                assert_eq!(check(&pdu(&bytes), policy), Err(Exception::IllegalFunction), "{bytes:02X?}");
            }
        }
    }

    #[test]
    fn allowed_writes_keep_out_of_the_hazard_range() {
        let hazard: [&[u8]; 5] = [
            &[6, 3, 0, 0x55, 0xAA],
            &[6, 3, 0xFF, 0, 0],
            // Spans that only touch the range, from below and from inside.
            &[0x10, 2, 0xFF, 0, 2, 4, 0, 0, 0, 0],
            &[0x10, 3, 0xFF, 0, 2, 4, 0, 0, 0, 0],
            // Runs off the end of the address space.
            &[0x10, 0xFF, 0xFF, 0, 2, 4, 0, 0, 0, 0],
        ];
        for bytes in hazard {
            let expected = Err(Exception::IllegalDataAddress);
            assert_eq!(check(&pdu(bytes), WritePolicy::Allow), expected, "{bytes:02X?}");
        }
        let good: [&[u8]; 3] = [&[6, 2, 0xFF, 0, 0], &[6, 4, 0, 0, 0], &[0x10, 2, 0xFE, 0, 2, 4, 0, 0, 0, 0]];
        for bytes in good {
            assert_eq!(check(&pdu(bytes), WritePolicy::Allow), Ok(()), "{bytes:02X?}");
            let refused = Err(Exception::ServerDeviceFailure);
            assert_eq!(check(&pdu(bytes), WritePolicy::Refuse), refused, "{bytes:02X?}");
        }
        let malformed: [&[u8]; 3] = [&[6, 0, 1, 0], &[0x10, 0, 1, 0, 1, 4, 0, 0], &[0x10]];
        for bytes in malformed {
            for policy in [WritePolicy::Refuse, WritePolicy::Allow] {
                let refused = Err(Exception::IllegalDataValue);
                assert_eq!(check(&pdu(bytes), policy), refused, "{bytes:02X?}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_write_that_passes_names_a_hazardous_address(
            bytes in prop::collection::vec(any::<u8>(), 1..60),
            function in prop::sample::select(vec![6u8, 0x10]),
            words in 1u8..=20,
            high in 2u8..=4,
        ) {
            let address = [high, bytes[0]];
            let data: Vec<u8> = bytes.iter().copied().cycle().take(2 * usize::from(words)).collect();
            let request = match function {
                6 => [&[6], &address[..], &data[..2]].concat(),
                _ => [&[0x10], &address[..], &[0, words, 2 * words], &data].concat(),
            };
            let first = u16::from_be_bytes(address);
            let last = first + if function == 6 { 0 } else { u16::from(words) - 1 };
            let clear = last < *HAZARD.start() || first > *HAZARD.end();
            prop_assert_eq!(check(&pdu(&request), WritePolicy::Allow).is_ok(), clear);
            // Whatever else comes with these function codes: only a whole write may pass.
            let mut noise = bytes;
            noise[0] = function;
            let passes = check(&pdu(&noise), WritePolicy::Allow).is_ok();
            prop_assert!(!passes || Request::decode(&noise).is_ok());
        }
    }
}
