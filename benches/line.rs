//! Time on a serial line over the formula, and what the driver of a real port adds.
//!
//! `cargo bench --bench line`. The line is virtual: its figures are exact, the same on every machine. The
//! pseudo-terminal is real time: each figure there is the time over the silence that a client must keep, for the
//! thread that drives real ports and for the timers of tokio that drove them before, in turns.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dpo_gateway::bus::line::{DeviceTiming, LineConfig, LineFaults, VirtualLine, run};
use dpo_gateway::bus::rtu::{LineTiming, RtuBus, RtuClientConfig};
use dpo_gateway::bus::serial::{self, Pty, SerialSettings};
use dpo_gateway::bus::{Answer, BoxFuture, Bus, Peer, Service, read_holding};
use dpo_gateway::registers::codec::rtu::{self, Frame, MAX_FRAME};
use dpo_gateway::registers::codec::{Pdu, read_response};

struct Words;

impl Service for Words {
    fn call<'a>(&'a self, _: &'a Peer, _: u8, request: Pdu) -> BoxFuture<'a, Answer> {
        let words = request.as_slice().get(4).copied().unwrap_or_default();
        let answer = read_response(3, &vec![0x1234; usize::from(words)]);
        Box::pin(std::future::ready(answer.map_or(Answer::NoAnswer, Answer::Reply)))
    }
}

const UNITS: [u8; 12] = [200, 201, 202, 203, 204, 205, 64, 65, 66, 67, 68, 69];

/// Measured time of reads of all lengths from twelve devices, over the formula.
fn over_formula(timing: LineTiming, device: DeviceTiming, faults: LineFaults) -> (f64, u64) {
    run(move |clock| async move {
        let line = VirtualLine::new(&clock, LineConfig { timing, faults, seed: 1, ..LineConfig::default() });
        for unit in UNITS {
            line.device(unit, Arc::new(Words), device);
        }
        let bus = line.client("line", RtuClientConfig::strict(timing));
        read_holding(&bus, 200, 0, 1).await.unwrap();
        let (start, mut formula, mut lost) = (clock.now(), Duration::ZERO, 0);
        for words in [1u16, 2, 10, 32, 64, 120, 125] {
            for unit in UNITS {
                lost += u64::from(read_holding(&bus, unit, 0, words).await.is_err());
                formula += bus.wire_time(5, 2 + 2 * usize::from(words));
            }
        }
        ((clock.now() - start).as_secs_f64() / formula.as_secs_f64(), lost)
    })
    .unwrap()
}

fn virtual_line() {
    println!(
        "virtual line: measured transaction time / (characters + 2 x t3.5), 84 reads of 1 to 125 registers"
    );
    for baud in [19_200, 115_200] {
        for bits in [11, 10] {
            let timing = LineTiming { baud, bits };
            let (exact, _) = over_formula(timing, DeviceTiming::default(), LineFaults::default());
            let slow = DeviceTiming {
                response: Some(timing.t3_5() + Duration::from_millis(5)),
                ..DeviceTiming::default()
            };
            let (turnaround, _) = over_formula(timing, slow, LineFaults::default());
            let verdict = if exact <= 1.05 { "ok" } else { "MISSED" };
            println!(
                "  {baud:>6} baud, {bits} bits: {exact:.4} (bar 1.05: {verdict}); with devices 5 ms slower {turnaround:.3}"
            );
        }
    }
    let faults = LineFaults { flip: 2e-4, lose: 5e-5, duplicate: 5e-5, noise_per_s: 1.0 };
    let (noisy, lost) = over_formula(LineTiming { baud: 115_200, bits: 11 }, DeviceTiming::default(), faults);
    println!("  115200 baud, 11 bits, 3 faults in 10000 characters and noise: {noisy:.3}, {lost} of 84 lost");
}

/// Answers each read of 10 registers at once, on a thread that lives as long as this process.
fn respond(pty: Pty) {
    std::thread::spawn(move || {
        use rustix::event::{PollFd, PollFlags, poll};
        let pdu = read_response(3, &[7; 10]).unwrap();
        let mut bytes = [0; MAX_FRAME];
        let len = rtu::encode(&Frame { unit: 1, pdu }, &mut bytes);
        let mut heard = [0; 64];
        loop {
            let mut fds = [PollFd::from_borrowed_fd(pty.as_fd(), PollFlags::IN)];
            if poll(&mut fds, None).is_err() {
                return;
            }
            match rustix::io::read(pty.as_fd(), &mut heard) {
                // A request is 8 bytes; a pseudo-terminal hands them over in one.
                Ok(8) => drop(rustix::io::write(pty.as_fd(), &bytes[..len])),
                Ok(_) | Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => (),
                Err(_) => return,
            }
        }
    });
}

/// Microseconds of `count` transactions over the silences that they must keep, each.
async fn added(bus: &RtuBus, silence: Duration, count: u32) -> f64 {
    read_holding(bus, 1, 0, 10).await.unwrap();
    let start = Instant::now();
    for _ in 0..count {
        read_holding(bus, 1, 0, 10).await.unwrap();
    }
    (start.elapsed() / count).saturating_sub(silence).as_secs_f64() * 1e6
}

fn pseudo_terminal() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    println!(
        "pseudo-terminal: time a transaction takes over the t3.5 that it keeps, best of 5 in turns, 200 each"
    );
    for baud in [19_200, 115_200] {
        let settings = SerialSettings { baud, ..SerialSettings::default() };
        let config = RtuClientConfig { line: settings.into(), ..RtuClientConfig::default() };
        let silence = config.line.t3_5();
        let (mut thread, mut tokio) = (f64::MAX, f64::MAX);
        runtime.block_on(async {
            for _ in 0..5 {
                let pty = Pty::open(None).unwrap();
                let path = pty.path.clone();
                respond(pty);
                let bus = RtuBus::open(&path, settings, config).unwrap();
                thread = thread.min(added(&bus, silence, 200).await);
                drop(bus);
                let port = serial::open(&path, settings).unwrap();
                let bus = RtuBus::new("tokio", port, config);
                tokio = tokio.min(added(&bus, silence, 200).await);
            }
        });
        println!(
            "  {baud:>6} baud: thread {thread:.0} us, tokio {tokio:.0} us; thread / tokio {:.2}",
            thread / tokio
        );
    }
}

fn main() {
    virtual_line();
    pseudo_terminal();
}
