//! Steps on writes that the block, or a device behind the gateway, must not take.

use cucumber::{then, when};
use dpo_gateway::maps::model::{Access, DeviceClass, Modality, Register};

use super::{TOKEN, capability, claims, number, register, setpoints, steers, symbol};
use crate::device::{last_of, readable_access};
use crate::steps::answers::{Kind, kind};
use crate::world::{
    CaseEnded, CaseWorld, Exchange, Judged, Judgement, Judging, data_words, read_pdu, step, write_pdu,
};
use crate::writable::words;

/// Sends a write as it is and keeps the answer for the next step.
async fn send(world: &mut CaseWorld, request: &[u8]) -> Judged {
    let wait = world.context()?.timing.answer;
    let seen = world.ask(request, wait).await?;
    world.pending.push(Exchange { request: request.to_vec(), seen });
    Ok(())
}

#[when("the client writes to each read-only register of the block what it reads")]
async fn read_only(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let mine = |r: &&Register| r.access == Access::Ro && !context.device.hazardous(r.address);
        for own in context.device.map.registers.iter().filter(mine) {
            // What is not there is not written either.
            let Ok(held) = w.try_read(own.address, own.words).await? else { continue };
            send(w, &write_pdu(own.address, &held, false)).await?;
        }
        Ok(())
    })
    .await
}

#[then(regex = r"^each of them refused with exception ([0-9A-F]{2})$")]
async fn each_refused(world: &mut CaseWorld, wanted: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let code = u8::from_str_radix(&wanted, 16).map_err(|e| Judgement::Error(e.to_string()))?;
        let exchanges = w.take_pending()?;
        let refused = |e: &&Exchange| !matches!(kind(e), Kind::Exception(Some(seen)) if seen == code);
        if let Some(exchange) = exchanges.iter().find(refused) {
            return Err(Judgement::Fail(format!("{exchange}; expected exception {wanted}")));
        }
        w.note(format!("{} writes were refused with exception {wanted}", exchanges.len()));
        Ok(())
    })
    .await
}

#[when("the client writes each half of each long register that it may write")]
async fn halves(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        // Halves that a device takes nevertheless make up what asks nothing of the shelf.
        let harmless: Vec<(&str, i64)> = setpoints(w)
            .await
            .map_or_else(|_| Vec::new(), |all| all.into_iter().map(|one| (one.id, one.harmless)).collect());
        let context = w.context()?;
        let mine = |r: &&Register| r.access == Access::Rw && r.words == 2 && r.group.is_none();
        for own in context.device.map.registers.iter().filter(mine) {
            let there = match capability(own) {
                Some(flag) => claims(w, flag).await?,
                None => true,
            };
            let value = harmless.iter().find(|(id, _)| *id == own.id).map_or(0, |(_, value)| *value);
            let places = [own.address, last_of(own)].into_iter().zip(words(own, value));
            for (at, word) in places.filter(|_| there) {
                for single in [true, false] {
                    send(w, &write_pdu(at, &[word], single)).await?;
                }
            }
        }
        Ok(())
    })
    .await
}

#[when(
    "the client writes each set point together with the register behind it, and the lease with its holder"
)]
async fn over_the_border(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for one in setpoints(w).await? {
            let (own, behind) = (register(w, one.id)?, register(w, one.applied)?);
            let mut all = words(&own, one.harmless);
            all.extend(words(&behind, one.harmless));
            send(w, &write_pdu(own.address, &all, false)).await?;
        }
        let own = register(w, "lease_token")?;
        let all = [(TOKEN >> 16) as u16, TOKEN as u16, 3600, 0];
        send(w, &write_pdu(own.address, &all, false)).await
    })
    .await
}

/// A value that a register takes by its map, and that asks for as little as there is: its fail-safe value, the present for a clock.
fn least(own: &Register) -> i64 {
    if own.id == "time_set" {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        return i64::try_from(now.as_secs()).unwrap_or_default();
    }
    let symbol = own.symbols.first().and_then(|s| i64::try_from(s.value).ok());
    let safe = own.safety.and_then(|s| s.fail_safe);
    safe.or(own.limits.map(|l| l.min)).or(symbol).unwrap_or_default()
}

#[when("the client writes to each register whose capability is not claimed")]
async fn unclaimed(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let told = symbol(w, "setpoint_result", "refused_capability")?;
        let mut clear = 0;
        for own in context.device.map.registers.iter().filter(|r| r.access != Access::Ro && r.group.is_none())
        {
            let there = match capability(own) {
                Some(flag) => claims(w, flag).await?,
                None => true,
            };
            if there {
                continue;
            }
            clear += 1;
            let before = w.try_read(own.address, own.words).await?;
            send(w, &write_pdu(own.address, &words(own, least(own)), false)).await?;
            if steers(own) || own.access == Access::Command {
                let result = number(w, "setpoint_result").await?;
                w.samples.entry(own.address).or_default().extend([result, told]);
            }
            if readable_access(own) && w.try_read(own.address, own.words).await? != before {
                return Err(Judgement::Fail(format!("{} reads another value after the write", own.id)));
            }
        }
        if clear == 0 {
            return Err(Judgement::Lacks("the gateway claims every capability".into()));
        }
        Ok(())
    })
    .await
}

#[then("each of them refused with exception 04, with the result refused_capability where it is told")]
async fn no_capability(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for exchange in w.take_pending()? {
            super::must_be_refused(w, &exchange, 4, "a register whose capability is not claimed")?;
        }
        let results = std::mem::take(&mut w.samples);
        match results.iter().find(|(_, pair)| pair.first() != pair.last()) {
            Some((at, pair)) => {
                let now = super::told(w, "setpoint_result", pair.first().copied().unwrap_or_default());
                Err(Judgement::Fail(format!(
                    "{at:04X}: setpoint_result is {now}; expected refused_capability"
                )))
            }
            None => Ok(()),
        }
    })
    .await
}

#[when("the client writes to the voltage set point of each supply what it reads")]
async fn steered(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (context, log) = (w.context()?, w.log());
        let wait = context.timing.answer;
        for supply in context.others.iter().filter(|d| d.map.device_class == DeviceClass::Psu) {
            let mine = |r: &&Register| steers(r) && r.modality == Modality::Mandatory;
            for own in supply.map.registers.iter().filter(mine) {
                let mut link = context.link.lock().await;
                let held = link.exchange(supply.unit, &read_pdu(own.address, own.words), wait, &*log).await?;
                let held = data_words(&held, own.words).ok_or_else(|| {
                    Judgement::Inconclusive(format!("{} of {} cannot be read", own.id, supply.name()))
                })?;
                let request = write_pdu(own.address, &held, false);
                let seen = link.exchange(supply.unit, &request, wait, &*log).await?;
                drop(link);
                w.pending.push(Exchange { request, seen });
            }
        }
        Ok(())
    })
    .await
}
