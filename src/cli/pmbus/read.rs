//! Reading: values, status, black box, as text.

use dpo_registers::map::Modality;
use dpo_registers::pmbus::{CommandInfo, Read};

use crate::bus::pmbus::Device;
use crate::bus::pmbus::status::Status;

/// A command by identifier or name.
pub(super) fn find(device: &Device, text: &str) -> Result<&'static CommandInfo, String> {
    let set = device.set();
    let found = set.commands.iter().find(|info| info.id == text || info.name.eq_ignore_ascii_case(text));
    found.copied().ok_or_else(|| format!("{} has no command {text}", set.id))
}

/// The commands named, or every mandatory one that can be read without a request: a line each.
pub(super) async fn commands(device: &Device, names: &[String]) -> Result<String, String> {
    let chosen = if names.is_empty() {
        let plain = |info: &&&CommandInfo| {
            info.read.is_some_and(|read| !matches!(read, Read::Call | Read::BlockCall))
                && info.modality == Modality::Mandatory
        };
        device.set().commands.iter().filter(plain).copied().collect()
    } else {
        names.iter().map(|name| find(device, name)).collect::<Result<Vec<_>, _>>()?
    };
    let mut text = String::new();
    for info in chosen {
        let value = device.read_any(info, &[]).await.map_err(|error| error.to_string())?;
        text += &format!("{} {}\n", info.name, value.show(info));
    }
    Ok(text)
}

/// The summary and the details, with the names of the bits that are set.
pub(super) async fn status(device: &Device) -> Result<String, String> {
    let status = device.status(true).await.map_err(|error| error.to_string())?;
    let line = |info: &CommandInfo, value: u16| {
        let digits = 2 * usize::from(info.length.1);
        let names = Status::names(info, value).join(" ");
        format!("{} 0x{value:0digits$X} {names}", info.name).trim_end().to_owned() + "\n"
    };
    let summary = status.summary.map(|(info, word)| line(info, word));
    let details = status.details.iter().map(|(info, bits)| line(info, u16::from(*bits)));
    Ok(summary.into_iter().chain(details).collect())
}

/// A line a part: its number, then its bytes.
pub(super) async fn black_box(device: &Device) -> Result<String, String> {
    let black_box = device.black_box().await.map_err(|error| error.to_string())?;
    let hex = |part: &Vec<u8>| part.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n";
    Ok(black_box.parts.iter().map(hex).collect())
}
