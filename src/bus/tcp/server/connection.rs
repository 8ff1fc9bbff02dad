//! One connection: requests in, answers out in the same order.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use dpo_registers::codec::mbap::{self, Decoded, Frame};
use dpo_registers::codec::{Exception, exception_response};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until, timeout};

use super::Shared;
use super::registry::Slot;
use crate::bus::tcp::counters::Closed;
use crate::bus::tcp::rate::Rate;
use crate::bus::{Answer, Peer, Rights};

/// Requests that are answered in a row while others wait for their turn.
const TURN: u32 = 8;

/// How long the end of a connection may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// A byte stream of one client.
pub(in crate::bus::tcp) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

pub(super) struct Connection<S> {
    pub(super) stream: S,
    pub(super) peer: Peer,
    pub(super) rights: Rights,
    pub(super) slot: Arc<Slot>,
    pub(super) shared: Arc<Shared>,
}

impl<S: Stream> Connection<S> {
    /// Answers requests until the connection ends; returns why it did.
    pub(super) async fn run(mut self) -> Closed {
        let Err(closed) = self.answer_all().await;
        if !matches!(closed, Closed::Failed | Closed::WriteDeadline) {
            // TLS says that this is the end, and not an attacker who cut the line; the client may be gone.
            let _ = timeout(FAREWELL, self.stream.shutdown()).await;
        }
        closed
    }

    async fn answer_all(&mut self) -> Result<std::convert::Infallible, Closed> {
        let config = self.shared.config;
        let mut buffer = [0; mbap::MAX_FRAME];
        let mut filled = 0;
        let mut now = Instant::now();
        // The clock is read once a request where nothing had to be waited for: `stale` says that requests were
        // answered since, so that what begins now begins later.
        let mut stale = false;
        let mut rate = Rate::new(config.requests_per_second, config.request_burst, now);
        // Set anew only when it fires or has to fire earlier: a timer is not touched with each request.
        let mut timer = pin!(sleep_until(now + config.idle_timeout));
        let mut idle_at = now + config.idle_timeout;
        let mut in_a_row = 0;
        loop {
            match mbap::decode(buffer.get(..filled).unwrap_or_default()) {
                Ok(Decoded::Frame(request, used)) => {
                    buffer.copy_within(used..filled, 0);
                    filled -= used;
                    if let Some(at) = rate.take(now) {
                        self.throttle(timer.as_mut(), at).await?;
                        now = Instant::now();
                    }
                    self.slot.set_busy(true);
                    let answered = self.answer(request).await;
                    self.slot.set_busy(false);
                    if answered?.waited {
                        now = Instant::now();
                    } else {
                        stale = true;
                    }
                    self.slot.heard(now.saturating_duration_since(self.shared.started));
                    idle_at = now + config.idle_timeout;
                    if let Some(closed) = self.slot.stopped() {
                        return Err(closed);
                    }
                    in_a_row += 1;
                    if in_a_row == TURN {
                        in_a_row = 0;
                        tokio::task::yield_now().await;
                    }
                }
                Ok(Decoded::Incomplete) => {
                    let begun = filled > 0;
                    if begun && stale {
                        now = Instant::now();
                        stale = false;
                    }
                    let deadline = if filled == 0 {
                        Deadline { at: idle_at, end: Closed::Idle }
                    } else {
                        // Reached once a request has begun, and again while it grows: the first one counts.
                        let at = (now + config.request_timeout).min(idle_at);
                        Deadline { at, end: Closed::RequestDeadline }
                    };
                    filled = self.receive(&mut buffer, filled, timer.as_mut(), deadline).await?;
                    in_a_row = 0;
                    if !begun {
                        now = Instant::now();
                        stale = false;
                    }
                }
                Err(error) => {
                    tracing::debug!(peer = %self.peer.name, %error, "not Modbus TCP");
                    return Err(Closed::NotModbus);
                }
            }
        }
    }

