//! The test PKI: a CA for the clients of the suite, and one client certificate for each thing that a device must tell apart.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair,
};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Extension that holds the role of a client (MODBUS/TCP Security, 8.3).
const ROLE: &[u64] = &[1, 3, 6, 1, 4, 1, 50316, 802, 1];
/// No file of a PKI is longer, in bytes.
const LONGEST: u64 = 1 << 20;

type Ca = CertifiedIssuer<'static, KeyPair>;

/// Whose certificate a client shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// Role that may read and write.
    Operator,
    /// Role that may only read.
    Viewer,
    /// No role.
    NoRole,
    /// Two roles, the stronger one first.
    TwoRoles,
    /// The operator, until 2020.
    Expired,
    /// The operator, from 2120 on.
    NotYetValid,
    /// The operator, of a CA that the device does not know.
    Foreign,
    /// The operator, signed by itself.
    SelfSigned,
}

impl Who {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Operator,
        Self::Viewer,
        Self::NoRole,
        Self::TwoRoles,
        Self::Expired,
        Self::NotYetValid,
        Self::Foreign,
        Self::SelfSigned,
    ];

    /// Name of its files.
    pub const fn file(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Viewer => "viewer",
            Self::NoRole => "no-role",
            Self::TwoRoles => "two-roles",
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::Foreign => "foreign",
            Self::SelfSigned => "self-signed",
        }
    }
}

/// A certificate and its key, both PEM.
#[derive(Clone)]
struct Pair {
    certificate: String,
    key: String,
}

/// Certificates and keys of the clients, and the CA that the device must know.
#[derive(Clone)]
pub struct Pki {
    /// The CA of the clients, PEM: what is enrolled in the device.
    pub ca: String,
    pairs: BTreeMap<Who, Pair>,
    /// A certificate of that CA for a device, for the self-test.
    device: Option<Pair>,
}

impl fmt::Debug for Pki {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Keys stand in no log.
        f.debug_struct("Pki").field("clients", &self.pairs.keys().collect::<Vec<_>>()).finish_non_exhaustive()
    }
}

fn role(text: &str) -> CustomExtension {
    // UTF8String; the roles are short.
    let content = [&[0x0C, text.len() as u8], text.as_bytes()].concat();
    CustomExtension::from_oid_content(ROLE, content)
}

fn ca(name: &str) -> Result<Ca, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate()?)
}

fn client(roles: &[&str], years: (i32, i32), issuer: Option<&Ca>) -> Result<Pair, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, "dpo-conformance");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.custom_extensions = roles.iter().map(|text| role(text)).collect();
    params.not_before = rcgen::date_time_ymd(years.0, 1, 1);
    params.not_after = rcgen::date_time_ymd(years.1, 1, 1);
    let key = KeyPair::generate()?;
    let certificate = match issuer {
        Some(ca) => params.signed_by(&key, ca)?,
        None => params.self_signed(&key)?,
    };
    Ok(Pair { certificate: certificate.pem(), key: key.serialize_pem() })
}

impl Pki {
    /// Makes a PKI whose roles have these names, and a device certificate for `host`.
    ///
    /// # Errors
    /// Why a certificate could not be made.
    pub fn make(operator: &str, viewer: &str, host: &str) -> Result<Self, String> {
        if [operator, viewer].iter().any(|name| name.is_empty() || name.len() > 100) || operator == viewer {
            return Err("roles: write two different names of 1 to 100 characters".into());
        }
        let made = || -> Result<Self, rcgen::Error> {
            let (own, foreign) = (ca("dpo-conformance clients")?, ca("somebody else")?);
            let now = (2020, 2119);
            let mut pairs = BTreeMap::new();
            for who in Who::ALL {
                let pair = match who {
                    Who::Operator => client(&[operator], now, Some(&own))?,
                    Who::Viewer => client(&[viewer], now, Some(&own))?,
                    Who::NoRole => client(&[], now, Some(&own))?,
                    Who::TwoRoles => client(&[operator, viewer], now, Some(&own))?,
                    Who::Expired => client(&[operator], (2015, 2020), Some(&own))?,
                    Who::NotYetValid => client(&[operator], (2118, 2119), Some(&own))?,
                    Who::Foreign => client(&[operator], now, Some(&foreign))?,
                    Who::SelfSigned => client(&[operator], now, None)?,
                };
                pairs.insert(who, pair);
            }
            let key = KeyPair::generate()?;
            let certificate = CertificateParams::new(vec![host.to_owned()])?.signed_by(&key, &own)?;
            let device = Some(Pair { certificate: certificate.pem(), key: key.serialize_pem() });
            Ok(Self { ca: own.pem(), pairs, device })
        };
        made().map_err(|e| format!("the test PKI could not be made: {e}"))
    }

