//! Steps on the state of the gateway.

use std::time::Duration;

use cucumber::{then, when};
use tokio::time::Instant;

use super::{
    LAG, LOOK, claims, must_become, must_go_on, number, register, set, settle, symbol, together, told,
};
use crate::world::{CaseEnded, CaseWorld, Judgement, Judging, over, step};

/// Longest time until battery units give what is asked for, or have stopped.
const FOLLOWS: Duration = Duration::from_secs(20);

/// What the registers of the state tell.
#[derive(Debug, Clone, Copy)]
struct Told {
    state: i128,
    before: i128,
    elapsed_ms: i128,
}

/// Reads them until the state did not change meanwhile: they stand in no single read.
async fn detail(world: &mut CaseWorld) -> Result<Told, Judgement> {
    for _ in 0..10 {
        let state = number(world, "state").await?;
        let [elapsed_ms, before] = together(world, ["state_elapsed", "state_before"]).await?;
        if number(world, "state").await? == state {
            return Ok(Told { state, before, elapsed_ms });
        }
    }
    Err(Judgement::Inconclusive("the state changes faster than it is read".into()))
}

fn millis(time: Duration) -> i128 {
    i128::try_from(time.as_millis()).unwrap_or(i128::MAX)
}

#[when("the client reads state, state_before and state_elapsed until the time has grown")]
async fn watch(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let started = Instant::now();
        let first = detail(w).await?;
        let deadline = started + 2 * LAG;
        let last = loop {
            tokio::time::sleep(LOOK).await;
            let now = detail(w).await?;
            if now.state != first.state || now.elapsed_ms > first.elapsed_ms || over(deadline) {
                break now;
            }
        };
        let passed = millis(started.elapsed());
        if let Err(seen) = grown(first, last, passed) {
            let (from, to) = (told(w, "state", first.state), told(w, "state", last.state));
            return Err(Judgement::Fail(format!("from {from} to {to}: {seen}")));
        }
        w.note(format!("state_elapsed was {} ms and is {} ms", first.elapsed_ms, last.elapsed_ms));
        Ok(())
    })
    .await
}

/// Whether the time in a state fits what was read before, so many milliseconds ago.
fn grown(first: Told, last: Told, passed: i128) -> Result<(), String> {
    let most = passed + millis(LAG);
    if last.state != first.state {
        let fits = last.before == first.state && last.elapsed_ms <= most;
        let Told { before, elapsed_ms, .. } = last;
        return fits
            .then_some(())
            .ok_or_else(|| format!("state_before {before}, state_elapsed {elapsed_ms} ms"));
    }
    let (was, now) = (first.elapsed_ms, last.elapsed_ms);
    if now <= was || now > was + most {
        return Err(format!("state_elapsed was {was} ms and is {now} ms, {passed} ms later"));
    }
    Ok(())
}

#[then("it has grown with the time that passed")]
async fn has_grown(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    // The step before ends the case if it has not.
    step(world, async |w: &mut CaseWorld| crate::steps::answers::good_request(w).await).await
}

#[when("the client writes a tenth of the largest discharge")]
async fn discharge(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let most = number(w, "bbu_discharge_max").await?;
        let tenth = i64::try_from(most / 10).map_err(|e| Judgement::Error(e.to_string()))?;
        if tenth == 0 {
            return Err(Judgement::Inconclusive("the battery units can give nothing at present".into()));
        }
        w.numbers.insert("asked", tenth.into());
        let exchange = set(w, "bbu_discharge", tenth).await?;
        must_go_on(&exchange, &format!("a discharge of {tenth} W"))?;
        must_become(w, "bbu_discharge_applied", tenth.into(), settle(w)).await
    })
    .await
}

#[then("the state is supporting because of the set point, and the battery units give at least half of it")]
async fn supporting(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let wanted = symbol(w, "state", "supporting")?;
        must_become(w, "state", wanted, settle(w)).await?;
        if claims(w, "state_detail").await? {
            let wanted = symbol(w, "state_cause", "setpoint")?;
            must_become(w, "state_cause", wanted, Duration::ZERO).await?;
        }
        let half = w.numbers.get("asked").copied().unwrap_or_default() / 2;
        let deadline = crate::world::ends_in(FOLLOWS);
        loop {
            let given = number(w, "battery_power").await?;
            if given >= half {
                w.note(format!("the battery units give {given} W"));
                return Ok(());
            }
            if over(deadline) {
                return Err(Judgement::Fail(format!(
                    "battery_power is {given} W after {FOLLOWS:?}; expected {half} W"
                )));
            }
            tokio::time::sleep(LOOK).await;
        }
    })
    .await
}

#[then("within 20 s the state is not supporting any more, which is the state before")]
async fn supported(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (supporting, deadline) = (symbol(w, "state", "supporting")?, crate::world::ends_in(FOLLOWS));
        while number(w, "state").await? == supporting {
            if over(deadline) {
                return Err(Judgement::Fail(format!("the state is supporting {FOLLOWS:?} after the lease")));
            }
            tokio::time::sleep(LOOK).await;
        }
        if claims(w, "state_detail").await? {
            must_become(w, "state_before", supporting, Duration::ZERO).await?;
        }
        Ok(())
    })
    .await
}

