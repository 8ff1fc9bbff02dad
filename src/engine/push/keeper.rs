//! Sends the newest setpoint, renews it, and lets it go when it is too old.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Outcome, Push};
use crate::engine::clock::Clock;
use crate::engine::setpoint::Setpoint;

/// How often it is tried to give back what is held, at the end.
const GIVE_BACKS: u32 = 3;

/// How setpoints are sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KeeperConfig {
    /// Setpoints that differ by less than this from what is held are not sent, in watts.
    pub dead_band_w: f64,
    /// Shortest time between two writes, in seconds.
    pub least_gap_s: f64,
    /// After a refusal or a loss nothing is sent for this long, in seconds.
    pub rest_s: f64,
}

impl Default for KeeperConfig {
    /// 25 W, 0.5 s (as often as a gateway lets a register of a device be written for long), 1 s.
    fn default() -> Self {
        Self { dead_band_w: 25.0, least_gap_s: 0.5, rest_s: 1.0 }
    }
}

/// What the keeper says.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// When, in seconds on the engine's clock.
    pub t_s: f64,
    /// When the setpoint that it is about was made.
    pub made_s: f64,
    /// What became of it.
    pub outcome: Outcome,
}

/// Sends setpoints.
pub struct Keeper {
    push: Box<dyn Push>,
    config: KeeperConfig,
    clock: Clock,
    wanted: watch::Receiver<Option<Setpoint>>,
    told: watch::Sender<Option<Told>>,
    /// What the gateway holds of us, as far as is known.
    sent: Option<Sent>,
}

#[derive(Debug, Clone, Copy)]
struct Sent {
    limit_w: Option<f64>,
    discharge_w: f64,
    /// When it must be renewed, in seconds on the engine's clock.
    renew_s: f64,
    /// How old what it was made of may get.
    valid_until_s: f64,
}

impl std::fmt::Debug for Keeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keeper")
            .field("config", &self.config)
            .field("sent", &self.sent)
            .finish_non_exhaustive()
    }
}

impl Keeper {
    /// Sends what comes through `wanted` by `push`, and says through `told` what became of it.
    pub fn new(
        push: Box<dyn Push>,
        config: KeeperConfig,
        clock: Clock,
        wanted: watch::Receiver<Option<Setpoint>>,
        told: watch::Sender<Option<Told>>,
    ) -> Self {
        Self { push, config, clock, wanted, told, sent: None }
    }

    /// Runs until `stop`, then gives back what is held.
    pub async fn run(mut self, stop: CancellationToken) {
        loop {
            let wake = self.wake();
            tokio::select! {
                () = stop.cancelled() => break,
                changed = self.wanted.changed() => if changed.is_err() { break },
                () = tokio::time::sleep_until(wake), if self.sent.is_some() => (),
            }
            let gap_s = self.turn().await;
            tokio::select! {
                () = stop.cancelled() => break,
                // Never at once: instants are rounded, and a wake-up may be a hair early.
                () = tokio::time::sleep(Duration::from_secs_f64(gap_s.max(0.005))) => (),
            }
        }
        for attempt in 1..=GIVE_BACKS {
            if self.sent.is_none() {
                break;
            }
            if attempt > 1 {
                tokio::time::sleep(Duration::from_secs_f64(self.config.least_gap_s)).await;
            }
            self.give_back(self.clock.now_s()).await;
        }
    }

    /// When something is to be done though no new setpoint comes.
    fn wake(&self) -> Instant {
        let at = self.sent.map_or(f64::MAX, |sent| sent.renew_s.min(sent.valid_until_s));
        self.clock.instant(at)
    }

