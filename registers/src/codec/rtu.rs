//! RTU framing (MODBUS over Serial Line V1.02, 2.5.1): address, PDU, CRC, and the silence between frames.

use super::{MAX_PDU, Pdu, crc16};

/// Longest frame: address, PDU, CRC.
pub const MAX_FRAME: usize = MAX_PDU + 3;
/// Shortest frame: address, function code, CRC.
pub const MIN_FRAME: usize = 4;

/// One RTU frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Address of the server; 0 is broadcast.
    pub unit: u8,
    /// The PDU.
    pub pdu: Pdu,
}

/// Why bytes between two silences are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RtuError {
    /// Fewer than 4 or more than 256 bytes.
    Length(usize),
    /// The CRC does not fit.
    Crc {
        /// What the bytes give.
        computed: u16,
        /// What the frame says.
        received: u16,
    },
}

impl core::fmt::Display for RtuError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Length(len) => write!(f, "{len} bytes are no RTU frame ({MIN_FRAME} to {MAX_FRAME})"),
            Self::Crc { computed, received } => {
                write!(f, "CRC {received:#06x} received, {computed:#06x} computed")
            }
        }
    }
}

impl core::error::Error for RtuError {}

/// Reads the bytes between two silences as one frame.
///
/// # Errors
/// [`RtuError`] if the length or the CRC is wrong; a server stays silent then.
pub fn decode(bytes: &[u8]) -> Result<Frame, RtuError> {
    let len = bytes.len();
    if !(MIN_FRAME..=MAX_FRAME).contains(&len) {
        return Err(RtuError::Length(len));
    }
    let [unit, pdu @ .., low, high] = bytes else { return Err(RtuError::Length(len)) };
    let received = u16::from_le_bytes([*low, *high]);
    let computed = crc16(bytes.get(..len - 2).unwrap_or_default());
    if computed != received {
        return Err(RtuError::Crc { computed, received });
    }
    Pdu::new(pdu).map(|pdu| Frame { unit: *unit, pdu }).map_err(|_| RtuError::Length(len))
}

/// Writes the frame into `out` and returns its length.
pub fn encode(frame: &Frame, out: &mut [u8; MAX_FRAME]) -> usize {
    let pdu = frame.pdu.as_slice();
    let [unit, rest @ ..] = out;
    *unit = frame.unit;
    // A PDU always fits: it is at most MAX_PDU long.
    if let Some(body) = rest.get_mut(..pdu.len()) {
        body.copy_from_slice(pdu);
    }
    let len = 1 + pdu.len();
    let crc = crc16(out.get(..len).unwrap_or_default()).to_le_bytes();
    for (slot, byte) in out.iter_mut().skip(len).zip(crc) {
        *slot = byte;
    }
    len + 2
}

/// Length of the whole response frame that starts with `bytes`, as far as it can be told: `None` while
/// more bytes are needed or for a function code whose length the protocol does not fix. A client may
/// stop waiting for silence once this many bytes have come and the CRC fits.
pub fn response_length(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [_, function, _, ..] if *function >= 0x80 => Some(5),
        [_, 1..=4 | 0x17 | 0x14 | 0x15, count, ..] => Some(5 + usize::from(*count)),
        [_, 5 | 6 | 15 | 16, _, ..] => Some(8),
        [_, 0x16, _, ..] => Some(10),
        _ => None,
    }
}

/// Length of the whole request frame that starts with `bytes`; `None` as for [`response_length`].
pub fn request_length(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [_, 1..=6, ..] => Some(8),
        [_, 15 | 16, _, _, _, _, count, ..] => Some(9 + usize::from(*count)),
        [_, 0x16, ..] => Some(10),
        [_, 0x17, _, _, _, _, _, _, _, _, count, ..] => Some(13 + usize::from(*count)),
        [_, 0x14 | 0x15, count, ..] => Some(5 + usize::from(*count)),
        _ => None,
    }
}

/// Silence that ends a frame, in microseconds: 3.5 characters of 11 bits, fixed at 1750 us above
/// 19200 baud (Serial Line V1.02, 2.5.1.1).
pub const fn t3_5_micros(baud: u32) -> u32 {
    if baud > 19_200 || baud == 0 { 1_750 } else { 38_500_000 / baud }
}

/// Time that `bytes` characters of 11 bits take on the wire, in microseconds.
pub const fn wire_micros(bytes: usize, baud: u32) -> u64 {
    let baud = if baud == 0 { 1 } else { baud as u64 };
    (bytes as u64 * 11_000_000).div_ceil(baud)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn round_trip() {
        let frame = Frame { unit: 0xC8, pdu: Pdu::read_holding(0x6B, 3).unwrap() };
        let mut out = [0; MAX_FRAME];
        let len = encode(&frame, &mut out);
        assert_eq!(len, 8);
        assert_eq!(request_length(&out[..len]), Some(8));
        assert_eq!(decode(&out[..len]), Ok(frame));
        out[len - 1] ^= 1;
        assert!(matches!(decode(&out[..len]), Err(RtuError::Crc { .. })));
    }

    #[test]
    fn silence_of_the_serial_line_guide() {
        assert_eq!(t3_5_micros(19_200), 2_005);
        assert_eq!(t3_5_micros(115_200), 1_750);
        // 33 bytes at 19200 8E1: 18.9 ms of characters in the 22.9 ms of a 10-register read.
        assert_eq!(wire_micros(33, 19_200), 18_907);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = decode(&bytes);
            let _ = response_length(&bytes);
            let _ = request_length(&bytes);
        }

        #[test]
        fn each_flipped_bit_is_seen(word in any::<u16>(), bit in 0usize..64) {
            let frame = Frame { unit: 1, pdu: Pdu::write_single(7, word) };
            let mut out = [0; MAX_FRAME];
            let len = encode(&frame, &mut out);
            out[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(decode(&out[..len]).is_err());
        }
    }
}
