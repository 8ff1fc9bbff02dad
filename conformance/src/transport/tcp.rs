//! A raw Modbus TCP client.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::guard::{Guard, StreamGuard};
use super::{LinkError, Seen, Timing, WireLog, event, hex, received, sent};

/// One MBAP frame as received, not judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawFrame {
    /// Transaction identifier.
    pub transaction: u16,
    /// Protocol identifier.
    pub protocol: u16,
    /// Length field.
    pub length: u16,
    /// Unit identifier.
    pub unit: u8,
    /// The PDU, as long as the length field says.
    pub pdu: Vec<u8>,
}

/// What a connection gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// A frame.
    Frame(RawFrame),
    /// No byte in time.
    Nothing,
    /// Bytes that do not make a frame in time.
    Incomplete(Vec<u8>),
    /// The peer closed.
    Closed,
}

/// One connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    guard: StreamGuard,
}

/// A TCP target.
#[derive(Debug)]
pub struct TcpLink {
    name: String,
    address: String,
    timing: Timing,
    guard: Guard,
    transaction: u16,
    connection: Option<Connection>,
}

/// Bytes of one ADU with these header fields.
pub fn adu(transaction: u16, protocol: u16, length: u16, unit: u8, pdu: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(7 + pdu.len());
    for field in [transaction, protocol, length] {
        bytes.extend_from_slice(&field.to_be_bytes());
    }
    bytes.push(unit);
    bytes.extend_from_slice(pdu);
    bytes
}

/// Bytes of a correct ADU.
pub fn good_adu(transaction: u16, unit: u8, pdu: &[u8]) -> Vec<u8> {
    adu(transaction, 0, pdu.len() as u16 + 1, unit, pdu)
}

impl TcpLink {
    /// A link to `host:port`; nothing is opened yet.
    pub fn new(address: &str, timing: Timing, guard: Guard) -> Self {
        let (name, address) = (format!("tcp://{address}"), address.to_owned());
        Self { name, address, timing, guard, transaction: 0, connection: None }
    }

    /// Name of the link.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `host:port`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Times of this link.
    pub fn timing(&self) -> Timing {
        self.timing
    }

    /// The guard in front of the wire.
    pub fn guard_mut(&mut self) -> &mut Guard {
        &mut self.guard
    }

    /// Drops the connection.
    pub fn close(&mut self) {
        self.connection = None;
    }

    /// Opens a further connection, beside the one that [`TcpLink::exchange`] uses.
    ///
    /// # Errors
    /// [`LinkError::Io`].
    pub async fn connect(&self) -> Result<Connection, LinkError> {
        let io = |reason: String| LinkError::Io { link: self.name.clone(), reason };
        let connecting = TcpStream::connect(&self.address);
        let stream = tokio::time::timeout(self.timing.answer, connecting)
            .await
            .map_err(|_| io(format!("no connection within {:?}", self.timing.answer)))?
            .map_err(|e| io(e.to_string()))?;
        stream.set_nodelay(true).map_err(|e| io(e.to_string()))?;
        Ok(Connection { stream, buffer: Vec::new(), guard: StreamGuard::default() })
    }

    /// A fresh transaction identifier.
    pub fn next_transaction(&mut self) -> u16 {
        self.transaction = self.transaction.wrapping_add(1);
        self.transaction
    }

    /// Sends one correct frame and waits for its answer on the kept connection.
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
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let stray = connection.take_available();
        if !stray.is_empty() {
            received(log, &stray);
            return Ok(Seen::Broken(format!("bytes that no request asked for: {}", hex(&stray))));
        }
        let transaction = self.next_transaction();
        let bytes = good_adu(transaction, unit, pdu);
        if connection.send(&self.guard, &bytes, log).await?.is_closed() {
            return Ok(Seen::Closed);
        }
        let seen = match connection.receive(wait, log).await {
            Received::Frame(frame) => match fault(&frame, transaction, unit) {
                Some(fault) => Seen::Broken(fault),
                None => Seen::Pdu(frame.pdu),
            },
            Received::Nothing => Seen::Nothing,
            Received::Closed => Seen::Closed,
            Received::Incomplete(bytes) => Seen::Broken(format!("no whole frame: {}", hex(&bytes))),
        };
        // After a time-out or a broken answer nothing that still comes can be told apart.
        if matches!(seen, Seen::Pdu(_)) {
            self.connection = Some(connection);
        }
        Ok(seen)
    }
}

/// What is wrong with the header of an answer.
pub fn fault(frame: &RawFrame, transaction: u16, unit: u8) -> Option<String> {
    if frame.protocol != 0 {
        Some(format!("protocol identifier {:04X}, not 0000", frame.protocol))
    } else if frame.transaction != transaction {
        Some(format!("transaction identifier {:04X}, sent {transaction:04X}", frame.transaction))
    } else if frame.unit != unit {
        Some(format!("unit identifier {}, sent {unit}", frame.unit))
    } else if !(2..=254).contains(&frame.length) {
        Some(format!("length field {}", frame.length))
    } else {
        None
    }
}

