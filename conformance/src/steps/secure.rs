//! Steps of Modbus/TCP Security.

use std::time::Duration;

use cucumber::{given, then, when};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{CipherSuite, SupportedProtocolVersion};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;

use crate::declared::Plain;
use crate::secure::hello::{Answer, Hello};
use crate::secure::pki::Who;
use crate::secure::{Got, Options, SecureWorld};
use crate::transport::tcp::good_adu;
use crate::transport::{hex, received, sent};
use crate::world::{CaseEnded, Judged, Judgement, Judging, read_pdu, step, step_within, write_pdu};

/// Exception of a role without the right.
const ILLEGAL_FUNCTION: u8 = 1;
/// ECDHE with AES-GCM, of TLS 1.3 and 1.2.
const AES_GCM: &[CipherSuite] = &[
    CipherSuite::TLS13_AES_128_GCM_SHA256,
    CipherSuite::TLS13_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
];

fn who(name: &str) -> Result<Who, Judgement> {
    let own = Who::ALL.into_iter().find(|who| who.file() == name);
    own.ok_or_else(|| Judgement::Error(format!("the features name no certificate {name:?}")))
}

/// Reads as somebody, and keeps what came.
async fn read(world: &mut SecureWorld, client: Option<Who>, options: Options) -> Judged {
    let name = client.map_or("no certificate", Who::file);
    let got = world.read_as(client, options).await?;
    world.note(format!("{name}: {got}"));
    world.got.push((name.to_owned(), got));
    Ok(())
}

/// The operator is served: whatever was refused before was not refused because nobody is there.
async fn valid(world: &mut SecureWorld) -> Judged {
    let got = world.read_as(Some(Who::Operator), Options::default()).await?;
    if world.is_probe(&got)? {
        return Ok(());
    }
    Err(Judgement::Fail(format!("a client with a valid certificate got {got}")))
}

#[when(regex = r"^a client with the certificate (\S+) connects and reads$")]
async fn reads(world: &mut SecureWorld, name: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| read(w, Some(who(&name)?), Options::default()).await).await
}

#[when("a client without a certificate connects and reads")]
async fn reads_without(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| read(w, None, Options::default()).await).await
}

#[then("a client with a valid certificate is served")]
async fn valid_served(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| valid(w).await).await
}

#[then("it is served")]
async fn served(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| {
        for (name, got) in std::mem::take(&mut w.got) {
            if !w.is_probe(&got)? {
                return Err(Judgement::Fail(format!("{name} got {got}; expected the probe register")));
            }
        }
        Ok(())
    })
    .await
}

#[then("it is not served")]
async fn not_served(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| {
        for (name, got) in std::mem::take(&mut w.got) {
            // An exception would be an answer, too: the connection must not be there.
            if let Got::Pdu(pdu) = got {
                return Err(Judgement::Fail(format!("{name} got the answer {}", hex(&pdu))));
            }
        }
        Ok(())
    })
    .await
}

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

#[when("a client connects with TLS 1.2 alone and with TLS 1.3 alone")]
async fn versions(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| {
        let both: [(&str, &'static SupportedProtocolVersion); 2] = [("TLS 1.2", &TLS12), ("TLS 1.3", &TLS13)];
        for (name, version) in both {
            let options = Options { version: Some(version), ..Options::default() };
            match w.connect(Some(Who::Operator), options).await? {
                Err(refused) => w.note(format!("{name} is refused: {refused}")),
                Ok(mut session) => {
                    let (pdu, _) = w.probe()?;
                    let got = w.ask(&mut session, &pdu, usize::MAX).await?;
                    w.note(format!("{name} is accepted: {:?}", session.version()));
                    w.got.push((name.to_owned(), got));
                }
            }
        }
        Ok(())
    })
    .await
}

#[then("at least one is accepted, and each that is accepted is served")]
async fn versions_served(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| {
        let all = std::mem::take(&mut w.got);
        if all.is_empty() {
            return Err(Judgement::Fail("neither TLS 1.2 nor TLS 1.3 is accepted".into()));
        }
        for (name, got) in all {
            if !w.is_probe(&got)? {
                return Err(Judgement::Fail(format!("{name} is accepted, and a read got {got}")));
            }
        }
        Ok(())
    })
    .await
}

