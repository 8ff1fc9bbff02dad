//! What the lint found.

use std::fmt;
use std::path::PathBuf;

use super::lint::Rule;

/// One breach of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub path: PathBuf,
    /// JSON pointer of the place.
    pub pointer: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The rule.
    pub rule: Rule,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub mend: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, pointer, line, column, rule, message, mend } = self;
        write!(f, "{}:{line}:{column}: {rule} at #{pointer}: {message}\n  mend: {mend}", path.display())
    }
}

/// The outcome of a lint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Files looked at.
    pub files: usize,
    /// Registers in the maps that could be read.
    pub registers: usize,
    /// Everything found, by file and line.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let found = match self.findings.len() {
            0 => "no findings".to_owned(),
            n => count(n, "finding"),
        };
        write!(f, "{}, {}, {found}", count(self.files, "map"), count(self.registers, "register"))
    }
}
