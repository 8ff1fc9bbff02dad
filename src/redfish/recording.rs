//! Recordings of grid events: attachments of the entries of the event log that tell of them.
//!
//! The gateway keeps the newest in memory; with a state file each is kept in a file of its own beside it, and the newest
//! outlive the process.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path as UriPath, State};
use axum::http::header;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::error::Error;
use super::log::Log;
use super::oem::grid_event::GridEvent;
use super::{file, uri};
use crate::gateway::{Gateway, RECORDINGS, Recording};

/// Route of the recordings.
pub(crate) const ATTACHMENT: &str =
    "/redfish/v1/Managers/Gateway/LogServices/Events/Entries/{entry}/attachment";
/// Largest file that is read, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(attachment))
}

/// A recording as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kept {
    /// Number of the entry of the log.
    number: u64,
    /// What it was, and how the shelf did.
    pub(crate) event: GridEvent,
    /// What was measured.
    csv: String,
}

impl Kept {
    fn of(recording: &Recording, number: u64) -> Self {
        Self { number, event: GridEvent::of(recording), csv: recording.csv() }
    }

    /// Where what was measured is.
    pub(crate) fn uri(&self) -> String {
        format!("{}/{}/attachment", uri::EVENT_ENTRIES, self.number)
    }

    /// Its size in bytes.
    pub(crate) fn size(&self) -> usize {
        self.csv.len()
    }
}

/// The recordings.
#[derive(Debug)]
pub(crate) struct Recordings {
    /// Path of a file without the number and its end.
    stem: Option<PathBuf>,
    table: Mutex<VecDeque<Arc<Kept>>>,
}

impl Recordings {
    /// Reads the recordings beside the state in `state`; without it they live in memory. What cannot be read is left out: no
    /// recording is worth a gateway that does not start.
    pub(crate) fn open(state: Option<&Path>) -> Self {
        let stem = state.map(|state| {
            let mut stem = state.as_os_str().to_owned();
            stem.push(".grid-event-");
            PathBuf::from(stem)
        });
        let mut all: Vec<Kept> = stem.as_deref().map(read).unwrap_or_default();
        all.sort_by_key(|kept| kept.number);
        let recordings = Self { stem, table: Mutex::default() };
        for kept in all {
            recordings.push(kept);
        }
        recordings
    }

    fn table(&self) -> MutexGuard<'_, VecDeque<Arc<Kept>>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, number: u64) -> Option<PathBuf> {
        let mut path = self.stem.as_ref()?.as_os_str().to_owned();
        path.push(format!("{number}.json"));
        Some(PathBuf::from(path))
    }

    /// Adds one; the oldest makes room, and its file goes.
    fn push(&self, kept: Kept) {
        let mut table = self.table();
        table.push_back(Arc::new(kept));
        let gone = if table.len() > RECORDINGS { table.pop_front() } else { None };
        drop(table);
        if let Some(path) = gone.and_then(|gone| self.path(gone.number)) {
            remove(&path);
        }
    }

    /// Takes over and writes what is new.
    pub(crate) async fn keep(&self, gateway: &Gateway, log: &Log) {
        for recording in gateway.recordings() {
            let number = log.number(recording.event);
            if self.table().iter().any(|kept| kept.number >= number) {
                continue;
            }
            let kept = Kept::of(&recording, number);
            if let (Some(path), Ok(text)) = (self.path(number), serde_json::to_vec(&kept)) {
                let to = path.clone();
                let written = tokio::task::spawn_blocking(move || file::replace(&to, &text)).await;
                let fault = match written {
                    Ok(Ok(())) => None,
                    Ok(Err(error)) => Some(error.to_string()),
                    Err(error) => Some(error.to_string()),
                };
                if let Some(fault) = fault {
                    tracing::error!(file = %path.display(), fault, "redfish: a recording was not written");
                }
            }
            self.push(kept);
        }
    }

    /// The recording of the entry of this number.
    pub(crate) fn find(&self, gateway: &Gateway, log: &Log, number: u64) -> Option<Arc<Kept>> {
        if let Some(kept) = self.table().iter().find(|kept| kept.number == number) {
            return Some(Arc::clone(kept));
        }
        // So new that nobody has taken it over.
        let recordings = gateway.recordings();
        let new = recordings.iter().find(|recording| log.number(recording.event) == number)?;
        Some(Arc::new(Kept::of(new, number)))
    }

    /// Forgets the files; the entries that tell of them are gone.
    pub(crate) fn clear(&self) {
        for path in self.table().iter().filter_map(|kept| self.path(kept.number)) {
            remove(&path);
        }
    }
}

