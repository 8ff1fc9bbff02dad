//! The power before an event, and its return.

use super::Scene;
use super::recovery::Return;
use crate::gridcode::envelope::Excursion;
use crate::gridcode::history::History;

/// The power before an event is the mean over this time.
const BEFORE_S: f64 = 1.0;

/// What the power says about an event.
pub(super) enum Ridden {
    /// The load is back so many seconds after the event.
    Yes(f64),
    /// It is not.
    No(String),
    /// It cannot be said.
    CannotTell(String),
    /// The next event begins too soon; it is judged with that one.
    Interrupted,
}

impl Scene<'_> {
    /// The power in watts before each event: the mean over the second before it, or the value of the event
    /// before if that is not over for so long. `None` where nothing was recorded before.
    pub(super) fn powers_before(&self, events: &[Excursion]) -> Vec<Option<f64>> {
        let settle = self.code.measurement.ridden.value.within_s;
        let mut known: Option<f64> = None;
        let mut quiet_from = f64::NEG_INFINITY;
        let mut out = Vec::new();
        for event in events {
            // The voltage is seen to fall up to a window after it did.
            let to = event.start_s - self.signals.window_s;
            if to - quiet_from >= BEFORE_S {
                known = self.signals.power_w.as_ref().and_then(|power| before(power, to)).or(known);
            }
            out.push(known);
            quiet_from = quiet_from.max(event.end_s + settle);
        }
        out
    }

    /// Whether the load rode through an event that ended at `end_s`, by the evidence that the code's file
    /// names.
    pub(super) fn ridden(&self, before_w: Option<f64>, end_s: f64, next_s: Option<f64>) -> Ridden {
        let evidence = self.code.measurement.ridden.value;
        let within_s = self.options.recovery_budget_s.unwrap_or(evidence.within_s);
        let Some(power) = &self.signals.power_w else {
            return Ridden::CannotTell("the record has no power channel".to_owned());
        };
        let Some(before_w) = before_w else {
            return Ridden::CannotTell("the record shows no power drawn before the event (if it counts what flows out, turn it round)".to_owned());
        };
        let Some(back) = Return::observe(power, before_w, end_s, within_s, evidence.share, next_s) else {
            return Ridden::CannotTell("the record ends with the event".to_owned());
        };
        match back.settled_s {
            Some(at) => Ridden::Yes(at - end_s),
            None if back.complete => Ridden::No(format!(
                "{within_s} s after it the power is at {:.0} % of what it was",
                back.end_share * 100.0
            )),
            None if next_s.is_some_and(|next| next <= back.observed_until_s) => Ridden::Interrupted,
            None => Ridden::CannotTell(format!(
                "the record ends {:.3} s after the event, and {within_s} s are allowed",
                back.observed_until_s - end_s
            )),
        }
    }
}

/// Mean power before an instant; a positive one, as that of a load that runs.
fn before(power: &History, to_s: f64) -> Option<f64> {
    let part = power.slice(to_s - BEFORE_S, to_s)?;
    let mean = part.mean();
    (mean > 0.0).then_some(mean)
}
