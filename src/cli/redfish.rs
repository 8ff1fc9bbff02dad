//! The Redfish service in the configuration file, and what becomes of it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::config::Config;
use crate::redfish::{EventConfig, Network, RedfishConfig, Transport};

/// The Redfish service.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Redfish {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Plain HTTP instead of HTTPS; loopback only.
    pub insecure_http: bool,
    /// How long a setpoint written over Redfish is held without being written again, in seconds.
    pub lease_seconds: u16,
    /// File that keeps what clients configure over a restart; in memory alone without it.
    pub state: Option<PathBuf>,
    /// Events that are sent to receivers that subscribe.
    pub events: Events,
}

/// Events that are sent to receivers that subscribe.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Events {
    /// The only addresses that events may go to, as `10.0.0.0/8` or one address. Without any: all but those of the
    /// gateway itself, loopback, link-local, multicast and the metadata services of clouds.
    pub networks: Vec<String>,
    /// Receivers may be reached over http, too.
    pub insecure_http: bool,
    /// The certificate of a receiver is always checked, whatever its subscription says.
    pub verify_always: bool,
    /// File with the certificates (PEM) of the authorities that receivers are checked against; the system's without.
    pub trust: Option<PathBuf>,
    /// Subscriptions at one time, 0 to 64.
    pub max_subscriptions: usize,
    /// Attempts after the first one, 0 to 100, and the pause before each, 1 to 3600 s; clients may change both.
    pub retry_attempts: u32,
    /// See `retry_attempts`.
    pub retry_seconds: u32,
}

impl Default for Events {
    fn default() -> Self {
        Self {
            networks: Vec::new(),
            insecure_http: false,
            verify_always: false,
            trust: None,
            max_subscriptions: 16,
            retry_attempts: 3,
            retry_seconds: 60,
        }
    }
}

impl Default for Redfish {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8443)),
            insecure_http: false,
            lease_seconds: 300,
            state: None,
            events: Events::default(),
        }
    }
}

/// What is wrong with a key.
type Fault = (&'static str, String);

impl Redfish {
    /// Checks the values.
    ///
    /// # Errors
    /// The key and what is wrong with it.
    pub fn check(&self) -> Result<(), Fault> {
        let Events { max_subscriptions, retry_attempts, retry_seconds, .. } = self.events;
        range("redfish.lease_seconds", self.lease_seconds.into(), 1..=3600)?;
        range("redfish.events.max_subscriptions", max_subscriptions as u64, 0..=64)?;
        range("redfish.events.retry_attempts", retry_attempts.into(), 0..=100)?;
        range("redfish.events.retry_seconds", retry_seconds.into(), 1..=3600)?;
        self.networks().map(|_| ())
    }

    fn networks(&self) -> Result<Vec<Network>, Fault> {
        let networks = self.events.networks.iter().map(|text| text.parse());
        networks.collect::<Result<_, _>>().map_err(|e| ("redfish.events.networks", e))
    }
}

fn range(key: &'static str, value: u64, within: std::ops::RangeInclusive<u64>) -> Result<(), Fault> {
    if within.contains(&value) {
        return Ok(());
    }
    Err((key, format!("{value} is outside {} to {}", within.start(), within.end())))
}

fn file(key: &str, path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|e| format!("{key}: {}: {e}", path.display()))
}

/// The configuration of the service.
///
/// # Errors
/// A file that cannot be read, with the key that names it.
pub fn service(config: &Config, password: &Zeroizing<String>) -> Result<RedfishConfig, String> {
    let Redfish { insecure_http, lease_seconds, state, events, .. } = &config.redfish;
    let transport = if *insecure_http { Transport::InsecureHttp } else { Transport::SelfSigned };
    Ok(RedfishConfig {
        transport,
        lease: Duration::from_secs((*lease_seconds).into()),
        poll_interval: Some(Duration::from_millis(config.gateway.poll_ms)),
        state: state.clone(),
        events: EventConfig {
            networks: config.redfish.networks().map_err(|(key, e)| format!("{key}: {e}"))?,
            insecure_http: events.insecure_http,
            verify_always: events.verify_always,
            trust: events.trust.as_deref().map(|path| file("redfish.events.trust", path)).transpose()?,
            subscription_limit: events.max_subscriptions,
            retry_attempts: events.retry_attempts,
            retry_interval: Duration::from_secs(events.retry_seconds.into()),
            ..EventConfig::default()
        },
        ..RedfishConfig::new(password.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_of_events_is_checked_and_named() {
        for (key, text) in [
            ("redfish.lease_seconds", "[redfish]\nlease_seconds = 0\n"),
            ("redfish.events.networks", "[redfish.events]\nnetworks = [\"10.0.0.0/40\"]\n"),
            ("redfish.events.max_subscriptions", "[redfish.events]\nmax_subscriptions = 65\n"),
            ("redfish.events.retry_attempts", "[redfish.events]\nretry_attempts = 101\n"),
            ("redfish.events.retry_seconds", "[redfish.events]\nretry_seconds = 0\n"),
        ] {
            let refused = Config::parse(Path::new("dpo.toml"), text).unwrap_err().to_string();
            assert!(refused.contains(key), "{refused}");
        }
        let text = "[redfish.events]\ntrust = \"/no/such.pem\"\n";
        let config = Config::parse(Path::new("dpo.toml"), text).unwrap();
        let refused = service(&config, &Zeroizing::new("password".to_owned())).unwrap_err();
        assert!(refused.contains("redfish.events.trust: /no/such.pem"), "{refused}");
    }
}
