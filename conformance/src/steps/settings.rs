//! Steps on settings of the map: limits, symbols, reserved bits, bits cleared by writing 1, locks, restarts.

use std::time::Duration;

use cucumber::{given, then, when};
use dpo_gateway::maps::model::{Access, Kind as Type, Register, Volatility};

use super::answers::{Kind, good_request, kind};
use super::bits::{has, lowest, with, without};
use super::map::{LONG, present};
use crate::device::reserved_bits;
use crate::transport::Seen;
use crate::world::{CaseEnded, CaseWorld, Exchange, Judged, Judgement, Judging, step, step_within};
use crate::writable::{values, words};

/// Settle time of a register whose map names none.
const SETTLE: Duration = Duration::from_secs(1);

fn settle(register: &Register) -> Duration {
    register.settle_ms.map_or(SETTLE, |ms| Duration::from_millis(ms.into()))
}

/// Reads until the words are as wanted, at most the settle time of the register; what was read last.
async fn settled(world: &mut CaseWorld, register: &Register, wanted: &[u16]) -> Result<Vec<u16>, Judgement> {
    let deadline = crate::world::ends_in(settle(register));
    loop {
        let now = world.read(register.address, register.words).await?;
        if now == wanted || crate::world::over(deadline) {
            return Ok(now);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn taken(exchange: &Exchange) -> bool {
    matches!(kind(exchange), Kind::Normal(_))
}

fn nothing(what: &str) -> Judgement {
    Judgement::Inconclusive(format!("{what}: none answered, or a gateway keeps writes to itself"))
}

#[when("the client writes the smallest, the largest and a middle value to each setting, and puts it back")]
async fn write_limits(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let registers: Vec<Register> = context.device.limited().cloned().collect();
        let mut judged = 0_usize;
        for register in &registers {
            if present(w, register).await?.is_none() {
                continue;
            }
            let before = w.note_before(register.address, register.words).await?;
            for value in values(register) {
                let wanted = words(register, value);
                let exchange = w.put(register.address, &wanted).await?;
                if matches!(kind(&exchange), Kind::Exception(Some(4))) {
                    w.note(format!("{}: writes are refused in this state", register.id));
                    break;
                }
                if !taken(&exchange) {
                    return Err(Judgement::Fail(format!("{} = {value}: {exchange}", register.id)));
                }
                let now = settled(w, register, &wanted).await?;
                if now != wanted {
                    let seen = format!("{} = {value} reads {now:04X?}", register.id);
                    return Err(Judgement::Fail(seen));
                }
                judged += 1;
            }
            put_back(w, register, &before).await?;
        }
        w.note(format!("{judged} values"));
        if judged == 0 { Err(nothing("settings with limits")) } else { Ok(()) }
    })
    .await
}

#[then("each read back as written")]
#[then("each is refused and unchanged")]
#[then("the reserved bit of each reads 0")]
#[then("that bit is clear and the others are as they were")]
#[then("only the unlocked write was taken, and all is put back")]
#[then("each that answers does so each time, and is listed")]
#[then("each register kept its length, and each constant its value")]
#[then("no request has failed")]
#[then("each has moved at least as often as declared")]
async fn still_there(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    // The step before ends the case at the first fault; the device must still be the same one.
    step(world, async |w: &mut CaseWorld| good_request(w).await).await
}

#[when("the client writes a code that the map does not declare to each enumeration that may be written")]
async fn write_undeclared(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let enums: Vec<Register> =
            context.device.settings().filter(|r| r.kind == Type::Enum && r.words == 1).cloned().collect();
        let mut judged = 0_usize;
        for register in &enums {
            let Some(before) = present(w, register).await? else { continue };
            let declared = |code: u16| {
                let own = register.symbols.iter().any(|s| s.value == u64::from(code));
                own || register.not_available == Some(i64::from(code))
            };
            let Some(code) = (0..=u16::MAX).find(|code| !declared(*code)) else { continue };
            w.note_before(register.address, 1).await?;
            let exchange = w.put(register.address, &[code]).await?;
            unchanged(w, register, &before).await?;
            refused(w, register, &exchange)?;
            judged += 1;
        }
        if judged == 0 { Err(nothing("enumerations")) } else { Ok(()) }
    })
    .await
}

/// Puts a register back, where it does not hold what it held: one that refuses every write has nothing to put back.
async fn put_back(world: &mut CaseWorld, register: &Register, before: &[u16]) -> Judged {
    if world.read(register.address, register.words).await? == before {
        return world.forget();
    }
    world.undo().await
}

