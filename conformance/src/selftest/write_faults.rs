//! Mutants that classes N, W and D show on Modbus TCP.

use super::faults::PSU;
use super::mutant::{Fault, Mutant, Query, Side};

const fn request(
    name: &'static str,
    what: &'static str,
    device: &'static str,
    reply: fn(&Query<'_>) -> Option<Vec<u8>>,
) -> Mutant {
    Mutant { name, what, device, writes: true, fault: Fault::Request(Side::Tcp, reply) }
}

/// Mutants that classes N, W and D show on Modbus TCP.
pub(super) const WRITES: &[Mutant] = &[
    request("user-function-answered", "answers user-defined functions that it does not declare", PSU, |q| {
        q.pdu.first().filter(|code| (65..=72).contains(*code)).map(|code| vec![*code, 0])
    }),
    request("unknown-mei-answered", "answers an MEI type that it does not know", PSU, |q| {
        q.pdu.starts_with(&[0x2B, 0x55]).then(|| vec![0x2B, 0x55, 0])
    }),
];
