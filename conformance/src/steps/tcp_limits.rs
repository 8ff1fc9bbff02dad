//! Steps on the limits of a TCP server: connections, idle time, load, garbage, ports, addresses.

use std::collections::BTreeSet;
use std::time::Duration;

use cucumber::{then, when};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::answers::{Kind, kind};
use super::places::address;
use super::tcp::{describe, good_read, open, probe, send, tcp};
use crate::transport::tcp::{Connection, Received, TcpLink, fault, good_adu};
use crate::transport::{Link, Seen};
use crate::world::{
    CaseEnded, CaseWorld, Exchange, Judged, Judgement, Judging, data_words, read_pdu, step, step_within,
    write_pdu,
};

const LONG: Duration = Duration::from_secs(4 * 3600);

/// TCP ports that shelves, controllers and computers often have open.
const OFTEN_OPEN: &[u16] = &[
    21, 22, 23, 25, 53, 69, 80, 102, 111, 123, 135, 139, 161, 389, 443, 445, 502, 512, 513, 514, 515, 554,
    623, 631, 664, 771, 802, 873, 1883, 1911, 2049, 2222, 2323, 2375, 3000, 3306, 3389, 4786, 4840, 5000,
    5001, 5060, 5432, 5555, 5900, 6379, 8000, 8008, 8080, 8081, 8443, 8883, 8888, 9000, 9090, 9100, 9200,
    10000, 10001, 20000, 44818, 47808, 49152, 50000, 62078,
];

