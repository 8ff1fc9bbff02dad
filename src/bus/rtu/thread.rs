//! Runs a station on a real port: a thread of its own that waits in `ppoll`, to the nanosecond.
//!
//! A timer of tokio ends at the next whole millisecond, and its reactor is one more thread's turn away. At 115200
//! baud, where a short read takes 5 ms, that costs a third of the line. Here one thread reads, writes and times.
//!
//! The kernel does not say when the last bit of a frame leaves: the time is that of the characters from the moment
//! when the driver took them, which is a lower bound. No answer can come before it. A pseudo-terminal has no line,
//! and takes no time.

use std::io;
use std::num::NonZeroU64;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dpo_registers::codec::rtu::MAX_FRAME;
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::io::Errno;
use tokio::sync::oneshot;
use tracing::debug;

use super::station::{Kick, Outgoing, Station, lock};
use super::{LineTiming, port_closed};
use crate::bus::serial::Tty;

/// Longest time in which a port takes no byte of a frame.
const WRITE_TIMEOUT: Duration = Duration::from_secs(1);
/// Most lumps read before the station has its turn: a line that never falls silent must not keep us.
const MOST_LUMPS: usize = 64;

/// Opens the port again after it failed.
pub(super) type Reopen = Box<dyn FnMut() -> io::Result<Box<dyn Tty>> + Send>;

/// Wakes the thread.
pub(super) struct Wake(Arc<OwnedFd>);

impl Kick for Wake {
    fn kick(&self) {
        // A full counter wakes just as well.
        let _ = rustix::io::write(&self.0, &1u64.to_ne_bytes());
    }
}

/// A thread that runs `station` on `port` until it ends, or the port fails and cannot be opened again.
///
/// The receiver tells how it ended.
///
/// # Errors
/// If the system gives no thread or no event descriptor.
pub(super) fn start<S: Station + ?Sized + 'static>(
    name: &str,
    station: Arc<Mutex<S>>,
    port: Box<dyn Tty>,
    timing: LineTiming,
    reopen: Option<Reopen>,
) -> io::Result<(Wake, oneshot::Receiver<io::Result<()>>)> {
    let event = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?);
    let (ended, end) = oneshot::channel();
    let driver = Driver { station, event: Arc::clone(&event), timing, epoch: Instant::now() };
    // The kernel cuts names of threads at 15 bytes.
    let tail = name.rsplit('/').next().unwrap_or(name);
    std::thread::Builder::new().name(format!("rtu {tail}")).spawn(move || {
        let _ = ended.send(driver.run(port, reopen));
    })?;
    Ok((Wake(event), end))
}

struct Driver<S: ?Sized> {
    station: Arc<Mutex<S>>,
    event: Arc<OwnedFd>,
    timing: LineTiming,
    epoch: Instant,
}

impl<S: Station + ?Sized> Driver<S> {
    fn now(&self) -> Duration {
        self.epoch.elapsed()
    }

    fn run(&self, port: Box<dyn Tty>, mut reopen: Option<Reopen>) -> io::Result<()> {
        // The kernel may end a wait 50 us late, to save power; half a character at 115200.
        if let Err(error) = rustix::thread::set_current_timer_slack(NonZeroU64::new(1)) {
            debug!(%error, "the timer slack stays as it is");
        }
        let mut port = Some(port);
        loop {
            let error = match port.take() {
                Some(open) => match self.drive(&*open) {
                    Ok(()) => return Ok(()),
                    Err(error) => error,
                },
                None => {
                    if !self.wait_for_work()? {
                        return Ok(());
                    }
                    match &mut reopen {
                        None => port_closed(),
                        Some(reopen) => match reopen() {
                            Ok(opened) => {
                                port = Some(opened);
                                continue;
                            }
                            Err(error) => error,
                        },
                    }
                }
            };
            lock(&self.station).failed(self.now(), &error);
            if !lock(&self.station).outlives_port() {
                return Err(error);
            }
        }
    }

    /// Waits until there is something for which a port is worth opening; false if there never will be.
    fn wait_for_work(&self) -> io::Result<bool> {
        loop {
            {
                let station = lock(&self.station);
                if station.ended() {
                    return Ok(false);
                }
                if station.wants_port() {
                    return Ok(true);
                }
            }
            self.wait(None, None)?;
        }
    }

    fn drive(&self, port: &dyn Tty) -> io::Result<()> {
        loop {
            // Bytes that are there win over a wait that ended while this thread had no turn.
            let Some(judged) = self.hear_all(port)? else { return Ok(()) };
            let (outgoing, wake) = {
                let mut station = lock(&self.station);
                station.tick(judged);
                if station.ended() {
                    return Ok(());
                }
                (station.take(), station.deadline())
            };
            if let Some(outgoing) = outgoing {
                self.send(port, &outgoing)?;
                continue;
            }
            let left = wake.map(|at| at.saturating_sub(self.now()));
            if left != Some(Duration::ZERO) {
                self.wait(Some((port.as_fd(), PollFlags::IN)), left)?;
            }
        }
    }

