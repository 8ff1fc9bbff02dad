//! The verdict of a grid code on a recorded event.

use std::sync::Arc;

use arc_swap::ArcSwap;
use dpo_registers::units::Watts;

use crate::gateway::{Judge, Judged, Recording, RideVerdict};
use crate::gridcode::history::History;
use crate::gridcode::verdict::{Judgement, Options, Signals, Verdict, judge};
use crate::gridcode::{self, GridCode};

/// Share of the power before an event that counts as back, where the code names none.
const BACK: f64 = 0.9;

/// Judges recordings by a grid code.
#[derive(Debug)]
pub struct CodeJudge {
    code: ArcSwap<GridCode>,
    rated: Watts,
}

impl CodeJudge {
    /// By this code, for a shelf of this rated power.
    pub fn new(code: GridCode, rated: Watts) -> Self {
        Self { code: ArcSwap::from_pointee(code), rated }
    }

    /// The whole judgement.
    pub fn judgement(&self, recording: &Recording) -> Judgement {
        let options = Options { rated_w: Some(self.rated.0), ..Options::default() };
        judge(&self.code.load(), &signals(recording), &options)
    }
}

impl Judge for CodeJudge {
    fn judge(&self, recording: &Recording) -> Judged {
        let judgement = self.judgement(recording);
        let reasons = judgement.clauses.iter().filter(|c| c.verdict != Verdict::NotApplicable);
        let reasons =
            reasons.map(|c| format!("{} {}: {}", c.clause, c.verdict, c.reasons.join("; "))).collect();
        Judged { verdict: self.verdict(&judgement, recording), code: judgement.code, reasons }
    }

    fn code(&self) -> String {
        self.code.load().name()
    }

    fn codes(&self) -> Vec<String> {
        let codes = gridcode::builtin().unwrap_or_default();
        codes.iter().map(GridCode::name).collect()
    }

    fn choose(&self, code: &str) -> Result<(), String> {
        let found = gridcode::find(code).map_err(|e| e.to_string())?;
        self.code.store(Arc::new(found));
        Ok(())
    }
}

impl CodeJudge {
    fn verdict(&self, judgement: &Judgement, recording: &Recording) -> RideVerdict {
        if judgement.clauses.iter().any(|clause| clause.verdict == Verdict::Fail) {
            return if came_back(judgement, recording) { RideVerdict::Late } else { RideVerdict::Failed };
        }
        // What the curve asks is the voltage's business alone.
        if judgement.excursions.iter().any(|excursion| !excursion.must_ride()) {
            return RideVerdict::BeyondCurve;
        }
        match judgement.verdict {
            Verdict::Pass => RideVerdict::RiddenThrough,
            _ => RideVerdict::NotJudged,
        }
    }
}

/// Whether the power was back at the end of a recording, if later than a clause allows: a shelf that tripped stays away.
fn came_back(judgement: &Judgement, recording: &Recording) -> bool {
    let share = judgement.returns.first().map_or(BACK, |back| back.share);
    let before = recording.points.iter().filter(|p| p.at_ms < recording.zero_ms).filter_map(|p| p.input);
    let (sum, count) = before.fold((0.0, 0.0), |(sum, count), watts| (sum + watts.0, count + 1.0));
    let last = recording.points.last().and_then(|p| p.input);
    last.is_some_and(|last| count > 0.0 && last.0 >= share * sum / count)
}

