//! What an export could not carry.

use std::collections::BTreeMap;
use std::fmt;

/// What a map says and an exported file does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Losses {
    /// What is lost, and the registers it is lost of; the empty list stands for the map itself.
    lost: BTreeMap<String, Vec<String>>,
}

impl Losses {
    /// Something the map says about itself is lost.
    pub fn map(&mut self, what: impl Into<String>) {
        self.lost.entry(what.into()).or_default();
    }

    /// Something the map says about a register is lost.
    pub fn register(&mut self, what: impl Into<String>, register: &str) {
        let registers = self.lost.entry(what.into()).or_default();
        if registers.last().is_none_or(|last| last != register) {
            registers.push(register.to_owned());
        }
    }

    /// Whether nothing is lost.
    pub fn is_empty(&self) -> bool {
        self.lost.is_empty()
    }

    /// What is lost, with the identifiers of the registers it is lost of (none: of the map itself).
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.lost.iter().map(|(what, registers)| (what.as_str(), registers.as_slice()))
    }
}

/// Registers named in one line before the rest is counted.
const NAMED: usize = 6;

impl fmt::Display for Losses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, registers) in self.iter() {
            write!(f, "not in the file: {what}")?;
            if !registers.is_empty() {
                let named: Vec<&str> = registers.iter().take(NAMED).map(String::as_str).collect();
                write!(f, ", of {}", named.join(", "))?;
                if registers.len() > NAMED {
                    write!(f, " and {} more", registers.len() - NAMED)?;
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_names_its_registers_once() {
        let mut losses = Losses::default();
        assert!(losses.is_empty());
        losses.map("`hazards`");
        for i in 0..8 {
            losses.register("`limits`", &format!("r{i}"));
            losses.register("`limits`", &format!("r{i}"));
        }
        assert_eq!(
            losses.to_string(),
            "not in the file: `hazards`\nnot in the file: `limits`, of r0, r1, r2, r3, r4, r5 and 2 more\n"
        );
    }
}
