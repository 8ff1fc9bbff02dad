//! A pseudo-terminal with an optional symbolic link, for clients that want a serial port.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};

use rustix::fs::{CWD, Mode, OFlags, RenameFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{self, OptionalActions};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{SerialError, SerialPort, Tty};

/// Our end of a pseudo-terminal; reads what clients write.
///
/// Clients may come and go: the other end is kept open here too, so a leaving client is not an error.
/// The link is removed when this value is dropped.
#[derive(Debug)]
pub struct Pty {
    /// The device that clients open, for example `/dev/pts/4`.
    pub path: PathBuf,
    port: SerialPort,
    _client_end: OwnedFd,
    link: Option<Link>,
}

impl Pty {
    /// Makes a pseudo-terminal in raw mode, and a symbolic link to it at `link`.
    ///
    /// # Errors
    /// [`SerialError`] if the system gives no pseudo-terminal, or if something that is not a symbolic
    /// link is at `link`.
    pub fn open(link: Option<&Path>) -> Result<Self, SerialError> {
        let (path, port, client_end) = make().map_err(|source| SerialError::Pty { source })?;
        let link = link.map(|at| Link::make(at, &path)).transpose()?;
        Ok(Self { path, port, _client_end: client_end, link })
    }

    /// The symbolic link, if one was asked for.
    pub fn link(&self) -> Option<&Path> {
        self.link.as_ref().map(|link| link.at.as_path())
    }
}

fn make() -> io::Result<(PathBuf, SerialPort, OwnedFd)> {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let path = PathBuf::from(OsString::from_vec(ptsname(&ours, Vec::new())?.into_bytes()));
    let flags = rustix::fs::fcntl_getfl(&ours)?;
    rustix::fs::fcntl_setfl(&ours, flags | OFlags::NONBLOCK)?;
    let client_end = rustix::fs::open(&path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
    // Else the terminal would echo what we write back to us, and translate line ends.
    let mut raw = termios::tcgetattr(&client_end)?;
    raw.make_raw();
    termios::tcsetattr(&client_end, OptionalActions::Now, &raw)?;
    Ok((path, SerialPort::from_raw_mode(ours), client_end))
}

impl AsFd for Pty {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.port.as_fd()
    }
}

impl Tty for Pty {
    fn paced(&self) -> bool {
        false
    }
}

impl AsyncRead for Pty {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.port).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Pty {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.port).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.port).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.port).poll_shutdown(cx)
    }
}

#[derive(Debug)]
struct Link {
    at: PathBuf,
    target: PathBuf,
}

impl Link {
    /// Makes a link under a temporary name and moves it to `at`, so that a client finds either the old
    /// link or the new one.
    fn make(at: &Path, target: &Path) -> Result<Self, SerialError> {
        let failed = |reason: String| SerialError::Link { path: at.to_owned(), reason };
        let name = at.file_name().ok_or_else(|| failed("the path has no file name".to_owned()))?;
        let mut temporary = OsString::from(".");
        temporary.push(name);
        temporary.push(format!(".{}", std::process::id()));
        let temporary = at.with_file_name(temporary);
        // Left by a process that died here under the same number.
        if fs::symlink_metadata(&temporary).is_ok_and(|m| m.is_symlink()) {
            let _ = fs::remove_file(&temporary);
        }
        std::os::unix::fs::symlink(target, &temporary).map_err(|e| failed(e.to_string()))?;
        move_link(&temporary, at).map_err(|reason| {
            let _ = fs::remove_file(&temporary);
            failed(reason)
        })?;
        Ok(Self { at: at.to_owned(), target: target.to_owned() })
    }
}

fn move_link(from: &Path, to: &Path) -> Result<(), String> {
    // The system itself refuses if anything is there; no check that could be outrun.
    match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Ok(()) => return Ok(()),
        Err(rustix::io::Errno::EXIST) => (),
        Err(error) => return Err(io::Error::from(error).to_string()),
    }
    let there = fs::symlink_metadata(to).map_err(|e| e.to_string())?;
    if !there.is_symlink() {
        return Err("something that is not a symbolic link is there; choose another path".to_owned());
    }
    // A link left by a dead process dangles, or names a terminal whose number came back to us.
    let (ours, theirs) = (fs::read_link(from), fs::read_link(to));
    if let (Ok(ours), Ok(theirs)) = (ours, theirs)
        && ours != theirs
        && theirs.exists()
    {
        tracing::warn!(link = %to.display(), was = %theirs.display(), now = %ours.display(),
            "the link pointed to a terminal that exists; if another gateway serves it, give each its own link");
    }
    fs::rename(from, to).map_err(|e| e.to_string())
}

