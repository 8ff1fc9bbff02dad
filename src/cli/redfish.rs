//! The Redfish service in the configuration file, and what becomes of it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::config::Config;
use crate::redfish::{EventConfig, Feed, Network, RedfishConfig, ShelfIdentity, Transport};

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
    /// File of the host's time service that holds the time servers which clients name, ending in .conf (systemd-timesyncd)
    /// or .sources (chrony); without it they see and set none.
    pub time_servers: Option<PathBuf>,
    /// Events that are sent to receivers that subscribe.
    pub events: Events,
    /// What is known about the shelf and no device reports.
    pub shelf: Shelf,
}

/// What is known about the shelf and no device reports.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shelf {
    /// Shown as such.
    pub manufacturer: Option<String>,
    /// Shown as such.
    pub model: Option<String>,
    /// Shown as such.
    pub part_number: Option<String>,
    /// Shown as such.
    pub serial_number: Option<String>,
    /// Shown as such.
    pub uuid: Option<String>,
    /// Wiring of the AC input, a `PhaseWiringType` of Redfish.
    pub phase_wiring: Option<String>,
    /// Rated current of the AC input in amperes.
    pub rated_input_a: Option<f64>,
    /// Rated current of the DC output in amperes.
    pub rated_output_a: Option<f64>,
}

impl Shelf {
    fn check(&self) -> Result<(), Fault> {
        let uuid = |text: &String| {
            text.len() == 36
                && text.char_indices().all(|(at, c)| match at {
                    8 | 13 | 18 | 23 => c == '-',
                    _ => c.is_ascii_hexdigit(),
                })
        };
        if self.uuid.as_ref().is_some_and(|text| !uuid(text)) {
            return Err(("redfish.shelf.uuid", "write it as 8-4-4-4-12 hexadecimal digits".to_owned()));
        }
        if self.phase_wiring.as_ref().is_some_and(|text| !Feed::WIRINGS.contains(&text.as_str())) {
            return Err((
                "redfish.shelf.phase_wiring",
                format!("must be one of {}", Feed::WIRINGS.join(", ")),
            ));
        }
        for (key, amperes) in [
            ("redfish.shelf.rated_input_a", self.rated_input_a),
            ("redfish.shelf.rated_output_a", self.rated_output_a),
        ] {
            if amperes.is_some_and(|a| !(a > 0.0 && a <= 10_000.0)) {
                return Err((key, "must be above 0 and at most 10000".to_owned()));
            }
        }
        Ok(())
    }

    /// The same for the service.
    pub(super) fn identity(&self) -> ShelfIdentity {
        let Self { manufacturer, model, part_number, serial_number, uuid, .. } = self.clone();
        let feed = Feed {
            phase_wiring: self.phase_wiring.clone(),
            rated_input_a: self.rated_input_a,
            rated_output_a: self.rated_output_a,
        };
        ShelfIdentity { manufacturer, model, part_number, serial: serial_number, uuid, feed }
    }
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
            time_servers: None,
            events: Events::default(),
            shelf: Shelf::default(),
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
        self.shelf.check()?;
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
    let Redfish { insecure_http, lease_seconds, state, events, shelf, .. } = &config.redfish;
    let transport = if *insecure_http { Transport::InsecureHttp } else { Transport::SelfSigned };
    Ok(RedfishConfig {
        transport,
        lease: Duration::from_secs((*lease_seconds).into()),
        poll_interval: Some(Duration::from_millis(config.gateway.poll_ms)),
        state: state.clone(),
        time_servers: config.redfish.time_servers.clone(),
        shelf: shelf.identity(),
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
            ("redfish.shelf.uuid", "[redfish.shelf]\nuuid = \"1234\"\n"),
            ("redfish.shelf.phase_wiring", "[redfish.shelf]\nphase_wiring = \"Delta\"\n"),
            ("redfish.shelf.rated_input_a", "[redfish.shelf]\nrated_input_a = -1.0\n"),
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
