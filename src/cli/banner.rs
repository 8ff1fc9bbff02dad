//! What `dpo serve` says when it has started.

use std::fmt::Write as _;
use std::net::SocketAddr;

use super::config::{Config, Shelf};

/// Environment variable with the password of the user `admin`.
pub(super) const PASSWORD_VARIABLE: &str = "DPO_ADMIN_PASSWORD";
/// The user that is there before a client makes others.
const USER: &str = "admin";

/// Where the interfaces are served.
pub(super) struct Addresses {
    /// Redfish.
    pub redfish: SocketAddr,
    /// Modbus TCP.
    pub modbus: SocketAddr,
    /// Modbus/TCP Security, if it is served.
    pub secure: Option<SocketAddr>,
    /// The serial device, with the link to it.
    pub serial: String,
    /// What the fast path got of the operating system; `None` if there is none.
    pub fast: Option<String>,
}

/// How a user logs in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Login<'a> {
    /// With the password that the user chose.
    Chosen,
    /// With one that was made at this start.
    Made(&'a str),
    /// With the accounts that are kept in `redfish.state`.
    Kept,
}

/// What `dpo serve` prints when it listens.
pub(super) fn banner(config: &Config, at: &Addresses, login: Login<'_>) -> String {
    let redfish = at.redfish;
    let scheme = if config.redfish.insecure_http { "http" } else { "https" };
    let shelf = match &config.shelf {
        Shelf::Simulated { .. } => "an embedded SIMULATED shelf of 6 PSUs and 6 BBUs".to_owned(),
        Shelf::Buses { bus } => format!("a shelf on {} bus(es)", bus.len()),
    };
    let mut text = format!("dpo-gateway {} around {shelf}\n", env!("CARGO_PKG_VERSION"));
    let unit = config.pmi.unit;
    let devices = match &config.shelf {
        Shelf::Simulated { .. } => "PSUs from 200, BBUs from 64",
        Shelf::Buses { .. } => "PSUs and BBUs at their own",
    };
    // Writing to a String cannot fail.
    let _ = writeln!(text, "  Redfish        {scheme}://{redfish}/redfish/v1/");
    let _ = writeln!(text, "  Documentation  {scheme}://{redfish}/docs/");
    let _ = writeln!(text, "  Modbus TCP     {}   DPO block at {unit}, {devices}", at.modbus);
    if let Some(secure) = at.secure {
        let _ = writeln!(text, "  Modbus TLS     {secure}   the same, for clients with a certificate");
    }
    let line = match &config.pmi.serial {
        Some(serial) => match serial.settings(&[]) {
            Ok(settings) => settings.to_string(),
            Err((key, reason)) => format!("{key}: {reason}"),
        },
        None => "a pseudo-terminal without parity".to_owned(),
    };
    let _ = writeln!(text, "  Modbus RTU     {}   the same, {line}", at.serial);
    if let Some(fast) = &at.fast {
        let _ = writeln!(text, "  Fast path      1 kHz, {fast}");
    }
    let _ = match login {
        Login::Made(password) => writeln!(
            text,
            "  User           {USER}\n  Password       {password}   (new at each start; {PASSWORD_VARIABLE} sets one)"
        ),
        Login::Chosen => {
            writeln!(text, "  User           {USER}\n  Password       as {PASSWORD_VARIABLE} says")
        }
        Login::Kept => writeln!(text, "  Users          as clients left them, in the file of redfish.state"),
    };
    text.push_str("Ctrl-C ends it.\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(config: &str, login: Login<'_>) -> String {
        let at = Addresses {
            redfish: SocketAddr::from(([127, 0, 0, 1], 8443)),
            modbus: SocketAddr::from(([127, 0, 0, 1], 1502)),
            secure: None,
            serial: "/dev/ttyS1".to_owned(),
            fast: Some("ordinary scheduling".to_owned()),
        };
        banner(&toml::from_str(config).unwrap(), &at, login)
    }

    #[test]
    fn a_simulation_says_so_and_a_chosen_password_is_not_shown() {
        let text = shown("", Login::Chosen);
        assert!(text.contains("SIMULATED") && text.contains("https://127.0.0.1:8443/docs/"), "{text}");
        assert!(text.contains("without parity") && text.contains("as DPO_ADMIN_PASSWORD says"), "{text}");
        assert!(text.contains("1 kHz, ordinary scheduling"), "{text}");
        assert!(shown("", Login::Made("random-one")).contains("random-one"));
        assert!(shown("", Login::Kept).contains("redfish.state"));
    }

    #[test]
    fn a_serial_line_is_shown_as_configured() {
        let text = shown(
            "[pmi]\nserial = { device = \"/dev/ttyS1\", baud = 115200, parity = \"none\" }\n",
            Login::Chosen,
        );
        assert!(text.contains("/dev/ttyS1   the same, 115200 8N2"), "{text}");
    }
}
