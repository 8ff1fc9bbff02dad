//! Raw TLS hellos: what a TLS library of today does not offer any more, and must be refused.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::transport::{WireLog, event, received, sent};

/// Value that announces secure renegotiation (RFC 5746).
const RENEGOTIATION: u16 = 0x00FF;

/// What a client offers.
#[derive(Debug, Clone)]
pub(crate) struct Hello {
    /// Protocol version: 0300 is SSL 3.0, 0303 TLS 1.2.
    pub version: u16,
    /// Cipher suites.
    pub suites: Vec<u16>,
    /// Compression methods.
    pub compression: Vec<u8>,
}

/// What a server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// An alert: level and description.
    Alert(u8, u8),
    /// It goes on with the handshake.
    Accepted {
        /// Version that it chose.
        version: u16,
        /// Suite that it chose.
        suite: u16,
        /// Compression that it chose.
        compression: u8,
        /// Whether it announces secure renegotiation.
        renegotiation_info: bool,
    },
    /// It closed, or said nothing.
    Nothing,
    /// Bytes that are no TLS.
    Other,
}

impl Hello {
    /// Suites with ECDHE and AES-GCM, and their predecessors.
    pub(crate) fn good_suites() -> Vec<u16> {
        vec![0xC02F, 0xC02B, 0xC030, 0xC02C, 0xCCA8, 0xCCA9, 0xC013, 0xC014, 0x009C, 0x002F, 0x0035, 0x000A]
    }

    /// Suites without encryption, of export strength, or without a certificate.
    pub(crate) fn weak_suites() -> Vec<u16> {
        vec![
            0x0001, 0x0002, 0x003B, 0xC006, 0xC010, 0xC015, 0x0003, 0x0006, 0x0008, 0x000B, 0x0011, 0x0014,
            0x0017, 0x0019, 0x0018, 0x001B, 0x0034, 0x003A, 0x006C, 0x006D, 0x00A6, 0x00A7, 0xC016, 0xC017,
            0xC018, 0xC019,
        ]
    }

    /// The bytes of its record.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let word = |value: usize| (value as u16).to_be_bytes();
        let mut body = self.version.to_be_bytes().to_vec();
        // Random bytes need not be random for a handshake that is not to be finished.
        body.extend((0..32u8).map(|n| n.wrapping_mul(37) ^ 0x5C));
        body.push(0);
        let mut suites = self.suites.clone();
        suites.push(RENEGOTIATION);
        body.extend(word(2 * suites.len()));
        body.extend(suites.iter().flat_map(|suite| suite.to_be_bytes()));
        body.push(self.compression.len() as u8);
        body.extend(&self.compression);
        if self.version > 0x0300 {
            // Groups x25519, P-256, P-384; uncompressed points; signatures of TLS 1.2.
            let mut extensions = vec![0, 10, 0, 8, 0, 6, 0, 0x1D, 0, 0x17, 0, 0x18, 0, 11, 0, 2, 1, 0];
            if self.version >= 0x0303 {
                extensions.extend([0, 13, 0, 12, 0, 10, 4, 3, 4, 1, 5, 3, 5, 1, 8, 4]);
            }
            body.extend(word(extensions.len()));
            body.extend(extensions);
        }
        let mut handshake = vec![1, 0];
        handshake.extend(word(body.len()));
        handshake.extend(body);
        // A record of TLS 1.0, as every client writes its first.
        let mut record = vec![0x16, 3, if self.version == 0x0300 { 0 } else { 1 }];
        record.extend(word(handshake.len()));
        record.extend(handshake);
        record
    }

    /// Sends the first half of it and leaves the connection open; `None` if there is none in time.
    pub(crate) async fn begin(&self, address: &str, wait: Duration) -> Option<TcpStream> {
        let mut stream = timeout(wait, TcpStream::connect(address)).await.ok()?.ok()?;
        let bytes = self.bytes();
        // A server that closes at once is one client less.
        let _ = stream.write_all(bytes.get(..bytes.len() / 2).unwrap_or_default()).await;
        Some(stream)
    }

    /// Sends it and looks at what comes.
    ///
    /// # Errors
    /// Why no connection could be had.
    pub(crate) async fn offer(
        &self,
        address: &str,
        wait: Duration,
        log: &dyn WireLog,
    ) -> Result<Answer, String> {
        let connecting = timeout(wait, TcpStream::connect(address)).await;
        let mut stream =
            connecting.map_err(|_| format!("no connection within {wait:?}"))?.map_err(|e| e.to_string())?;
        let bytes = self.bytes();
        sent(log, &bytes);
        if stream.write_all(&bytes).await.is_err() {
            event(log, "connection closed by the peer");
            return Ok(Answer::Nothing);
        }
        let mut buffer = Vec::new();
        let mut chunk = [0; 1024];
        while let Ok(Ok(count @ 1..)) = timeout(wait, stream.read(&mut chunk)).await {
            buffer.extend_from_slice(chunk.get(..count).unwrap_or_default());
            if let Some(answer) = parse(&buffer) {
                received(log, &buffer);
                return Ok(answer);
            }
            if buffer.len() > 1 << 16 {
                break;
            }
        }
        event(log, "no TLS answer");
        Ok(if buffer.is_empty() { Answer::Nothing } else { Answer::Other })
    }
}

