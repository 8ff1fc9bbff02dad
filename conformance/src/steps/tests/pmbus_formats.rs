//! Cases on pages, numbers, ratings, fans, and the codes of makers.

use dpo_gateway::maps::pmbus::model::PmbusMap;
use dpo_registers::codec::pmbus::Linear11;

use super::supply::{OWN, Supply, linear, shared, table, volts, word};
use crate::outcome::Outcome::{Fail, Inconclusive, Pass};
use crate::transport::smbus::{Came, Part};

const VOUT: u8 = 0x21;

fn right() -> Supply {
    Supply::right()
}

/// Page 1 at 49 V.
fn two_values() -> Supply {
    right().behind(&[0x05, 4, 1, VOUT, 0x00, 0x62])
}

/// Ignores the nth write of a command, from 1 on.
fn ignores_nth(supply: Supply, code: u8, n: usize) -> Supply {
    let mut nth = 0;
    supply.takes(code, move |_| {
        nth += 1;
        (nth == n).then(|| vec![VOUT])
    })
}

/// Shows PAGE 1 once a message with this command went by, until PAGE is written.
fn moves_page(supply: Supply, by: u8) -> Supply {
    let moved = shared(false);
    let (now, back) = (moved.clone(), moved.clone());
    supply
        .then(move |parts, came| {
            *moved.lock().unwrap() |=
                matches!(parts.first(), Some(Part::Write(OWN, bytes)) if bytes.first() == Some(&by));
            came
        })
        .takes(0x00, move |_| {
            *back.lock().unwrap() = false;
            None
        })
        .shows_at(0x00, move |_| now.lock().unwrap().then(|| vec![1]))
}

