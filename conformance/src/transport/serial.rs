//! Opening a serial line: raw mode, baud rate, parity. A few lines of our own, so that a fault in the
//! gateway's serial code cannot hide behind the same fault here.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::os::unix::fs::OpenOptionsExt;
use std::str::FromStr;

use rustix::fs::OFlags;
use rustix::termios::{self, ControlModes, OptionalActions};

/// Parity of a serial line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parity {
    /// Even, one stop bit.
    Even,
    /// Odd, one stop bit.
    Odd,
    /// None, one stop bit (the 8N1 that many devices use).
    None,
}

/// Settings of a serial line, as written in a target: `/dev/ttyUSB0?baud=19200&parity=even`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Device file.
    pub path: String,
    /// Baud rate.
    pub baud: u32,
    /// Parity.
    pub parity: Parity,
    /// Stop bits: 1 or 2.
    pub stop_bits: u8,
}

impl FromStr for Settings {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        if path.is_empty() {
            return Err("the device file is missing".into());
        }
        let mut settings = Self { path: path.to_owned(), baud: 19_200, parity: Parity::Even, stop_bits: 1 };
        for part in query.split('&').filter(|p| !p.is_empty()) {
            match part.split_once('=') {
                Some(("baud", value)) => {
                    settings.baud = value.parse().map_err(|_| format!("baud rate {value:?} is no number"))?;
                }
                Some(("parity", "even")) => settings.parity = Parity::Even,
                Some(("parity", "odd")) => settings.parity = Parity::Odd,
                Some(("parity", "none")) => settings.parity = Parity::None,
                Some(("stop", "1")) => settings.stop_bits = 1,
                Some(("stop", "2")) => settings.stop_bits = 2,
                _ => {
                    let known = "only baud=N, parity=even|odd|none and stop=1|2 are known";
                    return Err(format!("{part:?}: {known}"));
                }
            }
        }
        Ok(settings)
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parity = match self.parity {
            Parity::Even => "even",
            Parity::Odd => "odd",
            Parity::None => "none",
        };
        write!(f, "{}?baud={}&parity={parity}", self.path, self.baud)?;
        if self.stop_bits == 2 { f.write_str("&stop=2") } else { Ok(()) }
    }
}

/// An open serial line, non-blocking.
#[derive(Debug)]
pub struct SerialLine(File);

impl SerialLine {
    /// Opens and sets a line.
    ///
    /// # Errors
    /// The operating system's error.
    pub fn open(settings: &Settings) -> io::Result<Self> {
        let flags = (OFlags::NOCTTY | OFlags::NONBLOCK).bits() as i32;
        let file = OpenOptions::new().read(true).write(true).custom_flags(flags).open(&settings.path)?;
        let line = Self(file);
        line.make(settings, OptionalActions::Flush)?;
        Ok(line)
    }

    /// Sets an open line anew, after what was written has left.
    ///
    /// # Errors
    /// The operating system's error.
    pub fn set(&self, settings: &Settings) -> io::Result<()> {
        self.make(settings, OptionalActions::Drain)
    }

    fn make(&self, settings: &Settings, when: OptionalActions) -> io::Result<()> {
        let mut modes = termios::tcgetattr(&self.0)?;
        modes.make_raw();
        modes.control_modes |= ControlModes::CREAD | ControlModes::CLOCAL;
        modes.control_modes.remove(ControlModes::PARENB | ControlModes::PARODD | ControlModes::CSTOPB);
        match settings.parity {
            Parity::Even => modes.control_modes |= ControlModes::PARENB,
            Parity::Odd => modes.control_modes |= ControlModes::PARENB | ControlModes::PARODD,
            Parity::None => {}
        }
        if settings.stop_bits == 2 {
            modes.control_modes |= ControlModes::CSTOPB;
        }
        modes.set_speed(settings.baud)?;
        termios::tcsetattr(&self.0, when, &modes)?;
        Ok(())
    }

    /// Wraps the controlling side of a pseudo-terminal.
    pub fn from_file(file: File) -> Self {
        Self(file)
    }

    /// Reads what is there.
    ///
    /// # Errors
    /// `WouldBlock` if nothing is there.
    pub fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        (&self.0).read(buffer)
    }

    /// Writes as much as fits.
    ///
    /// # Errors
    /// `WouldBlock` if nothing fits.
    pub fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        (&self.0).write(bytes)
    }
}

impl AsFd for SerialLine {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl AsRawFd for SerialLine {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_targets_and_says_what_is_wrong() {
        let settings: Settings = "/dev/ttyUSB0?baud=115200&parity=none".parse().unwrap();
        assert_eq!(settings.to_string(), "/dev/ttyUSB0?baud=115200&parity=none");
        assert_eq!(
            "/dev/ttyS1".parse::<Settings>().unwrap().to_string(),
            "/dev/ttyS1?baud=19200&parity=even"
        );
        for bad in ["", "/dev/x?baud=fast", "/dev/x?stop=3", "/dev/x?parity=maybe"] {
            assert!(bad.parse::<Settings>().is_err(), "{bad}");
        }
    }
}
