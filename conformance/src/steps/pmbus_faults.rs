//! PMBus: outputs that are switched, warnings and faults that are raised by moving a limit past the live value, and what
//! clears them. Class D: the load may lose this supply.

use std::time::Duration;

use cucumber::{then, when};
use dpo_gateway::maps::pmbus::model::Command;
use dpo_registers::codec::pmbus::Linear11;

use super::bits::has;
use super::pmbus_line::STORE;
use super::pmbus_write::{low_first, vout};
use crate::instrument::Act;
use crate::pmbus::PmbusWorld;
use crate::pmbus::play::WARNINGS;
use crate::pmbus::talk::Code;
use crate::world::{CaseEnded, Judged, Judgement, step, step_within};

const OPERATION: u8 = 0x01;
const ON_OFF_CONFIG: u8 = 0x02;
const OFF: u64 = 0x40;
const POWER_GOOD_N: u64 = 0x0800;
/// Longest time of a change where the map states none.
const SETTLE: Duration = Duration::from_millis(500);
/// Longest time of a warning, of a fault, and of a retry (P2 10.5: the delays are the device's own).
const REACTION: Duration = Duration::from_secs(5);
/// A bench with a person may be slow.
const BENCH: Duration = Duration::from_secs(300);

#[then("the bit is set again, and the device alerts again")]
#[then("the output stays off, and OPERATION brings it back")]
#[then("the bits OFF and POWER_GOOD# came and went with the output")]
#[then("the output followed each, and the reserved value is refused")]
#[then("the output followed pin and OPERATION as coded")]
#[then("the warning and SMBALERT# came, and the output stayed on")]
#[then("the output did as coded each time")]
#[then("the setting is what was stored")]
#[then("the settings are those of the factory, and are put back")]
async fn judged(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| w.judge()).await
}

async fn is_off(world: &mut PmbusWorld) -> Result<bool, Judgement> {
    Ok(world.named("status_word").await? & OFF != 0)
}

/// Waits until the bit OFF is as wanted; whether it is.
async fn until_off(world: &mut PmbusWorld, wanted: bool, limit: Duration) -> Result<bool, Judgement> {
    let deadline = crate::world::ends_in(limit);
    while is_off(world).await? != wanted {
        if crate::world::over(deadline) {
            return Ok(false);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(true)
}

/// Switches by OPERATION and looks whether the output follows: off in the time of the map, on in that of a start.
async fn switch(world: &mut PmbusWorld, value: u8, off: bool) -> Judged {
    let context = world.context()?;
    let settle = context.command("operation")?.settle_ms;
    let settle = settle.map_or(SETTLE, |ms| Duration::from_millis(ms.into()));
    world.write(&[OPERATION, value], Code::Right).await?;
    // As much again for a machine that is slow itself.
    let followed = until_off(world, off, if off { 2 * settle } else { context.effort.start }).await?;
    let word = if off { "off" } else { "on" };
    world.look(followed, || format!("the output is not {word} after OPERATION {value:02X}h"));
    Ok(())
}

#[when("OPERATION turns the output off and on")]
async fn off_and_on(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let before = w.named("operation").await? as u8;
        if is_off(w).await? {
            return Err(Judgement::Inconclusive("the output is off before the case".into()));
        }
        for (value, off) in [(0x00, true), (0x80, false)] {
            switch(w, value, off).await?;
            let word = w.named("status_word").await?;
            let both = has(word, OFF) == off && has(word, POWER_GOOD_N) == off;
            w.look(both, || format!("STATUS_WORD {word:04X}h after OPERATION {value:02X}h"));
        }
        w.write(&[OPERATION, before], Code::Right).await.map(drop)
    })
    .await
}

#[when("OPERATION is written with 40h, 00h, C0h and 80h")]
async fn operation(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step_within(BENCH, world, async |w: &mut PmbusWorld| {
        let before = w.named("operation").await? as u8;
        switch(w, 0x40, true).await?;
        switch(w, 0x80, false).await?;
        switch(w, 0x00, true).await?;
        w.clear_cml().await?;
        // On by both bits is reserved (P2 12.1).
        w.write(&[OPERATION, 0xC0], Code::Right).await?;
        let cml = w.cml().await?;
        w.look(has(cml, 0x40), || format!("STATUS_CML holds {cml:02X}h after a reserved OPERATION"));
        switch(w, 0x80, false).await?;
        w.write(&[OPERATION, before], Code::Right).await?;
        w.clear_cml().await
    })
    .await
}

