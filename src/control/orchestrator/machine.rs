//! The state machine of design section 6.
//!
//! Two layers: the *phase* of an event, which drives the lines, and the *state* that the interfaces show, which
//! adds what happens outside of events.
//!
//! | phase | becomes | when |
//! | --- | --- | --- |
//! | Calm | Sag | a phase of the AC input is below the return voltage |
//! | Calm | Support | the bus falls below the trigger of the batteries, whatever the AC input says |
//! | Sag | Support | the bus falls below the trigger, or the voltage below what a PSU of today runs on |
//! | Sag, Support | Recover | all phases are back and confirmed; without AC samples: the bus is back |
//! | Recover | Sag | a phase is below the return voltage again: no count, each sag is ridden |
//! | Recover | Support | without AC samples: the bus is low again |
//! | Recover | Calm | the PSUs alone hold the bus for [`CARRIED_TICKS`] |
//!
//! | phase | state |
//! | --- | --- |
//! | Sag | `SagDetected` |
//! | Support | `Supporting` |
//! | Recover | `Recovering` |
//! | Calm | `FailSafe` if devices or measurements are missing, else `Supporting` if the batteries discharge on request, else `Recharging` if they are charged, else `Normal` |
//!
//! An event outranks the fail-safe state: the lines work without a single polled value.

use crate::control::state::ShelfState;

/// Ticks for which the PSUs must hold the bus alone before the support line is let go.
pub(super) const CARRIED_TICKS: u32 = 50;

/// Where in an event the shelf is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Phase {
    /// No event.
    #[default]
    Calm,
    /// The voltage left its band; the PSUs carry the load.
    Sag,
    /// The batteries carry load.
    Support,
    /// The voltage is back, the power returns.
    Recover,
}

/// What decides the phase.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Facts {
    /// A phase of the AC input is low; `None`: not measured.
    pub sag: Option<bool>,
    /// All phases are back, confirmed. Without AC samples: the bus is.
    pub back: bool,
    /// The voltage is below what a PSU of today runs on.
    pub deep: bool,
    /// The bus is below the trigger of the batteries.
    pub bus_low: bool,
    /// The PSUs hold the bus alone, for [`CARRIED_TICKS`].
    pub carried: bool,
}

impl Phase {
    /// The next phase.
    pub fn next(self, facts: &Facts) -> Self {
        let sag = facts.sag == Some(true);
        match self {
            Self::Calm | Self::Sag if facts.bus_low || (sag && facts.deep) => Self::Support,
            Self::Calm | Self::Recover if sag => Self::Sag,
            Self::Sag | Self::Support if !sag && facts.back => Self::Recover,
            // Without AC samples the bus alone tells that it was too early.
            Self::Recover if facts.sag.is_none() && facts.bus_low => Self::Support,
            Self::Recover if facts.carried => Self::Calm,
            same => same,
        }
    }

    /// The state that the interfaces show.
    pub fn state(self, fail_safe: bool, requested: bool, charging: bool) -> ShelfState {
        match self {
            Self::Sag => ShelfState::SagDetected,
            Self::Support => ShelfState::Supporting,
            Self::Recover => ShelfState::Recovering,
            Self::Calm if fail_safe => ShelfState::FailSafe,
            Self::Calm if requested => ShelfState::Supporting,
            Self::Calm if charging => ShelfState::Recharging,
            Self::Calm => ShelfState::Normal,
        }
    }
}

/// Every change of phase that some facts bring about, by the names of both: asked of `Phase::next`, so that a
/// figure can be held against it.
pub fn phase_changes() -> Vec<(&'static str, &'static str)> {
    let phases = [
        (Phase::Calm, "calm"),
        (Phase::Sag, "sag"),
        (Phase::Support, "support"),
        (Phase::Recover, "recover"),
    ];
    let name = |wanted: Phase| phases.iter().find(|(phase, _)| *phase == wanted).map_or("", |(_, name)| name);
    let mut changes = Vec::new();
    for (phase, from) in phases {
        for bits in 0_u8..16 {
            let bit = |n: u8| bits & (1 << n) != 0;
            for sag in [None, Some(false), Some(true)] {
                let facts = Facts { sag, back: bit(0), deep: bit(1), bus_low: bit(2), carried: bit(3) };
                let to = name(phase.next(&facts));
                if to != from && !changes.contains(&(from, to)) {
                    changes.push((from, to));
                }
            }
        }
    }
    changes
}
