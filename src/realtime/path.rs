//! The fast path of a shelf: meter and orchestrator as one control, and what it shows to the interfaces.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dpo_registers::units::{Hertz, Ratio, Volts};

use super::board::Board;
use super::executor::Tick;
use super::fast_io::Control;
use crate::control::meter::{AcMeter, AcReading};
use crate::control::orchestrator::io::{Action, Capabilities, Lines, Seen, Support};
use crate::control::orchestrator::{Degraded, Orchestrator};
use crate::control::policy::{Policy, PolicyError};
use crate::control::state::ShelfState;

/// Words that a fast path posts each tick.
const WORDS: usize = 20;
/// Changes of the state that are kept for a reader that comes late.
const TRANSITIONS: u64 = 32;

/// Meter and orchestrator of one shelf.
#[derive(Debug)]
pub struct FastPath {
    meter: AcMeter,
    orchestrator: Orchestrator,
    nominal: f64,
    back: f64,
    state: ShelfState,
    /// Whether the AC input began the event that goes on.
    by_input: bool,
    by_demand: bool,
    transitions: Arc<Transitions>,
}

/// Why the shelf is in its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathCause {
    /// The AC input is, or was, outside its band.
    Input,
    /// The lease owner asked for it.
    Demand,
    /// The batteries act by themselves: the bus fell, or they are being filled.
    Battery,
    /// Devices or measurements are missing.
    Device,
}

/// What the fast path of a shelf saw and decided in one tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathView {
    /// Number of the tick.
    pub tick: u64,
    /// The AC input; `None` while nothing measures it.
    pub ac: Option<AcReading>,
    /// State of the shelf.
    pub state: ShelfState,
    /// Why; `None` in normal operation.
    pub cause: Option<PathCause>,
    /// For how many seconds the batteries carry the whole load from now on; infinite without load.
    pub ride_through_s: f64,
    /// The lines as it would drive them.
    pub lines: Lines,
    /// What is missing.
    pub degraded: Degraded,
    /// Sags of the AC input since the start, counted where they are found: none passes between two readers, and a
    /// deep one that goes straight into support is one, too.
    pub sags: u64,
}

/// A change of the state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transition {
    /// Number, from 1, without gaps.
    pub number: u64,
    /// Tick in which it happened.
    pub tick: u64,
    /// The state before.
    pub from: ShelfState,
    /// The state since.
    pub to: ShelfState,
    /// Lowest phase of the meter then, in p.u.; it lags behind by up to a cycle.
    pub lowest: Option<Ratio>,
}

impl FastPath {
    /// A fast path at rest.
    ///
    /// # Errors
    /// [`PolicyError`] names what the policy may not be.
    pub fn new(policy: &Policy, capabilities: Capabilities) -> Result<Self, PolicyError> {
        let grid = &policy.grid;
        Ok(Self {
            orchestrator: Orchestrator::new(policy, capabilities)?,
            meter: AcMeter::new(grid.nominal, grid.frequency, grid.samples_per_s),
            nominal: grid.nominal.0,
            back: policy.recovery.voltage.0,
            state: ShelfState::Normal,
            by_input: false,
            by_demand: false,
            transitions: Arc::default(),
        })
    }

    /// Where changes of the state are noted.
    pub fn transitions(&self) -> Arc<Transitions> {
        Arc::clone(&self.transitions)
    }

    /// Lowest phase in p.u. as the meter shows it.
    fn lowest(&self) -> Option<f64> {
        let rms = self.meter.reading()?.rms;
        Some(rms.iter().fold(f64::INFINITY, |least, v| v.0.min(least)) / self.nominal)
    }

