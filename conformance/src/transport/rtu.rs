//! A raw Modbus RTU client.

use std::time::{Duration, Instant};

use dpo_registers::codec::crc16;
use tokio::io::unix::AsyncFd;
use tokio::time::timeout;

use super::guard::Guard;
use super::serial::{self, SerialLine};
use super::{LinkError, Seen, Timing, WireLog, event, hex, received, sent};

/// A serial target.
#[derive(Debug)]
pub struct RtuLink {
    name: String,
    opened: serial::Settings,
    line: AsyncFd<SerialLine>,
    timing: Timing,
    guard: Guard,
    /// What was sent since the line was quiet, and when last: a device may take it and what follows for one frame, or several.
    sent: (Vec<u8>, Instant),
}

/// Bytes of [`RtuLink::sent`] that are kept: two of the longest frames.
const SENT_LIMIT: usize = 512;

/// Address, PDU and CRC, low byte first.
pub fn good_frame(unit: u8, pdu: &[u8]) -> Vec<u8> {
    let mut bytes = vec![unit];
    bytes.extend_from_slice(pdu);
    let crc = crc16(&bytes);
    bytes.extend_from_slice(&crc.to_le_bytes());
    bytes
}

impl RtuLink {
    /// Opens a serial line. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`LinkError::Io`].
    pub fn open(settings: &serial::Settings, timing: Timing, guard: Guard) -> Result<Self, LinkError> {
        let name = format!("rtu:{settings}");
        let io = |reason: String| LinkError::Io { link: name.clone(), reason };
        let line = SerialLine::open(settings).map_err(|e| io(e.to_string()))?;
        // tokio deprecated the safe constructor because a type may lie about its descriptor. A
        // `SerialLine` owns one file for as long as it lives.
        #[allow(deprecated)]
        let line = AsyncFd::new(line).map_err(|e| io(e.to_string()))?;
        Ok(Self { name, opened: settings.clone(), line, timing, guard, sent: (Vec::new(), Instant::now()) })
    }

    /// Name of the link.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How the line was set when it was opened.
    pub fn opened(&self) -> &serial::Settings {
        &self.opened
    }

    /// Sets baud rate, parity and stop bits anew, after what was sent has left.
    ///
    /// # Errors
    /// [`LinkError::Io`].
    pub fn set(&mut self, settings: &serial::Settings) -> Result<(), LinkError> {
        self.line.get_ref().set(settings).map_err(|e| self.io(&e))
    }

    /// Times of this link.
    pub fn timing(&self) -> Timing {
        self.timing
    }

    /// The guard in front of the wire.
    pub fn guard_mut(&mut self) -> &mut Guard {
        &mut self.guard
    }

    /// Sends the bytes of one frame, good or not.
    ///
    /// # Errors
    /// [`LinkError::Hazard`] if the guard refuses; nothing is sent then.
    pub async fn send(&mut self, frame: &[u8], log: &dyn WireLog) -> Result<(), LinkError> {
        let (before, at) = &self.sent;
        let before = if at.elapsed() < self.timing.quiet { before.as_slice() } else { &[] };
        let joined = [before, frame].concat();
        let check = self.guard.check_line(frame).and_then(|()| self.guard.check_line(&joined));
        check.map_err(|reason| LinkError::Hazard { bytes: hex(frame), reason })?;
        let kept = joined.get(joined.len().saturating_sub(SENT_LIMIT)..).unwrap_or_default();
        self.sent = (kept.to_vec(), Instant::now());
        sent(log, frame);
        let mut rest = frame;
        while !rest.is_empty() {
            let mut ready = self.line.writable().await.map_err(|e| self.io(&e))?;
            match ready.try_io(|line| line.get_ref().write(rest)) {
                Ok(Ok(count)) => rest = rest.get(count..).unwrap_or_default(),
                Ok(Err(error)) => return Err(self.io(&error)),
                Err(_) => {}
            }
        }
        Ok(())
    }

