//! Steps on a serial line: broadcasts, settings of the line, addresses, diagnostics, long runs.

use std::time::Duration;

use cucumber::{given, then, when};

use super::answers::{Kind, good_request, kind};
use super::rtu::{line, probe_read, send_raw};
use crate::restore::Elsewhere;
use crate::transport::rtu::good_frame;
use crate::transport::serial::{Parity, Settings};
use crate::transport::{Seen, hex};
use crate::world::{
    CaseEnded, CaseWorld, Exchange, Judged, Judgement, Judging, step, step_within, write_pdu,
};
use crate::writable::another;

const LONG: Duration = Duration::from_secs(4 * 3600);
/// Between two looks at a device that comes back.
const PAUSE: Duration = Duration::from_millis(20);

/// How the line was set at the start of the run.
async fn as_opened(world: &CaseWorld) -> Result<Settings, Judgement> {
    let context = world.context()?;
    let mut link = context.link.lock().await;
    Ok(line(&mut link)?.opened().clone())
}

/// Sets the line anew.
async fn set_line(world: &CaseWorld, settings: &Settings) -> Judged {
    let context = world.context()?;
    let mut link = context.link.lock().await;
    line(&mut link)?.set(settings)?;
    world.note(format!("line at {settings}"));
    Ok(())
}

/// Whether the device answers its probe register now; `expected` says how long to wait for that.
async fn heard(world: &mut CaseWorld, expected: bool) -> Result<Seen, Judgement> {
    let (pdu, timing) = (probe_read(world)?, world.context()?.timing);
    world.ask(&pdu, if expected { timing.answer } else { timing.silence }).await
}

fn answered(seen: &Seen) -> bool {
    matches!(seen, Seen::Pdu(pdu) if pdu.first() == Some(&3))
}

#[when("the client broadcasts a write of another value to it")]
async fn broadcast_write(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (context, at) = (w.context()?, w.target.unwrap_or_default());
        let before = w.note_before(at, 1).await?;
        let other = another(before.first().copied().unwrap_or_default());
        w.kept = vec![other];
        send_raw(w, &good_frame(0, &write_pdu(at, &[other], true)), context.timing.silence, 0).await
    })
    .await
}

#[then("it holds the new value, and the old one is put back")]
async fn broadcast_taken(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (at, wanted) = (w.target.unwrap_or_default(), w.kept.clone());
        let now = w.read(at, 1).await?;
        w.undo().await?;
        if now != wanted {
            return Err(Judgement::Fail(format!(
                "{at:04X} holds {now:04X?} after a broadcast of {wanted:04X?}"
            )));
        }
        Ok(())
    })
    .await
}

#[when("the client sends a read whose characters have the wrong parity")]
async fn wrong_parity(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (context, own, pdu) = (w.context()?, as_opened(w).await?, probe_read(w)?);
        let parity = match own.parity {
            Parity::Even => Parity::Odd,
            Parity::Odd => Parity::Even,
            Parity::None => return Err(Judgement::Inconclusive("the line has no parity".into())),
        };
        set_line(w, &Settings { parity, ..own.clone() }).await?;
        let frame = good_frame(context.device.unit, &pdu);
        let sent = send_raw(w, &frame, context.timing.silence, context.device.unit).await;
        set_line(w, &own).await?;
        sent
    })
    .await
}

#[when("the line is set as the map declares it from the factory")]
async fn factory(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        use dpo_gateway::maps::model::Parity as Declared;
        let (context, own) = (w.context()?, as_opened(w).await?);
        let bus = &context.device.map.bus;
        let parity = match bus.parity {
            Declared::Even => Parity::Even,
            Declared::Odd => Parity::Odd,
            Declared::None => Parity::None,
        };
        let baud = bus.baud.first().copied().unwrap_or(own.baud);
        let factory = Settings { baud, parity, ..own.clone() };
        set_line(w, &factory).await?;
        let seen = heard(w, true).await;
        set_line(w, &own).await?;
        w.pending.push(Exchange { request: probe_read(w)?, seen: seen? });
        Ok(())
    })
    .await
}

#[then("the device answers at these settings")]
async fn answers_there(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for exchange in w.take_pending()? {
            if !answered(&exchange.seen) {
                return Err(Judgement::Fail(format!("{exchange}; expected an answer")));
            }
        }
        Ok(())
    })
    .await
}

/// The register of the baud rate.
fn baud_register(world: &CaseWorld) -> Result<u16, Judgement> {
    let context = world.context()?;
    let id = context.declared.line.baud_register.clone();
    let id = id.ok_or_else(|| Judgement::Inconclusive("no register of the baud rate is declared".into()))?;
    let own = context.device.named(&id).map(|r| r.address);
    own.ok_or_else(|| Judgement::Error(format!("{} has no register {id}", context.device.map.id)))
}

