//! Steps on the lease: taking, renewing, giving it back, and who it admits.

use std::time::Duration;

use cucumber::{then, when};

use super::{
    IN_FORCE, LAG, LIMIT, LOOK, STRANGER, Second, TOKEN, largest, lease, lease_as, must_be_refused,
    must_become, must_go_on, none, number, register, set, setpoints, settle, symbol, together, told,
};
use crate::world::{CaseEnded, CaseWorld, Exchange, Judged, Judgement, Judging, over, step, write_pdu};

/// Who holds the lease, and what is left of it in milliseconds.
async fn held(world: &mut CaseWorld) -> Result<(i128, i128), Judgement> {
    let [holder, left] = together(world, ["lease_holder", "lease_remaining"]).await?;
    Ok((holder, left))
}

/// That Modbus holds the lease for no longer than was asked for, and no shorter by more than a value may lag.
async fn remains(world: &mut CaseWorld, seconds: u16) -> Judged {
    let (holder, left) = held(world).await?;
    if holder != symbol(world, "lease_holder", "modbus")? {
        let holder = told(world, "lease_holder", holder);
        return Err(Judgement::Fail(format!("lease_holder is {holder}; expected modbus")));
    }
    let asked = world.leased.ok_or_else(|| Judgement::Error("no lease was asked for".into()))?;
    let most = i128::from(seconds) * 1000;
    let passed = i128::try_from((asked.elapsed() + LAG).as_millis()).unwrap_or(i128::MAX);
    if left > most || left < most - passed {
        return Err(Judgement::Fail(format!(
            "lease_remaining is {left} ms of {most} ms that were asked for"
        )));
    }
    world.note(format!("{left} ms are left of {most} ms"));
    Ok(())
}

#[when(regex = r"^the client asks for the lease of (\d+) s$")]
async fn ask(world: &mut CaseWorld, seconds: u16) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let exchange = lease(w, seconds).await?;
        must_go_on(&exchange, "the lease")
    })
    .await
}

#[when(regex = r"^the client renews the lease for (\d+) s$")]
async fn renew(world: &mut CaseWorld, seconds: u16) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let exchange = lease(w, seconds).await?;
        must_go_on(&exchange, "the renewal")
    })
    .await
}

#[then(regex = r"^Modbus holds the lease, and what is left of (\d+) s is told to 2 s$")]
async fn is_left(world: &mut CaseWorld, seconds: u16) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| remains(w, seconds).await).await
}

#[when("the client gives the lease back")]
async fn gives_back(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let exchange = lease(w, 0).await?;
        must_go_on(&exchange, "giving the lease back")?;
        w.pending = vec![exchange];
        Ok(())
    })
    .await
}

#[then("nobody holds the lease, and no time is left")]
async fn nobody(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let none = symbol(w, "lease_holder", "none")?;
        must_become(w, "lease_holder", none, LAG).await?;
        must_become(w, "lease_remaining", 0, LAG).await
    })
    .await
}

/// Asks with tokens and durations, one after the other; a later step judges the answers.
async fn ask_each(world: &mut CaseWorld, asked: &[(u32, u16)]) -> Judged {
    for (token, seconds) in asked {
        let before = world.leased;
        let exchange = lease_as(world, *token, *seconds).await?;
        // The lease that is judged later is the owner's.
        world.leased = before;
        world.pending.push(exchange);
    }
    Ok(())
}

#[when("a stranger asks for the lease of 3600 s and gives it back")]
async fn stranger(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| ask_each(w, &[(STRANGER, 3600), (STRANGER, 0)]).await).await
}

#[when("the client writes the token 0 with 3600 s and with 0 s")]
async fn token_0(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| ask_each(w, &[(0, 3600), (0, 0)]).await).await
}

#[when("the client renews the lease for 3601 s and for 65535 s")]
async fn endless(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| ask_each(w, &[(TOKEN, 3601), (TOKEN, 65535)]).await).await
}

#[then("the lease is as it was")]
async fn as_it_was(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    // Every case takes it for 30 s before.
    step(world, async |w: &mut CaseWorld| remains(w, 30).await).await
}

