//! The journal as an embedded store: one table, a number to an entry, over any storage.
//!
//! Each append is one transaction of redb that is on the disk before it returns: after a kill or a power
//! cut the store holds all of it or nothing of it. Pages carry checksums, which are all checked when the
//! store is opened. What cannot be trusted is reported as [`StoreError::Corrupt`], never read on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use redb::{
    Builder, Database, DatabaseError, ReadableDatabase, ReadableTable, ReadableTableMetadata, StorageBackend,
    StorageError, TableDefinition, TableError,
};

use super::entry::micros;
use super::tracker::{Recovery, Tracker};
use super::{Clock, Entry, Stored};

/// Number to entry, as JSON. The name holds the version of the form.
const ENTRIES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("journal-1");
/// Memory for pages: the journal is written once and read at the start.
const CACHE_BYTES: usize = 4 << 20;
/// Most entries dropped in one append, so that none takes long.
const PRUNED_AT_ONCE: usize = 64;

/// How long entries are kept. Those that are needed to know what is open stay in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Most entries.
    pub most: u64,
    /// Entries older than this are dropped ...
    pub age: Duration,
    /// ... but never so that fewer than this are left: a wall clock that jumps ahead makes all look old.
    pub least: u64,
}

impl Default for Retention {
    fn default() -> Self {
        Self { most: 100_000, age: Duration::from_secs(400 * 86_400), least: 10_000 }
    }
}

/// Why a store could not be opened, written or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It is no journal, or a damaged one.
    #[error("{0}")]
    Corrupt(String),
    /// The storage failed. The store must be opened anew before it takes more.
    #[error("{0}")]
    Storage(String),
    /// Another process has it open.
    #[error("another process has it open")]
    Locked,
}

impl From<StorageError> for StoreError {
    fn from(error: StorageError) -> Self {
        use std::io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
        match error {
            StorageError::Corrupted(_) => Self::Corrupt(error.to_string()),
            // Not the file of a store, or shorter than it says it is.
            StorageError::Io(ref io) if matches!(io.kind(), InvalidData | InvalidInput | UnexpectedEof) => {
                Self::Corrupt(error.to_string())
            }
            other => Self::Storage(other.to_string()),
        }
    }
}

impl From<DatabaseError> for StoreError {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::DatabaseAlreadyOpen => Self::Locked,
            DatabaseError::Storage(storage) => storage.into(),
            DatabaseError::UpgradeRequired(_) => Self::Corrupt(error.to_string()),
            other => Self::Storage(other.to_string()),
        }
    }
}

impl From<TableError> for StoreError {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Storage(storage) => storage.into(),
            other => Self::Corrupt(other.to_string()),
        }
    }
}

impl From<redb::TransactionError> for StoreError {
    fn from(error: redb::TransactionError) -> Self {
        match error {
            redb::TransactionError::Storage(storage) => storage.into(),
            other => Self::Storage(other.to_string()),
        }
    }
}

impl From<redb::CommitError> for StoreError {
    fn from(error: redb::CommitError) -> Self {
        match error {
            redb::CommitError::Storage(storage) => storage.into(),
            other => Self::Storage(other.to_string()),
        }
    }
}

/// An open store.
#[derive(Debug)]
pub struct Store {
    database: Database,
    retention: Retention,
    clock: Arc<dyn Clock>,
    tracker: Tracker,
    newest: u64,
    count: u64,
}

impl Store {
    /// Opens the store in a storage, or makes one in an empty storage. Reads all of it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn open(
        backend: impl StorageBackend,
        retention: Retention,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        guarded(|| {
            let database = Builder::new()
                .set_cache_size(CACHE_BYTES)
                .set_check_integrity_on_open(true)
                .create_with_backend(backend)?;
            let mut store =
                Self { database, retention, clock, tracker: Tracker::default(), newest: 0, count: 0 };
            let entries = store.scan()?;
            for entry in &entries {
                store.tracker.follow(entry);
            }
            store.newest = entries.last().map_or(0, |e| e.sequence);
            store.count = entries.len() as u64;
            Ok(store)
        })
    }

    /// Appends entries as one; they are on the storage when this returns. Gives the number of the first.
    ///
    /// # Errors
    /// [`StoreError`]; none of them is on record then, and the store must be opened anew.
    pub fn append(&mut self, entries: Vec<Entry>) -> Result<u64, StoreError> {
        guarded(|| {
            let first = self.newest + 1;
            let mut tracker = self.tracker.clone();
            let mut newest = self.newest;
            let transaction = self.database.begin_write()?;
            let count = {
                let mut table = transaction.open_table(ENTRIES)?;
                for entry in entries {
                    newest += 1;
                    let stored = Stored::new(newest, self.clock.wall(), self.clock.monotonic(), entry);
                    let json = serde_json::to_vec(&stored).map_err(|e| StoreError::Storage(e.to_string()))?;
                    table.insert(newest, json.as_slice())?;
                    tracker.follow(&stored);
                }
                for old in self.surplus(&table, &tracker)? {
                    table.remove(old)?;
                }
                table.len()?
            };
            transaction.commit()?;
            (self.tracker, self.newest, self.count) = (tracker, newest, count);
            Ok(first)
        })
    }

    /// The oldest entries that need not be kept, as many as may go at once.
    fn surplus(
        &self,
        table: &impl ReadableTable<u64, &'static [u8]>,
        tracker: &Tracker,
    ) -> Result<Vec<u64>, StoreError> {
        let Retention { most, age, least } = self.retention;
        let mut count = table.len()?;
        let mut old = Vec::new();
        if count <= least.min(most) {
            return Ok(old);
        }
        let limit =
            micros(self.clock.wall()).saturating_sub(i64::try_from(age.as_micros()).unwrap_or(i64::MAX));
        for item in table.iter()? {
            let (key, value) = item?;
            let (many, some) = (count > most, count > least);
            if old.len() == PRUNED_AT_ONCE || !(many || some) {
                break;
            }
            if tracker.needs(key.value()) {
                continue;
            }
            if !many && parse(value.value())?.time_us >= limit {
                break;
            }
            old.push(key.value());
            count -= 1;
        }
        Ok(old)
    }

    /// What is open.
    pub fn recovery(&self) -> &Recovery {
        self.tracker.recovery()
    }

    /// Number of the newest entry; 0 if there is none.
    pub fn newest(&self) -> u64 {
        self.newest
    }

    /// Entries kept.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// All entries, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn entries(&self) -> Result<Vec<Stored>, StoreError> {
        guarded(|| self.scan())
    }

    fn scan(&self) -> Result<Vec<Stored>, StoreError> {
        let transaction = self.database.begin_read()?;
        let table = match transaction.open_table(ENTRIES) {
            Ok(table) => table,
            Err(TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let mut entries = Vec::new();
        for item in table.iter()? {
            let (key, value) = item?;
            let entry = parse(value.value())?;
            if entry.sequence != key.value() {
                let (is, says) = (key.value(), entry.sequence);
                return Err(StoreError::Corrupt(format!("entry {is} says that it is {says}")));
            }
            entries.push(entry);
        }
        Ok(entries)
    }
}

fn parse(json: &[u8]) -> Result<Stored, StoreError> {
    serde_json::from_slice(json).map_err(|e| StoreError::Corrupt(format!("an entry cannot be read: {e}")))
}

/// The store may panic over bytes that no store has written. That must not take the gateway along.
fn guarded<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(StoreError::Corrupt("the store is damaged beyond what it can check".to_owned()))
    })
}
