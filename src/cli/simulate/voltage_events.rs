//! `dpo simulate voltage-events`: the two voltage events for three designs.

use std::io::Write;

use clap::Args;
use serde::Serialize;

use super::output::{Verdicts, table};
use super::{Common, FOUND, OK, Output};
use crate::sim::rack::Design;
use crate::sim::scenario::events;
use crate::sim::scenario::page::Part;

/// What to run.
#[derive(Debug, Args)]
pub(super) struct EventsArgs {
    #[command(flatten)]
    common: Common,
    /// The grid code that judges beside the project's criteria.
    #[arg(long, default_value = "ercot-nogrr282", value_name = "ID")]
    code: String,
}

#[derive(Serialize)]
struct Verdict<'a> {
    holds: bool,
    scenarios: Vec<Verdicts<'a>>,
}

pub(super) fn run(args: &EventsArgs, out: &mut dyn Write) -> Result<u8, String> {
    let output = Output::new(&args.common, "voltage-events".to_owned());
    let code = crate::gridcode::find(&args.code).map_err(|e| e.to_string())?;
    let mut judged = Vec::new();
    for scenario in events::voltage_events(args.common.seed) {
        judged.push(output.judged(scenario, &Design::ALL, Some(&code))?);
    }
    let table = table(&judged);
    let mut parts = vec![Part::Table(table.clone())];
    for one in &judged {
        output.pictures(one, &mut parts)?;
    }
    let modified = Design::Modified.id();
    let holds = judged.iter().flat_map(|j| &j.outcomes).all(|o| o.design != modified || o.survived);
    let verdict = Verdict { holds, scenarios: judged.iter().map(|j| j.verdicts()).collect() };
    output.finish("voltage-events", "Two voltage events, three designs", &verdict, &table, parts, out)?;
    Ok(if holds { OK } else { FOUND })
}
