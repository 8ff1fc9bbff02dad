//! The specimen on a pseudo-terminal: frames, broadcasts, and the settings of the line as the client has made them.

use std::io;

use dpo_registers::codec::crc16;
use rustix::termios::{self, ControlModes};

use super::super::Task;
use super::super::proxy_rtu::{OwnPty, pty};
use super::{Quirk, Shared, lock};
use crate::transport::rtu::good_frame;
use crate::transport::serial::Settings;

/// Bits a second by the code in the register.
const BAUDS: [u32; 3] = [9_600, 19_200, 115_200];

/// How the client has set the line. A pseudo-terminal of Linux keeps no mark of parity (PARENB), but those of odd parity
/// (PARODD) and of two stop bits: without either the line is taken for 8E1, with two stop bits for 8N2.
struct Line {
    baud: u32,
    odd: bool,
    two_stop_bits: bool,
}

/// The terminal shows the settings that the other end made.
fn settings(pty: &OwnPty) -> io::Result<Line> {
    let modes = termios::tcgetattr(pty.client_end())?;
    let has = |mode| modes.control_modes.contains(mode);
    let (odd, two_stop_bits) = (has(ControlModes::PARODD), has(ControlModes::CSTOPB));
    Ok(Line { baud: modes.output_speed(), odd, two_stop_bits })
}

/// Whether characters sent with these settings are whole for the device.
fn heard(line: &Line, code: u16, quirk: Option<Quirk>) -> bool {
    let code = match quirk {
        Some(Quirk::OtherBaud) => 0,
        Some(Quirk::BaudStays) => 1,
        _ => code,
    };
    let baud = BAUDS.get(usize::from(code)).copied().unwrap_or_default();
    let parity = !line.odd || quirk == Some(Quirk::ParityIgnored);
    let stop = !line.two_stop_bits || quirk != Some(Quirk::OneStopBit);
    line.baud == baud && parity && stop
}

pub(super) fn start(shared: &Shared, quirk: Option<Quirk>) -> io::Result<(Settings, Task)> {
    let pty = pty()?;
    let own = pty.settings.clone();
    let shared = shared.clone();
    let task = tokio::spawn(async move {
        let mut asked = 0u32;
        while let Ok(raw) = pty.wire.read().await {
            asked += 1;
            let Ok(line) = settings(&pty) else { return };
            let Some(answer) = frame(&shared, &line, &raw, quirk) else { continue };
            if quirk == Some(Quirk::LosesOne) && asked % 97 == 96 {
                continue;
            }
            if pty.wire.write(&answer).await.is_err() {
                return;
            }
        }
    });
    Ok((own, Task(task)))
}

/// The answer to a frame.
fn frame(shared: &Shared, line: &Line, raw: &[u8], quirk: Option<Quirk>) -> Option<Vec<u8>> {
    let mut memory = lock(shared);
    let good = raw.len() >= 4 && raw.len() <= 256;
    let (body, crc) = raw.split_at_checked(raw.len().saturating_sub(2))?;
    if !heard(line, memory.get("baud_code"), quirk) || !good || crc != crc16(body).to_le_bytes() {
        memory.counters.bad_frames = memory.counters.bad_frames.wrapping_add(1);
        return None;
    }
    memory.counters.messages = memory.counters.messages.wrapping_add(1);
    let (unit, pdu) = body.split_first()?;
    let own = if quirk == Some(Quirk::AddressStays) { u16::from(super::UNIT) } else { memory.get("address") };
    match *unit {
        0 if quirk == Some(Quirk::IgnoresBroadcast) => None,
        0 => {
            // Only writes make sense to everybody.
            let written = matches!(pdu, [5 | 6 | 0x0F | 0x10, ..]).then(|| memory.answer(pdu))?;
            written.filter(|_| quirk == Some(Quirk::AnswersBroadcast)).map(|pdu| good_frame(0, &pdu))
        }
        unit if u16::from(unit) == own => memory.answer(pdu).map(|pdu| good_frame(unit, &pdu)),
        _ => None,
    }
}