/// A warning limit of the device with what it is about.
struct Warning {
    limit: Command,
    reading: f64,
    status: Command,
    bit: u8,
    /// The limit beyond the reading, and as it was.
    moved: [u8; 2],
    before: Vec<u8>,
}

async fn warning(world: &mut PmbusWorld) -> Result<Warning, Judgement> {
    let context = world.context()?;
    let own = |id: &str| context.command(id).ok().filter(|c| context.known.contains(&c.code));
    let found = WARNINGS.iter().find(|(limit, ..)| own(limit).is_some());
    let (limit, reading, status, bit, above) =
        found.copied().ok_or_else(|| Judgement::Error("the device has no warning limit".into()))?;
    let (limit, status) = (context.command(limit)?.clone(), context.command(status)?.clone());
    let bit = status.bits.iter().find(|b| b.id == bit).map(|b| b.bit);
    let bit = bit.ok_or_else(|| Judgement::Error(format!("{} has no such bit", status.id)))?;
    let reading = world.value(context.command(reading)?).await?;
    let mut value = if above { reading * 1.05 } else { reading * 0.9 };
    if let Some(range) = limit.range {
        value = value.clamp(range.min.value(), range.max.value());
    }
    let beyond = if above { value > reading } else { value < reading };
    if !beyond || reading <= 0.0 {
        return Err(Judgement::Inconclusive(format!(
            "{} cannot be moved past the reading {reading}",
            limit.id
        )));
    }
    let moved = Linear11::from_value(value).map_err(|e| Judgement::Inconclusive(e.to_string()))?;
    let before = world.data(&limit).await?;
    Ok(Warning { limit, reading, status, bit: 1 << bit, moved: moved.0.to_le_bytes(), before })
}

impl Warning {
    async fn raise(&self, world: &mut PmbusWorld) -> Judged {
        let [low, high] = self.moved;
        world.write(&[self.limit.code, low, high], Code::Right).await.map(drop)
    }

    /// Waits for the bit; whether it came.
    async fn comes(&self, world: &mut PmbusWorld) -> Result<bool, Judgement> {
        let deadline = crate::world::ends_in(REACTION);
        while !has(world.word(&self.status).await? as u8, self.bit) {
            if crate::world::over(deadline) {
                return Ok(false);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(true)
    }

    /// Puts the limit back and clears the bit.
    async fn undo(&self, world: &mut PmbusWorld) -> Judged {
        world.write(&[&[self.limit.code], self.before.as_slice()].concat(), Code::Right).await?;
        world.write(&[self.status.code, self.bit], Code::Right).await?;
        let held = world.data(&self.limit).await?;
        world.look(held == self.before, || format!("{} could not be put back", self.limit.id));
        world.drain_alerts().await
    }
}

#[when("a warning is raised by moving its limit past the reading, and CLEAR_FAULTS is sent")]
async fn clear_while_there(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let own = w.address()?;
        w.drain_alerts().await?;
        let warning = warning(w).await?;
        warning.raise(w).await?;
        if !warning.comes(w).await? {
            warning.undo(w).await?;
            return Err(Judgement::Inconclusive(format!(
                "{} was moved past {}, and no warning came",
                warning.limit.id, warning.reading
            )));
        }
        w.drain_alerts().await?;
        w.write(&[0x03], Code::Right).await?;
        let again = warning.comes(w).await?;
        w.look(again, || format!("{} was cleared for good while its cause is there", warning.status.id));
        let alert = w.alert().await?;
        w.look(alert == Some(own), || format!("after CLEAR_FAULTS the alert is answered by {alert:02X?}"));
        warning.undo(w).await
    })
    .await
}

#[when("a warning limit is moved past the reading")]
async fn warn(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let own = w.address()?;
        w.drain_alerts().await?;
        let warning = warning(w).await?;
        warning.raise(w).await?;
        let came = warning.comes(w).await?;
        w.look(came, || {
            format!("{} is past {}, and {} has no bit", warning.limit.id, warning.reading, warning.status.id)
        });
        let (alert, off) = (w.alert().await?, is_off(w).await?);
        w.look(alert == Some(own), || format!("the alert response address is answered by {alert:02X?}"));
        w.look(!off, || "a warning turned the output off".to_owned());
        warning.undo(w).await
    })
    .await
}

