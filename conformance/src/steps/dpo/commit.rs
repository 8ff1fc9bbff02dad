//! Steps on set points, their shadow and the commit.

use std::time::Duration;

use cucumber::{then, when};

use super::lease::second;
use super::{
    LAG, LIMIT, LOOK, Second, Setpoint, TOKEN, fallback, in_force, largest, lease, must_be_refused,
    must_become, must_go_on, number, register, set, setpoints, settle, symbol, together, told,
};
use crate::steps::answers::{Kind, kind};
use crate::world::{CaseEnded, CaseWorld, Judged, Judgement, over, step};
use crate::writable::words;

const SEQUENCE: &str = "setpoint_sequence";
const COMMIT: &str = "setpoint_commit";
/// Counters that the procedure of DPO-COM-009 raises.
const COUNTERS: [&str; 5] =
    ["lease_grants", "commits_applied", "commits_refused", "setpoints_applied", "writes_refused"];

/// The number that puts a group into force after another one: 0 is none.
pub(in crate::steps) fn next_number(last: u16) -> u16 {
    last.checked_add(1).unwrap_or(1)
}

/// A number that does not follow another one.
pub(in crate::steps) fn wrong_number(last: u16) -> u16 {
    last.wrapping_add(7).max(2)
}

async fn sequence(world: &mut CaseWorld) -> Result<u16, Judgement> {
    Ok(number(world, SEQUENCE).await? as u16)
}

/// Writes values to the shadows, and keeps them and the number of the last commit.
async fn prepare(world: &mut CaseWorld, values: &[(Setpoint, i64)]) -> Judged {
    for (one, value) in values {
        let exchange = set(world, one.shadow, *value).await?;
        if !matches!(kind(&exchange), Kind::Normal(_)) {
            return Err(Judgement::Fail(format!("{}: {exchange}; expected it to be taken", one.shadow)));
        }
        world.numbers.insert(one.shadow, i128::from(*value));
    }
    let last = sequence(world).await?;
    world.numbers.insert(SEQUENCE, last.into());
    Ok(())
}

async fn harmless(world: &mut CaseWorld) -> Result<Vec<(Setpoint, i64)>, Judgement> {
    Ok(setpoints(world).await?.into_iter().map(|one| (one, one.harmless)).collect())
}

#[when("the client writes the set points to the shadow")]
async fn shadow(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let values = harmless(w).await?;
        prepare(w, &values).await
    })
    .await
}

/// A limit that the shelf cannot have at present, and the map allows.
pub(super) async fn beyond(world: &mut CaseWorld) -> Result<i64, Judgement> {
    let most = number(world, "input_power_limit_max").await?;
    let above = i64::try_from(most).ok().and_then(|most| most.checked_add(1));
    let allowed = register(world, LIMIT)?.limits.map(|l| l.max);
    above.filter(|above| allowed.is_none_or(|max| *above <= max)).ok_or_else(|| {
        Judgement::Inconclusive(format!("input_power_limit_max is {most} W: the map allows no more"))
    })
}

#[when("the client writes the set points to the shadow, with a limit above the largest one")]
async fn bad_shadow(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let above = beyond(w).await?;
        let mut values = harmless(w).await?;
        for (one, value) in &mut values {
            if one.id == LIMIT {
                *value = above;
            }
        }
        prepare(w, &values).await
    })
    .await
}

#[when("the client writes a discharge of 0 W to the shadow")]
async fn discharge(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let mut values = harmless(w).await?;
        values.retain(|(one, _)| one.id != LIMIT);
        prepare(w, &values).await
    })
    .await
}

#[when("the client writes the set points to the shadow in one request")]
async fn shadow_at_once(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let values = harmless(w).await?;
        let (mut at, mut all) = (u16::MAX, Vec::new());
        for (one, value) in &values {
            let own = register(w, one.shadow)?;
            at = at.min(own.address);
            all.extend(words(&own, *value));
        }
        let exchange = w.put(at, &all).await?;
        must_go_on(&exchange, "the shadow")?;
        let last = sequence(w).await?;
        w.numbers.insert(SEQUENCE, last.into());
        Ok(())
    })
    .await
}

/// Commits, and keeps the answer for the next step.
async fn commit(world: &mut CaseWorld, asked: u16) -> Judged {
    let exchange = set(world, COMMIT, asked.into()).await?;
    must_go_on(&exchange, &format!("commit {asked}"))?;
    world.pending = vec![exchange];
    Ok(())
}

#[when("the client commits with the number 0")]
async fn discard(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| commit(w, 0).await).await
}

#[when("the client commits with the next number")]
async fn commit_next(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let last = sequence(w).await?;
        commit(w, next_number(last)).await
    })
    .await
}

