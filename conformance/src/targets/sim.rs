//! Starts the reference: a simulated shelf, its gateway and its PMI in this process. The only file of the
//! suite that may; everything else sees the reference over TCP and over its pseudo-terminal.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use dpo_gateway::embedded::{Embedded, EmbeddedConfig};
use dpo_gateway::maps;
use dpo_gateway::maps::model::Access;
use dpo_gateway::pmi::{AllowedRegister, WritePolicy};

use super::{DeviceName, Endpoint, TargetError};
use crate::run::Declared;
use crate::transport::serial::{Parity, Settings};

/// Address that the gateway routes, in a slot that is left empty.
const EMPTY_SLOT: u8 = 205;
/// Address that the gateway does not route: of no PSU, BBU or DPO block.
const UNROUTED: u8 = 100;

/// Every register of the simulated devices that can be written and read back.
fn writable() -> Result<Vec<AllowedRegister>, maps::LoadError> {
    let all = maps::builtin()?;
    let devices = all.iter().filter(|map| ["orv3-psu", "orv3-bbu"].contains(&map.id.as_str()));
    let listed = devices.flat_map(|map| {
        map.registers
            .iter()
            .filter(|r| r.access == Access::Rw)
            .map(|r| AllowedRegister { map: map.id.clone(), register: r.id.clone() })
    });
    Ok(listed.collect())
}

/// A running reference; it ends when this value is dropped.
#[derive(Debug)]
pub struct Reference {
    /// Where it serves Modbus TCP.
    pub tcp: SocketAddr,
    /// Where it serves Modbus RTU.
    pub pty: PathBuf,
    /// The devices to judge: one PSU, one BBU, the DPO block.
    pub devices: Vec<DeviceName>,
    /// Addresses without a device.
    pub declared: Declared,
    _embedded: Embedded,
}

impl Reference {
    /// Starts a reference inside the current tokio runtime and waits for its first poll.
    ///
    /// # Errors
    /// [`TargetError::Reference`].
    pub async fn start() -> Result<Self, TargetError> {
        let fault = |e: &dyn std::fmt::Display| TargetError::Reference(e.to_string());
        let mut config = EmbeddedConfig::default();
        config.shelf.absent = vec![EMPTY_SLOT];
        // The suite may write only if it was allowed to; then a refusal by policy would hide the device.
        config.pmi.writes = WritePolicy::AllowList;
        config.pmi.allow = writable().map_err(|e| fault(&e))?;
        let embedded = Embedded::start(config).await.map_err(|e| fault(&e))?;
        let mut snapshots = embedded.gateway.watch();
        let polled = snapshots.wait_for(|s| s.sequence > 0 && s.totals.input_power.is_some());
        let polled = tokio::time::timeout(Duration::from_secs(10), polled).await;
        polled.map_err(|_| fault(&"the gateway found no device within 10 s"))?.map_err(|e| fault(&e))?;
        let device = |map: &str, unit| DeviceName { map: map.to_owned(), unit };
        Ok(Self {
            tcp: embedded.modbus(),
            pty: embedded.line().to_owned(),
            devices: vec![device("orv3-psu", 200), device("orv3-bbu", 64), device("dpo-pmi", 7)],
            declared: Declared { absent_unit: Some(EMPTY_SLOT), unrouted_unit: Some(UNROUTED) },
            _embedded: embedded,
        })
    }

    /// Its links: TCP, then the serial line.
    pub fn endpoints(&self) -> Vec<Endpoint> {
        let path = self.pty.display().to_string();
        let line = Settings { path, baud: 19_200, parity: Parity::Even };
        vec![Endpoint::Tcp(self.tcp.to_string()), Endpoint::Rtu(line)]
    }
}
