//! What a meter shows of three phases: RMS over one cycle each half cycle, frequency, its rate of change.
//!
//! `Urms(1/2)` as IEC 61000-4-30 class A has it: over one cycle, renewed each half cycle, from zero crossing to
//! zero crossing. It is what is shown and recorded; a sag is found faster elsewhere
//! ([`orchestrator`](super::orchestrator)).
//!
//! The half cycles are told by the angle of the three voltages together (the space vector), so that the crossings
//! of one disturbed phase do not move them. Harmonics turn with the fundamental and stand still from crossing to
//! crossing: they cancel out of the frequency, which is the number of half cycles over the time they took.

use std::f64::consts::PI;

use dpo_registers::units::{Hertz, Volts};

/// Half cycles of a measurement of the frequency: 200 ms at 60 Hz.
const FREQUENCY_HALF_CYCLES: usize = 24;
/// Time between the two frequencies of a rate of change, in s.
const ROCOF_S: f64 = 0.5;
/// Crossings that are kept: both measurements of a rate of change, up to 70 Hz.
const CROSSINGS: usize = 128;
/// Share of the nominal voltage below which the angle tells nothing.
const WEAK: f64 = 0.05;
/// A sample of more than this many times the nominal voltage is a fault of the measurement.
const OUT_OF_RANGE: f64 = 10.0;

/// The AC input as a meter shows it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct AcReading {
    /// RMS voltage of L1, L2, L3 over the last cycle, renewed each half cycle.
    pub rms: [Volts; 3],
    /// Half cycles measured since the start.
    pub half_cycles: u64,
    /// Samples since the end of the newest half cycle.
    pub samples_since: f64,
    /// Mean frequency of the last 24 half cycles; `None` until there were so many with a voltage to tell them by.
    pub frequency: Option<Hertz>,
    /// Rate of change of the frequency over 500 ms, in Hz/s.
    pub rocof_hz_per_s: Option<f64>,
    /// Lowest and highest of [`Self::rms`] in the last completed second.
    pub lowest: [Option<Volts>; 3],
    /// See [`Self::lowest`].
    pub highest: [Option<Volts>; 3],
    /// Completed seconds: the number of the one that lowest and highest are of.
    pub seconds: u64,
}

/// Three-phase meter. [`Self::push`] takes each sample in turn; it allocates nothing and never panics.
#[derive(Debug, Clone)]
pub struct AcMeter {
    sample_hz: f64,
    /// Square of the length of the space vector below which its angle tells nothing, in V².
    weak: f64,
    most: f64,
    /// Turn of a sample at the last known frequency, in rad.
    turn: f64,
    before: Option<[f64; 3]>,
    angle: f64,
    /// Turn since the last crossing, in rad.
    turned: f64,
    /// Index of the sample pushed last.
    index: u64,
    /// Integral of the squares over the half cycle that runs, and over the one before, with their lengths.
    squares: [f64; 3],
    length: f64,
    last: Option<([f64; 3], f64)>,
    /// Times of the newest crossings in samples; the newest is that of `half_cycles`.
    crossings: [f64; CROSSINGS],
    /// Crossings since the angle was last lost.
    steady: usize,
    second: (f64, [f64; 3], [f64; 3]),
    reading: AcReading,
    known: bool,
}

impl AcMeter {
    /// A meter for a nominal phase-to-neutral voltage and a declared frequency, at so many samples a second.
    pub fn new(nominal: Volts, frequency: Hertz, sample_hz: f64) -> Self {
        let weak = WEAK * nominal.0 * std::f64::consts::SQRT_2;
        Self {
            sample_hz,
            weak: weak * weak,
            most: OUT_OF_RANGE * nominal.0,
            turn: 2.0 * PI * frequency.0 / sample_hz,
            before: None,
            angle: 0.0,
            turned: 0.0,
            index: 0,
            squares: [0.0; 3],
            length: 0.0,
            last: None,
            crossings: [0.0; CROSSINGS],
            steady: 0,
            second: NO_SECOND,
            reading: AcReading::default(),
            known: false,
        }
    }

    /// What it shows; `None` before the first full cycle.
    pub fn reading(&self) -> Option<AcReading> {
        let since = self.index as f64 - self.crossing(self.reading.half_cycles);
        self.known.then_some(AcReading { samples_since: since.max(0.0), ..self.reading })
    }

