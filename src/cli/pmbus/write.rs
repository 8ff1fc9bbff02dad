//! Writing one command through the safe writer.

use std::path::PathBuf;
use std::sync::Arc;

use super::read::find;
use crate::bus::pmbus::Device;
use crate::bus::pmbus::any::Any;
use crate::shelf::journal::store::Retention;
use crate::shelf::journal::{By, StoreJournal};
use crate::shelf::pmbus::{ALLOWED, PmbusWriter};

/// What a write needs.
#[derive(Debug, clap::Args)]
pub(super) struct How {
    /// Write to the device. A wrong setpoint can take a rack down.
    #[arg(long)]
    allow_writes: bool,
    /// Where each write is recorded, before it is sent; `dpo journal` shows it.
    #[arg(long, value_name = "FILE", default_value = "dpo-pmbus.journal")]
    journal: PathBuf,
}

impl How {
    pub(super) fn allowed(&self) -> Result<(), String> {
        if self.allow_writes { Ok(()) } else { Err("nothing is written without --allow-writes".to_owned()) }
    }
}

/// Writes a command and says what the device then holds.
pub(super) async fn command(
    device: &Device,
    how: &How,
    name: &str,
    value: Option<&str>,
) -> Result<String, String> {
    let info = find(device, name)?;
    let value = Any::parse(info, value.unwrap_or_default())?;
    let journal =
        StoreJournal::open(&how.journal, Retention::default()).map_err(|error| error.to_string())?;
    let writer = PmbusWriter::new(ALLOWED, Arc::new(journal));
    let user = std::env::var("USER").unwrap_or_default();
    let done = writer.write(device, info.id, &value, &By::new("local", user), "dpo pmbus").await;
    let data = done.map_err(|error| error.to_string())?;
    if info.read.is_none() {
        return Ok(format!("{} sent\n", info.name));
    }
    let mode = device.mode_for(info).await.map_err(|error| error.to_string())?;
    let holds = Any::decode(info, &data, mode).map_err(|error| error.to_string())?;
    Ok(format!("{} {}\n", info.name, holds.show(info)))
}
