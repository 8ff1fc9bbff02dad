//! Maps in the formats of others.
//!
//! No export is silent about what it drops: whatever the map says and the target cannot hold is in
//! [`Exported::losses`]. What an import kept in `foreign` for the format is given back.

mod csv;
mod loss;
#[cfg(test)]
pub(in crate::maps) mod tests;
mod text;

use std::fmt;

use super::model::RegisterMap;

pub use loss::Losses;

/// A format that maps can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Comma-separated values with every key of the map (RFC 4180).
    Csv,
}

impl Format {
    /// Every format.
    pub const ALL: &'static [Self] = &[Self::Csv];

    /// What it is, in a line.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Csv => {
                "Comma-separated values with every key of the map, one line a register, bit and symbol"
            }
        }
    }

    /// Name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
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
}

/// Writes a map in another format.
///
/// # Errors
/// [`ExportError`] if the format needs something that the map does not say.
pub fn export(map: &RegisterMap, format: Format) -> Result<Exported, ExportError> {
    let mut losses = Losses::default();
    let bytes = match format {
        Format::Csv => csv::write(map, &mut losses).into_bytes(),
    };
    Ok(Exported { bytes, losses })
}