impl Drop for Link {
    fn drop(&mut self) {
        // Another gateway may have put its own link there since.
        if fs::read_link(&self.at).is_ok_and(|target| target == self.target) {
            let _ = fs::remove_file(&self.at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::serial::{Direction, Rs485, SerialSettings, open};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn bytes_pass_unchanged_both_ways_and_clients_come_and_go() {
        let mut pty = Pty::open(None).unwrap();
        let all: Vec<u8> = (0..=255).collect();
        for _ in 0..3 {
            let mut client = open(&pty.path, SerialSettings::default()).unwrap();
            client.write_all(&all).await.unwrap();
            let mut there = [0; 256];
            pty.read_exact(&mut there).await.unwrap();
            assert_eq!(there[..], all);
            pty.write_all(&all).await.unwrap();
            let mut back = [0; 256];
            client.read_exact(&mut back).await.unwrap();
            assert_eq!(back[..], all);
        }
    }

    #[tokio::test]
    async fn the_link_replaces_links_only_and_goes_with_the_terminal() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("pmi");
        let first = Pty::open(Some(&at)).unwrap();
        assert_eq!(fs::read_link(first.link().unwrap()).unwrap(), first.path);
        let second = Pty::open(Some(&at)).unwrap();
        drop(first);
        assert_eq!(fs::read_link(&at).unwrap(), second.path, "only the own link is removed");
        drop(second);
        assert!(fs::symlink_metadata(&at).is_err());

        fs::write(&at, "precious").unwrap();
        let error = Pty::open(Some(&at)).unwrap_err();
        assert!(error.to_string().contains("pmi: cannot link the pseudo-terminal here"), "{error}");
        assert_eq!(fs::read_to_string(&at).unwrap(), "precious");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary link is left");
        let missing = folder.path().join("no/such/folder");
        assert!(matches!(Pty::open(Some(&missing)), Err(SerialError::Link { .. })));
    }

    #[test]
    fn a_driver_without_rs485_and_low_latency_leaves_a_port_that_works() {
        let pty = Pty::open(None).unwrap();
        let plain = open(&pty.path, SerialSettings::default()).unwrap();
        assert!(plain.refusals().is_empty(), "{:?}", plain.refusals());
        let settings = SerialSettings {
            direction: Direction::Driver(Rs485::default()),
            low_latency: true,
            ..SerialSettings::default()
        };
        let port = open(&pty.path, settings).unwrap();
        let [direction, latency] = port.refusals() else { panic!("{:?}", port.refusals()) };
        assert!(direction.starts_with("the driver has no RS-485 mode (Inappropriate ioctl"), "{direction}");
        assert!(latency.starts_with("the driver has no low latency (Inappropriate ioctl"), "{latency}");
        assert_eq!(rustix::io::write(&port, b"x"), Ok(1));
        let mut byte = [0];
        assert_eq!(rustix::io::read(&pty, &mut byte), Ok(1));
    }

    #[tokio::test]
    async fn errors_name_the_device_and_the_setting() {
        let odd = SerialSettings { baud: 12_345, ..SerialSettings::default() };
        let pty = Pty::open(None).unwrap();
        let error = open(&pty.path, odd).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{}: 12345 baud: not one of", pty.path.display())), "{error}");
        let error = open("/dev/no-such-port", SerialSettings::default()).unwrap_err().to_string();
        assert!(error.starts_with("/dev/no-such-port: cannot open the serial port:"), "{error}");
        let error = open("/dev/null", SerialSettings::default()).unwrap_err().to_string();
        assert_eq!(error, "/dev/null: is not a serial port");
    }

    #[tokio::test]
    async fn every_listed_baud_rate_is_taken() {
        let pty = Pty::open(None).unwrap();
        for baud in crate::bus::serial::BAUD_RATES {
            open(&pty.path, SerialSettings { baud, ..SerialSettings::default() }).unwrap();
        }
    }
}
