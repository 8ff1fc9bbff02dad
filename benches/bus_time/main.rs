//! Bus time of a refresh and age of the fast class, on a line in virtual time. Everything here is SIMULATED: the
//! devices answer from the register maps, the line carries characters of 11 bits.
//!
//! `cargo bench --bench bus_time` prints each figure with its bar and ends with 1 if one is missed.
//!
//! Refresh: every register of 6 PSUs and 6 BBUs that is polled and not static, once, read as planned; against (a) one
//! read a register and (b) touching registers merged into reads of at most 120 words, as rackmond does. Age: a whole
//! gateway polls the shelf while slow reads, a rack manager and setpoint writes share the line.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

mod age;
mod devices;
mod monitors;
mod refresh;

use std::process::ExitCode;
use std::time::Duration;

use dpo_gateway::registers::codec::rtu::{t3_5_micros, wire_micros};

/// What a device takes to answer beyond the silence that the standard asks for. rackmond waits 2 to 3 ms after each
/// command; what real devices take nobody has published.
const TURNAROUND: Duration = Duration::from_millis(2);

/// The wire-time formula: two frames, the silence before each, and the device.
fn formula(baud: u32, turnaround: Duration) -> impl Fn(usize, usize) -> Duration + Copy {
    move |request, answer| {
        let frames = wire_micros(request + answer + 6, baud);
        Duration::from_micros(frames + 2 * u64::from(t3_5_micros(baud))) + turnaround
    }
}

/// Prints a figure with its bar; whether it is kept.
fn bar(what: &str, value: f64, most: f64) -> bool {
    let kept = value <= most;
    println!("  {:<66} {value:>6.3}  at most {most:.2}  {}", what, if kept { "ok" } else { "MISSED" });
    kept
}

fn main() -> ExitCode {
    let mut kept = true;
    for (baud, single, merged) in [(19_200, 0.16, 0.80), (115_200, 0.10, 0.65)] {
        kept &= refresh::report(baud, single, merged);
    }
    monitors::report();
    for (baud, cycle_s) in [(19_200, 1), (19_200, 4), (115_200, 1)] {
        kept &= age::report(baud, Duration::from_secs(cycle_s));
    }
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
