//! Serial line: what an instrument sends and measures.

use cucumber::{then, when};

use super::rtu::{line, probe_read};
use crate::instrument::{Act, Measured, Piece};
use crate::transport::rtu::{good_frame, judge};
use crate::transport::{Seen, hex};
use crate::world::{CaseEnded, CaseWorld, Judgement, Judging, data_words, read_pdu, step};

/// Bits of a character on the line, start, parity and stop bits included (SL 2.5.1).
const CHARACTER_BITS: u32 = 11;
/// Over this rate t1.5 and t3.5 are fixed (SL 2.5.1.1).
const FIXED_ABOVE: u32 = 19_200;
const T1_5_US: u32 = 750;
const T3_5_US: u32 = 1_750;
/// A part of the times that an instrument may be off.
const TOLERANCE: f64 = 0.02;

/// Times of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Times {
    character_us: u32,
    t1_5_us: u32,
    t3_5_us: u32,
}

impl Times {
    fn of(baud: u32) -> Self {
        let character_us = (CHARACTER_BITS * 1_000_000).div_ceil(baud.max(1));
        let fixed = baud > FIXED_ABOVE;
        Self {
            character_us,
            t1_5_us: if fixed { T1_5_US } else { character_us * 3 / 2 },
            t3_5_us: if fixed { T3_5_US } else { character_us * 7 / 2 },
        }
    }
}

async fn times(world: &CaseWorld) -> Result<Times, Judgement> {
    let context = world.context()?;
    let mut link = context.link.lock().await;
    Ok(Times::of(line(&mut link)?.opened().baud))
}

fn told<T>(value: Option<T>, what: &str) -> Result<T, Judgement> {
    value.ok_or_else(|| Judgement::Inconclusive(format!("the instrument does not tell {what}")))
}

/// A frame to the device under test.
fn frame(world: &CaseWorld, pdu: &[u8]) -> Result<Vec<u8>, Judgement> {
    Ok(good_frame(world.context()?.device.unit, pdu))
}

/// Sends pieces, each with the gap behind it and whether the gap begins behind an answer, and keeps what was measured.
async fn send(world: &mut CaseWorld, pieces: &[(&[u8], u32, bool)]) -> Result<(), Judgement> {
    let context = world.context()?;
    let instrument = context.instrument.clone();
    let instrument = instrument.ok_or_else(|| Judgement::Error("there is no instrument".into()))?;
    let pieces = pieces.iter().map(|(bytes, gap_us, after_answer)| Piece {
        bytes: bytes.to_vec(),
        gap_us: *gap_us,
        after_answer: *after_answer,
    });
    let listen_us = u32::try_from(context.timing.answer.as_micros()).unwrap_or(u32::MAX);
    let act = Act::Frames { pieces: pieces.collect(), listen_us };
    let measured = instrument.act(&act, &*world.log()).await?;
    world.measured = Some(measured);
    Ok(())
}

fn measured(world: &mut CaseWorld) -> Result<Measured, Judgement> {
    world.measured.take().ok_or_else(|| Judgement::Error("nothing was measured before this step".into()))
}

/// Whether bytes are one good answer with data.
fn is_answer(world: &CaseWorld, bytes: &[u8]) -> Result<bool, Judgement> {
    let context = world.context()?;
    let words = context.device.probe().map_or(0, |r| r.words);
    let seen = judge(context.device.unit, bytes);
    Ok(data_words(&seen, words).is_some())
}

#[when(regex = r"^the instrument sends a read with a gap of (2\.5 characters|one character) in its middle$")]
async fn torn(world: &mut CaseWorld, gap: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let times = times(w).await?;
        let whole = frame(w, &probe_read(w)?)?;
        // Between t1.5 and t3.5, which fixed times make other than 2.5 characters; or well below t1.5.
        let gap_us = if gap == "one character" {
            times.character_us.min(times.t1_5_us * 2 / 3)
        } else {
            (times.t1_5_us + times.t3_5_us) / 2
        };
        let (front, back) = whole.split_at(whole.len() / 2);
        send(w, &[(front, gap_us, false), (back, 0, false)]).await
    })
    .await
}

#[then("there is no answer to it")]
async fn no_answer(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let bytes = told(measured(w)?.bytes, "what came back")?;
        if bytes.is_empty() {
            return Ok(());
        }
        if is_answer(w, &bytes)? {
            w.non_strict("a frame with a gap above t1.5 was answered");
            return Ok(());
        }
        Err(Judgement::Fail(format!("a frame with a gap got {}", hex(&bytes))))
    })
    .await
}

#[then("the whole answer comes")]
async fn answered(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let bytes = told(measured(w)?.bytes, "what came back")?;
        if is_answer(w, &bytes)? {
            return Ok(());
        }
        Err(Judgement::Fail(format!("a frame with a gap below t1.5 got {:?}", hex(&bytes))))
    })
    .await
}

