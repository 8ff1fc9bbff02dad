//! Cases on the block of the gateway: lease, limit, commit.

use std::time::Duration;

use tokio::time::Instant;

use super::device::{Fake, asked, pdu, table, written};
use super::supply::shared;
use crate::outcome::Outcome::{Fail, Inconclusive, Pass};
use crate::transport::Seen;

const RATED: u32 = 18_000;
const NONE: u32 = u32::MAX;
const LEASE: u16 = 16448;
const HOLDER: u16 = 16451;
const LIMIT: u16 = 16464;
const APPLIED: u16 = 16466;
const RESULT: u16 = 16478;
const SHADOW: u16 = 16768;
const COMMIT: u16 = 16816;
const SEQUENCE: u16 = 16817;

/// How a block differs from one that is right.
#[derive(Clone, Copy)]
struct Ways {
    /// From a write until the limit is in force, in milliseconds.
    lag_ms: u64,
    /// From the end of the lease until it is not.
    ends_ms: u64,
    /// Takes writes without the lease.
    open: bool,
    /// Ends its lease when it is told to.
    released: bool,
    /// Its sequence, and whether it takes any number.
    sequence: u16,
    any_number: bool,
}

const RIGHT: Ways =
    Ways { lag_ms: 100, ends_ms: 100, open: false, released: true, sequence: 41, any_number: false };

/// A block that holds the lease until it runs out, and a limit that comes into force a little later.
fn block(ways: Ways) -> Fake {
    let mut until: Option<Instant> = None;
    let (mut limit, mut from, mut shadow, mut sequence) = (NONE, None::<Instant>, NONE, ways.sequence);
    Fake::holding("dpo-pmi", &[("rated_power", RATED.into())]).when(move |request| {
        let now = Instant::now();
        let after = |at: Instant, ms: u64| now >= at + Duration::from_millis(ms);
        if until.is_some_and(|until| after(until, ways.ends_ms)) {
            (limit, from) = (NONE, None);
        }
        let held = until.is_some_and(|until| now < until);
        let applied = if from.is_some_and(|from| after(from, ways.lag_ms)) { limit } else { NONE };
        let echo = || Some(pdu(&request[..5]));
        let double = |value: u32| Some(pdu(&[&[3, 4][..], &value.to_be_bytes()].concat()));
        let single = |value: u16| Some(pdu(&[&[3, 2][..], &value.to_be_bytes()].concat()));
        if let Some((at, _)) = asked(request) {
            return match at {
                HOLDER => single(u16::from(held)),
                LIMIT => double(limit),
                APPLIED => double(applied),
                RESULT => single(if applied == NONE { 1 } else { 2 }),
                SEQUENCE => single(sequence),
                _ => None,
            };
        }
        let (at, words) = written(request)?;
        let value = words.iter().fold(0_u32, |value, word| value << 16 | u32::from(*word));
        match at {
            LEASE => {
                let seconds = u64::from(words[2]);
                if seconds > 0 {
                    until = Some(now + Duration::from_secs(seconds));
                } else if ways.released {
                    until = Some(now);
                }
            }
            _ if !held && !ways.open => return Some(pdu(&[request[0] | 0x80, 4])),
            LIMIT => (limit, from) = (value, Some(now)),
            SHADOW => shadow = value,
            COMMIT if ways.any_number || value == u32::from(sequence.checked_add(1).unwrap_or(1)) => {
                (limit, from, sequence) = (shadow, Some(now), value as u16);
            }
            COMMIT => return Some(pdu(&[request[0] | 0x80, 4])),
            _ => return None,
        }
        echo()
    })
}

fn right() -> Fake {
    block(RIGHT)
}

/// Answers writes of a register before the block does.
fn says(
    at: u16,
    mut answer: impl FnMut(usize) -> Option<Seen> + Send + 'static,
) -> impl FnMut(&[u8]) -> Option<Seen> + Send + 'static {
    let mut nth = 0;
    move |request| {
        (written(request)?.0 == at).then(|| nth += 1)?;
        answer(nth)
    }
}

/// The block behind such an answer: the first twist wins.
fn behind(first: impl FnMut(&[u8]) -> Option<Seen> + Send + 'static, ways: Ways) -> Fake {
    Fake::holding("dpo-pmi", &[("rated_power", RATED.into())]).when(first).beside(block(ways))
}

fn taken(request_code: u8, at: u16) -> Seen {
    let [a, b] = at.to_be_bytes();
    pdu(&[request_code, a, b, 0, 2])
}

