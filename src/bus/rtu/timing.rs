//! Times of a serial line: characters, and the silences that part and end frames.

use std::time::Duration;

use crate::bus::serial::{Parity, SerialSettings, StopBits};

/// Above this rate the two silences no longer shrink (Serial Line V1.02, 2.5.1.1).
const FIXED_ABOVE: u32 = 19_200;

/// Baud rate and length of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineTiming {
    /// Bits per second.
    pub baud: u32,
    /// Bits of a character: start, 8 data, parity, stop. 11 by the standard; 10 for 8N1.
    pub bits: u32,
}

impl Default for LineTiming {
    /// 19200 baud, 11 bits.
    fn default() -> Self {
        Self { baud: 19_200, bits: 11 }
    }
}

impl From<SerialSettings> for LineTiming {
    fn from(settings: SerialSettings) -> Self {
        let parity = u32::from(settings.parity != Parity::None);
        let stop = if settings.stop_bits == StopBits::Two { 2 } else { 1 };
        Self { baud: settings.baud, bits: 9 + parity + stop }
    }
}

impl LineTiming {
    /// Time of `count` characters without a gap between them. Not a sum of rounded characters: at most 1 ns long.
    pub fn characters(self, count: usize) -> Duration {
        let bits = (count as u64).saturating_mul(self.bits.into());
        Duration::from_nanos(bits.saturating_mul(1_000_000_000).div_ceil(self.baud.max(1).into()))
    }

    /// Longest silence between two characters of a frame: 1.5 characters, 750 us above 19200 baud.
    pub fn t1_5(self) -> Duration {
        if self.baud > FIXED_ABOVE { Duration::from_micros(750) } else { self.characters(3) / 2 }
    }

    /// Shortest silence between two frames: 3.5 characters, 1750 us above 19200 baud.
    pub fn t3_5(self) -> Duration {
        if self.baud > FIXED_ABOVE { Duration::from_micros(1_750) } else { self.characters(7) / 2 }
    }

    /// Least time of a request and its answer of so many PDU bytes: address and CRC around each, and t3.5 before
    /// each.
    pub fn transaction(self, request: usize, answer: usize) -> Duration {
        self.characters(request + answer + 6) + 2 * self.t3_5()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_the_serial_line_guide() {
        let slow = LineTiming::default();
        assert_eq!(slow.t3_5(), Duration::from_nanos(2_005_208));
        assert_eq!(slow.t1_5(), Duration::from_nanos(859_375));
        let fast = LineTiming { baud: 115_200, bits: 11 };
        assert_eq!((fast.t1_5(), fast.t3_5()), (Duration::from_micros(750), Duration::from_micros(1_750)));
        assert_eq!(fast.characters(1), Duration::from_nanos(95_487));
        // A second of characters is a second.
        assert_eq!(LineTiming { baud: 11_000, bits: 11 }.characters(1000), Duration::from_secs(1));
        // 10 registers at 19200 8E1: 33 characters and two silences.
        assert_eq!(slow.transaction(5, 22).as_micros(), 22_916);
        assert_eq!(LineTiming::from(SerialSettings::default()), slow);
        let short = SerialSettings { parity: Parity::None, ..SerialSettings::default() };
        assert_eq!(LineTiming::from(short).bits, 10);
    }
}
