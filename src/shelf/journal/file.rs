//! The store on a file, written by a thread of its own: whoever waits for an entry can stop waiting.
//!
//! Entries that come while the disk is busy go to it together. After an error of the disk the store is
//! opened anew for the next entry: a full disk that has room again is used again. A file that cannot be
//! trusted is renamed, never deleted, and no other is begun in its place until a person says so
//! ([`make`]).

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use redb::backends::FileBackend;
use tokio::sync::oneshot;

use super::keeper::{Keeper, Place, storage};
use super::store::{Retention, StoreError};
use super::{Entry, Journal, JournalError, Recovery, SystemClock};
use crate::bus::BoxFuture;

/// Requests that may wait for the disk.
const QUEUE: usize = 256;
/// Entries that go to the disk together.
const BATCH: usize = 64;
/// How long the end of the process waits for the disk.
const CLOSING: Duration = Duration::from_secs(1);
/// What the name of a file that was set aside has behind its own.
const ASIDE: &str = ".corrupt-";

enum Job {
    Record(Box<Entry>, oneshot::Sender<Result<u64, JournalError>>),
    Recover(oneshot::Sender<Result<Recovery, JournalError>>),
}

/// The journal on a file.
#[derive(Debug)]
pub struct StoreJournal {
    path: PathBuf,
    /// `None` while it is being dropped.
    jobs: Option<SyncSender<Job>>,
    ended: Mutex<Receiver<()>>,
}

impl StoreJournal {
    /// Opens a journal, or begins one where none has been.
    ///
    /// A damaged one is set aside; then this succeeds, and each record is refused with
    /// [`JournalError::Broken`] until [`make`] was called: a gateway must run then, if only to bring
    /// fail-safe values back.
    ///
    /// # Errors
    /// [`JournalError::Storage`] if the file cannot be made, or another process has it open.
    pub fn open(path: &Path, retention: Retention) -> Result<Self, JournalError> {
        let mut keeper = keeper(path, retention);
        match keeper.recovery() {
            Ok(_) | Err(JournalError::Broken { .. }) => {}
            Err(error) => return Err(error),
        }
        let (jobs, inbox) = sync_channel(QUEUE);
        let (over, ended) = sync_channel(1);
        let work = move || {
            run(&mut keeper, &inbox);
            drop(keeper);
            // Nobody may wait for it.
            let _ = over.try_send(());
        };
        std::thread::Builder::new()
            .name("dpo-journal".to_owned())
            .spawn(work)
            .map_err(|e| failed(path, &e.to_string()))?;
        Ok(Self { path: path.to_owned(), jobs: Some(jobs), ended: Mutex::new(ended) })
    }

    async fn ask<T>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, JournalError>>) -> Job,
    ) -> Result<T, JournalError> {
        let gone = || failed(&self.path, "its thread has ended");
        let (answer, answered) = oneshot::channel();
        match self.jobs.as_ref().ok_or_else(gone)?.try_send(job(answer)) {
            Ok(()) => answered.await.map_err(|_| gone())?,
            Err(TrySendError::Full(_)) => Err(JournalError::Busy { path: self.path.display().to_string() }),
            Err(TrySendError::Disconnected(_)) => Err(gone()),
        }
    }
}

impl Journal for StoreJournal {
    fn record(&self, entry: Entry) -> BoxFuture<'_, Result<u64, JournalError>> {
        Box::pin(self.ask(|answer| Job::Record(Box::new(entry), answer)))
    }

    fn recover(&self) -> BoxFuture<'_, Result<Recovery, JournalError>> {
        Box::pin(self.ask(Job::Recover))
    }
}

impl Drop for StoreJournal {
    /// Waits until what was asked for is on the disk, but not for a disk that hangs.
    fn drop(&mut self) {
        self.jobs = None;
        let ended = self.ended.get_mut().unwrap_or_else(PoisonError::into_inner);
        if ended.recv_timeout(CLOSING).is_err() {
            tracing::error!(path = %self.path.display(), "the journal does not end");
        }
    }
}

