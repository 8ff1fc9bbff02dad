//! The executor in virtual time, and once for real without a bound on its time.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use dpo_registers::units::Volts;

use super::clock::Clock;
use super::executor::run;
use super::*;
use crate::control::orchestrator::io::{Action, Armed, Demand, Lines, Seen};
use crate::control::state::ShelfState;

const US: u64 = 1_000;
const MS: u64 = 1_000_000;

/// Time that passes only where a test says so. Each wait ends late by the next entry of `late`.
struct Virtual<'a> {
    now: &'a AtomicU64,
    late: RefCell<std::iter::Copied<std::slice::Iter<'a, u64>>>,
    slept: &'a AtomicU64,
}

impl Clock for Virtual<'_> {
    fn now(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }

    fn sleep_until(&self, ns: u64) -> Result<(), ClockError> {
        self.slept.fetch_add(ns.saturating_sub(self.now()), Ordering::Relaxed);
        let late = self.late.borrow_mut().next().unwrap_or(0);
        self.now.store(self.now().max(ns) + late, Ordering::Relaxed);
        Ok(())
    }
}

/// What a run did.
struct Ran {
    /// Start of each tick, and what it was told.
    ticks: Vec<(u64, Tick)>,
    view: StatisticsView,
    slept: u64,
}

/// So many ticks at 1 kHz from 0. Waits end late by `late`, and works take `work`; after the lists nothing is late
/// and nothing takes time.
fn ran(count: usize, late: &[u64], work: &[u64]) -> Ran {
    let (now, slept, stop) = (AtomicU64::new(0), AtomicU64::new(0), AtomicBool::new(false));
    let clock = Virtual { now: &now, late: RefCell::new(late.iter().copied()), slept: &slept };
    let (mut ticks, mut work, statistics) = (Vec::new(), work.iter(), Statistics::default());
    let mut body = |tick: Tick| {
        ticks.push((now.load(Ordering::Relaxed), tick));
        now.fetch_add(work.next().copied().unwrap_or(0), Ordering::Relaxed);
        stop.store(ticks.len() == count, Ordering::Relaxed);
    };
    run(&clock, MS, &stop, &statistics, &mut body).unwrap();
    Ran { ticks, view: statistics.view(), slept: slept.load(Ordering::Relaxed) }
}

fn tick(number: u64, skipped: u64) -> Tick {
    Tick { number, skipped }
}

#[test]
fn ticks_stay_on_the_grid_however_long_they_take() {
    let Ran { ticks, view, slept } = ran(1000, &[], &vec![900 * US; 1000]);
    for (n, (at, told)) in (0..).zip(&ticks) {
        assert_eq!((*at, *told), ((n + 1) * MS, tick(n, 0)));
    }
    assert_eq!((view.ticks, view.late, view.overruns, view.skipped), (1000, 0, 0, 0));
    assert_eq!((view.jitter.max_ns, view.duration.max_ns), (0, 900 * US));
    assert_eq!(slept, MS + 999 * 100 * US);
}

#[test]
fn jitter_is_the_time_from_due_to_start() {
    let late: Vec<u64> = (0..100).map(|n| n * US).collect();
    let Ran { ticks, view, .. } = ran(100, &late, &[]);
    assert_eq!(ticks[99], (100 * MS + 99 * US, tick(99, 0)));
    assert_eq!(view.jitter.max_ns, 99 * US);
    let p50 = view.jitter.quantile_ns(0.5).unwrap();
    assert!((49 * US..=50 * US).contains(&p50), "{p50}");
    // A late start alone misses no deadline.
    assert_eq!(view.deadline_misses(), 0);
}

#[test]
fn a_thread_that_sleeps_through_ticks_runs_the_newest_and_skips_the_rest() {
    // The second wait ends 3.2 ms late: it is 5.2 ms, and of the ticks due at 2, 3, 4 and 5 ms the last one runs.
    let Ran { ticks, view, .. } = ran(4, &[0, 3_200 * US], &[]);
    let expected = [(MS, tick(0, 0)), (5_200 * US, tick(4, 3)), (6 * MS, tick(5, 0)), (7 * MS, tick(6, 0))];
    assert_eq!(ticks, expected);
    assert_eq!((view.ticks, view.skipped, view.late, view.overruns), (4, 3, 0, 0));
    assert_eq!((view.deadline_misses(), view.jitter.max_ns), (3, 3_200 * US));
}

#[test]
fn after_a_late_start_the_next_tick_comes_at_once_if_half_of_it_is_left() {
    // Begun at 1.8 ms, 0.6 ms long: 0.4 ms into the second tick.
    let Ran { ticks, view, .. } = ran(3, &[800 * US], &[600 * US]);
    assert_eq!(ticks, [(1_800 * US, tick(0, 0)), (2_400 * US, tick(1, 0)), (3 * MS, tick(2, 0))]);
    assert_eq!((view.late, view.overruns, view.skipped), (1, 0, 0));
    // 0.9 ms long: 0.7 ms into the second tick, which is left out.
    let Ran { ticks, view, .. } = ran(3, &[800 * US], &[900 * US]);
    assert_eq!(ticks, [(1_800 * US, tick(0, 0)), (3 * MS, tick(2, 1)), (4 * MS, tick(3, 0))]);
    assert_eq!((view.late, view.overruns, view.skipped, view.deadline_misses()), (1, 0, 1, 2));
}

#[test]
fn after_an_overrun_the_thread_sleeps_up_to_the_next_tick() {
    for (work, next) in [(1_000, 3), (1_400, 3), (1_999, 3), (2_000, 4), (7_300, 9)] {
        let Ran { ticks, view, .. } = ran(2, &[], &[work * US]);
        assert_eq!(ticks, [(MS, tick(0, 0)), (next * MS, tick(next - 1, next - 2))], "{work} us");
        let over = u64::from(work > 1_000);
        assert_eq!((view.late, view.overruns, view.skipped), (over, over, next - 2), "{work} us");
    }
}

