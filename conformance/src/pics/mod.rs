//! Capability statement (PICS): what a product claims, as TOML. It alone decides which cases apply.
//!
//! `init` writes one by reading the device ([`read`]); a person completes it. A statement makes the devices under test:
//! each gets its map as claimed, so that whatever asks the map for a capability asks the statement.
//!
//! | claim | what it does to the map of the device |
//! | --- | --- |
//! | `functions` | replaces the function codes |
//! | `max_read_words` | replaces the longest read |
//! | `registers` | an optional or conditional register that is claimed becomes mandatory; the others stay open, and one that answers is told as shown and not claimed |
//!
//! `[[supply]]` does the same for PMBus devices: its `commands` become mandatory, and the device is judged by these and by
//! no other optional ones, whatever QUERY says. What `[service]` claims of a Redfish service a case looks for.

pub mod read;

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::sync::Arc;

use dpo_gateway::maps::model::{Modality, RegisterMap};
use dpo_gateway::maps::pmbus::PmbusMap;
use ring::digest::{SHA256, digest};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::declared::{Bench, Declared, LineClaims, PmbusClaims, Server, ServiceClaims};
use crate::device::Device;
use crate::ride::RideClaims;
use crate::targets::{DeviceName, TargetError, named};

/// What `init` writes where only a person knows.
pub(crate) const UNKNOWN: &str = "?";
/// Most devices of a statement: more than any shelf has.
const MOST_DEVICES: usize = 247;
/// No statement is longer, in bytes.
pub const LONGEST: u64 = 1 << 20;

/// A capability statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Version of this form: 1.
    pub version: u32,
    /// The product.
    pub product: Product,
    /// What the shelf's gateway declares beside its devices.
    #[serde(default)]
    pub gateway: Gateway,
    /// Limits of the Modbus TCP server.
    #[serde(default, skip_serializing_if = "says_nothing")]
    pub server: Server,
    /// What the serial line can do.
    #[serde(default, skip_serializing_if = "says_nothing")]
    pub line: LineClaims,
    /// How a bench acts on the devices.
    #[serde(default, skip_serializing_if = "says_nothing")]
    pub bench: Bench,
    /// What the PMBus devices can do.
    #[serde(default, skip_serializing_if = "says_nothing")]
    pub pmbus: PmbusClaims,
    /// The Redfish service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceClaims>,
    /// What the shelf rides through, judged with an AC source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ride: Option<RideClaims>,
    /// The Modbus devices, in the order in which they are judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub device: Vec<Claims>,
    /// The PMBus devices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supply: Vec<SupplyClaims>,
}

/// Whether a part of a statement is left out.
fn says_nothing<T: Default + PartialEq>(part: &T) -> bool {
    *part == T::default()
}

/// Who makes what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Who makes it.
    pub organisation: String,
    /// Its name.
    pub name: String,
    /// Version of its firmware.
    pub firmware: String,
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}, firmware {}", self.name, self.organisation, self.firmware)
    }
}

impl Product {
    /// Does it say all that `init` could not know?
    pub fn complete(&self) -> bool {
        [&self.organisation, &self.name, &self.firmware].iter().all(|text| text.trim() != UNKNOWN)
    }
}

/// What a gateway declares beside its devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    /// A Modbus address that is routed but where no device is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 247))]
    pub absent_unit: Option<u8>,
    /// A Modbus address that is not routed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 247))]
    pub unrouted_unit: Option<u8>,
}

/// What one device claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// Id of the map that it implements, as `orv3-psu`.
    pub map: String,
    /// Its Modbus address.
    #[schemars(range(min = 1, max = 247))]
    pub unit: u8,
    /// Function codes.
    pub functions: Vec<u8>,
    /// Most registers in one read.
    #[schemars(range(min = 1, max = 125))]
    pub max_read_words: u16,
    /// Optional and conditional registers, by their ids in the map.
    #[serde(default)]
    pub registers: Vec<String>,
}

