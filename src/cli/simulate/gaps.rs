//! `dpo simulate gaps`: the four gaps before and after, which modification closes which part, and what the present
//! registers of today's devices could do.

use std::io::Write;

use clap::Args;
use serde::Serialize;

use super::{Common, OK, Output};
use crate::sim::rack::RackError;
use crate::sim::scenario::envelope;
use crate::sim::scenario::gaps::{self, Ablation, Gap};
use crate::sim::scenario::page::{Part, Table};
use crate::sim::scenario::present::{self, Lasted, Walked};

/// One gap from a seed.
type Measure = fn(u64) -> Result<Gap, RackError>;

/// The curve that the strategies on today's devices walk, and how many of its events are drawn for it.
const CURVE: (&str, usize) = ("ercot-nogrr282", 300);

/// What to run.
#[derive(Debug, Args)]
pub(super) struct GapsArgs {
    #[command(flatten)]
    common: Common,
}

#[derive(Serialize)]
struct Verdict<'a> {
    gaps: &'a [Gap],
    ablations: &'a [Ablation],
    present: Strategies,
}

/// What the present registers of today's devices could do.
#[derive(Serialize)]
struct Strategies {
    events: Vec<Ablation>,
    walk: Vec<Walked>,
    long: Vec<Lasted>,
}

pub(super) fn run(args: &GapsArgs, out: &mut dyn Write) -> Result<u8, String> {
    let output = Output::new(&args.common, "gaps".to_owned());
    let seed = args.common.seed;
    let mut found = Vec::new();
    let measured: [(&str, Measure); 4] = [
        ("PSU low-voltage behaviour", gaps::low_voltage),
        ("controller power-on delay", gaps::power_on),
        ("BBU trigger", gaps::trigger),
        ("PMI scope", gaps::pmi_scope),
    ];
    for (name, measure) in measured {
        output.progress(name);
        found.push(measure(seed).map_err(|e| e.to_string())?);
    }
    output.progress("modifications, on and off");
    let ablations = gaps::ablations(seed).map_err(|e| e.to_string())?;
    output.progress("strategies on today's devices");
    let strategies = strategies(seed)?;
    let mut parts = Vec::new();
    let mut all = Table::new(&["gap", "event", "what", "unit", "design", "value"]);
    let mut printed = String::new();
    let mut show = |title: &str, event: &str, table: Table, parts: &mut Vec<Part>| {
        printed += &format!("## {title}\n\n{event}\n\n{}\n", table.markdown());
        parts.push(Part::Heading(title.to_owned()));
        parts.push(Part::Text(event.to_owned()));
        parts.push(Part::Table(table));
    };
    for gap in &found {
        show(gap.name, &gap.event, gap_table(gap), &mut parts);
        for row in &gap.rows {
            for (design, value) in gap.designs.iter().zip(&row.values) {
                all.row([
                    gap.name.to_owned(),
                    gap.event.clone(),
                    row.what.clone(),
                    row.unit.to_owned(),
                    design.clone(),
                    text(*value),
                ]);
            }
        }
    }
    for ablation in &ablations {
        show("Modifications on and off", &ablation.event, ablation_table(ablation), &mut parts);
    }
    for events in &strategies.events {
        show("Present registers of today's devices", &events.event, ablation_table(events), &mut parts);
    }
    let walked = format!("{} events drawn along {}, those that must hold", CURVE.1, CURVE.0);
    show("Present registers along the curve", &walked, walk_table(&strategies.walk), &mut parts);
    let rise = "the load rises from 50 % to 90 % at 1 s; a sag to 0.15 p.u. for 150 ms comes 60 s after the longest \
        discharge of a BBU (289)";
    show("Present registers for minutes", rise, long_table(&strategies.long), &mut parts);
    let verdict = Verdict { gaps: &found, ablations: &ablations, present: strategies };
    output.file("gaps.md", &format!("# The four gaps (simulated)\n\n{printed}"))?;
    output.finish_with("gaps", "The four gaps", &verdict, &all, parts, &printed, out)?;
    Ok(OK)
}

fn strategies(seed: u64) -> Result<Strategies, String> {
    let code = crate::gridcode::find(CURVE.0).map_err(|e| e.to_string())?;
    let points = envelope::walk(&code, CURVE.1, seed).map_err(|e| e.to_string())?;
    Ok(Strategies {
        events: present::events(seed).map_err(|e| e.to_string())?,
        walk: present::walk(&points, seed).map_err(|e| e.to_string())?,
        long: present::long(seed).map_err(|e| e.to_string())?,
    })
}

fn walk_table(walked: &[Walked]) -> Table {
    let mut table =
        Table::new(&["strategy", "survived", "of", "gained", "lost", "why the first one lost failed"]);
    for Walked { name, events, survived, gained, lost, why } in walked {
        let count = [*survived, *events, gained.len(), lost.len()].map(|n| n.to_string());
        table.row([name.clone()].into_iter().chain(count).chain([why.clone()]));
    }
    table
}

fn long_table(lasted: &[Lasted]) -> Table {
    let mut table = Table::new(&[
        "strategy",
        "gateway",
        "sag at, s",
        "load",
        "lowest bus, V",
        "BBU energy, kJ",
        "lowest charge at the end, %",
    ]);
    for one in lasted {
        table.row([
            one.name.clone(),
            one.gateway.to_owned(),
            format!("{:.0}", one.sag_s),
            if one.load_kept { "kept" } else { "lost" }.to_owned(),
            format!("{:.2}", one.bus_low_v),
            format!("{:.1}", one.bbu_kj),
            format!("{:.1}", one.charge_percent),
        ]);
    }
    table
}

fn text(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |v| format!("{v:.3}"))
}

fn gap_table(gap: &Gap) -> Table {
    let heads: Vec<&str> =
        ["what", "unit"].into_iter().chain(gap.designs.iter().map(String::as_str)).collect();
    let mut table = Table::new(&heads);
    for row in &gap.rows {
        let values = row.values.iter().map(|v| text(*v));
        table.row([row.what.clone(), row.unit.to_owned()].into_iter().chain(values));
    }
    table
}

fn ablation_table(ablation: &Ablation) -> Table {
    let mut table = Table::new(&[
        "modifications",
        "result",
        "90 % back, s",
        "drawn in the sag, %",
        "BBU energy, kJ",
        "BBUs deliver after, ms",
        "lowest bus, V",
        "peak after, %",
        "why",
    ]);
    for step in &ablation.steps {
        table.row([
            step.name.clone(),
            if step.survived { "survived" } else { "failed" }.to_owned(),
            text(step.recovery_s),
            format!("{:.1}", step.drawn_share * 100.0),
            format!("{:.2}", step.bbu_kj),
            text(step.bbu_on_ms),
            format!("{:.2}", step.bus_low_v),
            format!("{:.1}", step.peak_share * 100.0),
            step.why.clone(),
        ]);
    }
    table
}
