//! The STATUS commands (P2 17): a summary, details under each of its bits, and what clears them.
//!
//! A bit stays set until it is cleared, even if its cause is gone; a cause that is still there sets it again at once
//! (P2 10.2). So what is left after [`Device::clear_faults`] is what is wrong now.

use dpo_registers::map::{Access, Modality};
use dpo_registers::pmbus::{CommandInfo, Read};

use super::{Device, PmbusError};

/// Bits of STATUS_WORD and the commands that say more.
const DETAILS: &[(u16, &[&str])] = &[
    (1 << 15, &["status_vout"]),
    (1 << 14, &["status_iout"]),
    (1 << 13, &["status_input"]),
    (1 << 12, &["status_mfr_specific"]),
    (1 << 10, &["status_fans_1_2", "status_fans_3_4"]),
    (1 << 9, &["status_other"]),
    (1 << 2, &["status_temperature"]),
    (1 << 1, &["status_cml"]),
];

/// What a device says of itself.
#[derive(Debug, Clone)]
pub struct Status {
    /// STATUS_WORD, or STATUS_BYTE of a device that has no other; `None` for a set without a summary.
    pub summary: Option<(&'static CommandInfo, u16)>,
    /// The details that were read.
    pub details: Vec<(&'static CommandInfo, u8)>,
}

impl Status {
    /// Whether no bit is set anywhere.
    pub fn clear(&self) -> bool {
        self.summary.is_none_or(|(_, word)| word == 0) && self.details.iter().all(|(_, byte)| *byte == 0)
    }

    /// Names of the bits that are set in one of the values.
    pub fn names(info: &CommandInfo, value: u16) -> Vec<&'static str> {
        let set = info.bits.iter().filter(|bit| bit.mask() & u64::from(value) != 0);
        set.map(|bit| bit.name).collect()
    }
}

impl Device {
    /// Reads the summary, and the details of each bit that is set in it; with `all` those of other bits too, as far
    /// as the map demands them. A detail that the device does not know is left out; asking for it would be a fault of
    /// its own, so optional ones are not asked for without a reason.
    ///
    /// # Errors
    /// [`PmbusError`].
    pub async fn status(&self, all: bool) -> Result<Status, PmbusError> {
        let summary = match (self.set.command("status_word"), self.set.command("status_byte")) {
            (Some(info), _) | (None, Some(info)) => Some((info, self.small(info).await?)),
            (None, None) => None,
        };
        let mut details = Vec::new();
        for (bit, ids) in DETAILS {
            let told = summary.is_some_and(|(_, word)| word & bit != 0);
            let asked = all || summary.is_none();
            let wanted = |info: &&CommandInfo| told || asked && info.modality == Modality::Mandatory;
            for info in ids.iter().filter_map(|id| self.set.command(id)).filter(wanted) {
                match self.small(info).await {
                    // A detail is a byte.
                    Ok(value) => details.push((info, value as u8)),
                    Err(error) if error.refused() => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(Status { summary, details })
    }

    async fn small(&self, info: &CommandInfo) -> Result<u16, PmbusError> {
        if !matches!(info.read, Some(Read::Byte | Read::Word)) {
            return Err(PmbusError::Direction { at: self.place(info), what: "reads a byte or a word" });
        }
        let data = self.read_bytes(info, &[]).await?;
        Ok(data.as_slice().iter().rev().fold(0, |word, byte| word << 8 | u16::from(*byte)))
    }

    /// Clears every bit of every status command, and lets go of SMBALERT#. A unit that latched off stays off.
    ///
    /// # Errors
    /// [`PmbusError`].
    pub async fn clear_faults(&self) -> Result<(), PmbusError> {
        let info = self.command("clear_faults")?;
        self.write_bytes(info, &[], &[]).await
    }

    /// Clears some bits of one status command: those that are 1 in `bits` (P2 10.2.4).
    ///
    /// # Errors
    /// [`PmbusError`].
    pub async fn clear_bits(&self, info: &CommandInfo, bits: u8) -> Result<(), PmbusError> {
        if info.access != Access::WriteOneToClear {
            return Err(PmbusError::Direction { at: self.place(info), what: "clears bits" });
        }
        self.write_bytes(info, &[], &[bits]).await
    }
}
