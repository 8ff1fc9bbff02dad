//! Keeps a store open, wherever it lies: opens it anew after an error of the storage, and sets it aside if it
//! cannot be trusted.

use std::sync::Arc;

use redb::StorageBackend;

use super::store::{Retention, Store, StoreError};
use super::{Clock, Entry, JournalError, Recovery, Stored};

/// Where a store lies.
pub trait Place {
    /// Its bytes.
    type Storage: StorageBackend;

    /// Name for errors.
    fn name(&self) -> String;

    /// Where a damaged one lies that was set aside, while none was made in its place.
    fn aside(&self) -> Option<String>;

    /// The storage; an empty one where there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    fn open(&mut self) -> Result<Self::Storage, StoreError>;

    /// Sets the damaged one aside, and tells where it lies then. It is never deleted.
    ///
    /// # Errors
    /// The words of the operating system.
    fn set_aside(&mut self) -> Result<String, String>;
}

/// A store that is opened when it is needed.
#[derive(Debug)]
pub struct Keeper<P> {
    place: P,
    retention: Retention,
    clock: Arc<dyn Clock>,
    store: Option<Store>,
}

impl<P: Place> Keeper<P> {
    /// A keeper of the store at a place. Opens nothing yet.
    pub fn new(place: P, retention: Retention, clock: Arc<dyn Clock>) -> Self {
        Self { place, retention, clock, store: None }
    }

    /// Puts entries on record as one; gives the number of the first.
    ///
    /// # Errors
    /// [`JournalError`]; none of them is on record then.
    pub fn append(&mut self, entries: Vec<Entry>) -> Result<u64, JournalError> {
        let done = self.store()?.append(entries);
        done.map_err(|error| self.failed(error))
    }

    /// What is open.
    ///
    /// # Errors
    /// [`JournalError`] if the store cannot be read.
    pub fn recovery(&mut self) -> Result<Recovery, JournalError> {
        Ok(self.store()?.recovery().clone())
    }

    /// All entries, oldest first.
    ///
    /// # Errors
    /// [`JournalError`] if the store cannot be read.
    pub fn entries(&mut self) -> Result<Vec<Stored>, JournalError> {
        let entries = self.store()?.entries();
        entries.map_err(|error| self.failed(error))
    }

    fn store(&mut self) -> Result<&mut Store, JournalError> {
        if self.store.is_none() {
            if let Some(aside) = self.place.aside() {
                let reason = format!("it was damaged and lies now at {aside}");
                return Err(JournalError::Broken { path: self.place.name(), reason });
            }
            let storage = self.place.open();
            let opened = storage.and_then(|s| Store::open(s, self.retention, Arc::clone(&self.clock)));
            self.store = Some(opened.map_err(|error| self.failed(error))?);
        }
        self.store.as_mut().ok_or_else(|| storage(self.place.name(), "not open"))
    }

    fn failed(&mut self, error: StoreError) -> JournalError {
        // Closed before it is moved.
        self.store = None;
        let path = self.place.name();
        match error {
            StoreError::Storage(_) | StoreError::Locked => storage(path, &error.to_string()),
            StoreError::Corrupt(reason) => match self.place.set_aside() {
                Ok(aside) => {
                    JournalError::Broken { path, reason: format!("{reason}; it lies now at {aside}") }
                }
                Err(io) => storage(path, &format!("{reason}, and it cannot be set aside: {io}")),
            },
        }
    }
}

pub(super) fn storage(path: String, reason: &str) -> JournalError {
    JournalError::Storage { path, reason: reason.to_owned() }
}
