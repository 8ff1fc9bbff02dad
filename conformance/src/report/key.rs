//! Keys that sign reports: Ed25519, the private one as PKCS#8 in PEM, as `openssl genpkey -algorithm ed25519` writes it.

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pem::Pem;
use ring::rand::SystemRandom;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use zeroize::Zeroizing;

/// Words before a public key and a signature in text.
const PREFIX: &str = "ed25519:";
/// No key file is longer, in bytes.
const LONGEST: u64 = 4096;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file failed.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// The operating system's error.
        source: io::Error,
    },
    /// The file holds no Ed25519 key.
    #[error("{path}: no Ed25519 private key (PKCS#8, PEM); make one with `dpo-conformance keygen {path}`")]
    Format {
        /// The file.
        path: String,
    },
    /// The system gave no random numbers.
    #[error("no random numbers")]
    Random,
    /// A public key in text is none.
    #[error("{0:?}: write a public key as `ed25519:` and 32 bytes in base64, as `keygen` prints it")]
    Public(String),
}

/// A key that signs.
pub struct SigningKey(Ed25519KeyPair);

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.public())
    }
}

impl SigningKey {
    /// Makes a key and writes it into a new file that only its owner may read.
    ///
    /// # Errors
    /// [`KeyError::Io`], also if the file is there already: a key is never overwritten.
    pub fn generate(path: &Path) -> Result<Self, KeyError> {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| KeyError::Random)?;
        let text = Zeroizing::new(pem::encode(&Pem::new("PRIVATE KEY", document.as_ref())));
        let io = |source| KeyError::Io { path: path.display().to_string(), source };
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(io)?;
        file.write_all(text.as_bytes()).map_err(io)?;
        file.sync_all().map_err(io)?;
        Self::read(path)
    }

    /// Reads a key.
    ///
    /// # Errors
    /// [`KeyError::Io`], [`KeyError::Format`].
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let name = path.display().to_string();
        let mut text = Zeroizing::new(String::new());
        std::fs::File::open(path)
            .and_then(|file| file.take(LONGEST).read_to_string(&mut text))
            .map_err(|source| KeyError::Io { path: name.clone(), source })?;
        let format = || KeyError::Format { path: name.clone() };
        let block = pem::parse(text.as_bytes()).map_err(|_| format())?;
        if block.tag() != "PRIVATE KEY" {
            return Err(format());
        }
        let document = Zeroizing::new(block.into_contents());
        // OpenSSL leaves the public key out of the file; then it cannot be checked against the private one.
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&document).map_err(|_| format())?;
        Ok(Self(pair))
    }

    /// The public key in text.
    pub fn public(&self) -> String {
        text(self.0.public_key().as_ref())
    }

    /// The signature of a message in text.
    pub fn sign(&self, message: &[u8]) -> String {
        text(self.0.sign(message).as_ref())
    }
}

fn text(bytes: &[u8]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(bytes))
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text.strip_prefix(PREFIX)?).ok()
}

/// Is it a public key in text?
///
/// # Errors
/// [`KeyError::Public`].
pub fn check_public(text: &str) -> Result<String, KeyError> {
    match bytes(text) {
        Some(key) if key.len() == 32 => Ok(text.to_owned()),
        _ => Err(KeyError::Public(text.to_owned())),
    }
}

/// Did the owner of a public key sign this message? Key and signature in text; whatever is not of that form did not.
pub fn verifies(public: &str, message: &[u8], signature: &str) -> bool {
    let (Some(public), Some(signature)) = (bytes(public), bytes(signature)) else { return false };
    UnparsedPublicKey::new(&ED25519, public).verify(message, &signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_written_once_for_its_owner_and_read_again() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        let key = SigningKey::generate(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(matches!(SigningKey::generate(&path), Err(KeyError::Io { .. })));
        let again = SigningKey::read(&path).unwrap();
        assert_eq!(key.public(), again.public());
        assert_eq!(check_public(&key.public()).unwrap(), key.public());
        let signature = again.sign(b"report");
        assert!(verifies(&key.public(), b"report", &signature));
        assert!(!verifies(&key.public(), b"repork", &signature));
        assert!(!verifies(&key.public(), b"report", "ed25519:AAAA"));
        assert!(!verifies("rsa:AAAA", b"report", &signature));
    }

    #[test]
    fn a_key_of_openssl_signs_as_rfc_8032_says() {
        // RFC 8032, 7.1, test 2, in the form that OpenSSL writes (without the public key).
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        let hex = "302e020100300506032b657004220420\
                   4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
        let document: Vec<u8> =
            (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect();
        std::fs::write(&path, pem::encode(&Pem::new("PRIVATE KEY", document))).unwrap();
        let key = SigningKey::read(&path).unwrap();
        assert_eq!(key.public(), "ed25519:PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=");
        assert!(verifies(&key.public(), &[0x72], &key.sign(&[0x72])));
    }

    #[test]
    fn what_is_no_key_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("no-key.pem");
        std::fs::write(&path, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
        let error = SigningKey::read(&path).unwrap_err().to_string();
        assert!(error.contains("no-key.pem") && error.contains("keygen"), "{error}");
        assert!(check_public("ed25519:AAAA").is_err());
    }
}
