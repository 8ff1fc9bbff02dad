//! `dpo simulate campaign`: trains of sags, recorded events, frequency, and parts that fail.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use dpo_registers::units::Volts;
use serde::Serialize;

use super::output::{Verdicts, table};
use super::{Common, FOUND, OK, Output};
use crate::gridcode::record;
use crate::sim::grid::{RecordOptions, Recorded, STEP_S};
use crate::sim::rack::Design;
use crate::sim::scenario::events::{self, Played};
use crate::sim::scenario::page::Part;

/// What to run.
#[derive(Debug, Args)]
pub(super) struct CampaignArgs {
    #[command(flatten)]
    common: Common,
    /// The grid code that judges beside the project's criteria.
    #[arg(long, default_value = "ercot-nogrr282", value_name = "ID")]
    code: String,
    /// Play this record (.csv, or COMTRADE .cfg or .cff) in place of the synthetic 220 kV double sag.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Run these scenarios only, by name; may be repeated.
    #[arg(long = "only", value_name = "NAME")]
    only: Vec<String>,
}

#[derive(Serialize)]
struct Verdict<'a> {
    holds: bool,
    scenarios: Vec<Verdicts<'a>>,
}

pub(super) fn run(args: &CampaignArgs, out: &mut dyn Write) -> Result<u8, String> {
    let mut said = "campaign".to_owned();
    for name in &args.only {
        said += &format!(" --only {name}");
    }
    let played = args.record.as_deref().map(played).transpose()?;
    if let Some(played) = &played {
        said += &format!(" --record {}", played.name);
    }
    let output = Output::new(&args.common, said);
    let code = crate::gridcode::find(&args.code).map_err(|e| e.to_string())?;
    let mut scenarios = events::campaign(args.common.seed, played.as_ref());
    for name in &args.only {
        if !scenarios.iter().any(|s| s.id == *name) {
            let known: Vec<&str> = scenarios.iter().map(|s| s.id.as_str()).collect();
            return Err(format!("--only {name}: no such scenario; there are {}", known.join(", ")));
        }
    }
    if !args.only.is_empty() {
        scenarios.retain(|s| args.only.contains(&s.id));
    }
    let mut judged = Vec::new();
    for scenario in scenarios {
        judged.push(output.judged(scenario, &Design::ALL, Some(&code))?);
    }
    let table = table(&judged);
    let mut parts = vec![Part::Table(table.clone())];
    for one in &judged {
        output.pictures(one, &mut parts)?;
    }
    let modified = Design::Modified.id();
    let holds = judged
        .iter()
        .filter(|j| j.scenario.must_hold)
        .flat_map(|j| &j.outcomes)
        .all(|o| o.design != modified || o.survived);
    let verdict = Verdict { holds, scenarios: judged.iter().map(|j| j.verdicts()).collect() };
    output.finish("campaign", "Trains of sags, frequency, faults of parts", &verdict, &table, parts, out)?;
    Ok(if holds { OK } else { FOUND })
}

fn played(path: &Path) -> Result<Played, String> {
    let record = record::read(path, None).map_err(|e| e.to_string())?;
    let recorded = Recorded::new(&record, &RecordOptions::default()).map_err(|e| e.to_string())?;
    let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    Ok(Played {
        name,
        grid: recorded.config(Volts(240.0), STEP_S),
        duration_s: recorded.duration_s,
        notes: recorded.notes,
    })
}
