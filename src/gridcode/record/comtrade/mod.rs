//! COMTRADE, IEEE C37.111 of 1991, 1999 and 2013: configuration and data in two files, or both in one.
//!
//! Values are `a x + b` in the unit of the channel, as recorded (primary or secondary side as the channel
//! says; a base of p.u. must be of the same side). Times are those of the sampling rates, from 0 at the first
//! sample, where the configuration has any, and those of the time stamps otherwise.

pub mod cfg;
mod dat;

use std::path::Path;

use super::{Channel, Record, RecordError, StatusChannel};
use cfg::{Cfg, Format};

/// Reads a configuration and its data; the paths are named in errors.
///
/// # Errors
/// [`RecordError`] with the line or byte and what to do.
pub fn parse(cfg_path: &Path, cfg: &[u8], dat_path: &Path, dat: &[u8]) -> Result<Record, RecordError> {
    let cfg = cfg::parse(cfg_path, cfg, 0)?;
    let data = dat::parse(dat_path, dat, &cfg, 0)?;
    Ok(record(cfg_path, cfg, data))
}

/// Reads a single-file record (2013).
///
/// # Errors
/// [`RecordError`] with the line or byte and what to do.
pub fn parse_cff(path: &Path, bytes: &[u8]) -> Result<Record, RecordError> {
    let fail =
        |line, message: &str| RecordError::Line { path: path.to_owned(), line, message: message.to_owned() };
    let mut config: Option<(usize, &[u8])> = None;
    let mut data: Option<(Section<'_>, usize, usize)> = None;
    let mut open: Option<(Section<'_>, usize, usize)> = None;
    let (mut offset, mut line) = (0, 0);
    let mut close = |open: &mut Option<(Section<'_>, usize, usize)>, end: usize| {
        if let Some((section, first_line, start)) = open.take()
            && section.kind.eq_ignore_ascii_case("CFG")
        {
            config = Some((first_line, bytes.get(start..end).unwrap_or_default()));
        }
    };
    while offset < bytes.len() {
        let rest = bytes.get(offset..).unwrap_or_default();
        let length = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |i| i + 1);
        line += 1;
        if let Some(section) = rest.get(..length).and_then(Section::of) {
            close(&mut open, offset);
            let start = offset + length;
            if section.kind.eq_ignore_ascii_case("DAT") {
                data = Some((section, line, start));
                // Binary data may hold anything: nothing behind them is looked for.
                break;
            }
            open = Some((section, line, start));
        }
        offset += length;
    }
    close(&mut open, bytes.len());
    let (cfg_line, cfg_bytes) =
        config.ok_or_else(|| fail(1, "no section `--- file type: CFG ---`: is this a .cff file?"))?;
    let (section, dat_line, start) = data.ok_or_else(|| {
        fail(line.max(1), "no section `--- file type: DAT … ---` follows the configuration")
    })?;
    let cfg = cfg::parse(path, cfg_bytes, cfg_line)?;
    let named = match section.format {
        "" => cfg.format,
        name => Format::of(name).ok_or_else(|| fail(dat_line, "the section names no known form of data"))?,
    };
    if named != cfg.format {
        return Err(fail(dat_line, "the section and the configuration name different forms of data"));
    }
    let rest = bytes.get(start..).unwrap_or_default();
    let mut cut = false;
    let dat_bytes = match section.bytes {
        Some(count) => rest.get(..count).unwrap_or_else(|| {
            cut = true;
            rest
        }),
        None => rest,
    };
    let place = if cfg.format == Format::Ascii { dat_line } else { start };
    let data = dat::parse(path, dat_bytes, &cfg, place)?;
    let mut record = record(path, cfg, data);
    if cut {
        record.notes.push("the file ends before its section of data does".to_owned());
    }
    Ok(record)
}

/// The head of a section of a single file.
#[derive(Debug, Clone, Copy)]
struct Section<'a> {
    kind: &'a str,
    format: &'a str,
    bytes: Option<usize>,
}

impl<'a> Section<'a> {
    fn of(line: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(line).ok()?.trim();
        let inner = text.strip_prefix("---")?.strip_suffix("---")?.trim();
        let (key, value) = inner.split_once(':')?;
        if !key.trim().eq_ignore_ascii_case("file type") {
            return None;
        }
        let (words, count) =
            value.split_once(':').map_or((value, None), |(words, count)| (words, Some(count)));
        let mut words = words.split_whitespace();
        Some(Self {
            kind: words.next()?,
            format: words.next().unwrap_or_default(),
            bytes: count.and_then(|count| count.trim().parse().ok()),
        })
    }
}

fn record(path: &Path, cfg: Cfg, data: dat::Data) -> Record {
    let mut notes = data.notes;
    if cfg.damaged_text {
        notes.push(
            "names are not in UTF-8; unreadable letters were replaced, select channels as #1, #2, …"
                .to_owned(),
        );
    }
    let channels = cfg
        .analog
        .into_iter()
        .zip(data.analog)
        .map(|(c, values)| Channel {
            name: c.name,
            phase: c.phase,
            unit: c.unit,
            skew_s: c.skew_us * 1e-6,
            values,
        })
        .collect();
    let status = cfg
        .status
        .into_iter()
        .zip(data.status)
        .map(|(c, states)| StatusChannel { name: c.name, normal: c.normal, states })
        .collect();
    Record {
        name: format!("{} ({}, {})", path.display(), cfg.station, cfg.device),
        time_s: data.time_s,
        channels,
        status,
        nominal_hz: (cfg.nominal_hz > 0.0).then_some(cfg.nominal_hz),
        trigger_s: cfg.trigger_s,
        notes,
    }
}

#[cfg(test)]
mod tests;