    /// Does what is to be done now; gives the pause after it, in seconds.
    async fn turn(&mut self) -> f64 {
        let Some(setpoint) = *self.wanted.borrow_and_update() else { return 0.0 };
        let now_s = self.clock.now_s();
        if now_s >= setpoint.valid_until_s {
            return self.let_go(&setpoint, now_s).await;
        }
        let idle = setpoint.input_limit_w.is_none() && setpoint.bbu_discharge_w == 0.0;
        if idle {
            // Nothing is asked for: the lease is free for others.
            return if self.sent.is_some() { self.give_back(setpoint.made_s).await } else { 0.0 };
        }
        if let Some(sent) = &mut self.sent {
            let near = |a: f64, b: f64| (a - b).abs() < self.config.dead_band_w;
            let same = near(setpoint.bbu_discharge_w, sent.discharge_w)
                && match (setpoint.input_limit_w, sent.limit_w) {
                    (Some(a), Some(b)) => near(a, b),
                    (None, None) => true,
                    _ => false,
                };
            if same && now_s < sent.renew_s {
                // What is held is still wanted, and may be as old as the new one.
                sent.valid_until_s = setpoint.valid_until_s;
                return 0.0;
            }
        }
        self.push.until(self.clock.instant(setpoint.valid_until_s));
        let outcome = self.push.send(&setpoint).await;
        let rest_s = match &outcome {
            Outcome::Held { lease_s, .. } => {
                self.sent = Some(Sent {
                    limit_w: setpoint.input_limit_w,
                    discharge_w: setpoint.bbu_discharge_w,
                    renew_s: now_s + 0.5 * lease_s,
                    valid_until_s: setpoint.valid_until_s,
                });
                self.config.least_gap_s * f64::from(self.push.moves().max(1))
            }
            // Whether something is held is not known: it is sent again, or given back, as if it were.
            Outcome::Lost { .. } => {
                let unsure = Sent {
                    limit_w: None,
                    discharge_w: f64::NAN,
                    renew_s: now_s,
                    valid_until_s: setpoint.valid_until_s,
                };
                self.sent = Some(unsure);
                self.config.rest_s
            }
            _ => self.config.rest_s,
        };
        let refused = matches!(outcome, Outcome::Refused { .. } | Outcome::Expired { .. });
        self.say(setpoint.made_s, outcome);
        if refused && self.sent.is_some_and(|sent| self.clock.now_s() >= sent.valid_until_s) {
            // Each attempt renewed the lease: what stands under it may still not grow older than it was made for.
            return self.give_back(setpoint.made_s).await;
        }
        rest_s
    }

    async fn let_go(&mut self, setpoint: &Setpoint, now_s: f64) -> f64 {
        if self.sent.is_none() {
            self.say(setpoint.made_s, Outcome::Expired { late_s: now_s - setpoint.valid_until_s });
            return 0.0;
        }
        self.give_back(setpoint.made_s).await
    }

    /// Gives back what is held; what is not taken back is tried again after the pause that this gives, in seconds.
    async fn give_back(&mut self, made_s: f64) -> f64 {
        let outcome = self.push.give_back().await;
        let pause_s = if outcome == Outcome::GivenBack {
            self.sent = None;
            self.config.least_gap_s
        } else {
            let again_s = self.clock.now_s() + self.config.rest_s;
            self.sent =
                Some(Sent { limit_w: None, discharge_w: f64::NAN, renew_s: again_s, valid_until_s: again_s });
            self.config.rest_s
        };
        self.say(made_s, outcome);
        pause_s
    }

    fn say(&self, made_s: f64, outcome: Outcome) {
        self.told.send_replace(Some(Told { t_s: self.clock.now_s(), made_s, outcome }));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use futures::future::BoxFuture;
    use tokio::time::sleep;

    use super::*;
    use crate::engine::setpoint::Source;

    #[derive(Debug, Clone, PartialEq)]
    enum Did {
        Sent(Option<f64>, f64),
        GaveBack(f64),
    }

    struct Way {
        did: Arc<Mutex<Vec<Did>>>,
        clock: Clock,
        lease_s: f64,
        fail: Arc<Mutex<Option<Outcome>>>,
        /// How often giving back fails.
        keeps: u32,
    }

    impl Push for Way {
        fn send<'a>(&'a mut self, setpoint: &'a Setpoint) -> BoxFuture<'a, Outcome> {
            Box::pin(async {
                sleep(Duration::from_millis(30)).await;
                self.did.lock().unwrap().push(Did::Sent(setpoint.input_limit_w, self.clock.now_s()));
                let (input_limit_w, bbu_discharge_w) = (setpoint.input_limit_w, setpoint.bbu_discharge_w);
                let held = Outcome::Held { input_limit_w, bbu_discharge_w, lease_s: self.lease_s };
                self.fail.lock().unwrap().clone().unwrap_or(held)
            })
        }

        fn give_back(&mut self) -> BoxFuture<'_, Outcome> {
            Box::pin(async {
                self.did.lock().unwrap().push(Did::GaveBack(self.clock.now_s()));
                match self.keeps.checked_sub(1) {
                    Some(keeps) => {
                        self.keeps = keeps;
                        Outcome::Refused { reason: "written too often".to_owned() }
                    }
                    None => Outcome::GivenBack,
                }
            })
        }
    }

