//! Cases that write, of `pmbus_write.rs` and `pmbus_settings.rs`.

use super::supply::{OTHER, OWN, Supply, shared, table, volts, word};
use crate::outcome::Outcome::{Fail, Inconclusive, Pass};
use crate::transport::smbus::{Came, Part};

/// What the specimen does not have.
const UNKNOWN: u8 = 0x95;
const VOUT: u8 = 0x21;
const CML: u8 = 0x7E;

fn right() -> Supply {
    Supply::right()
}

/// Shows STATUS_CML clear whatever happened; STATUS_WORD, too.
fn silent() -> Supply {
    right().shows(CML, [0]).shows(0x79, [0, 0])
}

/// Takes writes of VOUT_COMMAND without their code, so that a wrong one, or too many bytes, make no difference.
fn gullible() -> Supply {
    right().when_written(VOUT, |bytes| Some(bytes.get(..3).unwrap_or(&[VOUT, 0x00, 0x62]).to_vec()))
}

#[tokio::test(start_paused = true)]
async fn writes_with_a_wrong_code_are_refused_and_good_ones_taken() {
    table(
        "PM-XP-003",
        [
            ("is right", right(), Pass),
            ("takes it", gullible().cml(|nth, held| if nth == 1 { 0x20 } else { held }), Fail),
            ("flags nothing", silent(), Fail),
            ("flags something else", right().cml(|nth, held| if nth == 1 { 0x82 } else { held }), Fail),
            ("keeps the flag", right().cml(|nth, held| if nth == 2 { 0x20 } else { held }), Fail),
        ],
    )
    .await;
    let second_ignored = || {
        let mut nth = 0;
        right().when_written(VOUT, move |_| {
            nth += 1;
            (nth == 2).then(|| vec![VOUT])
        })
    };
    table(
        "PM-XP-004",
        [
            ("is right", right(), Pass),
            ("does not take it", right().ignores(VOUT), Fail),
            ("takes another value", right().takes(VOUT, |_| Some(vec![VOUT, 0x00, 0x62])), Fail),
            ("flags it", right().cml(|nth, held| if nth == 1 { 0x01 } else { held }), Fail),
            ("cannot be put back", second_ignored(), Fail),
        ],
    )
    .await;
    let required = |map: &mut dpo_gateway::maps::pmbus::model::PmbusMap| {
        map.bus.pec = dpo_gateway::maps::pmbus::model::PecUse::Required;
    };
    let strict = || {
        right().map(required).when_written(VOUT, |bytes| (bytes.len() == 3).then(|| vec![VOUT, 0, 0x62, 0]))
    };
    table(
        "PM-XP-005",
        [
            ("is right", right(), Pass),
            (
                "does not take it",
                strict().map(|map| map.bus.pec = dpo_gateway::maps::pmbus::model::PecUse::Optional),
                Fail,
            ),
            ("flags it", right().cml(|nth, held| if nth == 1 { 0x20 } else { held }), Fail),
            ("demands codes and refuses it", strict(), Pass),
            (
                "demands codes and takes it",
                right().map(required).cml(|nth, held| if nth == 1 { 0x20 } else { held }),
                Fail,
            ),
            ("demands codes and flags nothing", strict().shows(CML, [0]), Fail),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_is_not_supported_is_flagged() {
    for id in ["PM-XP-008", "PM-XP-011", "PM-XP-012", "PM-XP-013", "PM-XP-014", "PM-XP-030"] {
        let rows = [
            ("is right", right(), Pass),
            ("flags nothing", silent(), Fail),
            ("does not sum it up in STATUS_WORD", right().shows(0x79, [0, 0]), Fail),
            ("sums up what is not there", right().shows(CML, [0]).shows(0x79, [2, 0]), Fail),
        ];
        table(id, rows).await;
    }
    // Another bit than that of the case; any is good for a wrong length.
    let other = |bit: u8| right().cml(move |_, held| if held == 0 { 0 } else { bit });
    table("PM-XP-008", [("says invalid data", other(0x40), Fail)]).await;
    for id in ["PM-XP-011", "PM-XP-012"] {
        table(id, [("says invalid command", other(0x80), Fail)]).await;
    }
    for id in ["PM-XP-013", "PM-XP-014", "PM-XP-030"] {
        table(id, [("says another fault", other(0x01), Pass)]).await;
    }
    let held = |code: u8, then: Vec<u8>| right().shows_at(code, move |nth| (nth >= 2).then(|| then.clone()));
    table("PM-XP-011", [("takes a reserved bit", held(0x01, vec![0x81]), Fail)]).await;
    let sent = shared(Vec::new());
    let kept = sent.clone();
    let seen = right().when_written(0x01, move |bytes| {
        kept.lock().unwrap().push(bytes.get(1).copied());
        None
    });
    table("PM-XP-011", [("is right", seen, Pass)]).await;
    assert_eq!(*sent.lock().unwrap(), [Some(0x81)]);
}

#[tokio::test(start_paused = true)]
async fn values_out_of_range_and_of_a_wrong_length_are_not_taken() {
    // The value is taken, and flagged; it reads back once.
    for id in ["PM-XP-012", "PM-XP-013", "PM-XP-014", "PM-XP-030"] {
        let taken = right().shows_at(VOUT, |nth| (nth == 2).then(|| volts(49.0)));
        table(id, [("takes it", taken, Fail)]).await;
    }
    let sent = |id: &'static str| async move {
        let all = shared(Vec::new());
        let kept = all.clone();
        let supply = right().when(move |parts| {
            if let [Part::Write(OWN, bytes), rest @ ..] = parts
                && bytes.first() == Some(&VOUT)
                && !matches!(rest, [Part::Read(..)])
            {
                kept.lock().unwrap().push((bytes.clone(), rest.len()));
            }
            None
        });
        table(id, [("is right", supply, Pass)]).await;
        let first = all.lock().unwrap().first().cloned();
        first.unwrap()
    };
    assert_eq!(sent("PM-XP-013").await, (vec![VOUT, 0xFF], 0));
    assert_eq!(sent("PM-XP-014").await, (vec![VOUT, 0xFF, 0x63, 0, 0], 0));
    // 54 V is 6C00h.
    assert_eq!(sent("PM-XP-012").await.0.get(..3), Some(&[VOUT, 0x01, 0x6C][..]));
    // As it is, and one step lower behind it.
    assert_eq!(
        sent("PM-XP-030").await,
        (vec![VOUT, 0x00, 0x64, dpo_registers::codec::pmbus::pec(&[0x80, VOUT, 0x00, 0x64])], 1)
    );
    let no_range = right().map(|map| map.commands.iter_mut().find(|c| c.code == VOUT).unwrap().range = None);
    table("PM-XP-012", [("has no range", no_range, Inconclusive)]).await;
}

#[tokio::test(start_paused = true)]
async fn commands_that_answer_are_those_of_the_map_and_of_query() {
    let code = |code: u8, came: Came| {
        right().when(move |parts| match parts {
            [Part::Write(OWN, request), Part::Read(_, 2)] if request == &[code] => Some(came.clone()),
            _ => None,
        })
    };
    let ones = || Came::Bytes(vec![0xFF, 0xFF]);
    table(
        "PM-XP-010",
        [
            ("is right", right(), Pass),
            (
                "answers a command that the map does not have",
                code(UNKNOWN, Came::Bytes(vec![1, 2])).queried(UNKNOWN, [1, 0xA0]),
                Fail,
            ),
            ("answers a command that QUERY does not know", right().queried(0x88, [1, 0x60]), Fail),
            ("refuses a command that QUERY knows", code(0x88, Came::Refused), Fail),
            ("has ones in a command that QUERY knows", code(0x88, ones()), Pass),
            ("has no READ_VIN", code(0x88, Came::Refused).queried(0x88, [1, 0]), Fail),
            (
                "has no READ_VIN where that is optional",
                code(0x88, Came::Refused).queried(0x88, [1, 0]).without(0x88),
                Pass,
            ),
            ("keeps a flag", right().cml(|_, _| 0x80), Fail),
        ],
    )
    .await;
    // Actions, what is asked with data, what is not read, and hazards are left alone.
    let read = shared(Vec::new());
    let kept = read.clone();
    let supply = right().map(|map| map.hazards[0].first = 0xC0).map(|map| map.hazards[0].last = 0xC1).when(
        move |parts| {
            if let [Part::Write(OWN, bytes), Part::Read(_, 2)] = parts
                && bytes.len() == 1
            {
                kept.lock().unwrap().push(bytes[0]);
            }
            None
        },
    );
    table("PM-XP-010", [("is right", supply, Pass)]).await;
    let left = [0x03, 0x05, 0x06, 0x11, 0x12, 0x15, 0x16, 0x1A, 0x1B, 0x30, 0xC0, 0xC1];
    let wanted: Vec<u8> = (0x00..=0xCF).filter(|code| !left.contains(code)).collect();
    assert_eq!(*read.lock().unwrap(), wanted);
}

#[tokio::test(start_paused = true)]
async fn groups_and_calls_are_taken_by_those_they_are_for() {
    let address = |to: u8, low: u8| {
        let wrote = shared(false);
        let now = wrote.clone();
        right()
            .then(move |parts, came| {
                *wrote.lock().unwrap() |= matches!(parts, [Part::Write(..), Part::Write(..)]);
                came
            })
            .when(move |parts| match parts {
                [Part::Write(at, bytes), Part::Read(_, 2)] if *at == to && bytes == &[VOUT] => {
                    std::mem::take(&mut *now.lock().unwrap()).then(|| Came::Bytes(vec![low, 0x64]))
                }
                _ => None,
            })
    };
    let gone = right().when(|parts| {
        matches!(parts, [Part::Write(OTHER, bytes), Part::Read(_, 2)] if bytes == &[VOUT])
            .then_some(Came::Refused)
    });
    table(
        "PM-XP-029",
        [
            ("is right", right(), Pass),
            ("has not taken it", address(OWN, 0x00), Fail),
            ("has a neighbour that has not taken it", address(OTHER, 0x00), Fail),
            ("has a neighbour that is gone", gone, Fail),
        ],
    )
    .await;
    // The words of both, in the right order of their bytes.
    let sent = shared(Vec::new());
    let kept = sent.clone();
    let seen = right().when(move |parts| {
        if let [Part::Write(OWN, one), Part::Write(OTHER, other)] = parts {
            kept.lock().unwrap().extend([one[..3].to_vec(), other[..3].to_vec()]);
        }
        None
    });
    table("PM-XP-029", [("is right", seen, Pass)]).await;
    assert_eq!(*sent.lock().unwrap(), [[VOUT, 0xFF, 0x63], [VOUT, 0xFF, 0x63]]);
    // The general call reaches it.
    let obeys = right().when(|parts| match parts {
        [Part::Write(0, _)] => Some(Came::Bytes(Vec::new())),
        _ => None,
    });
    let taken = right().shows_at(VOUT, |nth| (nth == 2).then(|| word(0x63FF)));
    table(
        "PM-XP-031",
        [("is right", right(), Pass), ("only acknowledges", obeys, Pass), ("takes it", taken, Fail)],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn one_step_lower_and_back() {
    let off = right().shows(0x8B, volts(39.0));
    table(
        "PM-CMD-042",
        [
            ("is right", right(), Pass),
            ("does not take it", right().ignores(VOUT), Fail),
            ("leaves the window", off, Fail),
            ("does not come back", right().shows_at(VOUT, |nth| (nth == 3).then(|| word(0x63FF))), Fail),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_masked_fault_is_silent() {
    let masked = || right().behind(&[0x1B, CML, 0x80]);
    let nth_ignored = |n: usize| {
        let mut nth = 0;
        move |_: &[u8]| {
            nth += 1;
            (nth == n).then(|| vec![0x03])
        }
    };
    table(
        "PM-XP-035",
        [
            ("is right", right(), Pass),
            ("has the fault masked before", masked(), Pass),
            ("alerts all the same", right().ignores(0x1B), Fail),
            (
                "has a neighbour that alerts",
                right().alerts_behind(UNKNOWN, |nth| (nth == 0).then_some(OTHER)),
                Pass,
            ),
            ("does not set the bit", right().cml(|nth, held| if nth == 1 { 0x02 } else { held }), Fail),
            ("does not put the mask back", right().takes(0x1B, nth_ignored(2)), Fail),
        ],
    )
    .await;
    table(
        "PM-XP-036",
        [
            ("is right", right(), Pass),
            ("has the fault masked before", masked(), Pass),
            ("does not take it", right().takes(0x1B, nth_ignored(1)), Fail),
            ("does not put it back", right().takes(0x1B, nth_ignored(2)), Fail),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn pages_are_those_of_the_map() {
    table(
        "PM-CMD-007",
        [
            ("is right", right(), Pass),
            ("stays on its page", right().ignores(0x00), Fail),
            ("shows the other page at once", right().shows(0x00, [1]), Fail),
        ],
    )
    .await;
    table(
        "PM-CMD-008",
        [
            ("is right", right(), Pass),
            ("takes it", right().shows_at(0x00, |nth| (nth == 2).then(|| vec![2])), Fail),
            ("flags nothing", silent(), Fail),
            ("says invalid command", right().cml(|_, held| if held == 0 { 0 } else { 0x80 }), Fail),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn settings_keep_what_is_written_and_readings_refuse_it() {
    let sevens = || right().shows_at(0x58, |nth| (nth == 2).then(|| vec![7, 7]));
    table(
        "PM-CMD-017",
        [
            ("is right", right(), Pass),
            ("changes a limit", sevens(), Fail),
            ("flags good writes", right().cml(|nth, held| if nth == 1 { 0x40 } else { held }), Fail),
        ],
    )
    .await;
    // WRITE_PROTECT has cases of its own; what cannot be written is not.
    let sent = shared(Vec::new());
    let kept = sent.clone();
    let seen = right().when(move |parts| {
        if let [Part::Write(OWN, bytes)] = parts {
            kept.lock().unwrap().push(bytes[0]);
        }
        None
    });
    table("PM-CMD-017", [("is right", seen, Pass)]).await;
    let wanted = [CML, 0x00, 0x01, 0x02, VOUT, 0x24, 0x3B, 0x4A, 0x4F, 0x50, 0x51, 0x58, 0x9C];
    // Behind them comes the end of the case.
    assert!(sent.lock().unwrap().starts_with(&wanted), "{:02X?}", sent.lock().unwrap());

    let revision =
        |at: usize| right().shows_at(0x98, move |nth| Some(if nth == at { vec![0x22] } else { vec![0x33] }));
    let only = |bit: u8| right().cml(move |_, held| if held == 0 { 0 } else { bit });
    table(
        "PM-CMD-018",
        [
            ("is right", right(), Pass),
            ("flags nothing", silent(), Fail),
            ("says another fault", only(0x20), Fail),
            ("says invalid data", only(0x40), Pass),
            ("says invalid command", only(0x80), Pass),
            ("changes a constant", revision(1), Fail),
            ("has a reading that changes", right().shows_at(0x88, |nth| Some(vec![nth as u8, 0])), Pass),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn protection_refuses_what_it_says() {
    let level = |wanted: u8, other: u8| {
        right().takes(0x10, move |bytes| (bytes == [0x10, wanted]).then(|| vec![0x10, other]))
    };
    let not_back = || {
        let mut nth = 0;
        right().takes(0x10, move |_| {
            nth += 1;
            (nth == 2).then(|| vec![0x03])
        })
    };
    // The flag of the first, or the second, of two writes.
    let told = |list: &'static [u8]| {
        let mut nth = 0;
        right().when(move |parts| match parts {
            [Part::Write(OWN, request), Part::Read(OWN, 1)] if request == &[CML] => {
                nth += 1;
                list.get(nth - 1).map(|bits| Came::Bytes(vec![*bits]))
            }
            _ => None,
        })
    };
    // STATUS_CML is read when it is cleared first, then behind each write and each clear.
    table(
        "PM-CMD-019",
        [
            ("is right", right(), Pass),
            ("does not read it back", right().shows(0x10, [0x40]), Fail),
            ("takes both", level(0x80, 0x00), Fail),
            ("takes OPERATION", level(0x80, 0x40), Fail),
            ("does not flag the first write", told(&[0, 0, 0, 0x40, 0]), Fail),
            ("does not flag the second write", told(&[0, 0x40, 0, 0, 0]), Fail),
            ("says another fault", told(&[0, 0x20, 0, 0x20, 0]), Fail),
            ("says invalid command", told(&[0, 0x80, 0, 0x80, 0]), Pass),
            (
                "takes VOUT_COMMAND and flags it",
                right().shows_at(VOUT, |nth| (nth == 2).then(|| word(0x63FF))),
                Fail,
            ),
            ("does not lift it", not_back(), Fail),
        ],
    )
    .await;
    table(
        "PM-CMD-020",
        [
            ("is right", right(), Pass),
            ("refuses both", level(0x40, 0x80), Fail),
            ("takes both", level(0x40, 0x20), Fail),
            ("flags what it takes", told(&[0, 0x40, 0, 0x40, 0]), Fail),
            ("does not lift it", not_back(), Fail),
        ],
    )
    .await;
    table(
        "PM-CMD-021",
        [
            ("is right", right(), Pass),
            ("refuses VOUT_COMMAND", level(0x20, 0x40), Fail),
            ("takes everything", level(0x20, 0x00), Fail),
            ("takes VOUT_COMMAND without a change", right().ignores(VOUT), Fail),
        ],
    )
    .await;
    table(
        "PM-CMD-022",
        [
            ("is right", right(), Pass),
            ("takes it", right().shows_at(0x10, |nth| (nth == 2).then(|| vec![0x10])), Fail),
            ("flags nothing", silent(), Fail),
            ("says invalid command", right().cml(|_, held| if held == 0 { 0 } else { 0x80 }), Fail),
        ],
    )
    .await;
    table(
        "PM-CMD-023",
        [
            ("is right", right(), Pass),
            ("refuses a reading", right().refuses(0x88), Fail),
            ("does not lift it", right().takes(0x10, |bytes| (bytes == [0x10, 0]).then(|| vec![0x03])), Fail),
        ],
    )
    .await;
    // Each level is set, the highest first.
    let sent = shared(Vec::new());
    let kept = sent.clone();
    let seen = right().takes(0x10, move |bytes| {
        kept.lock().unwrap().push(bytes[1]);
        None
    });
    table("PM-CMD-023", [("is right", seen, Pass)]).await;
    assert!(
        sent.lock().unwrap().starts_with(&[0x80, 0x40, 0x20, 0x00, 0x00]),
        "{:02X?}",
        sent.lock().unwrap()
    );
}

#[tokio::test(start_paused = true)]
async fn faults_are_cleared_by_what_clears_them() {
    table(
        "PM-CMD-024",
        [
            ("is right", right(), Pass),
            ("keeps the bit", right().ignores(0x03), Fail),
            ("keeps another bit", right().shows(CML, [0x01]), Fail),
            ("keeps the alert", right().alerts_behind(UNKNOWN, |_| Some(OWN)), Fail),
            ("has a neighbour that alerts", right().alerts_behind(UNKNOWN, |_| Some(OTHER)), Pass),
        ],
    )
    .await;
    // Read when cleared first, behind the faults, behind the write of a bit, and when cleared.
    let bits = |list: [u8; 4]| right().cml(move |nth, _| list[nth]);
    table(
        "PM-CMD-027",
        [
            ("is right", right(), Pass),
            ("has a third bit", bits([0, 0xA2, 0x22, 0]), Pass),
            ("clears both", bits([0, 0xA0, 0, 0]), Fail),
            ("clears none", bits([0, 0xA0, 0xA0, 0]), Fail),
            ("clears a third one, too", bits([0, 0xA2, 0x20, 0]), Fail),
            ("has the first fault alone", bits([0, 0x80, 0, 0]), Fail),
            ("has the second fault alone", bits([0, 0x20, 0x20, 0]), Fail),
            ("keeps a bit", bits([0, 0xA0, 0x20, 0x20]), Fail),
        ],
    )
    .await;
    let words = |list: [u16; 2]| right().shows_at(0x79, move |nth| Some(word(list[nth])));
    table(
        "PM-CMD-029",
        [
            ("is right", right(), Pass),
            ("has other bits, too", words([0x2842, 0x2840]), Pass),
            ("does not sum it up", words([0, 0]), Fail),
            ("keeps the bit", words([2, 2]), Fail),
        ],
    )
    .await;
}
