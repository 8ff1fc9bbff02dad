//! The journal of the gateway under test: the keeper that runs on files, on the simulated disk, in virtual
//! time. It notes what it has told the gateway.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dpo_gateway::bus::BoxFuture;
use dpo_gateway::shelf::journal::keeper::Keeper;
use dpo_gateway::shelf::journal::store::Retention;
use dpo_gateway::shelf::journal::{Entry, Journal, JournalError, Recovery};

use crate::disk::Disk;
use crate::rng::Rng;
use crate::time::Time;

/// What the gateway was told about an entry.
#[derive(Debug, Clone)]
pub struct Told {
    /// When it asked.
    pub asked: Duration,
    /// Place in the order of all that happened, when it was told.
    pub order: u64,
    /// Number of the entry; none if it was refused, or the gateway did not wait.
    pub sequence: Option<u64>,
    pub entry: Entry,
}

#[derive(Debug)]
pub struct SimJournal {
    keeper: Mutex<Keeper<Disk>>,
    time: Arc<Time>,
    /// Longest time that an entry takes.
    slow: Mutex<(Duration, Rng)>,
    told: Arc<Mutex<Vec<Told>>>,
}

impl SimJournal {
    pub fn new(disk: Disk, time: Arc<Time>, told: Arc<Mutex<Vec<Told>>>, rng: Rng) -> Self {
        let clock = Arc::clone(&time);
        let keeper = Mutex::new(Keeper::new(disk, Retention::default(), clock));
        Self { keeper, time, slow: Mutex::new((Duration::ZERO, rng)), told }
    }

    /// From now on an entry takes up to so long.
    pub fn slow(&self, longest: Duration) {
        lock(&self.slow).0 = longest;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes at its end what became of an entry, also if the gateway stops waiting.
struct Note<'a> {
    journal: &'a SimJournal,
    told: Option<Told>,
}

impl Drop for Note<'_> {
    fn drop(&mut self) {
        if let Some(mut told) = self.told.take() {
            told.order = self.journal.time.tick();
            lock(&self.journal.told).push(told);
        }
    }
}

impl Journal for SimJournal {
    fn record(&self, entry: Entry) -> BoxFuture<'_, Result<u64, JournalError>> {
        let told = Told { asked: self.time.now(), order: 0, sequence: None, entry: entry.clone() };
        Box::pin(async move {
            let mut note = Note { journal: self, told: Some(told) };
            let wait = {
                let mut slow = lock(&self.slow);
                let longest = slow.0;
                longest.mul_f64(slow.1.between(0.0, 1.0))
            };
            if !wait.is_zero() {
                tokio::time::sleep(wait).await;
            }
            let result = lock(&self.keeper).append(vec![entry]);
            if let Some(told) = &mut note.told {
                told.sequence = result.as_ref().ok().copied();
            }
            result
        })
    }

    fn recover(&self) -> BoxFuture<'_, Result<Recovery, JournalError>> {
        Box::pin(async move { lock(&self.keeper).recovery() })
    }
}