/// What one PMBus device claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SupplyClaims {
    /// Id of the map that it implements, as `pmbus-psu`.
    pub map: String,
    /// Its address (7 bits).
    #[schemars(range(min = 8, max = 119))]
    pub address: u8,
    /// Optional and conditional commands, by their ids in the map.
    #[serde(default)]
    pub commands: Vec<String>,
}

/// What is wrong with a statement.
#[derive(Debug, thiserror::Error)]
pub enum PicsError {
    /// It is no TOML of this form; the message names line and key.
    #[error("{0}")]
    Form(#[from] toml::de::Error),
    /// A value does not fit.
    #[error("{place}: {reason}")]
    Value {
        /// Key, as `device[2].functions`.
        place: String,
        /// What is wrong, and what to write.
        reason: String,
    },
    /// The maps cannot be had.
    #[error(transparent)]
    Target(#[from] TargetError),
}

/// A statement that was read and checked.
#[derive(Debug, Clone)]
pub struct Pics {
    /// What it says.
    pub statement: Statement,
    /// The devices, each with its map as claimed.
    pub devices: Vec<Device>,
    /// The PMBus devices: address, map as claimed.
    pub supplies: Vec<(u8, Arc<PmbusMap>)>,
    /// What the gateway declares.
    pub declared: Declared,
    /// SHA-256 of its text, in lower-case hexadecimal.
    pub digest: String,
}

impl Pics {
    /// Reads a statement from its text.
    ///
    /// # Errors
    /// [`PicsError`].
    pub fn parse(text: &str) -> Result<Self, PicsError> {
        let statement: Statement = toml::from_str(text)?;
        let value = |place: &str, reason: String| PicsError::Value { place: place.into(), reason };
        if statement.version != 1 {
            return Err(value("version", format!("{}: known is 1", statement.version)));
        }
        for (name, text) in [
            ("organisation", &statement.product.organisation),
            ("name", &statement.product.name),
            ("firmware", &statement.product.firmware),
        ] {
            if text.trim().is_empty() {
                return Err(value(&format!("product.{name}"), "is empty: say it".into()));
            }
        }
        let (devices, supplies) = (statement.device.len(), statement.supply.len());
        if devices > MOST_DEVICES || supplies > MOST_DEVICES {
            return Err(value("device", format!("wants at most {MOST_DEVICES} devices")));
        }
        if devices + supplies == 0 && statement.service.is_none() {
            let reason = "is missing: claim a device, a supply or a service".to_owned();
            return Err(value("device", reason));
        }
        let mut units = BTreeSet::new();
        let mut devices = Vec::new();
        for (nth, claims) in statement.device.iter().enumerate() {
            let place = |key: &str| format!("device[{nth}].{key}");
            if !units.insert(claims.unit) {
                return Err(value(&place("unit"), format!("{}: claimed by two devices", claims.unit)));
            }
            devices.push(claims.device(&place)?);
        }
        let Gateway { absent_unit, unrouted_unit } = statement.gateway;
        for (key, unit) in [("absent_unit", absent_unit), ("unrouted_unit", unrouted_unit)] {
            if let Some(unit) = unit.filter(|u| !(1..=247).contains(u) || units.contains(u)) {
                return Err(value(
                    &format!("gateway.{key}"),
                    format!("{unit}: wants 1 to 247, and no device's"),
                ));
            }
        }
        let mut supplies: Vec<(u8, Arc<PmbusMap>)> = Vec::new();
        for (nth, claims) in statement.supply.iter().enumerate() {
            let place = |key: &str| format!("supply[{nth}].{key}");
            if supplies.iter().any(|(address, _)| *address == claims.address) {
                let reason = format!("{:#04X}: claimed by two supplies", claims.address);
                return Err(value(&place("address"), reason));
            }
            supplies.push((claims.address, claims.map(&place)?));
        }
        let digest = digest(&SHA256, text.as_bytes()).as_ref().iter().fold(String::new(), |mut hex, byte| {
            // Writing into a string does not fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        let declared = Declared {
            absent_unit,
            unrouted_unit,
            server: statement.server.clone(),
            line: statement.line.clone(),
            bench: statement.bench.clone(),
            pmbus: statement.pmbus.clone(),
            service: statement.service.clone(),
            ride: statement.ride.clone(),
        };
        if let Some((key, reason)) = declared.fault() {
            return Err(value(key, reason));
        }
        Ok(Self { statement, devices, supplies, declared, digest })
    }
}

impl SupplyClaims {
    /// The map as claimed.
    fn map(&self, place: &dyn Fn(&str) -> String) -> Result<Arc<PmbusMap>, PicsError> {
        let value = |key: &str, reason: String| PicsError::Value { place: place(key), reason };
        if !(0x08..=0x77).contains(&self.address) {
            return Err(value(
                "address",
                format!("{}: wants an address of 7 bits from 8 to 119", self.address),
            ));
        }
        let maps = dpo_gateway::maps::pmbus::builtin().map_err(|e| value("map", e.to_string()))?;
        let Some(mut map) = maps.into_iter().find(|map| map.id == self.map) else {
            return Err(value("map", format!("no PMBus map is called {}", self.map)));
        };
        for (nth, id) in self.commands.iter().enumerate() {
            let key = format!("commands[{nth}]");
            let hazards = map.hazards.clone();
            match map.commands.iter_mut().find(|c| c.id == *id) {
                Some(command) if command.modality == Modality::Mandatory => {
                    let reason = format!("{id}: is mandatory, and so nothing to claim: leave it out");
                    return Err(value(&key, reason));
                }
                Some(command) if hazards.iter().any(|h| (h.first..=h.last).contains(&command.code)) => {
                    let reason = format!("{id}: the map names it a hazard, it is never sent: leave it out");
                    return Err(value(&key, reason));
                }
                Some(command) => command.modality = Modality::Mandatory,
                None => return Err(value(&key, format!("{id}: {} has no such command", self.map))),
            }
        }
        Ok(Arc::new(map))
    }
}

impl Claims {
    /// The device with its map as claimed.
    fn device(&self, place: &dyn Fn(&str) -> String) -> Result<Device, PicsError> {
        let value = |key: &str, reason: String| PicsError::Value { place: place(key), reason };
        if !(1..=247).contains(&self.unit) {
            return Err(value("unit", format!("{}: wants a Modbus address from 1 to 247", self.unit)));
        }
        if !(1..=125).contains(&self.max_read_words) {
            return Err(value("max_read_words", format!("{}: wants 1 to 125", self.max_read_words)));
        }
        if !self.functions.contains(&3) {
            return Err(value("functions", "wants at least 3, read holding registers".into()));
        }
        let device = named(&[DeviceName { map: self.map.clone(), unit: self.unit }])?;
        let Some(device) = device.into_iter().next() else {
            return Err(value("map", format!("no map is called {}", self.map)));
        };
        let mut map: RegisterMap = device.map.as_ref().clone();
        map.bus.functions = self.functions.clone();
        map.bus.max_read_words = self.max_read_words;
        for (nth, id) in self.registers.iter().enumerate() {
            let register = map.registers.iter_mut().find(|r| r.id == *id);
            let key = format!("registers[{nth}]");
            match register {
                Some(register) if register.modality == Modality::Mandatory => {
                    let reason = format!("{id}: is mandatory, and so nothing to claim: leave it out");
                    return Err(value(&key, reason));
                }
                Some(register) => register.modality = Modality::Mandatory,
                None => return Err(value(&key, format!("{id}: {} has no such register", self.map))),
            }
        }
        Ok(Device { map: Arc::new(map), unit: self.unit })
    }
}

/// The JSON Schema of a statement.
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Statement).to_value();
    if let Some(members) = schema.as_object_mut() {
        members.insert("title".into(), "Capability statement of a power shelf".into());
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
version = 1
[product]
organisation = "Example"
name = "Shelf"
firmware = "1.2"
[gateway]
absent_unit = 210
[[device]]
map = "orv3-psu"
unit = 200
functions = [3, 16]
max_read_words = 100
registers = ["mfr_date"]
"#;

    #[test]
    fn a_claim_changes_the_map_that_the_device_is_judged_by() {
        let pics = Pics::parse(TEXT).unwrap();
        let device = &pics.devices[0];
        assert!(device.has_function(16) && !device.has_function(6));
        assert_eq!(device.map.bus.max_read_words, 100);
        let modality = |id: &str| device.map.registers.iter().find(|r| r.id == id).unwrap().modality;
        assert_eq!(modality("mfr_date"), Modality::Mandatory);
        assert!(device.map.registers.iter().any(|r| r.modality != Modality::Mandatory));
        assert_eq!(pics.declared.absent_unit, Some(210));
        assert_ne!(pics.digest, Pics::parse(&TEXT.replace("1.2", "1.3")).unwrap().digest);
    }

    #[test]
    fn a_supply_is_judged_by_what_it_claims() {
        let head = TEXT.split("[gateway]").next().unwrap();
        let claim = |commands: &str| {
            Pics::parse(&format!(
                "{head}[[supply]]\nmap = \"pmbus-psu\"\naddress = 88\ncommands = [{commands}]\n"
            ))
        };
        let pics = claim("\"page\"").unwrap();
        let [(88, map)] = pics.supplies.as_slice() else { panic!("{:?}", pics.statement) };
        let modality = |id: &str| map.commands.iter().find(|c| c.id == id).unwrap().modality;
        assert_eq!(modality("page"), Modality::Mandatory);
        assert!(map.commands.iter().any(|c| c.modality != Modality::Mandatory));
        for (commands, place) in [
            ("\"pages\"", "supply[0].commands[0]: pages"),
            ("\"page\", \"status_word\"", "supply[0].commands[1]: status_word: is mandatory"),
        ] {
            let error = claim(commands).unwrap_err().to_string();
            assert!(error.contains(place), "{error}");
        }
        // Nothing claimed at all is no statement.
        assert!(Pics::parse(head).unwrap_err().to_string().contains("claim a device"));
    }

    #[test]
    fn what_does_not_fit_is_named_with_its_place() {
        for (from, to, place) in [
            ("version = 1", "version = 2", "version"),
            ("firmware = \"1.2\"", "firmware = \"\"", "product.firmware"),
            ("functions = [3, 16]", "functions = [16]", "device[0].functions"),
            ("max_read_words = 100", "max_read_words = 126", "device[0].max_read_words"),
            ("\"mfr_date\"", "\"mfr_dote\"", "device[0].registers[0]: mfr_dote"),
            ("\"mfr_date\"", "\"mfr_model\"", "is mandatory"),
            ("map = \"orv3-psu\"", "map = \"orv9\"", "orv9"),
            ("unit = 200", "unit = 248", "device[0].unit"),
            ("absent_unit = 210", "absent_unit = 200", "gateway.absent_unit"),
            ("absent_unit", "absent", "absent"),
            ("[[device]]", "[[devices]]", "device"),
            ("[[device]]", "[[supply]]\nmap = \"pmbus-psu\"\naddress = 200\n[[device]]", "supply[0].address"),
            ("[[device]]", "[[supply]]\nmap = \"pmbus-xyz\"\naddress = 88\n[[device]]", "pmbus-xyz"),
            ("[[device]]", "[service]\nversion = \" \"\n[[device]]", "service.version"),
        ] {
            let text = TEXT.replacen(from, to, 1);
            assert_ne!(text, TEXT, "{from}");
            let error = Pics::parse(&text).unwrap_err().to_string();
            assert!(error.contains(place), "{to}: {error}");
        }
        let twice = format!("{TEXT}{}", &TEXT[TEXT.find("[[device]]").unwrap()..]);
        assert!(Pics::parse(&twice).unwrap_err().to_string().contains("device[1].unit"));
    }
}
