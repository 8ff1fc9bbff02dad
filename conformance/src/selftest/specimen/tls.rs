//! The specimen behind TLS: a small server of Modbus/TCP Security with faults of its own.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::client::danger::HandshakeSignatureValid;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use tokio_rustls::rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use tokio_rustls::rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use tokio_rustls::rustls::{
    self, CipherSuite, DigitallySignedStruct, DistinguishedName, HandshakeKind, ProtocolVersion,
    RootCertStore, ServerConfig, SignatureScheme,
};

use super::super::Task;
use super::{Quirk, Shared, lock};
use crate::secure::pki::Pki;
use crate::transport::tcp::good_adu;

/// Object identifier of the role, as it stands in a certificate (DER, with its tag and length).
const ROLE: &[u8] = &[0x06, 0x0B, 0x2B, 0x06, 0x01, 0x04, 0x01, 0x83, 0x89, 0x0C, 0x86, 0x22, 0x01];
/// A time at which each certificate of the test PKI that was ever valid, or will be, is.
const OTHER_TIMES: [u64; 2] = [1_500_000_000, 4_680_000_000];

struct Server {
    memory: Shared,
    quirk: Option<Quirk>,
    acceptor: TlsAcceptor,
    /// Handshakes that were begun and not ended.
    begun: AtomicU32,
}

/// Takes clients that it must not take.
#[derive(Debug)]
struct Lenient {
    inner: Arc<dyn ClientCertVerifier>,
    provider: Arc<CryptoProvider>,
    quirk: Quirk,
}

impl ClientCertVerifier for Lenient {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        // A client of rustls without a certificate of these issuers would show none.
        &[]
    }

    fn client_auth_mandatory(&self) -> bool {
        self.quirk != Quirk::TlsNoCertificate
    }

    fn verify_client_cert(
        &self,
        end: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        let checked = self.inner.verify_client_cert(end, between, now);
        let at = |seconds| UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
        match self.quirk {
            Quirk::TlsAnyTime if checked.is_err() => {
                let mut others = OTHER_TIMES.iter();
                let other = others.find_map(|t| self.inner.verify_client_cert(end, between, at(*t)).ok());
                other.map_or(checked, Ok)
            }
            Quirk::TlsAnyClient => Ok(ClientCertVerified::assertion()),
            _ => checked,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn acceptor(pki: &Pki, quirk: Option<Quirk>) -> Result<TlsAcceptor, String> {
    let text = |e: &dyn std::fmt::Display| e.to_string();
    let mut provider = ring::default_provider();
    if quirk == Some(Quirk::TlsNoAesGcm) {
        let chacha = [
            CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        ];
        provider.cipher_suites.retain(|suite| chacha.contains(&suite.suite()));
    }
    let provider = Arc::new(provider);
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(pki.ca.as_bytes()).map_err(|e| text(&e))?)
        .map_err(|e| text(&e))?;
    let inner = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
    let inner = inner.build().map_err(|e| text(&e))?;
    let verifier: Arc<dyn ClientCertVerifier> = match quirk {
        Some(quirk @ (Quirk::TlsAnyTime | Quirk::TlsAnyClient | Quirk::TlsNoCertificate)) => {
            Arc::new(Lenient { inner, provider: provider.clone(), quirk })
        }
        _ => inner,
    };
    let (certificate, key) = pki.device_pem().ok_or("the PKI has no device")?;
    let chain = CertificateDer::from_pem_slice(certificate.as_bytes()).map_err(|e| text(&e))?;
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|e| text(&e))?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_client_cert_verifier(verifier).with_single_cert(vec![chain], key))
        .map_err(|e| text(&e))?;
    if quirk != Some(Quirk::TlsResumedRights) {
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
    }
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Starts it on loopback.
pub(super) async fn start(
    memory: &Shared,
    quirk: Option<Quirk>,
    pki: &Pki,
) -> io::Result<(SocketAddr, Task)> {
    let acceptor = acceptor(pki, quirk).map_err(io::Error::other)?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = Arc::new(Server { memory: memory.clone(), quirk, acceptor, begun: AtomicU32::new(0) });
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let server = server.clone();
            // An error ends one connection, as it would on a device.
            tokio::spawn(async move { connection(&server, stream).await });
        }
    });
    Ok((address, Task(task)))
}

/// What the role in a certificate may do: read, write.
fn rights(server: &Server, certificate: Option<&[u8]>, resumed: bool) -> Option<(bool, bool)> {
    let der = certificate.unwrap_or_default();
    let places: Vec<usize> =
        (0..der.len()).filter(|at| der.get(*at..).is_some_and(|d| d.starts_with(ROLE))).collect();
    // OCTET STRING and UTF8String, each of one length byte, stand between the identifier and the name.
    let name = |at: &usize| der.get(at + ROLE.len() + 4..).unwrap_or_default();
    let operator = |at: &usize| name(at).starts_with(b"operator");
    if resumed && server.quirk == Some(Quirk::TlsResumedRights) {
        return Some((true, true));
    }
    match (places.as_slice(), server.quirk) {
        ([], Some(Quirk::TlsNullRole | Quirk::TlsNoCertificate)) => Some((true, true)),
        ([], _) => Some((false, false)),
        ([_], Some(Quirk::TlsReadRefused)) => places.first().map(|at| (operator(at), operator(at))),
        ([_], Some(Quirk::TlsRolesIgnored)) => Some((true, true)),
        ([one], _) => Some((true, operator(one))),
        (two, Some(Quirk::TlsTwoRoles)) => Some((true, two.iter().any(operator))),
        _ => None,
    }
}

