//! The event log: what happened in this run, and in earlier ones if there is a file to keep it.
//!
//! The gateway numbers its events from 1 in each run. The log goes on where the run before ended, so that a number is never
//! that of two events. Its file has one line an event; it is written anew when it has twice as many lines as are kept.

use std::collections::VecDeque;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::app::Service;
use super::config::StartError;
use super::{file, registry};
use crate::gateway::{Event, Gateway, Severity};

/// Events that are kept.
pub(crate) const MOST: usize = 2000;
/// Largest file that is read, in bytes.
const LARGEST: u64 = 16 * 1024 * 1024;

/// One line of the file. Without an event it says only which number was the last.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    number: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event: Option<Kept>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    /// Milliseconds since 1970.
    time_ms: u64,
    key: String,
    severity: u8,
    subject: String,
    message: String,
}

impl Line {
    fn of(event: &Event) -> Self {
        let since = event.time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let kept = Kept {
            time_ms: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
            key: registry::entry(&event.kind).key.to_owned(),
            severity: event.severity as u8,
            subject: event.subject.clone(),
            message: event.message.clone(),
        };
        Self { number: event.sequence, event: Some(kept) }
    }

    /// The event, if this version knows its kind.
    fn event(self) -> Option<Event> {
        let Kept { time_ms, key, severity, subject, message } = self.event?;
        let kind = registry::KINDS.iter().find(|kind| registry::entry(kind).key == key)?.clone();
        let severity = [Severity::Ok, Severity::Warning, Severity::Critical]
            .into_iter()
            .find(|known| *known as u8 == severity)?;
        let time = UNIX_EPOCH.checked_add(Duration::from_millis(time_ms)).unwrap_or(SystemTime::UNIX_EPOCH);
        Some(Event { sequence: self.number, time, kind, severity, subject, message })
    }
}

/// The log.
#[derive(Debug)]
pub(crate) struct Log {
    /// Number of the last event of earlier runs.
    base: u64,
    path: Option<PathBuf>,
    table: Mutex<Table>,
    /// One writer of the file at a time, from what is taken over to what is written.
    writing: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Table {
    /// Oldest first, each with its number in the log.
    events: VecDeque<Event>,
    /// The last event of this run that was taken over, by its number in the run.
    taken: u64,
    /// Number of the last event that a client has cleared.
    cleared: u64,
    /// Lines of the file; without a number it has to be written anew.
    lines: Option<usize>,
}

impl Log {
    /// Reads the log beside the state in `state`; without it the log lives in memory.
    ///
    /// # Errors
    /// A file that cannot be read, or is larger than any that this service writes.
    pub(crate) fn open(state: Option<&Path>) -> Result<Self, StartError> {
        let path = state.map(|state| {
            let mut path = state.as_os_str().to_owned();
            path.push(".log");
            PathBuf::from(path)
        });
        let (mut base, mut table) = (0, Table::default());
        if let Some(path) = &path {
            let (mut unread, text) = (0, read(path)?);
            for line in text.lines().filter(|line| !line.is_empty()) {
                // A line that was cut short by a loss of power costs no other.
                let Ok(line) = serde_json::from_str::<Line>(line) else {
                    unread += 1;
                    continue;
                };
                base = base.max(line.number);
                table.push(line.event());
            }
            if unread > 0 {
                tracing::warn!(file = %path.display(), unread, "redfish: lines of the event log cannot be read");
            }
        }
        Ok(Self { base, path, table: Mutex::new(table), writing: tokio::sync::Mutex::default() })
    }

    /// Whether the log outlives the process.
    pub(crate) fn is_kept(&self) -> bool {
        self.path.is_some()
    }

