//! Cases that write to a Modbus device: `writes.rs`, `values.rs`, `functions.rs`, `settings.rs`.

use dpo_gateway::maps::model::{Modality, Register};

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

/// Answers requests of a function in its own way.
fn function(code: u8, seen: Seen) -> Fake {
    right().when(move |request| (request.first() == Some(&code)).then(|| seen.clone()))
}

/// Has something else in a register of one word from the second read on.
fn changed(id: &str) -> Fake {
    let at = right().at(id);
    right().shows_at(at, |nth| (nth > 0).then_some(0x0777))
}

/// The requests of a case that fit.
pub(super) async fn sent(id: &'static str, fake: Fake, fits: fn(&[u8]) -> bool) -> Vec<Vec<u8>> {
    let list = shared(Vec::new());
    table(id, [("is right", fake.keeps(&list, fits), Pass)]).await;
    let list = list.lock().unwrap();
    list.clone()
}

#[tokio::test]
async fn writes_that_must_be_refused_are_and_change_nothing() {
    // A read-only word, with function 06.
    let read_only = |seen| function(6, seen);
    table(
        "MB-PDU-018",
        [
            ("is right", right(), Pass),
            ("says wrong data", read_only(pdu(&[0x86, 3])), NonStrict),
            ("says that it failed", read_only(pdu(&[0x86, 4])), NonStrict),
            ("does not know function 06", read_only(pdu(&[0x86, 1])), Fail),
            ("is busy", read_only(pdu(&[0x86, 6])), Fail),
            ("acknowledges it", read_only(pdu(&[6, 0, 0, 0x53, 0x51])), Fail),
            ("is silent", read_only(Seen::Nothing), Fail),
            ("refuses it and has changed", changed("model"), Fail),
        ],
    )
    .await;
    // A write that is cut off; silence is good there.
    let cut = |seen| function(0x10, seen);
    table(
        "MB-PDU-065",
        [
            ("is right", right(), Pass),
            ("is silent", cut(Seen::Nothing), Pass),
            ("says that it is not there", cut(pdu(&[0x90, 2])), NonStrict),
            ("says that it failed", cut(pdu(&[0x90, 4])), NonStrict),
            ("does not know function 16", cut(pdu(&[0x90, 1])), Fail),
            ("sends noise", cut(Seen::Broken("CRC".into())), Fail),
            ("acknowledges it", cut(pdu(&[0x10, 0, 24, 0, 1])), Fail),
            ("has changed", changed("control"), Fail),
        ],
    )
    .await;
    assert_eq!(sent("MB-PDU-018", right(), |r| r[0] == 6).await, [[6, 0, 0, 0x53, 0x51]]);
    assert_eq!(sent("MB-PDU-065", right(), |r| r[0] == 0x10).await, [[0x10, 0, 24, 0, 1, 2, 0]]);
    let mixed = sent("MB-PDU-028", right(), |r| r[0] == 0x10).await;
    assert_eq!(mixed, [[0x10, 0, 52, 0, 2, 4, 0, 1, 0, 1]]);
    let half = sent("MB-PDU-030", right(), |r| r[0] == 6).await;
    assert_eq!(half, [[6, 0, 32, 0, 1]]);
    for id in ["MB-PDU-028", "MB-PDU-030"] {
        let owner = if id == "MB-PDU-028" { 53 } else { 33 };
        let also = right().shows_at(owner, |nth| (nth > 0).then_some(7));
        table(id, [("changes the second word", also, Fail)]).await;
    }
    let none = right().map(|map| map.registers.retain(|r| r.words == 1));
    table("MB-PDU-030", [("has no register of two words", none, Inconclusive)]).await;
}

#[tokio::test]
async fn writes_that_must_be_taken_are() {
    let six = |seen| function(6, seen);
    table(
        "MB-PDU-016",
        [
            ("is right", right(), Pass),
            ("is in a state that forbids it", six(pdu(&[0x86, 4])), Inconclusive),
            ("refuses it", six(pdu(&[0x86, 2])), Fail),
            ("says another value", six(pdu(&[6, 0, 24, 0, 1])), Fail),
            ("has changed", changed("control"), Fail),
        ],
    )
    .await;
    let sixteen = |seen| function(0x10, seen);
    table(
        "MB-PDU-020",
        [
            ("is right", right(), Pass),
            ("is in a state that forbids it", sixteen(pdu(&[0x90, 4])), Inconclusive),
            ("refuses it", sixteen(pdu(&[0x90, 2])), Fail),
            ("says another quantity", sixteen(pdu(&[0x10, 0, 24, 0, 2])), Fail),
            ("repeats all of it", sixteen(pdu(&[0x10, 0, 24, 0, 1, 2, 0, 0])), Fail),
            ("has changed", changed("control"), Fail),
        ],
    )
    .await;
    assert_eq!(sent("MB-PDU-016", right(), |r| r[0] == 6).await, [[6, 0, 24, 0, 0]]);
    assert_eq!(sent("MB-PDU-020", right(), |r| r[0] == 0x10).await, [[0x10, 0, 24, 0, 1, 2, 0, 0]]);
    let many = sent("MB-PDU-023", right(), |r| r[0] == 0x10).await;
    assert!(
        many.len() == 1 && many[0].len() == 252 && many[0].starts_with(&[0x10, 0, 24, 0, 124, 248]),
        "{many:?}"
    );
}

