//! Steps of Modbus/TCP Security: certificates, versions, roles.

use cucumber::{then, when};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{CipherSuite, SupportedProtocolVersion};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;

use crate::secure::pki::Who;
use crate::secure::{Got, Options, SecureWorld};
use crate::transport::{Seen, hex};
use crate::world::{CaseEnded, Judged, Judgement, Judging, data_words, read_pdu, step, write_pdu};
use crate::writable::another;

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
pub(super) async fn valid(world: &mut SecureWorld) -> Judged {
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
                Got::Pdu(pdu) if pdu.len() == 4 && pdu.starts_with(&[3, 2]) => data_words(&Seen::Pdu(pdu), 1)
                    .and_then(|words| words.first().copied())
                    .ok_or_else(|| Judgement::Error("four bytes of an answer hold a word".into())),
                got => Err(Judgement::Fail(format!("reading {at:04X} as the operator: {got}"))),
            }
        };
        let before = word(w).await?;
        w.read_as(Some(Who::Viewer), Options::default()).await?;
        let got = match w.session.take() {
            None => Got::Nothing("no connection".into()),
            Some(mut session) => {
                w.ask(&mut session, &write_pdu(at, &[another(before)], true), usize::MAX).await?
            }
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
