//! The packet error code of SMBus: CRC-8 over the whole message, addresses included (SM 6.4).

/// Table `k` holds the CRC of a byte that `k` zero bytes follow.
///
/// The state of a CRC-8 is one byte, so it enters the first byte of a group only: the bytes of a group
/// are looked up independently of each other, and the processor does that at the same time.
static TABLES: [[u8; 256]; 8] = tables();

const fn tables() -> [[u8; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u8;
        let mut zeros = 0;
        while zeros < 8 {
            let mut bit = 0;
            while bit < 8 {
                crc = if crc & 0x80 != 0 { (crc << 1) ^ 0x07 } else { crc << 1 };
                bit += 1;
            }
            tables[zeros][byte] = crc;
            zeros += 1;
        }
        byte += 1;
    }
    tables
}

/// The packet error code of `message`: CRC-8 with polynomial x^8 + x^2 + x + 1 and start value 0.
///
/// The message is every byte between start and stop, the address bytes with their read/write bit
/// included; [`super::Transaction`] puts it together.
#[inline]
pub fn pec(message: &[u8]) -> u8 {
    Pec::new().update(message).value()
}

/// A packet error code that grows with the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pec(u8);

impl Pec {
    /// The code of the empty message.
    pub const fn new() -> Self {
        Self(0)
    }

    /// The code after more bytes.
    #[inline]
    #[must_use]
    pub fn update(self, bytes: &[u8]) -> Self {
        let [t0, t1, t2, t3, t4, t5, t6, t7] = &TABLES;
        let at = |table: &[u8; 256], byte: u8| table[usize::from(byte)];
        let (groups, rest) = bytes.as_chunks::<8>();
        let c = groups.iter().fold(self.0, |c, &[b0, b1, b2, b3, b4, b5, b6, b7]| {
            at(t7, b0 ^ c)
                ^ at(t6, b1)
                ^ at(t5, b2)
                ^ at(t4, b3)
                ^ at(t3, b4)
                ^ at(t2, b5)
                ^ at(t1, b6)
                ^ at(t0, b7)
        });
        // A read of a word is five bytes, a write of a byte three: short messages are the common ones.
        Self(match *rest {
            [b0] => at(t0, b0 ^ c),
            [b0, b1] => at(t1, b0 ^ c) ^ at(t0, b1),
            [b0, b1, b2] => at(t2, b0 ^ c) ^ at(t1, b1) ^ at(t0, b2),
            [b0, b1, b2, b3] => at(t3, b0 ^ c) ^ at(t2, b1) ^ at(t1, b2) ^ at(t0, b3),
            [b0, b1, b2, b3, b4] => at(t4, b0 ^ c) ^ at(t3, b1) ^ at(t2, b2) ^ at(t1, b3) ^ at(t0, b4),
            [b0, b1, b2, b3, b4, b5] => {
                at(t5, b0 ^ c) ^ at(t4, b1) ^ at(t3, b2) ^ at(t2, b3) ^ at(t1, b4) ^ at(t0, b5)
            }
            [b0, b1, b2, b3, b4, b5, b6] => {
                at(t6, b0 ^ c) ^ at(t5, b1) ^ at(t4, b2) ^ at(t3, b3) ^ at(t2, b4) ^ at(t1, b5) ^ at(t0, b6)
            }
            _ => c,
        })
    }

    /// The code as it goes over the wire.
    pub const fn value(self) -> u8 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, bit by bit.
    fn bitwise(message: &[u8]) -> u8 {
        message.iter().fold(0, |crc, byte| {
            (0..8).fold(crc ^ byte, |crc, _| if crc & 0x80 != 0 { (crc << 1) ^ 7 } else { crc << 1 })
        })
    }

    #[test]
    fn check_value_of_the_crc_catalogue() {
        // CRC-8/SMBUS check value over "123456789".
        assert_eq!(pec(b"123456789"), 0xF4);
        assert_eq!(pec(b""), 0);
    }

    #[test]
    fn messages_that_others_publish() {
        // MLX90614 data sheet: read of RAM 07h at address 5Ah.
        assert_eq!(pec(&[0xB4, 0x07, 0xB5, 0xD2, 0x3A]), 0x30);
        // The example of the crate smbus-pec 1.0.1: a write and a read.
        assert_eq!(pec(&[0xB4, 0x06, 0xAB, 0xCD]), 95);
        assert_eq!(pec(&[0xB4, 0x06, 0xB5, 38, 58]), 102);
    }

    #[test]
    fn a_message_followed_by_its_code_leaves_nothing() {
        let message = [0xB0, 0x88, 0xB1, 0x9A, 0xEA];
        let code = pec(&message);
        assert_eq!(Pec::new().update(&message).update(&[code]).value(), 0);
        // One wrong bit in a data byte never passes.
        for bit in 0..8 {
            let wrong = [0xB0, 0x88, 0xB1, 0x9A ^ (1 << bit), 0xEA];
            assert_ne!(pec(&wrong), code);
        }
    }

    proptest! {
        #[test]
        fn tables_say_what_the_polynomial_says(
            message in prop::collection::vec(any::<u8>(), 0..260),
            split in any::<prop::sample::Index>(),
        ) {
            prop_assert_eq!(pec(&message), bitwise(&message));
            let (head, tail) = message.split_at(split.index(message.len() + 1));
            prop_assert_eq!(Pec::new().update(head).update(tail).value(), bitwise(&message));
        }
    }
}
