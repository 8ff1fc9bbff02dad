//! The semantic lint of PMBus maps.
//!
//! What a command has in common with a register (names, versions, sources, bits, symbols, access) is
//! checked by the rules of registers, on a map that shows the commands as registers ([`shadow`]). The
//! modules here hold what only a command has.

mod block;
mod device;
mod link;
mod number;
mod shadow;
mod standard;
mod transaction;

use std::path::Path;

use super::model::{Command, PmbusMap};
use crate::maps::lint::{File, Found, Rule};

/// Checks a map by itself.
pub(in crate::maps) fn check(map: &PmbusMap, path: &Path, found: &mut Found) {
    shadow::check(map, path, found);
    device::check(map, found);
    for (at, command) in commands(map) {
        transaction::check(map, &at, command, found);
        number::check(&at, command, found);
        block::check(map, &at, command, found);
        standard::check(&at, command, found);
    }
}

/// Checks PMBus maps against the other maps.
pub(in crate::maps) fn across(files: &[File], founds: &mut [Found]) {
    for (i, (file, found)) in files.iter().zip(founds).enumerate() {
        let Some(map) = &file.pmbus else { continue };
        for earlier in files.iter().take(i) {
            let ids = [earlier.map.as_ref().map(|m| &m.id), earlier.pmbus.as_ref().map(|m| &m.id)];
            if ids.contains(&Some(&map.id)) {
                let message = format!("`{}` is also the id of {}", map.id, earlier.path.display());
                found.add("/id", Rule::PmbusDuplicateMap, message, "give each map its own id");
            }
        }
        link::check(map, files, found);
    }
}

/// The commands with their JSON pointers.
fn commands(map: &PmbusMap) -> impl Iterator<Item = (String, &Command)> {
    map.commands.iter().enumerate().map(|(i, c)| (format!("/commands/{i}"), c))
}
