//! Cases of settings.

use std::time::Duration;

use dpo_gateway::maps::model::Limits;
use tokio::time::Instant;

use super::device::{Fake, pdu, table, written};
use super::supply::shared;
use super::writes::{optional, right, sent};
use crate::outcome::Outcome::{Error, Fail, Inconclusive, NonStrict, Pass};
use crate::transport::Seen;

/// Shows a word for so long since a register was written, in milliseconds.
fn late(id: &str, ms: u64, old: u16) -> Fake {
    let at = right().at(id);
    let wrote = shared(None);
    let since = wrote.clone();
    right()
        .when(move |request| {
            if written(request).is_some_and(|(own, _)| own == at) {
                *since.lock().unwrap() = Some(Instant::now());
            }
            None
        })
        .shows_at(at, move |_| {
            let wrote = *wrote.lock().unwrap();
            wrote.filter(|at| at.elapsed() < Duration::from_millis(ms)).map(|_| old)
        })
}

#[tokio::test(start_paused = true)]
async fn settings_take_their_limits() {
    let wrote = |seen| right().writes("level", seen);
    let none = right().when(|r| written(r).map(|_| pdu(&[r[0] | 0x80, 4])));
    table(
        "MAP-011",
        [
            ("is right", right(), Pass),
            ("keeps LEVEL to itself", wrote(pdu(&[0x86, 4])), Pass),
            ("keeps all writes to itself", none, Inconclusive),
            ("refuses its limit", wrote(pdu(&[0x86, 3])), Fail),
            ("does not take it", right().ignores("level"), Fail),
            ("takes it behind 900 ms", late("level", 900, 77), Pass),
            ("takes it behind 1100 ms", late("level", 1100, 77), Fail),
            (
                "takes it behind 1100 ms, as it says",
                late("level", 1100, 77).register("level", |r| r.settle_ms = Some(1200)),
                Pass,
            ),
            (
                "takes it behind 900 ms, and says 500",
                late("level", 900, 77).register("level", |r| r.settle_ms = Some(500)),
                Fail,
            ),
            (
                "has no LEVEL, which is optional",
                right().register("level", optional).reads("level", pdu(&[0x83, 2])),
                Pass,
            ),
            (
                "has no settings",
                right().map(|map| map.registers.iter_mut().for_each(|r| r.limits = None)),
                Inconclusive,
            ),
        ],
    )
    .await;
    let list = sent("MAP-011", right(), |r| written(r).is_some_and(|(at, _)| at == 27)).await;
    let values: Vec<u16> = list.iter().filter_map(|r| written(r)?.1.first().copied()).collect();
    // The smallest, the largest, the middle, and what it held.
    assert_eq!(values, [0, 9999, 4999, 1234]);
}

#[tokio::test]
async fn undeclared_codes_and_reserved_bits_are_not_taken() {
    let mode = |seen| right().writes("mode", seen);
    table(
        "MAP-013",
        [
            ("is right", right(), Pass),
            ("says that it is not there", mode(pdu(&[0x86, 2])), NonStrict),
            ("says that it failed", mode(pdu(&[0x86, 4])), NonStrict),
            ("does not know function 06", mode(pdu(&[0x86, 1])), Fail),
            ("acknowledges it", right().ignores("mode"), Fail),
            ("refuses it and has changed", right().shows_at(28, |nth| (nth > 1).then_some(3)), Fail),
            (
                "has no MODE, which is optional",
                right().register("mode", optional).reads("mode", pdu(&[0x83, 2])),
                Inconclusive,
            ),
            ("has two words of it", right().register("mode", |r| r.words = 2), Inconclusive),
        ],
    )
    .await;
    let code = |absent| right().register("mode", move |r| r.not_available = absent);
    for (absent, wanted) in [(None, 3), (Some(3), 4), (Some(4), 3)] {
        let list = sent("MAP-013", code(absent), |r| written(r).is_some()).await;
        assert_eq!(list, [[6, 0, 28, 0, wanted]]);
    }
    let options = |seen| right().writes("options", seen);
    let set = |bits: u16| right().shows_at(29, move |nth| (nth > 1).then_some(bits));
    table(
        "MAP-014",
        [
            ("is right", right(), Pass),
            ("ignores the bit", right().ignores("options"), Pass),
            ("sets the bit", set(0x0010), Fail),
            ("sets another bit", set(0x0020), Pass),
            ("says that it is not there", options(pdu(&[0x86, 2])), Pass),
            ("says that it failed", options(pdu(&[0x86, 4])), Pass),
            ("does not know function 06", options(pdu(&[0x86, 1])), Fail),
            ("is silent", options(Seen::Nothing), Fail),
            (
                "has no flags",
                right().map(|map| map.registers.retain(|r| !["control", "options"].contains(&r.id.as_str()))),
                Inconclusive,
            ),
        ],
    )
    .await;
    let full = right().map(|map| {
        map.registers.retain(|r| r.id != "control");
        let own = map.registers.iter_mut().find(|r| r.id == "options").unwrap();
        own.bits[0].width = 16;
    });
    table("MAP-014", [("has no reserved bits", full, Inconclusive)]).await;
    let list = sent("MAP-014", right().shows_at(29, |nth| (nth < 2).then_some(5)), |r| {
        written(r).is_some_and(|(at, _)| at == 29)
    })
    .await;
    assert_eq!(list.first().and_then(|r| written(r)), Some((29, vec![0x15])));
}