    /// Writes it into a new folder; keys are readable by their owner alone.
    ///
    /// # Errors
    /// The file, and what is wrong.
    pub fn write(&self, folder: &Path) -> Result<(), String> {
        let text = |e: std::io::Error| format!("{}: {e}", folder.display());
        std::fs::create_dir(folder).map_err(text)?;
        let file = |name: &str, content: &str| -> Result<(), String> {
            let path = folder.join(name);
            let opened = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
            let written = opened.and_then(|mut file| file.write_all(content.as_bytes()));
            written.map_err(|e| format!("{}: {e}", path.display()))
        };
        file("ca.pem", &self.ca)?;
        let device = self.device.iter().map(|pair| ("device", pair));
        for (name, pair) in self.pairs.iter().map(|(who, pair)| (who.file(), pair)).chain(device) {
            file(&format!("{name}.pem"), &pair.certificate)?;
            file(&format!("{name}.key"), &pair.key)?;
        }
        Ok(())
    }

    /// Reads it from a folder that [`Pki::write`] wrote, or whose files were made elsewhere under the same names.
    ///
    /// # Errors
    /// The file, and what is wrong.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let file = |name: &str| -> Result<String, String> {
            let path = folder.join(name);
            let fault =
                |e: std::io::Error| format!("{}: {e}; `dpo-conformance pki` makes a PKI", path.display());
            if std::fs::metadata(&path).map_err(fault)?.len() > LONGEST {
                return Err(format!("{}: is too long for a certificate", path.display()));
            }
            std::fs::read_to_string(&path).map_err(fault)
        };
        let mut pairs = BTreeMap::new();
        for who in Who::ALL {
            let name = who.file();
            let pair =
                Pair { certificate: file(&format!("{name}.pem"))?, key: file(&format!("{name}.key"))? };
            pairs.insert(who, pair);
        }
        let own = Self { ca: file("ca.pem")?, pairs, device: None };
        Who::ALL.iter().try_for_each(|who| own.identity(*who).map(drop))?;
        Ok(own)
    }

    /// Certificates and key of a client.
    ///
    /// # Errors
    /// What is wrong with its files.
    pub fn identity(
        &self,
        who: Who,
    ) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), String> {
        let pair = self.pairs.get(&who).ok_or_else(|| format!("there is no {}", who.file()))?;
        parsed(pair).map_err(|e| format!("{}: {e}", who.file()))
    }

    /// Certificate and key of the device of the self-test, PEM.
    pub(crate) fn device_pem(&self) -> Option<(&str, &str)> {
        self.device.as_ref().map(|pair| (pair.certificate.as_str(), pair.key.as_str()))
    }
}

fn parsed(pair: &Pair) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), String> {
    let chain = CertificateDer::pem_slice_iter(pair.certificate.as_bytes()).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|e| format!("the certificate cannot be read: {e}"))?;
    if chain.is_empty() {
        return Err("the file holds no certificate; it must be PEM".into());
    }
    let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes());
    Ok((chain, key.map_err(|e| format!("the key cannot be read: {e}"))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_and_keys_are_for_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("pki");
        let made = Pki::make("Operator", "Viewer", "shelf").unwrap();
        made.write(&place).unwrap();
        let read = Pki::read(&place).unwrap();
        assert_eq!(read.identity(Who::Viewer).unwrap().0, made.identity(Who::Viewer).unwrap().0);
        let mode = std::fs::metadata(place.join("operator.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
        assert!(made.write(&place).is_err());
        std::fs::write(place.join("viewer.key"), "no key").unwrap();
        assert!(Pki::read(&place).unwrap_err().contains("viewer"));
        assert!(!format!("{made:?}").contains("PRIVATE"));
        assert!(Pki::make("Same", "Same", "shelf").is_err());
    }
}
