//! A man in the middle on a serial line, and the pseudo-terminal it stands on.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use dpo_gateway::maps::model::RegisterMap;
use dpo_registers::codec::crc16;
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{self, OptionalActions};
use tokio::io::unix::AsyncFd;
use tokio::time::{sleep, timeout};

use super::Task;
use super::dpo_wire::Memory;
use super::mutant::{Fault, Query, RtuFault, Turn};
use crate::transport::rtu::good_frame;
use crate::transport::serial::{Parity, SerialLine, Settings};

/// Bytes of one frame come together on a pseudo-terminal.
const QUIET: Duration = Duration::from_millis(2);

/// One end of a serial line.
pub(super) struct Wire(AsyncFd<SerialLine>);

impl Wire {
    fn new(line: SerialLine) -> io::Result<Self> {
        // A `SerialLine` owns one file for as long as it lives, which is what the deprecation is about.
        #[allow(deprecated)]
        AsyncFd::new(line).map(Self)
    }

    /// Waits for bytes, then until the wire is quiet.
    pub(super) async fn read(&self) -> io::Result<Vec<u8>> {
        let mut bytes = self.read_some().await?;
        while let Ok(more) = timeout(QUIET, self.read_some()).await {
            bytes.extend(more?);
        }
        Ok(bytes)
    }

    async fn read_some(&self) -> io::Result<Vec<u8>> {
        loop {
            let mut ready = self.0.readable().await?;
            let mut chunk = [0; 512];
            if let Ok(result) = ready.try_io(|line| line.get_ref().read(&mut chunk)) {
                return result.map(|count| chunk.get(..count).unwrap_or_default().to_vec());
            }
        }
    }

    /// Waits for bytes without taking them.
    async fn has_bytes(&self) {
        // A port that failed shows at the next read.
        let _ = self.0.readable().await;
    }

    /// Writes all bytes.
    pub(super) async fn write(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let mut ready = self.0.writable().await?;
            if let Ok(result) = ready.try_io(|line| line.get_ref().write(bytes)) {
                bytes = bytes.get(result?..).unwrap_or_default();
            }
        }
        Ok(())
    }
}

/// A pseudo-terminal in raw mode; the client's end is kept open, so that clients may come and go.
pub(super) struct OwnPty {
    /// The end that the mutant reads.
    pub wire: Wire,
    /// What the suite opens.
    pub settings: Settings,
    client_end: OwnedFd,
}

impl OwnPty {
    /// The client's end, whose settings are those that a client has made.
    pub(super) fn client_end(&self) -> &OwnedFd {
        &self.client_end
    }
}

/// Makes a pseudo-terminal.
pub(super) fn pty() -> io::Result<OwnPty> {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let path = ptsname(&ours, Vec::new())?.to_string_lossy().into_owned();
    let flags = rustix::fs::fcntl_getfl(&ours)?;
    rustix::fs::fcntl_setfl(&ours, flags | OFlags::NONBLOCK)?;
    let client_end = rustix::fs::open(path.as_str(), OFlags::RDWR | OFlags::NOCTTY, Mode::empty())?;
    let mut modes = termios::tcgetattr(&client_end)?;
    modes.make_raw();
    termios::tcsetattr(&client_end, OptionalActions::Now, &modes)?;
    let wire = Wire::new(SerialLine::from_file(File::from(ours)))?;
    Ok(OwnPty {
        wire,
        settings: Settings { path, baud: 19_200, parity: Parity::Even, stop_bits: 1 },
        client_end,
    })
}

/// Starts a proxy in front of the serial line of the reference.
pub(super) fn start(
    upstream: &Path,
    map: Arc<RegisterMap>,
    unit: u8,
    fault: Option<Fault>,
    answer_time: Duration,
) -> io::Result<(Settings, Task)> {
    let pty = pty()?;
    let settings = pty.settings.clone();
    let path = upstream.display().to_string();
    let line = SerialLine::open(&Settings { path, baud: 19_200, parity: Parity::Even, stop_bits: 1 })?;
    let upstream = Wire::new(line)?;
    let proxy = Proxy { suite: pty, upstream, map, unit, fault, answer_time, memory: Memory::default() };
    Ok((settings, Task(tokio::spawn(proxy.run()))))
}