    /// Reads more bytes; returns how many there are then.
    async fn receive(
        &mut self,
        buffer: &mut [u8; mbap::MAX_FRAME],
        filled: usize,
        mut timer: Pin<&mut Sleep>,
        deadline: Deadline,
    ) -> Result<usize, Closed> {
        if timer.deadline() > deadline.at {
            timer.as_mut().reset(deadline.at);
        }
        poll_fn(|context| {
            // A frame fits the buffer, so an incomplete one leaves room to read.
            let mut free = ReadBuf::new(buffer.get_mut(filled..).unwrap_or_default());
            match Pin::new(&mut self.stream).poll_read(context, &mut free) {
                Poll::Ready(Ok(())) if free.filled().is_empty() => return Poll::Ready(Err(Closed::ByClient)),
                Poll::Ready(Ok(())) => return Poll::Ready(Ok(filled + free.filled().len())),
                Poll::Ready(Err(_)) => return Poll::Ready(Err(Closed::Failed)),
                Poll::Pending => (),
            }
            if let Poll::Ready(closed) = self.slot.poll_stopped(context) {
                return Poll::Ready(Err(closed));
            }
            while timer.as_mut().poll(context).is_ready() {
                if Instant::now() >= deadline.at {
                    return Poll::Ready(Err(deadline.end));
                }
                timer.as_mut().reset(deadline.at);
            }
            Poll::Pending
        })
        .await
    }

    /// Lets a client that asks too fast wait.
    async fn throttle(&mut self, mut timer: Pin<&mut Sleep>, until: Instant) -> Result<(), Closed> {
        self.shared.throttled(&self.peer);
        timer.as_mut().reset(until);
        poll_fn(|context| match self.slot.poll_stopped(context) {
            Poll::Ready(closed) => Poll::Ready(Err(closed)),
            Poll::Pending => timer.as_mut().poll(context).map(Ok),
        })
        .await
    }

    async fn answer(&mut self, request: Frame) -> Result<Answered, Closed> {
        let mut waited = false;
        let refuse = |exception| exception_response(request.pdu.function(), exception);
        let pdu = if self.rights.permit(&request.pdu) {
            let mut call = self.shared.service.call(&self.peer, request.unit, request.pdu);
            let called = poll_fn(|context| {
                let answer = call.as_mut().poll(context);
                waited |= answer.is_pending();
                answer
            });
            match called.await {
                Answer::Reply(pdu) => pdu,
                Answer::NoPath => refuse(Exception::GatewayPathUnavailable),
                Answer::NoAnswer => refuse(Exception::GatewayTargetFailed),
            }
        } else {
            self.shared.counters.add(|c| &c.role_refused);
            tracing::info!(peer = %self.peer.name, function = request.pdu.function(), "the role does not permit it");
            refuse(Exception::IllegalFunction)
        };
        self.shared.counters.add(|c| &c.requests);
        let mut out = [0; mbap::MAX_FRAME];
        let len = mbap::encode(&Frame { pdu, ..request }, &mut out);
        let sent = self.send(out.get(..len).unwrap_or_default()).await?;
        Ok(Answered { waited: waited || sent.waited })
    }

    async fn send(&mut self, out: &[u8]) -> Result<Answered, Closed> {
        // Almost always the socket takes it all at once; only then is no timer needed.
        let first = poll_fn(|context| {
            let stream = Pin::new(&mut self.stream);
            Poll::Ready(match stream.poll_write(context, out) {
                Poll::Ready(written) => written,
                Poll::Pending => Ok(0),
            })
        });
        let sent = first.await.map_err(|_| Closed::Failed)?;
        let flushed = poll_fn(|context| {
            Poll::Ready(sent == out.len() && Pin::new(&mut self.stream).poll_flush(context).is_ready())
        });
        if flushed.await {
            return Ok(Answered { waited: false });
        }
        let rest = async {
            self.stream.write_all(out.get(sent..).unwrap_or_default()).await?;
            self.stream.flush().await
        };
        match timeout(self.shared.config.write_timeout, rest).await {
            Ok(Ok(())) => Ok(Answered { waited: true }),
            Ok(Err(_)) => Err(Closed::Failed),
            Err(_) => Err(Closed::WriteDeadline),
        }
    }
}

/// When a wait for bytes ends, and how the connection ends with it.
struct Deadline {
    at: Instant,
    end: Closed,
}

/// A request was answered.
struct Answered {
    /// Whether time has passed with it, so that a clock read before is wrong.
    waited: bool,
}

impl<S> Drop for Connection<S> {
    fn drop(&mut self) {
        self.shared.service.closed(&self.peer);
    }
}