#[when("the client writes the token alone, half of it, and the duration alone")]
async fn halves(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (token, duration) = (register(w, "lease_token")?, register(w, "lease_duration")?);
        let (high, low) = ((TOKEN >> 16) as u16, TOKEN as u16);
        let requests = [
            write_pdu(token.address, &[high, low], false),
            write_pdu(token.address, &[high], false),
            write_pdu(duration.address, &[30], false),
            write_pdu(duration.address, &[30], true),
        ];
        let wait = w.context()?.timing.answer;
        for request in &requests {
            w.send(request, wait).await?;
        }
        // What was taken in halves ends with the case.
        w.tokens.insert(TOKEN);
        Ok(())
    })
    .await
}

#[when("the client asks for the lease of 1 s and renews it after 300 ms")]
async fn short(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let exchange = lease(w, 1).await?;
        must_go_on(&exchange, "the lease")?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        let exchange = lease(w, 1).await?;
        must_go_on(&exchange, "the renewal")
    })
    .await
}

#[then("the lease ends 1 s after the renewal, or up to 3 s later")]
async fn runs_out(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let none = symbol(w, "lease_holder", "none")?;
        let asked = w.leased.ok_or_else(|| Judgement::Error("no lease was asked for".into()))?;
        let whole = Duration::from_secs(1);
        let deadline = crate::world::ends_in(whole + Duration::from_secs(3));
        loop {
            let (holder, left) = held(w).await?;
            // The renewal arrived after it was sent, so that what is over by now ended too early.
            let passed = asked.elapsed();
            if holder == none && passed < whole {
                return Err(Judgement::Fail(format!(
                    "it was over {} ms after the renewal",
                    passed.as_millis()
                )));
            }
            if holder == none && left == 0 {
                w.tokens.clear();
                w.note(format!("it was over {} ms after the renewal", passed.as_millis()));
                return Ok(());
            }
            if over(deadline) {
                let seen = format!("{} ms after the renewal {left} ms are left", passed.as_millis());
                return Err(Judgement::Fail(seen));
            }
            tokio::time::sleep(LOOK).await;
        }
    })
    .await
}

#[then("each set point is refused with exception 04 and the result refused_no_lease")]
async fn each_refused(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let result = symbol(w, "setpoint_result", "refused_no_lease")?;
        for one in setpoints(w).await? {
            let exchange = set(w, one.id, one.harmless).await?;
            must_be_refused(w, &exchange, 4, one.id)?;
            must_become(w, "setpoint_result", result, Duration::ZERO).await?;
        }
        Ok(())
    })
    .await
}

#[then("each shadow and a commit are refused with exception 04 and the result refused_no_lease")]
async fn shadows_refused(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        if !super::claims(w, "setpoint_commit").await? {
            w.note("the gateway does not claim setpoint_commit");
            return Ok(());
        }
        let result = symbol(w, "setpoint_result", "refused_no_lease")?;
        let mut writes: Vec<(&str, i64)> =
            setpoints(w).await?.iter().map(|one| (one.shadow, one.harmless)).collect();
        let next = super::commit::next_number(number(w, "setpoint_sequence").await? as u16);
        writes.extend([("setpoint_commit", next.into()), ("setpoint_commit", 0)]);
        for (id, value) in writes {
            let exchange = set(w, id, value).await?;
            must_be_refused(w, &exchange, 4, id)?;
            must_become(w, "setpoint_result", result, Duration::ZERO).await?;
        }
        Ok(())
    })
    .await
}

#[when("a second connection writes a limit that is less by 1 W")]
async fn second_opens(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        w.second = Some(Second::open(w).await?);
        second_limit(w).await
    })
    .await
}

#[when("the second connection writes a limit that is less by 1 W")]
async fn second_again(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| second_limit(w).await).await
}

/// Lends the second connection to a closure.
pub(super) async fn second<T>(
    world: &mut CaseWorld,
    body: impl AsyncFnOnce(&mut CaseWorld, &mut Second) -> Result<T, Judgement>,
) -> Result<T, Judgement> {
    let taken = world.second.take();
    let mut second = taken.ok_or_else(|| Judgement::Error("no second connection is open".into()))?;
    let result = body(world, &mut second).await;
    world.second = Some(second);
    result
}

async fn second_limit(world: &mut CaseWorld) -> Judged {
    let less = largest(world).await? - 1;
    let exchange = second(world, async |w, s| s.set(w, LIMIT, less).await).await?;
    world.pending.push(exchange);
    Ok(())
}

fn last(world: &mut CaseWorld) -> Result<Exchange, Judgement> {
    let last = world.take_pending()?.pop();
    last.ok_or_else(|| Judgement::Error("nothing was sent before this step".into()))
}

