//! What a mutant is: one named fault of a device, put between suite and reference.

use dpo_gateway::maps::model::{Register, RegisterMap};

use super::dpo_wire::Memory;
use super::proxy_http::Message;
use super::proxy_smbus::SmbusFault;
use super::specimen::{Quirk, SupplyQuirk};
use crate::device::last_of;
use crate::targets::ride::RideQuirk;

/// A named fault.
pub(crate) struct Mutant {
    /// Name on the command line and in the matrix.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub what: &'static str,
    /// Device that is judged through it.
    pub device: &'static str,
    /// Whether classes N and W show it.
    pub writes: bool,
    /// The fault.
    pub fault: Fault,
}

/// A request that reached a device.
pub(crate) struct Query<'a> {
    /// PDU of the request.
    pub pdu: &'a [u8],
    /// Number of the request since the mutant was started.
    pub nth: u32,
    /// Map of the device.
    pub map: &'a RegisterMap,
    /// Address that was asked.
    pub unit: u8,
    /// Number of the connection; 0 on a line.
    pub peer: u32,
    /// What the mutant remembers.
    pub state: &'a Memory,
}

/// What becomes of a request.
pub(crate) enum Turn {
    /// It goes on as it is.
    Pass,
    /// It is answered in the device's place.
    Answer(Vec<u8>),
    /// Another one goes on in its place.
    Forward(Vec<u8>),
}

impl Query<'_> {
    /// Address and quantity, if this is a read of holding registers of the right length.
    pub(crate) fn read(&self) -> Option<(u16, u16)> {
        match self.pdu {
            [3, a, b, q, r] => Some((u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*q, *r]))),
            _ => None,
        }
    }
}

/// Where a fault sits.
#[derive(Clone, Copy)]
pub(crate) enum Fault {
    /// Answers requests in the device's place.
    Request(Side, fn(&Query<'_>) -> Option<Vec<u8>>),
    /// Changes answers.
    Answer(Side, fn(&Query<'_>, &mut Vec<u8>)),
    /// Decides about each request on Modbus TCP, and changes the answer.
    Turn(fn(&Query<'_>) -> Turn, fn(&Query<'_>, &mut Vec<u8>)),
    /// Changes the value of registers that fit, in every answer that holds them whole.
    Register(fn(&Register) -> bool, fn(&mut [u16], u32)),
    /// Modbus TCP.
    Tcp(TcpFault),
    /// Serial line.
    Rtu(RtuFault),
    /// Redfish.
    Http(HttpFault),
    /// PMBus.
    Smbus(SmbusFault),
    /// The specimen, which is judged over the transport named.
    Specimen(Side, Quirk),
    /// The supplies of the specimen.
    Supply(SupplyQuirk),
    /// The simulated shelf behind an AC source.
    Ride(RideQuirk),
    /// Redfish of that shelf.
    RideHttp(HttpFault),
}

/// Faults of a Redfish service.
#[derive(Clone, Copy)]
pub(crate) enum HttpFault {
    /// Answers in the service's place.
    Instead(fn(&Message) -> Option<Message>),
    /// Changes requests before the service sees them.
    Request(fn(&mut Message)),
    /// Changes answers; the first message is the request.
    Answer(fn(&Message, &mut Message)),
}

/// Transport a mutant is judged over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Modbus TCP.
    Tcp,
    /// Serial line.
    Rtu,
    /// HTTP.
    Http,
    /// SMBus.
    Smbus,
    /// Modbus/TCP Security.
    Secure,
    /// An AC source.
    Ride,
}

/// Faults of a TCP server.
#[derive(Clone, Copy)]
pub(crate) enum TcpFault {
    /// Changes the bytes of an answer.
    Frame(fn(&mut Vec<u8>)),
    /// Answers frames whose header is wrong.
    ServesMalformed,
    /// Closes the connection if two requests arrive together.
    DropsPipelines,
    /// Answers only the first of requests that arrive together.
    FirstOfPipeline,
    /// Gives the data of two requests that arrive together to the wrong one of them.
    Swaps,
    /// Sends each answer twice.
    Twice,
    /// Sends some answers only after the next request.
    Stale,
    /// Sends each answer in two parts, the second of which waits until the first is acknowledged (Nagle).
    TwoParts,
    /// Serves one connection at a time.
    OneConnection,
    /// Needs each request in one segment.
    WholeSegments,
    /// Keeps its side open when the client closes.
    NeverCloses,
    /// While one frame is incomplete nobody else is served.
    BlocksOnPartial,
    /// Stops serving after the first malformed frame.
    Dies,
    /// Takes all connections for one.
    OneUpstream,
}

/// Faults of a device on a serial line.
#[derive(Clone, Copy)]
pub(crate) enum RtuFault {
    /// Changes the bytes of an answer.
    Frame(fn(&mut Vec<u8>)),
    /// Takes frames that must be ignored, after this repair.
    Accepts(fn(&[u8], u8) -> Option<Vec<u8>>),
    /// Ignores the request that follows a bad frame.
    Deaf,
    /// Sends each answer twice.
    Twice,
    /// Answers some requests after the time-out.
    Late,
    /// Sends bytes when nobody asked.
    Chatters,
    /// Answers behind the answers of others.
    TalksOver,
}

impl Fault {
    /// Transport the fault shows on.
    pub(crate) fn side(&self) -> Side {
        match self {
            Self::Request(side, _) | Self::Answer(side, _) | Self::Specimen(side, _) => *side,
            Self::Turn(..) | Self::Register(..) | Self::Tcp(_) => Side::Tcp,
            Self::Rtu(_) => Side::Rtu,
            Self::Http(_) => Side::Http,
            Self::Smbus(_) | Self::Supply(_) => Side::Smbus,
            Self::Ride(_) | Self::RideHttp(_) => Side::Ride,
        }
    }

    /// What becomes of a request.
    pub(crate) fn before(&self, query: &Query<'_>) -> Turn {
        match self {
            Self::Request(_, answer) => answer(query).map_or(Turn::Pass, Turn::Answer),
            Self::Turn(turn, _) => turn(query),
            _ => Turn::Pass,
        }
    }

    /// Changes the answer of the device.
    pub(crate) fn after(&self, query: &Query<'_>, answer: &mut Vec<u8>) {
        match self {
            Self::Answer(_, change) | Self::Turn(_, change) => change(query, answer),
            Self::Register(fits, change) => {
                let Some((first, quantity)) = query.read() else { return };
                if answer.len() != 2 + 2 * usize::from(quantity) {
                    return;
                }
                let last = u32::from(first) + u32::from(quantity);
                let inside = |r: &&Register| r.address >= first && u32::from(last_of(r)) < last;
                for register in query.map.registers.iter().filter(|r| fits(r)).filter(inside) {
                    let at = 2 + 2 * usize::from(register.address - first);
                    let bytes = answer.get_mut(at..at + 2 * usize::from(register.words));
                    let Some(bytes) = bytes else { continue };
                    let mut words: Vec<u16> = bytes
                        .chunks_exact(2)
                        .map(|pair| pair.iter().fold(0, |w, b| (w << 8) | u16::from(*b)))
                        .collect();
                    change(&mut words, query.nth);
                    for (slot, byte) in bytes.iter_mut().zip(words.iter().flat_map(|w| w.to_be_bytes())) {
                        *slot = byte;
                    }
                }
            }
            _ => {}
        }
    }
}
