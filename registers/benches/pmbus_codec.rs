//! The PMBus codec against straightforward forms of the same, in the same run.
//!
//! ```text
//! cargo bench -p dpo-registers --bench pmbus_codec
//! ```
//!
//! LINEAR11 against `mantissa * exp2(exponent)`, the packet error code of a read word (5 bytes) against
//! the shift register of the definition. The two take turns for several rounds and the best round of each
//! counts, because a shared machine is noisy. Prints nanoseconds and the ratio.
#![allow(clippy::print_stdout, missing_docs)]

use std::hint::black_box;
use std::time::Instant;

use dpo_registers::codec::pmbus::{Linear11, pec};

const ROUNDS: usize = 41;
const ITEMS: usize = 4096;
const REPEATS: usize = 50;

fn linear11_by_exp2(word: u16) -> f64 {
    let mantissa = ((word << 5) as i16) >> 5;
    let exponent = (word as i16) >> 11;
    f64::from(mantissa) * f64::from(exponent).exp2()
}

/// `polynomial` is opaque to the compiler: LLVM knows a CRC loop and would make a table of it.
fn pec_by_bits(message: &[u8], polynomial: u8) -> u8 {
    let mut crc = 0;
    for byte in message {
        crc ^= byte;
        for _ in 0..8 {
            crc = if crc & 0x80 != 0 { (crc << 1) ^ polynomial } else { crc << 1 };
        }
    }
    crc
}

/// Nanoseconds an item of one round.
fn round(work: &mut dyn FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..REPEATS {
        work();
    }
    start.elapsed().as_secs_f64() * 1e9 / (ITEMS * REPEATS) as f64
}

fn compare(name: &str, plain: &mut dyn FnMut(), ours: &mut dyn FnMut()) {
    let (mut slow, mut fast) = (f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        slow = slow.min(round(plain));
        fast = fast.min(round(ours));
    }
    println!("{name}: plain {slow:.2} ns, ours {fast:.2} ns, ratio {:.1}", slow / fast);
}

fn main() {
    // Words and messages of a small generator: the same each run, and no pattern to predict.
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let words: Vec<u16> = (0..ITEMS).map(|_| next() as u16).collect();
    let messages: Vec<[u8; 5]> = (0..ITEMS)
        .map(|_| {
            let [code, low, high, ..] = next().to_le_bytes();
            [0xB0, code, 0xB1, low, high]
        })
        .collect();
    compare(
        "LINEAR11 to f64",
        &mut || words.iter().for_each(|w| _ = black_box(linear11_by_exp2(*w))),
        &mut || words.iter().for_each(|w| _ = black_box(Linear11(*w).value())),
    );
    compare(
        "PEC of 5 bytes",
        &mut || {
            let polynomial = black_box(0x07);
            messages.iter().for_each(|m| _ = black_box(pec_by_bits(m, polynomial)));
        },
        &mut || messages.iter().for_each(|m| _ = black_box(pec(m))),
    );
}
