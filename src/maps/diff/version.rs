//! Versions of maps, and the step that a change makes due.

use std::fmt;

use serde::Serialize;

use super::change::Class;

/// A semantic version of a map: three numbers, no suffix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(into = "String")]
pub struct Version {
    /// Raised by a breaking change, once it is 1 or more.
    pub major: u16,
    /// Raised by an additive change; while `major` is 0 also by a breaking one.
    pub minor: u16,
    /// Raised by an editorial change.
    pub patch: u16,
}

/// Which number of a version rises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The third.
    Patch,
    /// The second.
    Minor,
    /// The first.
    Major,
}

impl Step {
    /// The word used in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

impl Version {
    /// Reads `major.minor.patch`; none if it is not three plain numbers up to 65535.
    pub fn parse(text: &str) -> Option<Self> {
        let number = |part: &str| {
            let plain =
                part.bytes().all(|b| b.is_ascii_digit()) && (part.len() == 1 || !part.starts_with('0'));
            if plain { part.parse().ok() } else { None }
        };
        let mut parts = text.split('.').map(number);
        let version = Self { major: parts.next()??, minor: parts.next()??, patch: parts.next()?? };
        parts.next().is_none().then_some(version)
    }

    /// The step that a change of this class makes due from this version.
    pub const fn step(self, class: Class) -> Step {
        match (class, self.major) {
            (Class::Editorial, _) => Step::Patch,
            (Class::Breaking, 1..) => Step::Major,
            (Class::Additive | Class::Breaking, _) => Step::Minor,
        }
    }

    /// The smallest version after such a step. At 65535 it stays: no map will get there.
    #[must_use]
    pub const fn after(self, step: Step) -> Self {
        match step {
            Step::Major => Self { major: self.major.saturating_add(1), minor: 0, patch: 0 },
            Step::Minor => Self { major: self.major, minor: self.minor.saturating_add(1), patch: 0 },
            Step::Patch => Self { major: self.major, minor: self.minor, patch: self.patch.saturating_add(1) },
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn only_three_plain_numbers_are_a_version() {
        assert_eq!(version("0.12.3"), Version { major: 0, minor: 12, patch: 3 });
        for wrong in
            ["", "1", "1.2", "1.2.3.4", "1.2.x", "01.2.3", "1.2.+3", "1..3", "1.2.70000", "1.2.3-rc1"]
        {
            assert_eq!(Version::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_step_due_depends_on_the_class_and_on_whether_the_map_is_stable() {
        let due = |from: &str, class| version(from).after(version(from).step(class)).to_string();
        assert_eq!(due("0.3.4", Class::Breaking), "0.4.0");
        assert_eq!(due("0.3.4", Class::Additive), "0.4.0");
        assert_eq!(due("0.3.4", Class::Editorial), "0.3.5");
        assert_eq!(due("1.3.4", Class::Breaking), "2.0.0");
        assert_eq!(due("1.3.4", Class::Additive), "1.4.0");
        assert_eq!(due("1.3.4", Class::Editorial), "1.3.5");
    }
}
