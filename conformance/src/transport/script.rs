//! A link whose peer is a closure, for tests: what a device would answer, without wire and without time.

use std::fmt;
use std::time::Duration;

use super::guard::Guard;
use super::{LinkError, Seen, Timing, WireLog, event, hex, received, sent};

/// What a peer answers to a PDU for an address.
pub(crate) type Peer = Box<dyn FnMut(u8, &[u8]) -> Seen + Send>;

/// The link.
pub struct Script {
    pub(crate) guard: Guard,
    pub(crate) timing: Timing,
    pub(crate) peer: Peer,
    /// How often it was reset.
    pub(crate) resets: usize,
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script").finish_non_exhaustive()
    }
}

impl Script {
    /// As [`Link::exchange`](super::Link::exchange): what is not answered costs its time.
    pub(crate) async fn exchange(
        &mut self,
        unit: u8,
        pdu: &[u8],
        wait: Duration,
        log: &dyn WireLog,
    ) -> Result<Seen, LinkError> {
        let refused = |reason| LinkError::Hazard { bytes: hex(pdu), reason };
        self.guard.check_pdu(pdu).map_err(refused)?;
        sent(log, pdu);
        let seen = (self.peer)(unit, pdu);
        match &seen {
            Seen::Pdu(answer) => received(log, answer),
            other => {
                tokio::time::sleep(wait).await;
                event(log, &format!("{other:?}"));
            }
        }
        Ok(seen)
    }
}
