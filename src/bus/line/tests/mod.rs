//! The line against the times of the standard, and our client and server on it.

mod faults;

use std::sync::Arc;
use std::time::Duration;

use dpo_registers::codec::Pdu;

use super::{DeviceTiming, LineClock, LineConfig, LineFaults, LineReport, Reaction, VirtualLine, run};
use crate::bus::rtu::{LineTiming, RtuBus, RtuClientConfig};
use crate::bus::testing::Echo;
use crate::bus::{Bus, BusError, read_holding, write_registers};

const SLOW: LineTiming = LineTiming { baud: 19_200, bits: 11 };
const FAST: LineTiming = LineTiming { baud: 115_200, bits: 11 };

fn line_of(clock: &LineClock, timing: LineTiming, units: &[u8]) -> (VirtualLine, RtuBus, Arc<Echo>) {
    let line = VirtualLine::new(clock, LineConfig { timing, ..LineConfig::default() });
    let echo = Arc::new(Echo::default());
    for unit in units {
        line.device(*unit, echo.clone(), DeviceTiming::default());
    }
    let bus = line.client("line:test", RtuClientConfig::strict(timing));
    (line, bus, echo)
}

#[test]
fn a_transaction_takes_the_time_of_its_characters_and_silences() {
    for timing in [SLOW, FAST, LineTiming { baud: 115_200, bits: 10 }, LineTiming { baud: 921_600, bits: 11 }]
    {
        run(move |clock| async move {
            let (_line, bus, _) = line_of(&clock, timing, &[200, 201]);
            // The line was silent before: the first transaction does not wait for t3.5.
            read_holding(&bus, 200, 0, 1).await.unwrap();
            for words in [1u16, 10, 125] {
                let start = clock.now();
                for unit in [200, 201, 200, 201] {
                    assert_eq!(read_holding(&bus, unit, 7, words).await.unwrap().len(), usize::from(words));
                }
                let formula = 4 * bus.wire_time(5, 2 + 2 * usize::from(words));
                let ratio = (clock.now() - start).as_secs_f64() / formula.as_secs_f64();
                assert!((0.9999..=1.0001).contains(&ratio), "{timing:?} {words}: {ratio}");
            }
        })
        .unwrap();
    }
}

#[test]
fn timers_of_tokio_and_the_line_share_one_time() {
    run(|clock| async move {
        let (_line, bus, _) = line_of(&clock, FAST, &[200]);
        let poll = tokio::spawn({
            let clock = clock.clone();
            async move {
                let mut at = Vec::new();
                for _ in 0..100 {
                    read_holding(&bus, 200, 0, 1).await.unwrap();
                    at.push(clock.now());
                }
                at
            }
        });
        for tick in 1..=200u32 {
            tokio::time::sleep(Duration::from_millis(1)).await;
            let late = clock.now().saturating_sub(Duration::from_millis(1) * tick);
            assert!(late < Duration::from_millis(1), "tick {tick} at {:?}", clock.now());
        }
        let at = poll.await.unwrap();
        let steps: Vec<Duration> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
        // 15 characters and two silences, whatever else the runtime does.
        assert!(steps.iter().all(|s| s.as_micros().abs_diff(4_932) <= 1), "{steps:?}");
        // With nobody on the line, time still passes.
        let before = clock.now();
        tokio::time::sleep(Duration::from_secs(3600)).await;
        assert!(clock.now() - before >= Duration::from_secs(3600));
    })
    .unwrap();
}

/// A line with every fault, polled for a while: what happened.
fn faulty(seed: u64) -> (LineReport, u64, u64) {
    run(move |clock| async move {
        let faults = LineFaults { flip: 0.003, lose: 0.001, duplicate: 0.001, noise_per_s: 5.0 };
        let line =
            VirtualLine::new(&clock, LineConfig { timing: FAST, faults, seed, ..LineConfig::default() });
        let spread = Duration::from_millis(5);
        let timing = DeviceTiming { spread, ..DeviceTiming::default() };
        for unit in [200, 201, 202] {
            line.device(unit, Arc::new(Echo::default()), timing);
        }
        let bus = line.client("line:test", RtuClientConfig::strict(FAST));
        let (mut good, mut bad) = (0, 0);
        for round in 0..600u16 {
            match read_holding(&bus, 200 + (round % 3) as u8, round, 20).await {
                // Every register holds its own address: a wrong answer would show.
                Ok(words) => {
                    assert_eq!(words, (round..round + 20).collect::<Vec<u16>>());
                    good += 1;
                }
                Err(_) => bad += 1,
            }
        }
        (line.report(), good, bad)
    })
    .unwrap()
}

