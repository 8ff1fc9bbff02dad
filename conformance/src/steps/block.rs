//! Steps that control the shelf over the block of the gateway: lease, set point, commit.

use std::time::Duration;

use cucumber::{given, then, when};
use dpo_gateway::maps::model::Register;
use tokio::time::Instant;

use super::answers::{Kind, kind};
use crate::device::raw_number;
use crate::world::{CaseEnded, CaseWorld, Exchange, Judged, Judgement, Judging, step};
use crate::writable::words;

/// Token of the suite's lease.
const TOKEN: i64 = 0x0D91;
/// Longest time until a set point is in force.
const APPLIED: Duration = Duration::from_secs(5);
const LIMIT: &str = "input_power_limit";
const IN_FORCE: &str = "input_power_limit_applied";

fn register(world: &CaseWorld, id: &str) -> Result<Register, Judgement> {
    let context = world.context()?;
    let own = context.device.named(id).cloned();
    own.ok_or_else(|| Judgement::Error(format!("{} has no {id}", context.device.map.id)))
}

async fn number(world: &mut CaseWorld, id: &str) -> Result<i128, Judgement> {
    let own = register(world, id)?;
    let read = world.read(own.address, own.words).await?;
    raw_number(&own, &read).ok_or_else(|| Judgement::Fail(format!("{id} is no number")))
}

/// The largest limit that is taken, the rated power of the shelf: it limits nothing.
async fn largest(world: &mut CaseWorld) -> Result<i64, Judgement> {
    let limits = register(world, LIMIT)?.limits;
    let most = limits.map(|l| l.max).ok_or_else(|| Judgement::Error("the limit has no limits".into()))?;
    let rated = number(world, "rated_power").await?;
    Ok(i64::try_from(rated).unwrap_or(most).min(most))
}

/// The value that says no limit.
fn none(world: &CaseWorld) -> Result<i128, Judgement> {
    let own = register(world, LIMIT)?;
    let value = own.safety.and_then(|s| s.fail_safe).or(own.not_available);
    value.map(i128::from).ok_or_else(|| Judgement::Error("the limit has no fail-safe value".into()))
}

async fn set(world: &mut CaseWorld, id: &str, value: i64) -> Result<Exchange, Judgement> {
    let own = register(world, id)?;
    world.put(own.address, &words(&own, value)).await
}

pub(super) async fn lease(world: &mut CaseWorld, seconds: u16) -> Result<Exchange, Judgement> {
    let own = register(world, "lease_token")?;
    world.put(own.address, &[words(&own, TOKEN).as_slice(), &[seconds]].concat()).await
}

/// Whether the largest limit is set.
pub(super) async fn holds_largest(world: &mut CaseWorld) -> Result<bool, Judgement> {
    let max = i128::from(largest(world).await?);
    Ok(number(world, LIMIT).await? == max && becomes(world, IN_FORCE, max, APPLIED).await? == max)
}

/// Ends the case after giving the lease back.
async fn fail(world: &mut CaseWorld, seen: String) -> Judged {
    lease(world, 0).await?;
    Err(Judgement::Fail(seen))
}

/// Waits until a number is as wanted; the last one that was read.
async fn becomes(world: &mut CaseWorld, id: &str, wanted: i128, limit: Duration) -> Result<i128, Judgement> {
    let deadline = Instant::now() + limit;
    loop {
        let now = number(world, id).await?;
        if now == wanted || crate::world::over(deadline) {
            return Ok(now);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Taken, or acknowledged while it goes on.
fn goes_on(exchange: &Exchange) -> bool {
    matches!(kind(exchange), Kind::Normal(_) | Kind::Exception(Some(5)))
}

#[given(regex = r"^the client holds the lease for (\d+) s$")]
async fn hold(world: &mut CaseWorld, seconds: u16) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        if number(w, "lease_holder").await? != 0 {
            return Err(Judgement::Inconclusive("somebody else holds the lease".into()));
        }
        let exchange = lease(w, seconds).await?;
        if !goes_on(&exchange) {
            return Err(Judgement::Fail(format!("the lease was not given: {exchange}")));
        }
        Ok(())
    })
    .await
}

#[then("the lease is given back")]
async fn give_back(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let exchange = lease(w, 0).await?;
        let wanted = none(w)?;
        let now = becomes(w, IN_FORCE, wanted, APPLIED).await?;
        if !goes_on(&exchange) || now != wanted {
            return Err(Judgement::Fail(format!("{exchange}; the limit in force is {now}")));
        }
        Ok(())
    })
    .await
}

#[when("the client writes the largest input power limit")]
async fn write_largest(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let max = largest(w).await?;
        let exchange = set(w, LIMIT, max).await?;
        if !goes_on(&exchange) {
            return fail(w, format!("{exchange}; expected it to be taken")).await;
        }
        w.note(exchange.to_string());
        Ok(())
    })
    .await
}

#[when("the client writes the input power limit without the lease")]
async fn without_lease(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let max = largest(w).await?;
        // Not `put`: a device that says busy is right here.
        let own = register(w, LIMIT)?;
        let request = crate::world::write_pdu(own.address, &words(&own, max), false);
        let wait = w.context()?.timing.answer;
        w.send(&request, wait).await
    })
    .await
}

#[then("it is refused with exception 04 or 06, and no limit is in force")]
async fn refused_without(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let exchanges = w.take_pending()?;
        let (now, wanted) = (number(w, IN_FORCE).await?, none(w)?);
        if now != wanted {
            return fail(w, format!("the limit in force is {now}; expected none")).await;
        }
        for exchange in exchanges {
            if !matches!(kind(&exchange), Kind::Exception(Some(4 | 6))) {
                return fail(w, format!("{exchange}; expected exception 04")).await;
            }
        }
        Ok(())
    })
    .await
}

