//! Sends one body to one destination: a connection to a checked address, one request, one bounded answer.
//!
//! No redirect is followed, no proxy of the environment is used, nothing of the answer but its status is kept.

use std::pin::pin;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request, header};
use futures::future::{Either, select};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::address::{Destination, Guard};
use crate::redfish::config::StartError;

/// Largest head of an answer, in bytes, and its most headers.
const HEAD: usize = 16 * 1024;
const HEADERS: usize = 64;

/// A header that a subscription adds to each request.
pub(crate) type Header = (HeaderName, HeaderValue);

/// Sends to destinations.
#[derive(Debug)]
pub(crate) struct Courier {
    pub(crate) guard: Guard,
    /// Time for all of it, from the look-up of the name to the status.
    timeout: Duration,
    verified: Trust,
    unverified: Arc<ClientConfig>,
}

/// Against what certificates of receivers are checked.
#[derive(Debug)]
enum Trust {
    /// Certificates of the configuration.
    Own(Arc<ClientConfig>),
    /// Those of the system, read when they are first needed.
    System(LazyLock<Result<Arc<ClientConfig>, String>>),
}

impl Courier {
    /// A courier that trusts the certificates in `trust` (PEM), or those of the system.
    ///
    /// # Errors
    /// Certificates that cannot be read.
    pub(crate) fn new(guard: Guard, timeout: Duration, trust: Option<&[u8]>) -> Result<Self, StartError> {
        let verified = match trust {
            Some(pem) => {
                let mut roots = RootCertStore::empty();
                let fault = |e: String| StartError::Certificate(format!("of event receivers: {e}"));
                for certificate in CertificateDer::pem_slice_iter(pem) {
                    let certificate = certificate.map_err(|e| fault(e.to_string()))?;
                    roots.add(certificate).map_err(|e| fault(e.to_string()))?;
                }
                if roots.is_empty() {
                    return Err(fault("there is none".to_owned()));
                }
                Trust::Own(Arc::new(client(roots)?))
            }
            None => Trust::System(LazyLock::new(|| {
                let mut roots = RootCertStore::empty();
                let found = rustls_native_certs::load_native_certs();
                for error in &found.errors {
                    tracing::warn!(%error, "redfish: certificates of the system");
                }
                roots.add_parsable_certificates(found.certs);
                client(roots).map(Arc::new).map_err(|e| e.to_string())
            })),
        };
        let mut unverified = client(RootCertStore::empty())?;
        unverified.dangerous().set_certificate_verifier(Arc::new(Unverified(provider())));
        Ok(Self { guard, timeout, verified, unverified: Arc::new(unverified) })
    }

    /// Posts a JSON body; good if the receiver answers with a status of 200 to 299.
    ///
    /// # Errors
    /// What went wrong, for the log.
    pub(crate) async fn post(
        &self,
        to: &Destination,
        verify: bool,
        headers: &[Header],
        body: Vec<u8>,
    ) -> Result<(), String> {
        match tokio::time::timeout(self.timeout, self.exchange(to, verify, headers, body)).await {
            Ok(done) => done,
            Err(_) => Err(format!("no answer within {:?}", self.timeout)),
        }
    }

    async fn exchange(
        &self,
        to: &Destination,
        verify: bool,
        headers: &[Header],
        body: Vec<u8>,
    ) -> Result<(), String> {
        let address = self.guard.resolve(to).await?;
        let tcp = TcpStream::connect(address).await.map_err(|e| format!("connection: {e}"))?;
        // A host that talks to its own address uses it at both ends.
        if tcp.local_addr().is_ok_and(|own| own.ip() == address.ip()) {
            self.guard.own(address.ip())?;
        }
        let request = request(to, headers, body)?;
        if !to.https {
            return over(tcp, request).await;
        }
        let config = match (&self.verified, verify) {
            (_, false) => &self.unverified,
            (Trust::Own(config), true) => config,
            (Trust::System(config), true) => LazyLock::force(config).as_ref().map_err(Clone::clone)?,
        };
        let name = ServerName::try_from(to.host.clone()).map_err(|e| format!("name: {e}"))?;
        let tls = TlsConnector::from(Arc::clone(config)).connect(name, tcp).await;
        over(tls.map_err(|e| format!("TLS: {e}"))?, request).await
    }
}

fn request(to: &Destination, headers: &[Header], body: Vec<u8>) -> Result<Request<Body>, String> {
    let mut request = Request::post(&to.path)
        .header(header::HOST, &to.authority)
        .header(header::CONTENT_TYPE, "application/json;charset=utf-8")
        .header(header::CONTENT_LENGTH, body.len())
        .header(header::USER_AGENT, concat!("dpo-gateway/", env!("CARGO_PKG_VERSION")))
        .header(header::CONNECTION, "close")
        .header("odata-version", "4.0");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    request.body(Body::from(body)).map_err(|e| e.to_string())
}

async fn over(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Body>,
) -> Result<(), String> {
    let fault = |e: hyper::Error| format!("HTTP: {e}");
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(HEAD)
        .max_headers(HEADERS)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(fault)?;
    let answer = pin!(sender.send_request(request));
    // The connection may end with the answer: then the answer is there all the same.
    let answer = match select(answer, pin!(connection)).await {
        Either::Left((answer, _)) => answer,
        Either::Right((_, answer)) => answer.await,
    };
    let status = answer.map_err(fault)?.status();
    if status.is_success() { Ok(()) } else { Err(format!("status {status}")) }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn client(roots: RootCertStore) -> Result<ClientConfig, StartError> {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|e| StartError::Certificate(e.to_string()))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// Takes any certificate: a subscription with `VerifyCertificate` false. The traffic is enciphered, the receiver is not
/// known.
#[derive(Debug)]
struct Unverified(Arc<CryptoProvider>);

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