/// Fails, after putting it back, if a write that had to be refused has changed a register.
async fn unchanged(world: &mut CaseWorld, register: &Register, before: &[u16]) -> Judged {
    let now = world.read(register.address, register.words).await?;
    if now == before {
        return world.forget();
    }
    world.undo().await?;
    Err(Judgement::Fail(format!("{} held {before:04X?} and then {now:04X?}", register.id)))
}

fn refused(world: &CaseWorld, register: &Register, exchange: &Exchange) -> Judged {
    match kind(exchange) {
        Kind::Exception(Some(3)) => {
            world.note(format!("{}: {exchange}", register.id));
            Ok(())
        }
        Kind::Exception(Some(2 | 4)) => {
            world.non_strict(format!("{}: {exchange}; exception 03 is recommended", register.id));
            Ok(())
        }
        _ => Err(Judgement::Fail(format!("{}: {exchange}; expected exception 03", register.id))),
    }
}

#[when("the client writes each flags register that may be written with a reserved bit set")]
async fn write_reserved(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let flags: Vec<Register> =
            context.device.settings().filter(|r| r.kind == Type::Flags && r.words == 1).cloned().collect();
        let mut judged = 0_usize;
        for register in &flags {
            let reserved = reserved_bits(register) as u16;
            let Some(before) = present(w, register).await?.and_then(|words| words.first().copied()) else {
                continue;
            };
            if reserved == 0 {
                continue;
            }
            let lowest = lowest(reserved);
            w.note_before(register.address, 1).await?;
            let exchange = w.put(register.address, &[with(before, lowest)]).await?;
            let now = w.read(register.address, 1).await?;
            // What was taken may show later.
            if taken(&exchange) {
                w.undo().await?
            } else {
                put_back(w, register, &[before]).await?
            }
            let set = now.first().is_some_and(|word| has(*word, lowest));
            if set || !matches!(kind(&exchange), Kind::Normal(_) | Kind::Exception(Some(2..=4))) {
                return Err(Judgement::Fail(format!("{}: {exchange}; it reads {now:04X?}", register.id)));
            }
            w.note(format!("{}: bit {lowest:04X}: {exchange}", register.id));
            judged += 1;
        }
        if judged == 0 { Err(nothing("flags with reserved bits")) } else { Ok(()) }
    })
    .await
}

#[when("the client clears one set bit of each register that is cleared by writing 1")]
async fn clear_one(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let own = |r: &&Register| r.access == Access::W1c && r.words == 1;
        let flags: Vec<Register> = context.device.map.registers.iter().filter(own).cloned().collect();
        let mut judged = 0_usize;
        for register in &flags {
            let Some(before) = present(w, register).await?.and_then(|words| words.first().copied()) else {
                continue;
            };
            if before.count_ones() < 2 {
                w.note(format!("{} holds {before:04X}: fewer than two bits are set", register.id));
                continue;
            }
            let lowest = lowest(before);
            let exchange = w.put(register.address, &[lowest]).await?;
            let now = w.read(register.address, 1).await?;
            if !taken(&exchange) || now != [without(before, lowest)] {
                let seen = format!("{} held {before:04X}; {exchange}; then {now:04X?}", register.id);
                return Err(Judgement::Fail(seen));
            }
            judged += 1;
        }
        if judged == 0 {
            return Err(Judgement::Inconclusive(
                "no such register has two bits set that could be told apart".into(),
            ));
        }
        Ok(())
    })
    .await
}

#[when(
    "the client writes another value to a guarded register while it is locked, unlocked, and locked again"
)]
async fn lock(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let found = context.device.guarded();
        let (guarded, lock, bit) = found.ok_or_else(|| nothing("registers behind a lock"))?;
        let (guarded, lock) = (guarded.clone(), lock.clone());
        let as_found = w.note_before(lock.address, 1).await?.first().copied().unwrap_or_default();
        // Noted behind the lock, and so put back before it.
        let own = w.note_before(guarded.address, 1).await?;
        let other = values(&guarded).into_iter().map(|value| words(&guarded, value)).find(|w| *w != own);
        let other = other.ok_or_else(|| nothing("other values for a register behind a lock"))?;
        let (open, closed) = (with(as_found, bit), without(as_found, bit));
        let mut faults = Vec::new();
        for (value, wanted) in [(closed, false), (open, true), (closed, false)] {
            let exchange = w.put(lock.address, &[value]).await?;
            if !taken(&exchange) {
                // What was changed before the end of the case puts back; a lock that stays closed is its verdict.
                super::writes::may_write(&exchange)?;
                return Err(Judgement::Fail(format!("{} = {value:04X}: {exchange}", lock.id)));
            }
            let before = w.read(guarded.address, 1).await?;
            let value = if before == other { &own } else { &other };
            let exchange = w.put(guarded.address, value).await?;
            let now = settled(w, &guarded, if wanted { value } else { &before }).await?;
            let state = if wanted { "unlocked" } else { "locked" };
            let right = match kind(&exchange) {
                Kind::Normal(_) => wanted && now == *value,
                Kind::Exception(Some(2..=4)) => !wanted && now == before,
                _ => false,
            };
            if right {
                w.note(format!("{state}: {exchange}"));
            } else {
                faults.push(format!("{} while {state}: {exchange}; it reads {now:04X?}", guarded.id));
            }
        }
        // What is guarded is put back while it is open.
        w.put(lock.address, &[open]).await?;
        w.undo().await?;
        match faults.first() {
            Some(fault) => Err(Judgement::Fail(fault.clone())),
            None => Ok(()),
        }
    })
    .await
}

