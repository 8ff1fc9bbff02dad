//! `dpo registers decode`.

use std::io::{self, Read, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::image::{self, Input};
use super::view::{Line, Select, State, table, to_json};
use super::{FAILED, OK, export, say};
use crate::maps::decode::decode;

/// The image, and how to show it.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct DecodeArgs {
    /// The map: a file, or the identifier of a map that ships with this program (`orv3-psu`).
    map: String,
    /// File with the image [default: standard input].
    image: Option<PathBuf>,
    /// How the image is written.
    #[arg(long, value_name = "FORM", default_value = "auto")]
    input: Input,
    /// Address of the first word, for images that do not say (decimal, or 0x…).
    #[arg(long, value_name = "ADDRESS", default_value = "0", value_parser = address)]
    start: u16,
    /// How to show it.
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    format: Show,
    #[command(flatten)]
    select: Select,
    /// Show registers too that the image does not hold.
    #[arg(long)]
    all: bool,
}

const AFTER_HELP: &str = "Examples:\n  dpo registers decode orv3-psu --start 79 < words.bin\n  \
    echo '88: 4540' | dpo registers decode orv3-psu\n  \
    dpo registers decode my-map.json dump.txt --format json --filter voltage\n\n\
    Exit codes: 0 decoded, also if nothing was there to decode, 2 wrong use, an unreadable map or image.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Show {
    /// Aligned columns: address, identifier, value.
    Table,
    /// One JSON array with raw numbers, exact fractions, units, flags and symbols.
    Json,
}

/// The longest image: every address, as dump lines with comments.
const LONGEST: u64 = 16 << 20;

pub(super) fn address(text: &str) -> Result<u16, String> {
    let number = match text.strip_prefix("0x") {
        Some(digits) => u16::from_str_radix(digits, 16),
        None => text.parse(),
    };
    number.map_err(|_| "give an address of 0 to 65535, or 0x0 to 0xFFFF".to_owned())
}

pub(super) fn run(args: &DecodeArgs, out: &mut dyn Write) -> io::Result<u8> {
    let map = match export::registers(&args.map, "decode") {
        Ok(map) => map,
        Err(error) => return Ok(say(FAILED, &error)),
    };
    if let Err(error) = args.select.check(&map) {
        return Ok(say(FAILED, &error));
    }
    let name = args.image.as_ref().map_or("standard input".to_owned(), |p| p.display().to_string());
    let image =
        match bytes(args).map_err(|e| e.to_string()).and_then(|b| image::read(&b, args.input, args.start)) {
            Ok(image) => image,
            Err(error) => return Ok(say(FAILED, &format!("{name}: {error}"))),
        };
    let decoded = decode(&map, |address| image.get(&address).copied());
    let shown: Vec<_> =
        decoded.iter().filter(|d| args.select.takes(d.register) && (args.all || d.value.is_some())).collect();
    if shown.is_empty() {
        let held = image.len();
        say(OK, &format!("{name}: none of its {held} words belongs to a chosen register of {}", map.id));
    }
    match args.format {
        Show::Table => {
            let lines: Vec<_> = shown.iter().map(|d| Line { decoded: d, state: State::Fresh }).collect();
            for line in table(&lines, false) {
                writeln!(out, "{}", line.trim_start())?;
            }
        }
        Show::Json => {
            let list: serde_json::Value = shown.iter().map(|d| to_json(d)).collect();
            writeln!(out, "{list:#}")?;
        }
    }
    Ok(OK)
}

fn bytes(args: &DecodeArgs) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match &args.image {
        Some(path) => std::fs::File::open(path)?.take(LONGEST + 1).read_to_end(&mut bytes)?,
        None => io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes)?,
    };
    if bytes.len() as u64 > LONGEST {
        return Err(io::Error::other("longer than any image of 65536 words"));
    }
    Ok(bytes)
}
