//! Where in the text of a JSON document a value stands.
//!
//! serde_json gives a place for what does not parse; a finding on a document that does parse needs
//! the place of a JSON pointer, and duplicate keys, which a parsed value no longer shows.

use std::collections::{HashMap, HashSet};

/// Line and column (in characters) of a place, both from 1.
pub type Place = (usize, usize);

/// Places of every value of a document.
#[derive(Debug, Default)]
pub struct Places {
    places: HashMap<String, Place>,
    /// JSON pointers of keys that occur a second time in their object.
    pub duplicates: Vec<(String, Place)>,
}

impl Places {
    /// Scans a document that serde_json has accepted (so its depth is bounded and its syntax good).
    pub fn of(text: &str) -> Self {
        let mut scan = Scan { rest: text.chars().peekable(), line: 1, column: 1, found: Self::default() };
        scan.blank();
        let place = (scan.line, scan.column);
        scan.found.places.insert(String::new(), place);
        scan.value("");
        scan.found
    }

    /// The place of a pointer: of the key in an object, of the value in an array. A pointer to what is
    /// not there gives the place of the nearest parent.
    pub fn place(&self, pointer: &str) -> Place {
        let mut at = pointer;
        loop {
            if let Some(place) = self.places.get(at) {
                return *place;
            }
            match at.rfind('/') {
                Some(end) => at = at.get(..end).unwrap_or_default(),
                None => return (1, 1),
            }
        }
    }
}

/// The place of an error of serde_json, which counts columns in bytes, and from 0 on an empty line.
pub fn error_place(text: &str, error: &serde_json::Error) -> Place {
    let line = error.line().max(1);
    let bytes = text.split('\n').nth(line - 1).unwrap_or_default().bytes();
    // Bytes that begin a character.
    let column = bytes.take(error.column()).filter(|b| b & 0xc0 != 0x80).count();
    // At the end of the text serde_json may count one more than there is.
    (line, column.max(1))
}

/// A document as text, or the place of the first byte that is none, what is wrong there, and what to do.
pub fn utf8(bytes: &[u8]) -> Result<&str, (Place, String, &'static str)> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) => {
            return Err(((1, 1), "the file is UTF-16".to_owned(), "save the file as UTF-8"));
        }
        Err(error) => {
            let (good, bad) = bytes.split_at(error.valid_up_to());
            let good = String::from_utf8_lossy(good);
            let line = good.matches('\n').count() + 1;
            let column = good.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            let bad = bad.first().copied().unwrap_or_default();
            let message = format!("the byte 0x{bad:02X} is not UTF-8");
            return Err(((line, column), message, "save the file as UTF-8"));
        }
    };
    if text.starts_with('\u{feff}') {
        let message = "the file begins with a byte order mark".to_owned();
        return Err(((1, 1), message, "save the file as UTF-8 without a byte order mark"));
    }
    Ok(text)
}

/// One reference token of a JSON pointer (RFC 6901).
pub fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

struct Scan<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    line: usize,
    column: usize,
    found: Places,
}

impl Scan<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        if c == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(c)
    }

    fn blank(&mut self) {
        while self.rest.peek().is_some_and(|c| c.is_ascii_whitespace()) {
            self.next();
        }
    }

    /// Skips blanks and takes `c` if it comes next.
    fn take(&mut self, c: char) -> bool {
        self.blank();
        let there = self.rest.peek() == Some(&c);
        if there {
            self.next();
        }
        there
    }

    fn value(&mut self, pointer: &str) {
        self.blank();
        match self.rest.peek() {
            Some('{') => self.object(pointer),
            Some('[') => self.array(pointer),
            Some('"') => {
                self.string();
            }
            _ => {
                while self.rest.peek().is_some_and(|c| !matches!(c, ',' | ']' | '}')) {
                    self.next();
                }
            }
        }
    }

    fn object(&mut self, pointer: &str) {
        self.take('{');
        let mut seen = HashSet::new();
        while !self.take('}') {
            let place = (self.line, self.column);
            let Some(key) = self.string() else { return };
            let member = format!("{pointer}/{}", escape(&key));
            if seen.insert(key) {
                self.found.places.insert(member.clone(), place);
            } else {
                self.found.duplicates.push((member.clone(), place));
            }
            if !self.take(':') {
                return;
            }
            self.value(&member);
            self.take(',');
        }
    }

    fn array(&mut self, pointer: &str) {
        self.take('[');
        for index in 0.. {
            if self.take(']') || self.rest.peek().is_none() {
                return;
            }
            let element = format!("{pointer}/{index}");
            let place = (self.line, self.column);
            self.found.places.insert(element.clone(), place);
            self.value(&element);
            self.take(',');
        }
    }

    /// The next string, with its escapes undone.
    fn string(&mut self) -> Option<String> {
        if self.rest.peek() != Some(&'"') {
            return None;
        }
        let mut raw = String::from(self.next()?);
        loop {
            let c = self.next()?;
            raw.push(c);
            match c {
                '\\' => raw.push(self.next()?),
                '"' => return serde_json::from_str(&raw).ok(),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_keys_elements_and_duplicates() {
        let text = "{\n  \"a/b\": [1, {\"c\": \"}\\\"\"}],\n  \"d\": -1.5e3, \"d\": {}\n}";
        serde_json::from_str::<serde_json::Value>(text).unwrap();
        let places = Places::of(text);
        assert_eq!(places.place(""), (1, 1));
        assert_eq!(places.place("/a~1b"), (2, 3));
        assert_eq!(places.place("/a~1b/0"), (2, 11));
        assert_eq!(places.place("/a~1b/1/c"), (2, 15));
        assert_eq!(places.place("/d"), (3, 3));
        // Not there: the parent's place.
        assert_eq!(places.place("/a~1b/1/x/y"), (2, 14));
        assert_eq!(places.duplicates, [("/d".to_owned(), (3, 16))]);
    }
}