/// A quantity in the unit of the map, and its step; `None` if it is not available.
async fn quantity(world: &mut CaseWorld, id: &str) -> Result<Option<(f64, f64)>, Judgement> {
    let (own, raw) = (register(world, id)?, number(world, id).await?);
    let scale = own.scale.num as f64 / own.scale.den as f64;
    Ok((own.not_available.map(i128::from) != Some(raw)).then_some((raw as f64 * scale, scale)))
}

#[when("the client reads the stored and the deliverable energy")]
async fn read_energy(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let mut read = Vec::new();
        let ids = ["stored_energy", "state_of_charge", "reserve_charge"];
        for id in ids.into_iter().chain(["deliverable_energy", "deliverable_power", "deliverable_time"]) {
            match quantity(w, id).await? {
                Some(value) => read.push(value),
                None => return Err(Judgement::Inconclusive(format!("{id} is not available"))),
            }
        }
        let [stored, charge, reserve, energy, power, time] = read.as_slice() else { return Ok(()) };
        let left = Left {
            stored: *stored,
            charge: *charge,
            reserve: *reserve,
            energy: *energy,
            power: *power,
            time: *time,
        };
        w.note(format!(
            "{} J of {} J at {} %, reserve {} %; {} W for {} s",
            energy.0, stored.0, charge.0, reserve.0, power.0, time.0
        ));
        above_reserve(&left).map_err(Judgement::Fail)
    })
    .await
}

#[then("no more is deliverable than lies above the reserve")]
async fn no_more(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    // The step before ends the case if there is more.
    step(world, async |w: &mut CaseWorld| crate::steps::answers::good_request(w).await).await
}

/// What the block tells of the energy that is left, each with the step of its register.
#[derive(Debug, Clone, Copy)]
struct Left {
    stored: (f64, f64),
    charge: (f64, f64),
    reserve: (f64, f64),
    energy: (f64, f64),
    power: (f64, f64),
    time: (f64, f64),
}

/// Whether no more is deliverable than lies above the reserve.
fn above_reserve(left: &Left) -> Result<(), String> {
    let Left { stored, charge, reserve, energy, power, time } = left;
    // The most that the registers can stand for.
    let share =
        if charge.0 > reserve.0 { 1.0 - (reserve.0 - reserve.1) / (charge.0 + charge.1) } else { 0.0 };
    let most = (stored.0 + stored.1) * share * 1.02 + energy.1;
    if energy.0 > most {
        return Err(format!("deliverable_energy is {} J; above the reserve are {most:.0} J", energy.0));
    }
    let taken = (power.0 - power.1).max(0.0) * (time.0 - time.1).max(0.0);
    if taken > energy.0 * 1.02 + energy.1 {
        return Err(format!("{} W for {} s are more than {} J", power.0, time.0, energy.0));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_deliverable_lies_above_the_reserve() {
        let left = Left {
            stored: (1.0e6, 1.0),
            charge: (80.0, 0.1),
            reserve: (20.0, 0.1),
            energy: (727_500.0, 1.0),
            power: (3000.0, 1.0),
            time: (242.5, 1.0),
        };
        assert_eq!(above_reserve(&left), Ok(()));
        assert!(above_reserve(&Left { energy: (1.0e6, 1.0), ..left }).is_err(), "the reserve counts, too");
        assert!(
            above_reserve(&Left { time: (300.0, 1.0), ..left }).is_err(),
            "for longer than the energy lasts"
        );
        assert!(above_reserve(&Left { charge: (20.0, 0.1), ..left }).is_err(), "at the reserve");
        let none =
            Left { energy: (0.0, 1.0), power: (0.0, 1.0), time: (0.0, 1.0), charge: (20.0, 0.1), ..left };
        assert_eq!(above_reserve(&none), Ok(()));
    }

    #[test]
    fn the_time_in_a_state_grows_and_begins_anew() {
        let at = |state, before, elapsed_ms| Told { state, before, elapsed_ms };
        let fits = |first, last| grown(first, last, 100).is_ok();
        assert!(fits(at(0, 5, 1000), at(0, 5, 1100)));
        assert!(!fits(at(0, 5, 1000), at(0, 5, 1000)), "it stands");
        assert!(!fits(at(0, 5, 1000), at(0, 5, 900)), "it falls");
        assert!(!fits(at(0, 5, 1000), at(0, 5, 9000)), "it runs ahead");
        assert!(fits(at(0, 5, 1000), at(4, 0, 50)));
        assert!(!fits(at(0, 5, 1000), at(4, 5, 50)), "it came from elsewhere");
        assert!(!fits(at(0, 5, 1000), at(4, 0, 5000)), "it was there before");
    }
}
