//! `dpo registers export`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use super::{FAILED, FOUND, OK, say};
use crate::maps::export::{Exported, Format, Options, export, export_commands};
use crate::maps::pmbus::{self, PmbusMap};
use crate::maps::{self, RegisterMap};

/// What to export, and where to.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct ExportArgs {
    /// The format.
    #[arg(long, short)]
    format: Format,
    /// The map: a file, or the identifier of a map that ships with this program (`orv3-psu`).
    map: String,
    /// File to write [default: standard output].
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What the format wants to know and no map can say, by its key there; may be repeated.
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
    /// Fail, and write nothing, if the format cannot hold all that the map says.
    #[arg(long)]
    strict: bool,
}

const AFTER_HELP: &str = "Keys of --set: phosphor DeviceModel, DeviceType, ExpectedValue; telegraf \
    controller, unit; wot base, unit; modbus-exporter protocol (tcp/ip or serial).\n\nWhat the map says and the format cannot hold is listed on standard error, a line for \
    each kind, with the registers.\n\nExit codes: 0 written, 1 --strict and something does not fit, 2 wrong use, \
    an unreadable map, or one that lacks what the format needs.";

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.about()))
    }
}

pub(super) fn run(args: ExportArgs, out: &mut dyn Write) -> io::Result<u8> {
    let exported = match write(&args.map, args.format, args.set.into_iter().collect()) {
        Ok(exported) => exported,
        Err(error) => return Ok(say(FAILED, &error)),
    };
    for line in exported.losses.to_string().lines() {
        say(OK, line);
    }
    if args.strict && !exported.losses.is_empty() {
        return Ok(say(
            FOUND,
            &format!("{} cannot hold all of {}; nothing was written", args.format, args.map),
        ));
    }
    put(args.output.as_deref(), &exported.bytes, out)
}

fn write(name: &str, format: Format, options: Options) -> Result<Exported, String> {
    let exported = match commands(name)? {
        Some(map) => {
            let mirrored = pmbus::mirrored(&map, Path::new(name));
            export_commands(&map, mirrored.as_ref(), format, options)
        }
        None => export(&load(name)?, format, options),
    };
    exported.map_err(|error| error.to_string())
}

/// A PMBus map by file name, or by the identifier of a shipped one; `None` if the name is of no such map.
fn commands(name: &str) -> Result<Option<PmbusMap>, String> {
    let path = Path::new(name);
    let shipped = pmbus::BUILTIN.iter().find(|(id, _)| *id == name).map(|(_, text)| (*text).to_owned());
    // A file of that name is what the user means, if there is one.
    let Some(text) = maps::load_text(path).ok().or(shipped) else { return Ok(None) };
    match serde_json::from_str(&text) {
        Ok(document) if pmbus::is_pmbus(&document) => {
            pmbus::parse(path, &text).map(Some).map_err(|error| error.to_string())
        }
        _ => Ok(None),
    }
}

/// As [`load`], for a command that has no meaning for PMBus maps.
pub(super) fn registers(name: &str, command: &str) -> Result<RegisterMap, String> {
    match commands(name)? {
        Some(map) => Err(format!(
            "{command} is for Modbus maps; {} is a PMBus map: `export --format csv` or markdown shows it",
            map.id
        )),
        None => load(name),
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

/// A map by file name, or by the identifier of a shipped one. Says how many findings the lint has on the file;
/// a map whose values nobody can compute is refused.
fn load(name: &str) -> Result<RegisterMap, String> {
    let shipped = maps::BUILTIN.iter().find(|(id, _)| *id == name);
    let path = Path::new(name);
    // A file of that name is what the user means, if there is one.
    if let Some((id, text)) = shipped.filter(|_| !path.exists()) {
        return maps::parse(Path::new(&format!("{id}.json")), text).map_err(|e| e.to_string());
    }
    let loaded = maps::load_text(path).and_then(|text| Ok((maps::parse(path, &text)?, text)));
    let (map, text) = loaded.map_err(|error| match error {
        maps::LoadError::Read { .. } => {
            let known: Vec<_> = maps::BUILTIN.iter().chain(&pmbus::BUILTIN).map(|(id, _)| *id).collect();
            format!("{error}; name a file, or one of {}", known.join(", "))
        }
        other => other.to_string(),
    })?;
    let fractions =
        (0..).zip(&map.registers).flat_map(|(i, r)| [(i, "scale", r.scale), (i, "offset", r.offset)]);
    if let Some((i, key, bad)) = fractions.into_iter().find(|(.., fraction)| fraction.den < 1) {
        let den = bad.den;
        return Err(format!(
            "{name}: #/registers/{i}/{key}: a denominator of {den} gives no value; write 1 or more"
        ));
    }
    let report = maps::lint_text(path, &text).map_err(|e| e.to_string())?;
    match report.findings.len() {
        0 => {}
        1 => drop(say(OK, &format!("1 finding of the lint: dpo registers lint {name}"))),
        n => drop(say(OK, &format!("{n} findings of the lint: dpo registers lint {name}"))),
    }
    Ok(map)
}

/// Writes to the file, or else to standard output.
pub(super) fn put(file: Option<&Path>, bytes: &[u8], out: &mut dyn Write) -> io::Result<u8> {
    match file {
        None => out.write_all(bytes).map(|()| OK),
        Some(path) => Ok(match std::fs::write(path, bytes) {
            Ok(()) => OK,
            Err(error) => say(FAILED, &format!("{}: {error}", path.display())),
        }),
    }
}
