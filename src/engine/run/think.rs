//! Planning beside the loop: on threads that may be busy, a bounded number at a time, and each plan with a time limit.
//!
//! A solver that is slow delays only its own gateway, and that only up to the limit: the answer of the limiter was computed
//! before the solver began, and goes out in its place. An answer that comes later than that is not used.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant as Due, sleep_until, timeout_at};

use crate::engine::setpoint::{Ahead, Planner, Reason, Setpoint, ShelfState, Source};

/// Places for plans that are computed at the same time; all gateways of a process share one.
#[derive(Debug, Clone)]
pub struct Pool {
    places: Arc<Semaphore>,
}

impl Pool {
    /// So many at a time, one at least.
    pub fn new(places: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(places.clamp(1, 1024))) }
    }
}

impl Default for Pool {
    /// One for each processor: more would only make each of them slower.
    fn default() -> Self {
        Self::new(std::thread::available_parallelism().map_or(1, usize::from))
    }
}

/// What came of a plan.
#[derive(Debug)]
pub(super) struct Answer {
    /// The setpoint; `None` where the planner is late and there is no limiter: what was sent before ages.
    pub(super) setpoint: Option<Setpoint>,
    /// How long it took, from the question on, in seconds.
    pub(super) took_s: f64,
    /// When it was asked for, in seconds on the engine's clock.
    pub(super) now_s: f64,
    /// The forecast that it was made with.
    pub(super) ahead: Vec<Ahead>,
}

/// A planner that comes back from its thread, with what it says, unless its turn never came.
struct Back {
    planner: Box<dyn Planner>,
    setpoint: Option<Setpoint>,
}

/// A question that waits for its answer.
struct Asked {
    now_s: f64,
    since: Instant,
    until: Due,
    spare: Option<Setpoint>,
    ahead: Vec<Ahead>,
}

/// The planner of one gateway, and the limiter that stands in for it.
pub(super) struct Thinker {
    planner: Option<Box<dyn Planner>>,
    standby: Option<Box<dyn Planner>>,
    pool: Pool,
    away: Option<JoinHandle<Back>>,
    asked: Option<Asked>,
    /// What went out since the planner is away.
    missed: Option<Setpoint>,
    limit: Duration,
}

impl Thinker {
    /// With a limit for the time of a plan.
    pub(super) fn new(
        planner: Box<dyn Planner>,
        standby: Option<Box<dyn Planner>>,
        pool: Pool,
        limit: Duration,
    ) -> Self {
        Self { planner: Some(planner), standby, pool, away: None, asked: None, missed: None, limit }
    }

    /// A plan made here and now, however long it takes: for traces that have no time of their own.
    pub(super) fn at_once(&mut self, now_s: f64, state: &ShelfState, ahead: Vec<Ahead>) -> Answer {
        let since = Instant::now();
        let setpoint = self.planner.as_mut().map(|planner| planner.plan(now_s, state, &ahead));
        Answer { setpoint, took_s: since.elapsed().as_secs_f64(), now_s, ahead }
    }

    /// Asks for a plan. The answer comes by [`Self::answer`]; at once, by the limiter, if the planner is not back yet.
    pub(super) fn ask(&mut self, now_s: f64, state: &ShelfState, ahead: Vec<Ahead>) -> Option<Answer> {
        let spare = self.standby.as_mut().map(|standby| late(standby.plan(now_s, state, &ahead)));
        let since = Instant::now();
        let Some(planner) = self.planner.take() else {
            self.missed = spare;
            return Some(Answer { setpoint: spare, took_s: 0.0, now_s, ahead });
        };
        let until = Due::from_std(since + self.limit);
        self.away = Some(self.send(planner, now_s, *state, ahead.clone(), until));
        self.asked = Some(Asked { now_s, since, until, spare, ahead });
        None
    }

    fn send(
        &self,
        planner: Box<dyn Planner>,
        now_s: f64,
        state: ShelfState,
        ahead: Vec<Ahead>,
        until: Due,
    ) -> JoinHandle<Back> {
        let work = move |mut planner: Box<dyn Planner>, place: OwnedSemaphorePermit| {
            let setpoint = planner.plan(now_s, &state, &ahead);
            drop(place);
            Back { planner, setpoint: Some(setpoint) }
        };
        match Arc::clone(&self.pool.places).try_acquire_owned() {
            Ok(place) => spawn_blocking(move || work(planner, place)),
            Err(TryAcquireError::Closed | TryAcquireError::NoPermits) => {
                let places = Arc::clone(&self.pool.places);
                tokio::spawn(async move {
                    match timeout_at(until, places.acquire_owned()).await {
                        Ok(Ok(place)) => match spawn_blocking(move || work(planner, place)).await {
                            Ok(back) => back,
                            // Its own panic: this task ends with it, and whoever waits sees that.
                            Err(error) => match error.try_into_panic() {
                                Ok(panic) => std::panic::resume_unwind(panic),
                                Err(_) => std::future::pending().await,
                            },
                        },
                        _ => Back { planner, setpoint: None },
                    }
                })
            }
        }
    }

    /// Is there something to wait for?
    pub(super) fn waits(&self) -> bool {
        self.away.is_some() || self.asked.is_some()
    }

    /// The answer to the last question, by the planner or, when its time is over, by the limiter; `None` where a planner came
    /// back with an answer that nobody waits for any more. May be dropped and called again.
    pub(super) async fn answer(&mut self) -> Option<Answer> {
        let until = self.asked.as_ref().map(|asked| asked.until);
        let over = async {
            match until {
                Some(until) => sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        let back = async {
            match &mut self.away {
                Some(away) => away.await,
                None => std::future::pending().await,
            }
        };
        let back = tokio::select! {
            biased;
            back = back => Some(back),
            () = over => None,
        };
        let setpoint = match back {
            None => None,
            Some(Err(error)) => {
                tracing::error!(%error, "engine: the planner broke; the limiter goes on");
                self.away = None;
                None
            }
            Some(Ok(Back { mut planner, setpoint })) => {
                self.away = None;
                if let Some(missed) = self.missed.take() {
                    planner.told(&missed);
                }
                self.planner = Some(planner);
                setpoint
            }
        };
        let Asked { now_s, since, spare, ahead, .. } = self.asked.take()?;
        let sent = setpoint.or(spare);
        // Whoever was not heard learns what went out, at once or when it is back.
        let unheard = if setpoint.is_some() { &mut self.standby } else { &mut self.planner };
        match (unheard, &sent) {
            (Some(unheard), Some(sent)) => unheard.told(sent),
            _ if setpoint.is_none() => self.missed = sent,
            _ => (),
        }
        Some(Answer { setpoint: sent, took_s: since.elapsed().as_secs_f64(), now_s, ahead })
    }
}

/// The limiter speaks because the planner is late, unless it has a reason of its own.
fn late(setpoint: Setpoint) -> Setpoint {
    match setpoint.source {
        Source::Limiter(Reason::StaleState | Reason::Grid) => setpoint,
        _ => Setpoint { source: Source::Limiter(Reason::Late), ..setpoint },
    }
}

#[cfg(test)]
mod tests;
