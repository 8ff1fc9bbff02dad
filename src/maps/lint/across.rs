//! Rules between maps.

use super::{File, Found, Rule};
use crate::maps::model::RegisterMap;

pub(super) fn check(files: &[File], founds: &mut [Found]) {
    for (i, (file, found)) in files.iter().zip(founds).enumerate() {
        let Some(map) = &file.map else { continue };
        for earlier in files.iter().take(i) {
            let Some(other) = &earlier.map else { continue };
            if map.id == other.id {
                let message = format!("`{}` is also the id of {}", map.id, earlier.path.display());
                found.add("/id", Rule::DuplicateMap, message, "give each map its own id");
            } else if !declared(map, other) && !declared(other, map) {
                units(map, other, earlier, found);
            }
        }
    }
}

/// Modbus addresses that two maps claim.
fn units(map: &RegisterMap, other: &RegisterMap, file: &File, found: &mut Found) {
    for (at, range) in map.bus.addresses.iter().enumerate() {
        for other in &other.bus.addresses {
            let (first, last) = (range.first.max(other.first), range.last.min(other.last));
            if first <= last {
                let message = format!("{first} to {last} also belongs to {}", file.path.display());
                let mend =
                    "move a range, or declare it: `bus.shared_with` for other devices, `hosts` for a block";
                found.add(format!("/bus/addresses/{at}"), Rule::SharedUnit, message, mend);
            }
        }
    }
}

/// Whether `map` says that it shares Modbus addresses with `other`: as another device, or as a block in it
/// or beside it.
fn declared(map: &RegisterMap, other: &RegisterMap) -> bool {
    map.bus.shared_with.contains(&other.id)
        || map.hosts.contains(&other.id)
        || map.hosts.iter().any(|host| other.hosts.contains(host))
}
