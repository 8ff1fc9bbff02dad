//! One SMBus transaction as bytes, with or without a packet error code (SM 6.4, 6.5).
//!
//! A transaction that reads begins with a write (address, command code, perhaps data), turns the bus
//! around and reads. Its packet error code covers all of it: the address with the write bit, what was
//! written, the address with the read bit, what was read.

use super::pec::Pec;

/// Most data bytes of a block (SM 3.x; SMBus 2.0 ended at 32).
pub const MAX_BLOCK: usize = 255;

/// Longest message of one direction without its address byte: extension, code, count, block, PEC.
pub const MAX_TRANSACTION: usize = MAX_BLOCK + 4;

/// A target address of 7 bits, without the read/write bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(u8);

impl Address {
    /// Takes an address of 7 bits; `None` above 7Fh. Data sheets that print an address with the
    /// read/write bit (B0h) mean half of it (58h).
    pub const fn new(address: u8) -> Option<Self> {
        if address > 0x7F { None } else { Some(Self(address)) }
    }

    /// The address without the read/write bit.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The first byte of a write.
    pub const fn write_byte(self) -> u8 {
        self.0 << 1
    }

    /// The first byte of a read.
    pub const fn read_byte(self) -> u8 {
        self.0 << 1 | 1
    }
}

/// Why bytes are no message of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameError {
    /// More data than one message holds.
    TooLong(usize),
    /// A message of another length was expected.
    Length {
        /// Bytes expected.
        expected: usize,
        /// Bytes there.
        got: usize,
    },
    /// The packet error code does not fit the message.
    Pec {
        /// The code that fits.
        expected: u8,
        /// The code that came.
        got: u8,
    },
}

impl core::fmt::Display for FrameError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::TooLong(len) => write!(f, "{len} bytes do not fit one SMBus block of {MAX_BLOCK}"),
            Self::Length { expected, got } => write!(f, "{expected} bytes expected, {got} came"),
            Self::Pec { expected, got } => {
                write!(f, "packet error code {got:#04X} does not fit the message ({expected:#04X} does)")
            }
        }
    }
}

impl core::error::Error for FrameError {}

/// Up to 255 bytes, kept inline.
#[derive(Clone, Copy)]
pub struct Block {
    bytes: [u8; MAX_BLOCK],
    len: u8,
}

impl Block {
    /// The block without data.
    pub const EMPTY: Self = Self { bytes: [0; MAX_BLOCK], len: 0 };

    /// Copies bytes into a block.
    ///
    /// # Errors
    /// [`FrameError::TooLong`] above 255 bytes.
    pub fn new(bytes: &[u8]) -> Result<Self, FrameError> {
        let too_long = FrameError::TooLong(bytes.len());
        let len = u8::try_from(bytes.len()).map_err(|_| too_long)?;
        let mut block = Self { len, ..Self::EMPTY };
        block.bytes.get_mut(..bytes.len()).ok_or(too_long)?.copy_from_slice(bytes);
        Ok(block)
    }

    /// The block of `len` bytes that `fill` writes; the rest of it is zero.
    pub fn filled(len: u8, fill: impl FnOnce(&mut [u8])) -> Self {
        let mut block = Self { len, ..Self::EMPTY };
        fill(block.bytes.get_mut(..usize::from(len)).unwrap_or_default());
        block
    }

    /// The data, without the count.
    pub fn as_slice(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// The data of a message that begins with its count (SM 6.5.7).
    ///
    /// # Errors
    /// [`FrameError::Length`] if the count is not the number of bytes behind it.
    pub fn parse(message: &[u8]) -> Result<&[u8], FrameError> {
        match message {
            [count, data @ ..] if data.len() == usize::from(*count) => Ok(data),
            [count, data @ ..] => Err(FrameError::Length { expected: usize::from(*count), got: data.len() }),
            [] => Err(FrameError::Length { expected: 1, got: 0 }),
        }
    }
}

impl core::fmt::Debug for Block {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:02X?}", self.as_slice())
    }
}

impl PartialEq for Block {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for Block {}

/// The written part of a transaction: what follows the address byte.
///
/// A controller builds it, sends it, and for a read checks the answer with [`Self::answer`]. A target
/// takes the bytes that came apart with [`Self::received`] and closes its answer with
/// [`Self::answer_pec`].
#[derive(Clone, Copy)]
pub struct Transaction {
    address: Address,
    bytes: [u8; MAX_TRANSACTION],
    len: usize,
}

impl Transaction {
    /// A transaction that writes `code` and no data: a send byte, or the begin of a read.
    pub fn command(address: Address, code: u8) -> Self {
        let mut transaction = Self { address, bytes: [0; MAX_TRANSACTION], len: 0 };
        transaction.push(code);
        transaction
    }

