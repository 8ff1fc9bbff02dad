//! Steps on what a map does not allow: unmapped addresses, versions, writes.

use cucumber::{then, when};
use dpo_gateway::maps::model::{Access, BitField, Kind, Register, SafetyClass};

use super::bits::has;
use super::map::{LONG, not_available};
use super::pdu::Random;
use crate::device::{last_of, raw_number, readable_access};
use crate::transport::Seen;
use crate::world::{
    CaseEnded, CaseWorld, Exchange, Judgement, Judging, read_pdu, step, step_within, write_pdu,
};
use crate::writable::words;

#[when("the client reads each register that only takes writes")]
async fn read_write_only(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let write_only = |r: &&Register| !readable_access(r);
        for register in context.device.map.registers.iter().filter(write_only) {
            w.send(&read_pdu(register.address, register.words), context.timing.answer).await?;
        }
        Ok(())
    })
    .await
}

#[then("each answer is exception 02 or zeros")]
async fn refused_or_zero(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for exchange in w.take_pending()? {
            let quantity = exchange.request.get(4).map_or(0, |q| u16::from(*q));
            let zeros = crate::world::data_words(&exchange.seen, quantity)
                .is_some_and(|words| words.iter().all(|word| *word == 0));
            if !zeros && exchange.seen != Seen::Pdu(vec![0x83, 0x02]) {
                return Err(Judgement::Fail(format!("{exchange}; expected exception 02 or zeros")));
            }
        }
        Ok(())
    })
    .await
}

#[when("the client reads the addresses that are not in the map, one by one")]
async fn sweep(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(4 * LONG, world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let device = &context.device;
        let unmapped: Vec<u16> = (0..=u16::MAX).filter(|a| !device.readable(*a)).collect();
        let near = |a: u16| {
            device
                .map
                .registers
                .iter()
                .any(|r| a.saturating_add(16) >= r.address && a <= last_of(r).saturating_add(16))
        };
        let mut random = Random::new(context.effort.seed);
        let chosen: Vec<u16> = if context.effort.full_sweep {
            unmapped.clone()
        } else {
            let mut far: Vec<u16> = unmapped.iter().copied().filter(|a| !near(*a)).collect();
            let mut chosen: Vec<u16> = unmapped.iter().copied().filter(|a| near(*a)).collect();
            for _ in 0..context.effort.sweep_sample.min(far.len() as u32) {
                chosen.push(far.swap_remove(random.below(far.len())));
            }
            chosen
        };
        let mut undeclared = Vec::new();
        for address in &chosen {
            match w.ask(&read_pdu(*address, 1), context.timing.answer).await? {
                Seen::Pdu(pdu) if pdu == [0x83, 0x02] => {}
                Seen::Pdu(pdu) if pdu.first() == Some(&3) => undeclared.push(format!("{address:04X}")),
                seen => {
                    let exchange = Exchange { request: read_pdu(*address, 1), seen };
                    return Err(Judgement::Fail(format!("{exchange}; expected exception 02")));
                }
            }
        }
        let scope = if context.effort.full_sweep { "all" } else { "sampled" };
        w.note(format!("{scope}: {} of {} unmapped addresses", chosen.len(), unmapped.len()));
        if undeclared.is_empty() {
            return Ok(());
        }
        Err(Judgement::Fail(format!("undeclared registers answer: {}", undeclared.join(" "))))
    })
    .await
}

#[then("each is refused with exception 02")]
async fn swept(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    // The sweep ends the case at anything else; the device must still be there.
    step(world, async |w: &mut CaseWorld| super::answers::good_request(w).await).await
}

/// Reads a register of one word by its id.
async fn named(world: &mut CaseWorld, id: &str) -> Result<i128, Judgement> {
    let context = world.context()?;
    let register = context.device.map.registers.iter().find(|r| r.id == id);
    let register = register.ok_or_else(|| Judgement::Inconclusive(format!("the map has no {id}")))?;
    let words = world.read(register.address, register.words).await?;
    raw_number(register, &words).ok_or_else(|| Judgement::Fail(format!("{id} is no number")))
}

#[when("the client reads the version of the map from the device")]
async fn read_version(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (major, minor) = (named(w, "map_version_major").await?, named(w, "map_version_minor").await?);
        w.kept = [major, minor].iter().map(|v| *v as u16).collect();
        w.note(format!("the device says {major}.{minor}"));
        Ok(())
    })
    .await
}

#[then("the major version is that of the map file and the minor version is not lower")]
async fn version_fits(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let version = &context.device.map.version;
        let mut parts = version.split('.').map(|p| p.parse::<u16>().unwrap_or_default());
        let file = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let device = match w.kept.as_slice() {
            [major, minor] => (*major, *minor),
            _ => return Err(Judgement::Error("no version was read".into())),
        };
        if device.0 != file.0 || device.1 < file.1 {
            return Err(Judgement::Fail(format!("{}.{} against file {version}", device.0, device.1)));
        }
        Ok(())
    })
    .await
}