    fn note(&mut self, tick: u64, to: ShelfState) {
        let lowest = self.lowest();
        let event = |state| {
            matches!(state, ShelfState::SagDetected | ShelfState::Supporting | ShelfState::Recovering)
        };
        if to == ShelfState::SagDetected || !event(self.state) {
            self.by_input =
                to == ShelfState::SagDetected || lowest.is_some_and(|lowest| event(to) && lowest < self.back);
        }
        self.transitions.push(tick, self.state, to, lowest);
        self.state = to;
    }

    fn cause(&self) -> Option<PathCause> {
        match self.state {
            ShelfState::Normal => None,
            ShelfState::SagDetected => Some(PathCause::Input),
            ShelfState::FailSafe => Some(PathCause::Device),
            ShelfState::Supporting | ShelfState::Recovering if self.by_input => Some(PathCause::Input),
            ShelfState::Supporting if self.by_demand => Some(PathCause::Demand),
            ShelfState::Supporting | ShelfState::Recovering | ShelfState::Recharging => {
                Some(PathCause::Battery)
            }
        }
    }

    /// The words to post after a tick; see [`PathShown::read`].
    pub fn words(&self, tick: Tick, action: &Action) -> [u64; WORDS] {
        let degraded = self.orchestrator.degraded();
        let measured = !degraded.ac_lost;
        let ac = self.meter.reading().filter(|_| measured);
        let flags = u64::from(ac.is_some())
            | u64::from(action.lines.support) << 1
            | u64::from(action.lines.hold) << 2
            | code(action.state) << 8
            | self.cause().map_or(0, |cause| cause as u64 + 1) << 16
            | bits(&degraded) << 24;
        let ac = ac.unwrap_or_default();
        let volts = |v: Option<Volts>| v.map_or(f64::NAN, |v| v.0);
        let mut words = [0; WORDS];
        let numbers = [
            action.ride_through_s,
            ac.rms[0].0,
            ac.rms[1].0,
            ac.rms[2].0,
            ac.frequency.map_or(f64::NAN, |hz| hz.0),
            ac.rocof_hz_per_s.unwrap_or(f64::NAN),
            ac.samples_since,
            volts(ac.lowest[0]),
            volts(ac.lowest[1]),
            volts(ac.lowest[2]),
            volts(ac.highest[0]),
            volts(ac.highest[1]),
            volts(ac.highest[2]),
        ];
        let counts = [tick.number, flags, ac.half_cycles, ac.seconds, self.orchestrator.sags()];
        for (word, count) in words.iter_mut().zip(counts) {
            *word = count;
        }
        for (word, number) in words.iter_mut().skip(counts.len()).zip(numbers) {
            *word = number.to_bits();
        }
        words
    }
}

impl Control for FastPath {
    fn tick(&mut self, tick: Tick, seen: &Seen<'_>) -> Action {
        for sample in seen.ac {
            self.meter.push(*sample);
        }
        let action = self.orchestrator.tick(seen);
        self.by_demand = action.armed.bbu.iter().any(|bbu| matches!(bbu.support, Support::Power(_)));
        if action.state != self.state {
            self.note(tick.number, action.state);
        }
        action
    }
}

/// Reads what a [`FastPath`] posts.
#[derive(Debug, Clone)]
pub struct PathShown {
    board: Arc<Board<WORDS>>,
}

impl PathShown {
    /// Of the board of a [`FastLoop`](super::FastLoop) whose words are [`FastPath::words`].
    pub fn new(board: Arc<Board<WORDS>>) -> Self {
        Self { board }
    }

