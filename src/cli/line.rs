//! The keys of a serial line in the configuration file, and the port and timing that they mean.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::config::Units;
use crate::bus::rtu::{LineTiming, RtuClientConfig};
use crate::bus::serial::{BAUD_RATES, Direction, Rs485 as PortRs485, SerialSettings, StopBits};
use crate::registers::generated::{orv3_bbu, orv3_psu};
use crate::registers::map::{MapInfo, Parity as MapParity};

/// Serial parity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parity {
    /// Even parity, the Modbus default.
    #[default]
    Even,
    /// Odd parity.
    Odd,
    /// No parity bit.
    None,
}

impl From<Parity> for MapParity {
    fn from(parity: Parity) -> Self {
        match parity {
            Parity::Even => Self::Even,
            Parity::Odd => Self::Odd,
            Parity::None => Self::None,
        }
    }
}

/// A serial device, and how it is driven.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Serial {
    /// Path of the device.
    pub device: PathBuf,
    /// Baud rate; the first that the maps of the devices on the line name, if left out.
    pub baud: Option<u32>,
    /// Parity; that of the maps, if left out.
    pub parity: Option<Parity>,
    /// 1 or 2; if left out, 1 with parity and 2 without, so that a character stays 11 bits long.
    pub stop_bits: Option<u8>,
    /// Have the driver switch the direction; if left out, the adapter does it by itself.
    pub rs485: Option<Rs485>,
    /// Have the driver hand on bytes as they come.
    #[serde(default)]
    pub low_latency: bool,
}

/// How a driver switches the direction of an RS-485 line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rs485 {
    /// RTS is high while sending.
    pub rts_on_send: bool,
    /// Milliseconds from RTS to the first bit.
    pub delay_before_ms: u32,
    /// Milliseconds from the last bit until RTS falls back.
    pub delay_after_ms: u32,
}

impl Default for Rs485 {
    fn default() -> Self {
        Self { rts_on_send: true, delay_before_ms: 0, delay_after_ms: 0 }
    }
}

/// A serial line to shelf devices.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RtuLine {
    /// Path of the device.
    pub device: PathBuf,
    /// As of [`Serial`].
    pub baud: Option<u32>,
    /// As of [`Serial`].
    pub parity: Option<Parity>,
    /// As of [`Serial`].
    pub stop_bits: Option<u8>,
    /// As of [`Serial`].
    pub rs485: Option<Rs485>,
    /// As of [`Serial`].
    #[serde(default)]
    pub low_latency: bool,
    /// The adapter hears what it sends.
    #[serde(default)]
    pub echo: bool,
    /// Longest time to the first byte of an answer.
    pub response_timeout_ms: Option<u64>,
    /// Silence that ends an answer.
    pub silence_ms: Option<u64>,
    /// How long after its time-out an answer may still come.
    pub late_ms: Option<u64>,
    /// Use the addresses 248 to 255, which Modbus reserves.
    #[serde(default)]
    pub reserved_addresses: bool,
    /// Addresses of the PSUs on it.
    pub psus: Option<Units>,
    /// Addresses of the BBUs on it.
    pub bbus: Option<Units>,
}