fn run(keeper: &mut Keeper<FilePlace>, inbox: &Receiver<Job>) {
    while let Ok(first) = inbox.recv() {
        let (mut entries, mut waiting) = (Vec::new(), Vec::new());
        let mut job = Some(first);
        while let Some(next) = job {
            match next {
                Job::Record(entry, answer) => {
                    entries.push(*entry);
                    waiting.push(answer);
                }
                Job::Recover(answer) => {
                    append(keeper, &mut entries, &mut waiting);
                    let _ = answer.send(keeper.recovery());
                }
            }
            job = if entries.len() < BATCH { inbox.try_recv().ok() } else { None };
        }
        append(keeper, &mut entries, &mut waiting);
    }
}

/// Puts the entries on record and tells those who wait; whoever has gone is not told.
fn append(
    keeper: &mut Keeper<FilePlace>,
    entries: &mut Vec<Entry>,
    waiting: &mut Vec<oneshot::Sender<Result<u64, JournalError>>>,
) {
    if entries.is_empty() {
        return;
    }
    let done = keeper.append(std::mem::take(entries));
    for (number, answer) in (0..).zip(waiting.drain(..)) {
        let _ = answer.send(done.clone().map(|first| first + number));
    }
}

/// A file as the place of a store.
#[derive(Debug)]
struct FilePlace(PathBuf);

impl Place for FilePlace {
    type Storage = FileBackend;

    fn name(&self) -> String {
        self.0.display().to_string()
    }

    fn aside(&self) -> Option<String> {
        aside(&self.0).map(|path| path.display().to_string())
    }

    fn open(&mut self) -> Result<FileBackend, StoreError> {
        let mut options = std::fs::OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(&self.0);
        Ok(FileBackend::new(file.map_err(|e| StoreError::Storage(e.to_string()))?)?)
    }

    fn set_aside(&mut self) -> Result<String, String> {
        set_aside(&self.0).map(|path| path.display().to_string()).map_err(|e| e.to_string())
    }
}

fn keeper(path: &Path, retention: Retention) -> Keeper<FilePlace> {
    Keeper::new(FilePlace(path.to_owned()), retention, Arc::new(SystemClock))
}

/// The newest file that was set aside, if none was made in its place.
fn aside(path: &Path) -> Option<PathBuf> {
    if path.exists() {
        return None;
    }
    let start = format!("{}{ASIDE}", path.file_name()?.to_string_lossy());
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    let named = |p: &PathBuf| p.file_name().is_some_and(|n| n.to_string_lossy().starts_with(&start));
    names.filter(named).max()
}

fn set_aside(path: &Path) -> std::io::Result<PathBuf> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let mut number = 0;
    loop {
        let mut name = path.as_os_str().to_owned();
        name.push(format!("{ASIDE}{seconds}-{number}"));
        let to = PathBuf::from(name);
        if !to.exists() {
            std::fs::rename(path, &to)?;
            return Ok(to);
        }
        number += 1;
    }
}

/// Makes a fresh journal, where none is or where a damaged one was set aside. A gateway that runs without
/// one takes it up with its next record.
///
/// # Errors
/// [`JournalError::Storage`] if there is a file already, or it cannot be made.
pub fn make(path: &Path) -> Result<(), JournalError> {
    if path.exists() {
        return Err(failed(path, "there is a file already; it is left as it is"));
    }
    // Made elsewhere and renamed: a gateway that looks meanwhile sees all of it or nothing.
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    keeper(&new, Retention::default()).recovery()?;
    std::fs::rename(&new, path).map_err(|e| failed(path, &e.to_string()))
}

fn failed(path: &Path, reason: &str) -> JournalError {
    storage(path.display().to_string(), reason)
}

#[cfg(test)]
mod tests;
