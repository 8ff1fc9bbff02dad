//! Handshakes that succeed and fail, and what roles may do; with certificates made here.

mod crowd;

use std::path::Path;

use dpo_registers::codec::{Exception, Pdu, exception_response};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair,
};
use rustls::ClientConfig;
use rustls::pki_types::{PrivatePkcs8KeyDer, ServerName};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;

use super::*;
use crate::bus::tcp::{TcpCounters, TcpServerConfig};
use crate::bus::testing::Echo;

const OID: &[u64] = &[1, 3, 6, 1, 4, 1, 50316, 802, 1];

type Ca = CertifiedIssuer<'static, KeyPair>;

fn ca(name: &str) -> Ca {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn role(text: &str) -> CustomExtension {
    let content = [&[0x0C, text.len() as u8], text.as_bytes()].concat();
    CustomExtension::from_oid_content(OID, content)
}

/// A client's certificate and key.
type Identity = (CertificateDer<'static>, PrivateKeyDer<'static>);

fn client(ca: &Ca, extensions: Vec<CustomExtension>, years: (i32, i32)) -> Identity {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, "a client");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.custom_extensions = extensions;
    params.not_before = rcgen::date_time_ymd(years.0, 1, 1);
    params.not_after = rcgen::date_time_ymd(years.1, 1, 1);
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, ca).unwrap();
    (certificate.der().clone(), PrivatePkcs8KeyDer::from(key.serialize_der()).into())
}

fn valid(ca: &Ca, extensions: Vec<CustomExtension>) -> Identity {
    client(ca, extensions, (2020, 2120))
}

struct Site {
    folder: TempDir,
    ca: Ca,
    config: SecurityConfig,
}

fn site() -> Site {
    let (folder, ca) = (tempfile::tempdir().unwrap(), ca("clients"));
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["shelf".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &ca).unwrap();
    let file = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let roles = Roles {
        named: [("operator", Rights::ALL), ("viewer", Rights::READ)]
            .map(|(name, rights)| (name.to_owned(), rights))
            .into(),
        unnamed: Rights::NONE,
    };
    let config = SecurityConfig {
        certificate: file("server.pem", certificate.pem()),
        key: file("server.key", key.serialize_pem()),
        client_ca: file("ca.pem", ca.pem()),
        tls13_only: false,
        handshake_timeout: Duration::from_secs(5),
        roles,
    };
    Site { folder, ca, config }
}

struct Running {
    address: SocketAddr,
    echo: Arc<Echo>,
    counters: Arc<TcpCounters>,
    roots: RootCertStore,
}

async fn start(site: &Site, limits: TcpServerConfig) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let echo = Arc::new(Echo::default());
    let server = TcpServer::new(echo.clone(), limits);
    let (counters, security) = (server.counters(), Security::load(&site.config).unwrap());
    tokio::spawn(async move { server.serve_secure(security, listener, CancellationToken::new()).await });
    let mut roots = RootCertStore::empty();
    roots.add(site.ca.der().clone()).unwrap();
    Running { address, echo, counters, roots }
}

type Client = tokio_rustls::client::TlsStream<TcpStream>;

impl Running {
    async fn connect(&self, identity: Option<Identity>, old: bool) -> std::io::Result<Client> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let versions: &[_] = if old { &[&TLS12] } else { &[&TLS13] };
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(self.roots.clone());
        let config = match identity {
            Some((certificate, key)) => builder.with_client_auth_cert(vec![certificate], key).unwrap(),
            None => builder.with_no_client_auth(),
        };
        let stream = TcpStream::connect(self.address).await?;
        let name = ServerName::try_from("shelf").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }

    /// In TLS 1.3 a client hears only after its handshake that it was refused.
    async fn refuses(&self, identity: Option<Identity>) {
        for old in [true, false] {
            let identity = identity.as_ref().map(|(c, k)| (c.clone(), k.clone_key()));
            let Ok(mut stream) = self.connect(identity, old).await else { continue };
            let _ = stream.write_all(&[0, 1, 0, 0, 0, 6, 1, 3, 0, 7, 0, 1]).await;
            let mut answer = Vec::new();
            assert!(stream.read_to_end(&mut answer).await.is_err(), "the end must be an alert");
            assert!(answer.is_empty());
        }
        assert!(self.echo.requests().is_empty());
    }
}

