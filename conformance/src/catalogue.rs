//! The cases: embedded feature files, their tags, and the parser that feeds them to cucumber.

use std::fmt;
use std::path::PathBuf;

use cucumber::gherkin::{self, Feature, GherkinEnv, Scenario};
use cucumber::{cli, parser};
use futures::stream;
use include_dir::{Dir, include_dir};
use serde::{Deserialize, Serialize};

static FEATURES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/features");

/// Requirement level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// A device that fails does not conform.
    Must,
    /// Reported, but does not change the verdict.
    Should,
}

/// What a case does to the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Class {
    /// Reads only.
    R,
    /// A write that the device must refuse.
    N,
    /// Writes and restores.
    W,
    /// Disruptive.
    D,
    /// Needs an instrument on the line.
    T,
}

impl Class {
    /// The letter.
    pub const fn letter(self) -> char {
        match self {
            Self::R => 'R',
            Self::N => 'N',
            Self::W => 'W',
            Self::D => 'D',
            Self::T => 'T',
        }
    }
}

/// What a case is applied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Each device, on each link.
    Device,
    /// Each device on a serial line.
    SerialDevice,
    /// Each TCP link, once.
    TcpLink,
    /// Each server of Modbus/TCP Security.
    Secure,
    /// Each device, once.
    Map,
    /// Each DPO block of a gateway, once.
    Block,
    /// Each PMBus device.
    Pmbus,
    /// Each Redfish service.
    Service,
    /// A Redfish service and Modbus of the same shelf, together.
    Shelf,
    /// A shelf behind an AC source.
    Ride,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Case {
    /// Permanent id, for example `MB-PDU-003`.
    pub id: String,
    /// Title.
    pub title: String,
    /// Requirement level.
    pub level: Level,
    /// Class.
    pub class: Class,
    /// Clauses, for example `AP 6.3, AP 7`.
    pub clause: String,
    /// What it is applied to.
    pub scope: Scope,
    /// Properties of the device without which the case does not apply.
    pub needs: Vec<String>,
    /// What is expected, in a sentence.
    pub expectation: String,
    /// The procedure.
    pub procedure: Vec<String>,
    /// Feature file.
    pub feature: String,
}

/// A fault of the feature files.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CatalogueError {
    /// Gherkin could not be read.
    #[error("features/{file}: {reason}")]
    Syntax {
        /// Feature file.
        file: String,
        /// The parser's words.
        reason: String,
    },
    /// Tags are missing or unknown.
    #[error("features/{file}: scenario \"{scenario}\": {reason}")]
    Tags {
        /// Feature file.
        file: String,
        /// Name of the scenario.
        scenario: String,
        /// What is wrong.
        reason: String,
    },
}

/// The embedded feature files: path and text, sorted by path.
///
/// # Errors
/// [`CatalogueError::Syntax`] for a file that is not UTF-8.
pub fn texts() -> Result<Vec<(String, &'static str)>, CatalogueError> {
    let mut files: Vec<_> = FEATURES.dirs().flat_map(Dir::files).collect();
    files.sort_by_key(|file| file.path());
    files
        .into_iter()
        .map(|file| {
            let path = file.path().display().to_string();
            match file.contents_utf8() {
                Some(text) => Ok((path, text)),
                None => Err(CatalogueError::Syntax { file: path, reason: "not UTF-8".into() }),
            }
        })
        .collect()
}

/// The embedded features, sorted by path.
///
/// # Errors
/// [`CatalogueError::Syntax`].
pub fn features() -> Result<Vec<Feature>, CatalogueError> {
    texts()?
        .into_iter()
        .map(|(file, text)| match Feature::parse(text, GherkinEnv::default()) {
            Ok(mut feature) => {
                feature.path = Some(PathBuf::from(file));
                Ok(feature)
            }
            Err(error) => Err(CatalogueError::Syntax { file, reason: format!("{error:?}") }),
        })
        .collect()
}

/// All cases, in the order of the feature files.
///
/// # Errors
/// [`CatalogueError`].
pub fn cases() -> Result<Vec<Case>, CatalogueError> {
    let mut cases = Vec::new();
    for feature in features()? {
        let file = feature.path.as_deref().map(|p| p.display().to_string()).unwrap_or_default();
        for scenario in &feature.scenarios {
            cases.push(Case::read(&file, scenario)?);
        }
    }
    Ok(cases)
}

