//! What a device shows of itself: a statement to start from, and what it shows beyond one.
//!
//! Reads alone, one register at a time: optional and conditional registers, and function 43 (device identification). Functions that write
//! are taken from the map: whether they work is known only after a write.

use crate::declared::{Bench, LineClaims, PmbusClaims, Server, ServiceClaims};
use crate::device::{Device, readable_access};
use crate::pics::{Claims, Gateway, Product, Statement, SupplyClaims, UNKNOWN};
use crate::run::Selection;
use crate::targets::{Endpoint, TargetError};
use crate::transport::{Link, NoLog, Seen, Timing};
use crate::world::{data_words, read_pdu};
use dpo_gateway::maps::model::Modality;

/// Read device identification, basic, from the first object on.
const IDENTIFY: [u8; 4] = [0x2B, 0x0E, 0x01, 0x00];
/// Its function code.
const IDENTIFICATION: u8 = 0x2B;

/// What a device answered to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shown {
    /// Optional registers of its map.
    pub registers: Vec<String>,
    /// Does it answer to function 43?
    pub identification: bool,
}

/// Asks a device for each optional register of its map, and for its identification.
///
/// # Errors
/// [`TargetError`] if the link cannot be used.
pub async fn shown(endpoint: &Endpoint, timing: Timing, device: &Device) -> Result<Shown, TargetError> {
    let mut link = endpoint.open(timing, &Selection::default())?;
    let mut shown = Shown::default();
    for register in &device.map.registers {
        // A hazard range is not read either: on some units a read there means something.
        let open = register.modality != Modality::Mandatory && readable_access(register);
        if !open || device.hazardous(register.address) {
            continue;
        }
        let pdu = read_pdu(register.address, register.words);
        let seen = ask(&mut link, device.unit, &pdu, timing).await?;
        if data_words(&seen, register.words).is_some() {
            shown.registers.push(register.id.clone());
        }
    }
    let seen = ask(&mut link, device.unit, &IDENTIFY, timing).await?;
    shown.identification = matches!(&seen, Seen::Pdu(pdu) if pdu.starts_with(&IDENTIFY[..2]));
    Ok(shown)
}

async fn ask(link: &mut Link, unit: u8, pdu: &[u8], timing: Timing) -> Result<Seen, TargetError> {
    let seen = link.exchange(unit, pdu, timing.answer, &NoLog).await?;
    if !matches!(seen, Seen::Pdu(_)) {
        link.reset().await?;
    }
    Ok(seen)
}

impl Shown {
    /// What the device shows and its map, as it was claimed, leaves open: one line each.
    pub fn beyond(&self, device: &Device) -> Vec<String> {
        let name = device.name();
        let open = |id: &String| {
            device.map.registers.iter().any(|r| r.id == *id && r.modality != Modality::Mandatory)
        };
        let registers = self.registers.iter().filter(|id| open(id));
        let mut lines: Vec<String> = registers.map(|id| format!("{name}: register {id}")).collect();
        if self.identification && !device.has_function(IDENTIFICATION) {
            lines.push(format!("{name}: function 43, device identification"));
        }
        lines
    }
}

/// A statement for what was asked, to be completed by a person.
pub fn statement(
    devices: &[(Device, Shown)],
    supply: Vec<SupplyClaims>,
    service: Option<ServiceClaims>,
) -> Statement {
    let unknown = || UNKNOWN.to_owned();
    let claims = devices.iter().map(|(device, shown)| {
        let mut functions = device.map.bus.functions.clone();
        functions.retain(|code| *code != IDENTIFICATION);
        if shown.identification {
            functions.push(IDENTIFICATION);
        }
        Claims {
            map: device.map.id.clone(),
            unit: device.unit,
            functions,
            max_read_words: device.map.bus.max_read_words,
            registers: shown.registers.clone(),
        }
    });
    Statement {
        version: 1,
        product: Product { organisation: unknown(), name: unknown(), firmware: unknown() },
        gateway: Gateway::default(),
        server: Server::default(),
        line: LineClaims::default(),
        bench: Bench::default(),
        pmbus: PmbusClaims::default(),
        service,
        ride: None,
        device: claims.collect(),
        supply,
    }
}

/// Its text, with a head that says what to do with it.
///
/// # Errors
/// The library's words, should it refuse.
pub fn text(statement: &Statement) -> Result<String, String> {
    let body = toml::to_string_pretty(statement).map_err(|e| e.to_string())?;
    Ok(format!(
        "# Capability statement of a power shelf, for dpo-conformance. Read from the devices; complete it:\n\
         # - product: who makes it, its name, the version of its firmware (\"?\" is refused by --certify);\n\
         # - functions: those that write (6, 16, 22, 23) are taken from the map, no write was tried;\n\
         # - max_read_words: from the map;\n\
         # - registers: optional ones that answered. What is claimed is judged; what is not claimed is not.\n\
         # - commands (PMBus): optional ones that QUERY knows, or that answered a read where there is no QUERY;\n\
         # - [service] resources: kinds that can be reached from the service root;\n\
         # - [gateway] absent_unit (routed, no device there) and unrouted_unit, where a gateway is judged, too.\n\
         {body}"
    ))
}
