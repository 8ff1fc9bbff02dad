//! A logarithmic histogram of fixed size that one thread fills and others read.
//!
//! As in HdrHistogram, each power of two is cut into equal parts: here 64, so that a value is known to 1.6 % from
//! 1 ns to 68 s, in 16 KiB that are there before the first tick. It is our own because what is needed is small
//! and must not lock: the counters are atomics with one writer.

use std::sync::atomic::{AtomicU64, Ordering};

/// Bits of a value that are kept below its leading one.
const PRECISION: u32 = 6;
/// Parts of a power of two.
const PARTS: usize = 1 << PRECISION;
/// Values of so many bits and more are counted in the last bucket; 2^36 ns are 68 s.
const TOP: u32 = 36;
/// Values below `PARTS` have a bucket each; above, each power of two has `PARTS` buckets.
const BUCKETS: usize = PARTS + (TOP - PRECISION) as usize * PARTS;

/// A histogram of nanoseconds with one writer.
#[derive(Debug)]
pub struct Histogram {
    counts: Box<[AtomicU64]>,
    max: AtomicU64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: (0..BUCKETS).map(|_| AtomicU64::new(0)).collect(), max: AtomicU64::new(0) }
    }
}

/// The bucket of a value.
fn bucket(ns: u64) -> usize {
    let Some(exponent) = ns.checked_ilog2().and_then(|e| e.checked_sub(PRECISION)) else {
        // Below PARTS: a bucket a nanosecond.
        return ns as usize;
    };
    if exponent + PRECISION >= TOP {
        return BUCKETS - 1;
    }
    // The leading one is bit PRECISION of the shifted value, so that the first group follows the single ones.
    exponent as usize * PARTS + (ns >> exponent) as usize
}

/// The largest value that is counted in a bucket.
fn highest(bucket: usize) -> u64 {
    let exponent = (bucket / PARTS).saturating_sub(1);
    let part = (bucket - exponent * PARTS) as u64;
    ((part + 1) << exponent) - 1
}

impl Histogram {
    /// Counts a value. Only one thread may call this: two writers would lose counts.
    pub fn record(&self, ns: u64) {
        if let Some(count) = self.counts.get(bucket(ns)) {
            // One writer: a load and a store need no locked instruction.
            count.store(count.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
        }
        if ns > self.max.load(Ordering::Relaxed) {
            self.max.store(ns, Ordering::Relaxed);
        }
    }

    /// What was counted so far. A value that is counted meanwhile may be in it or not.
    pub fn view(&self) -> HistogramView {
        let counts: Vec<u64> = self.counts.iter().map(|c| c.load(Ordering::Relaxed)).collect();
        let count = counts.iter().sum();
        HistogramView { counts, count, max_ns: self.max.load(Ordering::Relaxed) }
    }
}

/// A histogram at one time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistogramView {
    counts: Vec<u64>,
    /// Values counted.
    pub count: u64,
    /// The largest value, in ns; exact.
    pub max_ns: u64,
}

impl HistogramView {
    /// The value that a share `q` (0 to 1) of the values does not exceed, in ns: the upper end of its bucket, so
    /// never too small, at most 1.6 % too large, and never above the largest value. `None` without values or with
    /// a `q` that is no share.
    pub fn quantile_ns(&self, q: f64) -> Option<u64> {
        if self.count == 0 || !(0.0..=1.0).contains(&q) {
            return None;
        }
        // At least the first value; the count is far below 2^53.
        let rank = ((q * self.count as f64).ceil() as u64).max(1);
        let mut seen = 0;
        let at = self.counts.iter().position(|count| {
            seen += count;
            seen >= rank
        });
        Some(at.map_or(self.max_ns, |at| highest(at).min(self.max_ns)))
    }

    /// The buckets that are not empty: the largest value of each in ns, and how many values are in it.
    pub fn buckets(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.counts
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
            .map(|(at, count)| (highest(at), *count))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn buckets_follow_each_other_without_gap() {
        assert_eq!(bucket(0), 0);
        for at in 0..BUCKETS - 1 {
            assert_eq!(bucket(highest(at)), at);
            assert_eq!(bucket(highest(at) + 1), at + 1);
        }
        assert_eq!(highest(BUCKETS - 1), (1 << TOP) - 1);
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn nothing_counted_has_no_quantile() {
        let view = Histogram::default().view();
        assert_eq!((view.count, view.max_ns, view.quantile_ns(0.5)), (0, 0, None));
        assert_eq!(HistogramView::default().quantile_ns(0.5), None);
    }

    #[test]
    fn a_value_beyond_the_top_is_counted_and_its_size_kept() {
        let histogram = Histogram::default();
        histogram.record(u64::MAX);
        let view = histogram.view();
        assert_eq!((view.count, view.max_ns), (1, u64::MAX));
        assert_eq!(view.buckets().collect::<Vec<_>>(), [((1 << TOP) - 1, 1)]);
        assert_eq!(view.quantile_ns(f64::NAN), None);
        assert_eq!(view.quantile_ns(1.1), None);
    }

    proptest! {
        #[test]
        fn a_quantile_is_never_too_small_and_at_most_a_64th_too_large(
            values in prop::collection::vec(0u64..2_000_000_000, 1..300),
            q in 0.0..=1.0f64,
        ) {
            let histogram = Histogram::default();
            values.iter().for_each(|v| histogram.record(*v));
            let mut sorted = values;
            sorted.sort_unstable();
            let rank = ((q * sorted.len() as f64).ceil() as usize).max(1);
            let exact = sorted[rank - 1];
            let got = histogram.view().quantile_ns(q).unwrap();
            prop_assert!(got >= exact && got <= exact + exact / 64, "{got} for {exact}");
            prop_assert_eq!(histogram.view().max_ns, *sorted.last().unwrap());
        }
    }
}
