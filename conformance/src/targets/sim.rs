//! Starts the reference. The only file of the suite that may: everything else sees it over the wire.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use dpo_gateway::bus::rtu::{self, RtuServerConfig};
use dpo_gateway::bus::serial::Pty;
use dpo_gateway::bus::tcp::{self, TcpServerConfig};
use dpo_gateway::bus::{Answer, BoxFuture, Peer, Service};
use dpo_registers::codec::{Exception, Pdu};
use dpo_registers::device::{Device, respond};
use dpo_registers::generated::{dpo_pmi, orv3_bbu, orv3_psu};
use dpo_registers::map::{Kind, MapInfo};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{DeviceName, Endpoint, TargetError};
use crate::run::Declared;
use crate::transport::serial::{Parity, Settings};

/// A running reference; it ends when this value is dropped.
#[derive(Debug)]
pub struct Reference {
    /// Where it serves Modbus TCP.
    pub tcp: SocketAddr,
    /// Where it serves Modbus RTU.
    pub pty: PathBuf,
    /// Its devices: one PSU, one BBU, the DPO block.
    pub devices: Vec<DeviceName>,
    /// Addresses without a device.
    pub declared: Declared,
    token: CancellationToken,
}

impl Reference {
    /// Starts a reference inside the current tokio runtime.
    ///
    /// # Errors
    /// [`TargetError::Reference`].
    pub async fn start() -> Result<Self, TargetError> {
        let fault = |e: &dyn std::fmt::Display| TargetError::Reference(e.to_string());
        let service: Arc<dyn Service> = Arc::new(Shelf::new());
        let token = CancellationToken::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|e| fault(&e))?;
        let address = listener.local_addr().map_err(|e| fault(&e))?;
        let pty = Pty::open(None).map_err(|e| fault(&e))?;
        let path = pty.path.clone();
        tokio::spawn(tcp::serve(listener, service.clone(), TcpServerConfig::default(), token.clone()));
        tokio::spawn(rtu::serve(pty, service, RtuServerConfig::for_pty("pty"), token.clone()));
        let device = |map: &str, unit| DeviceName { map: map.to_owned(), unit };
        Ok(Self {
            tcp: address,
            pty: path,
            devices: vec![device("orv3-psu", 200), device("orv3-bbu", 64), device("dpo-pmi", 7)],
            declared: Declared { absent_unit: None, unrouted_unit: Some(100) },
            token,
        })
    }

    /// Its links: TCP, then the serial line.
    pub fn endpoints(&self) -> Vec<Endpoint> {
        let path = self.pty.display().to_string();
        let line = Settings { path, baud: 19_200, parity: Parity::Even };
        vec![Endpoint::Tcp(self.tcp.to_string()), Endpoint::Rtu(line)]
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        self.token.cancel();
    }
}

/// Three devices in memory that answer by their maps.
struct Shelf {
    devices: Mutex<BTreeMap<u8, Memory>>,
}

impl Shelf {
    fn new() -> Self {
        let maps = [(200, &orv3_psu::MAP), (64, &orv3_bbu::MAP), (7, &dpo_pmi::MAP)];
        Self { devices: Mutex::new(maps.into_iter().map(|(unit, map)| (unit, Memory::new(map))).collect()) }
    }
}

impl Service for Shelf {
    fn call<'a>(&'a self, _: &'a Peer, unit: u8, request: Pdu) -> BoxFuture<'a, Answer> {
        Box::pin(async move {
            let mut devices = self.devices.lock().unwrap_or_else(PoisonError::into_inner);
            match devices.get_mut(&unit) {
                Some(memory) => Answer::Reply(respond(memory, &request)),
                None => Answer::NoPath,
            }
        })
    }
}

struct Memory {
    map: &'static MapInfo,
    words: BTreeMap<u16, u16>,
    started: Instant,
}

impl Memory {
    fn new(map: &'static MapInfo) -> Self {
        let mut words = BTreeMap::new();
        for register in map.registers {
            let text: &[u8] = if register.kind == Kind::Text { b"DPO SIM" } else { b"" };
            for (at, pair) in (register.address..).zip(0..usize::from(register.words)) {
                let byte = |i: usize| u16::from(text.get(i).copied().unwrap_or_default());
                words.insert(at, byte(2 * pair) << 8 | byte(2 * pair + 1));
            }
            let last = register.address.saturating_add(register.words.saturating_sub(1));
            if register.unit == "Cel" {
                let raw = (25.0 - register.offset.value()) / register.scale.value();
                words.insert(last, raw as u16);
            }
            if let Some(limits) = register.limits {
                words.insert(last, limits.min as u16);
            }
        }
        if map.id == "dpo-pmi" {
            words.extend([(0x2000, 0x4450), (0x2001, 0x4F31), (0x2003, 1), (0x2031, 0x1F)]);
        }
        Self { map, words, started: Instant::now() }
    }
}

impl Device for Memory {
    fn map(&self) -> &'static MapInfo {
        self.map
    }

    fn word(&mut self, address: u16) -> Result<u16, Exception> {
        let uptime = self.map.register("uptime").map(|r| r.address);
        if uptime.is_some_and(|at| at.checked_add(1) == Some(address)) {
            return Ok(self.started.elapsed().as_secs() as u16);
        }
        self.words.get(&address).copied().ok_or(Exception::IllegalDataAddress)
    }

    fn apply(&mut self, address: u16, words: &[u16]) -> Result<(), Exception> {
        self.words.extend((address..).zip(words.iter().copied()));
        Ok(())
    }

    fn identity(&self, object: u8) -> Option<&[u8]> {
        [b"dpo-gateway".as_slice(), b"sim", b"0.1.0"].get(usize::from(object)).copied()
    }
}
