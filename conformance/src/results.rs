//! Results that vendors hand in, and their check.
//!
//! ```text
//! conformance/results/v0.1/example-shelf6/
//!   product.toml   who, what, and the public key that signed
//!   report.json    as `run --format json --sign` wrote it
//!   junit.xml      as `render --format junit` makes of it
//!   ocptv.jsonl    as `render --format ocptv` makes of it
//!   README.md      how the device was set up, and what a reader should know
//! ```
//!
//! An entry is as good as its report: signed by the key that the product names, unchanged, with the verdict that
//! follows, and the other two files telling the same. Nothing here says that the device was what the entry calls it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::outcome::Verdict;
use crate::profile::{self, Profile};
use crate::report::key::check_public;
use crate::report::verify::{Checked, Handed, LARGEST, Signature};
use crate::report::{Format, rendered};

/// Files of an entry; all of them, and no others.
const FILES: [&str; 5] = ["README.md", "junit.xml", "ocptv.jsonl", "product.toml", "report.json"];
/// Shortest description in words: who reads it should learn how the device was set up.
const LEAST_WORDS: usize = 20;

/// `product.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Who hands it in.
    pub organisation: String,
    /// Name of the product.
    pub product: String,
    /// Version of its firmware, or of its software.
    pub firmware: String,
    /// Is it a simulation? Then no hardware was judged.
    pub simulated: bool,
    /// Where questions go: an address of mail or a URL.
    pub contact: String,
    /// Public key that signed the report, as `keygen` prints it.
    pub key: String,
}

/// One entry and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its folder, below the one that was checked.
    pub folder: PathBuf,
    /// Verdict of its report, if there is one that can be read.
    pub verdict: Option<Verdict>,
    /// Verdict on each profile of the specification that the report names.
    pub profiles: BTreeMap<Profile, Verdict>,
    /// What is wrong, each with its file.
    pub findings: Vec<String>,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.folder.display())?;
        match &self.verdict {
            Some(verdict) => write!(f, "{verdict}")?,
            None => f.write_str("no report")?,
        }
        for (profile, verdict) in &self.profiles {
            write!(f, "\n  profile {profile}: {verdict}")?;
        }
        self.findings.iter().try_for_each(|finding| write!(f, "\n  {finding}"))
    }
}

/// Why results cannot be checked.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {source}")]
pub struct ResultsError {
    path: String,
    source: io::Error,
}

/// Checks each entry below a folder, in order of their names.
///
/// # Errors
/// [`ResultsError`] if the folder cannot be read.
pub fn check(folder: &Path) -> Result<Vec<Entry>, ResultsError> {
    let mut entries = Vec::new();
    for version in folders(folder)? {
        let name = file_name(&version);
        for entry in folders(&version)? {
            let mut checked = Entry {
                folder: entry.strip_prefix(folder).unwrap_or(&entry).to_owned(),
                verdict: None,
                profiles: BTreeMap::new(),
                findings: Vec::new(),
            };
            checked.look(&entry, &name);
            entries.push(checked);
        }
    }
    Ok(entries)
}

