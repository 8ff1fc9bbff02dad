//! Cases of the map that read: registers, counters, what is outside, polling.

use std::time::Duration;

use dpo_gateway::maps::model::{Kind, Limits, Modality, Register, Volatility};

use super::device::{Fake, asked, pdu, table, written};
use super::supply::shared;
use crate::outcome::Outcome::{Fail, Inconclusive, NonStrict, Pass};
use crate::transport::Seen;

pub(super) fn right() -> Fake {
    Fake::right()
}

pub(super) fn optional(register: &mut Register) {
    register.modality = Modality::Optional;
}

pub(super) fn refused() -> Seen {
    pdu(&[0x83, 2])
}

#[tokio::test]
async fn each_register_is_there_and_whole() {
    let all_gone = right()
        .map(|map| map.registers.iter_mut().for_each(optional))
        .when(|request| asked(request).map(|_| refused()));
    table(
        "MAP-001",
        [
            ("is right", right(), Pass),
            ("does not have LABEL", right().reads("label", refused()), Fail),
            (
                "does not have LABEL, which is optional",
                right().register("label", optional).reads("label", refused()),
                Pass,
            ),
            (
                "says wrong data for it",
                right().register("label", optional).reads("label", pdu(&[0x83, 3])),
                Fail,
            ),
            ("has nothing, where all is optional", all_gone, Inconclusive),
            ("sends a word more", right().reads("label", pdu(&[3, 4, 0, 0, 0, 0])), Fail),
        ],
    )
    .await;
    let in_span = |id: &str| {
        let at = right().at(id);
        right().then(move |request, seen| match (asked(request), seen) {
            (Some((first, count)), Seen::Pdu(mut bytes))
                if first < at && (first..first + count).contains(&at) =>
            {
                bytes[3 + 2 * usize::from(at - first)] ^= 1;
                Seen::Pdu(bytes)
            }
            (_, seen) => seen,
        })
    };
    table(
        "MAP-002",
        [
            ("is right", right(), Pass),
            ("has another SERIAL in a span", in_span("serial"), Fail),
            ("has another LEVEL in a span", in_span("level"), Pass),
            ("refuses a span", right().when(|r| (asked(r) == Some((8, 13))).then(refused)), Pass),
            ("refuses the first span", right().when(|r| (asked(r) == Some((0, 21))).then(refused)), Fail),
        ],
    )
    .await;
    // Each span is as long as neighbours and limit allow.
    let list = shared(Vec::new());
    let limited =
        right().map(|map| map.bus.max_read_words = 8).keeps(&list, |request| asked(request).is_some());
    table("MAP-002", [("takes 8 words", limited, Pass)]).await;
    let spans: Vec<(u16, u16)> = list.lock().unwrap().iter().filter_map(|r| asked(r)).collect();
    let wanted = [(0, 8), (8, 8), (16, 5), (24, 7), (32, 2), (48, 2), (52, 2), (256, 123), (379, 2)];
    assert_eq!(spans.get(spans.len() - wanted.len()..), Some(&wanted[..]));
}

