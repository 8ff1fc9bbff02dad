//! `dpo registers diff`.

use std::io::{self, Write};

use clap::{Args, ValueEnum};

use super::source::document;
use super::{FOUND, OK, fail};
use crate::maps::diff::{Fit, Kind, compare, report, table};

/// Which maps to compare, and how to write the outcome.
///
/// Exit code 0 if the version of NEW fits what changed, also if the change is breaking; 1 if the version is too
/// low; 2 if the maps cannot be compared.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The old map: a file, REV:path of a git repository, or the id of a shipped map.
    #[arg(required_unless_present = "classification")]
    old: Option<String>,
    /// The new map, named in the same ways.
    #[arg(required_unless_present = "classification")]
    new: Option<String>,
    /// How to write it; markdown and html are a redline.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Print how each change of each key is classified, as Markdown, and compare nothing.
    #[arg(long, value_enum, value_name = "KIND", conflicts_with_all = ["old", "new", "format"])]
    classification: Option<MapKind>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
    Html,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum MapKind {
    Modbus,
    Pmbus,
}

pub(super) fn run(args: DiffArgs, out: &mut dyn Write) -> io::Result<u8> {
    if let Some(kind) = args.classification {
        let kind = match kind {
            MapKind::Modbus => Kind::Modbus,
            MapKind::Pmbus => Kind::Pmbus,
        };
        write!(out, "{}", table::markdown(kind))?;
        return Ok(OK);
    }
    let (old, new) = (args.old.unwrap_or_default(), args.new.unwrap_or_default());
    let diff = document(&old)
        .and_then(|old| Ok((old, document(&new)?)))
        .and_then(|(old, new)| compare(&old, &new).map_err(|error| error.to_string()));
    let diff = match diff {
        Ok(diff) => diff,
        Err(error) => return fail(out, &error),
    };
    let format = match args.format {
        Format::Text => report::Format::Text,
        Format::Json => report::Format::Json,
        Format::Markdown => report::Format::Markdown,
        Format::Html => report::Format::Html,
    };
    write!(out, "{}", report::render(&diff, format))?;
    Ok(if matches!(diff.fit(), Fit::TooLow { .. }) { FOUND } else { OK })
}
