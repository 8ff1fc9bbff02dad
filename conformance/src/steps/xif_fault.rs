//! Steps that raise a fault in a supply and look for it on Modbus and Redfish. Class D: the supply may turn off.
//!
//! The fault is the smallest input voltage (`vin_min`), set above the voltage that the supply has. It is put back before
//! anything is judged, and stands in the journal until then.

use std::time::Duration;

use cucumber::{then, when};
use dpo_gateway::maps::model::Register;
use serde_json::Value;

use super::bits::with;
use crate::device::Device;
use crate::restore::Before;
use crate::service::ServiceWorld;
use crate::service::xif::{Pair, engineering, is_supply};
use crate::transport::Seen;
use crate::world::{CaseEnded, Judged, Judgement, Judging, step, step_within, write_pdu};

/// The limit that is moved, the reading that it is about, and the register with the summary of alarms.
const LIMIT: &str = "vin_min";
const READING: &str = "input_voltage_ac";
const ALARMS: &str = "PowerSupply.Status";
/// Longest time until a fault shows.
const SHOWS: Duration = Duration::from_secs(10);
const LONG: Duration = Duration::from_secs(180);

fn register<'a>(device: &'a Device, id: &str) -> Option<&'a Register> {
    device.map.registers.iter().find(|r| r.id == id)
}

/// Whether a fault can be raised in a device, and seen.
pub(crate) fn can_fault(device: &Device) -> bool {
    let alarms = device.any(|r| r.links.redfish.as_deref() == Some(ALARMS));
    is_supply(device) && alarms && [LIMIT, READING].iter().all(|id| register(device, id).is_some())
}

/// Notes in the journal what a register held, and writes it.
async fn change(world: &mut ServiceWorld, notes: &mut Vec<Before>, was: Before, word: u16) -> Judged {
    let restore = world.restore()?;
    restore.changing(&was).map_err(|e| Judgement::Error(e.to_string()))?;
    let (unit, at) = (was.unit, was.address);
    notes.push(was);
    let seen = world.modbus(unit, &write_pdu(at, &[word], false)).await?;
    match &seen {
        Seen::Pdu(pdu) if pdu.first() == Some(&0x10) => return Ok(()),
        // Refused: there is nothing to put back.
        Seen::Pdu(_) => {
            if let Some(was) = notes.pop() {
                restore.put_back(&was).map_err(|e| Judgement::Error(e.to_string()))?;
            }
        }
        _ => {}
    }
    Err(Judgement::Inconclusive(format!("the write of {word} to {at:04X}h got {seen:?}")))
}

/// Puts back what was changed, the last change first. What cannot be put back stays in the journal.
async fn undo(world: &mut ServiceWorld, notes: Vec<Before>) -> Judged {
    let restore = world.restore()?;
    for was in notes.into_iter().rev() {
        let seen = world.modbus(was.unit, &write_pdu(was.address, &was.words, false)).await?;
        if !matches!(&seen, Seen::Pdu(pdu) if pdu.first() == Some(&0x10)) {
            return Err(Judgement::Error(format!("not put back: {was}: {seen:?}")));
        }
        restore.put_back(&was).map_err(|e| Judgement::Error(e.to_string()))?;
    }
    Ok(())
}

/// What both interfaces say of a supply: alarm bits, and whether Redfish calls it healthy.
async fn state(world: &mut ServiceWorld, serial: &str) -> Result<(bool, bool), Judgement> {
    let pairs = world.pairs().await?;
    let pair = pairs.into_iter().find(|pair| pair.serial == serial);
    let pair = pair.ok_or_else(|| Judgement::Fail(format!("the supply {serial} is gone")))?;
    let alarms = pair.device.map.registers.iter().find(|r| r.links.redfish.as_deref() == Some(ALARMS));
    let alarms = alarms.ok_or_else(|| Judgement::Error("the map links no summary of alarms".into()))?;
    let words = world.words(pair.device.unit, alarms).await?;
    let health = pair.supply.get("Status").and_then(|s| s.get("Health")).and_then(Value::as_str);
    Ok((words.iter().any(|word| *word != 0), health != Some("OK")))
}

