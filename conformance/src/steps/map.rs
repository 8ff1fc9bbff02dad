//! Steps that check a device against its register map, register by register.

use std::collections::BTreeMap;
use std::time::Duration;

use cucumber::{then, when};
use dpo_gateway::maps::model::{Kind, Modality, Register, Volatility};

use crate::device::{printable, raw_number, readable_access, reserved_bits};
use crate::transport::{Seen, hex};
use crate::world::{CaseEnded, CaseWorld, Exchange, Judged, Judgement, Judging, read_pdu, step, step_within};

pub(super) const LONG: Duration = Duration::from_secs(3600);

/// Reads each readable register alone. Mandatory registers must answer; others may be refused whole.
async fn image(world: &mut CaseWorld) -> Result<BTreeMap<u16, Vec<u16>>, Judgement> {
    let context = world.context()?;
    let mut image = BTreeMap::new();
    let readable: Vec<&Register> =
        context.device.map.registers.iter().filter(|r| readable_access(r)).collect();
    for register in &readable {
        if let Some(words) = present(world, register).await? {
            image.insert(register.address, words);
        }
    }
    let absent = readable.len().saturating_sub(image.len());
    world.note(format!("{} registers answered, {absent} optional ones are absent", image.len()));
    Ok(image)
}

/// Reads a register; `None` if it is optional and refused with exception 02.
pub(super) async fn present(
    world: &mut CaseWorld,
    register: &Register,
) -> Result<Option<Vec<u16>>, Judgement> {
    match world.try_read(register.address, register.words).await? {
        Ok(words) => Ok(Some(words)),
        Err(Seen::Pdu(pdu)) if pdu == [0x83, 0x02] && register.modality != Modality::Mandatory => Ok(None),
        Err(seen) => {
            let exchange = Exchange { request: read_pdu(register.address, register.words), seen };
            Err(Judgement::Fail(format!("{}: {exchange}", register.id)))
        }
    }
}

/// Judges each register of the image; lists every fault.
fn each(world: &CaseWorld, check: impl Fn(&Register, &[u16]) -> Option<String>) -> Judged {
    let context = world.context()?;
    let mut faults = Vec::new();
    for register in &context.device.map.registers {
        if let Some(words) = world.image.get(&register.address)
            && let Some(fault) = check(register, words)
        {
            faults.push(format!("{} at {:04X}: {fault}", register.id, register.address));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Judgement::Fail(faults.join("; "))) }
}

#[when("the client reads each declared register alone")]
async fn read_each(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut CaseWorld| {
        w.image = image(w).await?;
        if w.image.is_empty() {
            return Err(Judgement::Inconclusive("no register answered".into()));
        }
        Ok(())
    })
    .await
}

#[then("each mandatory register was answered with its declared length")]
async fn each_answered(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    // Reading ends the case at the first register that was not; this compares the count.
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let missing: Vec<&str> = context
            .device
            .mandatory()
            .filter(|r| readable_access(r) && !w.image.contains_key(&r.address))
            .map(|r| r.id.as_str())
            .collect();
        if missing.is_empty() { Ok(()) } else { Err(Judgement::Fail(format!("missing: {missing:?}"))) }
    })
    .await
}

#[then("each span of neighbours reads as its registers do alone")]
async fn spans(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let limit = context.device.map.bus.max_read_words;
        let mut spans: Vec<(u16, u16, Vec<&Register>)> = Vec::new();
        let mut registers: Vec<&Register> =
            context.device.map.registers.iter().filter(|r| w.image.contains_key(&r.address)).collect();
        registers.sort_by_key(|r| r.address);
        for register in registers {
            match spans.last_mut() {
                Some((first, words, list))
                    if first.checked_add(*words) == Some(register.address)
                        && *words + register.words <= limit =>
                {
                    *words += register.words;
                    list.push(register);
                }
                _ => spans.push((register.address, register.words, vec![register])),
            }
        }
        let count = spans.len();
        for (first, quantity, list) in spans {
            let words = w.read(first, quantity).await?;
            for register in list.into_iter().filter(|r| r.volatility == Volatility::Constant) {
                let from = usize::from(register.address - first);
                let inside = words.get(from..from + usize::from(register.words)).map(<[u16]>::to_vec);
                if inside.as_ref() != w.image.get(&register.address) {
                    return Err(Judgement::Fail(format!(
                        "{} reads {inside:04X?} in a span and {:04X?} alone",
                        register.id,
                        w.image.get(&register.address)
                    )));
                }
            }
        }
        w.note(format!("{count} spans"));
        Ok(())
    })
    .await
}

