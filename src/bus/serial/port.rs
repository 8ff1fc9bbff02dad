//! Opening a tty in raw mode, and asynchronous bytes over its file descriptor.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use rustix::fs::{Mode, OFlags};
use rustix::termios::{self, ControlModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios};
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{BAUD_RATES, Parity, SerialError, SerialSettings, StopBits};

/// An open serial port or one end of a pseudo-terminal.
#[derive(Debug)]
pub struct SerialPort {
    fd: AsyncFd<OwnedFd>,
    exclusive: bool,
}

/// Opens the tty at `path` for this process alone, in raw mode with `settings`, and discards what waits
/// in its buffers. Must be called inside a tokio runtime.
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
    termios::tcflush(&fd, QueueSelector::IOFlush).map_err(|e| failed(e.into()))?;
    Ok(SerialPort { fd: register(fd).map_err(failed)?, exclusive: !pty })
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
fn register(fd: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    tokio::runtime::Handle::try_current().map_err(io::Error::other)?;
    // tokio deprecated the safe constructor because a type may lie about its descriptor. An `OwnedFd`
    // keeps the same one open for as long as it lives, so the unsafe successor would add nothing here.
    #[allow(deprecated)]
    AsyncFd::new(fd)
}

impl SerialPort {
    /// Takes a file descriptor that is already non-blocking and in raw mode.
    pub(super) fn from_raw_mode(fd: OwnedFd) -> io::Result<Self> {
        Ok(Self { fd: register(fd)?, exclusive: false })
    }
}

impl Drop for SerialPort {
    fn drop(&mut self) {
        if self.exclusive {
            // Nothing can be done about a failure: the device may be unplugged.
            let _ = termios::ioctl_tiocnxcl(self.fd.get_ref());
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
        match rustix::io::read(self.fd.get_ref(), buffer.initialize_unfilled()) {
            Ok(got) => {
                buffer.advance(got);
                return Poll::Ready(Ok(()));
            }
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => (),
            Err(error) => return Poll::Ready(Err(error.into())),
        }
        loop {
            let mut guard = ready!(self.fd.poll_read_ready(cx))?;
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
        loop {
            let mut guard = ready!(self.fd.poll_write_ready(cx))?;
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
