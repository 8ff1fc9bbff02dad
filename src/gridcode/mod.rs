//! Grid codes as data, and the verdict on a recorded event.
//!
//! - [`model`]: a code as it stands in `spec/grid-codes/*.json`; [`find()`] gives a shipped one by name,
//!   [`lint()`] says what is wrong with a file.

mod lint;
mod load;
pub mod model;
#[cfg(feature = "gridcode-schema")]
pub mod schema;
pub mod table;

pub use lint::{Finding, lint, lint_codes};
pub use load::{BUILTIN, LoadError, builtin, find, load, parse};
pub use model::GridCode;