    /// The newest tick; `None` before the first.
    pub fn read(&self) -> Option<PathView> {
        let words = self.board.read()?;
        let word = |at: usize| words.get(at).copied().unwrap_or(0);
        let number = |at: usize| f64::from_bits(word(at + 5));
        let some = |at: usize| Some(number(at)).filter(|v| v.is_finite());
        let flags = word(1);
        let flag = |bit: u32| flags >> bit & 1 == 1;
        let ac = flag(0).then(|| AcReading {
            rms: [1, 2, 3].map(|at| Volts(number(at))),
            half_cycles: word(2),
            samples_since: number(6),
            frequency: some(4).map(Hertz),
            rocof_hz_per_s: some(5),
            lowest: [7, 8, 9].map(|at| some(at).map(Volts)),
            highest: [10, 11, 12].map(|at| some(at).map(Volts)),
            seconds: word(3),
        });
        Some(PathView {
            tick: word(0),
            ac,
            state: state(flags >> 8 & 0xFF),
            cause: match flags >> 16 & 0xFF {
                1 => Some(PathCause::Input),
                2 => Some(PathCause::Demand),
                3 => Some(PathCause::Battery),
                4 => Some(PathCause::Device),
                _ => None,
            },
            ride_through_s: number(0),
            lines: Lines { support: flag(1), hold: flag(2) },
            degraded: degraded(flags >> 24),
            sags: word(4),
        })
    }
}

/// The newest changes of the state; one thread writes, any number read.
#[derive(Debug, Default)]
pub struct Transitions {
    newest: AtomicU64,
    slots: [Board<4>; TRANSITIONS as usize],
}

impl Transitions {
    fn push(&self, tick: u64, from: ShelfState, to: ShelfState, lowest: Option<f64>) {
        let number = self.newest.load(Ordering::Relaxed) + 1;
        if let Some(slot) = self.slots.get((number % TRANSITIONS) as usize) {
            slot.post(&[number, tick, code(from) << 8 | code(to), lowest.unwrap_or(f64::NAN).to_bits()]);
        }
        self.newest.store(number, Ordering::Release);
    }

    /// The number of the newest; 0 before the first.
    pub fn newest(&self) -> u64 {
        self.newest.load(Ordering::Acquire)
    }

    /// The changes after number `number`, oldest first; those that a late reader has missed are gone, which their
    /// numbers tell.
    pub fn after(&self, number: u64) -> impl Iterator<Item = Transition> + '_ {
        let newest = self.newest();
        let oldest = newest.saturating_sub(TRANSITIONS - 1).max(1);
        (oldest.max(number.saturating_add(1))..=newest).filter_map(|number| {
            let [is, tick, states, lowest] = self.slots.get((number % TRANSITIONS) as usize)?.read()?;
            // Overwritten meanwhile by a newer one.
            (is == number).then(|| Transition {
                number,
                tick,
                from: state(states >> 8),
                to: state(states & 0xFF),
                lowest: Some(f64::from_bits(lowest)).filter(|v| v.is_finite()).map(Ratio),
            })
        })
    }
}

fn code(state: ShelfState) -> u64 {
    match state {
        ShelfState::Normal => 0,
        ShelfState::SagDetected => 1,
        ShelfState::Supporting => 2,
        ShelfState::Recovering => 3,
        ShelfState::Recharging => 4,
        ShelfState::FailSafe => 5,
    }
}

fn state(code: u64) -> ShelfState {
    match code {
        1 => ShelfState::SagDetected,
        2 => ShelfState::Supporting,
        3 => ShelfState::Recovering,
        4 => ShelfState::Recharging,
        5 => ShelfState::FailSafe,
        _ => ShelfState::Normal,
    }
}

fn bits(degraded: &Degraded) -> u64 {
    let Degraded {
        ac_lost,
        bus_lost,
        blind,
        no_psu,
        no_bbu,
        stale,
        psu_redundancy,
        bbu_redundancy,
        curve,
        reserve,
    } = *degraded;
    [ac_lost, bus_lost, blind, no_psu, no_bbu, stale, psu_redundancy, bbu_redundancy, curve, reserve]
        .into_iter()
        .rev()
        .fold(0, |bits, bit| bits << 1 | u64::from(bit))
}

