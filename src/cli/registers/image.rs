//! A register image out of bytes: what `dpo registers decode` reads.

use std::collections::BTreeMap;

use clap::ValueEnum;

/// How the image is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Input {
    /// Lines `ADDRESS: WORDS` are a dump; else hexadecimal text if it is nothing else; else binary.
    Auto,
    /// Raw words, high byte first, from --start on.
    Binary,
    /// Words as hexadecimal text, from --start on; blanks, commas and 0x are skipped.
    Hex,
    /// Lines `ADDRESS: WORD WORD …`: the address decimal or 0x…, the words hexadecimal; # begins a comment.
    Dump,
}

/// The words of an image by address.
pub(super) type Image = BTreeMap<u16, u16>;

/// Reads an image. Errors name the line and what to do.
pub(super) fn read(bytes: &[u8], input: Input, start: u16) -> Result<Image, String> {
    if bytes.iter().all(u8::is_ascii_whitespace) && (input != Input::Binary || bytes.is_empty()) {
        return Err("the image is empty".to_owned());
    }
    let text = std::str::from_utf8(bytes);
    match (input, text) {
        (Input::Binary, _) => binary(bytes, start),
        (Input::Hex, Ok(text)) => hex(text, start),
        (Input::Dump, Ok(text)) => dump(text),
        (Input::Hex | Input::Dump, Err(error)) => {
            Err(format!("byte {}: not text; use --input binary for raw words", error.valid_up_to()))
        }
        (Input::Auto, Ok(text)) if text.lines().any(|line| split(line).is_some()) => dump(text),
        (Input::Auto, Ok(text)) if digits(text).is_ok() => hex(text, start),
        (Input::Auto, _) => binary(bytes, start),
    }
}

fn binary(bytes: &[u8], start: u16) -> Result<Image, String> {
    let (pairs, rest) = bytes.as_chunks();
    if !rest.is_empty() {
        return Err(format!("{} bytes are no whole number of words; is the image cut off?", bytes.len()));
    }
    place(start, pairs.iter().map(|pair| u16::from_be_bytes(*pair)), &mut Image::new())
        .map_err(|e| format!("{e}; --start names the address of the first word"))
}

/// Puts words at rising addresses; gives the image back.
fn place(start: u16, words: impl Iterator<Item = u16>, image: &mut Image) -> Result<Image, String> {
    for (i, word) in words.enumerate() {
        let address = usize::from(start).checked_add(i).and_then(|at| u16::try_from(at).ok());
        let address = address.ok_or_else(|| format!("the words from {start} on go beyond address 65535"))?;
        image.insert(address, word);
    }
    Ok(std::mem::take(image))
}

/// The hexadecimal digits of a text.
fn digits(text: &str) -> Result<Vec<u8>, String> {
    let mut digits = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for word in line.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty()) {
            let bare = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")).unwrap_or(word);
            for c in bare.chars() {
                let digit = c.to_digit(16).and_then(|d| u8::try_from(d).ok());
                digits.push(
                    digit.ok_or_else(|| format!("line {}: `{c}` is no hexadecimal digit", number + 1))?,
                );
            }
        }
    }
    if digits.is_empty() { Err("there are no words".to_owned()) } else { Ok(digits) }
}

fn hex(text: &str, start: u16) -> Result<Image, String> {
    let digits = digits(text)?;
    let (words, rest) = digits.as_chunks::<4>();
    if !rest.is_empty() {
        return Err(format!("{} digits are no whole number of words of 4", digits.len()));
    }
    let word = |d: &[u8; 4]| d.iter().fold(0, |word: u16, digit| word << 4 | u16::from(*digit));
    place(start, words.iter().map(word), &mut Image::new())
        .map_err(|e| format!("{e}; --start names the address of the first word"))
}

/// `ADDRESS: WORDS` without its comment.
fn split(line: &str) -> Option<(u16, &str)> {
    let (address, words) = line.split('#').next()?.split_once(':')?;
    let address = address.trim();
    let address = match address.strip_prefix("0x").or_else(|| address.strip_prefix("0X")) {
        Some(digits) => u16::from_str_radix(digits, 16),
        None => address.parse(),
    };
    Some((address.ok()?, words))
}

