//! What the fuzz targets share: bytes as a script of what happens on a line.

/// Bytes that are taken from the front.
pub struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    /// The next byte, 0 behind the end.
    pub fn byte(&mut self) -> u8 {
        let (byte, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *byte
    }

    /// Two bytes.
    pub fn word(&mut self) -> u16 {
        u16::from_be_bytes([self.byte(), self.byte()])
    }

    /// The next `count` bytes, or what is left.
    pub fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What happens on a serial line.
pub enum Event {
    /// Bytes in one lump.
    Bytes(Vec<u8>),
    /// Nothing, for this many milliseconds.
    Silence(u64),
}

/// The next event: any bytes, a frame with a good CRC, one with a flipped bit, a cut one, or silence.
///
/// A fuzzer does not find a CRC by chance, so frames are made here.
pub fn event(script: &mut Bytes<'_>) -> Event {
    let kind = script.byte();
    let count = usize::from(script.byte());
    match kind % 8 {
        0 => Event::Silence(count as u64),
        1 => Event::Silence(10 * count as u64),
        2 | 3 => Event::Bytes(script.take(count).to_vec()),
        4 => {
            let mut frame = frame(script.take(count));
            let bit = usize::from(script.word()) % (8 * frame.len());
            frame[bit / 8] ^= 1 << (bit % 8);
            Event::Bytes(frame)
        }
        5 => {
            let mut frame = frame(script.take(count));
            frame.truncate(usize::from(script.byte()) % frame.len());
            Event::Bytes(frame)
        }
        _ => Event::Bytes(frame(script.take(count))),
    }
}

/// The bytes behind their CRC; at least address and function code.
pub fn frame(bytes: &[u8]) -> Vec<u8> {
    let mut frame = bytes.to_vec();
    frame.resize(frame.len().max(2), 3);
    frame.extend(dpo_gateway::registers::codec::crc16(&frame).to_le_bytes());
    frame
}

/// Whether `part` stands in `whole`.
pub fn holds(whole: &[u8], part: &[u8]) -> bool {
    whole.windows(part.len()).any(|window| window == part)
}
