//! Mutants whose frames or connections are wrong.

use dpo_registers::codec::crc16;

use super::faults::{BBU, PMI, PSU, mutant, zeros};
use super::mutant::{Fault, Mutant, RtuFault, Side, TcpFault};
use crate::transport::rtu::good_frame;

const fn tcp(name: &'static str, what: &'static str, fault: TcpFault) -> Mutant {
    mutant(name, what, PSU, Fault::Tcp(fault))
}

const fn rtu(name: &'static str, what: &'static str, fault: RtuFault) -> Mutant {
    mutant(name, what, PSU, Fault::Rtu(fault))
}

/// Frames with the wrong CRC, repaired.
fn repair_crc(raw: &[u8], unit: u8) -> Option<Vec<u8>> {
    let body = raw.len().checked_sub(2).and_then(|end| raw.get(..end))?;
    let bad = raw.get(body.len()..) != Some(crc16(body).to_le_bytes().as_slice());
    let (own, pdu) = body.split_first()?;
    // Eight bytes: a read request, so that noise is not taken for one.
    (bad && *own == unit && raw.len() == 8).then(|| good_frame(unit, pdu))
}

fn for_unit(raw: &[u8], unit: u8, wanted: fn(u8) -> bool) -> Option<Vec<u8>> {
    let (first, rest) = raw.split_first()?;
    let pdu = rest.len().checked_sub(2).and_then(|end| rest.get(..end))?;
    let good = crc16(raw.get(..raw.len() - 2)?).to_le_bytes() == raw.get(raw.len() - 2..)?;
    (good && *first != unit && wanted(*first)).then(|| good_frame(unit, pdu))
}

