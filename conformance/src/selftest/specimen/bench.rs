//! A simulated instrument on the specimen's serial line: it sends pieces of frames with gaps to the microsecond, and
//! measures the answers. Time is that of the model; nothing waits.

use super::{Quirk, Shared, UNIT, lock};
use crate::instrument::{Act, Instrument, Measured, Piece};
use crate::transport::rtu::good_frame;

/// Times of 19200 Bd, 8E1.
const T1_5_US: u32 = 859;
const T3_5_US: u32 = 2_005;

/// The instrument and the device on its line.
pub(super) struct LineBench {
    pub(super) memory: Shared,
    pub(super) quirk: Option<Quirk>,
}

impl Instrument for LineBench {
    fn act(&mut self, act: &Act) -> Result<Measured, String> {
        let Act::Frames { pieces, .. } = act else { return Err("the line has no such thing".into()) };
        let is = |quirk| self.quirk == Some(quirk);
        let answers = self.answers(pieces);
        Ok(Measured {
            bytes: Some(answers),
            wait_us: Some(if is(Quirk::AnswersAtOnce) { 600 } else { 2_300 }),
            gap_us: Some(if is(Quirk::GapsInAnswer) { 1_400 } else { 90 }),
            release_us: Some(if is(Quirk::HoldsDriver) { 5_000 } else { 300 }),
            ..Measured::default()
        })
    }
}

impl LineBench {
    fn answers(&self, pieces: &[Piece]) -> Vec<u8> {
        let is = |quirk| self.quirk == Some(quirk);
        let tears = if is(Quirk::Impatient) { 300 } else { T1_5_US };
        let mut sent = Vec::new();
        let (mut frame, mut torn, mut deaf) = (Vec::new(), false, false);
        for (nth, piece) in pieces.iter().enumerate() {
            frame.extend_from_slice(&piece.bytes);
            let last = nth + 1 == pieces.len();
            let early = is(Quirk::NoSilence) && piece.gap_us > T1_5_US;
            if last || piece.after_answer || piece.gap_us >= T3_5_US || early {
                let answer = match (torn, deaf) {
                    (true, _) if is(Quirk::TornRefused) => Some(good_frame(UNIT, &[0x83, 4])),
                    (false, false) => self.answer(&frame),
                    _ => None,
                };
                // A device that is not ready t3.5 after its answer loses the next request.
                deaf = answer.is_some() && is(Quirk::SlowReady);
                sent.extend(answer.unwrap_or_default());
                (frame, torn) = (Vec::new(), false);
            } else {
                torn |= piece.gap_us > tears;
            }
        }
        sent
    }

    fn answer(&self, frame: &[u8]) -> Option<Vec<u8>> {
        let (body, crc) = frame.split_last_chunk::<2>()?;
        let good = dpo_registers::codec::crc16(body).to_le_bytes() == *crc;
        let (unit, pdu) = body.split_first()?;
        if !good || *unit != UNIT {
            return None;
        }
        lock(&self.memory).answer(pdu).map(|answer| good_frame(UNIT, &answer))
    }
}