#[tokio::test]
async fn values_are_what_their_types_say() {
    let text = |words: [u16; 4]| {
        words.into_iter().zip(12..).fold(right(), |fake, (word, at)| fake.shows_at(at, move |_| Some(word)))
    };
    table(
        "MAP-003",
        [
            ("is right", right(), Pass),
            ("has a serial number of 8 letters", text([0x4142, 0x4344, 0x4546, 0x4748]), Pass),
            ("has no serial number", text([0; 4]), Pass),
            ("rings a bell", text([0x4107, 0, 0, 0]), Fail),
            ("has bytes behind the end", text([0x4100, 0x4100, 0, 0]), NonStrict),
            ("rings a bell behind the end", text([0x4100, 0, 0, 0x0007]), NonStrict),
        ],
    )
    .await;
    let celsius = |value: i16| right().shows("temperature", value as u16);
    let absent = |value: i16| celsius(value).register("temperature", |r| r.not_available = Some(200));
    let plain = |value: i16| celsius(value).register("temperature", |r| r.limits = None);
    table(
        "MAP-004",
        [
            ("is right", right(), Pass),
            ("is at its lower limit", celsius(-40), Pass),
            ("is below it", celsius(-41), Fail),
            ("is at its upper limit", celsius(120), Pass),
            ("is above it", celsius(121), Fail),
            ("has no value", absent(200), Pass),
            ("is above it, and not without a value", absent(201), Fail),
            ("has no limits and 200 degrees", plain(200), Pass),
            ("has no limits and 201 degrees", plain(201), Fail),
        ],
    )
    .await;
    let mode = |value| right().shows("mode", value);
    table(
        "MAP-005",
        [
            ("is right", right(), Pass),
            ("has an undeclared mode", mode(99), Fail),
            ("has no mode", mode(99).register("mode", |r| r.not_available = Some(99)), Pass),
            (
                "has an undeclared mode, and not none",
                mode(98).register("mode", |r| r.not_available = Some(99)),
                Fail,
            ),
        ],
    )
    .await;
    table(
        "MAP-006",
        [
            ("is right", right(), Pass),
            ("sets all its options", right().shows("options", 0x000F), Pass),
            ("sets a reserved bit", right().shows("options", 0x0010), Fail),
            ("sets bits in a number", right().shows("level", 0x00F0), Pass),
        ],
    )
    .await;
}

#[tokio::test]
async fn constants_stay() {
    let none = right().map(|map| {
        map.registers.iter_mut().filter(|r| r.volatility == Volatility::Constant).for_each(optional);
    });
    let gone = none.when(|request| asked(request).filter(|(at, _)| *at != 0).map(|_| refused()));
    let but_one = right()
        .map(|map| map.registers.iter_mut().for_each(optional))
        .when(|request| asked(request).filter(|(at, count)| (*at, *count) != (0, 8)).map(|_| refused()));
    let all_gone = right().register("model", |r| r.volatility = Volatility::Stored).map(|map| {
        map.registers.iter_mut().for_each(optional);
    });
    table(
        "MAP-007",
        [
            ("is right", right(), Pass),
            // The serial number is read ten times.
            ("changes the tenth time", right().shows_at(12, |nth| (nth == 9).then_some(0x5858)), Fail),
            ("has a temperature that changes", right().shows_at(20, |nth| Some(nth as u16)), Pass),
            ("has one constant", gone, Pass),
            ("has nothing else", but_one, Pass),
            (
                "has no constants",
                all_gone.when(|r| asked(r).filter(|(at, _)| *at != 0).map(|_| refused())),
                Inconclusive,
            ),
        ],
    )
    .await;
    let changed = right()
        .register("serial", |r| r.volatility = Volatility::Stored)
        .shows_at(12, |nth| Some(nth as u16));
    table("MAP-007", [("has a serial number that may change", changed, Pass)]).await;
}

#[tokio::test]
async fn what_only_takes_writes_shows_nothing() {
    let restart = |seen| right().reads("restart", seen);
    table(
        "MAP-016",
        [
            ("is right", right(), Pass),
            ("refuses", restart(refused()), Pass),
            ("says wrong data", restart(pdu(&[0x83, 3])), Fail),
            ("shows something", restart(pdu(&[3, 2, 0, 1])), Fail),
            ("sends two words", restart(pdu(&[3, 4, 0, 0, 0, 0])), Fail),
            ("is silent", restart(Seen::Nothing), Fail),
        ],
    )
    .await;
    // Of two words, where the second says something.
    let wide =
        |low: u8| right().register("restart", |r| r.words = 2).reads("restart", pdu(&[3, 4, 0, 0, 0, low]));
    table("MAP-016", [("shows zeros in two words", wide(0), Pass), ("shows a second word", wide(1), Fail)])
        .await;
}

