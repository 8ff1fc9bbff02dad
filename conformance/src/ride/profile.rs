//! What the AC source plays: chosen from the grid codes that the capability statement names, never fixed here.

use super::RideClaims;
use super::code::{Edge, GridCode};
use crate::instrument::ac::AcPoint;

/// The grid is healthy for so long first: what was drawn before is the mean over the last second of it.
const BEFORE_MS: u32 = 1_500;
/// So long is measured after an event: the longest budget of the codes, and time to see that the power stays.
const AFTER_MS: u32 = 6_000;
/// How far inside a band the source goes, and how far it may be off what it was asked for: it stays in the band. In p.u. and hertz.
pub(super) const INSIDE_PU: f64 = 0.02;
pub(super) const INSIDE_HZ: f64 = 0.1;
/// Longest time at a frequency: codes ask for minutes, and what trips does so in seconds.
const LONGEST_HZ_S: f64 = 10.0;
/// Rate at which the frequency moves where the rate is not what is tried, in hertz a second.
pub(super) const GENTLE_HZ_PER_S: f64 = 1.0;
/// How far the frequency goes where no code says how far it may, in hertz.
pub(super) const SOME_HZ: f64 = 1.0;
/// Sags of a train, their length and the time from one to the next.
const TRAIN: u32 = 5;
const TRAIN_SAG_MS: u32 = 60;
const TRAIN_EVERY_MS: u32 = 5_000;
/// How much longer than the curve a sag lasts that is beyond it.
const BEYOND_MS: u32 = 1_000;
/// Interval of a record, and of a long one.
const EVERY_MS: u32 = 10;
const EVERY_LONG_MS: u32 = 50;
/// Voltage in p.u. below which a supply is taken to need its batteries.
const DEEP_PU: f64 = 0.6;
/// Time of a recharge that is watched.
const RECHARGE_MS: u32 = 20_000;

/// What can be played, by the words of the steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Play {
    Deepest,
    Longest,
    OnePhase,
    LongestDeep,
    AlongCurve,
    Train,
    Highest,
    LowFrequency,
    HighFrequency,
    Rocof,
    Recharge,
    Beyond,
}

impl Play {
    /// All of them with the words of the steps.
    pub(crate) const ALL: [(&'static str, Self); 12] = [
        ("the deepest sag of the curve in all phases", Self::Deepest),
        ("the longest sag of the curve in all phases", Self::Longest),
        ("the deepest sag of the curve in one phase", Self::OnePhase),
        ("the longest deep sag of the curve in all phases", Self::LongestDeep),
        ("a sag that returns along the curve", Self::AlongCurve),
        ("a train of five sags, one each 5 s", Self::Train),
        ("the highest voltage of the curve", Self::Highest),
        ("the lowest frequency of the band", Self::LowFrequency),
        ("the highest frequency of the band", Self::HighFrequency),
        ("the fastest change of the frequency", Self::Rocof),
        ("the longest deep sag, and then measures on through the recharge", Self::Recharge),
        ("a sag that is longer than the curve", Self::Beyond),
    ];

    /// What a step asks for.
    pub(crate) fn of(words: &str) -> Option<Self> {
        Self::ALL.iter().find(|(own, _)| *own == words).map(|(_, play)| *play)
    }
}

/// What the AC source plays.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Profile {
    /// The points.
    pub points: Vec<AcPoint>,
    /// How long it is.
    pub length_ms: u32,
    /// Interval of the record.
    pub every_ms: u32,
    /// Beginning and end of each event.
    pub events: Vec<(u32, u32)>,
    /// The value furthest out, in p.u. of the nominal voltage or frequency.
    pub extreme: f64,
    /// The grid code that it was taken from.
    pub code: String,
}

/// Points as they are put together.
struct Line<'a> {
    claims: &'a RideClaims,
    points: Vec<AcPoint>,
}

impl<'a> Line<'a> {
    fn new(claims: &'a RideClaims) -> Self {
        let mut line = Self { claims, points: Vec::new() };
        line.volts(0, [1.0; 3]);
        line
    }

    fn volts(&mut self, at_ms: u32, pu: [f64; 3]) {
        let rms_v = pu.map(|pu| pu * self.claims.nominal_v);
        self.points.push(AcPoint { at_ms, over_ms: 0, rms_v, frequency_hz: self.claims.nominal_hz });
    }

    fn hertz(&mut self, at_ms: u32, over_ms: u32, frequency_hz: f64) {
        self.points.push(AcPoint { at_ms, over_ms, rms_v: [self.claims.nominal_v; 3], frequency_hz });
    }

    /// A sag, or a swell, from its beginning to its end.
    fn sag(&mut self, from_ms: u32, to_ms: u32, pu: [f64; 3]) {
        self.volts(from_ms, pu);
        self.volts(to_ms, [1.0; 3]);
    }

