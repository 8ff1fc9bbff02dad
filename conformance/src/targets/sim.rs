//! Starts the reference: a simulated shelf, its gateway and its PMI in this process. The only file of the suite that may,
//! besides the shelf behind an AC source in `ride`; everything else sees the reference over TCP and over its pseudo-terminal.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use dpo_gateway::bus::Rights;
use dpo_gateway::bus::smbus;
use dpo_gateway::bus::tcp::TcpServerConfig;
use dpo_gateway::bus::tcp::secure::{Roles, SecurityConfig};
use dpo_gateway::embedded::{Embedded, EmbeddedConfig};
use dpo_gateway::gateway::{FastSource, Judge};
use dpo_gateway::maps;
use dpo_gateway::maps::model::Access;
use dpo_gateway::pmi::{AllowedRegister, WritePolicy};
use dpo_gateway::redfish::{self, Account as User, RedfishConfig, Role, Transport};
use dpo_registers::codec::pmbus::Address;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{DeviceName, Endpoint, TargetError};
use crate::declared::{Declared, Server, ServiceClaims};
use crate::pmbus::PmbusPlan;
use crate::secure::{SecurePlan, pki::Pki};
use crate::service::{Account, ServicePlan};
use crate::transport::http::{Base, Trust};
use crate::transport::serial::{Parity, Settings};
use crate::transport::smbus::{Came, Part, Port, SharedPort};

/// Address that the gateway routes, in a slot that is left empty.
const EMPTY_SLOT: u8 = 205;
/// Address that the gateway does not route: of no PSU, BBU or DPO block.
const UNROUTED: u8 = 100;

/// More requests a second than one client comes to.
const REQUESTS_PER_SECOND: u32 = 100_000;
/// Kinds of resources that its Redfish service claims.
const RESOURCES: [&str; 7] =
    ["Chassis", "Control", "Manager", "PowerSupply", "Sensor", "SoftwareInventory", "UpdateService"];
/// Address of the first PSU on PMBus.
const FIRST_SUPPLY: u8 = 0x58;

/// The PMBus targets of the simulated shelf, behind the suite's own port.
struct Wire(Box<dyn smbus::Wire>);

impl Port for Wire {
    fn transfer(&mut self, parts: &[Part]) -> Result<Came, String> {
        let mut messages = Vec::new();
        for part in parts {
            let (Part::Write(address, _) | Part::Read(address, _)) = part;
            // The general call is no address of a target: nobody is there.
            let Some(own) = Address::new(*address) else { return Ok(Came::Refused) };
            messages.push(match part {
                Part::Write(_, bytes) => smbus::Message::Write { to: own, bytes: bytes.clone() },
                Part::Read(_, len) => smbus::Message::Read { from: own, len: *len },
            });
        }
        match smbus::memory::drive(&mut *self.0, "the simulated bus", &messages) {
            Ok(bytes) => Ok(Came::Bytes(bytes)),
            Err(smbus::LineError::Absent { .. } | smbus::LineError::Refused { .. }) => Ok(Came::Refused),
            Err(other) => Err(other.to_string()),
        }
    }
}

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

/// The administrator and the user who may only read. The service is on loopback and ends with the run.
fn accounts() -> (Account, Account) {
    let account = |user: &str| Account { user: user.to_owned(), password: format!("simulated-{user}") };
    (account("admin"), account("reader"))
}

/// Files of the secure server, and what its roles may do.
fn security(pki: &Pki) -> Result<(TempDir, SecurityConfig), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).map(|()| path).map_err(|e| e.to_string())
    };
    let (certificate, key) = pki.device_pem().ok_or("the PKI has no device")?;
    let named = [("operator", Rights::ALL), ("viewer", Rights::READ)];
    let config = SecurityConfig {
        certificate: file("device.pem", certificate)?,
        key: file("device.key", key)?,
        client_ca: file("ca.pem", &pki.ca)?,
        tls13_only: false,
        handshake_timeout: Duration::from_secs(2),
        roles: Roles {
            named: named.map(|(name, rights)| (name.to_owned(), rights)).into(),
            unnamed: Rights::NONE,
        },
    };
    Ok((folder, config))
}

/// What the reference declares.
fn declared() -> Declared {
    let limits = TcpServerConfig::default();
    Declared {
        absent_unit: Some(EMPTY_SLOT),
        unrouted_unit: Some(UNROUTED),
        service: Some(ServiceClaims {
            version: "1.20.0".into(),
            resources: RESOURCES.iter().map(|kind| (*kind).to_owned()).collect(),
        }),
        server: Server { connections: u16::try_from(limits.max_per_peer).ok(), ..Server::default() },
        ..Declared::default()
    }
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
    /// Its Redfish service: plain HTTP on loopback, with an administrator and a user who may only read.
    pub service: ServicePlan,
    /// The same PMI over TLS.
    pub secure: SecurePlan,
    /// The first two PSUs on PMBus.
    pub pmbus: PmbusPlan,
    _web: DropGuard,
    _embedded: Embedded,
    _keys: TempDir,
}

