//! Where to test: links named on the command line, and finding the devices on them.

pub(crate) mod ride;
pub mod sim;

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use dpo_gateway::maps::pmbus::model::PmbusMap;
use dpo_gateway::maps::{builtin, model::RegisterMap};

use crate::device::Device;
use crate::run::Selection;
use crate::transport::guard::{Allowed, Guard};
use crate::transport::http::Base;
use crate::transport::rtu::RtuLink;
use crate::transport::serial::Settings;
use crate::transport::tcp::TcpLink;
use crate::transport::{Link, LinkError, NoLog, Seen, Timing};
use crate::world::{data_words, read_pdu};

/// A link to a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// `host:port` of a Modbus TCP server.
    Tcp(String),
    /// A serial line.
    Rtu(Settings),
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "tcp://{address}"),
            Self::Rtu(settings) => write!(f, "rtu:{settings}"),
        }
    }
}

impl Endpoint {
    /// Opens the link with a guard for the selected classes.
    ///
    /// # Errors
    /// [`LinkError::Io`].
    pub fn open(&self, timing: Timing, selection: &Selection) -> Result<Link, LinkError> {
        let allowed = Allowed { writes: selection.writes, disruptive: selection.disruptive };
        let guard = Guard::new(allowed);
        Ok(match self {
            Self::Tcp(address) => Link::Tcp(TcpLink::new(address, timing, guard)),
            Self::Rtu(settings) => Link::Rtu(RtuLink::open(settings, timing, guard)?),
        })
    }
}

/// A target as written after `--target`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A link to a device or gateway.
    Link(Endpoint),
    /// A PMBus device: `/dev/i2c-N` and its address.
    Pmbus(PathBuf, u8),
    /// A server of Modbus/TCP Security.
    Secure(String),
    /// A Redfish service.
    Service(Base),
    /// The embedded reference.
    Sim,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link(endpoint) => endpoint.fmt(f),
            Self::Pmbus(device, address) => write!(f, "pmbus:{}@{address:02x}", device.display()),
            Self::Secure(address) => write!(f, "tls://{address}"),
            Self::Service(base) => base.fmt(f),
            Self::Sim => f.write_str("sim"),
        }
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // The path of a port may have an `@`. Nothing is repeated of the others: it may be a password.
        let path = ["pmbus:/", "rtu:/"].iter().any(|start| text.starts_with(start)) && !text.contains("://");
        if text.contains('@') && !path {
            return Err("an address takes no user and password: write scheme://host:port".into());
        }
        if text == "sim" {
            Ok(Self::Sim)
        } else if let Some(address) = text.strip_prefix("tcp://") {
            let port = address.rsplit_once(':').map(|(_, port)| port.parse::<u16>().is_ok());
            if port != Some(true) {
                return Err(format!("{text:?}: write tcp://host:port"));
            }
            Ok(Self::Link(Endpoint::Tcp(address.to_owned())))
        } else if let Some(address) = text.strip_prefix("tls://") {
            let port = address.rsplit_once(':').map(|(_, port)| port.parse::<u16>().is_ok());
            if port != Some(true) {
                return Err(format!("{text:?}: write tls://host:port, as tls://192.0.2.10:802"));
            }
            Ok(Self::Secure(address.to_owned()))
        } else if let Some(line) = text.strip_prefix("rtu:") {
            line.parse().map(|s| Self::Link(Endpoint::Rtu(s))).map_err(|e| format!("{text:?}: {e}"))
        } else if let Some(place) = text.strip_prefix("pmbus:") {
            let (device, address) = place.rsplit_once('@').unwrap_or_default();
            let digits = address.trim_start_matches("0x").trim_end_matches('h');
            // 00h to 07h and 78h on are reserved (SMBus).
            let address = u8::from_str_radix(digits, 16).ok().filter(|a| (0x08..0x78).contains(a));
            match address.filter(|_| device.starts_with('/')) {
                Some(address) => Ok(Self::Pmbus(PathBuf::from(device), address)),
                None => Err(format!("{text:?}: write pmbus:/dev/i2c-N@58, the address in hexadecimal")),
            }
        } else if text.starts_with("https://") || text.starts_with("http://") {
            text.parse().map(Self::Service)
        } else {
            Err(format!(
                "{text:?}: write tcp://host:port, tls://host:port, rtu:/dev/ttyX?baud=N&parity=P, pmbus:/dev/i2c-N@58, https://host, or sim"
            ))
        }
    }
}

/// Reads a target on the command line. The library would repeat what it could not read, a password in it too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TargetParser;

impl clap::builder::TypedValueParser for TargetParser {
    type Value = Target;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Target, clap::Error> {
        value.to_string_lossy().parse().map_err(|why: String| {
            let text = format!("--target: {why}\n");
            clap::Error::raw(clap::error::ErrorKind::ValueValidation, text).with_cmd(command)
        })
    }
}

/// A device as written after `--device`: `orv3-psu@200`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceName {
    /// Id of the map.
    pub map: String,
    /// Modbus address.
    pub unit: u8,
}

impl FromStr for DeviceName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (map, unit) = text.split_once('@').ok_or(format!("{text:?}: write MAP@UNIT, as orv3-psu@200"))?;
        let unit = unit.parse().ok().filter(|u| (1..=247).contains(u));
        let unit = unit.ok_or(format!("{text:?}: the unit is a Modbus address from 1 to 247"))?;
        Ok(Self { map: map.to_owned(), unit })
    }
}

