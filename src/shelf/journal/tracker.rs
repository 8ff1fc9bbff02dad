//! What is open in a journal, followed entry by entry.

use super::entry::{Item, Stored};

/// What was open when the last gateway ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Intents without an outcome, oldest first, at most one a register: the device may hold either value.
    pub unfinished: Vec<Stored>,
    /// The newest intent of each register that was ever written.
    pub latest: Vec<Stored>,
    /// The grant of a lease that has no end on record.
    pub lease: Option<Stored>,
    /// A commit that has no end on record.
    pub commit: Option<Stored>,
    /// Number of the newest commit; 0 if there is none.
    pub commits: u64,
}

/// Follows a journal.
#[derive(Debug, Clone, Default)]
pub struct Tracker {
    open: Recovery,
    /// The newest commit, so that its number is not forgotten.
    newest_commit: Option<u64>,
}

impl Tracker {
    /// Takes the next entry.
    pub fn follow(&mut self, entry: &Stored) {
        let open = &mut self.open;
        match &entry.item {
            Item::LeaseGranted { .. } => open.lease = Some(entry.clone()),
            Item::LeaseEnded { .. } => open.lease = None,
            Item::Commit { commit, .. } => {
                open.commit = Some(entry.clone());
                open.commits = open.commits.max(*commit);
                self.newest_commit = Some(entry.sequence);
            }
            Item::CommitEnded { .. } => open.commit = None,
            Item::Intent { write } => {
                // What the device held is read before each intent, so it ends the one before it.
                let same = |s: &Stored| s.write().is_some_and(|w| w.same_place(write));
                open.unfinished.retain(|s| !same(s));
                open.latest.retain(|s| !same(s));
                open.unfinished.push(entry.clone());
                open.latest.push(entry.clone());
            }
            Item::Outcome { intent, .. } => open.unfinished.retain(|s| s.sequence != *intent),
            Item::Started { .. } | Item::Stopped => {}
        }
    }

    /// What is open now.
    pub fn recovery(&self) -> &Recovery {
        &self.open
    }

    /// Whether an entry is needed to know what is open.
    pub fn needs(&self, sequence: u64) -> bool {
        let named = |s: &Stored| s.sequence == sequence;
        self.newest_commit == Some(sequence)
            || self.open.lease.as_ref().is_some_and(named)
            || self.open.latest.iter().any(named)
    }
}
