//! What one change of a map is: its class, who is concerned, and both sides of it.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// How much a change asks of those who use a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// No byte on the bus and no name in code changes.
    Editorial,
    /// Who was right by the old map stays right, or is refused in the way it is refused today; something
    /// new may be used.
    Additive,
    /// Somebody who was right by the old map can be wrong by the new one.
    Breaking,
}

impl Class {
    /// The word used in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Editorial => "editorial",
            Self::Additive => "additive",
            Self::Breaking => "breaking",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Who uses a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// Clients that read and understand values.
    Readers,
    /// Clients that write.
    Writers,
    /// Programs that poll by a table of their own made from the map, such as rackmon and phosphor-modbus.
    Pollers,
    /// Firmware that implements the map.
    Devices,
}

impl Party {
    /// Every party.
    pub const ALL: [Self; 4] = [Self::Readers, Self::Writers, Self::Pollers, Self::Devices];

    /// The word used in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Readers => "readers",
            Self::Writers => "writers",
            Self::Pollers => "pollers",
            Self::Devices => "devices",
        }
    }
}

/// What happened to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It has another value.
    Changed,
    /// The same items stand in another order.
    Reordered,
}

impl What {
    /// The word used in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Reordered => "reordered",
        }
    }
}

/// Where a value stands in one of the two maps, and the value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Side {
    /// JSON pointer.
    pub pointer: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The value.
    pub value: Value,
}

/// One change between two versions of a map.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// How much it asks of those who use the map.
    pub class: Class,
    /// What happened.
    pub what: What,
    /// Identifier of the register or command; none for what concerns the whole map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Row of the classification, for example `registers[].scale`.
    pub key: String,
    /// The value before; none if it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Side>,
    /// The value after; none if it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Side>,
    /// Who breaks (breaking), or who should take note (otherwise).
    pub parties: Vec<Party>,
    /// Which case of the classification applies.
    pub case: &'static str,
    /// Why it has this class.
    pub why: &'static str,
    /// What a person must judge, because a program cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<&'static str>,
    /// What would make the change milder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Change {
    /// The side a reader looks at first: the new one, or the old one of what is gone.
    pub fn side(&self) -> Option<&Side> {
        self.new.as_ref().or(self.old.as_ref())
    }

    /// The parties as words.
    pub fn party_words(&self) -> String {
        self.parties.iter().map(|p| p.word()).collect::<Vec<_>>().join(", ")
    }
}