/// Notes the rate that the device has, and at which others it may be found until that is put back.
async fn note_rate(world: &mut CaseWorld, own: &Settings) -> Judged {
    let (context, at) = (world.context()?, baud_register(world)?);
    let others = context.declared.line.baud_codes.iter().filter(|c| c.baud != own.baud);
    let elsewhere = others.map(|c| Elsewhere::Baud(c.baud)).collect();
    world.note_moving(at, 1, elsewhere).await.map(drop)
}

/// Switches the device and then the line.
async fn switch(world: &mut CaseWorld, code: u16, settings: &Settings) -> Judged {
    let at = baud_register(world)?;
    let exchange = world.put(at, &[code]).await?;
    // The answer comes at the old rate, or not at all.
    if matches!(kind(&exchange), Kind::Exception(_)) {
        return Err(Judgement::Fail(format!("code {code}: {exchange}")));
    }
    set_line(world, settings).await
}

#[when("the client switches to each declared baud rate and back")]
async fn each_rate(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut CaseWorld| {
        let (context, own) = (w.context()?, as_opened(w).await?);
        let codes = context.declared.line.baud_codes.clone();
        let home = codes.iter().find(|c| c.baud == own.baud).copied();
        let home = home.ok_or_else(|| Judgement::Inconclusive(format!("{} Bd has no code", own.baud)))?;
        note_rate(w, &own).await?;
        let mut faults = Vec::new();
        for rate in codes.iter().filter(|c| c.baud != own.baud) {
            let there = Settings { baud: rate.baud, ..own.clone() };
            switch(w, rate.code, &there).await?;
            if !answered(&heard(w, true).await?) {
                faults.push(format!("no answer at {} Bd after the switch", rate.baud));
            }
            set_line(w, &own).await?;
            if answered(&heard(w, false).await?) {
                faults.push(format!("still answers at {} Bd after the switch to {}", own.baud, rate.baud));
                continue;
            }
            set_line(w, &there).await?;
            switch(w, home.code, &own).await?;
            if !answered(&heard(w, true).await?) {
                return Err(Judgement::Fail(format!("no answer at {} Bd after the switch back", own.baud)));
            }
        }
        match faults.first() {
            Some(fault) => Err(Judgement::Fail(fault.clone())),
            None => Ok(()),
        }
    })
    .await
}

#[when("the client writes a code that no baud rate has")]
async fn odd_rate(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let codes = &context.declared.line.baud_codes;
        let free =
            (0..=u16::MAX).rev().find(|code| codes.iter().all(|c| c.code != *code)).unwrap_or(u16::MAX);
        let at = baud_register(w)?;
        note_rate(w, &as_opened(w).await?).await?;
        let before = w.read(at, 1).await?;
        let exchange = w.put(at, &[free]).await?;
        w.pending.push(exchange);
        let now = w.read(at, 1).await?;
        if now != before {
            return Err(Judgement::Fail(format!("it held {before:04X?} and then {now:04X?}")));
        }
        Ok(())
    })
    .await
}

#[when("the client switches to another baud rate and restarts the device")]
async fn rate_and_restart(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut CaseWorld| {
        let (context, own) = (w.context()?, as_opened(w).await?);
        let codes = context.declared.line.baud_codes.clone();
        let code = |other: bool| codes.iter().find(|c| (c.baud != own.baud) == other).copied();
        let (Some(home), Some(other)) = (code(false), code(true)) else {
            return Err(Judgement::Inconclusive("no code of this and of another baud rate".into()));
        };
        let there = Settings { baud: other.baud, ..own.clone() };
        let stored = context.declared.line.baud_stored;
        note_rate(w, &own).await?;
        switch(w, other.code, &there).await?;
        let restart = context.declared.bench.restart.clone();
        let restart = restart.ok_or_else(|| Judgement::Inconclusive("no restart is declared".into()))?;
        let at = context.device.named(&restart.register).map(|r| r.address);
        let at = at.ok_or_else(|| Judgement::Error(format!("no register {}", restart.register)))?;
        w.put(at, &[restart.value]).await?;
        let (wanted, wrong) =
            if stored { (there.clone(), own.clone()) } else { (own.clone(), there.clone()) };
        set_line(w, &wanted).await?;
        let deadline = tokio::time::Instant::now() + Duration::from_secs(restart.back_s.into());
        let mut back = answered(&heard(w, true).await?);
        while !back && !crate::world::over(deadline) {
            tokio::time::sleep(PAUSE).await;
            back = answered(&heard(w, true).await?);
        }
        if !back {
            // Find it where it should not be, and bring it home.
            set_line(w, &wrong).await?;
            let elsewhere = answered(&heard(w, true).await?);
            set_line(w, &own).await?;
            let place =
                if elsewhere { format!("at {} Bd", wrong.baud) } else { "at neither rate".to_owned() };
            let kept = if stored { "stored" } else { "not stored" };
            return Err(Judgement::Fail(format!(
                "the rate is declared {kept}; after a restart it answers {place}"
            )));
        }
        if stored {
            switch(w, home.code, &own).await?;
        }
        Ok(())
    })
    .await
}