    fn ends(self, events: Vec<(u32, u32)>, after_ms: u32, extreme: f64, code: &GridCode) -> Profile {
        let last = events.last().map_or(BEFORE_MS, |(_, end)| *end);
        let every_ms = if after_ms > 2 * AFTER_MS { EVERY_LONG_MS } else { EVERY_MS };
        let length_ms = last + after_ms;
        Profile { points: self.points, length_ms, every_ms, events, extreme, code: code.name() }
    }
}

fn millis(seconds: f64) -> u32 {
    // Negative and huge ones are cut: the longest minimum of a code is some minutes.
    (seconds * 1000.0).floor() as u32
}

/// Where in a band the voltage or frequency goes: near its far end, as far from it as the source may be off, and the end
/// of a band that reaches without end near its beginning. `sign` is -1 below the continuous range.
fn inside(edges: &[Edge], nth: usize, sign: f64, margin: f64) -> Option<f64> {
    let own = edges.get(nth)?.level;
    let Some(next) = edges.get(nth + 1).map(|e| e.level) else { return Some(own + sign * margin) };
    let far = next - sign * margin;
    Some(if (far - own) * sign > 0.0 { far } else { (own + next) / 2.0 })
}

/// Longest sag that must be ridden through in a band, as a mean over a cycle sees it: a cycle longer.
fn ridden_s(edges: &[Edge], nth: usize, hertz: f64) -> Option<f64> {
    let within = edges.get(..=nth)?.iter().map(|edge| edge.minimum_s);
    let least = within.reduce(|a, b| Some(a?.min(b?)))??;
    Some(least - 1.0 / hertz).filter(|seconds| *seconds > 0.0)
}

/// Bands below the continuous range that must be ridden through: retained voltage and time.
///
/// The last band reaches to 0 V.
fn sags(edges: &[Edge], hertz: f64) -> Vec<(f64, f64)> {
    let mut closed = edges.to_vec();
    closed.push(Edge { level: 0.0, minimum_s: None });
    let bands = (0..edges.len())
        .filter_map(|nth| Some((inside(&closed, nth, -1.0, INSIDE_PU)?, ridden_s(edges, nth, hertz)?)));
    bands.collect()
}

/// What is played; `None` if no code says enough for it.
pub(crate) fn profile(play: Play, codes: &[GridCode], claims: &RideClaims) -> Option<Profile> {
    match play {
        Play::Deepest
        | Play::Longest
        | Play::OnePhase
        | Play::LongestDeep
        | Play::AlongCurve
        | Play::Train
        | Play::Recharge
        | Play::Beyond => {
            let (code, edges) =
                codes.iter().find_map(|code| Some((code, code.voltage(claims.nominal_hz)?.0)))?;
            low_voltage(play, code, &edges, claims)
        }
        Play::Highest => {
            let all = codes.iter().filter_map(|code| Some((code, code.voltage(claims.nominal_hz)?.1)));
            let (code, pu, seconds) = all
                .filter_map(|(code, edges)| {
                    let known = |nth: &usize| ridden_s(&edges, *nth, claims.nominal_hz).is_some();
                    let nth = (0..edges.len()).rev().find(known)?;
                    let pu = inside(&edges, nth, 1.0, INSIDE_PU)?;
                    Some((code, pu, ridden_s(&edges, nth, claims.nominal_hz)?))
                })
                .next()?;
            let end = BEFORE_MS + millis(seconds);
            let mut line = Line::new(claims);
            line.sag(BEFORE_MS, end, [pu; 3]);
            Some(line.ends(vec![(BEFORE_MS, end)], AFTER_MS, pu, code))
        }
        Play::LowFrequency | Play::HighFrequency => {
            let low = play == Play::LowFrequency;
            let side = |code: &GridCode| {
                code.frequency(claims.nominal_hz).map(|(below, above)| if low { below } else { above })
            };
            let sign = if low { -1.0 } else { 1.0 };
            codes.iter().find_map(|code| {
                let edges = side(code)?;
                let must = |nth: &usize| edges.get(*nth).and_then(|e| e.minimum_s).is_some_and(|s| s > 0.0);
                let nth = (0..edges.len()).rev().find(must)?;
                let hold_s = edges.get(nth)?.minimum_s?.min(LONGEST_HZ_S);
                let to = inside(&edges, nth, sign, INSIDE_HZ)?;
                Some(frequency(claims, &[to], GENTLE_HZ_PER_S, hold_s, code))
            })
        }
        Play::Rocof => {
            let rates = codes.iter().filter_map(|code| Some((code, code.rocof()?)));
            let (code, rate) = rates.max_by(|a, b| a.1.total_cmp(&b.1))?;
            // As far as the frequency may be for ever.
            let edge = |above: bool| {
                let of = |code: &GridCode| code.frequency(claims.nominal_hz);
                let (below, over) = codes.iter().find_map(of)?;
                let edge = if above { over } else { below }.first().map(|e| e.level)?;
                Some(edge + if above { -INSIDE_HZ } else { INSIDE_HZ })
            };
            let to = [
                edge(false).unwrap_or(claims.nominal_hz - SOME_HZ),
                edge(true).unwrap_or(claims.nominal_hz + SOME_HZ),
            ];
            Some(frequency(claims, &to, rate, 1.0, code))
        }
    }
}

