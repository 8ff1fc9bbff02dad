//! CRC-16 of Modbus RTU, with a small table and with a large one.
//!
//! [`crc16_small`] takes 512 bytes of table and a step a byte; [`crc16_fast`] takes 8 KiB and a step for 16
//! bytes, and is several times as fast. [`crc16`] is the small one, or with the feature `fast-crc` the
//! large one; the linker leaves out the table of what is not called. On a serial line either is far faster
//! than the wire: the large one is for whoever checks many lines, or recordings.

/// `TABLES[n][b]`: what the byte `b` with `n` zero bytes behind it gives.
type Tables<const N: usize> = [[u16; 256]; N];

static SMALL: Tables<1> = tables();
static LARGE: Tables<16> = tables();

const fn tables<const N: usize>() -> Tables<N> {
    let mut tables = [[0; 256]; N];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u16;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xA001 } else { crc >> 1 };
            bit += 1;
        }
        tables[0][byte] = crc;
        byte += 1;
    }
    let mut n = 1;
    while n < N {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[n - 1][byte];
            tables[n][byte] = (before >> 8) ^ tables[0][(before & 0xFF) as usize];
            byte += 1;
        }
        n += 1;
    }
    tables
}

/// CRC-16 with polynomial 0xA001 (reflected 0x8005), start value 0xFFFF. On the wire the low byte goes
/// first (MODBUS over Serial Line V1.02, 2.5.1.2).
#[inline]
pub fn crc16(bytes: &[u8]) -> u16 {
    if cfg!(feature = "fast-crc") { crc16_fast(bytes) } else { crc16_small(bytes) }
}

/// [`crc16`] with a table of 512 bytes, a byte at a time.
pub fn crc16_small(bytes: &[u8]) -> u16 {
    bytewise(0xFFFF, bytes, &SMALL[0])
}

/// [`crc16`] with tables of 8 KiB, 16 bytes at a time.
pub fn crc16_fast(bytes: &[u8]) -> u16 {
    let (blocks, rest) = bytes.as_chunks::<16>();
    let crc = blocks.iter().fold(0xFFFF, |crc, block| absorb(crc, *block));
    // What is left goes in halves: 8, 4, 2 bytes, 1.
    let (eights, rest) = rest.as_chunks::<8>();
    let crc = eights.iter().fold(crc, |crc, block| absorb(crc, *block));
    let (fours, rest) = rest.as_chunks::<4>();
    let crc = fours.iter().fold(crc, |crc, block| absorb(crc, *block));
    bytewise(crc, rest, &LARGE[0])
}

/// The CRC is linear: each byte of a block counts for itself, by the number of bytes behind it.
#[inline]
fn absorb<const N: usize>(crc: u16, mut block: [u8; N]) -> u16 {
    let [low, high] = crc.to_le_bytes();
    block[0] ^= low;
    block[1] ^= high;
    let mut sum = 0;
    let mut i = 0;
    while i < N {
        sum ^= LARGE[N - 1 - i][usize::from(block[i])];
        i += 1;
    }
    sum
}

fn bytewise(start: u16, bytes: &[u8], table: &[u16; 256]) -> u16 {
    bytes.iter().fold(start, |crc, byte| {
        let [low, high] = crc.to_le_bytes();
        table[usize::from(low ^ byte)] ^ u16::from(high)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_value_of_the_crc_catalogue() {
        // CRC-16/MODBUS check value over "123456789".
        assert_eq!(crc16(b"123456789"), 0x4B37);
    }

    #[test]
    fn frame_of_the_serial_line_guide() {
        // Serial Line V1.02, appendix B: address 2, function 7 gives CRC 0x1241, low byte first.
        assert_eq!(crc16(&[0x02, 0x07]).to_le_bytes(), [0x41, 0x12]);
    }

    /// The definition: a shift register, a bit at a time.
    fn by_bits(bytes: &[u8]) -> u16 {
        bytes.iter().fold(0xFFFF, |crc, byte| {
            (0..8).fold(
                crc ^ u16::from(*byte),
                |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xA001 } else { crc >> 1 },
            )
        })
    }

    #[test]
    fn every_way_is_the_definition() {
        let bytes: std::vec::Vec<u8> =
            (0..300u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for length in 0..bytes.len() {
            let bytes = &bytes[..length];
            let expected = by_bits(bytes);
            assert_eq!(
                (crc16(bytes), crc16_small(bytes), crc16_fast(bytes)),
                (expected, expected, expected),
                "{length}"
            );
        }
    }
}
