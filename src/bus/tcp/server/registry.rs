//! The open connections of a server: who is counted, and who makes room.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use futures::task::AtomicWaker;
use tokio::time::Instant;

use crate::bus::tcp::counters::Closed;
use crate::bus::tcp::limits::TcpServerConfig;

/// What the server and one of its connections tell each other.
#[derive(Debug, Default)]
pub(super) struct Slot {
    /// Milliseconds from the start of the server to the last sign of a client.
    heard_ms: AtomicU64,
    /// A request is being worked on.
    busy: AtomicBool,
    stop: AtomicU8,
    waker: AtomicWaker,
}

const RUN: u8 = 0;
const STOP: u8 = 1;
const EVICT: u8 = 2;

impl Slot {
    pub(super) fn set_busy(&self, busy: bool) {
        self.busy.store(busy, Ordering::Relaxed);
    }

    pub(super) fn heard(&self, since_start: Duration) {
        // A server does not run for 500 million years.
        self.heard_ms.store(since_start.as_millis() as u64, Ordering::Relaxed);
    }

    fn stop(&self, how: u8) {
        self.stop.store(how, Ordering::Release);
        self.waker.wake();
    }

    /// Why the connection shall end, if it shall.
    pub(super) fn stopped(&self) -> Option<Closed> {
        match self.stop.load(Ordering::Acquire) {
            RUN => None,
            STOP => Some(Closed::ByServer),
            _ => Some(Closed::Evicted),
        }
    }

    /// Ready once the connection shall end.
    pub(super) fn poll_stopped(&self, context: &mut Context<'_>) -> Poll<Closed> {
        self.waker.register(context.waker());
        self.stopped().map_or(Poll::Pending, Poll::Ready)
    }
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// The IP address has its share.
    Peer,
    /// All places are taken by connections that are in use.
    Total,
}

/// The open connections.
#[derive(Debug)]
pub(super) struct Registry {
    started: Instant,
    open: HashMap<u64, (IpAddr, Arc<Slot>)>,
    per_peer: HashMap<IpAddr, usize>,
    /// Before this no connection can have been quiet for long enough: a flood is not a search each.
    none_quiet_before: Instant,
    next: u64,
}

impl Registry {
    pub(super) fn new(now: Instant) -> Self {
        Self { started: now, open: HashMap::new(), per_peer: HashMap::new(), none_quiet_before: now, next: 0 }
    }

    /// A place for a new connection; makes one if need be.
    pub(super) fn admit(
        &mut self,
        from: IpAddr,
        config: &TcpServerConfig,
        now: Instant,
    ) -> Result<(u64, Arc<Slot>), Full> {
        if self.per_peer.get(&from).is_some_and(|held| *held >= config.max_per_peer) {
            return Err(Full::Peer);
        }
        if self.open.len() >= config.max_connections && !self.evict(config.evict_after, now) {
            return Err(Full::Total);
        }
        self.next += 1;
        let slot = Arc::new(Slot::default());
        slot.heard(now.saturating_duration_since(self.started));
        self.open.insert(self.next, (from, Arc::clone(&slot)));
        *self.per_peer.entry(from).or_default() += 1;
        Ok((self.next, slot))
    }

    /// Ends the connection that was quiet longest, if that is long enough. A connection whose request is
    /// being worked on is in use.
    fn evict(&mut self, quiet: Duration, now: Instant) -> bool {
        if now < self.none_quiet_before {
            return false;
        }
        let heard = |slot: &Slot| self.started + Duration::from_millis(slot.heard_ms.load(Ordering::Relaxed));
        let idle = self.open.iter().filter(|(_, (_, slot))| !slot.busy.load(Ordering::Relaxed));
        let Some((since, id)) = idle.map(|(id, (_, slot))| (heard(slot), *id)).min() else {
            return false;
        };
        if now.saturating_duration_since(since) < quiet {
            self.none_quiet_before = since + quiet;
            return false;
        }
        if let Some((_, slot)) = self.open.get(&id) {
            slot.stop(EVICT);
        }
        self.remove(id);
        true
    }

    /// Frees a place; nothing if it is free already.
    pub(super) fn remove(&mut self, id: u64) {
        let Some((from, _)) = self.open.remove(&id) else { return };
        if let Some(held) = self.per_peer.get_mut(&from) {
            *held -= 1;
            if *held == 0 {
                self.per_peer.remove(&from);
            }
        }
    }

    /// Ends all connections; requests under way are finished first.
    pub(super) fn stop(&self) {
        for (_, slot) in self.open.values() {
            slot.stop(STOP);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: fn() -> TcpServerConfig =
        || TcpServerConfig { max_connections: 3, max_per_peer: 2, ..TcpServerConfig::default() };

    fn ip(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[tokio::test(start_paused = true)]
    async fn each_address_has_its_share_and_gets_it_back() {
        let (config, now) = (CONFIG(), Instant::now());
        let mut registry = Registry::new(now);
        let (first, _) = registry.admit(ip(1), &config, now).unwrap();
        registry.admit(ip(1), &config, now).unwrap();
        assert_eq!(registry.admit(ip(1), &config, now).unwrap_err(), Full::Peer);
        registry.admit(ip(2), &config, now).unwrap();
        assert_eq!(registry.admit(ip(3), &config, now).unwrap_err(), Full::Total);
        registry.remove(first);
        registry.remove(first);
        registry.admit(ip(1), &config, now).unwrap();
        assert_eq!(registry.open.len(), 3);
        for id in 1..=4 {
            registry.remove(id);
        }
        assert!(registry.open.is_empty() && registry.per_peer.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn the_one_that_was_quiet_longest_makes_room_but_not_one_in_use() {
        let (config, start) = (CONFIG(), Instant::now());
        let second = Duration::from_secs(1);
        let mut registry = Registry::new(start);
        let slots: Vec<_> = (1..=3).map(|n| registry.admit(ip(n), &config, start).unwrap().1).collect();
        slots[0].set_busy(true);
        slots[1].heard(4 * second);
        slots[2].heard(2 * second);
        assert_eq!(registry.admit(ip(4), &config, start + 11 * second).unwrap_err(), Full::Total);
        let (_, fourth) = registry.admit(ip(4), &config, start + 12 * second).unwrap();
        assert_eq!(slots[2].stopped(), Some(Closed::Evicted));
        assert!(slots[0].stopped().is_none() && slots[1].stopped().is_none() && fourth.stopped().is_none());
        assert_eq!(registry.admit(ip(5), &config, start + 12 * second).unwrap_err(), Full::Total);
        registry.stop();
        assert_eq!(slots[0].stopped(), Some(Closed::ByServer));
    }
}
