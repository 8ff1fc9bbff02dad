//! The compliance record: one entry for each grid event, in a file that only grows and whose entries hang on each other.
//!
//! - [`chain`]: the form of the file, and its check.
//! - [`file`](mod@file): appending to it, safe against a torn end.
//! - [`event`]: finds grid events in what a gateway reports.
//! - [`judge`]: an event as an entry: what was seen, the verdict of a grid code, its margins.

pub mod chain;
pub mod event;
pub mod file;
pub mod judge;

pub use chain::{Checked, Entry, EntryKind, RecordError, digest, verify};
pub use event::{EventConfig, GridEvent, Look, Watch};
pub use file::RecordFile;
pub use judge::{JudgeConfig, Nominal, NominalFrom, body};
