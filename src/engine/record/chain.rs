//! The form of a record file, and its check.
//!
//! A line is an entry: a SHA-256 digest in hexadecimal digits, a space, and a JSON object. The digest is that of the
//! bytes of the object, which holds the digest of the line before it (`previous`), so that nothing in front of a line can
//! be changed without that line telling. Anybody can check a line without this program:
//! `sed -n 5p FILE | cut -d' ' -f2- | tr -d '\n' | sha256sum`.
//!
//! What a chain alone cannot show: that its last entries were cut off, or that the whole of it was written anew. Against
//! both a digest helps that was noted elsewhere; [`verify`] looks for it.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `previous` of the first entry.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// Longest line, in bytes.
pub const LONGEST_LINE: usize = 4 << 20;
/// Digits of a digest.
const DIGITS: usize = 64;

/// What an entry tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// An engine began to write here.
    Start,
    /// A grid event, with its verdict.
    GridEvent,
    /// The end of the file was torn; the bytes that were no entry stand in a file beside it.
    Recovered,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Number, from 1, without gaps.
    pub number: u64,
    /// Digest of the entry before; [`GENESIS`] for the first.
    pub previous: String,
    /// When it was written, UTC (RFC 3339).
    pub time: String,
    /// What it tells of.
    pub kind: EntryKind,
    /// Digest of the configuration in force.
    pub configuration: String,
    /// What there is to tell, by kind.
    pub body: Value,
}

impl Entry {
    /// Its name in exports and in the log of the engine.
    pub fn id(&self) -> String {
        id(self.number)
    }
}

/// The name of an entry.
pub(super) fn id(number: u64) -> String {
    format!("E{number}")
}

/// Why a record cannot be read, or is not what was written.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The file system says no.
    #[error("{path}: {source}")]
    Io {
        /// File.
        path: PathBuf,
        /// Its words.
        source: std::io::Error,
    },
    /// Another process writes here.
    #[error("{path}: another process writes this record; give each engine a file of its own")]
    Locked {
        /// File.
        path: PathBuf,
    },
    /// A line is no entry, or was changed. Everything before it is sound.
    #[error("{path}:{line}: entry {entry}: {reason}; the entries before it are sound{}", tail(.last))]
    Broken {
        /// File.
        path: PathBuf,
        /// Line, from 1.
        line: u64,
        /// Number of the entry that should stand there.
        entry: u64,
        /// What is wrong.
        reason: String,
        /// What is before it, if it is the last line and its bytes are not those that a writer meant: a power failure leaves
        /// such a line when its later pages came to the disk and an earlier one did not.
        last: Option<Checked>,
    },
    /// The last line has no end. What is before it is sound.
    #[error(
        "{path}:{line}: the last {bytes} bytes are no whole line: the writer was cut off; \
         the engine sets them aside when it next appends"
    )]
    Torn {
        /// File.
        path: PathBuf,
        /// Line, from 1.
        line: u64,
        /// How many bytes.
        bytes: usize,
        /// What is before it.
        before: Checked,
    },
    /// The chain is sound and does not hold a digest that it should.
    #[error("{path}: no entry has the digest {digest}: entries were cut off, or the record was written anew")]
    Missing {
        /// File.
        path: PathBuf,
        /// The digest.
        digest: String,
    },
    /// An entry cannot be written as it is.
    #[error("{path}: the entry has {bytes} bytes; a line may have {LONGEST_LINE}")]
    TooLong {
        /// File.
        path: PathBuf,
        /// Its length.
        bytes: usize,
    },
    /// There is no such entry.
    #[error("{path}: no entry {id}; the record has E1 to E{last}")]
    NoSuchEntry {
        /// File.
        path: PathBuf,
        /// What was asked for.
        id: String,
        /// The last one there is.
        last: u64,
    },
}

/// What there is to say of a broken line that is the last one.
fn tail(last: &Option<Checked>) -> &'static str {
    if last.is_some() { "; it is the last line: the engine sets it aside when it next appends" } else { "" }
}

/// A chain that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Entries.
    pub entries: u64,
    /// Grid events among them.
    pub events: u64,
    /// Digest of the last one: worth noting elsewhere.
    pub head: String,
    /// Bytes of all of them.
    pub bytes: u64,
}

impl Checked {
    /// A record without an entry.
    pub(super) fn empty() -> Self {
        Self { entries: 0, events: 0, head: GENESIS.to_owned(), bytes: 0 }
    }
}

