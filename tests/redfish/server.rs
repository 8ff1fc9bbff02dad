//! The server: TLS, limits, stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use dpo_gateway::gateway::Gateway;
use dpo_gateway::redfish::{RedfishConfig, StartError, Transport, serve};
use rustls::ClientConfig;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::client::{ADMIN, config, password};
use crate::shelf;

/// Accepts one certificate, looked at by the test, and checks signatures as usual.
#[derive(Debug)]
struct AnyCertificate(rustls::crypto::CryptoProvider);

impl ServerCertVerifier for AnyCertificate {
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
        signature: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

pub async fn start(
    config: RedfishConfig,
) -> (SocketAddr, CancellationToken, JoinHandle<Result<(), StartError>>) {
    let (gateway, feed) = Gateway::channel(shelf::snapshot());
    tokio::spawn(shelf::play(feed));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let server = tokio::spawn(serve(listener, gateway, config, stop.clone()));
    (address, stop, server)
}

fn request() -> String {
    let credentials =
        base64::engine::general_purpose::STANDARD.encode(format!("{ADMIN}:{}", password(ADMIN)));
    format!(
        "GET /redfish/v1/Chassis/PowerShelf HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {credentials}\r\nConnection: close\r\n\r\n"
    )
}

/// The certificates the server shows and its answer, over TLS of one version.
fn exchange(
    address: SocketAddr,
    version: &'static rustls::SupportedProtocolVersion,
) -> (Vec<CertificateDer<'static>>, String) {
    exchange_of(address, version, &request())
}

/// The same for any request.
pub fn exchange_of(
    address: SocketAddr,
    version: &'static rustls::SupportedProtocolVersion,
    request: &str,
) -> (Vec<CertificateDer<'static>>, String) {
    use std::io::{Read as _, Write as _};
    let provider = rustls::crypto::ring::default_provider();
    let config = ClientConfig::builder_with_provider(Arc::new(provider.clone()))
        .with_protocol_versions(&[version])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
        .with_no_client_auth();
    let mut connection =
        rustls::ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
    let mut socket = std::net::TcpStream::connect(address).unwrap();
    let mut stream = rustls::Stream::new(&mut connection, &mut socket);
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    // The peer may close the TCP connection without a closing alert; what came is what counts.
    let _ = stream.read_to_end(&mut answer);
    let certificates =
        connection.peer_certificates().unwrap().iter().map(|c| c.clone().into_owned()).collect();
    (certificates, String::from_utf8(answer).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn https_with_a_certificate_of_its_own_and_a_clean_stop() {
    let (address, stop, server) = start(config()).await;
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let (certificates, answer) =
            tokio::task::spawn_blocking(move || exchange(address, version)).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains(r##""@odata.type":"#Chassis.v1_28_0.Chassis""##), "{answer}");
        // The names stand in the certificate as they are.
        let der = certificates[0].as_ref();
        assert!(der.windows(9).any(|w| w == b"localhost"));
        assert!(der.windows(4).any(|w| w == [127, 0, 0, 1]));
    }
    stop.cancel();
    server.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "the port is free again");
}

#[tokio::test]
async fn plain_http_on_the_port_of_https_is_sent_to_https_and_carried_out_by_nobody() {
    let (address, stop, server) = start(config()).await;
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(request().as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 308 "), "{answer}");
    assert!(answer.contains("Location: https://localhost/redfish/v1/Chassis/PowerShelf\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "no body: {answer}");
    stop.cancel();
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn plain_http_only_when_asked_and_only_on_loopback() {
    let insecure = || RedfishConfig { transport: Transport::InsecureHttp, ..config() };
    let (gateway, _feed) = Gateway::channel(shelf::snapshot());
    let everywhere = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let refused = serve(everywhere, gateway, insecure(), CancellationToken::new()).await;
    let error = refused.unwrap_err();
    assert!(matches!(error, StartError::InsecureAddress(_)), "{error}");
    assert!(error.to_string().contains("loopback"), "{error}");

    let (address, stop, server) = start(insecure()).await;
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(request().as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    stop.cancel();
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_connection_lives_on_after_a_request_that_is_refused_before_its_body_came() {
    let (address, stop, server) =
        start(RedfishConfig { transport: Transport::InsecureHttp, ..config() }).await;
    let mut socket = TcpStream::connect(address).await.unwrap();
    // Without a login, to what takes no PATCH: there is reason enough not to wait for the body.
    let head = "PATCH /redfish/v1/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n";
    for _ in 0..3 {
        socket.write_all(head.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(30)).await;
        socket.write_all(b"{}").await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"}}") && !answer.ends_with(b"]}}") {
            let mut part = [0; 4096];
            let length = socket.read(&mut part).await.unwrap();
            assert!(length > 0, "{}", String::from_utf8_lossy(&answer));
            answer.extend_from_slice(&part[..length]);
        }
        assert!(answer.starts_with(b"HTTP/1.1 401"), "{}", String::from_utf8_lossy(&answer));
    }
    stop.cancel();
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn noise_idle_connections_and_too_many_of_them_do_not_stop_the_service() {
    let config = RedfishConfig {
        transport: Transport::InsecureHttp,
        header_timeout: Duration::from_secs(1),
        connection_limit: 2,
        ..config()
    };
    let (address, stop, server) = start(config).await;
    let mut end = Vec::new();
    let mut noisy = TcpStream::connect(address).await.unwrap();
    noisy.write_all(&[0xA5; 300]).await.unwrap();
    // Closed, perhaps with an answer or a reset: either is fine, hanging is not.
    let _ = noisy.read_to_end(&mut end).await;
    // Two that say nothing use up the limit; a third is turned away at once.
    let mut idle = TcpStream::connect(address).await.unwrap();
    let mut slow = TcpStream::connect(address).await.unwrap();
    idle.write_all(b"G").await.unwrap();
    slow.write_all(b"GET /redfish HTTP/1.1\r\nHost: x\r\nX-Slow:").await.unwrap();
    for quiet in [&mut idle, &mut slow] {
        let _ = quiet.read_to_end(&mut end).await;
    }
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(request().as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    stop.cancel();
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_named() {
    let transport = Transport::Certificate { chain: b"no PEM".to_vec(), key: b"no PEM".to_vec().into() };
    let (_, _, server) = start(RedfishConfig { transport, ..config() }).await;
    let error = server.await.unwrap().unwrap_err();
    assert!(matches!(error, StartError::Certificate(_)), "{error}");
}
