//! Checks a signed report: that it is as it was written, who signed it, that its verdict follows from its records, that
//! these are of every case of the suite, and whether this program has the same cases and maps.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::digest::Digests;
use super::{Header, json, key};
use crate::catalogue::{self, Case};
use crate::outcome::{Outcome, Record, Verdict};
use crate::profile::{self, Profile};

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
    /// Verdict on each profile that follows from its records; none if they name none.
    pub profiles: BTreeMap<Profile, Verdict>,
    /// Are they those that the report states, with counts and exit code?
    pub follows: bool,
    /// Number of records.
    pub records: usize,
    /// What the records or the header cannot be if the suite wrote them, one line each.
    pub faults: Vec<String>,
    /// The cases.
    pub cases: Same,
    /// The maps, by id.
    pub maps: BTreeMap<String, Same>,
}

impl Checked {
    /// May it be believed? Signed (by the key asked for), unchanged, its verdict follows, and no record is missing or
    /// of another case than this program's. That the program that checks has other cases or maps is told and does not
    /// count: a later version checks older reports, too, whose records it cannot compare with its cases.
    pub fn holds(&self) -> bool {
        let signed = matches!(self.signature, Signature::Expected(_) | Signature::Good(_));
        self.canonical && signed && self.follows && self.faults.is_empty()
    }

    /// Is it known whose signature it must be, and is it that one? Anybody can sign anything with a key of his own.
    pub fn signer_known(&self) -> bool {
        matches!(self.signature, Signature::Expected(_))
    }
}

/// A report that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Handed {
    /// What it says about the run.
    pub header: Header,
    /// When the run began, as it says.
    pub started: String,
    /// Its records.
    pub records: Vec<Record>,
    /// The verdict, counts, exit code and text that it states.
    stated: Stated,
    canonical: bool,
    signature: Signature,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "format")]
    _format: String,
    header: Header,
    started: String,
    /// Told, and used for nothing.
    #[serde(rename = "ended")]
    _ended: String,
    records: Vec<Record>,
    counts: BTreeMap<String, usize>,
    /// Reports of before have none.
    #[serde(default)]
    profiles: Map<String, Value>,
    verdict: Value,
    exit_code: u8,
    text: String,
}

#[derive(Debug, Clone, PartialEq)]
struct Stated {
    verdict: Value,
    profiles: Value,
    counts: BTreeMap<String, usize>,
    exit_code: u8,
    text: String,
}

impl Handed {
    /// Reads a report from a file.
    ///
    /// # Errors
    /// [`VerifyError`] if it is no report.
    pub fn open(path: &Path) -> Result<Self, VerifyError> {
        Self::read(File::open(path)?)
    }

