//! The `[pmi]` tables of the configuration file, and what becomes of them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use super::config::Serial;
use crate::bus::Rights;
use crate::bus::tcp::secure::{Roles, SECURE_PORT, SecurityConfig};
use crate::bus::tcp::{Keepalive, TcpServerConfig};
use crate::pmi::{AllowedRegister, PmiConfig, WritePolicy};
use crate::shelf::journal::Journal;

/// The Modbus interfaces towards the rack.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pmi {
    /// Where to listen for Modbus TCP.
    pub listen: SocketAddr,
    /// Serial device towards the rack manager; a pseudo-terminal if there is none.
    pub serial: Option<Serial>,
    /// Symbolic link to the pseudo-terminal.
    pub pty_link: Option<PathBuf>,
    /// Modbus address of the DPO block.
    pub unit: u8,
    /// What happens to writes for shelf devices.
    pub pass_through_writes: PassThroughWrites,
    /// Registers that can be written, as far as `pass_through_writes` lets a client.
    pub allow: Vec<Allow>,
    /// What the Modbus TCP servers bear.
    pub limits: Limits,
    /// Modbus/TCP Security; not served if left out.
    pub secure: Option<Secure>,
}

impl Default for Pmi {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 1502)),
            serial: None,
            pty_link: None,
            unit: 7,
            pass_through_writes: PassThroughWrites::Refuse,
            allow: Vec::new(),
            limits: Limits::default(),
            secure: None,
        }
    }
}

/// Modbus/TCP Security. All files are PEM.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secure {
    /// Where to listen.
    #[serde(default = "secure_listen")]
    pub listen: SocketAddr,
    /// The gateway's certificate, with those between it and its CA.
    pub certificate: PathBuf,
    /// The gateway's private key.
    pub key: PathBuf,
    /// Certificates of the CAs whose clients are let in.
    pub client_ca: PathBuf,
    /// Oldest version of TLS.
    #[serde(default)]
    pub min_tls: MinTls,
    /// Seconds for a handshake.
    #[serde(default = "handshake_s")]
    pub handshake_s: u32,
    /// What each role may do.
    pub roles: BTreeMap<String, RoleRights>,
    /// What a client may do whose certificate names no role.
    #[serde(default)]
    pub no_role: RoleRights,
}

fn secure_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], SECURE_PORT))
}

fn handshake_s() -> u32 {
    5
}

/// Oldest version of TLS that is spoken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum MinTls {
    /// TLS 1.2 or 1.3.
    #[default]
    #[serde(rename = "1.2")]
    Tls12,
    /// TLS 1.3 only.
    #[serde(rename = "1.3")]
    Tls13,
}

/// What a role may do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleRights {
    /// Nothing.
    #[default]
    None,
    /// Read.
    Read,
    /// Read, and write what lease and policy let through.
    Write,
}

impl RoleRights {
    fn rights(self) -> Rights {
        match self {
            Self::None => Rights::NONE,
            Self::Read => Rights::READ,
            Self::Write => Rights::ALL,
        }
    }
}

impl Secure {
    /// As the server takes it.
    pub fn server(&self) -> SecurityConfig {
        SecurityConfig {
            certificate: self.certificate.clone(),
            key: self.key.clone(),
            client_ca: self.client_ca.clone(),
            tls13_only: self.min_tls == MinTls::Tls13,
            handshake_timeout: Duration::from_secs(self.handshake_s.into()),
            roles: Roles {
                named: self.roles.iter().map(|(role, rights)| (role.clone(), rights.rights())).collect(),
                unnamed: self.no_role.rights(),
            },
        }
    }
}

/// What happens to writes of the rack manager for shelf devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassThroughWrites {
    /// Answered with exception 04.
    Refuse,
    /// Registers of the allow-list, by any client.
    AllowList,
    /// Registers of the allow-list, by the connection that holds the lease of the DPO block.
    LeaseHolder,
}

