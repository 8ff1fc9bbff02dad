//! Modbus/TCP Security: the same frames over TLS, with a certificate on both sides. The suite's own client, with the
//! certificates of its own test PKI ([`pki`]) and raw hellos (`hello`) for what no library offers any more.

pub(crate) mod hello;
pub mod pki;
pub(crate) mod play;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cucumber::World;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{
    CipherSuite, ClientConfig, HandshakeKind, ProtocolVersion, SupportedProtocolVersion, version,
};

use self::hello::Answer;
use self::pki::{Pki, Who};
use crate::declared::Declared;
use crate::device::Device;
use crate::play::Played;
use crate::transport::guard::{Guard, StreamGuard};
use crate::transport::http::Trust;
use crate::transport::http::tls::configuration;
use crate::transport::tcp::good_adu;
use crate::transport::{event, hex, received, sent};
use crate::world::{CaseLog, Judgement, Judging, Logs, data_words, read_pdu};

/// A secure server to judge.
#[derive(Debug, Clone)]
pub struct SecurePlan {
    /// `host:port`.
    pub address: String,
    /// Certificates of the suite's clients.
    pub pki: Arc<Pki>,
    /// Name that the device's certificate must have.
    pub name: String,
    /// Certificates that the device's own one must chain to; without any that case does not apply.
    pub roots: Option<Vec<u8>>,
    /// The device that is read through it.
    pub device: Device,
    /// Its plain port, if it has one.
    pub plain: Option<String>,
    /// Longest time to an answer.
    pub wait: Duration,
}

/// What the cases of one server share.
pub(crate) struct SecureContext {
    pub(crate) plan: SecurePlan,
    pub(crate) guard: Guard,
    pub(crate) declared: Declared,
    pub(crate) logs: Arc<Logs>,
}

/// How a client connects.
#[derive(Default)]
pub(crate) struct Options {
    /// One version alone.
    pub version: Option<&'static SupportedProtocolVersion>,
    /// These suites alone.
    pub suites: Option<&'static [CipherSuite]>,
    /// Settings of an earlier connection, with what it learned for a resumption.
    pub again: Option<Arc<ClientConfig>>,
    /// Whether the device's certificate is checked.
    pub check: bool,
}

/// A connection.
pub(crate) struct Session {
    stream: TlsStream<TcpStream>,
    guard: StreamGuard,
    next: u16,
    /// Its settings, for a resumption.
    pub(crate) settings: Arc<ClientConfig>,
}

/// What a request got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Got {
    /// A PDU.
    Pdu(Vec<u8>),
    /// No answer: closed, an alert, or silence.
    Nothing(String),
}

impl fmt::Display for Got {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pdu(pdu) => f.write_str(&hex(pdu)),
            Self::Nothing(why) => f.write_str(why),
        }
    }
}

impl Session {
    pub(crate) fn version(&self) -> Option<ProtocolVersion> {
        self.stream.get_ref().1.protocol_version()
    }

    pub(crate) fn suite(&self) -> Option<CipherSuite> {
        self.stream.get_ref().1.negotiated_cipher_suite().map(|suite| suite.suite())
    }

    pub(crate) fn resumed(&self) -> bool {
        self.stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed)
    }

    /// The device's certificate, DER.
    pub(crate) fn certificate(&self) -> Option<Vec<u8>> {
        let chain = self.stream.get_ref().1.peer_certificates();
        chain.and_then(|chain| chain.first()).map(|c| c.to_vec())
    }
}

/// The state of one case.
#[derive(World, Default)]
#[world(init = Self::default)]
pub(crate) struct SecureWorld {
    context: Option<Arc<SecureContext>>,
    log: Arc<CaseLog>,
    /// What the device answered to raw hellos.
    pub(crate) answers: Vec<Answer>,
    /// What requests got, with the client that asked.
    pub(crate) got: Vec<(String, Got)>,
    /// A connection that a later step uses.
    pub(crate) session: Option<Session>,
}

impl fmt::Debug for SecureWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecureWorld").finish_non_exhaustive()
    }
}

impl Judging for SecureWorld {
    fn log(&self) -> Arc<CaseLog> {
        self.log.clone()
    }
}

impl Played for SecureWorld {
    type Context = SecureContext;

    fn begin(&mut self, context: Arc<SecureContext>, id: &str) {
        self.log = context.logs.log(id);
        self.context = Some(context);
    }
}

impl SecureWorld {
    pub(crate) fn context(&self) -> Result<Arc<SecureContext>, Judgement> {
        self.context.clone().ok_or_else(|| Judgement::Error("the case has no subject".into()))
    }

    /// Settings of a client.
    fn settings(&self, who: Option<Who>, options: &Options) -> Result<Arc<ClientConfig>, Judgement> {
        if let Some(again) = &options.again {
            return Ok(again.clone());
        }
        let plan = &self.context()?.plan;
        let trust = match (&plan.roots, options.check) {
            (Some(roots), true) => Trust::Roots(roots.clone()),
            (None, true) => {
                return Err(Judgement::Inconclusive("no root of the device is known (--tls-ca)".into()));
            }
            (_, false) => Trust::Anyone,
        };
        let mut provider = ring::default_provider();
        if let Some(suites) = options.suites {
            provider.cipher_suites.retain(|suite| suites.contains(&suite.suite()));
        }
        let both: &[&SupportedProtocolVersion] = &[&version::TLS13, &version::TLS12];
        let versions = options.version.as_ref().map_or(both, std::slice::from_ref);
        let identity = who.map(|who| plan.pki.identity(who)).transpose().map_err(Judgement::Error)?;
        let made = configuration(&trust, provider, versions, identity).map_err(Judgement::Error)?;
        Ok(Arc::new(made))
    }

