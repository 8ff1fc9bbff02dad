//! What an export could not carry.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::maps::model::{Register, RegisterMap};

/// What a map says and an exported file does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Losses {
    /// What is lost of the map itself.
    map: Vec<String>,
    /// What is lost of registers, with their identifiers in the order of the map.
    registers: BTreeMap<String, Vec<String>>,
    /// Registers of the map.
    total: usize,
}

impl Losses {
    pub(super) fn new(map: &RegisterMap) -> Self {
        Self { total: map.registers.len(), ..Self::default() }
    }

    /// Something that the map says about itself is lost.
    pub(super) fn map(&mut self, what: impl Into<String>) {
        self.map.push(what.into());
    }

    /// Something that the map says about a register is lost.
    pub(super) fn register(&mut self, what: impl Into<String>, register: &Register) {
        let registers = self.registers.entry(what.into()).or_default();
        if registers.last().is_none_or(|last| *last != register.id) {
            registers.push(register.id.clone());
        }
    }

    /// Every key that the map has and that is not among those that the target `holds`. Keys that the model
    /// gets later are lost until an exporter says otherwise. `own` is the format's name in `foreign`.
    pub(super) fn map_rest(&mut self, map: &RegisterMap, own: &str, holds: &[&str]) {
        for key in rest(map, own, holds).into_iter().filter(|key| key != "registers") {
            self.map(format!("`{key}`"));
        }
    }

    /// As [`Self::map_rest`], of a register.
    pub(super) fn register_rest(&mut self, register: &Register, own: &str, holds: &[&str]) {
        for key in rest(register, own, holds) {
            self.register(format!("`{key}`"), register);
        }
    }

    /// Whether nothing is lost.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty() && self.registers.is_empty()
    }

    /// What is lost of the map itself.
    pub fn of_map(&self) -> impl Iterator<Item = &str> {
        self.map.iter().map(String::as_str)
    }

    /// What is lost of registers, with their identifiers.
    pub fn of_registers(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.registers.iter().map(|(what, registers)| (what.as_str(), registers.as_slice()))
    }
}

/// The keys that a value has besides those held, by name; what `foreign` holds for other formats counts,
/// what it holds for `own` does not.
fn rest<T: Serialize>(value: &T, own: &str, holds: &[&str]) -> Vec<String> {
    let Ok(Value::Object(object)) = serde_json::to_value(value) else { return Vec::new() };
    let mut keys: Vec<String> = object
        .iter()
        .filter(|(key, _)| !holds.contains(&key.as_str()))
        .flat_map(|(key, value)| match (key.as_str(), value) {
            ("foreign", Value::Object(formats)) => {
                formats.keys().filter(|f| *f != own).map(|f| format!("foreign.{f}")).collect()
            }
            _ => vec![key.clone()],
        })
        .collect();
    keys.sort();
    keys
}

/// Registers named in one line before the rest is counted.
const NAMED: usize = 6;

impl fmt::Display for Losses {
    /// A line for what is lost of the map, and one for each thing that is lost of registers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.map.is_empty() {
            writeln!(f, "not in the file: {} of the map", self.map.join(", "))?;
        }
        let everywhere = |registers: &[String]| registers.len() == self.total && self.total > 1;
        let all: Vec<&str> =
            self.of_registers().filter(|(_, r)| everywhere(r)).map(|(what, _)| what).collect();
        if !all.is_empty() {
            writeln!(f, "not in the file: {} of every register", all.join(", "))?;
        }
        for (what, registers) in self.of_registers().filter(|(_, r)| !everywhere(r)) {
            let named: Vec<&str> = registers.iter().take(NAMED).map(String::as_str).collect();
            write!(f, "not in the file: {what} of {}", named.join(", "))?;
            if registers.len() > NAMED {
                write!(f, " and {} more", registers.len() - NAMED)?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maps::export::tests::full_map;

    #[test]
    fn a_loss_names_its_registers_once() {
        let map = full_map();
        let mut losses = Losses::new(&map);
        assert!(losses.is_empty());
        losses.map("`hazards`");
        for register in map.registers.iter().take(7) {
            losses.register("`limits`", register);
            losses.register("`limits`", register);
        }
        for register in &map.registers {
            losses.register("`since`", register);
        }
        assert_eq!(
            losses.to_string(),
            "not in the file: `hazards` of the map\n\
             not in the file: `since` of every register\n\
             not in the file: `limits` of model, settings, setpoint, state, clock, flow and 1 more\n"
        );
    }

    #[test]
    fn whatever_an_exporter_does_not_claim_is_lost() {
        let map = full_map();
        let mut losses = Losses::new(&map);
        losses.map_rest(&map, "rackmon", &["id", "title", "version"]);
        let lost: Vec<_> = losses.of_map().collect();
        assert!(
            lost.contains(&"`hazards`") && lost.contains(&"`bus`") && !lost.contains(&"`id`"),
            "{lost:?}"
        );
        assert!(!lost.iter().any(|key| key.contains("foreign") || key.contains("registers")), "{lost:?}");
        losses.map_rest(&map, "phosphor", &[]);
        assert!(losses.of_map().any(|key| key == "`foreign.rackmon`"));
    }
}
