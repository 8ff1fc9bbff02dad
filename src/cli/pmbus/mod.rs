//! `dpo pmbus`: one PMBus device on an I2C bus of Linux: read, write, status, black box, alerts.

mod read;
mod write;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand, ValueEnum};
use dpo_registers::codec::pmbus::Address;
use dpo_registers::generated::{dpo_pmbus, pmbus_psu};
use dpo_registers::pmbus::CommandSet;

use super::{USAGE, fail, written};
use crate::bus::pmbus::Device;
use crate::bus::smbus::linux::{LinuxController, WhenHeld};
use crate::bus::smbus::{Controller, alert};

/// Talks PMBus to a device on an I2C bus of Linux.
#[derive(Debug, Args)]
pub(super) struct PmbusArgs {
    #[command(subcommand)]
    command: PmbusCommand,
}

#[derive(Debug, Subcommand)]
enum PmbusCommand {
    /// Read commands: those named, or every mandatory one that can be read.
    Read {
        #[command(flatten)]
        at: At,
        /// Identifiers or names, such as read_vin or READ_VIN.
        commands: Vec<String>,
    },
    /// Write one command: checked against the map, journalled, read back.
    #[command(
        after_help = "Written are VOUT_COMMAND, WRITE_PROTECT, CLEAR_FAULTS and the STATUS commands (a 1 for \
        each bit to clear); nothing else, whatever the map allows."
    )]
    Write {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        how: write::How,
        /// Identifier or name of the command.
        command: String,
        /// The value: a number in the unit of the map, an identifier, or bits such as 0x80. Nothing for an action.
        value: Option<String>,
    },
    /// Show the STATUS commands; with --clear clear all faults and show what is left.
    Status {
        #[command(flatten)]
        at: At,
        /// CLEAR_FAULTS first. Needs --allow-writes.
        #[arg(long)]
        clear: bool,
        #[command(flatten)]
        how: write::How,
    },
    /// Read the black box of a supply (MFR_BLACKBOX), as hexadecimal digits.
    Blackbox {
        #[command(flatten)]
        at: At,
    },
    /// Ask who pulls SMBALERT#. Each who answers lets go of the line.
    Alert {
        #[command(flatten)]
        bus: Bus,
    },
}

/// Which bus.
#[derive(Debug, Args)]
struct Bus {
    /// The I2C bus, for example /dev/i2c-1.
    #[arg(long, value_name = "DEVICE")]
    bus: PathBuf,
    /// Use an address that a kernel driver holds. Both may then get in each other's way.
    #[arg(long)]
    share: bool,
}

/// Which device.
#[derive(Debug, Args)]
struct At {
    #[command(flatten)]
    bus: Bus,
    /// Address of 7 bits, for example 0x58. Data sheets that print B0h mean it.
    #[arg(long, value_parser = address)]
    address: Address,
    /// What is there.
    #[arg(long, default_value = "pmbus-psu")]
    map: Map,
    /// Packet error codes: as the device says, always, or never.
    #[arg(long, default_value = "auto")]
    pec: Pec,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Map {
    /// A power supply unit.
    PmbusPsu,
    /// The DPO block of a power monitoring interface.
    DpoPmbus,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Pec {
    Auto,
    Always,
    Never,
}

fn address(text: &str) -> Result<Address, String> {
    let number = match text.strip_prefix("0x") {
        Some(digits) => u8::from_str_radix(digits, 16),
        None => text.parse(),
    };
    number
        .ok()
        .and_then(Address::new)
        .filter(|address| (0x08..0x78).contains(&address.get()))
        .ok_or_else(|| "a target address is 0x08 to 0x77".to_owned())
}

impl Bus {
    fn open(&self) -> Result<Arc<dyn Controller>, String> {
        let when_held = if self.share { WhenHeld::Share } else { WhenHeld::Refuse };
        let controller = LinuxController::open(&self.bus, when_held).map_err(|error| error.to_string())?;
        Ok(Arc::new(controller))
    }
}

impl At {
    async fn device(&self) -> Result<Device, String> {
        let set: &'static CommandSet = match self.map {
            Map::PmbusPsu => &pmbus_psu::SET,
            Map::DpoPmbus => &dpo_pmbus::SET,
        };
        let bus = self.bus.open()?;
        Ok(match self.pec {
            Pec::Always => Device::new(bus, self.address, set, true),
            Pec::Never => Device::new(bus, self.address, set, false),
            Pec::Auto => Device::probe(bus, self.address, set).await.map_err(|error| error.to_string())?,
        })
    }
}

pub(super) fn run(args: &PmbusArgs, out: &mut impl Write) -> ExitCode {
    if let PmbusCommand::Write { how, .. } | PmbusCommand::Status { how, clear: true, .. } = &args.command
        && let Err(reason) = how.allowed()
    {
        return fail(USAGE, &reason);
    }
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(1, &error.to_string()),
    };
    match runtime.block_on(answer(&args.command)) {
        Ok(text) => written(out.write_all(text.as_bytes())),
        Err(reason) => fail(1, &reason),
    }
}

async fn answer(command: &PmbusCommand) -> Result<String, String> {
    match command {
        PmbusCommand::Read { at, commands } => read::commands(&at.device().await?, commands).await,
        PmbusCommand::Write { at, how, command, value } => {
            write::command(&at.device().await?, how, command, value.as_deref()).await
        }
        PmbusCommand::Status { at, clear, how } => {
            let device = at.device().await?;
            if *clear {
                write::command(&device, how, "clear_faults", None).await?;
            }
            read::status(&device).await
        }
        PmbusCommand::Blackbox { at } => read::black_box(&at.device().await?).await,
        PmbusCommand::Alert { bus } => {
            let found = alert::respond_all(&*bus.open()?, true).await.map_err(|error| error.to_string())?;
            Ok(found.iter().map(|address| format!("0x{:02X}\n", address.get())).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_of_seven_bits() {
        assert_eq!(address("0x58").unwrap().get(), 0x58);
        assert_eq!(address("88").unwrap().get(), 0x58);
        for wrong in ["0xB0", "0", "0x78", "psu", "-1"] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
