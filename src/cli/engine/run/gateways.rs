//! The gateways of the command line.

use std::net::ToSocketAddrs as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use zeroize::Zeroizing;

use super::{Failure, RunArgs, secret};
use crate::cli::engine::backtest::seconds;
use crate::engine::backtest::{Columns, synthetic, trace};
use crate::engine::client::{Client, Login, Trust};
use crate::engine::clock::Clock;
use crate::engine::intake::Telemetry;
use crate::engine::intake::modbus::{BlockAt, ModbusTelemetry, UNIT};
use crate::engine::intake::redfish::RedfishTelemetry;
use crate::engine::intake::trace::{TraceShelf, TraceTelemetry};
use crate::engine::push::Push;
use crate::engine::push::modbus::ModbusPush;
use crate::engine::push::redfish::RedfishPush;

/// Name of the variable that holds the password.
const PASSWORD_VARIABLE: &str = "DPO_ENGINE_PASSWORD";

#[derive(Debug, Args)]
pub(super) struct RedfishArgs {
    /// Certificates (PEM) of the authorities that gateways have theirs from.
    #[arg(long, value_name = "FILE", conflicts_with = "fingerprint")]
    ca: Option<PathBuf>,
    /// SHA-256 digest of the one certificate that is taken for the gateway's.
    #[arg(long, value_name = "HEX")]
    fingerprint: Option<String>,
    /// Take any certificate; only on loopback.
    #[arg(long, conflicts_with_all = ["ca", "fingerprint"])]
    insecure: bool,
    /// User of the gateways' Redfish service.
    #[arg(long, value_name = "NAME", default_value = "admin")]
    user: String,
    /// File with the user's password [default: the variable DPO_ENGINE_PASSWORD].
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ModbusArgs {
    /// How often a PMI block is read.
    #[arg(long, value_name = "TIME", value_parser = seconds, default_value = "50ms")]
    pub(super) poll: f64,
    /// Duration of a lease, in seconds: for so long a lost engine is not noticed. A Redfish gateway that allows no shorter one
    /// than its own takes that.
    #[arg(long, value_name = "S", default_value = "5", value_parser = clap::value_parser!(u16).range(2..=3600))]
    lease: u16,
}

impl RedfishArgs {
    fn trust(&self) -> Result<Trust, Failure> {
        match (&self.ca, &self.fingerprint) {
            (Some(path), _) => {
                let pem = std::fs::read(path);
                Ok(Trust::Authority(pem.map_err(|e| Failure::usage(format!("{}: {e}", path.display())))?))
            }
            (None, Some(print)) => Trust::fingerprint(print).map_err(Failure::usage),
            (None, None) if self.insecure => Ok(Trust::Anybody),
            (None, None) => Err(Failure::usage(
                "https: name whom to trust: --ca FILE, --fingerprint HEX, or, on loopback, --insecure",
            )),
        }
    }

    fn login(&self) -> Result<Login, Failure> {
        let password = match &self.password_file {
            Some(path) => secret(path)?,
            None => std::env::var(PASSWORD_VARIABLE).map(Zeroizing::new).map_err(|_| {
                Failure::usage(format!("no password: set {PASSWORD_VARIABLE}, or name a --password-file"))
            })?,
        };
        Ok(Login { user: self.user.clone(), password })
    }
}

/// A gateway with the ways to it.
pub(super) struct Way {
    pub(super) name: String,
    pub(super) telemetry: Box<dyn Telemetry>,
    pub(super) push: Option<Box<dyn Push>>,
}

/// Makes ready what the command line names; nothing is sent yet.
pub(super) fn open(args: &RunArgs, clock: Clock) -> Result<Vec<Way>, Failure> {
    let mut ways: Vec<Way> = Vec::new();
    for url in &args.gateways {
        let mut way = one(args, url, clock)?;
        if let Some(twin) = ways.iter().filter(|w| w.name == way.name).map(|w| w.name.clone()).next() {
            if way.push.is_some() {
                return Err(Failure::usage(format!("--gateway: {twin} is named twice")));
            }
            way.name = format!("{twin}#{}", ways.len() + 1);
        }
        ways.push(way);
    }
    Ok(ways)
}

fn one(args: &RunArgs, url: &str, clock: Clock) -> Result<Way, Failure> {
    if let Some(rest) = url.strip_prefix("modbus://") {
        let wants = || format!("{url}: wants modbus://HOST:PORT");
        let address = rest.to_socket_addrs().ok().and_then(|mut found| found.next());
        let at = BlockAt { address: address.ok_or_else(|| Failure::usage(wants()))?, unit: UNIT };
        let push = if args.steer {
            let push = ModbusPush::new(at, args.modbus.lease).map_err(Failure::fault)?;
            Some(Box::new(push) as Box<dyn Push>)
        } else {
            None
        };
        let period = Duration::from_secs_f64(args.modbus.poll);
        let telemetry = Box::new(ModbusTelemetry::new(at, period, clock));
        return Ok(Way { name: rest.to_owned(), telemetry, push });
    }
    if let Some(name) = url.strip_prefix("trace:").or(url.strip_prefix("synthetic:").map(|_| url)) {
        let trace = match name.strip_prefix("synthetic:") {
            Some(name) => synthetic::make(name),
            None => trace::read(Path::new(name), &Columns::default()),
        };
        let shelf = args.plan.trace_shelf();
        let name = url.to_owned();
        let clock = (!args.quick).then_some(clock);
        let mut telemetry = TraceTelemetry::new(trace.map_err(Failure::usage)?, shelf, clock);
        if let Some(peak_w) = args.trace_peak_w {
            telemetry = telemetry.scaled(peak_w).map_err(Failure::usage)?;
        }
        return Ok(Way { name, telemetry: Box::new(telemetry), push: None });
    }
    // What plain HTTP on loopback is to show does not exist.
    let trust = if url.starts_with("http://") { Trust::Anybody } else { args.redfish.trust()? };
    let client = Client::new(url, &trust, args.redfish.login()?).map_err(Failure::usage)?;
    let telemetry = Box::new(RedfishTelemetry::new(client.clone(), clock));
    let name = client.name();
    let push =
        args.steer.then(|| Box::new(RedfishPush::new(client, f64::from(args.modbus.lease))) as Box<dyn Push>);
    Ok(Way { name, telemetry, push })
}

impl super::plan::PlanArgs {
    /// What is assumed to stand behind the load of a trace.
    fn trace_shelf(&self) -> TraceShelf {
        TraceShelf { psu_w: self.psu_w, bbu_w: self.bbu_w, state_of_charge: self.target }
    }
}