    /// Collects bytes: waits at most `wait` for the first, then until the line is quiet.
    ///
    /// # Errors
    /// [`LinkError::Io`].
    pub async fn receive(&mut self, wait: Duration, log: &dyn WireLog) -> Result<Vec<u8>, LinkError> {
        let mut bytes = Vec::new();
        // Until the line is quiet.
        self.sent.0.clear();
        let mut limit = wait;
        // A device that never stops talking is cut off well beyond the longest frame.
        while bytes.len() < 2048 {
            match timeout(limit, self.read_some()).await {
                Ok(chunk) => {
                    if bytes.is_empty() {
                        log.answer_begins();
                    }
                    bytes.extend(chunk?);
                }
                Err(_) => break,
            }
            limit = self.timing.quiet;
        }
        if bytes.is_empty() {
            event(log, &format!("silence for {} ms", wait.as_millis()));
        } else {
            received(log, &bytes);
        }
        Ok(bytes)
    }

    /// Sends one correct frame and judges the framing of what comes.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn exchange(
        &mut self,
        unit: u8,
        pdu: &[u8],
        wait: Duration,
        log: &dyn WireLog,
    ) -> Result<Seen, LinkError> {
        self.send(&good_frame(unit, pdu), log).await?;
        Ok(judge(unit, &self.receive(wait, log).await?))
    }

    /// Throws away what is in the line until it is quiet.
    ///
    /// # Errors
    /// [`LinkError::Io`].
    pub async fn drain(&mut self) -> Result<(), LinkError> {
        self.sent.0.clear();
        let mut budget = 64;
        while budget > 0 {
            match timeout(self.timing.quiet, self.read_some()).await {
                Ok(chunk) => drop(chunk?),
                Err(_) => return Ok(()),
            }
            budget -= 1;
        }
        Ok(())
    }

    async fn read_some(&mut self) -> Result<Vec<u8>, LinkError> {
        loop {
            let mut ready = self.line.readable().await.map_err(|e| self.io(&e))?;
            let mut chunk = [0; 512];
            match ready.try_io(|line| line.get_ref().read(&mut chunk)) {
                Ok(Ok(0)) => return Err(self.io(&std::io::Error::other("the line was closed"))),
                Ok(Ok(count)) => return Ok(chunk.get(..count).unwrap_or_default().to_vec()),
                Ok(Err(error)) => return Err(self.io(&error)),
                Err(_) => {}
            }
        }
    }

    fn io(&self, error: &std::io::Error) -> LinkError {
        LinkError::Io { link: self.name.clone(), reason: error.to_string() }
    }
}

/// What the bytes between two silences are, seen from a client that asked `unit`.
pub fn judge(unit: u8, bytes: &[u8]) -> Seen {
    if bytes.is_empty() {
        return Seen::Nothing;
    }
    if !(4..=256).contains(&bytes.len()) {
        return Seen::Broken(format!("{} bytes are no frame: {}", bytes.len(), hex(bytes)));
    }
    let (body, crc) = bytes.split_at(bytes.len() - 2);
    let computed = crc16(body).to_le_bytes();
    if crc != computed {
        return Seen::Broken(format!("CRC {} received, {} computed", hex(crc), hex(&computed)));
    }
    match body.split_first() {
        Some((from, pdu)) if *from == unit => Seen::Pdu(pdu.to_vec()),
        Some((from, _)) => Seen::Broken(format!("answer from address {from}, asked {unit}")),
        None => Seen::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bit by bit, from the text of the serial line guide, to check the table in the codec.
    fn crc_bit_by_bit(bytes: &[u8]) -> u16 {
        let mut crc = 0xFFFFu16;
        for byte in bytes {
            crc ^= u16::from(*byte);
            for _ in 0..8 {
                let carry = crc & 1 == 1;
                crc >>= 1;
                if carry {
                    crc ^= 0xA001;
                }
            }
        }
        crc
    }

    #[test]
    fn crc_agrees_with_an_independent_one() {
        let mut state = 0x1234_5678u32;
        for length in 0..256usize {
            let bytes: Vec<u8> = (0..length)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as u8
                })
                .collect();
            assert_eq!(crc16(&bytes), crc_bit_by_bit(&bytes), "{bytes:02X?}");
        }
    }

    #[test]
    fn judges_frames() {
        let good = good_frame(5, &[3, 2, 0, 1]);
        assert_eq!(judge(5, &good), Seen::Pdu(vec![3, 2, 0, 1]));
        assert!(matches!(judge(6, &good), Seen::Broken(_)));
        let mut swapped = good.clone();
        swapped.swap(5, 6);
        assert!(matches!(judge(5, &swapped), Seen::Broken(_)));
        assert_eq!(judge(5, &[]), Seen::Nothing);
        let twice = [good.clone(), good].concat();
        assert!(matches!(judge(5, &twice), Seen::Broken(_)));
    }
}
