//! What a gateway could do with the registers and lines that devices of today have, as strategies to compare.
//!
//! Each acts by register writes alone, at the pace of the line, on what polls and the bus voltage tell. What a
//! register does is what the maps say of it (`registers/maps/`), and there it is inferred, not stated: that 103 moves
//! the droop line of a PSU, that bit 7 of 94 (HPR) drives the AC_LOSS line. Registers without a known effect on power
//! are not used: 305 of a BBU (forced discharge, no unit and no power stated), 306 and 307 (values not stated), 100
//! and 290 (when the power loss siren sounds).

use dpo_registers::units::{Volts, Watts};

use crate::control::orchestrator::io::{BbuSeen, PsuSeen};
use crate::control::share::{LOWEST_SETPOINT, Line, NOMINAL_SETPOINT, Plant};

/// How far in V above the line of the BBUs the bus is held where they are to be on and give nothing: more than the
/// set voltages of PSUs differ (0.25 % of 51 V).
const IDLE_OVER: f64 = 0.15;
/// The share of the load that the BBUs carry ahead of a sag.
const SHARE: f64 = 0.2;
/// The share of the load that the BBUs are to carry when a sag is seen.
const SHARE_IN_SAG: f64 = 0.5;
/// For how long in s the setpoint stays low after the bus told of a sag: within the second in which the power has to
/// be back.
const IN_SAG_S: f64 = 0.5;
/// A PSU carries no more than this share of its rated power while a BBU can take the rest: below its slow trip
/// (AE: 115 % for 10 s).
const PSU_MOST: f64 = 1.1;
/// Bus voltage in V below which BBUs trigger, and by which the gateway knows of a sag.
const TRIGGER_V: f64 = 48.5;
/// Change of the setpoint in V that is worth a write.
const BAND_V: f64 = 0.03;

/// A strategy on devices of today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Present {
    /// The recharge alone: charge current 291 and delay 312. This is [`Design::Today`](super::Design::Today).
    Recharge,
    /// Setpoint 103 ahead, just above the line of the BBUs: they are triggered and on, and give nothing until the bus
    /// falls.
    SetpointIdle,
    /// Setpoint 103 ahead, so low that the BBUs carry a fifth of the load.
    SetpointShare,
    /// The same, with the longest discharge time that 289 takes (1200 s) written before.
    SetpointShareLong,
    /// Setpoint 103 lowered when the bus tells of a sag, for half a second.
    SetpointInSag,
    /// AC_LOSS forced (94, HPR) when the bus tells of a sag.
    AcLossInSag,
    /// AC_LOSS forced (94, HPR) all the time: the BBUs are on, and give nothing above their line.
    AcLossAhead,
}

/// What a PSU of today is told: its registers 103 and, in HPR, 94.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PsuTold {
    /// Setpoint of the output voltage without load; `None`: never written.
    pub setpoint: Option<Volts>,
    /// AC_LOSS is forced.
    pub ac_loss: bool,
}

impl PsuTold {
    /// Nothing was ever written.
    pub const NOTHING: Self = Self { setpoint: None, ac_loss: false };
}

impl Present {
    /// The strategies on a v3 shelf that differ within seconds.
    pub const V3: [Self; 4] = [Self::Recharge, Self::SetpointIdle, Self::SetpointShare, Self::SetpointInSag];
    /// The strategies on a v3 shelf that differ within minutes.
    pub const LASTING: [Self; 4] =
        [Self::Recharge, Self::SetpointIdle, Self::SetpointShare, Self::SetpointShareLong];
    /// The strategies on an HPR shelf.
    pub const HPR: [Self; 3] = [Self::Recharge, Self::AcLossInSag, Self::AcLossAhead];

