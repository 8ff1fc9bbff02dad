//! A disk in memory that loses what was not synced, tears what was being written, fills up and fails.

use std::collections::BTreeSet;
use std::io::{Error, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dpo_gateway::shelf::journal::keeper::Place;
use dpo_gateway::shelf::journal::store::StoreError;
use redb::StorageBackend;

use crate::rng::Rng;

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;
/// What a file system allocates at once.
const BLOCK: usize = 4096;

/// The disk with the file of the journal. Clones are the same disk.
#[derive(Debug, Clone, Default)]
pub struct Disk(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    /// What is on the platter.
    durable: Vec<u8>,
    /// What the operating system shows.
    shown: Vec<u8>,
    dirty: BTreeSet<usize>,
    allocated: BTreeSet<usize>,
    full: bool,
    failing: bool,
    /// Files that were set aside.
    aside: Vec<Vec<u8>>,
    /// A damaged file was set aside, and nobody has made a fresh one.
    gone: bool,
}

impl Disk {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// No room for blocks that were never written.
    pub fn fill(&self, full: bool) {
        self.lock().full = full;
    }

    /// Every write and sync fails.
    pub fn fail(&self, failing: bool) {
        self.lock().failing = failing;
    }

    /// The power goes, or the kernel: each sector that was not synced is there or not.
    pub fn crash(&self, rng: &mut Rng) {
        let mut inner = self.lock();
        let inner = &mut *inner;
        let longer = inner.shown.len() > inner.durable.len() && rng.chance(0.5);
        if longer || inner.shown.len() < inner.durable.len() {
            inner.durable.resize(inner.shown.len(), 0);
        }
        for sector in std::mem::take(&mut inner.dirty) {
            let (from, to) = (sector * SECTOR, ((sector + 1) * SECTOR).min(inner.shown.len()));
            if to <= inner.durable.len() && from < to && rng.chance(0.5) {
                inner.durable[from..to].copy_from_slice(&inner.shown[from..to]);
            }
        }
        inner.shown = inner.durable.clone();
    }

    /// Damages what is on the platter: a sector of zeros, a flipped bit, or the end cut off.
    pub fn damage(&self, rng: &mut Rng) {
        let mut inner = self.lock();
        let length = inner.durable.len();
        if length == 0 {
            return;
        }
        match rng.below(3) {
            0 => {
                let from = rng.below(length as u64 / SECTOR as u64) as usize * SECTOR;
                inner.durable[from..from + SECTOR].fill(0);
            }
            1 => {
                // Where something was written: most of a young file is empty.
                let blocks: Vec<usize> = inner.allocated.iter().copied().collect();
                let block = blocks[rng.below(blocks.len() as u64) as usize];
                let at = (block * BLOCK + rng.below(BLOCK as u64) as usize).min(length - 1);
                inner.durable[at] ^= 1 << rng.below(8);
            }
            _ => inner.durable.truncate(rng.below(length as u64) as usize),
        }
        inner.shown = inner.durable.clone();
    }

    /// How many files were set aside.
    pub fn set_aside_count(&self) -> usize {
        self.lock().aside.len()
    }

    /// Whether there is no journal, and none may be begun.
    pub fn gone(&self) -> bool {
        self.lock().gone
    }

    /// A person makes a fresh journal.
    pub fn make(&self) {
        self.lock().gone = false;
    }
}

impl Place for Disk {
    type Storage = Self;

    fn name(&self) -> String {
        "disk".to_owned()
    }

    fn aside(&self) -> Option<String> {
        self.gone().then(|| "aside".to_owned())
    }

    fn open(&mut self) -> Result<Self, StoreError> {
        Ok(self.clone())
    }

    fn set_aside(&mut self) -> Result<String, String> {
        let mut inner = self.lock();
        let file = std::mem::take(&mut inner.durable);
        inner.aside.push(file);
        inner.shown.clear();
        inner.dirty.clear();
        inner.allocated.clear();
        inner.gone = true;
        Ok("aside".to_owned())
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64, Error> {
        Ok(self.lock().shown.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        let inner = self.lock();
        let from = offset as usize;
        let bytes = from.checked_add(out.len()).and_then(|to| inner.shown.get(from..to));
        out.copy_from_slice(bytes.ok_or(ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<(), Error> {
        let mut inner = self.lock();
        if inner.failing {
            return Err(Error::other("input/output error"));
        }
        let len = usize::try_from(len).ok().filter(|l| *l < 1 << 28).ok_or(ErrorKind::InvalidData)?;
        inner.shown.resize(len, 0);
        Ok(())
    }

    fn sync_data(&self) -> Result<(), Error> {
        let mut inner = self.lock();
        let inner = &mut *inner;
        if inner.failing {
            return Err(Error::other("input/output error"));
        }
        inner.durable.resize(inner.shown.len(), 0);
        for sector in std::mem::take(&mut inner.dirty) {
            let (from, to) = (sector * SECTOR, ((sector + 1) * SECTOR).min(inner.shown.len()));
            if from < to {
                inner.durable[from..to].copy_from_slice(&inner.shown[from..to]);
            }
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        let mut inner = self.lock();
        let inner = &mut *inner;
        if inner.failing {
            return Err(Error::other("input/output error"));
        }
        let (from, to) = (offset as usize, offset as usize + data.len());
        let blocks = from / BLOCK..to.div_ceil(BLOCK);
        if inner.full && blocks.clone().any(|b| !inner.allocated.contains(&b)) {
            return Err(ErrorKind::StorageFull.into());
        }
        inner.allocated.extend(blocks);
        inner.shown.get_mut(from..to).ok_or(ErrorKind::UnexpectedEof)?.copy_from_slice(data);
        inner.dirty.extend(from / SECTOR..to.div_ceil(SECTOR));
        Ok(())
    }
}
