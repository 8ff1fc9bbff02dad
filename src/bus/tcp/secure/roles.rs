//! Roles of clients, and what they may do.

use std::collections::BTreeMap;

use x509_parser::asn1_rs::{Oid, Utf8String, oid};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::bus::Rights;

/// The extension that holds the role of a client as a UTF8String (MODBUS/TCP Security V2.1, 8.3).
const ROLE: Oid<'static> = oid!(1.3.6.1.4.1.50316.802.1);

/// What the role in a certificate gives its client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roles {
    /// Rights of each role. A role that is not named here has none.
    pub named: BTreeMap<String, Rights>,
    /// Rights of a client whose certificate names no role.
    pub unnamed: Rights,
}

impl Default for Roles {
    /// No rights for anybody.
    fn default() -> Self {
        Self { named: BTreeMap::new(), unnamed: Rights::NONE }
    }
}

impl Roles {
    /// What a role gives; `None` is a certificate without one.
    pub fn rights(&self, role: Option<&str>) -> Rights {
        match role {
            Some(role) => self.named.get(role).copied().unwrap_or(Rights::NONE),
            None => self.unnamed,
        }
    }
}

/// The role that a certificate names. A certificate with two, or with one that cannot be read, is refused:
/// nobody says which one is meant.
pub(super) fn role(certificate: &[u8]) -> Result<Option<String>, &'static str> {
    let (_, certificate) =
        X509Certificate::from_der(certificate).map_err(|_| "the certificate cannot be read")?;
    let mut found = certificate.extensions().iter().filter(|extension| extension.oid == ROLE);
    let Some(extension) = found.next() else { return Ok(None) };
    if found.next().is_some() {
        return Err("the certificate names two roles");
    }
    match Utf8String::from_der(extension.value) {
        Ok(([], role)) if !role.as_ref().is_empty() => Ok(Some(role.string())),
        _ => Err("the role in the certificate is not a UTF8String"),
    }
}