    /// Connects; `Err` inside is the refusal of the device.
    pub(crate) async fn connect(
        &mut self,
        who: Option<Who>,
        options: Options,
    ) -> Result<Result<Session, String>, Judgement> {
        let settings = self.settings(who, &options)?;
        let plan = self.context()?.plan.clone();
        let log = self.log();
        let client = who.map_or("no certificate", Who::file);
        event(&*log, &format!("TLS connection, client {client}"));
        let tcp = timeout(plan.wait, TcpStream::connect(&plan.address)).await;
        let tcp = tcp.map_err(|_| Judgement::Fail(format!("{}: no connection", plan.address)))?;
        let tcp = tcp.map_err(|e| Judgement::Fail(format!("{}: {e}", plan.address)))?;
        let name = ServerName::try_from(plan.name.clone())
            .map_err(|e| Judgement::Error(format!("{:?} is no name of a server: {e}", plan.name)))?;
        let connector = TlsConnector::from(settings.clone());
        match timeout(plan.wait, connector.connect(name, tcp)).await {
            Ok(Ok(stream)) => Ok(Ok(Session { stream, guard: StreamGuard::default(), next: 1, settings })),
            Ok(Err(error)) => {
                event(&*log, &format!("handshake refused: {error}"));
                Ok(Err(error.to_string()))
            }
            Err(_) => Ok(Err(format!("the handshake took over {:?}", plan.wait))),
        }
    }

    /// Asks on a connection, in pieces of so many bytes, each a record of its own.
    pub(crate) async fn ask(
        &mut self,
        session: &mut Session,
        pdu: &[u8],
        piece: usize,
    ) -> Result<Got, Judgement> {
        let context = self.context()?;
        let log = self.log();
        session.next = session.next.wrapping_add(1);
        let bytes = good_adu(session.next, context.plan.device.unit, pdu);
        let checked = session.guard.check(&context.guard, &bytes);
        checked.map_err(|reason| Judgement::Error(format!("refused to send {}: {reason}", hex(&bytes))))?;
        sent(&*log, &bytes);
        for part in bytes.chunks(piece.max(1)) {
            let written = async {
                session.stream.write_all(part).await?;
                session.stream.flush().await
            };
            if let Err(error) = written.await {
                return Ok(Got::Nothing(error.to_string()));
            }
        }
        let mut buffer = Vec::new();
        let mut chunk = [0; 512];
        loop {
            if let [t0, t1, _, _, l0, l1, ..] = buffer.as_slice() {
                let end = 6 + usize::from(u16::from_be_bytes([*l0, *l1]));
                if let Some(pdu) = buffer.get(7..end) {
                    received(&*log, &buffer);
                    let own = u16::from_be_bytes([*t0, *t1]) == session.next && buffer.len() == end;
                    let pdu = pdu.to_vec();
                    return Ok(if own {
                        Got::Pdu(pdu)
                    } else {
                        Got::Nothing("an answer to another request".into())
                    });
                }
            }
            match timeout(context.plan.wait, session.stream.read(&mut chunk)).await {
                Ok(Ok(count @ 1..)) => buffer.extend_from_slice(chunk.get(..count).unwrap_or_default()),
                Ok(Ok(0)) => return Ok(Got::Nothing("connection closed".into())),
                Ok(Err(error)) => {
                    event(&*log, &error.to_string());
                    return Ok(Got::Nothing(error.to_string()));
                }
                Err(_) => return Ok(Got::Nothing(format!("nothing within {:?}", context.plan.wait))),
            }
        }
    }

    /// A read of the probe register, and its words.
    pub(crate) fn probe(&self) -> Result<(Vec<u8>, u16), Judgement> {
        let context = self.context()?;
        let probe = context.plan.device.probe().map(|r| (read_pdu(r.address, r.words), r.words));
        probe.ok_or_else(|| Judgement::Error("the map names no probe register".into()))
    }

    /// Whether a PDU is the probe register of the device.
    pub(crate) fn is_probe(&self, got: &Got) -> Result<bool, Judgement> {
        let (_, words) = self.probe()?;
        let Got::Pdu(pdu) = got else { return Ok(false) };
        let read = data_words(&crate::transport::Seen::Pdu(pdu.clone()), words);
        Ok(read.is_some_and(|words| self.context().is_ok_and(|c| c.plan.device.identifies(&words))))
    }

    /// Connects and reads the probe register once: with TLS 1.3 a device refuses a certificate only after the client has
    /// finished the handshake, so that only an answer says that it is taken.
    pub(crate) async fn read_as(&mut self, who: Option<Who>, options: Options) -> Result<Got, Judgement> {
        match self.connect(who, options).await? {
            Err(refused) => Ok(Got::Nothing(refused)),
            Ok(mut session) => {
                let (pdu, _) = self.probe()?;
                let got = self.ask(&mut session, &pdu, usize::MAX).await?;
                self.session = Some(session);
                Ok(got)
            }
        }
    }
}
