//! Steps that check a device against its register map, register by register.

use std::collections::BTreeMap;
use std::time::Duration;

use cucumber::{then, when};
use dpo_gateway::maps::model::{Access, Kind, Modality, Register, SafetyClass, Volatility};

use super::pdu::Random;
use crate::device::{last_of, printable, raw_number, readable_access, reserved_bits};
use crate::transport::{Seen, hex};
use crate::world::{CaseEnded, CaseWorld, Exchange, Judged, Judgement, read_pdu, step, step_within};

const LONG: Duration = Duration::from_secs(3600);

/// Reads each readable register alone. Mandatory registers must answer; others may be refused whole.
async fn image(world: &mut CaseWorld) -> Result<BTreeMap<u16, Vec<u16>>, Judgement> {
    let context = world.context()?;
    let mut image = BTreeMap::new();
    let mut absent = 0;
    for register in context.device.map.registers.iter().filter(|r| readable_access(r)) {
        match present(world, register).await? {
            Some(words) => {
                image.insert(register.address, words);
            }
            None => absent += 1,
        }
    }
    world.note(format!("{} registers answered, {absent} optional ones are absent", image.len()));
    Ok(image)
}

/// Reads a register; `None` if it is optional and refused with exception 02.
async fn present(world: &mut CaseWorld, register: &Register) -> Result<Option<Vec<u16>>, Judgement> {
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
            Kind::Raw => None,
            _ => raw_number(register, words).is_none().then(|| "no number".to_owned()),
        })
    })
    .await
}

/// Whether the value says "not available".
fn not_available(register: &Register, raw: i128) -> bool {
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

#[when(regex = r"^the client reads each constant register (\d+) times$")]
async fn constants(world: &mut CaseWorld, times: u32) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let constant = |r: &&Register| r.volatility == Volatility::Constant && readable_access(r);
        let mut count = 0;
        for register in context.device.map.registers.iter().filter(constant) {
            let Some(first) = present(w, register).await? else { continue };
            for _ in 1..times {
                let again = w.read(register.address, register.words).await?;
                if again != first {
                    return Err(Judgement::Fail(format!("{}: {first:04X?}, then {again:04X?}", register.id)));
                }
            }
            count += 1;
        }
        if count == 0 {
            return Err(Judgement::Inconclusive("no constant register answered".into()));
        }
        w.note(format!("{count} constant registers"));
        Ok(())
    })
    .await
}

#[then("each held the same value each time")]
async fn constant_values(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    // The reads end the case at the first change; the device must still be the same one.
    step(world, async |w: &mut CaseWorld| super::answers::good_request(w).await).await
}

#[when("the client samples each counter")]
async fn sample_counters(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    sample(world, 1).await
}

#[when("the client samples each counter of several words in one request")]
async fn sample_long_counters(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    sample(world, 2).await
}

async fn sample(world: &mut CaseWorld, least_words: u16) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let counter = |r: &&Register| {
            let rises =
                r.volatility == Volatility::Counter || r.id == "uptime" || r.id == "snapshot_sequence";
            rises && r.words >= least_words && readable_access(r)
        };
        w.samples.clear();
        for _ in 0..context.effort.samples {
            for register in context.device.map.registers.iter().filter(counter) {
                if let Some(words) = present(w, register).await?
                    && let Some(raw) = raw_number(register, &words)
                {
                    w.samples.entry(register.address).or_default().push(raw);
                }
            }
            tokio::time::sleep(context.effort.sample_interval).await;
        }
        if w.samples.is_empty() {
            return Err(Judgement::Inconclusive("no counter answered".into()));
        }
        let count: usize = w.samples.values().map(Vec::len).sum();
        w.note(format!("{} counters, {count} samples", w.samples.len()));
        Ok(())
    })
    .await
}

#[then("no counter ever falls, except when it rolls over")]
async fn never_falls(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        judge_samples(w, |before, after, top| {
            // A roll-over goes from the last quarter of the range to the first.
            let rolled = before > top / 4 * 3 && after < top / 4;
            (after < before && !rolled).then(|| format!("fell from {before} to {after}"))
        })
    })
    .await
}

#[then("no counter shows a value that it never had")]
async fn never_torn(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        judge_samples(w, |before, after, top| {
            // Words of two moments: the value is off by a multiple of 65536, less what passed.
            let rolled = before > top / 4 * 3 && after < top / 4;
            let distance = (after - before).abs();
            (distance > 0x8000 && !rolled).then(|| format!("jumped from {before} to {after}"))
        })
    })
    .await
}

fn judge_samples(world: &CaseWorld, fault: impl Fn(i128, i128, i128) -> Option<String>) -> Judged {
    let context = world.context()?;
    for (address, values) in &world.samples {
        let Some(register) = context.device.register_at(*address) else { continue };
        let top = 1i128 << (16 * u32::from(register.words.min(4)));
        for pair in values.windows(2) {
            if let [before, after] = pair
                && let Some(fault) = fault(*before, *after, top)
            {
                return Err(Judgement::Fail(format!("{}: {fault}", register.id)));
            }
        }
    }
    Ok(())
}

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

/// Capability bits of the DPO block and the registers that stand or fall with each.
const CAPABILITIES: [(&str, &[&str]); 4] = [
    ("lease", &["lease_holder", "lease_remaining"]),
    ("input_power_limit", &["input_power_limit", "input_power_limit_applied", "input_power_limit_max"]),
    ("bbu_discharge", &["bbu_discharge", "bbu_discharge_applied", "bbu_discharge_max"]),
    ("measurements", &["input_power", "output_power", "bus_voltage", "state_of_charge"]),
];

#[then("each capability bit agrees with the registers that answer")]
async fn capabilities(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let find = |id: &str| context.device.map.registers.iter().find(|r| r.id == id);
        let flags = find("capabilities").ok_or_else(|| Judgement::Inconclusive("no capabilities".into()))?;
        let raw = w.image.get(&flags.address).and_then(|words| raw_number(flags, words));
        let raw = raw.ok_or_else(|| Judgement::Fail("the capabilities were not read".into()))? as u64;
        for (bit, ids) in CAPABILITIES {
            let Some(field) = flags.bits.iter().find(|b| b.id == bit) else { continue };
            let claimed = raw >> field.bit.min(63) & 1 == 1;
            for register in ids.iter().filter_map(|id| find(id)) {
                let answered = w.image.contains_key(&register.address);
                if claimed && !answered {
                    return Err(Judgement::Fail(format!("{bit} is claimed, {} is absent", register.id)));
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
            let ([a, b], count) = (register.address.to_be_bytes(), register.words as u8);
            let mut pdu = vec![0x10, a, b, 0, count, 2 * count];
            pdu.extend(words.iter().flat_map(|word| word.to_be_bytes()));
            w.send(&pdu, context.timing.answer).await?;
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
        let mut count = 0;
        for register in context.device.map.registers.iter().filter(mild) {
            let Some(limits) = register.limits else { continue };
            let Ok(before) = w.try_read(register.address, register.words).await? else { continue };
            let top = 1i128 << (16 * u32::from(register.words.min(4)));
            for value in [i128::from(limits.min) - 1, i128::from(limits.max) + 1] {
                let outside_type = register.kind != Kind::Signed && !(0..top).contains(&value);
                if outside_type || not_available(register, value) {
                    continue;
                }
                let ([a, b], words) = (register.address.to_be_bytes(), register.words as u8);
                let mut pdu = vec![0x10, a, b, 0, words, 2 * words];
                let bytes = value.to_be_bytes();
                pdu.extend_from_slice(bytes.get(16 - 2 * usize::from(words)..).unwrap_or_default());
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