/// The words of `uptime` and `ticks`, which follow each other, for the nth sample.
fn counts(uptime: fn(usize) -> u32, ticks: fn(usize) -> u32) -> Fake {
    let word = |value: u32, high: bool| Some(if high { value >> 16 } else { value } as u16);
    right()
        .shows_at(16, move |nth| word(uptime(nth), true))
        .shows_at(17, move |nth| word(uptime(nth), false))
        .shows_at(18, move |nth| word(ticks(nth), true))
        .shows_at(19, move |nth| word(ticks(nth), false))
}

#[tokio::test(start_paused = true)]
async fn counters_only_rise() {
    let rise = |nth: usize| nth as u32;
    let still = |_: usize| 7;
    let falls = |nth: usize| if nth == 11 { 6 } else { 7 };
    let rolls = |nth: usize| (nth as u32).wrapping_sub(5);
    let tears = |nth: usize| if nth == 5 { 0x0002_FFFF } else { 0x0001_FFFF + nth as u32 };
    let named = |id: &'static str, values| {
        counts(values, still).register("uptime", move |r| {
            r.volatility = Volatility::Volatile;
            r.id = id.into();
        })
    };
    table(
        "MAP-009",
        [
            ("is right", right(), Pass),
            ("stands still", counts(still, still), Pass),
            ("rises", counts(rise, rise), Pass),
            ("falls in UPTIME", counts(falls, rise), Fail),
            ("falls in TICKS", counts(rise, falls), Fail),
            ("rolls over", counts(rolls, rolls), Pass),
            ("falls in UPTIME, which says no more of itself", named("uptime", falls), Fail),
            ("falls in its sequence", named("snapshot_sequence", falls), Fail),
            ("falls in what is no counter", named("load", falls), Pass),
        ],
    )
    .await;
    let none = || right().register("uptime", optional).register("ticks", optional);
    let gone = |fake: Fake| fake.reads("uptime", refused()).reads("ticks", refused());
    table("MAP-009", [("has no counters", gone(none()), Inconclusive)]).await;
    let short = |id: &'static str| {
        right()
            .register("level", move |r| r.volatility = Volatility::Counter)
            .register(id, |_| ())
            .shows_at(26, |nth| Some(if nth == 5 { 0xA000 } else { nth as u16 }))
    };
    table(
        "MAP-010",
        [
            ("is right", right(), Pass),
            ("has words of two moments", counts(tears, rise), Fail),
            ("rolls over", counts(rolls, rolls), Pass),
            ("jumps in one word", short("level"), Pass),
        ],
    )
    .await;
    let began = tokio::time::Instant::now();
    let slow = right().effort(|e| e.sample_interval = Duration::from_secs(1));
    table("MAP-009", [("is sampled twelve times", slow, Pass)]).await;
    assert_eq!(began.elapsed().as_secs(), 11);
}

#[tokio::test]
async fn nothing_answers_outside_the_map() {
    table(
        "MAP-021",
        [
            ("is right", right(), Pass),
            (
                "has an undeclared register",
                right().when(|r| (asked(r) == Some((21, 1))).then(|| pdu(&[3, 2, 0, 0]))),
                Fail,
            ),
            ("says wrong data", right().when(|r| (asked(r) == Some((21, 1))).then(|| pdu(&[0x83, 3]))), Fail),
            ("is silent", right().when(|r| (asked(r) == Some((21, 1))).then_some(Seen::Nothing)), Fail),
            (
                "is another device behind that",
                right().when({
                    let mut read = false;
                    move |r| {
                        read |= asked(r) == Some((21, 1));
                        (read && asked(r) == Some((0, 8))).then(|| pdu(&[&[3, 16][..], &[0; 16]].concat()))
                    }
                }),
                Fail,
            ),
        ],
    )
    .await;
    let list = shared(Vec::new());
    let seen =
        right().keeps(&list, |request| asked(request).is_some_and(|(at, count)| (at, count) != (0, 8)));
    table("MAP-021", [("is right", seen, Pass)]).await;
    let map = right().context().device;
    let near: Vec<u16> = (0..1000_u16)
        .filter(|at| !map.readable(*at))
        .filter(|at| (at.saturating_sub(16)..=at + 16).any(|near| map.readable(near)))
        .collect();
    let read: Vec<u16> = list.lock().unwrap().iter().filter_map(|r| Some(asked(r)?.0)).collect();
    let (first, far) = read.split_at(near.len());
    assert_eq!(first, near);
    // And a sample of the others, each once.
    let mut once = far.to_vec();
    once.sort_unstable();
    once.dedup();
    assert!(
        once.len() == 20 && far.len() == 20 && far.iter().all(|at| !map.readable(*at) && !near.contains(at))
    );
}

