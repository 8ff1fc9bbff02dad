//! Mutants of a PMBus supply.

use dpo_registers::codec::pmbus::pec;

use super::mutant::{Fault, Mutant};
use super::proxy_smbus::{Passed, SmbusFault};
use crate::transport::smbus::{ALERT_RESPONSE, Came, GENERAL_CALL, Part};

const fn reads(name: &'static str, what: &'static str, fault: SmbusFault) -> Mutant {
    Mutant { name, what, device: "pmbus", writes: false, fault: Fault::Smbus(fault) }
}

const fn writes(name: &'static str, what: &'static str, fault: SmbusFault) -> Mutant {
    Mutant { name, what, device: "pmbus", writes: true, fault: Fault::Smbus(fault) }
}

/// The request and the length of a read behind a repeated start.
fn asked(parts: &[Part]) -> Option<(u8, &[u8], usize)> {
    match parts {
        [Part::Write(to, bytes), Part::Read(_, len)] => Some((*to, bytes, *len)),
        _ => None,
    }
}

/// The bytes of a lone write.
fn written(parts: &[Part]) -> Option<(u8, &[u8])> {
    match parts {
        [Part::Write(to, bytes)] => Some((*to, bytes)),
        _ => None,
    }
}

/// Changes the data of a read of `code` (not the count), and makes the packet error code fit again.
fn data(parts: &[Part], on: &mut Passed<'_>, code: u8, change: fn(&mut [u8])) -> Result<Came, String> {
    let came = on.on(parts)?;
    let (Some((to, bytes, len)), Came::Bytes(mut got)) = (asked(parts), came.clone()) else {
        return Ok(came);
    };
    if bytes.first() != Some(&code) {
        return Ok(came);
    }
    // How long the data are decides where the code stands; words and bytes only.
    let size = if [0x19, 0x98, 0x20, 0x7E, 0x78, 0x10, 0x00, 0x1A, 0x1B].contains(&code) { 1 } else { 2 };
    let from = usize::from([0x1A, 0x1B].contains(&code));
    if let Some(own) = got.get_mut(from..(from + size).min(len)) {
        change(own);
    }
    if len > from + size {
        let message =
            [&[to << 1], bytes, &[to << 1 | 1], got.get(..from + size).unwrap_or_default()].concat();
        if let Some(slot) = got.get_mut(from + size) {
            *slot = pec(&message);
        }
    }
    Ok(Came::Bytes(got))
}

/// Every write of `code` is acknowledged and dropped.
fn dropped(parts: &[Part], on: &mut Passed<'_>, code: u8) -> Result<Came, String> {
    match written(parts) {
        Some((_, bytes)) if bytes.first() == Some(&code) && bytes.len() > 1 => Ok(Came::Bytes(Vec::new())),
        _ => on.on(parts),
    }
}

/// The same bytes of a write with the packet error code that fits.
fn repaired(to: u8, bytes: &[u8]) -> Vec<Part> {
    vec![Part::Write(to, [bytes, &[pec(&[&[to << 1], bytes].concat())]].concat())]
}

