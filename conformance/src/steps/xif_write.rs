//! Steps that steer one shelf over Modbus and Redfish. The guards let them through only with `--allow-writes`.

use std::time::Duration;

use cucumber::{given, then, when};
use serde_json::{Value, json};

use super::bits::near;
use super::xif::{gateway_state, owner};
use crate::service::tree::{self, range, read_control, set_point};
use crate::service::{Control, ServiceWorld};
use crate::transport::http::Request;
use crate::transport::{Seen, hex};
use crate::world::{CaseEnded, Judged, Judgement, step, step_within};

/// Longest time until a change shows on the other interface.
const SHOWS: Duration = Duration::from_secs(5);
/// Token of the suite's lease.
const TOKEN: u16 = 0x0D90;

fn control(world: &ServiceWorld) -> Result<Control, Judgement> {
    world.control.clone().ok_or_else(|| Judgement::Error("no control was read".into()))
}

fn largest(world: &ServiceWorld) -> Result<f64, Judgement> {
    let range = range(&control(world)?.body);
    range.map(|(_, max)| max.floor()).ok_or_else(|| Judgement::Fail("the control states no range".into()))
}

fn shown(seen: &Seen) -> String {
    match seen {
        Seen::Pdu(pdu) => hex(pdu),
        other => format!("{other:?}"),
    }
}

/// Whether a write of function 16 was taken.
fn taken(seen: &Seen) -> bool {
    matches!(seen, Seen::Pdu(pdu) if pdu.first() == Some(&0x10))
}

/// The words of a number, most significant first.
fn long(value: f64) -> [u16; 2] {
    let whole = value as u32;
    [(whole >> 16) as u16, whole as u16]
}

async fn lease(world: &mut ServiceWorld, seconds: u16) -> Result<Seen, Judgement> {
    world.block_write("lease_token", &[0, TOKEN, seconds]).await
}

/// Gives everything back, whatever a case has left; what fails here shows in the next case.
async fn give_back(world: &mut ServiceWorld) -> Judged {
    lease(world, 0).await?;
    let request = Request::new("PATCH", &control(world)?.uri);
    world.ask(request.json(json!({"ControlMode": "Disabled"}).to_string())).await.map(drop)
}

async fn fail(world: &mut ServiceWorld, seen: String) -> Judged {
    give_back(world).await?;
    Err(Judgement::Fail(seen))
}

#[given("nobody holds the lease")]
async fn free(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        w.control = Some(tree::control(w).await?);
        let before = expiries(w).await?;
        w.numbers.insert("expiries", before as f64);
        let holder = w.block_symbol("lease_holder").await?;
        if holder != "none" {
            return Err(Judgement::Inconclusive(format!(
                "{holder} holds the lease: somebody steers the shelf"
            )));
        }
        Ok(())
    })
    .await
}

#[when("the limit is written on Redfish")]
async fn on_redfish(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let (own, max) = (control(w)?, largest(w)?);
        let request = Request::new("PATCH", &own.uri).json(json!({"SetPoint": max}).to_string());
        let answer = w.ask(request).await?;
        if answer.status >= 300 {
            return fail(w, format!("SetPoint {max} got status {}", answer.status)).await;
        }
        Ok(())
    })
    .await
}

async fn on_modbus(world: &mut ServiceWorld, seconds: u16) -> Judged {
    let max = largest(world)?;
    let seen = lease(world, seconds).await?;
    if !taken(&seen) {
        return fail(world, format!("the lease was not given on Modbus: {}", shown(&seen))).await;
    }
    let seen = world.block_write("input_power_limit", &long(max)).await?;
    // 05: it goes on; what is held is judged later.
    if !taken(&seen) && !matches!(&seen, Seen::Pdu(pdu) if pdu == &[0x90, 5]) {
        return fail(world, format!("the limit of {max} W was not taken on Modbus: {}", shown(&seen))).await;
    }
    Ok(())
}

#[when(regex = r"^the limit is written on Modbus under a lease of (\d+) s(?:, and nothing more)?$")]
async fn leased(world: &mut ServiceWorld, seconds: u16) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| on_modbus(w, seconds).await).await
}