fn low_voltage(play: Play, code: &GridCode, edges: &[Edge], claims: &RideClaims) -> Option<Profile> {
    let bands = sags(edges, claims.nominal_hz);
    let (deepest, longest) = (*bands.last()?, *bands.first()?);
    let mut line = Line::new(claims);
    let single = |mut line: Line<'_>, (pu, seconds): (f64, f64), phases: [bool; 3], after_ms: u32| {
        let end = BEFORE_MS + millis(seconds);
        line.sag(BEFORE_MS, end, phases.map(|low| if low { pu } else { 1.0 }));
        line.ends(vec![(BEFORE_MS, end)], after_ms, pu, code)
    };
    Some(match play {
        Play::Longest => single(line, longest, [true; 3], AFTER_MS),
        Play::OnePhase => single(line, deepest, [true, false, false], AFTER_MS),
        Play::AlongCurve => {
            // From the deepest band upwards, each up to the end of its time.
            let mut end = BEFORE_MS;
            for (pu, seconds) in bands.iter().rev() {
                line.volts(end, [*pu; 3]);
                end = end.max(BEFORE_MS + millis(*seconds));
            }
            line.volts(end, [1.0; 3]);
            line.ends(vec![(BEFORE_MS, end)], AFTER_MS, deepest.0, code)
        }
        Play::Train => {
            // The middle of the bands, so short that it is inside all of them.
            let (pu, seconds) = *bands.get(bands.len() / 2)?;
            let length = TRAIN_SAG_MS.min(millis(seconds));
            let begins = (0..TRAIN).map(|nth| BEFORE_MS + nth * TRAIN_EVERY_MS);
            let events: Vec<(u32, u32)> = begins.map(|begin| (begin, begin + length)).collect();
            for (begin, end) in &events {
                line.sag(*begin, *end, [pu; 3]);
            }
            line.ends(events, AFTER_MS, pu, code)
        }
        Play::LongestDeep => single(line, longest_deep(&bands).unwrap_or(deepest), [true; 3], AFTER_MS),
        Play::Recharge => {
            let most = longest_deep(&bands).unwrap_or(deepest);
            let wait_ms = claims.recharge.as_ref().map_or(0.0, |r| r.delay_s) * 1000.0;
            single(line, most, [true; 3], AFTER_MS + wait_ms as u32 + RECHARGE_MS)
        }
        Play::Beyond => {
            let (pu, seconds) = deepest;
            let after = AFTER_MS.max((claims.back_s * 1000.0) as u32);
            single(line, (pu, seconds + f64::from(BEYOND_MS) / 1000.0), [true; 3], after)
        }
        _ => single(line, deepest, [true; 3], AFTER_MS),
    })
}

/// The sag that takes the most energy from the batteries, of those that no supply carries alone.
fn longest_deep(bands: &[(f64, f64)]) -> Option<(f64, f64)> {
    let missing = |(pu, seconds): &(f64, f64)| (1.0 - pu) * seconds;
    let deep = bands.iter().filter(|(pu, _)| *pu < DEEP_PU);
    deep.max_by(|a, b| missing(a).total_cmp(&missing(b))).copied()
}

/// To each frequency in turn, with a pause between at the nominal one.
fn frequency(claims: &RideClaims, to: &[f64], hz_per_s: f64, hold_s: f64, code: &GridCode) -> Profile {
    let mut line = Line::new(claims);
    let (mut at, mut extreme) = (BEFORE_MS, 1.0_f64);
    let mut events = Vec::new();
    for hz in to {
        let over = millis((hz - claims.nominal_hz).abs() / hz_per_s).max(1);
        line.hertz(at, over, *hz);
        let back = at + over + millis(hold_s);
        line.hertz(back, over, claims.nominal_hz);
        events.push((at, back + over));
        at = back + over + 1_000;
        let pu = hz / claims.nominal_hz;
        extreme = if (pu - 1.0).abs() > (extreme - 1.0).abs() { pu } else { extreme };
    }
    line.ends(events, AFTER_MS, extreme, code)
}

#[cfg(test)]
mod tests;
