//! Appending to a record.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::{FlockOperation, flock};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::chain::{Checked, Entry, EntryKind, LONGEST_LINE, RecordError, digest, id, line, walk};

/// Most files with torn ends of one and the same entry.
const MOST_ASIDE: u32 = 100;

/// A record that is open for appending; no other process can open it so meanwhile.
#[derive(Debug)]
pub struct RecordFile {
    path: PathBuf,
    file: File,
    checked: Checked,
    /// Digest of the configuration in force, which each entry names.
    configuration: String,
    /// An append failed half way: the end is to be cleaned before the next one.
    dirty: bool,
}

impl RecordFile {
    /// Opens a record or begins one, checks all of it, and writes an entry of kind [`EntryKind::Start`] with `about`.
    ///
    /// A torn last line, as a power failure leaves it (without its end, or with pages of it that never came to the disk), is set
    /// aside in a file beside it (`.torn-` and the number of the entry), and an entry says so.
    ///
    /// # Errors
    /// [`RecordError`]; a record that was changed before its last line is not appended to.
    pub fn open(path: &Path, configuration: &Value, about: Value) -> Result<Self, RecordError> {
        let io = |source| RecordError::Io { path: path.to_owned(), source };
        let file = OpenOptions::new().read(true).append(true).create(true).open(path).map_err(io)?;
        flock(&file, FlockOperation::NonBlockingLockExclusive)
            .map_err(|_| RecordError::Locked { path: path.to_owned() })?;
        let configuration = digest(configuration.to_string().as_bytes());
        let mut record =
            Self { path: path.to_owned(), file, checked: Checked::empty(), configuration, dirty: false };
        match walk(path, &mut |_, _| ()) {
            Ok(checked) => record.checked = checked,
            Err(RecordError::Torn { before, .. } | RecordError::Broken { last: Some(before), .. }) => {
                record.checked = before;
                record.set_aside()?;
            }
            Err(error) => return Err(error),
        }
        record.append(EntryKind::Start, about)?;
        // The name in its folder, too, is on the disk before anything relies on it.
        sync_folder(path).map_err(io)?;
        Ok(record)
    }

    /// Number of entries, and the digest of the last one.
    pub fn head(&self) -> (u64, &str) {
        (self.checked.entries, &self.checked.head)
    }

    /// Appends an entry; it is on the disk when this returns. Gives its name.
    ///
    /// # Errors
    /// [`RecordError`]; then nothing is appended, and a later call tries to clean up first.
    pub fn append(&mut self, kind: EntryKind, body: Value) -> Result<String, RecordError> {
        if std::mem::take(&mut self.dirty) {
            self.dirty = true;
            self.set_aside()?;
            self.dirty = false;
        }
        let number = self.checked.entries + 1;
        let entry = Entry {
            number,
            previous: self.checked.head.clone(),
            time: rfc3339(SystemTime::now()),
            kind,
            configuration: self.configuration.clone(),
            body,
        };
        let (text, digest) = line(&entry).map_err(|e| self.io(std::io::Error::other(e)))?;
        if text.len() > LONGEST_LINE {
            return Err(RecordError::TooLong { path: self.path.clone(), bytes: text.len() });
        }
        self.dirty = true;
        self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_data()).map_err(|e| self.io(e))?;
        self.dirty = false;
        self.checked.entries = number;
        self.checked.events += u64::from(kind == EntryKind::GridEvent);
        self.checked.bytes += text.len() as u64;
        self.checked.head = digest;
        Ok(id(number))
    }

    /// Moves what follows the last whole entry into a file beside the record, and says so in an entry.
    fn set_aside(&mut self) -> Result<(), RecordError> {
        let from = self.checked.bytes;
        let mut torn = Vec::new();
        self.file
            .seek(SeekFrom::Start(from))
            .and_then(|_| (&mut self.file).take(LONGEST_LINE as u64 + 1).read_to_end(&mut torn))
            .map_err(|e| self.io(e))?;
        if torn.is_empty() {
            return Ok(());
        }
        let aside = self.aside(&torn)?;
        self.file.set_len(from).and_then(|()| self.file.sync_data()).map_err(|e| self.io(e))?;
        self.dirty = false;
        tracing::warn!(record = %self.path.display(), bytes = torn.len(), aside = %aside.display(), "a torn end was set aside");
        let name = aside.file_name().map(|n| n.to_string_lossy().into_owned());
        let body = json!({ "bytes": torn.len(), "digest": digest(&torn), "aside": name });
        self.append(EntryKind::Recovered, body).map(|_| ())
    }

    /// Keeps torn bytes in a new file beside the record; on the disk, with its name, when this returns.
    fn aside(&self, torn: &[u8]) -> Result<PathBuf, RecordError> {
        for turn in 1..=MOST_ASIDE {
            let mut name = self.path.clone().into_os_string();
            name.push(format!(".torn-{}", self.checked.entries + 1));
            if turn > 1 {
                name.push(format!(".{turn}"));
            }
            let aside = PathBuf::from(name);
            let io = |source| RecordError::Io { path: aside.clone(), source };
            // Never over what was set aside before: a second attempt at the same entry may be torn, too.
            match OpenOptions::new().write(true).create_new(true).open(&aside) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                opened => {
                    opened.and_then(|mut f| f.write_all(torn).and_then(|()| f.sync_all())).map_err(io)?
                }
            }
            sync_folder(&self.path).map_err(io)?;
            return Ok(aside);
        }
        Err(self.io(std::io::Error::other(format!(
            "{MOST_ASIDE} torn ends of entry {} stand beside it: look at the disk, and move them away",
            self.checked.entries + 1
        ))))
    }

    /// Another handle in place of the file's, so that a test can have writes fail.
    #[cfg(test)]
    pub(in crate::engine) fn swap(&mut self, file: File) -> File {
        std::mem::replace(&mut self.file, file)
    }

    fn io(&self, source: std::io::Error) -> RecordError {
        RecordError::Io { path: self.path.clone(), source }
    }
}

