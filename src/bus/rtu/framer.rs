//! Collects bytes into frames. No clock of its own: the caller says when bytes came and when there was silence.

use std::time::Duration;

use dpo_registers::codec::rtu::{self, Frame, MAX_FRAME, RtuError};

use super::LineTiming;

/// Which side of the line sends the frames that are collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// Frames of clients.
    Requests,
    /// Frames of servers.
    Responses,
}

/// Why the bytes between two silences are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum FrameError {
    #[error(transparent)]
    Bytes(#[from] RtuError),
    /// Between two characters there was a silence that only the end of a frame may have.
    #[error("silence of {} us inside the frame", .0.as_micros())]
    Gap(Duration),
}

/// The bytes since the last silence.
#[derive(Debug)]
pub(super) struct Framer {
    direction: Direction,
    timing: LineTiming,
    /// Longest silence that a frame may have inside.
    gap: Duration,
    bytes: [u8; MAX_FRAME],
    /// Bytes seen since the last silence; those beyond the buffer are only counted.
    seen: usize,
    /// When the last byte came.
    heard: Duration,
    /// A silence inside the frame that was too long.
    torn: Option<Duration>,
}

impl Framer {
    pub(super) const fn new(direction: Direction, timing: LineTiming, gap: Duration) -> Self {
        let (bytes, heard) = ([0; MAX_FRAME], Duration::ZERO);
        Self { direction, timing, gap, bytes, seen: 0, heard, torn: None }
    }

    /// Whether anything came since the last silence.
    pub(super) const fn is_empty(&self) -> bool {
        self.seen == 0
    }

    /// Bytes that came since the last silence.
    pub(super) const fn seen(&self) -> usize {
        self.seen
    }

    /// When the last byte came.
    pub(super) const fn heard(&self) -> Duration {
        self.heard
    }

    /// Forgets the bytes.
    pub(super) fn clear(&mut self) {
        self.seen = 0;
        self.torn = None;
    }

    /// Takes bytes from the line, the last of which came `now`. Returns a frame, and is empty again, if the bytes
    /// so far are exactly as long as the function code says and the CRC fits; else the next silence decides.
    pub(super) fn push(&mut self, now: Duration, bytes: &[u8]) -> Option<Frame> {
        // A lump says when its last byte came; the first came at the latest so many characters earlier.
        let silent = now.saturating_sub(self.heard).saturating_sub(self.timing.characters(bytes.len()));
        if self.seen > 0 && silent > self.gap {
            self.torn = Some(silent);
        }
        self.heard = now;
        for byte in bytes {
            if let Some(slot) = self.bytes.get_mut(self.seen) {
                *slot = *byte;
            }
            self.seen = self.seen.saturating_add(1);
        }
        let whole = self.bytes.get(..self.seen)?;
        let length = match self.direction {
            Direction::Requests => rtu::request_length(whole),
            Direction::Responses => rtu::response_length(whole),
        };
        if length != Some(self.seen) || self.torn.is_some() {
            return None;
        }
        let frame = rtu::decode(whole).ok()?;
        self.clear();
        Some(frame)
    }