    /// Reads a report.
    ///
    /// # Errors
    /// [`VerifyError`] if it is no report.
    pub fn read(source: impl Read) -> Result<Self, VerifyError> {
        let mut bytes = Vec::new();
        source.take(LARGEST + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > LARGEST {
            return Err(VerifyError::TooLarge);
        }
        let format = |error: serde_json::Error| VerifyError::Format(error.to_string());
        let mut value: Value = serde_json::from_slice(&bytes).map_err(format)?;
        let canonical = json::canonical(&value)? == bytes;
        let signature = signature(&mut value)?;
        let version = value.get("format").and_then(Value::as_str).unwrap_or_default();
        if version != json::FORMAT {
            return Err(VerifyError::Format(format!("format {version:?}, known is {:?}", json::FORMAT)));
        }
        let Document { header, started, records, counts, profiles, verdict, exit_code, text, .. } =
            serde_json::from_value(value).map_err(format)?;
        let stated = Stated { verdict, profiles: profiles.into(), counts, exit_code, text };
        Ok(Self { header, started, records, stated, canonical, signature })
    }

    /// Checks it; `key` is the public key that must have signed it, in text.
    pub fn check(&self, key: Option<&str>) -> Checked {
        let verdict = Verdict::judge(&self.records, self.header.strict);
        let profiles = profile::verdicts(&self.records, self.header.strict);
        let counts = super::counts(&self.records);
        let stated = Stated {
            verdict: serde_json::to_value(&verdict).unwrap_or_default(),
            profiles: serde_json::to_value(&profiles).unwrap_or_default(),
            counts: counts.into_iter().map(|(word, count)| (word.to_owned(), count)).collect(),
            exit_code: verdict.exit_code(),
            text: verdict.to_string(),
        };
        let theirs = &self.header.digests;
        let ids: Vec<&str> = theirs.maps.keys().map(String::as_str).collect();
        // Without digests of its own the program has nothing that is the same.
        let mine = Digests::of(&ids).unwrap_or_default();
        let same = |equal: bool| if equal { Same::Same } else { Same::Other };
        let signature = match (&self.signature, key) {
            (Signature::Good(owner), Some(key)) if owner == key => Signature::Expected(owner.clone()),
            (Signature::Good(owner), Some(_)) => Signature::OtherKey(owner.clone()),
            (found, _) => found.clone(),
        };
        let cases = same(theirs.cases == mine.cases);
        let mut faults = certified(&self.header, &self.records);
        if cases == Same::Same {
            faults.extend(compared(&self.records, &catalogue::cases().unwrap_or_default()));
        }
        Checked {
            target: self.header.target.clone(),
            started: self.started.clone(),
            canonical: self.canonical,
            signature,
            follows: stated == self.stated,
            records: self.records.len(),
            verdict,
            profiles,
            faults,
            cases,
            maps: theirs
                .maps
                .iter()
                .map(|(id, digest)| {
                    let found = mine.maps.get(id).map_or(Same::Unknown, |own| same(own == digest));
                    (id.clone(), found)
                })
                .collect(),
        }
    }
}

/// How many ids a fault names; the rest is a number.
const NAMED: usize = 8;

/// Some ids in words.
fn named(ids: &BTreeSet<&str>) -> String {
    let first: Vec<&str> = ids.iter().take(NAMED).copied().collect();
    let more = ids.len().saturating_sub(NAMED);
    if more == 0 { first.join(", ") } else { format!("{} and {more} more", first.join(", ")) }
}

/// What a report cannot be that says it is of a run with `--certify`, which takes no choice of cases.
fn certified(header: &Header, records: &[Record]) -> Vec<String> {
    if !header.certify {
        return Vec::new();
    }
    let mut faults = Vec::new();
    let mut unless = |right: bool, fault: &str| {
        if !right {
            faults.push(format!("a run for a certificate {fault}"));
        }
    };
    unless(header.writes && header.disruptive, "runs all classes: writes or disruptive is false");
    unless(header.digests.pics.is_some(), "rests on a capability statement: digests.pics is missing");
    unless(
        header.product.as_ref().is_some_and(|p| p.complete()),
        "names its product: product is missing or has \"?\"",
    );
    unless(header.sampled.is_empty(), "samples nothing less than by default: sampled is not empty");
    let loosened = header.waits.map(|waits| waits.loosened());
    unless(loosened.is_some(), "tells how long it waited: waits is missing");
    let loosened = loosened.unwrap_or_default();
    unless(loosened.is_empty(), &format!("is not easier than by default: {}", loosened.join(", ")));
    let left: BTreeSet<&str> =
        records.iter().filter(|r| r.outcome == Outcome::NotRun).map(|r| r.id.as_str()).collect();
    unless(left.is_empty(), &format!("leaves no case out: {}", named(&left)));
    faults
}

/// What differs between the records and the cases of this program: a run has a record of every case, also of those that do
/// not apply, and takes level, class and all words from the case.
fn compared(records: &[Record], cases: &[Case]) -> Vec<String> {
    let known: BTreeMap<&str, &Case> = cases.iter().map(|case| (case.id.as_str(), case)).collect();
    let there: BTreeSet<&str> = records.iter().map(|record| record.id.as_str()).collect();
    let missing: BTreeSet<&str> = known.keys().filter(|id| !there.contains(*id)).copied().collect();
    let equal = |record: &Record, case: &Case| {
        record.title == case.title
            && record.level == case.level
            && record.class == case.class
            && record.clause == case.clause
            && record.expectation == case.expectation
            && record.procedure == case.procedure
    };
    let other: BTreeSet<&str> = records
        .iter()
        .filter(|record| !known.get(record.id.as_str()).is_some_and(|case| equal(record, case)))
        .map(|record| record.id.as_str())
        .collect();
    let mut faults = Vec::new();
    if !missing.is_empty() {
        faults.push(format!("no record of {} of {} cases: {}", missing.len(), known.len(), named(&missing)));
    }
    if !other.is_empty() {
        let what = "level, class, title, clause, expectation or procedure are not those of the case";
        faults.push(format!("{what}: {}", named(&other)));
    }
    faults
}

/// A signature as the suite writes it. It is not signed itself, so that nothing else may stand in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signed {
    key: String,
    value: String,
}

/// Takes the signature out of a document and checks it.
fn signature(document: &mut Value) -> Result<Signature, VerifyError> {
    let Value::Object(members) = document else {
        return Err(VerifyError::Format("no JSON object".into()));
    };
    let Some(signature) = members.remove(json::SIGNATURE) else { return Ok(Signature::Missing) };
    let Ok(Signed { key: owner, value }) = serde_json::from_value(signature) else {
        return Ok(Signature::Bad);
    };
    let good = key::verifies(&owner, &json::canonical(members)?, &value);
    Ok(if good { Signature::Good(owner) } else { Signature::Bad })
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
        for (profile, verdict) in &self.profiles {
            writeln!(f, "profile:   {profile}: {verdict}")?;
        }
        self.faults.iter().try_for_each(|fault| writeln!(f, "records:   FAULT: {fault}"))?;
        let unchecked =
            if self.cases == Same::Same { "" } else { ": whether a record is missing cannot be told" };
        writeln!(f, "cases:     {}{unchecked}", self.cases)?;
        self.maps.iter().try_for_each(|(id, same)| writeln!(f, "map:       {id} {same}"))
    }
}
