//! The record of what the gateway does to devices, and on whose behalf: intents, outcomes, leases, commits.
//!
//! An intent is on record before its write is sent. Without a record there is no write, except towards
//! the fail-safe value. A gateway that starts reads here which of its writes it does not know the end of
//! ([`Recovery`]), and asks the hardware.
//!
//! - [`entry`]: what is recorded.
//! - [`tracker`]: what is open: writes without an outcome, the lease, a commit.
//! - [`memory`]: a journal that ends with the process.
//! - [`store`]: the embedded store (redb), over any storage; [`keeper`] opens it and sets a
//!   damaged one aside; [`file`](mod@file) runs it on a file; [`look`] reads one without
//!   a lock.

pub mod clock;
pub mod entry;
#[cfg(feature = "journal")]
pub mod file;
#[cfg(feature = "journal")]
pub mod keeper;
#[cfg(feature = "journal")]
pub mod look;
pub mod memory;
#[cfg(feature = "journal")]
pub mod store;
pub mod tracker;

pub use clock::{Clock, SystemClock};
pub use entry::{By, CommitEnd, Entry, Item, LeaseEnd, Outcome, Stored, Write};
#[cfg(feature = "journal")]
pub use file::StoreJournal;
pub use memory::MemoryJournal;
pub use tracker::Recovery;

use std::time::Duration;

use crate::bus::BoxFuture;

/// A journal could not take or give an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// The storage failed: full, gone, or an error of the disk.
    #[error("journal {path}: {reason}")]
    Storage {
        /// Where it is.
        path: String,
        /// The words of the storage.
        reason: String,
    },
    /// What the journal holds cannot be trusted. It was set aside; a person has to make a fresh one.
    #[error(
        "journal {path}: {reason}; nothing is written but fail-safe values until a fresh one is made: dpo journal init \
         --file {path}"
    )]
    Broken {
        /// Where it was.
        path: String,
        /// What is wrong, and where the broken one lies now.
        reason: String,
    },
    /// It is not on record in time.
    #[error("journal: not on record within {0:?}")]
    Late(Duration),
    /// Too many entries wait for a disk that does not keep up.
    #[error("journal {path}: the disk does not keep up")]
    Busy {
        /// Where it is.
        path: String,
    },
}

/// Where entries go.
pub trait Journal: Send + Sync + std::fmt::Debug {
    /// Appends an entry; ready when it is as durable as this journal makes it. Gives its number: numbers
    /// rise by one.
    ///
    /// # Errors
    /// [`JournalError`] if it is not on record. After [`JournalError::Late`] it may yet be.
    fn record(&self, entry: Entry) -> BoxFuture<'_, Result<u64, JournalError>>;

    /// What was open when the last gateway ended.
    ///
    /// # Errors
    /// [`JournalError`] if the journal cannot be read.
    fn recover(&self) -> BoxFuture<'_, Result<Recovery, JournalError>>;
}