/// Moves OT_FAULT_LIMIT below the temperature under a response, waits, and puts the limit back; whether the output went
/// off, and whether it still is when the limit was put back (1 s later, with retries the time of a start).
async fn fault(world: &mut PmbusWorld, response: u8, expect_off: bool) -> Result<(bool, bool), Judgement> {
    let retries = response == 0xC0;
    let context = world.context()?;
    let (limit, reply) = (context.command("ot_fault_limit")?, context.command("ot_fault_response")?);
    let (limit_before, reply_before) = (world.data(limit).await?, world.data(reply).await?);
    let temperature = world.value(context.command("read_temperature_1")?).await?;
    if temperature <= 5.0 {
        return Err(Judgement::Inconclusive(format!("at {temperature} Cel no limit is below")));
    }
    let low = Linear11::from_value(temperature * 0.5).map_err(|e| Judgement::Inconclusive(e.to_string()))?;
    world.write(&[reply.code, response], Code::Right).await?;
    world.write(&low_first(limit.code, low.0), Code::Right).await?;
    let wait = if expect_off { REACTION } else { Duration::from_millis(500) };
    let went = until_off(world, true, wait).await?;
    world.write(&[&[limit.code], limit_before.as_slice()].concat(), Code::Right).await?;
    let wait = if retries { context.effort.start } else { Duration::from_secs(1) };
    let back = until_off(world, false, wait).await?;
    world.write(&[&[reply.code], reply_before.as_slice()].concat(), Code::Right).await?;
    let (limit_now, reply_now) = (world.data(limit).await?, world.data(reply).await?);
    let good = limit_now == limit_before && reply_now == reply_before;
    world.look(good, || "limit and response could not be put back".to_owned());
    Ok((went, !back))
}

/// Clears the fault and switches the output on again.
async fn on_again(world: &mut PmbusWorld) -> Judged {
    world.write(&[0x03], Code::Right).await?;
    switch(world, 0x00, true).await?;
    switch(world, 0x80, false).await?;
    world.write(&[0x03], Code::Right).await?;
    world.drain_alerts().await
}

#[when("the output is latched off by a fault, and CLEAR_FAULTS is sent")]
async fn clear_latched(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step_within(BENCH, world, async |w: &mut PmbusWorld| {
        let (went, stayed) = fault(w, 0x80, true).await?;
        if !went || !stayed {
            on_again(w).await?;
            return Err(Judgement::Inconclusive(
                "the output does not latch off by OT_FAULT_RESPONSE 80h".into(),
            ));
        }
        w.write(&[0x03], Code::Right).await?;
        tokio::time::sleep(SETTLE).await;
        let off = is_off(w).await?;
        w.look(off, || "CLEAR_FAULTS switched a latched output on".to_owned());
        on_again(w).await
    })
    .await
}

#[when("a fault is raised under the responses ignore, latch and retry")]
async fn responses(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step_within(BENCH, world, async |w: &mut PmbusWorld| {
        // Bits 7 and 6 of the response, retries in 5 to 3 (P2 10.5): go on; off, no retry; off while it is there.
        for (response, what, off, stays) in
            [(0x00, "ignore", false, false), (0x80, "latch", true, true), (0xC0, "retry", true, false)]
        {
            let (went, stayed) = fault(w, response, off).await?;
            w.look(went == off, || format!("{what}: the output went off: {went}"));
            w.look(stayed == stays, || format!("{what}: the output stayed off: {stayed}"));
            on_again(w).await?;
        }
        Ok(())
    })
    .await
}