/// A connection that answers; the server may not have noticed yet that another one has gone.
pub(super) async fn served(world: &mut CaseWorld, limit: Duration) -> Result<Connection, Judgement> {
    let deadline = crate::world::ends_in(limit);
    loop {
        let tried = match open(world).await {
            Ok(mut connection) => good_read(world, &mut connection, 0x0800).await.map(|()| connection),
            Err(error) => Err(error),
        };
        match tried {
            Ok(connection) => return Ok(connection),
            Err(error) if crate::world::over(deadline) => return Err(error),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// That the device answers at all: what never answers refuses nothing either. How it answers others judge.
pub(super) async fn alive(world: &mut CaseWorld) -> Judged {
    let (context, (pdu, _)) = (world.context()?, probe(world)?);
    let deadline = crate::world::ends_in(Duration::from_secs(2));
    loop {
        let seen = world.ask(&pdu, context.timing.answer).await;
        if matches!(seen, Ok(Seen::Pdu(_) | Seen::Broken(_))) {
            return Ok(());
        }
        if crate::world::over(deadline) {
            let exchange = Exchange { request: pdu, seen: seen? };
            return Err(Judgement::Fail(format!("the device answers nothing: {exchange}")));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        context.link.lock().await.reset().await?;
    }
}

/// Opens the declared number of connections, each with one good read.
async fn fill(world: &mut CaseWorld) -> Judged {
    let context = world.context()?;
    let most = context.declared.server.connections;
    let most = most.ok_or_else(|| Judgement::Inconclusive("no number of connections is declared".into()))?;
    // The link's own connection counts, too.
    context.link.lock().await.reset().await?;
    for nth in 0..most {
        let connection = served(world, Duration::from_secs(2)).await.map_err(|error| match error {
            Judgement::Fail(seen) => Judgement::Fail(format!("connection {} of {most}: {seen}", nth + 1)),
            other => other,
        })?;
        world.tcp.connections.push(connection);
    }
    Ok(())
}

#[when("the client opens one connection more than the declared number")]
async fn one_more(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(Duration::from_secs(600), world, async |w: &mut CaseWorld| fill(w).await).await
}

#[then("it is refused or replaces one, and all others are served")]
async fn refused_or_replaces(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(Duration::from_secs(600), world, async |w: &mut CaseWorld| {
        let extra = match open(w).await {
            Ok(mut connection) => good_read(w, &mut connection, 0x0801).await.is_ok().then_some(connection),
            Err(_) => None,
        };
        let mut others = std::mem::take(&mut w.tcp.connections);
        let all = others.len();
        let mut served = 0_usize;
        for connection in &mut others {
            served += usize::from(good_read(w, connection, 0x0802).await.is_ok());
        }
        let (taken, wanted) = (extra.is_some(), if extra.is_some() { all - 1 } else { all });
        w.note(format!(
            "{all} connections, {served} still served, the one more {}",
            if taken { "too" } else { "not" }
        ));
        if served < wanted {
            return Err(Judgement::Fail(format!(
                "{served} of {all} connections are still served; expected {wanted}"
            )));
        }
        if taken && served == all {
            w.non_strict(format!("{} connections are served; {all} are declared", all + 1));
        }
        Ok(())
    })
    .await
}

#[when("the client opens the declared number of connections and says nothing more")]
async fn vanish(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(Duration::from_secs(600), world, async |w: &mut CaseWorld| fill(w).await).await
}

#[then("a new connection is served within the declared idle time and 2 s")]
async fn recovered(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut CaseWorld| {
        let idle = w.context()?.declared.server.idle_s.unwrap_or_default();
        let limit = Duration::from_secs(u64::from(idle) + 2);
        let started = Instant::now();
        let new = served(w, limit).await;
        w.tcp.connections.clear();
        match new {
            Ok(_) => {
                w.note(format!("served after {} ms", started.elapsed().as_millis()));
                Ok(())
            }
            Err(Judgement::Fail(seen)) => Err(Judgement::Fail(format!("not within {limit:?}: {seen}"))),
            Err(other) => Err(other),
        }
    })
    .await
}

#[when("the client reads from the unit identifiers FF and 00")]
async fn odd_units(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (context, log, (pdu, _)) = (w.context()?, w.log(), probe(w)?);
        for unit in [0xFF, 0] {
            let seen = {
                let mut link = context.link.lock().await;
                link.exchange(unit, &pdu, context.timing.answer, &*log).await?
            };
            w.pending.push(Exchange { request: pdu.clone(), seen });
        }
        Ok(())
    })
    .await
}

#[then("both are answered as the device itself, or both are refused")]
async fn both_or_none(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (context, (_, words)) = (w.context()?, probe(w)?);
        let mut own = Vec::new();
        for exchange in w.take_pending()? {
            let value = data_words(&exchange.seen, words);
            own.push(match kind(&exchange) {
                Kind::Normal(_) if value.is_some_and(|v| context.device.identifies(&v)) => true,
                Kind::Exception(Some(_)) | Kind::None => false,
                _ => return Err(Judgement::Fail(format!("{exchange}; expected the device or an exception"))),
            });
            w.note(exchange.to_string());
        }
        if own.first() != own.last() {
            return Err(Judgement::Fail("one of FF and 00 is answered, the other is not".into()));
        }
        alive(w).await
    })
    .await
}

#[when(regex = r"^two clients write different registers at the same time, (\d+) times$")]
async fn two_writers(world: &mut CaseWorld, times: u16) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (context, log) = (w.context()?, w.log());
        let pair = context.device.two_words();
        let pair = pair.ok_or_else(|| Judgement::Inconclusive("the map has no two such registers".into()))?;
        let values = |r: &dpo_gateway::maps::model::Register| {
            let all: Vec<u16> = crate::writable::values(r).into_iter().map(|v| v as u16).collect();
            (r.address, all)
        };
        let places = [values(pair.0), values(pair.1)];
        for (at, _) in &places {
            w.note_before(*at, 1).await?;
        }
        let mut clients = [open(w).await?, open(w).await?];
        let (unit, wait) = (context.device.unit, context.timing.answer);
        for nth in 0..times {
            let mut asked = Vec::new();
            for (client, (at, all)) in clients.iter_mut().zip(&places) {
                let value = all.iter().cycle().nth(nth.into()).copied().unwrap_or_default();
                let pdu = write_pdu(*at, &[value], true);
                send(w, client, &good_adu(nth, unit, &pdu)).await?;
                asked.push((*at, value, pdu));
            }
            for (client, (_, _, pdu)) in clients.iter_mut().zip(&asked) {
                match client.receive(wait, &*log).await {
                    Received::Frame(frame) if frame.pdu == *pdu && fault(&frame, nth, unit).is_none() => {}
                    other => {
                        w.undo().await?;
                        return Err(Judgement::Fail(format!("write {nth}: {}", describe(&other))));
                    }
                }
            }
            for (at, value, _) in asked {
                let now = w.read(at, 1).await?;
                if now != [value] {
                    w.undo().await?;
                    return Err(Judgement::Fail(format!(
                        "write {nth}: {at:04X} holds {now:04X?}, not {value:04X}"
                    )));
                }
            }
        }
        w.undo().await
    })
    .await
}