#[then("each value decodes by its declared type")]
async fn decodes(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let mut odd_tails = Vec::new();
        for register in context.device.map.registers.iter().filter(|r| r.kind == Kind::Text) {
            let bytes: Vec<u8> =
                w.image.get(&register.address).into_iter().flatten().flat_map(|x| x.to_be_bytes()).collect();
            let tail = bytes.iter().skip_while(|b| **b != 0);
            if tail.copied().any(|b| b != 0) {
                odd_tails.push(register.id.clone());
            }
        }
        if !odd_tails.is_empty() {
            w.non_strict(format!("bytes behind the end of the text: {}", odd_tails.join(", ")));
        }
        each(w, |register, words| match register.kind {
            Kind::Text => {
                let bytes: Vec<u8> = words.iter().flat_map(|x| x.to_be_bytes()).collect();
                let text: Vec<u8> = bytes.iter().copied().take_while(|b| *b != 0).collect();
                (!text.iter().copied().all(printable)).then(|| format!("no ASCII text: {}", hex(&bytes)))
            }
            Kind::Raw | Kind::Float => None,
            _ => raw_number(register, words).is_none().then(|| "no number".to_owned()),
        })
    })
    .await
}

/// Whether the value says "not available".
pub(super) fn not_available(register: &Register, raw: i128) -> bool {
    register.not_available.is_some_and(|na| i128::from(na) == raw)
}

#[then("each value lies inside the limits of the map")]
async fn inside_limits(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        each(w, |register, words| {
            let raw = raw_number(register, words)?;
            if not_available(register, raw) {
                return None;
            }
            if let Some(limits) = register.limits {
                let inside = (i128::from(limits.min)..=i128::from(limits.max)).contains(&raw);
                return (!inside).then(|| format!("{raw} is outside {} to {}", limits.min, limits.max));
            }
            plausible(register, raw)
        })
    })
    .await
}

/// Where the map states no limits, physics does: wide windows by unit that any working shelf keeps.
fn plausible(register: &Register, raw: i128) -> Option<String> {
    let value = raw as f64 * register.scale.value() + register.offset.value();
    let window = match register.unit.as_deref()? {
        "V" => -100.0..=1000.0,
        "A" => -1000.0..=1000.0,
        "W" => -1.0e6..=1.0e6,
        "Hz" => 0.0..=500.0,
        "Cel" => -60.0..=200.0,
        "%" => -0.5..=200.0,
        _ => return None,
    };
    let unit = register.unit.as_deref().unwrap_or_default();
    (!window.contains(&value)).then(|| format!("{value} {unit} is beyond any power shelf"))
}

#[then("each enumeration holds a declared symbol")]
async fn symbols(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        each(w, |register, words| {
            if register.kind != Kind::Enum {
                return None;
            }
            let raw = raw_number(register, words)?;
            let declared = register.symbols.iter().any(|s| i128::from(s.value) == raw);
            (!declared && !not_available(register, raw)).then(|| format!("{raw} is no declared symbol"))
        })
    })
    .await
}

#[then("the reserved bits of each flags register are 0")]
async fn reserved(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        each(w, |register, words| {
            if register.kind != Kind::Flags {
                return None;
            }
            let set = raw_number(register, words)? as u64 & reserved_bits(register);
            (set != 0).then(|| format!("reserved bits {set:#x} are set"))
        })
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shelf_shows_what_physics_lets_it() {
        let maps = crate::targets::maps().unwrap();
        let own = maps.iter().flat_map(|m| &m.registers).find(|r| r.kind == Kind::Signed).unwrap();
        let fits = |unit: &str, raw: i128| {
            plausible(&Register { unit: Some(unit.into()), ..own.clone() }, raw).is_none()
        };
        let one = 1.0 / own.scale.value();
        assert!((one - 128.0).abs() < 1e-9 && own.offset.value().abs() < 1e-9, "{one}");
        for (unit, low, high) in [
            ("V", -100.0, 1000.0),
            ("A", -1000.0, 1000.0),
            ("W", -1.0e6, 1.0e6),
            ("Hz", 0.0, 500.0),
            ("Cel", -60.0, 200.0),
            ("%", -0.5, 200.0),
        ] {
            let raw = |value: f64| (value * one) as i128;
            assert!(fits(unit, raw(low)) && fits(unit, raw(high)), "{unit}");
            assert!(!fits(unit, raw(low) - 1) && !fits(unit, raw(high) + 1), "{unit}");
        }
        assert!(fits("1", i128::MAX));
    }
}