#[when("the line is set to no parity and the declared stop bits")]
async fn no_parity(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (context, own) = (w.context()?, as_opened(w).await?);
        let bits = context.declared.line.no_parity_stop_bits;
        let bits = bits.ok_or_else(|| Judgement::Inconclusive("no such mode is declared".into()))?;
        if bits == 1 {
            w.non_strict("the device declares one stop bit without parity (8N1)");
        }
        set_line(w, &Settings { parity: Parity::None, stop_bits: bits, ..own.clone() }).await?;
        let seen = heard(w, true).await;
        set_line(w, &own).await?;
        w.pending.push(Exchange { request: probe_read(w)?, seen: seen? });
        Ok(())
    })
    .await
}

#[when("the client reads another device of the line many times")]
async fn other_device(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let other = context.others.first();
        let other = other.ok_or_else(|| Judgement::Inconclusive("there is no other device".into()))?;
        let (address, words) = other
            .probe()
            .map(|r| (r.address, r.words))
            .ok_or_else(|| Judgement::Error("its map names no probe register".into()))?;
        let pdu = crate::world::read_pdu(address, words);
        for _ in 0..20 {
            send_raw(w, &good_frame(other.unit, &pdu), context.timing.answer, other.unit).await?;
        }
        w.note(other.name());
        Ok(())
    })
    .await
}

#[then("each answer is that of the other device alone")]
async fn alone(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for exchange in w.take_pending()? {
            if !answered(&exchange.seen) {
                return Err(Judgement::Fail(format!("{exchange}; expected one good frame")));
            }
        }
        good_request(w).await
    })
    .await
}

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
        let deadline = tokio::time::Instant::now() + Duration::from_secs(2);
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

/// The register of the Modbus address.
fn address_register(world: &CaseWorld) -> Result<u16, Judgement> {
    let context = world.context()?;
    let id = context.declared.line.address_register.clone();
    let id = id.ok_or_else(|| Judgement::Inconclusive("no register of the address is declared".into()))?;
    let own = context.device.named(&id).map(|r| r.address);
    own.ok_or_else(|| Judgement::Error(format!("{} has no register {id}", context.device.map.id)))
}

#[when("the client gives the device the addresses 1 and 247, and its own again")]
async fn readdress(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (context, at, pdu) = (w.context()?, address_register(w)?, probe_read(w)?);
        let (own, wait) = (context.device.unit, context.timing.silence);
        let answer = context.timing.answer;
        let ask =
            async |w: &mut CaseWorld, unit: u8, pdu: &[u8], wait: Duration| -> Result<Seen, Judgement> {
                let log = w.log();
                let mut link = context.link.lock().await;
                Ok(link.exchange(unit, pdu, wait, &*log).await?)
            };
        w.note_moving(at, 1, vec![Elsewhere::Unit(1), Elsewhere::Unit(247)]).await?;
        let mut faults = Vec::new();
        let mut now = own;
        for next in [1u8, 247, own] {
            ask(w, now, &write_pdu(at, &[next.into()], true), answer).await?;
            let there = answered(&ask(w, next, &pdu, answer).await?);
            let here = answered(&ask(w, now, &pdu, wait).await?);
            if !there {
                faults.push(format!("no answer at {next} after the change from {now}"));
                if here {
                    continue;
                }
            } else if here {
                faults.push(format!("still answers at {now} after the change to {next}"));
            }
            now = next;
        }
        match faults.first() {
            Some(fault) => Err(Judgement::Fail(fault.clone())),
            None => Ok(()),
        }
    })
    .await
}

#[when("the client gives the device the addresses 0 and 248")]
async fn odd_address(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (at, wait) = (address_register(w)?, w.context()?.timing.answer);
        w.note_moving(at, 1, vec![Elsewhere::Unit(248)]).await?;
        for bad in [0, 248] {
            w.send(&write_pdu(at, &[bad], true), wait).await?;
            let now = w.read(at, 1).await?;
            let own = w.context()?.device.unit;
            if now != [u16::from(own)] {
                return Err(Judgement::Fail(format!("the address register holds {now:04X?} after {bad}")));
            }
        }
        Ok(())
    })
    .await
}

#[when("the client sends many good reads")]
async fn soak(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let pdu = probe_read(w)?;
        let words = pdu.get(4).map_or(0, |q| u16::from(*q));
        let first = w.ask(&pdu, context.timing.answer).await?;
        if crate::world::data_words(&first, words).is_none() {
            return Err(Judgement::Fail(format!("the first read got {first:?}")));
        }
        for nth in 1..context.effort.soak {
            let seen = w.ask(&pdu, context.timing.answer).await?;
            if seen != first {
                let exchange = Exchange { request: pdu, seen };
                return Err(Judgement::Fail(format!("read {nth}: {exchange}")));
            }
        }
        w.note(format!("{} reads", context.effort.soak));
        Ok(())
    })
    .await
}

#[then("none was lost and none was wrong")]
async fn none_lost(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    // The step before ends the case at the first one.
    step(world, async |w: &mut CaseWorld| good_request(w).await).await
}