    /// Takes the instantaneous voltages of L1, L2, L3 against neutral in V. In place of a sample that cannot be the
    /// one before counts again.
    pub fn push(&mut self, sample: [f64; 3]) {
        let good = sample.iter().all(|v| v.abs() <= self.most);
        let Some(before) = self.before else {
            if good {
                self.begin(sample);
            }
            return;
        };
        let sample = if good { sample } else { before };
        self.index += 1;
        let turn = self.turn_to(sample, good);
        let half_cycle = |turned: f64| (turned.abs() - PI) / turn.abs().max(1e-9);
        self.turned += turn;
        if self.turned.abs() >= PI {
            // The share of this step that is behind the crossing.
            let behind = half_cycle(self.turned).clamp(0.0, 1.0);
            // A field may turn the other way round: L1, L3, L2.
            self.turn = self.turn.copysign(self.turned);
            self.turned -= PI.copysign(self.turned);
            let at = std::array::from_fn(|i| {
                let (from, to) = (before[i] * before[i], sample[i] * sample[i]);
                from + (to - from) * (1.0 - behind)
            });
            self.add(&before.map(|v| v * v), &at, 1.0 - behind);
            self.cross(self.index as f64 - behind);
            self.add(&at, &sample.map(|v| v * v), behind);
        } else {
            self.add(&before.map(|v| v * v), &sample.map(|v| v * v), 1.0);
        }
        self.before = Some(sample);
        self.tick_second();
    }

    fn begin(&mut self, sample: [f64; 3]) {
        self.before = Some(sample);
        let (vector, angle) = space_vector(&sample);
        if vector > self.weak {
            self.angle = angle;
            // A crossing of zero of L1 is a quarter turn from the real axis.
            self.turned = (angle - PI / 2.0).rem_euclid(PI);
        }
    }

    /// How far the space vector turned to this sample.
    fn turn_to(&mut self, sample: [f64; 3], good: bool) -> f64 {
        let (vector, angle) = space_vector(&sample);
        if !good || vector < self.weak {
            self.steady = 0;
            self.angle = wrapped(self.angle + self.turn);
            return self.turn;
        }
        let turn = wrapped(angle - self.angle);
        self.angle = angle;
        turn
    }

    /// Adds a stretch by its squares at both ends.
    fn add(&mut self, from: &[f64; 3], to: &[f64; 3], length: f64) {
        for ((sum, from), to) in self.squares.iter_mut().zip(from).zip(to) {
            *sum += 0.5 * (from + to) * length;
        }
        self.length += length;
    }

    fn crossing(&self, number: u64) -> f64 {
        self.crossings.get(number as usize % CROSSINGS).copied().unwrap_or(0.0)
    }

    /// A half cycle has ended.
    fn cross(&mut self, at: f64) {
        let whole = (self.squares, self.length);
        self.squares = [0.0; 3];
        self.length = 0.0;
        self.reading.half_cycles += 1;
        let number = self.reading.half_cycles;
        if let Some(place) = self.crossings.get_mut(number as usize % CROSSINGS) {
            *place = at;
        }
        self.steady = (self.steady + 1).min(CROSSINGS);
        let (frequency, rocof) = self.frequencies(number);
        self.reading.frequency = frequency.map(Hertz);
        self.reading.rocof_hz_per_s = rocof;
        if let Some(hz) = frequency {
            self.turn = (2.0 * PI * hz / self.sample_hz).copysign(self.turn);
        }
        // The first half cycle began in the middle of one.
        if let Some((before, length)) = self.last.filter(|_| number > 2) {
            let total = (length + whole.1).max(1e-9);
            for (i, rms) in self.reading.rms.iter_mut().enumerate() {
                *rms = Volts(((before[i] + whole.0[i]).max(0.0) / total).sqrt());
            }
            self.known = true;
            for i in 0..3 {
                let rms = self.reading.rms[i].0;
                self.second.1[i] = self.second.1[i].min(rms);
                self.second.2[i] = self.second.2[i].max(rms);
            }
        }
        self.last = Some(whole);
    }

    /// Frequency up to a crossing in Hz, and its rate of change in Hz/s.
    fn frequencies(&self, number: u64) -> (Option<f64>, Option<f64>) {
        let mean = |back: usize| {
            let newest = number.checked_sub(back as u64)?;
            let oldest = newest.checked_sub(FREQUENCY_HALF_CYCLES as u64)?;
            // The first crossing may be one of the start.
            if self.steady <= back + FREQUENCY_HALF_CYCLES || back + FREQUENCY_HALF_CYCLES >= CROSSINGS {
                return None;
            }
            let samples = self.crossing(newest) - self.crossing(oldest);
            (samples > 0.0).then(|| 0.5 * FREQUENCY_HALF_CYCLES as f64 * self.sample_hz / samples)
        };
        let now = mean(0);
        let rocof = now.and_then(|hz| {
            let back = (2.0 * hz * ROCOF_S).round().max(1.0) as usize;
            let apart_s =
                (self.crossing(number) - self.crossing(number.checked_sub(back as u64)?)) / self.sample_hz;
            Some((hz - mean(back)?) / apart_s)
        });
        (now, rocof)
    }

