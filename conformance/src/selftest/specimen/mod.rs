//! A small device that has what no map of this project has: coils, input registers, functions 08, 17, 22 and 23, values
//! behind a lock, bits that are cleared by writing 1, a baud rate and an address that can be changed, a restart. The
//! self-test judges it as a second reference, and its quirks are the mutants of the cases that need such things.
//!
//! It answers Modbus TCP on an address of loopback of its own (so that its ports can be told from those of others), and
//! RTU on a pseudo-terminal, where it looks at baud rate, parity and stop bits that the client has set.

mod bench;
mod device;
mod line;
mod server;
mod supply;
mod tls;

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dpo_gateway::maps::{self, model::RegisterMap};

use self::device::Memory;
pub(super) use self::supply::SpecimenSupply;
pub(crate) use self::supply::SupplyQuirk;
use super::Task;
use crate::declared::{BaudCode, Bench, Declared, LineClaims, Plain, Restart, Server};
use crate::device::Device;
use crate::instrument::SharedInstrument;
use crate::secure::{SecurePlan, pki::Pki};
use crate::transport::serial::Settings;

/// Its only coil.
const COIL: u16 = 16;
/// What the register `restart` takes.
const RESTART_CODE: u16 = 0x5A5A;
/// Its Modbus address.
pub(super) const UNIT: u8 = 20;
/// Most connections at a time.
const CONNECTIONS: u16 = 12;
/// After so many seconds without a request a connection is closed.
const IDLE_S: u16 = 1;

/// A named fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // Each is described where it becomes a mutant.
pub(crate) enum Quirk {
    // Function codes.
    InputShort,
    InputUnchecked,
    ManyCoils,
    CoilStays,
    AnyCoilValue,
    ReadsFirst,
    ReadWriteReads,
    ReadWriteWrites,
    ReadWriteCount,
    MaskWrong,
    BadServerId,
    // Registers.
    AnyValue,
    KeepsReserved,
    RoundsUp,
    WritesInPart,
    ShortSpan,
    ShortReads,
    CutAnswer,
    ClearsAll,
    NeverLocks,
    StaleTicks,
    ForgetsStored,
    KeepsSettings,
    // Serial line.
    IgnoresBroadcast,
    AnswersBroadcast,
    ParityIgnored,
    OtherBaud,
    BaudStays,
    AnyBaud,
    BaudForgotten,
    OneStopBit,
    LoopbackShort,
    CountsNothing,
    NeverSilent,
    NeverListensAgain,
    RestartClears,
    AnyDiagnostic,
    AnyAddress,
    AddressStays,
    LosesOne,
    // Under an instrument.
    TornRefused,
    Impatient,
    NoSilence,
    SlowReady,
    GapsInAnswer,
    AnswersAtOnce,
    HoldsDriver,
    // TCP server.
    ManyConnectionsKillOld,
    NeverIdle,
    OddUnit,
    OpenPort,
    OtherAddressDiffers,
    MixesClients,
    SlowNowAndThen,
    DiesOfFlood,
    // Modbus/TCP Security.
    TlsNeverServes,
    TlsOldVersions,
    Tls12Dead,
    TlsNoCertificate,
    TlsAnyClient,
    TlsAnyTime,
    TlsWeakSuites,
    TlsNoAesGcm,
    TlsCompresses,
    TlsRenegotiates,
    TlsRolesIgnored,
    TlsReadRefused,
    TlsNullRole,
    TlsTwoRoles,
    TlsPlainServed,
    TlsPlainClosed,
    TlsResumedRights,
    TlsWholeRecords,
    TlsStalls,
    TlsOtherName,
}

/// Quantities that two tasks share.
type Shared = Arc<Mutex<Memory>>;

fn lock(shared: &Shared) -> MutexGuard<'_, Memory> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running specimen; it ends when this value is dropped.
pub(super) struct Specimen {
    /// Where it serves Modbus TCP.
    pub tcp: SocketAddr,
    /// Where it serves RTU.
    pub line: Settings,
    /// Where it serves Modbus/TCP Security.
    pub secure: SecurePlan,
    /// What it declares.
    pub declared: Declared,
    /// Its map and address.
    pub device: Device,
    /// An instrument on its serial line.
    pub instrument: SharedInstrument,
    _tasks: Vec<Task>,
}

