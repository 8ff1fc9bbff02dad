//! Reads a journal without a lock and without changing it: the gateway may be writing it meanwhile.

use std::io::{Error, ErrorKind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redb::StorageBackend;

use super::store::{Retention, Store, StoreError};
use super::{JournalError, Stored, SystemClock};

/// Largest file that is read: far beyond what a journal grows to.
const LARGEST: u64 = 1 << 30;
/// A copy that was taken while the gateway wrote may be torn; then another one is taken.
const COPIES: usize = 5;

/// All entries of a journal file, oldest first.
///
/// # Errors
/// [`JournalError::Storage`] if it cannot be read, or is damaged.
pub fn look(path: &Path) -> Result<Vec<Stored>, JournalError> {
    let failed = |reason: String| JournalError::Storage { path: path.display().to_string(), reason };
    let mut reason = String::new();
    for copy in 0..COPIES {
        if copy > 0 {
            std::thread::sleep(Duration::from_millis(20));
        }
        let length = std::fs::metadata(path).map_err(|e| failed(e.to_string()))?.len();
        if length > LARGEST {
            return Err(failed(format!("{length} bytes are too many for a journal")));
        }
        let bytes = std::fs::read(path).map_err(|e| failed(e.to_string()))?;
        if bytes.is_empty() {
            return Err(failed("it is empty".to_owned()));
        }
        match entries(bytes) {
            Ok(entries) => return Ok(entries),
            Err(error) => reason = error.to_string(),
        }
    }
    Err(failed(reason))
}

/// All entries in the bytes of a journal, oldest first. The bytes may be anything.
///
/// # Errors
/// [`StoreError`].
pub fn entries(bytes: Vec<u8>) -> Result<Vec<Stored>, StoreError> {
    // All is kept: the copy is thrown away, and opening it appends nothing.
    Store::open(Copied(Mutex::new(bytes)), Retention::default(), Arc::new(SystemClock))?.entries()
}

/// The bytes of a store in memory, to be repaired there.
#[derive(Debug)]
struct Copied(Mutex<Vec<u8>>);

impl Copied {
    fn with<T>(&self, work: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn span(offset: u64, length: usize) -> Option<std::ops::Range<usize>> {
    let start = usize::try_from(offset).ok()?;
    Some(start..start.checked_add(length)?)
}

impl StorageBackend for Copied {
    fn len(&self) -> Result<u64, Error> {
        Ok(self.with(|bytes| bytes.len() as u64))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        self.with(|bytes| {
            let range = span(offset, out.len()).and_then(|range| bytes.get(range));
            out.copy_from_slice(range.ok_or(ErrorKind::UnexpectedEof)?);
            Ok(())
        })
    }

    fn set_len(&self, len: u64) -> Result<(), Error> {
        // A damaged header may ask for any length.
        let len = usize::try_from(len).ok().filter(|len| *len as u64 <= LARGEST);
        let len = len.ok_or(ErrorKind::InvalidData)?;
        self.with(|bytes| bytes.resize(len, 0));
        Ok(())
    }

    fn sync_data(&self) -> Result<(), Error> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        self.with(|bytes| {
            let range = span(offset, data.len()).and_then(|range| bytes.get_mut(range));
            range.ok_or(ErrorKind::UnexpectedEof)?.copy_from_slice(data);
            Ok(())
        })
    }
}
