//! Steps that read Modbus and Redfish of one shelf.

use std::time::Duration;

use cucumber::{then, when};
use dpo_gateway::maps::model::Kind;
use serde_json::Value;

use crate::service::xif::{engineering, linked, plain, reading, step_of, text};
use crate::service::{ServiceWorld, tree};
use crate::transport::http::Request;
use crate::world::{CaseEnded, Judgement, Judging, read_pdu, step, step_within};

/// How long two readings of a changing quantity may take to agree.
const AGREE: Duration = Duration::from_secs(5);
const LONG: Duration = Duration::from_secs(120);

#[when("the client reads the identity of the supplies and of the gateway on Modbus and on Redfish")]
async fn identities(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut ServiceWorld| {
        for pair in w.pairs().await? {
            for (property, register) in linked(&pair.device, "PowerSupply") {
                if register.kind == Kind::Text {
                    let own = text(&w.words(pair.device.unit, register).await?);
                    let key = format!("{} {property}", pair.serial);
                    w.texts.push((key, own, pair.supply.get(&property).cloned()));
                }
            }
        }
        let managers = tree::managers(w).await?;
        let block = w.context()?.modbus.as_ref().and_then(|m| m.block().cloned());
        if let (Some(block), Some(manager)) = (block, managers.first()) {
            for (property, register) in linked(&block, "Manager") {
                if register.kind == Kind::Text {
                    let own = text(&w.words(block.unit, register).await?);
                    w.texts.push((format!("gateway {property}"), own, manager.get(&property).cloned()));
                }
            }
        }
        Ok(())
    })
    .await
}

#[then("each text that both have is the same")]
async fn same_texts(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let mut judged = 0_usize;
        for (what, modbus, redfish) in std::mem::take(&mut w.texts) {
            match redfish.as_ref().and_then(Value::as_str) {
                Some(redfish) if redfish != modbus => {
                    return Err(Judgement::Fail(format!("{what}: Modbus {modbus:?}, Redfish {redfish:?}")));
                }
                Some(_) => judged += 1,
                // A date is no text in Redfish; a property that is not there is not compared.
                None => w.note(format!("{what} is {modbus:?} on Modbus, and not on Redfish")),
            }
        }
        if judged == 0 {
            return Err(Judgement::Inconclusive("both interfaces have no text in common".into()));
        }
        w.note(format!("{judged} texts are the same"));
        Ok(())
    })
    .await
}

#[when("the client reads the linked quantities of the supplies on both interfaces for up to 5 s")]
async fn quantities(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut ServiceWorld| {
        let deadline = crate::world::ends_in(AGREE);
        loop {
            for pair in w.pairs().await? {
                for (property, register) in linked(&pair.device, "PowerSupplyMetrics") {
                    let words = w.words(pair.device.unit, register).await?;
                    let Some(modbus) = engineering(register, &words) else { continue };
                    let Some((redfish, sensor)) = reading(&pair.metrics, &property) else { continue };
                    let key = format!("{} {property}", pair.serial);
                    let near = (modbus - redfish).abs()
                        <= 0.02 * modbus.abs().max(redfish.abs()) + step_of(register);
                    let unit = register.unit.clone().unwrap_or_default();
                    let entry = w.compared.entry(key).or_default();
                    entry.agreed |= near;
                    (entry.modbus, entry.redfish, entry.unit) = (modbus, redfish, unit);
                    entry.sensor = sensor;
                }
            }
            let all = w.compared.values().all(|c| c.agreed);
            if all || crate::world::over(deadline) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
}

#[then("each was the same at least once")]
async fn agreed(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        if w.compared.is_empty() {
            return Err(Judgement::Inconclusive("both interfaces have no quantity in common".into()));
        }
        if let Some((what, c)) = w.compared.iter().find(|(_, c)| !c.agreed) {
            let seen = format!("{what}: Modbus {} {}, Redfish {}", c.modbus, c.unit, c.redfish);
            return Err(Judgement::Fail(seen));
        }
        w.note(format!("{} quantities agree", w.compared.len()));
        Ok(())
    })
    .await
}

