//! Text in registers: high byte first, ended by the first NUL.

/// Up to `N` bytes of text; `N` is twice the number of words of the register.
///
/// Devices hold whatever their firmware left there, so the bytes are kept as they are and shown with
/// anything but printable ASCII replaced.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Text<const N: usize> {
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

    /// Reads text from words; stops at the first NUL.
    pub fn from_words(words: &[u16]) -> Self {
        let mut text = Self::EMPTY;
        for byte in words.iter().flat_map(|w| w.to_be_bytes()).take(N).take_while(|b| *b != 0) {
            if let Some(slot) = text.bytes.get_mut(text.len) {
                *slot = byte;
                text.len += 1;
            }
        }
        text
    }

    /// Writes the text into words, padded with NUL.
    pub fn to_words(&self, words: &mut [u16]) {
        let mut bytes = self.bytes.iter().copied().chain(core::iter::repeat(0));
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
        let mut words = [0xFFFF; 4];
        text.to_words(&mut words);
        assert_eq!(words, [0x4142, 0x4300, 0, 0]);
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
