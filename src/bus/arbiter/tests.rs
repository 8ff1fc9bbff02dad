use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use dpo_registers::codec::{Exception, exception_response};
use proptest::prelude::*;

use super::queue::{Queue, Turn};
use super::*;
use crate::bus::{TransactError, read_holding};

/// A line on which each transaction takes the time its unit says, in milliseconds.
#[derive(Default)]
struct Timed {
    log: Mutex<Vec<u8>>,
    inside: Mutex<u32>,
}

impl Timed {
    const SILENT: u8 = 250;

    fn order(&self) -> Vec<u8> {
        self.log.lock().unwrap().clone()
    }
}

struct Inside<'a>(&'a Timed);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        *self.0.inside.lock().unwrap() -= 1;
    }
}

impl Bus for Timed {
    fn transact(&self, unit: u8, request: Pdu) -> BoxFuture<'_, Result<Pdu, BusError>> {
        Box::pin(async move {
            let inside = Inside(self);
            {
                let mut count = self.inside.lock().unwrap();
                *count += 1;
                assert_eq!(*count, 1, "two transactions on one line");
            }
            self.log.lock().unwrap().push(unit);
            tokio::time::sleep(Duration::from_millis(unit.into())).await;
            drop(inside);
            if unit == Self::SILENT {
                return Err(BusError::Timeout { bus: "timed".into(), unit, after: Duration::ZERO });
            }
            Ok(exception_response(request.function(), Exception::IllegalDataAddress))
        })
    }

    fn wire_time(&self, request: usize, answer: usize) -> Duration {
        Duration::from_micros((request + answer) as u64)
    }

    fn name(&self) -> &str {
        "timed"
    }
}

fn shared() -> (Arc<Timed>, Arbiter) {
    let bus = Arc::new(Timed::default());
    (Arc::clone(&bus), Arbiter::from(bus))
}

/// Starts a request and lets it come as far as it can without time passing.
async fn start(line: &Arbiter, priority: Priority, unit: u8) -> tokio::task::JoinHandle<()> {
    let port = line.port(priority);
    let task = tokio::spawn(async move {
        let _ = read_holding(&*port, unit, 0, 1).await;
    });
    for _ in 0..3 {
        tokio::task::yield_now().await;
    }
    task
}

#[tokio::test(start_paused = true)]
async fn the_most_urgent_goes_first_and_equals_in_their_order() {
    let (bus, line) = shared();
    let mut tasks = Vec::new();
    for (unit, priority) in [
        (10, Priority::Probe),
        (11, Priority::Slow),
        (12, Priority::Fast),
        (13, Priority::PassThrough),
        (14, Priority::PassThrough),
        (15, Priority::Write),
        (16, Priority::Write),
    ] {
        tasks.push(start(&line, priority, unit).await);
    }
    for task in tasks {
        task.await.unwrap();
    }
    // The probe had the line before anybody else asked.
    assert_eq!(bus.order(), [10, 15, 16, 12, 13, 14, 11]);
}

#[tokio::test(start_paused = true)]
async fn time_and_waits_are_counted_by_class() {
    let (_, line) = shared();
    let first = start(&line, Priority::Slow, 40).await;
    let second = start(&line, Priority::Write, 10).await;
    let silent = start(&line, Priority::Probe, Timed::SILENT).await;
    assert_eq!(line.usage().class(Priority::Write).waiting, 1);
    for task in [first, second, silent] {
        task.await.unwrap();
    }
    let ms = Duration::from_millis;
    let usage = line.usage();
    let (slow, write) = (usage.class(Priority::Slow), usage.class(Priority::Write));
    assert_eq!((slow.transactions, slow.busy, slow.waited, slow.longest), (1, ms(40), ms(0), ms(40)));
    assert_eq!((write.transactions, write.busy, write.longest_wait, write.waiting), (1, ms(10), ms(40), 0));
    let probe = usage.class(Priority::Probe);
    assert_eq!((probe.failed, probe.waited, write.failed), (1, ms(50), 0));
    assert_eq!((usage.busy(), usage.elapsed), (ms(300), ms(300)));
    assert!((usage.utilisation(Priority::Slow) - 40.0 / 300.0).abs() < 1e-9);
    assert_eq!(usage.class(Priority::Fast), ClassUse::default());
}

