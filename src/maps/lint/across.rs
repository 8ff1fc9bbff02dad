//! Rules between maps.

use super::Checked;
use crate::maps::model::RegisterMap;
use crate::maps::report::{Finding, Rule};

pub(super) fn check(maps: &[Checked], findings: &mut Vec<Finding>) {
    for (i, later) in maps.iter().enumerate() {
        for earlier in maps.iter().take(i) {
            let mut add = |pointer: String, rule, message: String, mend: &str| {
                let (line, column) = later.places.place(&pointer);
                let path = later.path.clone();
                findings.push(Finding { path, pointer, line, column, rule, message, mend: mend.to_owned() });
            };
            if later.map.id == earlier.map.id {
                let message = format!("`{}` is also the id of {}", later.map.id, earlier.path.display());
                add("/id".to_owned(), Rule::DuplicateMap, message, "give each map its own id");
                continue;
            }
            if declared(&later.map, &earlier.map) || declared(&earlier.map, &later.map) {
                continue;
            }
            for (at, range) in later.map.bus.addresses.iter().enumerate() {
                for other in &earlier.map.bus.addresses {
                    let (first, last) = (range.first.max(other.first), range.last.min(other.last));
                    if first <= last {
                        let message = format!("{first} to {last} also belongs to {}", earlier.path.display());
                        let mend = "move a range, or declare it: `bus.shared_with` for other devices, `hosts` for a block";
                        add(format!("/bus/addresses/{at}"), Rule::SharedUnit, message, mend);
                    }
                }
            }
        }
    }
}

/// Whether `map` says that it shares Modbus addresses with `other`.
fn declared(map: &RegisterMap, other: &RegisterMap) -> bool {
    map.bus.shared_with.contains(&other.id) || map.hosts.contains(&other.id)
}