/// Registers of one map on the allow-list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allow {
    /// Identifier of the map.
    pub map: String,
    /// Identifiers of registers in it.
    pub registers: Vec<String>,
}

/// What a Modbus TCP server bears: the plain one and the secure one, each on its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Most connections at a time.
    pub max_connections: u16,
    /// Most connections of one IP address.
    pub max_per_peer: u16,
    /// Seconds that a connection must have been quiet to make room for a new one.
    pub evict_after_s: u32,
    /// Seconds without a whole request after which a connection is closed.
    pub idle_s: u32,
    /// Seconds in which a request that has begun must be whole.
    pub request_s: u32,
    /// Seconds in which a client must take an answer.
    pub write_s: u32,
    /// Requests a second of one connection, in the long run.
    pub requests_per_second: u32,
    /// Requests of one connection that may come at once.
    pub request_burst: u32,
    /// Seconds of quiet before TCP looks whether a client is still there; 0 leaves it.
    pub keepalive_s: u32,
}

impl Default for Limits {
    fn default() -> Self {
        let limits = TcpServerConfig::default();
        let seconds = |time: Duration| u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
        let count = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        Self {
            max_connections: count(limits.max_connections),
            max_per_peer: count(limits.max_per_peer),
            evict_after_s: seconds(limits.evict_after),
            idle_s: seconds(limits.idle_timeout),
            request_s: seconds(limits.request_timeout),
            write_s: seconds(limits.write_timeout),
            requests_per_second: limits.requests_per_second,
            request_burst: limits.request_burst,
            keepalive_s: limits.keepalive.map_or(0, |k| seconds(k.idle)),
        }
    }
}

impl Limits {
    fn check(&self) -> Result<(), (&'static str, String)> {
        let counts = [
            ("pmi.limits.max_connections", u32::from(self.max_connections), 10_000),
            ("pmi.limits.max_per_peer", u32::from(self.max_per_peer), 10_000),
            ("pmi.limits.evict_after_s", self.evict_after_s, 86_400),
            ("pmi.limits.idle_s", self.idle_s, 86_400),
            ("pmi.limits.request_s", self.request_s, 3600),
            ("pmi.limits.write_s", self.write_s, 3600),
            ("pmi.limits.requests_per_second", self.requests_per_second, 1_000_000),
            ("pmi.limits.request_burst", self.request_burst, 1_000_000),
        ];
        for (key, value, most) in counts {
            if !(1..=most).contains(&value) {
                return Err((key, format!("{value} is outside 1 to {most}")));
            }
        }
        if self.keepalive_s > 3600 {
            return Err(("pmi.limits.keepalive_s", format!("{} is outside 0 to 3600", self.keepalive_s)));
        }
        Ok(())
    }

    /// As the servers take them.
    pub fn server(&self) -> TcpServerConfig {
        let seconds = |s: u32| Duration::from_secs(s.into());
        TcpServerConfig {
            max_connections: self.max_connections.into(),
            max_per_peer: self.max_per_peer.into(),
            evict_after: seconds(self.evict_after_s),
            idle_timeout: seconds(self.idle_s),
            request_timeout: seconds(self.request_s),
            write_timeout: seconds(self.write_s),
            requests_per_second: self.requests_per_second,
            request_burst: self.request_burst,
            keepalive: (self.keepalive_s > 0)
                .then(|| Keepalive { idle: seconds(self.keepalive_s), ..Keepalive::default() }),
        }
    }
}