#[tokio::test]
async fn undeclared_registers_answer_each_time_or_never() {
    let times = |answers: fn(usize) -> bool| {
        let mut nth = 0;
        right().when(move |request| {
            (asked(request)?.0 == 21).then(|| {
                nth += 1;
                if answers(nth) { pdu(&[3, 2, 0, 9]) } else { refused() }
            })
        })
    };
    table(
        "MAP-022",
        [
            ("is right", right(), Pass),
            ("has a register more", times(|_| true), Pass),
            ("has one now and then", times(|nth| nth == 1), Fail),
            ("has one most of the time", times(|nth| nth != 2), Fail),
        ],
    )
    .await;
    let list = shared(Vec::new());
    let (_, said) = times(|_| true)
        .keeps(&list, |request| asked(request).is_some_and(|(_, count)| count == 1))
        .plays("MAP-022")
        .await;
    assert!(said.contains("candidates for an extension: 0015"), "{said}");
    // Three reads each of those that are no more than four words away.
    let device = right().context().device;
    let wanted = (0..1000_u16).filter(|at| !device.readable(*at));
    let near = |at: &u16| (at.saturating_sub(4)..=at + 4).any(|near| device.readable(near));
    let wanted: Vec<u16> = wanted.filter(near).flat_map(|at| [at; 3]).collect();
    let read: Vec<u16> = list.lock().unwrap().iter().filter_map(|r| Some(asked(r)?.0)).collect();
    assert_eq!(read.len() + 3, wanted.len(), "{read:?} {wanted:?}");
}

#[tokio::test(start_paused = true)]
async fn counters_of_time_move_as_often_as_they_say() {
    // 12 samples: 3 intervals; two of them are enough.
    let moves =
        |list: [u32; 4]| right().shows_at(18, |_| Some(0)).shows_at(19, move |nth| Some(list[nth] as u16));
    let more = |list: [u32; 7]| {
        right()
            .effort(|e| e.samples = 24)
            .shows_at(18, |_| Some(0))
            .shows_at(19, move |nth| Some(list[nth] as u16))
    };
    table(
        "MAP-008",
        [
            ("moves each time", moves([1, 2, 3, 4]), Pass),
            ("moves twice", moves([1, 2, 2, 3]), Pass),
            ("moves once", moves([1, 1, 1, 2]), Fail),
            ("stands still", moves([5; 4]), Fail),
            ("moves four times of six", more([1, 2, 3, 4, 4, 5, 5]), Pass),
            ("moves three times of six", more([1, 2, 3, 4, 4, 4, 4]), Fail),
            (
                "has no such counter",
                right().register("ticks", optional).reads("ticks", refused()),
                Inconclusive,
            ),
        ],
    )
    .await;
    let began = tokio::time::Instant::now();
    table("MAP-008", [("is watched for 3 times 50 ms", moves([1, 2, 3, 4]), Pass)]).await;
    assert_eq!(began.elapsed().as_millis(), 150);
    // No fewer than three intervals, and no more than nine.
    for (samples, intervals) in [(4, 3), (40, 9), (20, 5)] {
        let began = tokio::time::Instant::now();
        let count = right().effort(move |e| e.samples = samples).shows_at(19, |nth| Some(nth as u16));
        table("MAP-008", [("moves each time", count, Pass)]).await;
        assert_eq!(began.elapsed().as_millis(), 50 * intervals);
    }
}