/// Mutants whose frames or connections are wrong.
pub(super) const LINKS: &[Mutant] = &[
    // Modbus TCP.
    tcp(
        "transaction-not-echoed",
        "answers with transaction identifier 0",
        TcpFault::Frame(|b| {
            b.iter_mut().take(2).for_each(|x| *x = 0);
        }),
    ),
    tcp(
        "transaction-low-byte",
        "echoes only the low byte of the transaction identifier",
        TcpFault::Frame(|b| {
            b.iter_mut().take(1).for_each(|x| *x = 0);
        }),
    ),
    tcp(
        "unit-not-echoed",
        "answers with unit identifier 255",
        TcpFault::Frame(|b| {
            b.iter_mut().skip(6).take(1).for_each(|x| *x = 0xFF);
        }),
    ),
    tcp(
        "protocol-not-zero",
        "answers with protocol identifier 1",
        TcpFault::Frame(|b| {
            b.iter_mut().skip(3).take(1).for_each(|x| *x = 1);
        }),
    ),
    tcp(
        "length-too-small",
        "sends a length field that is too small by one",
        TcpFault::Frame(|b| {
            b.iter_mut().skip(5).take(1).for_each(|x| *x = x.wrapping_sub(1));
        }),
    ),
    tcp(
        "length-too-large",
        "sends a length field that is too large by one",
        TcpFault::Frame(|b| {
            b.iter_mut().skip(5).take(1).for_each(|x| *x = x.wrapping_add(1));
        }),
    ),
    tcp("serves-malformed-headers", "answers frames whose header is wrong", TcpFault::ServesMalformed),
    tcp("drops-pipelines", "closes the connection when requests are pipelined", TcpFault::DropsPipelines),
    tcp("first-of-pipeline", "answers only the first pipelined request", TcpFault::FirstOfPipeline),
    tcp("swaps-answers", "gives the data of two pipelined requests to each other", TcpFault::Swaps),
    tcp("answers-twice", "sends each answer twice", TcpFault::Twice),
    tcp("stale-answer", "sends some answers only after the next request", TcpFault::Stale),
    tcp(
        "answers-in-two-parts",
        "sends header and PDU one by one, and leaves Nagle's algorithm on",
        TcpFault::TwoParts,
    ),
    tcp("one-connection", "serves one connection at a time", TcpFault::OneConnection),
    tcp("whole-segments", "needs each request in one segment", TcpFault::WholeSegments),
    tcp("never-closes", "keeps its side open when the client closes", TcpFault::NeverCloses),
    tcp("blocks-on-partial", "serves nobody while a frame is incomplete", TcpFault::BlocksOnPartial),
    tcp("dies-of-malformed", "stops serving after a malformed frame", TcpFault::Dies),
    // Serial line.
    rtu(
        "crc-high-byte-first",
        "sends the CRC high byte first",
        RtuFault::Frame(|b| {
            let len = b.len();
            if len > 2 {
                b.swap(len - 1, len - 2);
            }
        }),
    ),
    rtu(
        "crc-wrong-on-exceptions",
        "sends exceptions with a wrong CRC",
        RtuFault::Frame(|b| {
            if let [_, 0x80..=0xFF, _, _, high] = b.as_mut_slice() {
                *high ^= 1;
            }
        }),
    ),
    rtu(
        "answers-from-other-address",
        "answers from the next address",
        RtuFault::Frame(|b| {
            if let Some(unit) = b.first_mut() {
                *unit = unit.wrapping_add(1);
            }
            let body = b.len().saturating_sub(2);
            let crc = crc16(b.get(..body).unwrap_or_default()).to_le_bytes();
            b.truncate(body);
            b.extend_from_slice(&crc);
        }),
    ),
    rtu("bad-crc-accepted", "answers frames with a wrong CRC", RtuFault::Accepts(repair_crc)),
    rtu(
        "foreign-address-answered",
        "answers every address",
        RtuFault::Accepts(|raw, unit| for_unit(raw, unit, |other| (1..248).contains(&other))),
    ),
    rtu(
        "reserved-address-answered",
        "answers the reserved addresses",
        RtuFault::Accepts(|raw, unit| for_unit(raw, unit, |other| other >= 248)),
    ),
    rtu(
        "broadcast-answered",
        "answers broadcasts",
        RtuFault::Accepts(|raw, unit| for_unit(raw, unit, |other| other == 0)),
    ),
    rtu(
        "truncated-frame-answered",
        "takes a partial frame for a read",
        RtuFault::Accepts(|raw, unit| (raw == [unit, 3]).then(|| good_frame(unit, &[3, 0, 8, 0, 1]))),
    ),
    rtu(
        "oversize-frame-answered",
        "answers a frame of 300 bytes",
        RtuFault::Accepts(|raw, unit| {
            let pdu = raw.get(1..6).filter(|_| raw.len() > 256 && raw.first() == Some(&unit));
            pdu.map(|pdu| good_frame(unit, pdu))
        }),
    ),
    Mutant {
        name: "write-with-bad-crc-taken",
        what: "executes and answers a write with a wrong CRC",
        device: PSU,
        writes: true,
        fault: Fault::Rtu(RtuFault::Accepts(repair_crc)),
    },
    Mutant {
        name: "partial-write-taken",
        what: "executes a write whose data never came, as zeros",
        device: PSU,
        writes: true,
        fault: Fault::Rtu(RtuFault::Accepts(|raw, unit| {
            let [own, 0x10, a, b, 0, 1, 2] = raw else { return None };
            (*own == unit).then(|| good_frame(unit, &[0x10, *a, *b, 0, 1, 2, 0, 0]))
        })),
    },
    rtu("deaf-after-bad-frame", "ignores the request after a bad frame", RtuFault::Deaf),
    rtu("answers-twice-rtu", "sends each answer twice", RtuFault::Twice),
    rtu("late-answers", "answers some requests after the time-out", RtuFault::Late),
    rtu("talks-over-others", "answers behind the answers of other devices", RtuFault::TalksOver),
    rtu("chatters", "sends bytes when nobody asked", RtuFault::Chatters),
    mutant(
        "quantity-0-answered-rtu",
        "answers a read of no register with no data, on the serial line",
        BBU,
        Fault::Request(Side::Rtu, |q| q.read().filter(|(_, n)| *n == 0).map(|_| zeros(0))),
    ),
    mutant(
        "short-frame-answered",
        "answers function 03 without any data, on the serial line",
        PMI,
        Fault::Request(Side::Rtu, |q| (q.pdu == [3]).then(|| zeros(1))),
    ),
];
