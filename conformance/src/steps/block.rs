//! Steps that control the shelf over the block of the gateway: lease, set point, commit.

use std::time::Duration;

use cucumber::{given, then, when};

use super::answers::{Kind, kind};
use super::dpo::commit::{next_number, wrong_number};
use super::dpo::{IN_FORCE, LIMIT, becomes, goes_on, largest, lease, none, number, register, set, settle};
use crate::world::{CaseEnded, CaseWorld, Judged, Judgement, Judging, step};
use crate::writable::words;

/// Ends the case after giving the lease back.
async fn fail(world: &mut CaseWorld, seen: String) -> Judged {
    lease(world, 0).await?;
    Err(Judgement::Fail(seen))
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
        let now = becomes(w, IN_FORCE, wanted, settle(w)).await?;
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
        w.steered = true;
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
        let now = becomes(w, "setpoint_result", wanted, settle(w)).await?;
        if now != wanted {
            let seen = format!("setpoint_result is {now} after {:?}; expected {wanted}", settle(w));
            return fail(w, seen).await;
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
            w.steered = true;
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
        let now = becomes(w, IN_FORCE, max, settle(w)).await?;
        if !goes_on(&exchange) || now != max {
            return fail(w, format!("commit {next}: {exchange}; the limit in force is {now}")).await;
        }
        Ok(())
    })
    .await
}
