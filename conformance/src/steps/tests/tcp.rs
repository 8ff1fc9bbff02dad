//! What steps on TCP judge: frames, ends of connections, times. Connections themselves are for the self-test.

use std::sync::Arc;
use std::time::Duration;

use super::device::{Fake, UNIT, asked, pdu, table};
use super::played::judged;
use crate::outcome::Outcome::{self, Error, Fail, Inconclusive, Pass};
use crate::play::Played as _;
use crate::steps::tcp::Asked;
use crate::transport::Seen;
use crate::transport::tcp::{RawFrame, Received};
use crate::world::{CaseWorld, Exchange, read_pdu};

const MODEL: &[u8; 16] = b"SPECIMEN\0\0\0\0\0\0\0\0";

fn world(fake: Fake) -> CaseWorld {
    let mut world = CaseWorld::default();
    world.begin(Arc::new(fake.context()), "test");
    world
}

/// A step in a world that holds this.
async fn row(id: &str, nth: usize, what: &str, prepare: impl FnOnce(&mut CaseWorld), wanted: Outcome) {
    on(Fake::right(), id, nth, what, prepare, wanted).await;
}

async fn on(
    fake: Fake,
    id: &str,
    nth: usize,
    what: &str,
    prepare: impl FnOnce(&mut CaseWorld),
    wanted: Outcome,
) {
    let mut world = world(fake);
    prepare(&mut world);
    let (outcome, seen) = judged(world, id, nth).await;
    assert_eq!(outcome, wanted, "{id}, {what}: {seen}");
}

fn frame(transaction: u16, pdu: &[u8]) -> RawFrame {
    RawFrame { transaction, protocol: 0, length: pdu.len() as u16 + 1, unit: UNIT, pdu: pdu.to_vec() }
}

fn model() -> Vec<u8> {
    [&[3, 16][..], MODEL].concat()
}

fn question(transaction: u16, at: u16, words: u16) -> Asked {
    Asked { transaction, pdu: read_pdu(at, words) }
}

#[tokio::test(start_paused = true)]
async fn headers_are_those_of_the_requests() {
    let order = |got: &'static [u16]| {
        move |w: &mut CaseWorld| {
            w.tcp.asked = vec![question(0, 0, 8), question(0xFFFF, 0, 8)];
            w.tcp.frames = got.iter().map(|id| frame(*id, &model())).collect();
        }
    };
    row("MB-TCP-002", 1, "in order", order(&[0, 0xFFFF]), Pass).await;
    row("MB-TCP-002", 1, "in another order", order(&[0xFFFF, 0]), Fail).await;
    row("MB-TCP-002", 1, "one of them", order(&[0]), Fail).await;
    row("MB-TCP-002", 1, "nothing sent", |_| (), Fail).await;
    let frames = |change: fn(&mut RawFrame)| {
        move |w: &mut CaseWorld| {
            let mut second = frame(2, &[0x83, 2]);
            change(&mut second);
            w.tcp.frames = vec![frame(1, &model()), second];
            w.tcp.end = Some(Received::Nothing);
        }
    };
    for (id, wrong) in [
        ("MB-TCP-003", (|f| f.protocol = 1) as fn(&mut RawFrame)),
        ("MB-TCP-004", |f| f.length = 4),
        ("MB-TCP-005", |f| f.unit = 1),
    ] {
        row(id, 1, "right", frames(|_| ()), Pass).await;
        row(id, 1, "wrong", frames(wrong), Fail).await;
        row(id, 1, "nothing kept", |w| w.tcp.end = Some(Received::Nothing), Error).await;
    }
    let ends = |end: Option<Received>, length: u16| {
        move |w: &mut CaseWorld| {
            w.tcp.frames = vec![RawFrame { length, ..frame(1, &model()) }];
            w.tcp.end = end;
        }
    };
    row("MB-TCP-004", 1, "closed", ends(Some(Received::Closed), 19), Pass).await;
    row("MB-TCP-004", 1, "a byte more", ends(Some(Received::Incomplete(vec![0])), 19), Fail).await;
    row("MB-TCP-004", 1, "another frame", ends(Some(Received::Frame(frame(1, &[]))), 19), Fail).await;
    row("MB-TCP-004", 1, "no end", ends(None, 19), Error).await;
    for length in [3, 16, 18, 20] {
        row("MB-TCP-004", 1, "another length", ends(Some(Received::Nothing), length), Fail).await;
    }
    for (end, outcome) in [(Some(Received::Closed), Pass), (Some(Received::Nothing), Fail), (None, Fail)] {
        row("MB-TCP-020", 2, "the end", |w| w.tcp.end = end, outcome).await;
    }
}