    struct Bench {
        clock: Clock,
        did: Arc<Mutex<Vec<Did>>>,
        fails: Arc<Mutex<Option<Outcome>>>,
        wanted: watch::Sender<Option<Setpoint>>,
        told: watch::Receiver<Option<Told>>,
        stop: CancellationToken,
        runs: tokio::task::JoinHandle<()>,
    }

    fn bench(lease_s: f64, fail: Option<Outcome>) -> Bench {
        bench_that_keeps(lease_s, fail, 0)
    }

    fn bench_that_keeps(lease_s: f64, fail: Option<Outcome>, keeps: u32) -> Bench {
        let clock = Clock::start();
        let did = Arc::new(Mutex::new(Vec::new()));
        let (wanted, wants) = watch::channel(None);
        let (tells, told) = watch::channel(None);
        let fails = Arc::new(Mutex::new(fail));
        let push = Box::new(Way { did: Arc::clone(&did), clock, lease_s, fail: Arc::clone(&fails), keeps });
        let stop = CancellationToken::new();
        let config = KeeperConfig { least_gap_s: 0.1, ..KeeperConfig::default() };
        let keeper = Keeper::new(push, config, clock, wants, tells);
        let runs = tokio::spawn(keeper.run(stop.clone()));
        Bench { clock, did, fails, wanted, told, stop, runs }
    }

    impl Bench {
        fn want(&self, limit: Option<f64>, age_s: f64) {
            let made_s = self.clock.now_s();
            self.wanted.send_replace(Some(Setpoint {
                made_s,
                valid_until_s: made_s + age_s,
                input_limit_w: limit,
                bbu_discharge_w: 0.0,
                bbu_charge_limit_w: None,
                source: Source::Optimizer,
            }));
        }

        fn did(&self) -> Vec<Did> {
            self.did.lock().unwrap().clone()
        }
    }

