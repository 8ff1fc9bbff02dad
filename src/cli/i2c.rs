//! The keys of an I2C bus in the configuration file: supplies that speak PMBus.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;

use super::line::Wrong;
use crate::bus::smbus::linux::{LinuxController, WhenHeld};
use crate::shelf::pmbus::line::{ADDRESSES, PmbusLine};

/// An I2C bus of Linux, and the supplies on it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct I2cBus {
    /// The bus, for example `/dev/i2c-1`.
    pub path: PathBuf,
    /// Addresses of the supplies, of 7 bits, in the order of their slots.
    pub addresses: Vec<u8>,
    /// What is there.
    #[serde(default)]
    pub map: PmbusMap,
    /// Use addresses that a kernel driver holds; both may then get in each other's way.
    #[serde(default)]
    pub share: bool,
}

/// Command sets of devices that a gateway reads and steers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum PmbusMap {
    /// A power supply unit.
    #[default]
    #[serde(rename = "pmbus-psu")]
    PmbusPsu,
}

impl I2cBus {
    /// Checks the keys.
    ///
    /// # Errors
    /// The key and what is wrong with it.
    pub fn check(&self) -> Result<(), Wrong> {
        let Self { addresses, .. } = self;
        if addresses.is_empty() {
            return Err(("addresses", "name at least one, for example [0x58]".to_owned()));
        }
        for (at, address) in addresses.iter().enumerate() {
            if !ADDRESSES.contains(address) {
                let hint = if *address > 0x7F { "; data sheets that print B0h mean 0x58" } else { "" };
                return Err(("addresses", format!("{address:#04X} is outside 0x08 to 0x77{hint}")));
            }
            if addresses.iter().take(at).any(|before| before == address) {
                return Err(("addresses", format!("{address:#04X} is named twice")));
            }
        }
        Ok(())
    }

    /// Opens the bus.
    ///
    /// # Errors
    /// Why it does not open.
    pub fn open(&self) -> Result<PmbusLine, String> {
        let held = if self.share { WhenHeld::Share } else { WhenHeld::Refuse };
        let controller = LinuxController::open(&self.path, held).map_err(|error| error.to_string())?;
        Ok(PmbusLine::new(Arc::new(controller)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<I2cBus, String> {
        let bus: I2cBus =
            toml::from_str(&format!("path = \"/dev/i2c-1\"\n{text}")).map_err(|e| e.to_string())?;
        bus.check().map_err(|(key, reason)| format!("{key}: {reason}"))?;
        Ok(bus)
    }

    #[test]
    fn addresses_are_of_seven_bits_and_named_once() {
        let bus = parse("addresses = [0x58, 0x59]\n").unwrap();
        assert_eq!((bus.addresses, bus.map, bus.share), (vec![0x58, 0x59], PmbusMap::PmbusPsu, false));
        for (text, words) in [
            ("addresses = []\n", "addresses: name at least one"),
            ("addresses = [0xB0]\n", "0xB0 is outside 0x08 to 0x77; data sheets"),
            ("addresses = [3]\n", "0x03 is outside"),
            ("addresses = [0x58, 0x58]\n", "0x58 is named twice"),
            ("addresses = [256]\n", "addresses"),
            ("addresses = [0x58]\nmap = \"orv3-psu\"\n", "unknown variant `orv3-psu`"),
            ("addresses = [0x58]\npec = true\n", "unknown field `pec`"),
            ("", "missing field `addresses`"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
    }

    #[test]
    fn a_bus_that_does_not_open_says_so() {
        let bus = I2cBus { path: "/dev/i2c-none".into(), ..parse("addresses = [0x58]\n").unwrap() };
        assert!(bus.open().unwrap_err().starts_with("i2c:/dev/i2c-none: "));
    }
}