fn degraded(bits: u64) -> Degraded {
    let bit = |n: u32| bits >> n & 1 == 1;
    Degraded {
        ac_lost: bit(0),
        bus_lost: bit(1),
        blind: bit(2),
        no_psu: bit(3),
        no_bbu: bit(4),
        stale: bit(5),
        psu_redundancy: bit(6),
        bbu_redundancy: bit(7),
        curve: bit(8),
        reserve: bit(9),
    }
}

#[cfg(test)]
mod tests {
    use dpo_registers::units::{Joules, Watts};

    use super::*;
    use crate::control::orchestrator::io::{BbuSeen, Demand, PsuSeen};
    use crate::realtime::{FastIo, FastLoop, Work};

    /// A shelf that measures its own AC input, 4 samples of which are in 1 ms of 4 kHz.
    struct Shelf {
        samples: [[f64; 3]; 4],
        time: u64,
        /// From which tick on the input is down to which share.
        sag: (u64, u64, f64),
        bus: f64,
    }

    impl FastIo for Shelf {
        fn read(&mut self, tick: Tick) -> Seen<'_> {
            for sample in &mut self.samples {
                let angle = std::f64::consts::TAU * 60.0 * self.time as f64 / 4000.0;
                self.time += 1;
                let (from, to, share) = self.sag;
                let pu = if (from..to).contains(&tick.number) { share } else { 1.0 };
                *sample = std::array::from_fn(|i| {
                    pu * 240.0 * 2f64.sqrt() * (angle - std::f64::consts::TAU / 3.0 * i as f64).sin()
                });
            }
            let psu = PsuSeen {
                present: true,
                healthy: true,
                output: Watts(1500.0),
                input: Watts(1540.0),
                age_ticks: 1,
            };
            let bbu = BbuSeen {
                present: true,
                healthy: true,
                output: Watts(0.0),
                state_of_charge: Ratio(0.9),
                available: Watts(3000.0),
                energy: Joules(1.2e6),
                age_ticks: 1,
            };
            Seen {
                ac: &self.samples,
                bus: Volts(self.bus),
                input: None,
                frequency: None,
                psus: [psu; 6],
                bbus: [bbu; 6],
                demand: Demand::default(),
            }
        }