fn remove(path: &Path) {
    match std::fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => {
            tracing::error!(file = %path.display(), %error, "redfish: a recording was not removed");
        }
    }
}

/// The recordings whose files begin with `stem`.
fn read(stem: &Path) -> Vec<Kept> {
    let folder = stem.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(begin) = stem.file_name().and_then(|name| name.to_str()) else { return Vec::new() };
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut all = Vec::new();
    for entry in entries {
        let name = entry.file_name();
        let number = name.to_str().and_then(|n| n.strip_prefix(begin)?.strip_suffix(".json"));
        let Some(number) = number.and_then(|n| n.parse::<u64>().ok()) else { continue };
        let small = entry.metadata().is_ok_and(|found| found.is_file() && found.len() <= LARGEST);
        let text = small.then(|| std::fs::read(entry.path()).ok()).flatten();
        match text.and_then(|text| serde_json::from_slice::<Kept>(&text).ok()) {
            Some(kept) if kept.number == number => all.push(kept),
            _ => tracing::warn!(file = %entry.path().display(), "redfish: a recording cannot be read"),
        }
    }
    all
}

/// What was measured around a grid event, as `dpo gridcode check` reads it: text in columns with a line of names.
#[utoipa::path(
    get,
    path = "/redfish/v1/Managers/Gateway/LogServices/Events/Entries/{entry}/attachment",
    tag = "Managers",
    params(("entry" = String, Path, description = "Number of an entry that tells of a grid event.")),
    responses((status = 200, description = "The recording.", body = String, content_type = "text/csv"))
)]
async fn attachment(
    State(app): State<App>,
    UriPath(id): UriPath<String>,
) -> Result<impl IntoResponse, Error> {
    let event = app.log.events(&app.gateway).into_iter().find(|e| e.sequence.to_string() == id);
    let number = event.ok_or(Error::NotFound)?.sequence;
    let kept = app.recordings.find(&app.gateway, &app.log, number).ok_or(Error::NotFound)?;
    let name = format!("attachment; filename=\"grid-event-{number}.csv\"");
    let headers =
        [(header::CONTENT_TYPE, "text/csv;charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, kept.csv.clone()))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use dpo_registers::units::{Hertz, Ratio, Volts};

    use super::*;
    use crate::gateway::{GatewayFeed, GridEventKind, Judged, RideVerdict, Snapshot};

    fn record(feed: &GatewayFeed, event: u64) {
        feed.record(Recording {
            event,
            begin: SystemTime::UNIX_EPOCH,
            kind: GridEventKind::Sag,
            extreme: Ratio(0.4),
            duration: Duration::from_millis(event),
            energy: None,
            nominal: Volts(277.0),
            nominal_frequency: Hertz(60.0),
            simulated: true,
            cut: false,
            points: Vec::new(),
            zero_ms: 0,
            judged: Judged {
                verdict: RideVerdict::Late,
                code: "c@1".to_owned(),
                reasons: vec!["r".to_owned()],
            },
        });
    }

    #[tokio::test]
    async fn the_newest_outlive_the_process_and_the_rest_goes_with_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("redfish.json");
        let log = Log::open(Some(&state)).unwrap();
        let (gateway, feed) = Gateway::channel(Snapshot::empty());
        let recordings = Recordings::open(Some(&state));
        record(&feed, 3);
        assert_eq!(recordings.find(&gateway, &log, 3).unwrap().number, 3, "before it was taken over");
        for event in 4..4 + 2 * RECORDINGS as u64 {
            recordings.keep(&gateway, &log).await;
            record(&feed, event);
        }
        recordings.keep(&gateway, &log).await;
        let last = 3 + 2 * RECORDINGS as u64;
        let files = || std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(files(), RECORDINGS);
        assert!(recordings.find(&gateway, &log, 3).is_none());
        // One that was cut short, one of another name, one that is a folder.
        std::fs::write(folder.path().join("redfish.json.grid-event-99.json"), "{").unwrap();
        std::fs::write(folder.path().join("redfish.json.grid-event-x.json"), "{").unwrap();
        std::fs::create_dir(folder.path().join("redfish.json.grid-event-98.json")).unwrap();
        let again = Recordings::open(Some(&state));
        let (other, _feed) = Gateway::channel(Snapshot::empty());
        let kept = again.find(&other, &log, last).unwrap();
        assert_eq!(Some(kept), recordings.find(&gateway, &log, last));
        assert_eq!(again.table().len(), RECORDINGS);
        again.clear();
        assert_eq!(files(), 3);
    }
}
