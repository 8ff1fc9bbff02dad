//! A fast path beside the polls: what it tells is shown and logged before the next poll.

use std::sync::Mutex;
use std::time::SystemTime;

use dpo_registers::units::{Hertz, Ratio, Seconds};

use super::*;
use crate::control::meter::AcReading;

/// A fast path that shows what a test says.
#[derive(Debug)]
struct Told {
    view: Mutex<Option<FastView>>,
    changes: Mutex<Vec<FastChange>>,
}

impl FastSource for Told {
    fn view(&self) -> Option<FastView> {
        *self.view.lock().unwrap()
    }

    fn newest_change(&self) -> u64 {
        self.changes.lock().unwrap().last().map_or(0, |change| change.number)
    }

    fn changes_after(&self, number: u64) -> Vec<FastChange> {
        self.changes.lock().unwrap().iter().filter(|change| change.number > number).copied().collect()
    }
}

impl Told {
    fn new() -> Arc<Self> {
        Arc::new(Self { view: Mutex::new(Some(view(ShelfState::Normal, 1.0))), changes: Mutex::default() })
    }

    /// The state changes to `to` while the lowest phase is at `lowest`.
    fn change(&self, to: ShelfState, lowest: f64) {
        let mut changes = self.changes.lock().unwrap();
        let from = changes.last().map_or(ShelfState::Normal, |change| change.to);
        let number = changes.len() as u64 + 1;
        changes.push(FastChange { number, time: SystemTime::now(), from, to, lowest: Some(Ratio(lowest)) });
        let sags = changes.iter().filter(|change| change.to == ShelfState::SagDetected).count() as u64;
        *self.view.lock().unwrap() = Some(FastView { sags, ..view(to, lowest) });
    }
}

fn view(state: ShelfState, lowest: f64) -> FastView {
    let reading = AcReading {
        rms: [Volts(240.0), Volts(240.0 * lowest), Volts(240.0)],
        frequency: Some(Hertz(60.0)),
        ..AcReading::default()
    };
    let event = matches!(state, ShelfState::SagDetected | ShelfState::Supporting | ShelfState::Recovering);
    FastView {
        ac: Some(AcView { reading, time: SystemTime::now() }),
        nominal: Volts(240.0),
        nominal_frequency: Hertz(60.0),
        state,
        cause: event.then_some(StateCause::InputVoltage),
        sags: 0,
        ride_through: Some(Seconds(300.0)),
        support_line: event,
        hold_line: false,
        ticks: TickView::default(),
    }
}

async fn rig(fast: &Arc<Told>) -> Rig {
    let mut rig = Rig::new();
    rig.fast = Some(Arc::clone(fast) as Arc<dyn FastSource>);
    rig.start();
    rig.cycles(1).await;
    rig
}

#[tokio::test(start_paused = true)]
async fn its_state_is_shown_before_the_next_poll_and_ends_with_the_event() {
    let fast = Told::new();
    let rig = rig(&fast).await;
    let polls = rig.gateway().snapshot().counters.polls;
    for (to, lowest) in
        [(ShelfState::SagDetected, 0.8), (ShelfState::Supporting, 0.4), (ShelfState::Recovering, 0.95)]
    {
        fast.change(to, lowest);
        let mut watch = rig.gateway().watch();
        let shown = Arc::clone(&watch.wait_for(|s| s.state == to).await.unwrap());
        assert_eq!(shown.counters.polls, polls, "{to:?} waited for a poll");
        assert_eq!(shown.state_view.cause, Some(StateCause::InputVoltage));
        assert_eq!(shown.fast.unwrap().state, to);
        assert_eq!(shown.counters.sags, 1);
    }
    fast.change(ShelfState::Normal, 1.0);
    let mut watch = rig.gateway().watch();
    let shown = Arc::clone(&watch.wait_for(|s| s.state == ShelfState::Normal).await.unwrap());
    assert_eq!(shown.counters.polls, polls);
    assert_eq!(shown.state_view.before, ShelfState::Recovering);
}

#[tokio::test(start_paused = true)]
async fn a_sag_that_was_over_before_anybody_looked_is_logged_and_counted() {
    let fast = Told::new();
    let rig = rig(&fast).await;
    for _ in 0..2 {
        fast.change(ShelfState::SagDetected, 0.3);
        fast.change(ShelfState::Supporting, 0.2);
        fast.change(ShelfState::Recovering, 0.97);
        fast.change(ShelfState::Normal, 1.0);
    }
    let shown = rig.cycles(1).await;
    assert_eq!((shown.state, shown.counters.sags), (ShelfState::Normal, 2));
    let told: Vec<_> = rig.events(EventKind::StateChanged).into_iter().map(|e| e.message).collect();
    let expected = [
        "Normal -> SagDetected (fast path, lowest phase 0.30 p.u.)",
        "SagDetected -> Supporting (fast path, lowest phase 0.20 p.u.)",
        "Supporting -> Recovering (fast path, lowest phase 0.97 p.u.)",
        "Recovering -> SagDetected (fast path, lowest phase 0.30 p.u.)",
        "SagDetected -> Supporting (fast path, lowest phase 0.20 p.u.)",
        "Supporting -> Recovering (fast path, lowest phase 0.97 p.u.)",
        "Recovering -> Normal",
    ];
    assert_eq!(told, expected);
}

