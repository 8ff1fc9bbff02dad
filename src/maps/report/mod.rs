//! What the lint found.

mod sarif;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde_json::{Value, json};

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
    /// Commands in the PMBus maps that could be read.
    pub commands: usize,
    /// Everything found, by file and line.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    /// The rules that were broken, and how often, by code.
    pub fn by_rule(&self) -> BTreeMap<Rule, usize> {
        let mut counts = BTreeMap::new();
        for finding in &self.findings {
            *counts.entry(finding.rule).or_default() += 1;
        }
        counts
    }

    /// The report as JSON: the counts, and each finding with the keys of [`Finding`].
    pub fn to_json(&self) -> Value {
        let findings: Vec<Value> = self
            .findings
            .iter()
            .map(|f| {
                json!({
                    "path": f.path.to_string_lossy(), "line": f.line, "column": f.column, "pointer": f.pointer,
                    "code": f.rule.code(), "rule": f.rule.name(), "message": f.message, "mend": f.mend,
                })
            })
            .collect();
        json!({ "files": self.files, "registers": self.registers, "findings": findings })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        let rules = self.by_rule();
        if rules.len() < self.findings.len() {
            // Which rules, when the list is longer than them.
            for (rule, count) in &rules {
                writeln!(f, "{count:5} {rule}: `dpo registers explain {}`", rule.code())?;
            }
        }
        let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let found = match self.findings.len() {
            0 => "no findings".to_owned(),
            n => count(n, "finding"),
        };
        write!(f, "{}, {}, ", count(self.files, "map"), count(self.registers, "register"))?;
        if self.commands > 0 {
            write!(f, "{}, ", count(self.commands, "command"))?;
        }
        f.write_str(&found)
    }
}