/// The bit of the capability register on which a register depends.
fn capability(register: &Register) -> Option<&str> {
    register.condition.as_deref()?.strip_prefix("capabilities.")
}

/// Whether the capability register claims a field.
pub(super) fn claims(raw: u64, field: &BitField) -> bool {
    has(raw, 1_u64.checked_shl(field.bit.into()).unwrap_or_default())
}

/// Whether words say nothing: the not-available value, or 0.
pub(super) fn says_nothing(register: &Register, words: &[u16]) -> bool {
    let absent = raw_number(register, words).is_some_and(|raw| not_available(register, raw));
    absent || words.iter().all(|word| *word == 0)
}

#[then("each capability bit agrees with the registers that answer")]
async fn capabilities(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let registers = &context.device.map.registers;
        let flags = registers.iter().find(|r| r.id == "capabilities");
        let flags = flags.ok_or_else(|| Judgement::Inconclusive("no capabilities".into()))?;
        let raw = w.image.get(&flags.address).and_then(|words| raw_number(flags, words));
        let raw = raw.ok_or_else(|| Judgement::Fail("the capabilities were not read".into()))? as u64;
        for field in &flags.bits {
            let bit = field.id.as_str();
            let claimed = claims(raw, field);
            for register in registers.iter().filter(|r| capability(r) == Some(bit) && readable_access(r)) {
                match w.image.get(&register.address) {
                    None if claimed => {
                        return Err(Judgement::Fail(format!("{bit} is claimed, {} is absent", register.id)));
                    }
                    Some(words) if !claimed && !says_nothing(register, words) => {
                        let shown = format!("{bit} is not claimed, {} shows {words:04X?}", register.id);
                        return Err(Judgement::Fail(shown));
                    }
                    _ => {}
                }
            }
            w.note(format!("{bit}: {}", if claimed { "claimed" } else { "not claimed" }));
        }
        Ok(())
    })
    .await
}

#[when("the client writes to each read-only register the value that it holds")]
async fn write_read_only(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let harmless = |r: &&Register| r.access == Access::Ro && !context.device.hazardous(r.address);
        for register in context.device.map.registers.iter().filter(harmless) {
            let Ok(words) = w.try_read(register.address, register.words).await? else { continue };
            w.send(&write_pdu(register.address, &words, false), context.timing.answer).await?;
        }
        Ok(())
    })
    .await
}

#[then("each write is refused")]
async fn writes_refused(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for exchange in w.take_pending()? {
            match super::answers::kind(&exchange) {
                super::answers::Kind::Exception(Some(2)) => {}
                super::answers::Kind::Exception(Some(code @ (3 | 4))) => {
                    w.non_strict(format!("exception {code:02X} where 02 is recommended: {exchange}"));
                }
                _ => return Err(Judgement::Fail(format!("{exchange}; expected exception 02"))),
            }
        }
        Ok(())
    })
    .await
}

#[when("the client writes to each limited register a value just outside its limits")]
async fn write_outside(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let mild = |r: &&Register| {
            let class = r.safety.map(|s| s.class);
            r.access == Access::Rw && class != Some(SafetyClass::Disruptive) && r.group.is_none()
        };
        let mut count = 0_usize;
        for register in context.device.map.registers.iter().filter(mild) {
            let Some(limits) = register.limits else { continue };
            let Ok(before) = w.try_read(register.address, register.words).await? else { continue };
            let top = 1i128 << (16 * u32::from(register.words.min(4)));
            for value in [i128::from(limits.min) - 1, i128::from(limits.max) + 1] {
                let outside_type = register.kind != Kind::Signed && !(0..top).contains(&value);
                if outside_type || not_available(register, value) {
                    continue;
                }
                let pdu = write_pdu(register.address, &words(register, value as i64), false);
                w.note_suspects(&pdu).await?;
                let seen = w.ask(&pdu, context.timing.answer).await?;
                let after = w.read(register.address, register.words).await?;
                if after != before {
                    return Err(Judgement::Fail(format!(
                        "{}: {value} changed {before:04X?} to {after:04X?}",
                        register.id
                    )));
                }
                w.pending.push(Exchange { request: pdu, seen });
                count += 1;
            }
        }
        if count == 0 {
            return Err(Judgement::Inconclusive("no register has limits that can be crossed".into()));
        }
        Ok(())
    })
    .await
}

#[then("each write is refused with exception 03 or 04")]
async fn outside_refused(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for exchange in w.take_pending()? {
            match super::answers::kind(&exchange) {
                super::answers::Kind::Exception(Some(3 | 4)) => w.note(exchange.to_string()),
                super::answers::Kind::Exception(Some(2)) => {
                    w.non_strict(format!("exception 02 where 03 is recommended: {exchange}"));
                }
                _ => return Err(Judgement::Fail(format!("{exchange}; expected exception 03"))),
            }
        }
        Ok(())
    })
    .await
}
