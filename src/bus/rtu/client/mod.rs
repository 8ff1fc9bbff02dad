//! The client: one request at a time on one line.

mod answer;
pub(super) mod machine;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dpo_registers::codec::Pdu;
use dpo_registers::codec::rtu::Frame;
use tokio::sync::oneshot;

use super::station::{Kick, lock};
use super::stream::StreamDriver;
use super::{LineTiming, Port, thread};
use crate::bus::counters::BusCounters;
use crate::bus::serial::{self, SerialError, SerialSettings, Tty};
use crate::bus::{BoxFuture, Bus, BusError, guard};
use machine::{Client, Job};

/// Timing of an [`RtuBus`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RtuClientConfig {
    /// Baud rate and character length, for the times on the wire and the silence between frames.
    pub line: LineTiming,
    /// Longest time between the end of a request and the first byte of its answer.
    pub response_timeout: Duration,
    /// Silence that ends an answer whose length is not known or not reached; at least t3.5.
    pub silence: Duration,
    /// Longest silence inside an answer; t1.5 by the standard. What is not below `silence` is never judged.
    pub gap: Duration,
    /// How long after its time-out an answer may still come: until then no request of the same function goes to
    /// the same address, so that its answer cannot be mistaken.
    pub late: Duration,
    /// Wait after a broadcast, so that every device has executed it (Serial Line V1.02, 2.4.1).
    pub turnaround: Duration,
    /// The adapter hears what it sends: each request must come back unchanged before its answer.
    pub echo: bool,
    /// Highest address that is used. 247 by the standard; the ORv3 HPR power supplies go to 255.
    pub last_unit: u8,
}

impl Default for RtuClientConfig {
    /// 19200 baud, 100 ms to answer (as phosphor-modbus waits; rackmon waits 300 ms, and 70 ms for a
    /// probe) and as long again for a late answer, 20 ms of silence (longer than the 16 ms in which an FTDI
    /// adapter delivers), gaps inside an answer not judged for the same reason, no echo, addresses to 247.
    fn default() -> Self {
        Self {
            line: LineTiming::default(),
            response_timeout: Duration::from_millis(100),
            silence: Duration::from_millis(20),
            gap: Duration::from_millis(20),
            late: Duration::from_millis(100),
            turnaround: Duration::from_millis(100),
            echo: false,
            last_unit: 247,
        }
    }
}

impl RtuClientConfig {
    /// As the standard says to the letter: t3.5 ends a frame, t1.5 tears it. For a line whose characters are
    /// seen when they come: the virtual one, or a UART without a FIFO.
    pub fn strict(line: LineTiming) -> Self {
        Self { line, silence: line.t3_5(), gap: line.t1_5(), ..Self::default() }
    }
}

/// A Modbus RTU client on one serial line.
pub struct RtuBus {
    name: String,
    line: LineTiming,
    last_unit: u8,
    client: Arc<Mutex<Client>>,
    driver: Box<dyn Kick>,
}

impl RtuBus {
    /// A client on a byte stream. Its silences are judged by the timers of tokio, to the millisecond.
    pub fn new(name: impl Into<String>, port: impl Port + 'static, config: RtuClientConfig) -> Self {
        Self::with(name.into(), config, |client| Box::new(StreamDriver::new(client, Box::new(port))))
    }

    /// A client on the serial port at `path`, driven by a thread of its own. After a failure of the port (an unplugged adapter) the next
    /// request opens it again. The baud rate of `settings` replaces that of `config`.
    ///
    /// # Errors
    /// [`SerialError`] if the port cannot be opened now.
    pub fn open(
        path: impl AsRef<Path>,
        settings: SerialSettings,
        config: RtuClientConfig,
    ) -> Result<Self, SerialError> {
        let path: PathBuf = path.as_ref().to_owned();
        let port = serial::open(&path, settings)?;
        let name = format!("rtu:{}?baud={}", path.display(), settings.baud);
        let config = RtuClientConfig { line: settings.into(), ..config };
        let client = Arc::new(Mutex::new(Client::new(name.clone(), config)));
        let device = path.clone();
        let reopen = Box::new(move || -> io::Result<Box<dyn Tty>> {
            serial::open(&device, settings).map(|port| Box::new(port) as _).map_err(io::Error::other)
        });
        let (wake, _) = thread::start(&name, client.clone(), Box::new(port), config.line, Some(reopen))
            .map_err(|source| SerialError::Open { path, source })?;
        let (line, last_unit) = (config.line, config.last_unit);
        Ok(Self { name, line, last_unit, client, driver: Box::new(wake) })
    }

    /// A client that the driver made by `drive` runs.
    pub(in crate::bus) fn with(
        name: String,
        config: RtuClientConfig,
        drive: impl FnOnce(Arc<Mutex<dyn super::station::Station>>) -> Box<dyn Kick>,
    ) -> Self {
        let client = Arc::new(Mutex::new(Client::new(name.clone(), config)));
        let driver = drive(client.clone());
        Self { name, line: config.line, last_unit: config.last_unit, client, driver }
    }
}

impl Bus for RtuBus {
    fn transact(&self, unit: u8, request: Pdu) -> BoxFuture<'_, Result<Pdu, BusError>> {
        Box::pin(async move {
            guard::admit(&self.name, unit, &request)?;
            if unit > self.last_unit {
                let reason = format!(
                    "addresses above {} are reserved: set `reserved_addresses` for this bus",
                    self.last_unit
                );
                return Err(BusError::NotSent { bus: self.name.clone(), unit, reason });
            }
            let (sender, answer) = oneshot::channel();
            lock(&self.client).submit(Job { frame: Frame { unit, pdu: request }, answer: sender });
            self.driver.kick();
            answer.await.unwrap_or_else(|_| {
                Err(BusError::Io { bus: self.name.clone(), reason: "the line is closed".to_owned() })
            })
        })
    }

    fn wire_time(&self, request: usize, answer: usize) -> Duration {
        self.line.transaction(request, answer)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn counters(&self) -> BusCounters {
        let client = lock(&self.client);
        BusCounters { line: client.line, units: client.units.clone() }
    }
}

impl Drop for RtuBus {
    fn drop(&mut self) {
        lock(&self.client).close();
        self.driver.kick();
    }
}