#[when("a client offers ECDHE with AES-GCM alone")]
async fn aes_gcm(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| {
        read(w, Some(Who::Operator), Options { suites: Some(AES_GCM), ..Options::default() }).await
    })
    .await
}

#[then("a suite of that kind is chosen, and the client is served")]
async fn aes_gcm_chosen(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| {
        let suite = w.session.as_ref().and_then(crate::secure::Session::suite);
        for (name, got) in std::mem::take(&mut w.got) {
            if !w.is_probe(&got)? || suite.is_none_or(|suite| !AES_GCM.contains(&suite)) {
                return Err(Judgement::Fail(format!("{name} got {got}, suite {suite:?}")));
            }
        }
        w.note(format!("{suite:?}"));
        Ok(())
    })
    .await
}

/// Connects twice with the same settings; the second connection.
async fn again(world: &mut SecureWorld, client: Who) -> Result<Got, Judgement> {
    // What a session teaches for a resumption comes with its first data.
    world.read_as(Some(client), Options::default()).await?;
    let settings = world.session.take().map(|session| session.settings);
    let got = world.read_as(Some(client), Options { again: settings, ..Options::default() }).await?;
    let resumed = world.session.as_ref().is_some_and(crate::secure::Session::resumed);
    world.note(format!("{}: {}", client.file(), if resumed { "resumed" } else { "a full handshake" }));
    Ok(got)
}

#[when("a client without a role connects again with what it has learned")]
async fn resumes(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| {
        let got = again(w, Who::NoRole).await?;
        w.got.push((Who::NoRole.file().to_owned(), got));
        Ok(())
    })
    .await
}

/// Judges what a certificate without a single role got.
fn default_rights(world: &mut SecureWorld) -> Judged {
    let may_read = world.context()?.declared.server.default_may_read;
    for (name, got) in std::mem::take(&mut world.got) {
        let right = match &got {
            Got::Pdu(pdu) if pdu.as_slice() == [0x83, ILLEGAL_FUNCTION] => {
                !may_read || name == Who::TwoRoles.file()
            }
            Got::Pdu(_) => may_read && world.is_probe(&got)?,
            // A certificate that names two roles, or none, may be refused.
            Got::Nothing(_) => !may_read || name == Who::TwoRoles.file(),
        };
        if !right {
            let wanted = if may_read { "the probe register" } else { "exception 01" };
            return Err(Judgement::Fail(format!("{name} got {got}; expected {wanted}")));
        }
    }
    Ok(())
}

#[then("it has the declared default rights")]
async fn has_default_rights(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| default_rights(w)).await
}

#[then("it has its own rights, and a client with a valid certificate that connects again is served")]
async fn own_rights(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| {
        default_rights(w)?;
        let got = again(w, Who::Operator).await?;
        if w.is_probe(&got)? {
            return Ok(());
        }
        Err(Judgement::Fail(format!("the operator, again, got {got}")))
    })
    .await
}

#[when("a client checks chain and name of the device")]
async fn checks(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| {
        read(w, Some(Who::Operator), Options { check: true, ..Options::default() }).await
    })
    .await
}

#[then("the device is trusted, and its key is long enough")]
async fn trusted(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| {
        for (_, got) in std::mem::take(&mut w.got) {
            if !w.is_probe(&got)? {
                return Err(Judgement::Fail(format!("chain or name: {got}")));
            }
        }
        let der = w.session.as_ref().and_then(crate::secure::Session::certificate);
        let der = der.ok_or_else(|| Judgement::Fail("the device showed no certificate".into()))?;
        let (_, certificate) =
            X509Certificate::from_der(&der).map_err(|e| Judgement::Fail(format!("its certificate: {e}")))?;
        let key = certificate.public_key().parsed();
        let key = key.map_err(|e| Judgement::Fail(format!("the key in its certificate: {e}")))?;
        let (kind, bits, least) = match &key {
            PublicKey::RSA(rsa) => ("RSA", rsa.key_size(), 2048),
            PublicKey::EC(point) => ("EC", point.key_size(), 256),
            _ => ("another kind", 8 * certificate.public_key().subject_public_key.data.len(), 256),
        };
        w.note(format!("{kind}, {bits} bits"));
        if bits < least {
            return Err(Judgement::Fail(format!("its key, {kind}, has {bits} bits; expected {least}")));
        }
        Ok(())
    })
    .await
}