#[then("the next read is answered")]
async fn next_read(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let whole = frame(w, &probe_read(w)?)?;
        send(w, &[(&whole, 0, false)]).await?;
        let bytes = told(measured(w)?.bytes, "what came back")?;
        if is_answer(w, &bytes)? {
            return Ok(());
        }
        Err(Judgement::Fail(format!("the next read got {:?}", hex(&bytes))))
    })
    .await
}

#[when("the instrument sends two reads with a gap of two characters between them")]
async fn two(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let times = times(w).await?;
        // The first one asks for a register less, so that the answers can be told apart.
        let first = frame(w, &shorter(w)?)?;
        let second = frame(w, &probe_read(w)?)?;
        let gap_us = (times.t1_5_us + times.t3_5_us) / 2;
        send(w, &[(&first, gap_us, false), (&second, 0, false)]).await
    })
    .await
}

/// A read of the first word of the probe register.
fn shorter(world: &CaseWorld) -> Result<Vec<u8>, Judgement> {
    let context = world.context()?;
    let probe = context.device.probe().map(|r| read_pdu(r.address, 1));
    probe.ok_or_else(|| Judgement::Error("the map names no probe register".into()))
}

#[then("at most the second one is answered")]
async fn second_at_most(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let bytes = told(measured(w)?.bytes, "what came back")?;
        if bytes.is_empty() || is_answer(w, &bytes)? {
            return Ok(());
        }
        Err(Judgement::Fail(format!("two requests without silence between them got {}", hex(&bytes))))
    })
    .await
}

#[when("the instrument sends a read, and another one t3.5 after its answer")]
async fn quick(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let times = times(w).await?;
        let whole = frame(w, &probe_read(w)?)?;
        send(w, &[(&whole, times.t3_5_us, true), (&whole, 0, false)]).await
    })
    .await
}

#[then("both are answered")]
async fn both(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let bytes = told(measured(w)?.bytes, "what came back")?;
        let (first, second) = bytes.split_at(bytes.len() / 2);
        if is_answer(w, first)? && is_answer(w, second)? {
            return Ok(());
        }
        Err(Judgement::Fail(format!("two reads, t3.5 apart, got {:?}", hex(&bytes))))
    })
    .await
}

#[when(regex = r"^the instrument reads the (probe register|longest span) and measures the answer$")]
async fn measure(world: &mut CaseWorld, which: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let span =
            (1..=125).rev().find_map(|words| context.device.span(words).map(|span| (span.address, words)));
        let pdu = match span {
            Some((at, words)) if which == "longest span" => read_pdu(at, words),
            _ => probe_read(w)?,
        };
        let whole = frame(w, &pdu)?;
        send(w, &[(&whole, 0, false)]).await?;
        let bytes = w.measured.as_ref().and_then(|m| m.bytes.clone());
        if let Some(bytes) = bytes
            && !matches!(judge(context.device.unit, &bytes), Seen::Pdu(_))
        {
            return Err(Judgement::Fail(format!("a read got {:?}", hex(&bytes))));
        }
        Ok(())
    })
    .await
}

/// A limit with what an instrument may be off.
fn at_most(limit_us: u32) -> f64 {
    f64::from(limit_us) * (1.0 + TOLERANCE)
}

#[then("no gap inside the answer is longer than t1.5")]
async fn gaps(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (times, gap) = (times(w).await?, told(measured(w)?.gap_us, "the gaps")?);
        w.note(format!("{gap} us"));
        if f64::from(gap) <= at_most(times.t1_5_us) {
            return Ok(());
        }
        Err(Judgement::Fail(format!("a gap of {gap} us inside the answer; t1.5 is {} us", times.t1_5_us)))
    })
    .await
}

#[then("the answer begins t3.5 after the request or later")]
async fn waits(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (times, wait) = (times(w).await?, told(measured(w)?.wait_us, "when the answer began")?);
        w.note(format!("{wait} us"));
        if f64::from(wait) >= f64::from(times.t3_5_us) * (1.0 - TOLERANCE) {
            return Ok(());
        }
        Err(Judgement::Fail(format!("the answer began after {wait} us; t3.5 is {} us", times.t3_5_us)))
    })
    .await
}

#[then("the line driver is off within t3.5 of the last stop bit")]
async fn released(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (times, release) = (times(w).await?, told(measured(w)?.release_us, "when the driver was off")?);
        w.note(format!("{release} us"));
        if f64::from(release) <= at_most(times.t3_5_us) {
            return Ok(());
        }
        Err(Judgement::Fail(format!("the driver was on for {release} us; t3.5 is {} us", times.t3_5_us)))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instrument_may_be_off_by_two_parts_in_a_hundred() {
        assert!(at_most(1000) > 1019.0 && at_most(1000) < 1021.0);
    }

    #[test]
    fn times_are_those_of_the_serial_line_guide() {
        assert_eq!(Times::of(19_200), Times { character_us: 573, t1_5_us: 859, t3_5_us: 2_005 });
        assert_eq!(Times::of(9_600).t3_5_us, 4_011);
        assert_eq!(Times::of(115_200), Times { character_us: 96, t1_5_us: 750, t3_5_us: 1_750 });
    }
}
