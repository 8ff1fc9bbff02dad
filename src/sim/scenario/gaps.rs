//! The four gaps between the devices of today and a rack that rides through, in numbers, and which modification
//! closes which part.

use serde::Serialize;

use dpo_registers::units::{Watts, WattsPerSecond};

use super::judge::{self, Outcome};
use super::{EVENT_S, Run, Scenario, run, whole};
use crate::control::policy::Recharge;
use crate::sim::grid::{Sag, SagKind, train};
use crate::sim::rack::{Design, Mods, Rack, RackError, Traces};

/// Load of all runs over the rated one.
const LOAD: f64 = 0.8;
/// Restarts that are drawn for the distribution of the restart time.
const RESTARTS: u64 = 40;

/// One number, for the designs of a column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// What is measured.
    pub what: String,
    /// Its unit.
    pub unit: &'static str,
    /// One value a design; `None`: it did not happen.
    pub values: Vec<Option<f64>>,
}

/// A gap.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gap {
    /// Its name.
    pub name: &'static str,
    /// What is measured in.
    pub event: String,
    /// The designs of the columns.
    pub designs: Vec<String>,
    /// The numbers.
    pub rows: Vec<Row>,
}

/// Modifications switched on and off, in one event.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ablation {
    /// The event.
    pub event: String,
    /// Steps: the modifications that are there, and what became of the event.
    pub steps: Vec<Step>,
}

/// One set of modifications.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// What it is called.
    pub name: String,
    /// Whether all criteria hold.
    pub survived: bool,
    /// Time until 90 % of the power were back, in s.
    pub recovery_s: Option<f64>,
    /// Energy from the grid during the event over that of a load that stays as it was.
    pub drawn_share: f64,
    /// Energy of the batteries, kJ.
    pub bbu_kj: f64,
    /// Time from the start of the event until the batteries deliver, in ms; `None` also where they did before.
    pub bbu_on_ms: Option<f64>,
    /// Lowest bus voltage, V.
    pub bus_low_v: f64,
    /// Largest share of the power after.
    pub peak_share: f64,
    /// Why it failed.
    pub why: String,
}

pub(super) fn sag(retained: f64, duration_s: f64, seed: u64) -> Scenario {
    let title = format!(
        "three-phase sag to {retained} p.u. for {:.0} ms, {:.0} % load",
        duration_s * 1e3,
        LOAD * 1e2
    );
    let mut scenario = Scenario::new("gap", &title, seed);
    let sag = Sag { at_s: EVENT_S, duration_s, retained, kind: SagKind::A, ..Sag::default() };
    scenario.grid.voltage = train(&[sag]);
    scenario.load = LOAD;
    scenario.length_s = EVENT_S + duration_s + 2.0;
    scenario
}

/// Power from the grid while a sag lasts over that before.
fn drawn_share(run: &Run, outcome: &Outcome, duration_s: f64) -> f64 {
    let points = run.traces.grid_w.points();
    let part: Vec<f64> =
        points.iter().filter(|p| p.0 >= EVENT_S && p.0 < EVENT_S + duration_s).map(|p| p.1).collect();
    part.iter().sum::<f64>() / part.len().max(1) as f64 / outcome.before_w
}

/// The first gap: what a PSU does at low voltage.
///
/// # Errors
/// [`RackError`] names what cannot be simulated.
pub fn low_voltage(seed: u64) -> Result<Gap, RackError> {
    let designs =
        [Design::Conventional, Design::Some(Mods { low_line: true, ..Mods::NONE }), Design::Modified];
    let duration_s = 0.5;
    let mut rows = Vec::new();
    for retained in [0.85, 0.8, 0.74, 0.65, 0.5, 0.3, 0.2] {
        let scenario = sag(retained, duration_s, seed);
        let mut shares = Vec::new();
        let mut off = Vec::new();
        for design in designs {
            let run = run(&scenario, design, &whole)?;
            let outcome = judge::outcome(&scenario, &run, None);
            shares.push(Some(100.0 * drawn_share(&run, &outcome, duration_s)));
            off.push(outcome.input_off_after_s.filter(|s| *s < duration_s).map(|s| s * 1e3));
        }
        rows.push(Row {
            what: format!("power drawn in the sag at {retained} p.u., of that before"),
            unit: "%",
            values: shares,
        });
        rows.push(Row { what: format!("input off after, at {retained} p.u."), unit: "ms", values: off });
    }
    Ok(Gap {
        name: "PSU low-voltage behaviour",
        event: format!("three-phase sags of 500 ms, {:.0} % load", LOAD * 1e2),
        designs: designs.iter().map(Design::id).collect(),
        rows,
    })
}

