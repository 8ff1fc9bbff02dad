//! An event as an entry of the record.

use std::time::SystemTime;

use serde::Serialize;
use serde_json::{Value, json};

use super::event::{GridEvent, Look};
use super::file::rfc3339;
use crate::gridcode::GridCode;
use crate::gridcode::history::History;
use crate::gridcode::verdict::{Options, Signals, Verdict, judge};

/// By what an event is judged.
#[derive(Debug, Clone)]
pub struct JudgeConfig {
    /// The code.
    pub code: GridCode,
    /// Rated power of the rack, in watts, to scale limits of a site.
    pub rated_w: Option<f64>,
    /// Rated power of the site, in watts.
    pub site_w: Option<f64>,
    /// Nominal frequency.
    pub nominal_hz: f64,
}

/// Where a nominal voltage is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NominalFrom {
    /// The operator told it.
    Configured,
    /// The gateway declares it.
    Gateway,
    /// It is the usual one that is nearest to what was read.
    Learned,
}

/// The voltage that is 1 p.u. of an event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nominal {
    /// In volts.
    pub volts: f64,
    /// Who says so.
    pub from: NominalFrom,
}

/// The body of an entry: what was seen, and what the code says of it.
///
/// `wall` gives the time of day of an instant of the engine's clock, `gateway` is the name of whose readings they are, and
/// `nominal` the voltage by which they were scaled.
pub fn body(
    event: &GridEvent,
    gateway: &str,
    nominal: Option<Nominal>,
    how: &JudgeConfig,
    wall: &dyn Fn(f64) -> SystemTime,
) -> Value {
    let origin_s = event.looks.first().map_or(event.begin_s, |look| look.t_s);
    let series = |of: &dyn Fn(&Look) -> Option<f64>| -> Option<History> {
        let points = event.looks.iter().filter_map(|look| Some((look.t_s - origin_s, of(look)?))).collect();
        History::new(points).ok()
    };
    let spacing_s = spacing_s(&event.looks);
    let mut notes = vec![format!(
        "from readings that a gateway reported about {spacing_s:.3} s apart: what is shorter shows less deep, or not at all"
    )];
    if event.cut {
        notes.push("the event was still going on when it was closed".to_owned());
    }
    if event.lost {
        notes.push("the source was lost before the event was over: how it went on is not known".to_owned());
    }
    if event.signs.gateway && !event.signs.low && !event.signs.high {
        notes.push("the gateway rode through something that its reported voltage does not show".to_owned());
    }
    if nominal.is_none() {
        notes.push("the nominal voltage was not known yet: nothing is judged by the voltage".to_owned());
    }
    let signals = Signals {
        low_pu: series(&|look| look.low_pu),
        high_pu: series(&|look| look.high_pu),
        power_w: series(&|look| Some(look.input_w)),
        frequency_hz: series(&|look| look.frequency_hz),
        grid_hz: Some(how.nominal_hz),
        window_s: spacing_s,
        notes: notes.clone(),
    };
    let options = Options { rated_w: how.rated_w, site_w: how.site_w, ..Options::default() };
    let judgement = judge(&how.code, &signals, &options);
    let rounded = |value: Option<f64>| value.map(|v| (v * 1e4).round() / 1e4);
    let seen: Vec<Value> = event
        .looks
        .iter()
        .map(|look| {
            json!([
                rounded(Some(look.t_s - origin_s)),
                rounded(look.low_pu),
                rounded(look.high_pu),
                rounded(look.frequency_hz),
                look.input_w.round()
            ])
        })
        .collect();
    json!({
        "gateway": gateway,
        "begin": rfc3339(wall(event.begin_s)),
        "end": rfc3339(wall(event.end_s)),
        "duration_s": rounded(Some(event.end_s - event.begin_s)),
        "signs": {
            "low_voltage": event.signs.low,
            "high_voltage": event.signs.high,
            "frequency": event.signs.frequency,
            "gateway": event.signs.gateway,
        },
        "nominal": {
            "ac_v": nominal.map(|n| n.volts),
            "ac_v_from": nominal.map(|n| n.from),
            "frequency_hz": how.nominal_hz,
        },
        "code": how.code.name(),
        "verdict": if event.lost { Verdict::Inconclusive } else { judgement.verdict },
        "clauses": judgement.clauses,
        "notes": notes,
        "record": {
            "origin": rfc3339(wall(origin_s)),
            "columns": ["t_s", "low_pu", "high_pu", "frequency_hz", "input_w"],
            "rows": seen,
        },
    })
}

