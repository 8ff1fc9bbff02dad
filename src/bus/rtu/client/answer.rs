//! What an answer tells of the request that it belongs to.

use dpo_registers::codec::rtu::MIN_FRAME;
use dpo_registers::codec::{Pdu, function};

/// Whether the answer can be one to this request: by function code, and by what the function lets tell.
pub(super) fn fits(request: &Pdu, answer: &Pdu) -> bool {
    let (asked, answered) = (request.as_slice(), answer.as_slice());
    if answer.function() & 0x7F != request.function() {
        return false;
    }
    match (asked, answered) {
        (_, [code, _]) if *code >= 0x80 => true,
        ([function::READ_HOLDING | function::READ_INPUT, _, _, _, quantity, ..], [_, count, ..]) => {
            *count == quantity.wrapping_mul(2)
        }
        ([function::WRITE_SINGLE | function::WRITE_MULTIPLE, ..], _) => asked.get(..5) == Some(answered),
        _ => true,
    }
}

/// Fewest bytes of a frame that answers this request with success; an exception has 5.
pub(super) fn shortest_answer(request: &Pdu) -> usize {
    match request.as_slice() {
        [function::READ_HOLDING | function::READ_INPUT, _, _, _, quantity, ..] => {
            5 + 2 * usize::from(*quantity)
        }
        [function::WRITE_SINGLE | function::WRITE_MULTIPLE, ..] => 8,
        _ => MIN_FRAME,
    }
}
