//! Reports: text, JUnit, NDJSON, OCPTV, HTML, and a signed JSON document that [`verify`] checks.

pub mod digest;
mod html;
mod json;
mod junit;
pub mod key;
mod ndjson;
mod ocptv;
mod text;
mod times;
pub mod verify;

use std::cell::RefCell;
use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use self::digest::Digests;
use self::key::SigningKey;
use crate::outcome::{Record, Verdict};
use crate::pics::Product;
use crate::transport::Timing;

/// Format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// One line a case, then the verdict.
    Text,
    /// JUnit XML.
    Junit,
    /// One JSON object a line, written and flushed as soon as a case ended.
    Ndjson,
    /// OCP's test and validation output, version 2.0: one JSON object a line, written as it happens.
    Ocptv,
    /// One static HTML file that needs nothing else.
    Html,
    /// One canonical JSON document (RFC 8785), signed if there is a key; `verify` checks it.
    Json,
}

/// What a report says about the run itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Version of the suite.
    pub suite: String,
    /// Version of the specification that was judged by; reports of before do not tell.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub specification: String,
    /// Target as given.
    pub target: String,
    /// Devices under test: those of Modbus, supplies on PMBus, Redfish services.
    pub devices: Vec<String>,
    /// Versions of the maps, as `id version`.
    pub maps: Vec<String>,
    /// Whether classes N and W were selected.
    pub writes: bool,
    /// Whether class D was selected.
    pub disruptive: bool,
    /// Whether SHOULD cases decided, too, and NON-STRICT failed (`--strict`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub strict: bool,
    /// What was repeated less often than a run does by default, one line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sampled: Vec<String>,
    /// How long the suite waited; reports of before do not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<Waits>,
    /// Seed of everything random.
    pub seed: u64,
    /// Whether the run was one that allows no choice of cases (`--certify`).
    pub certify: bool,
    /// The product, as its capability statement calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<Product>,
    /// What the devices show and their capability statement does not claim, one line each.
    pub beyond: Vec<String>,
    /// The cases, maps and the capability statement that were judged by.
    pub digests: Digests,
}

/// How long the suite waited on Modbus, in milliseconds: what a device must do in time is judged by these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waits {
    /// For an answer that must come (`--timeout`).
    pub answer_ms: u64,
    /// Until nothing was called silence (`--silence`).
    pub silence_ms: u64,
    /// Quiet time that ended a frame on a serial line (`--quiet`).
    pub quiet_ms: u64,
}

impl From<Timing> for Waits {
    fn from(timing: Timing) -> Self {
        let millis = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Self {
            answer_ms: millis(timing.answer),
            silence_ms: millis(timing.silence),
            quiet_ms: millis(timing.quiet),
        }
    }
}

impl Waits {
    /// The longest time to an answer that a run for a certificate may wait.
    const ANSWER_MS: u64 = 1000;
    /// The longest quiet time inside a frame that a run for a certificate may take: one lump of an FTDI adapter.
    const QUIET_MS: u64 = 25;

    /// What makes it easier to pass than by default, one line each.
    pub fn loosened(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.answer_ms > Self::ANSWER_MS {
            lines.push(format!("--timeout {} is above {}", self.answer_ms, Self::ANSWER_MS));
        }
        if self.silence_ms < self.answer_ms {
            lines.push(format!("--silence {} is below the time-out of {}", self.silence_ms, self.answer_ms));
        }
        if self.quiet_ms > Self::QUIET_MS {
            lines.push(format!("--quiet {} is above {}", self.quiet_ms, Self::QUIET_MS));
        }
        lines
    }

    /// The one of both that is easier to pass, part by part.
    #[must_use]
    pub fn looser(self, other: Self) -> Self {
        Self {
            answer_ms: self.answer_ms.max(other.answer_ms),
            silence_ms: self.silence_ms.min(other.silence_ms),
            quiet_ms: self.quiet_ms.max(other.quiet_ms),
        }
    }
}

impl fmt::Display for Waits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { answer_ms, silence_ms, quiet_ms } = self;
        write!(
            f,
            "waited {answer_ms} ms for an answer, {silence_ms} ms for silence, {quiet_ms} ms for the end of a frame"
        )
    }
}

/// Whether a member of a header is left out: reports of before do not have it.
fn is_false(value: &bool) -> bool {
    !*value
}

/// Why a report cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The file or stream failed.
    #[error("{path}: {source}")]
    Io {
        /// File, or `standard output`.
        path: String,
        /// The operating system's error.
        source: io::Error,
    },
    /// The XML library refused.
    #[error("{path}: {reason}")]
    Xml {
        /// File, or `standard output`.
        path: String,
        /// The library's words.
        reason: String,
    },
    /// The OCPTV library refused.
    #[error("{path}: {reason}")]
    Ocptv {
        /// File, or `standard output`.
        path: String,
        /// The library's words.
        reason: String,
    },
}

/// A report being written.
pub struct Report {
    format: Format,
    name: String,
    out: Box<dyn Write>,
    verbose: bool,
    ocptv: ocptv::Run,
    key: Option<Arc<SigningKey>>,
    started: SystemTime,
}

