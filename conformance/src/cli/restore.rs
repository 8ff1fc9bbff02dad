//! Putting back what a run that was killed had changed.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::local_timing;
use crate::pmbus::before;
use crate::restore::{Before, Restore};
use crate::run::Selection;
use crate::subjects;
use crate::targets::{self, Endpoint, Target};
use crate::transport::guard::Allowed;
use crate::transport::smbus::SmbusLink;
use crate::transport::{Link, NoLog, Seen, Timing};
use crate::world::{data_words, read_pdu, write_pdu};

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
    for line in put_back(&notes, timing).await? {
        writeln!(out, "{line}").map_err(|e| e.to_string())?;
    }
    Ok(0)
}

/// Puts back what is noted and reads it again; what was done, in words. Stops at the first thing that fails.
pub(super) async fn put_back(notes: &Restore, timing: Timing) -> Result<Vec<String>, String> {
    let mut done = Vec::new();
    for before in notes.pending() {
        one(&before, timing).await.map_err(|reason| format!("not put back: {before}: {reason}"))?;
        notes.put_back(&before).map_err(|e| e.to_string())?;
        done.push(format!("put back: {before}"));
    }
    done.extend(on_buses(notes).await?);
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
    let words = u16::try_from(before.words.len()).ok().filter(|n| (1..=123).contains(n));
    let words = words.ok_or("the journal wants more words than a write can hold")?;
    let selection = Selection { writes: true, ..Selection::default() };
    let mut link = endpoint.open(timing, &selection).map_err(|e| e.to_string())?;
    for map in targets::maps().map_err(|e| e.to_string())? {
        for hazard in &map.hazards {
            link.guard_mut().forbid(hazard.first, hazard.last);
        }
    }
    let mut first = String::new();
    // Function 06 for one word, and 16 where a device does not have it.
    for single in [true, false] {
        let request = write_pdu(before.address, &before.words, single);
        let seen = ask(&mut link, before.unit, &request, timing).await?;
        if matches!(&seen, Seen::Pdu(pdu) if pdu.first() == request.first()) {
            first.clear();
            break;
        }
        first = format!("{seen:?}");
    }
    if !first.is_empty() {
        return Err(first);
    }
    let seen = ask(&mut link, before.unit, &read_pdu(before.address, words), timing).await?;
    match data_words(&seen, words) {
        Some(now) if now == before.words => Ok(()),
        Some(now) => Err(format!("it was written, and holds {now:04X?}")),
        None => Err(format!("it was written, and reads {seen:?}")),
    }
}

async fn ask(link: &mut Link, unit: u8, pdu: &[u8], timing: Timing) -> Result<Seen, String> {
    link.exchange(unit, pdu, timing.answer, &NoLog).await.map_err(|e| e.to_string())
}