/// Two reads: the model, and LEVEL.
fn pipeline(change: impl FnOnce(&mut CaseWorld)) -> impl FnOnce(&mut CaseWorld) {
    |w: &mut CaseWorld| {
        w.tcp.asked = vec![question(0x500, 0, 8), question(0x501, 26, 1)];
        w.tcp.frames = vec![frame(0x500, &model()), frame(0x501, &[3, 2, 0, 50])];
        w.tcp.end = Some(Received::Nothing);
        change(w);
    }
}

#[tokio::test(start_paused = true)]
async fn answers_fit_their_requests() {
    let one = |change: fn(&mut CaseWorld), wanted: Outcome, long: Outcome| (change, wanted, long);
    for (nth, (change, wanted, long)) in [
        one(|_| (), Pass, Pass),
        one(|w| w.tcp.frames.swap(0, 1), Pass, Pass),
        one(|w| w.tcp.end = Some(Received::Closed), Pass, Pass),
        one(|w| w.tcp.end = Some(Received::Incomplete(vec![0])), Fail, Fail),
        one(|w| drop(w.tcp.frames.pop()), Fail, Fail),
        one(
            |w| {
                w.tcp.frames.pop();
                w.tcp.end = Some(Received::Closed);
            },
            Fail,
            Pass,
        ),
        one(|w| w.tcp.frames[1].transaction = 0x777, Fail, Fail),
        one(|w| w.tcp.frames[1].protocol = 1, Fail, Fail),
        one(|w| w.tcp.frames[1].unit = 1, Fail, Fail),
        one(|w| w.tcp.frames[1].pdu = vec![3, 4, 0, 0, 0, 0], Fail, Fail),
        one(|w| w.tcp.frames[1].pdu = vec![0x83, 6], Fail, Pass),
        one(|w| w.tcp.frames[1].pdu = vec![0x83, 4], Fail, Fail),
        one(|w| w.tcp.frames[1] = w.tcp.frames[0].clone(), Fail, Pass),
        one(|w| w.tcp.frames.push(w.tcp.frames[0].clone()), Fail, Pass),
        // A constant that is another one alone; LEVEL may be another one.
        one(|w| w.tcp.frames[0].pdu[3] ^= 1, Fail, Pass),
        one(|w| w.tcp.frames[1].pdu[3] ^= 1, Pass, Pass),
    ]
    .into_iter()
    .enumerate()
    {
        row("MB-TCP-014", 1, &format!("row {nth}"), pipeline(change), wanted).await;
        row("MB-TCP-015", 1, &format!("row {nth}"), pipeline(change), long).await;
    }
    row("MB-TCP-025", 1, "each its own", pipeline(|_| ()), Pass).await;
    row("MB-TCP-025", 1, "each that of the other", pipeline(|w| w.tcp.frames.swap(0, 1)), Fail).await;
}

fn exchange(seen: Seen) -> Exchange {
    Exchange { request: read_pdu(0, 8), seen }
}

