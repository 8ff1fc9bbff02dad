//! Documentation tables of a PMBus map, in the form of those of the register maps.
//!
//! Everything that the map says is in the document. What a field takes over from a register is resolved:
//! type, scale, unit, access and limits stand beside its bytes.

use std::fmt::Write as _;

use super::command::{self, Page};
use crate::maps::export::markdown::inline::{cell, code, prose};
use crate::maps::export::markdown::{base, codes, facts, history, title};
use crate::maps::export::text::word;
use crate::maps::model::RegisterMap;
use crate::maps::pmbus::PmbusMap;
use crate::maps::pmbus::model::PecUse;

/// The document of a map; `mirrored` is the register map that its blocks take over, `source` names the file
/// it was generated from. Registers are links in a generated document only, which stands beside theirs.
pub(in crate::maps) fn document(
    map: &PmbusMap,
    mirrored: Option<&RegisterMap>,
    source: Option<&str>,
) -> String {
    let mut out = title(&map.title, source);
    head(map, source.is_some() && mirrored.is_some(), &mut out);
    bus(map, &mut out);
    hazards(map, &mut out);
    left_out(map, &mut out);
    let page = Page { map, mirrored, links: source.is_some() };
    out.push_str(
        "## Commands\n\n\
         | code | command | transactions | format | unit | access | limits | PEC | paged | refused under WRITE_PROTECT | modality | description |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for c in &map.commands {
        page.row(c, &mut out);
    }
    out.push_str("\n## Command details\n");
    if map.commands.iter().any(|c| !c.fields.is_empty()) {
        out.push_str(
            "\nBytes of a block count from 0, after the byte count. Numbers stand low byte first, text and \
             raw words in their order.\n",
        );
    }
    for c in &map.commands {
        page.details(c, &mut out);
    }
    out
}

/// The list of the PMBus maps, below that of the register maps; empty if there is none.
#[cfg(feature = "codegen")]
pub(in crate::maps) fn index<'a>(maps: impl Iterator<Item = &'a PmbusMap>) -> String {
    use crate::maps::model::Confidence::{self, Conflicting, Inferred, Stated};
    let mut out = String::new();
    for map in maps {
        if out.is_empty() {
            out.push_str(
                "\n## PMBus command sets\n\n\
                 A clause of the base document is *confirmed* if it was seen there or in a text that quotes it.\n\n\
                 | map | device | version | commands | stated | inferred | conflicting | clauses confirmed | base document |\n\
                 | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
            );
        }
        let count = |c: Confidence| map.commands.iter().filter(|r| r.confidence == c).count();
        let clauses = || map.commands.iter().filter_map(|c| c.clause.as_ref());
        let _ = writeln!(
            out,
            "| [{}]({}.md) | {} | {} | {} | {} | {} | {} | {} of {} | {} |",
            code(&map.id),
            map.id,
            cell(&map.title),
            cell(&map.version),
            map.commands.len(),
            count(Stated),
            count(Inferred),
            count(Conflicting),
            clauses().filter(|c| c.confirmed).count(),
            clauses().count(),
            cell(&map.base.document),
        );
    }
    out
}

fn head(map: &PmbusMap, links: bool, out: &mut String) {
    let mirrors = map.mirrors.as_ref().map(|id| {
        let name = if links { format!("[{}]({id}.md)", code(id)) } else { code(id) };
        format!("the registers of {name}, in blocks")
    });
    facts(
        out,
        &[
            ("Map", format!("{}, version {}", code(&map.id), cell(&map.version))),
            ("Device class", word(&map.device_class)),
            ("Base document", base(&map.base)),
            ("Takes over", mirrors.unwrap_or_default()),
            ("Commands", map.commands.len().to_string()),
            ("Licence", cell(&map.licence)),
        ],
    );
    history(&map.sources, &map.changelog, out);
    for note in &map.notes {
        let _ = writeln!(out, "- {}", prose(note));
    }
    if !map.notes.is_empty() {
        out.push('\n');
    }
}

fn bus(map: &PmbusMap, out: &mut String) {
    let addresses: Vec<_> = map
        .bus
        .addresses
        .iter()
        .map(|r| format!("{} to {} (0x{:02X} to 0x{:02X})", r.first, r.last, r.first, r.last))
        .collect();
    let pec = match map.bus.pec {
        PecUse::Required => "required: a message without it is refused",
        PecUse::Optional => "optional: messages are taken with and without it",
        PecUse::None => "none",
    };
    out.push_str("## Bus\n\n");
    facts(
        out,
        &[
            ("Target addresses (7 bits)", addresses.join(", ")),
            ("Clock", format!("at most {} Hz", map.bus.clock_hz_max)),
            ("Packet error code", pec.to_owned()),
            ("Data bytes of a block", format!("at most {}", map.bus.max_block)),
            ("Pages", map.bus.pages.to_string()),
        ],
    );
}

fn hazards(map: &PmbusMap, out: &mut String) {
    if map.hazards.is_empty() {
        return;
    }
    out.push_str("## Hazards\n\n| codes | why they are **never sent** |\n| --- | --- |\n");
    for hazard in &map.hazards {
        let codes = command::codes(hazard.first, hazard.last);
        let _ = writeln!(out, "| {codes} | {} |", cell(&hazard.reason));
    }
    out.push('\n');
}

fn left_out(map: &PmbusMap, out: &mut String) {
    let Some(mirrors) = map.mirrors.as_ref().filter(|_| !map.left_out.is_empty()) else { return };
    let _ = writeln!(
        out,
        "## Registers left out\n\nOf {}:\n\n| register | reason |\n| --- | --- |",
        codes(std::slice::from_ref(mirrors)),
    );
    for left in &map.left_out {
        let _ = writeln!(out, "| {} | {} |", code(&left.register), cell(&left.reason));
    }
    out.push('\n');
}