        fn drive(&mut self, action: &Action) {
            // What a shelf with MOD-06 does is the twin's business; here the bus holds.
            let _ = action;
        }
    }

    fn policy() -> Policy {
        let mut policy = Policy::default();
        policy.grid.samples_per_s = 4000.0;
        policy
    }

    #[test]
    fn a_sag_is_shown_from_its_detection_to_its_end() {
        let io = Shelf { samples: [[0.0; 3]; 4], time: 0, sag: (500, 560, 0.8), bus: 50.75 };
        let path =
            FastPath::new(&policy(), Capabilities { ac_samples: true, ..Capabilities::TODAY }).unwrap();
        let transitions = path.transitions();
        let mut work = FastLoop::new(io, path, |tick, path: &FastPath, action| path.words(tick, action));
        let shown = PathShown::new(work.board());
        assert_eq!(shown.read(), None);
        let mut states = Vec::new();
        for number in 0..2000 {
            work.tick(Tick { number, skipped: 0 });
            let view = shown.read().unwrap();
            assert_eq!(view.tick, number);
            if states.last().is_none_or(|(_, state)| *state != view.state) {
                states.push((number, view.state));
            }
        }
        let view = shown.read().unwrap();
        // 54 kW s of charge for 9 kW of load.
        assert!(view.ride_through_s > 600.0 && view.ride_through_s < 900.0, "{}", view.ride_through_s);
        assert!(!view.degraded.fail_safe() && view.sags == 1, "{view:?}");
        let ac = view.ac.unwrap();
        assert!(ac.rms.iter().all(|v| (v.0 - 240.0).abs() < 0.1), "{ac:?}");
        assert!((ac.frequency.unwrap().0 - 60.0).abs() < 1e-3);
        assert!((ac.lowest[0].unwrap().0 - 192.0).abs() < 0.5, "{:?}", ac.lowest);

        let noted: Vec<_> = transitions.after(0).collect();
        let sag = noted.iter().find(|t| t.to == ShelfState::SagDetected).unwrap();
        assert!((500..=515).contains(&sag.tick), "{noted:?}");
        assert!(noted.iter().any(|t| t.from == ShelfState::SagDetected && t.to == ShelfState::Recovering));
        assert_eq!(noted.last().unwrap().to, ShelfState::Normal);
        assert_eq!(noted.len() as u64, transitions.newest());
        assert_eq!(transitions.after(noted.len() as u64).count(), 0);
        assert!(states.iter().any(|(_, state)| *state == ShelfState::Recovering), "{states:?}");
    }

    #[test]
    fn a_deep_sag_that_goes_straight_into_support_is_counted() {
        let io = Shelf { samples: [[0.0; 3]; 4], time: 0, sag: (500, 560, 0.3), bus: 50.75 };
        let path =
            FastPath::new(&policy(), Capabilities { ac_samples: true, ..Capabilities::TODAY }).unwrap();
        let transitions = path.transitions();
        let mut work = FastLoop::new(io, path, |tick, path: &FastPath, action| path.words(tick, action));
        let shown = PathShown::new(work.board());
        (0..1000).for_each(|number| work.tick(Tick { number, skipped: 0 }));
        assert!(transitions.after(0).any(|t| t.to == ShelfState::Supporting));
        assert!(transitions.after(0).all(|t| t.to != ShelfState::SagDetected));
        assert_eq!(shown.read().unwrap().sags, 1);
    }

    #[test]
    fn a_reader_that_comes_late_gets_the_newest_changes_and_sees_the_gap() {
        let transitions = Transitions::default();
        assert_eq!(transitions.after(0).count(), 0);
        for tick in 1..=100 {
            let (from, to) = (ShelfState::Normal, ShelfState::SagDetected);
            transitions.push(tick, from, to, (tick > 50).then_some(0.5));
        }
        let kept: Vec<_> = transitions.after(10).collect();
        assert_eq!(kept.len() as u64, TRANSITIONS);
        assert_eq!((kept[0].number, kept.last().unwrap().number), (69, 100));
        assert!(kept.iter().all(|t| t.number == t.tick && t.lowest == Some(Ratio(0.5))));
        assert_eq!(transitions.after(98).map(|t| t.number).collect::<Vec<_>>(), [99, 100]);
    }

    #[test]
    fn states_and_flags_come_back_as_they_were_posted() {
        use ShelfState::*;
        for one in [Normal, SagDetected, Supporting, Recovering, Recharging, FailSafe] {
            assert_eq!(state(code(one)), one);
        }
        for n in 0..1024 {
            assert_eq!(bits(&degraded(n)), n);
        }
    }

    #[test]
    fn a_shelf_without_measurement_shows_none() {
        let path =
            FastPath::new(&policy(), Capabilities { ac_samples: true, ..Capabilities::TODAY }).unwrap();
        struct Blind;
        impl FastIo for Blind {
            fn read(&mut self, _: Tick) -> Seen<'_> {
                Seen {
                    ac: &[],
                    bus: Volts(f64::NAN),
                    input: None,
                    frequency: None,
                    psus: Default::default(),
                    bbus: Default::default(),
                    demand: Demand::default(),
                }
            }
            fn drive(&mut self, _: &Action) {}
        }
        let mut work = FastLoop::new(Blind, path, |tick, path: &FastPath, action| path.words(tick, action));
        let shown = PathShown::new(work.board());
        (0..100).for_each(|number| work.tick(Tick { number, skipped: 0 }));
        let view = shown.read().unwrap();
        assert_eq!((view.ac, view.state), (None, ShelfState::FailSafe));
        assert_eq!(view.cause, Some(PathCause::Device));
        assert!(view.degraded.blind);
    }
}