#[tokio::test(start_paused = true)]
async fn units_addresses_and_times() {
    let own = || pdu(&model());
    let other = || pdu(&[&[3, 16][..], &[0; 16]].concat());
    let pair = |one: Seen, two: Seen| |w: &mut CaseWorld| w.pending = vec![exchange(one), exchange(two)];
    for (one, two, wanted) in [
        (own(), own(), Pass),
        (pdu(&[0x83, 0x0A]), pdu(&[0x83, 0x0B]), Pass),
        (Seen::Nothing, Seen::Nothing, Pass),
        (own(), Seen::Nothing, Fail),
        (pdu(&[0x83, 2]), own(), Fail),
        (other(), other(), Fail),
        (Seen::Broken("x".into()), Seen::Nothing, Fail),
    ] {
        row("MB-TCP-022", 1, &format!("{one:?} {two:?}"), pair(one.clone(), two.clone()), wanted).await;
    }
    for (one, two, wanted) in [
        (own(), own(), Pass),
        (pdu(&[0x83, 2]), pdu(&[0x83, 2]), Pass),
        (own(), pdu(&[0x83, 2]), Fail),
        (Seen::Nothing, Seen::Nothing, Fail),
    ] {
        row("MB-TCP-032", 1, &format!("{one:?} {two:?}"), pair(one.clone(), two.clone()), wanted).await;
    }
    let gone = Fake::right().when(|r| asked(r).map(|_| Seen::Nothing));
    on(gone, "MB-TCP-032", 1, "gone", pair(own(), own()), Fail).await;
    // 200 answers: two may be late.
    let late = |count: usize, ms: u64| {
        move |w: &mut CaseWorld| {
            w.times = vec![Duration::from_millis(10); 200 - count];
            w.times.splice(0..0, vec![Duration::from_millis(ms); count]);
        }
    };
    let limit = || Fake::right().declares(|d| d.server.p99_ms = Some(400));
    on(limit(), "MB-TCP-029", 1, "all in time", late(0, 0), Pass).await;
    on(limit(), "MB-TCP-029", 1, "one late", late(1, 500), Pass).await;
    on(limit(), "MB-TCP-029", 1, "two late", late(2, 500), Fail).await;
    on(limit(), "MB-TCP-029", 1, "two at the limit", late(2, 400), Pass).await;
    row("MB-TCP-029", 1, "nothing declared", late(0, 0), Inconclusive).await;
    let lost = Fake::right().declares(|d| d.server.p99_ms = Some(400)).when({
        let mut nth = 0;
        move |r| {
            nth += usize::from(asked(r) == Some((20, 1)));
            (nth == 60).then_some(Seen::Nothing)
        }
    });
    table("MB-TCP-029", [("is right", limit(), Pass), ("loses one", lost, Fail)]).await;
    // Acknowledged late in the first half, at once in the second.
    let waits = |count: usize| {
        move |w: &mut CaseWorld| {
            w.times = vec![Duration::from_millis(1); 100];
            w.times[..count].fill(Duration::from_millis(41));
        }
    };
    row("MB-TCP-021", 1, "four of fifty wait", waits(4), Pass).await;
    row("MB-TCP-021", 1, "five of fifty wait", waits(5), Fail).await;
    row("MB-TCP-021", 1, "nothing was read", |_| (), Error).await;
    let absent = |fake: Fake| {
        fake.declares(|d| (d.absent_unit, d.unrouted_unit) = (None, Some(UNIT)))
            .when(|r| asked(r).map(|_| pdu(&[0x83, 0x0A])))
    };
    table("MB-TCP-023", [("declares no absent device", absent(Fake::right()), Inconclusive)]).await;
    table("MB-TCP-024", [("says that it has no way", absent(Fake::right()), Pass)]).await;
}

#[tokio::test(start_paused = true)]
async fn a_loser_is_refused_and_the_winner_keeps_its_limit() {
    // The block holds this limit, and has this one in force.
    let block = |limit: u32, applied: u32| {
        Fake::holding(
            "dpo-pmi",
            &[
                ("rated_power", 18_000),
                ("input_power_limit", limit.into()),
                ("input_power_limit_applied", applied.into()),
            ],
        )
    };
    let refused = |code: u8| {
        move |w: &mut CaseWorld| w.pending = vec![Exchange { request: vec![0x10], seen: pdu(&[0x90, code]) }]
    };
    for (limit, applied, code, wanted) in [
        (18_000, 18_000, 4, Pass),
        (18_000, 18_000, 3, Fail),
        (5_000, 18_000, 4, Fail),
        (18_000, 5_000, 4, Fail),
    ] {
        on(
            block(limit, applied),
            "MB-TCP-027",
            3,
            &format!("{limit} {applied} {code}"),
            refused(code),
            wanted,
        )
        .await;
    }
}
