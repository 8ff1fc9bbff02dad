//! Cases of the map of the gateway's block: versions, capabilities, readers of the base map.

use dpo_gateway::maps::model::{Modality, Register};

use super::device::{Fake, asked, table};
use super::map::{optional, refused, right};
use super::supply::shared;
use crate::outcome::Outcome::{Fail, Inconclusive, Pass};
use crate::transport::Seen;

/// The block of the gateway with these capabilities.
fn block(words: &[(&str, u64)]) -> Fake {
    let own = [("map_version_major", 0), ("map_version_minor", 9)];
    Fake::holding("dpo-pmi", &[&own[..], words].concat())
}

#[tokio::test]
async fn versions_fit_the_file() {
    let version = |major: u16, minor: u16| {
        block(&[])
            .map(|map| map.version = "1.2.0".into())
            .shows("map_version_major", major)
            .shows("map_version_minor", minor)
    };
    for (major, minor, outcome) in
        [(1, 2, Pass), (1, 3, Pass), (1, 1, Fail), (0, 2, Fail), (2, 2, Fail), (2, 0, Fail)]
    {
        table("MAP-023", [("has a version", version(major, minor), outcome)]).await;
    }
    let unknown = block(&[]).register("map_version_minor", |r| r.id = "other".into());
    table("MAP-023", [("has no version", unknown, Inconclusive)]).await;
}

/// A device with two capabilities: `a` has LEVEL and LABEL, `b` has WIDE.
fn able(claimed: u16) -> Fake {
    let on = |bit: &'static str| {
        move |r: &mut Register| {
            r.condition = Some(format!("capabilities.{bit}"));
            r.modality = Modality::Conditional;
        }
    };
    right()
        .register("options", |r| r.id = "capabilities".into())
        .register("level", on("a"))
        .register("label", on("a"))
        .register("wide", on("b"))
        .shows("capabilities", claimed)
        .shows("level", 0)
        .shows("label", 0)
}

#[tokio::test]
async fn capabilities_come_with_their_registers() {
    let gone = |fake: Fake, id: &str| fake.reads(id, refused());
    let absent =
        |fake: Fake, id: &str| fake.register(id, |r| r.not_available = Some(0xFFFF)).shows(id, 0xFFFF);
    table(
        "MAP-024",
        [
            ("claims all and has it", able(0b11), Pass),
            ("claims all and has no WIDE", gone(able(0b11), "wide"), Fail),
            ("claims a and has no WIDE", gone(able(0b01), "wide"), Pass),
            ("claims b and has no LEVEL", gone(able(0b10), "level"), Pass),
            ("claims a and has no LEVEL", gone(able(0b01), "level"), Fail),
            ("claims nothing and has zeros", able(0), Pass),
            ("claims nothing and shows LEVEL", able(0).shows("level", 5), Fail),
            ("claims a and shows LEVEL", able(1).shows("level", 5), Pass),
            ("claims nothing and has no value of LEVEL", absent(able(0), "level"), Pass),
            ("claims nothing and shows the second word of WIDE", able(0).shows_at(33, |_| Some(1)), Fail),
        ],
    )
    .await;
    table(
        "MAP-025",
        [
            ("claims all", able(0b11), Pass),
            ("has nothing of a", gone(gone(able(0b10), "level"), "label"), Pass),
            ("has half of a", gone(able(0b10), "level"), Fail),
            ("claims a and has half of it", gone(able(0b11), "level"), Pass),
            ("has zeros in a", able(0b10), Pass),
            ("shows something in a", able(0b10).shows("label", 5), Fail),
            ("has no value in a", absent(able(0b10), "label"), Pass),
            ("has no a, and zeros in b", gone(gone(able(0), "level"), "label"), Pass),
        ],
    )
    .await;
    let unread = |fake: Fake| fake.register("capabilities", optional).reads("capabilities", refused());
    for id in ["MAP-024", "MAP-025"] {
        table(
            id,
            [("does not say", unread(able(0)), Fail), ("knows no capabilities", right(), Inconclusive)],
        )
        .await;
    }
}

#[tokio::test]
async fn readers_of_the_base_map_are_served() {
    let rounds =
        |at: u16, nth_wrong: usize| right().shows_at(at, move |nth| (nth == nth_wrong).then_some(0x5858));
    table(
        "MAP-026",
        [
            ("is right", right(), Pass),
            ("has another serial number in the third round", rounds(12, 2), Fail),
            ("has another level in the third round", rounds(26, 2), Pass),
            ("does not have LABEL", right().reads("label", refused()), Fail),
            (
                "does not have LABEL, which is optional",
                right().register("label", optional).reads("label", refused()),
                Pass,
            ),
            ("is asked for nothing that only takes writes", right().reads("restart", refused()), Pass),
        ],
    )
    .await;
    let list = shared(Vec::new());
    let mut beside = right().keeps(&list, |request| asked(request) == Some((0, 8)));
    let other = right().context().device;
    beside.others = vec![other.clone(), other];
    table("MAP-026", [("has two neighbours", beside, Pass)]).await;
    // Three rounds of one device and two others, and once at the end.
    assert_eq!(list.lock().unwrap().len(), 10);
    let nth = |soak: u32, wrong: usize| {
        let mut count = 0;
        right().effort(|e| e.soak = soak).when(move |request| {
            asked(request)?;
            count += 1;
            (count == wrong).then_some(Seen::Nothing)
        })
    };
    // 20 registers are read in a round, and rounds are whole.
    table(
        "MAP-027",
        [
            ("is right", nth(41, 0), Pass),
            ("fails once", nth(41, 40), Fail),
            ("fails in the third round", nth(41, 60), Fail),
            ("fails behind it", nth(41, 62), Pass),
            ("fails behind the second round", nth(40, 42), Pass),
        ],
    )
    .await;
}