    /// There was silence: the bytes before it are one frame or none. The framer is empty afterwards.
    pub(super) fn silence(&mut self) -> Result<Frame, FrameError> {
        let frame = match (self.torn, self.bytes.get(..self.seen)) {
            (Some(gap), _) => Err(FrameError::Gap(gap)),
            (None, Some(whole)) => rtu::decode(whole).map_err(FrameError::Bytes),
            (None, None) => Err(RtuError::Length(self.seen).into()),
        };
        self.clear();
        frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dpo_registers::codec::Pdu;
    use proptest::prelude::*;

    fn framer(direction: Direction) -> Framer {
        Framer::new(direction, LineTiming::default(), Duration::MAX)
    }

    fn bytes_of(frame: &Frame) -> Vec<u8> {
        let mut out = [0; MAX_FRAME];
        let len = rtu::encode(frame, &mut out);
        out[..len].to_vec()
    }

    /// Feeds `bytes` in lumps of the given sizes, then silence; returns the frames.
    fn feed(framer: &mut Framer, bytes: &[u8], lumps: &[usize]) -> Vec<Frame> {
        let mut frames = Vec::new();
        let mut rest = bytes;
        for lump in lumps.iter().copied().chain([usize::MAX]) {
            let (now, later) = rest.split_at(lump.min(rest.len()));
            frames.extend(framer.push(Duration::ZERO, now));
            rest = later;
        }
        if !framer.is_empty() {
            frames.extend(framer.silence());
        }
        frames
    }

    fn any_request() -> impl Strategy<Value = Frame> {
        let pdu = prop_oneof![
            (any::<u16>(), 1..=125u16).prop_map(|(a, q)| Pdu::read_holding(a, q).unwrap()),
            (any::<u16>(), any::<u16>()).prop_map(|(a, w)| Pdu::write_single(a, w)),
            (any::<u16>(), prop::collection::vec(any::<u16>(), 1..=123))
                .prop_map(|(a, w)| Pdu::write_multiple(a, &w).unwrap()),
            prop::collection::vec(any::<u8>(), 1..=253).prop_map(|b| Pdu::new(&b).unwrap()),
        ];
        (any::<u8>(), pdu).prop_map(|(unit, pdu)| Frame { unit, pdu })
    }

    proptest! {
        #[test]
        fn a_frame_survives_any_lumps(
            frame in any_request(),
            lumps in prop::collection::vec(1usize..60, 0..20),
            requests in any::<bool>(),
        ) {
            let direction = if requests { Direction::Requests } else { Direction::Responses };
            let bytes = bytes_of(&frame);
            prop_assert_eq!(feed(&mut framer(direction), &bytes, &lumps), [frame]);
        }

        #[test]
        fn after_any_noise_and_silence_the_next_frame_is_read(
            noise in prop::collection::vec(any::<u8>(), 0..700),
            lumps in prop::collection::vec(1usize..60, 0..20),
            frame in any_request(),
        ) {
            let mut framer = framer(Direction::Requests);
            // Random bytes hold a good CRC once in 65536; that is the protocol's business.
            let _ = feed(&mut framer, &noise, &lumps);
            prop_assert_eq!(feed(&mut framer, &bytes_of(&frame), &lumps), [frame]);
        }

        #[test]
        fn a_frame_after_silence_is_read_whatever_came_before_and_comes_after(
            before in prop::collection::vec((any::<u8>(), 0u64..4_000), 0..300),
            frame in any_request(),
            gaps in prop::collection::vec(0u64..850, 256),
            after in prop::collection::vec((any::<u8>(), 0u64..4_000), 0..50),
            strict in any::<bool>(),
        ) {
            // 19200 baud: t1.5 is 859 us, t3.5 2005 us. Characters come one by one, with a silence before each.
            let line = LineTiming::default();
            let gap = if strict { line.t1_5() } else { Duration::MAX };
            let mut framer = Framer::new(Direction::Requests, line, gap);
            let (mut now, mut frames) = (Duration::ZERO, Vec::new());
            let mut send = |framer: &mut Framer, frames: &mut Vec<Frame>, byte: u8, silence: Duration| {
                if silence >= line.t3_5() && !framer.is_empty() {
                    frames.extend(framer.silence());
                }
                now += silence + line.characters(1);
                frames.extend(framer.push(now, &[byte]));
            };
            for (byte, silence) in before {
                send(&mut framer, &mut frames, byte, Duration::from_micros(silence));
            }
            // What the noise happened to hold by chance is not at issue.
            frames.clear();
            let mut silence = line.t3_5();
            for (byte, next) in bytes_of(&frame).into_iter().zip(gaps) {
                send(&mut framer, &mut frames, byte, silence);
                silence = Duration::from_micros(next);
            }
            let mut silence = line.t3_5();
            for (byte, next) in after {
                send(&mut framer, &mut frames, byte, silence);
                silence = Duration::from_micros(next);
            }
            if !framer.is_empty() {
                frames.extend(framer.silence());
            }
            prop_assert!(frames.contains(&frame), "{:?}", frames);
        }

        #[test]
        fn a_silence_above_t1_5_tears_a_frame_and_leaves_the_next_one(
            frame in any_request(),
            at in any::<prop::sample::Index>(),
            over in 1u64..1_000,
        ) {
            let line = LineTiming { baud: 115_200, bits: 11 };
            let mut framer = Framer::new(Direction::Requests, line, line.t1_5());
            let bytes = bytes_of(&frame);
            let at = 1 + at.index(bytes.len() - 1);
            let mut now = Duration::ZERO;
            let mut frames = Vec::new();
            for (i, byte) in bytes.iter().enumerate() {
                now += line.characters(1);
                if i == at {
                    now += line.t1_5() + Duration::from_micros(over);
                }
                frames.extend(framer.push(now, &[*byte]));
            }
            // The bytes before the gap may be a frame of their own by chance; this one is not read.
            prop_assert!(!frames.contains(&frame));
            if !framer.is_empty() {
                prop_assert!(matches!(framer.silence(), Err(FrameError::Gap(_))));
            }
            let mut again = Vec::new();
            for byte in &bytes {
                now += line.characters(1);
                again.extend(framer.push(now, &[*byte]));
            }
            if !framer.is_empty() {
                again.extend(framer.silence());
            }
            prop_assert_eq!(again, [frame]);
        }

        #[test]
        fn a_cut_frame_is_no_frame(frame in any_request(), cut in any::<prop::sample::Index>()) {
            let bytes = bytes_of(&frame);
            let short = &bytes[..cut.index(bytes.len())];
            let read = feed(&mut framer(Direction::Requests), short, &[]);
            // A CRC over part of a frame fits by chance once in 65536 and then is another frame.
            prop_assert!(read.iter().all(|f| *f != frame));
            prop_assert!(read.is_empty() || rtu::decode(short).is_ok());
        }
    }

    #[test]
    fn two_frames_without_silence_are_none() {
        let frame = Frame { unit: 1, pdu: Pdu::read_holding(0, 1).unwrap() };
        let twice = [bytes_of(&frame), bytes_of(&frame)].concat();
        assert!(feed(&mut framer(Direction::Requests), &twice, &[]).is_empty());
        assert!(feed(&mut framer(Direction::Requests), &twice, &[5]).is_empty());
    }

    #[test]
    fn noise_right_before_a_frame_takes_it_along() {
        let frame = Frame { unit: 1, pdu: Pdu::read_holding(0, 1).unwrap() };
        let bytes = [vec![0xFF; 3], bytes_of(&frame)].concat();
        let mut framer = framer(Direction::Requests);
        assert!(feed(&mut framer, &bytes, &[3]).is_empty());
        assert_eq!(feed(&mut framer, &bytes_of(&frame), &[]), [frame]);
    }

    #[test]
    fn an_oversize_frame_with_a_good_crc_is_none() {
        let mut bytes = vec![0x11; 298];
        bytes.extend(dpo_registers::codec::crc16(&bytes).to_le_bytes());
        let mut framer = framer(Direction::Requests);
        assert_eq!(framer.push(Duration::ZERO, &bytes), None);
        assert_eq!(framer.silence(), Err(RtuError::Length(300).into()));
    }
}
