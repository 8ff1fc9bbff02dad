//! Cases on a serial line.

use std::time::Duration;

use tokio::time::Instant;

use super::device::{Fake, UNIT, asked, pdu, table, written};
use super::supply::shared;
use crate::outcome::Outcome::{Fail, Inconclusive, NonStrict, Pass};
use crate::transport::Seen;
use crate::transport::rtu::good_frame;
use crate::transport::serial::{Parity, Settings};

/// The specimen on a line, as it is.
pub(super) fn right() -> Fake {
    on_line(|_, _| None)
}

/// The specimen on a line where some frames get something else.
pub(super) fn on_line(frames: impl FnMut(&[u8], &Settings) -> Option<Vec<u8>> + Send + 'static) -> Fake {
    let mut fake = Fake::right().line(frames).effort(|e| {
        e.listen = Duration::from_secs(1);
        e.timed_requests = 10;
    });
    fake.foreign_unit = Some(99);
    fake
}

/// The answer of the specimen to a read of its probe register.
pub(super) fn model() -> Vec<u8> {
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