#[tokio::test]
async fn values_outside_limits_and_long_spans() {
    let guarded = |seen| right().writes("level", seen);
    table(
        "MB-PDU-019",
        [
            ("is right", right(), Pass),
            ("says that it is not there", guarded(pdu(&[0x86, 2])), NonStrict),
            ("says that it failed", guarded(pdu(&[0x86, 4])), NonStrict),
            ("does not know function 06", guarded(pdu(&[0x86, 1])), Fail),
            ("acknowledges it", guarded(pdu(&[6, 0, 26, 1, 0xF5])), Fail),
            ("is silent", guarded(Seen::Nothing), Fail),
            ("refuses it and has changed", right().shows_at(26, |nth| (nth > 1).then_some(7)), Fail),
        ],
    )
    .await;
    assert_eq!(sent("MB-PDU-019", right(), |r| r[0] == 6).await, [[6, 0, 26, 0x01, 0xF5]]);

    let scratch = |seen| right().writes("scratch", seen);
    let last = right().shows_at(378, |nth| (nth == 2).then_some(0));
    table(
        "MB-PDU-021",
        [
            ("is right", right(), Pass),
            ("is in a state that forbids it", scratch(pdu(&[0x90, 4])), Inconclusive),
            ("refuses it", scratch(pdu(&[0x90, 3])), Fail),
            ("says another quantity", scratch(pdu(&[0x10, 1, 0, 0, 100])), Fail),
            ("does not take it", right().ignores("scratch"), Fail),
            ("loses the last word", last, Fail),
        ],
    )
    .await;
    // Where a number has limits nothing else is written than it holds.
    let list = sent("MB-PDU-021", right(), |r| written(r).is_some()).await;
    assert!(
        written(&list[0]) == Some((256, vec![0xA5C3; 123])) && written(&list[1]) == Some((256, vec![0; 123]))
    );
    let numbers = right().map(|map| map.registers.retain(|r| r.id != "scratch"));
    assert_eq!(
        written(&sent("MB-PDU-021", numbers, |r| written(r).is_some()).await[0]),
        Some((32, vec![0, 0]))
    );
}

#[tokio::test]
async fn two_neighbours_of_which_the_last_is_outside() {
    // LEVEL before LABEL.
    let pair = right;
    let wrote = |seen| pair().writes("level", seen);
    let held = |level: u16| pair().shows_at(26, move |nth| (nth < 3).then_some(level));
    table(
        "MB-PDU-029",
        [
            ("is right", pair(), Pass),
            ("says that it is not there", wrote(pdu(&[0x90, 2])), Pass),
            ("says that it failed", wrote(pdu(&[0x90, 4])), Pass),
            ("does not know function 16", wrote(pdu(&[0x90, 1])), Fail),
            ("acknowledges it", wrote(pdu(&[0x10, 0, 26, 0, 2])), Fail),
            ("is silent", wrote(Seen::Nothing), Fail),
            ("changes the first one", pair().shows_at(26, |nth| (nth > 1).then_some(1)), Fail),
        ],
    )
    .await;
    // One more than it holds, one less at its limit; the last one just outside.
    for (level, good) in [(0, 1), (499, 500), (500, 499)] {
        let wrote = sent("MB-PDU-029", held(level), |r| r[0] == 0x10).await;
        assert_eq!(written(&wrote[0]), Some((26, vec![good, 10_000])), "{level}");
    }
    let free = held(0x7FFF).register("level", |r| r.limits = None);
    assert_eq!(
        written(&sent("MB-PDU-029", free, |r| r[0] == 0x10).await[0]),
        Some((26, vec![0x8000, 10_000]))
    );
}

