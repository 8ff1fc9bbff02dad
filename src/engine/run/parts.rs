//! The tasks of one gateway: one that breaks is told at once.

use std::fmt;
use std::future::Future;

use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::engine::intake::{Report, Telemetry};

/// Why the loop of a gateway did not end in good order.
#[derive(Debug, thiserror::Error)]
#[error(
    "{gateway}: a part of the engine broke ({part}): {error}; its setpoints end with the lease at the latest"
)]
pub struct EngineError {
    /// The gateway.
    pub gateway: String,
    /// What broke.
    pub part: &'static str,
    /// How.
    pub error: JoinError,
}

/// The tasks of one gateway.
pub(super) struct Parts {
    gateway: String,
    tasks: JoinSet<()>,
    names: Vec<(tokio::task::Id, &'static str)>,
    broken: Option<EngineError>,
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").field("names", &self.names).finish_non_exhaustive()
    }
}

impl Parts {
    pub(super) fn new(gateway: &str) -> Self {
        Self { gateway: gateway.to_owned(), tasks: JoinSet::new(), names: Vec::new(), broken: None }
    }

    /// Starts a task.
    pub(super) fn spawn(&mut self, part: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let id = self.tasks.spawn(task).id();
        self.names.push((id, part));
    }

    /// Waits until a task breaks; does not return for those that end in good order. A dropped call loses nothing.
    pub(super) async fn broke(&mut self) {
        while self.broken.is_none() {
            match self.tasks.join_next().await {
                Some(Ok(())) => (),
                Some(Err(error)) => self.note(error),
                None => std::future::pending().await,
            }
        }
    }

    /// Notes a failure; the first one counts.
    fn note(&mut self, error: JoinError) {
        let part = self.names.iter().find(|(id, _)| *id == error.id()).map_or("record", |(_, part)| *part);
        tracing::error!(gateway = self.gateway, part, %error, "engine: a part of it broke");
        if self.broken.is_none() {
            self.broken = Some(EngineError { gateway: self.gateway.clone(), part, error });
        }
    }

    /// Waits for all tasks.
    pub(super) async fn join(&mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                self.note(error);
            }
        }
    }

    /// What came of it, with tasks that were none of these.
    pub(super) fn end(mut self, others: Vec<JoinError>) -> Result<(), EngineError> {
        others.into_iter().for_each(|error| self.note(error));
        self.broken.map_or(Ok(()), Err)
    }
}

/// Passes on what a source says until `stop` or its end; then closes it.
pub(super) async fn intake(
    mut telemetry: Box<dyn Telemetry>,
    reports: mpsc::Sender<Report>,
    stop: CancellationToken,
) {
    loop {
        let report = tokio::select! {
            () = stop.cancelled() => break,
            report = telemetry.next() => report,
        };
        let last = report == Report::End;
        let sent = tokio::select! {
            () = stop.cancelled() => break,
            sent = reports.send(report) => sent,
        };
        if sent.is_err() || last {
            break;
        }
    }
    telemetry.close().await;
}
