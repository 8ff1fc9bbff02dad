//! The client as a station: one request at a time, its answer told from everything else on the line.
//!
//! # Which answer belongs to which request
//! The protocol has no transaction number. A frame is the answer to the request under way if it comes from its
//! address; of two requests to one address, an answer tells its request only by function code (an exception tells
//! no more), and for a read by its length. So after a request that was not answered, its address is *suspect* for
//! [`RtuClientConfig::late`] beyond the time-out: until then no request of the same function goes there, and what
//! comes in between is thrown away; a request of another function goes there at once, and the late answer is told
//! by its function code. A device that answers even later than that is taken at its word: nothing on the line
//! tells its answer from the right one.
//!
//! Bytes that come while nothing is asked, or before the last bit of a request has left, are nobody's answer: they
//! are counted, and the line has to fall silent before the next request.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::time::Duration;

use dpo_registers::codec::Pdu;
use dpo_registers::codec::rtu::{Frame, MAX_FRAME, MIN_FRAME};
use tokio::sync::oneshot;
use tracing::debug;

use super::RtuClientConfig;
use super::answer::{fits, shortest_answer};
use crate::bus::counters::{LineCounters, UnitCounters};
use crate::bus::rtu::framer::{Direction, Framer};
use crate::bus::rtu::station::{Outgoing, Station};
use crate::bus::{BROADCAST, BusError};

/// A request of a caller.
pub(super) struct Job {
    pub(super) frame: Frame,
    pub(super) answer: oneshot::Sender<Result<Pdu, BusError>>,
}

enum State {
    Idle,
    /// Waits until the line is free.
    Ready {
        job: Job,
        /// When a line that never falls silent is given up.
        give_up: Duration,
    },
    /// Handed to the driver, which has not yet said when the last bit leaves.
    Handed {
        job: Job,
        started: Duration,
    },
    /// Sent; the answer comes, or does not.
    Waiting {
        job: Job,
        started: Duration,
        sent: Duration,
        echo: usize,
    },
}

/// A request whose answer may still come.
struct Suspect {
    request: Pdu,
    until: Duration,
}

pub(in crate::bus::rtu) struct Client {
    name: String,
    config: RtuClientConfig,
    queue: VecDeque<Job>,
    state: State,
    outgoing: Option<Outgoing>,
    framer: Framer,
    /// Before this instant the line has not been silent for t3.5.
    free_at: Duration,
    suspects: BTreeMap<u8, Suspect>,
    pub(in crate::bus::rtu) line: LineCounters,
    pub(super) units: BTreeMap<u8, UnitCounters>,
    closed: bool,
}

impl Client {
    pub(in crate::bus::rtu) fn new(name: String, config: RtuClientConfig) -> Self {
        let framer = Framer::new(Direction::Responses, config.line, config.gap);
        Self {
            name,
            config,
            queue: VecDeque::new(),
            state: State::Idle,
            outgoing: None,
            framer,
            free_at: Duration::ZERO,
            suspects: BTreeMap::new(),
            line: LineCounters::default(),
            units: BTreeMap::new(),
            closed: false,
        }
    }

    pub(super) fn submit(&mut self, job: Job) {
        self.queue.push_back(job);
    }

    pub(in crate::bus::rtu) fn close(&mut self) {
        self.closed = true;
    }

    fn silence(&self) -> Duration {
        self.config.silence.max(self.config.line.t3_5())
    }

    fn unit(&mut self, unit: u8) -> &mut UnitCounters {
        self.units.entry(unit).or_default()
    }

    /// The next request that somebody still waits for.
    fn next_job(&mut self, now: Duration) -> Option<State> {
        let job = loop {
            let job = self.queue.pop_front()?;
            if !job.answer.is_closed() {
                break job;
            }
        };
        let start = self.start_at(&job.frame).max(now);
        let give_up =
            start + self.config.response_timeout + self.config.line.characters(MAX_FRAME) + self.silence();
        Some(State::Ready { job, give_up })
    }

    fn start_at(&self, frame: &Frame) -> Duration {
        let suspect = self.suspects.get(&frame.unit);
        let until = suspect.filter(|s| s.request.function() == frame.pdu.function()).map(|s| s.until);
        self.free_at.max(until.unwrap_or_default())
    }

    /// When the request under way is given up, or its answer ends by silence.
    fn due(&self, frame: &Frame, sent: Duration, echo: usize) -> Duration {
        if frame.unit == BROADCAST {
            return sent.saturating_add(self.config.turnaround);
        }
        let first_by = sent.saturating_add(self.config.response_timeout);
        if self.framer.is_empty() || echo > 0 {
            return first_by;
        }
        let end_by = first_by + self.config.line.characters(MAX_FRAME) + self.silence();
        end_by.min(self.framer.heard() + self.silence())
    }