#[then(regex = r"^the second connection got exception 04 and reads the result (\w+)(?: or (\w+))?$")]
async fn second_refused(world: &mut CaseWorld, result: String, other: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let exchange = last(w)?;
        must_be_refused(w, &exchange, 4, "the second connection")?;
        let now = second(w, async |w, s| s.number(w, "setpoint_result").await).await?;
        for name in [&result, &other].into_iter().filter(|name| !name.is_empty()) {
            if now == symbol(w, "setpoint_result", name)? {
                return Ok(());
            }
        }
        let now = told(w, "setpoint_result", now);
        Err(Judgement::Fail(format!("setpoint_result is {now} on the second connection; expected {result}")))
    })
    .await
}

#[when("the second connection writes the token of the lease with 30 s")]
async fn second_token(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let exchange = second(w, async |w, s| s.lease(w, TOKEN).await).await?;
        must_go_on(&exchange, "the token of the lease on the second connection")
    })
    .await
}

#[when("a second connection writes the same token, and the client gives the lease back")]
async fn second_bound(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        w.second = Some(Second::open(w).await?);
        let exchange = second(w, async |w, s| s.lease(w, TOKEN).await).await?;
        must_go_on(&exchange, "the token of the lease on the second connection")?;
        let exchange = lease(w, 0).await?;
        must_go_on(&exchange, "giving the lease back")
    })
    .await
}

#[when("a stranger takes the lease for 30 s")]
async fn stranger_takes(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let exchange = lease_as(w, STRANGER, 30).await?;
        must_go_on(&exchange, "the lease of the next owner")
    })
    .await
}

#[then("the largest limit is still in force")]
async fn still(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let max = i128::from(largest(w).await?);
        must_become(w, LIMIT, max, Duration::ZERO).await?;
        must_become(w, IN_FORCE, max, settle(w)).await
    })
    .await
}

#[then("the limit of the second connection is in force")]
async fn second_in_force(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let exchange = last(w)?;
        must_go_on(&exchange, "the set point of the second connection")?;
        let less = i128::from(largest(w).await?) - 1;
        must_become(w, IN_FORCE, less, settle(w)).await
    })
    .await
}

#[when("the connection ends, and a new one writes the largest input power limit")]
async fn anew(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        w.context()?.link.lock().await.reset().await?;
        let max = largest(w).await?;
        let exchange = set(w, LIMIT, max).await?;
        w.pending.push(exchange);
        Ok(())
    })
    .await
}

#[then("it is refused with exception 04, while Modbus holds the lease")]
async fn unbound(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let exchange = last(w)?;
        must_be_refused(w, &exchange, 4, "the new connection")?;
        remains(w, 30).await?;
        let wanted = none(w)?;
        must_become(w, IN_FORCE, wanted, Duration::ZERO).await
    })
    .await
}

#[when("the client reads the token, alone and with its neighbours")]
async fn read_token(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let alone = number(w, "lease_token").await?;
        let [with, _] = together(w, ["lease_token", "lease_remaining"]).await?;
        w.numbers.extend([("alone", alone), ("with its neighbours", with)]);
        Ok(())
    })
    .await
}

#[then("it reads 0 each time")]
async fn reads_0(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| match w.numbers.iter().find(|(_, value)| **value != 0) {
        Some((how, value)) => Err(Judgement::Fail(format!("lease_token reads {value:08X}h, {how}"))),
        None => Ok(()),
    })
    .await
}

/// What the set points and their shadows read.
async fn image(world: &mut CaseWorld) -> Result<Vec<(&'static str, i128)>, Judgement> {
    let mut ids: Vec<&'static str> = Vec::new();
    let shadows = super::claims(world, "setpoint_commit").await?;
    for one in setpoints(world).await? {
        ids.extend([one.id, one.applied]);
        ids.extend(shadows.then_some(one.shadow));
    }
    let mut read = Vec::new();
    for id in ids {
        read.push((id, number(world, id).await?));
    }
    Ok(read)
}

#[when("the client reads the set points and their shadows")]
async fn before(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let read = image(w).await?;
        w.numbers.extend(read);
        Ok(())
    })
    .await
}

#[then("the set points and their shadows read as before")]
async fn as_before(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for (id, now) in image(w).await? {
            let before = w.numbers.get(id).copied();
            if before != Some(now) {
                return Err(Judgement::Fail(format!("{id} reads {now}; before it read {before:?}")));
            }
        }
        Ok(())
    })
    .await
}
