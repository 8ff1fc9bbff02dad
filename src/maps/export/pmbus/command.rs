//! A command as a row of a table and as a paragraph.

use std::fmt::Write as _;

use super::taken_over;
use crate::maps::decode::Exact;
use crate::maps::export::markdown::inline::{address, cell, code, minus, prose};
use crate::maps::export::markdown::{self, register};
use crate::maps::export::text::word;
use crate::maps::model::{Modality, Rational, RegisterMap};
use crate::maps::pmbus::PmbusMap;
use crate::maps::pmbus::model::{Command, Field, Read, Write, WriteProtect};

/// What the paragraphs of a document refer to.
pub(super) struct Page<'a> {
    pub(super) map: &'a PmbusMap,
    /// The map that has the registers taken over.
    pub(super) mirrored: Option<&'a RegisterMap>,
    /// Whether the documents of other maps stand beside this one.
    pub(super) links: bool,
}

/// Command codes, as the sources write them.
pub(super) fn codes(first: u8, last: u8) -> String {
    if first == last { format!("{first:02X}h") } else { format!("{first:02X}h to {last:02X}h") }
}

fn place(c: &Command) -> String {
    let extended = c.extended.map(|second| format!(" {second:02X}h")).unwrap_or_default();
    format!("{:02X}h{extended}", c.code)
}

/// `read word, write word`; blocks with their lengths.
fn transactions(c: &Command) -> String {
    let block = c.length.map(|l| match (l.min, l.max) {
        (1, 1) => " of 1 byte".to_owned(),
        (min, max) if min == max => format!(" of {max} bytes"),
        (min, max) => format!(" of {min} to {max} bytes"),
    });
    let block = block.unwrap_or_default();
    let mut said = Vec::new();
    said.extend(c.read.map(|read| match read {
        Read::ReadBlock | Read::BlockProcessCall => format!("{}{block}", word(&read).replace('_', " ")),
        _ => word(&read).replace('_', " "),
    }));
    said.extend(c.write.map(|write| match write {
        Write::WriteBlock => format!("{}{block}", word(&write).replace('_', " ")),
        _ => word(&write).replace('_', " "),
    }));
    said.join(", ")
}

/// A value in its unit.
fn value(value: Rational, unit: Option<&str>) -> String {
    let number = Exact::new(value.num.into(), value.den.into());
    let number = minus(number.map_or_else(|| format!("{}/{}", value.num, value.den), |n| n.to_string()));
    match unit {
        Some(unit) if unit != "1" => format!("{number} {}", cell(unit)),
        _ => number,
    }
}

fn limits(c: &Command) -> String {
    let mut said = Vec::new();
    said.extend(c.range.map(|r| format!("{} to {}", value(r.min, None), value(r.max, c.unit.as_deref()))));
    said.extend(c.limits.map(|l| {
        let step = if l.step == 1 { String::new() } else { format!(", step {}", l.step) };
        format!("raw {} to {}{step}", minus(l.min), minus(l.max))
    }));
    said.join("; ")
}

fn refused(protect: WriteProtect) -> &'static str {
    match protect {
        WriteProtect::Level20 => "20h, 40h, 80h",
        WriteProtect::Level40 => "40h, 80h",
        WriteProtect::Level80 => "80h",
        WriteProtect::Never => "never",
    }
}

