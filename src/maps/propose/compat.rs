//! Who breaks: known programs and kinds of users against the changes of a map.

use crate::maps::diff::{Change, Class, Diff, Party};

/// Somebody who uses a map.
struct User {
    name: &'static str,
    party: Party,
    /// Keys that its own table carries; none if it takes the map whole.
    keys: Option<&'static [&'static str]>,
    /// What it has to do when it breaks.
    remedy: &'static str,
}

/// What a table of rackmon says (facebook/openbmc and facebook/fboss, rackmon configurations): addresses of
/// devices, rate, parity, probe register, time handler; of a register begin, length, format, name,
/// precision, scale, shift, sign, endianness, flags. Anything in the frames themselves concerns it as well.
const RACKMON: &[&str] = &[
    "bus.addresses",
    "bus.baud",
    "bus.parity",
    "bus.shared_with",
    "bus.max_read_words",
    "bus.functions",
    "identification.probe",
    "identification.expect",
    "word_order",
    "time_sync.register",
    "time_sync.interval_s",
    "readable_gaps",
    "hosts",
    "device_class",
    "foreign",
    "registers",
    "registers[].name",
    "registers[].address",
    "registers[].words",
    "registers[].type",
    "registers[].order",
    "registers[].scale",
    "registers[].offset",
    "registers[].unit",
    "registers[].access",
    "registers[].bits",
    "registers[].bits[].name",
    "registers[].bits[].bit",
    "registers[].bits[].width",
    "registers[].modality",
    "registers[].condition",
    "registers[].foreign",
];

/// What a device profile of phosphor-modbus says (openbmc/phosphor-modbus, device_profile schema): device
/// type, parity, rate, probe register; of a register name, offset, size, format, precision, scale, shift,
/// sign, type of quantity; of a status register its bits. Addresses of devices come from elsewhere.
const PHOSPHOR: &[&str] = &[
    "bus.baud",
    "bus.parity",
    "bus.functions",
    "bus.max_read_words",
    "identification.probe",
    "identification.expect",
    "word_order",
    "time_sync.register",
    "hosts",
    "device_class",
    "foreign",
    "registers",
    "registers[].name",
    "registers[].address",
    "registers[].words",
    "registers[].type",
    "registers[].order",
    "registers[].scale",
    "registers[].offset",
    "registers[].unit",
    "registers[].access",
    "registers[].bits",
    "registers[].bits[].name",
    "registers[].bits[].bit",
    "registers[].bits[].width",
    "registers[].modality",
    "registers[].condition",
    "registers[].foreign",
];

const REBUILD: &str = "make its table anew from the new map";

const USERS: &[User] = &[
    User { name: "rackmon", party: Party::Pollers, keys: Some(RACKMON), remedy: REBUILD },
    User { name: "phosphor-modbus", party: Party::Pollers, keys: Some(PHOSPHOR), remedy: REBUILD },
    User {
        name: "other pollers with a table of their own",
        party: Party::Pollers,
        keys: None,
        remedy: REBUILD,
    },
    User {
        name: "clients that read",
        party: Party::Readers,
        keys: None,
        remedy: "take the new bindings, and mend what does not build or reads these keys",
    },
    User {
        name: "clients that write",
        party: Party::Writers,
        keys: None,
        remedy: "take the new bindings, and check each write to these registers",
    },
    User {
        name: "firmware of devices",
        party: Party::Devices,
        keys: None,
        remedy: "implement the change before it claims the new version",
    },
];

/// How one user stands towards a change of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It goes wrong until it is changed.
    Breaks,
    /// It goes on, and should know.
    TakesNote,
    /// Nothing changes for it.
    Unaffected,
}

impl Outcome {
    /// The words used in the table.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Breaks => "**breaks**",
            Self::TakesNote => "works; takes note",
            Self::Unaffected => "unaffected",
        }
    }
}

/// One row of the compatibility table.
#[derive(Debug)]
pub struct Use<'d> {
    /// Who.
    pub user: &'static str,
    /// How it stands.
    pub outcome: Outcome,
    /// The changes that concern it; only those that break it if any do.
    pub changes: Vec<&'d Change>,
    /// What it has to do; empty if nothing.
    pub remedy: &'static str,
}

/// The compatibility table of a diff.
pub fn uses(diff: &Diff) -> Vec<Use<'_>> {
    USERS.iter().map(|user| one(user, diff)).collect()
}

fn one<'d>(user: &User, diff: &'d Diff) -> Use<'d> {
    let concerned = |class: Class| -> Vec<&'d Change> {
        diff.of(class)
            .filter(|change| change.parties.contains(&user.party))
            .filter(|change| user.keys.is_none_or(|keys| keys.contains(&change.key.as_str())))
            .collect()
    };
    let breaking = concerned(Class::Breaking);
    if !breaking.is_empty() {
        return Use { user: user.name, outcome: Outcome::Breaks, changes: breaking, remedy: user.remedy };
    }
    let additive = concerned(Class::Additive);
    let outcome = if additive.is_empty() { Outcome::Unaffected } else { Outcome::TakesNote };
    Use { user: user.name, outcome, changes: additive, remedy: "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maps::diff::{Kind, table};

    #[test]
    fn the_keys_of_the_programs_are_rows_of_the_classification() {
        for key in RACKMON.iter().chain(PHOSPHOR) {
            assert!(table::row(Kind::Modbus, key).is_some(), "{key}");
        }
    }

    /// Every breaking change for pollers is either one that both formats carry, or left out here knowingly.
    #[test]
    fn what_the_programs_do_not_carry_is_left_out_knowingly() {
        let left_out = ["bus.max_write_words", "id", "licence", "registers[].limits", "registers[].reset"];
        let not_carried = [
            // They show raw values, symbols, times and readings as they come, and know no sentinel.
            "registers[].not_available",
            "registers[].partial_read",
            "registers[].symbols",
            "registers[].symbols[].value",
            "registers[].update_ms",
            "registers[].applied",
            "registers[].group",
            "registers[].volatility",
            "registers[].readings",
            "registers[].readings[].type",
            "registers[].readings[].scale",
            "registers[].readings[].offset",
            "registers[].readings[].unit",
            // They read no unmapped address.
            "safe_unmapped",
        ];
        for row in table::rows(Kind::Modbus) {
            let breaks =
                |v: &table::Verdict| v.class == Class::Breaking && v.parties.contains(&Party::Pollers);
            if row.verdicts().iter().any(breaks) && !RACKMON.contains(&row.key) {
                assert!(not_carried.contains(&row.key) || left_out.contains(&row.key), "{}", row.key);
            }
        }
    }
}
