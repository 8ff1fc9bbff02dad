//! Login sessions. Tokens are kept as keyed digests only.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::auth::Identity;
use super::config::Role;
use super::error::Error;

/// One session.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: u64,
    pub(crate) user: String,
    pub(crate) role: Role,
    pub(crate) created: SystemTime,
    pub(crate) peer: IpAddr,
    used: Instant,
}

/// The sessions by the digest of their token.
#[derive(Debug)]
pub(crate) struct Sessions {
    table: Mutex<Table>,
    timeout: Duration,
    limit: usize,
}

#[derive(Debug, Default)]
struct Table {
    last: u64,
    by_digest: HashMap<[u8; 32], Session>,
}

impl Sessions {
    /// No sessions yet; each ends after `timeout` without use, and there are `limit` at most.
    pub(crate) fn new(timeout: Duration, limit: usize) -> Self {
        Self { table: Mutex::default(), timeout, limit }
    }

    /// The idle time after which a session ends.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Opens a session for a token with this digest.
    ///
    /// # Errors
    /// [`Error::SessionLimit`] if all are in use.
    pub(crate) fn open(&self, digest: [u8; 32], identity: &Identity, peer: IpAddr) -> Result<Session, Error> {
        let mut table = self.table();
        if table.by_digest.len() >= self.limit {
            return Err(Error::SessionLimit);
        }
        table.last += 1;
        let session = Session {
            id: table.last,
            user: identity.user.clone(),
            role: identity.role,
            created: SystemTime::now(),
            peer,
            used: Instant::now(),
        };
        table.by_digest.insert(digest, session.clone());
        Ok(session)
    }

    /// The identity behind a token with this digest; counts as use.
    pub(crate) fn identify(&self, digest: &[u8; 32]) -> Option<Identity> {
        let mut table = self.table();
        let session = table.by_digest.get_mut(digest)?;
        session.used = Instant::now();
        let (user, role, session) = (session.user.clone(), session.role, Some(session.id));
        Some(Identity { user, role, session, change_required: false })
    }

    /// Ends the sessions of a user, but for one.
    pub(crate) fn close_of(&self, user: &str, but: Option<u64>) {
        self.table().by_digest.retain(|_, s| s.user != user || Some(s.id) == but);
    }

    /// Counts as use of a session, by its identifier; false if it has ended.
    pub(crate) fn touch(&self, id: u64) -> bool {
        let mut table = self.table();
        let session = table.by_digest.values_mut().find(|s| s.id == id);
        session.map(|s| s.used = Instant::now()).is_some()
    }

    /// All sessions, oldest first.
    pub(crate) fn list(&self) -> Vec<Session> {
        let mut list: Vec<_> = self.table().by_digest.values().cloned().collect();
        list.sort_by_key(|s| s.id);
        list
    }

    /// One session.
    pub(crate) fn get(&self, id: u64) -> Option<Session> {
        self.table().by_digest.values().find(|s| s.id == id).cloned()
    }

    /// Ends a session.
    pub(crate) fn close(&self, id: u64) {
        self.table().by_digest.retain(|_, s| s.id != id);
    }

    /// The table without the sessions that have ended by themselves.
    fn table(&self) -> MutexGuard<'_, Table> {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        table.by_digest.retain(|_, s| s.used.elapsed() < self.timeout);
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[tokio::test(start_paused = true)]
    async fn sessions_end_when_idle_and_are_limited() {
        let sessions = Sessions::new(Duration::from_secs(60), 2);
        let admin = Identity {
            user: "admin".to_owned(),
            role: Role::Administrator,
            session: None,
            change_required: false,
        };
        let first = sessions.open([1; 32], &admin, HERE).unwrap();
        sessions.open([2; 32], &admin, HERE).unwrap();
        assert!(matches!(sessions.open([3; 32], &admin, HERE), Err(Error::SessionLimit)));

        tokio::time::advance(Duration::from_secs(59)).await;
        assert_eq!(sessions.identify(&[1; 32]).unwrap().session, Some(first.id));
        tokio::time::advance(Duration::from_secs(59)).await;
        assert_eq!(sessions.list().len(), 1, "the unused one has ended");
        assert!(sessions.identify(&[2; 32]).is_none());

        sessions.close(first.id);
        assert!(sessions.identify(&[1; 32]).is_none());
    }
}
