//! A PMBus map seen as a register map, for the rules that both share.

use std::path::Path;

use super::super::model::{Command, Format, PmbusMap};
use crate::maps::lint::{self, Found};
use crate::maps::model::{
    BusParameters, Expect, Hazard, Identification, Kind, Limits, Links, Parity, Rational, Register,
    RegisterMap, Safety, SafetyClass, WordOrder,
};

/// Runs the shared rules; what they find is placed at the command.
pub(super) fn check(map: &PmbusMap, path: &Path, found: &mut Found) {
    let mut shared = Found::default();
    lint::shared(&registers(map), path, &mut shared);
    found.absorb(shared, |pointer| match pointer.strip_prefix("/registers/") {
        Some(rest) => format!("/commands/{rest}"),
        None => pointer,
    });
}

/// The map with its commands as registers. What is not shared has values that no rule objects to.
fn registers(map: &PmbusMap) -> RegisterMap {
    RegisterMap {
        schema: None,
        id: map.id.clone(),
        title: map.title.clone(),
        version: map.version.clone(),
        device_class: map.device_class,
        base: map.base.clone(),
        licence: map.licence.clone(),
        sources: map.sources.clone(),
        changelog: map.changelog.clone(),
        bus: BusParameters {
            baud: Vec::new(),
            parity: Parity::None,
            addresses: Vec::new(),
            shared_with: Vec::new(),
            max_read_words: 125,
            max_write_words: 123,
            functions: Vec::new(),
        },
        identification: Identification { probe: String::new(), expect: Expect::AsciiText },
        word_order: WordOrder::LittleEndian,
        time_sync: None,
        hosts: Vec::new(),
        avoid: Vec::new(),
        safe_unmapped: Vec::new(),
        readable_gaps: Vec::new(),
        hazards: map
            .hazards
            .iter()
            .map(|h| Hazard { first: h.first.into(), last: h.last.into(), reason: h.reason.clone() })
            .collect(),
        foreign: Default::default(),
        registers: map.commands.iter().map(register).collect(),
    }
}

fn register(command: &Command) -> Register {
    let (kind, words) = match command.format {
        Format::None | Format::Raw | Format::Block => (Kind::Raw, 1),
        Format::Ascii => (Kind::Text, 1),
        Format::Flags => (Kind::Flags, words(command)),
        Format::Enum => (Kind::Enum, words(command)),
        Format::Unsigned => (Kind::Unsigned, words(command)),
        Format::Signed => (Kind::Signed, words(command)),
        // Wide enough for any raw value: the rules for these formats are in [`super::number`].
        Format::Linear11 | Format::Ulinear16 | Format::Slinear16 | Format::Direct => (Kind::Signed, 4),
    };
    // A range in the unit is a limit, too; its values are checked by [`super::number`].
    let limits = command.limits.or(command.range.map(|_| Limits { min: 0, max: 1, step: 1 }));
    Register {
        id: command.id.clone(),
        name: command.name.clone(),
        description: command.description.clone(),
        address: command.code.into(),
        words,
        kind,
        order: None,
        scale: Rational::one(),
        offset: Rational::zero(),
        unit: command.unit.clone(),
        access: command.access,
        limits,
        bits: command.bits.clone(),
        symbols: command.symbols.clone(),
        reset: None,
        volatility: command.volatility,
        poll: command.poll,
        update_ms: command.update_ms,
        partial_read: None,
        settle_ms: command.settle_ms,
        group: None,
        commit: None,
        applied: None,
        bad_write: None,
        not_available: None,
        unlock: None,
        // The value to fall back to has rules of its own: it is in the unit of the command. The fields of a
        // block have theirs, with their limits, in the register map.
        safety: command.safety.map(|s| Safety {
            class: if command.format == Format::Block { SafetyClass::None } else { s.class },
            fail_safe: s.fail_safe.map(|_| limits.map_or(0, |l| l.min)),
            timeout_ms: s.timeout_ms,
        }),
        modality: command.modality,
        condition: command.condition.clone(),
        since: command.since.clone(),
        deprecated: command.deprecated.clone(),
        replaced_by: command.replaced_by.clone(),
        source: command.source.clone(),
        confidence: command.confidence,
        readings: Vec::new(),
        notes: command.notes.clone(),
        links: Links {
            pmbus: None,
            redfish: command.links.redfish.clone(),
            requirements: command.links.requirements.clone(),
        },
        foreign: Default::default(),
    }
}

/// Words that hold the data bytes; that a value fits the bytes themselves is said by [`super::number`].
fn words(command: &Command) -> u16 {
    command.data_bytes().map_or(1, |(_, most)| u16::from(most).div_ceil(2)).max(1)
}