    async fn ms(n: u64) {
        sleep(Duration::from_millis(n)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_renewed_is_let_go_at_its_age() {
        let bench = bench(30.0, None);
        bench.want(Some(9e3), 0.5);
        ms(2000).await;
        let did = bench.did();
        assert!(matches!(did.as_slice(), [Did::Sent(Some(_), _), Did::GaveBack(_)]), "{did:?}");
        let Did::GaveBack(at) = did[1] else { panic!() };
        assert!((0.5..0.65).contains(&at), "{at}");
        assert_eq!(bench.told.borrow().as_ref().unwrap().outcome, Outcome::GivenBack);
        // Too old from the beginning: nothing is sent.
        bench.want(Some(8e3), -1.0);
        ms(500).await;
        assert_eq!(bench.did().len(), 2);
        assert!(matches!(bench.told.borrow().as_ref().unwrap().outcome, Outcome::Expired { .. }));
    }

    #[tokio::test(start_paused = true)]
    async fn the_same_again_is_sent_only_to_renew_the_lease() {
        let bench = bench(4.0, None);
        for _ in 0..100 {
            bench.want(Some(9e3), 1.0);
            ms(100).await;
        }
        // 10 s with a lease of 4 s: at once, and each 2 s.
        assert_eq!(bench.did().len(), 5, "{:?}", bench.did());
        bench.want(Some(9.1e3), 1.0);
        ms(200).await;
        assert_eq!(bench.did().len(), 6);
    }

    #[tokio::test(start_paused = true)]
    async fn where_nothing_is_asked_for_the_lease_is_free() {
        let bench = bench(30.0, None);
        for _ in 0..50 {
            bench.want(None, 1.0);
            ms(10).await;
        }
        assert_eq!(bench.did(), [], "nothing was held, and nothing is asked for");
        bench.want(Some(9e3), 1.0);
        ms(150).await;
        bench.want(None, 1.0);
        ms(300).await;
        assert!(
            matches!(bench.did().as_slice(), [Did::Sent(Some(_), _), Did::GaveBack(_)]),
            "{:?}",
            bench.did()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_held_does_not_outlive_its_age_by_setpoints_that_are_refused() {
        let refused = Outcome::Refused { reason: "out of range".to_owned() };
        let bench = bench_that_keeps(30.0, None, 0);
        bench.want(Some(9e3), 2.0);
        ms(200).await;
        *bench.fails.lock().unwrap() = Some(refused);
        for n in 0..60 {
            bench.want(Some(8e3 + 100.0 * f64::from(n)), 2.0);
            ms(100).await;
        }
        let did = bench.did();
        let given = did.iter().find_map(|d| if let Did::GaveBack(at_s) = d { Some(*at_s) } else { None });
        assert!(given.is_some_and(|at_s| (2.0..4.0).contains(&at_s)), "{did:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_newest_wins_and_the_gap_is_kept() {
        let bench = bench(30.0, None);
        for n in 0..100 {
            bench.want(Some(9e3 + 100.0 * f64::from(n)), 1.0);
            ms(10).await;
        }
        ms(300).await;
        let times: Vec<f64> = bench
            .did()
            .iter()
            .filter_map(|d| if let Did::Sent(_, at) = d { Some(*at) } else { None })
            .collect();
        assert!(times.windows(2).all(|w| w[1] - w[0] >= 0.1), "{times:?}");
        assert_eq!(bench.did().iter().filter(|d| matches!(d, Did::Sent(..))).count(), times.len());
        assert!(
            matches!(bench.did().iter().rfind(|d| matches!(d, Did::Sent(..))), Some(Did::Sent(Some(w), _)) if *w == 18.9e3)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_told_and_rests_and_a_stop_gives_back() {
        let refused = Outcome::Refused { reason: "held by other".to_owned() };
        let bench = bench(30.0, Some(refused.clone()));
        for _ in 0..30 {
            bench.want(Some(9e3), 1.0);
            ms(100).await;
        }
        assert!(bench.did().len() <= 3, "{:?}", bench.did());
        assert_eq!(bench.told.borrow().as_ref().unwrap().outcome, refused);
        bench.stop.cancel();
        bench.runs.await.unwrap();
        // Nothing was held, so there is nothing to give back.
        assert!(!bench.did.lock().unwrap().iter().any(|d| matches!(d, Did::GaveBack(_))));

        let bench = super::tests::bench(30.0, None);
        bench.want(Some(9e3), 1.0);
        ms(100).await;
        bench.stop.cancel();
        bench.runs.await.unwrap();
        assert!(matches!(bench.did.lock().unwrap().last(), Some(Did::GaveBack(_))));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_taken_back_is_tried_again() {
        let given = |bench: &Bench| bench.did().iter().filter(|d| matches!(d, Did::GaveBack(_))).count();
        // At its age.
        let aged = bench_that_keeps(30.0, None, 2);
        aged.want(Some(9e3), 0.5);
        ms(6000).await;
        assert_eq!(given(&aged), 3);
        assert_eq!(aged.told.borrow().as_ref().unwrap().outcome, Outcome::GivenBack);
        // At the end, where it must not take for ever.
        for (keeps, attempts) in [(2, 3), (99, 3)] {
            let ended = bench_that_keeps(30.0, None, keeps);
            ended.want(Some(9e3), 5.0);
            ms(100).await;
            ended.stop.cancel();
            ended.runs.await.unwrap();
            let given = ended.did.lock().unwrap().iter().filter(|d| matches!(d, Did::GaveBack(_))).count();
            assert_eq!(given, attempts);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_loss_is_tried_again_and_given_back_in_doubt() {
        let bench = bench(30.0, Some(Outcome::Lost { reason: "gone".to_owned() }));
        bench.want(Some(9e3), 3.0);
        ms(6000).await;
        let did = bench.did();
        assert!(did.iter().filter(|d| matches!(d, Did::Sent(..))).count() >= 2, "{did:?}");
        assert!(matches!(did.last(), Some(Did::GaveBack(_))), "{did:?}");
    }
}
