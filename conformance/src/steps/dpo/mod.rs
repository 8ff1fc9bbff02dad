//! Steps on the DPO block of a gateway, and what they share: registers by their names, leases, set points.
//!
//! Every lease that a case takes is given back at its end, however it ends.

pub(super) mod commit;
mod end;
mod events;
mod lease;
mod state;
mod writes;

use std::time::Duration;

use cucumber::{given, then};
use dpo_gateway::maps::model::{Access, Register, SafetyClass};
use tokio::time::Instant;

use super::answers::{Kind, kind};
use super::tcp::open;
use super::tcp_limits::aside;
use crate::device::{last_of, raw_number};
use crate::transport::tcp::Connection;
use crate::world::{
    CaseEnded, CaseWorld, Exchange, Judged, Judgement, Judging, data_words, over, read_pdu, step, write_pdu,
};
use crate::writable::words;

/// Token of the suite's lease.
pub(crate) const TOKEN: u32 = 0x0D91;
/// Token of another owner, which the suite plays, too.
pub(crate) const STRANGER: u32 = 0x0D93;
/// How long values may lag behind where the map has no update time.
const LAG: Duration = Duration::from_secs(2);
/// Input power in percent of the largest limit up to which that limits nothing, swings of the load included.
const ROOM: i128 = 90;
/// Between two looks at a value that is waited for.
const LOOK: Duration = Duration::from_millis(20);
pub(in crate::steps) const LIMIT: &str = "input_power_limit";
pub(in crate::steps) const IN_FORCE: &str = "input_power_limit_applied";

/// A set point of the block: its register, the one that tells what is in force, and a value that asks nothing of the
/// shelf.
#[derive(Debug, Clone, Copy)]
struct Setpoint {
    id: &'static str,
    applied: &'static str,
    shadow: &'static str,
    harmless: i64,
}

/// How long a second connection asks for the lease, in seconds.
const SECOND_S: u16 = 30;

/// Longest time until a set point is in force.
pub(in crate::steps) fn settle(world: &CaseWorld) -> Duration {
    world.context().map_or(Duration::from_secs(5), |context| context.effort.settle)
}

pub(in crate::steps) fn register(world: &CaseWorld, id: &str) -> Result<Register, Judgement> {
    let context = world.context()?;
    let own = context.device.named(id).cloned();
    own.ok_or_else(|| Judgement::Error(format!("{} has no {id}", context.device.map.id)))
}

pub(in crate::steps) async fn number(world: &mut CaseWorld, id: &str) -> Result<i128, Judgement> {
    let own = register(world, id)?;
    let read = world.read(own.address, own.words).await?;
    raw_number(&own, &read).ok_or_else(|| Judgement::Fail(format!("{id} is no number")))
}

/// Numbers that one request reads, and so are of one moment.
async fn together<const N: usize>(world: &mut CaseWorld, ids: [&str; N]) -> Result<[i128; N], Judgement> {
    let mut own = Vec::new();
    for id in ids {
        own.push(register(world, id)?);
    }
    let first = own.iter().map(|r| r.address).min().unwrap_or_default();
    let last = own.iter().map(last_of).max().unwrap_or_default();
    let read = world.read(first, last - first + 1).await?;
    let mut numbers = [0; N];
    for ((slot, register), id) in numbers.iter_mut().zip(&own).zip(ids) {
        let at = usize::from(register.address - first);
        let own = read.get(at..at + usize::from(register.words)).unwrap_or_default();
        *slot = raw_number(register, own).ok_or_else(|| Judgement::Fail(format!("{id} is no number")))?;
    }
    Ok(numbers)
}

/// The value of a symbol.
fn symbol(world: &CaseWorld, id: &str, name: &str) -> Result<i128, Judgement> {
    let value = register(world, id)?.symbols.iter().find(|s| s.id == name).map(|s| i128::from(s.value));
    value.ok_or_else(|| Judgement::Error(format!("the map has no symbol {name} of {id}")))
}

/// A value in words: its symbol, where there is one.
fn told(world: &CaseWorld, id: &str, value: i128) -> String {
    let own = register(world, id).ok();
    let symbol =
        own.and_then(|r| r.symbols.iter().find(|s| i128::from(s.value) == value).map(|s| s.id.clone()));
    symbol.unwrap_or_else(|| value.to_string())
}

