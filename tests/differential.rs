//! The generated bindings and the maps themselves decode the same from random images of every map. CI runs
//! a hundred thousand in the example `random_images`; here are a few of each.
#![cfg(feature = "maps")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../examples/random_images/compare.rs"]
mod compare;

use std::collections::BTreeSet;

use compare::{Memory, Random};
use dpo_gateway::maps;
use dpo_gateway::registers::register::Words;

/// Images of each map.
const IMAGES: u64 = 40;

#[test]
fn bindings_and_maps_read_the_same() {
    let maps = maps::builtin().unwrap();
    let mut seen = BTreeSet::new();
    macro_rules! each {
        ($($map:ident)*) => {$(
            let info = &dpo_gateway::registers::generated::$map::MAP;
            let model = maps.iter().find(|map| map.id == info.id).expect(info.id);
            seen.insert(info.id);
            let mut random = Random(7);
            for _ in 0..IMAGES {
                let memory = Memory::random(model, info, &mut random);
                let values = compare::check!($map, model, &memory);
                assert_eq!(values.split_whitespace().count(), model.registers.len(), "{}", info.id);
                assert!(memory.text().len() > 4);
            }
        )*};
    }
    dpo_gateway::registers::for_each_map!(each);
    assert_eq!(seen, maps.iter().map(|map| map.id.as_str()).collect(), "a map is missing in `for_each_map!`");
}
