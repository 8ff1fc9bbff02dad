//! How long a device took to answer in one case, as a histogram that a report can hold.
//!
//! On a serial line a time ends with the first byte of the answer, whose end shows only by the silence after it;
//! elsewhere with the whole answer. Nothing is taken off: the times hold this computer's own part, and on a serial line
//! the time the request needs on the wire.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Bins of each decade.
const DECADE: f64 = 8.0;
/// Lower edge of the first bin, in microseconds.
const FIRST_US: f64 = 10.0;
/// Number of the last bin: it holds what took 100 s and more.
pub const LAST_BIN: u8 = 56;

/// Answer times of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerTimes {
    /// The shortest, in microseconds.
    pub fastest_us: u32,
    /// Half of the answers took no longer.
    pub median_us: u32,
    /// 99 of 100 answers took no longer.
    pub p99_us: u32,
    /// The longest.
    pub slowest_us: u32,
    /// How many answers fell into which bin, by the number of the bin; [`edge_us`] tells where a bin begins.
    pub bins: BTreeMap<u8, u32>,
}

impl AnswerTimes {
    /// Of times in microseconds; `None` of none.
    pub fn of(times_us: &[u32]) -> Option<Self> {
        let mut sorted = times_us.to_vec();
        sorted.sort_unstable();
        // The smallest time that so many parts in 100 do not exceed.
        let part = |percent: usize| {
            let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
            sorted.get(place).copied()
        };
        let mut bins = BTreeMap::new();
        for time in &sorted {
            *bins.entry(bin(*time)).or_default() += 1;
        }
        Some(Self {
            fastest_us: *sorted.first()?,
            median_us: part(50)?,
            p99_us: part(99)?,
            slowest_us: *sorted.last()?,
            bins,
        })
    }

    /// Number of answers.
    pub fn count(&self) -> u32 {
        self.bins.values().fold(0, |sum, count| sum.saturating_add(*count))
    }
}

/// The bin of a time.
fn bin(time_us: u32) -> u8 {
    let place = (f64::from(time_us.max(1)) / FIRST_US).log10() * DECADE;
    // A time on an edge belongs to the bin that begins there, whatever the logarithm rounds to.
    (place + 1e-9).floor().clamp(0.0, f64::from(LAST_BIN)) as u8
}

/// Where a bin begins, in microseconds. The first one also holds what is shorter.
pub fn edge_us(bin: u8) -> f64 {
    FIRST_US * 10f64.powf(f64::from(bin) / DECADE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_came() {
        let times: Vec<u32> = (1..=200).rev().map(|n| n * 1000).collect();
        let seen = AnswerTimes::of(&times).unwrap();
        assert_eq!(
            (seen.fastest_us, seen.median_us, seen.p99_us, seen.slowest_us),
            (1000, 100_000, 198_000, 200_000)
        );
        assert_eq!(seen.count(), 200);
        let one = AnswerTimes::of(&[7]).unwrap();
        assert_eq!((one.fastest_us, one.median_us, one.p99_us, one.slowest_us), (7, 7, 7, 7));
        assert_eq!(AnswerTimes::of(&[]), None);
    }

    #[test]
    fn a_time_lies_between_the_edges_of_its_bin() {
        for time in [10, 13, 14, 99, 100, 101, 1000, 12_345, 1_000_000, 99_999_999] {
            let own = bin(time);
            assert!(edge_us(own) <= f64::from(time) * (1.0 + 1e-9), "{time} in {own}");
            assert!(f64::from(time) < edge_us(own + 1), "{time} in {own}");
        }
        assert_eq!((bin(0), bin(9), bin(u32::MAX)), (0, 0, LAST_BIN));
    }
}
