//! MBAP framing of Modbus TCP (MODBUS Messaging on TCP/IP V1.0b, 3.1.3).

use super::{MAX_PDU, Pdu};

/// Bytes of the MBAP header.
pub const HEADER: usize = 7;
/// Longest frame: header and PDU.
pub const MAX_FRAME: usize = HEADER + MAX_PDU;

/// One Modbus TCP frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Transaction identifier, copied from request to response.
    pub transaction: u16,
    /// Unit identifier.
    pub unit: u8,
    /// The PDU.
    pub pdu: Pdu,
}

/// What the buffer of a TCP stream starts with.
// A frame stays inline: there is no heap here, and the value lives for one match.
#[expect(clippy::large_enum_variant)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decoded {
    /// More bytes are needed.
    Incomplete,
    /// A whole frame that takes this many bytes of the buffer.
    Frame(Frame, usize),
}

/// A stream that can no longer be trusted: the place of the next frame is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MbapError {
    /// The protocol identifier is not 0.
    Protocol(u16),
    /// The length field is below 2 or above 254.
    Length(u16),
}

impl core::fmt::Display for MbapError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Protocol(id) => write!(f, "protocol identifier {id:#06x} is not Modbus"),
            Self::Length(len) => write!(f, "length field {len} is outside 2 to 254"),
        }
    }
}

impl core::error::Error for MbapError {}

/// Reads one frame from the front of `buffer`.
///
/// # Errors
/// [`MbapError`] if the header is none of ours; the connection should be closed.
pub fn decode(buffer: &[u8]) -> Result<Decoded, MbapError> {
    let [t0, t1, p0, p1, l0, l1, unit, ..] = buffer else { return Ok(Decoded::Incomplete) };
    let protocol = u16::from_be_bytes([*p0, *p1]);
    if protocol != 0 {
        return Err(MbapError::Protocol(protocol));
    }
    let length = u16::from_be_bytes([*l0, *l1]);
    if length < 2 || usize::from(length) > MAX_PDU + 1 {
        return Err(MbapError::Length(length));
    }
    let end = HEADER - 1 + usize::from(length);
    let Some(body) = buffer.get(HEADER..end) else { return Ok(Decoded::Incomplete) };
    let pdu = Pdu::new(body).map_err(|_| MbapError::Length(length))?;
    let frame = Frame { transaction: u16::from_be_bytes([*t0, *t1]), unit: *unit, pdu };
    Ok(Decoded::Frame(frame, end))
}

/// Writes the frame into `out` and returns its length.
pub fn encode(frame: &Frame, out: &mut [u8; MAX_FRAME]) -> usize {
    let pdu = frame.pdu.as_slice();
    let [t0, t1] = frame.transaction.to_be_bytes();
    let [l0, l1] = (pdu.len() as u16 + 1).to_be_bytes();
    let head = [t0, t1, 0, 0, l0, l1, frame.unit];
    let (start, rest) = out.split_at_mut(HEADER);
    start.copy_from_slice(&head);
    // A PDU always fits: it is at most MAX_PDU long.
    if let Some(body) = rest.get_mut(..pdu.len()) {
        body.copy_from_slice(pdu);
    }
    HEADER + pdu.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn round_trip_and_byte_by_byte() {
        let frame = Frame { transaction: 0x1501, unit: 0xC8, pdu: Pdu::read_holding(4, 1).unwrap() };
        let mut out = [0; MAX_FRAME];
        let len = encode(&frame, &mut out);
        assert_eq!(&out[..len], [0x15, 0x01, 0, 0, 0, 6, 0xC8, 3, 0, 4, 0, 1]);
        for short in 0..len {
            assert_eq!(decode(&out[..short]), Ok(Decoded::Incomplete));
        }
        assert_eq!(decode(&out), Ok(Decoded::Frame(frame, len)));
    }

    #[test]
    fn refuses_what_is_not_modbus() {
        assert_eq!(decode(b"GET / HTTP/1.1"), Err(MbapError::Protocol(0x5420)));
        assert_eq!(decode(&[0, 1, 0, 0, 0, 1, 1]), Err(MbapError::Length(1)));
        assert_eq!(decode(&[0, 1, 0, 0, 0, 255, 1]), Err(MbapError::Length(255)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = decode(&bytes);
        }
    }
}
