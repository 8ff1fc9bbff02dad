//! The server as a station: hears requests, hands them to a service, sends the answers.

use std::io;
use std::time::Duration;

use dpo_registers::codec::function;
use dpo_registers::codec::rtu::Frame;
use tokio::sync::mpsc::UnboundedSender;
use tracing::debug;

use super::RtuServerConfig;
use crate::bus::rtu::framer::{Direction, Framer};
use crate::bus::rtu::station::{Outgoing, Station};
use crate::bus::{Answer, BROADCAST};

/// A request for the service.
pub(in crate::bus) type Call = Frame;

// A frame stays inline: a box would be an allocation a request.
#[expect(clippy::large_enum_variant)]
enum State {
    Listening,
    /// A request that changes something is executed once silence has shown that it ended there.
    Confirming {
        request: Frame,
        until: Duration,
    },
    /// The service has it.
    Working {
        request: Frame,
        heard: Duration,
        overtaken: Option<Frame>,
    },
    /// The answer waits for its gap.
    Answering {
        answer: Frame,
        at: Duration,
    },
}

pub(in crate::bus) struct Server {
    config: RtuServerConfig,
    /// The one address that is served; every address if there is none.
    only: Option<u8>,
    state: State,
    framer: Framer,
    outgoing: Option<Outgoing>,
    calls: UnboundedSender<Call>,
    /// Whether no further request is to be executed.
    stopping: bool,
}

impl Server {
    pub(in crate::bus) fn new(
        config: RtuServerConfig,
        only: Option<u8>,
        calls: UnboundedSender<Call>,
    ) -> Self {
        let framer = Framer::new(Direction::Requests, config.line, config.gap);
        Self { config, only, state: State::Listening, framer, outgoing: None, calls, stopping: false }
    }

    /// Ends after the request under way.
    pub(in crate::bus) fn stop(&mut self) {
        self.stopping = true;
    }

    /// Ends at once: nobody executes requests any more.
    pub(in crate::bus) fn abandon(&mut self) {
        self.stopping = true;
        self.state = State::Listening;
        self.outgoing = None;
    }

    /// Time from the end of the next request to its answer.
    #[cfg_attr(not(feature = "virtual-line"), allow(dead_code))]
    pub(in crate::bus) fn set_answer_gap(&mut self, gap: Duration) {
        self.config.answer_gap = gap;
    }

    /// The service has done what it was asked for.
    pub(in crate::bus) fn answered(&mut self, answer: Answer) {
        let State::Working { request, heard, overtaken } = &self.state else { return };
        let (request, heard, overtaken) = (*request, *heard, *overtaken);
        if overtaken.is_some() || !self.framer.is_empty() {
            // The client has given up: the answer would collide with its next request.
            debug!(line = self.config.name, unit = request.unit, "answer dropped: overtaken");
            self.state = State::Listening;
            if let Some(next) = overtaken {
                self.work(next, self.framer.heard());
            }
            return;
        }
        self.state = match answer {
            Answer::Reply(pdu) if request.unit != BROADCAST => {
                State::Answering { answer: Frame { pdu, ..request }, at: heard + self.config.answer_gap }
            }
            Answer::Reply(_) | Answer::NoPath | Answer::NoAnswer => State::Listening,
        };
    }

    fn work(&mut self, request: Frame, heard: Duration) {
        if self.stopping {
            return;
        }
        self.state = State::Working { request, heard, overtaken: None };
        if self.calls.send(request).is_err() {
            self.state = State::Listening;
        }
    }

    fn heard_frame(&mut self, now: Duration, request: Frame) {
        if self.only.is_some_and(|unit| request.unit != unit && request.unit != BROADCAST) {
            return;
        }
        match &mut self.state {
            // Of several requests that came meanwhile only the newest still has a client.
            State::Working { overtaken, .. } => *overtaken = Some(request),
            _ if changes_something(&request) && self.config.answer_gap > Duration::ZERO => {
                self.state = State::Confirming { request, until: now + self.config.answer_gap };
            }
            _ => self.work(request, now),
        }
    }
}

impl Station for Server {
    fn hear(&mut self, now: Duration, bytes: &[u8]) {
        match &self.state {
            State::Confirming { .. } => {
                debug!(line = self.config.name, "request dropped: no silence after it");
                self.state = State::Listening;
            }
            State::Answering { answer, .. } => {
                debug!(line = self.config.name, unit = answer.unit, "answer dropped: overtaken");
                self.state = State::Listening;
            }
            State::Listening | State::Working { .. } => (),
        }
        if let Some(frame) = self.framer.push(now, bytes) {
            self.heard_frame(now, frame);
        }
    }

    fn tick(&mut self, now: Duration) {
        if !self.framer.is_empty() && now >= self.framer.heard() + self.config.silence {
            match self.framer.silence() {
                Ok(frame) => self.heard_frame(now, frame),
                Err(error) => debug!(line = self.config.name, %error, "dropped"),
            }
        }
        match &self.state {
            State::Confirming { request, until } if now >= *until => {
                let (request, heard) = (*request, until.saturating_sub(self.config.answer_gap));
                self.state = State::Listening;
                self.work(request, heard);
            }
            State::Answering { answer, at } if now >= *at => {
                self.outgoing = Some(Outgoing::new(answer));
                self.state = State::Listening;
            }
            _ => (),
        }
    }

    fn deadline(&self) -> Option<Duration> {
        let silent = (!self.framer.is_empty()).then(|| self.framer.heard() + self.config.silence);
        let due = match &self.state {
            State::Confirming { until: at, .. } | State::Answering { at, .. } => Some(*at),
            State::Listening | State::Working { .. } => None,
        };
        [silent, due].into_iter().flatten().min()
    }

    fn take(&mut self) -> Option<Outgoing> {
        self.outgoing.take()
    }

    fn sending(&mut self, _end: Duration) {}

    fn unsent(&mut self, _now: Duration) {
        // Nobody reads the pseudo-terminal: the answer is lost, the line is not.
        debug!(line = self.config.name, "answer dropped: the port does not take it");
    }

    fn failed(&mut self, _now: Duration, _error: &io::Error) {
        self.outgoing = None;
    }

    fn ended(&self) -> bool {
        self.stopping
            && self.outgoing.is_none()
            && matches!(self.state, State::Listening | State::Confirming { .. })
    }

    fn wants_port(&self) -> bool {
        false
    }

    fn outlives_port(&self) -> bool {
        false
    }
}

/// Whether executing a request that nobody sent would do harm: everything but reads.
fn changes_something(request: &Frame) -> bool {
    !matches!(request.pdu.function(), 1..=4 | function::READ_FILE_RECORD | function::ENCAPSULATED)
}
