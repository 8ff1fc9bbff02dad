//! The stream of a Modbus TCP connection: read whole, read in any pieces, and read by a reader of its own here; all
//! must see the same frames and the same end. The first byte says how large the pieces are.
#![no_main]

use dpo_gateway::registers::codec::mbap::{self, Decoded, Frame, HEADER, MAX_FRAME};
use libfuzzer_sys::fuzz_target;

/// The frames of a stream, and whether it goes on (or its header is none).
type Read = (Vec<Frame>, bool);

fn whole(mut stream: &[u8]) -> Read {
    let mut frames = Vec::new();
    loop {
        match mbap::decode(stream) {
            Ok(Decoded::Frame(frame, used)) => {
                assert!(used > HEADER && used <= MAX_FRAME);
                let mut out = [0; MAX_FRAME];
                let len = mbap::encode(&frame, &mut out);
                assert_eq!(out[..len], stream[..used]);
                frames.push(frame);
                stream = &stream[used..];
            }
            Ok(Decoded::Incomplete) => {
                assert!(stream.len() < MAX_FRAME, "more than a frame, and none in it");
                return (frames, true);
            }
            Err(_) => return (frames, false),
        }
    }
}

/// As a server reads: a buffer of one frame, filled piece by piece.
fn pieces(stream: &[u8], size: usize) -> Read {
    let (mut frames, mut buffer, mut filled) = (Vec::new(), [0; MAX_FRAME], 0);
    let mut rest = stream;
    loop {
        match mbap::decode(&buffer[..filled]) {
            Ok(Decoded::Frame(frame, used)) => {
                frames.push(frame);
                buffer.copy_within(used..filled, 0);
                filled -= used;
            }
            Ok(Decoded::Incomplete) if rest.is_empty() => return (frames, true),
            Ok(Decoded::Incomplete) => {
                let got = size.min(rest.len()).min(MAX_FRAME - filled);
                assert!(got > 0, "a full buffer without a frame");
                buffer[filled..filled + got].copy_from_slice(&rest[..got]);
                rest = &rest[got..];
                filled += got;
            }
            Err(_) => return (frames, false),
        }
    }
}

/// Straight from the words of the specification: transaction, protocol 0, length, unit, PDU of 1 to 253 bytes.
fn plain(stream: &[u8]) -> (Vec<(u16, u8, &[u8])>, bool) {
    let (mut frames, mut at) = (Vec::new(), 0);
    let word = |at: usize| u16::from(stream[at]) << 8 | u16::from(stream[at + 1]);
    loop {
        if stream.len() < at + 7 {
            return (frames, true);
        }
        let length = usize::from(word(at + 4));
        if word(at + 2) != 0 || !(2..=254).contains(&length) {
            return (frames, false);
        }
        let end = at + 6 + length;
        if stream.len() < end {
            return (frames, true);
        }
        frames.push((word(at), stream[at + 6], &stream[at + 7..end]));
        at = end;
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((size, stream)) = data.split_first() else { return };
    let read = whole(stream);
    assert_eq!(read, pieces(stream, usize::from(*size).max(1)));
    let (frames, open) = plain(stream);
    assert_eq!(open, read.1);
    assert_eq!(frames.len(), read.0.len());
    for ((transaction, unit, pdu), frame) in frames.into_iter().zip(&read.0) {
        assert_eq!((transaction, unit, pdu), (frame.transaction, frame.unit, frame.pdu.as_slice()));
    }
});
