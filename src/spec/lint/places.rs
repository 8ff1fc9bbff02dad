//! What identifiers may lead to.

use std::collections::{BTreeMap, BTreeSet};

use super::super::book::Book;
use crate::maps::RegisterMap;

/// Registers, flags and what can be satisfied, to look identifiers up in.
pub(in crate::spec) struct Places {
    registers: BTreeSet<String>,
    flags: BTreeSet<String>,
    satisfiable: BTreeSet<String>,
    /// Registers by the modification that they serve.
    modified: BTreeMap<String, Vec<String>>,
}

impl Places {
    pub fn of(book: &Book) -> Self {
        let mut places = Self {
            registers: BTreeSet::new(),
            flags: BTreeSet::new(),
            satisfiable: BTreeSet::new(),
            modified: BTreeMap::new(),
        };
        for map in &book.maps {
            places.take(map);
        }
        let list = &book.modifications;
        places.satisfiable.extend(list.requirements.keys().cloned());
        places.satisfiable.extend(list.modifications.iter().map(|m| m.id.clone()));
        places.satisfiable.extend(book.needs.needs.iter().map(|need| need.id.clone()));
        places.satisfiable.extend(super::all(book).map(|one| one.id.clone()));
        places
    }

    fn take(&mut self, map: &RegisterMap) {
        for register in &map.registers {
            let name = format!("{}/{}", map.id, register.id);
            self.flags.extend(register.bits.iter().map(|bit| format!("{name}.{}", bit.id)));
            for modification in &register.links.requirements {
                self.modified.entry(modification.clone()).or_default().push(name.clone());
            }
            self.registers.insert(name);
        }
    }

    /// Whether there is such a register, or one that begins so.
    pub fn register(&self, name: &str) -> bool {
        match name.strip_suffix('*') {
            Some(begin) => {
                self.registers.range(begin.to_owned()..).next().is_some_and(|r| r.starts_with(begin))
            }
            None => self.registers.contains(name),
        }
    }

    /// Whether there is such a flag.
    pub fn flag(&self, name: &str) -> bool {
        self.flags.contains(name)
    }

    /// Whether that can be satisfied.
    pub fn satisfiable(&self, id: &str) -> bool {
        self.satisfiable.contains(id)
    }

    /// The registers that name a modification, in the order of the maps.
    pub fn of_modification(&self, id: &str) -> impl Iterator<Item = &str> {
        self.modified.get(id).into_iter().flatten().map(String::as_str)
    }
}