    /// The number in the log of an event of this run.
    pub(crate) fn number(&self, sequence: u64) -> u64 {
        self.base.saturating_add(sequence)
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over what is new; the events.
    fn take(&self, gateway: &Gateway) -> Vec<Event> {
        let mut table = self.table();
        let mut new = gateway.events_after(table.taken);
        for event in &mut new {
            table.taken = table.taken.max(event.sequence);
            event.sequence = self.number(event.sequence);
            table.push(Some(event.clone()));
        }
        new
    }

    /// The events that are kept, oldest first.
    pub(crate) fn events(&self, gateway: &Gateway) -> Vec<Event> {
        let table = self.table();
        let cleared = table.cleared;
        let mut all: VecDeque<_> = table.events.clone();
        let new = gateway.events_after(table.taken).into_iter();
        all.extend(new.map(|event| Event { sequence: self.number(event.sequence), ..event }));
        drop(table);
        let extra = all.len().saturating_sub(MOST);
        all.into_iter().skip(extra).filter(|event| event.sequence > cleared).collect()
    }

    /// Forgets everything until now. Numbers go on.
    pub(crate) async fn clear(&self, gateway: &Gateway) {
        let _alone = self.writing.lock().await;
        self.take(gateway);
        {
            let mut table = self.table();
            table.cleared = self.number(table.taken);
            table.events.clear();
            table.lines = None;
        }
        self.write(Vec::new()).await;
    }

    /// Takes over and writes what is new; whether there was anything.
    async fn keep(&self, gateway: &Gateway) -> bool {
        let _alone = self.writing.lock().await;
        let new = self.take(gateway);
        let any = !new.is_empty();
        if any {
            self.write(new).await;
        }
        any
    }

    /// Writes what is new, or everything where the file has to be written anew.
    async fn write(&self, new: Vec<Event>) {
        let Some(path) = self.path.clone() else { return };
        let (append, lines) = {
            let table = self.table();
            let append = table.lines.filter(|lines| lines + new.len() <= 2 * MOST);
            let head = Line { number: self.number(table.taken), event: None };
            let lines: Vec<Line> = match append {
                Some(_) => new.iter().map(Line::of).collect(),
                None => [head].into_iter().chain(table.events.iter().map(Line::of)).collect(),
            };
            (append, lines)
        };
        let count = append.unwrap_or(0) + lines.len();
        let file = path.clone();
        let written = tokio::task::spawn_blocking(move || save(&file, append.is_some(), &lines)).await;
        let fault = match written {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(error) => Some(error.to_string()),
        };
        // After a failure everything is written at the next event.
        self.table().lines = fault.is_none().then_some(count);
        if let Some(fault) = fault {
            tracing::error!(file = %path.display(), fault, "redfish: the event log was not written");
        }
    }
}

impl Table {
    fn push(&mut self, event: Option<Event>) {
        let Some(event) = event else { return };
        if self.events.len() == MOST {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }
}

/// Takes over and writes events as they come, until the gateway ends; `done` fires then. Keeps nobody alive.
pub(crate) async fn follow(app: Weak<Service>, mut newest: watch::Receiver<u64>, done: CancellationToken) {
    loop {
        newest.borrow_and_update();
        let Some(service) = app.upgrade() else { break };
        while service.log.keep(&service.gateway).await {
            service.recordings.keep(&service.gateway, &service.log).await;
        }
        drop(service);
        if newest.changed().await.is_err() {
            break;
        }
    }
    if let Some(service) = app.upgrade() {
        service.log.keep(&service.gateway).await;
        service.recordings.keep(&service.gateway, &service.log).await;
    }
    done.cancel();
}

fn read(path: &Path) -> Result<String, StartError> {
    let fault = |e: String| StartError::Config(format!("event log {}: {e}", path.display()));
    match std::fs::metadata(path) {
        Ok(found) if found.len() > LARGEST => {
            Err(fault(format!("larger than {LARGEST} bytes; move it away to begin with nothing")))
        }
        Ok(_) => match std::fs::read(path) {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(e) => Err(fault(e.to_string())),
        },
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(e) => Err(fault(e.to_string())),
    }
}

fn save(path: &Path, append: bool, lines: &[Line]) -> std::io::Result<()> {
    let mut text = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut text, line).map_err(std::io::Error::other)?;
        text.push(b'\n');
    }
    if append {
        let mut file = std::fs::OpenOptions::new().append(true).open(path)?;
        file.write_all(&text)?;
        return file.sync_data();
    }
    file::replace(path, &text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::{EventKind, GatewayFeed, Snapshot};

    fn event(sequence: u64, message: &str) -> Event {
        Event {
            sequence,
            time: UNIX_EPOCH + Duration::from_millis(1_700_000_000_123),
            kind: EventKind::DeviceLost,
            severity: Severity::Critical,
            subject: "psu 3".to_owned(),
            message: message.to_owned(),
        }
    }

    /// A gateway with so many events, from number 1 on.
    fn gateway(events: u64) -> (Gateway, GatewayFeed) {
        let (gateway, feed) = Gateway::channel(Snapshot::empty());
        (1..=events).for_each(|n| feed.log(event(n, &format!("of this run {n}"))));
        (gateway, feed)
    }

    #[tokio::test]
    async fn events_are_kept_over_a_restart_and_numbered_on() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("redfish.json");
        let log = Log::open(Some(&state)).unwrap();
        let (first, feed) = gateway(2);
        log.keep(&first).await;
        feed.log(event(3, "later"));
        log.keep(&first).await;
        let before = log.events(&first);

        // The power failed in the middle of a line.
        let path = folder.path().join("redfish.json.log");
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 4, "a head and three events: {text}");
        std::fs::write(&path, format!("{text}{{\"number\":4,\"eve")).unwrap();
        let log = Log::open(Some(&state)).unwrap();
        let (second, _feed) = gateway(1);
        let events = log.events(&second);
        assert_eq!(events[..3], before[..], "as they were");
        assert_eq!((events[3].sequence, events[3].message.as_str()), (4, "of this run 1"));
        log.keep(&second).await;
        assert_eq!(log.events(&second), events, "taken over or not, the same");
        assert_eq!(Log::open(Some(&state)).unwrap().base, 4);
    }

    #[tokio::test]
    async fn what_is_cleared_is_gone_and_its_numbers_are_not_used_again() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("redfish.json");
        let log = Log::open(Some(&state)).unwrap();
        let (gateway, feed) = gateway(5);
        log.keep(&gateway).await;
        log.clear(&gateway).await;
        assert_eq!(log.events(&gateway), []);
        feed.log(event(6, "after"));
        assert_eq!(log.events(&gateway).len(), 1);
        let again = Log::open(Some(&state)).unwrap();
        assert_eq!((again.base, again.table().events.len()), (5, 0));
    }

    #[tokio::test]
    async fn log_and_file_are_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("redfish.json");
        let log = Log::open(Some(&state)).unwrap();
        let (gateway, feed) = Gateway::channel(Snapshot::empty());
        let path = folder.path().join("redfish.json.log");
        for n in 1..=5 * MOST as u64 {
            feed.log(event(n, "again"));
            if n % 500 == 0 {
                log.keep(&gateway).await;
                let lines = std::fs::read_to_string(&path).unwrap().lines().count();
                assert!(lines <= 2 * MOST, "{lines}");
            }
        }
        let events = log.events(&gateway);
        assert_eq!((events.len(), events[MOST - 1].sequence), (MOST, 5 * MOST as u64));
        std::fs::write(&path, vec![b' '; LARGEST as usize + 1]).unwrap();
        assert!(Log::open(Some(&state)).unwrap_err().to_string().contains("redfish.json.log"));
    }
}