#[then("each register held what its own client wrote")]
async fn own_values(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    // The step before ends the case at the first that did not.
    step(world, async |w: &mut CaseWorld| super::answers::good_request(w).await).await
}

/// Sends a PDU on a connection of its own.
pub(super) async fn aside(
    world: &mut CaseWorld,
    connection: &mut Connection,
    nth: u16,
    pdu: &[u8],
) -> Result<Exchange, Judgement> {
    let (context, log) = (world.context()?, world.log());
    send(world, connection, &good_adu(nth, context.device.unit, pdu)).await?;
    let seen = match connection.receive(context.timing.answer, &*log).await {
        Received::Frame(frame) => match fault(&frame, nth, context.device.unit) {
            Some(fault) => Seen::Broken(fault),
            None => Seen::Pdu(frame.pdu),
        },
        other => Seen::Broken(describe(&other)),
    };
    Ok(Exchange { request: pdu.to_vec(), seen })
}

#[when("a second client writes another limit and asks for the lease")]
async fn second_client(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let place = |id: &str| {
            let own = context.device.named(id).map(|r| r.address);
            own.ok_or_else(|| Judgement::Error(format!("the map has no {id}")))
        };
        let (limit, token) = (place("input_power_limit")?, place("lease_token")?);
        let mut second = open(w).await?;
        w.steered = true;
        for (nth, pdu) in
            [write_pdu(limit, &[0, 5000], false), write_pdu(token, &[0, 0x0D92, 5], false)].iter().enumerate()
        {
            let exchange = aside(w, &mut second, nth as u16, pdu).await?;
            w.pending.push(exchange);
        }
        Ok(())
    })
    .await
}

#[then("both are refused with exception 04, and the limit of the first client stays")]
async fn loser_refused(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let exchanges = w.take_pending()?;
        let wrong = exchanges.iter().find(|e| !matches!(kind(e), Kind::Exception(Some(4)))).cloned();
        let stays = super::dpo::holds_largest(w).await?;
        if wrong.is_some() || !stays {
            super::dpo::lease(w, 0).await?;
        }
        match wrong {
            Some(exchange) => Err(Judgement::Fail(format!("{exchange}; expected exception 04"))),
            None if !stays => Err(Judgement::Fail("the limit of the first client is not in force".into())),
            None => Ok(()),
        }
    })
    .await
}

#[when("the client reads one register as fast as it is answered")]
async fn load(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let pdu = read_pdu(address(&context.device, "a readable address")?, 1);
        w.times.clear();
        for _ in 0..context.effort.soak {
            let started = Instant::now();
            let seen = w.ask(&pdu, context.timing.answer).await?;
            w.times.push(started.elapsed());
            if data_words(&seen, 1).is_none() {
                let exchange = Exchange { request: pdu, seen };
                return Err(Judgement::Fail(format!("request {}: {exchange}", w.times.len())));
            }
        }
        Ok(())
    })
    .await
}

#[then("99 of 100 answers came within the declared time")]
async fn p99(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let limit = w.context()?.declared.server.p99_ms;
        let limit = limit.ok_or_else(|| Judgement::Inconclusive("no time is declared".into()))?;
        let mut times = std::mem::take(&mut w.times);
        times.sort();
        let at = |part: usize| times.get((times.len() * part / 1000).min(times.len().saturating_sub(1)));
        let millis = |t: Option<&Duration>| t.map_or(0.0, |t| t.as_secs_f64() * 1e3);
        let (p50, p99, most) = (millis(at(500)), millis(at(990)), millis(times.last()));
        let seen = format!(
            "{} reads: median {p50:.1} ms, p99 {p99:.1} ms, maximum {most:.1} ms; limit {limit} ms",
            times.len()
        );
        if p99 > f64::from(limit) {
            return Err(Judgement::Fail(seen));
        }
        w.note(seen);
        Ok(())
    })
    .await
}