#[tokio::test(start_paused = true)]
async fn coefficients_have_a_slope_and_values_a_window() {
    table(
        "PM-CMD-005",
        [
            ("is right", right(), Pass),
            ("has 20 degrees below zero", right().shows(0x8E, word(0xFF38)), Pass),
            ("has 150 degrees", right().shows(0x8E, word(1500)), Pass),
            ("has 151 degrees", right().shows(0x8E, word(1510)), Fail),
            ("has no slope", right().shows(0x30, [5, 0, 0, 0, 0, 1]), Fail),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn pages_have_their_own_values() {
    table(
        "PM-CMD-009",
        [
            ("is right", right(), Pass),
            ("has two values", two_values(), Pass),
            ("takes it on no page", ignores_nth(right(), VOUT, 1), Fail),
            (
                "takes it on the first page",
                right().takes(VOUT, |bytes| {
                    (bytes == [VOUT, 0xFF, 0x63]).then(|| vec![0x05, 4, 0, VOUT, 0xFF, 0x63])
                }),
                Fail,
            ),
            (
                "takes it on the second page",
                right().takes(VOUT, |bytes| {
                    (bytes == [VOUT, 0xFF, 0x63]).then(|| vec![0x05, 4, 1, VOUT, 0xFF, 0x63])
                }),
                Fail,
            ),
            ("does not put page 0 back", ignores_nth(right(), VOUT, 2), Fail),
            ("does not put page 1 back", ignores_nth(right(), VOUT, 3), Fail),
        ],
    )
    .await;
    let own_page = two_values().when(|parts| match parts {
        [Part::Write(OWN, bytes), Part::Read(_, len)] if bytes == &[0x06, 2, 1, VOUT] => {
            let code = dpo_registers::codec::pmbus::pec(&[0x80, 0x06, 2, 1, VOUT, 0x81, 2, 0x00, 0x64]);
            Some(Came::Bytes([2, 0x00, 0x64, code][..*len].to_vec()))
        }
        _ => None,
    });
    table(
        "PM-CMD-010",
        [
            ("is right", right(), Pass),
            ("has two values", two_values(), Pass),
            ("gives this page for the other one", own_page, Fail),
            ("moves PAGE", moves_page(two_values(), 0x06), Fail),
        ],
    )
    .await;
    table(
        "PM-CMD-011",
        [
            ("is right", right(), Pass),
            ("has two values", two_values(), Pass),
            ("has one page", right().map(|map| map.bus.pages = 1), Pass),
            ("does not take it", right().ignores(0x05), Fail),
            ("takes it on both pages", right().takes(0x05, |_| Some(vec![VOUT, 0xFF, 0x63])), Fail),
            ("takes it on this page, too", right().then(both_pages()), Fail),
            ("moves PAGE", moves_page(right(), 0x05), Fail),
        ],
    )
    .await;
}

/// Shows VOUT_COMMAND of page 0 one step lower, once PAGE_PLUS_WRITE went by and page 0 is selected.
fn both_pages() -> impl FnMut(&[Part], Came) -> Came + Send + 'static {
    let (mut wrote, mut page) = (false, 0);
    move |parts, came| {
        match parts {
            [Part::Write(OWN, bytes)] if bytes.first() == Some(&0x05) => wrote = true,
            [Part::Write(OWN, bytes)] if bytes.first() == Some(&0x00) => page = bytes[1],
            [Part::Write(OWN, bytes), Part::Read(_, 3)] if bytes == &[VOUT] && wrote && page == 0 => {
                let code = dpo_registers::codec::pmbus::pec(&[0x80, VOUT, 0x81, 0xFF, 0x63]);
                return Came::Bytes(vec![0xFF, 0x63, code]);
            }
            _ => {}
        }
        came
    }
}

#[tokio::test(start_paused = true)]
async fn a_reading_below_zero_is_shown_below_zero() {
    for (value, outcome) in [(-0.5, Pass), (-40.0, Pass), (-41.0, Fail), (0.0, Fail), (12.5, Fail)] {
        table("PM-CMD-015", [("has a temperature", right().shows(0x8F, linear(value)), outcome)]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_is_no_coarser_than_half_a_percent_of_the_rating() {
    // READ_VIN with steps of 2^exponent, and its rating.
    let coarse = |mantissa: f64, exponent: i8, rating: f64| {
        let own = Linear11::with_exponent(mantissa * 2_f64.powi(exponent.into()), exponent).unwrap();
        right().shows(0x88, word(own.0)).shows(0xA1, linear(rating))
    };
    table(
        "PM-CMD-016",
        [
            ("is right", right(), Pass),
            ("has steps of half a percent", coarse(200.0, 0, 200.0), Pass),
            ("has coarser steps", coarse(200.0, 0, 199.0), Fail),
            ("has steps of 2 V", coarse(100.0, 1, 277.0), Fail),
            ("reads nothing, and shows no step", coarse(0.0, 4, 277.0), Pass),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_voltage_above_the_maximum_is_refused_or_clamped_and_told() {
    // What VOUT_COMMAND is behind the write, STATUS_CML, STATUS_VOUT, READ_VOUT; VOUT_MAX is 53 V, 6A00h.
    let holds = |held: u16, cml: u8, status: u8, shown: u16| {
        right()
            .shows_at(VOUT, move |nth| (nth == 2).then(|| word(held)))
            .cml(move |nth, bits| if nth == 1 { cml } else { bits })
            .shows(0x7A, [status])
            .shows(0x8B, word(shown))
    };
    let most = |volts_max: f64| right().shows(0x24, volts(volts_max));
    table(
        "PM-CMD-043",
        [
            ("is right", right(), Pass),
            ("refuses and flags it", holds(0x6400, 0x40, 0, 0x6400), Pass),
            ("refuses and says something else", holds(0x6400, 0x80, 0x40, 0x6400), Fail),
            ("flags it and takes it", holds(0x6A01, 0x40, 0x08, 0x6400), Fail),
            ("clamps and tells", holds(0x6A00, 0, 0x08, 0x6A00), Pass),
            ("clamps and says something else", holds(0x6A00, 0x40, 0x80, 0x6A00), Fail),
            ("has a higher voltage", holds(0x6A00, 0, 0x08, 0x6A01), Fail),
            ("has its maximum at the end of the range", most(54.0), Inconclusive),
            ("keeps a flag", right().cml(|nth, bits| if nth == 2 { 0x40 } else { bits }), Fail),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn limits_are_taken_at_both_ends_and_refused_outside() {
    const OT: u8 = 0x51;
    // OT_WARN_LIMIT is written four times: an end and one step outside, twice; then it is put back.
    let shown = |nth: usize, value: f64| {
        let wrote = shared(0);
        let count = wrote.clone();
        right()
            .takes(OT, move |_| {
                *count.lock().unwrap() += 1;
                None
            })
            .shows_at(OT, move |_| (*wrote.lock().unwrap() == nth).then(|| linear(value)))
    };
    table(
        "PM-CMD-044",
        [
            ("is right", right(), Pass),
            ("is off at its low end", shown(1, 21.0), Fail),
            ("is off at its high end", shown(3, 119.0), Fail),
            ("takes a value below", shown(2, 19.75), Fail),
            ("takes a value above", shown(4, 121.0), Fail),
            ("does not put it back", ignores_nth(right(), OT, 5), Fail),
            ("flags nothing", right().shows(0x7E, [0]), Fail),
            ("says invalid command", right().cml(|_, bits| if bits == 0 { 0 } else { 0x80 }), Fail),
        ],
    )
    .await;
    // A device that is one step off, 1/32 at 20, and keeps what it shows.
    let rounds = {
        let wrote = shared(0);
        let count = wrote.clone();
        right()
            .takes(OT, move |_| {
                *count.lock().unwrap() += 1;
                None
            })
            .shows_at(OT, move |_| matches!(*wrote.lock().unwrap(), 1 | 2).then(|| linear(20.03125)))
    };
    table("PM-CMD-044", [("is one step off", rounds, Pass)]).await;
    let sent = shared(Vec::new());
    let kept = sent.clone();
    let seen = right().takes(OT, move |bytes| {
        kept.lock().unwrap().push(Linear11(u16::from_le_bytes([bytes[1], bytes[2]])).value());
        None
    });
    table("PM-CMD-044", [("is right", seen, Pass)]).await;
    // Ends, and outside of them by a hundredth, as near as LINEAR11 comes.
    assert_eq!(sent.lock().unwrap().get(..5), Some(&[20.0, 19.8125, 120.0, 121.25, 60.0][..]));
}

#[tokio::test(start_paused = true)]
async fn codes_of_makers_are_those_of_the_map() {
    let answers = |request: &'static [u8]| {
        move |supply: Supply| {
            supply.when(move |parts| match parts {
                [Part::Write(OWN, bytes), Part::Read(..)] if bytes == request => {
                    Some(Came::Bytes(vec![0x12, 0x34]))
                }
                _ => None,
            })
        }
    };
    let add = |code: u8, extended: Option<u8>| {
        move |map: &mut PmbusMap| {
            let mut own = map.commands.iter().find(|c| c.code == 0x88).unwrap().clone();
            (own.code, own.extended) = (code, extended);
            map.commands.push(own);
        }
    };
    table(
        "PM-CMD-049",
        [
            ("is right", right(), Pass),
            ("has an undeclared command", answers(&[0xD1])(right()), Fail),
            ("has a declared command", answers(&[0xD1])(right().map(add(0xD1, None))), Pass),
            ("has another one than is declared", answers(&[0xD2])(right().map(add(0xD1, None))), Fail),
            ("has an undeclared extended command", answers(&[0xFE, 0x10])(right()), Fail),
            (
                "has a declared extended command",
                answers(&[0xFE, 0x10])(right().map(add(0xFE, Some(0x10)))),
                Pass,
            ),
            (
                "has another one than the extended one",
                answers(&[0xFE, 0x11])(right().map(add(0xFE, Some(0x10)))),
                Fail,
            ),
            ("has it behind FFh", answers(&[0xFF, 0x10])(right().map(add(0xFE, Some(0x10)))), Fail),
        ],
    )
    .await;
    let read = shared(Vec::new());
    let kept = read.clone();
    let seen = right().when(move |parts| {
        if let [Part::Write(OWN, bytes), Part::Read(..)] = parts
            && bytes[0] >= 0xD0
        {
            kept.lock().unwrap().push(bytes.clone());
        }
        None
    });
    table("PM-CMD-049", [("is right", seen, Pass)]).await;
    // D6h to D8h are hazards, as the second byte, too.
    let hazard = |code: u8| (0xD6..=0xD8).contains(&code);
    let mut wanted: Vec<Vec<u8>> = (0xD0..=0xFD).filter(|c| !hazard(*c)).map(|c| vec![c]).collect();
    for code in [0xFE, 0xFF] {
        wanted.extend((0..=0xFF).filter(|c| !hazard(*c)).map(|second| vec![code, second]));
    }
    assert_eq!(*read.lock().unwrap(), wanted);
}

#[tokio::test(start_paused = true)]
async fn a_fan_follows_its_command() {
    // Revolutions a minute by seconds since the command.
    let turns = |speed: fn(u64) -> f64| {
        let since = shared(None);
        let began = since.clone();
        right()
            .takes(0x3B, move |_| {
                began.lock().unwrap().get_or_insert_with(tokio::time::Instant::now);
                None
            })
            .shows_at(0x90, move |_| {
                let since = since.lock().unwrap();
                Some(linear(since.map_or(6000.0, |at| speed(at.elapsed().as_secs()))))
            })
    };
    table(
        "PM-CMD-050",
        [
            ("is right", right(), Pass),
            ("follows in the ninth second", turns(|s| if s < 9 { 6000.0 } else { 15_000.0 }), Pass),
            ("follows in the twelfth second", turns(|s| if s < 12 { 6000.0 } else { 15_000.0 }), Fail),
            ("turns faster for a moment", turns(|s| if s < 1 { 15_000.0 } else { 6000.0 }), Pass),
            ("does not follow", turns(|_| 6000.0), Fail),
            ("is at 100 %", right().behind(&[0x3B, 0x64, 0x00]), Inconclusive),
            (
                "is at 99 %",
                right()
                    .behind(&[0x3B, 0x63, 0x00])
                    .shows_at(0x90, |nth| Some(linear(if nth == 0 { 1000.0 } else { 2000.0 }))),
                Pass,
            ),
            ("does not go back", ignores_nth(right(), 0x3B, 2), Fail),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn ratings_are_printed_in_order_and_bear_the_readings() {
    let at = |code: u8, value: f64| right().shows(code, linear(value));
    let range = |least: f64, most: f64| {
        at(0xA0, least).shows(0xA1, linear(most)).claims(|claims| claims.ratings.clear())
    };
    table(
        "PM-CMD-051",
        [
            ("is right", right(), Pass),
            ("has another rating than is printed", at(0xA7, 2900.0), Fail),
            ("has its ratings the wrong way round", range(277.0, 180.0), Fail),
            ("has one rating for both", range(230.0, 230.0), Fail),
            ("is just inside its ratings", range(229.0, 230.0), Pass),
            ("has an input far above", at(0x88, 310.0), Fail),
            ("has an input far below", at(0x88, 160.0), Fail),
            ("gives more than it bears", at(0x96, 4864.0), Fail),
            ("gives half as much again", at(0x96, 4512.0), Pass),
            (
                "has no rating of its input",
                at(0x88, 310.0).without(0xA1).claims(|claims| claims.ratings.clear()),
                Pass,
            ),
        ],
    )
    .await;
}
