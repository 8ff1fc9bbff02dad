//! The append-only record of writes: what is about to be sent, and what came of it.
//!
//! An entry is on record before its write is sent. Without a record there is no write, except towards
//! the fail-safe value.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// How far a write has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// About to be sent.
    Intent,
    /// Read back as meant.
    Confirmed,
    /// Refused, not answered, or not read back as meant.
    Failed {
        /// What happened.
        reason: String,
    },
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub time: SystemTime,
    /// Name of the bus.
    pub bus: String,
    /// Modbus address.
    pub unit: u8,
    /// Register identifier in the map.
    pub register: &'static str,
    /// First address of the register.
    pub address: u16,
    /// Words the device held before.
    pub before: Vec<u16>,
    /// Words to be written.
    pub after: Vec<u16>,
    /// On whose behalf.
    pub cause: String,
    /// How far it has come.
    pub phase: Phase,
}

/// A journal could not take an entry.
#[derive(Debug, thiserror::Error)]
#[error("journal {path}: {source}")]
pub struct JournalError {
    path: String,
    source: std::io::Error,
}

impl JournalError {
    pub(super) fn late(after: std::time::Duration) -> Self {
        let source =
            std::io::Error::new(std::io::ErrorKind::TimedOut, format!("not on record within {after:?}"));
        Self { path: "(task)".to_owned(), source }
    }

    pub(super) fn lost(error: tokio::task::JoinError) -> Self {
        Self { path: "(task)".to_owned(), source: std::io::Error::other(error) }
    }
}

/// Where entries go. `record` may block for a disk.
pub trait Journal: Send + Sync + std::fmt::Debug {
    /// Appends an entry and makes it durable as far as this journal can.
    ///
    /// # Errors
    /// [`JournalError`] if the entry is not on record.
    fn record(&self, entry: &Entry) -> Result<(), JournalError>;
}

/// Entries kept by [`MemoryJournal`].
const KEPT: usize = 1024;

/// Keeps the newest entries in memory; nothing survives a restart.
#[derive(Debug, Default)]
pub struct MemoryJournal(Mutex<VecDeque<Entry>>);

impl MemoryJournal {
    /// The entries kept, oldest first.
    pub fn entries(&self) -> Vec<Entry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

impl Journal for MemoryJournal {
    fn record(&self, entry: &Entry) -> Result<(), JournalError> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() == KEPT {
            entries.pop_front();
        }
        entries.push_back(entry.clone());
        Ok(())
    }
}

/// Appends one line an entry to a file and waits until it is on the disk.
#[derive(Debug)]
pub struct FileJournal {
    path: PathBuf,
    file: Mutex<File>,
}

impl FileJournal {
    /// Opens the file for appending; creates it if it is not there.
    ///
    /// # Errors
    /// [`JournalError`] if the file cannot be opened.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let open = OpenOptions::new().create(true).append(true).open(path);
        let file = open.map_err(|source| JournalError { path: path.display().to_string(), source })?;
        Ok(Self { path: path.to_owned(), file: Mutex::new(file) })
    }
}

impl Journal for FileJournal {
    fn record(&self, entry: &Entry) -> Result<(), JournalError> {
        let line = line(entry);
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        // One write call a line: after a kill, at most the last line is cut short.
        file.write_all(line.as_bytes())
            .and_then(|()| file.sync_data())
            .map_err(|source| JournalError { path: self.path.display().to_string(), source })
    }
}

fn line(entry: &Entry) -> String {
    let time = entry.time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let hex = |words: &[u16]| words.iter().map(|w| format!("{w:04X}")).collect::<Vec<_>>().join(" ");
    let phase = match &entry.phase {
        Phase::Intent => "intent".to_owned(),
        Phase::Confirmed => "confirmed".to_owned(),
        Phase::Failed { reason } => format!("failed {reason:?}"),
    };
    format!(
        "{}.{:06} bus={:?} unit={} register={} address={} before=[{}] after=[{}] cause={:?} {phase}\n",
        time.as_secs(),
        time.subsec_micros(),
        entry.bus,
        entry.unit,
        entry.register,
        entry.address,
        hex(&entry.before),
        hex(&entry.after),
        entry.cause,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(phase: Phase) -> Entry {
        Entry {
            time: UNIX_EPOCH + std::time::Duration::from_millis(1500),
            bus: "b".into(),
            unit: 200,
            register: "vout_setpoint_h",
            address: 103,
            before: vec![0xCC00],
            after: vec![0xC0B7],
            cause: "line\nbreak".into(),
            phase,
        }
    }

    #[test]
    fn a_file_journal_keeps_one_line_an_entry_across_openings() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        FileJournal::open(&path).unwrap().record(&entry(Phase::Intent)).unwrap();
        let failed = Phase::Failed { reason: "no answer".into() };
        FileJournal::open(&path).unwrap().record(&entry(failed)).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "1.500000 bus=\"b\" unit=200 register=vout_setpoint_h address=103 before=[CC00] \
                 after=[C0B7] cause=\"line\\nbreak\" intent",
                "1.500000 bus=\"b\" unit=200 register=vout_setpoint_h address=103 before=[CC00] \
                 after=[C0B7] cause=\"line\\nbreak\" failed \"no answer\"",
            ]
        );
        assert!(FileJournal::open(dir.path()).is_err());
    }

    #[test]
    fn a_memory_journal_is_bounded() {
        let journal = MemoryJournal::default();
        for _ in 0..KEPT + 5 {
            journal.record(&entry(Phase::Intent)).unwrap();
        }
        assert_eq!(journal.entries().len(), KEPT);
    }
}
