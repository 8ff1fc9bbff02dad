//! Opening a tty in raw mode, and bytes over its file descriptor: for a thread, or asynchronous.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use rustix::fs::{Mode, OFlags};
use rustix::termios::{self, ControlModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios};
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::ioctl::{self, SerialRs485};
use super::{BAUD_RATES, Direction, Parity, Rs485, SerialError, SerialSettings, StopBits};

/// A file descriptor that carries characters; non-blocking, in raw mode.
pub trait Tty: AsFd + Send + 'static {
    /// Whether characters take their time; not so on a pseudo-terminal.
    fn paced(&self) -> bool;
}

/// An open serial port or one end of a pseudo-terminal.
///
/// As [`Tty`] it is for a thread that waits for its descriptor. Read and written as a stream it needs a tokio
/// runtime, with the first byte.
#[derive(Debug)]
pub struct SerialPort {
    fd: Arc<OwnedFd>,
    /// The descriptor as the reactor of a runtime knows it, from the first asynchronous byte on.
    stream: Option<AsyncFd<Arc<OwnedFd>>>,
    exclusive: bool,
    paced: bool,
    /// What was asked of the driver and refused.
    refusals: Vec<String>,
}

/// Opens the tty at `path` for this process alone, in raw mode with `settings`, and discards what waits
/// in its buffers.
///
/// A driver that cannot switch the direction, or has no low latency, is no error: the port works as it is, a warning
/// says so, and [`SerialPort::refusals`] keeps it.
///
/// # Errors
/// [`SerialError`] naming the device and the setting. The settings are read back: a driver may take only
/// some of them and say nothing.
pub fn open(path: impl AsRef<Path>, settings: SerialSettings) -> Result<SerialPort, SerialError> {
    let path = path.as_ref();
    let failed = |source: io::Error| SerialError::Open { path: path.to_owned(), source };
    let setting = |what: String, reason: &dyn ToString| SerialError::Setting {
        path: path.to_owned(),
        setting: what,
        reason: reason.to_string(),
    };
    if !BAUD_RATES.contains(&settings.baud) {
        let reason = format!("not one of {BAUD_RATES:?}");
        return Err(setting(format!("{} baud", settings.baud), &reason));
    }
    // Without O_NONBLOCK the open itself may wait for a carrier.
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let fd = rustix::fs::open(path, flags, Mode::empty()).map_err(|e| failed(e.into()))?;
    if !termios::isatty(&fd) {
        return Err(SerialError::NotATerminal { path: path.to_owned() });
    }
    let pty = is_pty(&fd).map_err(failed)?;
    // The flag would outlive the last client of a pseudo-terminal, whose other end stays open.
    if !pty {
        termios::ioctl_tiocexcl(&fd).map_err(|e| setting("exclusive use".to_owned(), &io::Error::from(e)))?;
    }
    configure(&fd, settings, pty).map_err(|(what, reason)| setting(what, &reason))?;
    let refusals = ask_driver(&fd, settings);
    for refusal in &refusals {
        tracing::warn!(port = %path.display(), "{refusal}");
    }
    termios::tcflush(&fd, QueueSelector::IOFlush).map_err(|e| failed(e.into()))?;
    Ok(SerialPort { fd: Arc::new(fd), stream: None, exclusive: !pty, paced: !pty, refusals })
}

/// Asks the driver for what it may not have. Returns what it refused, with what that means.
fn ask_driver(fd: &OwnedFd, settings: SerialSettings) -> Vec<String> {
    let mut refusals = Vec::new();
    if let Direction::Driver(wanted) = settings.direction {
        let asked = rs485(wanted);
        let meaning = "direction is left to the adapter: it must switch by itself, or nobody is heard";
        match ioctl::set_rs485(fd.as_fd(), asked) {
            // A driver rounds delays, and may not keep the line quiet while sending; without the mode it is useless.
            Ok(taken) if taken.flags & SerialRs485::ENABLED != 0 => {
                if taken.flags != asked.flags {
                    refusals.push(format!(
                        "the driver took RS-485 flags {:#x} instead of {:#x}",
                        taken.flags, asked.flags
                    ));
                }
            }
            Ok(_) => refusals.push(format!("the driver did not take the RS-485 mode: {meaning}")),
            Err(error) => {
                let error = io::Error::from(error);
                refusals.push(format!("the driver has no RS-485 mode ({error}): {meaning}"));
            }
        }
    }
    if settings.low_latency {
        let meaning = "bytes may come in lumps, late: keep silence_ms above 16 for an FTDI adapter";
        match ioctl::set_low_latency(fd.as_fd()) {
            Ok(true) => (),
            Ok(false) => refusals.push(format!("the driver did not take low latency: {meaning}")),
            Err(error) => {
                let error = io::Error::from(error);
                refusals.push(format!("the driver has no low latency ({error}): {meaning}"));
            }
        }
    }
    refusals
}

fn rs485(wanted: Rs485) -> SerialRs485 {
    let flag = |on: bool, flag: u32| if on { flag } else { 0 };
    SerialRs485 {
        flags: SerialRs485::ENABLED
            | flag(wanted.rts_on_send, SerialRs485::RTS_ON_SEND)
            | flag(!wanted.rts_on_send, SerialRs485::RTS_AFTER_SEND)
            | flag(wanted.hears_itself, SerialRs485::RX_DURING_TX),
        delay_rts_before_send: wanted.delay_before_ms,
        delay_rts_after_send: wanted.delay_after_ms,
        ..SerialRs485::default()
    }
}

/// Whether the device is the client end of a pseudo-terminal (major numbers 136 to 143).
fn is_pty(fd: &OwnedFd) -> io::Result<bool> {
    let status = rustix::fs::fstat(fd)?;
    Ok((136..=143).contains(&rustix::fs::major(status.st_rdev)))
}