#[when("the output is switched by the CONTROL pin and by OPERATION under each coding")]
async fn coding(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step_within(BENCH, world, async |w: &mut PmbusWorld| {
        let address = w.address()?;
        let before = w.named("on_off_config").await? as u8;
        // Coding; pin high, OPERATION on, and whether the output is on then (P2 12.2).
        let table = [
            (0x18, false, true, true),
            (0x18, true, false, false),
            (0x16, true, true, true),
            (0x16, false, true, false),
            (0x1E, true, true, true),
            (0x1E, true, false, false),
            (0x1E, false, true, false),
        ];
        let mut judged = 0_usize;
        for (config, high, operation, on) in table {
            w.act(Act::ControlPin { address, high: true }).await?;
            w.write(&[OPERATION, 0x80], Code::Right).await?;
            w.write(&[ON_OFF_CONFIG, config], Code::Right).await?;
            if w.named("on_off_config").await? as u8 != config {
                // Not every device has every coding.
                continue;
            }
            judged += 1;
            w.act(Act::ControlPin { address, high }).await?;
            w.write(&[OPERATION, if operation { 0x80 } else { 0x00 }], Code::Right).await?;
            let followed = until_off(w, !on, if on { w.context()?.effort.start } else { 2 * SETTLE }).await?;
            w.look(followed, || {
                format!(
                    "ON_OFF_CONFIG {config:02X}h, pin high {high}, OPERATION on {operation}: on is not {on}"
                )
            });
        }
        w.act(Act::ControlPin { address, high: true }).await?;
        w.write(&[OPERATION, 0x80], Code::Right).await?;
        w.write(&[ON_OFF_CONFIG, before], Code::Right).await?;
        w.clear_cml().await?;
        if judged == 0 {
            return Err(Judgement::Inconclusive("the device takes no other ON_OFF_CONFIG".into()));
        }
        Ok(())
    })
    .await
}

#[when("VOUT_COMMAND is written one step lower and stored, and the input power is cycled")]
async fn store(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step_within(BENCH, world, async |w: &mut PmbusWorld| {
        let (address, before) = (w.address()?, vout(w).await?);
        for (word, cycle) in [(before.wrapping_sub(1), true), (before, false)] {
            w.write(&low_first(0x21, word), Code::Right).await?;
            w.write(&[STORE], Code::Right).await?;
            awake(w).await?;
            if cycle {
                w.act(Act::PowerCycle { address }).await?;
                awake(w).await?;
            }
            let held = vout(w).await?;
            w.look(held == word, || format!("VOUT_COMMAND is {held:04X}h, and {word:04X}h was stored"));
        }
        w.write(&[0x03], Code::Right).await.map(drop)
    })
    .await
}

/// Waits until the device answers.
async fn awake(world: &mut PmbusWorld) -> Judged {
    let deadline = crate::world::ends_in(2 * REACTION);
    loop {
        match world.named("pmbus_revision").await {
            Err(Judgement::Fail(seen)) if crate::world::over(deadline) => {
                return Err(Judgement::Fail(format!("it does not come back: {seen}")));
            }
            Err(Judgement::Fail(_)) => tokio::time::sleep(Duration::from_millis(20)).await,
            other => return other.map(drop),
        }
    }
}

#[when("settings are written with other values, and RESTORE_DEFAULT_ALL is sent")]
async fn defaults(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let context = w.context()?;
        let mut before = Vec::new();
        for (id, wanted) in &context.claims.defaults {
            let command = context.command(id)?;
            let data = w.data(command).await?;
            let word = data.iter().rev().fold(0_u16, |word, byte| word << 8 | u16::from(*byte));
            // Some steps away from what it holds, and from what the factory gave it.
            let mut away = 0.0;
            for steps in [8, 16] {
                w.write(&low_first(command.code, word.wrapping_sub(steps)), Code::Right).await?;
                away = (w.value(command).await? - wanted).abs();
                if away > 0.0 {
                    break;
                }
            }
            before.push((command.clone(), data, away));
        }
        w.write(&[0x12], Code::Right).await?;
        awake(w).await?;
        for ((command, _, away), wanted) in before.iter().zip(context.claims.defaults.values()) {
            let value = w.value(command).await?;
            w.look((value - wanted).abs() < away / 2.0, || {
                format!("{} is {value} after RESTORE_DEFAULT_ALL, {wanted} is declared", command.id)
            });
        }
        for (command, data, _) in before {
            w.write(&[&[command.code], data.as_slice()].concat(), Code::Right).await?;
            let held = w.data(&command).await?;
            w.look(held == data, || format!("{} could not be put back", command.id));
        }
        w.write(&[0x03], Code::Right).await.map(drop)
    })
    .await
}
