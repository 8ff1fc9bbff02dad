//! Where the lines go: a file or standard output, written by a thread of its own.
//!
//! A disk that is slow or full holds no loop up: lines that find no room are counted, and the count is written as soon as
//! there is room again.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use super::line::Line;

/// Lines that wait at most.
const ROOM: usize = 4096;

/// The end of the log that the loops have. Clones write to the same one.
#[derive(Debug, Clone)]
pub struct Log {
    lines: SyncSender<Arc<Line>>,
    lost: Arc<AtomicU64>,
}

/// The thread that writes. Wait for it after the last [`Log`] is gone.
#[derive(Debug)]
pub struct Writer {
    thread: JoinHandle<std::io::Result<()>>,
}

impl Writer {
    /// Waits until every line is written.
    ///
    /// # Errors
    /// What the file system said first.
    pub fn wait(self) -> std::io::Result<()> {
        self.thread.join().unwrap_or_else(|_| Err(std::io::Error::other("the log ended badly")))
    }
}

impl Log {
    /// A log into `out`, a JSON object a line; each line also goes to `show`.
    ///
    /// # Errors
    /// If there is no thread for it.
    pub fn start(
        out: Option<Box<dyn Write + Send>>,
        show: impl FnMut(&Line) + Send + 'static,
    ) -> std::io::Result<(Self, Writer)> {
        let (lines, coming) = sync_channel(ROOM);
        let lost = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&lost);
        let thread = std::thread::Builder::new()
            .name("engine-log".to_owned())
            .spawn(move || write(out, show, &coming, &seen))?;
        Ok((Self { lines, lost }, Writer { thread }))
    }

    /// Hands over a line; never waits.
    pub fn say(&self, line: Line) {
        if self.lines.try_send(Arc::new(line)).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Lines that were lost and not yet told of.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

fn write(
    mut out: Option<Box<dyn Write + Send>>,
    mut show: impl FnMut(&Line),
    lines: &Receiver<Arc<Line>>,
    lost: &AtomicU64,
) -> std::io::Result<()> {
    let mut first = Ok(());
    while let Ok(line) = lines.recv() {
        show(&line);
        let Some(to) = &mut out else { continue };
        let missing = lost.swap(0, Ordering::Relaxed);
        let mut text = String::new();
        if missing > 0 {
            text = format!("{}\n", serde_json::json!({ "lost_lines": missing }));
        }
        text.push_str(&serde_json::to_string(&*line).map_err(std::io::Error::other)?);
        text.push('\n');
        if let Err(error) = to.write_all(text.as_bytes()).and_then(|()| to.flush()) {
            tracing::error!(%error, "engine: the log cannot be written; going on without it");
            first = Err(error);
            out = None;
        }
    }
    first
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Clone, Default)]
    pub(in crate::engine::run) struct Kept(pub(in crate::engine::run) Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    pub(in crate::engine::run) fn line(tick: u64) -> Line {
        Line {
            gateway: "g".into(),
            tick,
            time: "2026-11-30T00:00:00Z".into(),
            telemetry: None,
            forecast: None,
            setpoint: None,
            push: None,
            grid: None,
            record: Vec::new(),
            notes: Vec::new(),
        }
    }

    #[test]
    fn lines_are_json_in_order() {
        let kept = Kept::default();
        let (log, writer) = Log::start(Some(Box::new(kept.clone())), |_| ()).unwrap();
        (0..100).for_each(|tick| log.say(line(tick)));
        drop(log);
        writer.wait().unwrap();
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        let ticks: Vec<u64> = text
            .lines()
            .map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap()["tick"].as_u64().unwrap())
            .collect();
        assert_eq!(ticks, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn a_slow_disk_loses_lines_and_says_how_many() {
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let kept = Kept::default();
        let mut first = true;
        let (log, writer) = Log::start(Some(Box::new(kept.clone())), move |_| {
            if std::mem::take(&mut first) {
                wait.recv().unwrap();
            }
        })
        .unwrap();
        (0..2 * ROOM as u64).for_each(|tick| log.say(line(tick)));
        assert!(log.lost() >= ROOM as u64 - 1);
        let lost = log.lost();
        go.send(()).unwrap();
        drop(log);
        writer.wait().unwrap();
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert!(text.starts_with(&format!("{{\"lost_lines\":{lost}}}\n")), "{}", &text[..80]);
    }
}
