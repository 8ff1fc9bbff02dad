//! Grid codes as data, and the verdict on a recorded event.
//!
//! - [`model`]: a code as it stands in `spec/grid-codes/*.json`; [`find()`] gives a shipped one by name,
//!   [`lint()`] says what is wrong with a file.
//! - [`history`], [`envelope`]: a voltage over time against a ride-through curve, with margins; pure functions.
//! - [`measure`]: from waveforms to effective voltage, frequency and power.
//! - [`record`]: records of events, CSV and COMTRADE, and which of their channels are what.
//! - [`verdict`]: what a code says of what was seen, clause by clause; [`report`], [`plot`]: for people.

pub mod envelope;
pub mod history;
mod lint;
mod load;
pub mod measure;
pub mod model;
pub mod plot;
pub mod record;
pub mod report;
#[cfg(feature = "gridcode-schema")]
pub mod schema;
pub mod table;
pub mod verdict;

pub use lint::{Finding, lint, lint_codes};
pub use load::{BUILTIN, LoadError, builtin, find, load, parse};
pub use model::GridCode;
pub use verdict::{band_rms, band_swing};
