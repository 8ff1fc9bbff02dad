//! Workload mixes: a load over time as shares of its sustained power, and what a scheduler would have announced.

use super::super::backtest::rng::Rng;
use super::super::backtest::{Trace, synthetic};
use super::super::hint::{Hint, HintKind};
use super::STEP_S;

/// Window of the mean that counts as a load's sustained power, in seconds.
pub const SUSTAINED_S: f64 = 60.0;
/// How far the time of a hint is off, in seconds (standard deviation). Assumed.
const HINT_ERROR_S: f64 = 0.05;
/// Noise of a rack's power as a share of the peak. Assumed: some seventy boards average theirs.
const NOISE: f64 = 0.003;
/// Share of the way that a load goes in a step of 10 ms: supplies and regulators take some 20 ms.
const FOLLOW: f64 = 0.4;

/// A load over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Mix {
    /// Its name.
    pub id: String,
    /// What it is.
    pub title: String,
    /// Is it invented? Labelled so wherever it shows.
    pub synthetic: bool,
    /// Power as shares of the sustained power, one each [`STEP_S`].
    pub shares: Vec<f64>,
    /// What a scheduler announces; powers are shares of the sustained power.
    pub hints: Vec<Hint>,
    /// From this time on the charge must not drift, s: what comes before is the way in.
    pub settled_s: f64,
    /// Quiet time that follows each run of it before it comes again, s: batteries recharge in it.
    pub rest_s: f64,
}

/// Largest mean over [`SUSTAINED_S`], or over all where it is shorter.
fn sustained(values: &[f64]) -> f64 {
    let window = ((SUSTAINED_S / STEP_S) as usize).min(values.len()).max(1);
    let mut sum: f64 = values.iter().take(window).sum();
    let mut most = sum;
    for (old, new) in values.iter().zip(values.iter().skip(window)) {
        sum += new - old;
        most = most.max(sum);
    }
    most / window as f64
}

impl Mix {
    fn new(id: &str, title: &str, synthetic: bool, values: Vec<f64>, hints: Vec<Hint>) -> Self {
        let unit = sustained(&values).max(1e-9);
        let scale = |w: Option<f64>| w.map(|w| w / unit);
        let hints = hints
            .into_iter()
            .map(|hint| {
                let kind = match hint.kind {
                    HintKind::Start { at_s, rise_w } => HintKind::Start { at_s, rise_w: scale(rise_w) },
                    HintKind::End { at_s, fall_w } => HintKind::End { at_s, fall_w: scale(fall_w) },
                    HintKind::Checkpoint { at_s, duration_s, drop_w } => {
                        HintKind::Checkpoint { at_s, duration_s, drop_w: scale(drop_w) }
                    }
                    HintKind::Cap { at_s, cap_w } => HintKind::Cap { at_s, cap_w: cap_w / unit },
                    HintKind::Period { .. } => hint.kind,
                };
                Hint { kind, ..hint }
            })
            .collect();
        let settled_s = 0.4 * values.len() as f64 * STEP_S;
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            synthetic,
            shares: values.into_iter().map(|v| v / unit).collect(),
            hints,
            settled_s,
            rest_s: 0.0,
        }
    }

    /// How long it is, in seconds.
    pub fn length_s(&self) -> f64 {
        self.shares.len() as f64 * STEP_S
    }

    /// Highest power over the sustained one.
    pub fn peak(&self) -> f64 {
        self.shares.iter().copied().fold(0.0, f64::max)
    }

    /// A measured trace, at least `length_s` long: a shorter one is repeated (its seam is an edge that nobody measured), of
    /// a longer one the part around its largest change is taken. Samples closer than 10 ms are averaged; the load between
    /// samples is the line between them.
    pub fn measured(trace: &Trace, length_s: f64) -> Self {
        let cells = on_grid(&trace.samples);
        let wanted = (length_s / STEP_S) as usize;
        let (values, what) = if cells.len() > wanted {
            let second = (1.0 / STEP_S) as usize;
            let change =
                |i: &usize| (cells.get(*i + second).unwrap_or(&0.0) - cells.get(*i).unwrap_or(&0.0)).abs();
            let last = cells.len().saturating_sub(second + 1);
            let at = (0..last).max_by(|a, b| change(a).total_cmp(&change(b))).unwrap_or(0);
            let from = at.saturating_sub(wanted / 2).min(cells.len() - wanted);
            let part = cells.iter().skip(from).take(wanted).copied().collect();
            (part, format!("the {length_s:.0} s around its largest change"))
        } else {
            let times = wanted.div_ceil(cells.len().max(1));
            let all: Vec<f64> = cells.iter().copied().cycle().take(times * cells.len()).collect();
            (all, if times > 1 { format!("{times} times") } else { "whole".to_owned() })
        };
        let floor = values.iter().copied().fold(f64::INFINITY, f64::min).max(0.0);
        let values: Vec<f64> = values.into_iter().map(|v| v.max(floor)).collect();
        let kind = if trace.synthetic { "synthetic" } else { "measured" };
        let title = format!("{kind}: {}, {what}", trace.name);
        Self::new(&trace.name, &title, trace.synthetic, values, Vec::new())
    }

    /// The synthetic mixes, each about `length_s` long.
    pub fn synthetic(seed: u64, length_s: f64) -> Vec<Self> {
        vec![
            training(&mut Rng::new(seed), length_s),
            all_reduce(&mut Rng::new(seed ^ 0x11), length_s),
            checkpoint(&mut Rng::new(seed ^ 0x22), length_s),
            inference(seed, length_s),
            jobs(&mut Rng::new(seed ^ 0x33), length_s),
        ]
    }
}