/// The SHA-256 digest of bytes, in hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The line of an entry, with its end, and its digest.
pub(super) fn line(entry: &Entry) -> Result<(String, String), serde_json::Error> {
    let json = serde_json::to_string(entry)?;
    let digest = digest(json.as_bytes());
    Ok((format!("{digest} {json}\n"), digest))
}

/// Checks a record from its first to its last entry; each goes to `each` with its digest.
///
/// # Errors
/// [`RecordError::Broken`] names the first entry that is not what was written, [`RecordError::Torn`] an end without a line.
pub fn walk(path: &Path, each: &mut dyn FnMut(&Entry, &str)) -> Result<Checked, RecordError> {
    let io = |source| RecordError::Io { path: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(io)?;
    let mut reader = BufReader::new(file);
    let mut checked = Checked::empty();
    let mut text = Vec::new();
    loop {
        let number = checked.entries + 1;
        let broken = |reason: String| RecordError::Broken {
            path: path.to_owned(),
            line: number,
            entry: number,
            reason,
            last: None,
        };
        text.clear();
        let room = LONGEST_LINE as u64 + 1;
        (&mut reader).take(room).read_until(b'\n', &mut text).map_err(io)?;
        if text.is_empty() {
            return Ok(checked);
        }
        if text.last() != Some(&b'\n') {
            if text.len() as u64 >= room {
                return Err(broken(format!("longer than {LONGEST_LINE} bytes")));
            }
            let (path, bytes) = (path.to_owned(), text.len());
            return Err(RecordError::Torn { path, line: number, bytes, before: checked });
        }
        let (entry, found) = match parse(&text) {
            Ok(found) => found,
            Err(reason) => {
                let is_last = reader.fill_buf().map_err(io)?.is_empty();
                let (path, last) = (path.to_owned(), is_last.then_some(checked));
                return Err(RecordError::Broken { path, line: number, entry: number, reason, last });
            }
        };
        if entry.number != number {
            return Err(broken(format!("its number is {}: an entry is missing or was moved", entry.number)));
        }
        if entry.previous != checked.head {
            return Err(broken("it does not hang on the entry before it".to_owned()));
        }
        each(&entry, &found);
        checked.entries = number;
        checked.events += u64::from(entry.kind == EntryKind::GridEvent);
        checked.bytes += text.len() as u64;
        checked.head = found;
    }
}

/// An entry and its digest, out of a line with its end.
fn parse(line: &[u8]) -> Result<(Entry, String), String> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let (told, json) = line
        .split_at_checked(DIGITS)
        .and_then(|(digest, rest)| Some((digest, rest.strip_prefix(b" ")?)))
        .ok_or("no digest stands at its beginning")?;
    let found = digest(json);
    if told != found.as_bytes() {
        return Err("its digest is not that of its bytes: it was changed".to_owned());
    }
    let entry = serde_json::from_slice(json).map_err(|e| format!("no entry: {e}"))?;
    Ok((entry, found))
}

/// Checks a record; with `noted`, also that an entry has this digest, which was noted before.
///
/// # Errors
/// As [`walk`], and [`RecordError::Missing`].
pub fn verify(path: &Path, noted: Option<&str>) -> Result<Checked, RecordError> {
    let mut met = noted.is_none();
    let checked = walk(path, &mut |_, digest| met |= noted.is_some_and(|n| n.eq_ignore_ascii_case(digest)))?;
    match noted {
        Some(digest) if !met => {
            Err(RecordError::Missing { path: path.to_owned(), digest: digest.to_owned() })
        }
        _ => Ok(checked),
    }
}

/// One entry as a document of its own, of a record that is checked on the way: the entry, its digest, and the head of the
/// record, by which the entry can be found in it again.
///
/// # Errors
/// As [`walk`], and [`RecordError::NoSuchEntry`].
pub fn export(path: &Path, wanted: &str) -> Result<Value, RecordError> {
    let mut found = None;
    let checked = walk(path, &mut |entry, digest| {
        if entry.id().eq_ignore_ascii_case(wanted) {
            found = Some(serde_json::json!({ "id": entry.id(), "digest": digest, "entry": entry }));
        }
    })?;
    let missing =
        || RecordError::NoSuchEntry { path: path.to_owned(), id: wanted.to_owned(), last: checked.entries };
    let mut found = found.ok_or_else(missing)?;
    if let Some(object) = found.as_object_mut() {
        object.insert("record_head".to_owned(), checked.head.clone().into());
        object.insert("record_entries".to_owned(), checked.entries.into());
    }
    Ok(found)
}
