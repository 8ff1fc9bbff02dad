//! The cases of the conformance suite: those it has, and those of the catalogue that are still to come.

use std::collections::BTreeMap;

/// Where the suite lists its cases.
pub(super) const GOLDEN: &str = "conformance/cases.golden";
/// Where the cases stand that the catalogue has and the suite not yet.
pub(super) const PLANNED: &str = "spec/requirements/planned-cases.txt";

/// The level of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Decides about conformance.
    Must,
    /// Is reported only.
    Should,
}

/// One line of a list: identifier, level, class and clauses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Case {
    pub level: Level,
    pub planned: bool,
    line: String,
}

/// All cases by identifier.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cases(BTreeMap<String, Case>);

impl Cases {
    /// Reads the list of the suite and that of the catalogue; what the suite has is not planned any more.
    ///
    /// # Errors
    /// A message with file and line for a line that is no case.
    pub fn parse(golden: &str, planned: &str) -> Result<Self, String> {
        let mut cases = BTreeMap::new();
        for (file, text, planned) in [(PLANNED, planned, true), (GOLDEN, golden, false)] {
            for (number, line) in text.lines().enumerate() {
                let line = line.trim();
                if line.is_empty() || line.starts_with('#') {
                    continue;
                }
                let wrong =
                    || format!("{file}:{}: `{line}` is not `ID MUST|SHOULD CLASS CLAUSES`", number + 1);
                let mut words = line.split_whitespace();
                let id = words.next().ok_or_else(wrong)?;
                let level = match words.next() {
                    Some("MUST") => Level::Must,
                    Some("SHOULD") => Level::Should,
                    _ => return Err(wrong()),
                };
                cases.insert(id.to_owned(), Case { level, planned, line: line.to_owned() });
            }
        }
        Ok(Self(cases))
    }

    pub(super) fn get(&self, id: &str) -> Option<&Case> {
        self.0.get(id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Case)> {
        self.0.iter().map(|(id, case)| (id.as_str(), case))
    }

    /// How many the suite has, and how many are still to come.
    pub fn counts(&self) -> (usize, usize) {
        let planned = self.0.values().filter(|case| case.planned).count();
        (self.0.len() - planned, planned)
    }

    /// The list of those to come as it is to stand in its file; `before` gives its head.
    pub(super) fn planned_text(&self, before: &str) -> String {
        let head = before.lines().take_while(|line| line.starts_with('#'));
        let rest = self.0.values().filter(|case| case.planned).map(|case| case.line.as_str());
        head.chain(rest).fold(String::new(), |text, line| text + line + "\n")
    }
}
