//! Which term bounds a reserve from below: found by taking one away, not by looking at the run.
//!
//! The run that is broken just below the smallest reserve is made again, each time with one thing of the shelf as if it had no
//! bound. The first with which nothing is broken any more is what limits.

use serde::Serialize;

use super::run::Strategy;
use super::shelf::{Charging, Hardware};

/// What bounds a reserve from below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Term {
    /// There is no battery in play: the load itself.
    Load,
    /// Devices that hold the limit by themselves, and chargers that follow it, would keep it: setpoints come later than the load.
    DetectionTime,
    /// Chargers as strong as the BBUs would keep it.
    ChargePower,
    /// BBUs of ten times the power would keep it.
    BatteryPower,
    /// Packs of a thousand times the energy would keep it.
    Energy,
    /// Who knows the load ahead would keep it, with the same devices.
    Foresight,
    /// Strong chargers **and** devices that act by themselves would keep it, neither alone.
    ChargePowerAndDetectionTime,
    /// None of these alone, nor the pair.
    Several,
}

/// A combination as it would be without a term.
pub type Relieved = (Term, Hardware, Strategy);

impl Term {
    /// In words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Load => "the load itself",
            Self::DetectionTime => "detection time",
            Self::ChargePower => "charge power",
            Self::BatteryPower => "battery power",
            Self::Energy => "energy",
            Self::Foresight => "foresight",
            Self::ChargePowerAndDetectionTime => "charge power and detection time",
            Self::Several => "several terms at once",
        }
    }

    /// What is tried for a combination, in this order: chargers and energy first where the charge does not last. What the hardware
    /// has already is left out.
    pub fn reliefs(hardware: Hardware, strategy: Strategy, limit: &str) -> Vec<Relieved> {
        let quick = Hardware { holds_limit: true, charging: Charging::Follows, gap_s: 0.0, ..hardware };
        let strong_w = hardware.charge_w.max(Hardware::TWO_WAY.charge_w);
        // Strong chargers that nobody commands would help nobody.
        let charging = match hardware.charging {
            Charging::OwnRule { .. } => Charging::Commanded,
            commanded => commanded,
        };
        let strong = Hardware { charge_w: strong_w, charging, ..hardware };
        let all = [
            (Self::DetectionTime, quick, strategy),
            (Self::ChargePower, strong, strategy),
            (Self::BatteryPower, Hardware { discharge_factor: 10.0, ..hardware }, strategy),
            (Self::Energy, Hardware { energy_factor: 1000.0, ..hardware }, strategy),
            (Self::Foresight, hardware, Strategy::Perfect),
            (Self::ChargePowerAndDetectionTime, Hardware { charge_w: strong_w, ..quick }, strategy),
        ];
        let mut out: Vec<Relieved> =
            all.into_iter().filter(|(_, h, s)| *h != hardware || *s != strategy).collect();
        if limit == "charge" {
            out.sort_by_key(|(term, ..)| !matches!(term, Self::ChargePower | Self::Energy));
        }
        out
    }
}
