//! A gateway in the loop: it samples the AC input, sees polled values as old as they are, ticks once a
//! millisecond, drives its lines at once and writes what it arms over the Modbus line.

use dpo_registers::units::{Hertz, Volts, Watts};

use super::build::Mods;
use super::present::{Present, PsuTold, Strategy};
use super::wire::{Device, Done, LineTimes, Wire};
use crate::control::orchestrator::Orchestrator;
use crate::control::orchestrator::io::{
    Action, BBU_SLOTS, BbuArmed, BbuSeen, Demand, Lines, PSU_SLOTS, PsuArmed, PsuSeen, Recharge, Seen,
};
use crate::control::policy::{Policy, PolicyError};
use crate::sim::grid::{AntiAlias, CORNER_HZ, STEP_S};

/// Steps of 50 us in a tick.
const STEPS_PER_TICK: u32 = 20;
/// Steps between samples of the AC input: 5 kHz.
const STEPS_PER_SAMPLE: u32 = 4;
/// Samples in a tick.
const SAMPLES: usize = (STEPS_PER_TICK / STEPS_PER_SAMPLE) as usize;

/// What the devices say when they are polled, and what the gateway measures by itself.
#[derive(Debug, Clone, Copy)]
pub struct Truth {
    /// Bus voltage.
    pub bus: Volts,
    /// Power from the grid over the last cycle.
    pub grid: Watts,
    /// Frequency of the grid.
    pub hertz: Hertz,
    /// The PSUs, with an age of 0.
    pub psus: [PsuSeen; PSU_SLOTS],
    /// The BBUs, with an age of 0.
    pub bbus: [BbuSeen; BBU_SLOTS],
}

/// What reaches the devices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Effect {
    /// A PSU is to hold these settings.
    Psu(usize, PsuArmed),
    /// A BBU is to hold these settings.
    Bbu(usize, BbuArmed),
    /// A PSU is told this by its registers of today.
    PsuTold(usize, PsuTold),
}

/// The gateway with its line.
#[derive(Debug, Clone)]
pub struct Gateway {
    policy: Policy,
    mods: Mods,
    orchestrator: Orchestrator,
    present: Present,
    strategy: Strategy,
    wire: Wire,
    alive: bool,
    step: u32,
    /// What is ahead of the converter.
    filter: AntiAlias,
    samples: [[f64; 3]; SAMPLES],
    taken: usize,
    psus: [(PsuSeen, f64); PSU_SLOTS],
    bbus: [(BbuSeen, f64); BBU_SLOTS],
    /// The snapshot of the device that is being polled.
    asked: Option<Truth>,
    demand: Demand,
    action: Option<Action>,
    commissioning: bool,
    /// Polls until the gateway knows each device; it says nothing before.
    learning: usize,
}

impl Gateway {
    /// A gateway with a policy on a shelf with some modifications, and what it does with the registers of today.
    /// Until [`Gateway::commissioned`] its settings
    /// reach the devices at once: they were written before the time that is simulated.
    ///
    /// # Errors
    /// [`PolicyError`] names what the policy may not be.
    pub fn new(policy: &Policy, mods: Mods, present: Present, times: LineTimes) -> Result<Self, PolicyError> {
        Ok(Self {
            policy: *policy,
            mods,
            orchestrator: Orchestrator::new(policy, mods.capabilities())?,
            present,
            strategy: Strategy::new(present),
            wire: Wire::new(times, mods.psu_block(), mods.bbu_block()),
            alive: true,
            step: 0,
            filter: AntiAlias::new(CORNER_HZ, STEP_S),
            samples: [[0.0; 3]; SAMPLES],
            taken: 0,
            psus: [(PsuSeen::default(), 0.0); PSU_SLOTS],
            bbus: [(BbuSeen::default(), 0.0); BBU_SLOTS],
            asked: None,
            demand: Demand::default(),
            action: None,
            commissioning: true,
            learning: 0,
        })
    }

    /// Ends the commissioning: from now on settings take their time on the line.
    pub fn commissioned(&mut self) {
        self.commissioning = false;
    }

    /// Whether settings still reach the devices at once.
    pub fn commissioning(&self) -> bool {
        self.commissioning
    }

    /// What the lease owner asks for from now on; nothing without a lease.
    pub fn demand(&mut self, demand: Demand) {
        self.demand = demand;
    }

    /// The gateway stops: its lines fall, nothing is polled, written or renewed.
    pub fn die(&mut self) {
        self.alive = false;
        self.action = None;
    }

    /// It starts again, without any memory. What the devices hold they keep until it writes, or their timers end.
    ///
    /// # Errors
    /// [`PolicyError`], as [`Gateway::new`].
    pub fn restart(&mut self) -> Result<(), PolicyError> {
        self.orchestrator = Orchestrator::new(&self.policy, self.mods.capabilities())?;
        self.strategy = Strategy::new(self.present);
        self.wire.restart();
        self.orchestrator.adopt(&self.wire.wanted());
        self.psus = [(PsuSeen::default(), 0.0); PSU_SLOTS];
        self.bbus = [(BbuSeen::default(), 0.0); BBU_SLOTS];
        (self.taken, self.asked, self.alive) = (0, None, true);
        self.learning = PSU_SLOTS + BBU_SLOTS;
        Ok(())
    }

    /// The answer of the last tick; `None` before the first and while the gateway is dead.
    pub fn action(&self) -> Option<&Action> {
        self.action.as_ref()
    }

    /// Writes on the line so far.
    pub fn writes(&self) -> u32 {
        self.wire.writes()
    }

    /// What the gateway drives, as the devices see it.
    pub fn lines(&self) -> Lines {
        self.action.map_or_else(Lines::default, |action| self.mods.lines(action.lines))
    }

