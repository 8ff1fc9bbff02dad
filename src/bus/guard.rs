//! What no client bus of this library sends, whoever asks.
//!
//! On real ORv3 units some codes start flash programming: functions 0x42, 0x43 and 0x45, function 0x2B with MEI types
//! 0x64 and 0x65, and writes to registers 0x300 to 0x3FF (hazard list N7 of the conformance cases). Each client bus
//! asks [`check`] before a byte leaves, below write gate, pass-through and arbiter, so that a mistake in any of
//! them cannot reach a device. It is a list of what may be sent, not of what may not: a function that nobody here
//! has a use for stays here.

use dpo_registers::codec::{Pdu, Request, function};
use dpo_registers::map::MapInfo;

use super::BusError;

/// Registers that start firmware programming (hazard list N7), whatever map a device has.
pub const HAZARD: std::ops::RangeInclusive<u16> = 0x300..=0x3FF;

macro_rules! maps {
    ($($map:ident)*) => { &[$(&dpo_registers::generated::$map::MAP),*] };
}

/// Every map, since a bus does not know which of them a device has.
const MAPS: &[&MapInfo] = dpo_registers::for_each_map!(maps);

/// Why a request may not be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Hazard {
    /// A function that may start programming, or of which nobody here knows what it does.
    #[error("function {0:#04X} is not on the list of what may be sent")]
    Function(u8),
    /// Function 0x2B with another MEI type than Read Device Identification.
    #[error("function 0x2B with MEI type {0:#04X} may start flash programming")]
    Encapsulated(u8),
    /// A write that touches a hazard range of a map.
    #[error("registers {first} to {last}: writing {at} may start flash programming")]
    Register {
        /// First register of the write.
        first: u16,
        /// Last register of the write.
        last: u16,
        /// The first of them in a hazard range.
        at: u16,
    },
    /// A write whose registers cannot be told.
    #[error("the write is malformed: nobody knows which registers it touches")]
    Malformed,
}

/// Decides whether a request may be sent.
///
/// Allowed are the reads of the protocol, Read Device Identification, and writes by function 06 and 16 outside of the
/// hazard ranges of every map. Codes that are none (0, and 0x80 and above) pass: a device answers them with
/// an exception, and a pass-through hands that on.
///
/// # Errors
/// [`Hazard`]; nothing may be sent then.
pub fn check(request: &Pdu) -> Result<(), Hazard> {
    let pdu = request.as_slice();
    match pdu {
        // Reads: coils, inputs, registers, exception status, counters, server identification, file, FIFO.
        [0..=4 | 7 | 0x0B | 0x0C | 0x11 | function::READ_FILE_RECORD | 0x18 | 0x80.., ..] => Ok(()),
        [function::ENCAPSULATED, function::MEI_DEVICE_ID, ..] => Ok(()),
        [function::ENCAPSULATED, kind, ..] => Err(Hazard::Encapsulated(*kind)),
        [function::WRITE_SINGLE | function::WRITE_MULTIPLE, ..] => match Request::decode(pdu) {
            Ok(Request::WriteSingle { address, .. }) => registers(address, 1),
            Ok(Request::WriteMultiple { address, data }) => registers(address, data.len() / 2),
            _ => Err(Hazard::Malformed),
        },
        _ => Err(Hazard::Function(request.function())),
    }
}

fn registers(first: u16, count: usize) -> Result<(), Hazard> {
    let last = u16::try_from(usize::from(first) + count.saturating_sub(1)).map_err(|_| Hazard::Malformed)?;
    let hazardous = |at: &u16| HAZARD.contains(at) || MAPS.iter().any(|map| map.hazardous(*at));
    match (first..=last).find(hazardous) {
        Some(at) => Err(Hazard::Register { first, last, at }),
        None => Ok(()),
    }
}

