//! Cases on a serial line.

use std::time::Duration;

use tokio::time::Instant;

use super::device::{Fake, UNIT, asked, pdu, table, written};
use super::supply::shared;
use crate::declared::BaudCode;
use crate::instrument::Measured;
use crate::outcome::Outcome::{self, Fail, Inconclusive, NonStrict, Pass};
use crate::transport::Seen;
use crate::transport::rtu::good_frame;
use crate::transport::serial::{Parity, Settings};

/// The specimen on a line, as it is.
fn right() -> Fake {
    on_line(|_, _| None)
}

/// The specimen on a line where some frames get something else.
fn on_line(frames: impl FnMut(&[u8], &Settings) -> Option<Vec<u8>> + Send + 'static) -> Fake {
    let mut fake = Fake::right().line(frames).effort(|e| {
        e.listen = Duration::from_secs(1);
        e.timed_requests = 10;
    });
    fake.foreign_unit = Some(99);
    fake
}

/// The answer of the specimen to a read of its probe register.
fn model() -> Vec<u8> {
    good_frame(UNIT, &[&[3, 16][..], b"SPECIMEN\0\0\0\0\0\0\0\0"].concat())
}

#[tokio::test(start_paused = true)]
async fn bad_frames_get_no_answer() {
    let probe = good_frame(UNIT, &[3, 0, 0, 0, 8]);
    // Answers whatever is no good frame for it.
    let eager = || {
        on_line(|frame, _| {
            (frame != good_frame(UNIT, &[3, 0, 0, 0, 8]) && frame.get(1) == Some(&3)).then(model)
        })
    };
    let noise = || {
        on_line(|frame, _| {
            (frame != good_frame(UNIT, &[3, 0, 0, 0, 8]) && frame.get(1) == Some(&3))
                .then(|| vec![1, 2, 3, 4, 5])
        })
    };
    for (id, sent) in [
        ("MB-RTU-002", good_frame(99, &[3, 0, 0, 0, 8])),
        ("MB-RTU-003", good_frame(248, &[3, 0, 0, 0, 8])),
        ("MB-RTU-005", good_frame(0, &[3, 0, 0, 0, 8])),
        ("MB-RTU-007", [&probe[..6], &[!probe[6], !probe[7]]].concat()),
        ("MB-RTU-008", [&probe[..6], &[probe[6] ^ 0x10, probe[7]]].concat()),
        ("MB-RTU-009", [&probe[..6], &[probe[7], probe[6]]].concat()),
        ("MB-RTU-010", [&probe[..5], &[9, probe[6], probe[7]]].concat()),
        ("MB-RTU-020", vec![UNIT, 3]),
        ("MB-RTU-022", good_frame(UNIT, &[&[3, 0, 0, 0, 8][..], &[0; 292]].concat())),
    ] {
        let list = shared(Vec::new());
        let kept = list.clone();
        let seen = on_line(move |frame, _| {
            kept.lock().unwrap().push(frame.to_vec());
            // The specimen does not look at lengths; a frame that is too long is none.
            (frame.len() > 256).then(Vec::new)
        });
        table(id, [("is right", seen, Pass), ("answers", eager(), Fail), ("sends noise", noise(), Fail)])
            .await;
        assert!(list.lock().unwrap().contains(&sent), "{id}: {:02X?}", list.lock().unwrap());
    }
    for (id, wanted) in [
        ("MB-RTU-011", {
            let mut frame = good_frame(UNIT, &[6, 0, 24, 0, 1]);
            let last = frame.len() - 1;
            frame[last] = !frame[last];
            frame
        }),
        ("MB-RTU-021", vec![UNIT, 0x10, 0, 24, 0, 1, 2]),
    ] {
        let list = shared(Vec::new());
        let kept = list.clone();
        let seen = on_line(move |frame, _| {
            kept.lock().unwrap().push(frame.to_vec());
            None
        });
        table(
            id,
            [
                ("is right", seen, Pass),
                (
                    "answers",
                    on_line(|frame, _| {
                        matches!(frame[1], 6 | 0x10).then(|| good_frame(UNIT, &[6, 0, 24, 0, 1]))
                    }),
                    Fail,
                ),
                ("has changed", right().shows_at(24, |nth| (nth == 2).then_some(1)), Fail),
            ],
        )
        .await;
        assert!(list.lock().unwrap().contains(&wanted), "{id}: {:02X?}", list.lock().unwrap());
    }
    // Eight addresses.
    let count = shared(Vec::new());
    let kept = count.clone();
    let seen = on_line(move |frame, _| {
        kept.lock().unwrap().push(frame[0]);
        None
    });
    table("MB-RTU-003", [("is right", seen, Pass)]).await;
    assert_eq!(count.lock().unwrap()[..8], [248, 249, 250, 251, 252, 253, 254, 255]);
    let mut none = right();
    none.foreign_unit = None;
    table("MB-RTU-002", [("is on a full line", none, Inconclusive)]).await;
}

