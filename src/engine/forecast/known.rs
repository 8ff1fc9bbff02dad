//! Cases whose answer is known in closed form: a sine, a ramp, an AR(2), and a period that changes; each forecaster is held
//! to all four. What a forecaster cannot know it must answer as its own equations say: persistence by the last sample, the
//! trend filters by their transfer function.
//!
//! Samples are 10 ms apart, horizons 10 steps unless said otherwise.

use std::f64::consts::TAU;
use std::ops::{Add, Mul, Sub};

use super::Kind;
use super::testing::{Noise, forecaster, rmse, roll};

/// Horizon in steps; one that regressions and ensemble learn at.
const K: usize = 10;
/// Middle and amplitude of the sines.
const MIDDLE: f64 = 50.0;
const AMPLITUDE: f64 = 10.0;
/// Rise of the ramp in a step.
const SLOPE: f64 = 2.0;
/// Coefficients and mean of the AR(2), whose noise has variance 1.
const PHI: (f64, f64) = (1.6, -0.8);
const MEAN: f64 = 100.0;

/// A complex number, as far as a transfer function needs it.
#[derive(Debug, Clone, Copy)]
struct C(f64, f64);

impl C {
    fn turn(angle: f64) -> Self {
        Self(angle.cos(), angle.sin())
    }

    fn inverse(self) -> Self {
        let square = self.0 * self.0 + self.1 * self.1;
        Self(self.0 / square, -self.1 / square)
    }
}

impl Add for C {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Self(self.0 + o.0, self.1 + o.1)
    }
}

impl Sub for C {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        Self(self.0 - o.0, self.1 - o.1)
    }
}

impl Mul for C {
    type Output = Self;
    fn mul(self, o: Self) -> Self {
        Self(self.0 * o.0 - self.1 * o.1, self.0 * o.1 + self.1 * o.0)
    }
}

impl Mul<f64> for C {
    type Output = Self;
    fn mul(self, o: f64) -> Self {
        Self(self.0 * o, self.1 * o)
    }
}

/// A linear filter of level and trend (in a step): of each new sample the level takes the part `a` of its surprise, and the trend `b`.
/// It tells `level + reach · trend`.
#[derive(Debug, Clone, Copy)]
struct Filter {
    a: f64,
    b: f64,
    reach: f64,
}

impl Filter {
    /// Holt's with the times of [`super::holt::Holt::new`]: 0.5, 4 and 2 steps, `steps` ahead.
    fn holt(steps: f64) -> Self {
        let share = |time: f64| 1.0 - (-1.0 / time).exp();
        let a = share(0.5);
        // The slope is measured between levels: a surprise moves it by a, and the trend by its own share of that.
        Self { a, b: a * share(4.0), reach: 2.0 * (1.0 - (-steps / 2.0).exp()) }
    }

    /// The Kalman filter of the local linear trend in its steady state, for a drift of level and slope in parts of the noise of a
    /// sample: the covariance that reproduces itself, found by iterating F P Fᵀ + Q and the correction.
    fn kalman((level, slope): (f64, f64), steps: f64) -> Self {
        let mut p = [[1.0, 0.0], [0.0, 1.0]];
        let mut gain = [0.0; 2];
        for _ in 0..20_000 {
            let f = [[p[0][0] + p[1][0], p[0][1] + p[1][1]], p[1]];
            let told = [
                [f[0][0] + f[0][1] + level + slope / 3.0, f[0][1] + slope / 2.0],
                [f[1][0] + f[1][1] + slope / 2.0, f[1][1] + slope],
            ];
            gain = [told[0][0] / (told[0][0] + 1.0), told[1][0] / (told[0][0] + 1.0)];
            p = [
                [told[0][0] * (1.0 - gain[0]), told[0][1] * (1.0 - gain[0])],
                [told[1][0] - gain[1] * told[0][0], told[1][1] - gain[1] * told[0][1]],
            ];
        }
        Self { a: gain[0], b: gain[1], reach: 2.0 * (1.0 - (-steps / 2.0).exp()) }
    }

    /// The bank's three, as its module says.
    fn bank(steps: f64) -> [Self; 3] {
        [(1e-2, 1e-5), (0.3, 3e-3), (10.0, 0.3)].map(|drift| Self::kalman(drift, steps))
    }

    /// What it tells of a wave of this angle a step, as a factor: with one step back called z, level and trend obey
    /// `l = (1-a) z (l + t) + a x` and `t = z t + b (x - z (l + t))`.
    fn factor(self, angle: f64) -> C {
        let (one, z) = (C(1.0, 0.0), C::turn(-angle));
        // From the second, t = (b x - b z l) / (1 - z + b z); put into the first.
        let t_x = (one - z + z * self.b).inverse() * self.b;
        let t_l = t_x * z * -1.0;
        let back = z * (1.0 - self.a);
        let l = (one - back - back * t_l).inverse() * (one * self.a + back * t_x);
        l + (t_x + t_l * l) * self.reach
    }

