//! Rules on transactions: access, lengths, write protection.

use super::super::model::{Command, Format, PmbusMap, Read, Write, WriteProtect};
use crate::maps::lint::{Found, Rule};
use crate::maps::model::Access;

pub(super) fn check(map: &PmbusMap, at: &str, command: &Command, found: &mut Found) {
    directions(at, command, found);
    lengths(map, at, command, found);
    request(at, command, found);
    protect(at, command, found);
}

/// Access against transactions, and the way there against the way back.
fn directions(at: &str, command: &Command, found: &mut Found) {
    let (read, write) = (command.read.is_some(), command.write.is_some());
    let wrong = match command.access {
        Access::Ro => !read || write,
        Access::Rw | Access::W1c => !read || !write,
        Access::Wo | Access::Command => read || !write,
    };
    if wrong {
        let message = format!("`{}` has an access that its transactions do not give", command.id);
        let mend = "`ro` needs `read` alone, `rw` and `w1c` both, `wo` and `command` `write` alone";
        found.add(format!("{at}/access"), Rule::PmbusTransaction, message, mend);
    }
    let asked: u8 = command.request.iter().map(|f| f.bytes).fold(0, u8::saturating_add);
    let way_back = command.write.map(|w| w.bytes());
    let way_there = command.read.map(|r| r.bytes().or(command.length.map(|l| l.max)));
    let differ = match (way_there, way_back) {
        (Some(Some(there)), Some(Some(back))) => u16::from(there) + u16::from(asked) != u16::from(back),
        (Some(_), Some(None)) => !matches!(command.read, Some(Read::ReadBlock)),
        _ => false,
    };
    if differ {
        let message =
            format!("`{}` is written with another number of bytes than it is read with", command.id);
        let mend = "correct a transaction; a write carries the request, then the value";
        found.add(format!("{at}/write"), Rule::PmbusTransaction, message, mend);
    }
    let no_data = command.write == Some(Write::SendByte);
    if no_data != (command.format == Format::None) {
        let message = format!("`{}` and its data do not go together", command.id);
        found.add(
            format!("{at}/type"),
            Rule::PmbusTransaction,
            message,
            "`send_byte` and `none` need each other",
        );
    }
}

fn lengths(map: &PmbusMap, at: &str, command: &Command, found: &mut Found) {
    let counted = matches!(command.read, Some(Read::ReadBlock | Read::BlockProcessCall))
        || command.write == Some(Write::WriteBlock);
    match command.length {
        None if counted => {
            let message = format!("the length of the block `{}` is not said", command.id);
            found.add(at, Rule::PmbusLength, message, "add `length` with the fewest and the most bytes");
        }
        Some(length)
            if !counted || length.min > length.max || length.max == 0 || length.max > map.bus.max_block =>
        {
            let message = format!("{} to {} bytes is no length of a block here", length.min, length.max);
            let mend =
                format!("a block has 1 to {} bytes (`bus.max_block`); others have none", map.bus.max_block);
            found.add(format!("{at}/length"), Rule::PmbusLength, message, mend);
        }
        _ => {}
    }
}

fn request(at: &str, command: &Command, found: &mut Found) {
    let asks = command.read.is_some_and(Read::asks);
    if asks == command.request.is_empty() {
        let message = format!("`{}` and its request do not go together", command.id);
        found.add(at, Rule::PmbusRequest, message, "a process call, and nothing else, has `request`");
    }
    let bytes: u32 = command.request.iter().map(|f| u32::from(f.bytes)).sum();
    if command.read == Some(Read::ProcessCall) && !command.request.is_empty() && bytes != 2 {
        let message = format!("a process call writes 2 bytes, not {bytes}");
        found.add(format!("{at}/request"), Rule::PmbusRequest, message, "correct the fields, or use a block");
    }
}

/// What WRITE_PROTECT does to a command: the specification names those it spares.
fn protect(at: &str, command: &Command, found: &mut Found) {
    let expected = match command.name.as_str() {
        _ if !command.writable() => None,
        "WRITE_PROTECT" => Some(WriteProtect::Never),
        "PAGE" | "OPERATION" => Some(WriteProtect::Level80),
        "ON_OFF_CONFIG" | "VOUT_COMMAND" => Some(WriteProtect::Level40),
        // Others are refused from 20h on; a device may spare one of its own.
        _ => command.protect.or(Some(WriteProtect::Level20)),
    };
    if command.protect != expected {
        let message = format!("`{}` does not say how WRITE_PROTECT treats it, or not rightly", command.id);
        let mend = match expected {
            None => "remove `protect`: the command cannot be written",
            Some(WriteProtect::Never) => "use `never`",
            Some(WriteProtect::Level80) => "use `80h`",
            Some(WriteProtect::Level40) => "use `40h`",
            Some(WriteProtect::Level20) => "add `protect`, as a rule `20h`",
        };
        found.add(at, Rule::PmbusProtect, message, mend);
    }
}
