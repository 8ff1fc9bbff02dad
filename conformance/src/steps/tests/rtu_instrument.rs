//! Cases of an instrument on a serial line.

use super::device::{Fake, UNIT, table};
use super::rtu::{model, right};
use super::supply::shared;
use crate::instrument::Measured;
use crate::outcome::Outcome::{self, Fail, Inconclusive, NonStrict, Pass};
use crate::transport::rtu::good_frame;

/// A device on a line at 19200 baud whose instrument sees this.
fn seen(bytes: Option<Vec<u8>>, gap_us: Option<u32>, wait_us: Option<u32>, release_us: Option<u32>) -> Fake {
    right().measures(move |_| Measured {
        bytes: bytes.clone(),
        gap_us,
        wait_us,
        release_us,
        ..Measured::default()
    })
}

#[tokio::test(start_paused = true)]
async fn an_instrument_sees_gaps_and_silences() {
    let answer = model();
    let other = good_frame(UNIT, &[3, 2, 0, 0]);
    // First what is measured of the step, then of the next read.
    let two = |first: Option<Vec<u8>>, then: Vec<u8>| {
        let mut nth = 0;
        right().measures(move |_| {
            nth += 1;
            Measured {
                bytes: if nth == 1 { first.clone() } else { Some(then.clone()) },
                ..Measured::default()
            }
        })
    };
    let rows = |id: &str| -> Vec<(&'static str, Fake, Outcome)> {
        let torn = id == "MB-RTU-013";
        vec![
            ("does not answer", two(Some(Vec::new()), model()), Pass),
            ("answers", two(Some(model()), model()), if torn { NonStrict } else { Pass }),
            ("answers the first", two(Some(good_frame(UNIT, &[3, 2, 0, 0])), model()), Fail),
            ("does not answer the next one", two(Some(Vec::new()), Vec::new()), Fail),
            ("answers the next one wrong", two(Some(Vec::new()), good_frame(UNIT, &[3, 2, 0, 0])), Fail),
            ("is not heard", two(None, model()), Inconclusive),
        ]
    };
    table("MB-RTU-013", rows("MB-RTU-013")).await;
    table("MB-RTU-015", rows("MB-RTU-015")).await;
    let one = |bytes: Option<Vec<u8>>| seen(bytes, None, None, None);
    table(
        "MB-RTU-014",
        [
            ("answers", one(Some(answer.clone())), Pass),
            ("does not", one(Some(Vec::new())), Fail),
            ("is not heard", one(None), Inconclusive),
        ],
    )
    .await;
    let both = |first: &[u8], second: &[u8]| one(Some([first, second].concat()));
    let broken = {
        let mut own = answer.clone();
        own[5] ^= 1;
        own
    };
    table(
        "MB-RTU-016",
        [
            ("answers both", both(&answer, &answer), Pass),
            ("answers the first", both(&answer, &[]), Fail),
            ("answers the second wrong", both(&answer, &broken), Fail),
            ("answers the first wrong", both(&broken, &answer), Fail),
            ("answers something short twice", both(&other, &other), Fail),
        ],
    )
    .await;
    // t1.5 is 859 us and t3.5 2005 us; an instrument may be off by 2 %.
    let whole = || Some(good_frame(UNIT, &[3, 2, 0, 0]));
    table(
        "MB-RTU-017",
        [
            ("has a gap of t1.5", seen(whole(), Some(876), None, None), Pass),
            ("has a longer gap", seen(whole(), Some(877), None, None), Fail),
            ("is not measured", seen(whole(), None, None, None), Inconclusive),
            ("sends noise", seen(Some(vec![1, 2, 3]), Some(0), None, None), Fail),
            ("is not heard", seen(None, Some(0), None, None), Pass),
        ],
    )
    .await;
    table(
        "MB-RTU-018",
        [
            ("waits for t3.5", seen(whole(), None, Some(1965), None), Pass),
            ("waits shorter", seen(whole(), None, Some(1964), None), Fail),
            ("is not measured", seen(whole(), None, None, None), Inconclusive),
        ],
    )
    .await;
    table(
        "MB-RTU-040",
        [
            ("lets go within t3.5", seen(whole(), None, None, Some(2045)), Pass),
            ("lets go later", seen(whole(), None, None, Some(2046)), Fail),
            ("is not measured", seen(whole(), None, None, None), Inconclusive),
        ],
    )
    .await;
    // What is sent: pieces, gaps, and whether a gap begins behind an answer.
    let probe = good_frame(UNIT, &[3, 0, 0, 0, 8]);
    let (front, back) = probe.split_at(4);
    let short = good_frame(UNIT, &[3, 0, 0, 0, 1]);
    let span = good_frame(UNIT, &[3, 1, 0, 0, 125]);
    for (id, wanted) in [
        ("MB-RTU-013", vec![(front.to_vec(), 1432, false), (back.to_vec(), 0, false)]),
        ("MB-RTU-014", vec![(front.to_vec(), 572, false), (back.to_vec(), 0, false)]),
        ("MB-RTU-015", vec![(short, 1432, false), (probe.clone(), 0, false)]),
        ("MB-RTU-016", vec![(probe.clone(), 2005, true), (probe.clone(), 0, false)]),
        ("MB-RTU-017", vec![(span, 0, false)]),
        ("MB-RTU-018", vec![(probe.clone(), 0, false)]),
    ] {
        let list = shared(Vec::new());
        let kept = list.clone();
        let fake = right().measures(move |pieces| {
            kept.lock()
                .unwrap()
                .push(pieces.iter().map(|p| (p.bytes.clone(), p.gap_us, p.after_answer)).collect::<Vec<_>>());
            Measured::default()
        });
        fake.plays(id).await;
        assert_eq!(list.lock().unwrap().first(), Some(&wanted), "{id}");
    }
}
