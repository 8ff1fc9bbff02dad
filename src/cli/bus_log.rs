//! What happened on each bus, address by address, in the log: at intervals, and at the end.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::bus::Bus;
use crate::bus::counters::{BusCounters, UnitCounters};

/// Time between two reports.
const INTERVAL: Duration = Duration::from_secs(600);

/// Reports on `buses` until `token` is cancelled, and then once more. Nothing is said about a bus on which nothing
/// happened since.
pub(super) async fn run(buses: Vec<Arc<dyn Bus>>, token: CancellationToken) {
    let mut told = vec![BusCounters::default(); buses.len()];
    loop {
        let ended = tokio::select! {
            () = token.cancelled() => true,
            () = tokio::time::sleep(INTERVAL) => false,
        };
        for (bus, told) in buses.iter().zip(&mut told) {
            let counters = bus.counters();
            if counters == *told {
                continue;
            }
            let line = counters.line;
            info!(bus = bus.name(), busy = ?line.busy, heard = line.bytes_heard, noise = line.noise_bytes, "bus");
            for (unit, count) in &counters.units {
                info!(bus = bus.name(), unit, "{}", words(count));
            }
            *told = counters;
        }
        if ended {
            return;
        }
    }
}

/// The counters of an address, without those that are zero.
fn words(count: &UnitCounters) -> String {
    let mut text = format!("{} requests, {} answers", count.requests, count.answers);
    for (number, name) in [
        (count.exceptions, "exceptions"),
        (count.timeouts, "time-outs"),
        (count.bad_frames, "bad frames"),
        (count.retries, "retries"),
        (count.stale_frames, "stale frames"),
        (count.echo_errors, "echo errors"),
    ] {
        if number > 0 {
            text.push_str(&format!(", {number} {name}"));
        }
    }
    text.push_str(&format!(", {} ms of the bus", count.busy.as_millis()));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_happen_is_not_named() {
        let mut count = UnitCounters { requests: 12, answers: 11, ..UnitCounters::default() };
        count.busy = Duration::from_millis(120);
        assert_eq!(words(&count), "12 requests, 11 answers, 120 ms of the bus");
        count.timeouts = 1;
        count.stale_frames = 2;
        assert_eq!(words(&count), "12 requests, 11 answers, 1 time-outs, 2 stale frames, 120 ms of the bus");
    }
}
