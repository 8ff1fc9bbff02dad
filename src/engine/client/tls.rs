//! Whom the engine takes for a gateway.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

/// Whom the engine takes for a gateway. The certificates that the machine trusts for the Web play no part.
#[derive(Debug, Clone)]
pub enum Trust {
    /// A server with a certificate of one of these authorities, for its name or address (PEM).
    Authority(Vec<u8>),
    /// A server with just this certificate: its SHA-256 digest.
    Fingerprint([u8; 32]),
    /// Anybody. Refused but for loopback.
    Anybody,
}

/// Why nobody can be trusted so.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TrustError {
    /// The file holds no certificate.
    #[error("the CA file holds no usable certificate: {0}")]
    Authority(String),
    /// Not such a digest.
    #[error("`{0}` is no SHA-256 fingerprint: 64 hexadecimal digits, with or without colons")]
    Fingerprint(String),
    /// The library refuses.
    #[error("TLS: {0}")]
    Tls(String),
}

impl Trust {
    /// Trust in one certificate by its SHA-256 digest, as `openssl x509 -fingerprint -sha256` prints it.
    ///
    /// # Errors
    /// [`TrustError::Fingerprint`].
    pub fn fingerprint(text: &str) -> Result<Self, TrustError> {
        let digits: Vec<u32> = text.chars().filter(|c| *c != ':').filter_map(|c| c.to_digit(16)).collect();
        let plain = text.chars().all(|c| c == ':' || c.is_ascii_hexdigit());
        let mut print = [0u8; 32];
        if !plain || digits.len() != 64 {
            return Err(TrustError::Fingerprint(text.chars().take(100).collect()));
        }
        for (byte, pair) in print.iter_mut().zip(digits.chunks(2)) {
            *byte = pair.iter().fold(0, |sum, digit| sum * 16 + u8::try_from(*digit).unwrap_or_default());
        }
        Ok(Self::Fingerprint(print))
    }

    /// The configuration of a client that trusts so: TLS 1.2 or 1.3.
    pub(super) fn config(&self) -> Result<ClientConfig, TrustError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|e| TrustError::Tls(e.to_string()))?;
        Ok(match self {
            Self::Authority(pem) => {
                let mut roots = RootCertStore::empty();
                for certificate in CertificateDer::pem_slice_iter(pem) {
                    let certificate = certificate.map_err(|e| TrustError::Authority(e.to_string()))?;
                    roots.add(certificate).map_err(|e| TrustError::Authority(e.to_string()))?;
                }
                if roots.is_empty() {
                    return Err(TrustError::Authority("none found in the PEM".to_owned()));
                }
                builder.with_root_certificates(roots).with_no_client_auth()
            }
            Self::Fingerprint(print) => {
                let only = Some(*print);
                let verifier = Arc::new(Pinned { only, provider });
                builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()
            }
            Self::Anybody => {
                let verifier = Arc::new(Pinned { only: None, provider });
                builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()
            }
        })
    }
}

/// Takes one certificate, whatever its names and dates say; that the server has its key is checked as always.
#[derive(Debug)]
struct Pinned {
    /// `None`: any.
    only: Option<[u8; 32]>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let found = ring::digest::digest(&ring::digest::SHA256, certificate);
        match self.only {
            Some(print) if found.as_ref() != print => {
                let found: Vec<String> = found.as_ref().iter().map(|b| format!("{b:02x}")).collect();
                Err(rustls::Error::General(format!(
                    "the gateway's certificate has the fingerprint {}",
                    found.join("")
                )))
            }
            _ => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_read_with_and_without_colons() {
        let plain = "0F".repeat(32);
        let colons = vec!["0f"; 32].join(":");
        for text in [plain.as_str(), colons.as_str()] {
            assert!(matches!(Trust::fingerprint(text), Ok(Trust::Fingerprint(p)) if p == [0x0f; 32]));
        }
        for text in ["", "0f", "zz", &"0g".repeat(32), &"0f".repeat(33)] {
            assert!(Trust::fingerprint(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_file_without_a_certificate_is_refused() {
        assert!(Trust::Authority(b"nothing".to_vec()).config().is_err());
        assert!(Trust::Anybody.config().is_ok());
    }
}
