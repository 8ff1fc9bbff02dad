//! A trace of the load as a source: paced by its own times, or as quick as the reader takes it.

use futures::future::BoxFuture;

use super::{AcInput, Reading, Report, Telemetry};
use crate::engine::backtest::Trace;
use crate::engine::clock::Clock;
use crate::engine::setpoint::{GridState, ShelfState};

/// What stands behind the load of a trace, which tells nothing of a shelf: invented, and said so wherever it shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TraceShelf {
    /// Rated output of the PSUs, in watts.
    pub psu_w: f64,
    /// Power of the BBUs, in watts.
    pub bbu_w: f64,
    /// State of charge, from 0 to 1, all the time.
    pub state_of_charge: f64,
}

/// A trace as a source.
#[derive(Debug)]
pub struct TraceTelemetry {
    trace: Trace,
    at: usize,
    shelf: TraceShelf,
    /// `None`: as quick as possible.
    clock: Option<(Clock, f64)>,
}

impl TraceTelemetry {
    /// The samples of a trace, as watts. With a clock each comes at its time, counted from now.
    pub fn new(trace: Trace, shelf: TraceShelf, clock: Option<Clock>) -> Self {
        Self { trace, at: 0, shelf, clock: clock.map(|clock| (clock, clock.now_s())) }
    }

    /// The same trace with its largest value at `peak_w` watts: for one in shares of a peak, or of another machine.
    ///
    /// # Errors
    /// Where no value is above 0.
    pub fn scaled(mut self, peak_w: f64) -> Result<Self, String> {
        let most = self.trace.samples.iter().map(|s| s.1).fold(0.0, f64::max);
        let factor = peak_w / most;
        if !(factor.is_finite() && factor > 0.0) {
            return Err(format!("{}: no value above 0 to scale by", self.trace.name));
        }
        self.trace.samples.iter_mut().for_each(|s| s.1 *= factor);
        Ok(self)
    }

    async fn report(&mut self) -> Report {
        let Some((t_s, load_w)) = self.trace.samples.get(self.at).copied() else { return Report::End };
        let first_s = self.trace.samples.first().map_or(t_s, |s| s.0);
        let mut t_s = t_s - first_s;
        if let Some((clock, start_s)) = &self.clock {
            t_s += start_s;
            tokio::time::sleep_until(clock.instant(t_s)).await;
        }
        self.at += 1;
        let state = ShelfState {
            t_s,
            load_w,
            // Without a shelf there is nothing between the load and the grid.
            input_w: load_w,
            bbu_w: 0.0,
            state_of_charge: self.shelf.state_of_charge,
            bbu_available_w: self.shelf.bbu_w,
            psu_available_w: self.shelf.psu_w,
            grid: GridState::Normal,
        };
        let received_s = self.clock.as_ref().map_or(t_s, |(clock, _)| clock.now_s());
        let ac = AcInput::default();
        Report::Reading(Box::new(Reading { state, received_s, stamp_s: None, clock_ahead_s: None, ac }))
    }
}

impl Telemetry for TraceTelemetry {
    fn next(&mut self) -> BoxFuture<'_, Report> {
        Box::pin(self.report())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace() -> Trace {
        let samples = (0..60).map(|n| (100.0 + f64::from(n) * 0.5, 9e3 + f64::from(n))).collect();
        Trace { name: "t".into(), synthetic: true, quantity: "W".into(), samples, left_out: 0 }
    }

    const SHELF: TraceShelf = TraceShelf { psu_w: 18e3, bbu_w: 18e3, state_of_charge: 0.9 };

    #[tokio::test(start_paused = true)]
    async fn a_paced_trace_keeps_its_times() {
        let clock = Clock::start();
        let mut source = TraceTelemetry::new(trace(), SHELF, Some(clock));
        let mut times = Vec::new();
        while let Report::Reading(reading) = source.next().await {
            times.push((reading.state.t_s, clock.now_s()));
        }
        assert_eq!(times.len(), 60);
        assert!(times.iter().all(|(t, now)| now - t < 0.01 && now >= t), "{times:?}");
        assert!((times[59].0 - times[0].0 - 29.5).abs() < 1e-9);
    }

    #[tokio::test]
    async fn a_trace_in_shares_is_scaled_by_its_peak() {
        let mut shares = trace();
        shares.samples = vec![(0.0, 0.25), (1.0, 1.0), (2.0, 0.5)];
        let mut source = TraceTelemetry::new(shares.clone(), SHELF, None).scaled(16e3).unwrap();
        let mut loads = Vec::new();
        while let Report::Reading(reading) = source.next().await {
            loads.push(reading.state.load_w);
        }
        assert_eq!(loads, [4e3, 16e3, 8e3]);
        shares.samples.iter_mut().for_each(|s| s.1 = 0.0);
        assert!(TraceTelemetry::new(shares, SHELF, None).scaled(16e3).is_err());
    }

    #[tokio::test]
    async fn a_quick_trace_ends_with_its_last_sample() {
        let mut source = TraceTelemetry::new(trace(), SHELF, None);
        let mut last = None;
        while let Report::Reading(reading) = source.next().await {
            last = Some(*reading);
        }
        let last = last.unwrap();
        assert_eq!((last.state.t_s, last.state.load_w, last.received_s), (29.5, 9059.0, 29.5));
        assert_eq!(source.next().await, Report::End);
    }
}