#[then("each sensor has the unit of the map, and no value is off by a factor")]
async fn units(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut ServiceWorld| {
        let mut judged = 0_usize;
        for (what, c) in w.compared.clone() {
            let small = c.modbus.abs().max(c.redfish.abs()) < 1.0;
            let ratio = if c.modbus == 0.0 { 0.0 } else { c.redfish / c.modbus };
            if !small && !(0.4..2.5).contains(&ratio) {
                let seen = format!("{what}: Modbus {} {}, Redfish {}", c.modbus, c.unit, c.redfish);
                return Err(Judgement::Fail(format!("{seen}: off by a factor of {ratio:.3}")));
            }
            let Some(uri) = c.sensor else { continue };
            let sensor = w.get(&uri).await?;
            let unit = sensor.get("ReadingUnits").and_then(Value::as_str).unwrap_or_default();
            // Curly braces are an annotation of UCUM and change nothing.
            let bare: String = unit.split('{').map(|part| part.rsplit('}').next().unwrap_or(part)).collect();
            if bare != c.unit && unit != c.unit {
                return Err(Judgement::Fail(format!("{what}: the map says {:?}, {uri} {unit:?}", c.unit)));
            }
            judged += 1;
        }
        if judged == 0 {
            return Err(Judgement::Inconclusive("no quantity of both interfaces names its sensor".into()));
        }
        w.note(format!("{judged} units are the same"));
        Ok(())
    })
    .await
}

/// The gateway's own state on Redfish.
pub(super) async fn gateway_state(world: &mut ServiceWorld) -> Result<Value, Judgement> {
    for manager in tree::managers(world).await? {
        if let Some(state) = tree::gateway_state(&manager) {
            return Ok(state.clone());
        }
    }
    Err(Judgement::Fail("no manager on Redfish tells the state of the gateway".into()))
}

/// The kind of owner of the lease on Redfish, as a symbol of the block.
pub(super) fn owner(state: &Value) -> String {
    state.pointer("/Lease/OwnerType").and_then(Value::as_str).map_or_else(|| "none".to_owned(), plain)
}

#[when("the client reads the state of the gateway on both interfaces")]
async fn states(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        // A state may change between two reads: three tries.
        for _ in 0..3 {
            w.texts.clear();
            let state = gateway_state(w).await?;
            let name = state.get("State").and_then(Value::as_str).map(plain).unwrap_or_default();
            let (own, holder) = (w.block_symbol("state").await?, w.block_symbol("lease_holder").await?);
            w.texts.push(("state".into(), plain(&own), Some(name.into())));
            w.texts.push(("owner of the lease".into(), plain(&holder), Some(owner(&state).into())));
            let same =
                |(_, a, b): &(String, String, Option<Value>)| b.as_ref().and_then(Value::as_str) == Some(a);
            if w.texts.iter().all(same) {
                break;
            }
        }
        Ok(())
    })
    .await
}

#[then("state and owner of the lease have the same names")]
async fn same_states(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        for (what, modbus, redfish) in std::mem::take(&mut w.texts) {
            let redfish = redfish.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
            if modbus != redfish {
                return Err(Judgement::Fail(format!("{what}: Modbus {modbus:?}, Redfish {redfish:?}")));
            }
            w.note(format!("{what}: {modbus}"));
        }
        Ok(())
    })
    .await
}

#[when("the client reads the time of the gateway on both interfaces")]
async fn times(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let modbus = w.block_number("time").await?;
        let modbus = modbus.ok_or_else(|| Judgement::Inconclusive("the block has no time".into()))?;
        let managers = tree::managers(w).await?;
        let text = managers.iter().find_map(|m| m.get("DateTime").and_then(Value::as_str));
        let text = text.ok_or_else(|| Judgement::Fail("no manager on Redfish has a DateTime".into()))?;
        let redfish = unix_seconds(text);
        let redfish = redfish.ok_or_else(|| Judgement::Fail(format!("DateTime {text:?} is no RFC 3339")))?;
        w.numbers.insert("difference", (modbus - redfish).abs());
        Ok(())
    })
    .await
}