    /// Ends the request under way.
    fn end(&mut self, now: Duration, result: Result<Pdu, BusError>) {
        self.framer.clear();
        self.free_at = self.free_at.max(now + self.config.line.t3_5());
        let (job, started) = match std::mem::replace(&mut self.state, State::Idle) {
            State::Waiting { job, started, .. } | State::Handed { job, started } => (job, started),
            State::Ready { job, .. } => (job, now),
            State::Idle => return,
        };
        let busy = now.saturating_sub(started);
        self.line.busy += busy;
        let counters = self.unit(job.frame.unit);
        counters.busy += busy;
        match &result {
            Ok(answer) => {
                counters.answers += 1;
                counters.exceptions += u64::from(answer.function() >= 0x80);
            }
            Err(BusError::Timeout { .. }) if job.frame.unit != BROADCAST => counters.timeouts += 1,
            Err(BusError::Frame { .. }) => counters.bad_frames += 1,
            Err(_) => (),
        }
        // The caller may be gone: its answer is taken off the line all the same.
        let _ = job.answer.send(result);
    }

    /// The answer to the request under way may still come after this.
    fn suspect(&mut self, frame: &Frame, until: Duration) {
        self.suspects.insert(frame.unit, Suspect { request: frame.pdu, until });
    }

    fn timed_out(&mut self, now: Duration) {
        let State::Waiting { job, sent, echo, .. } = &self.state else { return };
        let (frame, sent, echo) = (job.frame, *sent, *echo);
        if frame.unit == BROADCAST {
            let after = self.config.turnaround;
            return self.end(now, Err(BusError::Timeout { bus: self.name.clone(), unit: BROADCAST, after }));
        }
        let after = self.config.response_timeout;
        self.suspect(&frame, sent.saturating_add(after + self.config.late));
        if echo > 0 {
            self.unit(frame.unit).echo_errors += 1;
            let reason =
                format!("{echo} bytes of the request did not come back: is `echo` right for this adapter?");
            return self.end(now, Err(self.bad_frame(frame.unit, reason)));
        }
        self.end(now, Err(BusError::Timeout { bus: self.name.clone(), unit: frame.unit, after }));
    }

    /// Silence after some bytes of an answer.
    fn silent(&mut self, now: Duration) {
        let State::Waiting { job, sent, .. } = &self.state else { return };
        let (frame, sent) = (job.frame, *sent);
        let seen = self.framer.seen();
        match self.framer.silence() {
            Ok(answer) => self.heard_frame(now, answer),
            Err(_) if seen < MIN_FRAME && now < sent.saturating_add(self.config.response_timeout) => {
                // Too short to have been an answer, which may still come.
                self.line.noise_bytes += seen as u64;
            }
            Err(error) => {
                if seen < shortest_answer(&frame.pdu) {
                    self.suspect(
                        &frame,
                        sent.saturating_add(self.config.response_timeout + self.config.late),
                    );
                }
                self.end(now, Err(self.bad_frame(frame.unit, error.to_string())));
            }
        }
    }

    fn heard_frame(&mut self, now: Duration, answer: Frame) {
        let State::Waiting { job, .. } = &self.state else { return };
        let frame = job.frame;
        if answer.unit != frame.unit {
            // The late answer of another device; ours may still come.
            debug!(bus = self.name, unit = frame.unit, from = answer.unit, "answer of another address");
            self.late(answer);
            return;
        }
        let late = self
            .suspects
            .get(&frame.unit)
            .is_some_and(|s| !fits(&frame.pdu, &answer.pdu) && fits(&s.request, &answer.pdu));
        if late {
            self.late(answer);
            return;
        }
        self.end(now, Ok(answer.pdu));
    }

    /// A frame that nobody waits for any more.
    fn late(&mut self, answer: Frame) {
        self.unit(answer.unit).stale_frames += 1;
        if self.suspects.get(&answer.unit).is_some_and(|s| fits(&s.request, &answer.pdu)) {
            self.suspects.remove(&answer.unit);
        }
    }

    /// Bytes that cannot be part of an answer to a request under way.
    fn stale(&mut self, now: Duration, bytes: &[u8]) {
        self.line.noise_bytes += bytes.len() as u64;
        self.free_at = self.free_at.max(now + self.config.line.t3_5());
        if let Some(frame) = self.framer.push(now, bytes) {
            self.line.noise_bytes =
                self.line.noise_bytes.saturating_sub(frame.pdu.as_slice().len() as u64 + 3);
            self.late(frame);
        }
    }

