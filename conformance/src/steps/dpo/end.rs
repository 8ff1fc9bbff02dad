//! Steps on the end of control: fail-safe values, and the state that tells of them.

use std::time::Duration;

use cucumber::{then, when};

use super::events::logged_since;
use super::{
    LOOK, capability, claims, fallback, in_force, lease, must_become, must_go_on, number, set, setpoints,
    steers, symbol, told,
};
use crate::steps::answers::{Kind, kind};
use crate::world::{CaseEnded, CaseWorld, Judged, Judgement, over, step};

/// Longest time from the renewal of a lease of 1 s to the fail-safe values: 3 s after its end.
const RESTORED: Duration = Duration::from_secs(4);

#[when("the client puts each set point into force")]
async fn put_into_force(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        if claims(w, "event_log").await? {
            let newest = number(w, "event_newest").await?;
            w.numbers.insert("event_newest", newest);
        }
        for one in setpoints(w).await? {
            let exchange = set(w, one.id, one.harmless).await?;
            must_go_on(&exchange, one.id)?;
            in_force(w, one, one.harmless).await?;
        }
        Ok(())
    })
    .await
}

/// What is not at its fail-safe value: each set point that is claimed, what of it is in force, its shadow.
async fn astray(world: &mut CaseWorld) -> Result<Option<String>, Judgement> {
    let context = world.context()?;
    let mut places: Vec<(String, i128)> = Vec::new();
    for register in context.device.map.registers.iter().filter(|r| steers(r)) {
        let there = match capability(register) {
            Some(flag) => claims(world, flag).await?,
            None => true,
        };
        if there {
            places.push((register.id.clone(), fallback(world, &register.id)?));
        }
    }
    for one in setpoints(world).await? {
        places.push((one.applied.to_owned(), fallback(world, one.applied)?));
    }
    for (id, wanted) in places {
        let now = number(world, &id).await?;
        if now != wanted {
            return Ok(Some(format!("{id} reads {now}; its fail-safe value is {wanted}")));
        }
    }
    Ok(None)
}

async fn restored(world: &mut CaseWorld, limit: Duration) -> Judged {
    let deadline = crate::world::ends_in(limit);
    loop {
        match astray(world).await? {
            None => return Ok(()),
            Some(seen) if over(deadline) => {
                return Err(Judgement::Fail(format!("after {} ms {seen}", limit.as_millis())));
            }
            Some(_) => tokio::time::sleep(LOOK).await,
        }
    }
}

#[then("each set point is at its fail-safe value, at once if the answer was normal")]
async fn at_once(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let confirmed = w.take_pending()?.iter().any(|e| matches!(kind(e), Kind::Normal(_)));
        restored(w, if confirmed { Duration::ZERO } else { RESTORED }).await
    })
    .await
}

#[then("within 4 s each set point is at its fail-safe value")]
async fn in_time(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let gone = w.leased.map_or(Duration::ZERO, |asked| asked.elapsed());
        restored(w, RESTORED.saturating_sub(gone)).await
    })
    .await
}

#[when("the client renews the lease for 1 s and says nothing more")]
async fn falls_silent(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let exchange = lease(w, 1).await?;
        must_go_on(&exchange, "the renewal")?;
        tokio::time::sleep(Duration::from_millis(900)).await;
        Ok(())
    })
    .await
}

#[then("the state is fail_safe because of the lease, and the log has its end")]
async fn tells_why(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let sag = symbol(w, "state", "sag_detected")?;
        if number(w, "state").await? == sag {
            return Err(Judgement::Inconclusive("the AC input has a sag, which outranks fail_safe".into()));
        }
        let wanted = symbol(w, "state", "fail_safe")?;
        must_become(w, "state", wanted, RESTORED).await?;
        if claims(w, "state_detail").await? {
            let wanted = symbol(w, "state_cause", "lease_expired")?;
            must_become(w, "state_cause", wanted, Duration::ZERO).await?;
            let before = number(w, "state_before").await?;
            if before == symbol(w, "state_before", "fail_safe")? {
                return Err(Judgement::Fail("state and state_before are both fail_safe".into()));
            }
        }
        if claims(w, "event_log").await? {
            let since = w.numbers.get("event_newest").copied().unwrap_or_default();
            let kinds = logged_since(w, since).await?;
            let wanted = symbol(w, "event_1_kind", "lease_expired")?;
            if !kinds.contains(&wanted) {
                let kinds: Vec<String> = kinds.iter().map(|kind| told(w, "event_1_kind", *kind)).collect();
                return Err(Judgement::Fail(format!("no lease_expired is in the log: {}", kinds.join(", "))));
            }
        }
        Ok(())
    })
    .await
}

#[then("within 4 s the state is not fail_safe")]
async fn over_with(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (fail_safe, deadline) = (symbol(w, "state", "fail_safe")?, crate::world::ends_in(RESTORED));
        while number(w, "state").await? == fail_safe {
            if over(deadline) {
                let seen =
                    format!("the state is still fail_safe {RESTORED:?} after the next lease was granted");
                return Err(Judgement::Fail(seen));
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    })
    .await
}
