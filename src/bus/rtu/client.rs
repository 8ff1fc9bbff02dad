//! The client: one request at a time on one line.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dpo_registers::codec::Pdu;
use dpo_registers::codec::rtu::{self, Frame, MAX_FRAME};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tracing::debug;

use super::framer::{Direction, Framer};
use super::{Port, port_closed};
use crate::bus::serial::{self, SerialError, SerialSettings};
use crate::bus::{BoxFuture, Bus, BusError};

/// Timing of an [`RtuBus`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RtuClientConfig {
    /// Signalling rate, for the times on the wire and the silence between frames.
    pub baud: u32,
    /// Longest time between the end of a request and the first byte of its answer.
    pub response_timeout: Duration,
    /// Silence that ends an answer whose length is not known or not reached; at least t3.5.
    pub silence: Duration,
    /// Wait after a broadcast, so that every device has executed it (Serial Line V1.02, 2.4.1).
    pub turnaround: Duration,
    /// How often a request is repeated after no answer or a bad one. 0 for pass-through, so that the
    /// client behind it sees what happened and no write is sent twice.
    pub retries: u8,
}

impl Default for RtuClientConfig {
    /// 19200 baud, 100 ms to answer (as phosphor-modbus waits; rackmon waits 300 ms, and 70 ms for a
    /// probe), 20 ms of silence (longer than the 16 ms in which an FTDI adapter delivers), no retry.
    fn default() -> Self {
        Self {
            baud: 19_200,
            response_timeout: Duration::from_millis(100),
            silence: Duration::from_millis(20),
            turnaround: Duration::from_millis(100),
            retries: 0,
        }
    }
}

/// A Modbus RTU client on one serial line.
pub struct RtuBus {
    name: String,
    config: RtuClientConfig,
    /// The device to open again after a failure; `None` for a port that was given.
    device: Option<(PathBuf, SerialSettings)>,
    state: Mutex<State>,
}

struct State {
    port: Option<Box<dyn Port>>,
    /// Before this instant an answer to the previous request may still come.
    busy_until: Instant,
}

const BROADCAST: u8 = 0;

impl RtuBus {
    /// A client on a port that is already open.
    pub fn new(name: impl Into<String>, port: impl Port + 'static, config: RtuClientConfig) -> Self {
        Self::with(name.into(), Some(Box::new(port)), config, None)
    }

    /// A client on the serial port at `path`. After a failure of the port (an unplugged adapter) the next
    /// request opens it again. The baud rate of `settings` replaces that of `config`.
    ///
    /// # Errors
    /// [`SerialError`] if the port cannot be opened now.
    pub fn open(
        path: impl AsRef<Path>,
        settings: SerialSettings,
        config: RtuClientConfig,
    ) -> Result<Self, SerialError> {
        let path = path.as_ref().to_owned();
        let port = serial::open(&path, settings)?;
        let name = format!("rtu:{}?baud={}", path.display(), settings.baud);
        let config = RtuClientConfig { baud: settings.baud, ..config };
        Ok(Self::with(name, Some(Box::new(port)), config, Some((path, settings))))
    }

    fn with(
        name: String,
        port: Option<Box<dyn Port>>,
        config: RtuClientConfig,
        device: Option<(PathBuf, SerialSettings)>,
    ) -> Self {
        Self { name, config, device, state: Mutex::new(State { port, busy_until: Instant::now() }) }
    }

    fn t3_5(&self) -> Duration {
        Duration::from_micros(rtu::t3_5_micros(self.config.baud).into())
    }

    fn on_wire(&self, bytes: usize) -> Duration {
        Duration::from_micros(rtu::wire_micros(bytes, self.config.baud))
    }

    fn io(&self, error: &io::Error) -> BusError {
        BusError::Io { bus: self.name.clone(), reason: error.to_string() }
    }

    fn timed_out(&self, unit: u8, after: Duration) -> BusError {
        BusError::Timeout { bus: self.name.clone(), unit, after }
    }

    fn reopened(&self) -> Result<Box<dyn Port>, BusError> {
        let (path, settings) = self.device.as_ref().ok_or_else(|| self.io(&port_closed()))?;
        let port = serial::open(path, *settings)
            .map_err(|e| BusError::Io { bus: self.name.clone(), reason: e.to_string() })?;
        Ok(Box::new(port))
    }

