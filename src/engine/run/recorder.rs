//! Writes grid events into the record, beside the loops of the gateways that share it.

use std::sync::{Arc, Mutex, PoisonError};

use crate::engine::clock::Clock;
use crate::engine::record::{EntryKind, GridEvent, JudgeConfig, RecordError, RecordFile, body};

/// Writes grid events into the record that all gateways of a process share.
#[derive(Debug, Clone)]
pub struct Recorder {
    file: Arc<Mutex<RecordFile>>,
    how: Arc<JudgeConfig>,
}

impl Recorder {
    /// Events are judged by `how` and appended to `file`.
    pub fn new(file: RecordFile, how: JudgeConfig) -> Self {
        Self { file: Arc::new(Mutex::new(file)), how: Arc::new(how) }
    }

    /// Judges an event and appends it; gives the name of its entry. Waits for the disk.
    ///
    /// # Errors
    /// [`RecordError`].
    pub fn write(&self, event: &GridEvent, gateway: &str, clock: &Clock) -> Result<String, RecordError> {
        let body = body(event, gateway, &self.how, &|t_s| clock.wall(t_s));
        // A thread that died while it held the file left it as the file itself says.
        self.file.lock().unwrap_or_else(PoisonError::into_inner).append(EntryKind::GridEvent, body)
    }
}
