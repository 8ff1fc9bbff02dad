//! What may pass to a shelf device.

use dpo_registers::codec::{Exception, Pdu};

use crate::bus::FunctionClass;

/// Addresses that start firmware programming on real units (hazard list N7 of the conformance cases).
/// Never written, whatever the policy.
pub const HAZARD: std::ops::RangeInclusive<u16> = 0x300..=0x3FF;

/// What a request that goes to a device needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passage {
    /// Nothing: it changes nothing, and goes out byte for byte.
    Free,
    /// The consent of the write policy.
    Gated,
}

/// Decides about a request before it reaches a bus.
///
/// # Errors
/// The exception to answer with: 01 for functions that never reach a device.
pub(super) fn check(request: &Pdu) -> Result<Passage, Exception> {
    match FunctionClass::of(request) {
        FunctionClass::Read => Ok(Passage::Free),
        FunctionClass::Write => Ok(Passage::Gated),
        FunctionClass::Other => Err(Exception::IllegalFunction),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pdu(bytes: &[u8]) -> Pdu {
        Pdu::new(bytes).unwrap()
    }

    #[test]
    fn reads_pass_malformed_or_not() {
        for function in [1, 2, 3, 4, 7, 0x0B, 0x0C, 0x11, 0x14, 0x18, 0, 0x80, 0x83, 0xC2, 0xFF] {
            for rest in [&[][..], &[0], &[1, 2, 3, 4], &[0xFF; 252]] {
                let request = pdu(&[&[function][..], rest].concat());
                assert_eq!(check(&request), Ok(Passage::Free), "{request:?}");
            }
        }
        assert_eq!(check(&pdu(&[0x2B, 0x0E, 1, 0])), Ok(Passage::Free));
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
            assert_eq!(check(&pdu(&bytes)), Err(Exception::IllegalFunction), "{bytes:02X?}");
        }
        for function in [6, 0x10] {
            assert_eq!(check(&pdu(&[function])), Ok(Passage::Gated));
        }
    }
}