/// [`check`], with the words of the bus that refuses.
///
/// # Errors
/// [`BusError::NotSent`].
pub(super) fn admit(bus: &str, unit: u8, request: &Pdu) -> Result<(), BusError> {
    check(request).map_err(|hazard| {
        tracing::error!(bus, unit, ?request, %hazard, "a request was held back from the bus");
        BusError::NotSent { bus: bus.to_owned(), unit, reason: hazard.to_string() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::memory::MemoryBus;
    use crate::bus::rtu::{RtuBus, RtuClientConfig};
    use crate::bus::tcp::{TcpBus, TcpClientConfig};
    use crate::bus::testing::Echo;
    use crate::bus::{Bus, write_registers};
    use proptest::prelude::*;
    use std::sync::Arc;
    use tokio::io::AsyncReadExt;

    /// Each entry of the hazard list, bare and with data.
    fn hazards() -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        for function in (65..=72).chain(100..=110).chain([5, 8, 15, 0x15, 0x16, 0x17]) {
            found.push(vec![function]);
            found.push(vec![function, 0, 0, 0, 1, 2, 0, 0]);
        }
        for mei in (0..=0xFF).filter(|mei| *mei != function::MEI_DEVICE_ID) {
            found.push(vec![function::ENCAPSULATED, mei, 1, 0]);
        }
        found.push(vec![function::ENCAPSULATED]);
        for register in HAZARD {
            let [high, low] = register.to_be_bytes();
            found.push(vec![6, high, low, 0x55, 0xAA]);
            found.push(vec![16, high, low, 0, 1, 2, 0xAA, 0x55]);
        }
        // Into the range from below, out of it, and over it.
        found.push(Pdu::write_multiple(0x2FF, &[0, 0]).unwrap().as_slice().to_vec());
        found.push(Pdu::write_multiple(0x3FF, &[0, 0]).unwrap().as_slice().to_vec());
        found.push(Pdu::write_multiple(0x2D0, &[0; 123]).unwrap().as_slice().to_vec());
        // A byte count or length that hides where the write ends.
        found.push(vec![16, 0x02, 0xFF, 0, 1, 4, 0, 0, 0, 0]);
        found.push(vec![6, 0x03, 0x00, 0x55]);
        found.push(vec![16]);
        found
    }

    #[test]
    fn every_entry_of_the_hazard_list_is_held_back() {
        for bytes in hazards() {
            assert!(check(&Pdu::new(&bytes).unwrap()).is_err(), "{bytes:02X?}");
        }
        for map in MAPS {
            for (first, last) in map.hazards {
                for register in *first..=*last {
                    assert!(check(&Pdu::write_single(register, 0)).is_err(), "{} {register}", map.id);
                }
            }
        }
    }

    #[test]
    fn what_the_gateway_needs_passes() {
        for map in MAPS {
            for register in map.registers {
                let words = vec![0; usize::from(register.words).min(123)];
                assert_eq!(
                    check(&Pdu::write_multiple(register.address, &words).unwrap()),
                    Ok(()),
                    "{}",
                    register.id
                );
                assert_eq!(check(&Pdu::read_holding(register.address, 1).unwrap()), Ok(()));
            }
        }
        // A device in its boot loader may be looked at.
        assert_eq!(check(&Pdu::read_holding(0x302, 1).unwrap()), Ok(()));
        assert_eq!(check(&Pdu::new(&[0x2B, 0x0E, 1, 0]).unwrap()), Ok(()));
        assert_eq!(check(&Pdu::write_multiple(0x2FE, &[0, 0]).unwrap()), Ok(()));
        assert_eq!(check(&Pdu::write_single(0x400, 0)), Ok(()));
    }

    proptest! {
        #[test]
        fn no_bytes_that_pass_write_a_hazardous_register(bytes in prop::collection::vec(any::<u8>(), 1..=253)) {
            let pdu = Pdu::new(&bytes).unwrap();
            if check(&pdu).is_ok() && matches!(bytes[0], 6 | 16) {
                let first = usize::from(u16::from_be_bytes([bytes[1], bytes[2]]));
                let words = if bytes[0] == 6 { 1 } else { (bytes.len() - 6) / 2 };
                prop_assert!(first + words <= 0x300 || first > 0x3FF);
            }
        }
    }

    async fn refuses_all(bus: &dyn Bus) {
        for bytes in hazards() {
            let error = bus.transact(200, Pdu::new(&bytes).unwrap()).await.unwrap_err();
            assert!(matches!(error, BusError::NotSent { unit: 200, .. }), "{bytes:02X?}: {error}");
        }
        // Broadcast reaches every device.
        let error = bus.transact(0, Pdu::write_single(0x300, 0x55AA)).await.unwrap_err();
        assert!(matches!(error, BusError::NotSent { unit: 0, .. }), "{error}");
        let error = write_registers(bus, 200, 0x300, &[0x55AA]).await.unwrap_err();
        assert!(error.to_string().contains("flash programming"), "{error}");
    }

    #[tokio::test]
    async fn the_memory_bus_calls_no_service_with_one() {
        let echo = Arc::new(Echo::default());
        refuses_all(&MemoryBus::new("memory:test", echo.clone())).await;
        assert!(echo.requests().is_empty());
    }

    #[tokio::test]
    async fn the_rtu_bus_sends_no_byte_of_one() {
        let (line, mut device) = tokio::io::duplex(4096);
        let bus = RtuBus::new("rtu:test", line, RtuClientConfig::default());
        refuses_all(&bus).await;
        // What comes out when the bus is dropped is everything that was ever sent.
        drop(bus);
        let mut sent = Vec::new();
        device.read_to_end(&mut sent).await.unwrap();
        assert!(sent.is_empty(), "{sent:02X?}");
    }

    #[tokio::test]
    async fn the_tcp_bus_does_not_even_connect_for_one() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let bus = TcpBus::new(listener.local_addr().unwrap().to_string(), TcpClientConfig::default());
        refuses_all(&bus).await;
        let nobody = tokio::time::timeout(std::time::Duration::from_millis(20), listener.accept()).await;
        assert!(nobody.is_err());
    }
}
