//! Invented traces, labelled so: what they hold is known, and they need no file.
//!
//! Powers are in parts of a rating. The loads resemble what has been published (swings of 0.2 to 3 Hz, iterations with
//! stalls, checkpoints), and were written before any forecaster was scored on a measured rack.

use super::rng::Rng;
use super::trace::{Trace, TraceError};

/// Time between samples, in seconds.
const STEP_S: f64 = 0.01;

/// A generator: its name, what it makes, and how.
type Generator = (&'static str, &'static str, fn(&mut Rng, usize) -> Vec<f64>);

/// The generators.
const GENERATORS: [Generator; 7] = [
    ("sine", "a sine of 0.7 s with noise of 1 %", |rng, n| {
        (0..n)
            .map(|i| 0.6 + 0.3 * (i as f64 * STEP_S * std::f64::consts::TAU / 0.7).sin() + noise(rng))
            .collect()
    }),
    ("ramp", "up and down again in 20 s, with noise of 1 %", |rng, n| {
        (0..n)
            .map(|i| 0.2 + 0.7 * (1.0 - (i as f64 * STEP_S / 10.0 % 2.0 - 1.0).abs()) + noise(rng))
            .collect()
    }),
    ("ar2", "an autoregression of order 2 with a period of 0.135 s", |rng, n| {
        let (mut a, mut b) = (0.0, 0.0);
        let mut next = || {
            (a, b) = (1.6 * a - 0.8 * b + rng.normal(), a);
            0.6 + 0.02 * a
        };
        (0..n).map(|_| next()).collect()
    }),
    ("noise", "stationary noise with a memory of 0.1 s", |rng, n| {
        let mut wave = 0.0;
        let mut next = || {
            wave = 0.9 * wave + rng.normal();
            0.6 + 0.02 * wave
        };
        (0..n).map(|_| next()).collect()
    }),
    ("change", "a square wave of 0.9 s, from the middle on of 1.3 s, with noise of 1 %", |rng, n| {
        let mut phase = 0.0f64;
        let mut next = |i: usize| {
            phase = (phase + STEP_S / if i < n / 2 { 0.9 } else { 1.3 }).fract();
            (if phase < 0.4 { 0.9 } else { 0.3 }) + noise(rng)
        };
        (0..n).map(&mut next).collect()
    }),
    ("training", "iterations of 2.4 s with 3 % jitter, two stalls in each, a checkpoint after 20", training),
    ("inference", "requests that come at random, each a prefill and a decode", inference),
];

fn noise(rng: &mut Rng) -> f64 {
    0.01 * rng.normal()
}

/// Forward and backward pass with a dip between them, all-reduce at low power, now and then a checkpoint.
fn training(rng: &mut Rng, n: usize) -> Vec<f64> {
    let (mut out, mut iteration) = (Vec::with_capacity(n), 0);
    let mut level = 0.3;
    while out.len() < n {
        let stretch = 1.0 + 0.03 * rng.normal().clamp(-3.0, 3.0);
        let mut phases = vec![(0.85, 0.92), (0.12, 0.55), (1.05, 0.97), (0.38, 0.35)];
        iteration += 1;
        if iteration % 20 == 0 {
            phases.push((3.0, 0.28));
        }
        for (length_s, target) in phases {
            for _ in 0..(length_s * stretch / STEP_S).round() as usize {
                // Supply and voltage regulators take some 20 ms.
                level += 0.4 * (target - level);
                out.push(level + noise(rng));
            }
        }
    }
    out.truncate(n);
    out
}

/// Eight servers; a request takes one at full power for its prefill, and at part power for its decode.
fn inference(rng: &mut Rng, n: usize) -> Vec<f64> {
    let mut out = vec![0.25; n];
    let mut t_s = 0.0;
    while t_s < n as f64 * STEP_S {
        t_s += rng.wait(2.0);
        let (prefill_s, decode_s) = (0.05 + 0.15 * rng.uniform(), rng.wait(0.5).min(10.0));
        for (from_s, length_s, power) in [(t_s, prefill_s, 0.12), (t_s + prefill_s, decode_s, 0.05)] {
            let (from, to) = ((from_s / STEP_S) as usize, ((from_s + length_s) / STEP_S) as usize);
            for place in out.iter_mut().take(to).skip(from) {
                *place += power;
            }
        }
    }
    out.into_iter().map(|p: f64| p.min(1.0) + noise(rng)).collect()
}

/// The generators' names with what they make.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    GENERATORS.iter().map(|(name, what, _)| (*name, *what))
}

/// Makes the trace `name` or `name@seed`: 120 s at 100 Hz.
///
/// # Errors
/// Where there is no such generator.
pub fn make(name: &str) -> Result<Trace, TraceError> {
    let unknown = || TraceError::Synthetic {
        name: name.to_owned(),
        known: GENERATORS.map(|(name, ..)| name).join(", "),
    };
    let (plain, seed) = match name.split_once('@') {
        Some((plain, seed)) => (plain, seed.parse().map_err(|_| unknown())?),
        None => (name, 1),
    };
    let (_, _, generate) = GENERATORS.iter().find(|(n, ..)| *n == plain).ok_or_else(unknown)?;
    let values = generate(&mut Rng::new(seed), 12_000);
    Ok(Trace {
        name: format!("synthetic:{plain}@{seed}"),
        synthetic: true,
        quantity: "p_pu".to_owned(),
        samples: values.into_iter().enumerate().map(|(i, v)| (i as f64 * STEP_S, v)).collect(),
        left_out: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_generator_gives_the_same_for_a_seed_and_stays_a_power() {
        for (name, _) in names() {
            let trace = make(name).unwrap();
            assert_eq!(trace, make(&format!("{name}@1")).unwrap());
            assert_ne!(trace.samples, make(&format!("{name}@2")).unwrap().samples, "{name}");
            assert_eq!(trace.samples.len(), 12_000);
            assert!(trace.samples.iter().all(|(_, p)| (-0.05..1.15).contains(p)), "{name}");
        }
        assert!(make("sines").is_err() && make("sine@x").is_err());
    }
}