async fn ask(stream: &mut Client, request: Pdu) -> Pdu {
    let pdu = request.as_slice();
    let head = [0, 9, 0, 0, 0, pdu.len() as u8 + 1, 1];
    stream.write_all(&[&head, pdu].concat()).await.unwrap();
    let mut head = [0; 7];
    stream.read_exact(&mut head).await.unwrap();
    let mut pdu = vec![0; usize::from(head[5]) - 1];
    stream.read_exact(&mut pdu).await.unwrap();
    Pdu::new(&pdu).unwrap()
}

const READ: fn() -> Pdu = || Pdu::read_holding(7, 1).unwrap();

#[tokio::test]
async fn roles_read_and_write_as_configured_in_both_versions() {
    let site = site();
    let server = start(&site, TcpServerConfig::default()).await;
    let write = Pdu::write_single(3, 4);
    let refused = |function| exception_response(function, Exception::IllegalFunction);
    for old in [true, false] {
        let mut operator = server.connect(Some(valid(&site.ca, vec![role("operator")])), old).await.unwrap();
        assert_eq!(ask(&mut operator, READ()).await.as_slice(), [3, 2, 0, 7]);
        assert_eq!(ask(&mut operator, write).await, write);
        let mut viewer = server.connect(Some(valid(&site.ca, vec![role("viewer")])), old).await.unwrap();
        assert_eq!(ask(&mut viewer, READ()).await.as_slice(), [3, 2, 0, 7]);
        let before = server.echo.requests().len();
        for request in
            [write, Pdu::write_multiple(1, &[1, 2]).unwrap(), Pdu::new(&[5, 0, 1, 0xFF, 0]).unwrap()]
        {
            assert_eq!(ask(&mut viewer, request).await, refused(request.function()));
        }
        for nobody in [vec![], vec![role("janitor")]] {
            let mut nobody = server.connect(Some(valid(&site.ca, nobody)), old).await.unwrap();
            assert_eq!(ask(&mut nobody, READ()).await, refused(3));
            assert_eq!(ask(&mut nobody, write).await, refused(6));
        }
        assert_eq!(server.echo.requests().len(), before, "the service saw what a role does not cover");
    }
    assert_eq!(server.counters.counts().role_refused, 14);
}

#[tokio::test]
async fn who_cannot_prove_who_he_is_gets_no_connection() {
    let site = site();
    let server = start(&site, TcpServerConfig::default()).await;
    server.refuses(None).await;
    server.refuses(Some(valid(&ca("others"), vec![role("operator")]))).await;
    server.refuses(Some(client(&site.ca, vec![role("operator")], (2001, 2002)))).await;
    server.refuses(Some(client(&site.ca, vec![role("operator")], (2110, 2120)))).await;
    // Which of two, or what, is not for us to guess.
    server.refuses(Some(valid(&site.ca, vec![role("viewer"), role("operator")]))).await;
    server.refuses(Some(valid(&site.ca, vec![CustomExtension::from_oid_content(OID, vec![4, 1, 65])]))).await;
    server.refuses(Some(valid(&site.ca, vec![role("")]))).await;
    assert_eq!(server.counters.counts().handshake_failed, 14);
}