    /// The same with an extended code: FEh (manufacturer) or FFh (PMBus) before the code.
    pub fn extended(address: Address, extension: u8, code: u8) -> Self {
        let mut transaction = Self::command(address, extension);
        transaction.push(code);
        transaction
    }

    /// Adds data without a count: the data of a write byte, write word or process call, low byte first.
    ///
    /// # Errors
    /// [`FrameError::TooLong`] if it does not fit one message.
    pub fn with_data(mut self, data: &[u8]) -> Result<Self, FrameError> {
        // One place stays free for the packet error code.
        if self.len + data.len() >= MAX_TRANSACTION {
            return Err(FrameError::TooLong(data.len()));
        }
        data.iter().for_each(|byte| self.push(*byte));
        Ok(self)
    }

    /// Adds data behind its count: a block write, or the written part of a block process call.
    ///
    /// # Errors
    /// [`FrameError::TooLong`] above 255 bytes.
    pub fn with_block(mut self, data: &[u8]) -> Result<Self, FrameError> {
        let count = u8::try_from(data.len()).map_err(|_| FrameError::TooLong(data.len()))?;
        self.push(count);
        self.with_data(data)
    }

    /// Closes a transaction that only writes with its packet error code. A transaction that reads has
    /// none here: the target sends it behind the answer.
    #[must_use]
    pub fn with_pec(mut self) -> Self {
        self.push(self.written().value());
        self
    }

    /// The target.
    pub const fn address(&self) -> Address {
        self.address
    }

    /// The bytes behind the address byte.
    pub fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Takes a write apart that a target received: `bytes` behind the address byte, the last of them the
    /// packet error code if `pec` says so. Gives the bytes before the code.
    ///
    /// # Errors
    /// [`FrameError::Pec`] if the code does not fit: the target then leaves the data alone and sets bit 5
    /// of STATUS_CML. [`FrameError::Length`] if there is no byte for a command code.
    pub fn received(address: Address, bytes: &[u8], pec: bool) -> Result<&[u8], FrameError> {
        let message = if pec {
            let (got, message) =
                bytes.split_last().ok_or(FrameError::Length { expected: 2, got: bytes.len() })?;
            let expected = Pec::new().update(&[address.write_byte()]).update(message).value();
            if *got != expected {
                return Err(FrameError::Pec { expected, got: *got });
            }
            message
        } else {
            bytes
        };
        if message.is_empty() {
            return Err(FrameError::Length { expected: 1 + usize::from(pec), got: bytes.len() });
        }
        Ok(message)
    }

    /// The packet error code that a target sends behind `answer`.
    pub fn answer_pec(&self, answer: &[u8]) -> u8 {
        self.written().update(&[self.address.read_byte()]).update(answer).value()
    }

    /// Checks an answer of `expected` bytes: with `pec`, one more byte came, the packet error code.
    ///
    /// # Errors
    /// [`FrameError`] if the length or the code is not right.
    pub fn answer<'a>(&self, bytes: &'a [u8], expected: usize, pec: bool) -> Result<&'a [u8], FrameError> {
        let wrong = FrameError::Length { expected: expected + usize::from(pec), got: bytes.len() };
        let (answer, rest) = bytes.split_at_checked(expected).ok_or(wrong)?;
        match (rest, pec) {
            ([], false) => Ok(answer),
            ([got], true) => {
                let expected = self.answer_pec(answer);
                if *got == expected { Ok(answer) } else { Err(FrameError::Pec { expected, got: *got }) }
            }
            _ => Err(wrong),
        }
    }

    /// Checks the answer of a block read and gives the data behind the count. Bytes that the controller
    /// clocked beyond the end (most read a fixed number) are not looked at.
    ///
    /// # Errors
    /// [`FrameError`] if the count is larger than what came, or the code does not fit.
    pub fn block_answer<'a>(&self, bytes: &'a [u8], pec: bool) -> Result<&'a [u8], FrameError> {
        let count = *bytes.first().ok_or(FrameError::Length { expected: 1, got: 0 })?;
        let length = 1 + usize::from(count);
        let all = length + usize::from(pec);
        let there = bytes.get(..all).ok_or(FrameError::Length { expected: all, got: bytes.len() })?;
        self.answer(there, length, pec).and_then(Block::parse)
    }

    fn written(&self) -> Pec {
        Pec::new().update(&[self.address.write_byte()]).update(self.as_slice())
    }

    /// Adds a byte; the callers have checked that it fits.
    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = byte;
            self.len += 1;
        }
    }
}

