//! A journal that ends with the process.

use std::collections::VecDeque;
use std::future::ready;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::tracker::{Recovery, Tracker};
use super::{Clock, Entry, Journal, JournalError, Stored, SystemClock};
use crate::bus::BoxFuture;

/// Entries kept.
const KEPT: usize = 1024;

/// Keeps the newest entries in memory; nothing survives the process.
#[derive(Debug, Default)]
pub struct MemoryJournal(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    entries: VecDeque<Stored>,
    tracker: Tracker,
    newest: u64,
}

impl MemoryJournal {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The entries kept, oldest first.
    pub fn entries(&self) -> Vec<Stored> {
        self.lock().entries.iter().cloned().collect()
    }
}

impl Journal for MemoryJournal {
    fn record(&self, entry: Entry) -> BoxFuture<'_, Result<u64, JournalError>> {
        let mut inner = self.lock();
        inner.newest += 1;
        let stored = Stored::new(inner.newest, SystemClock.wall(), SystemClock.monotonic(), entry);
        inner.tracker.follow(&stored);
        if inner.entries.len() == KEPT {
            inner.entries.pop_front();
        }
        inner.entries.push_back(stored);
        Box::pin(ready(Ok(inner.newest)))
    }

    fn recover(&self) -> BoxFuture<'_, Result<Recovery, JournalError>> {
        Box::pin(ready(Ok(self.lock().tracker.recovery().clone())))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{By, Item};
    use super::*;

    #[tokio::test]
    async fn a_memory_journal_is_bounded_and_numbers_on() {
        let journal = MemoryJournal::default();
        for _ in 0..KEPT + 5 {
            let entry = Entry { by: By::GATEWAY, cause: String::new(), item: Item::Stopped };
            journal.record(entry).await.unwrap();
        }
        let entries = journal.entries();
        assert_eq!((entries.len(), entries[0].sequence), (KEPT, 6));
    }
}
