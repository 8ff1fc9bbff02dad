//! `dpo gridcode check`: judge a recorded event.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codes::named;
use super::{FAILED, FOUND, OK, fail};
use crate::gridcode::model::{
    AtLevel, AtLimit, Choice, Confidence, Filter, GridCode, Measurement, PhaseRule, Timing,
};
use crate::gridcode::record::{self, Mapping, VoltageBase, VoltageKind};
use crate::gridcode::report;
use crate::gridcode::verdict::{Judgement, Options, Signals, Verdict, judge};

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// Instantaneous values.
    Wave,
    /// Effective values.
    Rms,
}

/// What to judge, and how.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The grid code: `id`, `id@version`, or the path of a JSON file.
    #[arg(long, value_name = "ID")]
    code: String,
    /// The record: .csv, COMTRADE .cfg with its .dat, or .cff.
    record: PathBuf,
    /// Judge this clause only; may be repeated.
    #[arg(long = "clause", value_name = "CLAUSE")]
    clauses: Vec<String>,
    /// How to write the verdict.
    #[arg(long, default_value = "text")]
    format: Format,
    /// Write a plot: .svg, or .html with the verdict beside it.
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    #[command(flatten)]
    channels: Channels,
    #[command(flatten)]
    rules: Rules,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Channels (by name, or #n for the n-th)")]
struct Channels {
    /// Column of time of a CSV file [default: time_s, t_s, time or t].
    #[arg(long, value_name = "NAME")]
    time: Option<String>,
    /// Voltages of the phases, with commas [default: va,vb,vc or v_rms_a,… or by unit and phase].
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    voltage: Vec<String>,
    /// What the voltages hold [default: by their names, else waveforms].
    #[arg(long, value_name = "KIND")]
    voltage_kind: Option<Kind>,
    /// 1 p.u. in volts, as effective value of what was recorded [default: the value at the beginning].
    #[arg(long, value_name = "VOLTS")]
    nominal_v: Option<f64>,
    /// Active power drawn [default: p_w, p_kw or p_mw].
    #[arg(long, value_name = "NAME")]
    power: Option<String>,
    /// The power counts what flows into the grid: turn it round.
    #[arg(long)]
    invert_power: bool,
    /// Currents of the phases, with commas, to compute the power from waveforms.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    current: Vec<String>,
    /// Frequency [default: f_hz, else measured from the waveforms].
    #[arg(long, value_name = "NAME")]
    frequency: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "In place of what the code's file says")]
struct Rules {
    /// any-phase, all-phases, positive-sequence or average.
    #[arg(long, value_name = "RULE", value_parser = word::<PhaseRule>)]
    phase_rule: Option<PhaseRule>,
    /// half-cycle-rms, one-cycle-rms or fundamental.
    #[arg(long, value_name = "FILTER", value_parser = word::<Filter>)]
    filter: Option<Filter>,
    /// beyond-level or profile.
    #[arg(long, value_name = "TIMING", value_parser = word::<Timing>)]
    timing: Option<Timing>,
    /// Is a value exactly on a level within or beyond it?
    #[arg(long, value_name = "RULE", value_parser = word::<AtLevel>)]
    at_level: Option<AtLevel>,
    /// must-ride or may-trip after exactly the minimum time.
    #[arg(long, value_name = "RULE", value_parser = word::<AtLimit>)]
    at_limit: Option<AtLimit>,
    /// Hysteresis of the voltage levels in p.u.
    #[arg(long, value_name = "PU")]
    hysteresis_pu: Option<f64>,
    /// Recovery budget in seconds.
    #[arg(long, value_name = "SECONDS")]
    recovery_budget_s: Option<f64>,
    /// Window of a rate of change of frequency, where the code's is missing.
    #[arg(long, value_name = "SECONDS")]
    rocof_window_s: Option<f64>,
    /// Rated power of what was recorded, in kilowatts: with --site-mw it scales limits of a site.
    #[arg(long, value_name = "KW")]
    rated_kw: Option<f64>,
    /// Rated power of the site, in megawatts.
    #[arg(long, value_name = "MW")]
    site_mw: Option<f64>,
}

/// A word of a code's file, with `-` for `_`.
fn word<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::String(text.replace('-', "_"))).map_err(|e| e.to_string())
}

/// What `--format json` writes.
#[derive(Serialize)]
struct Output<'a> {
    record: &'a str,
    measurement: &'a Measurement,
    #[serde(flatten)]
    judgement: &'a Judgement,
}

