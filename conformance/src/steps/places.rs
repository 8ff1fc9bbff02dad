//! Places in the register space, as steps name them, and requests written with them.

use crate::device::Device;
use crate::world::Judgement;

/// The address a step calls `place`.
pub(super) fn address(device: &Device, place: &str) -> Result<u16, Judgement> {
    let nowhere = || Judgement::Inconclusive(format!("{} has no {place}", device.map.id));
    match place {
        "a readable address" => device.readable_word(),
        "an unmapped address" => device.unmapped(),
        "the last mapped address" => device.last_mapped(),
        "the probe register" => device.probe().map(|r| r.address),
        "the readable span" => device.span(125).map(|s| s.address),
        "a read-only register" => device.read_only_word().map(|r| r.address),
        "a writable register" => device.writable_word().map(|r| r.address),
        "a safe unmapped address" => device.safe_unmapped(),
        _ => {
            let hex = place.strip_prefix("address ").and_then(|t| u16::from_str_radix(t, 16).ok());
            return hex.ok_or_else(|| Judgement::Error(format!("the features name no place {place:?}")));
        }
    }
    .ok_or_else(nowhere)
}

/// Bytes of a request such as `03 <a readable address> 00 01`.
pub(super) fn request(device: &Device, text: &str) -> Result<Vec<u8>, Judgement> {
    let mut bytes = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        if let Some((place, after)) = rest.strip_prefix('<').and_then(|r| r.split_once('>')) {
            bytes.extend_from_slice(&address(device, place)?.to_be_bytes());
            rest = after.trim_start();
        } else {
            let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
            let byte = u8::from_str_radix(word, 16).ok().filter(|_| word.len() == 2);
            bytes.push(byte.ok_or_else(|| Judgement::Error(format!("{word:?} is no byte")))?);
            rest = after.trim_start();
        }
    }
    Ok(bytes)
}

/// A quantity, decimal or `0xFFFF`.
pub(super) fn quantity(text: &str) -> Result<u16, Judgement> {
    let parsed = match text.strip_prefix("0x") {
        Some(hex) => u16::from_str_radix(hex, 16),
        None => text.parse(),
    };
    parsed.map_err(|_| Judgement::Error(format!("{text:?} is no quantity")))
}
