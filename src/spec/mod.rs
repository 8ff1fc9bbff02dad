//! The specification as data: requirements, modifications, the figure of the states; and what is generated of them.
//!
//! [`Book::read`] reads `spec/`, `conformance/` and the names of tests in the sources. [`lint`] says what does not
//! hold together: a `shall` that nothing tests, an identifier that leads nowhere, a case without a requirement.
//! [`outputs`] gives the files that are written from the data, with the chapters in which the sentences of the
//! requirements stand between marks.

mod blocks;
mod book;
mod cases;
mod figure;
mod lint;
mod matrix;
mod model;
mod modifications;
mod outputs;
mod registers;
mod tests_named;

#[cfg(test)]
mod tests;

pub use book::{Book, SpecError};
pub use cases::{Cases, Level as CaseLevel};
pub use lint::{Finding, lint};
pub use model::{
    Document, Group, Kind, Level, Modification, Modifications, Requirement, Status, Verification,
};
pub use outputs::{Output, outputs};