fn dump(text: &str) -> Result<Image, String> {
    let mut image = Image::new();
    // The line of each address.
    let mut lines = BTreeMap::<u16, usize>::new();
    for (number, line) in text.lines().enumerate() {
        let number = number + 1;
        if line.split('#').next().is_none_or(|l| l.trim().is_empty()) {
            continue;
        }
        let (address, words) = split(line).ok_or_else(|| {
            format!("line {number}: write it as `ADDRESS: WORD WORD …`, the words hexadecimal")
        })?;
        let digits = digits(words).map_err(|e| {
            let what = e.split_once(": ").map_or(e.as_str(), |(_, what)| what);
            format!("line {number}: {what}")
        })?;
        let (words, rest) = digits.as_chunks::<4>();
        if !rest.is_empty() {
            return Err(format!("line {number}: a word has 4 hexadecimal digits"));
        }
        for at in (address..=u16::MAX).take(words.len()) {
            if let Some(before) = lines.insert(at, number) {
                return Err(format!("line {number}: address {at} stands in line {before} already; keep one"));
            }
        }
        let words = words.iter().map(|d| d.iter().fold(0, |word: u16, digit| word << 4 | u16::from(*digit)));
        image = place(address, words, &mut image).map_err(|e| format!("line {number}: {e}"))?;
    }
    if image.is_empty() { Err("there are no words".to_owned()) } else { Ok(image) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(pairs: &[(u16, u16)]) -> Image {
        pairs.iter().copied().collect()
    }

    #[test]
    fn each_form_gives_the_same_words() {
        let wanted = image(&[(88, 0x4540), (89, 0x00ff)]);
        for text in ["4540 00FF", "0x4540, 0x00ff\n", "45\n4000FF"] {
            assert_eq!(read(text.as_bytes(), Input::Auto, 88), Ok(wanted.clone()), "{text}");
        }
        assert_eq!(read(&[0x45, 0x40, 0, 0xff], Input::Auto, 88), Ok(wanted.clone()));
        for text in ["88: 4540 00ff", "# head\n0x58: 4540 # Vin\n\n89: 0x00FF", "89:00ff\n88:4540"] {
            assert_eq!(read(text.as_bytes(), Input::Auto, 7), Ok(wanted.clone()), "{text}");
        }
        // Raw words that happen to be hexadecimal text: the user says which.
        assert_eq!(read(b"ABCD", Input::Auto, 0), Ok(image(&[(0, 0xabcd)])));
        assert_eq!(read(b"ABCD", Input::Binary, 0), Ok(image(&[(0, 0x4142), (1, 0x4344)])));
    }

    #[test]
    fn what_is_no_image_is_told_with_its_line() {
        let error = |bytes: &[u8], input| read(bytes, input, 65535).unwrap_err();
        assert!(error(&[1], Input::Binary).contains("no whole number of words"));
        assert!(error(&[0; 4], Input::Binary).contains("beyond address 65535"));
        assert!(error(b"12345", Input::Hex).contains("5 digits"));
        assert_eq!(error(b"1234\n12x4", Input::Hex), "line 2: `x` is no hexadecimal digit");
        assert!(error(&[0xff], Input::Hex).contains("byte 0: not text"));
        assert_eq!(error(b"1: 1234\nwhat", Input::Dump).split(':').next(), Some("line 2"));
        assert!(error(b"1: 123", Input::Dump).contains("line 1: a word has 4"));
        assert!(error(b"65535: 1234 5678", Input::Dump).contains("line 1: the words from 65535"));
        assert!(error(b"70000: 1234", Input::Dump).contains("line 1"));
        assert_eq!(
            error(b"# twice\n80: 0001 0002\n\n0x51: 0003", Input::Auto),
            "line 4: address 81 stands in line 2 already; keep one"
        );
        for input in [Input::Auto, Input::Binary, Input::Hex, Input::Dump] {
            assert_eq!(error(b"", input), "the image is empty");
        }
        assert_eq!(error(b" \n", Input::Auto), "the image is empty");
        assert!(error(b"# nothing\n", Input::Dump).contains("no words"));
    }
}
