//! Cases with an instrument on the bus, and blocks of a wrong length.

use super::supply::{OTHER, OWN, Supply, shared, table, word};
use crate::instrument::{Act, Measured};
use crate::outcome::Outcome::{Fail, Inconclusive, Pass};
use crate::transport::smbus::{Came, Part};

/// An instrument that sees something else in one kind of act.
fn sees(change: impl FnMut(&Act, &mut Measured) + Send + 'static) -> Supply {
    let mut change = change;
    Supply::right().measured(move |act, mut seen| {
        change(act, &mut seen);
        seen
    })
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_cut_has_no_effect() {
    let right = Supply::right;
    // The cut write is taken: VOUT_COMMAND reads one step lower until it is written again.
    let (cut, written) = (shared(false), shared(false));
    let (seen, shown, put) = (cut.clone(), cut, written.clone());
    let taken = sees(move |act, _| {
        *seen.lock().unwrap() |=
            matches!(act, Act::CutWrite { bytes, bits: 4, .. } if bytes == &[0x21, 0xFF]);
    })
    .shows_at(0x21, move |_| (*shown.lock().unwrap() && !*written.lock().unwrap()).then(|| word(0x63FF)))
    .takes(0x21, move |_| {
        *put.lock().unwrap() = true;
        None
    });
    table(
        "PM-XP-016",
        [
            ("is right", right(), Pass),
            ("takes what was cut", taken, Fail),
            ("does not answer any more", right().refuses(0x98), Fail),
            ("keeps a flag", right().shows(0x7E, [0x01]), Fail),
        ],
    )
    .await;
    table(
        "PM-XP-017",
        [
            ("is right", right(), Pass),
            ("holds SDA", sees(|_, seen| seen.sda_high = Some(false)), Fail),
            ("is not looked at", sees(|_, seen| seen.sda_high = None), Inconclusive),
            ("does not answer any more", right().refuses(0x98), Fail),
        ],
    )
    .await;
    let cleared = |pulses, high| sees(move |_, seen| (seen.pulses, seen.sda_high) = (pulses, high));
    table(
        "PM-XP-038",
        [
            ("is right", right(), Pass),
            ("lets go at the ninth pulse", cleared(Some(9), Some(true)), Pass),
            ("lets go at the tenth pulse", cleared(Some(10), Some(true)), Fail),
            ("holds SDA", cleared(Some(5), Some(false)), Fail),
            ("has its pulses not counted", cleared(None, Some(true)), Inconclusive),
            ("has SDA not looked at", cleared(Some(5), None), Inconclusive),
            ("does not answer any more", right().refuses(0x98), Fail),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_device_that_stores_is_busy_and_says_so() {
    let right = Supply::right;
    table(
        "PM-XP-018",
        [
            ("is right", right(), Pass),
            ("refuses and does not tell", right().shows(0x78, [0]), Fail),
            ("stores at once", right().ignores(0x15).shows(0x78, [0]), Pass),
            ("stores at once and tells", right().ignores(0x15).shows(0x78, [0x80]), Pass),
            ("does not come back", right().refuses(0x88), Fail),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_held_ends_a_message_behind_35_ms_and_not_before_25() {
    let right = Supply::right;
    let got = |bytes: &'static [u8]| sees(move |_, seen| seen.bytes = Some(bytes.to_vec()));
    let code = dpo_registers::codec::pmbus::pec(&[0x80, 0x98, 0x81, 0x33]);
    let whole: &'static [u8] = vec![0x33, code].leak();
    table(
        "PM-XP-019",
        [
            ("is right", right(), Pass),
            ("goes on", got(whole), Fail),
            ("sends ones from the start", got(&[0xFF, 0xFF]), Pass),
            ("sends a byte less", got(&[0x33]), Fail),
            ("sends a byte more", got(&[0x33, 0xFF, 0xFF]), Fail),
            ("holds SDA", sees(|_, seen| seen.sda_high = Some(false)), Fail),
            ("has SDA not looked at", sees(|_, seen| seen.sda_high = None), Inconclusive),
            ("is not read", sees(|_, seen| seen.bytes = None), Inconclusive),
        ],
    )
    .await;
    table(
        "PM-XP-020",
        [
            ("is right", right(), Pass),
            ("gives up", got(&[0x33, 0xFF]), Fail),
            ("answers", got(whole), Pass),
            // Nothing is asked of SDA here.
            ("holds SDA", sees(|_, seen| seen.sda_high = Some(false)), Pass),
        ],
    )
    .await;
    // How long the clock is held, and how many bytes are read.
    for (id, us) in [("PM-XP-019", 36_000), ("PM-XP-020", 20_000)] {
        let held = sees(move |act, seen| {
            if !matches!(act, Act::HeldRead { bytes: 2, hold_us, .. } if *hold_us == us) {
                seen.bytes = None;
            }
        });
        table(id, [("is held so long", held, Pass)]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_clock_is_stretched_no_longer_than_allowed_or_declared() {
    let right = Supply::right;
    let stretched = |us: &'static [u32]| sees(move |_, seen| seen.stretch_us = Some(us.to_vec()));
    table(
        "PM-XP-021",
        [
            ("is right", right(), Pass),
            ("stretches for 25 ms in one message", stretched(&[25_000, 0]), Pass),
            ("stretches for longer", stretched(&[25_001]), Fail),
            ("stretches for longer in two bytes", stretched(&[12_500, 12_501]), Fail),
            ("has nothing measured", sees(|_, seen| seen.stretch_us = None), Inconclusive),
        ],
    )
    .await;
    table(
        "PM-XP-022",
        [
            ("is right", right(), Pass),
            ("stretches a byte as declared", stretched(&[500, 500]), Pass),
            ("stretches a byte longer", stretched(&[500, 501]), Fail),
            ("has nothing measured", sees(|_, seen| seen.stretch_us = None), Inconclusive),
        ],
    )
    .await;
    // The data and the code are read, at a clock that is not above 400 kHz for a byte.
    for (id, hz, wanted) in [
        ("PM-XP-021", 1_000_000, 1_000_000),
        ("PM-XP-022", 1_000_000, 400_000),
        ("PM-XP-022", 100_000, 100_000),
    ] {
        let asked = shared(Vec::new());
        let kept = asked.clone();
        let supply = Supply::right().map(move |map| map.bus.clock_hz_max = hz).measures(move |act| {
            if let Act::TimedRead { command: 0x98 | 0x88 | 0x99, bytes, clock_hz, .. } = act {
                kept.lock().unwrap().push((*bytes, *clock_hz));
            }
            Measured { stretch_us: Some(vec![0]), ..Measured::default() }
        });
        table(id, [("is read at its clock", supply, Pass)]).await;
        assert_eq!(*asked.lock().unwrap(), [(3, wanted), (2, wanted), (33, wanted)]);
    }
    let wrong = |nth: usize| {
        let mut count = 0;
        sees(move |_, seen| {
            count += 1;
            if count == nth {
                seen.bytes.as_mut().unwrap()[0] ^= 4;
            }
        })
    };
    table(
        "PM-XP-023",
        [
            ("is right", right(), Pass),
            ("is wrong once", wrong(20), Fail),
            ("is wrong behind the end", wrong(21), Pass),
            ("is not read", sees(|_, seen| seen.bytes = None), Inconclusive),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn blocks_of_a_wrong_length_are_not_taken() {
    let right = Supply::right;
    let written = |parts: &[Part]| matches!(parts, [Part::Write(OWN, bytes)] if bytes.first() == Some(&0x9C));
    let refused = || right().when(move |parts| written(parts).then_some(Came::Refused));
    let changed = || {
        let wrote = shared(false);
        let now = wrote.clone();
        right()
            .then(move |parts, came| {
                *wrote.lock().unwrap() |= written(parts);
                came
            })
            .shows_at(0x9C, move |_| now.lock().unwrap().then(|| b"\x04SACK".to_vec()))
    };
    for (id, no_flag) in [("PM-XP-026", Pass), ("PM-XP-027", Fail)] {
        let rows = [
            ("is right", right(), Pass),
            ("ignores it without a flag", right().ignores(0x9C), Fail),
            ("does not acknowledge, without a flag", refused(), no_flag),
            ("takes it and flags it", changed(), Fail),
            ("does not sum it up in STATUS_WORD", right().shows(0x79, word(0)), Fail),
        ];
        table(id, rows).await;
    }
    for (id, wanted) in [("PM-XP-026", &[0x9C, 0][..]), ("PM-XP-027", &[0x9C, 5, b'S', b'@', b'B', b'J'])] {
        let sent = shared(Vec::new());
        let kept = sent.clone();
        let supply = right().when(move |parts| {
            if let [Part::Write(OWN, bytes)] = parts
                && bytes.first() == Some(&0x9C)
            {
                kept.lock().unwrap().extend_from_slice(bytes);
            }
            None
        });
        table(id, [("is right", supply, Pass)]).await;
        assert!(sent.lock().unwrap().starts_with(wanted), "{id}: {:02X?}", sent.lock().unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn a_module_that_is_pulled_and_plugged_disturbs_nobody() {
    let right = Supply::right;
    // What the second supply answers behind each act, from the nth time it is asked on.
    let second = |pulled: Option<Came>, plugged: fn(usize) -> Option<Came>| {
        let plugs = shared((0, 0));
        let acts = plugs.clone();
        sees(move |act, _| {
            if matches!(act, Act::Remove { address: OTHER } | Act::Insert { address: OTHER }) {
                acts.lock().unwrap().0 += 1;
            }
        })
        .when(move |parts| {
            let mut now = plugs.lock().unwrap();
            match (parts.first(), now.0) {
                (Some(Part::Write(OTHER, _)), 1) => pulled.clone(),
                (Some(Part::Write(OTHER, _)), 2) => {
                    now.1 += 1;
                    plugged(now.1)
                }
                _ => None,
            }
        })
    };
    let nobody = || Some(Came::Bytes(vec![0xFF]));
    table(
        "PM-XP-039",
        [
            ("is right", right(), Pass),
            ("is not driven when it is gone", second(nobody(), |_| None), Pass),
            ("still answers", second(Some(Came::Bytes(vec![0x33])), |_| None), Inconclusive),
            ("comes back at the 50th read", second(None, |nth| (nth < 50).then_some(Came::Refused)), Pass),
            ("does not come back", second(None, |_| Some(Came::Refused)), Fail),
        ],
    )
    .await;
    // A neighbour that is disturbed: the module is plugged all the same.
    let acts = shared(0);
    let count = acts.clone();
    let disturbed =
        sees(move |_, _| *count.lock().unwrap() += 1).shows_at(0x98, |nth| (nth == 7).then(|| vec![0x34, 0]));
    table("PM-XP-039", [("disturbs its neighbour", disturbed.refuses(0x98), Fail)]).await;
    assert_eq!(*acts.lock().unwrap(), 2);
}