/// The usual time between two looks: the middle one of all.
fn spacing_s(looks: &[Look]) -> f64 {
    let mut gaps: Vec<f64> = looks.iter().zip(looks.iter().skip(1)).map(|(a, b)| b.t_s - a.t_s).collect();
    gaps.sort_by(f64::total_cmp);
    gaps.get(gaps.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::event::{EventConfig, Watch};
    use super::*;
    use crate::engine::setpoint::GridState;
    use crate::gridcode::find;

    /// A sag to 0.6 p.u. that the rack rides, or after which it does not come back.
    fn event(returns: bool) -> GridEvent {
        let mut watch = Watch::new(EventConfig::default(), 60.0);
        for n in 0..4000 {
            let t_s = f64::from(n) * 0.01;
            let sag = (1000..1030).contains(&n);
            let pu = if sag { 0.6 } else { 1.0 };
            let input_w = if sag {
                6e3
            } else if n >= 1030 && !returns {
                1e3
            } else {
                1e4
            };
            let (low_pu, high_pu, frequency_hz) = (Some(pu), Some(pu), Some(60.0));
            let grid = GridState::Normal;
            if let Some(event) = watch.look(Look { t_s, low_pu, high_pu, frequency_hz, input_w, grid }) {
                return event;
            }
        }
        panic!("no event")
    }

    fn verdict(returns: bool) -> Value {
        entry(&event(returns))
    }

    fn entry(event: &GridEvent) -> Value {
        let code = find("ercot-nogrr282").unwrap();
        let how = JudgeConfig { code, rated_w: Some(18e3), site_w: Some(1e8), nominal_hz: 60.0 };
        let wall = |t_s: f64| SystemTime::UNIX_EPOCH + Duration::from_secs_f64(t_s);
        let nominal = Some(Nominal { volts: 277.0, from: NominalFrom::Configured });
        body(event, "rack 1", nominal, &how, &wall)
    }

    #[test]
    fn an_event_whose_source_was_lost_has_no_verdict() {
        let whole = event(true);
        assert_eq!(entry(&whole)["verdict"], "PASS");
        let lost = entry(&GridEvent { lost: true, ..whole });
        assert_eq!(lost["verdict"], "INCONCLUSIVE");
        assert!(lost["notes"].to_string().contains("the source was lost"), "{}", lost["notes"]);
    }

    #[test]
    fn a_ridden_sag_passes_and_a_lost_load_fails_with_its_margin() {
        let ridden = verdict(true);
        assert_eq!(ridden["begin"], "1970-01-01T00:00:10Z");
        let clause = |body: &Value, title: &str| {
            let clauses = body["clauses"].as_array().unwrap();
            let found = clauses.iter().find(|c| c["clause"].as_str().unwrap().contains(title));
            found.unwrap_or_else(|| panic!("{clauses:?}")).clone()
        };
        let good = clause(&ridden, "recovery");
        assert_eq!(good["verdict"], "PASS", "{ridden:#}");
        let lost = clause(&verdict(false), "recovery");
        assert_eq!(lost["verdict"], "FAIL");
        assert!(!lost["margins"].as_array().unwrap().is_empty());
    }

    #[test]
    fn what_was_seen_stands_in_the_entry() {
        let body = verdict(true);
        // Rows times these are volts and hertz again.
        let nominal = json!({ "ac_v": 277.0, "ac_v_from": "configured", "frequency_hz": 60.0 });
        assert_eq!(body["nominal"], nominal);
        let rows = body["record"]["rows"].as_array().unwrap();
        assert!(rows.len() > 1000);
        assert!(rows.iter().any(|row| row[1] == 0.6 && row[4] == 6000.0));
        assert!(body["notes"][0].as_str().unwrap().contains("0.010 s apart"));
    }
}
