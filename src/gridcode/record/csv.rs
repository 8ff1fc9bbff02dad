//! Text in columns: a line of names, then lines of numbers.
//!
//! Columns are separated by commas, semicolons or tabs, whichever the line of names has most of; with
//! semicolons a comma may be the decimal sign. Lines that begin with `#` and empty lines are skipped; an
//! empty cell or `nan` is a missing sample. The column of time is `time_s`, `t_s`, `time` or `t`, in seconds.
//!
//! The end of a name says the unit: `_v`, `_kv`, `_pu`, `_pu_peak`, `_pu_rms`, `_a`, `_ka`, `_w`, `_kw`, `_mw`, `_hz`.

use std::path::Path;

use super::{Channel, Record, RecordError};

/// Names of the column of time, in the order they are looked for.
const TIME: [&str; 4] = ["time_s", "t_s", "time", "t"];
/// Ends of names and the unit they say; longer ends first.
const UNITS: [(&str, &str); 11] = [
    ("_pu_peak", "pu_peak"),
    ("_pu_rms", "pu_rms"),
    ("_pu", "pu"),
    ("_kv", "kV"),
    ("_ka", "kA"),
    ("_kw", "kW"),
    ("_mw", "MW"),
    ("_hz", "Hz"),
    ("_v", "V"),
    ("_a", "A"),
    ("_w", "W"),
];

/// Reads a record; `path` is named in errors, `time` is the column of time if it has another name.
///
/// # Errors
/// [`RecordError::Line`] with the line and what to do.
pub fn parse(path: &Path, bytes: &[u8], time: Option<&str>) -> Result<Record, RecordError> {
    let fail = |line: usize, message: String| RecordError::Line { path: path.to_owned(), line, message };
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(i, line)| (i + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let (line, names) = lines
        .next()
        .ok_or_else(|| fail(1, "the file is empty: the first line names the columns".to_owned()))?;
    let separator = separator(names);
    let names: Vec<&str> = names.split(separator).map(|name| name.trim().trim_matches('"')).collect();
    let is = |name: &str, wanted: &str| name.eq_ignore_ascii_case(wanted);
    let of_time = match time {
        Some(wanted) => names.iter().position(|name| is(name, wanted)),
        None => TIME.iter().find_map(|wanted| names.iter().position(|name| is(name, wanted))),
    };
    let Some(of_time) = of_time else {
        let wanted = time.map_or_else(|| TIME.join(", "), str::to_owned);
        return Err(fail(
            line,
            format!("no column of time ({wanted}) among {}; name it with --time", names.join(", ")),
        ));
    };
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); names.len()];
    let mut last = f64::NEG_INFINITY;
    for (line, text) in lines {
        let mut count = 0;
        for (index, cell) in text.split(separator).enumerate() {
            count += 1;
            let Some(column) = columns.get_mut(index) else { continue };
            let Some(value) = number(cell, separator) else {
                return Err(fail(
                    line,
                    format!("column {} ({}): `{cell}` is no number", index + 1, names[index]),
                ));
            };
            column.push(value);
        }
        if count != names.len() {
            return Err(fail(line, format!("{count} columns, the first line names {}", names.len())));
        }
        let now = columns[of_time].last().copied().unwrap_or(f64::NAN);
        if !now.is_finite() {
            return Err(fail(line, "a time must be a number".to_owned()));
        }
        if now < last {
            return Err(fail(line, format!("the time runs back from {last} to {now}: sort the lines")));
        }
        last = now;
    }
    let time_s = columns.get_mut(of_time).map(std::mem::take).unwrap_or_default();
    let channels = names
        .iter()
        .zip(columns)
        .enumerate()
        .filter(|(index, _)| *index != of_time)
        .map(|(_, (name, values))| Channel {
            name: (*name).to_owned(),
            unit: unit(name).to_owned(),
            values,
            ..Channel::default()
        })
        .collect();
    Ok(Record { name: path.display().to_string(), time_s, channels, ..Record::default() })
}

fn separator(names: &str) -> char {
    let count = |c: char| names.matches(c).count();
    // Of equal counts the last one wins: the comma.
    ['\t', ';', ','].into_iter().max_by_key(|c| count(*c)).unwrap_or(',')
}

/// A number; NaN for a missing one; `None` for what is no number.
fn number(cell: &str, separator: char) -> Option<f64> {
    let cell = cell.trim().trim_matches('"');
    if cell.is_empty() || cell.eq_ignore_ascii_case("nan") {
        return Some(f64::NAN);
    }
    let value: f64 = if separator == ';' { cell.replace(',', ".").parse() } else { cell.parse() }.ok()?;
    value.is_finite().then_some(value)
}

fn unit(name: &str) -> &'static str {
    let name = name.to_ascii_lowercase();
    UNITS.iter().find(|(end, _)| name.ends_with(end)).map_or("", |(_, unit)| unit)
}