#[test]
fn a_late_start_and_an_end_past_the_period_miss_the_deadline_without_an_overrun() {
    let Ran { view, .. } = ran(2, &[600 * US], &[500 * US]);
    assert_eq!((view.late, view.overruns, view.skipped), (1, 0, 0));
}

#[test]
fn work_that_never_keeps_up_still_lets_others_run() {
    for duration in [1_000, 1_010, 1_400, 1_490, 1_500, 1_510, 1_990, 2_000, 2_300, 5_700] {
        let Ran { ticks, view, slept } = ran(1000, &[], &vec![duration * US; 1000]);
        let passed = ticks.last().unwrap().0;
        assert!(slept * 200 > passed, "{duration} us: slept {slept} of {passed} ns");
        // Each tick has its number, run or skipped.
        assert_eq!(ticks.last().unwrap().1.number + 1, view.ticks + view.skipped);
        assert!(ticks.windows(2).all(|w| w[1].1.number == w[0].1.number + 1 + w[1].1.skipped));
    }
}

/// Three samples a tick that count up, and what was driven.
struct Counting {
    next: f64,
    samples: Vec<[f64; 3]>,
    driven: Arc<AtomicU64>,
}

impl FastIo for Counting {
    fn read(&mut self, tick: Tick) -> Seen<'_> {
        self.samples.clear();
        for _ in 0..=tick.skipped {
            self.samples.push([self.next, 0.0, 0.0]);
            self.next += 1.0;
        }
        Seen {
            ac: &self.samples,
            bus: Volts(48.0),
            input: None,
            frequency: None,
            psus: Default::default(),
            bbus: Default::default(),
            demand: Demand::default(),
        }
    }

    fn drive(&mut self, action: &Action) {
        self.driven.fetch_add(u64::from(action.lines.support), Ordering::Relaxed);
    }
}

/// Asks for support while the newest sample is odd.
#[derive(Default)]
struct Odd {
    seen: u64,
}

impl Control for Odd {
    fn tick(&mut self, _: Tick, seen: &Seen<'_>) -> Action {
        self.seen += seen.ac.len() as u64;
        let odd = seen.ac.last().is_some_and(|[v, ..]| v % 2.0 == 1.0);
        Action {
            lines: Lines { support: odd, hold: false },
            armed: Armed::default(),
            state: ShelfState::Normal,
            ride_through_s: 0.0,
        }
    }
}

#[test]
fn a_loop_measures_decides_drives_and_posts() {
    let driven = Arc::new(AtomicU64::new(0));
    let io = Counting { next: 0.0, samples: Vec::with_capacity(8), driven: Arc::clone(&driven) };
    let shown = |tick: Tick, control: &Odd, action: &Action| {
        [tick.number, control.seen, u64::from(action.lines.support)]
    };
    let mut work = FastLoop::new(io, Odd::default(), shown);
    let board = work.board();
    assert_eq!(board.read(), None);
    work.tick(tick(0, 0));
    work.tick(tick(1, 0));
    assert_eq!(board.read(), Some([1, 2, 1]));
    // Two ticks left out: their samples still come.
    work.tick(tick(4, 2));
    assert_eq!(board.read(), Some([4, 5, 0]));
    assert_eq!(driven.load(Ordering::Relaxed), 1);
}

#[test]
fn a_real_thread_ticks_and_ends_when_told() {
    let ticks = Arc::new(AtomicU64::new(0));
    let config = ExecutorConfig {
        request: Request { lock_memory: false, ..Request::default() },
        ..Default::default()
    };
    let counted = Arc::clone(&ticks);
    let executor = Executor::spawn(config, move |tick: Tick| {
        counted.store(tick.number + 1, Ordering::Relaxed);
    })
    .unwrap();
    while ticks.load(Ordering::Relaxed) < 20 {
        std::thread::yield_now();
    }
    assert!(!executor.ended());
    assert!(executor.granted().timer_resolution_ns > 0);
    let view = executor.stop().unwrap();
    assert_eq!(view.ticks, view.duration.count);
    assert_eq!(view.ticks, view.jitter.count);
    assert!(view.ticks + view.skipped >= 20);
}

#[test]
fn a_dropped_executor_ends_its_thread() {
    let ticks = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&ticks);
    let config = ExecutorConfig {
        request: Request { lock_memory: false, ..Request::default() },
        ..Default::default()
    };
    drop(Executor::spawn(config, move |_: Tick| {
        counted.fetch_add(1, Ordering::Relaxed);
    }));
    // The thread was joined: its work, and what it held, are gone.
    assert_eq!(Arc::strong_count(&ticks), 1);
}

#[test]
fn work_that_panics_ends_the_ticks_and_is_told() {
    let request = Request { lock_memory: false, ..Request::default() };
    let config = ExecutorConfig { request, ..Default::default() };
    let executor = Executor::spawn(config, |tick: Tick| assert!(tick.number < 3, "on purpose")).unwrap();
    while !executor.ended() {
        std::thread::yield_now();
    }
    assert!(matches!(executor.stop(), Err(ExecutorError::Panicked)));
}

#[test]
fn a_period_that_no_tick_can_keep_is_refused() {
    for period in [Duration::ZERO, Duration::from_micros(49), Duration::from_secs(2), Duration::MAX] {
        let config = ExecutorConfig { period, ..ExecutorConfig::default() };
        let error = Executor::spawn(config, |_: Tick| {}).unwrap_err().to_string();
        assert!(error.contains("50 us to 1 s"), "{error}");
    }
}