/// The first message of a server; `None` while it is not whole.
fn parse(bytes: &[u8]) -> Option<Answer> {
    match bytes {
        [0x15, _, _, _, _, level, description, ..] => Some(Answer::Alert(*level, *description)),
        [0x16, _, _, a, b, rest @ ..] => {
            let length = usize::from(u16::from_be_bytes([*a, *b]));
            let message = rest.get(..length)?;
            Some(server_hello(message).unwrap_or(Answer::Other))
        }
        [0x15 | 0x16, ..] => None,
        [] => None,
        _ => Some(Answer::Other),
    }
}

fn server_hello(message: &[u8]) -> Option<Answer> {
    let [2, _, _, _, v, w, rest @ ..] = message else { return None };
    let rest = rest.get(32..)?;
    let (session, rest) = rest.split_first()?;
    let [s, t, compression, rest @ ..] = rest.get(usize::from(*session)..)? else { return None };
    let mut renegotiation_info = false;
    let mut extensions = rest.get(2..).unwrap_or_default();
    while let [a, b, c, d, more @ ..] = extensions {
        renegotiation_info |= [*a, *b] == [0xFF, 0x01];
        extensions = more.get(usize::from(u16::from_be_bytes([*c, *d]))..).unwrap_or_default();
    }
    Some(Answer::Accepted {
        version: u16::from_be_bytes([*v, *w]),
        suite: u16::from_be_bytes([*s, *t]),
        compression: *compression,
        renegotiation_info,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_hello_is_read_and_an_alert_told_from_it() {
        let mut hello = vec![2, 0, 0, 0, 3, 3];
        hello.extend([7; 32]);
        hello.extend([0, 0xC0, 0x2F, 0, 0, 5, 0xFF, 1, 0, 1, 0]);
        let mut record = vec![0x16, 3, 3, 0, hello.len() as u8];
        record.extend(&hello);
        let wanted =
            Answer::Accepted { version: 0x0303, suite: 0xC02F, compression: 0, renegotiation_info: true };
        assert_eq!(parse(&record), Some(wanted));
        assert_eq!(parse(&record[..20]), None);
        assert_eq!(parse(&[0x15, 3, 3, 0, 2, 2, 70]), Some(Answer::Alert(2, 70)));
        assert_eq!(parse(b"HTTP/1.1"), Some(Answer::Other));
        for cut in 5..record.len() {
            let mut short = record[..cut].to_vec();
            short[4] = (cut - 5) as u8;
            // Never a panic, whatever is cut off.
            let _ = parse(&short);
        }
    }

    #[test]
    fn lengths_of_the_hello_fit() {
        for version in [0x0300, 0x0301, 0x0303] {
            let hello = Hello { version, suites: Hello::weak_suites(), compression: vec![1, 0] };
            let bytes = hello.bytes();
            let record = usize::from(u16::from_be_bytes([bytes[3], bytes[4]]));
            assert_eq!(record + 5, bytes.len());
            let handshake = usize::from(u16::from_be_bytes([bytes[7], bytes[8]]));
            assert_eq!(handshake + 9, bytes.len());
        }
    }
}
