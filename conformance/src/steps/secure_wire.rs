//! Steps of Modbus/TCP Security: the plain port, the bytes on the wire, and many clients.

use std::time::Duration;

use cucumber::{given, then, when};

use super::secure::valid;
use crate::declared::Plain;
use crate::secure::hello::Hello;
use crate::secure::pki::Who;
use crate::secure::{Got, Options, SecureWorld};
use crate::transport::tcp::{Received, TcpLink, good_adu};
use crate::transport::{Timing, hex};
use crate::world::{CaseEnded, Judged, Judgement, Judging, step, step_within};

/// Sends a plain read and keeps what came.
async fn plain(world: &mut SecureWorld, address: &str) -> Judged {
    let (context, log, (pdu, _)) = (world.context()?, world.log(), world.probe()?);
    let bytes = good_adu(0x0901, context.plan.device.unit, &pdu);
    let wait = context.plan.wait;
    let timing = Timing { answer: wait, silence: wait, quiet: wait };
    let link = TcpLink::new(address, timing, context.guard.clone());
    let got = match link.connect().await {
        Err(error) => Got::Nothing(error.to_string()),
        Ok(mut connection) => {
            connection.send(&context.guard, &bytes, &*log).await?;
            match connection.receive(wait, &*log).await {
                Received::Frame(frame)
                    if (frame.transaction, frame.protocol) == (0x0901, 0) && !frame.pdu.is_empty() =>
                {
                    Got::Pdu(frame.pdu)
                }
                Received::Frame(frame) => Got::Nothing(format!("no answer to it: {frame:?}")),
                Received::Incomplete(bytes) => Got::Nothing(format!("no Modbus: {}", hex(&bytes))),
                Received::Nothing => Got::Nothing("silence".into()),
                Received::Closed => Got::Nothing("closed".into()),
            }
        }
    };
    world.note(format!("plain: {got}"));
    world.got.push(("a plain request".to_owned(), got));
    Ok(())
}

#[when(regex = r"^a plain request is sent to the (secure|plain) port$")]
async fn plain_request(world: &mut SecureWorld, which: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| {
        let plan = w.context()?.plan.clone();
        let address = if which == "secure" { Some(plan.address) } else { plan.plain };
        let address = address.ok_or_else(|| Judgement::Inconclusive("there is no plain port".into()))?;
        plain(w, &address).await
    })
    .await
}

#[then("the plain port does what is declared")]
async fn plain_as_declared(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| {
        let declared = w.context()?.declared.server.plain;
        for (_, got) in std::mem::take(&mut w.got) {
            let answered = w.is_probe(&got)?;
            let right = match declared {
                Some(Plain::Closed) => !matches!(got, Got::Pdu(_)),
                Some(Plain::ReadOnly) => answered,
                None => return Err(Judgement::Inconclusive("nothing is declared".into())),
            };
            if !right {
                return Err(Judgement::Fail(format!(
                    "the plain port is declared {declared:?}, and a read got {got}"
                )));
            }
        }
        Ok(())
    })
    .await
}

#[when("a client sends a read with each byte in a TLS record of its own")]
async fn many_records(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| {
        w.read_as(Some(Who::Operator), Options::default()).await?;
        let (pdu, _) = w.probe()?;
        let got = match w.session.take() {
            None => Got::Nothing("no connection".into()),
            Some(mut session) => w.ask(&mut session, &pdu, 1).await?,
        };
        w.got.push((Who::Operator.file().to_owned(), got));
        Ok(())
    })
    .await
}

#[given("a client with the certificate operator has a session")]
async fn has_session(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| valid(w).await).await
}

#[when(regex = r"^(\d+) others begin a handshake, and the session reads in between$")]
async fn flood(world: &mut SecureWorld, count: usize) -> Result<(), CaseEnded> {
    step_within(Duration::from_secs(300), world, async |w: &mut SecureWorld| {
        let plan = w.context()?.plan.clone();
        let Some(mut session) = w.session.take() else {
            return Err(Judgement::Error("no session is open".into()));
        };
        let hello = Hello { version: 0x0303, suites: Hello::good_suites(), compression: vec![0] };
        let (pdu, _) = w.probe()?;
        // Held open until all reads are done.
        let mut others = Vec::new();
        for nth in 0..count {
            others.extend(hello.begin(&plan.address, plan.wait).await);
            let got = w.ask(&mut session, &pdu, usize::MAX).await?;
            if !w.is_probe(&got)? {
                return Err(Judgement::Fail(format!("with {} others the session got {got}", nth + 1)));
            }
        }
        w.note(format!("{} others", others.len()));
        Ok(())
    })
    .await
}

#[then("each read of the session was answered")]
async fn session_served(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    // The step before ends the case at the first that was not; the others are gone now.
    step(world, async |w: &mut SecureWorld| {
        w.session = None;
        tokio::time::sleep(Duration::from_millis(50)).await;
        Ok(())
    })
    .await
}
