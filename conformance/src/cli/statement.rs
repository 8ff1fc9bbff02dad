//! Capability statements on the command line: `init` makes one by reading the devices, `run` takes one.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::local_timing;
use crate::pics::{self, LONGEST, Pics, SupplyClaims, read};
use crate::pmbus;
use crate::run::{Declared, Plan};
use crate::service;
use crate::subjects::{self, TargetArgs};
use crate::transport::Timing;

/// Arguments of `init`.
#[derive(Debug, Args)]
pub(super) struct InitArgs {
    #[command(flatten)]
    targets: TargetArgs,
    /// New file for the statement; without it standard output. A file that is there is not overwritten.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Longest time to an answer in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 1000)]
    timeout: u64,
}

/// The statement of a file.
pub(super) fn read(path: &Path) -> Result<Pics, String> {
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let mut text = String::new();
    let file = File::open(path).map_err(|e| named(&e))?;
    let length = file.take(LONGEST + 1).read_to_string(&mut text).map_err(|e| named(&e))?;
    if length as u64 > LONGEST {
        return Err(named(&"too long for a capability statement"));
    }
    Pics::parse(&text).map_err(|e| named(&e))
}

/// What the devices show and their statement does not claim, one line each.
pub(super) async fn beyond(plan: &Plan) -> Result<Vec<String>, String> {
    let mut lines = Vec::new();
    for device in plan.pmbus.iter().filter(|device| device.claimed) {
        let shown = pmbus::play::shown(device).await;
        lines.extend(shown.iter().map(|id| format!("{}: command {id}", device.name())));
    }
    let Some(endpoint) = plan.endpoints.first() else { return Ok(lines) };
    for device in &plan.devices {
        let shown = read::shown(endpoint, plan.tcp, device).await.map_err(|e| e.to_string())?;
        lines.extend(shown.beyond(device));
    }
    Ok(lines)
}

pub(super) async fn init(args: &InitArgs) -> Result<u8, String> {
    let timing = Timing { answer: Duration::from_millis(args.timeout), ..local_timing() };
    let found = subjects::find(&args.targets, Declared::default(), None, timing).await?;
    let mut asked = Vec::new();
    if let Some(endpoint) = found.endpoints.first() {
        for device in found.devices {
            let shown = read::shown(endpoint, timing, &device).await.map_err(|e| e.to_string())?;
            asked.push((device, shown));
        }
    }
    let mut supplies = Vec::new();
    for device in &found.pmbus {
        let (map, address) = (device.map.id.clone(), device.address);
        supplies.push(SupplyClaims { map, address, commands: pmbus::play::shown(device).await });
    }
    let service = match &found.service {
        Some(service) => Some(service::read::shown(service).await?),
        None => None,
    };
    if asked.is_empty() && supplies.is_empty() && service.is_none() {
        return Err("nothing to read: name a target tcp://, rtu:, pmbus: or https://".into());
    }
    let text = read::text(&read::statement(&asked, supplies, service))?;
    drop(found.reference);
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
