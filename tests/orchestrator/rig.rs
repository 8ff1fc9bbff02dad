//! Grid, waveform-level shelf and orchestrator in a loop: one device is polled each 9 ms, one written each 9 ms.

use dpo_gateway::control::orchestrator::Orchestrator;
use dpo_gateway::control::orchestrator::io::{
    Action, Armed, BbuSeen, Capabilities, Demand, PSU_SLOTS, PsuSeen, Seen,
};
use dpo_gateway::control::policy::Policy;
use dpo_gateway::control::state::ShelfState;
use dpo_gateway::registers::units::{Ratio, Watts};
use dpo_gateway::sim::grid::{Change, GridConfig, Source, Voltage};
use dpo_gateway::sim::twin::{BbuState, Design, PsuState, Twin, TwinConfig, Variant};

const STEPS: u32 = 20;
const WIRE_TICKS: u32 = 9;
const DEVICES: usize = 12;

pub struct Rig {
    pub twin: Twin,
    source: Source,
    pub orchestrator: Orchestrator,
    seen: Seen<'static>,
    pub action: Option<Action>,
    held: Armed,
    ticks: u32,
    next: usize,
    /// The gateway runs.
    pub alive: bool,
    pub bus: (f64, f64),
    pub states: Vec<ShelfState>,
}

impl Rig {
    /// A shelf at `load` W that has run for a second; then the voltage follows `changes`, in seconds from there.
    pub fn new(
        policy: &Policy,
        capabilities: Capabilities,
        load: f64,
        charge: f64,
        changes: &[(f64, [f64; 3])],
    ) -> Self {
        let design = if capabilities.psu_block { Design::Modified } else { Design::Conventional };
        let mut config = TwinConfig::new(Variant::V3, design);
        config.load = Watts(load);
        config.state_of_charge = [Ratio(charge); 6];
        let later = changes.iter().map(|(at_s, pu)| Change::step(at_s + 1.0, *pu)).collect();
        let grid = GridConfig { voltage: Voltage::Changes(later), ..GridConfig::default() };
        let mut rig = Self {
            twin: Twin::new(&config).unwrap(),
            source: Source::new(&grid).unwrap(),
            orchestrator: Orchestrator::new(policy, capabilities).unwrap(),
            seen: Seen {
                ac: &[],
                bus: Default::default(),
                input: None,
                frequency: None,
                psus: Default::default(),
                bbus: Default::default(),
                demand: Demand::default(),
            },
            action: None,
            held: Armed::default(),
            ticks: 0,
            next: 0,
            alive: true,
            bus: (f64::INFINITY, 0.0),
            states: vec![],
        };
        rig.run(1.0, |_| {});
        rig.bus = (f64::INFINITY, 0.0);
        rig.states.clear();
        rig
    }

    pub fn run(&mut self, seconds: f64, mut each: impl FnMut(&Self)) {
        for _ in 0..(seconds * 1000.0).round() as u32 {
            self.tick();
            each(self);
        }
    }

    fn tick(&mut self) {
        let mut ac = [[0.0; 3]; 5];
        for step in 0..STEPS {
            let sample = self.source.next_sample();
            self.twin.step(&sample);
            if step % 4 == 3 {
                ac[step as usize / 4] = sample.v;
            }
            let bus = self.twin.bus().0;
            self.bus = (self.bus.0.min(bus), self.bus.1.max(bus));
        }
        self.ticks += 1;
        if !self.alive {
            return;
        }
        self.age();
        let today = !self.samples();
        let seen = Seen {
            ac: if today { &[] } else { &ac },
            bus: self.twin.bus(),
            input: Some(self.twin.grid_power_mean()),
            ..self.seen
        };
        let action = self.orchestrator.tick(&seen);
        self.twin.set_lines(action.lines);
        if self.states.last() != Some(&action.state) {
            self.states.push(action.state);
        }
        self.action = Some(action);
        if self.ticks.is_multiple_of(WIRE_TICKS) {
            self.poll();
            self.write(&action.armed);
        }
    }

    fn samples(&self) -> bool {
        self.orchestrator.capabilities().ac_samples
    }

    fn age(&mut self) {
        self.seen.psus.iter_mut().for_each(|psu| psu.age_ticks += 1);
        self.seen.bbus.iter_mut().for_each(|bbu| bbu.age_ticks += 1);
    }

    fn poll(&mut self) {
        let at = (self.ticks / WIRE_TICKS) as usize % DEVICES;
        if at < PSU_SLOTS {
            let psu = self.twin.psu(at);
            // A controller without a supply does not answer.
            if psu.alive {
                let healthy = !matches!(psu.state, PsuState::Failed | PsuState::Latched);
                self.seen.psus[at] = PsuSeen {
                    present: true,
                    healthy,
                    output: psu.output,
                    input: psu.input_mean,
                    age_ticks: 0,
                };
            }
        } else {
            let bbu = self.twin.bbu(at - PSU_SLOTS);
            self.seen.bbus[at - PSU_SLOTS] = BbuSeen {
                present: true,
                healthy: bbu.state != BbuState::Failed,
                output: bbu.output,
                state_of_charge: bbu.state_of_charge,
                available: bbu.available,
                energy: bbu.energy,
                age_ticks: 0,
            };
        }
    }

    /// The next device in turn that should hold something else; at the start, before what is looked at, all at once.
    fn write(&mut self, armed: &Armed) {
        let all = self.ticks < 990;
        for _ in 0..DEVICES {
            let at = self.next;
            self.next = (at + 1) % DEVICES;
            if at < PSU_SLOTS {
                // One set for all PSUs: the last of them closes it.
                if self.held.psu != armed.psu {
                    self.twin.arm_psu(at, &armed.psu);
                    if at == PSU_SLOTS - 1 {
                        self.held.psu = armed.psu;
                    }
                    if !all {
                        break;
                    }
                }
            } else if self.held.bbu[at - PSU_SLOTS] != armed.bbu[at - PSU_SLOTS] {
                let slot = at - PSU_SLOTS;
                self.twin.arm_bbu(slot, &armed.bbu[slot]);
                self.held.bbu[slot] = armed.bbu[slot];
                if !all {
                    break;
                }
            }
        }
    }
}