/// What is wrong with a key: the key, and what would be right.
pub type Wrong = (&'static str, String);

fn within(key: &'static str, value: Option<u64>, least: u64, most: u64) -> Result<(), Wrong> {
    match value {
        Some(value) if !(least..=most).contains(&value) => {
            Err((key, format!("{value} is outside {least} to {most}")))
        }
        _ => Ok(()),
    }
}

impl Serial {
    /// The settings of the port; `maps` are those of the devices on the line.
    ///
    /// # Errors
    /// The key and what is wrong with it.
    pub fn settings(&self, maps: &[&MapInfo]) -> Result<SerialSettings, Wrong> {
        let default = SerialSettings::default();
        let mapped = maps.first().map(|map| map.bus);
        let baud = self.baud.or(mapped.and_then(|bus| bus.baud.first().copied())).unwrap_or(default.baud);
        if !BAUD_RATES.contains(&baud) {
            return Err(("baud", format!("{baud} is none of {BAUD_RATES:?}")));
        }
        for map in maps {
            if !map.bus.baud.contains(&baud) {
                return Err((
                    "baud",
                    format!("{baud}: the devices of map {} know {:?}", map.id, map.bus.baud),
                ));
            }
        }
        let parity = self.parity.map_or(mapped.map_or(default.parity, |bus| bus.parity), MapParity::from);
        if let Some(map) = maps.iter().find(|map| map.bus.parity != parity) {
            tracing::warn!(device = %self.device.display(), map = map.id, says = ?map.bus.parity, set = ?parity,
                "the parity of the line is not that of the map");
        }
        let stop_bits = match (self.stop_bits, parity) {
            (Some(1), _) | (None, MapParity::Even | MapParity::Odd) => StopBits::One,
            (Some(2), _) | (None, MapParity::None) => StopBits::Two,
            (Some(other), _) => return Err(("stop_bits", format!("{other} is neither 1 nor 2"))),
        };
        let direction = match self.rs485 {
            None => Direction::Adapter,
            Some(Rs485 { rts_on_send, delay_before_ms, delay_after_ms }) => {
                // The kernel caps them at 100 ms and says nothing.
                within("rs485.delay_before_ms", Some(delay_before_ms.into()), 0, 100)?;
                within("rs485.delay_after_ms", Some(delay_after_ms.into()), 0, 100)?;
                let hears_itself = false;
                Direction::Driver(PortRs485 { rts_on_send, delay_before_ms, delay_after_ms, hears_itself })
            }
        };
        Ok(SerialSettings { baud, parity, stop_bits, direction, low_latency: self.low_latency })
    }
}

impl RtuLine {
    fn serial(&self) -> Serial {
        let Self { device, baud, parity, stop_bits, rs485, low_latency, .. } = self.clone();
        Serial { device, baud, parity, stop_bits, rs485, low_latency }
    }

    /// The maps of the devices that may be on the line.
    fn maps(&self) -> Vec<&'static MapInfo> {
        match (self.psus, self.bbus) {
            (Some(_), None) => vec![&orv3_psu::MAP],
            (None, Some(_)) => vec![&orv3_bbu::MAP],
            _ => vec![&orv3_psu::MAP, &orv3_bbu::MAP],
        }
    }

    /// The settings of the port and the timing of the client.
    ///
    /// # Errors
    /// The key and what is wrong with it.
    pub fn port(&self) -> Result<(SerialSettings, RtuClientConfig), Wrong> {
        let mut settings = self.serial().settings(&self.maps())?;
        if let Direction::Driver(rs485) = &mut settings.direction {
            rs485.hears_itself = self.echo;
        }
        let line = LineTiming::from(settings);
        let default = RtuClientConfig { line, ..RtuClientConfig::default() };
        within("response_timeout_ms", self.response_timeout_ms, 5, 10_000)?;
        let least = u64::try_from(line.t3_5().as_millis()).unwrap_or(u64::MAX) + 1;
        within("silence_ms", self.silence_ms, least, 1_000)?;
        within("late_ms", self.late_ms, 0, 10_000)?;
        let millis = |key: Option<u64>, or: Duration| key.map_or(or, Duration::from_millis);
        let silence = millis(self.silence_ms, default.silence);
        let config = RtuClientConfig {
            response_timeout: millis(self.response_timeout_ms, default.response_timeout),
            silence,
            gap: silence,
            late: millis(self.late_ms, default.late),
            echo: self.echo,
            last_unit: if self.reserved_addresses { u8::MAX } else { default.last_unit },
            ..default
        };
        Ok((settings, config))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(text: &str) -> Result<(SerialSettings, RtuClientConfig), String> {
        let line: RtuLine =
            toml::from_str(&format!("device = \"/dev/ttyS1\"\n{text}")).map_err(|e| e.to_string())?;
        line.port().map_err(|(key, reason)| format!("{key}: {reason}"))
    }

    #[test]
    fn without_keys_a_line_is_what_the_maps_say() {
        let (settings, config) = port("psus = { first_unit = 200, count = 6 }\n").unwrap();
        assert_eq!(settings, SerialSettings::default());
        assert_eq!(config, RtuClientConfig::default());
        assert_eq!((config.line.baud, config.line.bits), (19_200, 11));
    }

    #[test]
    fn every_key_reaches_the_port_or_the_client() {
        let (settings, config) = port(
            "baud = 115200\nparity = \"none\"\nstop_bits = 1\nlow_latency = true\necho = true\n\
             response_timeout_ms = 30\nsilence_ms = 4\nlate_ms = 50\nreserved_addresses = true\n\
             rs485 = { rts_on_send = false, delay_after_ms = 1 }\n",
        )
        .unwrap();
        let rs485 =
            PortRs485 { rts_on_send: false, delay_before_ms: 0, delay_after_ms: 1, hears_itself: true };
        assert_eq!(settings.direction, Direction::Driver(rs485));
        assert_eq!(
            (settings.baud, settings.parity, settings.stop_bits),
            (115_200, MapParity::None, StopBits::One)
        );
        assert!(settings.low_latency && config.echo);
        assert_eq!(config.line, LineTiming { baud: 115_200, bits: 10 });
        assert_eq!(
            (config.response_timeout, config.silence, config.gap, config.late, config.last_unit),
            (
                Duration::from_millis(30),
                Duration::from_millis(4),
                Duration::from_millis(4),
                Duration::from_millis(50),
                255
            )
        );
        // Without parity a character keeps its length by a second stop bit.
        assert_eq!(port("parity = \"none\"\n").unwrap().1.line.bits, 11);
    }

    #[test]
    fn errors_name_the_key_and_what_would_be_right() {
        for (text, words) in [
            ("baud = 12345\n", "baud: 12345 is none of [1200"),
            ("baud = 9600\n", "baud: 9600: the devices of map orv3-psu know [19200"),
            ("stop_bits = 3\n", "stop_bits: 3 is neither 1 nor 2"),
            ("silence_ms = 2\n", "silence_ms: 2 is outside 3 to 1000"),
            ("response_timeout_ms = 1\n", "response_timeout_ms: 1 is outside 5 to 10000"),
            ("rs485 = { delay_before_ms = 101 }\n", "rs485.delay_before_ms: 101 is outside 0 to 100"),
            ("rs485 = { rts = true }\n", "unknown field `rts`"),
        ] {
            let error = port(text).unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