impl Report {
    /// Opens a report; `None` writes to `stdout`.
    ///
    /// # Errors
    /// [`ReportError::Io`] if the file cannot be made.
    pub fn open(format: Format, path: Option<&PathBuf>) -> Result<Self, ReportError> {
        let (name, out): (String, Box<dyn Write>) = match path {
            None => ("standard output".into(), Box::new(io::stdout())),
            Some(path) => (path.display().to_string(), Box::new(BufWriter::new(create(path)?))),
        };
        Ok(Self::new(format, name, out))
    }

    /// A report into any writer, for tests and embedding.
    pub fn into_writer(format: Format, out: Box<dyn Write>) -> Self {
        Self::new(format, "writer".into(), out)
    }

    fn new(format: Format, name: String, out: Box<dyn Write>) -> Self {
        let ocptv = ocptv::Run::default();
        Self { format, name, out, verbose: false, ocptv, key: None, started: SystemTime::now() }
    }

    /// Text: also names cases that passed or were not run.
    #[must_use]
    pub fn verbose(mut self, verbose: bool) -> Self {
        self.verbose = verbose;
        self
    }

    /// JSON: signs the report with a key.
    #[must_use]
    pub fn signed(mut self, key: Option<Arc<SigningKey>>) -> Self {
        self.key = key;
        self
    }

    /// Writes what can be written before the first case.
    ///
    /// # Errors
    /// [`ReportError`].
    pub fn begin(&mut self, header: &Header) -> Result<(), ReportError> {
        let result = match self.format {
            Format::Text => text::begin(&mut self.out, header),
            Format::Ndjson => ndjson::begin(&mut self.out, header),
            Format::Ocptv => {
                let begun = self.ocptv.begin(&mut self.out, header);
                return begun.map_err(|reason| ReportError::Ocptv { path: self.name.clone(), reason });
            }
            Format::Junit | Format::Html | Format::Json => Ok(()),
        };
        self.io(result)
    }

    /// Writes what can be written after a case; flushed, so that it survives a kill.
    ///
    /// # Errors
    /// [`ReportError`].
    pub fn record(&mut self, record: &Record) -> Result<(), ReportError> {
        let result = match self.format {
            Format::Text => text::record(&mut self.out, record, self.verbose),
            Format::Ndjson => ndjson::record(&mut self.out, record),
            Format::Ocptv => {
                let written = self.ocptv.record(&mut self.out, record);
                return written.map_err(|reason| ReportError::Ocptv { path: self.name.clone(), reason });
            }
            Format::Junit | Format::Html | Format::Json => Ok(()),
        };
        self.io(result)
    }

    /// Writes the rest.
    ///
    /// # Errors
    /// [`ReportError`].
    pub fn end(&mut self, header: &Header, records: &[Record], verdict: &Verdict) -> Result<(), ReportError> {
        let result = match self.format {
            Format::Text => text::end(&mut self.out, header, records, verdict),
            Format::Ndjson => ndjson::end(&mut self.out, header, records, verdict),
            Format::Ocptv => {
                let ended = self.ocptv.end(&mut self.out, records, verdict);
                return ended.map_err(|reason| ReportError::Ocptv { path: self.name.clone(), reason });
            }
            Format::Html => html::write(&mut self.out, header, records, verdict),
            Format::Json => {
                let document = json::Document::new(header, self.started, records, verdict);
                json::write(&mut self.out, &document, self.key.as_deref())
            }
            Format::Junit => {
                let written = junit::write(&mut self.out, header, records);
                written.map_err(|reason| ReportError::Xml { path: self.name.clone(), reason })?;
                self.out.flush()
            }
        };
        self.io(result)
    }

    fn io(&self, result: io::Result<()>) -> Result<(), ReportError> {
        result.map_err(|source| ReportError::Io { path: self.name.clone(), source })
    }
}

/// A report of a run that has ended, as bytes.
///
/// # Errors
/// [`ReportError`].
pub fn rendered(
    format: Format,
    header: &Header,
    records: &[Record],
    verdict: &Verdict,
) -> Result<Vec<u8>, ReportError> {
    let bytes = Bytes::default();
    let mut report = Report::into_writer(format, Box::new(bytes.clone()));
    report.begin(header)?;
    records.iter().try_for_each(|record| report.record(record))?;
    report.end(header, records, verdict)?;
    drop(report);
    Ok(bytes.0.take())
}

/// A writer into memory that is read afterwards.
#[derive(Clone, Default)]
struct Bytes(Rc<RefCell<Vec<u8>>>);

impl Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn create(path: &Path) -> Result<File, ReportError> {
    File::create(path).map_err(|source| ReportError::Io { path: path.display().to_string(), source })
}

/// How often each outcome came, in the order of reports; outcomes that did not come are left out.
pub(crate) fn counts(records: &[Record]) -> Vec<(&'static str, usize)> {
    crate::outcome::Outcome::ALL
        .iter()
        .map(|outcome| (outcome.word(), records.iter().filter(|r| r.outcome == *outcome).count()))
        .filter(|(_, count)| *count > 0)
        .collect()
}