/// The largest limit that is taken, the rated power of the shelf: it limits nothing.
pub(in crate::steps) async fn largest(world: &mut CaseWorld) -> Result<i64, Judgement> {
    let limits = register(world, LIMIT)?.limits;
    let most = limits.map(|l| l.max).ok_or_else(|| Judgement::Error("the limit has no limits".into()))?;
    let rated = number(world, "rated_power").await?;
    let largest = i64::try_from(rated).unwrap_or(most).min(most);
    // The rating is of the output: near full load the input is above it, and the limit would be one.
    if claims(world, "measurements").await? {
        let own = register(world, "input_power")?;
        let drawn = number(world, "input_power").await?;
        if own.not_available.is_none_or(|none| i128::from(none) != drawn)
            && drawn * 100 > i128::from(largest) * ROOM
        {
            return Err(Judgement::Inconclusive(format!(
                "the shelf draws {drawn} W, and the largest limit is {largest} W: it would limit; take load off"
            )));
        }
    }
    Ok(largest)
}

/// The value that a set point falls back to.
fn fallback(world: &CaseWorld, id: &str) -> Result<i128, Judgement> {
    let own = register(world, id)?;
    let value = own.safety.and_then(|s| s.fail_safe).or(own.not_available);
    value.map(i128::from).ok_or_else(|| Judgement::Error(format!("{id} has no fail-safe value")))
}

/// The value that says no limit.
pub(in crate::steps) fn none(world: &CaseWorld) -> Result<i128, Judgement> {
    fallback(world, LIMIT)
}

/// Whether the gateway says that it has a capability.
async fn claims(world: &mut CaseWorld, flag: &str) -> Result<bool, Judgement> {
    let own = register(world, "capabilities")?;
    let bit = own.bits.iter().find(|b| b.id == flag).map(|b| b.bit);
    let bit = bit.ok_or_else(|| Judgement::Error(format!("the map has no capability {flag}")))?;
    Ok(number(world, "capabilities").await? >> bit & 1 == 1)
}

/// The capability without which a register is not there.
fn capability(register: &Register) -> Option<&str> {
    register.condition.as_deref()?.strip_prefix("capabilities.")
}

/// The set points that the gateway claims.
async fn setpoints(world: &mut CaseWorld) -> Result<Vec<Setpoint>, Judgement> {
    let harmless = largest(world).await?;
    let all = [
        Setpoint { id: LIMIT, applied: IN_FORCE, shadow: "shadow_input_power_limit", harmless },
        Setpoint {
            id: "bbu_discharge",
            applied: "bbu_discharge_applied",
            shadow: "shadow_bbu_discharge",
            harmless: 0,
        },
    ];
    let mut claimed = Vec::new();
    for one in all {
        if claims(world, one.id).await? {
            claimed.push(one);
        }
    }
    if claimed.is_empty() {
        return Err(Judgement::Lacks("the gateway claims no set point".into()));
    }
    Ok(claimed)
}

/// Registers whose writing is a set point under the lease.
fn steers(register: &Register) -> bool {
    register.access == Access::Rw && register.safety.is_some_and(|s| s.class == SafetyClass::Setpoint)
}

pub(in crate::steps) async fn set(
    world: &mut CaseWorld,
    id: &str,
    value: i64,
) -> Result<Exchange, Judgement> {
    let own = register(world, id)?;
    world.steered = true;
    world.put(own.address, &words(&own, value)).await
}

/// Asks for the lease as the owner of a token; 0 s gives it back. What is acknowledged with exception 05 is waited for: until
/// then a connection is not bound.
async fn lease_as(world: &mut CaseWorld, token: u32, seconds: u16) -> Result<Exchange, Judgement> {
    let own = register(world, "lease_token")?;
    let (limit, words) = (settle(world), [(token >> 16) as u16, token as u16, seconds]);
    let deadline = crate::world::ends_in(limit);
    loop {
        let asked = Instant::now();
        // Before it is sent: if the answer is lost the lease may be ours all the same.
        let new = seconds > 0 && world.tokens.insert(token);
        let exchange = world.put(own.address, &words).await?;
        note_lease(world, token, seconds, asked, new, &exchange);
        if !matches!(kind(&exchange), Kind::Exception(Some(5))) || over(deadline) {
            return Ok(exchange);
        }
        if seconds == 0 {
            let none = symbol(world, "lease_holder", "none")?;
            becomes(world, "lease_holder", none, limit).await?;
            return Ok(exchange);
        }
        // Asked once more it is a renewal, and answered when the first is done.
        tokio::time::sleep(LOOK).await;
    }
}

