//! Answers that are torn, cut, doubled, late or somebody else's: what the client makes of them.

use std::sync::Arc;
use std::time::Duration;

use dpo_registers::codec::rtu::{self, Frame, MAX_FRAME};
use dpo_registers::codec::{Pdu, read_response};

use super::{FAST, SLOW, line_of};
use crate::bus::line::{DeviceTiming, LineConfig, Reaction, VirtualLine, run};
use crate::bus::rtu::{LineTiming, RtuClientConfig, RtuServerConfig};
use crate::bus::testing::Echo;
use crate::bus::{Bus, BusError, TransactError, read_holding, write_registers};

fn bytes(frame: &Frame) -> Vec<u8> {
    let mut out = [0; MAX_FRAME];
    let len = rtu::encode(frame, &mut out);
    out[..len].to_vec()
}

/// A device whose first answer becomes what `change` makes of its bytes.
fn first_answer(line: &VirtualLine, unit: u8, change: impl Fn(Vec<u8>) -> Vec<u8> + Send + 'static) {
    let mut first = true;
    let script = Box::new(move |frame: &Frame| {
        if std::mem::take(&mut first) { Reaction::Bytes(change(bytes(frame))) } else { Reaction::Answer }
    });
    line.scripted(unit, Arc::new(Echo::default()), DeviceTiming::default(), script);
}

#[test]
fn a_silence_inside_an_answer_tears_it_above_t1_5() {
    for timing in [SLOW, FAST] {
        run(move |clock| async move {
            let line = VirtualLine::new(&clock, LineConfig { timing, ..LineConfig::default() });
            let strict = RtuClientConfig::strict(timing);
            for (unit, between) in [(1, timing.t1_5()), (2, timing.t1_5() + Duration::from_micros(100))] {
                line.device(
                    unit,
                    Arc::new(Echo::default()),
                    DeviceTiming { between, ..DeviceTiming::default() },
                );
            }
            let bus = line.client("line:strict", strict);
            assert_eq!(read_holding(&bus, 1, 7, 2).await.unwrap(), [7, 8]);
            let error = read_holding(&bus, 2, 7, 2).await.unwrap_err();
            assert!(error.to_string().contains("inside the frame"), "{error}");
            assert_eq!(bus.counters().units[&2].bad_frames, 1);
            drop(bus);
            // An adapter that hands on bytes in lumps makes such gaps itself: the default does not judge them.
            let tolerant = RtuClientConfig { line: timing, ..RtuClientConfig::default() };
            assert_eq!(read_holding(&line.client("line:tolerant", tolerant), 2, 7, 2).await.unwrap(), [7, 8]);
        })
        .unwrap();
    }
}

#[test]
fn a_torn_request_is_not_executed_and_the_next_one_is() {
    run(|clock| async move {
        let (line, bus, echo) = line_of(&clock, SLOW, &[1]);
        let write = bytes(&Frame { unit: 1, pdu: Pdu::write_single(7, 1) });
        line.inject(Duration::ZERO, &write[..4]);
        let torn = SLOW.characters(4) + SLOW.t1_5() + Duration::from_micros(200);
        line.inject(torn, &write[4..]);
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert!(echo.requests().is_empty());
        // The same without the gap is one.
        line.inject(Duration::ZERO, &write);
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert_eq!(echo.requests(), [Pdu::write_single(7, 1)]);
        // And one with bytes right behind it is none: nobody sent that write.
        line.inject(Duration::ZERO, &[&write[..], &[0x55; 3]].concat());
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert_eq!(echo.requests().len(), 1);
        assert_eq!(read_holding(&bus, 1, 3, 1).await.unwrap(), [3]);
    })
    .unwrap();
}