    /// The name in files.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Recharge => "recharge",
            Self::SetpointIdle => "setpoint-idle",
            Self::SetpointShare => "setpoint-share",
            Self::SetpointShareLong => "setpoint-share-1200s",
            Self::SetpointInSag => "setpoint-in-sag",
            Self::AcLossInSag => "ac-loss-in-sag",
            Self::AcLossAhead => "ac-loss-ahead",
        }
    }

    /// The name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Recharge => "recharge alone (291, 312)",
            Self::SetpointIdle => "setpoint (103) ahead, BBUs on and idle",
            Self::SetpointShare => "setpoint (103) ahead, BBUs carry 20 %",
            Self::SetpointShareLong => "the same, discharge time (289) 1200 s",
            Self::SetpointInSag => "setpoint (103) when the bus tells of a sag",
            Self::AcLossInSag => "AC_LOSS (94) when the bus tells of a sag",
            Self::AcLossAhead => "AC_LOSS (94) ahead",
        }
    }

    /// The longest discharge in s that register 289 was set to before, if it was.
    pub const fn discharge_limit_s(self) -> Option<u16> {
        match self {
            Self::SetpointShareLong => Some(1200),
            _ => None,
        }
    }

    /// What the PSUs are told at `load` without an event, where it has been written before.
    pub(super) fn ahead(self, load: Watts, psus: usize, bbus: usize) -> PsuTold {
        let setpoint = self.support(load).and_then(|support| setpoint(load, support, psus, bbus));
        PsuTold { setpoint, ac_loss: self == Self::AcLossAhead }
    }

    /// Power that the BBUs are to carry ahead of a sag; `None` if the setpoint is not moved ahead.
    fn support(self, load: Watts) -> Option<Watts> {
        match self {
            Self::SetpointIdle => Some(Watts(0.0)),
            Self::SetpointShare | Self::SetpointShareLong => Some(Watts(SHARE * load.0)),
            Self::Recharge | Self::SetpointInSag | Self::AcLossInSag | Self::AcLossAhead => None,
        }
    }
}

/// The setpoint at which the BBUs carry `support` of `load`, and more if the PSUs would be overloaded, within what this
/// project writes. Where they are to carry nothing, a margin above their line.
fn setpoint(load: Watts, support: Watts, psus: usize, bbus: usize) -> Option<Volts> {
    let (psu, bbu) = (Line::ORV3_PSU, Line::ORV3_BBU);
    let most_w = PSU_MOST * psu.rated_power().0 * psus as f64;
    let support = Watts(support.0.max(load.0 - most_w));
    let plant = Plant { psu, psus: u16::try_from(psus).ok()?, bbu, bbus: u16::try_from(bbus).ok()? };
    let set = plant.setpoint(load, support).ok()?;
    let over = if support.0 > 0.0 { 0.0 } else { IDLE_OVER };
    Some(Volts((set.0 + over).clamp(LOWEST_SETPOINT.0, NOMINAL_SETPOINT.0)))
}

/// A strategy that runs: what it remembers.
#[derive(Debug, Clone)]
pub(super) struct Strategy {
    present: Present,
    told: PsuTold,
    /// When the bus last told of a sag, in s.
    sag_s: Option<f64>,
}

impl Strategy {
    pub(super) fn new(present: Present) -> Self {
        Self { present, told: PsuTold::NOTHING, sag_s: None }
    }

    /// What the PSUs should be told now. `charging`: packs are to charge, which they do above their trigger only.
    pub(super) fn tick(
        &mut self,
        now_s: f64,
        bus: Volts,
        psus: &[PsuSeen],
        bbus: &[BbuSeen],
        charging: bool,
    ) -> PsuTold {
        let delivering = psus.iter().filter(|psu| psu.present && psu.healthy && psu.output.0 > 0.0).count();
        let ready = bbus.iter().filter(|bbu| bbu.present && bbu.healthy).count();
        let output = psus.iter().filter(|psu| psu.present).map(|psu| psu.output.0).sum::<f64>();
        let load = Watts(output + bbus.iter().map(|bbu| bbu.output.0.max(0.0)).sum::<f64>());
        let low = bus.0 < TRIGGER_V;
        match self.present {
            Present::Recharge => {}
            Present::SetpointIdle | Present::SetpointShare | Present::SetpointShareLong => {
                let ahead = self.present.ahead(load, delivering, ready).setpoint;
                self.set(if charging { Some(NOMINAL_SETPOINT) } else { ahead });
            }
            Present::SetpointInSag => {
                let since_s = self.sag_s.map(|at_s| now_s - at_s);
                // One sag, one pulse: the low setpoint itself keeps the bus low.
                if low && since_s.is_none() {
                    self.sag_s = Some(now_s);
                    self.set(setpoint(load, Watts(SHARE_IN_SAG * load.0), delivering, ready));
                } else if since_s.is_some_and(|s| s > IN_SAG_S) {
                    self.set(Some(NOMINAL_SETPOINT));
                    self.sag_s = self.sag_s.filter(|_| low);
                }
            }
            Present::AcLossInSag => self.told.ac_loss = low,
            Present::AcLossAhead => self.told.ac_loss = true,
        }
        self.told
    }