/// Keeps what the case must give back; `new`: the token was not held before.
fn note_lease(
    world: &mut CaseWorld,
    token: u32,
    seconds: u16,
    asked: Instant,
    new: bool,
    exchange: &Exchange,
) {
    match (kind(exchange), seconds) {
        (Kind::Normal(_) | Kind::Exception(Some(5)), 1..) => world.leased = Some(asked),
        // A new lease that was refused is none either; whatever else came says nothing.
        (Kind::Normal(_) | Kind::Exception(Some(5)), 0) => {
            world.tokens.remove(&token);
        }
        (Kind::Exception(_), 1..) if new => {
            world.tokens.remove(&token);
        }
        _ => (),
    }
}

pub(in crate::steps) async fn lease(world: &mut CaseWorld, seconds: u16) -> Result<Exchange, Judgement> {
    lease_as(world, TOKEN, seconds).await
}

/// Takes back what stands without a lease: a gateway that needs none keeps it for ever.
async fn take_back(world: &mut CaseWorld) -> Judged {
    if !std::mem::take(&mut world.steered)
        || number(world, "lease_holder").await? != symbol(world, "lease_holder", "none")?
    {
        return Ok(());
    }
    for id in [LIMIT, "bbu_discharge"] {
        if !claims(world, id).await? {
            continue;
        }
        let wanted = fallback(world, id)?;
        if becomes(world, id, wanted, LAG).await? == wanted {
            continue;
        }
        let own = register(world, id)?;
        let exchange =
            world.put(own.address, &words(&own, i64::try_from(wanted).unwrap_or_default())).await?;
        let now = becomes(world, id, wanted, settle(world)).await?;
        if now != wanted {
            world.note(format!("LEFT BEHIND: {id} reads {now} without a lease; {exchange}"));
        }
    }
    Ok(())
}

/// Gives back what a case has left, and lets a set point that goes on end before the next case.
pub(crate) async fn end_leases(world: &mut CaseWorld) {
    for token in std::mem::take(&mut world.tokens) {
        // What cannot be given back ends by itself; the next case says that somebody holds it.
        let exchange = lease_as(world, token, 0).await;
        let goes_on = exchange.is_ok_and(|e| matches!(kind(&e), Kind::Exception(Some(5))));
        if let (true, Ok(wanted)) = (goes_on, none(world)) {
            let limit = settle(world);
            let _ = becomes(world, IN_FORCE, wanted, limit).await;
        }
    }
    if let Err(why) = take_back(world).await {
        world.note(format!("whether a set point stands without a lease was not seen: {}", why.text()));
    }
}

/// Whether the largest limit is set.
pub(in crate::steps) async fn holds_largest(world: &mut CaseWorld) -> Result<bool, Judgement> {
    let max = i128::from(largest(world).await?);
    Ok(number(world, LIMIT).await? == max && becomes(world, IN_FORCE, max, settle(world)).await? == max)
}