    fn bad_frame(&self, unit: u8, reason: impl Into<String>) -> BusError {
        BusError::Frame { bus: self.name.clone(), unit, reason: reason.into() }
    }
}

impl Station for Client {
    fn hear(&mut self, now: Duration, bytes: &[u8]) {
        self.line.bytes_heard += bytes.len() as u64;
        let (request, echo) = match &mut self.state {
            State::Waiting { sent, echo, .. } if *echo == 0 && now < *sent => return self.stale(now, bytes),
            State::Waiting { job, echo, .. } if job.frame.unit != BROADCAST || *echo > 0 => (job.frame, echo),
            _ => return self.stale(now, bytes),
        };
        let (own, rest) = bytes.split_at((*echo).min(bytes.len()));
        if !own.is_empty() {
            let outgoing = Outgoing::new(&request);
            let all = outgoing.as_slice();
            let expected = all.get(all.len() - *echo..).unwrap_or_default();
            if expected.get(..own.len()) != Some(own) {
                self.unit(request.unit).echo_errors += 1;
                let error =
                    self.bad_frame(request.unit, "the echo differs from the request: a collision or noise");
                return self.end(now, Err(error));
            }
            *echo -= own.len();
        }
        if rest.is_empty() {
            return;
        }
        if request.unit == BROADCAST {
            return self.stale(now, rest);
        }
        if let Some(frame) = self.framer.push(now, rest) {
            self.heard_frame(now, frame);
        }
    }

    fn tick(&mut self, now: Duration) {
        loop {
            match &self.state {
                State::Idle => {
                    let Some(ready) = self.next_job(now) else { return };
                    self.state = ready;
                }
                State::Ready { job, .. } if job.answer.is_closed() => self.state = State::Idle,
                State::Ready { job, give_up } => {
                    if now < self.start_at(&job.frame) {
                        if now < *give_up {
                            return;
                        }
                        let unit = job.frame.unit;
                        self.end(now, Err(self.bad_frame(unit, "the line does not fall silent")));
                        continue;
                    }
                    let State::Ready { job, .. } = std::mem::replace(&mut self.state, State::Idle) else {
                        return;
                    };
                    self.framer.clear();
                    self.suspects.retain(|_, suspect| now < suspect.until);
                    self.unit(job.frame.unit).requests += 1;
                    self.outgoing = Some(Outgoing::new(&job.frame));
                    self.state = State::Handed { job, started: now };
                    return;
                }
                State::Handed { .. } => return,
                State::Waiting { job, sent, echo, .. } => {
                    if now < self.due(&job.frame, *sent, *echo) {
                        return;
                    }
                    if self.framer.is_empty() || *echo > 0 {
                        self.timed_out(now);
                    } else {
                        self.silent(now);
                    }
                }
            }
        }
    }

    fn deadline(&self) -> Option<Duration> {
        match &self.state {
            State::Idle => (!self.queue.is_empty()).then_some(Duration::ZERO),
            State::Ready { job, give_up } => Some(self.start_at(&job.frame).min(*give_up)),
            State::Handed { .. } => None,
            State::Waiting { job, sent, echo, .. } => Some(self.due(&job.frame, *sent, *echo)),
        }
    }

    fn take(&mut self) -> Option<Outgoing> {
        self.outgoing.take()
    }

    fn sending(&mut self, end: Duration) {
        self.state = match std::mem::replace(&mut self.state, State::Idle) {
            State::Handed { job, started } => {
                let echo = if self.config.echo { Outgoing::new(&job.frame).as_slice().len() } else { 0 };
                State::Waiting { job, started, sent: end, echo }
            }
            other => other,
        };
    }

    fn unsent(&mut self, now: Duration) {
        let bus = self.name.clone();
        self.end(now, Err(BusError::Io { bus, reason: "the port takes no bytes".to_owned() }));
    }

    fn failed(&mut self, now: Duration, error: &io::Error) {
        self.outgoing = None;
        let failure = BusError::Io { bus: self.name.clone(), reason: error.to_string() };
        if matches!(self.state, State::Idle) {
            // An attempt to open the port failed: it was for the first that waits.
            if let Some(job) = self.queue.pop_front() {
                let _ = job.answer.send(Err(failure));
            }
            return;
        }
        self.end(now, Err(failure));
    }

    fn ended(&self) -> bool {
        self.closed
    }

    fn wants_port(&self) -> bool {
        !self.queue.is_empty()
    }
}