/// Sets raw mode and `settings`. The error is the setting and what went wrong with it.
fn configure(fd: &OwnedFd, settings: SerialSettings, pty: bool) -> Result<(), (String, String)> {
    let modes = |e: rustix::io::Errno| ("line settings".to_owned(), io::Error::from(e).to_string());
    let mut wanted = termios::tcgetattr(fd).map_err(modes)?;
    apply(&mut wanted, settings)
        .map_err(|e| (format!("{} baud", settings.baud), io::Error::from(e).to_string()))?;
    termios::tcsetattr(fd, OptionalActions::Now, &wanted).map_err(modes)?;
    let taken = termios::tcgetattr(fd).map_err(modes)?;
    let not_taken = |what: String| Err((what, "the device did not take the setting".to_owned()));
    if taken.output_speed() != settings.baud {
        return not_taken(format!("{} baud", settings.baud));
    }
    let line = ControlModes::PARENB | ControlModes::PARODD | ControlModes::CSTOPB | ControlModes::CSIZE;
    if !pty && taken.control_modes & line != wanted.control_modes & line {
        return not_taken(format!("parity {:?}, stop bits {:?}", settings.parity, settings.stop_bits));
    }
    Ok(())
}

fn apply(termios: &mut Termios, settings: SerialSettings) -> rustix::io::Result<()> {
    termios.make_raw();
    // Modem lines are not wired on RS-485; HUPCL would toggle them on each close.
    termios.control_modes |= ControlModes::CREAD | ControlModes::CLOCAL;
    termios.control_modes -= ControlModes::HUPCL | ControlModes::CRTSCTS;
    termios.control_modes.set(ControlModes::PARENB, settings.parity != Parity::None);
    termios.control_modes.set(ControlModes::PARODD, settings.parity == Parity::Odd);
    termios.control_modes.set(ControlModes::CSTOPB, settings.stop_bits == StopBits::Two);
    // A character with a wrong parity bit is read as 0, which the CRC catches.
    termios.input_modes.set(termios::InputModes::INPCK, settings.parity != Parity::None);
    termios.special_codes[SpecialCodeIndex::VMIN] = 1;
    termios.special_codes[SpecialCodeIndex::VTIME] = 0;
    termios.set_speed(settings.baud)
}

/// Hands the descriptor to the reactor of the runtime we are in.
fn register(fd: Arc<OwnedFd>) -> io::Result<AsyncFd<Arc<OwnedFd>>> {
    tokio::runtime::Handle::try_current().map_err(io::Error::other)?;
    // tokio deprecated the safe constructor because a type may lie about its descriptor. An `OwnedFd`
    // keeps the same one open for as long as it lives, so the unsafe successor would add nothing here.
    #[allow(deprecated)]
    AsyncFd::new(fd)
}

impl SerialPort {
    /// Takes a file descriptor that is already non-blocking and in raw mode, and has no line behind it.
    pub(super) fn from_raw_mode(fd: OwnedFd) -> Self {
        Self { fd: Arc::new(fd), stream: None, exclusive: false, paced: false, refusals: Vec::new() }
    }

    /// What was asked of the driver and refused, with what that means.
    pub fn refusals(&self) -> &[String] {
        &self.refusals
    }

    /// The descriptor as the runtime we are in knows it.
    fn stream(&mut self) -> io::Result<&AsyncFd<Arc<OwnedFd>>> {
        let stream = match self.stream.take() {
            Some(stream) => stream,
            None => register(Arc::clone(&self.fd))?,
        };
        Ok(self.stream.insert(stream))
    }
}

impl AsFd for SerialPort {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl Tty for SerialPort {
    fn paced(&self) -> bool {
        self.paced
    }
}

impl Drop for SerialPort {
    fn drop(&mut self) {
        if self.exclusive {
            // Nothing can be done about a failure: the device may be unplugged.
            let _ = termios::ioctl_tiocnxcl(self.as_fd());
        }
    }
}

impl AsyncRead for SerialPort {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // Try before asking the reactor, which may not yet know of bytes that are there: stale bytes must
        // be seen when a client clears its line before a request.
        let fd = match self.get_mut().stream() {
            Ok(fd) => fd,
            Err(error) => return Poll::Ready(Err(error)),
        };
        match rustix::io::read(fd.get_ref(), buffer.initialize_unfilled()) {
            Ok(got) => {
                buffer.advance(got);
                return Poll::Ready(Ok(()));
            }
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => (),
            Err(error) => return Poll::Ready(Err(error.into())),
        }
        loop {
            let mut guard = ready!(fd.poll_read_ready(cx))?;
            let read = guard.try_io(|fd| Ok(rustix::io::read(fd.get_ref(), buffer.initialize_unfilled())?));
            match read {
                Ok(Ok(got)) => {
                    buffer.advance(got);
                    return Poll::Ready(Ok(()));
                }
                Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => (),
                Ok(Err(error)) => return Poll::Ready(Err(error)),
                Err(_would_block) => (),
            }
        }
    }
}

impl AsyncWrite for SerialPort {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let fd = match self.get_mut().stream() {
            Ok(fd) => fd,
            Err(error) => return Poll::Ready(Err(error)),
        };
        loop {
            let mut guard = ready!(fd.poll_write_ready(cx))?;
            match guard.try_io(|fd| Ok(rustix::io::write(fd.get_ref(), bytes)?)) {
                Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => (),
                Ok(written) => return Poll::Ready(written),
                Err(_would_block) => (),
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Written bytes are with the driver; draining would block the thread.
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
