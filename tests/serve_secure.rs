//! Modbus/TCP Security into a running gateway: the same devices and the same block as over plain TCP, by role.
#![cfg(all(feature = "secure", feature = "sim"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Object identifier of the role (MODBUS/TCP Security, R-21).
const ROLE: &[u64] = &[1, 3, 6, 1, 4, 1, 50316, 802, 1];
/// Addresses of the DPO block.
const LEASE: u16 = 0x4040;
const LIMIT: u16 = 0x4050;
const APPLIED: u16 = 0x4052;

type Ca = CertifiedIssuer<'static, KeyPair>;
type Identity = (CertificateDer<'static>, PrivateKeyDer<'static>);

fn ca() -> Ca {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, "clients");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn client(ca: &Ca, role: &str) -> Identity {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    let content = [&[0x0C, role.len() as u8], role.as_bytes()].concat();
    params.custom_extensions = vec![CustomExtension::from_oid_content(ROLE, content)];
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, ca).unwrap();
    (certificate.der().clone(), PrivatePkcs8KeyDer::from(key.serialize_der()).into())
}

/// A gateway with a simulated shelf, ended with the test.
struct Gateway {
    child: Child,
    plain: String,
    secure: String,
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Gateway {
    fn start(folder: &Path, ca: &Ca) -> Self {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["shelf".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, ca).unwrap();
        let file = |name: &str, text: String| {
            let path = folder.join(name);
            std::fs::write(&path, text).unwrap();
            path.display().to_string()
        };
        let config = format!(
            "[pmi.secure]\nlisten = \"127.0.0.1:0\"\ncertificate = {:?}\nkey = {:?}\nclient_ca = {:?}\n\
             roles = {{ operator = \"write\", viewer = \"read\" }}\n",
            file("server.pem", certificate.pem()),
            file("server.key", key.serialize_pem()),
            file("ca.pem", ca.pem()),
        );
        let config = file("dpo.toml", config);
        let mut child = Command::new(env!("CARGO_BIN_EXE_dpo"))
            .args(["serve", "--redfish", "127.0.0.1:0", "--modbus", "127.0.0.1:0", "--config", &config])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut plain, mut secure) = (None, None);
        for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
            let at =
                || line.split_whitespace().find(|word| word.starts_with("127.0.0.1:")).map(str::to_owned);
            if line.contains("Modbus TLS") {
                secure = at();
            } else if line.contains("Modbus TCP") {
                plain = at();
            } else if line.starts_with("Ctrl-C") {
                break;
            }
        }
        Self { child, plain: plain.unwrap(), secure: secure.unwrap() }
    }

    async fn connect(&self, ca: &Ca, (certificate, key): Identity) -> TlsStream<TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(ca.der().clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_client_auth_cert(vec![certificate], key)
            .unwrap();
        let stream = TcpStream::connect(&self.secure).await.unwrap();
        let name = ServerName::try_from("shelf").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap()
    }
}

async fn ask(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), unit: u8, pdu: &[u8]) -> Vec<u8> {
    let head = [0, 9, 0, 0, 0, pdu.len() as u8 + 1, unit];
    stream.write_all(&[&head, pdu].concat()).await.unwrap();
    stream.flush().await.unwrap();
    let mut head = [0; 7];
    stream.read_exact(&mut head).await.unwrap();
    let mut answer = vec![0; usize::from(u16::from_be_bytes([head[4], head[5]])) - 1];
    stream.read_exact(&mut answer).await.unwrap();
    answer
}

fn read(address: u16, quantity: u8) -> Vec<u8> {
    [&[3], &address.to_be_bytes()[..], &[0, quantity]].concat()
}

fn write(address: u16, words: &[u16]) -> Vec<u8> {
    let mut pdu = vec![16];
    pdu.extend(address.to_be_bytes());
    pdu.extend([0, words.len() as u8, 2 * words.len() as u8]);
    pdu.extend(words.iter().flat_map(|word| word.to_be_bytes()));
    pdu
}

#[tokio::test]
async fn roles_read_devices_and_steer_the_shelf_over_tls() {
    let (folder, ca) = (tempfile::tempdir().unwrap(), ca());
    let gateway = Gateway::start(folder.path(), &ca);
    let mut plain = TcpStream::connect(&gateway.plain).await.unwrap();
    let mut viewer = gateway.connect(&ca, client(&ca, "viewer")).await;
    let mut operator = gateway.connect(&ca, client(&ca, "operator")).await;

    // Passed through to a device: identity strings, a refusal of its own, and an address where nobody is.
    for (unit, pdu) in [(200, read(8, 8)), (64, read(8, 8)), (200, read(0x7000, 1)), (150, read(0, 1))] {
        let expected = ask(&mut plain, unit, &pdu).await;
        assert_eq!(ask(&mut viewer, unit, &pdu).await, expected, "{unit} {pdu:02X?}");
        assert_eq!(ask(&mut operator, unit, &pdu).await, expected, "{unit} {pdu:02X?}");
    }
    // A viewer writes nothing: exception 01, and nobody holds the lease.
    assert_eq!(ask(&mut viewer, 7, &write(LEASE, &[0, 77, 30])).await, [0x90, 1]);

    assert_eq!(ask(&mut operator, 7, &write(LEASE, &[0, 77, 30])).await[..1], [16]);
    // Refused while the shelf is still being found; 05 says that it goes on.
    let limit = write(LIMIT, &[0, 9_000]);
    let mut answer = ask(&mut operator, 7, &limit).await;
    for _ in 0..200 {
        if answer[0] == 16 || answer == [0x90, 5] {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        answer = ask(&mut operator, 7, &limit).await;
    }
    let mut applied = Vec::new();
    for _ in 0..200 {
        applied = ask(&mut viewer, 7, &read(APPLIED, 2)).await;
        if applied == [3, 4, 0, 0, 0x23, 0x28] {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(applied, [3, 4, 0, 0, 0x23, 0x28], "9,000 W as the devices read back");
    // The lease is over all interfaces.
    assert_eq!(ask(&mut plain, 7, &write(LEASE, &[0, 78, 30])).await[0], 0x90);
    assert_eq!(ask(&mut operator, 7, &write(LEASE, &[0, 77, 0])).await[0], 16, "given back");
}
