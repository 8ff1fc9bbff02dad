//! Read File Record (function 20, AP 6.14): how shelf devices hand out logs and black boxes.

use super::{Exception, MAX_PDU, Pdu, PduError, function};

/// Reference type that every group names.
const REFERENCE: u8 = 6;
/// Bytes of a group in a request.
const GROUP: usize = 7;
/// Most bytes of groups in a request and in an answer.
const MAX_BYTES: usize = 0xF5;
/// Last record of a file.
const LAST_RECORD: u16 = 0x270F;

/// Most registers of a single group in one answer.
pub const MAX_RECORD_WORDS: u16 = (MAX_BYTES as u16 - 2) / 2;

/// A stretch of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileRecord {
    /// Number of the file, 1 to 65535.
    pub file: u16,
    /// First record (register of the file), 0 to 9999.
    pub record: u16,
    /// Registers.
    pub words: u16,
}

/// The groups of a request for file records, as they stand in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileGroups<'a>(&'a [u8]);

impl<'a> FileGroups<'a> {
    /// The groups of the PDU of a request.
    ///
    /// # Errors
    /// Exception 03 if the byte count is wrong, 02 if a group names what no file can have (AP 6.14, state
    /// diagram) or the answer would not fit one PDU.
    pub(super) fn decode(pdu: &'a [u8]) -> Result<Self, Exception> {
        let [_, count, groups @ ..] = pdu else { return Err(Exception::IllegalDataValue) };
        let fits = (GROUP..=MAX_BYTES).contains(&groups.len())
            && groups.len() == usize::from(*count)
            && groups.len().is_multiple_of(GROUP);
        if !fits {
            return Err(Exception::IllegalDataValue);
        }
        let mut answer = 0;
        for group in groups.chunks_exact(GROUP) {
            let &[REFERENCE, ..] = group else { return Err(Exception::IllegalDataAddress) };
            let FileRecord { file, record, words } = record_of(group);
            let last = u32::from(record) + u32::from(words);
            if file == 0 || words == 0 || last > u32::from(LAST_RECORD) + 1 {
                return Err(Exception::IllegalDataAddress);
            }
            answer += 2 + 2 * usize::from(words);
        }
        if answer > MAX_BYTES { Err(Exception::IllegalDataAddress) } else { Ok(Self(groups)) }
    }

    /// The groups one by one.
    pub fn iter(self) -> impl ExactSizeIterator<Item = FileRecord> + 'a {
        self.0.chunks_exact(GROUP).map(record_of)
    }
}

fn record_of(group: &[u8]) -> FileRecord {
    let word = |at: usize| match group.get(at..at + 2) {
        Some([high, low]) => u16::from_be_bytes([*high, *low]),
        _ => 0,
    };
    FileRecord { file: word(1), record: word(3), words: word(5) }
}

impl Pdu {
    /// Request to read a stretch of a file (AP 6.14), in a single group.
    ///
    /// # Errors
    /// [`PduError::Quantity`] unless 1 to [`MAX_RECORD_WORDS`] registers are asked for.
    pub fn read_file_record(what: FileRecord) -> Result<Self, PduError> {
        if what.words == 0 || what.words > MAX_RECORD_WORDS {
            return Err(PduError::Quantity(usize::from(what.words)));
        }
        let head = [function::READ_FILE_RECORD, GROUP as u8, REFERENCE];
        Ok(Self::from_parts(&head, [what.file, what.record, what.words].into_iter()))
    }
}

/// Builds the answer to a request for file records, group by group.
#[derive(Debug)]
pub struct FileResponse {
    bytes: [u8; MAX_PDU],
    len: usize,
}

impl Default for FileResponse {
    fn default() -> Self {
        let mut bytes = [0; MAX_PDU];
        bytes[0] = function::READ_FILE_RECORD;
        Self { bytes, len: 2 }
    }
}