/// Waits until both interfaces say the same; after how many milliseconds each did, on Modbus and on Redfish.
async fn until(
    world: &mut ServiceWorld,
    serial: &str,
    fault: bool,
    limit: Duration,
) -> Result<[Option<u128>; 2], Judgement> {
    let started = tokio::time::Instant::now();
    let mut seen = [None; 2];
    while seen.contains(&None) && started.elapsed() < limit {
        let (modbus, redfish) = state(world, serial).await?;
        for (slot, shows) in seen.iter_mut().zip([modbus, redfish]) {
            if shows == fault {
                slot.get_or_insert(started.elapsed().as_millis());
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(seen)
}

/// Moves the limit above the reading; `notes` gets what the registers held before.
async fn raise(world: &mut ServiceWorld, pair: &Pair, notes: &mut Vec<Before>) -> Judged {
    let (device, unit) = (&pair.device, pair.device.unit);
    let both = (register(device, LIMIT), register(device, READING));
    let (Some(limit), Some(reading)) = both else {
        return Err(Judgement::Error(format!("{} has no {LIMIT}", device.map.id)));
    };
    let words = world.words(unit, reading).await?;
    let volts = engineering(reading, &words).filter(|volts| *volts > 0.0);
    let volts = volts.ok_or_else(|| Judgement::Inconclusive("the supply has no input voltage".into()))?;
    let raw = ((volts * 1.1 - limit.offset.value()) / limit.scale.value()).round();
    let most = limit.limits.map_or(f64::from(u16::MAX), |l| l.max as f64);
    if raw > most {
        return Err(Judgement::Inconclusive(format!("{LIMIT} cannot be set above {volts} V")));
    }
    let link = world.link().await?;
    let was = |at: u16, words: Vec<u16>| Before::register(link.clone(), unit, at, words);
    let before = world.words(unit, limit).await?;
    if let Some((guard, field)) = limit.unlock.as_deref().and_then(|unlock| unlock.split_once('.')) {
        let own = register(device, guard);
        let bit = own.and_then(|r| r.bits.iter().find(|b| b.id == field)).map(|b| b.bit);
        if let (Some(own), Some(bit)) = (own, bit) {
            let held = world.words(unit, own).await?;
            let open = with(
                held.first().copied().unwrap_or_default(),
                1_u16.checked_shl(bit.into()).unwrap_or_default(),
            );
            change(world, notes, was(own.address, held), open).await?;
        }
    }
    change(world, notes, was(limit.address, before), raw as u16).await
}

#[when("the smallest input voltage of a supply is set above the one it has, and put back")]
async fn fault(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut ServiceWorld| {
        let pairs = w.pairs().await?;
        let pair = pairs.into_iter().find(|pair| can_fault(&pair.device));
        let pair = pair.ok_or_else(|| Judgement::Error("no supply can be given a fault".into()))?;
        if state(w, &pair.serial).await? != (false, false) {
            return Err(Judgement::Inconclusive(format!("the supply {} has an alarm already", pair.serial)));
        }
        let mut notes = Vec::new();
        let raised = raise(w, &pair, &mut notes).await;
        let came = match raised {
            Ok(()) => until(w, &pair.serial, true, SHOWS).await,
            Err(ended) => Err(ended),
        };
        undo(w, notes).await?;
        let came = came?;
        // A supply that turned off may have to start first: four times as long as that takes.
        let limit = 4 * w.context()?.effort.start;
        let gone = until(w, &pair.serial, false, limit).await?;
        for (name, time) in ["modbus-came", "redfish-came", "modbus-gone", "redfish-gone"]
            .into_iter()
            .zip(came.into_iter().chain(gone))
        {
            w.note(format!("{name}: {}", time.map_or("never".to_owned(), |ms| format!("{ms} ms"))));
            w.numbers.insert(name, time.map_or(f64::INFINITY, |ms| ms as f64));
        }
        Ok(())
    })
    .await
}

async fn judge(world: &mut ServiceWorld, names: [&'static str; 2], what: &str) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        for name in names {
            if w.numbers.get(name).is_none_or(|ms| ms.is_infinite()) {
                return Err(Judgement::Fail(format!("{name}: never, and {what}")));
            }
        }
        Ok(())
    })
    .await
}

#[then("within 10 s Modbus shows an alarm of the supply, and Redfish no health OK")]
async fn shows(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    judge(world, ["modbus-came", "redfish-came"], "the supply had a fault for 10 s").await
}

#[then("within 60 s neither Modbus nor Redfish shows it any more")]
async fn gone(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    judge(world, ["modbus-gone", "redfish-gone"], "the fault was over for 60 s").await
}