/// What became of bytes that were sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Handed to the network.
    Done,
    /// The peer had closed the connection.
    PeerClosed,
}

impl Sent {
    /// Whether the peer had closed the connection.
    pub fn is_closed(self) -> bool {
        self == Self::PeerClosed
    }
}

impl Connection {
    /// Sends bytes as they are.
    ///
    /// # Errors
    /// [`LinkError::Hazard`] if the guard refuses; nothing is sent then.
    pub async fn send(&mut self, guard: &Guard, bytes: &[u8], log: &dyn WireLog) -> Result<Sent, LinkError> {
        self.guard.check(guard, bytes).map_err(|reason| LinkError::Hazard { bytes: hex(bytes), reason })?;
        sent(log, bytes);
        match self.stream.write_all(bytes).await {
            Ok(()) => Ok(Sent::Done),
            Err(error) => {
                event(log, &format!("send failed: {error}"));
                Ok(Sent::PeerClosed)
            }
        }
    }

    /// Waits for one frame. A frame that has begun has the same time again to complete.
    pub async fn receive(&mut self, wait: Duration, log: &dyn WireLog) -> Received {
        let mut deadline = Instant::now() + wait;
        loop {
            if let Some(frame) = self.cut() {
                received(log, &good_like(&frame));
                return Received::Frame(frame);
            }
            let begun = !self.buffer.is_empty();
            let mut chunk = [0; 512];
            match timeout_at(deadline, self.stream.read(&mut chunk)).await {
                Ok(Ok(0)) | Ok(Err(_)) => {
                    event(log, "connection closed by the peer");
                    if begun {
                        received(log, &self.buffer);
                        return Received::Incomplete(std::mem::take(&mut self.buffer));
                    }
                    return Received::Closed;
                }
                Ok(Ok(count)) => {
                    self.buffer.extend_from_slice(chunk.get(..count).unwrap_or_default());
                    if !begun {
                        deadline = Instant::now() + wait;
                    }
                }
                Err(_) if begun => {
                    received(log, &self.buffer);
                    return Received::Incomplete(std::mem::take(&mut self.buffer));
                }
                Err(_) => {
                    event(log, &format!("nothing for {} ms", wait.as_millis()));
                    return Received::Nothing;
                }
            }
        }
    }

    /// Closes the sending side and tells whether the peer closes its own in time.
    pub async fn finish(&mut self, wait: Duration, log: &dyn WireLog) -> bool {
        if self.stream.shutdown().await.is_err() {
            return true;
        }
        event(log, "connection closed by the suite");
        matches!(self.receive(wait, log).await, Received::Closed)
    }

    /// Has this computer acknowledge what comes next at once, or as late as it ever does. Holds until the next request.
    ///
    /// # Errors
    /// [`LinkError::Io`].
    pub fn acknowledge(&self, at_once: bool) -> Result<(), LinkError> {
        let set = self.stream.set_quickack(at_once);
        set.map_err(|e| LinkError::Io { link: "tcp".into(), reason: e.to_string() })
    }

    /// Makes the close of this connection a reset instead of an orderly end.
    ///
    /// # Errors
    /// [`LinkError::Io`].
    pub fn reset_on_close(&self) -> Result<(), LinkError> {
        #[allow(deprecated)] // Zero linger never blocks; it only turns the close into a reset.
        let set = self.stream.set_linger(Some(Duration::ZERO));
        set.map_err(|e| LinkError::Io { link: "tcp".into(), reason: e.to_string() })
    }

    fn take_available(&mut self) -> Vec<u8> {
        let mut chunk = [0; 512];
        while let Ok(count @ 1..) = self.stream.try_read(&mut chunk) {
            self.buffer.extend_from_slice(chunk.get(..count).unwrap_or_default());
        }
        std::mem::take(&mut self.buffer)
    }

    fn cut(&mut self) -> Option<RawFrame> {
        let [t0, t1, p0, p1, l0, l1, ..] = self.buffer.as_slice() else { return None };
        let length = u16::from_be_bytes([*l0, *l1]);
        let (transaction, protocol) = (u16::from_be_bytes([*t0, *t1]), u16::from_be_bytes([*p0, *p1]));
        let end = 6 + usize::from(length);
        let body = self.buffer.get(6..end)?;
        let (unit, pdu) = body.split_first().map(|(u, p)| (*u, p.to_vec())).unwrap_or_default();
        self.buffer.drain(..end);
        Some(RawFrame { transaction, protocol, length, unit, pdu })
    }
}

fn good_like(frame: &RawFrame) -> Vec<u8> {
    adu(frame.transaction, frame.protocol, frame.length, frame.unit, &frame.pdu)
}