#[test]
fn a_broken_answer_is_an_error_and_the_next_request_is_answered() {
    type Change = fn(Vec<u8>) -> Vec<u8>;
    let changes: [(&str, Change); 9] = [
        ("cut after a byte", |b| b[..1].to_vec()),
        ("cut in the middle", |b| b[..b.len() / 2].to_vec()),
        ("last byte missing", |b| b[..b.len() - 1].to_vec()),
        ("a byte twice", |b| [&b[..4], &b[3..]].concat()),
        ("every byte twice", |b| b.iter().flat_map(|byte| [*byte, *byte]).collect()),
        ("a byte missing", |b| [&b[..3], &b[4..]].concat()),
        ("CRC wrong", |mut b| {
            *b.last_mut().unwrap() ^= 1;
            b
        }),
        ("noise in front", |b| [&[0x00, 0xFF][..], &b].concat()),
        ("all noise", |b| vec![0x55; b.len() + 40]),
    ];
    for (name, change) in changes {
        run(move |clock| async move {
            let line = VirtualLine::new(&clock, LineConfig { timing: FAST, ..LineConfig::default() });
            first_answer(&line, 1, change);
            let bus = line.client("line:test", RtuClientConfig::strict(FAST));
            let error = read_holding(&bus, 1, 100, 4).await.unwrap_err();
            assert!(matches!(error, TransactError::Bus(_)), "{name}: {error}");
            for at in [7, 50_000] {
                assert_eq!(
                    read_holding(&bus, 1, at, 4).await.unwrap(),
                    (at..at + 4).collect::<Vec<u16>>(),
                    "{name}"
                );
            }
        })
        .unwrap();
    }
}

#[test]
fn an_answer_sent_twice_does_not_answer_the_next_request() {
    run(|clock| async move {
        let line = VirtualLine::new(&clock, LineConfig { timing: FAST, ..LineConfig::default() });
        let mut first = true;
        let again = line.clone();
        // Once more, 2 ms after its end: just when the next request may be on its way.
        let script = Box::new(move |frame: &Frame| {
            if std::mem::take(&mut first) {
                let all = bytes(frame);
                again.inject(FAST.characters(all.len()) + Duration::from_millis(2), &all);
            }
            Reaction::Answer
        });
        line.scripted(1, Arc::new(Echo::default()), DeviceTiming::default(), script);
        line.device(2, Arc::new(Echo::default()), DeviceTiming::default());
        let bus = line.client("line:test", RtuClientConfig::strict(FAST));
        assert_eq!(read_holding(&bus, 1, 100, 4).await.unwrap(), [100, 101, 102, 103]);
        // The next requests may be lost in the collision; none is answered with the old words.
        for at in [200u16, 300, 400] {
            if let Ok(words) = read_holding(&bus, 1, at, 4).await {
                assert_eq!(words, (at..at + 4).collect::<Vec<u16>>());
            }
        }
        assert_eq!(read_holding(&bus, 2, 9, 1).await.unwrap(), [9]);
    })
    .unwrap();
}

#[test]
fn a_late_answer_costs_only_requests_it_could_be_taken_for() {
    run(|clock| async move {
        let line = VirtualLine::new(&clock, LineConfig { timing: FAST, ..LineConfig::default() });
        let mut first = true;
        let script = Box::new(move |_: &_| {
            if std::mem::take(&mut first) {
                Reaction::Late(Duration::from_millis(150))
            } else {
                Reaction::Answer
            }
        });
        line.scripted(1, Arc::new(Echo::default()), DeviceTiming::default(), script);
        line.device(2, Arc::new(Echo::default()), DeviceTiming::default());
        let config = RtuClientConfig::strict(FAST);
        let bus = line.client("line:test", config);
        assert!(read_holding(&bus, 1, 100, 4).await.is_err());
        let lost = clock.now();
        // Another address, and another function: at once.
        assert_eq!(read_holding(&bus, 2, 1, 1).await.unwrap(), [1]);
        write_registers(&bus, 1, 5, &[1]).await.unwrap();
        assert!(clock.now() - lost < Duration::from_millis(20), "{:?}", clock.now() - lost);
        // The same address and function: only after the time in which the late answer may come, or once it came.
        assert_eq!(read_holding(&bus, 1, 200, 4).await.unwrap(), [200, 201, 202, 203]);
        let waited = clock.now() - lost;
        assert!(waited > Duration::from_millis(50) && waited < config.late, "{waited:?}");
        assert_eq!(bus.counters().units[&1].stale_frames, 1);
    })
    .unwrap();
}

#[test]
fn a_dropped_request_does_not_lend_its_answer_to_the_next() {
    run(|clock| async move {
        let line = VirtualLine::new(&clock, LineConfig { timing: FAST, ..LineConfig::default() });
        let response = Some(Duration::from_millis(40));
        line.device(1, Arc::new(Echo::default()), DeviceTiming { response, ..DeviceTiming::default() });
        let bus = Arc::new(line.client("line:test", RtuClientConfig::strict(FAST)));
        for at in 0..20u16 {
            let dropped =
                tokio::time::timeout(Duration::from_millis(u64::from(at)), read_holding(&*bus, 1, 1000, 2));
            assert!(dropped.await.is_err());
            assert_eq!(read_holding(&*bus, 1, at, 2).await.unwrap(), [at, at + 1]);
        }
    })
    .unwrap();
}

