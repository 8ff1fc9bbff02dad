//! Any text as a grid code: read, checked, and where it can be read, events judged by it.
#![no_main]

use std::path::{Path, PathBuf};

use dpo_gateway::gridcode::history::History;
use dpo_gateway::gridcode::verdict::{Options, Signals, judge};
use dpo_gateway::gridcode::{lint_codes, parse, report};
use libfuzzer_sys::fuzz_target;

fn history(points: &[(f64, f64)]) -> Option<History> {
    History::new(points.to_vec()).ok()
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(code) = parse(Path::new("code.json"), text) else { return };
    let _ = lint_codes(&[(PathBuf::from("code.json"), code.clone())]);
    // A sag of 200 ms with a step of frequency and a ramp of power, and a record with holes.
    let sag = Signals {
        low_pu: history(&[(0.0, 1.0), (1.0, 1.0), (1.01, 0.2), (1.2, 0.2), (1.21, 1.0), (4.0, 1.0)]),
        high_pu: history(&[(0.0, 1.0), (1.0, 1.3), (1.1, 1.0), (4.0, 1.0)]),
        power_w: history(&[(0.0, 3e3), (1.0, 3e3), (1.1, 0.0), (1.5, 1e3), (4.0, 3e3)]),
        frequency_hz: history(&[(0.0, 60.0), (1.0, 60.0), (1.2, 57.0), (4.0, 61.9)]),
        window_s: 1.0 / 60.0,
        ..Signals::default()
    };
    let holes =
        Signals { low_pu: history(&[(0.0, f64::NAN), (1.0, 0.0), (2.0, f64::NAN)]), ..Signals::default() };
    for signals in [sag, holes, Signals::default()] {
        let judgement =
            judge(&code, &signals, &Options { rated_w: Some(3e3), site_w: Some(1e8), ..Options::default() });
        assert_eq!(judgement.clauses.len(), code.clauses.len());
        let _ = report::text(&code, "event", &judgement);
    }
});
