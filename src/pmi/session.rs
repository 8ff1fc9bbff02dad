//! What is kept for a connection that writes.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use dpo_registers::generated::dpo_pmi::SetpointResult;

/// Connections that are remembered. Servers report connections that end, so this is reached only if one
/// forgets to; the connection that was idle longest is forgotten then.
const MOST: usize = 1024;

/// What a write is about. A lease can be renewed while a setpoint is under way, or it might end before
/// the setpoint is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Lease,
    Setpoint,
}

/// What one connection did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Session {
    /// The token of the last lease write that was granted; `None` before it and after giving it back.
    pub token: Option<u32>,
    /// Duration of that lease in seconds.
    pub duration_s: u16,
    /// How the last setpoint write ended.
    pub result: SetpointResult,
    /// Number of the event with which its view of the log ends; `None` is the newest.
    pub events_until: Option<u32>,
    /// A write of this kind is under way.
    busy: [bool; 2],
    used: u64,
}

impl Default for Session {
    fn default() -> Self {
        let result = SetpointResult::Idle;
        Self { token: None, duration_s: 0, result, events_until: None, busy: [false; 2], used: 0 }
    }
}

/// The connections by peer identifier.
#[derive(Debug, Default)]
pub(super) struct Sessions(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    sessions: HashMap<u64, Session>,
    clock: u64,
}

impl Table {
    /// The session of a peer that writes now.
    fn entry(&mut self, peer: u64) -> &mut Session {
        if self.sessions.len() >= MOST && !self.sessions.contains_key(&peer) {
            let oldest = self.sessions.iter().min_by_key(|(_, s)| s.used).map(|(id, _)| *id);
            oldest.and_then(|id| self.sessions.remove(&id));
        }
        self.clock += 1;
        let session = self.sessions.entry(peer).or_default();
        session.used = self.clock;
        session
    }
}

impl Sessions {
    fn lock(&self) -> MutexGuard<'_, Table> {
        // Nothing panics under the lock; and if it did, the table holds whole sessions.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session of a peer, or that of one that wrote nothing.
    pub fn get(&self, peer: u64) -> Session {
        self.lock().sessions.get(&peer).copied().unwrap_or_default()
    }

    /// Marks a write as begun. `None` if another one of its kind is under way.
    pub fn begin(&self, peer: u64, kind: Kind) -> Option<Session> {
        let mut table = self.lock();
        let session = table.entry(peer);
        let busy = session.busy.get_mut(kind as usize)?;
        if std::mem::replace(busy, true) { None } else { Some(*session) }
    }

    /// Changes the session of a peer that may not be there yet, by a write that ends at once.
    pub fn note(&self, peer: u64, change: impl FnOnce(&mut Session)) {
        change(self.lock().entry(peer));
    }

    /// Changes the session of a peer that is still there.
    pub fn update(&self, peer: u64, change: impl FnOnce(&mut Session)) {
        if let Some(session) = self.lock().sessions.get_mut(&peer) {
            change(session);
        }
    }

    /// Ends a write; `change` gets the session of the peer if that is still there.
    pub fn finish(&self, peer: u64, kind: Kind, change: impl FnOnce(Option<&mut Session>)) {
        let mut table = self.lock();
        let mut session = table.sessions.get_mut(&peer);
        if let Some(busy) = session.as_mut().and_then(|s| s.busy.get_mut(kind as usize)) {
            *busy = false;
        }
        change(session);
    }

    /// Ends a write of a peer that may have gone.
    pub fn end(&self, peer: u64, kind: Kind, change: impl FnOnce(&mut Session)) {
        self.finish(peer, kind, |session| {
            if let Some(session) = session {
                change(session);
            }
        });
    }

    /// Forgets a peer.
    pub fn remove(&self, peer: u64) {
        self.lock().sessions.remove(&peer);
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.lock().sessions.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_bounded_and_keeps_the_newest() {
        let sessions = Sessions::default();
        for peer in 0..5000 {
            assert!(sessions.begin(peer, Kind::Lease).is_some());
            sessions.end(peer, Kind::Lease, |s| s.token = Some(peer as u32));
            // Peer 0 stays in use.
            sessions.begin(0, Kind::Lease);
            sessions.end(0, Kind::Lease, |s| s.token = Some(7));
        }
        assert_eq!(sessions.len(), MOST);
        assert_eq!(sessions.get(0).token, Some(7));
        assert_eq!(sessions.get(4999).token, Some(4999));
        assert_eq!(sessions.get(1).token, None);
    }

    #[test]
    fn one_write_at_a_time_and_none_outlives_its_peer() {
        let sessions = Sessions::default();
        assert!(sessions.begin(1, Kind::Setpoint).is_some());
        assert!(sessions.begin(1, Kind::Setpoint).is_none());
        assert!(sessions.begin(1, Kind::Lease).is_some());
        sessions.end(1, Kind::Setpoint, |s| s.result = SetpointResult::Applied);
        assert!(sessions.begin(1, Kind::Lease).is_none());
        assert_eq!(sessions.begin(1, Kind::Setpoint).unwrap().result, SetpointResult::Applied);
        sessions.remove(1);
        sessions.end(1, Kind::Lease, |s| s.token = Some(1));
        assert_eq!(sessions.len(), 0);
        assert_eq!(sessions.get(1), Session::default());
    }
}
