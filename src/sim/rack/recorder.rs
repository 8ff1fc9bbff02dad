//! Traces of a run: thinned out, but with their extremes.

/// One quantity over time, in buckets of equal length that each keep the smallest and the largest value, and
/// which came first. A dip of one step is never thinned away.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    bucket_s: f64,
    per_bucket: u32,
    buckets: Vec<Bucket>,
    open: Bucket,
    count: u32,
}

/// What is kept of a bucket.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    /// The smallest value.
    pub low: f64,
    /// The largest value.
    pub high: f64,
    /// The smallest value came before the largest.
    pub low_first: bool,
}

const EMPTY: Bucket = Bucket { low: f64::INFINITY, high: f64::NEG_INFINITY, low_first: true };

impl Trace {
    /// A trace of values that come each `step_s` seconds, so many of them in a bucket.
    pub fn new(step_s: f64, per_bucket: u32) -> Self {
        let per_bucket = per_bucket.max(1);
        Self {
            bucket_s: step_s * f64::from(per_bucket),
            per_bucket,
            buckets: Vec::new(),
            open: EMPTY,
            count: 0,
        }
    }

    /// Takes the next value. One that is not finite is left out: it would hide the extremes.
    #[inline]
    pub fn push(&mut self, value: f64) {
        if value.is_finite() {
            if value < self.open.low {
                self.open.low = value;
                self.open.low_first = false;
            }
            if value > self.open.high {
                self.open.high = value;
                self.open.low_first = true;
            }
        }
        self.count += 1;
        if self.count == self.per_bucket {
            self.buckets.push(self.open);
            self.open = EMPTY;
            self.count = 0;
        }
    }

    /// The whole buckets.
    pub fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    /// Length of a bucket in seconds.
    pub fn bucket_s(&self) -> f64 {
        self.bucket_s
    }

    /// The trace as points of time and value: one a bucket where nothing moves, else both extremes in their
    /// order.
    pub fn points(&self) -> Vec<(f64, f64)> {
        let mut points = Vec::with_capacity(self.buckets.len() * 2);
        for (index, bucket) in self.buckets.iter().enumerate() {
            if bucket.low > bucket.high {
                continue;
            }
            let from = index as f64 * self.bucket_s;
            if bucket.low == bucket.high {
                points.push((from + 0.5 * self.bucket_s, bucket.low));
                continue;
            }
            let (first, second) =
                if bucket.low_first { (bucket.low, bucket.high) } else { (bucket.high, bucket.low) };
            points.push((from + 0.25 * self.bucket_s, first));
            points.push((from + 0.75 * self.bucket_s, second));
        }
        points
    }

    /// The smallest value from an instant to another, by whole buckets that touch that time.
    pub fn low_within(&self, from_s: f64, to_s: f64) -> f64 {
        self.within(from_s, to_s).map(|b| b.low).fold(f64::INFINITY, f64::min)
    }

    /// The largest value likewise.
    pub fn high_within(&self, from_s: f64, to_s: f64) -> f64 {
        self.within(from_s, to_s).map(|b| b.high).fold(f64::NEG_INFINITY, f64::max)
    }

    fn within(&self, from_s: f64, to_s: f64) -> impl Iterator<Item = &Bucket> {
        let first = (from_s / self.bucket_s).floor().max(0.0) as usize;
        let last = ((to_s / self.bucket_s).ceil().max(0.0) as usize).min(self.buckets.len());
        self.buckets.get(first.min(last)..last).unwrap_or_default().iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dip_of_one_step_is_kept_in_its_place() {
        let mut trace = Trace::new(50e-6, 20);
        for i in 0..2000 {
            trace.push(if i == 777 { 0.1 } else { 1.0 });
        }
        assert_eq!(trace.buckets().len(), 100);
        assert_eq!(trace.low_within(0.0, 0.1), 0.1);
        assert_eq!(trace.low_within(0.0, 0.0379), 1.0);
        assert_eq!(trace.high_within(0.0, 0.1), 1.0);
        let dips: Vec<f64> = trace.points().iter().filter(|p| p.1 < 0.5).map(|p| p.0).collect();
        assert_eq!(dips.len(), 1);
        assert!((dips[0] - 777.0 * 50e-6).abs() < 1e-3);
    }

    #[test]
    fn extremes_keep_their_order_and_bad_numbers_stay_out() {
        let mut trace = Trace::new(1.0, 3);
        for value in [2.0, 1.0, f64::NAN, 1.0, 2.0, f64::INFINITY, f64::NAN, f64::NAN, f64::NAN] {
            trace.push(value);
        }
        let values: Vec<f64> = trace.points().iter().map(|p| p.1).collect();
        assert_eq!(values, [2.0, 1.0, 1.0, 2.0]);
    }
}
