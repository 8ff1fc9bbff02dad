//! Where readings come from: a gateway's Redfish service, its PMI block over Modbus TCP, or a trace file.
//!
//! A source says what it knows and what it has lost. It goes on by itself after a failure, with growing pauses; whoever reads
//! it sees a [`Report::Lost`] and then readings again.

pub mod modbus;
mod offset;
pub mod redfish;
pub mod trace;

use std::time::Duration;

use futures::future::BoxFuture;

use crate::engine::setpoint::{GridState, ShelfState};

pub use offset::Offset;

/// No power of a shelf is beyond this, in watts: what says so is no reading.
pub const LARGEST_W: f64 = 1e7;
/// Shortest and longest pause before the next attempt.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What a source says.
#[derive(Debug, Clone, PartialEq)]
pub enum Report {
    /// The shelf was read.
    Reading(Box<Reading>),
    /// There are no readings for now, and why. Time goes on: what is missing shows in the times of those that follow.
    Lost(String),
    /// The clock of the gateway was set: the times before and after do not belong together, and a forecaster is told so.
    Gap(String),
    /// There is nothing more: a trace has an end, a gateway none.
    End,
}

/// Readings of one instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// What a planner must know; its time is on the engine's clock.
    pub state: ShelfState,
    /// When it came here, in seconds on the engine's clock.
    pub received_s: f64,
    /// The time that the gateway put on it, in seconds since 1970 on its own clock.
    pub stamp_s: Option<f64>,
    /// By how much the gateway's clock is ahead of this machine's, in seconds, as far as it shows: the way here is in it.
    pub clock_ahead_s: Option<f64>,
    /// AC input as the gateway reports it.
    pub ac: AcInput,
}

/// AC input of a shelf, as reported.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct AcInput {
    /// Lowest effective voltage of the phases that are known, in volts.
    pub low_v: Option<f64>,
    /// Highest one.
    pub high_v: Option<f64>,
    /// Frequency.
    pub frequency_hz: Option<f64>,
    /// Nominal voltage as the gateway declares it, in volts, where it does.
    pub nominal_v: Option<f64>,
}

impl AcInput {
    /// The lowest and the highest of some voltages.
    fn of(volts: impl Iterator<Item = f64>, frequency_hz: Option<f64>) -> Self {
        let mut ac = Self { frequency_hz, ..Self::default() };
        for v in volts.filter(|v| v.is_finite()) {
            ac.low_v = Some(ac.low_v.map_or(v, |low| low.min(v)));
            ac.high_v = Some(ac.high_v.map_or(v, |high| high.max(v)));
        }
        ac
    }
}

/// A source of readings.
pub trait Telemetry: Send {
    /// What the next report is, when it is there. A dropped call loses nothing but, at worst, one reading.
    fn next(&mut self) -> BoxFuture<'_, Report>;

    /// Ends it in good order: sessions are given back.
    fn close(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

/// AC input below which a power supply of ORv3 may be in a sag, V (its input range begins at 180 V).
const SAG_BELOW_V: f64 = 180.0;

/// What a gateway's state says of the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// This.
    Grid(GridState),
    /// That the BBUs give something that no setpoint asks for: the tail of one that ended, or a grid that fails.
    Battery,
}

impl Said {
    /// By the names that a gateway has for its state and the cause of it. Support that a setpoint asked for, or the end of one, is
    /// nothing that the grid does.
    fn of(state: &str, cause: Option<&str>) -> Self {
        Self::Grid(match (state, cause) {
            ("Normal" | "Recharging", _) | ("Supporting" | "Recovering", Some("Setpoint")) => {
                GridState::Normal
            }
            ("Supporting", Some("Battery")) => return Self::Battery,
            ("SagDetected" | "Supporting" | "Recovering", _) => GridState::Event,
            // The lease of before ended: nothing keeps whoever takes a new one from steering.
            ("FailSafe", Some("LeaseExpired")) => GridState::Normal,
            // Support could not go on; a lease that is taken anew goes on.
            ("FailSafe", Some("Device" | "Setpoint")) => GridState::Halted,
            _ => GridState::Unknown,
        })
    }

    /// With the AC input beside it: while that is known to be sound, it is not the grid for which the BBUs give.
    fn with(self, ac: &AcInput) -> GridState {
        match self {
            Self::Grid(state) => state,
            Self::Battery if ac.low_v.is_some_and(|low_v| low_v >= SAG_BELOW_V) => GridState::Normal,
            Self::Battery => GridState::Event,
        }
    }
}

/// A power that can be one.
fn power(value: f64) -> Option<f64> {
    (value.is_finite() && value.abs() <= LARGEST_W).then_some(value)
}

/// Pauses between attempts, each twice as long as the one before, with some chance in them so that a thousand clients do not
/// come back at once.
#[derive(Debug)]
struct Pause {
    next: Duration,
    seed: u64,
}

impl Pause {
    fn new() -> Self {
        let mut bytes = [0u8; 8];
        // Without chance the pauses are all the same, which is no failure.
        let seed = getrandom::fill(&mut bytes).map_or(1, |()| u64::from_le_bytes(bytes));
        Self { next: FIRST_PAUSE, seed }
    }

    fn reset(&mut self) {
        self.next = FIRST_PAUSE;
    }

    /// How long to wait now: between half and all of the pause.
    fn take(&mut self) -> Duration {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let share = 0.5 + 0.5 * ((self.seed >> 40) as f64 / (1u64 << 24) as f64);
        let pause = self.next.mul_f64(share);
        self.next = (self.next * 2).min(LONGEST_PAUSE);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn support_that_was_asked_for_is_no_event_of_the_grid() {
        let with = |volts: Option<f64>| {
            move |state, cause| Said::of(state, cause).with(&AcInput::of(volts.into_iter(), None))
        };
        for volts in [None, Some(0.0), Some(120.0), Some(230.0)] {
            let grid = with(volts);
            assert_eq!(grid("Supporting", Some("Setpoint")), GridState::Normal);
            assert_eq!(grid("SagDetected", Some("InputVoltage")), GridState::Event);
            assert_eq!(grid("Supporting", Some("InputVoltage")), GridState::Event);
            assert_eq!(grid("Recovering", None), GridState::Event);
            assert_eq!(grid("Recovering", Some("Battery")), GridState::Event);
            assert_eq!(grid("FailSafe", Some("Device")), GridState::Halted);
            assert_eq!(grid("FailSafe", Some("Setpoint")), GridState::Halted);
            assert_eq!(grid("FailSafe", Some("Reserve")), GridState::Unknown);
            assert_eq!(grid("FailSafe", Some("LeaseExpired")), GridState::Normal);
            assert_eq!(grid("<script>", None), GridState::Unknown);
            // The tail of a setpoint, while the AC input is known to be sound.
            let tail = if volts == Some(230.0) { GridState::Normal } else { GridState::Event };
            assert_eq!(grid("Supporting", Some("Battery")), tail);
        }
    }

    #[test]
    fn pauses_grow_to_a_bound() {
        let mut pause = Pause::new();
        for n in 0..20 {
            let full = (FIRST_PAUSE * 2u32.pow(n.min(10))).min(LONGEST_PAUSE);
            let taken = pause.take();
            assert!(taken >= full / 2 && taken <= full, "{n}: {taken:?}");
        }
        pause.reset();
        assert!(pause.take() <= FIRST_PAUSE);
    }
}
