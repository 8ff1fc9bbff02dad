//! Files, text and progress of a simulation.

use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::Common;
use crate::gridcode::GridCode;
use crate::sim::rack::{Design, Rack, Traces};
use crate::sim::scenario::draw::{self, Column};
use crate::sim::scenario::judge::{self, Outcome};
use crate::sim::scenario::page::{Page, Part, Table};
use crate::sim::scenario::{Run, Scenario, run};

/// Where results go.
pub(super) struct Output<'a> {
    common: &'a Common,
    command: String,
}

/// A scenario with its runs, one a design.
pub(super) struct Judged {
    pub(super) scenario: Scenario,
    pub(super) runs: Vec<Run>,
    pub(super) outcomes: Vec<Outcome>,
}

/// A scenario's outcomes as they stand in a JSON file.
#[derive(Serialize)]
pub(super) struct Verdicts<'a> {
    id: &'a str,
    title: &'a str,
    source: &'a str,
    must_hold: bool,
    load_share: f64,
    charge: f64,
    outcomes: &'a [Outcome],
}

impl Judged {
    pub(super) fn verdicts(&self) -> Verdicts<'_> {
        let s = &self.scenario;
        Verdicts {
            id: &s.id,
            title: &s.title,
            source: &s.source,
            must_hold: s.must_hold,
            load_share: s.load,
            charge: s.charge,
            outcomes: &self.outcomes,
        }
    }

    /// The runs side by side, from an instant to another.
    pub(super) fn picture(&self, from_s: f64, to_s: f64) -> String {
        let titles: Vec<(String, String)> =
            self.runs.iter().zip(&self.outcomes).map(|(r, o)| (r.design.title(), short(o))).collect();
        let columns: Vec<Column<'_>> = self
            .runs
            .iter()
            .zip(&self.outcomes)
            .zip(&titles)
            .map(|((run, outcome), (title, verdict))| Column {
                title,
                verdict,
                good: outcome.survived,
                traces: &run.traces,
            })
            .collect();
        draw::svg(&self.scenario.title, &columns, from_s, to_s)
    }
}

/// An outcome above a column.
pub(super) fn short(outcome: &Outcome) -> String {
    let back = outcome
        .slowest_recovery_s()
        .map_or_else(|| "90 % not back".to_owned(), |s| format!("90 % back after {s:.2} s"));
    let back = if outcome.dips.is_empty() { String::new() } else { format!("; {back}") };
    match outcome.reason() {
        None => format!("survived{back}"),
        Some(reason) => format!("failed: {}{back}", reason.text()),
    }
}

/// The usual table of outcomes.
pub(super) fn table(judged: &[Judged]) -> Table {
    let mut table = Table::new(&[
        "scenario",
        "design",
        "result",
        "input off after, s",
        "90 % back after, s",
        "peak after, %",
        "bus, V",
        "load lost",
        "BBU energy, kJ",
        "code",
        "why",
    ]);
    for one in judged {
        for outcome in &one.outcomes {
            let peak = outcome.dips.iter().map(|d| d.peak_share).fold(0.0, f64::max);
            table.row([
                one.scenario.id.clone(),
                outcome.design.clone(),
                if outcome.survived { "survived" } else { "failed" }.to_owned(),
                outcome.input_off_after_s.map_or_else(|| "-".to_owned(), |s| format!("{s:.4}")),
                match outcome.slowest_recovery_s() {
                    _ if outcome.dips.is_empty() => "-".to_owned(),
                    Some(s) => format!("{s:.3}"),
                    None => "not in the run".to_owned(),
                },
                if outcome.dips.is_empty() { "-".to_owned() } else { format!("{:.1}", peak * 100.0) },
                format!("{:.2} to {:.2}", outcome.notes.bus_low_v.value, outcome.notes.bus_high_v.value),
                if outcome.notes.load_lost.is_some() { "yes" } else { "no" }.to_owned(),
                format!("{:.2}", outcome.notes.bbu_out_j / 1e3),
                outcome.code.as_ref().map_or_else(|| "-".to_owned(), |c| c.verdict.to_string()),
                outcome
                    .failures
                    .iter()
                    .map(|f| format!("{}: {}", f.reason.text(), f.text))
                    .collect::<Vec<_>>()
                    .join("; "),
            ]);
        }
    }
    table
}

impl<'a> Output<'a> {
    pub(super) fn new(common: &'a Common, command: String) -> Self {
        let seed = if common.seed == 1 { String::new() } else { format!(" --seed {}", common.seed) };
        Self { common, command: format!("dpo simulate {command}{seed}") }
    }

