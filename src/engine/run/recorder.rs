//! Writes grid events into the record, beside the loops of the gateways that share it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::engine::clock::Clock;
use crate::engine::record::{EntryKind, GridEvent, JudgeConfig, Nominal, RecordError, RecordFile, body};

/// Entries that wait for the disk at most; one more takes the place of the oldest.
const MOST_WAITING: usize = 32;

/// Writes grid events into the record that all gateways of a process share.
#[derive(Debug, Clone)]
pub struct Recorder {
    shared: Arc<Mutex<Shared>>,
    how: Arc<JudgeConfig>,
}

#[derive(Debug)]
struct Shared {
    file: RecordFile,
    /// What could not be appended yet, oldest first.
    waiting: VecDeque<Value>,
    /// How many found no room among them since the last that was appended.
    lost: u64,
}

/// An entry that is not on the disk.
#[derive(Debug, thiserror::Error)]
pub enum NotWritten {
    /// It will be tried again.
    #[error("{error}; {waiting} grid events wait for the next attempt, at the next event and at the end{}", given_up(.lost))]
    Waits {
        /// Why.
        error: Box<RecordError>,
        /// How many wait.
        waiting: usize,
        /// How many were given up for want of room since the last that was written.
        lost: u64,
    },
    /// It cannot ever be written.
    #[error("a grid event is lost: {0}")]
    Lost(Box<RecordError>),
}

fn given_up(lost: &u64) -> String {
    if *lost == 0 { String::new() } else { format!("; {lost} older ones are lost: {MOST_WAITING} are kept") }
}

impl Recorder {
    /// Events are judged by `how` and appended to `file`.
    pub fn new(file: RecordFile, how: JudgeConfig) -> Self {
        let shared = Shared { file, waiting: VecDeque::new(), lost: 0 };
        Self { shared: Arc::new(Mutex::new(shared)), how: Arc::new(how) }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        // A thread that died while it held the file left it as the file itself says.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Judges an event and appends it, after those that could not be appended before; gives the names of their entries.
    /// Waits for the disk. An event that cannot be appended is kept (32 at most) and tried again by the next call.
    ///
    /// # Errors
    /// [`NotWritten`].
    pub fn write(
        &self,
        event: &GridEvent,
        gateway: &str,
        nominal: Option<Nominal>,
        clock: &Clock,
    ) -> Result<Vec<String>, NotWritten> {
        self.append(body(event, gateway, nominal, &self.how, &|t_s| clock.wall(t_s)))
    }

    fn append(&self, body: Value) -> Result<Vec<String>, NotWritten> {
        let mut shared = self.shared();
        if shared.waiting.len() >= MOST_WAITING {
            shared.waiting.pop_front();
            shared.lost += 1;
        }
        shared.waiting.push_back(body);
        shared.catch_up()
    }

    /// Appends what waits, if anything does.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn catch_up(&self) -> Result<Vec<String>, NotWritten> {
        self.shared().catch_up()
    }
}

impl Shared {
    fn catch_up(&mut self) -> Result<Vec<String>, NotWritten> {
        let mut names = Vec::new();
        while let Some(body) = self.waiting.front() {
            let mut body = body.clone();
            if let (Some(object), 1..) = (body.as_object_mut(), self.lost) {
                // Who reads the record is to know that it has a hole here.
                object.insert("events_lost_before".to_owned(), self.lost.into());
            }
            match self.file.append(EntryKind::GridEvent, body) {
                Ok(name) => names.push(name),
                Err(error @ RecordError::TooLong { .. }) => {
                    self.waiting.pop_front();
                    self.lost += 1;
                    return Err(NotWritten::Lost(Box::new(error)));
                }
                // Those that were appended are named by the record itself.
                Err(error) => {
                    let (error, waiting) = (Box::new(error), self.waiting.len());
                    return Err(NotWritten::Waits { error, waiting, lost: self.lost });
                }
            }
            self.waiting.pop_front();
            self.lost = 0;
        }
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use serde_json::json;

    use super::*;
    use crate::engine::record::chain::{LONGEST_LINE, export};
    use crate::engine::record::verify;
    use crate::gridcode::find;

    #[test]
    fn what_could_not_be_appended_waits_for_the_next_in_order_and_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record");
        let file = RecordFile::open(&path, &json!({}), json!({})).unwrap();
        let code = find("ercot-nogrr282").unwrap();
        let how = JudgeConfig { code, rated_w: None, site_w: None, nominal_hz: 60.0 };
        let recorder = Recorder::new(file, how);
        let event = |n: usize| json!({ "n": n });
        assert_eq!(recorder.append(event(0)).unwrap(), ["E2"]);
        // A handle that cannot be written by stands for a disk that is full.
        let good = recorder.shared().file.swap(File::open(&path).unwrap());
        for n in 1..=MOST_WAITING + 2 {
            let told = recorder.append(event(n)).unwrap_err().to_string();
            assert!(told.contains(&format!("{} grid events wait", n.min(MOST_WAITING))), "{told}");
            assert_eq!(told.contains("older ones are lost"), n > MOST_WAITING, "{told}");
        }
        assert!(recorder.catch_up().is_err());
        recorder.shared().file.swap(good);
        let names = recorder.append(event(99)).unwrap();
        assert_eq!((names.len(), names[0].as_str()), (MOST_WAITING, "E3"));
        assert_eq!(recorder.catch_up().unwrap(), Vec::<String>::new());
        // One that can never be written holds nobody up.
        let long = json!({ "text": "x".repeat(LONGEST_LINE) });
        let refused = recorder.append(long).unwrap_err();
        assert!(matches!(&refused, NotWritten::Lost(e) if matches!(**e, RecordError::TooLong { .. })));
        assert_eq!(recorder.append(event(100)).unwrap().len(), 1);
        drop(recorder);
        assert_eq!(verify(&path, None).unwrap().events, 2 + MOST_WAITING as u64);
        let body = |id: &str| export(&path, id).unwrap()["entry"]["body"].clone();
        // Of 35 the oldest three found no room.
        assert_eq!(body("E3"), json!({ "n": 4, "events_lost_before": 3 }));
        assert_eq!(body("E4"), json!({ "n": 5 }));
        assert_eq!(body("E34"), json!({ "n": 99 }));
        assert_eq!(body("E35"), json!({ "n": 100, "events_lost_before": 1 }));
    }
}