/// Its map, and what its memory answers.
#[cfg(test)]
pub(super) fn answers() -> (Arc<RegisterMap>, impl FnMut(&[u8]) -> Option<Vec<u8>> + Send + 'static) {
    let map = map().unwrap();
    let mut memory = Memory::new(map.clone(), None);
    (map, move |pdu: &[u8]| memory.answer(pdu))
}

/// Its map.
///
/// # Errors
/// A fault of the file.
pub(super) fn map() -> Result<Arc<RegisterMap>, String> {
    let text = include_str!("specimen.json");
    maps::parse(Path::new("specimen.json"), text).map(Arc::new).map_err(|e| e.to_string())
}

impl Specimen {
    /// Starts one inside the current runtime.
    ///
    /// # Errors
    /// What the operating system refuses.
    pub(super) async fn start(quirk: Option<Quirk>) -> io::Result<Self> {
        let map = map().map_err(io::Error::other)?;
        let memory: Shared = Arc::new(Mutex::new(Memory::new(map.clone(), quirk)));
        let (tcp, other, mut tasks) = server::start(&memory, quirk).await?;
        let bench = bench::LineBench { memory: memory.clone(), quirk };
        let instrument = SharedInstrument::new("the instrument on the specimen's line", bench);
        let (line, task) = line::start(&memory, quirk)?;
        tasks.push(task);
        let host = if quirk == Some(Quirk::TlsOtherName) { "another-shelf" } else { "shelf" };
        let pki = Arc::new(Pki::make("operator", "viewer", host).map_err(io::Error::other)?);
        let (address, task) = tls::start(&memory, quirk, &pki).await?;
        tasks.push(task);
        let device = Device { map, unit: UNIT };
        // A plain port that nobody serves, for the mutant.
        let plain =
            if quirk == Some(Quirk::TlsPlainClosed) { "127.0.0.1:9".to_owned() } else { tcp.to_string() };
        let secure = SecurePlan {
            address: address.to_string(),
            roots: Some(pki.ca.clone().into_bytes()),
            pki,
            name: "shelf".into(),
            device: device.clone(),
            plain: Some(plain),
            wait: Duration::from_secs(2),
        };
        let declared = Declared {
            absent_unit: None,
            unrouted_unit: None,
            server: Server {
                connections: Some(CONNECTIONS),
                idle_s: Some(IDLE_S),
                p99_ms: Some(400),
                plain: Some(Plain::ReadOnly),
                default_may_read: false,
                ports: vec![tcp.port()],
                other_address: Some(other.to_string()),
            },
            line: LineClaims {
                settings: true,
                broadcast: true,
                address_register: Some("address".into()),
                baud_register: Some("baud_code".into()),
                baud_codes: [(9_600, 0), (19_200, 1), (115_200, 2)]
                    .map(|(baud, code)| BaudCode { baud, code })
                    .to_vec(),
                baud_stored: false,
                no_parity_stop_bits: Some(2),
            },
            bench: Bench {
                coil: Some(COIL),
                restart: Some(Restart { register: "restart".into(), value: RESTART_CODE, back_s: 2 }),
            },
            ..Declared::default()
        };
        Ok(Self { tcp, line, secure, declared, device, instrument, _tasks: tasks })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_map_is_well_formed_and_its_memory_answers() {
        let map = map().unwrap();
        let mut memory = Memory::new(map, None);
        assert_eq!(memory.answer(&[3, 0, 0, 0, 1]), Some(vec![3, 2, b'S', b'P']));
        assert_eq!(memory.answer(&[6, 0, 0x1A, 2, 0]), Some(vec![0x86, 3]));
        assert_eq!(memory.answer(&[6, 0, 0x19, 0, 50]), Some(vec![0x86, 4]));
        assert_eq!(memory.answer(&[5, 0, 16, 0xFF, 0]), Some(vec![5, 0, 16, 0xFF, 0]));
        assert_eq!(memory.answer(&[1, 0, 16, 0, 1]), Some(vec![1, 1, 1]));
        let both = memory.answer(&[0x17, 0, 0x1A, 0, 1, 0, 0x1A, 0, 1, 2, 0, 7]);
        assert_eq!(both, Some(vec![0x17, 2, 0, 7]));
        assert_eq!(
            memory.answer(&[0x16, 0, 0x1A, 0, 0xF2, 0, 0x25]),
            Some(vec![0x16, 0, 0x1A, 0, 0xF2, 0, 0x25])
        );
        assert_eq!(memory.answer(&[8, 0, 4, 0, 0]), None);
        assert_eq!(memory.answer(&[3, 0, 0, 0, 1]), None);
    }
}
