//! The record of faults that a supply keeps (MFR_BLACKBOX).
//!
//! A fact of one maker (MWOCP67, MWOCP68): 300 bytes in two block reads of 151, five faults kept. That the byte which
//! 151 has more than 150 is the number of the part is inferred. What the bytes mean is not public.

use dpo_registers::pmbus::CommandInfo;

use super::{Device, PmbusError};

/// Most parts that are read.
const MOST: usize = 8;

/// What the reads gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlackBox {
    /// The parts as they came, each with its number as the first byte, by that number.
    pub parts: Vec<Vec<u8>>,
}

impl BlackBox {
    /// The record: the parts one after the other, without their numbers.
    pub fn record(&self) -> Vec<u8> {
        self.parts.iter().filter_map(|part| part.split_first()).flat_map(|(_, data)| data).copied().collect()
    }
}

impl Device {
    /// Reads the record: block reads until a part comes again.
    ///
    /// The record is not cleared; the command that clears it is a hazard of the map.
    ///
    /// # Errors
    /// [`PmbusError`]; a device without a record refuses the command.
    pub async fn black_box(&self) -> Result<BlackBox, PmbusError> {
        let info = self.command("mfr_blackbox")?;
        let mut parts = vec![self.read_bytes(info, &[]).await?.as_slice().to_vec()];
        // The length is known now, so that each further read is one transfer: a device may turn to the next part
        // with each of them.
        let len = parts.first().map_or(0, |part| u8::try_from(part.len()).unwrap_or(u8::MAX));
        let exact = CommandInfo { length: (len, len), ..*info };
        while parts.len() < MOST {
            let part = self.read_bytes(&exact, &[]).await?.as_slice().to_vec();
            if parts.iter().any(|known| known.first() == part.first()) {
                break;
            }
            parts.push(part);
        }
        parts.sort_by_key(|part| part.first().copied());
        Ok(BlackBox { parts })
    }
}
