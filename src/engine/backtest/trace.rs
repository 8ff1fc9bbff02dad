//! Traces from CSV files: a column of time and one of values.

use std::path::{Path, PathBuf};

/// Largest file in bytes.
const MAX_BYTES: u64 = 256 << 20;

/// Which columns to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    /// Name of the column of time: seconds, or dates with times; the first one if `None`.
    pub time: Option<String>,
    /// Name of the column of values; the first one after the time if `None`.
    pub value: Option<String>,
}

/// Samples over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// Name, for tables.
    pub name: String,
    /// Is it invented? Labelled so wherever it shows.
    pub synthetic: bool,
    /// Name of the column of values.
    pub quantity: String,
    /// Time in seconds, and value; the times rise.
    pub samples: Vec<(f64, f64)>,
    /// Rows left out: no number, or not later than the row before.
    pub left_out: usize,
}

/// Why a file is no trace. Lines count from 1.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// It cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// File.
        path: PathBuf,
        /// The operating system's words.
        source: std::io::Error,
    },
    /// It is larger than a trace may be.
    #[error("{path}: {bytes} bytes; a trace may have {MAX_BYTES}")]
    TooLarge {
        /// File.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// It has no such column.
    #[error("{path}: no column `{column}`; it has {known}")]
    Column {
        /// File.
        path: PathBuf,
        /// What was asked for.
        column: String,
        /// What there is.
        known: String,
    },
    /// A row does not have the column of time.
    #[error("{path}:{line}: `{text}` is no time: seconds, or 2026-11-23 04:05:06.789")]
    Time {
        /// File.
        path: PathBuf,
        /// Line.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// Too few samples.
    #[error("{path}: {found} usable samples; at least 50 are wanted")]
    TooFew {
        /// File.
        path: PathBuf,
        /// Usable ones.
        found: usize,
    },
    /// No such generator.
    #[error("synthetic:{name}: no such trace; there are {known}")]
    Synthetic {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
}

/// Reads a trace.
///
/// # Errors
/// Where the file cannot be read, or has no such columns or times.
pub fn read(path: &Path, columns: &Columns) -> Result<Trace, TraceError> {
    let io = |source| TraceError::Io { path: path.to_owned(), source };
    let bytes = std::fs::metadata(path).map_err(io)?.len();
    if bytes > MAX_BYTES {
        return Err(TraceError::TooLarge { path: path.to_owned(), bytes });
    }
    parse(path, &std::fs::read_to_string(path).map_err(io)?, columns)
}

/// Reads the text of a trace; `path` names it in errors.
///
/// # Errors
/// Where the text has no such columns or times.
pub fn parse(path: &Path, text: &str, columns: &Columns) -> Result<Trace, TraceError> {
    let mut lines = text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty() && !l.starts_with('#'));
    let header: Vec<&str> = lines
        .next()
        .map_or("", |(_, l)| l)
        .trim_start_matches('\u{feff}')
        .split(',')
        .map(str::trim)
        .collect();
    let find = |name: &Option<String>, otherwise: usize| match name {
        None if otherwise < header.len() => Ok(otherwise),
        None => Err(("a second one".to_owned(), header.join(", "))),
        Some(name) => header.iter().position(|h| h == name).ok_or_else(|| (name.clone(), header.join(", "))),
    };
    let missing = |(column, known)| TraceError::Column { path: path.to_owned(), column, known };
    let time = find(&columns.time, 0).map_err(missing)?;
    let value = find(&columns.value, usize::from(time == 0)).map_err(missing)?;
    let (mut samples, mut left_out): (Vec<(f64, f64)>, usize) = (Vec::new(), 0);
    for (at, line) in lines {
        let field = |n: usize| line.split(',').nth(n).unwrap_or_default().trim();
        let t_s = seconds(field(time)).ok_or_else(|| TraceError::Time {
            path: path.to_owned(),
            line: at + 1,
            text: field(time).to_owned(),
        })?;
        match field(value).parse::<f64>() {
            Ok(v) if v.is_finite() && samples.last().is_none_or(|(last, _)| t_s > *last) => {
                samples.push((t_s, v))
            }
            _ => left_out += 1,
        }
    }
    if samples.len() < 50 {
        return Err(TraceError::TooFew { path: path.to_owned(), found: samples.len() });
    }
    let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let quantity = header.get(value).copied().unwrap_or_default().to_owned();
    Ok(Trace { name, synthetic: false, quantity, samples, left_out })
}

/// Seconds, or a date and time, as seconds since 1970.
fn seconds(text: &str) -> Option<f64> {
    if let Ok(seconds) = text.parse::<f64>() {
        return seconds.is_finite().then_some(seconds);
    }
    let (date, time) = text.trim_end_matches('Z').split_once([' ', 'T'])?;
    let mut date = date.splitn(3, '-').map(|p| p.parse::<i64>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let mut time = time.splitn(3, ':').map(|p| p.parse::<f64>().ok());
    let (hour, minute, second) = (time.next()??, time.next()??, time.next()??);
    let sound = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0.0..24.0).contains(&hour)
        && (0.0..60.0).contains(&minute)
        && (0.0..61.0).contains(&second);
    // Days of the civil calendar since 1970-01-01 (Hinnant, "chrono-compatible low-level date algorithms").
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let in_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + in_era * 365 + in_era / 4 - in_era / 100 + day_of_year - 719_468;
    sound.then_some(days as f64 * 86_400.0 + hour * 3600.0 + minute * 60.0 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(head: &str, row: impl Fn(usize) -> String) -> String {
        std::iter::once(head.to_owned()).chain((0..60).map(row)).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn columns_are_the_first_two_or_those_named() {
        let text = rows("t_s,board,slot", |i| format!("{},{},{}", i as f64 * 0.1, i, 100 - i));
        let path = Path::new("a/b.csv");
        let trace = parse(path, &text, &Columns::default()).unwrap();
        assert_eq!((trace.name.as_str(), trace.quantity.as_str()), ("b.csv", "board"));
        assert_eq!(trace.samples[3], (3.0 * 0.1, 3.0));
        let columns = Columns { time: None, value: Some("slot".into()) };
        assert_eq!(parse(path, &text, &columns).unwrap().samples[3].1, 97.0);
        let columns = Columns { time: None, value: Some("p".into()) };
        let error = parse(path, &text, &columns).unwrap_err().to_string();
        assert_eq!(error, "a/b.csv: no column `p`; it has t_s, board, slot");
    }

    #[test]
    fn times_may_be_dates() {
        assert_eq!(seconds("2023-04-29 01:10:15"), Some(1_682_730_615.0));
        assert_eq!(seconds("2024-02-29T00:00:00.5Z"), Some(1_709_164_800.5));
        assert_eq!(["2023-13-01 00:00:00", "2023-01-01", "x", "nan"].map(seconds), [None; 4]);
    }

    #[test]
    fn rows_without_a_number_and_times_that_go_back_are_left_out_and_counted() {
        let row = |i: usize| match i {
            5 => "0.5,".to_owned(),
            6 => "0.6,NaN".to_owned(),
            8 => "0.1,3".to_owned(),
            i => format!("{},1", i as f64 * 0.1),
        };
        let trace = parse(Path::new("x"), &rows("t,v", row), &Columns::default()).unwrap();
        assert_eq!((trace.samples.len(), trace.left_out), (57, 3));
        let bad = rows("t,v", |i| format!("{},1", if i == 9 { "later".to_owned() } else { i.to_string() }));
        let error = parse(Path::new("x"), &bad, &Columns::default()).unwrap_err().to_string();
        assert!(error.starts_with("x:11: `later` is no time"), "{error}");
    }
}
