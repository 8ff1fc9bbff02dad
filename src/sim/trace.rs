//! Traces from CSV files: a header, a time column, a value column.

use std::path::{Path, PathBuf};

use super::load::{BadPoint, Trace};

/// Largest trace file in bytes.
const MAX_BYTES: u64 = 64 << 20;

/// How to read a trace file.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceOptions {
    /// Name of the value column; the second column if `None`.
    pub column: Option<String>,
    /// Watts that the value 1 stands for. 1 if `None`; needed for a column whose name ends in `_norm`.
    pub scale: Option<f64>,
    /// Whether the trace begins again after its end.
    pub looped: bool,
}

impl Default for TraceOptions {
    fn default() -> Self {
        Self { column: None, scale: None, looped: true }
    }
}

/// Why a file is no trace. Line numbers count from 1.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// File.
        path: PathBuf,
        /// The operating system's words.
        source: std::io::Error,
    },
    /// The file is larger than a trace may be.
    #[error("{path}: {bytes} bytes; a trace may have {MAX_BYTES}")]
    TooLarge {
        /// File.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// The header lacks what is needed.
    #[error("{path}:{line}: {reason}")]
    Header {
        /// File.
        path: PathBuf,
        /// Line of the header.
        line: usize,
        /// What is wrong and what to do.
        reason: String,
    },
    /// A line cannot be read.
    #[error("{path}:{line}: {reason}")]
    Line {
        /// File.
        path: PathBuf,
        /// Line.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// There are too few lines.
    #[error("{path}: {count} data lines; a trace needs two")]
    TooFew {
        /// File.
        path: PathBuf,
        /// Data lines found.
        count: usize,
    },
}

impl Trace {
    /// Reads a trace file: a header line, then `time,value[,...]` lines. Times are seconds or
    /// `YYYY-MM-DD hh:mm:ss`. Empty lines and lines that start with `#` are skipped.
    ///
    /// # Errors
    /// [`TraceError`] with the file and the line.
    pub fn read(path: &Path, options: &TraceOptions) -> Result<Self, TraceError> {
        let io = |source| TraceError::Io { path: path.into(), source };
        let bytes = std::fs::metadata(path).map_err(io)?.len();
        if bytes > MAX_BYTES {
            return Err(TraceError::TooLarge { path: path.into(), bytes });
        }
        Self::parse(&std::fs::read_to_string(path).map_err(io)?, path, options)
    }

    /// Reads a trace from `text`; `path` names it in errors.
    ///
    /// # Errors
    /// As of [`read`](Self::read).
    pub fn parse(text: &str, path: &Path, options: &TraceOptions) -> Result<Self, TraceError> {
        let mut lines = text
            .lines()
            .zip(1..)
            .map(|(line, number)| (line.trim(), number))
            .filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
        let Some((header, line)) = lines.next() else {
            return Err(TraceError::TooFew { path: path.into(), count: 0 });
        };
        let (column, scale) = value_column(header, options).map_err(|reason| TraceError::Header {
            path: path.into(),
            line,
            reason,
        })?;
        let mut points = Vec::new();
        let mut numbers = Vec::new();
        for (text, line) in lines {
            let point = point(text, column, scale);
            points.push(point.map_err(|reason| TraceError::Line { path: path.into(), line, reason })?);
            numbers.push(line);
        }
        Self::new(&points, options.looped).map_err(|bad| match bad {
            BadPoint::TooFew { count } => TraceError::TooFew { path: path.into(), count },
            BadPoint::Time { index } => TraceError::Line {
                path: path.into(),
                line: numbers.get(index).copied().unwrap_or(line),
                reason: "the time is not later than that of the line before".into(),
            },
            BadPoint::Power { index } => TraceError::Line {
                path: path.into(),
                line: numbers.get(index).copied().unwrap_or(line),
                reason: "the power is not a number of 0 or more".into(),
            },
        })
    }
}

/// Index and scale of the value column.
fn value_column(header: &str, options: &TraceOptions) -> Result<(usize, f64), String> {
    let names: Vec<&str> = header.split(',').map(str::trim).collect();
    if names.iter().all(|name| name.parse::<f64>().is_ok()) {
        return Err("the first line must name the columns, for example time_s,power_w".into());
    }
    let column = match &options.column {
        Some(wanted) => names
            .iter()
            .position(|name| name == wanted)
            .ok_or_else(|| format!("no column {wanted:?}; there are {}", names.join(", ")))?,
        None => 1,
    };
    let Some(name) = names.get(column) else {
        return Err("a trace needs a time column and a value column".into());
    };
    if column == 0 {
        return Err(format!("{name:?} is the time column; choose another one for the power"));
    }
    match options.scale {
        Some(scale) if scale.is_finite() && scale > 0.0 => Ok((column, scale)),
        Some(scale) => Err(format!("the scale {scale} is not a number above 0")),
        None if name.ends_with("_norm") => {
            Err(format!("{name:?} has no unit; give the watts that 1.0 stands for as the scale"))
        }
        None => Ok((column, 1.0)),
    }
}

fn point(line: &str, column: usize, scale: f64) -> Result<(f64, f64), String> {
    let time = line.split(',').next().unwrap_or_default().trim();
    let value = line.split(',').nth(column).ok_or_else(|| format!("no column {}", column + 1))?.trim();
    let seconds = match time.parse::<f64>() {
        Ok(seconds) => seconds,
        Err(_) => date_time(time)
            .ok_or_else(|| format!("{time:?} is neither seconds nor a time like 2023-04-29 01:10:15"))?,
    };
    let value: f64 = value.parse().map_err(|_| format!("{value:?} is not a number"))?;
    Ok((seconds, value * scale))
}

/// Seconds since 1970 of `YYYY-MM-DD hh:mm:ss` (a `T` in the middle is fine); no time zone.
fn date_time(text: &str) -> Option<f64> {
    let (date, time) = text.split_once([' ', 'T'])?;
    let [year, month, day] = three(date, '-')?;
    let [hour, minute, second] = three(time, ':')?;
    let whole = |n: f64, low: f64, high: f64| (n.fract() == 0.0 && n >= low && n <= high).then_some(n as i64);
    let (y, m, d) = (whole(year, 1.0, 9999.0)?, whole(month, 1.0, 12.0)?, whole(day, 1.0, 31.0)?);
    let (h, min) = (whole(hour, 0.0, 23.0)?, whole(minute, 0.0, 59.0)?);
    if !(0.0..61.0).contains(&second) {
        return None;
    }
    // Days from the civil date, years counted from March.
    let (y, m) = if m > 2 { (y, m - 3) } else { (y - 1, m + 9) };
    let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + d - 719_469;
    Some((days * 86_400 + h * 3600 + min * 60) as f64 + second)
}

fn three(text: &str, separator: char) -> Option<[f64; 3]> {
    let mut parts = text.split(separator).map(|part| part.parse().ok());
    let all = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, options: &TraceOptions) -> Result<Trace, String> {
        Trace::parse(text, Path::new("load.csv"), options).map_err(|e| e.to_string())
    }

    #[test]
    fn the_three_shapes_of_public_traces_are_read() {
        let norm = TraceOptions { scale: Some(12_000.0), ..TraceOptions::default() };
        let trace = parse("t_s,p_norm\n22.821,0.774\n22.871,0.246\r\n22.901,0.25\n", &norm).unwrap();
        assert_eq!(trace, Trace::new(&[(0.0, 9288.0), (0.05, 2952.0), (0.08, 3000.0)], true).unwrap());

        let slot = TraceOptions { column: Some("slot_power_w".into()), ..TraceOptions::default() };
        let board = "t_s,board_power_w,slot_power_w\n0.0,66.09,7.68\n0.000205,61.98,5.9\n";
        assert_eq!(parse(board, &slot).unwrap(), Trace::new(&[(0.0, 7.68), (0.000205, 5.9)], true).unwrap());

        let dated = "# facility\n\ndatetime,sum vals\n2023-04-29 23:59:45,100\n2023-04-30 00:00:00,200\n";
        let trace = parse(dated, &TraceOptions { scale: Some(0.5), ..TraceOptions::default() }).unwrap();
        assert_eq!(trace, Trace::new(&[(0.0, 50.0), (15.0, 100.0)], true).unwrap());
    }

    #[test]
    fn dates_count_days_right() {
        assert_eq!(date_time("1970-01-01 00:00:00"), Some(0.0));
        assert_eq!(date_time("2000-02-29T12:00:00.5"), Some(951_825_600.5));
        assert_eq!(date_time("2026-11-22 22:25:27"), Some(1_795_386_327.0));
        assert_eq!(date_time("2026-13-01 00:00:00"), None);
    }

    #[test]
    fn errors_name_file_and_line() {
        let plain = TraceOptions::default();
        let error = |text: &str| parse(text, &plain).unwrap_err();
        assert!(error("t_s,p_norm\n0,1\n1,1\n").starts_with("load.csv:1: \"p_norm\" has no unit"));
        assert_eq!(error("t_s,w\n0,1\n1,x\n"), "load.csv:3: \"x\" is not a number");
        assert_eq!(
            error("t_s,w\n0,1\n# note\n0,2\n"),
            "load.csv:4: the time is not later than that of the line before"
        );
        assert_eq!(error("t_s,w\n0,1\n1,-2\n"), "load.csv:3: the power is not a number of 0 or more");
        assert_eq!(error("t_s,w\n0,1\n1\n"), "load.csv:3: no column 2");
        assert!(error("0,1\n1,2\n").starts_with("load.csv:1: the first line must name the columns"));
        assert!(error("time,w\nsoon,1\n1,2\n").starts_with("load.csv:2: \"soon\" is neither"));
        assert_eq!(error("t_s,w\n0,1\n"), "load.csv: 1 data lines; a trace needs two");
        assert_eq!(error(""), "load.csv: 0 data lines; a trace needs two");
        let missing = TraceOptions { column: Some("gpu".into()), ..plain };
        assert_eq!(
            parse("t_s,w\n", &missing).unwrap_err(),
            "load.csv:1: no column \"gpu\"; there are t_s, w"
        );
    }

    #[test]
    fn a_missing_file_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("none.csv");
        let error = Trace::read(&path, &TraceOptions::default()).unwrap_err();
        assert!(matches!(error, TraceError::Io { path: p, .. } if p == path));
    }
}