#[tokio::test]
async fn a_bit_is_cleared_by_writing_1() {
    let faults = |before: u16, behind: u16| {
        right().ignores("faults").shows_at(30, move |nth| Some(if nth == 0 { before } else { behind }))
    };
    table(
        "MAP-017",
        [
            ("is right", right(), Pass),
            ("clears the bit", faults(0b110, 0b100), Pass),
            ("clears both", faults(0b110, 0), Fail),
            ("clears the other one", faults(0b110, 0b010), Fail),
            ("clears none", faults(0b110, 0b110), Fail),
            ("refuses it", right().writes("faults", pdu(&[0x86, 2])), Fail),
            ("refuses it and clears the bit", faults(0b110, 0b100).writes("faults", pdu(&[0x86, 2])), Pass),
            ("has one fault", faults(0b100, 0b100), Inconclusive),
            ("has two words of it", right().register("faults", |r| r.words = 2), Inconclusive),
        ],
    )
    .await;
    let list = sent("MAP-017", faults(0b110, 0b100), |r| written(r).is_some()).await;
    assert_eq!(list.len(), 0);
    let list = sent("MAP-017", right(), |r| written(r).is_some()).await;
    assert_eq!(list, [[6, 0, 30, 0, 1]]);
}

#[tokio::test(start_paused = true)]
async fn values_behind_a_lock() {
    // The three writes of GUARDED: locked, unlocked, locked.
    let nth = |wanted: usize, seen: Seen| {
        let mut count = 0;
        right().when(move |request| {
            (written(request)?.0 == 25).then(|| count += 1)?;
            (count == wanted).then(|| seen.clone())
        })
    };
    let echo = |value: u16| {
        let [v, x] = value.to_be_bytes();
        pdu(&[6, 0, 25, v, x])
    };
    table(
        "MAP-020",
        [
            ("is right", right(), Pass),
            ("takes it while it is locked", right().shows_at(25, |n| (n >= 2).then_some(10)), Fail),
            ("acknowledges it while it is locked", nth(1, echo(10)), Fail),
            ("acknowledges it when it is locked again", nth(3, echo(100)), Fail),
            ("refuses it while it is unlocked", nth(2, pdu(&[0x86, 4])), Fail),
            ("acknowledges and does not take it while it is unlocked", nth(2, echo(10)), Fail),
            ("says that it is not there while it is locked", nth(1, pdu(&[0x86, 2])), Pass),
            ("does not know function 06 while it is locked", nth(1, pdu(&[0x86, 1])), Fail),
            ("is silent while it is locked", nth(1, Seen::Nothing), Fail),
            ("refuses the lock", right().writes("control", pdu(&[0x86, 3])), Fail),
            ("keeps the lock to itself", right().writes("control", pdu(&[0x86, 4])), Inconclusive),
            ("has nothing behind a lock", right().register("guarded", |r| r.unlock = None), Inconclusive),
            (
                "has one value behind a lock",
                right().register("guarded", |r| r.limits = Some(Limits { min: 100, max: 100, step: 1 })),
                Inconclusive,
            ),
        ],
    )
    .await;
    // Found locked with another bit, or open: closed, opened, closed, opened for what is put back.
    let found = |word: u16| {
        right()
            .register("control", |r| r.bits.push(other(&r.bits[0])))
            .shows_at(24, move |n| (n == 0).then_some(word))
            .when(|r| (written(r)?.0 == 24 && written(r)?.1[0] & 2 != 0).then(|| pdu(r)))
    };
    for (word, wanted) in [(0, [0, 1, 0, 1]), (1, [0, 1, 0, 1])] {
        let list = sent("MAP-020", found(word), |r| written(r).is_some_and(|(at, _)| at == 24)).await;
        let values: Vec<u16> = list.iter().filter_map(|r| written(r)?.1.first().copied()).collect();
        assert!(values.starts_with(&wanted), "{word}: {values:?}");
    }
    let list = sent("MAP-020", right(), |r| written(r).is_some_and(|(at, _)| at == 25)).await;
    let values: Vec<u16> = list.iter().filter_map(|r| written(r)?.1.first().copied()).collect();
    // The smallest value; then what it held, since it holds that one.
    assert!(values.starts_with(&[10, 10, 100]), "{values:?}");
}

