//! A link whose peer is a closure, for tests: what a device would answer, without wire and without time.

use std::fmt;
use std::time::Duration;

use super::guard::Guard;
use super::rtu::{good_frame, judge};
use super::serial::Settings;
use super::{LinkError, Seen, Timing, WireLog, event, hex, received, sent};

/// What a peer answers to a PDU for an address.
pub(crate) type Peer = Box<dyn FnMut(u8, &[u8]) -> Seen + Send>;
/// What comes back for the bytes of a frame at the settings that the line has; `None` is what the peer answers.
pub(crate) type Frames = Box<dyn FnMut(&[u8], &Settings) -> Option<Vec<u8>> + Send>;

/// The link.
pub struct Script {
    pub(crate) guard: Guard,
    pub(crate) timing: Timing,
    pub(crate) peer: Peer,
    /// How often it was reset.
    pub(crate) resets: usize,
    /// As a serial line: how it was opened, how it is set, what comes back for frames, and what has come back.
    pub(crate) opened: Settings,
    pub(crate) now: Settings,
    pub(crate) frames: Option<Frames>,
    pub(crate) reply: Vec<u8>,
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script").finish_non_exhaustive()
    }
}

impl Script {
    /// A link with this peer.
    pub(crate) fn new(guard: Guard, timing: Timing, peer: Peer) -> Self {
        let opened: Settings = "/dev/null".parse().unwrap();
        let now = opened.clone();
        Self { guard, timing, peer, resets: 0, opened, now, frames: None, reply: Vec::new() }
    }

    /// As [`Link::exchange`](super::Link::exchange): what is not answered costs its time.
    pub(crate) async fn exchange(
        &mut self,
        unit: u8,
        pdu: &[u8],
        wait: Duration,
        log: &dyn WireLog,
    ) -> Result<Seen, LinkError> {
        if self.frames.is_some() {
            self.send(&good_frame(unit, pdu), log).await?;
            return Ok(judge(unit, &self.receive(wait, log).await?));
        }
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

    /// As a serial line.
    pub(crate) async fn send(&mut self, frame: &[u8], log: &dyn WireLog) -> Result<(), LinkError> {
        let refused = |reason| LinkError::Hazard { bytes: hex(frame), reason };
        self.guard.check_line(frame).map_err(refused)?;
        sent(log, frame);
        let own = self.frames.as_mut().and_then(|frames| frames(frame, &self.now));
        self.reply = own.unwrap_or_else(|| match frame {
            [unit, pdu @ .., _, _] if self.now == self.opened && good_frame(*unit, pdu) == frame => {
                match (self.peer)(*unit, pdu) {
                    Seen::Pdu(answer) => good_frame(*unit, &answer),
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        });
        Ok(())
    }

    /// As a serial line.
    pub(crate) async fn receive(&mut self, wait: Duration, _: &dyn WireLog) -> Result<Vec<u8>, LinkError> {
        if self.reply.is_empty() {
            tokio::time::sleep(wait).await;
        }
        Ok(std::mem::take(&mut self.reply))
    }
}