#[test]
fn the_same_address_on_two_ports_is_two_devices() {
    run(|clock| async move {
        let config = LineConfig { timing: FAST, ..LineConfig::default() };
        let (left, right) = (VirtualLine::new(&clock, config), VirtualLine::new(&clock, config));
        let (a, b) = (Arc::new(Echo::default()), Arc::new(Echo::default()));
        left.device(200, a.clone(), DeviceTiming::default());
        right.device(200, b.clone(), DeviceTiming::default());
        let strict = RtuClientConfig::strict(FAST);
        let (one, two) = (left.client("line:left", strict), right.client("line:right", strict));
        let one = async move {
            for at in 0..50 {
                assert_eq!(read_holding(&one, 200, at, 2).await.unwrap(), [at, at + 1]);
            }
        };
        let two = async move {
            for at in 1000..1050 {
                assert_eq!(read_holding(&two, 200, at, 2).await.unwrap(), [at, at + 1]);
            }
        };
        tokio::join!(one, two);
        let first = |pdu: &Pdu| u16::from_be_bytes([pdu.as_slice()[1], pdu.as_slice()[2]]);
        assert_eq!(a.requests().iter().map(first).collect::<Vec<_>>(), (0..50).collect::<Vec<u16>>());
        assert_eq!(b.requests().iter().map(first).collect::<Vec<_>>(), (1000..1050).collect::<Vec<u16>>());
    })
    .unwrap();
}

#[test]
fn a_broadcast_reaches_every_device_and_waits_its_turnaround() {
    run(|clock| async move {
        let (_line, bus, echo) = line_of(&clock, SLOW, &[1, 2, 3]);
        let start = clock.now();
        let write = Pdu::write_single(7, 5);
        assert!(matches!(bus.transact(0, write).await, Err(BusError::Timeout { unit: 0, .. })));
        let turnaround = RtuClientConfig::default().turnaround;
        assert_eq!(clock.now() - start, SLOW.characters(8) + turnaround);
        assert_eq!(echo.requests(), [write; 3]);
        assert_eq!(read_holding(&bus, 2, 1, 1).await.unwrap(), [1]);
    })
    .unwrap();
}

#[test]
fn reserved_addresses_are_an_option() {
    run(|clock| async move {
        let (line, bus, echo) = line_of(&clock, FAST, &[248, 255]);
        let error = bus.transact(255, Pdu::read_holding(0, 1).unwrap()).await.unwrap_err();
        assert!(error.to_string().contains("reserved_addresses"), "{error}");
        assert!(echo.requests().is_empty());
        drop(bus);
        let bus =
            line.client("line:hpr", RtuClientConfig { last_unit: 255, ..RtuClientConfig::strict(FAST) });
        for unit in [248, 255] {
            assert_eq!(read_holding(&bus, unit, 1, 1).await.unwrap(), [1]);
        }
    })
    .unwrap();
}

#[test]
fn our_server_answers_our_client_with_t3_5_between() {
    run(|clock| async move {
        let timing = LineTiming { baud: 115_200, bits: 10 };
        let line = VirtualLine::new(&clock, LineConfig { timing, ..LineConfig::default() });
        line.serve(Arc::new(Echo::default()), RtuServerConfig::strict("pmi", timing));
        let bus = line.client("line:rack", RtuClientConfig::strict(timing));
        for unit in [7, 200] {
            assert_eq!(read_holding(&bus, unit, 9, 125).await.unwrap().len(), 125);
        }
        assert!(read_holding(&bus, Echo::NO_PATH, 0, 1).await.is_err());
        // A write is executed t3.5 after it, and answered at once.
        let start = clock.now();
        bus.transact(200, Pdu::write_single(1, 1)).await.unwrap();
        assert!(
            clock.now() - start <= bus.wire_time(5, 5) + Duration::from_micros(1),
            "{:?}",
            clock.now() - start
        );
        let whole = read_response(3, &[0; 125]).unwrap();
        assert_eq!(whole.as_slice().len(), 252);
    })
    .unwrap();
}