/// Writes to each register a value that differs from what it holds and from its reset value; keeps it in the image.
async fn differ(world: &mut CaseWorld, chosen: Vec<Register>) -> Judged {
    world.image.clear();
    for register in chosen {
        let Some(before) = present(world, &register).await? else { continue };
        let reset = register.reset.map(|value| words(&register, value));
        let other = values(&register).into_iter().map(|value| words(&register, value));
        let Some(other) = other.into_iter().find(|w| *w != before && Some(w) != reset.as_ref()) else {
            continue;
        };
        world.note_before(register.address, register.words).await?;
        let exchange = world.put(register.address, &other).await?;
        if !taken(&exchange) {
            super::writes::may_write(&exchange)?;
            return Err(Judgement::Fail(format!("{}: {exchange}", register.id)));
        }
        world.image.insert(register.address, other);
    }
    if world.image.is_empty() { Err(nothing("such registers")) } else { Ok(()) }
}

#[given("each setting with a reset value holds another one")]
async fn settings_differ(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let volatile = |r: &&Register| r.reset.is_some() && r.volatility == Volatility::Setting;
        let chosen = context.device.limited().filter(volatile).cloned().collect();
        differ(w, chosen).await
    })
    .await
}

#[given("each stored register holds another value")]
async fn stored_differ(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let chosen =
            context.device.limited().filter(|r| r.volatility == Volatility::Stored).cloned().collect();
        differ(w, chosen).await
    })
    .await
}

/// Restarts the device as declared and waits until it answers.
pub(super) async fn restart(world: &mut CaseWorld) -> Judged {
    let context = world.context()?;
    let declared = context.declared.bench.restart.clone();
    let declared = declared.ok_or_else(|| Judgement::Inconclusive("no restart is declared".into()))?;
    let register = context.device.named(&declared.register);
    let at = register.map(|r| r.address).ok_or_else(|| {
        Judgement::Error(format!(
            "{} has no register {} to restart it",
            context.device.map.id, declared.register
        ))
    })?;
    let exchange = world.put(at, &[declared.value]).await?;
    // A device that is restarting need not answer.
    if !taken(&exchange) && !matches!(exchange.seen, Seen::Nothing | Seen::Closed) {
        return Err(Judgement::Fail(format!("restart: {exchange}")));
    }
    let deadline = crate::world::ends_in(Duration::from_secs(declared.back_s.into()));
    loop {
        context.link.lock().await.reset().await?;
        match good_request(world).await {
            Ok(()) => return Ok(()),
            Err(_) if !crate::world::over(deadline) => tokio::time::sleep(Duration::from_millis(50)).await,
            Err(_) => {
                let seen = format!("it does not answer {} s after a restart", declared.back_s);
                return Err(Judgement::Fail(seen));
            }
        }
    }
}

#[when("the bench restarts the device")]
async fn bench_restarts(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(Duration::from_secs(660), world, async |w: &mut CaseWorld| restart(w).await).await
}

#[then("each setting holds its reset value")]
async fn reset_values(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let mut faults = Vec::new();
        for (at, written) in w.image.clone() {
            let Some(register) = context.device.register_at(at) else { continue };
            let now = w.read(at, register.words).await?;
            let wanted = register.reset.map(|value| words(register, value)).unwrap_or_default();
            if now != wanted {
                faults.push(format!("{}: {now:04X?} after {written:04X?}; reset {wanted:04X?}", register.id));
            }
        }
        w.undo().await?;
        if faults.is_empty() { Ok(()) } else { Err(Judgement::Fail(faults.join("; "))) }
    })
    .await
}

#[then("each stored register holds what was written, and is put back")]
async fn stored_values(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let mut faults = Vec::new();
        for (at, written) in w.image.clone() {
            let now = w.read(at, written.len() as u16).await?;
            if now != written {
                faults.push(format!("{at:04X}: {now:04X?} after {written:04X?}"));
            }
        }
        w.undo().await?;
        if faults.is_empty() { Ok(()) } else { Err(Judgement::Fail(faults.join("; "))) }
    })
    .await
}
