//! What the suite has changed on a device and has not put back yet. A case that writes notes the words that were there
//! before; its end puts them back. The notes are also in a file, so that a run that was killed leaves the next start,
//! or `dpo-conformance restore`, everything it needs.
//!
//! The file holds one JSON line an event, synced before the write goes out. A line that was cut off by the kill is the
//! last one, and its write never went out: what is noted next takes its place. The file is locked while it is written.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// Longest file that is read, in bytes: more than any run writes.
const LONGEST: u64 = 16 << 20;
/// How often a journal that is removed meanwhile is opened anew.
const LOCK_TRIES: u32 = 8;

/// Words of a device that were there before a case wrote over them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Before {
    /// The link, as written after `--target`.
    pub link: String,
    /// Modbus address of the device.
    pub unit: u8,
    /// First register, or the coil.
    pub address: u16,
    /// What was there; of a coil 0 or 1.
    pub words: Vec<u16>,
    /// Whether it is a coil.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub coil: bool,
    /// Whether a device that conforms has refused the write, so that there is nothing to put back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suspect: bool,
    /// Where the device may be found while this is changed: the register holds its own address or baud rate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<Elsewhere>,
}

/// Another address or baud rate at which a device may answer until something is put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Elsewhere {
    /// Modbus address. The register that was changed holds it then.
    Unit(u8),
    /// Bits a second.
    Baud(u32),
}

impl Before {
    /// Words of a register.
    pub(crate) fn register(link: String, unit: u8, address: u16, words: Vec<u16>) -> Self {
        Self { link, unit, address, words, coil: false, suspect: false, elsewhere: Vec::new() }
    }

    /// Whether both are of the same place.
    fn same_place(&self, other: &Self) -> bool {
        let place = |note: &Self| (note.link.clone(), note.unit, note.address, note.coil);
        place(self) == place(other)
    }
}

impl fmt::Display for Before {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let coil = if self.coil { "coil " } else { "" };
        write!(f, "{coil}{:04X} of unit {} over {}: {:04X?}", self.address, self.unit, self.link, self.words)
    }
}

/// A resource of a Redfish service before a case wrote to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceBefore {
    /// The service, as written after `--target`.
    pub base: String,
    /// The control. It had no set point: cases that steer do not begin otherwise.
    pub uri: String,
    /// Its name.
    pub name: Option<String>,
    /// The least and the largest set point that a case writes. Another one is somebody else's, and stays.
    pub written: Option<(f64, f64)>,
}

impl fmt::Display for ServiceBefore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}: no set point", self.uri, self.base)
    }
}

/// What a PMBus device held before a case wrote over it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusBefore {
    /// The bus, as `/dev/i2c-1`.
    pub bus: String,
    /// Address of the device (7 bits).
    pub address: u8,
    /// Page that the setting is on, if the device has several.
    pub page: Option<u8>,
    /// What is sent to read it.
    pub request: Vec<u8>,
    /// What was read, without packet error code.
    pub raw: Vec<u8>,
    /// What is written to put it back, without packet error code.
    pub write: Vec<u8>,
}

impl BusBefore {
    /// Whether both are of the same setting.
    pub(crate) fn same_place(&self, other: &Self) -> bool {
        let place = |note: &Self| (note.bus.clone(), note.address, note.page, note.request.clone());
        place(self) == place(other)
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    Changed(Before),
    PutBack(Before),
    BusChanged(BusBefore),
    BusPutBack(BusBefore),
    ServiceChanged(ServiceBefore),
    ServicePutBack(ServiceBefore),
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// It cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line is none of this suite.
    #[error("{}:{line}: {reason}; if the file is no journal of this suite, name another one with --journal", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// Number of the line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
}

#[derive(Debug, Default)]
struct State {
    /// Locked as long as it is open: two runs never share a journal.
    file: Option<File>,
    /// Where the whole lines of the file end, if a kill has cut the last one off.
    torn_at: Option<u64>,
    open: Vec<Before>,
    bus: Vec<BusBefore>,
    services: Vec<ServiceBefore>,
}

impl State {
    fn is_empty(&self) -> bool {
        self.open.is_empty() && self.bus.is_empty() && self.services.is_empty()
    }
}

/// Notes of what must be put back.
#[derive(Debug, Default)]
pub struct Restore {
    path: Option<PathBuf>,
    state: Mutex<State>,
}

impl Restore {
    /// Notes in memory alone: for a device that ends with the run.
    pub fn in_memory() -> Arc<Self> {
        Arc::default()
    }

