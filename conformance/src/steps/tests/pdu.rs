//! Cases on PDUs: reads at the edges, identification, places of a map, exceptions of a whole run.

use super::device::{Fake, asked, pdu, table};
use super::supply::shared;
use crate::outcome::Outcome::{Fail, Inconclusive, NonStrict, Pass};
use crate::transport::Seen;

fn right() -> Fake {
    Fake::right()
}

/// Answers requests of a function in its own way.
fn function(code: u8, seen: Seen) -> Fake {
    right().when(move |request| (request.first() == Some(&code)).then(|| seen.clone()))
}

#[tokio::test]
async fn requests_go_to_the_places_that_they_name() {
    // Reads of the cases that name a place: a readable word, the readable span, an unmapped address, the last mapped one.
    for (id, wanted) in [
        ("MB-PDU-001", &[3, 0, 0x14, 0, 1][..]),
        ("MB-PDU-002", &[3, 1, 0, 0, 125]),
        ("MB-PDU-003", &[3, 0, 0x14, 0, 0]),
        ("MB-PDU-005", &[3, 0, 0x14, 0xFF, 0xFF]),
        ("MB-PDU-006", &[3, 1, 0x7D, 0, 1]),
        ("MB-PDU-007", &[3, 1, 0x7C, 0, 2]),
        ("MB-PDU-008", &[3, 0xFF, 0xFF, 0, 2]),
        ("MB-PDU-012", &[4, 0, 0x14, 0, 1]),
        ("MB-PDU-024", &[0x10, 0, 24, 0, 2, 2, 0, 0]),
        ("MB-PDU-063", &[3, 0, 0x14, 0, 1, 0]),
    ] {
        let list = shared(Vec::new());
        table(id, [("is right", right().keeps(&list, |_| true), Pass)]).await;
        assert!(
            list.lock().unwrap().iter().any(|request| request == wanted),
            "{id}: {:02X?}",
            list.lock().unwrap()
        );
    }
    let none = right().map(|map| map.registers.retain(|r| r.words < 100));
    table("MB-PDU-002", [("has no span of 125 words", none, Inconclusive)]).await;
    table(
        "MB-PDU-009",
        [
            ("is right", right(), Pass),
            ("says that it is not there", function(3, pdu(&[0x83, 2])), NonStrict),
            ("answers", function(3, pdu(&[3, 2, 0, 0])), Fail),
        ],
    )
    .await;
    table(
        "MB-PDU-063",
        [
            ("is right", right(), Pass),
            ("is silent", right().when(|r| (r.len() == 6).then_some(Seen::Nothing)), Pass),
            ("answers", right().when(|r| (r.len() == 6).then(|| pdu(&[3, 2, 0, 25]))), Fail),
            (
                "is silent from then on",
                right().when({
                    let mut gone = false;
                    move |r| {
                        gone |= r.len() == 6;
                        gone.then_some(Seen::Nothing)
                    }
                }),
                Fail,
            ),
            (
                "is another device from then on",
                right().when({
                    let mut gone = false;
                    move |r| {
                        gone |= r.len() == 6;
                        (gone && r.len() == 5).then(|| pdu(&[&[3, 16][..], &[0; 16]].concat()))
                    }
                }),
                Fail,
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_hole_is_what_the_map_says() {
    // TEMPERATURE at 20, CONTROL at 24: five words, three of them in the hole.
    let filled = |words: [u8; 10]| function(3, pdu(&[&[3, 10][..], &words].concat()));
    let gap = |fake: Fake| {
        fake.map(|map| {
            map.readable_gaps
                .push(serde_json::from_value(serde_json::json!({"first": 21, "last": 23})).unwrap())
        })
    };
    table(
        "MB-PDU-010",
        [
            ("is right", right(), Pass),
            ("fills the hole", filled([0, 25, 0, 0, 0, 0, 0, 0, 0, 1]), Fail),
            ("says wrong data", function(3, pdu(&[0x83, 3])), Fail),
            ("declares the hole and fills it", gap(filled([0, 25, 0, 0, 0, 0, 0, 0, 0, 1])), Pass),
            (
                "declares the hole and shows something at its end",
                gap(filled([0, 25, 0, 0, 0, 0, 0, 1, 0, 1])),
                Fail,
            ),
            (
                "declares the hole and shows something at its start",
                gap(filled([0, 25, 1, 0, 0, 0, 0, 0, 0, 1])),
                Fail,
            ),
            ("declares the hole and refuses it", gap(right()), Fail),
            ("declares the hole and says wrong data", gap(function(3, pdu(&[0x83, 3]))), Fail),
            ("has no hole", right().map(|map| map.registers.retain(|r| r.address < 20)), Inconclusive),
        ],
    )
    .await;
}

#[tokio::test]
async fn bytes_are_in_their_order() {
    let model = |text: &'static [u8; 16]| right().reads("model", pdu(&[&[3, 16][..], text].concat()));
    table(
        "MB-PDU-011",
        [
            ("is right", right(), Pass),
            ("has a name of 16 letters", model(b"SPECIMENSPECIMEN"), Pass),
            ("has no name", model(&[0; 16]), Fail),
            ("swaps its bytes", model(b"PSCEMINE\0X\0\0\0\0\0\0"), Fail),
            ("swaps the last ones", model(b"PSCEMINE\0\0\0\0\0\0\0 "), Fail),
            ("sends a word less", right().reads("model", pdu(&[3, 2, 0x53, 0x50])), Fail),
        ],
    )
    .await;
    // A number that is known has no end.
    let number = right().map(|map| {
        map.identification.probe = "edge".into();
        map.identification.expect = dpo_gateway::maps::model::Expect::Words(vec![0x0041, 0x0042]);
    });
    let number = number.register("edge", |r| r.kind = dpo_gateway::maps::model::Kind::Unsigned);
    table("MB-PDU-011", [("has a known number", number.reads("edge", pdu(&[3, 4, 0, 0x41, 0, 0x42])), Pass)])
        .await;
    table(
        "MB-PDU-031",
        [
            ("is right", right(), Pass),
            ("refuses the half", right().when(|r| (asked(r) == Some((0, 1))).then(|| pdu(&[0x83, 2]))), Pass),
            (
                "gives something else",
                right().when(|r| (asked(r) == Some((0, 1))).then(|| pdu(&[3, 2, 0, 0]))),
                Fail,
            ),
            (
                "has no register of several words",
                right().map(|map| map.registers.retain(|r| r.words == 1)),
                Inconclusive,
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn exceptions_of_a_run_have_two_bytes_and_a_code() {
    let says = |seen: Seen| function(3, seen);
    for (id, none, short, unknown) in
        [("MB-PDU-036", Inconclusive, Fail, Pass), ("MB-PDU-037", Inconclusive, Fail, Fail)]
    {
        let rows = [
            ("is right", right(), Pass),
            ("answers everything", says(pdu(&[3, 2, 0, 0])), none),
            ("sends no code", says(pdu(&[0x83])), short),
            ("sends the code 07", says(pdu(&[0x83, 7])), unknown),
            ("sends the code 0B", says(pdu(&[0x83, 0x0B])), Pass),
        ];
        table(id, rows).await;
    }
    table("MB-PDU-036", [("sends three bytes", says(pdu(&[0x83, 2, 0])), Fail)]).await;
    let (_, said) = right().plays("MB-PDU-036").await;
    assert!(said.contains("2 exceptions"), "{said}");
}

#[tokio::test]
async fn random_reads_are_those_that_the_seed_gives() {
    let wrong = |at: u16| {
        right().when(move |request| {
            let (first, count) = asked(request)?;
            (first == at && count == 1).then(|| pdu(&[0x83, 4]))
        })
    };
    table("MB-PDU-066", [("is right", right(), Pass), ("fails at a register", wrong(20), Fail)]).await;
    let list = shared(Vec::new());
    table("MB-PDU-066", [("is right", right().keeps(&list, |_| true), Pass)]).await;
    let list = list.lock().unwrap();
    let reads: Vec<(u16, u16)> = list.iter().filter_map(|r| asked(r)).take(200).collect();
    let device = right().context().device;
    // Half of them near the map, half anywhere; most of them small, some of any size.
    let near =
        reads.iter().filter(|(at, _)| (at.saturating_sub(3)..=*at).any(|a| device.readable(a))).count();
    let small = reads.iter().filter(|(_, count)| (1..=4).contains(count)).count();
    let (large, huge) =
        (reads.iter().filter(|(_, c)| *c >= 130).count(), reads.iter().any(|(_, c)| *c > 1000));
    assert!((80..=120).contains(&near) && (130..=170).contains(&small), "{near} {small}");
    assert!((10..=40).contains(&large) && huge && reads.iter().any(|(_, c)| (5..130).contains(c)), "{large}");
    // Some ask for the words behind the first one of a register.
    let firsts: Vec<u16> = device.map.registers.iter().map(|r| r.address).collect();
    assert!(reads.iter().any(|(at, _)| device.readable(*at) && !firsts.contains(at)));
}

/// Answers function 43 with these bytes behind the code.
fn identified(rest: &'static [u8]) -> Fake {
    function(0x2B, pdu(&[&[0x2B][..], rest].concat()))
}

#[tokio::test]
async fn identification_is_whole_to_the_byte() {
    table(
        "MB-PDU-049",
        [
            ("is right", right(), Pass),
            ("is of level 81", identified(b"\x0E\x01\x81\x00\x00\x03\x00\x01A\x01\x01B\x02\x01C"), Pass),
            ("is of level 04", identified(b"\x0E\x01\x04\x00\x00\x03\x00\x01A\x01\x01B\x02\x01C"), Fail),
            ("is of level 00", identified(b"\x0E\x01\x00\x00\x00\x03\x00\x01A\x01\x01B\x02\x01C"), Fail),
            (
                "answers another access",
                identified(b"\x0E\x02\x01\x00\x00\x03\x00\x01A\x01\x01B\x02\x01C"),
                Fail,
            ),
            (
                "says that half more follows",
                identified(b"\x0E\x01\x01\x01\x00\x03\x00\x01A\x01\x01B\x02\x01C"),
                Fail,
            ),
            (
                "says that more follows",
                identified(b"\x0E\x01\x01\xFF\x00\x03\x00\x01A\x01\x01B\x02\x01C"),
                Pass,
            ),
            (
                "has an object more",
                identified(b"\x0E\x01\x01\x00\x00\x04\x00\x01A\x01\x01B\x02\x01C\x03\x00"),
                Pass,
            ),
            ("counts one more", identified(b"\x0E\x01\x01\x00\x00\x04\x00\x01A\x01\x01B\x02\x01C"), Fail),
            ("counts one less", identified(b"\x0E\x01\x01\x00\x00\x02\x00\x01A\x01\x01B\x02\x01C"), Fail),
            ("has a byte more", identified(b"\x0E\x01\x01\x00\x00\x03\x00\x01A\x01\x01B\x02\x01C\x00"), Fail),
            ("is cut off", identified(b"\x0E\x01\x01\x00\x00\x03\x00\x01A\x01\x01B\x02\x02C"), Fail),
            (
                "has an object twice",
                identified(b"\x0E\x01\x01\x00\x00\x04\x00\x01A\x00\x01A\x01\x01B\x02\x01C"),
                Fail,
            ),
            ("has no object 2", identified(b"\x0E\x01\x01\x00\x00\x02\x00\x01A\x01\x01B"), Fail),
            (
                "has another object for it",
                identified(b"\x0E\x01\x01\x00\x00\x03\x00\x01A\x01\x01B\x03\x01C"),
                Fail,
            ),
            ("refuses it", identified(&[]), Fail),
            ("is silent", function(0x2B, Seen::Nothing), Fail),
        ],
    )
    .await;
    table(
        "MB-PDU-050",
        [
            ("is right", right(), Pass),
            (
                "has nothing in an object",
                identified(b"\x0E\x01\x01\x00\x00\x03\x00\x01A\x01\x00\x02\x01C"),
                Fail,
            ),
            ("rings a bell", identified(b"\x0E\x01\x01\x00\x00\x03\x00\x01A\x01\x01\x07\x02\x01C"), Fail),
            (
                "rings a bell in object 2",
                identified(b"\x0E\x01\x01\x00\x00\x03\x00\x01A\x01\x01B\x02\x01\x07"),
                Fail,
            ),
            (
                "rings a bell in object 3",
                identified(b"\x0E\x01\x01\x00\x00\x04\x00\x01A\x01\x01B\x02\x01C\x03\x01\x07"),
                Pass,
            ),
            ("has no object 2", identified(b"\x0E\x01\x01\x00\x00\x02\x00\x01A\x01\x01B"), Fail),
        ],
    )
    .await;
    table(
        "MB-PDU-052",
        [
            ("is right", right(), Pass),
            ("gives another one", identified(b"\x0E\x04\x01\x00\x00\x01\x02\x01C"), Fail),
            ("gives two", identified(b"\x0E\x04\x01\x00\x00\x02\x01\x01B\x02\x01C"), Fail),
        ],
    )
    .await;
    table(
        "MB-PDU-059",
        [
            ("is right", right(), Pass),
            ("is off", function(0x11, pdu(&[0x11, 2, 7, 0])), Pass),
            ("is neither on nor off", function(0x11, pdu(&[0x11, 2, 7, 0x55])), Fail),
            ("counts wrong", function(0x11, pdu(&[0x11, 3, 7, 0xFF])), Fail),
            ("says nothing", function(0x11, pdu(&[0x11, 0])), Fail),
            ("refuses it", function(0x11, pdu(&[0x91, 1])), Fail),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_stream_of_objects_ends_and_has_each_once() {
    let stream = |list: &'static [&'static [u8]]| {
        let mut nth = 0;
        right().when(move |request| {
            (request.first() == Some(&0x2B)).then(|| {
                nth += 1;
                pdu(&[&[0x2B, 0x0E, 3, 1][..], list[(nth - 1).min(list.len() - 1)]].concat())
            })
        })
    };
    table(
        "MB-PDU-056",
        [
            ("is right", right(), Pass),
            ("sends two answers", stream(&[b"\xFF\x01\x01\x00\x01A", b"\x00\x00\x01\x01\x01B"]), Pass),
            ("sends an object twice", stream(&[b"\xFF\x01\x01\x00\x01A", b"\x00\x00\x01\x00\x01A"]), Fail),
            ("sends nothing", stream(&[b"\x00\x00\x00"]), Fail),
            ("does not end", stream(&[b"\xFF\x01\x01\x00\x01A"]), Fail),
        ],
    )
    .await;
    // It goes on where the answer says.
    let list = shared(Vec::new());
    let mut nth = 0;
    let seen = right().keeps(&list, |request| request[0] == 0x2B).when(move |request| {
        (request.first() == Some(&0x2B)).then(|| {
            nth += 1;
            pdu(if nth == 1 {
                b"\x2B\x0E\x03\x01\xFF\x07\x01\x00\x01A"
            } else {
                b"\x2B\x0E\x03\x01\x00\x00\x01\x07\x01B"
            })
        })
    });
    table("MB-PDU-056", [("sends two answers", seen, Pass)]).await;
    assert_eq!(*list.lock().unwrap(), [[0x2B, 0x0E, 3, 0], [0x2B, 0x0E, 3, 7]]);
}
