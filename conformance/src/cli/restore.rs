//! Putting back what a run that was killed had changed.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::local_timing;
use crate::pmbus::before;
use crate::putback;
use crate::restore::{Before, Restore};
use crate::run::Selection;
use crate::subjects::{self, AccessArgs};
use crate::targets::{self, Endpoint, Target};
use crate::transport::guard::Allowed;
use crate::transport::smbus::SmbusLink;
use crate::transport::{NoLog, Timing};

/// Name of the journal, in the folder in which the suite was started.
pub(super) const JOURNAL: &str = "dpo-conformance.journal";

#[derive(Debug, Args)]
pub(super) struct RestoreArgs {
    /// Journal of the run that was killed.
    #[arg(long, value_name = "FILE", default_value = JOURNAL)]
    journal: PathBuf,
    /// Longest time to an answer in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 1000)]
    timeout: u64,
    #[command(flatten)]
    access: AccessArgs,
}

pub(super) async fn restore(args: &RestoreArgs) -> Result<u8, String> {
    let notes = Restore::open(&args.journal).map_err(|e| e.to_string())?;
    let timing = Timing {
        answer: Duration::from_millis(args.timeout.clamp(1, 600_000)),
        quiet: Duration::from_millis(25),
        ..local_timing()
    };
    let mut out = std::io::stdout();
    if notes.is_empty() {
        writeln!(out, "{}: nothing is left to put back", args.journal.display())
            .map_err(|e| e.to_string())?;
        return Ok(0);
    }
    for line in put_back(&notes, timing, &args.access).await? {
        writeln!(out, "{line}").map_err(|e| e.to_string())?;
    }
    Ok(0)
}

/// Puts back what is noted and reads it again; what was done, in words. Stops at the first thing that fails.
pub(super) async fn put_back(
    notes: &Arc<Restore>,
    timing: Timing,
    access: &AccessArgs,
) -> Result<Vec<String>, String> {
    let mut done = Vec::new();
    for before in notes.pending() {
        one(&before, timing).await.map_err(|reason| format!("not put back: {before}: {reason}"))?;
        notes.put_back(&before).map_err(|e| e.to_string())?;
        done.push(format!("put back: {before}"));
    }
    done.extend(on_buses(notes).await?);
    for note in notes.services_pending() {
        let base = note.base.parse()?;
        let service = access.service(&base, timing.answer)?;
        let result = crate::service::before::put_back(&service, notes, &note).await;
        result.map_err(|reason| format!("not put back: {note}: {reason}"))?;
        done.push(format!("put back: {note}"));
    }
    Ok(done)
}

/// Puts back what is noted of PMBus devices.
async fn on_buses(notes: &Restore) -> Result<Vec<String>, String> {
    let all = notes.bus_pending();
    let buses: BTreeSet<&str> = all.iter().map(|note| note.bus.as_str()).collect();
    let mut done = Vec::new();
    for bus in buses {
        let own: Vec<_> = all.iter().filter(|note| note.bus == bus).cloned().collect();
        for address in own.iter().map(|note| note.address).collect::<BTreeSet<u8>>() {
            let device = subjects::supply(&PathBuf::from(bus), address)?;
            let allowed = Allowed { writes: true, disruptive: false };
            let link = SmbusLink::new(device.port.clone(), before::guard(&device, allowed), None);
            let own: Vec<_> = own.iter().filter(|note| note.address == address).cloned().collect();
            before::put_back(&link, notes, &own).await.map_err(|left| format!("not put back: {left}"))?;
            done.extend(own.iter().map(|note| format!("put back: {note}")));
        }
    }
    Ok(done)
}

async fn one(before: &Before, timing: Timing) -> Result<(), String> {
    let endpoint: Endpoint = match before.link.parse()? {
        Target::Link(endpoint) => endpoint,
        other => return Err(format!("{other} is no Modbus link")),
    };
    let selection = Selection { writes: true, ..Selection::default() };
    let mut link = endpoint.open(timing, &selection).map_err(|e| e.to_string())?;
    for map in targets::maps().map_err(|e| e.to_string())? {
        for hazard in &map.hazards {
            link.guard_mut().forbid(hazard.first, hazard.last);
        }
    }
    putback::modbus(&mut link, before, timing.answer, &NoLog).await
}
