//! The configuration file of `dpo serve` (TOML). Every key has a default; unknown keys are errors.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::line::Wrong;
use super::pmi::Pmi;
use super::redfish::Redfish;

pub use super::i2c::I2cBus;
pub use super::line::{RtuLine, Serial};

/// What a configuration file may hold.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// What to log, as `--log` has it, which goes before it; warn if left out.
    pub log: Option<String>,
    /// The Redfish service.
    pub redfish: Redfish,
    /// The Modbus interfaces towards the rack.
    pub pmi: Pmi,
    /// Polling and the lease.
    pub gateway: Gateway,
    /// The shelf: simulated, or on real buses.
    pub shelf: Shelf,
    /// Which reading holds for registers on whose scale the sources of a map disagree.
    pub reading: Vec<Reading>,
    /// The local fast path.
    pub realtime: Realtime,
}

/// The local fast path: a tick each millisecond. A simulated shelf needs no more than the scheduling of other threads;
/// the rights that a real one asks for cost a machine something, so they are asked for only where this says so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Realtime {
    /// Whether it runs; if left out, it does with the simulation and does not with real buses: no AC measurement has
    /// a driver yet.
    pub enabled: Option<bool>,
    /// Priority under SCHED_FIFO, 1 to 99; without it, the scheduling of other threads.
    pub priority: Option<u8>,
    /// Keep all memory of the process resident.
    pub lock_memory: bool,
    /// Processor that its thread runs on; any if left out.
    pub cpu: Option<u16>,
    /// Keep the processors out of sleep states from which they wake slowly.
    pub hold_cpu_latency: bool,
}

/// The reading of a register on whose scale the sources of a map disagree. The gateway checks the names.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Identifier of the map.
    pub map: String,
    /// Identifier of the register.
    pub register: String,
    /// Identifier of the reading, or `kept` for the map's own.
    #[serde(rename = "use")]
    pub reading: String,
    /// Modbus addresses of the devices; all of the map if left out.
    pub units: Option<Vec<u8>>,
}

/// Polling and the lease.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Gateway {
    /// Time between two polls of the fast registers, in milliseconds.
    pub poll_ms: u64,
    /// Whether the devices are told the time of day, each hour and when they arrive.
    pub time_sync: bool,
    /// The other registers are read once in so many polls.
    pub slow_every: u32,
    /// What a device takes to answer, in microseconds, for planning reads.
    pub turnaround_us: u32,
    /// Transactions in a row without an answer after which an address is dormant ...
    pub dormant_after: u32,
    /// ... and the time between two probes of it, in seconds.
    pub dormant_seconds: u32,
    /// State of charge below which BBUs are no longer discharged on request, in percent.
    pub reserve_percent: f64,
    /// Longest time that setpoints stand without being written again, in seconds, whether or not the lease is
    /// renewed; without it the lease alone bounds them.
    pub setpoint_max_age_seconds: Option<u32>,
    /// Writes of one register of a device that may follow each other at once ...
    pub write_burst: u32,
    /// ... and the time after which one more may follow, in milliseconds.
    pub write_interval_ms: u32,
    /// Whether clients of Redfish may power-cycle a PSU (`PowerSupply.Reset`): for 5 s to 30 s the others carry its load.
    pub psu_reset: bool,
    /// Grid code whose ride-through curve judges grid events that the fast path saw, as `dpo gridcode list` names it.
    pub grid_code: String,
    /// Journal of leases, commits and every write to a device.
    pub journal: Option<PathBuf>,
    /// Most entries it keeps.
    pub journal_entries: u64,
    /// Days after which it drops entries, but for the newest 10000.
    pub journal_days: u32,
}

impl Default for Gateway {
    fn default() -> Self {
        Self {
            poll_ms: 1000,
            time_sync: true,
            slow_every: 5,
            turnaround_us: 2000,
            dormant_after: 10,
            dormant_seconds: 60,
            reserve_percent: 20.0,
            setpoint_max_age_seconds: None,
            psu_reset: false,
            grid_code: "ercot-nogrr282@2026-02".to_owned(),
            write_burst: 20,
            write_interval_ms: 500,
            journal: None,
            journal_entries: 100_000,
            journal_days: 400,
        }
    }
}

