//! Server-sent events (DSP0266, "Server-sent events"): one stream of records to each client.
//!
//! A stream keeps no queue. It knows the number of the last event that it has sent, and reads on in the gateway's
//! event log when its client has taken what went before. A client that reads too slowly for the log is told which events
//! are gone. The identifier of a record names the run of the service, too: `Last-Event-ID` of another run means
//! nothing here.

use std::sync::Arc;
use std::time::Duration;

use axum::response::sse;
use futures::stream::{Stream as Records, unfold};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, sleep_until};

use super::choice::Choice;
use super::open::{Place, Stream};
use super::record::{envelope, lost, record};
use crate::gateway::Snapshot;
use crate::redfish::app::Service;
use crate::redfish::telemetry::Report;

/// Longest silence of a stream: a comment goes out then, so that proxies keep the connection, and a client that is
/// gone is noticed.
pub(crate) const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What a client has seen: the run of the service, and the number of the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    run: u64,
    sequence: u64,
}

impl Mark {
    /// Reads the `Last-Event-ID` of a client. What is none of ours is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (run, sequence) = text.trim().split_once('-')?;
        Some(Self { run: run.parse().ok()?, sequence: sequence.parse().ok()? })
    }

    fn text(self) -> String {
        format!("{}-{}", self.run, self.sequence)
    }
}

/// A stream on its way to a client.
pub(crate) struct Feed {
    app: Arc<Service>,
    stream: Stream,
    _place: Place,
    choice: Choice,
    /// Number of the last event that was sent or passed over.
    last: u64,
    newest: watch::Receiver<u64>,
    /// The metric reports that the client wants, and the snapshots they are made of: the newest, so that a client
    /// that reads slowly gets fewer.
    reports: Vec<Report>,
    snapshots: watch::Receiver<Arc<Snapshot>>,
    /// Reports of one snapshot that are not sent yet.
    pending: Vec<(Report, Arc<Snapshot>)>,
    /// Session in whose name it is read; a stream opened by Basic authentication has none.
    session: Option<u64>,
    tests: broadcast::Receiver<Arc<serde_json::Value>>,
    speak_by: Instant,
}

impl Feed {
    /// A stream from the event after `seen` on; from the next one without. Events of another run are all new.
    pub(crate) fn new(
        app: Arc<Service>,
        (stream, place): (Stream, Place),
        choice: Choice,
        seen: Option<Mark>,
        session: Option<u64>,
    ) -> Self {
        let newest = app.gateway.newest_event();
        let now = *newest.borrow();
        let last = match seen {
            None => now,
            Some(mark) if mark.run == app.run && mark.sequence <= now => mark.sequence,
            Some(_) => 0,
        };
        let speak_by = Instant::now() + KEEP_ALIVE;
        let (reports, mut snapshots) = (choice.reports(), app.gateway.watch());
        snapshots.mark_changed();
        let pending = Vec::new();
        let tests = app.push.tests.subscribe();
        Self {
            app,
            stream,
            _place: place,
            choice,
            last,
            newest,
            reports,
            snapshots,
            pending,
            session,
            tests,
            speak_by,
        }
    }

    /// The records, as long as the client reads, its session lives and the gateway runs.
    pub(crate) fn records(self) -> impl Records<Item = Result<sse::Event, axum::Error>> {
        unfold(self, |mut feed| async move {
            let event = feed.next().await?;
            feed.speak_by = Instant::now() + KEEP_ALIVE;
            Some((event, feed))
        })
    }

    async fn next(&mut self) -> Option<Result<sse::Event, axum::Error>> {
        loop {
            if self.stream.end.is_cancelled() || !self.allowed() {
                return None;
            }
            // Before the look: an event that comes in between is seen by one or the other.
            self.newest.borrow_and_update();
            if let Some(found) = self.take() {
                return Some(found);
            }
            if let Some((report, snapshot)) = self.pending.pop() {
                return Some(self.reported(report, &snapshot));
            }
            let reports = !self.reports.is_empty();
            tokio::select! {
                () = self.stream.end.cancelled() => return None,
                changed = self.newest.changed() => changed.ok()?,
                changed = self.snapshots.changed(), if reports => {
                    changed.ok()?;
                    let snapshot = Arc::clone(&self.snapshots.borrow_and_update());
                    self.pending = self.reports.iter().rev().map(|report| (*report, Arc::clone(&snapshot))).collect();
                }
                test = self.tests.recv() => match test {
                    Ok(test) if self.choice.wants_record(&test) => return Some(self.sent(&test)),
                    // Not wanted, or dropped because the client reads too slowly: a test is not worth a gap.
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                },
                () = sleep_until(self.speak_by) => {
                    return Some(Ok(sse::Event::default().comment("still here")));
                }
            }
        }
    }

    /// The next record that the client wants, if it is there.
    fn take(&mut self) -> Option<Result<sse::Event, axum::Error>> {
        while let Some(event) = self.app.gateway.event_after(self.last) {
            let (first, missing) = (self.last + 1, event.sequence.saturating_sub(1));
            if first <= missing {
                self.last = missing;
                return Some(self.sent(&lost(first, missing, &self.app.log)));
            }
            self.last = event.sequence;
            if self.choice.wants(&event) {
                return Some(self.sent(&record(&event, &self.app.log)));
            }
        }
        None
    }

    /// The identifier of what is sent now.
    fn mark(&self) -> String {
        Mark { run: self.app.run, sequence: self.last }.text()
    }

    fn sent(&self, record: &serde_json::Value) -> Result<sse::Event, axum::Error> {
        let id = self.mark();
        sse::Event::default().id(&id).json_data(envelope(&id, record))
    }

    fn reported(&self, report: Report, snapshot: &Snapshot) -> Result<sse::Event, axum::Error> {
        // The mark is that of the last event: a client that comes back goes on behind it.
        sse::Event::default().id(self.mark()).json_data(report.of(snapshot))
    }

    /// Whether the account may still be used and the session still lives. An open stream is use of it.
    fn allowed(&self) -> bool {
        self.app.auth.standing(&self.stream.user).is_some()
            && self.session.is_none_or(|session| self.app.sessions.touch(session))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_as_they_are_written_and_nothing_else_is() {
        let mark = Mark { run: 1_700_000_000, sequence: 42 };
        assert_eq!(Mark::parse(&mark.text()), Some(mark));
        for other in ["", "42", "a-1", "1-b", "1--2", "99999999999999999999999-1"] {
            assert_eq!(Mark::parse(other), None, "{other}");
        }
    }
}