#[tokio::test(start_paused = true)]
async fn a_bus_that_sinks_without_a_sag_is_no_recovery_of_the_input() {
    let fast = Told::new();
    let rig = rig(&fast).await;
    // A limit of the lease owner lets the BBUs carry: the fast path waits for the bus, with the input well.
    fast.change(ShelfState::Supporting, 1.0);
    fast.change(ShelfState::Recovering, 1.0);
    let waits = FastView { cause: Some(StateCause::Battery), ..view(ShelfState::Recovering, 1.0) };
    *fast.view.lock().unwrap() = Some(waits);
    let shown = rig.cycles(1).await;
    assert_eq!(shown.state, ShelfState::Normal);
    assert!(rig.events(EventKind::StateChanged).is_empty());
    // A sag then is one, to its end.
    fast.change(ShelfState::SagDetected, 0.5);
    fast.change(ShelfState::Recovering, 0.98);
    let shown = rig.cycles(1).await;
    assert_eq!(
        (shown.state, shown.state_view.cause),
        (ShelfState::Recovering, Some(StateCause::InputVoltage))
    );
}

#[tokio::test(start_paused = true)]
async fn sags_are_counted_by_the_fast_path_and_not_by_what_the_polls_saw_of_them() {
    let fast = Told::new();
    let rig = rig(&fast).await;
    // Three that went straight into support.
    fast.change(ShelfState::Supporting, 0.2);
    *fast.view.lock().unwrap() = Some(FastView { sags: 3, ..view(ShelfState::Supporting, 0.2) });
    let shown = rig.cycles(1).await;
    assert_eq!((shown.state, shown.counters.sags), (ShelfState::Supporting, 3));
    // The voltage is low in the view, and the fast path found no other sag.
    *fast.view.lock().unwrap() = Some(FastView { sags: 3, ..view(ShelfState::Normal, 1.0) });
    rig.cycles(1).await;
    *fast.view.lock().unwrap() = Some(FastView { sags: 3, ..view(ShelfState::Normal, 0.5) });
    let shown = rig.cycles(1).await;
    assert_eq!((shown.state, shown.counters.sags), (ShelfState::SagDetected, 3));
    // It began anew, and found one.
    *fast.view.lock().unwrap() = Some(FastView { sags: 1, ..view(ShelfState::Normal, 1.0) });
    assert_eq!(rig.cycles(1).await.counters.sags, 4);
}

#[tokio::test(start_paused = true)]
async fn support_outside_of_a_sag_is_what_the_polls_tell() {
    let fast = Told::new();
    let rig = rig(&fast).await;
    // The batteries of the fast path discharge on request; the devices that are polled do not.
    fast.change(ShelfState::Supporting, 1.0);
    *fast.view.lock().unwrap() =
        Some(FastView { cause: Some(StateCause::Setpoint), ..view(ShelfState::Supporting, 1.0) });
    assert_eq!(rig.cycles(2).await.state, ShelfState::Normal);
    assert!(rig.events(EventKind::StateChanged).is_empty());
}

#[tokio::test(start_paused = true)]
async fn its_voltage_outranks_the_polled_one() {
    let fast = Told::new();
    let rig = rig(&fast).await;
    // 100 V on a phase by the fast path's meter, 230 V by the last polls.
    *fast.view.lock().unwrap() = Some(view(ShelfState::Normal, 100.0 / 240.0));
    assert_eq!(rig.cycles(1).await.state, ShelfState::SagDetected);
    *fast.view.lock().unwrap() = None;
    assert_eq!(rig.cycles(1).await.state, ShelfState::Normal);
}

#[tokio::test(start_paused = true)]
async fn the_handle_shows_it_fresh() {
    let fast = Told::new();
    let rig = rig(&fast).await;
    *fast.view.lock().unwrap() = Some(view(ShelfState::Normal, 0.5));
    let fresh = rig.gateway().fast().unwrap().ac.unwrap().reading.rms[1];
    assert_eq!(fresh, Volts(120.0));
    assert_eq!(Rig::started().await.gateway().fast(), None);
}
