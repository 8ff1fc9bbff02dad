//! What a record of the AC source's meters shows of a shelf: pure functions, with nothing of the gateway's judging.

use super::RechargeClaims;
use super::code::{Return, Ridden};
use super::profile::{INSIDE_HZ, INSIDE_PU, Profile};
use crate::instrument::ac::AcRecord;
use crate::world::{Judged, Judgement};

/// Range of the busbar, in volts (Open Rack V3 Base 1.1, 12.1, second-hand).
pub(crate) const BUS_V: (f64, f64) = (46.0, 52.0);
/// Share of the load before below which the load counts as not served: what meters differ by.
const SERVED: f64 = 0.98;
/// Share of the power before that may be drawn on the way back.
const MOST: f64 = 1.01;
/// Time of the mean before an event, in ms.
const BEFORE_MS: u32 = 1_000;
/// What is given at once on return is over by then: two cycles of 50 Hz, in ms.
const AT_ONCE_MS: u32 = 40;
/// A source and what measures it have settled so long after a change, in ms, where it is held for twice as long.
const SETTLED_MS: u32 = 2 * AT_ONCE_MS;
/// Over which a slope is measured, in ms: shorter is ripple.
const SLOPE_MS: u32 = 100;
const SLOPE_LONG_MS: u32 = 1_000;
/// Share by which a measured slope or power may be above what is declared.
const TOLERANCE: f64 = 0.05;
/// Share of the power in proportion to the voltage that a shelf draws at least which draws power in a sag.
const PROPORTION: f64 = 0.5;
/// Share of its limit from which a recharge counts as begun.
const BEGUN: f64 = 0.1;

fn not_told(what: &str) -> Judgement {
    Judgement::Inconclusive(format!("the instrument does not tell {what}"))
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

/// A profile that was played, and its record.
pub(crate) struct Seen<'a> {
    pub profile: &'a Profile,
    pub record: &'a AcRecord,
}

