//! Text in registers: high byte first, ended by the first NUL.

/// Up to `N` bytes of text; `N` is twice the number of words of the register.
///
/// Devices hold whatever their firmware left there, so the bytes are kept as they are and shown with
/// anything but printable ASCII replaced.
#[derive(Clone, Copy)]
pub struct Text<const N: usize> {
    /// What follows the text is whatever the words held.
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Text<N> {
    /// The empty text.
    pub const EMPTY: Self = Self { bytes: [0; N], len: 0 };

    /// Takes text for a register.
    ///
    /// Returns `None` if it is longer than `N` bytes or holds anything but printable ASCII.
    pub fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; N];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        text.bytes().all(|b| (0x20..0x7f).contains(&b)).then_some(Self { bytes, len: text.len() })
    }

    /// Reads text from words; stops at the first NUL. What is beyond `N` bytes is left out.
    #[inline(always)]
    pub fn from_words(words: &[u16]) -> Self {
        let mut text = Self::EMPTY;
        if 2 * words.len() != N {
            text.fill(words.iter().flat_map(|word| word.to_be_bytes()));
            return text;
        }
        let (fours, words) = words.as_chunks::<4>();
        let (eights, bytes) = text.bytes.as_chunks_mut::<8>();
        let mut len = None;
        for (i, (eight, four)) in eights.iter_mut().zip(fours).enumerate() {
            let joined = swapped(four);
            *eight = joined.to_le_bytes();
            len = len.or_else(|| first_nul(joined).map(|nul| 8 * i + nul));
        }
        let (pairs, _) = bytes.as_chunks_mut::<2>();
        for (pair, word) in pairs.iter_mut().zip(words) {
            *pair = word.to_be_bytes();
        }
        let eights = N - N % 8;
        text.len = len.unwrap_or_else(|| {
            let rest = text.bytes.get(eights..).unwrap_or_default();
            eights + rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len())
        });
        text
    }

    /// Reads text from bytes; stops at the first NUL. What is beyond `N` bytes is left out.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut text = Self::EMPTY;
        text.fill(bytes.iter().copied());
        text
    }

    /// [`Self::from_words`] for any number of words, byte by byte.
    #[cold]
    fn fill(&mut self, bytes: impl Iterator<Item = u8>) {
        for (slot, byte) in self.bytes.iter_mut().zip(bytes.take_while(|byte| *byte != 0)) {
            *slot = byte;
            self.len += 1;
        }
    }

    /// Writes the text into words, padded with NUL.
    pub fn to_words(&self, words: &mut [u16]) {
        let mut bytes = self.as_bytes().iter().copied().chain(core::iter::repeat(0));
        for word in words {
            let high = bytes.next().unwrap_or_default();
            let low = bytes.next().unwrap_or_default();
            *word = u16::from_be_bytes([high, low]);
        }
    }

    /// The bytes before the first NUL, as the device holds them.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// The text without the blanks that devices pad with; `None` if it is not UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        core::str::from_utf8(self.as_bytes()).ok().map(str::trim)
    }
}

/// Eight characters, the first in the lowest byte. Joined like this four words are one load of memory.
#[inline(always)]
fn swapped(words: &[u16; 4]) -> u64 {
    const LOW: u64 = 0x00FF_00FF_00FF_00FF;
    let joined = words.iter().rev().fold(0, |joined, word| joined << 16 | u64::from(*word));
    (joined & LOW) << 8 | (joined >> 8) & LOW
}

/// The place of the first NUL of eight characters.
#[inline(always)]
fn first_nul(characters: u64) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    // Only a byte of 0 borrows into its top bit without having it set; the lowest of them is right.
    let nul = characters.wrapping_sub(ONES) & !characters & (ONES << 7);
    (nul != 0).then_some(nul.trailing_zeros() as usize / 8)
}

/// Two texts are equal if they read the same.
impl<const N: usize> PartialEq for Text<N> {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl<const N: usize> Eq for Text<N> {}

impl<const N: usize> Default for Text<N> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<const N: usize> core::fmt::Display for Text<N> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        use core::fmt::Write;
        let bytes = self.as_bytes();
        let end = bytes.iter().rposition(|b| *b != b' ').map_or(0, |i| i + 1);
        for byte in bytes.get(..end).unwrap_or_default() {
            f.write_char(if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '\u{fffd}' })?;
        }
        Ok(())
    }
}

impl<const N: usize> core::fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn stops_at_the_first_nul_and_keeps_the_byte_order() {
        let text = Text::<8>::from_words(&[0x4142, 0x4300, 0x4445, 0x4600]);
        assert_eq!(text.to_string(), "ABC");
        assert_eq!(Some(text), Text::new("ABC"));
        let mut words = [0xFFFF; 4];
        text.to_words(&mut words);
        assert_eq!(words, [0x4142, 0x4300, 0, 0]);
    }

    #[test]
    fn both_ways_read_the_same() {
        fn check<const N: usize>() {
            let full: std::vec::Vec<u16> = (0..N as u16 / 2).map(|i| 0x4142 + i).collect();
            for nul in 0..=N {
                let mut words = full.clone();
                for byte in [nul, nul + 3].into_iter().filter(|byte| *byte < N) {
                    words[byte / 2] &= if byte % 2 == 0 { 0x00FF } else { 0xFF00 };
                }
                let mut slow = Text::<N>::EMPTY;
                slow.fill(words.iter().flat_map(|word| word.to_be_bytes()));
                assert_eq!((Text::<N>::from_words(&words), slow.len), (slow, nul), "{N} {nul}");
                // Fewer words than the text could hold, and more.
                assert_eq!(Text::<300>::from_words(&words).as_bytes(), slow.as_bytes());
                assert_eq!(Text::<2>::from_words(&words).as_bytes(), &slow.as_bytes()[..nul.min(2)]);
            }
        }
        check::<2>();
        check::<8>();
        check::<14>();
        check::<16>();
        check::<250>();
    }

    #[test]
    fn shows_what_is_not_ascii_without_failing() {
        let text = Text::<4>::from_words(&[0x41FF, 0x4220]);
        assert_eq!(text.to_string(), "A\u{fffd}B");
        assert_eq!(text.as_str(), None);
    }

    #[test]
    fn refuses_what_does_not_fit() {
        assert!(Text::<4>::new("ABCDE").is_none());
        assert!(Text::<4>::new("Ä").is_none());
        assert_eq!(
            Text::<4>::new("ABCD").and_then(|t| t.as_str().map(ToString::to_string)).as_deref(),
            Some("ABCD")
        );
    }
}