impl Reference {
    /// Starts a reference inside the current tokio runtime and waits for its first poll.
    ///
    /// # Errors
    /// [`TargetError::Reference`].
    pub async fn start() -> Result<Self, TargetError> {
        Self::start_with(None, None).await
    }

    /// The same around a fast path, and with a judge of what that records.
    ///
    /// # Errors
    /// [`TargetError::Reference`].
    pub(super) async fn start_with(
        fast: Option<Arc<dyn FastSource>>,
        judge: Option<Arc<dyn Judge>>,
    ) -> Result<Self, TargetError> {
        let fault = |e: &dyn std::fmt::Display| TargetError::Reference(e.to_string());
        let mut config = EmbeddedConfig::default();
        (config.gateway.fast, config.gateway.judge) = (fast, judge);
        config.shelf.absent = vec![EMPTY_SLOT];
        // One client of the suite asks as fast as it is answered. A product slows it down to 1000 requests a second, which
        // here would only be waited for.
        config.front.limits.requests_per_second = REQUESTS_PER_SECOND;
        // The suite may write only if it was allowed to; then a refusal by policy would hide the device.
        config.pmi.writes = WritePolicy::AllowList;
        config.pmi.allow = writable().map_err(|e| fault(&e))?;
        let pki = Arc::new(Pki::make("operator", "viewer", "shelf").map_err(|e| fault(&e))?);
        let (keys, security) = security(&pki).map_err(|e| fault(&e))?;
        config.front.secure = Some((SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), security));
        let embedded = Embedded::start(config).await.map_err(|e| fault(&e))?;
        let mut snapshots = embedded.gateway.watch();
        let polled = snapshots.wait_for(|s| s.sequence > 0 && s.totals.input_power.is_some());
        let polled = tokio::time::timeout(Duration::from_secs(10), polled).await;
        polled.map_err(|_| fault(&"the gateway found no device within 10 s"))?.map_err(|e| fault(&e))?;
        let wire = Wire(Box::new(embedded.shelf.smbus()));
        let mut supplies = maps::pmbus::builtin().map_err(|e| fault(&e))?.into_iter();
        let map =
            supplies.find(|map| map.id == "pmbus-psu").ok_or_else(|| fault(&"there is no pmbus-psu"))?;
        let pmbus = PmbusPlan {
            port: SharedPort::new("the simulated bus", wire),
            map: Arc::new(map),
            address: FIRST_SUPPLY,
            second: Some(FIRST_SUPPLY + 1),
            claimed: false,
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(|e| fault(&e))?;
        let web = listener.local_addr().map_err(|e| fault(&e))?;
        let stop = CancellationToken::new();
        let (admin, reader) = accounts();
        let mut settings = RedfishConfig::new(admin.password.as_str());
        let (name, password) = (reader.user.clone(), reader.password.clone().into());
        settings.accounts.push(User { name, password, role: Role::ReadOnly });
        settings.transport = Transport::InsecureHttp;
        // Self-tests log in often, wrongly too, and at the same time.
        (settings.session_limit, settings.lockout_threshold) = (1000, 1000);
        tokio::spawn(redfish::serve(listener, embedded.gateway.clone(), settings, stop.clone()));
        let device = |map: &str, unit| DeviceName { map: map.to_owned(), unit };
        Ok(Self {
            tcp: embedded.modbus(),
            pty: embedded.line().to_owned(),
            devices: vec![device("orv3-psu", 200), device("orv3-bbu", 64), device("dpo-pmi", 7)],
            declared: declared(),
            service: ServicePlan {
                base: Base { tls: false, host: web.ip().to_string(), port: web.port() },
                trust: Trust::Anyone,
                account: admin,
                reader: Some(reader),
                wait: Duration::from_secs(20),
            },
            secure: SecurePlan {
                address: embedded.secure().ok_or_else(|| fault(&"no secure port"))?.to_string(),
                roots: Some(pki.ca.clone().into_bytes()),
                pki,
                name: "shelf".into(),
                device: super::named(&[device("orv3-psu", 200)])?.remove(0),
                plain: None,
                wait: Duration::from_secs(3),
            },
            pmbus,
            _keys: keys,
            _web: stop.drop_guard(),
            _embedded: embedded,
        })
    }

    /// Its links: TCP, then the serial line.
    pub fn endpoints(&self) -> Vec<Endpoint> {
        let path = self.pty.display().to_string();
        let line = Settings { path, baud: 19_200, parity: Parity::Even, stop_bits: 1 };
        vec![Endpoint::Tcp(self.tcp.to_string()), Endpoint::Rtu(line)]
    }
}
