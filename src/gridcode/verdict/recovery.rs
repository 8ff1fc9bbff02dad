//! Return of the active power after a sag.

use serde::Serialize;

use super::{Draft, Scene, Verdict};
use crate::gridcode::envelope::{Excursion, Zone};
use crate::gridcode::history::{History, TIME_TOLERANCE_S};
use crate::gridcode::model::Recovery;

/// Shares of power closer than this to the required one are equal to it.
const SHARE_TOLERANCE: f64 = 1e-9;

/// How the power came back after one event.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Return {
    /// When the time begins to count, in seconds.
    pub from_s: f64,
    /// When the budget ends, in seconds.
    pub deadline_s: f64,
    /// Until when it could be watched: the budget, the next event or the end of the record.
    pub observed_until_s: f64,
    /// Whether the whole budget could be watched.
    pub complete: bool,
    /// The power before the event, in watts.
    pub before_w: f64,
    /// Share of it that must be back.
    pub share: f64,
    /// Since when the share has been back without a further dip; `None`: it is not at the end.
    pub settled_s: Option<f64>,
    /// Share of the power at the end of the time watched.
    pub end_share: f64,
    /// Largest share of the power in the time watched.
    pub peak_share: f64,
}

impl Return {
    /// Watches the power from `from_s` for `budget_s`, or until the next event. `None` if nothing of that is
    /// in the record.
    pub(super) fn observe(
        power: &History,
        before_w: f64,
        from_s: f64,
        budget_s: f64,
        share: f64,
        next_s: Option<f64>,
    ) -> Option<Self> {
        let deadline_s = from_s + budget_s;
        let until = next_s.map_or(deadline_s, |next| next.min(deadline_s)).min(power.end_s());
        let complete = until >= deadline_s - TIME_TOLERANCE_S;
        // A power that is back exactly at the deadline is back.
        let watched_s = if complete { until + TIME_TOLERANCE_S } else { until };
        let shares = power.slice(from_s, watched_s)?.map(|w| w / before_w);
        let settled_s = match shares.runs_below(share - SHARE_TOLERANCE, 0.0).last() {
            None => Some(from_s),
            Some(run) if run.cut_end => None,
            Some(run) => Some(run.end_s),
        };
        Some(Self {
            from_s,
            deadline_s,
            observed_until_s: until,
            complete,
            before_w,
            share,
            settled_s,
            end_share: shares.points().last().map_or(0.0, |p| p.1),
            peak_share: shares.max(),
        })
    }
}

impl Scene<'_> {
    pub(super) fn recovery(&self, rule: &Recovery, returns: &mut Vec<Return>) -> Draft {
        let Some(sags) = self.sags(rule.from_above_pu) else {
            return Draft::only(Verdict::Inconclusive, "the record has no voltage");
        };
        let Some(power) = &self.signals.power_w else {
            return Draft::only(Verdict::Inconclusive, "the record has no power channel");
        };
        if sags.is_empty() {
            let reason = format!("the voltage never falls below {} p.u.", rule.from_above_pu);
            return Draft::only(Verdict::NotApplicable, reason);
        }
        let budget_s = self.options.recovery_budget_s.unwrap_or(rule.budget_s);
        let powers = self.powers_before(&sags);
        let mut draft = Draft::new();
        for (index, (sag, before)) in sags.iter().zip(powers).enumerate() {
            let at = format!("sag at {:.3} s: ", sag.start_s);
            if sag.cut_end {
                draft.add(Verdict::Inconclusive, format!("{at}the record ends before the voltage is back"));
                continue;
            }
            let Some(before) = before else {
                draft.add(Verdict::Inconclusive, format!("{at}no power drawn before it is in the record (if it counts what flows out, turn it round)"));
                continue;
            };
            let next = sags.get(index + 1).map(|next| next.start_s);
            let Some(back) = Return::observe(power, before, sag.end_s, budget_s, rule.share, next) else {
                draft.add(Verdict::Inconclusive, format!("{at}the record ends when the voltage is back"));
                continue;
            };
            returns.push(back);
            let (verdict, reason) = self.returned(sag, &back, rule, next);
            draft.add(verdict, format!("{at}{reason}"));
            let start = Some(sag.start_s);
            if let Some(settled) = back.settled_s {
                draft.margin("time to the end of the budget", back.deadline_s - settled, "s", start);
            }
            if back.complete {
                draft.margin(
                    "power at the end of the budget",
                    (back.end_share - rule.share) * 100.0,
                    "%",
                    start,
                );
            }
            match rule.upper_share {
                Some(upper) if back.complete => {
                    let below = (upper - back.end_share) * 100.0;
                    draft.margin("power below the upper share at the end of the budget", below, "%", start);
                }
                _ => {}
            }
            draft.margin(
                "overshoot of the power within the budget (no limit)",
                (back.peak_share - 1.0) * 100.0,
                "%",
                start,
            );
        }
        draft
    }

    fn returned(
        &self,
        sag: &Excursion,
        back: &Return,
        rule: &Recovery,
        next: Option<f64>,
    ) -> (Verdict, String) {
        let percent = rule.share * 100.0;
        let over = rule.upper_share.filter(|upper| back.end_share > upper + SHARE_TOLERANCE);
        if let (Some(upper), true) = (over, back.complete) {
            let reason = format!(
                "{:.1} % of the power at the end of the budget, above {:.0} %",
                back.end_share * 100.0,
                upper * 100.0
            );
            return (Verdict::Fail, reason);
        }
        if let Some(settled) = back.settled_s {
            let said = format!("{percent:.0} % of the power is back after {:.3} s", settled - back.from_s);
            return if back.complete {
                (Verdict::Pass, said)
            } else if next.is_some_and(|next| next <= back.observed_until_s) {
                (Verdict::Pass, format!("{said}; the next sag ends the watch"))
            } else {
                (Verdict::Inconclusive, format!("{said}, but the record ends before the budget does"))
            };
        }
        let said = format!(
            "{:.3} s after the voltage is back the power is at {:.1} % of what it was, not at {percent:.0} %",
            back.observed_until_s - back.from_s,
            back.end_share * 100.0
        );
        if !back.complete {
            return if next.is_some_and(|next| next <= back.observed_until_s) {
                (Verdict::NotApplicable, format!("{said}; the next sag begins within the budget"))
            } else {
                (Verdict::Inconclusive, format!("{said}; the record ends before the budget does"))
            };
        }
        let overlaps = |e: &&Excursion| e.start_s < sag.end_s && sag.start_s < e.end_s;
        match self.excursions.as_ref().map(|all| all.iter().filter(overlaps).collect::<Vec<_>>()) {
            None => (
                Verdict::Inconclusive,
                format!("{said}; whether the code asks it after this sag is not known: its curve is missing"),
            ),
            Some(all) if all.iter().any(|e| matches!(e.zone, Zone::MayTrip { .. })) => {
                (Verdict::NotApplicable, format!("{said}; the load was allowed to trip"))
            }
            Some(all) if all.iter().any(|e| matches!(e.zone, Zone::Unknown { .. })) => {
                (Verdict::Inconclusive, format!("{said}; whether the load had to stay is not known"))
            }
            Some(_) => (Verdict::Fail, said),
        }
    }
}
