//! The server: answers the frames of one line.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use dpo_registers::codec::rtu::{self, Frame, MAX_FRAME};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use super::framer::{Direction, Framer};
use super::{Port, port_closed};
use crate::bus::{Answer, Peer, Service, Transport};

/// Timing of an RTU server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RtuServerConfig {
    /// Name of the line for logs.
    pub name: String,
    /// Silence that ends a frame whose length is not known or not reached.
    pub silence: Duration,
    /// Shortest time between the last byte of a request and the first of its answer.
    pub answer_gap: Duration,
    /// Longest time to hand an answer to the port.
    pub write_timeout: Duration,
}

/// The address that every server listens to and none answers.
const BROADCAST: u8 = 0;

/// Silence below this is not believed: the scheduler and the tty layer deliver bytes in lumps.
const SILENCE_FLOOR: Duration = Duration::from_millis(5);

impl RtuServerConfig {
    /// For a serial line at `baud`: t3.5 ends a frame (but at least 5 ms do) and goes before an answer.
    ///
    /// An FTDI adapter with its default latency timer needs a `silence` of 20 ms.
    pub fn for_line(name: impl Into<String>, baud: u32) -> Self {
        let t3_5 = Duration::from_micros(rtu::t3_5_micros(baud).into());
        Self {
            name: name.into(),
            silence: t3_5.max(SILENCE_FLOOR),
            answer_gap: t3_5,
            write_timeout: Duration::from_secs(1),
        }
    }

    /// For a pseudo-terminal: 5 ms of silence end a frame, answers go out at once.
    pub fn for_pty(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            silence: SILENCE_FLOOR,
            answer_gap: Duration::ZERO,
            write_timeout: Duration::from_secs(1),
        }
    }
}

impl Default for RtuServerConfig {
    fn default() -> Self {
        Self::for_line("rtu", 19_200)
    }
}

/// Serves `service` on `port` until `token` is cancelled; a request under way is finished first.
///
/// Wrong CRCs, noise, cut and oversize frames are dropped in silence, up to the next silence. An address
/// without a path or an answer gets no answer. A broadcast (address 0) is executed and not answered.
/// When bytes come while the service works, the client has given up: the answer is dropped, because it
/// would collide with the next request on the line.
///
/// # Errors
/// The port's error; the line is then no longer served.
pub async fn serve(
    port: impl Port,
    service: Arc<dyn Service>,
    config: RtuServerConfig,
    token: CancellationToken,
) -> io::Result<()> {
    let peer = Peer::new(Transport::Rtu, format!("rtu:{}", config.name));
    let mut line = Line { port, config, framer: Framer::new(Direction::Requests), heard: Instant::now() };
    let result = line.answer_all(&*service, &peer, &token).await;
    service.closed(&peer);
    info!(peer = %peer.name, "RTU line no longer served");
    result
}

struct Line<P> {
    port: P,
    config: RtuServerConfig,
    framer: Framer,
    /// When the last byte came.
    heard: Instant,
}

impl<P: Port> Line<P> {
    async fn answer_all(
        &mut self,
        service: &dyn Service,
        peer: &Peer,
        token: &CancellationToken,
    ) -> io::Result<()> {
        let mut overtaking = None;
        loop {
            let request = match overtaking.take() {
                Some(request) => request,
                None => tokio::select! {
                    biased;
                    () = token.cancelled() => return Ok(()),
                    request = self.next_frame() => request?,
                },
            };
            overtaking = self.answer(service, peer, request).await?;
            if token.is_cancelled() {
                return Ok(());
            }
        }
    }

    /// The next frame. Loses nothing when dropped: what was heard stays in the framer.
    async fn next_frame(&mut self) -> io::Result<Frame> {
        loop {
            let heard = if self.framer.is_empty() {
                self.hear().await
            } else {
                // Bytes that are there win over a timer that expired while this task had no turn.
                match timeout_at(self.heard + self.config.silence, self.hear()).await {
                    Ok(heard) => heard,
                    Err(_) => match self.framer.silence() {
                        Ok(frame) => Ok(Some(frame)),
                        Err(error) => {
                            debug!(line = self.config.name, %error, "dropped");
                            Ok(None)
                        }
                    },
                }
            };
            if let Some(frame) = heard? {
                return Ok(frame);
            }
        }
    }

    async fn hear(&mut self) -> io::Result<Option<Frame>> {
        let mut lump = [0; MAX_FRAME];
        let got = self.port.read(&mut lump).await?;
        if got == 0 {
            return Err(port_closed());
        }
        self.heard = Instant::now();
        Ok(self.framer.push(lump.get(..got).unwrap_or_default()))
    }

    /// Executes a request and answers it. Returns the request that overtook the answer, if one did.
    async fn answer(
        &mut self,
        service: &dyn Service,
        peer: &Peer,
        request: Frame,
    ) -> io::Result<Option<Frame>> {
        let answer_at = self.heard + self.config.answer_gap;
        let mut work = Box::pin(async {
            let answer = service.call(peer, request.unit, request.pdu).await;
            sleep_until(answer_at).await;
            answer
        });
        let mut next = None;
        let answer = loop {
            tokio::select! {
                biased;
                answer = &mut work => break answer,
                // Of several requests that came meanwhile only the newest still has a client.
                frame = self.next_frame() => next = Some(frame?),
            }
        };
        if next.is_some() || !self.framer.is_empty() {
            debug!(line = self.config.name, unit = request.unit, "answer dropped: overtaken");
            return Ok(next);
        }
        match answer {
            Answer::Reply(pdu) if request.unit != BROADCAST => self.send(Frame { pdu, ..request }).await?,
            Answer::Reply(_) | Answer::NoPath | Answer::NoAnswer => (),
        }
        Ok(None)
    }

    async fn send(&mut self, answer: Frame) -> io::Result<()> {
        let mut out = [0; MAX_FRAME];
        let len = rtu::encode(&answer, &mut out);
        let write = self.port.write_all(out.get(..len).unwrap_or_default());
        match timeout(self.config.write_timeout, write).await {
            Ok(written) => written,
            Err(_) => {
                // Nobody reads the pseudo-terminal: the answer is lost, the line is not.
                debug!(line = self.config.name, "answer dropped: the port does not take it");
                Ok(())
            }
        }
    }
}