/// Irregular samples as means of cells of [`STEP_S`], or on the line between them where they are further apart.
fn on_grid(samples: &[(f64, f64)]) -> Vec<f64> {
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else { return Vec::new() };
    let count = ((last.0 - first.0) / STEP_S) as usize;
    let mut at = 0;
    let get = |i: usize| samples.get(i).copied().unwrap_or(*last);
    (0..count)
        .map(|cell| {
            let (from, to) = (first.0 + cell as f64 * STEP_S, first.0 + (cell + 1) as f64 * STEP_S);
            while at + 1 < samples.len() && get(at + 1).0 <= from {
                at += 1;
            }
            let inside: Vec<f64> = samples
                .iter()
                .skip(at)
                .take_while(|s| s.0 < to)
                .filter(|s| s.0 >= from)
                .map(|s| s.1)
                .collect();
            if inside.len() > 1 {
                return inside.iter().sum::<f64>() / inside.len() as f64;
            }
            let (a, b) = (get(at), get(at + 1));
            let middle = 0.5 * (from + to);
            let share = if b.0 > a.0 { ((middle - a.0) / (b.0 - a.0)).clamp(0.0, 1.0) } else { 0.0 };
            a.1 + (b.1 - a.1) * share
        })
        .collect()
}

/// Plays phases of a length in s and a level; with the lag and noise of a rack.
struct Player {
    values: Vec<f64>,
    level: f64,
}

impl Player {
    fn new(level: f64) -> Self {
        Self { values: Vec::new(), level }
    }

    fn now_s(&self) -> f64 {
        self.values.len() as f64 * STEP_S
    }

    fn play(&mut self, rng: &mut Rng, length_s: f64, target: f64) {
        for _ in 0..(length_s / STEP_S).round() as usize {
            self.level += FOLLOW * (target - self.level);
            self.values.push((self.level + NOISE * rng.normal()).max(0.0));
        }
    }
}

fn hint(kind: HintKind) -> Hint {
    Hint { job: "synthetic".to_owned(), kind }
}

/// Iterations of 2.4 s: forward and backward pass with a dip between them, all-reduce at low power. Announced: the period.
fn training(rng: &mut Rng, length_s: f64) -> Mix {
    let mut player = Player::new(0.35);
    while player.now_s() < length_s {
        let stretch = 1.0 + 0.01 * rng.normal().clamp(-3.0, 3.0);
        for (length, level) in [(0.85, 0.92), (0.12, 0.55), (1.05, 0.97), (0.38, 0.35)] {
            player.play(rng, length * stretch, level);
        }
    }
    let title = "synthetic: training, iterations of 2.4 s with 1 % jitter";
    Mix::new("training", title, true, player.values, vec![hint(HintKind::Period { period_s: 2.4 })])
}

/// High power with stalls of 0.15 to 0.4 s at random times: nothing can announce them.
fn all_reduce(rng: &mut Rng, length_s: f64) -> Mix {
    let mut player = Player::new(0.95);
    while player.now_s() < length_s {
        let run_s = 0.8 + 2.0 * rng.uniform();
        player.play(rng, run_s, 0.95);
        let stall_s = 0.15 + 0.25 * rng.uniform();
        player.play(rng, stall_s, 0.5);
    }
    Mix::new(
        "all-reduce",
        "synthetic: stalls of an all-reduce at random times",
        true,
        player.values,
        Vec::new(),
    )
}