#[tokio::test]
async fn read_only_registers_refuse_writes() {
    let wrote = |id: &str, seen| right().writes(id, seen);
    table(
        "MAP-015",
        [
            ("is right", right(), Pass),
            ("says wrong data", wrote("serial", pdu(&[0x90, 3])), NonStrict),
            ("says that it failed", wrote("serial", pdu(&[0x90, 4])), NonStrict),
            ("does not know writes", wrote("serial", pdu(&[0x90, 1])), Fail),
            ("takes it", wrote("serial", pdu(&[0x10, 0, 12, 0, 4])), Fail),
            ("is silent", wrote("serial", Seen::Nothing), Fail),
        ],
    )
    .await;
    // What it holds; no hazards, and nothing that cannot be read.
    let list = shared(Vec::new());
    let seen = right()
        .map(|map| {
            map.hazards.push(
                serde_json::from_value(serde_json::json!({"first": 8, "last": 8, "reason": "x"})).unwrap(),
            )
        })
        .register("uptime", optional)
        .reads("uptime", refused())
        .keeps(&list, |request| written(request).is_some());
    table("MAP-015", [("is right", seen, Pass)]).await;
    let wrote: Vec<(u16, Vec<u16>)> = list.lock().unwrap().iter().filter_map(|r| written(r)).collect();
    let addresses: Vec<u16> = wrote.iter().map(|(at, _)| *at).collect();
    assert_eq!(addresses, [0, 12, 18, 20, 53, 379]);
    assert_eq!(wrote[1].1, [0x5349, 0x4D30, 0x3030, 0x3100]);
}

#[tokio::test]
async fn values_outside_limits_are_refused() {
    let wrote = |seen| right().writes("level", seen);
    let then = |held: u16| right().shows_at(26, move |nth| (nth > 1).then_some(held));
    table(
        "MAP-012",
        [
            ("is right", right(), Pass),
            ("says that it failed", wrote(pdu(&[0x90, 4])), Pass),
            ("says that it is not there", wrote(pdu(&[0x90, 2])), NonStrict),
            ("does not know writes", wrote(pdu(&[0x90, 1])), Fail),
            ("acknowledges it", right().ignores("level"), Fail),
            ("takes it", then(501), Fail),
            (
                "has no limits",
                right().map(|map| map.registers.iter_mut().for_each(|r| r.limits = None)),
                Inconclusive,
            ),
        ],
    )
    .await;
    let list = shared(Vec::new());
    let seen = right()
        .register("level", |r| r.kind = Kind::Signed)
        .register("label", |r| r.not_available = Some(10_000))
        .register("note", |r| {
            r.group = Some("group".into());
            r.limits = Some(Limits { min: 1, max: 2, step: 1 });
        })
        .register("scratch", |r| {
            optional(r);
            r.limits = Some(Limits { min: 1, max: 2, step: 1 });
        })
        .reads("scratch", refused())
        .keeps(&list, |request| written(request).is_some());
    table("MAP-012", [("is right", seen, Pass)]).await;
    let mut wrote: Vec<(u16, Vec<u16>)> = list.lock().unwrap().iter().filter_map(|r| written(r)).collect();
    wrote.dedup();
    // Guarded below and above, the level below 0 and above, the wide one above; the label has its top value for none.
    assert_eq!(
        wrote,
        [(25, vec![9]), (25, vec![1001]), (26, vec![0xFFFF]), (26, vec![501]), (32, vec![0x000F, 0x4241]),]
    );
    let top = right().register("label", |r| r.limits = Some(Limits { min: 0, max: 65_535, step: 1 }));
    table("MAP-012", [("has a label without a value outside", top, Pass)]).await;
}
