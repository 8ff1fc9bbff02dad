//! Mutants that answer wrongly, whatever the transport.

use dpo_gateway::maps::model::{Access, Kind, Register, Volatility};

use super::mutant::{Fault, Mutant, Query, Side};
use crate::device::last_of;

pub(super) const PSU: &str = "orv3-psu";
pub(super) const BBU: &str = "orv3-bbu";
pub(super) const PMI: &str = "dpo-pmi";

pub(super) const fn mutant(
    name: &'static str,
    what: &'static str,
    device: &'static str,
    fault: Fault,
) -> Mutant {
    Mutant { name, what, device, writes: false, fault }
}

const fn answer(
    name: &'static str,
    what: &'static str,
    device: &'static str,
    change: fn(&Query<'_>, &mut Vec<u8>),
) -> Mutant {
    mutant(name, what, device, Fault::Answer(Side::Tcp, change))
}

const fn request(
    name: &'static str,
    what: &'static str,
    device: &'static str,
    reply: fn(&Query<'_>) -> Option<Vec<u8>>,
) -> Mutant {
    mutant(name, what, device, Fault::Request(Side::Tcp, reply))
}

const fn write(
    name: &'static str,
    what: &'static str,
    device: &'static str,
    reply: fn(&Query<'_>) -> Option<Vec<u8>>,
) -> Mutant {
    Mutant { name, what, device, writes: true, fault: Fault::Request(Side::Tcp, reply) }
}

/// What a device says that took a write: an echo, or address and quantity.
fn acknowledge(pdu: &[u8]) -> Option<Vec<u8>> {
    match pdu {
        [0x10, ..] => pdu.get(..5).map(<[u8]>::to_vec),
        [0x17, ..] => Some(vec![0x17, 2, 0, 0]),
        _ => Some(pdu.to_vec()),
    }
}

/// The register that a write of function 06 or 16 begins with.
fn written<'a>(query: &Query<'a>) -> Option<&'a Register> {
    let [6 | 0x10, a, b, ..] = query.pdu else { return None };
    let at = u16::from_be_bytes([*a, *b]);
    query.map.registers.iter().find(|r| (r.address..=last_of(r)).contains(&at))
}

/// A read answer of zeros.
pub(super) fn zeros(quantity: u16) -> Vec<u8> {
    let bytes = 2 * usize::from(quantity);
    let mut pdu = vec![3, bytes as u8];
    pdu.resize(2 + bytes, 0);
    pdu
}

fn is_exception(pdu: &[u8]) -> bool {
    pdu.first().is_some_and(|code| *code >= 0x80)
}

fn replace_code(pdu: &mut [u8], from: u8, to: u8) {
    if let [function, code] = pdu
        && *function >= 0x80
        && *code == from
    {
        *code = to;
    }
}

/// Mutants that answer wrongly, whatever the transport.
pub(super) const ANSWERS: &[Mutant] = &[
    // Quantities, addresses, exceptions.
    request("quantity-0-answered", "answers a read of no register with no data", PSU, |q| {
        q.read().filter(|(_, n)| *n == 0).map(|_| zeros(0))
    }),
    request("quantity-126-accepted", "answers a read of 126 registers", PSU, |q| {
        q.read().filter(|(_, n)| *n == 126).map(|_| zeros(126))
    }),
    request("quantity-low-byte", "takes only the low byte of the quantity", PSU, |q| {
        q.read().filter(|(_, n)| *n > 255).map(|(_, n)| zeros(n & 0x7F))
    }),
    request("address-before-quantity", "checks the address before the quantity, with code 04", PSU, |q| {
        q.read().filter(|(a, n)| *n > 125 && *a > 0x6E).map(|_| vec![0x83, 4])
    }),
    answer("unmapped-readable", "answers single unmapped registers with 0", PSU, |q, a| {
        if q.read().is_some_and(|(_, n)| n == 1) && *a == [0x83, 2] {
            *a = zeros(1);
        }
    }),
    answer("hole-readable", "fills a hole of the map with zeros", PSU, |q, a| {
        if let Some((_, n @ 3..=30)) = q.read()
            && *a == [0x83, 2]
        {
            *a = zeros(n);
        }
    }),
    answer("one-undeclared-register", "has one register that the map does not declare", PSU, |q, a| {
        if q.read() == Some((0x3A, 1)) {
            *a = zeros(1);
        }
    }),
    request("wraps-at-ffff", "wraps from address FFFF to 0000", PSU, |q| {
        q.read().filter(|(a, n)| *a == 0xFFFF && *n == 2).map(|_| zeros(2))
    }),
    answer("partial-at-the-end", "answers the mapped part of a span that runs off the map", PSU, |q, a| {
        if q.read().is_some_and(|(_, n)| n == 2) && *a == [0x83, 2] {
            *a = zeros(1);
        }
    }),
    answer("exception-without-bit", "sends exceptions without the exception bit", PSU, |_, a| {
        if is_exception(a)
            && let Some(code) = a.first_mut()
        {
            *code &= 0x7F;
        }
    }),
    answer("exception-03-for-02", "sends 03 where 02 is right", PSU, |_, a| replace_code(a, 2, 3)),
    answer("exception-02-for-03", "sends 02 where 03 is right", PSU, |_, a| replace_code(a, 3, 2)),
    answer("exception-04-for-01", "sends 04 where 01 is right", PSU, |_, a| replace_code(a, 1, 4)),
    answer("exception-07", "sends the undefined code 07", PSU, |_, a| replace_code(a, 1, 7)),
    answer("exception-3-bytes", "adds a byte to exceptions", PSU, |_, a| {
        if is_exception(a) {
            a.push(0);
        }
    }),
    // Data.
    answer("little-endian", "sends the low byte of each register first", PSU, |_, a| {
        if a.first() == Some(&3) {
            a.get_mut(2..).unwrap_or_default().chunks_exact_mut(2).for_each(<[u8]>::reverse);
        }
    }),
    answer("byte-count-low", "sends a byte count that is too small by one", PSU, |_, a| {
        if let [3, count, ..] = a.as_mut_slice() {
            *count = count.wrapping_sub(1);
        }
    }),
    answer("short-answer", "leaves out the last register, but not in the byte count", PSU, |_, a| {
        if a.first() == Some(&3) {
            a.truncate(a.len().saturating_sub(2));
        }
    }),
    answer("one-register-less", "answers long reads with a register less", PSU, |q, a| {
        if let [3, count, ..] = a.as_mut_slice()
            && q.read().is_some_and(|(_, n)| n > 20)
        {
            *count -= 2;
            a.truncate(a.len() - 2);
        }
    }),
    answer("trailing-byte", "adds a byte to read answers", PSU, |_, a| {
        if a.first() == Some(&3) {
            a.push(0);
        }
    }),
    answer("half-register-zero", "answers the first word of a long register alone with 0", PSU, |q, a| {
        if q.read().is_some_and(|(_, n)| n == 1) && a.first() == Some(&3) {
            *a = zeros(1);
        }
    }),
    answer("span-shifted", "shifts the data of long reads by a register", PSU, |q, a| {
        if q.read().is_some_and(|(_, n)| n > 20)
            && a.first() == Some(&3)
            && let Some(data) = a.get_mut(2..)
        {
            data.rotate_left(2);
        }
    }),
    answer("mandatory-missing", "does not have a mandatory register", PSU, |q, a| {
        let missing = q.map.registers.iter().find(|r| r.id == "mfr_serial").map(|r| r.address);
        if let (Some(missing), Some((first, n))) = (missing, q.read())
            && (u32::from(first)..u32::from(first) + u32::from(n)).contains(&u32::from(missing))
        {
            *a = vec![0x83, 2];
        }
    }),
    // Function codes and lengths.
    request("unknown-function-answered", "answers functions 07 and 18 normally", PSU, |q| {
        matches!(q.pdu, [0x07 | 0x18, ..]).then(|| vec![q.pdu.first().copied().unwrap_or(7), 0])
    }),
    request("coils-answered", "answers coils that it does not declare", PSU, |q| {
        matches!(q.pdu, [1 | 2, ..]).then(|| vec![q.pdu.first().copied().unwrap_or(1), 1, 0])
    }),
    request("input-registers-answered", "answers input registers that it does not declare", PSU, |q| {
        matches!(q.pdu, [4, ..]).then_some(vec![4, 2, 0, 0])
    }),
    request("identification-undeclared", "answers function 43 that it does not declare", PSU, |q| {
        matches!(q.pdu, [0x2B, ..]).then_some(vec![0x2B, 0x0E, 1, 1, 0, 0, 0])
    }),
    request("function-00-answered", "answers function code 00 normally", PSU, |q| {
        matches!(q.pdu, [0, ..]).then_some(vec![0, 0])
    }),
    request("exception-bit-ignored", "takes function 83 for 03", PSU, |q| {
        matches!(q.pdu, [0x83, ..]).then(|| zeros(1))
    }),
    request("trailing-byte-ignored", "answers a read with a byte too many", PSU, |q| {
        (q.pdu.len() == 6 && q.pdu.first() == Some(&3)).then(|| zeros(1))
    }),
    request("truncated-answered", "answers a read that lacks a byte", PSU, |q| {
        (q.pdu.len() == 4 && q.pdu.first() == Some(&3)).then(|| zeros(1))
    }),
    // Registers against their map.
    mutant(
        "value-out-of-limits",
        "shows a temperature beyond any shelf",
        BBU,
        Fault::Register(
            |r| r.unit.as_deref() == Some("Cel"),
            |words, _| words.iter_mut().for_each(|w| *w = 0x7FFF),
        ),
    ),
    mutant(
        "enum-undeclared",
        "shows an enumeration value that the map does not declare",
        PMI,
        Fault::Register(|r| r.kind == Kind::Enum, |words, _| words.iter_mut().for_each(|w| *w = 0xFFFE)),
    ),
    mutant(
        "reserved-bits-set",
        "sets every bit of flags registers",
        PSU,
        Fault::Register(|r| r.kind == Kind::Flags, |words, _| words.iter_mut().for_each(|w| *w = 0xFFFF)),
    ),
    mutant(
        "counter-falls",
        "counts down",
        PSU,
        Fault::Register(
            |r| r.volatility == Volatility::Counter,
            |words, nth| {
                if let Some(low) = words.last_mut() {
                    *low = 60_000 - (nth % 60_000) as u16;
                }
            },
        ),
    ),
    mutant(
        "counter-torn",
        "mixes the words of two moments in long counters, upwards only",
        PSU,
        Fault::Register(
            |r| r.volatility == Volatility::Counter && r.words == 2,
            |words, nth| {
                if let Some(high) = words.first_mut() {
                    *high = (nth % 0x4000) as u16;
                }
            },
        ),
    ),
    mutant(
        "text-not-terminated",
        "pads text with FF",
        PSU,
        Fault::Register(
            |r| r.kind == Kind::Text,
            |words, _| words.iter_mut().filter(|w| **w == 0).for_each(|w| *w = 0xFFFF),
        ),
    ),
    mutant(
        "constant-changes",
        "changes a constant from read to read",
        PSU,
        Fault::Register(
            |r| r.volatility == Volatility::Constant && r.id != "mfr_model",
            |words, nth| {
                if let Some(low) = words.last_mut() {
                    *low = 0x4100 | (nth % 8) as u16;
                }
            },
        ),
    ),
    mutant(
        "map-version-ahead",
        "claims another major version of the map",
        PMI,
        Fault::Register(
            |r| r.id == "map_version_major",
            |words, _| words.iter_mut().for_each(|w| *w = w.wrapping_add(1)),
        ),
    ),
    answer("capability-hollow", "claims BBU discharge and lacks its registers", PMI, |q, a| {
        let missing = q.map.registers.iter().find(|r| r.id == "bbu_discharge_max").map(|r| r.address);
        if q.read().map(|(at, _)| at) == missing {
            *a = vec![0x83, 2];
        }
    }),
    mutant(
        "capability-hidden",
        "shows measurements that it does not claim",
        PMI,
        Fault::Register(
            |r| r.id == "capabilities",
            |words, _| words.iter_mut().for_each(|w| *w &= !(1 << 3)),
        ),
    ),
    mutant(
        "write-only-shown",
        "shows the lease token to readers",
        PMI,
        Fault::Register(|r| r.id == "lease_token", |words, _| words.iter_mut().for_each(|w| *w = 0xBEEF)),
    ),
    // Read Device Identification.
    answer("identification-object-missing", "lists an object that it leaves out", PMI, |q, a| {
        if q.pdu.starts_with(&[0x2B, 0x0E, 1]) && a.first() == Some(&0x2B) {
            // The last object, down to its id.
            a.truncate(a.len().saturating_sub(6));
        }
    }),
    answer("identification-not-ascii", "sends object values that are no ASCII", PMI, |_, a| {
        if a.first() == Some(&0x2B)
            && let Some(byte) = a.get_mut(9)
        {
            *byte = 0xC4;
        }
    }),
    answer("identification-endless", "says MoreFollows for ever", PMI, |_, a| {
        if let [0x2B, 0x0E, _, _, more, ..] = a.as_mut_slice() {
            *more = 0xFF;
        }
    }),
    answer("identification-any-object", "answers unknown objects and access types", PMI, |q, a| {
        if q.pdu.starts_with(&[0x2B, 0x0E]) && is_exception(a) {
            *a = vec![0x2B, 0x0E, q.pdu.get(2).copied().unwrap_or(4), 0x81, 0, 0, 1, 0, 1, b'x'];
        }
    }),
    answer("identification-basic-only", "refuses the access types 02 and 03", PMI, |q, a| {
        if q.pdu.starts_with(&[0x2B, 0x0E, 2]) || q.pdu.starts_with(&[0x2B, 0x0E, 3]) {
            *a = vec![0xAB, 3];
        }
    }),
    answer("identification-all-for-one", "answers one object with two", PMI, |q, a| {
        if q.pdu == [0x2B, 0x0E, 4, 1] {
            *a = vec![0x2B, 0x0E, 4, 0x81, 0, 0, 2, 0, 1, b'x', 1, 1, b'x'];
        }
    }),
    answer(
        "gateway-codes-exchanged",
        "sends 0A for an absent device and 0B for an unrouted one",
        PSU,
        |_, a| {
            if let [_, code @ (0x0A | 0x0B)] = a.as_mut_slice() {
                *code ^= 1;
            }
        },
    ),
    // Writes.
    write("read-only-write-taken", "acknowledges writes to read-only registers", PSU, |q| {
        written(q).filter(|r| r.access == Access::Ro).and_then(|_| acknowledge(q.pdu))
    }),
    write("unmapped-write-taken", "acknowledges writes to unmapped addresses", PMI, |q| {
        matches!(q.pdu, [6 | 0x10, ..]).then(|| written(q)).filter(Option::is_none)?;
        acknowledge(q.pdu)
    }),
    write("write-quantity-unchecked", "acknowledges function 16 for 0 and for 124 registers", PSU, |q| {
        matches!(q.pdu, [0x10, _, _, _, 0 | 124, ..]).then(|| acknowledge(q.pdu))?
    }),
    write("write-byte-count-unchecked", "acknowledges function 16 with any byte count", PSU, |q| {
        let [0x10, _, _, _, quantity @ 1..=123, count, data @ ..] = q.pdu else { return None };
        let wrong = *count != 2 * quantity || data.len() != usize::from(*count);
        wrong.then(|| acknowledge(q.pdu))?
    }),
    write("half-write-taken", "acknowledges a write of half a long register", PMI, |q| {
        written(q).filter(|r| r.words == 2 && q.pdu.first() == Some(&6)).and_then(|_| acknowledge(q.pdu))
    }),
    write("limits-unchecked", "acknowledges values outside the limits", PSU, |q| {
        written(q).filter(|r| r.limits.is_some()).and_then(|_| acknowledge(q.pdu))
    }),
    write("functions-22-and-23-taken", "acknowledges functions that it does not declare", PSU, |q| {
        matches!(q.pdu, [0x16 | 0x17, ..]).then(|| acknowledge(q.pdu))?
    }),
    write("write-answer-wrong", "answers writes with another value or quantity", PSU, |q| {
        let cosmetic = written(q).is_some_and(|r| r.id == "led_override");
        let mut answer = acknowledge(q.pdu).filter(|_| cosmetic && q.pdu.get(4) != Some(&124))?;
        *answer.last_mut()? ^= 0x40;
        Some(answer)
    }),
];
