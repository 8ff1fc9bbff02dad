//! Planners that are slow, stuck or broken, and the limiter that stands in. What is slow waits for the test, not for a clock.

use std::sync::mpsc;

use super::*;
use crate::engine::setpoint::GridState;

const STATE: ShelfState = ShelfState {
    t_s: 1.0,
    load_w: 9e3,
    input_w: 9.5e3,
    bbu_w: 0.0,
    state_of_charge: 0.9,
    bbu_available_w: 18e3,
    psu_available_w: 18e3,
    grid: GridState::Normal,
};

fn setpoint(now_s: f64, limit_w: f64, source: Source) -> Setpoint {
    Setpoint {
        made_s: now_s,
        valid_until_s: now_s + 2.0,
        input_limit_w: Some(limit_w),
        bbu_discharge_w: 0.0,
        bbu_charge_limit_w: None,
        source,
    }
}

/// Answers when it is told to, with 1 kW; keeps what it hears.
struct Slow {
    go: mpsc::Receiver<()>,
    heard: mpsc::Sender<Setpoint>,
}

impl Planner for Slow {
    fn plan(&mut self, now_s: f64, _: &ShelfState, _: &[Ahead]) -> Setpoint {
        // A test that is over lets go.
        let _ = self.go.recv();
        setpoint(now_s, 1e3, Source::Optimizer)
    }

    fn told(&mut self, setpoint: &Setpoint) {
        let _ = self.heard.send(*setpoint);
    }
}

/// The limiter, with 2 kW.
struct Spare {
    heard: mpsc::Sender<Setpoint>,
}

impl Planner for Spare {
    fn plan(&mut self, now_s: f64, _: &ShelfState, _: &[Ahead]) -> Setpoint {
        setpoint(now_s, 2e3, Source::Limiter(Reason::Configured))
    }

    fn told(&mut self, setpoint: &Setpoint) {
        let _ = self.heard.send(*setpoint);
    }
}

struct Rig {
    thinker: Thinker,
    go: mpsc::Sender<()>,
    planner_heard: mpsc::Receiver<Setpoint>,
    spare_heard: mpsc::Receiver<Setpoint>,
}

fn rig(pool: &Pool, limit: Duration) -> Rig {
    let (go, wait) = mpsc::channel();
    let (planner_hears, planner_heard) = mpsc::channel();
    let (spare_hears, spare_heard) = mpsc::channel();
    let planner = Box::new(Slow { go: wait, heard: planner_hears });
    let standby = Box::new(Spare { heard: spare_hears });
    let thinker = Thinker::new(planner, Some(standby), pool.clone(), limit);
    Rig { thinker, go, planner_heard, spare_heard }
}

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(20);

fn limit_w(answer: &Answer) -> f64 {
    answer.setpoint.unwrap().input_limit_w.unwrap()
}

#[tokio::test]
async fn a_planner_in_time_is_heard_and_the_limiter_learns_what_it_said() {
    let mut rig = rig(&Pool::new(1), LONG);
    for n in 1..4 {
        assert!(rig.thinker.ask(f64::from(n), &STATE, Vec::new()).is_none() && rig.thinker.waits());
        rig.go.send(()).unwrap();
        let answer = rig.thinker.answer().await.unwrap();
        assert_eq!((limit_w(&answer), answer.now_s), (1e3, f64::from(n)));
        assert!(!rig.thinker.waits());
        assert_eq!(rig.spare_heard.recv().unwrap().input_limit_w, Some(1e3));
    }
    assert!(rig.planner_heard.try_recv().is_err());
}

#[tokio::test]
async fn a_planner_that_is_late_is_replaced_by_the_limiter_until_it_is_back() {
    let mut rig = rig(&Pool::new(1), SHORT);
    assert!(rig.thinker.ask(1.0, &STATE, Vec::new()).is_none());
    let answer = rig.thinker.answer().await.unwrap();
    assert_eq!((limit_w(&answer), answer.now_s), (2e3, 1.0));
    assert_eq!(answer.setpoint.unwrap().source, Source::Limiter(Reason::Late));
    // Still stuck: the next tick is answered at once.
    let answer = rig.thinker.ask(2.0, &STATE, Vec::new()).unwrap();
    assert_eq!((limit_w(&answer), answer.now_s), (2e3, 2.0));
    // Back: what it says is about a time that is over.
    rig.go.send(()).unwrap();
    assert!(rig.thinker.waits() && rig.thinker.answer().await.is_none());
    let heard = rig.planner_heard.recv().unwrap();
    assert_eq!((heard.input_limit_w, heard.made_s), (Some(2e3), 2.0), "the newest that went out meanwhile");
    rig.thinker.limit = LONG;
    assert!(rig.thinker.ask(3.0, &STATE, Vec::new()).is_none());
    rig.go.send(()).unwrap();
    assert_eq!(limit_w(&rig.thinker.answer().await.unwrap()), 1e3);
}

#[tokio::test]
async fn a_stuck_planner_delays_its_own_gateway_only_and_one_without_a_place_hears_what_went_out() {
    let pool = Pool::new(2);
    let (mut stuck, mut well) = (rig(&pool, SHORT), rig(&pool, LONG));
    assert!(stuck.thinker.ask(1.0, &STATE, Vec::new()).is_none());
    assert_eq!(limit_w(&stuck.thinker.answer().await.unwrap()), 2e3);
    well.go.send(()).unwrap();
    assert!(well.thinker.ask(1.0, &STATE, Vec::new()).is_none());
    assert_eq!(limit_w(&well.thinker.answer().await.unwrap()), 1e3);
    // Both places taken by stuck ones: the third comes back without an answer when its time is over.
    let (mut other, mut third) = (rig(&pool, SHORT), rig(&pool, SHORT));
    assert!(other.thinker.ask(1.0, &STATE, Vec::new()).is_none());
    assert!(third.thinker.ask(1.0, &STATE, Vec::new()).is_none());
    let answer = third.thinker.answer().await.unwrap();
    assert_eq!(answer.setpoint.unwrap().source, Source::Limiter(Reason::Late));
    while third.thinker.waits() {
        assert!(third.thinker.answer().await.is_none());
    }
    assert_eq!(third.planner_heard.recv().unwrap().input_limit_w, Some(2e3));
}

/// Breaks.
struct Broken;

impl Planner for Broken {
    fn plan(&mut self, _: f64, _: &ShelfState, _: &[Ahead]) -> Setpoint {
        panic!("a planner of this test breaks")
    }
}

#[tokio::test]
async fn a_planner_that_breaks_leaves_the_limiter() {
    let (heard, _keep) = mpsc::channel();
    let standby: Box<dyn Planner> = Box::new(Spare { heard });
    let mut thinker = Thinker::new(Box::new(Broken), Some(standby), Pool::new(1), LONG);
    assert!(thinker.ask(1.0, &STATE, Vec::new()).is_none());
    assert_eq!(limit_w(&thinker.answer().await.unwrap()), 2e3);
    for n in 2..5 {
        assert_eq!(limit_w(&thinker.ask(f64::from(n), &STATE, Vec::new()).unwrap()), 2e3);
    }
    assert!(!thinker.waits());
}

#[tokio::test]
async fn without_a_limiter_a_late_planner_says_nothing() {
    let mut rig = rig(&Pool::new(1), SHORT);
    rig.thinker.standby = None;
    assert!(rig.thinker.ask(1.0, &STATE, Vec::new()).is_none());
    assert!(rig.thinker.answer().await.unwrap().setpoint.is_none());
}