/// The second gap: how long a PSU's controller needs to come back.
///
/// # Errors
/// [`RackError`] names what cannot be simulated.
pub fn power_on(seed: u64) -> Result<Gap, RackError> {
    let designs = [
        Design::Conventional,
        Design::Some(Mods { keep_alive: true, ..Mods::NONE }),
        Design::Some(Mods { restart: true, ..Mods::NONE }),
        Design::Some(Mods { keep_alive: true, restart: true, ..Mods::NONE }),
        Design::Modified,
    ];
    let mut rows = Vec::new();
    for (data_sheet, name) in [(false, "DPO material"), (true, "AE data sheet")] {
        let mut times: Vec<Vec<f64>> = vec![Vec::new(); designs.len()];
        for draw in 0..RESTARTS {
            let mut scenario = sag(0.1, 0.15, seed.wrapping_add(draw));
            scenario.length_s = EVENT_S + 0.15 + 20.0;
            scenario.data_sheet_restart = data_sheet;
            for (design, times) in designs.iter().zip(&mut times) {
                let run = run(&scenario, *design, &back)?;
                let outcome = judge::outcome(&scenario, &run, None);
                times.push(outcome.slowest_recovery_s().unwrap_or(f64::INFINITY));
            }
        }
        for times in &mut times {
            times.sort_by(f64::total_cmp);
        }
        for (what, share) in [("shortest", 0.0), ("median", 0.5), ("longest", 1.0)] {
            let at = |times: &Vec<f64>| {
                let index = (share * (times.len() - 1) as f64).round() as usize;
                times.get(index).copied().filter(|s| s.is_finite())
            };
            rows.push(Row {
                what: format!("90 % of the power back, {what} of {RESTARTS} ({name})"),
                unit: "s",
                values: times.iter().map(at).collect(),
            });
        }
    }
    Ok(Gap {
        name: "controller power-on delay",
        event: format!("three-phase sag to 0.1 p.u. for 150 ms, {:.0} % load, {RESTARTS} seeds", LOAD * 1e2),
        designs: designs.iter().map(Design::id).collect(),
        rows,
    })
}

/// Enough: the power has been back for half a second.
fn back(rack: &Rack, traces: &Traces) -> bool {
    let now_s = rack.now_s();
    let before = traces.grid_w.high_within(EVENT_S - 0.2, EVENT_S - 0.1);
    now_s > EVENT_S + 0.8 && traces.grid_w.low_within(now_s - 0.5, now_s) > 0.91 * before
}

/// The third gap: when the batteries deliver.
///
/// # Errors
/// [`RackError`] names what cannot be simulated.
pub fn trigger(seed: u64) -> Result<Gap, RackError> {
    let designs = [
        Design::Conventional,
        Design::Some(Mods { ac_samples: true, ..Mods::NONE }),
        Design::Some(Mods { support: true, ..Mods::NONE }),
        Design::Some(Mods { ac_samples: true, support: true, ..Mods::NONE }),
        Design::Modified,
    ];
    let mut rows = Vec::new();
    for load in [0.5, 1.0] {
        let mut scenario = sag(0.1, 0.15, seed);
        scenario.load = load;
        let (mut on, mut low, mut line) = (Vec::new(), Vec::new(), Vec::new());
        for design in designs {
            let run = run(&scenario, design, &whole)?;
            let ms = |at: Option<f64>| at.filter(|s| *s >= EVENT_S).map(|s| (s - EVENT_S) * 1e3);
            on.push(ms(run.notes.bbu_on_s));
            line.push(ms(run.notes.support_line_s));
            low.push(Some(run.notes.bus_low_v.value));
        }
        let load = 100.0 * load;
        rows.push(Row { what: format!("batteries deliver after, {load:.0} % load"), unit: "ms", values: on });
        rows.push(Row { what: format!("support line after, {load:.0} % load"), unit: "ms", values: line });
        rows.push(Row { what: format!("lowest bus voltage, {load:.0} % load"), unit: "V", values: low });
    }
    Ok(Gap {
        name: "BBU trigger",
        event: "three-phase sag to 0.1 p.u. for 150 ms".to_owned(),
        designs: designs.iter().map(Design::id).collect(),
        rows,
    })
}

/// The fourth gap: what the PMI can be told and can tell.
///
/// # Errors
/// [`RackError`] names what cannot be simulated.
pub fn pmi_scope(seed: u64) -> Result<Gap, RackError> {
    let designs = [
        Design::Conventional,
        Design::Today,
        Design::Some(Mods { ac_samples: true, ..Mods::NONE }),
        Design::Some(Mods { recharge: true, ..Mods::NONE }),
        Design::Modified,
    ];
    let mut sagged = sag(0.3, 2.0, seed);
    // Just above the charge from which packs are filled: nothing charges before the event.
    sagged.charge = 0.981;
    sagged.length_s = 110.0;
    sagged.per_bucket = 200;
    // A limit that a site could set: half of what the packs take by their own rule, and a slope.
    sagged.policy.recharge =
        Recharge { limit: Watts(390.0), slope: WattsPerSecond(80.0), ..sagged.policy.recharge };
    let short = |mut scenario: Scenario| {
        scenario.length_s = 6.0;
        scenario
    };
    let event = short(sag(0.3, 2.0, seed));
    let (mut told, mut rise, mut most, mut writes, mut ride) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for design in designs {
        let long = run(&sagged, design, &whole)?;
        let outcome = judge::outcome(&sagged, &long, None);
        rise.push(outcome.rise.map(|r| r.most_w_per_s));
        let charged = long.traces.bbu_w.low_within(60.0, 110.0);
        most.push(Some((-charged).max(0.0)));
        writes.push(Some(f64::from(long.notes.writes)));
        ride.push(long.notes.least_ride_through_s.filter(|s| s.is_finite()));
        told.push(knows_after_ms(&event, design)?);
    }
    let row = |what: &str, unit, values| Row { what: what.to_owned(), unit, values };
    Ok(Gap {
        name: "PMI scope",
        event: format!(
            "three-phase sag to 0.3 p.u. for 2 s, {:.0} % load; recharge limited to 390 W",
            LOAD * 1e2
        ),
        designs: designs.iter().map(Design::id).collect(),
        rows: vec![
            row("the gateway knows of the sag after", "ms", told),
            row("steepest rise of the power in recharge", "W/s", rise),
            row("largest recharge power", "W", most),
            row("settings written to devices", "1", writes),
            row("ride-through time that the API tells, least", "s", ride),
        ],
    })
}

