//! Reports: text, JUnit, NDJSON, HTML.

mod html;
mod junit;
mod ndjson;
mod text;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::outcome::{Record, Verdict};

/// Format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// One line a case, then the verdict.
    Text,
    /// JUnit XML.
    Junit,
    /// One JSON object a line, written and flushed as soon as a case ended.
    Ndjson,
    /// One static HTML file that needs nothing else.
    Html,
}

/// What a report says about the run itself.
#[derive(Debug, Clone, Serialize)]
pub struct Header {
    /// Version of the suite.
    pub suite: &'static str,
    /// Target as given.
    pub target: String,
    /// Devices under test.
    pub devices: Vec<String>,
    /// Versions of the maps, as `id version`.
    pub maps: Vec<String>,
    /// Whether classes N and W were selected.
    pub writes: bool,
    /// Whether class D was selected.
    pub disruptive: bool,
    /// Seed of everything random.
    pub seed: u64,
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
}

/// A report being written.
pub struct Report {
    format: Format,
    name: String,
    out: Box<dyn Write>,
    verbose: bool,
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
        Ok(Self { format, name, out, verbose: false })
    }

    /// A report into any writer, for tests and embedding.
    pub fn into_writer(format: Format, out: Box<dyn Write>) -> Self {
        Self { format, name: "writer".into(), out, verbose: false }
    }

    /// Text: also names cases that passed or were not run.
    #[must_use]
    pub fn verbose(mut self, verbose: bool) -> Self {
        self.verbose = verbose;
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
            Format::Junit | Format::Html => Ok(()),
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
            Format::Junit | Format::Html => Ok(()),
        };
        self.io(result)
    }

    /// Writes the rest.
    ///
    /// # Errors
    /// [`ReportError`].
    pub fn end(&mut self, header: &Header, records: &[Record], verdict: &Verdict) -> Result<(), ReportError> {
        let result = match self.format {
            Format::Text => text::end(&mut self.out, records, verdict),
            Format::Ndjson => ndjson::end(&mut self.out, records, verdict),
            Format::Html => html::write(&mut self.out, header, records, verdict),
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
