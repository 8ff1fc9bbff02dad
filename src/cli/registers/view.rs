//! A decoded image for a person, or as JSON.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use clap::Args;
use serde_json::{Value as Json, json};

use crate::maps::decode::{Decoded, Value};
use crate::maps::model::{Register, RegisterMap};

/// Which registers to show.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Select {
    /// Only registers of this group; may be repeated.
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,
    /// Only registers whose identifier or name holds this text, or whose address it is; may be repeated.
    #[arg(long, value_name = "TEXT")]
    filter: Vec<String>,
}

impl Select {
    /// # Errors
    /// A group that the map does not have, with those that it has.
    pub(super) fn check(&self, map: &RegisterMap) -> Result<(), String> {
        let known: BTreeSet<&str> = map.registers.iter().filter_map(|r| r.group.as_deref()).collect();
        let Some(unknown) = self.group.iter().find(|g| !known.contains(g.as_str())) else { return Ok(()) };
        let known = known.into_iter().collect::<Vec<_>>().join(", ");
        let known = if known.is_empty() { "it has none".to_owned() } else { format!("it has {known}") };
        Err(format!("{} has no group `{unknown}`; {known}", map.id))
    }

    /// Whether to show the register.
    pub(super) fn takes(&self, r: &Register) -> bool {
        let group = self.group.is_empty() || r.group.as_ref().is_some_and(|g| self.group.contains(g));
        let texts = |text: &String| {
            let text = text.to_lowercase();
            let address = text.parse::<u16>().is_ok_and(|a| a == r.address);
            address || r.id.contains(&text) || r.name.to_lowercase().contains(&text)
        };
        group && (self.filter.is_empty() || self.filter.iter().any(texts))
    }
}

/// How fresh a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// As read.
    Fresh,
    /// Read, and different from the time before.
    Changed,
    /// The last read failed; the value is older, and this is why.
    Stale(String),
    /// It cannot be had, and this is why.
    Unreadable(String),
}

/// One line of a table.
pub(super) struct Line<'a> {
    pub(super) decoded: &'a Decoded<'a>,
    pub(super) state: State,
}

/// What a device says must not steer a terminal, and neither must a map.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Lines in aligned columns: address, identifier, value, and what is to be said of it. `ansi` marks
/// changed values in bold; without it they have a star.
pub(super) fn table(lines: &[Line<'_>], ansi: bool) -> Vec<String> {
    let cells: Vec<(String, String, String)> = lines
        .iter()
        .map(|line| {
            let value = match &line.state {
                State::Unreadable(why) => format!("— {why}"),
                _ => line.decoded.to_string(),
            };
            (line.decoded.register.address.to_string(), plain(&line.decoded.register.id), plain(&value))
        })
        .collect();
    let wide = |part: fn(&(String, String, String)) -> &str| {
        cells.iter().map(|c| part(c).chars().count()).max().unwrap_or(0)
    };
    let (address, id, value) = (wide(|c| &c.0), wide(|c| &c.1), wide(|c| &c.2).min(48));
    let mut out = Vec::with_capacity(lines.len());
    for (line, cell) in lines.iter().zip(&cells) {
        let mark = match line.state {
            State::Changed => '*',
            State::Stale(_) => '~',
            State::Unreadable(_) => '!',
            State::Fresh => ' ',
        };
        let mut text = format!("{mark} {:>address$}  {:id$}  ", cell.0, cell.1);
        let padding = value.saturating_sub(cell.2.chars().count());
        if ansi && line.state == State::Changed {
            let _ = write!(text, "\u{1b}[1m{}\u{1b}[0m", cell.2);
        } else {
            text.push_str(&cell.2);
        }
        if let State::Stale(why) = &line.state {
            let _ = write!(text, "{:padding$}  stale: {}", "", plain(why));
        }
        out.push(text.trim_end().to_owned());
    }
    out
}

/// One register as JSON.
pub(super) fn to_json(decoded: &Decoded<'_>) -> Json {
    let register = decoded.register;
    let mut out = json!({
        "id": register.id, "address": register.address, "words": decoded.words, "text": decoded.to_string(),
    });
    let more = match &decoded.value {
        None => json!({ "read": false }),
        Some(Value::NotAvailable) => json!({ "available": false }),
        Some(Value::Number { raw, exact, unit }) => {
            // JSON numbers end at 64 bits; a number of four words stays inside.
            let raw = i64::try_from(*raw).map(Json::from).or_else(|_| u64::try_from(*raw).map(Json::from));
            json!({
                "raw": raw.ok(), "value": exact.map(|e| e.to_f64()), "unit": unit,
                "exact": exact.map(|e| format!("{}/{}", e.num(), e.den())),
            })
        }
        Some(Value::Float { value, unit }) => json!({ "value": value, "unit": unit }),
        Some(Value::Flags { bits, set, undeclared }) => {
            let set: Vec<Json> = set.iter().map(|(f, n)| json!({ "id": f.id, "value": n })).collect();
            json!({ "bits": bits, "set": set, "undeclared": undeclared })
        }
        Some(Value::Symbol { raw, symbol }) => json!({ "raw": raw, "symbol": symbol.map(|s| &s.id) }),
        Some(Value::Text { bytes }) => json!({ "string": String::from_utf8_lossy(bytes) }),
        Some(Value::Words) => json!({}),
        Some(Value::Invalid { reason }) => json!({ "invalid": reason }),
    };
    if let (Json::Object(out), Json::Object(more)) = (&mut out, more) {
        out.extend(more);
    }
    out
}
