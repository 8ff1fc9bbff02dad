//! The server: answers the frames of one line.

mod machine;

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::station::{Kick, lock};
use super::stream::drive;
use super::{LineTiming, Port, port_closed, thread};
use crate::bus::serial::Tty;
use crate::bus::{Answer, Peer, Service, Transport};
pub(in crate::bus) use machine::{Call, Server};

/// Timing of an RTU server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RtuServerConfig {
    /// Name of the line for logs.
    pub name: String,
    /// Baud rate and character length.
    pub line: LineTiming,
    /// Silence that ends a frame whose length is not known or not reached.
    pub silence: Duration,
    /// Longest silence inside a frame; t1.5 by the standard. What is not below `silence` is never judged.
    pub gap: Duration,
    /// Shortest time between the last byte of a request and the first of its answer. A request that changes
    /// something is executed only after it: bytes right behind a frame show that it was none.
    pub answer_gap: Duration,
}

/// Silence below this is not believed: the scheduler and the tty layer deliver bytes in lumps.
const SILENCE_FLOOR: Duration = Duration::from_millis(5);

impl RtuServerConfig {
    /// For a serial line: t3.5 ends a frame (but at least 5 ms do) and goes before an answer.
    ///
    /// An FTDI adapter with its default latency timer needs a `silence` of 20 ms.
    pub fn for_line(name: impl Into<String>, line: LineTiming) -> Self {
        let silence = line.t3_5().max(SILENCE_FLOOR);
        Self { name: name.into(), line, silence, gap: silence, answer_gap: line.t3_5() }
    }

    /// As the standard says to the letter: t3.5 ends a frame, t1.5 tears it. For a line whose characters are
    /// seen when they come: the virtual one, or a UART without a FIFO.
    pub fn strict(name: impl Into<String>, line: LineTiming) -> Self {
        Self { silence: line.t3_5(), gap: line.t1_5(), ..Self::for_line(name, line) }
    }

    /// For a pseudo-terminal: 5 ms of silence end a frame, answers go out at once.
    pub fn for_pty(name: impl Into<String>) -> Self {
        Self { answer_gap: Duration::ZERO, ..Self::for_line(name, LineTiming::default()) }
    }
}

impl Default for RtuServerConfig {
    fn default() -> Self {
        Self::for_line("rtu", LineTiming::default())
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
    let (calls, requests) = mpsc::unbounded_channel();
    let server = Mutex::new(Server::new(config, None, calls));
    let (notify, mut port) = (Notify::new(), port);
    let line = drive(&mut port, &server, &notify, Instant::now());
    work(&server, &notify, line, &*service, &peer, requests, &token).await
}

/// [`serve`] on a tty, by a thread of its own that keeps the silences to the microsecond.
///
/// # Errors
/// As of [`serve`]; or if the system gives no thread.
pub async fn serve_tty(
    port: impl Tty,
    service: Arc<dyn Service>,
    config: RtuServerConfig,
    token: CancellationToken,
) -> io::Result<()> {
    let peer = Peer::new(Transport::Rtu, format!("rtu:{}", config.name));
    let (calls, requests) = mpsc::unbounded_channel();
    let (name, line) = (config.name.clone(), config.line);
    let server = Arc::new(Mutex::new(Server::new(config, None, calls)));
    let (wake, ended) = thread::start(&name, Arc::clone(&server), Box::new(port), line, None)?;
    // Should this future be dropped, the thread ends with the guard.
    let stop = StopOnDrop { server: &server, wake: &wake };
    let line = async { ended.await.unwrap_or_else(|_| Err(port_closed())) };
    let result = work(&server, &wake, line, &*service, &peer, requests, &token).await;
    drop(stop);
    result
}

struct StopOnDrop<'a> {
    server: &'a Mutex<Server>,
    wake: &'a dyn Kick,
}

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        lock(self.server).abandon();
        self.wake.kick();
    }
}

/// Executes what the station hears until its line ends, or after `token` is cancelled.
async fn work(
    server: &Mutex<Server>,
    wake: &dyn Kick,
    line: impl Future<Output = io::Result<()>>,
    service: &dyn Service,
    peer: &Peer,
    requests: UnboundedReceiver<Call>,
    token: &CancellationToken,
) -> io::Result<()> {
    let executed = execute(service, peer, requests, |answer| {
        lock(server).answered(answer);
        wake.kick();
    });
    let stop = async {
        token.cancelled().await;
        lock(server).stop();
        wake.kick();
        std::future::pending::<()>().await;
    };
    let result = tokio::select! {
        ended = line => ended,
        () = executed => Ok(()),
        () = stop => Ok(()),
    };
    service.closed(peer);
    info!(peer = %peer.name, "RTU line no longer served");
    result
}

/// Executes requests one after the other. Ends when their station is gone.
pub(in crate::bus) async fn execute(
    service: &dyn Service,
    peer: &Peer,
    mut requests: UnboundedReceiver<Call>,
    answered: impl Fn(Answer),
) {
    while let Some(request) = requests.recv().await {
        answered(service.call(peer, request.unit, request.pdu).await);
    }
}
