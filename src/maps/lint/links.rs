//! Rules on the links of a register to other interfaces and to the specification.

use super::{Found, Rule, registers};
use crate::maps::model::RegisterMap;

pub(super) fn check(map: &RegisterMap, found: &mut Found) {
    for (at, register) in registers(map) {
        let links = &register.links;
        if let Some(property) = links.redfish.as_deref().filter(|p| !is_property(p)) {
            let message = format!("`{property}` is no `Resource.Property`");
            let mend = "write the schema and the property as Redfish does, for example `Sensor.Reading`";
            found.add(format!("{at}/links/redfish"), Rule::Links, message, mend);
        }
        if let Some(command) = links.pmbus.as_deref().filter(|c| !in_capitals(c, '_')) {
            let message = format!("`{command}` is no name of a PMBus command");
            let mend = "write it as the PMBus specification does, for example `READ_VIN`";
            found.add(format!("{at}/links/pmbus"), Rule::Links, message, mend);
        }
        for (i, id) in links.requirements.iter().enumerate() {
            let number = id.rsplit('-').next().is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()));
            let again = links.requirements.iter().take(i).any(|earlier| earlier == id);
            if !in_capitals(id, '-') || !id.contains('-') || !number || again {
                let message = format!("`{id}` is no identifier of a requirement, or stands here twice");
                let mend = "write each once, in capitals with a number at the end, for example `MOD-08`";
                found.add(format!("{at}/links/requirements/{i}"), Rule::Links, message, mend);
            }
        }
    }
}

/// `Resource.Property`, where the property may be one inside an object.
fn is_property(text: &str) -> bool {
    let word = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_uppercase()) && part.chars().all(|c| c.is_ascii_alphanumeric())
    };
    text.contains('.') && text.split('.').all(word)
}

/// Capitals and digits in parts, none of them empty.
fn in_capitals(text: &str, separator: char) -> bool {
    let part = |p: &str| !p.is_empty() && p.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    text.starts_with(|c: char| c.is_ascii_uppercase()) && text.split(separator).all(part)
}