impl FileResponse {
    /// Adds the registers of the next group.
    ///
    /// # Errors
    /// [`PduError::Quantity`] if they do not fit any more.
    pub fn push(&mut self, words: &[u16]) -> Result<(), PduError> {
        let len = 2 + 2 * words.len();
        let too_many = PduError::Quantity(words.len());
        if self.len + len > 2 + MAX_BYTES {
            return Err(too_many);
        }
        let group = self.bytes.get_mut(self.len..self.len + len).ok_or(too_many)?;
        let [size, reference, data @ ..] = group else { return Err(too_many) };
        *size = 1 + 2 * words.len() as u8;
        *reference = REFERENCE;
        for (slot, word) in data.chunks_exact_mut(2).zip(words) {
            slot.copy_from_slice(&word.to_be_bytes());
        }
        self.len += len;
        Ok(())
    }

    /// The answer.
    ///
    /// # Errors
    /// None: what was pushed fits.
    pub fn finish(mut self) -> Result<Pdu, PduError> {
        if let Some(count) = self.bytes.get_mut(1) {
            *count = (self.len - 2) as u8;
        }
        Pdu::new(self.bytes.get(..self.len).unwrap_or_default())
    }
}

/// The data of the single group of an answer that holds `words` registers; `None` if it is not such an answer.
pub(crate) fn single_group(answer: &[u8], words: u16) -> Option<&[u8]> {
    match answer {
        [function::READ_FILE_RECORD, total, size, REFERENCE, data @ ..]
            if usize::from(*total) == data.len() + 2
                && usize::from(*size) == data.len() + 1
                && data.len() == 2 * usize::from(words) =>
        {
            Some(data)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Request;

    #[test]
    fn the_example_of_the_specification() {
        // AP 6.14: two registers from file 4 record 1, two from file 3 record 9.
        let request = [0x14, 0x0E, 6, 0, 4, 0, 1, 0, 2, 6, 0, 3, 0, 9, 0, 2];
        let Ok(Request::ReadFileRecord { groups }) = Request::decode(&request) else { panic!() };
        let asked: std::vec::Vec<_> = groups.iter().map(|g| (g.file, g.record, g.words)).collect();
        assert_eq!(asked, [(4, 1, 2), (3, 9, 2)]);
        let mut answer = FileResponse::default();
        answer.push(&[0x0DFE, 0x0020]).unwrap();
        answer.push(&[0x33CD, 0x0040]).unwrap();
        assert_eq!(
            answer.finish().unwrap().as_slice(),
            [0x14, 0x0C, 5, 6, 0x0D, 0xFE, 0, 0x20, 5, 6, 0x33, 0xCD, 0, 0x40]
        );
        let one = Pdu::read_file_record(FileRecord { file: 4, record: 1, words: 2 }).unwrap();
        assert_eq!(one.as_slice(), [0x14, 7, 6, 0, 4, 0, 1, 0, 2]);
    }

    #[test]
    fn wrong_counts_are_values_and_wrong_files_are_addresses() {
        use Exception::{IllegalDataAddress as Address, IllegalDataValue as Value};
        let cases: &[(&[u8], Exception)] = &[
            (&[0x14], Value),
            (&[0x14, 0], Value),
            (&[0x14, 7, 6, 0, 4, 0, 1, 0], Value),
            (&[0x14, 8, 6, 0, 4, 0, 1, 0, 2, 6], Value),
            (&[0x14, 7, 5, 0, 4, 0, 1, 0, 2], Address),
            (&[0x14, 7, 6, 0, 0, 0, 1, 0, 2], Address),
            (&[0x14, 7, 6, 0, 4, 0, 1, 0, 0], Address),
            (&[0x14, 7, 6, 0, 4, 0x27, 0x0F, 0, 2], Address),
            // More than one answer holds.
            (&[0x14, 7, 6, 0, 4, 0, 1, 0, 122], Address),
        ];
        for (case, expected) in cases {
            assert_eq!(Request::decode(case), Err(*expected), "{case:02X?}");
        }
        assert!(Request::decode(&[0x14, 7, 6, 0, 4, 0, 1, 0, 121]).is_ok());
        assert!(Pdu::read_file_record(FileRecord { file: 1, record: 0, words: 122 }).is_err());
        let mut full = FileResponse::default();
        full.push(&[0; 121]).unwrap();
        assert!(full.push(&[0]).is_err());
    }
}