    /// Notes in a file; reads what an earlier run has left in it.
    ///
    /// # Errors
    /// [`RestoreError`].
    pub fn open(path: &Path) -> Result<Arc<Self>, RestoreError> {
        let mut state = left(path)?;
        if !state.is_empty() {
            state.file = Some(locked(path)?);
        }
        Ok(Arc::new(Self { path: Some(path.to_owned()), state: Mutex::new(state) }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is not put back yet, in the order in which it must be: the last change first.
    pub fn pending(&self) -> Vec<Before> {
        self.lock().open.iter().rev().cloned().collect()
    }

    /// Notes what is there before it is changed. Noted once, whatever follows.
    ///
    /// # Errors
    /// [`RestoreError::Io`]: then nothing may be written to the device.
    pub fn changing(&self, before: &Before) -> Result<(), RestoreError> {
        let mut state = self.lock();
        if state.open.iter().any(|known| known.same_place(before)) {
            return Ok(());
        }
        self.append(&mut state, &Line::Changed(before.clone()))?;
        state.open.push(before.clone());
        Ok(())
    }

    /// Notes that it is put back. When nothing is left, the file goes.
    ///
    /// # Errors
    /// [`RestoreError::Io`].
    pub fn put_back(&self, before: &Before) -> Result<(), RestoreError> {
        let mut state = self.lock();
        state.open.retain(|known| !known.same_place(before));
        self.ended(&mut state, &Line::PutBack(before.clone()))
    }

    /// What is not put back yet on PMBus, in the order of the changes.
    pub fn bus_pending(&self) -> Vec<BusBefore> {
        self.lock().bus.clone()
    }

    /// As [`Restore::changing`], for PMBus.
    ///
    /// # Errors
    /// [`RestoreError::Io`]: then nothing may be written to the device.
    pub fn bus_changing(&self, before: &BusBefore) -> Result<(), RestoreError> {
        let mut state = self.lock();
        if state.bus.iter().any(|known| known.same_place(before)) {
            return Ok(());
        }
        self.append(&mut state, &Line::BusChanged(before.clone()))?;
        state.bus.push(before.clone());
        Ok(())
    }

    /// As [`Restore::put_back`], for PMBus.
    ///
    /// # Errors
    /// [`RestoreError::Io`].
    pub fn bus_put_back(&self, before: &BusBefore) -> Result<(), RestoreError> {
        let mut state = self.lock();
        state.bus.retain(|known| !known.same_place(before));
        self.ended(&mut state, &Line::BusPutBack(before.clone()))
    }

    /// What is not put back yet on Redfish.
    pub fn services_pending(&self) -> Vec<ServiceBefore> {
        self.lock().services.clone()
    }

    /// As [`Restore::changing`], for Redfish.
    ///
    /// # Errors
    /// [`RestoreError::Io`]: then nothing may be written to the service.
    pub fn service_changing(&self, before: &ServiceBefore) -> Result<(), RestoreError> {
        let mut state = self.lock();
        if state.services.iter().any(|known| same_resource(known, before)) {
            return Ok(());
        }
        self.append(&mut state, &Line::ServiceChanged(before.clone()))?;
        state.services.push(before.clone());
        Ok(())
    }

    /// As [`Restore::put_back`], for Redfish.
    ///
    /// # Errors
    /// [`RestoreError::Io`].
    pub fn service_put_back(&self, before: &ServiceBefore) -> Result<(), RestoreError> {
        let mut state = self.lock();
        state.services.retain(|known| !same_resource(known, before));
        self.ended(&mut state, &Line::ServicePutBack(before.clone()))
    }

    /// Whether nothing is left to put back.
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// What is left to put back, one line each.
    pub fn lines(&self) -> Vec<String> {
        let state = self.lock();
        let registers = state.open.iter().rev().map(ToString::to_string);
        let bus = state.bus.iter().map(ToString::to_string);
        registers.chain(bus).chain(state.services.iter().map(ToString::to_string)).collect()
    }

    /// Something is put back: a line more, or the end of the file.
    fn ended(&self, state: &mut State, line: &Line) -> Result<(), RestoreError> {
        if !state.is_empty() {
            return self.append(state, line);
        }
        state.file = None;
        match &self.path {
            Some(path) => match std::fs::remove_file(path) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    Err(RestoreError::Io { path: path.clone(), source })
                }
                _ => Ok(()),
            },
            None => Ok(()),
        }
    }

    fn append(&self, state: &mut State, line: &Line) -> Result<(), RestoreError> {
        let Some(path) = &self.path else { return Ok(()) };
        let io = |source: io::Error| RestoreError::Io { path: path.clone(), source };
        if state.file.is_none() {
            state.file = Some(locked(path)?);
        }
        let torn = state.torn_at.take();
        let Some(file) = state.file.as_mut() else { return Ok(()) };
        if let Some(end) = torn {
            // Else the next line would stand behind the fragment, and neither could be read.
            file.set_len(end).map_err(io)?;
        }
        let mut text = serde_json::to_string(line).map_err(|e| io(e.into()))?;
        text.push('\n');
        file.write_all(text.as_bytes()).and_then(|()| file.sync_data()).map_err(io)
    }
}

/// Opens the file to write to its end, and locks it against every other run until it is closed.
fn locked(path: &Path) -> Result<File, RestoreError> {
    let io = |source: io::Error| RestoreError::Io { path: path.to_owned(), source };
    // Whoever had it may remove it between the opening and the lock; then another file has the name.
    for _ in 0..LOCK_TRIES {
        let file = OpenOptions::new().create(true).append(true).open(path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let reason =
                    "another run is using this journal; wait for its end, or name another one with --journal";
                return Err(io(io::Error::other(reason)));
            }
            // A file system without locks.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        let own = file.metadata().map_err(io)?;
        if std::fs::metadata(path).is_ok_and(|named| (named.dev(), named.ino()) == (own.dev(), own.ino())) {
            return Ok(file);
        }
    }
    Err(io(io::Error::other("the journal is removed again and again")))
}

fn same_resource(one: &ServiceBefore, other: &ServiceBefore) -> bool {
    (&one.base, &one.uri) == (&other.base, &other.uri)
}

/// What the file of a run that was killed asks to put back, in the order of the changes.
fn left(path: &Path) -> Result<State, RestoreError> {
    let io = |source: io::Error| RestoreError::Io { path: path.to_owned(), source };
    match std::fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(State::default()),
        Err(error) => return Err(io(error)),
        Ok(found) if !found.is_file() || found.len() > LONGEST => {
            return Err(io(io::Error::other("is no journal: not a file, or longer than 16 MiB")));
        }
        Ok(_) => {}
    }
    let mut bytes = std::fs::read(path).map_err(io)?;
    let mut state = State::default();
    // What was cut off by the kill has no end of line: its write never went out.
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    if end < bytes.len() && (end > 0 || bytes.first() == Some(&b'{')) {
        bytes.truncate(end);
        state.torn_at = Some(end as u64);
    }
    let text = String::from_utf8(bytes).map_err(|e| io(io::Error::other(e.to_string())))?;
    for (nth, line) in text.lines().enumerate() {
        match serde_json::from_str(line) {
            Ok(Line::Changed(before)) => state.open.push(before),
            Ok(Line::PutBack(before)) => state.open.retain(|b| !b.same_place(&before)),
            Ok(Line::BusChanged(before)) => state.bus.push(before),
            Ok(Line::BusPutBack(before)) => state.bus.retain(|b| !b.same_place(&before)),
            Ok(Line::ServiceChanged(before)) => state.services.push(before),
            Ok(Line::ServicePutBack(before)) => state.services.retain(|b| !same_resource(b, &before)),
            Err(error) => {
                let (path, line) = (path.to_owned(), nth + 1);
                return Err(RestoreError::Form { path, line, reason: error.to_string() });
            }
        }
    }
    Ok(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before(address: u16, word: u16) -> Before {
        Before::register("tcp://127.0.0.1:502".into(), 200, address, vec![word])
    }

    #[test]
    fn what_a_killed_run_has_not_put_back_is_found_last_change_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let notes = Restore::open(&path).unwrap();
        for (address, word) in [(1, 10), (2, 20), (3, 30)] {
            notes.changing(&before(address, word)).unwrap();
        }
        // The value of the first change counts, whatever is written later.
        notes.changing(&before(1, 99)).unwrap();
        notes.put_back(&before(2, 20)).unwrap();
        drop(notes);
        let again = Restore::open(&path).unwrap();
        assert_eq!(again.pending(), [before(3, 30), before(1, 10)]);
        again.put_back(&before(3, 30)).unwrap();
        again.put_back(&before(1, 10)).unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn a_line_that_the_kill_cut_off_counts_as_never_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let notes = Restore::open(&path).unwrap();
        notes.changing(&before(1, 10)).unwrap();
        notes.changing(&before(2, 20)).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        drop(notes);
        let first = text.lines().next().unwrap().len() + 1;
        for cut in first..text.len() {
            std::fs::write(&path, &text[..cut]).unwrap();
            let again = Restore::open(&path).unwrap();
            assert_eq!(again.pending(), [before(1, 10)], "{cut}");
            // What is noted next does not stand behind the fragment.
            again.changing(&before(3, 30)).unwrap();
            drop(again);
            assert_eq!(Restore::open(&path).unwrap().pending(), [before(3, 30), before(1, 10)], "{cut}");
        }
    }