#[tokio::test(start_paused = true)]
async fn good_frames_get_their_answer() {
    let says = |seen: Seen| right().when(move |r| asked(r).map(|_| seen.clone()));
    table(
        "MB-RTU-001",
        [
            ("is right", right(), Pass),
            ("refuses", says(pdu(&[0x83, 2])), Fail),
            ("is silent", says(Seen::Nothing), Fail),
            ("answers from another address", on_line(|_, _| Some(good_frame(21, &[3, 2, 0, 0]))), Fail),
        ],
    )
    .await;
    table(
        "MB-RTU-012",
        [
            ("is right", right(), Pass),
            ("sends a wrong CRC", on_line(|_, _| Some(vec![UNIT, 3, 2, 0, 0, 0, 0])), Fail),
            ("sends nothing", on_line(|_, _| Some(Vec::new())), Inconclusive),
        ],
    )
    .await;
    let nth = |wanted: usize, id_read: (u16, u16)| {
        let mut nth = 0;
        right().when(move |r| {
            nth += usize::from(asked(r) == Some(id_read));
            (asked(r) == Some(id_read) && nth == wanted).then_some(Seen::Nothing)
        })
    };
    table(
        "MB-RTU-019",
        [
            ("is right", right(), Pass),
            ("is silent once", nth(10, (20, 1)), Fail),
            ("is silent behind the end", nth(11, (20, 1)), Pass),
        ],
    )
    .await;
    table("MB-RTU-024", [("is right", right(), Pass), ("is silent behind noise", nth(5, (0, 8)), Fail)])
        .await;
    // Noise is for nobody: another address, a code that does no harm, one byte more each time.
    let list = shared(Vec::new());
    let kept = list.clone();
    let seen = on_line(move |frame, _| {
        kept.lock().unwrap().push(frame.to_vec());
        None
    });
    table("MB-RTU-024", [("is right", seen, Pass)]).await;
    let noise: Vec<Vec<u8>> = list.lock().unwrap().iter().filter(|f| f[0] != UNIT).cloned().collect();
    let harmless = crate::transport::guard::HARMLESS;
    assert!(
        noise.len() >= 5
            && noise.iter().all(|f| f[0] != 0 && f.get(1).is_none_or(|code| harmless.contains(code))),
        "{noise:02X?}"
    );
    assert!(noise.windows(2).all(|pair| pair[0].len() < pair[1].len()) && noise.last().unwrap().len() == 8);
    table("MB-RTU-031", [("is quiet", right(), Pass), ("is not there", says(Seen::Nothing), Fail)]).await;
    let lost = |wanted: usize, seen: Seen| {
        let mut nth = 0;
        right().when(move |r| {
            nth += 1;
            (asked(r).is_some() && nth == wanted).then(|| seen.clone())
        })
    };
    table(
        "MB-RTU-041",
        [
            ("is right", right(), Pass),
            ("loses the first", lost(1, Seen::Nothing), Fail),
            ("loses the last", lost(60, Seen::Nothing), Fail),
            ("is wrong once", lost(60, pdu(&[&[3, 16][..], &[0x41; 16]].concat())), Fail),
            ("loses none of them", lost(62, Seen::Nothing), Pass),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn broadcasts_are_carried_out_and_not_answered() {
    // To nobody: the specimen behind the line hears it.
    let hears = |value: Option<u8>| {
        let held = shared(None);
        let now = held.clone();
        on_line(move |frame, _| {
            if frame[0] == 0 && frame[1] == 6 {
                *held.lock().unwrap() = value.map(|v| if v == 0xFF { frame[5] } else { v });
                assert_eq!(frame[2..5], [0, 26, 0]);
            }
            None
        })
        .when(move |request| {
            if written(request).is_some() {
                *now.lock().unwrap() = None;
            }
            let low = (*now.lock().unwrap())?;
            (asked(request) == Some((26, 1))).then(|| pdu(&[3, 2, 0, low]))
        })
    };
    table(
        "MB-RTU-004",
        [
            ("is right", hears(Some(0xFF)), Pass),
            ("does not hear it", hears(None), Fail),
            ("takes another value", hears(Some(7)), Fail),
            ("answers", on_line(|frame, _| (frame[0] == 0).then(|| frame.to_vec())), Fail),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_line_is_as_the_device_has_it() {
    let hears = |fits: fn(&Settings) -> bool| {
        on_line(move |frame, now| {
            if fits(now) && frame == good_frame(UNIT, &[3, 0, 0, 0, 8]) {
                Some(model())
            } else if fits(now) {
                None
            } else {
                Some(Vec::new())
            }
        })
    };
    let own = |s: &Settings| s.baud == 19_200 && s.parity == Parity::Even && s.stop_bits == 1;
    let odd = |s: &Settings| s.parity == Parity::Odd || (s.baud == 19_200 && s.parity == Parity::Even);
    table("MB-RTU-025", [("is right", hears(own), Pass), ("does not look at parity", hears(odd), Fail)])
        .await;
    let baud = |s: &Settings| s.baud == 9600 || s.baud == 19_200;
    let map = |fake: Fake| fake.map(|map| map.bus.baud = vec![9600]);
    table(
        "MB-RTU-026",
        [
            ("is right", hears(own), Pass),
            ("has another rate from the factory", map(hears(own)), Fail),
            ("has both", map(hears(baud)), Pass),
        ],
    )
    .await;
    let bits = |fake: Fake, bits: Option<u8>| fake.declares(|d| d.line.no_parity_stop_bits = bits);
    let none = |s: &Settings| (s.parity == Parity::None && s.stop_bits == 2) || s.parity == Parity::Even;
    let one = |s: &Settings| (s.parity == Parity::None && s.stop_bits == 1) || s.parity == Parity::Even;
    table(
        "MB-RTU-030",
        [
            ("has two stop bits", bits(hears(none), Some(2)), Pass),
            ("has one stop bit and says two", bits(hears(one), Some(2)), Fail),
            ("has one stop bit", bits(hears(one), Some(1)), NonStrict),
            ("declares nothing", bits(hears(own), None), Inconclusive),
        ],
    )
    .await;
}

/// How a device with a rate differs from one that is right.
#[derive(Clone, Copy)]
struct Ways {
    /// It hears a rate: of the line, of the device.
    hears: fn(u32, u32) -> bool,
    /// Whether it follows a code.
    follows: fn(u16) -> bool,
    refuses: bool,
    any_code: bool,
    /// The rate behind a restart; 0 is the one that it has.
    restarts_at: u32,
    back_ms: u64,
}

const RIGHT: Ways = Ways {
    hears: |line, own| line == own,
    follows: |_| true,
    refuses: false,
    any_code: false,
    restarts_at: 19_200,
    back_ms: 0,
};
const CODES: [(u32, u16); 3] = [(9_600, 0), (19_200, 1), (115_200, 2)];

/// A device whose rate a register sets.
fn rated(ways: Ways, stored: bool) -> Fake {
    let mut own = 19_200;
    let mut gone: Option<Instant> = None;
    Fake::right()
        .line(move |frame, now| {
            if gone.is_some_and(|at| at.elapsed() < Duration::from_millis(ways.back_ms)) {
                return Some(Vec::new());
            }
            let [_, request @ .., _, _] = frame else { return Some(Vec::new()) };
            if !(ways.hears)(now.baud, own) || good_frame(UNIT, request) != frame {
                return Some(Vec::new());
            }
            let code = CODES.iter().find(|(baud, _)| *baud == own).map_or(9, |(_, code)| *code);
            match (asked(request), written(request)) {
                (Some((49, 1)), _) => Some(good_frame(UNIT, &[3, 2, 0, code as u8])),
                (Some((0, 8)), _) => Some(model()),
                (_, Some((49, _))) if ways.refuses => Some(good_frame(UNIT, &[0x86, 4])),
                (_, Some((49, words))) => {
                    match CODES.iter().find(|(_, code)| *code == words[0]) {
                        Some((baud, code)) if (ways.follows)(*code) => own = *baud,
                        Some(_) => {}
                        None if ways.any_code => own = 1,
                        None => return Some(good_frame(UNIT, &[0x86, 3])),
                    }
                    Some(good_frame(UNIT, request))
                }
                (_, Some((50, _))) => {
                    gone = Some(Instant::now());
                    if ways.restarts_at > 0 {
                        own = ways.restarts_at;
                    }
                    Some(good_frame(UNIT, request))
                }
                _ => Some(good_frame(UNIT, &[0x83, 2])),
            }
        })
        .declares(move |d| {
            d.line.baud_register = Some("baud_code".into());
            d.line.baud_codes = CODES.map(|(baud, code)| BaudCode { baud, code }).to_vec();
            d.line.baud_stored = stored;
        })
}

#[tokio::test(start_paused = true)]
async fn rates_are_switched_and_stay_as_declared() {
    let mute = |ways: Ways| rated(ways, false).declares(|d| d.line.baud_codes.retain(|c| c.baud != 19_200));
    table(
        "MB-RTU-027",
        [
            ("is right", rated(RIGHT, false), Pass),
            (
                "does not hear 115200",
                rated(Ways { hears: |line, own| line == own && line != 115_200, ..RIGHT }, false),
                Fail,
            ),
            ("stays at its rate", rated(Ways { follows: |_| false, ..RIGHT }, false), Fail),
            ("does not come back", rated(Ways { follows: |code| code != 1, ..RIGHT }, false), Fail),
            (
                "hears its old rate, too",
                rated(Ways { hears: |line, own| line == own || line == 19_200, ..RIGHT }, false),
                Fail,
            ),
            ("refuses", rated(Ways { refuses: true, ..RIGHT }, false), Fail),
            ("has no code for its rate", mute(RIGHT), Inconclusive),
        ],
    )
    .await;
    table(
        "MB-RTU-028",
        [
            ("is right", rated(RIGHT, false), Pass),
            ("takes any code", rated(Ways { any_code: true, hears: |_, _| true, ..RIGHT }, false), Fail),
        ],
    )
    .await;
    let kept = Ways { restarts_at: 0, ..RIGHT };
    table(
        "MB-RTU-029",
        [
            ("forgets its rate, as it says", rated(RIGHT, false), Pass),
            ("keeps its rate, and says that it does not", rated(kept, false), Fail),
            ("keeps its rate, as it says", rated(kept, true), Pass),
            ("forgets its rate, and says that it does not", rated(RIGHT, true), Fail),
            ("is away for 1.8 s", rated(Ways { back_ms: 1800, ..RIGHT }, false), Pass),
            ("is away for 3 s", rated(Ways { back_ms: 3000, ..RIGHT }, false), Fail),
            (
                "has one rate",
                rated(RIGHT, false).declares(|d| d.line.baud_codes.retain(|c| c.baud == 19_200)),
                Inconclusive,
            ),
            ("has no restart", rated(RIGHT, false).declares(|d| d.bench.restart = None), Inconclusive),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn addresses_are_changed_and_others_let_alone() {
    // A device that has an address: whether it moves to one, and whether it stays at the old one, too.
    let placed = |moves: fn(u16) -> bool, stays: bool, any: bool| {
        let mut own = UNIT;
        let mut left = None;
        Fake::right()
            .line(move |frame, _| {
                let [unit, request @ .., _, _] = frame else { return Some(Vec::new()) };
                if *unit != own && (!stays || left != Some(*unit)) {
                    return Some(Vec::new());
                }
                match (asked(request), written(request)) {
                    (Some((48, 1)), _) => Some(good_frame(*unit, &[3, 2, 0, own])),
                    (Some((0, 8)), _) => {
                        Some(good_frame(*unit, &[&[3, 16][..], b"SPECIMEN\0\0\0\0\0\0\0\0"].concat()))
                    }
                    (_, Some((48, words))) if any || (1..=247).contains(&words[0]) => {
                        if moves(words[0]) {
                            left = Some(own);
                            own = words[0] as u8;
                        }
                        Some(good_frame(*unit, request))
                    }
                    _ => Some(good_frame(*unit, &[request[0] | 0x80, 3])),
                }
            })
            .declares(|d| d.line.address_register = Some("address".into()))
    };
    table(
        "MB-RTU-038",
        [
            ("is right", placed(|_| true, false, false), Pass),
            ("does not move", placed(|_| false, false, false), Fail),
            ("does not move to 247", placed(|at| at != 247, false, false), Fail),
            ("stays where it was, too", placed(|_| true, true, false), Fail),
            ("declares nothing", right(), Inconclusive),
        ],
    )
    .await;
    table(
        "MB-RTU-039",
        [
            ("is right", placed(|_| true, false, false), Pass),
            ("acknowledges them", placed(|_| false, false, true), Fail),
            ("moves there", placed(|_| true, false, true), Fail),
        ],
    )
    .await;
    let other = |answer: fn(u8) -> Option<Vec<u8>>| {
        let mut fake =
            on_line(move |frame, _| (frame[0] == 21).then(|| answer(frame[0]).unwrap_or_default()));
        let mut device = Fake::right().context().device;
        device.unit = 21;
        fake.others = vec![device];
        fake
    };
    table(
        "MB-RTU-032",
        [
            ("is right", other(|unit| Some(good_frame(unit, &[3, 2, 0, 0]))), Pass),
            (
                "talks in between",
                other(|unit| Some([good_frame(unit, &[3, 2, 0, 0]), vec![0x55]].concat())),
                Fail,
            ),
            ("answers for it", other(|_| Some(good_frame(UNIT, &[3, 2, 0, 0]))), Fail),
            ("is alone", right(), Inconclusive),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn diagnostics_count_and_silence() {
    // Messages, errors and exceptions, before and behind.
    let counts = |before: [u16; 3], behind: [u16; 3]| {
        let mut nth = 0;
        right().when(move |request| {
            let [8, 0, sub @ 0x0B..=0x0D, 0, 0] = request else { return None };
            nth += 1;
            let list = if nth <= 3 { before } else { behind };
            let [a, b] = list[usize::from(*sub - 0x0B)].to_be_bytes();
            Some(pdu(&[8, 0, *sub, a, b]))
        })
    };
    table(
        "MB-RTU-034",
        [
            ("is right", counts([7, 3, 2], [20, 8, 2]), Pass),
            ("hears others", counts([7, 3, 2], [50, 8, 2]), Pass),
            ("rolls over", counts([65_530, 65_533, 2], [7, 2, 2]), Pass),
            ("misses a message", counts([7, 3, 2], [19, 8, 2]), Fail),
            ("misses an error", counts([7, 3, 2], [20, 7, 2]), Fail),
            ("counts an error more", counts([7, 3, 2], [20, 9, 2]), Fail),
            ("counts an exception", counts([7, 3, 2], [20, 8, 3]), Fail),
            ("does not know counters", right().when(|r| (r[0] == 8).then(|| pdu(&[0x88, 1]))), Inconclusive),
            (
                "says another counter",
                right().when(|r| (r[0] == 8).then(|| pdu(&[8, 0, 9, 0, 0]))),
                Inconclusive,
            ),
            ("is silent", right().when(|r| (r[0] == 8).then_some(Seen::Nothing)), Inconclusive),
        ],
    )
    .await;
    // Ten good frames, and five with a wrong CRC.
    let list = shared((0, 0));
    let kept = list.clone();
    let good = good_frame(UNIT, &[3, 0, 0, 0, 8]);
    let seen = on_line(move |frame, _| {
        let mut now = kept.lock().unwrap();
        if frame == good {
            now.0 += 1;
        } else if frame.len() == 8 && frame[1] == 3 {
            assert_eq!(frame[7], !good[7]);
            now.1 += 1;
        }
        (frame != good && frame[1] == 3).then(Vec::new)
    });
    seen.plays("MB-RTU-034").await;
    assert_eq!(*list.lock().unwrap(), (10, 5));
    let restarted = |back_ms: u64, then: Option<u16>| {
        let since = shared(None::<Instant>);
        let (one, two) = (since.clone(), since);
        right()
            .when(move |request| {
                if request == [8, 0, 1, 0, 0] {
                    *one.lock().unwrap() = Some(Instant::now());
                }
                let gone =
                    one.lock().unwrap().is_some_and(|at| at.elapsed() < Duration::from_millis(back_ms));
                gone.then_some(Seen::Nothing)
            })
            .shows_at(26, move |_| then.filter(|_| two.lock().unwrap().is_some()))
    };
    table(
        "MB-RTU-036",
        [
            ("is right", right(), Pass),
            ("is away for 1.8 s", restarted(1800, None), Pass),
            ("is away for 3 s", restarted(3000, None), Fail),
            ("changes a setting", restarted(0, Some(7)), Fail),
        ],
    )
    .await;
    table(
        "MB-RTU-035",
        [
            ("is right", right(), Pass),
            ("talks all the same", right().when(|r| (r == [8, 0, 4, 0, 0]).then_some(Seen::Nothing)), Fail),
            ("does not come back", right().when(|r| (r == [8, 0, 1, 0, 0]).then_some(Seen::Nothing)), Fail),
        ],
    )
    .await;
}

/// A device on a line at 19200 baud whose instrument sees this.
fn seen(bytes: Option<Vec<u8>>, gap_us: Option<u32>, wait_us: Option<u32>, release_us: Option<u32>) -> Fake {
    right().measures(move |_| Measured {
        bytes: bytes.clone(),
        gap_us,
        wait_us,
        release_us,
        ..Measured::default()
    })
}

#[tokio::test(start_paused = true)]
async fn an_instrument_sees_gaps_and_silences() {
    let answer = model();
    let other = good_frame(UNIT, &[3, 2, 0, 0]);
    // First what is measured of the step, then of the next read.
    let two = |first: Option<Vec<u8>>, then: Vec<u8>| {
        let mut nth = 0;
        right().measures(move |_| {
            nth += 1;
            Measured {
                bytes: if nth == 1 { first.clone() } else { Some(then.clone()) },
                ..Measured::default()
            }
        })
    };
    let rows = |id: &str| -> Vec<(&'static str, Fake, Outcome)> {
        let torn = id == "MB-RTU-013";
        vec![
            ("does not answer", two(Some(Vec::new()), model()), Pass),
            ("answers", two(Some(model()), model()), if torn { NonStrict } else { Pass }),
            ("answers the first", two(Some(good_frame(UNIT, &[3, 2, 0, 0])), model()), Fail),
            ("does not answer the next one", two(Some(Vec::new()), Vec::new()), Fail),
            ("answers the next one wrong", two(Some(Vec::new()), good_frame(UNIT, &[3, 2, 0, 0])), Fail),
            ("is not heard", two(None, model()), Inconclusive),
        ]
    };
    table("MB-RTU-013", rows("MB-RTU-013")).await;
    table("MB-RTU-015", rows("MB-RTU-015")).await;
    let one = |bytes: Option<Vec<u8>>| seen(bytes, None, None, None);
    table(
        "MB-RTU-014",
        [
            ("answers", one(Some(answer.clone())), Pass),
            ("does not", one(Some(Vec::new())), Fail),
            ("is not heard", one(None), Inconclusive),
        ],
    )
    .await;
    let both = |first: &[u8], second: &[u8]| one(Some([first, second].concat()));
    let broken = {
        let mut own = answer.clone();
        own[5] ^= 1;
        own
    };
    table(
        "MB-RTU-016",
        [
            ("answers both", both(&answer, &answer), Pass),
            ("answers the first", both(&answer, &[]), Fail),
            ("answers the second wrong", both(&answer, &broken), Fail),
            ("answers the first wrong", both(&broken, &answer), Fail),
            ("answers something short twice", both(&other, &other), Fail),
        ],
    )
    .await;
    // t1.5 is 859 us and t3.5 2005 us; an instrument may be off by 2 %.
    let whole = || Some(good_frame(UNIT, &[3, 2, 0, 0]));
    table(
        "MB-RTU-017",
        [
            ("has a gap of t1.5", seen(whole(), Some(876), None, None), Pass),
            ("has a longer gap", seen(whole(), Some(877), None, None), Fail),
            ("is not measured", seen(whole(), None, None, None), Inconclusive),
            ("sends noise", seen(Some(vec![1, 2, 3]), Some(0), None, None), Fail),
            ("is not heard", seen(None, Some(0), None, None), Pass),
        ],
    )
    .await;
    table(
        "MB-RTU-018",
        [
            ("waits for t3.5", seen(whole(), None, Some(1965), None), Pass),
            ("waits shorter", seen(whole(), None, Some(1964), None), Fail),
            ("is not measured", seen(whole(), None, None, None), Inconclusive),
        ],
    )
    .await;
    table(
        "MB-RTU-040",
        [
            ("lets go within t3.5", seen(whole(), None, None, Some(2045)), Pass),
            ("lets go later", seen(whole(), None, None, Some(2046)), Fail),
            ("is not measured", seen(whole(), None, None, None), Inconclusive),
        ],
    )
    .await;
    // What is sent: pieces, gaps, and whether a gap begins behind an answer.
    let probe = good_frame(UNIT, &[3, 0, 0, 0, 8]);
    let (front, back) = probe.split_at(4);
    let short = good_frame(UNIT, &[3, 0, 0, 0, 1]);
    let span = good_frame(UNIT, &[3, 1, 0, 0, 125]);
    for (id, wanted) in [
        ("MB-RTU-013", vec![(front.to_vec(), 1432, false), (back.to_vec(), 0, false)]),
        ("MB-RTU-014", vec![(front.to_vec(), 572, false), (back.to_vec(), 0, false)]),
        ("MB-RTU-015", vec![(short, 1432, false), (probe.clone(), 0, false)]),
        ("MB-RTU-016", vec![(probe.clone(), 2005, true), (probe.clone(), 0, false)]),
        ("MB-RTU-017", vec![(span, 0, false)]),
        ("MB-RTU-018", vec![(probe.clone(), 0, false)]),
    ] {
        let list = shared(Vec::new());
        let kept = list.clone();
        let fake = right().measures(move |pieces| {
            kept.lock()
                .unwrap()
                .push(pieces.iter().map(|p| (p.bytes.clone(), p.gap_us, p.after_answer)).collect::<Vec<_>>());
            Measured::default()
        });
        fake.plays(id).await;
        assert_eq!(list.lock().unwrap().first(), Some(&wanted), "{id}");
    }
}
