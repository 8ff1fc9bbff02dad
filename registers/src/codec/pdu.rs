//! Protocol data units: the function code and its data, without framing.

use super::{Exception, FileGroups, MAX_PDU, MAX_READ_QUANTITY, MAX_WRITE_QUANTITY, function};

/// A PDU of 1 to 253 bytes, kept inline.
#[derive(Clone, Copy)]
pub struct Pdu {
    bytes: [u8; MAX_PDU],
    len: u8,
}

/// Why bytes are no PDU, or a request cannot be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PduError {
    /// No byte at all.
    Empty,
    /// More than 253 bytes.
    TooLong(usize),
    /// A quantity of registers outside what the function allows.
    Quantity(usize),
}

impl core::fmt::Display for PduError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Empty => f.write_str("a PDU has at least the function code"),
            Self::TooLong(len) => write!(f, "a PDU has at most {MAX_PDU} bytes, not {len}"),
            Self::Quantity(n) => write!(f, "{n} registers do not fit one request"),
        }
    }
}

impl core::error::Error for PduError {}

impl Pdu {
    /// Copies bytes into a PDU.
    ///
    /// # Errors
    /// [`PduError`] if there are none or more than 253.
    pub fn new(bytes: &[u8]) -> Result<Self, PduError> {
        if bytes.is_empty() {
            return Err(PduError::Empty);
        }
        let mut pdu = Self { bytes: [0; MAX_PDU], len: 0 };
        pdu.bytes.get_mut(..bytes.len()).ok_or(PduError::TooLong(bytes.len()))?.copy_from_slice(bytes);
        pdu.len = bytes.len() as u8;
        Ok(pdu)
    }

    pub(super) fn from_parts(head: &[u8], words: impl Iterator<Item = u16>) -> Self {
        let mut pdu = Self { bytes: [0; MAX_PDU], len: 0 };
        let (start, rest) = pdu.bytes.split_at_mut(head.len().min(MAX_PDU));
        for (slot, byte) in start.iter_mut().zip(head) {
            *slot = *byte;
        }
        let mut len = start.len();
        for (slot, word) in rest.chunks_exact_mut(2).zip(words) {
            slot.copy_from_slice(&word.to_be_bytes());
            len += 2;
        }
        pdu.len = len as u8;
        pdu
    }

