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
use crate::restore::{Before, Restore, ServiceBefore};
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
    let PutBack { done, left } = put_back(&notes, timing, &args.access).await;
    for line in done {
        writeln!(out, "{line}").map_err(|e| e.to_string())?;
    }
    if left.is_empty() { Ok(0) } else { Err(left.join("\n")) }
}

/// What became of the notes, one line each.
#[derive(Debug, Default)]
pub(super) struct PutBack {
    /// Put back.
    pub(super) done: Vec<String>,
    /// Not put back, and why.
    pub(super) left: Vec<String>,
}

impl PutBack {
    fn tell(&mut self, what: &dyn std::fmt::Display, result: Result<(), String>) {
        match result {
            Ok(()) => self.done.push(format!("put back: {what}")),
            Err(reason) => self.left.push(format!("not put back: {what}: {reason}")),
        }
    }
}

/// Puts back what is noted and reads it again. A device that fails does not keep the others from it; of that device no more
/// is tried, since what was changed last must go back first.
pub(super) async fn put_back(notes: &Arc<Restore>, timing: Timing, access: &AccessArgs) -> PutBack {
    let mut told = PutBack::default();
    let mut failed = BTreeSet::new();
    for note in notes.pending() {
        let device = (note.link.clone(), note.unit);
        let result = if failed.contains(&device) {
            Err("something that was changed later on this device is not put back".to_owned())
        } else {
            let done = one(&note, timing).await;
            done.and_then(|()| notes.put_back(&note).map_err(|e| e.to_string()))
        };
        if result.is_err() {
            failed.insert(device);
        }
        told.tell(&note, result);
    }
    on_buses(notes, &mut told).await;
    for note in notes.services_pending() {
        let result = on_service(notes, &note, timing, access).await;
        told.tell(&note, result);
    }
    told
}

async fn on_service(
    notes: &Arc<Restore>,
    note: &ServiceBefore,
    timing: Timing,
    access: &AccessArgs,
) -> Result<(), String> {
    let service = access.service(&note.base.parse()?, timing.answer)?;
    crate::service::before::put_back(&service, notes, note).await
}

/// Puts back what is noted of PMBus devices.
async fn on_buses(notes: &Restore, told: &mut PutBack) {
    let all = notes.bus_pending();
    let devices: BTreeSet<(&str, u8)> = all.iter().map(|note| (note.bus.as_str(), note.address)).collect();
    for (bus, address) in devices {
        let own: Vec<_> =
            all.iter().filter(|note| (note.bus.as_str(), note.address) == (bus, address)).cloned().collect();
        let result = async {
            let device = subjects::supply(&PathBuf::from(bus), address)?;
            let allowed = Allowed { writes: true, disruptive: false };
            let link = SmbusLink::new(device.port.clone(), before::guard(&device, allowed), None);
            before::put_back(&link, notes, &own).await
        }
        .await;
        match result {
            Ok(()) => own.iter().for_each(|note| told.tell(note, Ok(()))),
            Err(left) => told.left.push(format!("not put back: {address:02X}h on {bus}: {left}")),
        }
    }
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