#[test]
fn faults_lose_answers_but_never_change_one_and_come_from_the_seed() {
    let (report, good, bad) = faulty(1);
    assert!(report.flipped > 20 && report.lost > 5 && report.duplicated > 5, "{report:?}");
    assert!(good > 300 && bad > 30, "{good} good, {bad} bad");
    assert_eq!(faulty(1), (report, good, bad));
    assert_ne!(faulty(2), (report, good, bad));
}

#[test]
fn two_talkers_garble_each_other() {
    run(|clock| async move {
        let (line, bus, echo) = line_of(&clock, SLOW, &[1]);
        // A second client talks into the request: the device sees no good frame.
        line.inject(Duration::from_millis(2), &[0xAA; 4]);
        assert!(read_holding(&bus, 1, 0, 1).await.is_err());
        assert!(line.report().collided >= 4, "{:?}", line.report());
        assert!(echo.requests().is_empty());
        assert_eq!(read_holding(&bus, 1, 0, 1).await.unwrap(), [0]);
    })
    .unwrap();
}

#[test]
fn a_driver_that_lets_go_late_garbles_the_start_of_the_answer() {
    run(|clock| async move {
        let driver_release = Duration::from_millis(3);
        let line =
            VirtualLine::new(&clock, LineConfig { timing: SLOW, driver_release, ..LineConfig::default() });
        line.device(1, Arc::new(Echo::default()), DeviceTiming::default());
        let slow = DeviceTiming { response: Some(Duration::from_millis(4)), ..DeviceTiming::default() };
        line.device(2, Arc::new(Echo::default()), slow);
        let bus = line.client("line:test", RtuClientConfig::strict(SLOW));
        assert!(read_holding(&bus, 1, 0, 1).await.is_err());
        assert_eq!(read_holding(&bus, 2, 0, 1).await.unwrap(), [0]);
    })
    .unwrap();
}

#[test]
fn a_late_answer_is_never_the_answer_to_the_next_request() {
    run(|clock| async move {
        let line = VirtualLine::new(&clock, LineConfig { timing: FAST, ..LineConfig::default() });
        let mut count = 0;
        // Every third answer comes after its time-out: by then the client asks for something else.
        let script = Box::new(move |_: &_| {
            count += 1;
            if count % 3 == 0 {
                Reaction::Late(Duration::from_millis(90 + 7 * (count % 14)))
            } else {
                Reaction::Answer
            }
        });
        line.scripted(1, Arc::new(Echo::default()), DeviceTiming::default(), script);
        line.device(2, Arc::new(Echo::default()), DeviceTiming::default());
        let bus = line.client("line:test", RtuClientConfig::strict(FAST));
        let mut lost = 0;
        for round in 0..300u16 {
            // Same address, same function, same length: only the time tells the answers apart.
            match read_holding(&bus, 1, round, 3).await {
                Ok(words) => assert_eq!(words, [round, round + 1, round + 2]),
                Err(error) => {
                    lost += 1;
                    assert!(
                        matches!(error, crate::bus::TransactError::Bus(BusError::Timeout { .. })),
                        "{error}"
                    );
                    // Another address, and another function, are asked meanwhile; a collision may cost an answer.
                    if let Ok(words) = read_holding(&bus, 2, round, 3).await {
                        assert_eq!(words, [round, round + 1, round + 2]);
                    }
                    let _ = write_registers(&bus, 1, round, &[1]).await;
                }
            }
        }
        assert!(lost > 60, "{lost}");
        let counters = bus.counters();
        assert!(counters.units[&1].stale_frames > 30, "{counters:?}");
        assert_eq!(
            counters.units[&1].requests - counters.units[&1].answers - counters.units[&1].bad_frames,
            counters.units[&1].timeouts
        );
    })
    .unwrap();
}

#[test]
fn an_adapter_that_hears_itself_is_served_and_tells_of_collisions() {
    run(|clock| async move {
        let line = VirtualLine::new(&clock, LineConfig { timing: SLOW, ..LineConfig::default() });
        line.device(1, Arc::new(Echo::default()), DeviceTiming::default());
        let bus = line.client("line:echo", RtuClientConfig { echo: true, ..RtuClientConfig::strict(SLOW) });
        assert_eq!(read_holding(&bus, 1, 5, 2).await.unwrap(), [5, 6]);
        // After the silence that the request keeps, and inside the request.
        line.inject(Duration::from_millis(4), &[0x55]);
        let error = bus.transact(1, Pdu::read_holding(0, 1).unwrap()).await.unwrap_err();
        assert!(error.to_string().contains("echo differs"), "{error}");
        assert_eq!(read_holding(&bus, 1, 5, 2).await.unwrap(), [5, 6]);
        assert_eq!(bus.counters().units[&1].echo_errors, 1);
    })
    .unwrap();
}
