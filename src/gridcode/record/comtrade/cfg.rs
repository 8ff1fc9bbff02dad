//! The configuration: one fact a line, in fixed order.

use std::path::Path;

use crate::gridcode::record::RecordError;

/// More sampling rates than this are a damaged file.
const MAX_RATES: u32 = 1000;

/// Edition of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Revision {
    /// IEEE C37.111-1991, which names no edition.
    Y1991,
    /// IEEE C37.111-1999.
    Y1999,
    /// IEEE C37.111-2013, and anything later.
    Y2013,
}

/// Form of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Numbers as text.
    Ascii,
    /// 16-bit integers.
    Binary,
    /// 32-bit integers.
    Binary32,
    /// 32-bit floating-point numbers.
    Float32,
}

impl Format {
    /// The form by its name, in any case.
    pub fn of(name: &str) -> Option<Self> {
        match name.trim().to_ascii_uppercase().as_str() {
            "ASCII" => Some(Self::Ascii),
            "BINARY" => Some(Self::Binary),
            "BINARY32" => Some(Self::Binary32),
            "FLOAT32" => Some(Self::Float32),
            _ => None,
        }
    }
}

/// An analog channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Analog {
    /// Name.
    pub name: String,
    /// Phase.
    pub phase: String,
    /// Unit.
    pub unit: String,
    /// Factor.
    pub a: f64,
    /// Offset in the unit.
    pub b: f64,
    /// Skew from the sampling instant, in microseconds.
    pub skew_us: f64,
    /// Primary and secondary rating of the transducer, where they are there.
    pub ratio: Option<(f64, f64)>,
    /// Whether the values are of the primary side; `None` in the edition of 1991.
    pub primary: Option<bool>,
}

/// A status channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Name.
    pub name: String,
    /// The normal state.
    pub normal: bool,
}

/// A configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Cfg {
    /// Station.
    pub station: String,
    /// Recording device.
    pub device: String,
    /// Edition.
    pub revision: Revision,
    /// Analog channels.
    pub analog: Vec<Analog>,
    /// Status channels.
    pub status: Vec<Status>,
    /// Nominal frequency in hertz; 0 if the line is empty.
    pub nominal_hz: f64,
    /// Sampling rates in hertz, each with the number of its last sample, counted from 1.
    pub rates: Vec<(f64, u64)>,
    /// Whether times are those of the stamps: there is no sampling rate.
    pub by_stamps: bool,
    /// Seconds from the first sample to the trigger, if both times could be read.
    pub trigger_s: Option<f64>,
    /// Unit of the time stamps in seconds, multiplier included.
    pub stamp_s: f64,
    /// Form of the data.
    pub format: Format,
    /// Whether letters were replaced because the text is not UTF-8.
    pub damaged_text: bool,
}

impl Cfg {
    /// The number of samples that the configuration names.
    pub fn samples(&self) -> u64 {
        self.rates.last().map_or(0, |rate| rate.1)
    }

    /// The time in seconds of a sample, counted from 1, by the sampling rates.
    pub fn time_s(&self, sample: u64) -> f64 {
        // The first sample of a stretch comes one step of its own rate after the last one before.
        let (mut start, mut at) = (1_u64, 0.0);
        for (index, (rate, end)) in self.rates.iter().enumerate() {
            let last = index + 1 == self.rates.len();
            if sample <= *end || last {
                return at + sample.saturating_sub(start) as f64 / rate;
            }
            at += end.saturating_sub(start) as f64 / rate;
            start = *end;
        }
        at
    }
}

struct Lines<'a> {
    path: &'a Path,
    before: usize,
    at: usize,
    lines: std::str::Lines<'a>,
}