#[when("a client with the certificate viewer writes a register with another value")]
async fn viewer_writes(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| {
        let context = w.context()?;
        let at = context.plan.device.writable_word().map(|r| r.address);
        let at = at.ok_or_else(|| Judgement::Inconclusive("the map has no such register".into()))?;
        let word = async |w: &mut SecureWorld| -> Result<u16, Judgement> {
            w.read_as(Some(Who::Operator), Options::default()).await?;
            let Some(mut session) = w.session.take() else {
                return Err(Judgement::Fail("a client with a valid certificate gets no connection".into()));
            };
            match w.ask(&mut session, &read_pdu(at, 1), usize::MAX).await? {
                Got::Pdu(pdu) if matches!(pdu.as_slice(), [3, 2, _, _]) => {
                    Ok(pdu.get(2..4).unwrap_or_default().iter().fold(0, |w, b| (w << 8) | u16::from(*b)))
                }
                got => Err(Judgement::Fail(format!("reading {at:04X} as the operator: {got}"))),
            }
        };
        let before = word(w).await?;
        w.read_as(Some(Who::Viewer), Options::default()).await?;
        let got = match w.session.take() {
            None => Got::Nothing("no connection".into()),
            Some(mut session) => w.ask(&mut session, &write_pdu(at, &[before ^ 1], true), usize::MAX).await?,
        };
        let after = word(w).await?;
        if after != before {
            w.read_as(Some(Who::Operator), Options::default()).await?;
            if let Some(mut session) = w.session.take() {
                w.ask(&mut session, &write_pdu(at, &[before], true), usize::MAX).await?;
            }
            return Err(Judgement::Fail(format!("{at:04X} held {before:04X} and then {after:04X}")));
        }
        w.got.push((Who::Viewer.file().to_owned(), got));
        Ok(())
    })
    .await
}

#[then("it is refused with exception 01, and the value is unchanged")]
async fn write_refused(world: &mut SecureWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut SecureWorld| {
        for (name, got) in std::mem::take(&mut w.got) {
            if !matches!(&got, Got::Pdu(pdu) if matches!(pdu.as_slice(), [0x86 | 0x90, ILLEGAL_FUNCTION])) {
                return Err(Judgement::Fail(format!("{name} got {got}; expected exception 01")));
            }
        }
        Ok(())
    })
    .await
}

/// Sends a plain read and keeps what came.
async fn plain(world: &mut SecureWorld, address: &str) -> Judged {
    let (context, log, (pdu, _)) = (world.context()?, world.log(), world.probe()?);
    let bytes = good_adu(0x0901, context.plan.device.unit, &pdu);
    let asked = async {
        let mut stream = TcpStream::connect(address).await?;
        sent(&*log, &bytes);
        stream.write_all(&bytes).await?;
        let mut chunk = [0; 300];
        let count = stream.read(&mut chunk).await?;
        Ok::<_, std::io::Error>(chunk.get(..count).unwrap_or_default().to_vec())
    };
    let got = match timeout(context.plan.wait, asked).await {
        Err(_) => Got::Nothing("silence".into()),
        Ok(Err(error)) => Got::Nothing(error.to_string()),
        Ok(Ok(bytes)) => {
            received(&*log, &bytes);
            match bytes.as_slice() {
                [0x09, 0x01, 0, 0, _, _, _, pdu @ ..] if !pdu.is_empty() => Got::Pdu(pdu.to_vec()),
                _ => Got::Nothing(format!("no Modbus: {}", hex(&bytes))),
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
        let hello = Hello { version: 0x0303, suites: Hello::good_suites(), compression: vec![0] }.bytes();
        let (pdu, _) = w.probe()?;
        // Held open until all reads are done.
        let mut others = Vec::new();
        for nth in 0..count {
            if let Ok(Ok(mut stream)) = timeout(plan.wait, TcpStream::connect(&plan.address)).await {
                let part = hello.get(..hello.len() / 2).unwrap_or_default();
                let _ = stream.write_all(part).await;
                others.push(stream);
            }
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
