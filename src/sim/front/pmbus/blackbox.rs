//! The black box of a simulated PSU: the last five faults, as the sizes of a real one have it.
//!
//! 300 bytes in two blocks of 151 (the number of the part, then 150 bytes). A record is 60 bytes, the newest first;
//! its layout is this simulator's own, since that of the real ones is not public: "DPO-SIM" and NUL, model time in s
//! (32 bits), STATUS_WORD, READ_VIN, READ_VOUT, READ_IOUT and READ_POUT, low bytes first, the rest zero.

use std::collections::VecDeque;

/// Faults kept.
const KEPT: usize = 5;
/// Bytes of a record.
const RECORD: usize = 60;
/// Bytes of a part without its number.
const PART: usize = KEPT * RECORD / 2;

/// The records.
#[derive(Debug, Default)]
pub(super) struct BlackBox {
    records: VecDeque<[u8; RECORD]>,
    next: u8,
}

impl BlackBox {
    /// Adds a record.
    pub(super) fn record(&mut self, time_s: u32, words: [u16; 5]) {
        let words = words.into_iter().flat_map(u16::to_le_bytes);
        let bytes = b"DPO-SIM\0".iter().copied().chain(time_s.to_le_bytes()).chain(words);
        let mut record = [0; RECORD];
        record.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = byte);
        self.records.truncate(KEPT - 1);
        self.records.push_front(record);
    }

    /// The next part.
    pub(super) fn part(&mut self) -> Vec<u8> {
        let part = self.next;
        self.next = 1 - part;
        let mut whole: Vec<u8> = self.records.iter().flatten().copied().collect();
        whole.resize(KEPT * RECORD, 0);
        let from = usize::from(part) * PART;
        std::iter::once(part).chain(whole.into_iter().skip(from).take(PART)).collect()
    }
}
