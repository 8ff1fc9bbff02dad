//! The parts of a draft that no source states.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use serde_json::{Map, Value};

use super::Source;
use crate::maps::model::{
    Access, BaseDocument, BusParameters, Change, Confidence, DeviceClass, Expect, Identification, Kind,
    Links, Modality, Parity, PollClass, Rational, Register, RegisterMap, Relation, Source as Origin,
    Volatility, WordOrder,
};

/// Key of the imported file among the sources of the draft.
const ORIGIN: &str = "IMPORT";
/// Version of a draft.
const VERSION: &str = "0.1.0";

/// A map without registers. Its bus and identification are filled by the importer.
pub(super) fn map(path: &Path, format: Source, id: String, title: String, date: &str) -> RegisterMap {
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    RegisterMap {
        schema: None,
        id,
        title,
        version: VERSION.to_owned(),
        device_class: DeviceClass::Other,
        base: BaseDocument { document: file.clone(), clause: None, relation: Relation::Restates },
        // SPDX for "nobody has said": the licence of the source is for the one who publishes the map.
        licence: "NOASSERTION".to_owned(),
        sources: vec![Origin {
            key: ORIGIN.to_owned(),
            title: format!("{file}, imported from {format}"),
            uri: None,
        }],
        changelog: vec![Change {
            version: VERSION.to_owned(),
            date: date.to_owned(),
            text: format!("Imported from {format}; a draft that nobody has checked."),
        }],
        bus: BusParameters {
            baud: Vec::new(),
            parity: Parity::Even,
            addresses: Vec::new(),
            shared_with: Vec::new(),
            max_read_words: 120,
            max_write_words: 123,
            functions: vec![3],
        },
        identification: Identification { probe: String::new(), expect: Expect::AsciiText },
        word_order: WordOrder::BigEndian,
        time_sync: None,
        hosts: Vec::new(),
        avoid: Vec::new(),
        safe_unmapped: Vec::new(),
        readable_gaps: Vec::new(),
        hazards: Vec::new(),
        foreign: BTreeMap::new(),
        registers: Vec::new(),
    }
}

/// A register of which only name, place and type are known.
pub(super) fn register(id: String, name: String, address: u16, words: u16, kind: Kind) -> Register {
    let constant = kind == Kind::Text;
    Register {
        id,
        name,
        description: "Not described by the source.".to_owned(),
        address,
        words,
        kind,
        order: None,
        scale: Rational::one(),
        offset: Rational::zero(),
        unit: None,
        access: Access::Ro,
        limits: None,
        bits: Vec::new(),
        symbols: Vec::new(),
        reset: None,
        volatility: if constant { Volatility::Constant } else { Volatility::Volatile },
        poll: if constant { PollClass::Static } else { PollClass::Slow },
        update_ms: None,
        partial_read: None,
        settle_ms: None,
        group: None,
        commit: None,
        applied: None,
        bad_write: None,
        not_available: None,
        unlock: None,
        safety: None,
        modality: Modality::Optional,
        condition: None,
        since: VERSION.to_owned(),
        deprecated: None,
        replaced_by: None,
        source: vec![ORIGIN.to_owned()],
        confidence: Confidence::Inferred,
        readings: Vec::new(),
        notes: vec![
            "Imported. The source does not state access, limits, volatility and modality; they are placeholders."
                .to_owned(),
        ],
        links: Links::default(),
        foreign: BTreeMap::new(),
    }
}

/// Says that the register is written, which the source implies without saying what a write can do.
pub(super) fn written(register: &mut Register, why: &str) {
    register.access = Access::Rw;
    register.volatility = Volatility::Setting;
    register.poll = PollClass::OnDemand;
    register.notes.push(format!("{why} Whether it can be read, and what a write can do, is not stated."));
}

/// Keeps something for the format, unless there is nothing to keep.
pub(super) fn keep(foreign: &mut BTreeMap<String, Value>, format: Source, kept: Map<String, Value>) {
    if !kept.is_empty() {
        foreign.insert(format.name().to_owned(), Value::Object(kept));
    }
}

/// Identifiers that are unique in their scope.
#[derive(Default)]
pub(super) struct Ids(HashSet<String>);

impl Ids {
    /// An identifier made from a name: lower case, words joined by `_`, `other` put behind it (then numbers)
    /// if another name has given the same.
    pub(super) fn unique(&mut self, name: &str, other: &str) -> String {
        let first = slug(name, '_');
        let second = format!("{first}_{other}");
        let mut id = first;
        let mut tries = 1;
        while !self.0.insert(id.clone()) {
            id = if tries == 1 { second.clone() } else { format!("{second}_{tries}") };
            tries += 1;
        }
        id
    }
}

/// A name as an identifier: ASCII letters and digits in lower case, everything else one `joint`; a name
/// that does not begin with a letter gets an `x` in front.
pub(super) fn slug(name: &str, joint: char) -> String {
    let mut id = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            id.push(c.to_ascii_lowercase());
        } else if !id.is_empty() && !id.ends_with(joint) {
            id.push(joint);
        }
    }
    let id = id.trim_end_matches(joint);
    if id.starts_with(|c: char| c.is_ascii_lowercase()) { id.to_owned() } else { format!("x{id}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_identifiers() {
        assert_eq!(slug("PSU FB Part #", '_'), "psu_fb_part");
        assert_eq!(slug("  12V -- out", '_'), "x12v_out");
        assert_eq!(slug("ORV3_PSU", '-'), "orv3-psu");
        assert_eq!(slug("", '_'), "x");
        let mut ids = Ids::default();
        assert_eq!(ids.unique("Status", "104"), "status");
        assert_eq!(ids.unique("status!", "105"), "status_105");
        assert_eq!(ids.unique("STATUS", "105"), "status_105_2");
    }
}