#[tokio::test(start_paused = true)]
async fn a_limit_reads_back_and_comes_into_force() {
    let slow = |lag_ms| block(Ways { lag_ms, ..RIGHT });
    let limit = |seen: Seen| behind(says(LIMIT, move |_| Some(seen.clone())), RIGHT);
    let holder =
        |held: u16| behind(move |r| (asked(r)?.0 == HOLDER).then(|| pdu(&[3, 2, 0, held as u8])), RIGHT);
    table(
        "MAP-029",
        [
            ("is right", right(), Pass),
            ("applies it in 450 ms", slow(450), Pass),
            ("applies it in 600 ms", slow(600), Fail),
            ("refuses it", limit(pdu(&[0x90, 3])), Fail),
            ("forgets it", limit(taken(0x10, LIMIT)), Fail),
            ("has somebody else's lease", holder(2), Inconclusive),
            ("does not give the lease", behind(says(LEASE, |_| Some(pdu(&[0x90, 4]))), RIGHT), Fail),
            ("keeps the limit", block(Ways { released: false, ..RIGHT }), Fail),
            ("lets go of it in 4 s", block(Ways { ends_ms: 4000, ..RIGHT }), Pass),
            ("lets go of it in 6 s", block(Ways { ends_ms: 6000, ..RIGHT }), Fail),
            (
                "refuses to end the lease",
                behind(says(LEASE, |nth| (nth == 2).then(|| pdu(&[0x90, 3]))), Ways { ends_ms: 0, ..RIGHT }),
                Fail,
            ),
        ],
    )
    .await;
    // The token of the suite, the largest limit, and the end of the lease.
    let list = shared(Vec::new());
    let seen = right().first(list.clone());
    table("MAP-029", [("is right", seen, Pass)]).await;
    let wrote: Vec<(u16, Vec<u16>)> =
        list.lock().unwrap().iter().filter_map(|r: &Vec<u8>| written(r)).collect();
    assert_eq!(wrote, [(LEASE, vec![0, 0x0D91, 30]), (LIMIT, vec![0, 18_000]), (LEASE, vec![0, 0x0D91, 0])]);
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_runs_out_takes_its_limit_along() {
    table(
        "MAP-028",
        [
            ("is right", right(), Pass),
            ("lets go within 5 s", block(Ways { ends_ms: 2900, ..RIGHT }), Pass),
            ("lets go later", block(Ways { ends_ms: 4500, ..RIGHT }), Fail),
            ("does not apply the limit within a second", block(Ways { lag_ms: 1100, ..RIGHT }), Fail),
            ("applies the limit within a second", block(Ways { lag_ms: 900, ..RIGHT }), Pass),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_taken_without_the_lease() {
    let limit = |seen: Seen| behind(says(LIMIT, move |_| Some(seen.clone())), RIGHT);
    table(
        "MB-PDU-060",
        [
            ("is right", right(), Pass),
            ("is busy", limit(pdu(&[0x90, 6])), Pass),
            ("says wrong data", limit(pdu(&[0x90, 3])), Fail),
            ("acknowledges it", limit(taken(0x10, LIMIT)), Fail),
            ("takes it at once", block(Ways { open: true, lag_ms: 0, ..RIGHT }), Fail),
            ("refuses it and takes it", limit(pdu(&[0x90, 4])).shows_word(APPLIED, 0), Fail),
        ],
    )
    .await;
    table(
        "MB-PDU-061",
        [
            ("is right", right(), Pass),
            ("applies it in 4 s", block(Ways { lag_ms: 4000, ..RIGHT }), Pass),
            ("applies it in 6 s", block(Ways { lag_ms: 6000, ..RIGHT }), Fail),
            ("acknowledges it and forgets it", limit(pdu(&[0x90, 5])), Fail),
        ],
    )
    .await;
    let eight = |nth_seen: fn(usize) -> Option<Seen>| behind(says(LIMIT, nth_seen), RIGHT);
    table(
        "MB-PDU-062",
        [
            ("is right", right(), Pass),
            ("is busy from the third on", eight(|nth| (3..=8).contains(&nth).then(|| pdu(&[0x90, 6]))), Pass),
            ("acknowledges each", eight(|nth| (nth <= 8).then(|| pdu(&[0x90, 5]))), Pass),
            ("refuses one", eight(|nth| (nth == 5).then(|| pdu(&[0x90, 4]))), Fail),
            ("stays busy", eight(|_| Some(pdu(&[0x90, 6]))), Fail),
            ("refuses the one behind a pause", eight(|nth| (nth == 9).then(|| pdu(&[0x90, 3]))), Fail),
            ("acknowledges the one behind a pause", eight(|nth| (nth == 9).then(|| pdu(&[0x90, 5]))), Pass),
        ],
    )
    .await;
    let list = shared(Vec::new());
    table("MB-PDU-062", [("is right", right().first(list.clone()), Pass)]).await;
    let limits: Vec<u16> = list
        .lock()
        .unwrap()
        .iter()
        .filter_map(|r: &Vec<u8>| written(r))
        .filter(|(at, _)| *at == LIMIT)
        .map(|(_, w)| w[1])
        .collect();
    assert_eq!(limits, [18_000, 17_999, 17_998, 17_997, 17_996, 17_995, 17_994, 17_993, 18_000]);
}

#[tokio::test(start_paused = true)]
async fn a_group_comes_into_force_by_the_right_number() {
    let at = |sequence| block(Ways { sequence, ..RIGHT });
    let commit = |nth_seen: fn(usize) -> Option<Seen>| behind(says(COMMIT, nth_seen), RIGHT);
    table(
        "MAP-030",
        [
            ("is right", right(), Pass),
            ("begins", at(0), Pass),
            ("is at the last number", at(u16::MAX), Pass),
            ("takes any number", block(Ways { any_number: true, lag_ms: 0, ..RIGHT }), Fail),
            ("says wrong data", commit(|nth| (nth == 1).then(|| pdu(&[0x86, 3]))), Pass),
            ("says that it is not there", commit(|nth| (nth == 1).then(|| pdu(&[0x86, 2]))), Fail),
            (
                "acknowledges a wrong number",
                commit(|nth| (nth == 1).then(|| pdu(&[6, 0x41, 0xB0, 0, 48]))),
                Fail,
            ),
            ("refuses the right number", commit(|nth| (nth == 2).then(|| pdu(&[0x86, 4]))), Fail),
            (
                "forgets the right number",
                commit(|nth| (nth == 2).then(|| pdu(&[6, 0x41, 0xB0, 0, 42]))),
                Fail,
            ),
            ("does not take the shadow", behind(says(SHADOW, |_| Some(pdu(&[0x90, 5]))), RIGHT), Fail),
            ("applies it in 4 s", block(Ways { lag_ms: 4000, ..RIGHT }), Pass),
            ("applies it in 6 s", block(Ways { lag_ms: 6000, ..RIGHT }), Fail),
        ],
    )
    .await;
}

/// The largest limit is no more than the map allows, and than the shelf gives.
#[tokio::test(start_paused = true)]
async fn the_largest_limit_is_that_of_shelf_and_map() {
    for (rated, wanted) in [(2_000_000_u32, [0x000F, 0x4240]), (9_000, [0, 9_000])] {
        let list = shared(Vec::new());
        let shown = move |r: &[u8]| {
            (asked(r)?.0 == 16438).then(|| pdu(&[&[3, 4][..], &rated.to_be_bytes()].concat()))
        };
        behind(shown, RIGHT).first(list.clone()).plays("MAP-029").await;
        let limit =
            list.lock().unwrap().iter().filter_map(|r: &Vec<u8>| written(r)).find(|(at, _)| *at == LIMIT);
        assert_eq!(limit, Some((LIMIT, wanted.to_vec())));
    }
}

/// The block with these capabilities and this input power, and an answer of its own before all else.
fn claiming(
    capabilities: u64,
    input_w: u32,
    first: impl FnMut(&[u8]) -> Option<Seen> + Send + 'static,
    ways: Ways,
) -> Fake {
    let words =
        [("rated_power", RATED.into()), ("capabilities", capabilities), ("input_power", input_w.into())];
    Fake::holding("dpo-pmi", &words).when(first).beside(block(ways))
}

#[tokio::test(start_paused = true)]
async fn the_largest_limit_is_not_written_where_it_would_limit() {
    let drawing = |capabilities, input_w| claiming(capabilities, input_w, |_| None, RIGHT);
    table(
        "MAP-029",
        [
            ("draws 90 %", drawing(8, 16_200), Pass),
            ("draws more", drawing(8, 16_201), Inconclusive),
            ("does not measure it now", drawing(8, NONE), Pass),
            ("claims no measurements", drawing(0, 17_900), Pass),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_needs_no_lease_is_taken_back() {
    // Acknowledges leases, and knows none.
    let list = shared(Vec::new());
    let open = Ways { open: true, ..RIGHT };
    let (_, seen) = claiming(2, 0, says(LEASE, |_| Some(taken(0x10, LEASE))), open)
        .first(list.clone())
        .plays("MB-PDU-060")
        .await;
    let written: Vec<Vec<u16>> = list
        .lock()
        .unwrap()
        .iter()
        .filter_map(|r: &Vec<u8>| written(r))
        .filter(|(at, _)| *at == LIMIT)
        .map(|(_, words)| words)
        .collect();
    assert_eq!(written, [vec![0, 18_000], vec![u16::MAX, u16::MAX]], "{seen}");
    // One that does not let go of it is named.
    let mut writes = 0;
    let sticks = move |request: &[u8]| {
        writes += usize::from(written_at(request, LIMIT));
        let refused = written_at(request, LIMIT) && writes > 1;
        refused.then(|| pdu(&[0x90, 4])).or_else(|| written_at(request, LEASE).then(|| taken(0x10, LEASE)))
    };
    let (_, seen) = claiming(2, 0, sticks, open).plays("MB-PDU-060").await;
    assert!(seen.contains("LEFT BEHIND: input_power_limit reads 18000"), "{seen}");
}

fn written_at(request: &[u8], at: u16) -> bool {
    written(request).is_some_and(|(own, _)| own == at)
}