/// The shelf.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, tag = "kind", rename_all = "snake_case")]
pub enum Shelf {
    /// The embedded simulation.
    Simulated {
        /// What the rack draws.
        #[serde(default)]
        load: Load,
        /// Seed of everything random.
        #[serde(default)]
        seed: u64,
        /// Sags of the AC input, one after another.
        #[serde(default)]
        sags: Option<Sags>,
    },
    /// Devices on real buses.
    Buses {
        /// The buses.
        bus: Vec<BusConfig>,
    },
}

impl Default for Shelf {
    fn default() -> Self {
        Self::Simulated { load: Load::default(), seed: 0, sags: None }
    }
}

/// Sags of the AC input in the simulation, to see what becomes of them.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sags {
    /// From the beginning of one to that of the next, and to the first one, in seconds.
    pub every_s: f64,
    /// What is left of the voltage, in percent.
    pub to_percent: f64,
    /// How long each lasts, in milliseconds.
    pub for_ms: u64,
}

/// What the rack draws in the simulation.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, tag = "profile", rename_all = "snake_case")]
pub enum Load {
    /// The built-in profile that resembles training.
    #[default]
    Training,
    /// A constant power.
    Constant {
        /// Power in watts.
        watts: f64,
    },
    /// A trace file: columns of seconds and watts, or of a share of `peak_watts`.
    Trace {
        /// Path of the CSV file.
        file: PathBuf,
        /// Power in watts that a value of 1 stands for; without it the values are watts.
        #[serde(default)]
        peak_watts: Option<f64>,
    },
}

/// A real bus.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, tag = "type", rename_all = "snake_case")]
pub enum BusConfig {
    /// Modbus RTU on a serial device.
    Rtu(RtuLine),
    /// Modbus TCP.
    Tcp {
        /// Address of the server.
        address: SocketAddr,
        /// Addresses of the PSUs on it.
        psus: Option<Units>,
        /// Addresses of the BBUs on it.
        bbus: Option<Units>,
    },
    /// PMBus on an I2C bus: power supplies only.
    I2c(I2cBus),
}

impl BusConfig {
    /// The PSUs and the BBUs on the bus, by Modbus address.
    pub fn units(&self) -> (Option<Units>, Option<Units>) {
        match self {
            Self::Rtu(RtuLine { psus, bbus, .. }) | Self::Tcp { psus, bbus, .. } => (*psus, *bbus),
            Self::I2c(_) => (None, None),
        }
    }

    fn check(&self) -> Result<(), Wrong> {
        match self {
            Self::Rtu(line) => line.port().map(|_| ()),
            Self::Tcp { .. } => Ok(()),
            Self::I2c(bus) => bus.check(),
        }
    }
}

/// Consecutive Modbus addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Units {
    /// The first.
    pub first_unit: u8,
    /// How many.
    pub count: u8,
}

