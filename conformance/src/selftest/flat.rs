//! Two devices without a device: one that never answers, one that always says yes.

use std::io;
use std::net::SocketAddr;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::Task;
use super::proxy_http::Message;
use super::proxy_rtu::pty;
use crate::instrument::ac::AcRecord;
use crate::instrument::{Act, Instrument, Measured};
use crate::transport::rtu::good_frame;
use crate::transport::serial::Settings;
use crate::transport::smbus::{Came, Part, Port};
use crate::transport::tcp::good_adu;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flat {
    /// Accepts everything and never answers.
    Null,
    /// Answers everything with a plausible success.
    Yes,
}

impl Flat {
    /// Name in the report.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Null => "null device",
            Self::Yes => "yes-device",
        }
    }

    fn answer(self, pdu: &[u8], zero: Option<u16>) -> Option<Vec<u8>> {
        (self == Self::Yes).then(|| yes(pdu, zero))
    }
}

/// The most plausible success: data where data are asked for, an echo where one is. The register `zero` reads 0.
fn yes(pdu: &[u8], zero: Option<u16>) -> Vec<u8> {
    match pdu {
        [code @ (3 | 4), high, low, _, quantity, ..] => {
            let bytes = 2 * usize::from((*quantity).min(125));
            let mut answer = vec![*code, bytes as u8];
            // Printable text in every register: the probe of a PSU or BBU finds its model.
            answer.resize(2 + bytes, b'A');
            let place = zero.and_then(|zero| zero.checked_sub(u16::from_be_bytes([*high, *low])));
            let place = place.and_then(|nth| answer.get_mut(2 + 2 * usize::from(nth)..)?.get_mut(..2));
            if let Some(word) = place {
                word.fill(0);
            }
            answer
        }
        [code @ (1 | 2), ..] => vec![*code, 1, 0],
        [0x10, a, b, q, r, ..] => vec![0x10, *a, *b, *q, *r],
        [0x2B, 0x0E, access, ..] => {
            vec![0x2B, 0x0E, *access, 0x81, 0, 0, 3, 0, 1, b'A', 1, 1, b'A', 2, 1, b'A']
        }
        echo => echo.to_vec(),
    }
}

/// Serves on a free TCP port; `zero` is a register that reads 0.
pub(super) async fn tcp(flat: Flat, zero: Option<u16>) -> io::Result<(SocketAddr, Task)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let task = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut chunk = [0; 2048];
                while let Ok(count @ 1..) = stream.read(&mut chunk).await {
                    // No framing at all: whatever arrives is one request.
                    let Some([t0, t1, _, _, _, _, unit, pdu @ ..]) = chunk.get(..count) else { continue };
                    let answer = flat.answer(pdu, zero);
                    let transaction = u16::from_be_bytes([*t0, *t1]);
                    if let Some(answer) = answer
                        && stream.write_all(&good_adu(transaction, *unit, &answer)).await.is_err()
                    {
                        return;
                    }
                }
            });
        }
    });
    Ok((address, Task(task)))
}

/// Serves on a pseudo-terminal.
pub(super) fn rtu(flat: Flat) -> io::Result<(Settings, Task)> {
    let pty = pty()?;
    let settings = pty.settings.clone();
    let task = tokio::spawn(async move {
        while let Ok(raw) = pty.wire.read().await {
            let [unit, pdu @ .., _, _] = raw.as_slice() else { continue };
            if let Some(answer) = flat.answer(pdu, None)
                && pty.wire.write(&good_frame(*unit, &answer)).await.is_err()
            {
                return;
            }
        }
    });
    Ok((settings, Task(task)))
}

/// A service that always says yes.
pub(super) fn service(asked: &Message) -> Option<Message> {
    let path = asked.second();
    let body = json!({
        "@odata.id": path, "@odata.type": "#Yes.v1_0_0.Yes", "@odata.etag": "\"1\"", "Id": "yes", "Name": "Yes",
        "v1": "/redfish/v1/", "RedfishVersion": "1.0.0", "Members": [], "Members@odata.count": 0,
        "Chassis": {"@odata.id": "/redfish/v1/Chassis"}, "SetPoint": 1.0,
    });
    let mut answer = Message::answer(if asked.method() == "POST" { 201 } else { 200 }, &body);
    for (name, value) in [
        ("allow", "GET, HEAD"),
        ("etag", "\"1\""),
        ("x-auth-token", "yes-yes-yes-yes-yes"),
        ("location", path),
    ] {
        answer.set(name, value);
    }
    Some(answer)
}

/// A PMBus supply that never answers, or always says yes.
pub(super) struct Supply(pub(super) Flat);

impl Port for Supply {
    fn transfer(&mut self, parts: &[Part]) -> Result<Came, String> {
        let read = parts.iter().map(|part| if let Part::Read(_, len) = part { *len } else { 0 }).sum();
        // Each byte is a digit: printable, and plausible in most formats.
        Ok(if self.0 == Flat::Yes { Came::Bytes(vec![b'1'; read]) } else { Came::Refused })
    }
}

/// An AC source that measures nothing, or that everything is always well.
pub(super) struct Source(pub(super) Flat);

impl Instrument for Source {
    fn act(&mut self, act: &Act) -> Result<Measured, String> {
        let (Act::AcPlay { points, length_ms, every_ms }, Flat::Yes) = (act, self.0) else {
            return Ok(Measured::default());
        };
        let times = (1..=length_ms / every_ms.max(&1)).map(|nth| nth * every_ms);
        // The source plays what it is asked for: the shelf alone is none.
        let now = |ms: u32| points.iter().rev().find(|point| point.at_ms < ms).copied();
        let played: Vec<_> = times.filter_map(now).collect();
        let flat = |value: f64| vec![value; played.len()];
        let record = AcRecord {
            every_ms: *every_ms,
            rms_v: played.iter().map(|point| point.rms_v).collect(),
            frequency_hz: played.iter().map(|point| point.frequency_hz).collect(),
            input_w: flat(9000.0),
            bus_low_v: flat(50.0),
            bus_high_v: flat(50.0),
            load_w: flat(8800.0),
        };
        Ok(Measured { ac: Some(record), ..Measured::default() })
    }
}