/// That a commit is refused with an exception and a result, which the commit has, too.
async fn refused(world: &mut CaseWorld, asked: u16, code: u8, result: &str) -> Judged {
    let exchange = set(world, COMMIT, asked.into()).await?;
    must_be_refused(world, &exchange, code, &format!("commit {asked}"))?;
    for id in ["setpoint_result", "setpoint_commit_result"] {
        let wanted = symbol(world, id, result)?;
        must_become(world, id, wanted, Duration::ZERO).await?;
    }
    Ok(())
}

#[then(
    "commits with other numbers than the next one are refused with exception 04 and the result refused_sequence"
)]
async fn wrong_numbers(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let last = sequence(w).await?;
        // The number 0 is none, and discards.
        let numbers = [last, next_number(next_number(last)), wrong_number(last)];
        for asked in numbers.into_iter().filter(|asked| *asked != 0) {
            refused(w, asked, 4, "refused_sequence").await?;
        }
        Ok(())
    })
    .await
}

#[then(
    "the commit with the next number is refused with exception 03, and its fault is the shadow of the limit"
)]
async fn out_of_range(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let last = sequence(w).await?;
        refused(w, next_number(last), 3, "refused_range").await?;
        let wanted = register(w, "shadow_input_power_limit")?.address;
        must_become(w, "setpoint_commit_fault", wanted.into(), Duration::ZERO).await
    })
    .await
}

#[then("the number of the last commit and the shadow are as they were")]
async fn kept(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let kept = w.numbers.clone();
        for (id, wanted) in kept {
            must_become(w, id, wanted, Duration::ZERO).await?;
        }
        Ok(())
    })
    .await
}

#[then("the number of the last commit is as it was")]
async fn same_number(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let kept = w.numbers.get("after").copied();
        let kept = kept.ok_or_else(|| Judgement::Error("no number was kept".into()))?;
        must_become(w, SEQUENCE, kept, Duration::ZERO).await
    })
    .await
}

#[then("the shadow shows what is in force, which is nothing")]
async fn follows(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for one in setpoints(w).await? {
            let wanted = fallback(w, one.shadow)?;
            must_become(w, one.shadow, wanted, Duration::ZERO).await?;
        }
        super::nothing_in_force(w).await
    })
    .await
}

#[then("the shadow of the limit shows the largest limit")]
async fn shadow_follows(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let max = largest(w).await?;
        must_become(w, "shadow_input_power_limit", max.into(), Duration::ZERO).await
    })
    .await
}

async fn all_in_force(world: &mut CaseWorld) -> Judged {
    for one in setpoints(world).await? {
        in_force(world, one, one.harmless).await?;
    }
    Ok(())
}

#[then("the number of the last commit is one more, and the set points are in force")]
async fn went_on(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let before = w.numbers.get(SEQUENCE).copied();
        let before = before.ok_or_else(|| Judgement::Error("no number was kept".into()))?;
        let wanted = i128::from(next_number(before as u16));
        must_become(w, SEQUENCE, wanted, settle(w)).await?;
        w.numbers.insert("after", wanted);
        all_in_force(w).await
    })
    .await
}

#[then("the same commit once more is refused with exception 04, and the set points are in force")]
async fn repeated(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let last = sequence(w).await?;
        refused(w, last, 4, "refused_sequence").await?;
        must_become(w, SEQUENCE, last.into(), Duration::ZERO).await?;
        all_in_force(w).await
    })
    .await
}

#[when("the client gives the lease back and takes it for 30 s")]
async fn anew(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let exchange = lease(w, 0).await?;
        must_go_on(&exchange, "giving the lease back")?;
        let none = symbol(w, "lease_holder", "none")?;
        must_become(w, "lease_holder", none, LAG).await?;
        let exchange = lease(w, 30).await?;
        must_go_on(&exchange, "the lease")
    })
    .await
}

#[then("the set points come into force together, at once if the answer was normal")]
async fn as_one(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let exchanges = w.take_pending()?;
        let confirmed = exchanges.iter().any(|e| matches!(kind(e), Kind::Normal(_)));
        let mut group = Vec::new();
        for one in setpoints(w).await? {
            group.push((one, fallback(w, one.applied)?));
        }
        let [(first, first_none), rest @ ..] = group.as_slice() else { return Ok(()) };
        let other = rest.first().unwrap_or(&(*first, *first_none)).to_owned();
        let deadline = crate::world::ends_in(settle(w));
        loop {
            let [a, b] = together(w, [first.applied, other.0.applied]).await?;
            let seen = format!("{} is {a} and {} is {b}", first.applied, other.0.applied);
            let (there, half) = (i128::from(first.harmless) == a, i128::from(other.0.harmless) == b);
            if there && half {
                return Ok(());
            }
            if there != half || (a, b) != (*first_none, other.1) {
                return Err(Judgement::Fail(format!("{seen}: a part of the group alone")));
            }
            if confirmed || over(deadline) {
                return Err(Judgement::Fail(format!("{seen} after the commit was acknowledged")));
            }
            tokio::time::sleep(LOOK).await;
        }
    })
    .await
}