    /// Says what is being done, on standard error.
    pub(super) fn progress(&self, text: &str) {
        if !self.common.quiet {
            // Progress that nobody reads is no failure.
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }

    /// Writes a file into the folder, if there is one.
    pub(super) fn file(&self, name: &str, text: &str) -> Result<(), String> {
        let Some(dir) = &self.common.out else { return Ok(()) };
        let failed = |path: &Path, e: std::io::Error| format!("{}: {e}", path.display());
        std::fs::create_dir_all(dir).map_err(|e| failed(dir, e))?;
        let path = dir.join(name);
        std::fs::write(&path, text).map_err(|e| failed(&path, e))
    }

    /// A file that `--small` leaves out.
    pub(super) fn large(&self, name: &str, text: impl FnOnce() -> String) -> Result<(), String> {
        if self.common.small || self.common.out.is_none() { Ok(()) } else { self.file(name, &text()) }
    }

    /// Runs a scenario for some designs, side by side in time, and judges it.
    pub(super) fn judged(
        &self,
        scenario: Scenario,
        designs: &[Design],
        code: Option<&GridCode>,
    ) -> Result<Judged, String> {
        self.progress(&format!("{}: {}", scenario.id, scenario.title));
        let one = |design: &Design| {
            run(&scenario, *design, &|_: &Rack, _: &Traces| false)
                .map_err(|e| format!("{}: {e}", scenario.id))
        };
        let runs: Vec<Run> = std::thread::scope(|scope| {
            let started: Vec<_> = designs.iter().map(|d| scope.spawn(move || one(d))).collect();
            started
                .into_iter()
                .map(|t| t.join().unwrap_or_else(|_| Err("a simulation stopped".to_owned())))
                .collect::<Result<_, String>>()
        })?;
        let outcomes: Vec<Outcome> = runs.iter().map(|r| judge::outcome(&scenario, r, code)).collect();
        for outcome in &outcomes {
            self.progress(&format!("  {:<14} {}", outcome.design, outcome.text()));
        }
        Ok(Judged { scenario, runs, outcomes })
    }

    /// The files of a judged scenario: a picture, or two with a close-up, and the traces.
    pub(super) fn pictures(&self, judged: &Judged, parts: &mut Vec<Part>) -> Result<(), String> {
        let Scenario { id, title, source, length_s, event_s, .. } = &judged.scenario;
        let first_s = (event_s - 0.3).max(0.0);
        parts.push(Part::Heading(title.clone()));
        parts.push(Part::Text(source.clone()));
        let end_s = judged.outcomes.iter().filter_map(|o| o.dips.last()?.to_s).fold(*event_s, f64::max);
        let close_s = (end_s + 1.2).min(*length_s);
        let mut one = |name: String, to_s: f64| {
            let picture = judged.picture(first_s, to_s);
            self.file(&name, &picture)?;
            parts.push(Part::Drawing(picture));
            Ok::<(), String>(())
        };
        one(format!("{id}.svg"), *length_s)?;
        if close_s - first_s < 0.4 * (length_s - first_s) {
            one(format!("{id}-close.svg"), close_s)?;
        }
        for run in &judged.runs {
            self.large(&format!("{id}-{}.csv", run.design.id()), || run.traces.csv())?;
        }
        Ok(())
    }

    /// The verdict, the table and the page; then what is printed.
    pub(super) fn finish(
        &self,
        name: &str,
        title: &str,
        verdict: &impl Serialize,
        table: &Table,
        parts: Vec<Part>,
        out: &mut dyn Write,
    ) -> Result<(), String> {
        self.finish_with(name, title, verdict, table, parts, &table.markdown(), out)
    }

    /// The same with another text to print than the table.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn finish_with(
        &self,
        name: &str,
        title: &str,
        verdict: &impl Serialize,
        table: &Table,
        parts: Vec<Part>,
        printed: &str,
        out: &mut dyn Write,
    ) -> Result<(), String> {
        let document = Document { simulated: true, command: &self.command, seed: self.common.seed, verdict };
        let value = serde_json::to_value(&document).map_err(|e| e.to_string())?;
        let json = serde_json::to_string_pretty(&rounded(value)).map_err(|e| e.to_string())? + "\n";
        self.file(&format!("{name}.json"), &json)?;
        self.file(&format!("{name}-table.csv"), &table.csv())?;
        let page = Page { title: format!("{title} (simulated)"), command: self.command.clone(), parts };
        self.large(&format!("{name}.html"), || page.html())?;
        let mut text = String::new();
        if self.common.json {
            text = json;
        } else {
            let _ = writeln!(text, "simulated: {title}\n\n{printed}");
        }
        match out.write_all(text.as_bytes()) {
            Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(e.to_string()),
            _ => Ok(()),
        }
    }
}

/// Numbers to a millionth: what lies below says nothing, and differs between mathematical libraries.
fn rounded(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            let exact = number.as_f64().unwrap_or(f64::NAN);
            // Zero without a sign.
            let near = (exact * 1e6).round() / 1e6 + 0.0;
            serde_json::Number::from_f64(near).map_or(Value::Null, Value::Number)
        }
        Value::Array(list) => Value::Array(list.into_iter().map(rounded).collect()),
        Value::Object(map) => Value::Object(map.into_iter().map(|(k, v)| (k, rounded(v))).collect()),
        other => other,
    }
}

/// A JSON file.
#[derive(Serialize)]
struct Document<'a, T: Serialize> {
    simulated: bool,
    command: &'a str,
    seed: u64,
    #[serde(flatten)]
    verdict: &'a T,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_everywhere_and_bad_ones_are_null() {
        let value = serde_json::json!({"a": [0.1 + 0.2, -0.000_000_01], "b": 3, "c": f64::NAN, "d": "x"});
        assert_eq!(rounded(value).to_string(), r#"{"a":[0.3,0.0],"b":3,"c":null,"d":"x"}"#);
    }
}
