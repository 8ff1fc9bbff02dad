//! Requirements and modifications as they stand in `spec/`. Unknown keys are errors.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A file of `spec/requirements/`: requirements on one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Path or URI of the JSON Schema, for editors.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Middle part of the identifiers, for example `LSE`.
    #[schemars(regex(pattern = "^[A-Z]{3}$"))]
    pub prefix: String,
    /// What the group is about.
    pub title: String,
    /// The requirements, by their numbers.
    pub requirements: Vec<Requirement>,
}

/// One requirement of the specification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Permanent identifier, never used again: `REQ-`, the prefix of the group, a number.
    #[schemars(regex(pattern = "^REQ-[A-Z]{3}-[0-9]{2}$"))]
    pub id: String,
    /// The sentence: one, with the keyword of the level in it once.
    pub text: String,
    /// How binding it is.
    pub level: Level,
    /// What kind of requirement it is: the column Type of the matrix.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// What must be claimed for it to apply: a flag as `map/register.bit`, or a profile in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Where it comes from: a file of this repository, or a clause of a document by its key.
    pub source: Vec<String>,
    /// What it serves: modifications, needs of grids, other requirements.
    pub satisfies: Vec<String>,
    /// Registers that it is about, as `map/register`; `*` at the end stands for any rest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub registers: Vec<String>,
    /// How it is verified.
    #[serde(default, skip_serializing_if = "Verification::is_empty")]
    pub verification: Verification,
    /// How far the reference implementation does it.
    pub status: Status,
    /// What a reader must know about the status; needed unless it is `implemented`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How a requirement is verified.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    /// Cases of the conformance suite, those of the catalogue that are still to come included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<String>,
    /// Tests of the reference implementation, as `path/of/file.rs::name`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<String>,
    /// A file that shows it by computing or simulating.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub analysis: Vec<String>,
    /// A file, or what a person looks at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inspection: Vec<String>,
    /// A command that shows it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub demonstration: Vec<String>,
}

impl Verification {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How binding a requirement is, by the words of OCP's specification template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A requirement.
    Shall,
    /// A recommendation.
    Should,
    /// An option.
    May,
}

impl Level {
    /// The keyword.
    pub fn word(self) -> &'static str {
        match self {
            Self::Shall => "shall",
            Self::Should => "should",
            Self::May => "may",
        }
    }

    /// The column Modality of the matrix.
    pub fn modality(self) -> &'static str {
        match self {
            Self::Shall => "Mandatory",
            Self::Should => "Recommended",
            Self::May => "Optional",
        }
    }
}

/// What kind of requirement it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What a gateway or a device does.
    Functional,
    /// What crosses an interface, bit for bit.
    Interface,
    /// How fast.
    Timing,
    /// Against harm to the rack and to people.
    Safety,
    /// Against those who may not.
    Security,
    /// What a claim of conformance needs.
    Compliance,
}

impl Kind {
    /// The word of the matrix.
    pub fn word(self) -> &'static str {
        match self {
            Self::Functional => "Functional",
            Self::Interface => "Interface",
            Self::Timing => "Timing",
            Self::Safety => "Safety",
            Self::Security => "Security",
            Self::Compliance => "Compliance",
        }
    }
}

/// How far the reference implementation does what a requirement says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As it is written.
    Implemented,
    /// In part; the note says which.
    Partial,
    /// By a simulated device only: no device that could do it is known.
    Simulated,
    /// Not yet.
    Open,
}

impl Status {
    /// The word that a reader sees.
    pub fn word(self) -> &'static str {
        match self {
            Self::Implemented => "implemented",
            Self::Partial => "partial",
            Self::Simulated => "simulated",
            Self::Open => "open",
        }
    }
}

/// `spec/modifications.json`: what would have to change in documents of others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Modifications {
    /// What the list is.
    pub title: String,
    /// How far it has come, and whose it is.
    pub status: String,
    /// The needs of grids, by their short names.
    pub requirements: BTreeMap<String, String>,
    /// The documents that are modified.
    pub documents: Vec<Document>,
    /// The modifications.
    pub modifications: Vec<Modification>,
}

/// A document that is modified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Its name.
    pub document: String,
    /// Its version.
    pub version: String,
    /// What of it was known when the list was written.
    pub known: String,
}

/// One modification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Modification {
    /// Permanent identifier.
    pub id: String,
    /// Document that it changes; one of `documents`.
    pub document: String,
    /// Version of it.
    pub version: String,
    /// The clause, as far as known.
    pub clause: Option<String>,
    /// Whether the clause was seen in the document itself.
    pub clause_confirmed: bool,
    /// What it is about, as a sentence without its full stop.
    pub title: String,
    /// What the document, or a device after it, does today.
    pub today: String,
    /// What it should say.
    pub change: String,
    /// The needs of grids behind it.
    pub requirements: Vec<String>,
    /// Why those needs ask for it.
    pub why: String,
    /// Clauses of grid codes that state those needs, as `ercot-nogrr282@2026-02 voltage`: code, version and clause of
    /// `spec/grid-codes`, which says how sure each is.
    pub grid_clauses: Vec<String>,
    /// Cases that would show it, or show what stands in for it.
    pub cases: Vec<String>,
    /// Files that show what it brings, with what they show.
    pub evidence: Vec<Evidence>,
    /// How far the reference implementation and the simulation have it.
    pub status: String,
}

/// A file that shows something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Path from the root of the repository.
    pub path: String,
    /// What stands there.
    pub shows: String,
}

/// `spec/references.json`: the documents that requirements and chapters refer to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct References {
    /// The documents, in the order of the list.
    pub references: Vec<Reference>,
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Short name, with which a source begins.
    pub key: String,
    /// Who publishes it.
    pub publisher: String,
    /// Number, edition and year.
    pub designation: String,
    /// Full title.
    pub title: String,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What is to be known about it, for example that its text was not at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// `spec/needs.json`: what users of the specification need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Needs {
    /// The needs.
    pub needs: Vec<Need>,
}

/// One need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// Permanent identifier.
    #[schemars(regex(pattern = "^NEED-[0-9]{2}$"))]
    pub id: String,
    /// Who has it.
    pub who: String,
    /// What it is.
    pub text: String,
}