impl Page<'_> {
    pub(super) fn row(&self, c: &Command, out: &mut String) {
        let _ = writeln!(
            out,
            "| {} | [{}](#command-{}) | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            place(c),
            cell(&c.name),
            c.id,
            transactions(c),
            word(&c.format),
            c.unit.as_deref().map(cell).unwrap_or_default(),
            word(&c.access),
            limits(c),
            word(&c.pec.unwrap_or(self.map.bus.pec)),
            if c.paged { "yes" } else { "no" },
            c.protect.map(refused).unwrap_or_default(),
            word(&c.modality),
            cell(&c.description),
        );
    }

    /// The paragraph: everything that the table does not say.
    pub(super) fn details(&self, c: &Command, out: &mut String) {
        let _ = writeln!(out, "\n### Command `{}`\n", c.id);
        let _ = writeln!(out, "{} at {}: {}", code(&c.name), place(c), prose(&c.description));
        let mut facts = vec![format!("{}; {}", register::volatility(c.volatility), register::poll(c.poll))];
        facts.extend(number(c));
        facts.extend(c.update_ms.map(|ms| format!("Updated every {ms} ms at the latest")));
        facts.extend(c.settle_ms.map(|ms| format!("A write settles within {ms} ms")));
        facts.extend(safety(c));
        facts.extend(self.life(c));
        for fact in facts {
            let _ = writeln!(out, "- {fact}.");
        }
        register::values(&c.bits, &c.symbols, out);
        self.fields("The request", &c.request, out);
        self.fields("The data", &c.fields, out);
        for note in &c.notes {
            let _ = writeln!(out, "- {}", prose(note));
        }
    }

    /// The command of an identifier, as a link.
    fn link(&self, id: &str) -> String {
        match self.map.commands.iter().any(|c| c.id == id) {
            true => format!("[{}](#command-{id})", code(id)),
            false => code(id),
        }
    }

    fn life(&self, c: &Command) -> Vec<String> {
        let mut facts = Vec::new();
        facts.extend(c.condition.as_ref().map(|condition| match c.modality {
            Modality::Conditional => format!("Conditional on {}", code(condition)),
            _ => format!("Condition: {}", code(condition)),
        }));
        let by = c.replaced_by.as_ref().map(|id| format!("eplaced by {}", self.link(id)));
        match (&c.deprecated, by) {
            (Some(version), by) => {
                let by = by.map(|by| format!(", r{by}")).unwrap_or_default();
                facts.push(format!("Deprecated since {}{by}", cell(version)));
            }
            (None, Some(by)) => facts.push(format!("R{by}")),
            (None, None) => {}
        }
        let mut links = Vec::new();
        if !c.links.modbus.is_empty() {
            links.push(format!("Modbus {}", markdown::codes(&c.links.modbus)));
        }
        links.extend(c.links.redfish.as_ref().map(|property| format!("Redfish {}", code(property))));
        if !c.links.requirements.is_empty() {
            links.push(format!("requirements {}", markdown::codes(&c.links.requirements)));
        }
        if !links.is_empty() {
            facts.push(format!("The same quantity: {}", links.join(", ")));
        }
        facts.push(format!("Since {}", cell(&c.since)));
        let clause = c.clause.as_ref().map(|clause| {
            let sure = if clause.confirmed { "confirmed" } else { "**unconfirmed**" };
            format!("; clause {} of the base document, {sure}", cell(&clause.number))
        });
        facts.push(format!(
            "Source: {}{}; {}",
            cell(&c.source.join(", ")),
            clause.unwrap_or_default(),
            register::confidence(c.confidence),
        ));
        facts
    }

    /// The table of a block. A register that is taken over shows what it says itself.
    fn fields(&self, what: &str, fields: &[Field], out: &mut String) {
        if fields.is_empty() {
            return;
        }
        if !out.ends_with("\n\n") {
            out.push('\n');
        }
        let _ = writeln!(
            out,
            "{what}:\n\n| bytes | length | field | register | type | scale | unit | access | limits | meaning |\n\
             | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        );
        for field in fields {
            let last = u16::from(field.at) + u16::from(field.bytes.max(1)) - 1;
            let bytes =
                if field.bytes > 1 { format!("{} to {last}", field.at) } else { field.at.to_string() };
            let _ = write!(out, "| {bytes} | {} | {} ", field.bytes, code(&field.id));
            let _ = match taken_over(field, self.mirrored) {
                Some(r) => writeln!(
                    out,
                    "| {} | {} | {} | {} | {} | {} | {} |",
                    self.register(r.address, r.words, &r.id),
                    word(&r.kind),
                    register::scale(r.scale, r.offset),
                    r.unit.as_deref().map(cell).unwrap_or_default(),
                    word(&r.access),
                    register::limits(r),
                    cell(&r.description),
                ),
                None => writeln!(
                    out,
                    "| | {} | | {} | | | {} |",
                    word(&field.kind),
                    field.unit.as_deref().map(cell).unwrap_or_default(),
                    field.description.as_deref().map(cell).unwrap_or_default(),
                ),
            };
        }
        out.push('\n');
    }

    /// The address of a register that is taken over, as a link to its paragraph.
    fn register(&self, first: u16, words: u16, id: &str) -> String {
        let place = address(first, first.saturating_add(words.max(1) - 1));
        match self.mirrored.filter(|_| self.links) {
            Some(map) => format!("[{place}]({}.md#register-{id})", map.id),
            None => place,
        }
    }
}

/// What turns the word into a value, where the format alone does not say it.
fn number(c: &Command) -> Vec<String> {
    let mut facts = Vec::new();
    facts.extend(
        c.coefficients
            .map(|k| format!("Coefficients: m = {}, b = {}, R = {}", minus(k.m), minus(k.b), minus(k.r))),
    );
    if c.relative {
        facts.push("A ratio of VOUT_COMMAND while bit 7 of VOUT_MODE is set".to_owned());
    }
    facts
}

fn safety(c: &Command) -> Option<String> {
    let safety = c.safety?;
    let back = safety.fail_safe.map(|v| format!("; falls back to {}", value(v, c.unit.as_deref())));
    let timer = safety.timeout_ms.map(|ms| format!("; the device itself after {ms} ms"));
    Some(format!(
        "Safety: {}{}{}",
        register::class(safety.class),
        back.unwrap_or_default(),
        timer.unwrap_or_default()
    ))
}