/// Waits until a number is as wanted; the last one that was read.
pub(in crate::steps) async fn becomes(
    world: &mut CaseWorld,
    id: &str,
    wanted: i128,
    limit: Duration,
) -> Result<i128, Judgement> {
    let deadline = crate::world::ends_in(limit);
    loop {
        let now = number(world, id).await?;
        if now == wanted || over(deadline) {
            return Ok(now);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// As [`becomes`], and anything else is a failure.
async fn must_become(world: &mut CaseWorld, id: &str, wanted: i128, limit: Duration) -> Judged {
    let now = becomes(world, id, wanted, limit).await?;
    if now == wanted {
        return Ok(());
    }
    let (now, wanted) = (told(world, id, now), told(world, id, wanted));
    Err(Judgement::Fail(format!("{id} is {now} after {limit:?}; expected {wanted}")))
}

/// Taken, or acknowledged while it goes on.
pub(in crate::steps) fn goes_on(exchange: &Exchange) -> bool {
    matches!(kind(exchange), Kind::Normal(_) | Kind::Exception(Some(5)))
}

fn must_go_on(exchange: &Exchange, what: &str) -> Judged {
    if goes_on(exchange) {
        return Ok(());
    }
    Err(Judgement::Fail(format!("{what}: {exchange}; expected it to be taken")))
}

/// A refusal with the exception that is asked for.
fn must_be_refused(world: &CaseWorld, exchange: &Exchange, code: u8, what: &str) -> Judged {
    if matches!(kind(exchange), Kind::Exception(Some(seen)) if seen == code) {
        world.note(format!("{what}: {exchange}"));
        return Ok(());
    }
    Err(Judgement::Fail(format!("{what}: {exchange}; expected exception {code:02X}")))
}

/// That no set point is in force, asked for or in force.
async fn nothing_in_force(world: &mut CaseWorld) -> Judged {
    for one in setpoints(world).await? {
        let wanted = fallback(world, one.id)?;
        let [asked, applied] = together(world, [one.id, one.applied]).await?;
        if (asked, applied) != (wanted, wanted) {
            let seen =
                format!("{} reads {asked} and {} {applied}; expected {wanted} in both", one.id, one.applied);
            return Err(Judgement::Fail(seen));
        }
    }
    Ok(())
}

/// Waits until a set point is in force.
async fn in_force(world: &mut CaseWorld, one: Setpoint, value: i64) -> Judged {
    must_become(world, one.applied, value.into(), settle(world)).await
}

/// A second connection to the gateway.
pub(crate) struct Second(Connection, u16);

impl Second {
    async fn open(world: &mut CaseWorld) -> Result<Self, Judgement> {
        Ok(Self(open(world).await?, 0))
    }

    async fn ask(&mut self, world: &mut CaseWorld, pdu: &[u8]) -> Result<Exchange, Judgement> {
        let deadline = crate::world::ends_in(settle(world));
        loop {
            self.1 = self.1.wrapping_add(1);
            let exchange = aside(world, &mut self.0, self.1, pdu).await?;
            if !matches!(kind(&exchange), Kind::Exception(Some(6))) || over(deadline) {
                return Ok(exchange);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn set(&mut self, world: &mut CaseWorld, id: &str, value: i64) -> Result<Exchange, Judgement> {
        let own = register(world, id)?;
        world.steered = true;
        self.ask(world, &write_pdu(own.address, &words(&own, value), false)).await
    }

    /// Writes the token of a lease, for half a minute: it is the one that the first connection has.
    async fn lease(&mut self, world: &mut CaseWorld, token: u32) -> Result<Exchange, Judgement> {
        let own = register(world, "lease_token")?;
        let words = [(token >> 16) as u16, token as u16, SECOND_S];
        let deadline = crate::world::ends_in(settle(world));
        loop {
            let asked = Instant::now();
            let new = world.tokens.insert(token);
            let exchange = self.ask(world, &write_pdu(own.address, &words, false)).await?;
            note_lease(world, token, SECOND_S, asked, new, &exchange);
            if !matches!(kind(&exchange), Kind::Exception(Some(5))) || over(deadline) {
                return Ok(exchange);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn number(&mut self, world: &mut CaseWorld, id: &str) -> Result<i128, Judgement> {
        let own = register(world, id)?;
        let exchange = self.ask(world, &read_pdu(own.address, own.words)).await?;
        let read = data_words(&exchange.seen, own.words);
        let value = read.and_then(|read| raw_number(&own, &read));
        value.ok_or_else(|| Judgement::Fail(format!("{id} on the second connection: {exchange}")))
    }
}

#[given(regex = r"^the gateway claims ([a-z_]+)$")]
async fn claimed(world: &mut CaseWorld, flag: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        if claims(w, &flag).await? {
            return Ok(());
        }
        Err(Judgement::Lacks(format!("the gateway does not claim {flag}")))
    })
    .await
}

#[given("no client holds the lease")]
async fn free(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let holder = number(w, "lease_holder").await?;
        if holder == symbol(w, "lease_holder", "none")? {
            return Ok(());
        }
        let holder = told(w, "lease_holder", holder);
        Err(Judgement::Inconclusive(format!("{holder} holds the lease: somebody steers the shelf")))
    })
    .await
}

#[then("no set point is in force")]
async fn none_in_force(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| nothing_in_force(w).await).await
}