#[tokio::test(start_paused = true)]
async fn the_line_rests_for_a_poll_that_has_more_to_ask() {
    let (bus, line) = shared();
    let poll = line.port(Priority::Fast);
    let others =
        [start(&line, Priority::PassThrough, 30).await, start(&line, Priority::PassThrough, 31).await];
    for unit in [10, 11, 12] {
        let _ = read_holding(&*poll, unit, 0, 1).await;
    }
    for task in others {
        task.await.unwrap();
    }
    assert_eq!(bus.order(), [30, 10, 11, 12, 31]);
    // Only the last rest was in vain.
    assert_eq!(line.usage().elapsed, Duration::from_millis(30 + 10 + 11 + 12 + 1 + 31));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_future_leaves_the_queue_and_the_line() {
    let (bus, line) = shared();
    let under_way = start(&line, Priority::Fast, 30).await;
    let waiting = start(&line, Priority::Write, 31).await;
    let last = start(&line, Priority::Probe, 32).await;
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    assert_eq!(line.usage().class(Priority::Write).given_up, 1);
    // The holder is dropped in mid-transaction: the next one has the line at once.
    tokio::time::sleep(Duration::from_millis(5)).await;
    under_way.abort();
    last.await.unwrap();
    assert_eq!(bus.order(), [30, 32]);
    assert_eq!(line.usage().class(Priority::Fast).busy, Duration::from_millis(5));
    assert_eq!(line.usage().busy(), Duration::from_millis(37));
}

#[tokio::test(start_paused = true)]
async fn a_transaction_keeps_the_line_no_longer_than_its_port_allows() {
    let (bus, line) = shared();
    let first = start(&line, Priority::Fast, 100).await;
    let port = line.port_for(Priority::Probe, Duration::from_millis(30));
    // It waits for 100 ms, which is not held against it.
    assert!(matches!(read_holding(&*port, 20, 0, 1).await, Err(TransactError::Refused { .. })));
    let late = read_holding(&*port, 40, 0, 1).await.unwrap_err();
    let limit = Duration::from_millis(30);
    assert!(matches!(late, TransactError::Bus(BusError::Timeout { after, .. }) if after == limit));
    first.await.unwrap();
    assert_eq!((bus.order(), line.usage().busy()), (vec![100, 20, 40], Duration::from_millis(150)));
}

#[tokio::test]
async fn a_port_is_the_bus_below() {
    let (bus, line) = shared();
    let port = line.port(Priority::Fast);
    assert_eq!((port.name(), port.wire_time(5, 7)), (bus.name(), bus.wire_time(5, 7)));
    assert!(read_holding(&*port, 1, 0, 1).await.is_err(), "an exception stays one");
    assert_eq!(line.usage().class(Priority::Fast).failed, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn threads_that_give_up_at_any_instant_leave_the_line_usable() {
    let queue = Queue::default();
    let tasks: Vec<_> = (0..8)
        .map(|i| {
            let queue = queue.clone();
            tokio::spawn(async move {
                for round in 0..2000 {
                    let turn = queue.turn(Priority::ALL[(i + round) % Priority::COUNT]);
                    if round % 3 == 0 {
                        // Polled once at most, then dropped: granted in that very instant, or not.
                        tokio::select! {
                            biased;
                            turn = turn => drop(turn),
                            () = std::future::ready(()) => {}
                        }
                    } else {
                        drop(turn.await);
                    }
                    if round % 7 == 0 {
                        tokio::task::yield_now().await;
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert!(queue.usage().iter().all(|class| class.waiting == 0));
}

type Waiting = Pin<Box<dyn Future<Output = Turn>>>;

/// What happens to a queue.
#[derive(Debug, Clone)]
enum Step {
    Enter(Priority),
    /// Drops the waiting request of this place, counted around.
    GiveUp(usize),
    /// Ends the transaction under way.
    End,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        // More come than go: the queue fills, and a policy that starves a class shows.
        6 => prop::sample::select(&Priority::ALL[..]).prop_map(Step::Enter),
        4 => Just(Step::Enter(Priority::Write)),
        1 => (0usize..50).prop_map(Step::GiveUp),
        6 => Just(Step::End),
    ]
}

#[derive(Default)]
struct Model {
    queue: Queue,
    next: u64,
    waiting: BTreeMap<u64, (Priority, Waiting)>,
    /// Grants until now, and of each request that waits: grants when it came, and its place in the class.
    grants: u32,
    entered: BTreeMap<u64, (u32, u32)>,
    holder: Option<Turn>,
}

impl Model {
    fn take(&mut self, step: Step) {
        match step {
            Step::Enter(priority) => {
                let queue = self.queue.clone();
                let ahead = self.waiting.values().filter(|(p, _)| *p == priority).count() as u32;
                let under_way = u32::from(self.holder.is_some());
                self.next += 1;
                self.waiting
                    .insert(self.next, (priority, Box::pin(async move { queue.turn(priority).await })));
                self.entered.insert(self.next, (self.grants - under_way, ahead + 1));
            }
            Step::GiveUp(at) => {
                let key = self.waiting.keys().copied().nth(at % self.waiting.len().max(1));
                if let Some(key) = key {
                    self.waiting.remove(&key);
                    self.entered.remove(&key);
                }
            }
            Step::End => self.holder = None,
        }
        self.poll();
    }

    /// Whoever has the line now holds it; checks the bound.
    fn poll(&mut self) {
        let mut context = Context::from_waker(Waker::noop());
        let keys: Vec<u64> = self.waiting.keys().copied().collect();
        for key in keys {
            let (priority, future) = self.waiting.get_mut(&key).unwrap();
            let Poll::Ready(turn) = future.as_mut().poll(&mut context) else { continue };
            let (priority, (came, place)) = (*priority, self.entered.remove(&key).unwrap());
            self.waiting.remove(&key);
            assert!(self.holder.replace(turn).is_none(), "two hold the line");
            let waited = self.grants - came;
            let bound = place * priority.most_before();
            assert!(waited <= bound, "{priority:?} in place {place} waited for {waited} > {bound}");
            self.grants += 1;
        }
        assert!(self.holder.is_some() || self.waiting.is_empty(), "the line is idle while somebody waits");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn every_class_waits_within_its_bound(steps in prop::collection::vec(step(), 1..400)) {
        let mut model = Model::default();
        for step in steps {
            model.take(step);
        }
        // Everybody who stayed gets the line in the end.
        while model.holder.is_some() || !model.waiting.is_empty() {
            model.take(Step::End);
        }
    }

    /// Whatever else asks without end, a class that always waits gets at least one of so many transactions.
    #[test]
    fn no_class_starves_under_any_load(
        busy in prop::collection::vec(prop::sample::select(&Priority::ALL[..]), 1..6),
        patient in prop::sample::select(&Priority::ALL[..]),
    ) {
        let mut model = Model::default();
        let mut served = 0;
        for _ in 0..200 {
            for priority in busy.iter().copied().chain([patient]) {
                if !model.waiting.values().any(|(p, _)| *p == priority) {
                    model.take(Step::Enter(priority));
                }
            }
            let before = model.waiting.values().filter(|(p, _)| *p == patient).count();
            model.take(Step::End);
            served += before - model.waiting.values().filter(|(p, _)| *p == patient).count();
        }
        prop_assert!(served >= 200 / patient.most_before() as usize);
    }
}
