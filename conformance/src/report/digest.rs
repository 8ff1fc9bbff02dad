//! What a report was made with, as digests: the cases, and each map.
//!
//! SHA-256 in lower-case hexadecimal. A map is digested in its canonical form (RFC 8785), so that white space in its
//! file does not count; the cases by path and text of every feature file, in order of the paths.

use std::collections::BTreeMap;

use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use crate::catalogue::{self, CatalogueError};
use crate::targets::{self, TargetError};

/// What a report was made with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digests {
    /// All feature files of the suite.
    pub cases: String,
    /// Each map that was judged by, by its id.
    pub maps: BTreeMap<String, String>,
    /// The capability statement, its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pics: Option<String>,
}

/// Why a digest cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum DigestError {
    /// The maps cannot be read.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The cases cannot be read.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// A map has no canonical form.
    #[error("map {id}: {reason}")]
    Map {
        /// Its id.
        id: String,
        /// The library's words.
        reason: String,
    },
}

impl Digests {
    /// Of this program's cases and the built-in maps of these ids, of Modbus and PMBus.
    ///
    /// # Errors
    /// [`DigestError`].
    pub fn of(ids: &[&str]) -> Result<Self, DigestError> {
        let mut maps = BTreeMap::new();
        for map in targets::maps()?.iter().filter(|m| ids.contains(&m.id.as_str())) {
            maps.insert(map.id.clone(), of_map(&map.id, map.as_ref())?);
        }
        for map in targets::supply_maps()?.iter().filter(|m| ids.contains(&m.id.as_str())) {
            maps.insert(map.id.clone(), of_map(&map.id, map)?);
        }
        Ok(Self { cases: cases()?, maps, pics: None })
    }
}

/// Of the canonical form of a map.
fn of_map(id: &str, map: &impl Serialize) -> Result<String, DigestError> {
    let canonical = serde_json_canonicalizer::to_vec(map);
    let canonical =
        canonical.map_err(|reason| DigestError::Map { id: id.to_owned(), reason: reason.to_string() })?;
    Ok(sha256([canonical.as_slice()]))
}

/// Of the feature files.
fn cases() -> Result<String, CatalogueError> {
    let files = catalogue::texts()?;
    // A length before each part: else a byte could move from one part to the next unseen.
    let parts: Vec<Vec<u8>> = files
        .iter()
        .flat_map(|(path, text)| [path.as_str(), text])
        .map(|part| [&(part.len() as u64).to_be_bytes(), part.as_bytes()].concat())
        .collect();
    Ok(sha256(parts.iter().map(Vec::as_slice)))
}

fn sha256<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut context = Context::new(&SHA256);
    parts.into_iter().for_each(|part| context.update(part));
    context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_map_has_its_own_digest_and_the_cases_one() {
        let digests = Digests::of(&["orv3-psu", "orv3-bbu", "pmbus-psu", "nobody"]).unwrap();
        assert_eq!(digests.maps.len(), 3);
        assert_eq!(digests.maps["pmbus-psu"].len(), 64);
        assert_ne!(digests.maps["orv3-psu"], digests.maps["orv3-bbu"]);
        assert_eq!(digests.cases.len(), 64);
        assert_eq!(digests, Digests::of(&["pmbus-psu", "orv3-bbu", "orv3-psu"]).unwrap());
    }

    #[test]
    fn sha256_is_the_one_of_the_standard() {
        // FIPS 180-4, the message "abc".
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256([b"a".as_slice(), b"bc"]), expected);
    }
}