/// A steady job that writes a checkpoint of 3 s each 20 s, down by 65 %. Announced: each checkpoint.
fn checkpoint(rng: &mut Rng, length_s: f64) -> Mix {
    let (mut player, mut hints) = (Player::new(0.95), Vec::new());
    while player.now_s() < length_s {
        player.play(rng, 17.0, 0.95);
        let at_s = player.now_s() + HINT_ERROR_S * rng.normal();
        let kind = HintKind::Checkpoint { at_s, duration_s: 3.0, drop_w: Some(0.62) };
        hints.push(hint(kind));
        player.play(rng, 3.0, 0.33);
    }
    Mix::new("checkpoint", "synthetic: a checkpoint of 3 s each 20 s, 65 % less", true, player.values, hints)
}

/// Requests that come at random, as in the back-test.
fn inference(seed: u64, length_s: f64) -> Mix {
    let trace = synthetic::make(&format!("inference@{seed}"));
    let values = trace.map(|t| t.samples.into_iter().map(|s| s.1.max(0.0)).collect::<Vec<_>>());
    let mut values = values.unwrap_or_default();
    values.truncate((length_s / STEP_S) as usize);
    // The back-test's noise of 1 % is that of one board: a rack's is less.
    let mut slow = values.first().copied().unwrap_or(0.0);
    for value in &mut values {
        slow += FOLLOW * (*value - slow);
        *value = slow;
    }
    Mix::new("inference", "synthetic: inference, requests at random", true, values, Vec::new())
}

/// A job that starts on all racks at once and ends so; then the racks rest for 5 minutes. Announced: both.
fn jobs(rng: &mut Rng, length_s: f64) -> Mix {
    let (mut player, mut hints) = (Player::new(0.2), Vec::new());
    player.play(rng, 0.15 * length_s, 0.2);
    let at_s = player.now_s() + HINT_ERROR_S * rng.normal();
    hints.push(hint(HintKind::Start { at_s, rise_w: Some(0.75) }));
    player.play(rng, 0.45 * length_s, 0.95);
    let at_s = player.now_s() + HINT_ERROR_S * rng.normal();
    hints.push(hint(HintKind::End { at_s, fall_w: Some(0.75) }));
    player.play(rng, 0.4 * length_s, 0.2);
    let values = player.values;
    // Its sustained power is that of the job, not a mean with the rest before it.
    let job = 0.95 / sustained(&values).max(1e-9);
    let mut mix =
        Mix::new("jobs", "synthetic: a job starts and ends on all racks at once", true, values, hints);
    mix.shares.iter_mut().for_each(|s| *s /= job);
    for hint in &mut mix.hints {
        match &mut hint.kind {
            HintKind::Start { rise_w: Some(w), .. } | HintKind::End { fall_w: Some(w), .. } => *w /= job,
            _ => {}
        }
    }
    mix.settled_s = 0.1 * length_s;
    mix.rest_s = 300.0;
    mix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixes_are_the_same_for_a_seed_and_their_sustained_power_is_one() {
        for (a, b) in Mix::synthetic(7, 90.0).iter().zip(&Mix::synthetic(7, 90.0)) {
            assert_eq!(a, b);
            assert!(a.synthetic && a.title.starts_with("synthetic"), "{}", a.title);
            let wanted = if a.id == "jobs" { 0.85..1.01 } else { 0.999..1.001 };
            assert!(
                a.id == "jobs" || wanted.contains(&sustained(&a.shares)),
                "{}: {}",
                a.id,
                sustained(&a.shares)
            );
            assert!(a.peak() >= 1.0 && a.peak() < 3.0, "{}: {}", a.id, a.peak());
        }
        assert_ne!(Mix::synthetic(7, 90.0)[0], Mix::synthetic(8, 90.0)[0]);
    }

    #[test]
    fn a_trace_is_laid_on_the_grid() {
        let samples: Vec<(f64, f64)> =
            (0..400).map(|i| (5.0 + f64::from(i) * 0.05, f64::from(i % 40))).collect();
        let trace =
            Trace { name: "t".to_owned(), synthetic: false, quantity: "w".to_owned(), samples, left_out: 0 };
        let mix = Mix::measured(&trace, 60.0);
        assert!(mix.length_s() >= 60.0 && mix.title.contains("measured: t, 4 times"), "{}", mix.title);
        // 10 ms cells of a line with 1 in 50 ms: 0.1, 0.3, 0.5 ...
        let step = (mix.shares[2] - mix.shares[1]) / (mix.shares[1] - mix.shares[0]);
        assert!((step - 1.0).abs() < 1e-6, "{step}");
        let part = Mix::measured(&trace, 10.0);
        assert!((part.length_s() - 10.0).abs() < 1e-9 && part.title.contains("largest change"));
    }
}