/// Why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// File.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not what it should be; the text names line, column and key.
    #[error("{path}: {source}")]
    Parse {
        /// File.
        path: PathBuf,
        /// Why.
        source: Box<toml::de::Error>,
    },
    /// A value is out of range.
    #[error("{path}: {key}: {reason}")]
    Value {
        /// File.
        path: PathBuf,
        /// Key.
        key: &'static str,
        /// What is wrong and what would be right.
        reason: String,
    },
}

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// [`ConfigError`] that names the file and the place.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { path: path.to_path_buf(), source })?;
        Self::parse(path, &text)
    }

    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text)
            .map_err(|source| ConfigError::Parse { path: path.to_path_buf(), source: Box::new(source) })?;
        config.check().map_err(|(key, reason)| ConfigError::Value {
            path: path.to_path_buf(),
            key,
            reason,
        })?;
        Ok(config)
    }

    fn check(&self) -> Result<(), (&'static str, String)> {
        let range = |key, ok: bool, reason: String| if ok { Ok(()) } else { Err((key, reason)) };
        if let Some(Err(reason)) = self.log.as_deref().map(super::logging::filter) {
            return Err(("log", reason));
        }
        let Gateway { poll_ms, reserve_percent, .. } = self.gateway;
        range(
            "gateway.poll_ms",
            (50..=600_000).contains(&poll_ms),
            format!("{poll_ms} is outside 50 to 600000"),
        )?;
        range(
            "gateway.poll_ms",
            poll_ms <= 4000 || !self.gateway.psu_reset,
            format!("{poll_ms} is above 4000: with psu_reset a PSU must be seen to be off"),
        )?;
        let Gateway { slow_every, turnaround_us, dormant_after, dormant_seconds, .. } = self.gateway;
        for (key, value, least, most) in [
            ("gateway.slow_every", slow_every, 1, 1000),
            ("gateway.turnaround_us", turnaround_us, 0, 100_000),
            ("gateway.dormant_after", dormant_after, 1, 1000),
            ("gateway.dormant_seconds", dormant_seconds, 1, 86_400),
        ] {
            let ok = (least..=most).contains(&value);
            range(key, ok, format!("{value} is outside {least} to {most}"))?;
        }
        range(
            "gateway.reserve_percent",
            (0.0..=100.0).contains(&reserve_percent),
            format!("{reserve_percent} is outside 0 to 100"),
        )?;
        let Gateway { setpoint_max_age_seconds, write_burst, write_interval_ms, .. } = self.gateway;
        let age = setpoint_max_age_seconds.unwrap_or(1);
        range(
            "gateway.setpoint_max_age_seconds",
            (1..=86_400).contains(&age),
            format!("{age} is outside 1 to 86400"),
        )?;
        range(
            "gateway.write_burst",
            (1..=1000).contains(&write_burst),
            format!("{write_burst} is outside 1 to 1000"),
        )?;
        range(
            "gateway.write_interval_ms",
            (1..=60_000).contains(&write_interval_ms),
            format!("{write_interval_ms} is outside 1 to 60000"),
        )?;
        let Gateway { journal_entries, journal_days, .. } = self.gateway;
        range(
            "gateway.journal_entries",
            (1000..=10_000_000).contains(&journal_entries),
            format!("{journal_entries} is outside 1000 to 10000000"),
        )?;
        range(
            "gateway.journal_days",
            (1..=36_500).contains(&journal_days),
            format!("{journal_days} is outside 1 to 36500"),
        )?;
        self.redfish.check()?;
        self.pmi.check()?;
        let priority = self.realtime.priority.unwrap_or(1);
        range("realtime.priority", (1..=99).contains(&priority), format!("{priority} is outside 1 to 99"))?;
        if self.realtime.enabled == Some(true) && matches!(self.shelf, Shelf::Buses { .. }) {
            let reason = "no AC measurement has a driver yet: leave it out with real buses".to_owned();
            return Err(("realtime.enabled", reason));
        }
        let empty = self.reading.iter().position(|r| r.units.as_ref().is_some_and(Vec::is_empty));
        if let Some(at) = empty {
            let reason = format!("reading {}: no address; leave units out to mean all devices", at + 1);
            return Err(("reading.units", reason));
        }
        match &self.shelf {
            Shelf::Buses { bus } => {
                range("shelf.bus", !bus.is_empty(), "name at least one bus".to_owned())?;
                for (number, bus) in (1..).zip(bus) {
                    bus.check().map_err(|(key, reason)| {
                        ("shelf.bus", format!("number {number}: {key}: {reason}"))
                    })?;
                }
                Ok(())
            }
            Shelf::Simulated { sags: Some(sags), .. }
                if !((1.0..=86_400.0).contains(&sags.every_s)
                    && (0.0..90.0).contains(&sags.to_percent)
                    && (20..=60_000).contains(&sags.for_ms)) =>
            {
                let limits =
                    "every_s from 1 to 86400, to_percent from 0 to below 90, for_ms from 20 to 60000";
                range("shelf.sags", false, format!("must have {limits}"))
            }
            Shelf::Simulated { load: Load::Constant { watts }, .. } => range(
                "shelf.load.watts",
                (0.0..=40_000.0).contains(watts),
                format!("{watts} is outside 0 to 40000"),
            ),
            Shelf::Simulated { .. } => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::pmi::PassThroughWrites;

    fn parse(text: &str) -> Result<Config, String> {
        Config::parse(Path::new("dpo.toml"), text).map_err(|e| e.to_string())
    }

    #[test]
    fn an_empty_file_is_the_simulated_shelf_on_loopback() {
        let config = parse("").unwrap();
        assert_eq!(config, Config::default());
        assert!(config.redfish.listen.ip().is_loopback() && config.pmi.listen.ip().is_loopback());
        assert!(matches!(config.shelf, Shelf::Simulated { .. }));
    }

    #[test]
    fn the_documented_example_is_read() {
        let config = parse(include_str!("../../examples/dpo.toml")).unwrap();
        assert!(matches!(config.shelf, Shelf::Buses { ref bus } if bus.len() == 2));
        assert_eq!(config.pmi.pass_through_writes, PassThroughWrites::Refuse);
    }

    #[test]
    fn the_fast_path_is_for_the_simulation_and_asks_for_nothing_by_itself() {
        assert_eq!(parse("").unwrap().realtime, Realtime::default());
        let asked = parse("[realtime]\npriority = 80\nlock_memory = true\ncpu = 3\n").unwrap().realtime;
        assert_eq!((asked.enabled, asked.priority, asked.cpu), (None, Some(80), Some(3)));
        let error = parse("[realtime]\npriority = 0\n").unwrap_err();
        assert_eq!(error, "dpo.toml: realtime.priority: 0 is outside 1 to 99");
        let buses = "[shelf]\nkind = \"buses\"\n[[shelf.bus]]\ntype = \"tcp\"\naddress = \"127.0.0.1:1\"\n";
        assert!(parse(&format!("{buses}[realtime]\nenabled = false\n")).is_ok());
        let error = parse(&format!("{buses}[realtime]\nenabled = true\n")).unwrap_err();
        assert!(error.contains("realtime.enabled: no AC measurement has a driver yet"), "{error}");
    }

    #[test]
    fn a_reading_names_register_and_devices() {
        let one =
            "[[reading]]\nmap = \"orv3-bbu\"\nregister = \"battery_current\"\nuse = \"whole_amperes\"\n";
        let config = parse(&format!("{one}{one}units = [64, 65]\n")).unwrap();
        assert_eq!(
            config.reading.iter().map(|r| r.units.clone()).collect::<Vec<_>>(),
            [None, Some(vec![64, 65])]
        );
        assert_eq!(config.reading[0].reading, "whole_amperes");
        let error = parse(&format!("{one}{one}units = []\n")).unwrap_err();
        assert!(error.starts_with("dpo.toml: reading.units: reading 2: no address"), "{error}");
        assert!(parse(&format!("{one}unit = 64\n")).unwrap_err().contains("unit"));
    }

    #[test]
    fn errors_name_the_place() {
        let unknown = parse("[gateway]\npol_ms = 5\n").unwrap_err();
        assert!(
            unknown.contains("dpo.toml") && unknown.contains("pol_ms") && unknown.contains("line 2"),
            "{unknown}"
        );
        let range = parse("[gateway]\npoll_ms = 5\n").unwrap_err();
        assert_eq!(range, "dpo.toml: gateway.poll_ms: 5 is outside 50 to 600000");
        let slow = parse("[gateway]\npoll_ms = 5000\npsu_reset = true\n").unwrap_err();
        assert!(slow.starts_with("dpo.toml: gateway.poll_ms: 5000 is above 4000"), "{slow}");
        assert!(parse("[gateway]\npsu_reset = true\n").unwrap().gateway.psu_reset);
        assert!(!Config::default().gateway.psu_reset);
        for (key, value) in
            [("slow_every", 0), ("turnaround_us", 100_001), ("dormant_after", 0), ("dormant_seconds", 0)]
        {
            let refused = parse(&format!("[gateway]\n{key} = {value}\n")).unwrap_err();
            assert!(
                refused.starts_with(&format!("dpo.toml: gateway.{key}: {value} is outside")),
                "{refused}"
            );
        }
        assert!(parse("[shelf]\nkind = \"buses\"\nbus = []\n").unwrap_err().contains("shelf.bus"));
        assert!(parse("[shelf]\nkind = \"toy\"\n").unwrap_err().contains("toy"));
    }
}