    /// One attempt. The port is dropped on an I/O error only.
    async fn attempt(&self, state: &mut State, request: &Frame) -> Result<Pdu, BusError> {
        sleep_until(state.busy_until).await;
        if state.port.is_none() {
            state.port = Some(self.reopened()?);
        }
        let mut bytes = [0; MAX_FRAME];
        let len = rtu::encode(request, &mut bytes);
        let sent_after = self.on_wire(len);
        // Set before anything is sent: if this future is dropped half-way, the next request waits until
        // the answer to this one can no longer come.
        state.busy_until = Instant::now() + sent_after + self.longest_answer();
        let port = state.port.as_deref_mut().ok_or_else(|| self.io(&port_closed()))?;
        let result = match self.send(port, bytes.get(..len).unwrap_or_default()).await {
            Ok(()) => self.receive(port, request, Instant::now() + sent_after).await,
            Err(error) => Err(error),
        };
        state.busy_until = Instant::now() + self.t3_5();
        if matches!(result, Err(BusError::Io { .. })) {
            state.port = None;
        }
        result
    }

    fn longest_answer(&self) -> Duration {
        self.config.response_timeout + self.on_wire(MAX_FRAME) + self.silence()
    }

    fn silence(&self) -> Duration {
        self.config.silence.max(self.t3_5())
    }

    /// Throws away what waits in the port, then writes.
    async fn send(&self, port: &mut dyn Port, bytes: &[u8]) -> Result<(), BusError> {
        let mut stale = [0; MAX_FRAME];
        // Bounded: a line that never falls silent must not keep us here.
        for _ in 0..64 {
            let read = tokio::select! {
                biased;
                read = port.read(&mut stale) => read,
                () = std::future::ready(()) => break,
            };
            match read.map_err(|e| self.io(&e))? {
                0 => return Err(self.io(&port_closed())),
                dropped => debug!(bus = self.name, dropped, "stale bytes before a request"),
            }
        }
        let until = Instant::now() + self.on_wire(bytes.len()) + self.config.response_timeout;
        let write = async {
            port.write_all(bytes).await?;
            port.flush().await
        };
        match timeout_at(until, write).await {
            Ok(written) => written.map_err(|e| self.io(&e)),
            Err(_) => Err(self.io(&io::Error::new(io::ErrorKind::TimedOut, "the port takes no bytes"))),
        }
    }

    async fn receive(&self, port: &mut dyn Port, request: &Frame, sent: Instant) -> Result<Pdu, BusError> {
        let unit = request.unit;
        if unit == BROADCAST {
            sleep_until(sent).await;
            sleep(self.config.turnaround).await;
            return Err(self.timed_out(unit, self.config.turnaround));
        }
        let waited = self.config.response_timeout;
        let first_by = sent + waited;
        let end_by = sent + self.longest_answer();
        let mut framer = Framer::new(Direction::Responses);
        let mut heard = sent;
        let mut lump = [0; MAX_FRAME];
        loop {
            let silent_at = if framer.is_empty() { first_by } else { end_by.min(heard + self.silence()) };
            let frame = match timeout_at(silent_at, port.read(&mut lump)).await {
                Ok(Ok(0)) => return Err(self.io(&port_closed())),
                Ok(Err(error)) => return Err(self.io(&error)),
                Ok(Ok(_)) if Instant::now() >= end_by => {
                    return Err(self.bad_frame(unit, "the line does not fall silent"));
                }
                Ok(Ok(got)) => {
                    heard = Instant::now();
                    framer.push(lump.get(..got).unwrap_or_default())
                }
                Err(_) if framer.is_empty() => return Err(self.timed_out(unit, waited)),
                Err(_) => Some(framer.silence().map_err(|e| self.bad_frame(unit, e))?),
            };
            match frame {
                Some(answer) if answer.unit == unit => return Ok(answer.pdu),
                // The late answer of another device; ours may still come.
                Some(foreign) => {
                    debug!(bus = self.name, unit, from = foreign.unit, "answer of another address")
                }
                None => (),
            }
        }
    }

    fn bad_frame(&self, unit: u8, reason: impl ToString) -> BusError {
        BusError::Frame { bus: self.name.clone(), unit, reason: reason.to_string() }
    }
}

impl Bus for RtuBus {
    fn transact(&self, unit: u8, request: Pdu) -> BoxFuture<'_, Result<Pdu, BusError>> {
        Box::pin(async move {
            let frame = Frame { unit, pdu: request };
            let mut state = self.state.lock().await;
            let mut left = if unit == BROADCAST { 0 } else { self.config.retries };
            loop {
                let result = self.attempt(&mut state, &frame).await;
                match &result {
                    Err(error) if left > 0 => {
                        debug!(%error, left, "request repeated");
                        left -= 1;
                    }
                    _ => return result,
                }
            }
        })
    }

    fn wire_time(&self, request: usize, answer: usize) -> Duration {
        // Address and CRC around each PDU, and the silence before each frame.
        self.on_wire(request + answer + 6) + 2 * self.t3_5()
    }

    fn name(&self) -> &str {
        &self.name
    }
}
