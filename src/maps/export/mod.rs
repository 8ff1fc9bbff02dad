//! Maps in the formats of others.
//!
//! No export is silent about what it drops: whatever the map says and the target cannot hold is in
//! [`Exported::losses`]. What an import kept in `foreign` for the format is given back.

mod c_header;
mod csv;
mod loss;
pub(in crate::maps) mod markdown;
mod modbus_exporter;
mod phosphor;
pub(in crate::maps) mod pmbus;
mod rackmon;
mod telegraf;
#[cfg(test)]
pub(in crate::maps) mod tests;
mod text;
mod wot;
#[cfg(feature = "xlsx")]
mod xlsx;

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::model::RegisterMap;

pub use loss::Losses;
pub use pmbus::export as export_commands;

/// A format that maps can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Register maps of rackmon (facebook/openbmc, facebook/fboss).
    Rackmon,
    /// Device profiles of phosphor-modbus (openbmc/phosphor-modbus).
    Phosphor,
    /// Thing Description of the W3C with the Modbus binding.
    Wot,
    /// Configuration of telegraf's Modbus input.
    Telegraf,
    /// Configuration of RichiH/modbus_exporter for Prometheus.
    ModbusExporter,
    /// C99 header.
    CHeader,
    /// Comma-separated values with every key of the map (RFC 4180).
    Csv,
    /// Workbook for spreadsheets.
    #[cfg(feature = "xlsx")]
    Xlsx,
    /// Documentation tables in Markdown.
    Markdown,
}

impl Format {
    /// Every format.
    pub const ALL: &'static [Self] = &[
        Self::Rackmon,
        Self::Phosphor,
        Self::Wot,
        Self::Telegraf,
        Self::ModbusExporter,
        Self::CHeader,
        Self::Csv,
        #[cfg(feature = "xlsx")]
        Self::Xlsx,
        Self::Markdown,
    ];

    /// What it is, in a line.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Rackmon => "Register map of rackmon (facebook/openbmc, facebook/fboss)",
            Self::Phosphor => "Device profile of phosphor-modbus (openbmc/phosphor-modbus)",
            Self::Csv => {
                "Comma-separated values with every key of the map, one line a register, bit and symbol"
            }
            Self::Wot => "W3C Thing Description with the Modbus binding (JSON-LD)",
            Self::Telegraf => "Configuration of telegraf's inputs.modbus (TOML)",
            Self::ModbusExporter => "Configuration of RichiH/modbus_exporter for Prometheus (YAML)",
            Self::CHeader => "C99 header: macros, and a table of the registers",
            #[cfg(feature = "xlsx")]
            Self::Xlsx => "Workbook with the rows of the CSV, a sheet for each kind",
            Self::Markdown => "Documentation tables, as the specification has them",
        }
    }

    /// Name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rackmon => "rackmon",
            Self::Phosphor => "phosphor",
            Self::Wot => "wot",
            Self::Telegraf => "telegraf",
            Self::ModbusExporter => "modbus-exporter",
            Self::CHeader => "c-header",
            Self::Csv => "csv",
            #[cfg(feature = "xlsx")]
            Self::Xlsx => "xlsx",
            Self::Markdown => "markdown",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A map in another format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The file.
    pub bytes: Vec<u8>,
    /// What the map says and the file does not.
    pub losses: Losses,
}

/// Why a map could not be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The target wants something that the map does not say.
    #[error("{format} needs `{key}`, which the map {map} does not say: {mend}")]
    Missing {
        /// The map.
        map: String,
        /// The format.
        format: Format,
        /// What is missing.
        key: String,
        /// What to do.
        mend: String,
    },
    /// Two parts of a map get one name in the target.
    #[error("{format} of the map {map}: two things are called {name}; rename an identifier")]
    Clash {
        /// The map.
        map: String,
        /// The format.
        format: Format,
        /// The name.
        name: String,
    },
    /// A format of register maps, asked of a PMBus map.
    #[error("{format} is for Modbus maps; {map} is a PMBus map: csv or markdown")]
    Pmbus {
        /// The map.
        map: String,
        /// The format.
        format: Format,
    },
    /// The workbook cannot be written.
    #[cfg(feature = "xlsx")]
    #[error("xlsx of the map {map}: {reason}")]
    Workbook {
        /// The map.
        map: String,
        /// Why.
        reason: String,
    },
    /// An option with a value that the format does not take.
    #[error("{format}, --set {key}: {message}")]
    BadOption {
        /// The format.
        format: Format,
        /// Its key.
        key: &'static str,
        /// What is wrong, and what it takes.
        message: String,
    },
    /// An option that the format does not have.
    #[error("{format} has no option `{key}`")]
    UnknownOption {
        /// The format.
        format: Format,
        /// Its key.
        key: String,
    },
}

/// What a format wants to know and no map can say, by its key in that format.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options(BTreeMap<String, String>);

impl Options {
    /// The value of a key, which is spent by that.
    fn take(&mut self, key: &str) -> Option<String> {
        self.0.remove(key)
    }
}

impl FromIterator<(String, String)> for Options {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

/// Writes a map in another format.
///
/// # Errors
/// [`ExportError`] if the format needs something that neither the map nor an option says, or knows no such
/// option.
pub fn export(map: &RegisterMap, format: Format, mut options: Options) -> Result<Exported, ExportError> {
    let mut losses = Losses::new(map);
    let bytes = match format {
        Format::Rackmon => json(&rackmon::write(map, &mut losses)?),
        Format::Phosphor => json(&phosphor::write(map, &mut options, &mut losses)?),
        Format::Wot => json(&wot::write(map, &mut options, &mut losses)?),
        Format::Telegraf => telegraf::write(map, &mut options, &mut losses)?.into_bytes(),
        Format::ModbusExporter => modbus_exporter::write(map, &mut options, &mut losses)?.into_bytes(),
        Format::CHeader => c_header::write(map, &mut losses)?.into_bytes(),
        #[cfg(feature = "xlsx")]
        Format::Xlsx => xlsx::write(map, &mut losses)
            .map_err(|e| ExportError::Workbook { map: map.id.clone(), reason: e.to_string() })?,
        Format::Csv => csv::write(map, &mut losses).into_bytes(),
        Format::Markdown => markdown::write(map, &mut losses).into_bytes(),
    };
    if let Some((key, _)) = options.0.pop_first() {
        return Err(ExportError::UnknownOption { format, key });
    }
    Ok(Exported { bytes, losses })
}

/// A JSON document as a file.
fn json(document: &Value) -> Vec<u8> {
    format!("{document:#}\n").into_bytes()
}
