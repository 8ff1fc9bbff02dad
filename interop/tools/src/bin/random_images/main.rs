//! Random device images, decoded by the generated bindings and by the maps themselves; ends at the first
//! difference. Prints each image with its values, for a third decoder (`interop/decode.py`).
//!
//! ```text
//! cargo run --release -p dpo-interop-tools --bin random_images -- 100000 | head -1
//! ```
//!
//! The argument is the number of images over all maps. A line holds, between tabs: the map; the first
//! address and the words in hexadecimal (`____`: not read); the registers by address.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod compare;

use std::io::{BufWriter, Write};

use compare::{Memory, Random};
use dpo_gateway::maps;
use dpo_gateway::registers::register::Words;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let images: u64 = std::env::args().nth(1).ok_or("the number of images is missing")?.parse()?;
    let maps = maps::builtin()?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut random = Random(1);
    let mut left = images;
    macro_rules! each {
        ($($map:ident)*) => {
            while left > 0 {
                $(if left > 0 {
                    let info = &dpo_gateway::registers::generated::$map::MAP;
                    let model = maps.iter().find(|map| map.id == info.id).ok_or(info.id)?;
                    let memory = Memory::random(model, info, &mut random);
                    let values = compare::check!($map, model, &memory);
                    writeln!(out, "{}\t{}\t{}", info.id, memory.text(), values.trim_end())?;
                    left -= 1;
                })*
            }
        };
    }
    dpo_gateway::registers::for_each_map!(each);
    out.flush()?;
    Ok(())
}
