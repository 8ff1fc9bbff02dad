//! Server-sent events (WHATWG HTML, section 9.2), bounded.

use futures::StreamExt as _;
use futures::stream::BoxStream;

/// Longest event, in bytes: a report of a full shelf has some tens of kilobytes.
pub const LONGEST_EVENT: usize = 256 << 10;
/// Longest identifier that is kept.
const LONGEST_ID: usize = 128;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The last identifier that was sent up to now.
    pub id: Option<String>,
    /// Its data.
    pub data: String,
}

/// Why a stream is of no use any more.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// The server ended it.
    #[error("the gateway ended the stream")]
    Ended,
    /// Nothing came for too long.
    #[error("nothing came for {0} s")]
    Silent(u64),
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// An event has no end.
    #[error("an event of more than {LONGEST_EVENT} bytes")]
    TooLong,
}

/// Takes bytes as they come, gives events.
#[derive(Debug, Default)]
pub struct Parser {
    line: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    id: Option<String>,
    /// The last byte was a carriage return: a line feed after it belongs to it.
    after_return: bool,
}

impl Parser {
    /// Takes some bytes; `each` gets the events that they complete.
    ///
    /// # Errors
    /// [`StreamError::TooLong`].
    pub fn push(&mut self, bytes: &[u8], each: &mut dyn FnMut(Event)) -> Result<(), StreamError> {
        for byte in bytes {
            let after_return = std::mem::replace(&mut self.after_return, *byte == b'\r');
            match byte {
                b'\n' if after_return => (),
                b'\n' | b'\r' => self.end_of_line(each),
                _ => self.line.push(*byte),
            }
            if self.line.len() + self.data.len() > LONGEST_EVENT {
                return Err(StreamError::TooLong);
            }
        }
        Ok(())
    }

    fn end_of_line(&mut self, each: &mut dyn FnMut(Event)) {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            let data = std::mem::take(&mut self.data);
            if std::mem::take(&mut self.has_data) {
                each(Event { id: self.id.clone(), data: String::from_utf8_lossy(&data).into_owned() });
            }
            return;
        }
        let (name, value) = match line.iter().position(|b| *b == b':') {
            Some(at) => line.split_at(at),
            None => (line.as_slice(), [].as_slice()),
        };
        let value = value.strip_prefix(b":").unwrap_or(value);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"data" => {
                if self.has_data {
                    self.data.push(b'\n');
                }
                self.has_data = true;
                self.data.extend_from_slice(value);
            }
            // Goes back to the server in a header: nothing but printable characters.
            b"id" if value.len() <= LONGEST_ID && value.iter().all(u8::is_ascii_graphic) => {
                self.id = Some(String::from_utf8_lossy(value).into_owned()).filter(|id| !id.is_empty());
            }
            _ => (),
        }
    }
}

/// A stream from a gateway.
pub struct Stream {
    bytes: BoxStream<'static, reqwest::Result<bytes_of::Bytes>>,
    parser: Parser,
    ready: std::collections::VecDeque<Event>,
}

/// The type of what comes, which reqwest does not name itself.
mod bytes_of {
    pub(super) use axum::body::Bytes;
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").field("parser", &self.parser).finish_non_exhaustive()
    }
}

impl Stream {
    pub(super) fn new(bytes: BoxStream<'static, reqwest::Result<bytes_of::Bytes>>) -> Self {
        Self { bytes, parser: Parser::default(), ready: std::collections::VecDeque::new() }
    }

    /// The next event. May be dropped before it is ready: nothing is lost.
    ///
    /// # Errors
    /// [`StreamError`]; the stream is then to be opened anew.
    pub async fn next(&mut self) -> Result<Event, StreamError> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(event);
            }
            let chunk = tokio::time::timeout(super::SILENCE, self.bytes.next())
                .await
                .map_err(|_| StreamError::Silent(super::SILENCE.as_secs()))?
                .ok_or(StreamError::Ended)?
                .map_err(|e| StreamError::Broken(super::words(&e)))?;
            let ready = &mut self.ready;
            self.parser.push(&chunk, &mut |event| ready.push_back(event))?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(chunks: &[&[u8]]) -> Vec<(Option<String>, String)> {
        let (mut parser, mut found) = (Parser::default(), Vec::new());
        for chunk in chunks {
            parser.push(chunk, &mut |event| found.push((event.id, event.data))).unwrap();
        }
        found
    }

    #[test]
    fn events_are_read_however_they_are_cut_and_ended() {
        let id = Some("1-2".to_owned());
        let wanted = vec![(id.clone(), "a\nb".to_owned()), (id, "c".to_owned())];
        for end in ["\n", "\r\n", "\r"] {
            let text = ":hello\nid: 1-2\nevent:x\ndata: a\ndata:b\n\nretry: 3\n\ndata: c\n\ndata: open\n"
                .replace('\n', end);
            assert_eq!(events(&[text.as_bytes()]), wanted, "{end:?}");
            let single: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
            assert_eq!(events(&single), wanted, "{end:?}");
        }
    }

    #[test]
    fn what_cannot_go_back_in_a_header_is_no_identifier() {
        assert_eq!(events(&[b"id: a b\ndata: x\n\n"]), [(None, "x".to_owned())]);
        let long = format!("id: {}\ndata: x\n\n", "9".repeat(LONGEST_ID + 1));
        assert_eq!(events(&[long.as_bytes()]), [(None, "x".to_owned())]);
        assert_eq!(events(&[b"id: 7\nid\ndata: \xff\n\n"]), [(None, "\u{fffd}".to_owned())]);
    }

    #[test]
    fn an_event_without_an_end_is_refused() {
        let mut parser = Parser::default();
        let lines = b"data: 0123456789\n".repeat(LONGEST_EVENT / 8);
        assert_eq!(parser.push(&lines, &mut |_| ()), Err(StreamError::TooLong));
        let mut parser = Parser::default();
        assert_eq!(parser.push(&vec![b'x'; LONGEST_EVENT + 1], &mut |_| ()), Err(StreamError::TooLong));
    }
}