/// Mutants of a PMBus supply.
pub(super) const SUPPLY: &[Mutant] = &[
    // Reads.
    reads("block-read-refused", "does not answer block reads", |parts, on| match asked(parts) {
        Some((_, [0x99..=0x9F, ..], _)) => Ok(Came::Refused),
        _ => on.on(parts),
    }),
    reads("pec-without-addresses", "leaves the addresses out of the packet error code", |parts, on| {
        let came = on.on(parts)?;
        if let (Some((_, [0x88..=0x97], 3)), Came::Bytes(got)) = (asked(parts), &came)
            && let [low, high, _] = got.as_slice()
        {
            return Ok(Came::Bytes(vec![*low, *high, pec(&[*low, *high])]));
        }
        Ok(came)
    }),
    reads("needs-the-code-clocked", "gives ones when the packet error code is not clocked", |parts, on| {
        match asked(parts) {
            Some((_, [0x98], 1)) => Ok(Came::Bytes(vec![0xFF])),
            _ => on.on(parts),
        }
    }),
    reads(
        "answers-without-a-command",
        "answers a read without a command with data",
        |parts, on| match parts {
            [Part::Read(to, _)] if *to != ALERT_RESPONSE => {
                on.on(parts)?;
                Ok(Came::Bytes(vec![0x42]))
            }
            _ => on.on(parts),
        },
    ),
    reads("unsupported-answers", "answers a command that it does not have with data", |parts, on| {
        match (asked(parts), on.on(parts)?) {
            (Some((_, [0x80..=0x9F], len)), Came::Refused) => Ok(Came::Bytes(vec![0x21; len])),
            (_, came) => Ok(came),
        }
    }),
    reads("unsupported-not-flagged", "sets no flag for a command that it does not have", |parts, on| {
        data(parts, on, 0x7E, |bytes| bytes.iter_mut().for_each(|b| *b &= !0x80))
    }),
    reads("zeros-beyond-the-end", "gives zeros beyond the end of a read", |parts, on| {
        match (asked(parts), on.on(parts)?) {
            (Some((_, _, 7)), Came::Bytes(mut got)) => {
                got.iter_mut().skip(3).for_each(|byte| *byte = 0);
                Ok(Came::Bytes(got))
            }
            (_, came) => Ok(came),
        }
    }),
    reads("claims-1-mhz", "says that it works at 1 MHz", |parts, on| {
        data(parts, on, 0x19, |bytes| bytes.iter_mut().for_each(|b| *b |= 0x40))
    }),
    reads("block-count-too-high", "counts one byte too many in a block", |parts, on| {
        match (asked(parts), on.on(parts)?) {
            (Some((_, [0x99..=0x9E], _)), Came::Bytes(mut got)) => {
                if let Some(count) = got.first_mut() {
                    *count += 1;
                }
                Ok(Came::Bytes(got))
            }
            (_, came) => Ok(came),
        }
    }),
    reads("query-answers-two-bytes", "answers QUERY without a count", |parts, on| {
        match (asked(parts), on.on(parts)?) {
            (Some((_, [0x1A, 1, 0x1A], _)), Came::Bytes(mut got)) => {
                got.rotate_left(1);
                Ok(Came::Bytes(got))
            }
            (_, came) => Ok(came),
        }
    }),
    reads("address-alone-refused", "does not acknowledge its address alone", |parts, on| {
        if written(parts).is_some_and(|(_, bytes)| bytes.is_empty()) {
            Ok(Came::Refused)
        } else {
            on.on(parts)
        }
    }),
    reads("code-wrong-at-times", "sends a wrong packet error code every 40 transfers", |parts, on| {
        let came = on.on(parts)?;
        match came {
            Came::Bytes(mut got) if on.nth % 40 == 39 && got.len() == 3 => {
                got.iter_mut().skip(2).for_each(|byte| *byte ^= 0x10);
                Ok(Came::Bytes(got))
            }
            other => Ok(other),
        }
    }),
    reads("alert-always-answered", "answers the alert response address with nothing pending", |parts, on| {
        match parts {
            [Part::Read(ALERT_RESPONSE, _)] => {
                on.on(parts)?;
                *on.memory += 1;
                // At first with silence, so that a client that waits for it goes on.
                Ok(if *on.memory % 2 == 1 { Came::Refused } else { Came::Bytes(vec![0xB0]) })
            }
            _ => on.on(parts),
        }
    }),
    // What commands tell.
    reads("revision-unknown", "says revision 1.15", |parts, on| {
        data(parts, on, 0x98, |bytes| bytes.iter_mut().for_each(|b| *b = 0xFF))
    }),
    reads("capability-reserved", "sets a reserved bit of CAPABILITY", |parts, on| {
        data(parts, on, 0x19, |bytes| bytes.iter_mut().for_each(|b| *b |= 1))
    }),
    reads("capability-denies-codes", "denies in CAPABILITY that it knows packet error codes", |parts, on| {
        data(parts, on, 0x19, |bytes| bytes.iter_mut().for_each(|b| *b &= 0x7F))
    }),
    reads("query-forgets-writes", "says in QUERY that nothing is written", |parts, on| {
        data(parts, on, 0x1A, |bytes| bytes.iter_mut().for_each(|b| *b &= !0x40))
    }),
    reads("query-knows-all", "says in QUERY that it has a command of no device", |parts, on| {
        match asked(parts) {
            Some((_, [0x1A, 1, 0xAC..=0xAF], _)) => {
                data(parts, on, 0x1A, |bytes| bytes.iter_mut().for_each(|b| *b = 0xA0))
            }
            _ => on.on(parts),
        }
    }),
    reads("identity-changes", "shows another serial number in every read", |parts, on| {
        match (asked(parts), on.on(parts)?) {
            (Some((to, bytes @ [0x9E], len)), Came::Bytes(mut got)) if len > 4 => {
                if let Some(byte) = got.get_mut(3) {
                    *byte = b'0' + (on.nth % 10) as u8;
                }
                got.pop();
                let code = pec(&[&[to << 1], bytes, &[to << 1 | 1], got.as_slice()].concat());
                got.push(code);
                Ok(Came::Bytes(got))
            }
            (_, came) => Ok(came),
        }
    }),
    reads("vout-mode-lies", "says a VOUT_MODE that is not its own", |parts, on| {
        data(parts, on, 0x20, |bytes| bytes.iter_mut().for_each(|b| *b = 0x18))
    }),
    reads("vout-in-linear11", "gives READ_VOUT in LINEAR11", |parts, on| {
        data(parts, on, 0x8B, |bytes| bytes.copy_from_slice(&0xEA60_u16.to_le_bytes()[..bytes.len()]))
    }),
    reads("words-high-byte-first", "gives temperatures high byte first", |parts, on| {
        data(parts, on, 0x8D, <[u8]>::reverse)
    }),
    reads("status-byte-is-zero", "shows STATUS_BYTE as zero", |parts, on| {
        data(parts, on, 0x78, |bytes| bytes.iter_mut().for_each(|b| *b = 0))
    }),
    reads("ghost-in-status-word", "shows a fault in STATUS_WORD that no STATUS command has", |parts, on| {
        data(parts, on, 0x79, |bytes| bytes.iter_mut().skip(1).for_each(|b| *b |= 0x40))
    }),
    reads(
        "other-bits-of-cml",
        "sets bits of STATUS_CML for memory and processor at a long read",
        |parts, on| {
            if matches!(asked(parts), Some((_, [0x88], 7))) {
                *on.memory += 1;
            }
            match *on.memory {
                0 => on.on(parts),
                1 => data(parts, on, 0x7E, |bytes| bytes.iter_mut().for_each(|b| *b |= 0x10)),
                _ => data(parts, on, 0x7E, |bytes| bytes.iter_mut().for_each(|b| *b |= 0x18)),
            }
        },
    ),
    reads("pin-missing", "does not answer READ_PIN", |parts, on| match asked(parts) {
        Some((_, [0x97], _)) => Ok(Came::Refused),
        _ => on.on(parts),
    }),
    reads("pout-twice", "shows twice the output power", |parts, on| {
        // One more in the exponent.
        data(parts, on, 0x96, |bytes| bytes.iter_mut().skip(1).for_each(|b| *b = b.wrapping_add(0x08)))
    }),
    // Writes.
    writes("wrong-code-taken", "takes a write with a wrong packet error code", |parts, on| {
        match written(parts) {
            Some((to, [0x21, low, high, _])) => on.on(&repaired(to, &[0x21, *low, *high])),
            _ => on.on(parts),
        }
    }),
    writes("wrong-code-not-flagged", "sets no flag for a wrong packet error code", |parts, on| {
        data(parts, on, 0x7E, |bytes| bytes.iter_mut().for_each(|b| *b &= !0x20))
    }),
    writes("right-code-refused", "refuses writes with a packet error code", |parts, on| {
        match written(parts) {
            Some((_, [0x21, _, _, _])) => Ok(Came::Refused),
            _ => on.on(parts),
        }
    }),
    writes("demands-codes", "drops writes without a packet error code", |parts, on| match written(parts) {
        Some((_, [0x21, _, _])) => Ok(Came::Bytes(Vec::new())),
        _ => on.on(parts),
    }),
    writes(
        "unsupported-write-taken",
        "acknowledges writes of commands that it does not have",
        |parts, on| match written(parts) {
            Some((_, [0x83..=0x97, ..])) => Ok(Came::Bytes(Vec::new())),
            _ => on.on(parts),
        },
    ),
    writes("undeclared-command", "has a command that map and QUERY do not have", |parts, on| {
        match asked(parts) {
            Some((_, [0x70], len)) => Ok(Came::Bytes(vec![0x12; len])),
            _ => on.on(parts),
        }
    }),
    writes("reserved-operation-ignored", "ignores reserved bits of OPERATION", |parts, on| {
        match written(parts) {
            Some((to, [0x01, value, _])) => on.on(&repaired(to, &[0x01, *value & 0xC0])),
            _ => on.on(parts),
        }
    }),
    writes("clamps-in-silence", "clamps VOUT_COMMAND without a flag", |parts, on| match written(parts) {
        Some((to, [0x21, low, high, _])) if u16::from_le_bytes([*low, *high]) > 0x6800 => {
            on.on(&repaired(to, &[0x21, 0x00, 0x68]))
        }
        _ => on.on(parts),
    }),
    writes("short-write-taken", "fills up a write that is too short", |parts, on| match written(parts) {
        Some((to, [0x21, low])) => on.on(&repaired(to, &[0x21, *low, 0x66])),
        _ => on.on(parts),
    }),
    writes("long-write-taken", "takes the front of a write that is too long", |parts, on| {
        match written(parts) {
            Some((to, [0x21, low, high, _, _])) => on.on(&repaired(to, &[0x21, *low, *high])),
            _ => on.on(parts),
        }
    }),
    writes("group-first-only", "takes only the first command of a group", |parts, on| match parts {
        [Part::Write(a, first), Part::Write(b, _)] if a != b => on.on(&[Part::Write(*a, first.clone())]),
        _ => on.on(parts),
    }),
    writes("group-of-one-taken", "takes two commands for one device in a group", |parts, on| match parts {
        [Part::Write(a, first), Part::Write(b, second)] if a == b => {
            on.on(&[Part::Write(*a, first.clone())])?;
            on.on(&[Part::Write(*a, second.clone())])
        }
        _ => on.on(parts),
    }),
    writes("general-call-taken", "takes writes to the general call address", |parts, on| {
        match written(parts) {
            Some((GENERAL_CALL, [code, low, high, ..])) => on.on(&repaired(0x58, &[*code, *low, *high])),
            _ => on.on(parts),
        }
    }),
    writes(
        "alert-of-another",
        "answers the alert response address with another address",
        |parts, on| match (parts, on.on(parts)?) {
            ([Part::Read(ALERT_RESPONSE, _)], Came::Bytes(got)) => {
                Ok(Came::Bytes(got.iter().map(|byte| byte.wrapping_add(8)).collect()))
            }
            (_, came) => Ok(came),
        },
    ),
    writes("mask-ignored", "acknowledges SMBALERT_MASK and drops it", |parts, on| dropped(parts, on, 0x1B)),
    writes("page-stuck", "shows page 1 whatever is written", |parts, on| {
        data(parts, on, 0x00, |bytes| bytes.iter_mut().for_each(|b| *b = 1))
    }),
    writes("any-page-taken", "acknowledges a page that it does not have", |parts, on| match written(parts) {
        Some((_, [0x00, 1..=0xFE, ..])) => Ok(Came::Bytes(Vec::new())),
        _ => on.on(parts),
    }),
    writes("fan-command-refused", "refuses the value that FAN_COMMAND_1 has", |parts, on| {
        match written(parts) {
            Some((to, [0x3B, ..])) => on.on(&[Part::Write(to, vec![0x3B, 0xFF, 0x7B])]),
            _ => on.on(parts),
        }
    }),
    writes("read-only-not-flagged", "acknowledges writes of readings without a flag", |parts, on| {
        match written(parts) {
            Some((_, [0x88..=0x98, _, ..])) => Ok(Came::Bytes(Vec::new())),
            _ => on.on(parts),
        }
    }),
    writes("protection-ignored", "acknowledges WRITE_PROTECT and drops it", |parts, on| {
        dropped(parts, on, 0x10)
    }),
    writes("protection-80-is-40", "takes 80h of WRITE_PROTECT for 40h", |parts, on| match written(parts) {
        Some((to, [0x10, 0x80, _])) => on.on(&repaired(to, &[0x10, 0x40])),
        _ => data(parts, on, 0x10, |bytes| bytes.iter_mut().filter(|b| **b == 0x40).for_each(|b| *b = 0x80)),
    }),
    writes("protection-40-is-80", "takes 40h of WRITE_PROTECT for 80h", |parts, on| match written(parts) {
        Some((to, [0x10, 0x40, _])) => on.on(&repaired(to, &[0x10, 0x80])),
        _ => data(parts, on, 0x10, |bytes| bytes.iter_mut().filter(|b| **b == 0x80).for_each(|b| *b = 0x40)),
    }),
    writes("protection-20-is-nothing", "takes 20h of WRITE_PROTECT for none", |parts, on| {
        match written(parts) {
            Some((to, [0x10, 0x20, _])) => {
                *on.memory = 0x20;
                on.on(&repaired(to, &[0x10, 0x00]))
            }
            Some((_, [0x10, ..])) => {
                *on.memory = 0;
                on.on(parts)
            }
            _ if *on.memory == 0x20 => {
                data(parts, on, 0x10, |bytes| bytes.iter_mut().for_each(|b| *b = 0x20))
            }
            _ => on.on(parts),
        }
    }),
    writes("any-protection-taken", "acknowledges an undefined WRITE_PROTECT", |parts, on| {
        match written(parts) {
            Some((_, [0x10, 0x10, ..])) => Ok(Came::Bytes(Vec::new())),
            _ => on.on(parts),
        }
    }),
    writes("protection-hides-readings", "does not answer readings under WRITE_PROTECT", |parts, on| {
        match (written(parts), asked(parts)) {
            (Some((_, [0x10, level, ..])), _) => {
                *on.memory = u64::from(*level);
                on.on(parts)
            }
            (_, Some((_, [0x88..=0x97], 1))) if *on.memory == 0x80 => Ok(Came::Refused),
            _ => on.on(parts),
        }
    }),
    writes("clear-faults-ignored", "acknowledges CLEAR_FAULTS and drops it", |parts, on| {
        dropped(parts, on, 0x03)
    }),
    writes("clears-all-bits", "clears all bits of a status command when one is written", |parts, on| {
        match written(parts) {
            Some((to, [0x7E, bits, code])) if *bits != 0 && *code == pec(&[to << 1, 0x7E, *bits]) => {
                on.on(&repaired(to, &[0x7E, 0xFF]))
            }
            _ => on.on(parts),
        }
    }),
    writes("summary-missing", "does not show STATUS_CML in STATUS_WORD", |parts, on| {
        data(parts, on, 0x79, |bytes| bytes.iter_mut().take(1).for_each(|b| *b &= !2))
    }),
    writes("vout-command-one-off", "reads VOUT_COMMAND one step too low", |parts, on| {
        data(parts, on, 0x21, |bytes| bytes.iter_mut().take(1).for_each(|b| *b = b.wrapping_sub(1)))
    }),
];