/// When the state of the gateway leaves normal after the start of an event, in ms.
fn knows_after_ms(scenario: &Scenario, design: Design) -> Result<Option<f64>, RackError> {
    use crate::control::state::ShelfState::{Recovering, SagDetected, Supporting};
    let mut rack = Rack::new(&scenario.rack(design))?;
    while rack.now_s() < scenario.length_s {
        rack.step();
        let state = rack.action().map(|action| action.state);
        if rack.now_s() > EVENT_S && matches!(state, Some(SagDetected | Supporting | Recovering)) {
            return Ok(Some((rack.now_s() - EVENT_S) * 1e3));
        }
    }
    Ok(None)
}

/// All four.
///
/// # Errors
/// [`RackError`] names what cannot be simulated.
pub fn all(seed: u64) -> Result<Vec<Gap>, RackError> {
    Ok(vec![low_voltage(seed)?, power_on(seed)?, trigger(seed)?, pmi_scope(seed)?])
}

/// Switches a modification on or off.
type Switch = fn(&mut Mods, bool);

/// The sets of modifications that are compared: one after another, then all without one.
fn sets() -> Vec<(String, Design)> {
    let steps: [(&str, Switch); 8] = [
        ("MOD-03", |m, on| m.ac_samples = on),
        ("MOD-10", |m, on| m.support = on),
        ("MOD-04", |m, on| m.keep_alive = on),
        ("MOD-05", |m, on| m.restart = on),
        ("MOD-06", |m, on| m.low_line = on),
        ("MOD-07", |m, on| m.walk_in = on),
        ("MOD-09", |m, on| m.share = on),
        ("MOD-11", |m, on| m.recharge = on),
    ];
    let mut sets = vec![
        ("conventional".to_owned(), Design::Conventional),
        ("gateway, no modification".to_owned(), Design::Today),
    ];
    let mut mods = Mods::NONE;
    for (name, set) in steps {
        set(&mut mods, true);
        sets.push((format!("and {name}"), Design::Some(mods)));
    }
    for (name, set) in steps {
        let mut mods = Mods::ALL;
        set(&mut mods, false);
        sets.push((format!("all without {name}"), Design::Some(mods)));
    }
    sets
}

/// Modifications switched on and off, in a deep and in a shallow sag.
///
/// # Errors
/// [`RackError`] names what cannot be simulated.
pub fn ablations(seed: u64) -> Result<Vec<Ablation>, RackError> {
    [(0.15, 0.15), (0.65, 0.5)]
        .into_iter()
        .map(|(retained, duration_s)| {
            let mut scenario = sag(retained, duration_s, seed);
            scenario.length_s = EVENT_S + duration_s + super::events::CONVENTIONAL_S;
            ablation(&scenario, duration_s, &sets())
        })
        .collect()
}

/// An event of a length in s for some designs.
pub(super) fn ablation(
    scenario: &Scenario,
    duration_s: f64,
    sets: &[(String, Design)],
) -> Result<Ablation, RackError> {
    let mut steps = Vec::new();
    for (name, design) in sets {
        let run = run(scenario, *design, &back)?;
        let outcome = judge::outcome(scenario, &run, None);
        steps.push(Step {
            name: name.clone(),
            survived: outcome.survived,
            recovery_s: outcome.slowest_recovery_s(),
            drawn_share: drawn_share(&run, &outcome, duration_s),
            bbu_kj: run.notes.bbu_out_j / 1e3,
            bbu_on_ms: run.notes.bbu_on_s.filter(|s| *s >= EVENT_S).map(|s| (s - EVENT_S) * 1e3),
            bus_low_v: run.notes.bus_low_v.value,
            peak_share: outcome.dips.last().map_or(f64::NAN, |dip| dip.peak_share),
            why: outcome
                .failures
                .iter()
                .map(|f| format!("{}: {}", f.reason.text(), f.text))
                .collect::<Vec<_>>()
                .join("; "),
        });
    }
    Ok(Ablation { event: scenario.title.clone(), steps })
}