    /// What each sample of the past counts, the newest first.
    fn weights(self) -> Vec<f64> {
        let (mut level, mut trend) = (0.0, 0.0);
        (0..4000)
            .map(|i| {
                let told = level + trend;
                let surprise = f64::from(u8::from(i == 0)) - told;
                (level, trend) = (told + self.a * surprise, trend + self.b * surprise);
                level + self.reach * trend
            })
            .collect()
    }
}

/// Angle of a step, in a wave with this period in steps.
fn angle(period: f64) -> f64 {
    TAU / period
}

fn sine(period: f64) -> impl Fn(usize) -> f64 {
    move |i| MIDDLE + AMPLITUDE * (i as f64 * angle(period)).sin()
}

/// Worst distance from `answer(i)`, with i the step of the origin, from `from` on.
fn off(
    kind: Kind,
    n: usize,
    from: usize,
    k: usize,
    signal: impl Fn(usize) -> f64,
    answer: impl Fn(usize) -> f64,
) -> f64 {
    let rolled = roll(&mut *forecaster(kind), n, from, k, &signal);
    rolled.iter().enumerate().map(|(at, (told, _))| (told.mean - answer(from + at)).abs()).fold(0.0, f64::max)
}

/// What a filter tells of the sine at step i.
fn filtered(filter: Filter, period: f64, i: usize) -> f64 {
    MIDDLE + AMPLITUDE * (C::turn(i as f64 * angle(period)) * filter.factor(angle(period))).1
}

