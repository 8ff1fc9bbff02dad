//! Checks a signed report: that it is as it was written, who signed it, that its verdict follows from its records, and
//! whether this program has the same cases and maps.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read};

use serde::Deserialize;
use serde_json::Value;

use super::digest::Digests;
use super::{json, key};
use crate::outcome::{Record, Verdict};

/// No report is larger, in bytes.
pub const LARGEST: u64 = 64 << 20;

/// Why a document cannot be checked at all.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It is too large.
    #[error("larger than {} MB: no report of this suite", LARGEST >> 20)]
    TooLarge,
    /// It is no report.
    #[error("no report of this suite (`run --format json` writes one): {0}")]
    Format(String),
}

/// Whose signature a report carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signature {
    /// A good one of the key that was asked for.
    Expected(String),
    /// A good one; nobody said whose it must be.
    Good(String),
    /// A good one of another key than the one that was asked for.
    OtherKey(String),
    /// It does not fit: the report was changed, or the signature.
    Bad,
    /// None.
    Missing,
}

/// Does what the report was made with equal what this program has?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Same {
    /// Yes.
    Same,
    /// No: another version, or changed.
    Other,
    /// This program has no such map.
    Unknown,
}

/// What was found about a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Target of the run, as the report says.
    pub target: String,
    /// When the run began, as the report says.
    pub started: String,
    /// Are the bytes those that the suite wrote? White space, order and doubled keys count.
    pub canonical: bool,
    /// Its signature.
    pub signature: Signature,
    /// Verdict that follows from its records.
    pub verdict: Verdict,
    /// Is it the one that the report states, with counts and exit code?
    pub follows: bool,
    /// Number of records.
    pub records: usize,
    /// The cases.
    pub cases: Same,
    /// The maps, by id.
    pub maps: BTreeMap<String, Same>,
}

impl Checked {
    /// May it be believed? Signed (by the key asked for), unchanged, and its verdict follows. That the program that
    /// checks has other cases or maps is told and does not count: a later version checks older reports, too.
    pub fn holds(&self) -> bool {
        let signed = matches!(self.signature, Signature::Expected(_) | Signature::Good(_));
        self.canonical && signed && self.follows
    }
}

#[derive(Deserialize)]
struct Document {
    format: String,
    header: Header,
    started: String,
    records: Vec<Record>,
    counts: BTreeMap<String, usize>,
    verdict: Value,
    exit_code: u8,
    text: String,
}

#[derive(Deserialize)]
struct Header {
    target: String,
    digests: Digests,
}

/// Checks a report; `key` is the public key that must have signed it, in text.
///
/// # Errors
/// [`VerifyError`] if it is no report.
pub fn verify(source: impl Read, key: Option<&str>) -> Result<Checked, VerifyError> {
    let mut bytes = Vec::new();
    source.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(VerifyError::TooLarge);
    }
    let format = |error: serde_json::Error| VerifyError::Format(error.to_string());
    let mut value: Value = serde_json::from_slice(&bytes).map_err(format)?;
    let canonical = json::canonical(&value)? == bytes;
    let signature = signature(&mut value, key)?;
    let document: Document = serde_json::from_value(value).map_err(format)?;
    if document.format != json::FORMAT {
        return Err(VerifyError::Format(format!(
            "format {:?}, known is {:?}",
            document.format,
            json::FORMAT
        )));
    }
    let verdict = Verdict::of(&document.records);
    let counted: BTreeMap<String, usize> =
        super::counts(&document.records).into_iter().map(|(word, count)| (word.to_owned(), count)).collect();
    let stated = serde_json::to_value(&verdict).map_err(format)?;
    let follows = stated == document.verdict
        && counted == document.counts
        && verdict.exit_code() == document.exit_code
        && verdict.to_string() == document.text;
    let ids: Vec<&str> = document.header.digests.maps.keys().map(String::as_str).collect();
    let mine = Digests::of(&ids).map_err(|e| VerifyError::Format(e.to_string()))?;
    let same = |equal: bool| if equal { Same::Same } else { Same::Other };
    let theirs = document.header.digests;
    let maps = theirs.maps.into_iter();
    Ok(Checked {
        target: document.header.target,
        started: document.started,
        canonical,
        signature,
        follows,
        records: document.records.len(),
        verdict,
        cases: same(theirs.cases == mine.cases),
        maps: maps
            .map(|(id, digest)| {
                let found = mine.maps.get(&id).map_or(Same::Unknown, |own| same(*own == digest));
                (id, found)
            })
            .collect(),
    })
}

/// Takes the signature out of a document and checks it.
fn signature(document: &mut Value, wanted: Option<&str>) -> Result<Signature, VerifyError> {
    let Value::Object(members) = document else {
        return Err(VerifyError::Format("no JSON object".into()));
    };
    let Some(signature) = members.remove(json::SIGNATURE) else { return Ok(Signature::Missing) };
    let text = |name: &str| signature.get(name).and_then(Value::as_str).unwrap_or_default();
    let owner = text("key").to_owned();
    if !key::verifies(&owner, &json::canonical(members)?, text("value")) {
        return Ok(Signature::Bad);
    }
    Ok(match wanted {
        None => Signature::Good(owner),
        Some(wanted) if wanted == owner => Signature::Expected(owner),
        Some(_) => Signature::OtherKey(owner),
    })
}

impl fmt::Display for Same {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Same => "as in this program",
            Self::Other => "not as in this program",
            Self::Unknown => "not in this program",
        })
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "report:    {} of {}, {} records", self.target, self.started, self.records)?;
        writeln!(
            f,
            "bytes:     {}",
            if self.canonical { "as written" } else { "CHANGED, or formatted anew" }
        )?;
        match &self.signature {
            Signature::Expected(key) => writeln!(f, "signature: good, by the key asked for ({key})")?,
            Signature::Good(key) => {
                writeln!(f, "signature: good, by {key}; say with --key whose it must be")?;
            }
            Signature::OtherKey(key) => writeln!(f, "signature: BY ANOTHER KEY: {key}")?,
            Signature::Bad => writeln!(f, "signature: BAD: report or signature were changed")?,
            Signature::Missing => writeln!(f, "signature: MISSING: run with --sign FILE")?,
        }
        let follows = if self.follows { "follows" } else { "DOES NOT FOLLOW" };
        writeln!(f, "verdict:   {}; what the report states {follows} from its records", self.verdict)?;
        writeln!(f, "cases:     {}", self.cases)?;
        self.maps.iter().try_for_each(|(id, same)| writeln!(f, "map:       {id} {same}"))
    }
}
