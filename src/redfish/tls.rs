//! The certificate of the service: made at the first start, kept, or replaced by a client while the service runs.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum_server::tls_rustls::RustlsConfig;
use rcgen::{CertificateParams, DnType, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::config::{StartError, Transport};
use super::store::Store;
use super::time::rfc3339;

/// Certificates of a chain.
const CHAIN: usize = 8;

/// A certificate with its key, as it is kept.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kept {
    /// The chain, leaf first, PEM.
    pub(crate) chain: String,
    /// The private key, PEM; wiped when dropped. It never leaves the gateway but for its file.
    pub(crate) key: Zeroizing<String>,
}

/// The certificate that the service made for itself, and the address that it names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Own {
    address: IpAddr,
    kept: Kept,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept").finish_non_exhaustive()
    }
}

/// The certificate in use.
pub(crate) struct Tls {
    /// What the server asks for each connection.
    pub(crate) config: RustlsConfig,
    shown: Mutex<String>,
    /// The key of the last request for a certificate.
    pending: Mutex<Option<KeyPair>>,
}

impl Tls {
    /// The certificate that a client brought, or that of the configuration, or one that the service makes at its first start
    /// and keeps; `None` without TLS.
    ///
    /// # Errors
    /// A certificate or key that cannot be used, or a file that cannot be written.
    pub(crate) async fn new(
        transport: &Transport,
        store: &Store,
        address: SocketAddr,
    ) -> Result<Option<Arc<Self>>, StartError> {
        let state = store.now();
        let (config, shown) = match (transport, &state.certificate) {
            (Transport::InsecureHttp, _) => return Ok(None),
            (_, Some(kept)) => (from_pem(kept.chain.as_bytes(), kept.key.as_bytes())?, kept.chain.clone()),
            (Transport::SelfSigned, None) => {
                let own = match state.own_certificate.clone().filter(|own| own.address == address.ip()) {
                    Some(own) => own,
                    None => {
                        let own = Own { address: address.ip(), kept: self_signed(address)? };
                        let copy = own.clone();
                        let kept = store.set(|state| state.own_certificate = Some(copy)).await;
                        kept.map_err(|e| StartError::Config(e.to_string()))?;
                        own
                    }
                };
                (from_pem(own.kept.chain.as_bytes(), own.kept.key.as_bytes())?, own.kept.chain)
            }
            (Transport::Certificate { chain, key }, None) => {
                (from_pem(chain, key)?, String::from_utf8_lossy(chain).into_owned())
            }
        };
        let config = RustlsConfig::from_config(Arc::new(config));
        Ok(Some(Arc::new(Self { config, shown: Mutex::new(shown), pending: Mutex::default() })))
    }

    /// The chain in use, PEM.
    pub(crate) fn chain(&self) -> String {
        lock(&self.shown).clone()
    }

    /// A request for a certificate, PEM, with a new key that stays here.
    ///
    /// # Errors
    /// A name that cannot be in a certificate.
    pub(crate) fn request(&self, names: Vec<String>, subject: &[(DnType, String)]) -> Result<String, String> {
        let mut parameters = CertificateParams::new(names).map_err(|e| e.to_string())?;
        for (kind, text) in subject {
            parameters.distinguished_name.push(kind.clone(), text.as_str());
        }
        let key = KeyPair::generate().map_err(|e| e.to_string())?;
        let request = parameters.serialize_request(&key).and_then(|r| r.pem()).map_err(|e| e.to_string())?;
        *lock(&self.pending) = Some(key);
        Ok(request)
    }

    /// Checks a chain against the key of the last request; nothing is changed yet.
    ///
    /// # Errors
    /// Why it cannot be used, for people.
    pub(crate) fn fits(&self, chain: &str) -> Result<(Kept, Arc<ServerConfig>), String> {
        let pending = lock(&self.pending);
        let key = pending.as_ref().ok_or("there is no request to answer: call GenerateCSR first")?;
        let key = Zeroizing::new(key.serialize_pem());
        // rustls refuses a certificate of another key; how long it holds, a server does not care.
        let config = from_pem(chain.as_bytes(), key.as_bytes()).map_err(|e| e.to_string())?;
        let facts = Facts::of(chain).ok_or("the certificate cannot be read")?;
        if facts.expired {
            return Err(format!("it has expired: it was valid until {}", facts.not_after));
        }
        Ok((Kept { chain: chain.to_owned(), key }, Arc::new(config)))
    }