    /// One step of 50 us that ends at `now_s`; what reaches a device goes to `effect`.
    #[inline]
    pub fn step(
        &mut self,
        now_s: f64,
        volts: [f64; 3],
        truth: impl Fn() -> Truth,
        effect: &mut dyn FnMut(Effect),
    ) {
        // Hardware: it runs while the gateway does not.
        let volts = self.filter.push(volts);
        if !self.alive {
            return;
        }
        self.line(now_s, &truth, effect);
        if self.step % STEPS_PER_SAMPLE == STEPS_PER_SAMPLE - 1
            && let Some(sample) = self.samples.get_mut(self.taken)
        {
            *sample = volts;
            self.taken += 1;
        }
        self.step += 1;
        if self.step >= STEPS_PER_TICK {
            self.step = 0;
            if self.learning == 0 {
                self.tick(now_s, &truth(), effect);
            } else if self.mods.ac_samples {
                self.orchestrator.listen(self.samples.get(..self.taken).unwrap_or_default());
            }
            self.taken = 0;
        }
    }

    fn line(&mut self, now_s: f64, truth: &impl Fn() -> Truth, effect: &mut dyn FnMut(Effect)) {
        let idle = self.asked.is_none();
        let done = self.wire.advance(now_s);
        match done {
            Some(Done::Polled(device, age_s)) => {
                if let Some(then) = self.asked.take() {
                    self.polled(device, &then, now_s - age_s);
                    self.learning = self.learning.saturating_sub(1);
                }
            }
            Some(Done::PsuArmed(slot, armed)) => effect(Effect::Psu(slot, armed)),
            Some(Done::BbuArmed(slot, armed)) => effect(Effect::Bbu(slot, armed)),
            Some(Done::PsuTold(slot, told)) => effect(Effect::PsuTold(slot, told)),
            None => {}
        }
        // The next request is on the line: a device answers with what is true when it is asked.
        if done.is_some() || idle {
            self.asked = Some(truth());
        }
    }

    fn polled(&mut self, device: Device, then: &Truth, at_s: f64) {
        match device {
            Device::Psu(slot) => {
                if let (Some(place), Some(seen)) = (self.psus.get_mut(slot), then.psus.get(slot)) {
                    *place = (*seen, at_s);
                }
            }
            Device::Bbu(slot) => {
                if let (Some(place), Some(seen)) = (self.bbus.get_mut(slot), then.bbus.get(slot)) {
                    *place = (*seen, at_s);
                }
            }
        }
    }

    fn tick(&mut self, now_s: f64, truth: &Truth, effect: &mut dyn FnMut(Effect)) {
        if self.commissioning {
            self.psus = truth.psus.map(|seen| (seen, now_s));
            self.bbus = truth.bbus.map(|seen| (seen, now_s));
        }
        let age = |at_s: f64| ((now_s - at_s) * 1e3).round().max(0.0) as u32;
        let measures = self.mods.ac_samples;
        let seen = Seen {
            ac: if measures { self.samples.get(..self.taken).unwrap_or_default() } else { &[] },
            bus: truth.bus,
            // The shelf of today tells its input power by polls of its PSUs alone.
            input: measures.then_some(truth.grid),
            // Register 84 of a PSU of today counts whole hertz.
            frequency: Some(if measures { truth.hertz } else { Hertz(truth.hertz.0.round()) }),
            psus: self.psus.map(|(seen, at_s)| PsuSeen { age_ticks: age(at_s), ..seen }),
            bbus: self.bbus.map(|(seen, at_s)| BbuSeen { age_ticks: age(at_s), ..seen }),
            demand: self.demand,
        };
        let action = self.orchestrator.tick(&seen);
        let armed = self.mods.armed(&action.armed);
        let charging = armed.bbu.iter().any(|bbu| matches!(bbu.recharge, Recharge::Limited { .. }));
        let told = self.strategy.tick(now_s, truth.bus, &seen.psus, &seen.bbus, charging);
        if self.commissioning {
            self.wire.commissioned(&armed, told);
            for slot in 0..PSU_SLOTS {
                effect(Effect::Psu(slot, armed.psu));
                effect(Effect::PsuTold(slot, told));
            }
            for (slot, bbu) in armed.bbu.iter().enumerate() {
                effect(Effect::Bbu(slot, *bbu));
            }
        } else {
            self.wire.want(&armed);
            self.wire.tell(told);
        }
        self.action = Some(action);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sampled_went_through_the_measuring_chain() {
        let (policy, times) = (Policy::default(), LineTimes::default());
        let mut gateway = Gateway::new(&policy, Mods::ALL, Present::Recharge, times).unwrap();
        let truth = Truth {
            bus: Volts(50.0),
            grid: Watts(0.0),
            hertz: Hertz(60.0),
            psus: [PsuSeen::default(); PSU_SLOTS],
            bbus: [BbuSeen::default(); BBU_SLOTS],
        };
        let mut filter = AntiAlias::new(CORNER_HZ, STEP_S);
        let mut wanted = Vec::new();
        for step in 1..STEPS_PER_TICK {
            let out = filter.push([100.0, 50.0, 0.0]);
            if step % STEPS_PER_SAMPLE == 0 {
                wanted.push(out);
            }
            gateway.step(f64::from(step) * STEP_S, [100.0, 50.0, 0.0], || truth, &mut |_| {});
        }
        assert_eq!(gateway.samples[..gateway.taken], wanted[..]);
        // A step takes its time.
        assert!(wanted[0][0] < 90.0 && wanted[3][0] > 90.0, "{wanted:?}");
    }
}