/// What a code sees of a recording.
fn signals(recording: &Recording) -> Signals {
    let nominal = recording.nominal.0;
    let history = |value: &dyn Fn(&crate::gateway::GridPoint) -> Option<f64>| {
        let points = recording.points.iter().filter_map(|p| Some((recording.seconds(p), value(p)?)));
        History::new(points.collect()).ok()
    };
    let fold = |phases: [f64; 3], pick: fn(f64, f64) -> f64| phases.into_iter().reduce(pick);
    let hertz = recording.nominal_frequency.0;
    let told = if recording.simulated { "simulated" } else { "measured by the gateway" };
    Signals {
        low_pu: history(&|p| fold(p.rms.map(|v| v.0 / nominal), f64::min)),
        high_pu: history(&|p| fold(p.rms.map(|v| v.0 / nominal), f64::max)),
        power_w: history(&|p| p.input.map(|w| w.0)),
        frequency_hz: history(&|p| p.frequency.map(|hz| hz.0)),
        grid_hz: Some(hertz),
        window_s: 1.0 / hertz,
        notes: vec![told.to_owned(), "effective voltages over a cycle, each half cycle".to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use dpo_registers::units::{Hertz, Ratio, Volts};

    use super::*;
    use crate::gateway::{GridEventKind, GridPoint, ShelfState};

    /// A sag to `depth` for `ms` without power, after which a share of it takes `back_ms` to return.
    fn recording(depth: f64, ms: u64, back_ms: u64, lacks: f64) -> Recording {
        let point = |n: u64| {
            let at_ms = n * 8;
            let sag = (1000..1000 + ms).contains(&at_ms);
            let out = (1000..1000 + ms + back_ms).contains(&at_ms);
            GridPoint {
                number: n + 1,
                at_ms,
                rms: [Volts(277.0 * if sag { depth } else { 1.0 }); 3],
                frequency: Some(Hertz(60.0)),
                input: Some(Watts(
                    10_000.0
                        * if sag {
                            0.0
                        } else if out {
                            1.0 - lacks
                        } else {
                            1.0
                        },
                )),
                bus: Some(Volts(50.0)),
                battery: Some(Watts(0.0)),
                state: ShelfState::Normal,
            }
        };
        Recording {
            event: 1,
            begin: SystemTime::UNIX_EPOCH,
            kind: GridEventKind::Sag,
            extreme: Ratio(depth),
            duration: Duration::from_millis(ms),
            energy: None,
            nominal: Volts(277.0),
            nominal_frequency: Hertz(60.0),
            simulated: true,
            cut: false,
            points: (0..1000).map(point).collect(),
            zero_ms: 1000,
            judged: Judged::default(),
        }
    }

    #[test]
    fn each_verdict_of_the_block_comes_of_a_record() {
        let code = crate::gridcode::find("ercot-nogrr282@2026-02").unwrap();
        let judge = CodeJudge::new(code, Watts(18_000.0));
        for (record, verdict) in [
            (recording(0.5, 100, 200, 1.0), RideVerdict::RiddenThrough),
            (recording(0.5, 100, 4000, 0.2), RideVerdict::Late),
            (recording(0.5, 100, 4000, 1.0), RideVerdict::Late),
            (recording(0.5, 100, 20_000, 1.0), RideVerdict::Failed),
            (recording(0.0, 3000, 100, 1.0), RideVerdict::BeyondCurve),
        ] {
            let judged = judge.judge(&record);
            assert_eq!(judged.verdict, verdict, "{:#?}", judge.judgement(&record));
            assert!(judged.code.starts_with("ercot-nogrr282") && !judged.reasons.is_empty());
        }
        // The frequency, too: within what the code asks to ride, with the power and without.
        let slow = |lost: bool| {
            let mut record = recording(1.0, 0, 0, 0.0);
            record.kind = GridEventKind::Frequency;
            for point in &mut record.points {
                if (1000..3000).contains(&point.at_ms) {
                    point.frequency = Some(Hertz(58.6));
                    point.input = Some(Watts(if lost { 0.0 } else { 10_000.0 }));
                }
            }
            judge.judge(&record)
        };
        assert_eq!(slow(false).verdict, RideVerdict::RiddenThrough, "{:#?}", slow(false));
        assert!(matches!(slow(true).verdict, RideVerdict::Late | RideVerdict::Failed), "{:#?}", slow(true));
        // Another code in force: what it says is what counts, and a code that is not known changes nothing.
        assert!(judge.choose("no-such-code@1").unwrap_err().contains("no-such-code"));
        assert_eq!(judge.code(), "ercot-nogrr282@2026-02");
        let other = judge.codes().into_iter().find(|code| code.starts_with("nerc-prc-024")).unwrap();
        judge.choose(&other).unwrap();
        assert_eq!(judge.judge(&recording(0.5, 100, 200, 1.0)).code, other);
        judge.choose("ercot-nogrr282@2026-02").unwrap();
        let nothing = Recording { points: Vec::new(), ..recording(0.5, 100, 0, 0.0) };
        assert_eq!(judge.judge(&nothing).verdict, RideVerdict::NotJudged);
    }
}