    /// Uses a certificate from the next connection on.
    pub(crate) fn replace(&self, kept: &Kept, config: Arc<ServerConfig>) {
        self.config.reload_from_config(config);
        *lock(&self.shown) = kept.chain.clone();
        *lock(&self.pending) = None;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a certificate says of itself.
pub(crate) struct Facts {
    pub(crate) subject: Option<String>,
    pub(crate) issuer: Option<String>,
    pub(crate) not_before: String,
    pub(crate) not_after: String,
    pub(crate) serial: String,
    /// SHA-256 of the whole certificate, as people compare it.
    pub(crate) fingerprint: String,
    expired: bool,
}

impl Facts {
    /// Reads the leaf of a chain in PEM; `None` if it cannot be read.
    pub(crate) fn of(chain: &str) -> Option<Self> {
        let leaf = CertificateDer::from_pem_slice(chain.as_bytes()).ok()?;
        let (_, certificate) = x509_parser::parse_x509_certificate(&leaf).ok()?;
        let name = |name: &x509_parser::x509::X509Name<'_>| {
            name.iter_common_name().next().and_then(|n| n.as_str().ok()).map(str::to_owned)
        };
        let instant = |time: x509_parser::time::ASN1Time| {
            let since = u64::try_from(time.timestamp()).unwrap_or_default();
            rfc3339(UNIX_EPOCH + Duration::from_secs(since))
        };
        let colons = |bytes: &[u8]| {
            let pairs: Vec<_> = bytes.iter().map(|b| format!("{b:02X}")).collect();
            pairs.join(":")
        };
        let validity = certificate.validity();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        Some(Self {
            subject: name(certificate.subject()),
            issuer: name(certificate.issuer()),
            not_before: instant(validity.not_before),
            not_after: instant(validity.not_after),
            serial: colons(certificate.raw_serial()),
            fingerprint: colons(ring::digest::digest(&ring::digest::SHA256, &leaf).as_ref()),
            expired: validity.not_after.timestamp() < i64::try_from(now).unwrap_or(i64::MAX),
        })
    }
}

/// A certificate made now: ECDSA P-256, for this host's own names.
fn self_signed(address: SocketAddr) -> Result<Kept, StartError> {
    let fault = |e: rcgen::Error| StartError::Certificate(e.to_string());
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    let own = address.ip().to_string();
    if !address.ip().is_unspecified() && !names.contains(&own) {
        names.push(own);
    }
    let mut parameters = CertificateParams::new(names).map_err(fault)?;
    parameters.distinguished_name.push(DnType::CommonName, "DPO gateway, self-signed");
    let key = KeyPair::generate().map_err(fault)?;
    let certificate = parameters.self_signed(&key).map_err(fault)?;
    Ok(Kept { chain: certificate.pem(), key: Zeroizing::new(key.serialize_pem()) })
}

fn from_pem(chain: &[u8], key: &[u8]) -> Result<ServerConfig, StartError> {
    let fault =
        |what: &str, e: rustls::pki_types::pem::Error| StartError::Certificate(format!("{what}: {e}"));
    let chain = CertificateDer::pem_slice_iter(chain)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| fault("certificate chain", e))?;
    if chain.is_empty() || chain.len() > CHAIN {
        let count = chain.len();
        return Err(StartError::Certificate(format!(
            "certificate chain: {count} certificates, not 1 to {CHAIN}"
        )));
    }
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|e| fault("private key", e))?;
    tls(chain, key)
}

/// TLS 1.2 and 1.3; rustls has nothing older.
fn tls(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<ServerConfig, StartError> {
    let fault = |e: rustls::Error| StartError::Certificate(e.to_string());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(fault)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(fault)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: SocketAddr = SocketAddr::V4(std::net::SocketAddrV4::new(std::net::Ipv4Addr::LOCALHOST, 0));

    /// The certificate that an authority makes of a request.
    fn sign(request: &str, change: impl FnOnce(&mut CertificateParams)) -> String {
        let issuer = rcgen::Issuer::new(CertificateParams::default(), KeyPair::generate().unwrap());
        let mut asked = rcgen::CertificateSigningRequestParams::from_pem(request).unwrap();
        change(&mut asked.params);
        asked.signed_by(&issuer).unwrap().pem()
    }

    #[tokio::test]
    async fn a_certificate_is_taken_for_the_key_that_was_asked_for_and_no_other() {
        let store = Store::open(None).unwrap();
        let tls = Tls::new(&Transport::SelfSigned, &store, HERE).await.unwrap().unwrap();
        let first = tls.chain();
        assert!(tls.fits(&first).unwrap_err().contains("GenerateCSR"));
        let name = (DnType::CommonName, "shelf-7".to_owned());
        let request = tls.request(vec!["shelf-7".to_owned()], &[name]).unwrap();
        assert!(request.contains("CERTIFICATE REQUEST"));
        let signed = sign(&request, |_| {});
        // Of another key, of nothing, of noise, of too many, and of the past.
        assert!(tls.fits(&first).is_err());
        assert!(tls.fits("").unwrap_err().contains("0 certificates"));
        let noise = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(tls.fits(noise).is_err());
        assert!(tls.fits(&signed.repeat(9)).unwrap_err().contains("not 1 to 8"));
        let old = sign(&request, |asked| asked.not_after = rcgen::date_time_ymd(2001, 1, 1));
        assert!(tls.fits(&old).unwrap_err().contains("2001-01-01"));
        let (kept, config) = tls.fits(&signed).unwrap();
        assert_eq!(tls.chain(), first, "not used yet");
        tls.replace(&kept, config);
        assert_eq!(tls.chain(), signed);
        assert!(tls.fits(&signed).is_err(), "a request is answered once");
        assert!(!format!("{kept:?}").contains("PRIVATE"));
        // It is there after a restart.
        store.set(|state| state.certificate = Some(kept)).await.unwrap();
        let again = Tls::new(&Transport::SelfSigned, &store, HERE).await.unwrap().unwrap();
        assert_eq!(again.chain(), signed);
    }

    #[tokio::test]
    async fn the_certificate_of_the_first_start_stays_until_the_address_changes() {
        let store = Store::open(None).unwrap();
        let of =
            async |address| Tls::new(&Transport::SelfSigned, &store, address).await.unwrap().unwrap().chain();
        let first = of(HERE).await;
        assert_eq!(of(HERE).await, first);
        let facts = Facts::of(&first).unwrap();
        assert_eq!(facts.subject.as_deref(), Some("DPO gateway, self-signed"));
        assert_eq!((facts.issuer, facts.fingerprint.len()), (facts.subject, 95));
        assert_ne!(of(SocketAddr::from(([192, 0, 2, 1], 0))).await, first);
        assert!(Facts::of("").is_none() && Facts::of("noise").is_none());
        let none = Tls::new(&Transport::InsecureHttp, &store, HERE).await.unwrap();
        assert!(none.is_none());
    }
}