/// That a set point is refused as out of range.
async fn beyond_range(world: &mut CaseWorld, id: &str, value: i64) -> Judged {
    // The result of a set point that still goes on outranks that of one that is refused.
    let pending = symbol(world, "setpoint_result", "pending")?;
    let deadline = crate::world::ends_in(settle(world));
    while number(world, "setpoint_result").await? == pending && !over(deadline) {
        tokio::time::sleep(LOOK).await;
    }
    let exchange = set(world, id, value).await?;
    must_be_refused(world, &exchange, 3, &format!("{id} {value}"))?;
    let wanted = symbol(world, "setpoint_result", "refused_range")?;
    must_become(world, "setpoint_result", wanted, Duration::ZERO).await
}

#[then("a limit 1 W above the largest one is refused with exception 03 and the result refused_range")]
async fn above(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let above = beyond(w).await?;
        beyond_range(w, LIMIT, above).await
    })
    .await
}

#[then(
    "each set point above the limits of the map is refused with exception 03 and the result refused_range"
)]
async fn above_map(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let shadows = super::claims(w, COMMIT).await?;
        for one in setpoints(w).await? {
            for id in [Some(one.id), shadows.then_some(one.shadow)].into_iter().flatten() {
                let max = register(w, id)?.limits.map(|l| l.max);
                let max = max.ok_or_else(|| Judgement::Error(format!("{id} has no limits")))?;
                beyond_range(w, id, max + 1).await?;
            }
        }
        Ok(())
    })
    .await
}

#[when("the client reads the counters of leases, commits and set points")]
async fn count(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for id in COUNTERS {
            let now = number(w, id).await?;
            w.numbers.insert(id, now);
        }
        Ok(())
    })
    .await
}

#[when(
    "the client takes the lease for 30 s, commits once with a wrong number and once with the next, and exceeds a limit"
)]
async fn something_to_count(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let exchange = lease(w, 30).await?;
        must_go_on(&exchange, "the lease")?;
        let own = setpoints(w).await?;
        let one = own.first().copied().ok_or_else(|| Judgement::Error("no set point".into()))?;
        let (last, max) = (sequence(w).await?, register(w, one.id)?.limits.map_or(0, |l| l.max));
        set(w, one.shadow, one.harmless).await?;
        set(w, COMMIT, wrong_number(last).into()).await?;
        set(w, one.id, max + 1).await?;
        let exchange = set(w, COMMIT, next_number(last).into()).await?;
        must_go_on(&exchange, "the commit")?;
        in_force(w, one, one.harmless).await
    })
    .await
}

#[then("each of the counters has risen")]
async fn counted(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for id in COUNTERS {
            let before = w.numbers.get(id).copied().unwrap_or_default();
            let deadline = crate::world::ends_in(LAG);
            loop {
                let now = number(w, id).await?;
                if now > before {
                    break;
                }
                if over(deadline) {
                    return Err(Judgement::Fail(format!("{id} is {now} as before, {LAG:?} later")));
                }
                tokio::time::sleep(LOOK).await;
            }
        }
        Ok(())
    })
    .await
}

#[when("a second connection writes the token of the lease, and a limit above the limits of the map")]
async fn second_exceeds(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        w.second = Some(Second::open(w).await?);
        let max = register(w, LIMIT)?.limits.map_or(0, |l| l.max);
        let (bound, exchange) = second(w, async |w, s| {
            let bound = s.lease(w, TOKEN).await?;
            Ok((bound, s.set(w, LIMIT, max + 1).await?))
        })
        .await?;
        must_go_on(&bound, "the token of the lease on the second connection")?;
        must_be_refused(w, &exchange, 3, "the second connection")
    })
    .await
}

#[then("the client reads the result applied, and the second connection refused_range")]
async fn own_results(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let applied = symbol(w, "setpoint_result", "applied")?;
        must_become(w, "setpoint_result", applied, settle(w)).await?;
        let wanted = symbol(w, "setpoint_result", "refused_range")?;
        let now = second(w, async |w, s| s.number(w, "setpoint_result").await).await?;
        if now != wanted {
            let now = told(w, "setpoint_result", now);
            return Err(Judgement::Fail(format!(
                "the second connection reads {now}; expected refused_range"
            )));
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
