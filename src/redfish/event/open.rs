//! The event streams that are open.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

/// One open stream.
#[derive(Debug, Clone)]
pub(crate) struct Stream {
    /// Number, from 1.
    pub(crate) id: u64,
    /// Who reads it.
    pub(crate) user: String,
    /// From where.
    pub(crate) peer: IpAddr,
    /// The text of its filter.
    pub(crate) filter: Option<String>,
    /// Ends it.
    pub(crate) end: CancellationToken,
}

/// The streams that are open. Clones are handles of the same table.
#[derive(Debug, Clone)]
pub(crate) struct Streams {
    table: Arc<Mutex<Table>>,
    limit: usize,
}

#[derive(Debug, Default)]
struct Table {
    last: u64,
    open: BTreeMap<u64, Stream>,
}

/// Keeps a stream in the table; takes it out when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    streams: Streams,
    id: u64,
}

impl Streams {
    /// No streams yet, and `limit` at most.
    pub(crate) fn new(limit: usize) -> Self {
        Self { table: Arc::default(), limit }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a stream; `None` if all are in use.
    pub(crate) fn open(&self, user: &str, peer: IpAddr, filter: Option<String>) -> Option<(Stream, Place)> {
        let mut table = self.table();
        if table.open.len() >= self.limit {
            return None;
        }
        table.last += 1;
        let id = table.last;
        let stream = Stream { id, user: user.to_owned(), peer, filter, end: CancellationToken::new() };
        table.open.insert(id, stream.clone());
        Some((stream, Place { streams: self.clone(), id }))
    }

    /// All of them, oldest first.
    pub(crate) fn list(&self) -> Vec<Stream> {
        self.table().open.values().cloned().collect()
    }

    /// One of them.
    pub(crate) fn get(&self, id: u64) -> Option<Stream> {
        self.table().open.get(&id).cloned()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.streams.table().open.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_its_stream_ends() {
        let streams = Streams::new(1);
        let here = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
        let (first, place) = streams.open("admin", here, None).unwrap();
        assert!(streams.open("admin", here, None).is_none());
        assert_eq!(streams.list().len(), 1);
        drop(place);
        assert!(streams.get(first.id).is_none());
        let (second, _place) = streams.open("admin", here, None).unwrap();
        assert_ne!(first.id, second.id, "numbers are not used again");
    }
}