/// Folders in a folder, in order of their names.
fn folders(folder: &Path) -> Result<Vec<PathBuf>, ResultsError> {
    let error = |source| ResultsError { path: folder.display().to_string(), source };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(error)? {
        let entry = entry.map_err(error)?;
        if entry.file_type().map_err(error)?.is_dir() {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

impl Entry {
    fn find(&mut self, finding: impl Into<String>) {
        self.findings.push(finding.into());
    }

    fn look(&mut self, folder: &Path, version: &str) {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !file_name(folder).chars().all(plain) || !file_name(folder).contains('-') {
            self.find("name of the folder: write organisation-product, in a to z, 0 to 9 and -");
        }
        self.files(folder);
        let product = self.product(folder);
        match self.read(folder, "README.md") {
            Some(text) if text.split_whitespace().count() < LEAST_WORDS => {
                self.find("README.md: say how the device was set up");
            }
            _ => {}
        }
        let handed = match Handed::open(&folder.join("report.json")) {
            Ok(handed) => handed,
            Err(error) => return self.find(format!("report.json: {error}")),
        };
        let expected =
            format!("v{}", handed.header.suite.rsplit_once('.').map_or("", |(version, _)| version));
        if version != expected {
            self.find(format!(
                "folder {version}: the report is of suite {}: {expected}",
                handed.header.suite
            ));
        }
        if let Some(product) = product {
            let simulated = handed.header.target == "sim";
            if simulated && !product.simulated {
                self.find(
                    "product.toml: simulated: the report is of the built-in simulation, so this is true",
                );
            }
            self.report(&handed.check(Some(&product.key)));
        }
        self.same(folder, "junit.xml", Format::Junit, &handed);
        self.same(folder, "ocptv.jsonl", Format::Ocptv, &handed);
        self.verdict = Some(Verdict::judge(&handed.records, handed.header.strict));
        self.profiles = profile::verdicts(&handed.records, handed.header.strict);
    }

    fn files(&mut self, folder: &Path) {
        let names: BTreeSet<String> = match fs::read_dir(folder) {
            Ok(entries) => entries.filter_map(Result::ok).map(|e| file_name(&e.path())).collect(),
            Err(error) => return self.find(error.to_string()),
        };
        for missing in FILES.iter().filter(|name| !names.contains(**name)) {
            self.find(format!("{missing}: missing"));
        }
        for other in names.iter().filter(|name| !FILES.contains(&name.as_str())) {
            self.find(format!("{other}: does not belong into an entry"));
        }
    }

    /// The text of a file, `None` if it cannot be read: that it is missing was told.
    fn read(&mut self, folder: &Path, name: &str) -> Option<String> {
        let path = folder.join(name);
        let size = fs::metadata(&path).ok()?.len();
        if size > LARGEST {
            self.find(format!("{name}: too large"));
            return None;
        }
        match fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) => {
                self.find(format!("{name}: {error}"));
                None
            }
        }
    }

    fn product(&mut self, folder: &Path) -> Option<Product> {
        let text = self.read(folder, "product.toml")?;
        let product: Product = match toml::from_str(&text) {
            Ok(product) => product,
            Err(error) => {
                self.find(format!("product.toml: {error}"));
                return None;
            }
        };
        let texts = [
            ("organisation", &product.organisation),
            ("product", &product.product),
            ("firmware", &product.firmware),
            ("contact", &product.contact),
        ];
        for (name, _) in texts.iter().filter(|(_, text)| text.trim().is_empty()) {
            self.find(format!("product.toml: {name}: is empty"));
        }
        if let Err(error) = check_public(&product.key) {
            self.find(format!("product.toml: key: {error}"));
        }
        Some(product)
    }

    fn report(&mut self, checked: &Checked) {
        if !checked.canonical {
            self.find("report.json: not as the suite wrote it");
        }
        match &checked.signature {
            Signature::Expected(_) | Signature::Good(_) => {}
            Signature::OtherKey(key) => {
                self.find(format!("report.json: signed by {key}, not by the product's key"))
            }
            Signature::Bad => self.find("report.json: the signature does not fit"),
            Signature::Missing => self.find("report.json: not signed (run with --sign)"),
        }
        if !checked.follows {
            self.find("report.json: its verdict does not follow from its records");
        }
        for fault in &checked.faults {
            self.find(format!("report.json: {fault}"));
        }
    }

    /// Does a file tell what the report does? Times of writing do not count.
    fn same(&mut self, folder: &Path, name: &str, format: Format, handed: &Handed) {
        let Some(text) = self.read(folder, name) else { return };
        let verdict = Verdict::judge(&handed.records, handed.header.strict);
        let made = match rendered(format, &handed.header, &handed.records, &verdict) {
            Ok(made) => made,
            Err(error) => return self.find(format!("{name}: {error}")),
        };
        let made = String::from_utf8_lossy(&made);
        let equal = if format == Format::Ocptv { undated(&text) == undated(&made) } else { text == made };
        if !equal {
            self.find(format!("{name}: not of this report; `dpo-conformance render report.json` makes it"));
        }
    }
}

/// Lines of JSON without their time stamps; a line that is no JSON is `None`.
fn undated(lines: &str) -> Vec<Option<Value>> {
    let undate = |line| {
        let mut value: Value = serde_json::from_str(line).ok()?;
        value.as_object_mut()?.remove("timestamp");
        Some(value)
    };
    lines.lines().map(undate).collect()
}