#[tokio::test]
async fn plain_modbus_silence_and_noise_get_nothing_and_cost_the_others_nothing() {
    let mut site = site();
    site.config.handshake_timeout = Duration::from_millis(300);
    let server = start(&site, TcpServerConfig::default()).await;
    let mut operator = server.connect(Some(valid(&site.ca, vec![role("operator")])), false).await.unwrap();
    let plain: &[u8] = &[0, 1, 0, 0, 0, 6, 1, 3, 0, 7, 0, 1];
    for bytes in [plain, b"GET / HTTP/1.1\r\n\r\n", &[0x16, 3, 1], &[]] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        assert_eq!(ask(&mut operator, READ()).await.as_slice(), [3, 2, 0, 7]);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        // At most an alert of TLS, never an answer.
        assert!(answer.is_empty() || answer[0] == 0x15, "{answer:02X?}");
    }
    assert_eq!(server.counters.counts().handshake_failed, 4);
}

#[tokio::test]
async fn the_limits_hold_and_a_server_that_stops_says_goodbye() {
    let site = site();
    let idle = Duration::from_millis(200);
    let limits = TcpServerConfig { max_per_peer: 2, idle_timeout: idle, ..TcpServerConfig::default() };
    let server = start(&site, limits).await;
    let mut one = server.connect(Some(valid(&site.ca, vec![role("viewer")])), false).await.unwrap();
    let _two = TcpStream::connect(server.address).await.unwrap();
    assert!(server.connect(Some(valid(&site.ca, vec![role("viewer")])), false).await.is_err());
    assert_eq!(server.counters.counts().refused_peer, 1);
    // A clean end: without it, `read_to_end` is an error.
    assert_eq!(one.read_to_end(&mut Vec::new()).await.unwrap(), 0);
}

#[tokio::test]
async fn a_request_may_come_in_many_records() {
    let site = site();
    let server = start(&site, TcpServerConfig::default()).await;
    let mut client = server.connect(Some(valid(&site.ca, vec![role("viewer")])), true).await.unwrap();
    for byte in [0u8, 1, 0, 0, 0, 6, 1, 3, 0, 7, 0, 1] {
        client.write_all(&[byte]).await.unwrap();
        client.flush().await.unwrap();
    }
    let mut answer = [0; 11];
    client.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, [0, 1, 0, 0, 0, 5, 1, 3, 2, 0, 7]);
}

#[tokio::test]
async fn tls_1_2_can_be_refused() {
    let mut site = site();
    site.config.tls13_only = true;
    let server = start(&site, TcpServerConfig::default()).await;
    let identity = || Some(valid(&site.ca, vec![role("viewer")]));
    assert!(server.connect(identity(), true).await.is_err());
    let mut new = server.connect(identity(), false).await.unwrap();
    assert_eq!(ask(&mut new, READ()).await.as_slice(), [3, 2, 0, 7]);
}

#[test]
fn a_file_that_cannot_be_used_is_named() {
    let site = site();
    let with = |change: &dyn Fn(&mut SecurityConfig)| {
        let mut config = site.config.clone();
        change(&mut config);
        Security::load(&config).unwrap_err().to_string()
    };
    let missing = site.folder.path().join("missing.pem");
    let named = |path: &Path, text: &str| text.starts_with(&format!("{}: ", path.display()));
    assert!(named(&missing, &with(&|c| c.certificate = missing.clone())));
    assert!(named(&missing, &with(&|c| c.key = missing.clone())));
    assert!(named(&missing, &with(&|c| c.client_ca = missing.clone())));
    let swapped = with(&|c| c.certificate = c.key.clone());
    assert!(swapped.ends_with("holds no certificate; it must be PEM"), "{swapped}");
    let no_key = with(&|c| c.key = c.certificate.clone());
    assert!(no_key.contains("holds no private key"), "{no_key}");
    let other = site.folder.path().join("other.key");
    std::fs::write(&other, KeyPair::generate().unwrap().serialize_pem()).unwrap();
    let foreign = with(&|c| c.key = other.clone());
    assert!(foreign.contains("server.pem and ") && foreign.contains("other.key: "), "{foreign}");
}
