//! Runs a station on any asynchronous byte stream: a pipe, a pseudo-terminal, RTU inside a TCP connection.
//!
//! Its timers are those of tokio, which end at the next whole millisecond: too coarse for t3.5 at 115200 baud, good
//! enough where there is no line behind the stream. A stream takes no time, so a frame has left once it is written.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dpo_registers::codec::rtu::MAX_FRAME;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout};

use super::station::{Kick, Station, lock};
use super::{Port, port_closed};

/// Longest time to hand a frame to the stream.
const WRITE_TIMEOUT: Duration = Duration::from_secs(1);

type Shared = Arc<Mutex<dyn Station>>;

/// What a driver that has not started yet will run.
struct Start {
    station: Shared,
    port: Box<dyn Port>,
}

/// A driver that starts with the first kick, which comes from inside a runtime.
pub(super) struct StreamDriver {
    notify: Arc<Notify>,
    start: Mutex<Option<Start>>,
}

impl StreamDriver {
    pub(super) fn new(station: Shared, port: Box<dyn Port>) -> Self {
        Self { notify: Arc::default(), start: Mutex::new(Some(Start { station, port })) }
    }
}

impl Kick for StreamDriver {
    fn kick(&self) {
        self.notify.notify_one();
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        if let Some(Start { station, port }) = lock(&self.start).take() {
            runtime.spawn(run(station, port, Arc::clone(&self.notify)));
        }
    }
}

async fn run(station: Shared, mut port: Box<dyn Port>, notify: Arc<Notify>) {
    let epoch = Instant::now();
    let Err(error) = drive(&mut *port, &station, &notify, epoch).await else { return };
    drop(port);
    lock(&station).failed(epoch.elapsed(), &error);
    // A stream that was given cannot be had again: whoever still asks is told.
    loop {
        {
            let mut station = lock(&station);
            if station.ended() {
                return;
            }
            while station.wants_port() {
                station.failed(epoch.elapsed(), &port_closed());
            }
        }
        notify.notified().await;
    }
}

/// Most lumps read before the station has its turn: a line that never falls silent must not keep us.
const MOST_LUMPS: usize = 64;

/// Runs the station until it ends.
///
/// # Errors
/// The stream's.
pub(super) async fn drive<S: Station + ?Sized>(
    port: &mut (impl Port + ?Sized),
    station: &Mutex<S>,
    notify: &Notify,
    epoch: Instant,
) -> io::Result<()> {
    let mut lump = [0; MAX_FRAME];
    loop {
        // Bytes that are there win over a timer that expired while this task had no turn. Silence is known up to the
        // instant before the look that found nothing.
        let mut judged = epoch.elapsed();
        for _ in 0..MOST_LUMPS {
            let looked = epoch.elapsed();
            let got = tokio::select! {
                biased;
                got = port.read(&mut lump) => got?,
                () = std::future::ready(()) => {
                    judged = looked;
                    break;
                }
            };
            judged = hear(station, epoch, &lump, got)?;
        }
        let (outgoing, wake) = {
            let mut station = lock(station);
            station.tick(judged);
            if station.ended() {
                return Ok(());
            }
            (station.take(), station.deadline())
        };
        if let Some(outgoing) = outgoing {
            let write = async {
                port.write_all(outgoing.as_slice()).await?;
                port.flush().await
            };
            match timeout(WRITE_TIMEOUT, write).await {
                Ok(written) => {
                    written?;
                    lock(station).sending(epoch.elapsed());
                }
                Err(_) => lock(station).unsent(epoch.elapsed()),
            }
            continue;
        }
        let expired = async {
            match wake.and_then(|at| epoch.checked_add(at)) {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            got = port.read(&mut lump) => {
                hear(station, epoch, &lump, got?)?;
            }
            () = notify.notified() => (),
            () = expired => (),
        }
    }
}

/// Hands what was read to the station. Returns when that was.
fn hear<S: Station + ?Sized>(
    station: &Mutex<S>,
    epoch: Instant,
    lump: &[u8],
    got: usize,
) -> io::Result<Duration> {
    if got == 0 {
        return Err(port_closed());
    }
    let now = epoch.elapsed();
    lock(station).hear(now, lump.get(..got).unwrap_or_default());
    Ok(now)
}
