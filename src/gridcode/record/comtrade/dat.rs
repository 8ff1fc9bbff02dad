//! The data: one sample after another, as text or in binary (little-endian).

use std::path::Path;

use super::cfg::{Analog, Cfg, Format, Revision};
use crate::gridcode::record::RecordError;

/// A time stamp that is missing.
const NO_STAMP: u32 = 0xffff_ffff;
/// A missing value in text.
const NO_VALUE: &str = "99999";

/// The samples of all channels.
#[derive(Debug, Default)]
pub(super) struct Data {
    pub(super) time_s: Vec<f64>,
    pub(super) analog: Vec<Vec<f64>>,
    pub(super) status: Vec<Vec<bool>>,
    pub(super) notes: Vec<String>,
}

/// Reads the data; `place` is the number of lines (text) or bytes (binary) before them in the file.
pub(super) fn parse(path: &Path, bytes: &[u8], cfg: &Cfg, place: usize) -> Result<Data, RecordError> {
    let mut data = Data {
        analog: vec![Vec::new(); cfg.analog.len()],
        status: vec![Vec::new(); cfg.status.len()],
        ..Data::default()
    };
    match cfg.format {
        Format::Ascii => text(path, bytes, cfg, place, &mut data)?,
        _ => binary(path, bytes, cfg, place, &mut data)?,
    }
    let (read, named) = (data.time_s.len() as u64, cfg.samples());
    if read < named {
        data.notes.push(format!("the data end after {read} of {named} samples"));
    }
    Ok(data)
}

impl Data {
    /// Adds the time of a sample; it must not run back.
    fn time(&mut self, cfg: &Cfg, sample: u64, stamp: Option<f64>) -> Result<(), String> {
        let t = if cfg.by_stamps {
            stamp
                .ok_or_else(|| format!("sample {sample} has no time stamp, and there is no sampling rate"))?
        } else {
            cfg.time_s(sample)
        };
        match self.time_s.last() {
            Some(last) if t < *last => Err(format!("the time runs back from {last} s to {t} s")),
            _ if !t.is_finite() => Err(format!("sample {sample} has no usable time")),
            _ => {
                self.time_s.push(t);
                Ok(())
            }
        }
    }
}

fn text(path: &Path, bytes: &[u8], cfg: &Cfg, place: usize, data: &mut Data) -> Result<(), RecordError> {
    let text = String::from_utf8_lossy(bytes);
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_matches(|c: char| c == '\u{1a}' || c.is_whitespace());
        if line.is_empty() {
            continue;
        }
        if data.time_s.len() as u64 >= cfg.samples() {
            data.notes.push(format!("lines after sample {} were not read", cfg.samples()));
            break;
        }
        let fail =
            |message: String| RecordError::Line { path: path.to_owned(), line: place + index + 1, message };
        let parts: Vec<&str> = line.split(',').map(str::trim).collect();
        let wanted = 2 + cfg.analog.len() + cfg.status.len();
        if parts.len() != wanted {
            return Err(fail(format!("{} fields, the configuration makes {wanted}", parts.len())));
        }
        let mut parts = parts.into_iter();
        let sample = parts.next().unwrap_or_default();
        let sample: u64 = sample.parse().map_err(|_| fail(format!("`{sample}` is no number of a sample")))?;
        let stamp = match parts.next().unwrap_or_default() {
            "" => None,
            stamp => match stamp.parse::<f64>() {
                Ok(stamp) if stamp.is_finite() => Some(stamp * cfg.stamp_s),
                _ => return Err(fail(format!("`{stamp}` is no time stamp"))),
            },
        };
        for (channel, values) in cfg.analog.iter().zip(&mut data.analog) {
            let cell = parts.next().unwrap_or_default();
            let value = if cell.is_empty() || (cell == NO_VALUE && cfg.revision > Revision::Y1991) {
                f64::NAN
            } else {
                let raw: f64 =
                    cell.parse().map_err(|_| fail(format!("`{cell}` is no value of {}", channel.name)))?;
                scaled(channel, raw)
            };
            values.push(value);
        }
        for (channel, states) in cfg.status.iter().zip(&mut data.status) {
            states.push(match parts.next().unwrap_or_default() {
                "0" => false,
                "1" => true,
                other => return Err(fail(format!("`{other}` is no state of {}", channel.name))),
            });
        }
        data.time(cfg, sample, stamp).map_err(fail)?;
    }
    Ok(())
}

fn binary(path: &Path, bytes: &[u8], cfg: &Cfg, place: usize, data: &mut Data) -> Result<(), RecordError> {
    let width = if cfg.format == Format::Binary { 2 } else { 4 };
    let words = cfg.status.len().div_ceil(16);
    let row = 8 + cfg.analog.len() * width + words * 2;
    let rows = bytes.chunks_exact(row);
    let spare = rows.remainder().len();
    let mut count = 0_u64;
    for (index, mut row_bytes) in rows.enumerate() {
        if count >= cfg.samples() {
            break;
        }
        count += 1;
        let fail = |message: String| RecordError::Byte {
            path: path.to_owned(),
            offset: place + index * row,
            message,
        };
        let (sample, stamp) = (u32_le(&mut row_bytes), u32_le(&mut row_bytes));
        let stamp = (stamp != NO_STAMP).then(|| f64::from(stamp) * cfg.stamp_s);
        data.time(cfg, u64::from(sample), stamp).map_err(fail)?;
        for (channel, values) in cfg.analog.iter().zip(&mut data.analog) {
            values.push(raw(&mut row_bytes, cfg).map_or(f64::NAN, |raw| scaled(channel, raw)));
        }
        let mut word = 0;
        for (index, states) in data.status.iter_mut().enumerate() {
            if index % 16 == 0 {
                word = u16_le(&mut row_bytes);
            }
            states.push(word >> (index % 16) & 1 == 1);
        }
    }
    let unread = (bytes.len() / row) as u64 - count;
    if unread > 0 {
        data.notes.push(format!("{unread} samples after sample {} were not read", cfg.samples()));
    } else if spare > 0 {
        data.notes.push(format!("{spare} bytes at the end make no sample of {row} bytes"));
    }
    Ok(())
}

/// The value as it is in the file; `None` if it is missing.
fn raw(row: &mut &[u8], cfg: &Cfg) -> Option<f64> {
    match cfg.format {
        Format::Binary => {
            let value = u16_le(row).cast_signed();
            // The mark of a missing value changed with the edition of 1999.
            let missing = if cfg.revision == Revision::Y1991 { -1 } else { i16::MIN };
            (value != missing).then(|| f64::from(value))
        }
        Format::Binary32 => {
            let value = u32_le(row).cast_signed();
            (value != i32::MIN).then(|| f64::from(value))
        }
        Format::Float32 | Format::Ascii => {
            let value = f32::from_bits(u32_le(row));
            (value.is_finite() && value != f32::MIN).then(|| f64::from(value))
        }
    }
}

/// The value in the unit of the channel; NaN if it is no number.
fn scaled(channel: &Analog, raw: f64) -> f64 {
    let value = channel.a * raw + channel.b;
    if value.is_finite() { value } else { f64::NAN }
}

fn u16_le(bytes: &mut &[u8]) -> u16 {
    take(bytes).map_or(0, u16::from_le_bytes)
}

fn u32_le(bytes: &mut &[u8]) -> u32 {
    take(bytes).map_or(0, u32::from_le_bytes)
}

/// The next bytes. The caller cuts rows of the right length, so that they are there.
fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*first)
}