/// The names in the folder of a file are on the disk when this returns.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// An instant in UTC, to the millisecond; the epoch if the clock is outside the years that the format holds.
pub fn rfc3339(instant: SystemTime) -> String {
    let ms = instant.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
    i128::try_from(ms)
        .ok()
        .and_then(|ms| OffsetDateTime::from_unix_timestamp_nanos(ms.saturating_mul(1_000_000)).ok())
        .and_then(|t| t.format(&Rfc3339).ok())
        .unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::chain::{export, verify};
    use super::*;

    fn record(entries: u64) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record.log");
        let mut file = RecordFile::open(&path, &json!({"code": "x"}), json!({"engine": "test"})).unwrap();
        for n in 1..entries {
            assert_eq!(file.append(EntryKind::GridEvent, json!({ "n": n })).unwrap(), format!("E{}", n + 1));
        }
        (folder, path)
    }

    #[test]
    fn a_record_is_verified_appended_to_and_exported() {
        let (_folder, path) = record(5);
        let checked = verify(&path, None).unwrap();
        assert_eq!((checked.entries, checked.events), (5, 4));
        let again = RecordFile::open(&path, &json!({"code": "y"}), json!({})).unwrap();
        assert_eq!(again.head().0, 6);
        // The head noted before is still in it.
        assert_eq!(verify(&path, Some(&checked.head)).unwrap().entries, 6);
        let entry = export(&path, "e3").unwrap();
        assert_eq!((&entry["entry"]["body"]["n"], &entry["record_entries"]), (&json!(2), &json!(6)));
        assert!(matches!(export(&path, "E9"), Err(RecordError::NoSuchEntry { last: 6, .. })));
        // The configuration changed between the two.
        let configuration = |id| export(&path, id).unwrap()["entry"]["configuration"].clone();
        assert_eq!(configuration("E1"), configuration("E5"));
        assert_ne!(configuration("E5"), configuration("E6"));
    }

    #[test]
    fn each_changed_byte_is_found_at_its_entry() {
        let (_folder, path) = record(4);
        let sound = fs::read(&path).unwrap();
        let line_of = |at: usize| 1 + sound[..at].iter().filter(|b| **b == b'\n').count() as u64;
        for at in 0..sound.len() {
            let mut bytes = sound.clone();
            bytes[at] ^= 0x01;
            fs::write(&path, &bytes).unwrap();
            match verify(&path, None) {
                Err(RecordError::Broken { entry, .. }) => assert_eq!(entry, line_of(at), "byte {at}"),
                // The very last end of a line, alone, looks like a writer that was cut off.
                Err(RecordError::Torn { line: 4, .. }) if at == sound.len() - 1 => (),
                other => panic!("byte {at}: {other:?}"),
            }
        }
    }

    #[test]
    fn an_entry_that_was_taken_out_moved_or_forged_is_found() {
        let (_folder, path) = record(5);
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let head = verify(&path, None).unwrap().head;
        let broken = |lines: &[&str]| {
            fs::write(&path, lines.join("\n") + "\n").unwrap();
            match verify(&path, None) {
                Err(RecordError::Broken { entry, .. }) => entry,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(broken(&[lines[0], lines[2], lines[3], lines[4]]), 2);
        assert_eq!(broken(&[lines[0], lines[2], lines[1], lines[3], lines[4]]), 2);
        // Changed, with the right digest: it tells at the entry that hangs on it.
        let json = lines[2][65..].replace("\"n\":2", "\"n\":7");
        let forged = format!("{} {json}", digest(json.as_bytes()));
        assert_eq!(broken(&[lines[0], lines[1], &forged, lines[3], lines[4]]), 4);
        // Cut off whole entries: the chain alone cannot tell, the noted head does.
        fs::write(&path, lines[..3].join("\n") + "\n").unwrap();
        assert_eq!(verify(&path, None).unwrap().entries, 3);
        assert!(matches!(verify(&path, Some(&head)), Err(RecordError::Missing { .. })));
    }

    #[test]
    fn a_torn_end_is_set_aside_at_every_byte_and_said() {
        let (_folder, path) = record(3);
        let sound = fs::read(&path).unwrap();
        let last = sound[..sound.len() - 1].iter().rposition(|b| *b == b'\n').unwrap() + 1;
        for cut in [last + 1, last + 64, last + 65, last + 100, sound.len() - 1] {
            fs::write(&path, &sound[..cut]).unwrap();
            assert!(matches!(verify(&path, None), Err(RecordError::Torn { line: 3, .. })), "cut at {cut}");
            drop(RecordFile::open(&path, &json!({}), json!({})).unwrap());
            let checked = verify(&path, None).unwrap();
            // Two of before, the note, the start.
            assert_eq!((checked.entries, checked.events), (4, 1), "cut at {cut}");
            let note = export(&path, "E3").unwrap();
            assert_eq!(note["entry"]["kind"], "recovered");
            let aside =
                fs::read(path.with_file_name(note["entry"]["body"]["aside"].as_str().unwrap())).unwrap();
            assert_eq!(aside, &sound[last..cut]);
        }
    }

    #[test]
    fn a_last_line_with_pages_missing_is_set_aside_and_said() {
        let (folder, path) = record(3);
        let sound = fs::read(&path).unwrap();
        let last = sound[..sound.len() - 1].iter().rposition(|b| *b == b'\n').unwrap() + 1;
        // What a page that never came to the disk reads as, in the digest, in the object, and over both.
        for hole in
            [last..last + 10, last + 70..last + 90, last + 200..sound.len() - 1, last..sound.len() - 1]
        {
            let mut bytes = sound.clone();
            bytes[hole.clone()].fill(0);
            fs::write(&path, &bytes).unwrap();
            let told = verify(&path, None).unwrap_err();
            assert!(matches!(told, RecordError::Broken { entry: 3, last: Some(_), .. }), "{hole:?}: {told}");
            assert!(told.to_string().contains("sets it aside when it next appends"), "{told}");
            drop(RecordFile::open(&path, &json!({}), json!({})).unwrap());
            let checked = verify(&path, None).unwrap();
            assert_eq!((checked.entries, checked.events), (4, 1), "{hole:?}");
            let note = export(&path, "E3").unwrap();
            let aside = note["entry"]["body"]["aside"].as_str().unwrap();
            assert_eq!(fs::read(path.with_file_name(aside)).unwrap(), &bytes[last..], "{hole:?}");
        }
        // Four torn ends of the same entry, and none of them lost.
        let asides = fs::read_dir(folder.path()).unwrap().count() - 1;
        assert_eq!(asides, 4);
    }

    #[test]
    fn a_changed_record_is_not_appended_to_and_one_writer_holds_it() {
        let (_folder, path) = record(3);
        let first = RecordFile::open(&path, &json!({}), json!({})).unwrap();
        assert!(matches!(RecordFile::open(&path, &json!({}), json!({})), Err(RecordError::Locked { .. })));
        drop(first);
        // One that hangs on another entry was written so, whole: nothing is torn.
        let text = fs::read_to_string(&path).unwrap();
        let moved: Vec<&str> = text.lines().collect();
        fs::write(&path, [moved[0], moved[2]].join("\n") + "\n").unwrap();
        assert!(matches!(
            RecordFile::open(&path, &json!({}), json!({})),
            Err(RecordError::Broken { entry: 2, last: None, .. })
        ));
        fs::write(&path, &text).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        bytes[70] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let error = RecordFile::open(&path, &json!({}), json!({})).unwrap_err().to_string();
        assert!(error.contains("record.log:1: entry 1: its digest is not that of its bytes"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}