impl<'a> Lines<'a> {
    fn next(&mut self, what: &str) -> Result<&'a str, RecordError> {
        self.at += 1;
        match self.lines.next() {
            // Files from DOS may end with a mark of their own.
            Some(line) => Ok(line.trim_matches(|c: char| c == '\u{1a}' || c.is_whitespace())),
            None => Err(self.fail(format!("the file ends where {what} should stand: it is cut off"))),
        }
    }

    fn optional(&mut self) -> Option<&'a str> {
        let line = self.lines.next().map(|l| l.trim_matches(|c: char| c == '\u{1a}' || c.is_whitespace()))?;
        self.at += 1;
        (!line.is_empty()).then_some(line)
    }

    fn fail(&self, message: String) -> RecordError {
        RecordError::Line { path: self.path.to_owned(), line: self.before + self.at, message }
    }

    fn number(&self, what: &str, text: Option<&str>) -> Result<f64, RecordError> {
        let text = text.unwrap_or_default();
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(self.fail(format!("{what}: `{text}` is no number"))),
        }
    }

    /// A number that may be left out.
    fn number_or(&self, what: &str, text: Option<&str>, default: f64) -> Result<f64, RecordError> {
        if text.is_none_or(str::is_empty) { Ok(default) } else { self.number(what, text) }
    }
}

fn fields(line: &str) -> Vec<&str> {
    line.split(',').map(str::trim).collect()
}

/// Reads a configuration; `before` is the number of lines before it in the file.
///
/// # Errors
/// [`RecordError::Line`].
pub fn parse(path: &Path, bytes: &[u8], before: usize) -> Result<Cfg, RecordError> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let damaged_text = text.contains('\u{fffd}');
    let mut lines = Lines { path, before, at: 0, lines: text.lines() };

    let head = fields(lines.next("the station")?);
    let revision = match head.get(2).copied().unwrap_or_default() {
        "" | "1991" => Revision::Y1991,
        "1999" | "2001" => Revision::Y1999,
        other => match other.parse::<u32>() {
            Ok(year) if year >= 2013 => Revision::Y2013,
            _ => return Err(lines.fail(format!("`{other}` is no edition of COMTRADE: 1991, 1999 or 2013"))),
        },
    };
    let counts = fields(lines.next("the number of channels")?);
    let count = |kind: char, field: Option<&&str>| -> Option<usize> {
        let field = field?.trim_end_matches([kind, kind.to_ascii_lowercase()]);
        field.trim().parse().ok()
    };
    let (Some(analogs), Some(statuses)) = (count('A', counts.get(1)), count('D', counts.get(2))) else {
        return Err(lines.fail("numbers of channels as `8,4A,4D` should stand here".to_owned()));
    };
    if counts.first().and_then(|t| t.parse().ok()) != analogs.checked_add(statuses) {
        return Err(
            lines.fail(format!("{analogs} analog and {statuses} status channels do not make up the total"))
        );
    }
    let mut analog = Vec::new();
    for _ in 0..analogs {
        let line = lines.next("an analog channel")?;
        analog.push(analog_channel(&lines, line)?);
    }
    let mut status = Vec::new();
    for _ in 0..statuses {
        let parts = fields(lines.next("a status channel")?);
        // 1991: number, name, normal state; later: number, name, phase, component, normal state.
        let normal = if parts.len() <= 3 { parts.get(2) } else { parts.get(4) };
        let name = parts.get(1).copied().unwrap_or_default().to_owned();
        status.push(Status { name, normal: normal.is_some_and(|n| *n == "1") });
    }
    let nominal_hz = {
        let line = lines.next("the nominal frequency")?;
        lines.number_or("nominal frequency", Some(line), 0.0)?
    };
    let (rates, by_stamps) = sampling(&mut lines)?;
    let first = lines.next("the time of the first sample")?;
    let trigger = lines.next("the time of the trigger")?;
    let fraction = |stamp: &str| stamp.rsplit_once('.').map_or(0, |(_, digits)| digits.trim().len());
    let unit = if fraction(first).max(fraction(trigger)) > 6 { 1e-9 } else { 1e-6 };
    let trigger_s = instant(trigger, revision).zip(instant(first, revision)).map(|(t, f)| {
        // Days apart from seconds: a double holds no microseconds of two thousand years.
        (t.0 - f.0) * 86_400.0 + (t.1 - f.1)
    });
    let form = lines.next("the form of the data")?;
    let format = Format::of(form).ok_or_else(|| {
        lines.fail(format!("`{form}` is no form of data: ASCII, BINARY, BINARY32 or FLOAT32"))
    })?;
    let multiplier = match lines.optional() {
        Some(text) if revision > Revision::Y1991 => lines.number("time multiplier", Some(text))?,
        _ => 1.0,
    };
    if multiplier <= 0.0 {
        return Err(lines.fail("a time multiplier is above 0".to_owned()));
    }
    let [station, device] = [0, 1].map(|i| head.get(i).copied().unwrap_or_default().to_owned());
    Ok(Cfg {
        station,
        device,
        revision,
        analog,
        status,
        nominal_hz,
        rates,
        by_stamps,
        trigger_s,
        stamp_s: unit * multiplier,
        format,
        damaged_text,
    })
}

