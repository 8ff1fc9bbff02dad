//! A listener on the line: every character and when its last bit was heard.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::bus::rtu::station::{Outgoing, Station, lock};

/// A character that a [`LineTap`] heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// End of its last bit, on the line's clock.
    pub at: Duration,
    /// As it was heard, faults of the line included.
    pub byte: u8,
}

/// Hears everything on a line and says nothing, as a logic analyser does. Keeps what it heard until it is taken.
#[derive(Debug, Clone, Default)]
pub struct LineTap(Arc<Mutex<Vec<Heard>>>);

impl LineTap {
    /// What was heard since this was last called.
    pub fn take(&self) -> Vec<Heard> {
        std::mem::take(&mut *lock(&self.0))
    }

    pub(super) fn station(&self) -> Arc<Mutex<dyn Station>> {
        Arc::new(Mutex::new(Ear(self.clone())))
    }
}

struct Ear(LineTap);

impl Station for Ear {
    fn hear(&mut self, now: Duration, bytes: &[u8]) {
        lock(&self.0.0).extend(bytes.iter().map(|byte| Heard { at: now, byte: *byte }));
    }

    fn tick(&mut self, _now: Duration) {}

    fn deadline(&self) -> Option<Duration> {
        None
    }

    fn take(&mut self) -> Option<Outgoing> {
        None
    }

    fn sending(&mut self, _end: Duration) {}

    fn unsent(&mut self, _now: Duration) {}

    fn failed(&mut self, _now: Duration, _error: &io::Error) {}

    /// Once nobody can take what was heard.
    fn ended(&self) -> bool {
        Arc::strong_count(&self.0.0) == 1
    }

    fn wants_port(&self) -> bool {
        false
    }
}
