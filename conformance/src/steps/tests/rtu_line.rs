//! Cases of the settings of a serial line.

use std::time::Duration;

use tokio::time::Instant;

use super::device::{Fake, UNIT, asked, table, written};
use super::rtu::{model, on_line, right};
use crate::declared::BaudCode;
use crate::outcome::Outcome::{Fail, Inconclusive, Pass};
use crate::transport::rtu::good_frame;

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
