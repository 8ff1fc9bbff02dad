//! Steps with function 08 on a serial line: counters, listen-only mode, restart of communications.

use std::time::Duration;

use cucumber::{given, then, when};

use super::rtu::{probe_read, send_raw};
use super::rtu_line::{PAUSE, answered, heard};
use crate::transport::rtu::good_frame;
use crate::transport::{Seen, hex};
use crate::world::{CaseEnded, CaseWorld, Judgement, Judging, step};

/// A counter of function 08.
async fn counter(world: &mut CaseWorld, sub: u8) -> Result<u16, Judgement> {
    let wait = world.context()?.timing.answer;
    let seen = world.ask(&[8, 0, sub, 0, 0], wait).await?;
    match &seen {
        Seen::Pdu(pdu) => match pdu.as_slice() {
            [8, 0, own, a, b] if *own == sub => Ok(u16::from_be_bytes([*a, *b])),
            other => Err(Judgement::Inconclusive(format!("diagnostic {sub:02X}: {}", hex(other)))),
        },
        other => Err(Judgement::Inconclusive(format!("diagnostic {sub:02X}: {other:?}"))),
    }
}

#[when("the client reads the counters, sends 10 good and 5 defective reads, and reads the counters again")]
async fn counters(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (context, pdu) = (w.context()?, probe_read(w)?);
        let before = [counter(w, 0x0B).await?, counter(w, 0x0C).await?, counter(w, 0x0D).await?];
        for _ in 0..10 {
            w.ask(&pdu, context.timing.answer).await?;
        }
        for _ in 0..5 {
            let mut frame = good_frame(context.device.unit, &pdu);
            if let Some(last) = frame.last_mut() {
                *last = !*last;
            }
            send_raw(w, &frame, context.timing.silence, context.device.unit).await?;
        }
        w.pending.clear();
        let after = [counter(w, 0x0B).await?, counter(w, 0x0C).await?, counter(w, 0x0D).await?];
        w.kept = before.iter().zip(after).map(|(b, a)| a.wrapping_sub(*b)).collect();
        Ok(())
    })
    .await
}

#[then("the counters have moved by what was sent")]
async fn counted(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        // The reads of the counters count as messages themselves: three between the two looks at 0B.
        let (messages, errors, exceptions) = match w.kept.as_slice() {
            [messages, errors, exceptions] => (*messages, *errors, *exceptions),
            _ => return Err(Judgement::Error("no counters were read".into())),
        };
        w.note(format!("messages +{messages}, errors +{errors}, exceptions +{exceptions}"));
        // Others may talk on the line: at least what was sent, and no error too few or too many.
        if messages < 13 || errors != 5 || exceptions != 0 {
            return Err(Judgement::Fail(format!(
                "messages +{messages} (at least 13), errors +{errors} (5), exceptions +{exceptions} (0)"
            )));
        }
        Ok(())
    })
    .await
}

#[when("the client puts the device into listen-only mode")]
async fn listen_only(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (wait, pdu) = (w.context()?.timing.silence, probe_read(w)?);
        w.send(&[8, 0, 4, 0, 0], wait).await?;
        w.send(&pdu, wait).await
    })
    .await
}

#[given("the client keeps the settings of the device")]
async fn keep_settings(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        w.image.clear();
        let registers: Vec<(u16, u16)> = context.device.settings().map(|r| (r.address, r.words)).collect();
        for (at, words) in registers {
            if let Ok(held) = w.try_read(at, words).await? {
                w.image.insert(at, held);
            }
        }
        Ok(())
    })
    .await
}

#[when("the client restarts communications")]
async fn restart_communications(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        // In listen-only mode the answer is silence.
        w.ask(&[8, 0, 1, 0, 0], context.timing.silence).await?;
        let deadline = crate::world::ends_in(Duration::from_secs(2));
        while !answered(&heard(w, true).await?) {
            if crate::world::over(deadline) {
                return Err(Judgement::Fail(
                    "no answer within 2 s after the restart of communications".into(),
                ));
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    })
    .await
}

#[then("each setting is what it was")]
async fn settings_kept(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for (at, before) in w.image.clone() {
            let now = w.read(at, before.len() as u16).await?;
            if now != before {
                return Err(Judgement::Fail(format!("{at:04X} held {before:04X?} and then {now:04X?}")));
            }
        }
        Ok(())
    })
    .await
}
