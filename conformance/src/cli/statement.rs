//! The command `init`: a capability statement by reading the devices.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::local_timing;
use crate::pics::{self, read};
use crate::targets::sim::Reference;
use crate::targets::{DeviceName, Endpoint, Target, named, probe};
use crate::transport::Timing;

/// Arguments of `init`.
#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// tcp://host:port, rtu:/dev/ttyX?baud=N&parity=even|odd|none, or sim.
    #[arg(long)]
    target: Target,
    /// Device as MAP@UNIT, as orv3-psu@200; may be repeated. Without it every address of every known map is asked.
    #[arg(long, value_name = "MAP@UNIT")]
    device: Vec<DeviceName>,
    /// New file for the statement; without it standard output. A file that is there is not overwritten.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Longest time to an answer in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 1000)]
    timeout: u64,
}

pub(super) async fn init(args: &InitArgs) -> Result<u8, String> {
    let timing = Timing { answer: Duration::from_millis(args.timeout), ..local_timing() };
    let mut reference = None;
    let (endpoint, found): (Endpoint, Vec<DeviceName>) = match &args.target {
        Target::Sim => {
            let started = reference.insert(Reference::start().await.map_err(|e| e.to_string())?);
            let endpoint = started.endpoints().into_iter().next().ok_or("the reference has no link")?;
            (endpoint, started.devices.clone())
        }
        Target::Link(endpoint) => (endpoint.clone(), Vec::new()),
    };
    let names = if args.device.is_empty() { found } else { args.device.clone() };
    let devices = if names.is_empty() {
        // An address without a device costs a time-out: a short one.
        let quick = Timing { answer: timing.answer.min(Duration::from_millis(150)), ..timing };
        probe(&endpoint, quick).await.map_err(|e| e.to_string())?
    } else {
        named(&names).map_err(|e| e.to_string())?
    };
    if devices.is_empty() {
        return Err(format!(
            "{endpoint}: no device answered its probe register; name one with --device MAP@UNIT"
        ));
    }
    let mut asked = Vec::new();
    for device in devices {
        let shown = read::shown(&endpoint, timing, &device).await.map_err(|e| e.to_string())?;
        asked.push((device, shown));
    }
    let text = read::text(&read::statement(&asked))?;
    drop(reference);
    match &args.output {
        None => std::io::stdout().write_all(text.as_bytes()).map_err(|e| e.to_string())?,
        Some(path) => {
            let mut file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(path)
                .map_err(|e| format!("{}: {e}", path.display()))?;
            file.write_all(text.as_bytes()).map_err(|e| format!("{}: {e}", path.display()))?;
        }
    }
    Ok(0)
}

pub(super) fn schema() -> Result<u8, String> {
    let text = serde_json::to_string_pretty(&pics::schema()).map_err(|e| e.to_string())?;
    writeln!(std::io::stdout(), "{text}").map_err(|e| e.to_string())?;
    Ok(0)
}
