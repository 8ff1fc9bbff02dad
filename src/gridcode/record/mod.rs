//! Records of events: CSV, and COMTRADE (IEEE C37.111-1991, -1999, -2013).
//!
//! What a file says is checked, never believed: a damaged file gives an error that names the file, the line
//! or the byte, and what to do; it never panics, and never makes the reader take more memory than a small
//! multiple of the file.

pub mod comtrade;
pub mod csv;
mod select;

use std::path::{Path, PathBuf};

pub use select::{Mapping, SelectError, VoltageBase, VoltageKind, factor, signals, voltages};

/// Files larger than this are not read: 1 GiB.
pub const MAX_BYTES: u64 = 1 << 30;

/// A record: channels over one list of instants.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    /// Where it is from.
    pub name: String,
    /// The instants in seconds; they never run back.
    pub time_s: Vec<f64>,
    /// Analog channels, each with a value for every instant.
    pub channels: Vec<Channel>,
    /// Status channels, likewise.
    pub status: Vec<StatusChannel>,
    /// Nominal frequency in hertz, where the file says it.
    pub nominal_hz: Option<f64>,
    /// When the trigger was, in seconds on the same clock, where the file says it.
    pub trigger_s: Option<f64>,
    /// What is to be known about the record: missing samples, unread parts.
    pub notes: Vec<String>,
}

/// An analog channel.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Channel {
    /// Name.
    pub name: String,
    /// Phase as the file names it, or empty.
    pub phase: String,
    /// Unit as the file names it, or empty.
    pub unit: String,
    /// By how many seconds the channel was sampled after the instant; not corrected.
    pub skew_s: f64,
    /// Values in the unit; NaN where the sample is missing.
    pub values: Vec<f64>,
}

/// A status channel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatusChannel {
    /// Name.
    pub name: String,
    /// The state that is normal.
    pub normal: bool,
    /// The states.
    pub states: Vec<bool>,
}

/// Why a record cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// A file cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is larger than is read.
    #[error("{}: {bytes} bytes are more than {MAX_BYTES}; cut the record to the event", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// The name ends in nothing that is known.
    #[error("{}: unknown kind of file; give a .csv, .cfg (with its .dat) or .cff", path.display())]
    Kind {
        /// The file.
        path: PathBuf,
    },
    /// A line cannot be understood.
    #[error("{}:{line}: {message}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong and what to do.
        message: String,
    },
    /// A place in binary data cannot be understood.
    #[error("{}: byte {offset}: {message}", path.display())]
    Byte {
        /// The file.
        path: PathBuf,
        /// The byte, from 0.
        offset: usize,
        /// What is wrong and what to do.
        message: String,
    },
}

/// Reads a record by the ending of its name: `.cfg` (the `.dat` lies beside it), `.dat` likewise, `.cff`, or
/// text in columns (`.csv`, `.tsv`, `.txt`) whose column of time is `time` if that is given.
///
/// # Errors
/// [`RecordError`], naming file, place and what to do.
pub fn read(path: &Path, time: Option<&str>) -> Result<Record, RecordError> {
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "cfg" | "dat" => {
            let (cfg, dat) = (beside(path, "cfg")?, beside(path, "dat")?);
            comtrade::parse(&cfg, &bytes(&cfg)?, &dat, &bytes(&dat)?)
        }
        "cff" => comtrade::parse_cff(path, &bytes(path)?),
        "csv" | "tsv" | "txt" => csv::parse(path, &bytes(path)?, time),
        _ => Err(RecordError::Kind { path: path.to_owned() }),
    }
}

/// The file of the same name with another ending, in whatever case it is there.
fn beside(path: &Path, ending: &str) -> Result<PathBuf, RecordError> {
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending)) {
        return Ok(path.to_owned());
    }
    let candidates = [path.with_extension(ending), path.with_extension(ending.to_ascii_uppercase())];
    let wanted = path.with_extension(ending);
    candidates.into_iter().find(|c| c.exists()).ok_or_else(|| RecordError::Read {
        path: wanted,
        source: std::io::Error::new(
            std::io::ErrorKind::NotFound,
            format!("it belongs to {}: put it beside that", path.display()),
        ),
    })
}

fn bytes(path: &Path) -> Result<Vec<u8>, RecordError> {
    let failed = |source| RecordError::Read { path: path.to_owned(), source };
    let bytes = std::fs::metadata(path).map_err(failed)?.len();
    if bytes > MAX_BYTES {
        return Err(RecordError::TooLarge { path: path.to_owned(), bytes });
    }
    std::fs::read(path).map_err(failed)
}

#[cfg(test)]
mod tests;