#[then("it is taken or acknowledged, and its result turns to applied within 5 s")]
async fn applied(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let own = register(w, "setpoint_result")?;
        let wanted = own.symbols.iter().find(|s| s.id == "applied").map(|s| i128::from(s.value));
        let wanted = wanted.ok_or_else(|| Judgement::Error("the map has no result applied".into()))?;
        let now = becomes(w, "setpoint_result", wanted, APPLIED).await?;
        if now != wanted {
            return fail(w, format!("setpoint_result is {now} after {APPLIED:?}; expected {wanted}")).await;
        }
        Ok(())
    })
    .await
}

#[when("the client writes 8 input power limits without a pause")]
async fn without_pause(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let own = register(w, LIMIT)?;
        let max = largest(w).await?;
        let wait = w.context()?.timing.answer;
        for nth in 0..8 {
            let request = crate::world::write_pdu(own.address, &words(&own, max - nth), false);
            w.send(&request, wait).await?;
        }
        Ok(())
    })
    .await
}

#[then("each is taken, acknowledged or told that the device is busy, and one after a pause is taken")]
async fn busy(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for exchange in w.take_pending()? {
            let busy = matches!(kind(&exchange), Kind::Exception(Some(6)));
            if !busy && !goes_on(&exchange) {
                return fail(w, format!("{exchange}; expected it to be taken, or 05 or 06")).await;
            }
        }
        let max = largest(w).await?;
        // `put` asks again while the device is busy.
        let exchange = set(w, LIMIT, max).await?;
        if !goes_on(&exchange) {
            return fail(w, format!("after a pause: {exchange}")).await;
        }
        Ok(())
    })
    .await
}

#[when("the client does not renew the lease")]
async fn silent(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let max = i128::from(largest(w).await?);
        let now = becomes(w, IN_FORCE, max, Duration::from_secs(1)).await?;
        if now != max {
            return fail(w, format!("the limit in force is {now}; expected {max}")).await;
        }
        Ok(())
    })
    .await
}

#[then("within 5 s the input power limit in force is its fail-safe value")]
async fn fail_safe(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let wanted = none(w)?;
        let now = becomes(w, IN_FORCE, wanted, Duration::from_secs(5)).await?;
        if now != wanted {
            return fail(w, format!("the limit in force is {now} after the lease; expected {wanted}")).await;
        }
        Ok(())
    })
    .await
}

#[then("the set point reads back, and the limit in force follows inside its settle time")]
async fn echo_and_applied(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let max = i128::from(largest(w).await?);
        let own = register(w, LIMIT)?;
        let echo = number(w, LIMIT).await?;
        if echo != max {
            return fail(w, format!("{LIMIT} reads {echo}; written was {max}")).await;
        }
        let settle = Duration::from_millis(own.settle_ms.unwrap_or(1000).into());
        let now = becomes(w, IN_FORCE, max, settle).await?;
        if now != max {
            return fail(w, format!("{IN_FORCE} reads {now} after {settle:?}; expected {max}")).await;
        }
        Ok(())
    })
    .await
}

/// The number that puts a group into force after another one: 0 is none.
fn next_number(last: u16) -> u16 {
    last.checked_add(1).unwrap_or(1)
}

/// A number that does not follow another one.
fn wrong_number(last: u16) -> u16 {
    last.wrapping_add(7).max(2)
}

#[when("the client writes the largest input power limit to the shadow")]
async fn shadow(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let max = largest(w).await?;
        let exchange = set(w, "shadow_input_power_limit", max).await?;
        if !matches!(kind(&exchange), Kind::Normal(_)) {
            return fail(w, format!("{exchange}; expected the shadow to be taken")).await;
        }
        Ok(())
    })
    .await
}

#[then("no limit is in force, and a commit with a wrong number is refused and changes nothing")]
async fn not_yet(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let last = number(w, "setpoint_sequence").await? as u16;
        let wrong = wrong_number(last);
        let exchange = set(w, "setpoint_commit", i64::from(wrong)).await?;
        let (now, wanted) = (number(w, IN_FORCE).await?, none(w)?);
        if now != wanted {
            return fail(w, format!("the limit in force is {now} without a commit")).await;
        }
        if !matches!(kind(&exchange), Kind::Exception(Some(3 | 4))) {
            return fail(w, format!("commit {wrong} after {last}: {exchange}; expected exception 04")).await;
        }
        Ok(())
    })
    .await
}

#[then("the commit with the right number puts it into force")]
async fn right_commit(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let last = number(w, "setpoint_sequence").await? as u16;
        let next = next_number(last);
        let exchange = set(w, "setpoint_commit", i64::from(next)).await?;
        let max = i128::from(largest(w).await?);
        let now = becomes(w, IN_FORCE, max, APPLIED).await?;
        if !goes_on(&exchange) || now != max {
            return fail(w, format!("commit {next}: {exchange}; the limit in force is {now}")).await;
        }
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_commits_follow_each_other_and_are_never_0() {
        assert_eq!([0, 1, 41, u16::MAX - 1, u16::MAX].map(next_number), [1, 2, 42, u16::MAX, 1]);
        for last in [0, 1, u16::MAX - 8, u16::MAX - 7, u16::MAX - 6, u16::MAX] {
            let wrong = wrong_number(last);
            assert!(wrong != 0 && wrong != last && wrong != next_number(last), "{last} {wrong}");
        }
    }
}