async fn connection(server: &Server, stream: TcpStream) -> io::Result<()> {
    let mut head = [0; 600];
    let count = stream.peek(&mut head).await?;
    let hello = head.get(..count).unwrap_or_default();
    if hello.first() != Some(&0x16) {
        if server.quirk == Some(Quirk::TlsPlainServed) {
            return serve(server, stream, (true, true)).await;
        }
        return Ok(());
    }
    if let Some(answer) = raw(server.quirk, hello) {
        let mut stream = stream;
        stream.write_all(&answer).await?;
        return stream.shutdown().await;
    }
    if server.quirk == Some(Quirk::TlsStalls) && server.begun.load(Ordering::Relaxed) > 8 {
        return Ok(());
    }
    server.begun.fetch_add(1, Ordering::Relaxed);
    let stream = server.acceptor.accept(stream).await?;
    server.begun.fetch_sub(1, Ordering::Relaxed);
    let (_, tls) = stream.get_ref();
    let resumed = tls.handshake_kind() == Some(HandshakeKind::Resumed);
    if server.quirk == Some(Quirk::TlsNeverServes) {
        return Ok(());
    }
    if server.quirk == Some(Quirk::Tls12Dead) && tls.protocol_version() == Some(ProtocolVersion::TLSv1_2) {
        return Ok(());
    }
    let shown = tls.peer_certificates().and_then(|chain| chain.first()).map(|c| c.to_vec());
    let Some(rights) = rights(server, shown.as_deref(), resumed) else { return Ok(()) };
    serve(server, stream, rights).await
}

/// The answer to a raw hello of mutants that take what must be refused.
fn raw(quirk: Option<Quirk>, hello: &[u8]) -> Option<Vec<u8>> {
    let version = hello.get(9..11)?;
    // A hello of today names its versions in an extension, and is long.
    let old = !hello.windows(2).any(|w| w == [0x00, 0x2B]);
    let reply = |version: &[u8], suite: [u8; 2], compression: u8| {
        let mut body = version.to_vec();
        body.extend([9; 32]);
        body.extend([0, suite[0], suite[1], compression]);
        let mut message = vec![2, 0, 0, body.len() as u8];
        message.extend(body);
        let mut record = vec![0x16, 3, 3, 0, message.len() as u8];
        record.extend(message);
        record
    };
    match quirk {
        Some(Quirk::TlsOldVersions) if version < [3, 3].as_slice() => Some(reply(version, [0xC0, 0x13], 0)),
        Some(Quirk::TlsWeakSuites)
            if hello.get(44..).is_some_and(|rest| rest.starts_with(&[0, 54, 0, 1])) =>
        {
            Some(reply(&[3, 3], [0, 1], 0))
        }
        Some(Quirk::TlsCompresses) if old && version == [3, 3] => Some(reply(&[3, 3], [0xC0, 0x2F], 1)),
        Some(Quirk::TlsRenegotiates) if old && version == [3, 3] => Some(reply(&[3, 3], [0xC0, 0x2F], 0)),
        _ => None,
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    server: &Server,
    mut stream: S,
    (may_read, may_write): (bool, bool),
) -> io::Result<()> {
    let mut buffer: Vec<u8> = Vec::new();
    loop {
        if server.quirk == Some(Quirk::TlsStalls) && server.begun.load(Ordering::Relaxed) > 8 {
            return Ok(());
        }
        let mut chunk = [0; 512];
        let count = stream.read(&mut chunk).await?;
        if count == 0 {
            return Ok(());
        }
        buffer.extend_from_slice(chunk.get(..count).unwrap_or_default());
        if server.quirk == Some(Quirk::TlsWholeRecords) && count < 8 {
            return Ok(());
        }
        while let [t0, t1, _, _, l0, l1, unit, ..] = *buffer.as_slice() {
            let end = 6 + usize::from(u16::from_be_bytes([l0, l1]));
            let Some(pdu) = buffer.get(7..end).map(<[u8]>::to_vec) else { break };
            buffer.drain(..end);
            let code = pdu.first().copied().unwrap_or_default();
            let writes = matches!(code, 5 | 6 | 0x0F | 0x10 | 0x16 | 0x17);
            let allowed = if writes { may_write } else { may_read };
            let answer = if allowed { lock(&server.memory).answer(&pdu) } else { Some(vec![code | 0x80, 1]) };
            if let Some(answer) = answer {
                stream.write_all(&good_adu(u16::from_be_bytes([t0, t1]), unit, &answer)).await?;
                stream.flush().await?;
            }
        }
    }
}
