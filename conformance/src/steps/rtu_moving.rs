//! Steps that give a device on a serial line another baud rate or another address, and bring it home.

use std::time::Duration;

use cucumber::when;

use super::answers::{Kind, kind};
use super::rtu::probe_read;
use super::rtu_line::{LONG, PAUSE, answered, as_opened, heard, set_line};
use crate::restore::Elsewhere;
use crate::transport::Seen;
use crate::transport::serial::Settings;
use crate::world::{CaseEnded, CaseWorld, Judged, Judgement, Judging, step, step_within, write_pdu};

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
        let deadline = crate::world::ends_in(Duration::from_secs(restart.back_s.into()));
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
