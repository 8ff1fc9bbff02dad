//! Steps on polling: update times, undeclared registers, optional groups, readers of the base map.

use std::collections::BTreeMap;
use std::time::Duration;

use cucumber::{then, when};
use dpo_gateway::maps::model::{Register, Volatility};
use tokio::time::Instant;

use super::map::{LONG, present};
use super::map_outside::{claims, says_nothing};
use crate::device::{last_of, raw_number, readable_access};
use crate::transport::Seen;
use crate::world::{CaseEnded, CaseWorld, Exchange, Judged, Judgement, Judging, read_pdu, step, step_within};

/// Intervals looked at for each counter.
const INTERVALS: u32 = 9;

#[when("the client samples each counter with a declared update time")]
async fn updates(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let clocks = context.device.map.registers.iter().filter(|r| crate::device::clock(r));
        let registers: Vec<Register> = clocks.cloned().collect();
        let mut counters = Vec::new();
        for register in registers {
            if let Some(words) = present(w, &register).await? {
                counters.push((register, words, 0u32));
            }
        }
        let intervals = (context.effort.samples / 4).clamp(3, INTERVALS);
        // All at once: an interval is as long as the longest of them.
        let every = counters.iter().filter_map(|(r, ..)| r.update_ms).max().unwrap_or_default();
        let every = Duration::from_millis(every.into());
        for _ in 0..intervals {
            tokio::time::sleep_until(Instant::now() + every).await;
            for (register, before, moved) in &mut counters {
                let now = w.read(register.address, register.words).await?;
                *moved += u32::from(now != *before);
                *before = now;
            }
        }
        for (register, _, moved) in &counters {
            let seen = format!("{} moved in {moved} of {intervals} intervals of {every:?}", register.id);
            if moved * 3 < intervals * 2 {
                return Err(Judgement::Fail(seen));
            }
            w.note(seen);
        }
        if counters.is_empty() {
            return Err(Judgement::Inconclusive("no such counter answered".into()));
        }
        Ok(())
    })
    .await
}

#[when("the client looks for undeclared registers near the map")]
async fn candidates(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(4 * LONG, world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let near: std::collections::BTreeSet<u16> = context
            .device
            .map
            .registers
            .iter()
            .flat_map(|r| r.address.saturating_sub(4)..=last_of(r).saturating_add(4))
            .filter(|a| !context.device.readable(*a))
            .collect();
        let mut listed = Vec::new();
        for address in &near {
            let answered = |seen: &Seen| crate::world::data_words(seen, 1).is_some();
            let request = read_pdu(*address, 1);
            let mut times = 0_usize;
            for _ in 0..3 {
                times += usize::from(answered(&w.ask(&request, context.timing.answer).await?));
            }
            match times {
                0 => {}
                3 => listed.push(format!("{address:04X}")),
                _ => {
                    return Err(Judgement::Fail(format!("{address:04X} answered {times} of 3 reads")));
                }
            }
        }
        let list = if listed.is_empty() { "none".to_owned() } else { listed.join(" ") };
        w.note(format!("{} addresses; candidates for an extension: {list}", near.len()));
        Ok(())
    })
    .await
}

#[then("the registers of each group that is not claimed answer alike")]
async fn alike(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let registers = &context.device.map.registers;
        let flags = registers.iter().find(|r| r.id == "capabilities");
        let flags = flags.ok_or_else(|| Judgement::Inconclusive("no capabilities".into()))?;
        let raw = w.image.get(&flags.address).and_then(|words| raw_number(flags, words));
        let raw = raw.ok_or_else(|| Judgement::Fail("the capabilities were not read".into()))? as u64;
        let mut groups: BTreeMap<&str, (Vec<&str>, Vec<&str>)> = BTreeMap::new();
        for register in registers.iter().filter(|r| readable_access(r)) {
            let bit = register.condition.as_deref().and_then(|c| c.strip_prefix("capabilities."));
            let Some(field) = flags.bits.iter().find(|f| Some(f.id.as_str()) == bit) else { continue };
            if claims(raw, field) {
                continue;
            }
            let group = groups.entry(field.id.as_str()).or_default();
            match w.image.get(&register.address) {
                None => group.0.push(&register.id),
                Some(words) => {
                    if !says_nothing(register, words) {
                        let seen = format!("{} is not claimed, {} shows {words:04X?}", field.id, register.id);
                        return Err(Judgement::Fail(seen));
                    }
                    group.1.push(&register.id);
                }
            }
        }
        for (bit, (refused, answered)) in &groups {
            if let (Some(one), Some(other)) = (refused.first(), answered.first()) {
                let seen = format!("{bit} is not claimed: {one} is refused, {other} answers");
                return Err(Judgement::Fail(seen));
            }
        }
        w.note(format!("{} groups are not claimed", groups.len()));
        Ok(())
    })
    .await
}

/// Reads one register of each other device of the link; what they answer is theirs to be judged.
async fn others(world: &mut CaseWorld) -> Judged {
    let context = world.context()?;
    for other in &context.others {
        let Some((address, words)) = other.probe().map(|r| (r.address, r.words)) else { continue };
        let mut link = context.link.lock().await;
        link.exchange(other.unit, &read_pdu(address, words), context.timing.answer, &*world.log()).await?;
    }
    Ok(())
}

#[when("the client polls the base map and reads other devices in between")]
async fn poll_between(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let registers: Vec<Register> =
            context.device.mandatory().filter(|r| readable_access(r)).cloned().collect();
        let mut first = BTreeMap::new();
        for round in 0..3 {
            for register in &registers {
                let words = w.read(register.address, register.words).await?;
                let constant = register.volatility == Volatility::Constant;
                let before = first.entry(register.address).or_insert_with(|| words.clone());
                if constant && *before != words {
                    let seen = format!("{}: {before:04X?}, in round {round} {words:04X?}", register.id);
                    return Err(Judgement::Fail(seen));
                }
            }
            others(w).await?;
        }
        w.note(format!("{} registers, {} other devices", registers.len(), context.others.len()));
        Ok(())
    })
    .await
}

#[when("the client polls the base map for many rounds")]
async fn poll_long(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(6 * LONG, world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let registers: Vec<(u16, u16)> =
            context.device.mandatory().filter(|r| readable_access(r)).map(|r| (r.address, r.words)).collect();
        let (mut asked, mut rounds) = (0u32, 0u32);
        while asked < context.effort.soak {
            for (address, words) in &registers {
                if let Err(seen) = w.try_read(*address, *words).await? {
                    let exchange = Exchange { request: read_pdu(*address, *words), seen };
                    return Err(Judgement::Fail(format!("request {asked}, round {rounds}: {exchange}")));
                }
                asked += 1;
            }
            others(w).await?;
            rounds += 1;
        }
        w.note(format!("{rounds} rounds, {asked} requests"));
        Ok(())
    })
    .await
}
