//! The client: one connection, one request at a time.

use std::io;
use std::time::Duration;

use dpo_registers::codec::Pdu;
use dpo_registers::codec::mbap::{self, Decoded, Frame};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::bus::{BoxFuture, Bus, BusError, guard};

/// Times of a [`TcpBus`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpClientConfig {
    /// Longest time to wait for a connection.
    pub connect_timeout: Duration,
    /// Longest time between a request and its whole answer.
    pub response_timeout: Duration,
    /// What a transaction takes by estimate, whatever its length, for planning reads.
    pub round_trip: Duration,
}

impl Default for TcpClientConfig {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(2),
            response_timeout: Duration::from_secs(1),
            round_trip: Duration::from_millis(1),
        }
    }
}

/// A Modbus TCP client.
///
/// Connects on the first request and again after a failure. A connection on which an answer is missing
/// or does not fit is dropped: a late answer would be taken for the answer to the next request.
/// A request that may have reached the device is never repeated here.
pub struct TcpBus {
    name: String,
    address: String,
    config: TcpClientConfig,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    // Taken out during a transaction and put back only after a good answer, so that a failed or dropped
    // transaction drops the connection.
    stream: Option<TcpStream>,
    transaction: u16,
}

impl TcpBus {
    /// A client for `address` (`host:port`). Nothing is sent before the first request.
    pub fn new(address: impl Into<String>, config: TcpClientConfig) -> Self {
        let address = address.into();
        Self { name: format!("tcp://{address}"), address, config, state: Mutex::default() }
    }

    fn io(&self, error: &io::Error) -> BusError {
        BusError::Io { bus: self.name.clone(), reason: error.to_string() }
    }

    fn bad_frame(&self, unit: u8, reason: impl ToString) -> BusError {
        BusError::Frame { bus: self.name.clone(), unit, reason: reason.to_string() }
    }

    async fn connect(&self) -> Result<TcpStream, BusError> {
        let within = self.config.connect_timeout;
        let stream = timeout(within, TcpStream::connect(&self.address))
            .await
            .map_err(|_| BusError::Io {
                bus: self.name.clone(),
                reason: format!("no connection within {within:?}"),
            })?
            .map_err(|e| self.io(&e))?;
        stream.set_nodelay(true).map_err(|e| self.io(&e))?;
        Ok(stream)
    }

    async fn exchange(&self, stream: &mut TcpStream, request: Frame) -> Result<Pdu, BusError> {
        let mut buffer = [0; mbap::MAX_FRAME];
        let len = mbap::encode(&request, &mut buffer);
        stream.write_all(buffer.get(..len).unwrap_or_default()).await.map_err(|e| self.io(&e))?;
        let mut filled = 0;
        loop {
            let free = buffer.get_mut(filled..).unwrap_or_default();
            let got = stream.read(free).await.map_err(|e| self.io(&e))?;
            if got == 0 {
                return Err(self.io(&io::Error::from(io::ErrorKind::UnexpectedEof)));
            }
            filled += got;
            let received = buffer.get(..filled).unwrap_or_default();
            match mbap::decode(received).map_err(|e| self.bad_frame(request.unit, e))? {
                Decoded::Incomplete => (),
                Decoded::Frame(answer, used) => {
                    let reason = if answer.transaction != request.transaction {
                        format!("transaction {} instead of {}", answer.transaction, request.transaction)
                    } else if answer.unit != request.unit {
                        format!("answer of unit {}", answer.unit)
                    } else if used != filled {
                        format!("{} bytes after the answer", filled - used)
                    } else {
                        return Ok(answer.pdu);
                    };
                    return Err(self.bad_frame(request.unit, reason));
                }
            }
        }
    }
}

/// Whether an idle connection may carry the next request: the server has neither closed it nor sent
/// anything that nobody asked for.
fn usable(stream: &TcpStream) -> bool {
    let mut byte = [0];
    matches!(stream.try_read(&mut byte), Err(e) if e.kind() == io::ErrorKind::WouldBlock)
}

impl Bus for TcpBus {
    fn transact(&self, unit: u8, request: Pdu) -> BoxFuture<'_, Result<Pdu, BusError>> {
        Box::pin(async move {
            guard::admit(&self.name, unit, &request)?;
            let mut state = self.state.lock().await;
            let mut stream = match state.stream.take().filter(usable) {
                Some(stream) => stream,
                None => self.connect().await?,
            };
            state.transaction = state.transaction.wrapping_add(1);
            let frame = Frame { transaction: state.transaction, unit, pdu: request };
            let after = self.config.response_timeout;
            let answer = timeout(after, self.exchange(&mut stream, frame))
                .await
                .map_err(|_| BusError::Timeout { bus: self.name.clone(), unit, after })??;
            state.stream = Some(stream);
            Ok(answer)
        })
    }

    fn wire_time(&self, _request: usize, _answer: usize) -> Duration {
        self.config.round_trip
    }

    fn name(&self) -> &str {
        &self.name
    }
}