    /// The bytes, function code first.
    pub fn as_slice(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// The function code as sent, with the exception bit.
    pub fn function(&self) -> u8 {
        self.bytes.first().copied().unwrap_or_default()
    }

    /// The exception, if this is an exception response of exactly two bytes with a defined code.
    pub fn exception(&self) -> Option<Exception> {
        match self.as_slice() {
            [function, code] if *function >= 0x80 => Exception::from_code(*code),
            _ => None,
        }
    }

    /// Request to read `quantity` holding registers (AP 6.3).
    ///
    /// # Errors
    /// [`PduError::Quantity`] unless the quantity is 1 to 125.
    pub fn read_holding(address: u16, quantity: u16) -> Result<Self, PduError> {
        if quantity == 0 || quantity > MAX_READ_QUANTITY {
            return Err(PduError::Quantity(usize::from(quantity)));
        }
        Ok(Self::from_parts(&[function::READ_HOLDING], [address, quantity].into_iter()))
    }

    /// Request to read `quantity` input registers (AP 6.4).
    ///
    /// # Errors
    /// [`PduError::Quantity`] unless the quantity is 1 to 125.
    pub fn read_input(address: u16, quantity: u16) -> Result<Self, PduError> {
        let mut pdu = Self::read_holding(address, quantity)?;
        pdu.bytes[0] = function::READ_INPUT;
        Ok(pdu)
    }

    /// Request for the identification of the device, from an object on (AP 6.21). `code` is 1 (basic), 2
    /// (regular), 3 (extended) or 4 (the one object).
    pub fn identification(code: u8, object: u8) -> Self {
        let head = [function::ENCAPSULATED, function::MEI_DEVICE_ID, code, object];
        Self::from_parts(&head, core::iter::empty())
    }

    /// Request to write one register (AP 6.6).
    pub fn write_single(address: u16, word: u16) -> Self {
        Self::from_parts(&[function::WRITE_SINGLE], [address, word].into_iter())
    }

    /// Request to write several registers (AP 6.12).
    ///
    /// # Errors
    /// [`PduError::Quantity`] unless 1 to 123 words are given.
    pub fn write_multiple(address: u16, words: &[u16]) -> Result<Self, PduError> {
        let quantity = u16::try_from(words.len()).unwrap_or(u16::MAX);
        if quantity == 0 || quantity > MAX_WRITE_QUANTITY {
            return Err(PduError::Quantity(words.len()));
        }
        let [a, b] = address.to_be_bytes();
        let head = [function::WRITE_MULTIPLE, a, b, 0, quantity as u8, 2 * quantity as u8];
        Ok(Self::from_parts(&head, words.iter().copied()))
    }
}

impl PartialEq for Pdu {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for Pdu {}

impl core::fmt::Debug for Pdu {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Pdu(")?;
        for byte in self.as_slice() {
            write!(f, "{byte:02X}")?;
        }
        f.write_str(")")
    }
}

/// A request that a register device understands, with its length checked to the byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request<'a> {
    /// Function 03.
    ReadHolding {
        /// First address.
        address: u16,
        /// Number of registers, not yet checked.
        quantity: u16,
    },
    /// Function 04.
    ReadInput {
        /// First address.
        address: u16,
        /// Number of registers, not yet checked.
        quantity: u16,
    },
    /// Function 06.
    WriteSingle {
        /// Address.
        address: u16,
        /// Value.
        word: u16,
    },
    /// Function 16; the quantity is between 1 and 123 and equals the data.
    WriteMultiple {
        /// First address.
        address: u16,
        /// The words, two bytes each, high byte first.
        data: &'a [u8],
    },
    /// Function 20.
    ReadFileRecord {
        /// What is asked for; each group is within a file, and the answer fits one PDU.
        groups: FileGroups<'a>,
    },
    /// Function 43 with MEI type 14.
    DeviceIdentification {
        /// Access type: 1 basic, 2 regular, 3 extended, 4 one object.
        code: u8,
        /// First (or only) object.
        object: u8,
    },
}

impl<'a> Request<'a> {
    /// Decodes the PDU of a request, as strictly as the state diagrams of AP 6 ask: a wrong length or
    /// byte count is an illegal value, not an answer built from part of the bytes.
    ///
    /// # Errors
    /// The exception to answer with.
    pub fn decode(pdu: &'a [u8]) -> Result<Self, Exception> {
        let function = pdu.first().copied().ok_or(Exception::IllegalFunction)?;
        match function {
            function::READ_HOLDING | function::READ_INPUT | function::WRITE_SINGLE => {
                exact(pdu, 5)?;
                match modbus_core::Request::try_from(pdu) {
                    Ok(modbus_core::Request::ReadHoldingRegisters(address, quantity)) => {
                        Ok(Self::ReadHolding { address, quantity })
                    }
                    Ok(modbus_core::Request::ReadInputRegisters(address, quantity)) => {
                        Ok(Self::ReadInput { address, quantity })
                    }
                    Ok(modbus_core::Request::WriteSingleRegister(address, word)) => {
                        Ok(Self::WriteSingle { address, word })
                    }
                    _ => Err(Exception::IllegalDataValue),
                }
            }
            function::WRITE_MULTIPLE => match pdu {
                [_, a, b, q, r, count, data @ ..] => {
                    let quantity = u16::from_be_bytes([*q, *r]);
                    let fits = (1..=MAX_WRITE_QUANTITY).contains(&quantity)
                        && usize::from(*count) == 2 * usize::from(quantity)
                        && data.len() == usize::from(*count);
                    if fits {
                        Ok(Self::WriteMultiple { address: u16::from_be_bytes([*a, *b]), data })
                    } else {
                        Err(Exception::IllegalDataValue)
                    }
                }
                _ => Err(Exception::IllegalDataValue),
            },
            function::READ_FILE_RECORD => {
                FileGroups::decode(pdu).map(|groups| Self::ReadFileRecord { groups })
            }
            function::ENCAPSULATED => match pdu {
                [_, function::MEI_DEVICE_ID, code, object] => {
                    Ok(Self::DeviceIdentification { code: *code, object: *object })
                }
                [_, function::MEI_DEVICE_ID, ..] => Err(Exception::IllegalDataValue),
                // Never guess at other MEI types: 0x64 and 0x65 start flash programming on real units.
                _ => Err(Exception::IllegalFunction),
            },
            _ => Err(Exception::IllegalFunction),
        }
    }
}

fn exact(pdu: &[u8], len: usize) -> Result<(), Exception> {
    if pdu.len() == len { Ok(()) } else { Err(Exception::IllegalDataValue) }
}

/// The exception response to a request with this function code.
pub fn exception_response(function: u8, exception: Exception) -> Pdu {
    Pdu::from_parts(&[function | 0x80, exception.code()], core::iter::empty())
}

/// The response to a read: byte count and words.
///
/// # Errors
/// [`PduError::Quantity`] unless 1 to 125 words are given.
pub fn read_response(function: u8, words: &[u16]) -> Result<Pdu, PduError> {
    if words.is_empty() || words.len() > usize::from(MAX_READ_QUANTITY) {
        return Err(PduError::Quantity(words.len()));
    }
    Ok(Pdu::from_parts(&[function, 2 * words.len() as u8], words.iter().copied()))
}

/// The response to a write: address and either the value (06) or the quantity (16).
pub fn write_response(function: u8, address: u16, value_or_quantity: u16) -> Pdu {
    Pdu::from_parts(&[function], [address, value_or_quantity].into_iter())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn builds_the_frames_of_the_protocol_examples() {
        // AP V1.1b3, 6.3, 6.6 and 6.12: the examples of the specification.
        assert_eq!(Pdu::read_holding(0x6B, 3).unwrap().as_slice(), [0x03, 0x00, 0x6B, 0x00, 0x03]);
        assert_eq!(Pdu::write_single(1, 3).as_slice(), [0x06, 0x00, 0x01, 0x00, 0x03]);
        assert_eq!(
            Pdu::write_multiple(1, &[0x000A, 0x0102]).unwrap().as_slice(),
            [0x10, 0x00, 0x01, 0x00, 0x02, 0x04, 0x00, 0x0A, 0x01, 0x02]
        );
        assert_eq!(
            read_response(3, &[0x022B, 0, 0x64]).unwrap().as_slice(),
            [0x03, 0x06, 0x02, 0x2B, 0x00, 0x00, 0x00, 0x64]
        );
    }

    #[test]
    fn refuses_each_wrong_length_and_count() {
        use Exception::IllegalDataValue as Value;
        let cases: &[&[u8]] = &[
            &[3, 0, 0, 0],
            &[3, 0, 0, 0, 1, 0],
            &[16, 0, 0, 0, 0, 0],
            &[16, 0, 0, 0, 2, 2, 0, 0],
            &[16, 0, 0, 0, 1, 4, 0, 0, 0, 0],
            &[16, 0, 0, 0, 1, 3, 0, 0, 0],
            &[16, 0, 0, 0, 1, 2, 0],
            &[0x2B, 0x0E, 1],
        ];
        for case in cases {
            assert_eq!(Request::decode(case), Err(Value), "{case:02X?}");
        }
        assert_eq!(Request::decode(&[0x2B, 0x64, 0, 0]), Err(Exception::IllegalFunction));
        assert_eq!(Request::decode(&[0x42]), Err(Exception::IllegalFunction));
        assert_eq!(Request::decode(&[]), Err(Exception::IllegalFunction));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Request::decode(&bytes);
            let _ = Pdu::new(&bytes);
        }
    }
}