struct Proxy {
    suite: OwnPty,
    upstream: Wire,
    map: Arc<RegisterMap>,
    unit: u8,
    fault: Option<Fault>,
    answer_time: Duration,
    memory: Memory,
}

impl Proxy {
    async fn run(self) {
        let (mut nth, mut deaf) = (0, false);
        let rtu = match self.fault {
            Some(Fault::Rtu(fault)) => Some(fault),
            _ => None,
        };
        loop {
            let Some(raw) = self.next(rtu).await else { return };
            nth += 1;
            if matches!(rtu, Some(RtuFault::Deaf)) {
                let was_deaf = std::mem::take(&mut deaf);
                deaf = body(&raw).is_none();
                if was_deaf {
                    continue;
                }
            }
            let Some(mut answer) = self.answer(rtu, &raw, nth).await else { continue };
            match rtu {
                Some(RtuFault::Frame(change)) => change(&mut answer),
                Some(RtuFault::TalksOver) if raw.first() != Some(&self.unit) => {
                    answer.extend(good_frame(self.unit, &[0x83, 4]));
                }
                Some(RtuFault::Twice) => answer.extend_from_within(..),
                Some(RtuFault::Late) if nth % 40 == 7 => sleep(self.answer_time * 2).await,
                _ => {}
            }
            if self.suite.wire.write(&answer).await.is_err() {
                return;
            }
        }
    }

    /// The next bytes of the suite; sends noise while it waits, if the fault does.
    async fn next(&self, rtu: Option<RtuFault>) -> Option<Vec<u8>> {
        loop {
            let read = self.suite.wire.read();
            if !matches!(rtu, Some(RtuFault::Chatters)) {
                return read.await.ok();
            }
            match timeout(Duration::from_millis(30), read).await {
                Ok(bytes) => return bytes.ok(),
                Err(_) => self.suite.wire.write(&[0x55]).await.ok()?,
            }
        }
    }

    /// Answer to the raw bytes of one frame, good or not.
    async fn answer(&self, rtu: Option<RtuFault>, raw: &[u8], nth: u32) -> Option<Vec<u8>> {
        let repaired = match rtu {
            Some(RtuFault::Accepts(repair)) => repair(raw, self.unit),
            _ => None,
        };
        let frame = repaired.as_deref().unwrap_or(raw);
        let Some((unit, pdu)) = body(frame).and_then(<[u8]>::split_first) else {
            return self.ask(frame).await;
        };
        let query = Query { pdu, nth, map: &self.map, unit: *unit, peer: 0, state: &self.memory };
        let own = *unit == self.unit;
        // Faults that send another request on are of TCP.
        if let Some(Turn::Answer(answer)) = self.fault.as_ref().filter(|_| own).map(|f| f.before(&query)) {
            return Some(good_frame(*unit, &answer));
        }
        let answer = self.ask(frame).await?;
        let mut answer = body(&answer)?.get(1..)?.to_vec();
        if let Some(fault) = self.fault.as_ref().filter(|_| own) {
            fault.after(&query, &mut answer);
        }
        // From the address that was asked, so that only the case at hand can see it.
        Some(good_frame(raw.first().copied()?, &answer))
    }

    async fn ask(&self, frame: &[u8]) -> Option<Vec<u8>> {
        self.upstream.write(frame).await.ok()?;
        // Silence of the reference ends when the suite goes on.
        tokio::select! {
            biased;
            answer = self.upstream.read() => answer.ok(),
            () = self.suite.wire.has_bytes() => None,
        }
    }
}

/// Address and PDU of a frame with a good CRC.
fn body(frame: &[u8]) -> Option<&[u8]> {
    let (body, crc) = frame.split_at_checked(frame.len().checked_sub(2)?)?;
    (crc == crc16(body).to_le_bytes() && body.len() > 1).then_some(body)
}