fn analog_channel(lines: &Lines<'_>, line: &str) -> Result<Analog, RecordError> {
    let parts = fields(line);
    if parts.len() < 10 {
        return Err(
            lines.fail(format!("an analog channel has 10 fields (1991) or 13, this line {}", parts.len()))
        );
    }
    let get = |i: usize| parts.get(i).copied();
    let text = |i: usize| get(i).unwrap_or_default().to_owned();
    let ratio = match (get(10).and_then(|t| t.parse().ok()), get(11).and_then(|t| t.parse().ok())) {
        (Some(primary), Some(secondary)) => Some((primary, secondary)),
        _ => None,
    };
    Ok(Analog {
        name: text(1),
        phase: text(2),
        unit: text(4),
        a: lines.number("factor a", get(5))?,
        b: lines.number_or("offset b", get(6), 0.0)?,
        skew_us: lines.number_or("skew", get(7), 0.0)?,
        ratio,
        primary: get(12).map(|side| side.eq_ignore_ascii_case("P")),
    })
}

fn sampling(lines: &mut Lines<'_>) -> Result<(Vec<(f64, u64)>, bool), RecordError> {
    let line = lines.next("the number of sampling rates")?;
    let count: u32 = match line.parse() {
        Ok(count) => count,
        Err(_) => return Err(lines.fail(format!("`{line}` is no number of sampling rates"))),
    };
    if count > MAX_RATES {
        return Err(
            lines.fail(format!("{count} sampling rates are more than {MAX_RATES}: the file is damaged"))
        );
    }
    let mut rates: Vec<(f64, u64)> = Vec::new();
    let mut by_stamps = count == 0;
    for _ in 0..count.max(1) {
        let parts = fields(lines.next("a sampling rate")?);
        let rate = lines.number("sampling rate", parts.first().copied())?;
        let Some(end) = parts.get(1).and_then(|t| t.parse::<u64>().ok()) else {
            return Err(lines
                .fail("a sampling rate and its last sample, as `3200,1280`, should stand here".to_owned()));
        };
        if rates.last().is_some_and(|before| end < before.1) {
            return Err(lines.fail("the last samples of the sampling rates run back".to_owned()));
        }
        if rate < 0.0 {
            return Err(lines.fail("a sampling rate is not below 0".to_owned()));
        }
        by_stamps |= rate == 0.0;
        rates.push((rate, end));
    }
    Ok((rates, by_stamps))
}

/// Days since the year 0, and seconds of the day, of a stamp `date,time`; the order of day and month is the
/// edition's.
fn instant(stamp: &str, revision: Revision) -> Option<(f64, f64)> {
    let (date, time) = stamp.split_once(',')?;
    let mut date = date.trim().split('/').map(|part| part.trim().parse::<i64>().ok());
    let (first, second, year) = (date.next()??, date.next()??, date.next()??);
    let (day, month) = if revision == Revision::Y1991 { (second, first) } else { (first, second) };
    if !(1..=31).contains(&day) || !(1..=12).contains(&month) || !(0..=9999).contains(&year) {
        return None;
    }
    let mut time = time.trim().split(':');
    let (hour, minute): (f64, f64) = (time.next()?.trim().parse().ok()?, time.next()?.trim().parse().ok()?);
    let second: f64 = time.next()?.trim().parse().ok()?;
    // Days of the civil calendar, counted from 1 March of the year 0.
    let (y, m) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = 365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + (153 * m + 2) / 5 + day;
    let seconds = hour * 3600.0 + minute * 60.0 + second;
    seconds.is_finite().then_some((days as f64, seconds))
}