impl Seen<'_> {
    /// How many whole intervals there are up to a time: also the number of the one that it is in.
    fn at(&self, ms: u32) -> usize {
        (ms / self.record.every_ms.max(1)) as usize
    }

    /// The first interval that begins at a time or later.
    fn from(&self, ms: u32) -> usize {
        ms.div_ceil(self.record.every_ms.max(1)) as usize
    }

    /// A part of a series: the intervals that are wholly between two times.
    fn part<'b>(&self, series: &'b [f64], from_ms: u32, to_ms: u32) -> &'b [f64] {
        let to = self.at(to_ms).min(series.len());
        series.get(self.from(from_ms).min(to)..to).unwrap_or_default()
    }

    /// Seconds from a time to the end of an interval of the part that begins there.
    fn since_s(&self, from_ms: u32, nth: usize) -> f64 {
        let every_ms = f64::from(self.record.every_ms);
        ((self.from(from_ms) + nth + 1) as f64 * every_ms - f64::from(from_ms)) / 1000.0
    }

    fn mean(&self, series: &[f64], from_ms: u32, to_ms: u32, what: &str) -> Result<f64, Judgement> {
        let part = self.part(series, from_ms, to_ms);
        if part.is_empty() {
            return Err(not_told(what));
        }
        Ok(part.iter().sum::<f64>() / part.len() as f64)
    }

    fn first(&self) -> u32 {
        self.profile.events.first().map_or(0, |(begin, _)| *begin)
    }

    fn last_end(&self) -> u32 {
        self.profile.events.last().map_or(0, |(_, end)| *end)
    }

    /// Mean input power over the second before the first event.
    fn before_w(&self) -> Result<f64, Judgement> {
        let begin = self.first();
        let watts =
            self.mean(&self.record.input_w, begin.saturating_sub(BEFORE_MS), begin, "the input power")?;
        if watts <= 0.0 {
            return Err(Judgement::Inconclusive("the shelf draws no power: switch on a load".into()));
        }
        Ok(watts)
    }

    /// Whether the source did what it was asked for, near the middle of what each point holds.
    ///
    /// # Errors
    /// [`Judgement::Inconclusive`] if it did not, or if the record cannot tell: a value is a mean over the cycle before it, so
    /// what is held for less than a cycle and an interval of the record stands alone in none.
    pub(crate) fn source(&self) -> Judged {
        let every_ms = self.record.every_ms.max(1);
        let length = self.at(self.profile.length_ms);
        if self.record.len() < length {
            let told = format!("the record has {} intervals, {length} were asked for", self.record.len());
            return Err(Judgement::Inconclusive(told));
        }
        let ends = self.profile.points.iter().skip(1).map(|p| p.at_ms).chain([self.profile.length_ms]);
        for (point, end) in self.profile.points.iter().zip(ends) {
            let from = point.at_ms + point.over_ms;
            let held = end.saturating_sub(from);
            if held == 0 {
                continue;
            }
            let cycle_ms = (1000.0 / point.frequency_hz).ceil() as u32;
            let settled = from + cycle_ms.max(SETTLED_MS.min(held / 2));
            // Intervals up to the value that is looked at.
            let upto = self.from(settled.midpoint(end)).min(self.at(end));
            let Some(nth) = upto.checked_sub(1).filter(|_| upto * every_ms as usize >= settled as usize)
            else {
                return Err(Judgement::Inconclusive(format!(
                    "the source was asked to hold {:?} V for {held} ms from {from} ms on: a mean over a cycle each {every_ms} ms \
                     does not tell whether it did",
                    point.rms_v
                )));
            };
            let volts = self.record.rms_v.get(nth).ok_or_else(|| not_told("the voltage of the source"))?;
            let hertz = self.record.frequency_hz.get(nth).ok_or_else(|| not_told("its frequency"))?;
            let margin_v = INSIDE_PU * self.nominal_v();
            let off = volts.iter().zip(point.rms_v).any(|(is, was)| (is - was).abs() > margin_v);
            if off || (hertz - point.frequency_hz).abs() > INSIDE_HZ {
                return Err(Judgement::Inconclusive(format!(
                    "{} ms from the start the source was asked for {:?} V and {} Hz and gave {volts:.1?} V and {hertz:.2} Hz",
                    upto * every_ms as usize,
                    point.rms_v,
                    point.frequency_hz
                )));
            }
        }
        Ok(())
    }

    fn nominal_v(&self) -> f64 {
        self.profile.points.first().map_or(0.0, |point| point.rms_v.into_iter().fold(0.0, f64::max))
    }

    /// The busbar stays inside its range, from the start on.
    pub(crate) fn busbar(&self) -> Result<String, Judgement> {
        let record = self.record;
        if record.bus_low_v.is_empty() || record.bus_high_v.is_empty() {
            return Err(not_told("the busbar voltage"));
        }
        let low = record.bus_low_v.iter().copied().fold(f64::INFINITY, f64::min);
        let high = record.bus_high_v.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let told = format!("busbar from {low:.2} V to {high:.2} V");
        if low < BUS_V.0 || high > BUS_V.1 { Err(Judgement::Fail(told)) } else { Ok(told) }
    }

    /// The load is served from the start on.
    pub(crate) fn load(&self) -> Result<String, Judgement> {
        let begin = self.first();
        let loads = &self.record.load_w;
        let before = self.mean(loads, begin.saturating_sub(BEFORE_MS), begin, "what the load takes")?;
        let least = loads.iter().copied().fold(f64::INFINITY, f64::min);
        let told = format!("load {before:.0} W, at least {least:.0} W");
        if least < SERVED * before { Err(Judgement::Fail(told)) } else { Ok(told) }
    }

    /// Seconds from the return of the voltage until the power is back for good; `None` if it is not.
    fn back_s(&self, share: f64, end_ms: u32, until_ms: u32) -> Result<Option<f64>, Judgement> {
        let wanted = share * self.before_w()?;
        let part = self.part(&self.record.input_w, end_ms, until_ms);
        if part.is_empty() {
            return Err(not_told("the input power after the event"));
        }
        let nth = part.iter().rposition(|watts| *watts < wanted).map_or(0, |below| below + 1);
        Ok((nth < part.len()).then(|| self.since_s(end_ms, nth)))
    }

    /// After each event the share of the power is back within the budget.
    pub(crate) fn recovery(&self, wanted: Return) -> Result<String, Judgement> {
        let begins = self.profile.events.iter().skip(1).map(|(begin, _)| *begin);
        let untils = begins.chain([self.profile.length_ms]);
        let mut slowest = 0.0_f64;
        for ((_, end), until) in self.profile.events.iter().zip(untils) {
            let share = percent(wanted.share);
            let Some(back_s) = self.back_s(wanted.share, *end, until)? else {
                return Err(Judgement::Fail(format!(
                    "{share} of the power before were not back {:.1} s after the event",
                    f64::from(until.saturating_sub(*end)) / 1000.0
                )));
            };
            // An interval of the meter is the least that can be told apart.
            if back_s > wanted.budget_s + f64::from(self.record.every_ms) / 1000.0 {
                return Err(Judgement::Fail(format!(
                    "{share} of the power before were back after {back_s:.2} s; {} s are allowed",
                    wanted.budget_s
                )));
            }
            if let Some(upper) = wanted.upper_share {
                let then = *end + (1000.0 * wanted.budget_s) as u32;
                let most = upper * self.before_w()?;
                if self.part(&self.record.input_w, then, until).iter().any(|watts| *watts > most) {
                    return Err(Judgement::Fail(format!("more than {} is drawn then", percent(upper))));
                }
            }
            slowest = slowest.max(back_s);
        }
        Ok(format!("{} of the power back after {slowest:.2} s", percent(wanted.share)))
    }

    /// No more is drawn on the way back than the share [`MOST`] of the power before.
    pub(crate) fn overshoot(&self) -> Result<String, Judgement> {
        let before = self.before_w()?;
        let part = self.part(&self.record.input_w, self.last_end(), self.profile.length_ms);
        let most = part.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let told = format!("{} of the power before at most", percent(most / before));
        if most > MOST * before { Err(Judgement::Fail(told)) } else { Ok(told) }
    }

    /// Steepest rise over a window in a series of the record, in watts a second.
    fn steepest(&self, watts: &[f64], window_ms: u32) -> f64 {
        let ahead = watts.iter().skip(self.at(window_ms).max(1));
        let rise = watts.iter().zip(ahead).map(|(now, then)| then - now).fold(0.0, f64::max);
        rise / (f64::from(window_ms) / 1000.0)
    }

    /// Means over a window that moves along a part of the record.
    fn means(&self, watts: &[f64], window_ms: u32) -> Vec<f64> {
        let window = self.at(window_ms).max(1);
        watts.windows(window).map(|part| part.iter().sum::<f64>() / window as f64).collect()
    }

    /// The power rises no faster than declared, from when on what is given at once is given.
    pub(crate) fn slope(&self, declared_w_per_s: f64) -> Result<String, Judgement> {
        self.before_w()?;
        let from = self.last_end() + AT_ONCE_MS;
        let part = self.part(&self.record.input_w, from, self.profile.length_ms);
        let steepest = self.steepest(part, SLOPE_MS);
        let told = format!("rises by {steepest:.0} W/s at most; {declared_w_per_s} W/s are declared");
        if steepest > declared_w_per_s * (1.0 + TOLERANCE) { Err(Judgement::Fail(told)) } else { Ok(told) }
    }

    /// The power stays within a share of what it was, from the beginning of the first event to the end of the record.
    pub(crate) fn within(&self, share: f64) -> Result<String, Judgement> {
        let before = self.before_w()?;
        let part = self.part(&self.record.input_w, self.first(), self.profile.length_ms);
        let off = part.iter().map(|watts| (watts - before).abs() / before).fold(0.0, f64::max);
        let told = format!("the power differs by {} at most from that before", percent(off));
        if off > share { Err(Judgement::Fail(told)) } else { Ok(told) }
    }

    /// The power is never below the share that shows a ride for longer than the code takes as one.
    pub(crate) fn stays(&self, ridden: Ridden) -> Result<String, Judgement> {
        let wanted = ridden.share * self.before_w()?;
        let part = self.part(&self.record.input_w, self.first(), self.profile.length_ms);
        if part.is_empty() {
            return Err(not_told("the input power in the event"));
        }
        let longest = part.split(|watts| *watts >= wanted).map(<[f64]>::len).max().unwrap_or(0);
        let below_s = longest as f64 * f64::from(self.record.every_ms) / 1000.0;
        let told = format!(
            "below {} of the power before for {below_s:.2} s at most; {} s are allowed",
            percent(ridden.share),
            ridden.within_s
        );
        if below_s > ridden.within_s { Err(Judgement::Fail(told)) } else { Ok(told) }
    }

    /// The shelf draws power in the sag: in proportion to the voltage, or half as much at least.
    pub(crate) fn draws(&self) -> Result<String, Judgement> {
        let before = self.before_w()?;
        let (begin, end) = self.profile.events.first().copied().unwrap_or_default();
        if self.from(begin + SLOPE_MS) >= self.at(end) {
            let told =
                format!("the sag lasts {} ms: too short for {SLOPE_MS} ms and an interval", end - begin);
            return Err(Judgement::Inconclusive(told));
        }
        let drawn = self.mean(&self.record.input_w, begin + SLOPE_MS, end, "the input power in the sag")?;
        let wanted = PROPORTION * self.profile.extreme * before;
        let told =
            format!("{drawn:.0} W drawn in the sag, {before:.0} W before it; {wanted:.0} W are wanted");
        if drawn < wanted { Err(Judgement::Fail(told)) } else { Ok(told) }
    }

    /// When the recharge begins after the sag, in seconds, and the power that it then adds at most.
    ///
    /// It begins where it adds power for a second, and what it adds is a mean over a second, as RIDE-014 has it for the slope:
    /// what charges a capacitor of a supply, or is noise of a meter, is no recharge.
    fn recharge(&self, declared: &RechargeClaims) -> Result<(f64, f64), Judgement> {
        let before = self.before_w()?;
        let end = self.last_end();
        // What is drawn at once on the way back is no recharge.
        let from = end + SETTLED_MS;
        let part = self.part(&self.record.input_w, from, self.profile.length_ms);
        let begun = before + BEGUN * declared.limit_w;
        let mut seconds = part.windows(self.at(SLOPE_LONG_MS).max(1));
        let Some(nth) = seconds.position(|second| second.iter().all(|watts| *watts > begun)) else {
            return Err(Judgement::Inconclusive(
                "no recharge was seen: begin with batteries that recharge after a discharge".into(),
            ));
        };
        let most = self.means(part, SLOPE_LONG_MS).into_iter().fold(0.0, f64::max) - before;
        Ok((self.since_s(from, nth) + f64::from(SETTLED_MS) / 1000.0, most))
    }

    /// The recharge waits as declared.
    pub(crate) fn recharge_waits(&self, declared: &RechargeClaims) -> Result<String, Judgement> {
        let (begun_s, _) = self.recharge(declared)?;
        let told =
            format!("the recharge begins {begun_s:.1} s after the sag; {} s are declared", declared.delay_s);
        if begun_s < declared.delay_s { Err(Judgement::Fail(told)) } else { Ok(told) }
    }

    /// The recharge rises no faster than declared, and no higher.
    pub(crate) fn recharge_rises(&self, declared: &RechargeClaims) -> Result<String, Judgement> {
        let (begun_s, most) = self.recharge(declared)?;
        let begun_ms = self.last_end() + (1000.0 * begun_s) as u32;
        // What a charger needs for itself it takes at once: a second before it may still be in the window.
        let from = begun_ms.saturating_sub(SLOPE_LONG_MS);
        let part = self.part(&self.record.input_w, from, self.profile.length_ms);
        let steepest = self.steepest(&self.means(part, SLOPE_MS), SLOPE_LONG_MS);
        let told = format!(
            "the recharge rises by {steepest:.0} W/s up to {most:.0} W; {} W/s and {} W are declared",
            declared.slope_w_per_s, declared.limit_w
        );
        let beyond = steepest > declared.slope_w_per_s * (1.0 + TOLERANCE)
            || most > declared.limit_w * (1.0 + TOLERANCE);
        if beyond { Err(Judgement::Fail(told)) } else { Ok(told) }
    }

    /// The shelf draws power again by the end of the record, as much as a share of that before.
    pub(crate) fn comes_back(&self, share: f64) -> Result<String, Judgement> {
        let back = self.back_s(share, self.last_end(), self.profile.length_ms)?;
        let served = self.record.load_w.last().ok_or_else(|| not_told("what the load takes"))?;
        let begin = self.first();
        let load =
            self.mean(&self.record.load_w, begin.saturating_sub(BEFORE_MS), begin, "what the load takes")?;
        match back {
            Some(back_s) if *served >= SERVED * load => {
                Ok(format!("{} of the power back after {back_s:.2} s", percent(share)))
            }
            Some(_) => {
                Err(Judgement::Fail(format!("the load takes {served:.0} W at the end, {load:.0} W before")))
            }
            None => Err(Judgement::Fail("the shelf had not come back by the end of the record".into())),
        }
    }

    /// What the suite itself says of the ride, by what the code in force takes as evidence.
    pub(crate) fn verdict(&self, ridden: Ridden, inside: bool) -> Result<&'static str, Judgement> {
        let Ridden { share, within_s } = ridden;
        let back = self.back_s(share, self.last_end(), self.profile.length_ms)?;
        Ok(match back {
            _ if !inside => "beyond_curve",
            Some(back_s) if back_s <= within_s => "ridden_through",
            Some(_) => "late",
            None => "failed",
        })
    }
}

#[cfg(test)]
mod tests;