impl core::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:02X} {:02X?}", self.address.write_byte(), self.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::super::pec;
    use super::*;
    use proptest::prelude::*;

    const PSU: Address = Address(0x58);

    #[test]
    fn a_read_word_is_five_bytes_under_the_code() {
        let read = Transaction::command(PSU, 0x88);
        assert_eq!(read.as_slice(), [0x88]);
        // 230 V as LINEAR11: 920 x 2^-2.
        let code = pec(&[0xB0, 0x88, 0xB1, 0x98, 0xF3]);
        assert_eq!(read.answer(&[0x98, 0xF3, code], 2, true), Ok(&[0x98, 0xF3][..]));
        assert_eq!(read.answer(&[0x98, 0xF3], 2, false), Ok(&[0x98, 0xF3][..]));
        let wrong = [0x98, 0xF2, code];
        assert!(matches!(read.answer(&wrong, 2, true), Err(FrameError::Pec { got, .. }) if got == code));
        assert_eq!(read.answer(&[0x98, 0xF3], 2, true), Err(FrameError::Length { expected: 3, got: 2 }));
        assert_eq!(
            read.answer(&[0x98, 0xF3, 0, 0], 2, true),
            Err(FrameError::Length { expected: 3, got: 4 })
        );
        // The same answer at another address has another code.
        let other = Transaction::command(Address(0x59), 0x88);
        assert!(other.answer(&[0x98, 0xF3, code], 2, true).is_err());
    }

    #[test]
    fn a_write_closes_with_its_code() {
        let write = Transaction::command(PSU, 0x21).with_data(&[0x00, 0x66]).unwrap().with_pec();
        assert_eq!(write.as_slice(), [0x21, 0x00, 0x66, pec(&[0xB0, 0x21, 0x00, 0x66])]);
        assert_eq!(Transaction::received(PSU, write.as_slice(), true), Ok(&[0x21, 0x00, 0x66][..]));
        assert_eq!(Transaction::received(PSU, &[0x03], false), Ok(&[0x03][..]));
        assert!(
            Transaction::received(PSU, &[], false).is_err() && Transaction::received(PSU, &[], true).is_err()
        );
        // A lone code of the address alone is a transaction without a command.
        assert!(Transaction::received(PSU, &[pec(&[0xB0])], true).is_err());
        let ext = Transaction::extended(PSU, 0xFE, 0x10);
        assert_eq!(ext.as_slice(), [0xFE, 0x10]);
    }

    #[test]
    fn a_block_may_be_followed_by_what_was_clocked_too_far() {
        let read = Transaction::command(PSU, 0x99);
        let code = read.answer_pec(&[3, b'A', b'D', b'I']);
        assert_eq!(read.block_answer(&[3, b'A', b'D', b'I', code, 0xFF, 0xFF], true), Ok(&b"ADI"[..]));
        assert_eq!(read.block_answer(&[3, b'A', b'D', b'I', 0xFF], false), Ok(&b"ADI"[..]));
        assert_eq!(read.block_answer(&[0], false), Ok(&[][..]));
        assert!(read.block_answer(&[3, b'A', b'D', b'I', code ^ 1], true).is_err());
        assert_eq!(read.block_answer(&[4, 1, 2], false), Err(FrameError::Length { expected: 5, got: 3 }));
        assert_eq!(Block::parse(&[]), Err(FrameError::Length { expected: 1, got: 0 }));
    }

    #[test]
    fn a_block_has_at_most_255_bytes() {
        let data = [7; 256];
        let long = Transaction::extended(PSU, 0xFE, 0x10).with_block(&data[..255]).unwrap().with_pec();
        assert_eq!(long.as_slice().len(), MAX_TRANSACTION);
        let message = Transaction::received(PSU, long.as_slice(), true).unwrap();
        assert_eq!(Block::parse(&message[2..]), Ok(&data[..255]));
        assert!(Transaction::command(PSU, 0x10).with_block(&data).is_err());
        assert!(Block::new(&data).is_err());
        assert_eq!(Block::new(&data[..255]).unwrap().as_slice(), &data[..255]);
        assert!(Address::new(0x80).is_none());
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_fail(address in 0u8..128, code: u8, bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let address = Address::new(address).unwrap();
            let read = Transaction::command(address, code);
            let _ = (read.answer(&bytes, 2, true), read.block_answer(&bytes, true), Block::parse(&bytes));
            let _ = (Transaction::received(address, &bytes, true), read.with_data(&bytes), read.with_block(&bytes));
        }

        #[test]
        fn blocks_come_back(address in 0u8..128, code: u8, data in prop::collection::vec(any::<u8>(), 0..=255)) {
            let address = Address::new(address).unwrap();
            let sent = Transaction::command(address, code).with_block(&data).unwrap().with_pec();
            let message = Transaction::received(address, sent.as_slice(), true).unwrap();
            prop_assert_eq!(message[0], code);
            prop_assert_eq!(Block::parse(&message[1..]), Ok(&data[..]));
            // What the target answers to a read.
            let read = Transaction::command(address, code);
            let mut answer = std::vec![data.len() as u8];
            answer.extend(&data);
            answer.push(read.answer_pec(&answer));
            prop_assert_eq!(read.block_answer(&answer, true), Ok(&data[..]));
        }
    }
}