/// Why maps or devices cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// A built-in map is faulty.
    #[error("built-in map: {0}")]
    Map(String),
    /// No built-in map has the id.
    #[error("no map is called {0}; known: {1}")]
    UnknownMap(String, String),
    /// A link cannot be used.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The reference did not start.
    #[error("the reference did not start: {0}")]
    Reference(String),
}

/// The maps the suite judges by.
///
/// # Errors
/// [`TargetError::Map`].
pub fn maps() -> Result<Vec<Arc<RegisterMap>>, TargetError> {
    let maps = builtin().map_err(|e| TargetError::Map(e.to_string()))?;
    Ok(maps.into_iter().map(Arc::new).collect())
}

/// All known PMBus maps.
///
/// # Errors
/// [`TargetError::Map`].
pub fn supply_maps() -> Result<Vec<PmbusMap>, TargetError> {
    dpo_gateway::maps::pmbus::builtin().map_err(|e| TargetError::Map(e.to_string()))
}

/// The devices named on the command line.
///
/// # Errors
/// [`TargetError`] for a map nobody knows.
pub fn named(names: &[DeviceName]) -> Result<Vec<Device>, TargetError> {
    let maps = maps()?;
    names
        .iter()
        .map(|name| {
            let map = maps.iter().find(|m| m.id == name.map).cloned();
            let known = || maps.iter().map(|m| m.id.as_str()).collect::<Vec<_>>().join(", ");
            let map = map.ok_or_else(|| TargetError::UnknownMap(name.map.clone(), known()))?;
            Ok(Device { map, unit: name.unit })
        })
        .collect()
}

/// Asks each address of each map for the map's probe register and keeps those that answer as the map
/// expects. A map whose address range was found is still asked for on others: a shelf holds several.
/// Maps share addresses, and some share the probe register too: the first map in the order of
/// [`maps`] that fits is taken, and whoever knows better names the devices.
///
/// # Errors
/// [`TargetError`] if the link cannot be used.
pub async fn probe(endpoint: &Endpoint, timing: Timing) -> Result<Vec<Device>, TargetError> {
    let mut found: Vec<Device> = Vec::new();
    let mut link = endpoint.open(timing, &Selection::default())?;
    let mut silent = BTreeSet::new();
    for map in maps()? {
        let units: Vec<u8> = map.bus.addresses.iter().flat_map(|r| r.first..=r.last).collect();
        for unit in units.into_iter().filter(|u| (1..=247).contains(u)) {
            // Where nobody is for one map, nobody is for the next.
            if silent.contains(&unit) || found.iter().any(|d| d.unit == unit) {
                continue;
            }
            let device = Device { map: map.clone(), unit };
            let Some((address, words)) = device.probe().map(|r| (r.address, r.words)) else { continue };
            let seen = link.exchange(unit, &read_pdu(address, words), timing.answer, &NoLog).await?;
            if seen == Seen::Nothing {
                silent.insert(unit);
            } else if data_words(&seen, words).is_some_and(|w| device.identifies(&w)) {
                found.push(device);
            }
            link.reset().await?;
        }
    }
    Ok(found)
}

/// A small map for unit tests.
#[cfg(test)]
pub(crate) fn test_map() -> RegisterMap {
    maps().unwrap().remove(0).as_ref().clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_targets_and_devices() {
        assert_eq!("sim".parse(), Ok(Target::Sim));
        assert_eq!("tcp://[::1]:502".parse(), Ok(Target::Link(Endpoint::Tcp("[::1]:502".into()))));
        let supply = Target::Pmbus("/dev/i2c-1".into(), 0x58);
        assert_eq!("pmbus:/dev/i2c-1@58".parse().as_ref(), Ok(&supply));
        assert_eq!("pmbus:/dev/i2c-1@0x58".parse().as_ref(), Ok(&supply));
        for bad in [
            "pmbus:/dev/i2c-1",
            "pmbus:/dev/i2c-1@88",
            "pmbus:@58",
            "tcp://host",
            "udp://host:1",
            "rtu:",
            "",
            "tcp://host:99999",
        ] {
            assert!(bad.parse::<Target>().is_err(), "{bad}");
        }
        for scheme in ["tcp://", "tls://", "https://", "http://", "pmbus://", "ftp://", "tcp:", "rtu://", ""]
        {
            let told = format!("{scheme}admin:s3cret@192.0.2.10:502").parse::<Target>().unwrap_err();
            assert!(!told.contains("s3cret") && told.contains("password"), "{scheme}: {told}");
        }
        assert_eq!("orv3-psu@200".parse(), Ok(DeviceName { map: "orv3-psu".into(), unit: 200 }));
        for bad in ["orv3-psu", "orv3-psu@0", "orv3-psu@248", "orv3-psu@x"] {
            assert!(bad.parse::<DeviceName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_unknown_map_is_named_with_the_known_ones() {
        let error = named(&[DeviceName { map: "nope".into(), unit: 1 }]).unwrap_err().to_string();
        assert!(error.contains("nope") && error.contains("orv3-psu"), "{error}");
    }
}