    #[test]
    fn two_runs_never_share_a_journal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let (one, two) = (Restore::open(&path).unwrap(), Restore::open(&path).unwrap());
        one.changing(&before(1, 10)).unwrap();
        // The second may not write, and so notes nothing; a third does not even begin.
        let error = two.changing(&before(2, 20)).unwrap_err().to_string();
        assert!(error.contains("another run") && error.contains("--journal"), "{error}");
        assert!(two.is_empty() && Restore::open(&path).is_err());
        one.put_back(&before(1, 10)).unwrap();
        two.changing(&before(2, 20)).unwrap();
        assert!(one.changing(&before(1, 10)).is_err());
        drop(two);
        assert_eq!(Restore::open(&path).unwrap().pending(), [before(2, 20)]);
    }

    #[test]
    fn notes_of_every_kind_come_back_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let notes = Restore::open(&path).unwrap();
        let coil = Before { coil: true, ..before(1, 1) };
        let rate = Before { elsewhere: vec![Elsewhere::Baud(9600), Elsewhere::Unit(247)], ..before(2, 0) };
        let service = ServiceBefore {
            base: "https://192.0.2.1".into(),
            uri: "/redfish/v1/Chassis/1/Controls/Limit".into(),
            name: Some("Limit".into()),
            written: Some((17_900.0, 18_001.0)),
        };
        // A coil and a register of the same number are two places.
        for note in [&coil, &before(1, 7), &rate] {
            notes.changing(note).unwrap();
        }
        notes.service_changing(&service).unwrap();
        drop(notes);
        let again = Restore::open(&path).unwrap();
        assert_eq!(again.pending(), [rate.clone(), before(1, 7), coil.clone()]);
        assert_eq!(again.services_pending(), std::slice::from_ref(&service));
        assert_eq!(again.lines().len(), 4);
        again.put_back(&coil).unwrap();
        assert_eq!(again.pending(), [rate.clone(), before(1, 7)]);
        again.put_back(&rate).unwrap();
        again.put_back(&before(1, 7)).unwrap();
        assert!(path.exists() && !again.is_empty());
        again.service_put_back(&service).unwrap();
        assert!(!path.exists() && again.is_empty());
    }

    #[test]
    fn another_file_is_refused_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        std::fs::write(&path, "hello\nworld\n").unwrap();
        let error = Restore::open(&path).unwrap_err().to_string();
        assert!(error.contains(":1:") && error.contains("--journal"), "{error}");
        assert!(Restore::open(folder.path()).is_err());
    }
}
