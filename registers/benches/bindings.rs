//! The generated bindings against a decoder written by hand, and CRC-16 against a 256-entry table, in the
//! same run.
//!
//! ```text
//! cargo bench -p dpo-registers --bench bindings
//! ```
//!
//! Both decoders read every register of a whole PSU from the two reads that the bus allows; what they give
//! is compared before anything is measured. The decoder by hand is what a driver would have: one plain
//! structure, every address and scale in its code, one check of the length.
#![allow(clippy::print_stdout, clippy::expect_used, missing_docs)]

mod by_hand;
mod harness;

use std::hint::black_box;

use dpo_registers::codec::{crc16_fast, crc16_small};
use dpo_registers::generated::orv3_psu::Image;
use dpo_registers::register::Span;
use harness::{Pair, run};

/// Words of a PSU from address 0: those of a small generator, the same each run, with texts where the map
/// has texts.
fn words() -> [u16; by_hand::WORDS] {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut words = [0; by_hand::WORDS];
    for (address, word) in words.iter_mut().enumerate() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let text = !(52..106).contains(&address);
        *word = if text { 0x2020 | (state as u16 & 0x1F1F) } else { state as u16 };
    }
    // A text that ends early, one that fills its register.
    words[10] = 0x4100;
    words
}

fn main() {
    let words = words();
    by_hand::check(&words);
    let frame: Vec<u8> = words.iter().cycle().flat_map(|word| word.to_be_bytes()).take(253).collect();
    assert_eq!(crc16_small(&frame), crc16_fast(&frame));
    run(&mut [
        Pair {
            name: "decode a whole PSU",
            peer: ("by-hand", &mut || {
                // By reference: passing the value on would copy it.
                black_box(&by_hand::Psu::read(black_box(&words)));
            }),
            ours: ("Image::read", &mut || {
                black_box(&Image::read(&Span { address: 0, words: black_box(&words) }));
            }),
            bar: 1.2,
            instructions: 1.2,
        },
        Pair {
            name: "CRC-16 of 253 bytes",
            peer: ("256-entry table", &mut || {
                black_box(crc16_small(black_box(&frame)));
            }),
            ours: ("crc16_fast", &mut || {
                black_box(crc16_fast(black_box(&frame)));
            }),
            bar: 0.25,
            instructions: 0.45,
        },
    ]);
}