#[tokio::test(start_paused = true)]
async fn random_requests_change_nothing() {
    // Read before and behind the requests.
    let then = |at: u16, before: u16, behind: u16| {
        right().shows_at(at, move |nth| Some(if nth == 0 { before } else { behind }))
    };
    let quiet = |fake: Fake| fake.effort(|e| e.random_requests = 0);
    table(
        "MB-PDU-067",
        [
            ("is right", right(), Pass),
            ("changes a setting", quiet(then(26, 0, 1)), Fail),
            ("changes a stored value", quiet(then(27, 7, 8)), Fail),
            ("changes a constant", quiet(then(53, 7, 8)), Fail),
            ("changes its temperature", quiet(then(20, 7, 8)), Pass),
            ("counts on", quiet(then(17, 7, 8)), Pass),
            ("counts back", quiet(then(17, 8, 7)), Fail),
            (
                "changes a setting of a group",
                quiet(then(26, 0, 1)).register("level", |r| r.group = Some("g".into())),
                Pass,
            ),
            (
                "has no LABEL, which is optional",
                right().register("label", optional).reads("label", pdu(&[0x83, 2])),
                Pass,
            ),
            (
                "answers nothing that it does not know",
                right().when(|r| (r.len() > 5).then_some(Seen::Nothing)),
                Pass,
            ),
        ],
    )
    .await;
    // A hundred requests, none of which writes or may do harm; those without an answer cost their silence.
    let list = shared(Vec::new());
    let silent = right().keeps(&list, |_| true).when(|r| (r.len() > 5).then_some(Seen::Nothing));
    let context = std::sync::Arc::new(silent.context());
    let (outcome, seen) =
        super::played::played::<crate::world::CaseWorld>(context.clone(), "MB-PDU-067").await;
    assert!(outcome == Pass && seen.contains("100 requests"), "{seen}");
    let list = std::mem::take(&mut *list.lock().unwrap());
    let random: Vec<u8> = list.iter().filter(|r| r.len() != 5 || asked(r).is_none()).map(|r| r[0]).collect();
    assert!(
        random.len() > 90
            && random
                .iter()
                .all(|code| [0, 1, 2, 3, 4, 7, 0x0B, 0x0C, 0x11, 0x14, 0x18, 0x7F].contains(&(code & 0x7F))),
        "{random:02X?}"
    );
    assert!(random.iter().any(|code| *code >= 0x80));
    assert!(list.iter().any(|r| r.len() > 200) && list.iter().all(|r| (1..=253).contains(&r.len())));
    let link = context.link.lock().await;
    let crate::transport::Link::Script(script) = &*link else { panic!() };
    // Once when the case begins, and behind each silence.
    let unanswered = list.iter().filter(|r| r.len() > 5).count();
    assert_eq!(script.resets, unanswered + 1);
}

#[tokio::test]
async fn functions_that_some_devices_have() {
    let both = |seen| function(0x17, seen);
    table(
        "MB-PDU-038",
        [
            ("is right", right(), Pass),
            ("reads first", both(pdu(&[0x17, 2, 0, 0])), Fail),
            ("is in a state that forbids it", both(pdu(&[0x97, 4])), Inconclusive),
            ("refuses it", both(pdu(&[0x97, 2])), Fail),
        ],
    )
    .await;
    let own = sent("MB-PDU-038", right(), |r| r[0] == 0x17).await;
    assert_eq!(own, [[0x17, 0, 26, 0, 1, 0, 26, 0, 1, 2, 0, 51]]);
    let many = sent("MB-PDU-040", right(), |r| r[0] == 0x17 && r.len() > 20).await;
    assert!(
        many.len() == 1
            && many[0].len() == 252
            && many[0].starts_with(&[0x17, 0, 20, 0, 1, 0, 0, 0, 122, 244]),
        "{many:?}"
    );
    let masked = |seen| function(0x16, seen);
    table(
        "MB-PDU-043",
        [
            ("is right", right(), Pass),
            ("does not take the value", right().writes("level", pdu(&[0x86, 3])), Fail),
            ("is in a state that forbids it", right().writes("level", pdu(&[0x86, 4])), Inconclusive),
            ("does not mask", masked(pdu(&[0x16, 0, 26, 0x00, 0xF2, 0x00, 0x25])), Fail),
            (
                "masks and says something else",
                right().then(|r, seen| if r[0] == 0x16 { pdu(&[0x16, 0, 26]) } else { seen }),
                Fail,
            ),
        ],
    )
    .await;
    let coil = |bits: &'static [u8]| {
        let mut nth = 0;
        right().when(move |request| {
            (request.first() == Some(&1)).then(|| {
                nth += 1;
                pdu(&[1, 1, bits[nth - 1]])
            })
        })
    };
    table(
        "MB-PDU-047",
        [
            ("is right", right(), Pass),
            ("has other bits, too", coil(&[0xFE, 0xFF, 0xFE, 0xFE]), Pass),
            ("stays off", coil(&[0, 0, 0, 0]), Fail),
            ("stays on", coil(&[0, 1, 1, 0]), Fail),
            ("says something else", function(5, pdu(&[5, 0, 16, 0, 1])), Fail),
            ("sends two bytes", function(1, pdu(&[1, 2, 0, 0])), Fail),
            ("has no coil", right().declares(|declared| declared.bench.coil = None), Inconclusive),
        ],
    )
    .await;
    table(
        "MB-PDU-048",
        [
            ("is right", right(), Pass),
            ("takes it", function(5, pdu(&[5, 0, 16, 0x12, 0x34])), Fail),
            ("has no coil", right().declares(|declared| declared.bench.coil = None), Inconclusive),
        ],
    )
    .await;
}