    fn tick_second(&mut self) {
        self.second.0 += 1.0;
        if self.second.0 >= self.sample_hz {
            let volts = |v: f64| v.is_finite().then_some(Volts(v));
            self.reading.lowest = self.second.1.map(volts);
            self.reading.highest = self.second.2.map(volts);
            self.reading.seconds += 1;
            self.second = NO_SECOND;
        }
    }
}

/// Samples, lowest and highest of a second that has just begun.
const NO_SECOND: (f64, [f64; 3], [f64; 3]) = (0.0, [f64::INFINITY; 3], [f64::NEG_INFINITY; 3]);

/// Square of the length, and angle, of the space vector (amplitude-invariant Clarke transformation).
fn space_vector([a, b, c]: &[f64; 3]) -> (f64, f64) {
    let re = (2.0 * a - b - c) / 3.0;
    let im = (b - c) / 3.0f64.sqrt();
    (re * re + im * im, im.atan2(re))
}

/// An angle within half a turn of zero.
fn wrapped(angle: f64) -> f64 {
    angle - 2.0 * PI * (angle / (2.0 * PI)).round()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE_HZ: f64 = 5000.0;

    /// Three phases of peak `p.u.` each, by time and angle of L1.
    fn three(angle: f64, pu: [f64; 3]) -> [f64; 3] {
        std::array::from_fn(|i| pu[i] * 240.0 * 2f64.sqrt() * (angle - 2.0 * PI / 3.0 * i as f64).sin())
    }

    fn meter() -> AcMeter {
        AcMeter::new(Volts(240.0), Hertz(60.0), SAMPLE_HZ)
    }

    /// Pushes so many seconds at a frequency over time; returns the angle at the end.
    fn run(meter: &mut AcMeter, angle: f64, seconds: f64, hz: impl Fn(f64) -> f64, pu: [f64; 3]) -> f64 {
        let mut angle = angle;
        for n in 0..(seconds * SAMPLE_HZ) as u32 {
            meter.push(three(angle, pu));
            angle += 2.0 * PI * hz((f64::from(n) + 0.5) / SAMPLE_HZ) / SAMPLE_HZ;
        }
        angle
    }

    #[test]
    fn an_unbalanced_sine_is_shown_to_the_0_1_percent_of_class_a() {
        for hz in [47.3, 50.0, 59.97, 60.0, 63.1] {
            for start in [0.0, 0.4, 1.7, 4.0] {
                let mut meter = meter();
                run(&mut meter, start, 1.5, |_| hz, [1.0, 0.95, 0.5]);
                let shown = meter.reading().unwrap();
                for (rms, pu) in shown.rms.iter().zip([1.0, 0.95, 0.5]) {
                    assert!((rms.0 - 240.0 * pu).abs() < 0.001 * 240.0, "{hz} Hz: {rms}");
                }
                assert!((shown.frequency.unwrap().0 - hz).abs() < 0.002, "{hz}: {:?}", shown.frequency);
                assert!(shown.rocof_hz_per_s.unwrap().abs() < 0.01);
                assert!((shown.half_cycles as f64 - 2.0 * hz * 1.5).abs() < 2.0);
                assert!(shown.samples_since <= SAMPLE_HZ / (2.0 * hz) + 1.0);
            }
        }
    }

    #[test]
    fn a_balanced_sine_is_exact() {
        let mut meter = meter();
        run(&mut meter, 0.3, 1.0, |_| 60.0, [1.0; 3]);
        let shown = meter.reading().unwrap();
        assert!(shown.rms.iter().all(|v| (v.0 - 240.0).abs() < 0.01), "{:?}", shown.rms);
        assert!((shown.frequency.unwrap().0 - 60.0).abs() < 1e-6);
    }

    #[test]
    fn a_ramp_of_the_frequency_is_its_slope() {
        let mut meter = meter();
        run(&mut meter, 0.0, 2.0, |t| 60.0 - 0.8 * t, [1.0; 3]);
        let shown = meter.reading().unwrap();
        assert!((shown.rocof_hz_per_s.unwrap() + 0.8).abs() < 0.005, "{:?}", shown.rocof_hz_per_s);
        // The mean of the last 0.2 s.
        assert!((shown.frequency.unwrap().0 - (58.4 + 0.8 * 0.102)).abs() < 0.01);
    }

    #[test]
    fn harmonics_and_the_other_direction_change_nothing() {
        for direction in [1.0, -1.0] {
            let mut meter = meter();
            for n in 0..5000 {
                let angle = 2.0 * PI * 60.0 * f64::from(n) / SAMPLE_HZ;
                let mut v: [f64; 3] = std::array::from_fn(|i| {
                    let angle = angle - direction * 2.0 * PI / 3.0 * i as f64;
                    240.0
                        * 2f64.sqrt()
                        * (angle.sin() + 0.06 * (5.0 * angle).sin() + 0.05 * (7.0 * angle).sin())
                });
                if n % 97 == 0 {
                    v[1] = f64::NAN;
                }
                if n < 4000 {
                    v = v.map(|v| if v.is_nan() { 0.0 } else { v });
                }
                meter.push(v);
            }
            let shown = meter.reading().unwrap();
            let rms = 240.0 * (1.0f64 + 0.06 * 0.06 + 0.05 * 0.05).sqrt();
            assert!((shown.rms[0].0 - rms).abs() < 0.5, "{:?}", shown.rms);
        }
    }

    #[test]
    fn frequency_is_clean_of_harmonics() {
        let mut meter = meter();
        for n in 0..5000 {
            let angle = 2.0 * PI * 60.3 * f64::from(n) / SAMPLE_HZ;
            meter.push(std::array::from_fn(|i| {
                let angle = angle - 2.0 * PI / 3.0 * i as f64;
                240.0 * 2f64.sqrt() * (angle.sin() + 0.06 * (5.0 * angle).sin() + 0.05 * (7.0 * angle).sin())
            }));
        }
        let hz = meter.reading().unwrap().frequency.unwrap().0;
        assert!((hz - 60.3).abs() < 0.005, "{hz}");
    }

    #[test]
    fn a_dead_input_reads_zero_and_has_no_frequency() {
        let mut meter = meter();
        let angle = run(&mut meter, 0.0, 0.5, |_| 60.0, [1.0; 3]);
        run(&mut meter, angle, 0.1, |_| 60.0, [0.0; 3]);
        let dead = meter.reading().unwrap();
        assert_eq!(dead.rms, [Volts(0.0); 3]);
        assert_eq!((dead.frequency, dead.rocof_hz_per_s), (None, None));
        // Half cycles go on at the last frequency.
        assert!((70..=72).contains(&dead.half_cycles), "{}", dead.half_cycles);
        run(&mut meter, 1.0, 0.5, |_| 60.0, [1.0; 3]);
        assert!((meter.reading().unwrap().frequency.unwrap().0 - 60.0).abs() < 1e-3);
    }

    #[test]
    fn a_second_keeps_its_lowest_and_highest() {
        let mut meter = meter();
        assert_eq!(meter.reading(), None);
        let angle = run(&mut meter, 0.0, 1.2, |_| 60.0, [1.0; 3]);
        let angle = run(&mut meter, angle, 0.1, |_| 60.0, [0.4, 1.0, 1.0]);
        assert!((meter.reading().unwrap().lowest[0].unwrap().0 - 240.0).abs() < 0.1);
        run(&mut meter, angle, 0.8, |_| 60.0, [1.0; 3]);
        let shown = meter.reading().unwrap();
        assert_eq!(shown.seconds, 2);
        assert!((shown.lowest[0].unwrap().0 - 96.0).abs() < 0.5, "{:?}", shown.lowest);
        assert!((shown.highest[0].unwrap().0 - 240.0).abs() < 0.5);
        assert!((shown.lowest[1].unwrap().0 - 240.0).abs() < 1.5, "{:?}", shown.lowest);
    }

    #[test]
    fn what_is_no_number_never_gets_in() {
        let mut meter = meter();
        meter.push([f64::NAN; 3]);
        meter.push([f64::INFINITY, 0.0, 0.0]);
        assert_eq!(meter.reading(), None);
        let angle = run(&mut meter, 0.0, 0.2, |_| 60.0, [1.0; 3]);
        for bad in [f64::NAN, f64::INFINITY, -1e9] {
            (0..3).for_each(|_| meter.push([bad, 1.0, 1.0]));
        }
        run(&mut meter, angle, 0.2, |_| 60.0, [1.0; 3]);
        let shown = meter.reading().unwrap();
        assert!(shown.rms.iter().all(|v| (v.0 - 240.0).abs() < 0.5), "{:?}", shown.rms);
    }
}