impl Pmi {
    /// Finds what cannot be, with its key.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        if !(1..=247).contains(&self.unit) {
            return Err(("pmi.unit", format!("{} is outside 1 to 247", self.unit)));
        }
        if let Some(serial) = &self.serial {
            serial.settings(&[]).map_err(|(key, reason)| ("pmi.serial", format!("{key}: {reason}")))?;
        }
        if self.pass_through_writes == PassThroughWrites::Refuse && !self.allow.is_empty() {
            let reason = "nothing on the list can be written while pass_through_writes is \"refuse\": choose \
                          \"allow_list\" or \"lease_holder\", or take the list out";
            return Err(("pmi.allow", reason.to_owned()));
        }
        if let Some(Secure { handshake_s, .. }) = self.secure
            && !(1..=60).contains(&handshake_s)
        {
            return Err(("pmi.secure.handshake_s", format!("{handshake_s} is outside 1 to 60")));
        }
        self.limits.check()
    }

    /// As the service takes it.
    pub fn service(&self, journal: Arc<dyn Journal>) -> PmiConfig {
        let writes = match self.pass_through_writes {
            PassThroughWrites::Refuse => WritePolicy::Refuse,
            PassThroughWrites::AllowList => WritePolicy::AllowList,
            PassThroughWrites::LeaseHolder => WritePolicy::LeaseHolder,
        };
        let register = |map: &str, register: &String| AllowedRegister {
            map: map.to_owned(),
            register: register.clone(),
        };
        let allow = self.allow.iter().flat_map(|a| a.registers.iter().map(|r| register(&a.map, r)));
        PmiConfig { unit: self.unit, writes, allow: allow.collect(), journal, ..PmiConfig::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Pmi, String> {
        let pmi: Pmi = toml::from_str(text).map_err(|e| e.to_string())?;
        pmi.check().map_err(|(key, reason)| format!("{key}: {reason}"))?;
        Ok(pmi)
    }

    #[test]
    fn what_is_left_out_are_the_defaults_of_the_server() {
        assert_eq!(parse("").unwrap(), Pmi::default());
        assert_eq!(Limits::default().server(), TcpServerConfig::default());
        let limits = parse("[limits]\nmax_connections = 1000\nkeepalive_s = 0\n").unwrap().limits.server();
        assert_eq!((limits.max_connections, limits.keepalive), (1000, None));
        assert_eq!(
            parse("[limits]\nidle_s = 0\n").unwrap_err(),
            "pmi.limits.idle_s: 0 is outside 1 to 86400"
        );
    }

    #[test]
    fn a_list_that_would_do_nothing_is_refused() {
        let list = "[[allow]]\nmap = \"orv3-psu\"\nregisters = [\"led_override\", \"unix_time\"]\n";
        assert!(parse(list).unwrap_err().starts_with("pmi.allow: nothing on the list"));
        let pmi = parse(&format!("pass_through_writes = \"lease_holder\"\n{list}")).unwrap();
        let service = pmi.service(PmiConfig::default().journal);
        assert_eq!(service.writes, WritePolicy::LeaseHolder);
        assert_eq!(
            service.allow.iter().map(|a| a.register.as_str()).collect::<Vec<_>>(),
            ["led_override", "unix_time"]
        );
        assert!(parse("pass_through_writes = \"allow\"\n").unwrap_err().contains("allow_list"));
    }

    #[test]
    fn a_role_that_is_not_named_has_no_rights() {
        let files = "certificate = \"c\"\nkey = \"k\"\nclient_ca = \"ca\"\n";
        let secure =
            parse(&format!("[secure]\n{files}roles = {{ a = \"write\", b = \"read\" }}\n")).unwrap().secure;
        let server = secure.unwrap().server();
        assert_eq!(server.roles.rights(Some("a")), Rights::ALL);
        assert_eq!(server.roles.rights(Some("b")), Rights::READ);
        assert_eq!((server.roles.rights(Some("c")), server.roles.rights(None)), (Rights::NONE, Rights::NONE));
        assert!(!server.tls13_only);
        assert!(
            parse(&format!("[secure]\n{files}")).unwrap_err().contains("roles"),
            "who may do what must be said"
        );
        assert!(
            parse(&format!("[secure]\n{files}roles = {{}}\nmin_tls = \"1.1\"\n"))
                .unwrap_err()
                .contains("1.1")
        );
    }
}
