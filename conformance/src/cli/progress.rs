//! How far a run is, and how long it will take, on standard error.

use std::io::Write;
use std::time::{Duration, Instant};

use super::judge::would;
use crate::outcome::{LeftOut, Outcome, Record};
use crate::rack::Shelf;

/// How far a run is.
pub(super) struct Progress {
    /// Cases that are played, of all subjects.
    total: usize,
    done: usize,
    begun: Instant,
}

impl Progress {
    /// Counts what a plan plays. Nothing is sent: a PMBus device is taken to have every command of its map.
    pub(super) async fn of(shelves: &[Shelf]) -> Result<Self, String> {
        let mut total = 0;
        for shelf in shelves {
            let mut count = |record: &Record| total += usize::from(record.left_out == Some(LeftOut::DryRun));
            would(&shelf.plan, &mut count).await?;
        }
        Ok(Self { total, done: 0, begun: Instant::now() })
    }

    /// Tells of a case that has ended.
    pub(super) fn record(&mut self, record: &Record) {
        if matches!(record.outcome, Outcome::NotRun | Outcome::NotApplicable) {
            return;
        }
        self.done += 1;
        let left = left(self.done, self.total, self.begun.elapsed());
        // A screen that is gone ends no run.
        let _ = writeln!(
            std::io::stderr(),
            "[{}/{}] {} {} {}{left}",
            self.done,
            self.total.max(self.done),
            record.outcome,
            record.id,
            record.subject
        );
    }
}

/// Time left, if each case that is left takes as long as those that were played did: a guess, and told as one.
fn left(done: usize, total: usize, passed: Duration) -> String {
    let open = total.saturating_sub(done);
    if open == 0 || done == 0 {
        return String::new();
    }
    let seconds = (passed.as_secs_f64() / done as f64 * open as f64).ceil() as u64;
    match seconds {
        0..60 => format!(", about {seconds} s left"),
        _ => format!(", about {} min left", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_guessed_by_what_was_played() {
        let after = |seconds| Duration::from_secs(seconds);
        assert_eq!(left(10, 40, after(5)), ", about 15 s left");
        assert_eq!(left(1, 100, after(2)), ", about 4 min left");
        assert_eq!(left(40, 40, after(5)), "");
        // More was played than was counted.
        assert_eq!(left(41, 40, after(5)), "");
    }
}