pub(super) fn check(args: CheckArgs, out: &mut dyn Write) -> io::Result<u8> {
    let prepared = match prepare(&args) {
        Ok(prepared) => prepared,
        Err(message) => return fail(out, &message),
    };
    let Prepared { code, name, judgement, .. } = &prepared;
    if let Some(path) = &args.plot
        && let Err(message) = plot(path, &prepared)
    {
        return fail(out, &message);
    }
    match args.format {
        Format::Text => write!(out, "{}", report::text(code, name, judgement))?,
        Format::Json => {
            let output = Output { record: name, measurement: &code.measurement, judgement };
            match serde_json::to_string_pretty(&output) {
                Ok(text) => writeln!(out, "{text}")?,
                Err(error) => return fail(out, &error.to_string()),
            }
        }
    }
    Ok(match judgement.verdict {
        Verdict::Pass => OK,
        Verdict::Fail => FOUND,
        Verdict::Inconclusive | Verdict::NotApplicable => FAILED,
    })
}

struct Prepared {
    code: GridCode,
    name: String,
    signals: Signals,
    judgement: Judgement,
}

fn prepare(args: &CheckArgs) -> Result<Prepared, String> {
    let mut code = named(&args.code).map_err(|e| e.to_string())?;
    for clause in &args.clauses {
        if code.clause(clause).is_none() {
            let known: Vec<&str> = code.clauses.iter().map(|c| c.id.as_str()).collect();
            return Err(format!("{} has no clause `{clause}`; it has {}", code.name(), known.join(", ")));
        }
    }
    let mut changed = Vec::new();
    let (rules, m) = (&args.rules, &mut code.measurement);
    set(&mut m.phase_rule, rules.phase_rule, "phase rule", &mut changed);
    set(&mut m.filter, rules.filter, "filter", &mut changed);
    set(&mut m.timing, rules.timing, "timing", &mut changed);
    set(&mut m.at_level, rules.at_level, "value at a level", &mut changed);
    set(&mut m.at_limit, rules.at_limit, "exactly the minimum time", &mut changed);
    set(&mut m.hysteresis_pu, rules.hysteresis_pu, "hysteresis in p.u.", &mut changed);
    for (what, value) in [
        ("--recovery-budget-s", rules.recovery_budget_s),
        ("--rocof-window-s", rules.rocof_window_s),
        ("--rated-kw", rules.rated_kw),
        ("--site-mw", rules.site_mw),
    ] {
        if value.is_some_and(|v| !(v.is_finite() && v > 0.0)) {
            return Err(format!("{what} wants a number above 0"));
        }
    }
    if rules.hysteresis_pu.is_some_and(|h| !(0.0..0.1).contains(&h)) {
        return Err("--hysteresis-pu wants 0 up to 0.1".to_owned());
    }
    let channels = &args.channels;
    let record = record::read(&args.record, channels.time.as_deref()).map_err(|e| e.to_string())?;
    let mapping = Mapping {
        voltage: channels.voltage.clone(),
        kind: channels.voltage_kind.map(|kind| match kind {
            Kind::Wave => VoltageKind::Wave,
            Kind::Rms => VoltageKind::Rms,
        }),
        base: channels.nominal_v.map_or(VoltageBase::Automatic, VoltageBase::Nominal),
        power: channels.power.clone(),
        invert_power: channels.invert_power,
        current: channels.current.clone(),
        frequency: channels.frequency.clone(),
    };
    let unusable = |e: record::SelectError| format!("{}: {e}", args.record.display());
    let mut signals = record::signals(&record, &mapping, &code.measurement).map_err(unusable)?;
    signals.notes.extend(changed);
    let options = Options {
        clauses: args.clauses.clone(),
        recovery_budget_s: rules.recovery_budget_s,
        rocof_window_s: rules.rocof_window_s,
        rated_w: rules.rated_kw.map(|kw| kw * 1e3),
        site_w: rules.site_mw.map(|mw| mw * 1e6),
    };
    let judgement = judge(&code, &signals, &options);
    Ok(Prepared { code, name: record.name, signals, judgement })
}

/// Takes the caller's choice, and says so.
fn set<T: Serialize + Copy>(choice: &mut Choice<T>, value: Option<T>, what: &str, changed: &mut Vec<String>) {
    if let Some(value) = value {
        let said = serde_json::to_string(&value).unwrap_or_default();
        changed.push(format!("{what} set to {} by the caller", said.trim_matches('"')));
        let note = Some("set by the caller".to_owned());
        *choice = Choice { value, confidence: Confidence::Assumed, source: None, note };
    }
}

fn plot(path: &Path, prepared: &Prepared) -> Result<(), String> {
    let Prepared { code, name, signals, judgement } = prepared;
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    let text = match ending.as_str() {
        "svg" => crate::gridcode::plot::svg(code, signals, judgement) + "\n",
        "html" | "htm" => report::html(code, name, signals, judgement),
        _ => return Err(format!("{}: a plot is .svg or .html", path.display())),
    };
    std::fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))
}
