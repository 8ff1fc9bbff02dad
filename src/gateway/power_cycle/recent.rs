//! What the shelf has carried of late: a poll sees an instant, and the load of a rack swings.

use std::collections::VecDeque;
use std::time::Duration;

use dpo_registers::units::Watts;
use tokio::time::Instant;

/// How far back it goes.
const WINDOW: Duration = Duration::from_secs(60);
/// Samples at most: those of a second of the fastest polls are one.
const SAMPLE: Duration = Duration::from_secs(1);

/// The highest load and input power of the last minute.
#[derive(Debug, Default)]
pub(in crate::gateway) struct Recent(VecDeque<(Instant, Watts, Watts)>);

impl Recent {
    /// Takes what the shelf carries (`load`) and draws (`input`) now.
    pub fn push(&mut self, now: Instant, load: Watts, input: Watts) {
        while self.0.front().is_some_and(|(at, ..)| *at + WINDOW < now) {
            self.0.pop_front();
        }
        match self.0.back_mut() {
            Some((at, most, drawn)) if now < *at + SAMPLE => {
                *most = Watts(most.0.max(load.0));
                *drawn = Watts(drawn.0.max(input.0));
            }
            _ => self.0.push_back((now, load, input)),
        }
    }

    /// The highest load and the highest input power; `None` if nothing is known.
    pub fn most(&self) -> Option<(Watts, Watts)> {
        let all = self.0.iter().map(|(_, load, input)| (load.0, input.0));
        all.reduce(|a, b| (a.0.max(b.0), a.1.max(b.1))).map(|(load, input)| (Watts(load), Watts(input)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_highest_of_the_last_minute_counts() {
        let (mut recent, start) = (Recent::default(), Instant::now());
        assert_eq!(recent.most(), None);
        let second = Duration::from_secs(1);
        recent.push(start, Watts(9_000.0), Watts(9_400.0));
        recent.push(start + second / 2, Watts(12_000.0), Watts(9_300.0));
        assert_eq!((recent.0.len(), recent.most()), (1, Some((Watts(12_000.0), Watts(9_400.0)))));
        for n in 1..=59 {
            recent.push(start + n * second, Watts(1_000.0), Watts(1_000.0));
        }
        assert_eq!(recent.most(), Some((Watts(12_000.0), Watts(9_400.0))));
        recent.push(start + 61 * second, Watts(1_000.0), Watts(1_000.0));
        assert_eq!(recent.most(), Some((Watts(1_000.0), Watts(1_000.0))));
        assert!(recent.0.len() <= 61, "{}", recent.0.len());
    }
}