#[when(regex = r"^(\d+) connections send garbage, one after the other, and a poller reads in between$")]
async fn garbage(world: &mut CaseWorld, count: u32) -> Result<(), CaseEnded> {
    step_within(Duration::from_secs(600), world, async |w: &mut CaseWorld| {
        let mut poller = open(w).await?;
        for nth in 0..count {
            if let Ok(mut noisy) = open(w).await {
                send(w, &mut noisy, &[0xFF; 260]).await?;
            }
            good_read(w, &mut poller, nth as u16).await?;
        }
        Ok(())
    })
    .await
}

#[then("each read of the poller was answered")]
async fn polled(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    // The step before ends the case at the first that was not; new clients are served, too.
    step(world, async |w: &mut CaseWorld| super::answers::good_request(w).await).await
}

/// Host of the link, and its port.
async fn host(world: &CaseWorld) -> Result<(String, u16), Judgement> {
    let context = world.context()?;
    let mut link = context.link.lock().await;
    let address = tcp(&mut link)?.address().to_owned();
    let (host, port) = address.rsplit_once(':').unwrap_or((address.as_str(), ""));
    let port = port.parse().map_err(|_| Judgement::Error(format!("{address} has no port")))?;
    Ok((host.to_owned(), port))
}

#[when("the client tries to connect to ports that are not declared")]
async fn scan(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut CaseWorld| {
        let (context, (host, own)) = (w.context()?, host(w).await?);
        let declared: BTreeSet<u16> = context.declared.server.ports.iter().copied().chain([own]).collect();
        let ports: Vec<u16> =
            if context.effort.full_sweep { (1..=u16::MAX).collect() } else { OFTEN_OPEN.to_vec() };
        let wait = context.timing.answer.min(Duration::from_millis(300));
        let (mut tried, mut open) = (0, Vec::new());
        for port in ports.into_iter().filter(|port| !declared.contains(port)) {
            tried += 1;
            if let Ok(Ok(_)) = timeout(wait, TcpStream::connect((host.trim_matches(['[', ']']), port))).await
            {
                open.push(port.to_string());
            }
        }
        // Closed ports say something only of a host that is there.
        super::answers::good_request(w).await?;
        w.note(format!("{tried} ports tried"));
        if open.is_empty() {
            return Ok(());
        }
        Err(Judgement::Fail(format!("open and not declared: {}", open.join(" "))))
    })
    .await
}

#[then("none is open")]
async fn none_open(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| super::answers::good_request(w).await).await
}

#[when("the client sends a good read and a read that must be refused to both addresses")]
async fn both_addresses(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (context, log, (good, _)) = (w.context()?, w.log(), probe(w)?);
        let other = context.declared.server.other_address.clone();
        let other = other.ok_or_else(|| Judgement::Inconclusive("no other address is declared".into()))?;
        let refused = read_pdu(address(&context.device, "an unmapped address")?, 1);
        let guard = context.link.lock().await.guard_mut().clone();
        let mut there = Link::Tcp(TcpLink::new(&other, context.timing, guard));
        for pdu in [good, refused] {
            w.send(&pdu, context.timing.answer).await?;
            let seen = there.exchange(context.device.unit, &pdu, context.timing.answer, &*log).await;
            let seen = seen.map_err(|e| Judgement::Fail(e.to_string()))?;
            w.pending.push(Exchange { request: pdu, seen });
        }
        Ok(())
    })
    .await
}

#[then("the answers are the same")]
async fn same_answers(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for pair in w.take_pending()?.chunks(2) {
            if let [here, there] = pair
                && (here.seen != there.seen || !matches!(here.seen, Seen::Pdu(_)))
            {
                return Err(Judgement::Fail(format!("{here}; at the other address: {there}")));
            }
        }
        super::answers::good_request(w).await
    })
    .await
}