/// The id in the tags of a scenario.
pub fn scenario_id(scenario: &Scenario) -> Option<&str> {
    scenario.tags.iter().map(String::as_str).find(|tag| group_scope(tag).is_some())
}

fn group_scope(id: &str) -> Option<Scope> {
    let (group, number) = id.rsplit_once('-')?;
    if number.len() != 3 || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(match group {
        "MB-PDU" => Scope::Device,
        "MB-RTU" => Scope::SerialDevice,
        "MB-TCP" => Scope::TcpLink,
        "MB-SEC" => Scope::Secure,
        "MAP" => Scope::Map,
        "DPO-LSE" | "DPO-COM" | "DPO-FSF" | "DPO-EVT" | "DPO-WRT" | "DPO-STA" | "DPO-BLK" => Scope::Block,
        "PM-XP" | "PM-CMD" => Scope::Pmbus,
        "RF" => Scope::Service,
        "XIF" => Scope::Shelf,
        "RIDE" => Scope::Ride,
        _ => return None,
    })
}

impl Case {
    fn read(file: &str, scenario: &Scenario) -> Result<Self, CatalogueError> {
        let fault = |reason: &str| CatalogueError::Tags {
            file: file.to_owned(),
            scenario: scenario.name.clone(),
            reason: reason.to_owned(),
        };
        let (mut id, mut level, mut class) = (None, None, None);
        let (mut clauses, mut needs) = (Vec::new(), Vec::new());
        for tag in &scenario.tags {
            match (tag.as_str(), tag.split_once(':')) {
                ("MUST", _) => level = Some(Level::Must),
                ("SHOULD", _) => level = Some(Level::Should),
                ("R", _) => class = Some(Class::R),
                ("N", _) => class = Some(Class::N),
                ("W", _) => class = Some(Class::W),
                ("D", _) => class = Some(Class::D),
                ("T", _) => class = Some(Class::T),
                ("DPO" | "MAP", _) => clauses.push(tag.clone()),
                (_, Some(("needs", what))) => needs.push(what.to_owned()),
                (
                    _,
                    Some((
                        document @ ("AP" | "SL" | "TG" | "TS" | "P1" | "P2" | "SM" | "RF" | "GC" | "DPO"),
                        clause,
                    )),
                ) => {
                    clauses.push(format!("{document} {clause}"));
                }
                (other, _) => match group_scope(other) {
                    Some(scope) if id.is_none() => id = Some((other.to_owned(), scope)),
                    _ => return Err(fault(&format!("unknown tag @{other}"))),
                },
            }
        }
        let (id, scope) = id.ok_or_else(|| fault("no tag with the id"))?;
        let title = scenario.name.strip_prefix(&id).map(str::trim);
        let title = title.ok_or_else(|| fault("the name must start with the id"))?.to_owned();
        let expectation = scenario.description.clone().unwrap_or_default();
        let expectation = expectation.split_whitespace().collect::<Vec<_>>().join(" ");
        if expectation.is_empty() || clauses.is_empty() {
            return Err(fault("expectation or clause is missing"));
        }
        Ok(Self {
            id,
            title,
            level: level.ok_or_else(|| fault("no level"))?,
            class: class.ok_or_else(|| fault("no class"))?,
            clause: clauses.join(", "),
            scope,
            needs,
            expectation,
            procedure: scenario.steps.iter().map(|s| format!("{} {}", s.keyword.trim(), s.value)).collect(),
            feature: file.to_owned(),
        })
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = if self.level == Level::Must { "MUST" } else { "SHOULD" };
        write!(f, "{} {level} {} {}", self.id, self.class.letter(), self.clause)
    }
}

/// Feeds the embedded features to cucumber.
pub(crate) struct EmbeddedFeatures;

impl parser::Parser<()> for EmbeddedFeatures {
    type Cli = cli::Empty;
    type Output = stream::Iter<std::vec::IntoIter<parser::Result<Feature>>>;

    fn parse(self, (): (), _: cli::Empty) -> Self::Output {
        // Syntax was checked by `cases`, which every run calls first.
        let features = features().unwrap_or_default();
        stream::iter(features.into_iter().map(Ok).collect::<Vec<_>>())
    }
}

/// Position of the first line of a scenario, for messages.
pub(crate) fn place(feature: &Feature, scenario: &gherkin::Scenario) -> String {
    let file = feature.path.as_deref().map(|p| p.display().to_string()).unwrap_or_default();
    format!("features/{file}:{}", scenario.position.line)
}