    /// Takes a setpoint that is known and differs enough to be worth a write.
    fn set(&mut self, wanted: Option<Volts>) {
        let Some(wanted) = wanted else { return };
        if self.told.setpoint.is_none_or(|told| (told.0 - wanted.0).abs() > BAND_V) {
            self.told.setpoint = Some(wanted);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dpo_registers::units::{Joules, Ratio};

    const IDLE: BbuSeen = BbuSeen {
        present: true,
        healthy: true,
        output: Watts(0.0),
        state_of_charge: Ratio(1.0),
        available: Watts(3000.0),
        energy: Joules(1e6),
        age_ticks: 0,
    };

    fn psu(output: f64) -> PsuSeen {
        PsuSeen { present: true, healthy: true, output: Watts(output), input: Watts(output), age_ticks: 0 }
    }

    fn tick(strategy: &mut Strategy, now_s: f64, bus: f64, psus: &[PsuSeen], charging: bool) -> PsuTold {
        strategy.tick(now_s, Volts(bus), psus, &[IDLE; 6], charging)
    }

    #[test]
    fn the_setpoint_follows_the_load_in_steps_worth_a_write_and_gives_way_to_a_charge() {
        let mut strategy = Strategy::new(Present::SetpointIdle);
        let at = |strategy: &mut Strategy, watts: f64, charging| {
            tick(strategy, 0.0, 48.2, &[psu(watts); 6], charging).setpoint.unwrap().0
        };
        // The line of the BBUs, a margin, and the droop of half a load: 31 A of 60 A on 0.5 V.
        let half = at(&mut strategy, 1500.0, false);
        assert!((half - (48.0 + IDLE_OVER + 0.26)).abs() < 0.005, "{half}");
        assert_eq!(at(&mut strategy, 1550.0, false), half);
        assert!(at(&mut strategy, 2400.0, false) > half + 0.1);
        assert_eq!(at(&mut strategy, 2400.0, true), NOMINAL_SETPOINT.0);
    }

    #[test]
    fn what_is_left_of_the_psus_is_not_asked_for_more_than_it_may_give() {
        let plant = Plant { psu: Line::ORV3_PSU, psus: 4, bbu: Line::ORV3_BBU, bbus: 6 };
        let mut strategy = Strategy::new(Present::SetpointIdle);
        let gone = PsuSeen::default();
        let psus = [gone, psu(4000.0), psu(4000.0), gone, psu(4000.0), psu(4000.0)];
        let told = tick(&mut strategy, 0.0, 48.2, &psus, false).setpoint.unwrap();
        let point = plant.settle(told, Watts(16_000.0)).unwrap();
        assert!(point.psus.0 <= 4.0 * PSU_MOST * Line::ORV3_PSU.rated_power().0 + 1.0, "{point:?}");
        // Nobody is left to be told anything: what was told stays.
        assert_eq!(tick(&mut strategy, 0.0, 47.6, &[gone; 6], false).setpoint, Some(told));
    }

    #[test]
    fn in_a_sag_the_setpoint_falls_once_and_comes_back() {
        let mut strategy = Strategy::new(Present::SetpointInSag);
        let psus = [psu(2000.0); 6];
        assert_eq!(tick(&mut strategy, 0.0, 50.7, &psus, false), PsuTold::NOTHING);
        let low = tick(&mut strategy, 1.0, 47.8, &psus, false).setpoint.unwrap().0;
        assert!(low < 48.1, "{low}");
        assert_eq!(tick(&mut strategy, 1.4, 47.8, &psus, false).setpoint, Some(Volts(low)));
        assert_eq!(tick(&mut strategy, 1.6, 47.8, &psus, false).setpoint, Some(NOMINAL_SETPOINT));
        assert_eq!(tick(&mut strategy, 1.7, 50.7, &psus, false).setpoint, Some(NOMINAL_SETPOINT));
    }

    #[test]
    fn today_writes_no_setpoint_and_drives_no_line() {
        let mut strategy = Strategy::new(Present::Recharge);
        for bus in [50.7, 47.5] {
            assert_eq!(tick(&mut strategy, 1.0, bus, &[psu(2000.0); 6], false), PsuTold::NOTHING);
        }
        let mut line = Strategy::new(Present::AcLossInSag);
        assert!(
            !tick(&mut line, 0.0, 50.0, &[], false).ac_loss && tick(&mut line, 0.1, 48.0, &[], false).ac_loss
        );
    }
}
