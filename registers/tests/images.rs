//! Whole-device images: every allowed content of every map survives read and write, word by word.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use dpo_registers::generated::{dpo_bbu, dpo_pmi, dpo_psu, orv3_bbu, orv3_psu};
use dpo_registers::map::{Kind, MapInfo, RegisterInfo};
use dpo_registers::register::{EncodeError, Span, Words, WordsMut};
use dpo_registers::units::Volts;
use proptest::prelude::*;

/// A device's memory: mapped words only.
#[derive(Debug, Clone, PartialEq, Default)]
struct Memory(BTreeMap<u16, u16>);

impl Memory {
    fn zero(map: &MapInfo) -> Self {
        let addresses = map.registers.iter().flat_map(|r| r.address..=u16::try_from(r.end() - 1).unwrap());
        Self(addresses.map(|a| (a, 0)).collect())
    }

    /// Content made from one seed a register.
    fn from_seeds(map: &MapInfo, seeds: &[u64]) -> Self {
        let mut memory = Self::default();
        for (register, seed) in map.registers.iter().zip(seeds) {
            let words = content(register, *seed);
            assert!(
                register.access == dpo_registers::map::Access::ReadOnly
                    || register.check_words(&words).is_ok()
            );
            memory.0.extend((register.address..=u16::MAX).zip(words));
        }
        memory
    }
}

impl Words for Memory {
    fn word(&self, address: u16) -> Option<u16> {
        self.0.get(&address).copied()
    }
}

impl WordsMut for Memory {
    fn set_word(&mut self, address: u16, word: u16) -> bool {
        self.0.get_mut(&address).map(|slot| *slot = word).is_some()
    }
}

/// Words that a device of the map may hold in a register.
fn content(register: &RegisterInfo, seed: u64) -> Vec<u16> {
    let count = usize::from(register.words);
    let mut words = vec![0; count];
    match register.kind {
        Kind::Text => {
            let length = seed as usize % (2 * count + 1);
            let bytes: Vec<u8> =
                (0..length).map(|i| 0x20 + (seed.rotate_left(i as u32) % 0x5f) as u8).collect();
            for (word, pair) in words.iter_mut().zip(bytes.chunks(2)) {
                *word = u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]);
            }
        }
        Kind::Raw => words.fill(seed as u16),
        _ => {
            // A quantity is an `f64`, which holds no more than 53 bits exactly; with a scale somewhat less.
            let seed = if count == 4 && !register.unit.is_empty() { seed >> 16 } else { seed };
            for (i, word) in words.iter_mut().rev().enumerate() {
                *word = (seed >> (16 * i)) as u16;
            }
        }
    }
    if register.access.writable() {
        let raw = match (register.kind, register.limits) {
            // One in eight is not available, if the register knows that.
            _ if seed.is_multiple_of(8) && register.not_available.is_some() => register.not_available,
            (Kind::Enum, _) => {
                let symbol = register.symbols[seed as usize % register.symbols.len()];
                Some(i64::try_from(symbol.value).unwrap())
            }
            (Kind::Flags, _) => Some((register.raw(&words).unwrap() as u64 & !register.reserved_mask) as i64),
            (_, Some(l)) => {
                let steps = u64::try_from((l.max - l.min) / l.step).unwrap() + 1;
                Some(l.min + i64::try_from(seed % steps).unwrap() * l.step)
            }
            _ => None,
        };
        if let Some(raw) = raw {
            register.set_raw(raw, &mut words).unwrap();
        }
    }
    words
}

macro_rules! round_trip {
    ($name:ident, $map:ident) => {
        proptest! {
            #[test]
            fn $name(seeds in prop::collection::vec(any::<u64>(), $map::REGISTERS.len())) {
                let held = Memory::from_seeds(&$map::MAP, &seeds);
                let image = $map::Image::read(&held);
                // Words in a row are decoded another way; what stands in gaps does not matter.
                let row: Vec<u16> = ($map::Image::FIRST..=u16::MAX)
                    .take($map::Image::LENGTH)
                    .map(|address| held.word(address).unwrap_or(0xA5A5))
                    .collect();
                let whole = Span { address: $map::Image::FIRST, words: &row };
                prop_assert_eq!(&$map::Image::read(&whole), &image);
                prop_assert_eq!(Some(&$map::Image::decode(row.first_chunk().unwrap())), Some(&image));
                // Two reads that meet between registers.
                let middle = $map::REGISTERS[$map::REGISTERS.len() / 2].address;
                let (low, high) = row.split_at(usize::from(middle - $map::Image::FIRST));
                let spans = [Span { address: middle, words: high }, Span { words: low, ..whole }];
                prop_assert_eq!(&$map::Image::read(&spans[..]), &image);
                let mut written = Memory::zero(&$map::MAP);
                prop_assert_eq!(image.write(&mut written), Ok(()));
                prop_assert_eq!($map::Image::read(&written), image);
                for (address, word) in &held.0 {
                    let register = $map::MAP.register_at(*address).unwrap();
                    prop_assert_eq!(written.0[address], *word, "{} at {}", register.id, address);
                }
            }
        }
    };
}

round_trip!(psu_images_keep_every_word, orv3_psu);
round_trip!(bbu_images_keep_every_word, orv3_bbu);
round_trip!(dpo_images_keep_every_word, dpo_pmi);
round_trip!(dpo_psu_images_keep_every_word, dpo_psu);
round_trip!(dpo_bbu_images_keep_every_word, dpo_bbu);

#[test]
fn what_is_missing_or_not_available_reads_as_none() {
    assert_eq!(orv3_bbu::Image::read(&Memory::default()), orv3_bbu::Image::default());
    // One word of two is no value.
    let half = Memory([(52, 1)].into());
    assert_eq!(orv3_psu::Image::read(&half).total_up_time, None);
    let mut memory = Memory::zero(&dpo_pmi::MAP);
    dpo_pmi::Image::default().write(&mut memory).unwrap();
    let image = dpo_pmi::Image::read(&memory);
    assert_eq!((image.input_power, image.bus_voltage, image.input_power_limit), (None, None, None));
    // Without a not-available value the words stay: 0 is a value there.
    assert_eq!(image.lease_duration.map(|d| d.0), Some(0.0));
}

#[test]
fn an_image_that_does_not_fit_is_refused() {
    let image = orv3_psu::Image { vout_setpoint_h: Some(Volts(60.0)), ..Default::default() };
    let refused = image.write(&mut Memory::zero(&orv3_psu::MAP));
    assert_eq!(refused, Err(EncodeError::Limits { value: 60.0 }));
    let image = orv3_psu::Image { output_voltage: Some(Volts(50.0)), ..Default::default() };
    let refused = image.write(&mut Memory::default());
    assert!(matches!(refused, Err(EncodeError::Length { expected: 1, got: 0 })), "{refused:?}");
}
