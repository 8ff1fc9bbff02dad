//! Steps of Modbus/TCP Security: what a client offers in its first message.

use cucumber::{then, when};

use crate::secure::SecureWorld;
use crate::secure::hello::{Answer, Hello};
use crate::world::{CaseEnded, Judged, Judgement, Judging, step};

async fn offer(world: &mut SecureWorld, hellos: Vec<Hello>) -> Judged {
    let plan = world.context()?.plan.clone();
    let log = world.log();
    for hello in hellos {
        let answer = hello.offer(&plan.address, plan.wait, &*log).await.map_err(Judgement::Fail)?;
        world.note(format!("version {:04X}: {answer:?}", hello.version));
        world.answers.push(answer);
    }
    Ok(())
}

#[when("a client offers SSL 3.0, TLS 1.0 and TLS 1.1, each alone")]
async fn old_versions(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| {
        let hello = |version| Hello { version, suites: Hello::good_suites(), compression: vec![0] };
        offer(w, [0x0300, 0x0301, 0x0302].map(hello).to_vec()).await
    })
    .await
}

#[when("a client offers weak cipher suites alone")]
async fn weak_suites(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| {
        let hello = Hello { version: 0x0303, suites: Hello::weak_suites(), compression: vec![0] };
        offer(w, vec![hello]).await
    })
    .await
}

#[then("each offer is refused")]
async fn offers_refused(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| {
        for answer in std::mem::take(&mut w.answers) {
            if !matches!(answer, Answer::Alert(..) | Answer::Nothing) {
                return Err(Judgement::Fail(format!("an offer got {answer:?}")));
            }
        }
        Ok(())
    })
    .await
}

#[when("a client offers compression")]
async fn compression(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| {
        let hello = Hello { version: 0x0303, suites: Hello::good_suites(), compression: vec![1, 0] };
        offer(w, vec![hello]).await
    })
    .await
}

#[then("none is chosen")]
async fn no_compression(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| {
        for answer in std::mem::take(&mut w.answers) {
            match answer {
                Answer::Accepted { compression: 0, .. } | Answer::Alert(..) => {}
                other => return Err(Judgement::Fail(format!("the offer got {other:?}"))),
            }
        }
        Ok(())
    })
    .await
}

#[when("a client offers TLS 1.2 with the mark of secure renegotiation")]
async fn renegotiation(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| {
        let hello = Hello { version: 0x0303, suites: Hello::good_suites(), compression: vec![0] };
        offer(w, vec![hello]).await
    })
    .await
}

#[then("the device announces secure renegotiation, or refuses TLS 1.2")]
async fn secure_renegotiation(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| {
        for answer in std::mem::take(&mut w.answers) {
            match answer {
                Answer::Accepted { renegotiation_info: true, .. } | Answer::Alert(..) => {}
                other => return Err(Judgement::Fail(format!("the offer got {other:?}"))),
            }
        }
        Ok(())
    })
    .await
}