/// Seconds since 1970 of an RFC 3339 time.
fn unix_seconds(text: &str) -> Option<f64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute) = (number(11, 13)?, number(14, 16)?);
    let rest = text.get(17..)?;
    let end = rest.find(['Z', 'z', '+', '-'])?;
    let second: f64 = rest.get(..end)?.parse().ok()?;
    let zone = rest.get(end..)?;
    let offset = if zone.eq_ignore_ascii_case("z") {
        0
    } else {
        let sign = if zone.starts_with('-') { -1 } else { 1 };
        sign * (zone.get(1..3)?.parse::<i64>().ok()? * 3600 + zone.get(4..6)?.parse::<i64>().ok()? * 60)
    };
    // Days of the civil calendar, with years that begin in March.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = y.div_euclid(400);
    let yoe = y - era * 400;
    let days = era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + (153 * m + 2) / 5 + day - 1 - 719_468;
    Some((days * 86_400 + hour * 3600 + minute * 60 - offset) as f64 + second)
}

#[then("the times differ by less than 5 s")]
async fn same_time(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let difference = w.numbers.get("difference").copied().unwrap_or(f64::INFINITY);
        if difference >= 5.0 {
            return Err(Judgement::Fail(format!("the times differ by {difference:.1} s")));
        }
        Ok(())
    })
    .await
}

#[when("both interfaces are read at once as fast as they answer")]
async fn both_at_once(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut ServiceWorld| {
        let sensors: Vec<String> = {
            let all = tree::sensors(w).await?;
            let uri = |body: &Value| body.get("@odata.id").and_then(Value::as_str).map(str::to_owned);
            all.iter().take(4).filter_map(uri).collect()
        };
        let context = w.context()?;
        let side = context.modbus.as_ref();
        let side = side.ok_or_else(|| Judgement::Error("the target has no Modbus".into()))?;
        let block = side.block().ok_or_else(|| Judgement::Error("the target has no DPO block".into()))?;
        let token = context.session.lock().await.clone().map(|(token, _)| token).unwrap_or_default();
        let client = context.client.lock().await.clone();
        let rounds = context.effort.samples.max(10);
        let log = w.log();
        let redfish = async {
            let mut late = Vec::new();
            for nth in 0..rounds as usize {
                let Some(uri) = sensors.get(nth % sensors.len().max(1)) else { break };
                let request = Request::new("GET", uri).with("X-Auth-Token", &token);
                match client.send(&request, &*log).await {
                    Ok(answer) if answer.status == 200 => {}
                    Ok(answer) => late.push(format!("{request}: status {}", answer.status)),
                    Err(error) => late.push(error.to_string()),
                }
            }
            late
        };
        let modbus = async {
            let mut late = Vec::new();
            let mut link = side.link.lock().await;
            let address = block.map.registers.first().map_or(0, |r| r.address);
            for _ in 0..rounds * 5 {
                let pdu = read_pdu(address, 2);
                let seen = link.exchange(block.unit, &pdu, side.timing.answer, &*log).await;
                if !seen.as_ref().is_ok_and(|seen| crate::world::data_words(seen, 2).is_some()) {
                    late.push(format!("Modbus: {seen:?}"));
                }
            }
            late
        };
        let (a, b) = futures::join!(redfish, modbus);
        w.note(format!("{} reads of Redfish beside {} of Modbus", rounds, rounds * 5));
        w.late = a.into_iter().chain(b).collect();
        Ok(())
    })
    .await
}

#[then("every read was answered in time")]
async fn all_in_time(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| match w.late.first() {
        Some(first) => Err(Judgement::Fail(format!("{} reads failed; the first: {first}", w.late.len()))),
        None => Ok(()),
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::unix_seconds;

    #[test]
    fn reads_the_times_of_rfc_3339() {
        assert_eq!(unix_seconds("1970-01-01T00:00:00Z"), Some(0.0));
        assert_eq!(unix_seconds("2026-11-30T00:18:00.5+02:00"), Some(1_795_990_680.5));
        assert_eq!(unix_seconds("2024-02-29T23:59:59-00:30"), Some(1_709_252_999.0));
        for bad in ["", "2026-11-30", "2026-11-30T00:00:00", "2026-13"] {
            assert_eq!(unix_seconds(bad), None, "{bad}");
        }
    }
}