/// The sine, and the same after a change of its period from 1.1 s to 0.7 s at step 4000: by the time of the second check all
/// that was learned of the first period is over.
fn sines() -> [(&'static str, Vec<f64>); 2] {
    let (before, after) = (sine(110.0), sine(70.0));
    let steady: Vec<f64> = (0..12_100).map(&after).collect();
    // The phase of the second sine is kept: only the past differs.
    let changed = (0..12_100).map(|i| if i < 4000 { before(i) } else { after(i) }).collect();
    [("steady", steady), ("changed", changed)]
}

/// After this step a sine counts.
const COUNTS: usize = 10_000;

#[test]
fn persistence_tells_the_last_sample_whatever_comes() {
    let noise = ar2();
    for signal in [&sines()[0].1, &sines()[1].1, &(0..12_100).map(|i| SLOPE * i as f64).collect(), &noise] {
        assert_eq!(off(Kind::Persistence, 12_000, 0, K, |i| signal[i], |i| signal[i]), 0.0);
    }
    // So it is off a sine by √2 · amplitude · |sin(half the angle of the horizon)|, and off a ramp by the rise.
    let error = |signal: &dyn Fn(usize) -> f64| {
        rmse(&roll(&mut *forecaster(Kind::Persistence), 1400, 700, K, signal))
    };
    let wave = 2f64.sqrt() * AMPLITUDE * (K as f64 * angle(70.0) / 2.0).sin().abs();
    assert!((error(&sine(70.0)) - wave).abs() < 1e-9, "{} {wave}", error(&sine(70.0)));
    assert!((error(&|i| SLOPE * i as f64) - SLOPE * K as f64).abs() < 1e-9);
}

#[test]
fn a_sine_is_told_by_holt_and_kalman_as_their_transfer_functions_say_also_after_a_change_of_period() {
    for (name, signal) in sines() {
        let holt = Filter::holt(K as f64);
        let error = off(Kind::Holt, 12_000, COUNTS, K, |i| signal[i], |i| filtered(holt, 70.0, i));
        assert!(error < 1e-9, "{name}: {error}");
        // Without noise the most restless of the bank is the likeliest by far.
        let [.., restless] = Filter::bank(K as f64);
        let error = off(Kind::Kalman, 12_000, COUNTS, K, |i| signal[i], |i| filtered(restless, 70.0, i));
        assert!(error < 1e-6, "{name}: {error}");
    }
}

#[test]
fn a_sine_is_told_exactly_by_those_that_know_it_also_after_a_change_of_period() {
    for (name, signal) in sines() {
        // Forgetting keeps 0.999 ^ 6000 = 0.2 % of the first period in an autoregression, in coefficients that a sine leaves
        // free; regressions normalise by a spread that takes as long.
        let changed = name == "changed";
        for (kind, bar) in [
            (Kind::Ar, if changed { 0.4 } else { 0.03 }),
            (Kind::Period, 1e-9),
            (Kind::Lagged, if changed { 0.4 } else { 0.06 }),
            (Kind::Ensemble, 1e-9),
        ] {
            let error = off(kind, 12_000, COUNTS, K, |i| signal[i], |i| signal[i + K]);
            assert!(error < bar, "{name} {kind:?}: {error}");
        }
    }
}

#[test]
fn a_ramp_is_told_exactly_and_by_a_damped_trend_as_far_as_it_reaches() {
    let ramp = |i: usize| 1000.0 + SLOPE * i as f64;
    // A slope is believed for two steps: 2 (1 - e^-5) of the ten.
    let damped = SLOPE * 2.0 * (1.0 - (-(K as f64) / 2.0).exp());
    // What has no period is the last sample to the forecaster of periods. Regressions look at differences from a running mean
    // and in parts of a running spread, which are still on their way: 2 % and 4 % of the rise.
    for (kind, rise, bar) in [
        (Kind::Persistence, 0.0, 1e-12),
        (Kind::Holt, damped, 1e-6),
        (Kind::Kalman, damped, 1e-6),
        (Kind::Period, 0.0, 1e-12),
        (Kind::Ar, SLOPE * K as f64, 0.4),
        (Kind::Lagged, SLOPE * K as f64, 0.8),
        (Kind::Ensemble, SLOPE * K as f64, 0.4),
    ] {
        let error = off(kind, 6000, 4000, K, ramp, |i| ramp(i) + rise);
        assert!(error < bar, "{kind:?}: {error}");
    }
}

/// x = 100 + 1.6 (x₁ - 100) - 0.8 (x₂ - 100) + e.
fn ar2() -> Vec<f64> {
    let mut noise = Noise::new(3);
    let mut row = vec![MEAN, MEAN];
    while row.len() < 15_100 {
        let at = row.len();
        row.push(MEAN + PHI.0 * (row[at - 1] - MEAN) + PHI.1 * (row[at - 2] - MEAN) + noise.normal());
    }
    row
}

/// Autocovariance of the AR(2), by Yule and Walker.
fn covariances(n: usize) -> Vec<f64> {
    let (a, b) = PHI;
    let zero = (1.0 - b) / ((1.0 + b) * ((1.0 - b).powi(2) - a * a));
    let mut row = vec![zero, a / (1.0 - b) * zero];
    while row.len() <= n {
        row.push(a * row[row.len() - 1] + b * row[row.len() - 2]);
    }
    row
}

/// Root mean square error of a linear forecast of the AR(2), `k` steps ahead, that counts the past with these weights: their sum is 1.
fn linear(weights: &[f64], k: usize) -> f64 {
    // What is below a millionth of the newest counts nothing.
    let weights: Vec<f64> = weights.iter().copied().take(600).collect();
    let covariances = covariances(weights.len() + k);
    let mut square = covariances[0];
    for (i, w) in weights.iter().enumerate() {
        square -= 2.0 * w * covariances[k + i];
        square += weights.iter().enumerate().map(|(j, v)| w * v * covariances[i.abs_diff(j)]).sum::<f64>();
    }
    square.sqrt()
}

/// The least error there is `k` steps ahead: Σ ψ², with ψ the answers to an impulse.
fn least(k: usize) -> f64 {
    let mut psi = vec![1.0, PHI.0];
    while psi.len() < k {
        psi.push(PHI.0 * psi[psi.len() - 1] + PHI.1 * psi[psi.len() - 2]);
    }
    psi.iter().take(k).map(|p| p * p).sum::<f64>().sqrt()
}

/// Root mean square errors of a forecaster on the AR(2), a step and [`K`] steps ahead.
fn errors(kind: Kind, values: &[f64]) -> [f64; 2] {
    let mut forecaster = forecaster(kind);
    let (from, to) = (3000, 15_000);
    let mut squares = [0.0; 2];
    for i in 0..to {
        forecaster.update(i as f64 * 0.01, values[i]).unwrap();
        if i >= from {
            for (square, k) in squares.iter_mut().zip([1, K]) {
                *square += (forecaster.predict(k as f64 * 0.01).unwrap().mean - values[i + k]).powi(2);
            }
        }
    }
    squares.map(|square| (square / (to - from) as f64).sqrt())
}

#[test]
fn an_ar2_is_told_with_the_least_error_by_those_that_know_it_and_with_their_own_by_the_others() {
    let values = ar2();
    let errors = Kind::ALL.map(|kind| (kind, errors(kind, &values)));
    for (at, k) in [1, K].into_iter().enumerate() {
        let steps = k as f64;
        let persistence = linear(&[1.0], k);
        let holt = linear(&Filter::holt(steps).weights(), k);
        // The bank follows the filter whose surprises, a step ahead and with the whole slope, are the least.
        let surprise = |at: usize| linear(&Filter { reach: 1.0, ..Filter::bank(1.0)[at] }.weights(), 1);
        let likeliest = (0..3).min_by(|a, b| surprise(*a).total_cmp(&surprise(*b))).unwrap();
        let kalman = linear(&Filter::bank(steps)[likeliest].weights(), k);
        // 12,000 origins that are alike over some ten steps: the error of a root mean square is about 2 %. The forecaster of
        // periods takes a dip of noise for a period now and then; forgetting costs the regressions some percent.
        for (kind, errors) in &errors {
            let (answer, bar) = match kind {
                Kind::Persistence => (persistence, 0.05),
                Kind::Holt => (holt, 0.05),
                Kind::Kalman => (kalman, 0.05),
                Kind::Period => (persistence, 0.10),
                Kind::Ar | Kind::Lagged | Kind::Ensemble => (least(k), 0.06),
            };
            let share = errors[at] / answer;
            assert!((share - 1.0).abs() < bar, "{k} {kind:?}: {} of {answer}", errors[at]);
        }
    }
}