fn other(bit: &dpo_gateway::maps::model::BitField) -> dpo_gateway::maps::model::BitField {
    let mut own = bit.clone();
    (own.id, own.bit) = ("other".into(), 1);
    own
}

/// Does not answer for so long behind a restart.
fn away(ms: u64, seen: Seen) -> Fake {
    let at = right().at("restart");
    let mut since: Option<Instant> = None;
    right().then(move |request, own| {
        if written(request).is_some_and(|(own, _)| own == at) {
            since = Some(Instant::now());
        }
        if since.is_some_and(|since| since.elapsed() < Duration::from_millis(ms)) {
            seen.clone()
        } else {
            own
        }
    })
}

#[tokio::test(start_paused = true)]
async fn a_restart_resets_settings_and_keeps_what_is_stored() {
    let with_reset = |fake: Fake| fake;
    let restart = |seen| right().writes("restart", seen);
    for id in ["MAP-018", "MAP-019"] {
        let rows = [
            ("is right", with_reset(right()), Pass),
            ("is away for 1.8 s", with_reset(away(1800, Seen::Nothing)), Pass),
            ("is away for 2.5 s", with_reset(away(2500, Seen::Nothing)), Fail),
            ("closes the connection", with_reset(away(200, Seen::Closed)), Pass),
            ("refuses to restart", with_reset(restart(pdu(&[0xA6, 3]))), Fail),
            ("refuses to restart by an exception", with_reset(restart(pdu(&[0x86, 3]))), Fail),
            (
                "has no such register",
                with_reset(right()).declares(|d| d.bench.restart.as_mut().unwrap().register = "x".into()),
                Error,
            ),
            ("has no restart", with_reset(right()).declares(|d| d.bench.restart = None), Inconclusive),
        ];
        table(id, rows).await;
    }
    let held = |at: u16, nth: usize, value: u16| {
        with_reset(right().shows_at(at, move |n| (n == nth).then_some(value)))
    };
    table(
        "MAP-018",
        [
            ("keeps LEVEL", held(26, 2, 500), Fail),
            ("keeps writes to itself", with_reset(right().writes("level", pdu(&[0x86, 4]))), Inconclusive),
            ("refuses to differ", with_reset(right().writes("level", pdu(&[0x86, 3]))), Fail),
            (
                "has no settings with a reset value",
                right().map(|map| map.registers.iter_mut().for_each(|r| r.reset = None)),
                Inconclusive,
            ),
        ],
    )
    .await;
    table("MAP-019", [("forgets LABEL", held(27, 2, 1234), Fail)]).await;
    // Another value than it holds, and than the reset value.
    let reset = |held: u16, reset: i64| {
        right()
            .register("level", move |r| r.reset = Some(reset))
            .shows_at(26, move |n| (n < 2).then_some(held))
    };
    for (now, start, wanted) in [(0, 0, 500), (500, 0, 250), (0, 500, 250), (7, 9, 0)] {
        let list = shared(Vec::new());
        reset(now, start).keeps(&list, |r| written(r).is_some_and(|(at, _)| at == 26)).plays("MAP-018").await;
        let first = list.lock().unwrap().first().and_then(|r| written(r));
        assert_eq!(first, Some((26, vec![wanted])), "{now} {start}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_device_that_becomes_another_one_is_noticed() {
    for id in ["MAP-011", "MAP-013", "MAP-014", "MAP-017", "MAP-020", "MB-PDU-067"] {
        // Its probe register is read when the case has done its work.
        let other = right().reads("model", pdu(&[&[3, 16][..], &[0; 16]].concat()));
        table(id, [("is another one", other, Fail)]).await;
    }
}