    /// Reads what is there. Returns the instant up to which silence is known: before the look that found nothing, for
    /// this thread may lose its turn right after it. None if the station has ended.
    fn hear_all(&self, port: &dyn Tty) -> io::Result<Option<Duration>> {
        let mut lump = [0; MAX_FRAME];
        let mut judged = self.now();
        for _ in 0..MOST_LUMPS {
            // Read with the lock held: a client that was dropped takes no byte any more, which would be missed by the
            // next one that opens the same terminal.
            let mut station = lock(&self.station);
            if station.ended() {
                return Ok(None);
            }
            judged = self.now();
            match rustix::io::read(port.as_fd(), &mut lump) {
                Ok(0) => return Err(port_closed()),
                Ok(got) => {
                    judged = self.now();
                    station.hear(judged, lump.get(..got).unwrap_or_default());
                }
                Err(Errno::AGAIN | Errno::INTR) => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Some(judged))
    }

    fn send(&self, port: &dyn Tty, outgoing: &Outgoing) -> io::Result<()> {
        let bytes = outgoing.as_slice();
        let (started, mut rest) = (self.now(), bytes);
        while !rest.is_empty() {
            match rustix::io::write(port.as_fd(), rest) {
                Ok(taken) => rest = rest.get(taken..).unwrap_or_default(),
                Err(Errno::INTR) => (),
                Err(Errno::AGAIN) => {
                    let left = (started + WRITE_TIMEOUT).saturating_sub(self.now());
                    if left.is_zero() {
                        lock(&self.station).unsent(self.now());
                        return Ok(());
                    }
                    self.wait(Some((port.as_fd(), PollFlags::OUT)), Some(left))?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        let on_wire = if port.paced() { self.timing.characters(bytes.len()) } else { Duration::ZERO };
        lock(&self.station).sending(self.now().max(started + on_wire));
        Ok(())
    }

    /// Waits for the port, for a kick, or for the time.
    fn wait(&self, port: Option<(BorrowedFd<'_>, PollFlags)>, left: Option<Duration>) -> io::Result<()> {
        let event = PollFd::from_borrowed_fd(self.event.as_fd(), PollFlags::IN);
        // Without a port the event is simply named twice.
        let (fd, flags) = port.unwrap_or((self.event.as_fd(), PollFlags::IN));
        let mut fds = [event, PollFd::from_borrowed_fd(fd, flags)];
        let left = left.and_then(|left| Timespec::try_from(left).ok());
        match poll(&mut fds, left.as_ref()) {
            Ok(_) | Err(Errno::INTR) => (),
            Err(error) => return Err(error.into()),
        }
        let mut count = [0; 8];
        let _ = rustix::io::read(&self.event, &mut count);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::rtu::client::{RtuClientConfig, machine::Client};
    use crate::bus::serial::{Pty, SerialSettings, open};

    fn driver(client: Arc<Mutex<Client>>) -> Driver<Client> {
        let event = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).unwrap());
        Driver { station: client, event, timing: LineTiming::default(), epoch: Instant::now() }
    }

    #[test]
    fn a_client_that_was_dropped_leaves_the_bytes_to_the_next_one() {
        let pty = Pty::open(None).unwrap();
        let port = open(&pty.path, SerialSettings::default()).unwrap();
        let client = Arc::new(Mutex::new(Client::new("gone".to_owned(), RtuClientConfig::default())));
        let driver = driver(Arc::clone(&client));
        assert!(driver.hear_all(&port).unwrap().is_some());
        lock(&client).close();
        assert_eq!(rustix::io::write(&pty, b"answer"), Ok(6));
        assert_eq!(driver.hear_all(&port).unwrap(), None);
        assert_eq!(lock(&client).line.bytes_heard, 0);
        let mut left = [0; 16];
        assert_eq!(rustix::io::read(&port, &mut left), Ok(6));
    }

    #[test]
    fn what_was_read_is_heard_and_silence_is_judged_up_to_it() {
        let pty = Pty::open(None).unwrap();
        let port = open(&pty.path, SerialSettings::default()).unwrap();
        let client = Arc::new(Mutex::new(Client::new("here".to_owned(), RtuClientConfig::default())));
        let driver = driver(Arc::clone(&client));
        assert_eq!(rustix::io::write(&pty, &[0; 300]), Ok(300));
        let before = driver.now();
        let judged = driver.hear_all(&port).unwrap().unwrap();
        assert_eq!(lock(&client).line.bytes_heard, 300);
        assert!(before <= judged && judged <= driver.now());
    }
}