#[then("Modbus reads it, with redfish as the holder of the lease")]
async fn modbus_reads(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let max = largest(w)?;
        let deadline = crate::world::ends_in(SHOWS);
        loop {
            let limit = w.block_number("input_power_limit").await?;
            let holder = w.block_symbol("lease_holder").await?;
            if limit.is_some_and(|limit| near(limit, max, 1.0)) && holder == "redfish" {
                return Ok(());
            }
            if crate::world::over(deadline) {
                let seen = format!("Modbus shows {limit:?} W and {holder}; {max} W was written on Redfish");
                return fail(w, seen).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
}

#[then("Redfish shows it, with Modbus as the owner of the lease")]
async fn redfish_shows(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let (own, max) = (control(w)?, largest(w)?);
        let deadline = crate::world::ends_in(SHOWS);
        loop {
            let held = set_point(&read_control(w, &own.uri).await?.body);
            let holder = owner(&gateway_state(w).await?);
            if held.is_some_and(|held| near(held, max, 1.0)) && holder == "modbus" {
                return Ok(());
            }
            if crate::world::over(deadline) {
                let seen = format!("Redfish shows {held:?} W and {holder}; {max} W was written on Modbus");
                return fail(w, seen).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
}

#[then("the lease is given back on Modbus")]
async fn back_on_modbus(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let seen = lease(w, 0).await?;
        if !taken(&seen) {
            return fail(w, format!("a lease of 0 s was refused: {}", shown(&seen))).await;
        }
        none_in_force(w, SHOWS).await
    })
    .await
}

/// Waits until no limit is in force and nobody holds the lease, on both interfaces.
async fn none_in_force(world: &mut ServiceWorld, within: Duration) -> Judged {
    let own = control(world)?;
    let deadline = crate::world::ends_in(within);
    loop {
        let modbus = world.block_number("input_power_limit_applied").await?;
        let holder = world.block_symbol("lease_holder").await?;
        let redfish = set_point(&read_control(world, &own.uri).await?.body);
        let other = owner(&gateway_state(world).await?);
        if modbus.is_none() && redfish.is_none() && holder == "none" && other == "none" {
            return Ok(());
        }
        if crate::world::over(deadline) {
            let seen = format!("Modbus shows {modbus:?} W and {holder}, Redfish {redfish:?} W and {other}");
            return fail(world, seen).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[when("the limit is written on Modbus without a lease, and on Redfish without a login")]
async fn without_right(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let (own, max) = (control(w)?, largest(w)?);
        let seen = w.block_write("input_power_limit", &long(max)).await?;
        w.kept.insert("modbus", shown(&seen));
        let request = Request::new("PATCH", &own.uri).json(json!({"SetPoint": max}).to_string());
        let answer = w.send(&request).await?;
        w.kept.insert("redfish", answer.status.to_string());
        Ok(())
    })
    .await
}

#[then("Modbus refuses with exception 04 and Redfish with 401")]
async fn both_refuse(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let seen = |what: &str| w.kept.get(what).cloned().unwrap_or_default();
        let (modbus, redfish) = (seen("modbus"), seen("redfish"));
        if modbus != "90 04" || redfish != "401" {
            return fail(w, format!("Modbus answered {modbus}, Redfish with status {redfish}")).await;
        }
        Ok(())
    })
    .await
}

#[then("no limit is in force on either interface")]
async fn no_limit(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| none_in_force(w, Duration::ZERO).await).await
}

#[then("a write on Redfish gets 409 and changes nothing")]
async fn redfish_loses(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let (own, max) = (control(w)?, largest(w)?);
        let request = Request::new("PATCH", &own.uri).json(json!({"SetPoint": max - 100.0}).to_string());
        let answer = w.ask(request).await?;
        let held = w.block_number("input_power_limit").await?;
        if answer.status != 409 || held.is_none_or(|held| !near(held, max, 1.0)) {
            let seen = format!("Redfish answered {}, the limit is then {held:?} W", answer.status);
            return fail(w, format!("{seen}; Modbus holds the lease with {max} W")).await;
        }
        Ok(())
    })
    .await
}

#[then("the lease on Modbus gets exception 04 and changes nothing")]
async fn modbus_loses(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let (own, max) = (control(w)?, largest(w)?);
        let seen = lease(w, 30).await?;
        let held = set_point(&read_control(w, &own.uri).await?.body);
        if shown(&seen) != "90 04" || held.is_none_or(|held| !near(held, max, 1.0)) {
            let text = format!("Modbus answered {}, the limit is then {held:?} W", shown(&seen));
            return fail(w, format!("{text}; Redfish holds the lease with {max} W")).await;
        }
        Ok(())
    })
    .await
}

#[then(regex = r"^within (\d+) s no limit is in force on either interface$")]
async fn runs_out(world: &mut ServiceWorld, seconds: u64) -> Result<(), CaseEnded> {
    let within = Duration::from_secs(seconds);
    step_within(within * 3, world, async |w: &mut ServiceWorld| none_in_force(w, within).await).await
}

/// Log entries on Redfish that tell of a lease that ran out.
async fn expiries(world: &mut ServiceWorld) -> Result<usize, Judgement> {
    let mut count = 0_usize;
    for manager in tree::managers(world).await? {
        let Some(uri) = tree::link(&manager, "LogServices").map(str::to_owned) else { continue };
        let services = world.get(&uri).await?;
        for service in tree::members(&services) {
            let service = world.get(&service).await?;
            let Some(uri) = tree::link(&service, "Entries").map(str::to_owned) else { continue };
            let entries = world.get(&uri).await?;
            let list = entries.get("Members").and_then(Value::as_array).cloned().unwrap_or_default();
            let tells = |entry: &&Value| {
                let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
                text("MessageId").ends_with(".LeaseExpired")
            };
            count += list.iter().filter(tells).count();
        }
    }
    Ok(count)
}

#[then("the log of Redfish has an entry of the lease that ran out")]
async fn logged(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let before = w.numbers.get("expiries").copied().unwrap_or_default();
        let now = expiries(w).await?;
        if now as f64 <= before {
            return Err(Judgement::Fail(format!("{now} entries LeaseExpired in the log, as many as before")));
        }
        Ok(())
    })
    .await
}
