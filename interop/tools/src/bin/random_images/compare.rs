//! Random images of a device, decoded by the generated bindings and by the map itself.

use std::fmt::Write as _;

use dpo_gateway::maps::RegisterMap;
use dpo_gateway::maps::decode::{Decoded, Value};
use dpo_gateway::maps::model::{Kind, Register};
use dpo_gateway::registers::map::{MapInfo, RegisterInfo};
use dpo_gateway::registers::register::{Span, View, Words};

/// A small generator: the same images each run.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }
}

/// The words of a device from its first register to its last; `None` was not read.
pub struct Memory {
    first: u16,
    words: Vec<Option<u16>>,
}

impl Words for Memory {
    fn word(&self, address: u16) -> Option<u16> {
        *self.words.get(usize::from(address.checked_sub(self.first)?))?
    }
}

impl Memory {
    /// Mostly random words; some registers hold what random words hardly ever are.
    pub fn random(map: &RegisterMap, info: &MapInfo, random: &mut Random) -> Self {
        let first = info.registers.first().unwrap().address;
        let end = info.registers.last().unwrap().end();
        let words = (u32::from(first)..end).map(|_| Some(random.next() as u16)).collect();
        let mut memory = Self { first, words };
        // One image in two is whole.
        let whole = random.below(2) == 0;
        for register in &map.registers {
            memory.special(register, whole, random);
        }
        memory
    }

    fn special(&mut self, register: &Register, whole: bool, random: &mut Random) {
        let count = usize::from(register.words);
        let from = usize::from(register.address - self.first);
        let words = &mut self.words[from..from + count];
        // Two's complement: the lowest words of 64 bits, big end first, whatever the order of the map is.
        let mut number = |number: u64| {
            for (i, word) in words.iter_mut().rev().enumerate() {
                *word = Some(number.checked_shr(16 * i as u32).unwrap_or(0) as u16);
            }
        };
        match (random.below(8), register.kind) {
            (0, _) if !whole => words[random.below(count)] = None,
            (1, _) if register.not_available.is_some() => number(register.not_available.unwrap() as u64),
            (2, _) => number(0),
            (3, _) => number(u64::MAX),
            (4..8, Kind::Enum) => number(register.symbols[random.below(register.symbols.len())].value),
            (4..8, Kind::Text) => {
                let length = random.below(2 * count + 1);
                let mut bytes: Vec<u8> = (0..length).map(|_| 0x20 + random.below(0x5F) as u8).collect();
                bytes.resize(2 * count, 0);
                for (word, pair) in words.iter_mut().zip(bytes.chunks(2)) {
                    *word = Some(u16::from_be_bytes([pair[0], pair[1]]));
                }
            }
            _ => {}
        }
    }

    /// All words in a row, if all were read.
    fn row(&self) -> Option<Vec<u16>> {
        self.words.iter().copied().collect()
    }

    /// First address and the words in hexadecimal, `____` for one that was not read.
    pub fn text(&self) -> String {
        let mut text = format!("{} ", self.first);
        for word in &self.words {
            match word {
                Some(word) => write!(text, "{word:04x}").unwrap(),
                None => text.push_str("____"),
            }
        }
        text
    }
}

/// Decodes an image both ways and holds every register against the other; gives the values as text.
macro_rules! check {
    ($map:ident, $model:expr, $memory:expr) => {{
        use dpo_gateway::registers::generated::$map::Image;
        let image = Image::read($memory);
        $crate::compare::rows::<Image>($memory, &image, |span| Image::read(span), Image::FIRST);
        let decoded = dpo_gateway::maps::decode::decode($model, |address| $memory.word(address));
        let mut text = String::new();
        let mut registers = decoded.iter();
        image.visit(&mut |info, view| {
            $crate::compare::same(info, view, registers.next().unwrap(), &mut text);
        });
        assert!(registers.next().is_none(), "the bindings lack a register");
        text
    }};
}
pub(crate) use check;

/// A device whose words are all there is decoded another way; it must give the same.
pub fn rows<I: PartialEq + std::fmt::Debug>(
    memory: &Memory,
    image: &I,
    read: impl Fn(&Span<'_>) -> I,
    first: u16,
) {
    if let Some(row) = memory.row() {
        assert_eq!(&read(&Span { address: first, words: &row }), image);
    }
}

/// Holds a value of the bindings against the same value by the map, and writes it down.
pub fn same(info: &RegisterInfo, view: Option<View<'_>>, decoded: &Decoded<'_>, text: &mut String) {
    let Decoded { register, words, value } = decoded;
    let id = &register.id;
    assert_eq!((info.id, info.address, info.words), (id.as_str(), register.address, register.words));
    let value = match (value, view) {
        (None, None) => return text.push_str("- "),
        (Some(Value::NotAvailable), None) => return text.push_str("na "),
        (Some(value), Some(view)) => (value, view),
        (value, view) => panic!("{id} {words:x?}: {value:?} by the map, {view:?} by the bindings"),
    };
    match value {
        (Value::Number { raw, exact, unit }, view) => {
            assert_eq!(info.unit, *unit, "{id}");
            if let Ok(raw) = i64::try_from(*raw) {
                assert_eq!(info.raw(words), Some(raw), "{id}");
            }
            let exact = exact.unwrap();
            let number = match view {
                View::Number(number) => number,
                View::Unsigned(number) => {
                    assert_eq!(i128::from(number), *raw, "{id}");
                    number as f64
                }
                View::Signed(number) => {
                    assert_eq!(i128::from(number), *raw, "{id}");
                    number as f64
                }
                view => panic!("{id}: {view:?} is no number"),
            };
            assert_eq!(
                number.to_bits(),
                exact.to_f64().to_bits(),
                "{id} {words:x?}: {exact} is not {number}"
            );
            write!(text, "{}/{}~{:016x} ", exact.num(), exact.den(), number.to_bits()).unwrap();
        }
        (Value::Float { value, unit }, View::Number(number)) => {
            assert_eq!((value.to_bits(), *unit), (number.to_bits(), info.unit), "{id}");
            write!(text, "~{:016x} ", number.to_bits()).unwrap();
        }
        (Value::Flags { bits, set, .. }, View::Flags(flags)) => {
            assert_eq!(*bits, flags, "{id}");
            write!(text, "{bits:x}").unwrap();
            let mut fields = info.bits.iter().filter(|field| flags & field.mask() != 0);
            for (field, number) in set {
                let other = fields.next().unwrap();
                assert_eq!(
                    (other.id, (flags & other.mask()) >> other.bit),
                    (field.id.as_str(), *number),
                    "{id}"
                );
                write!(text, "|{}={number}", field.id).unwrap();
            }
            assert!(fields.next().is_none(), "{id}: {words:x?}");
            text.push(' ');
        }
        (Value::Symbol { raw, symbol }, View::Symbol(value, name)) => {
            assert_eq!((*raw, symbol.map(|s| s.id.as_str())), (value, name), "{id}");
            write!(text, "{raw}={} ", name.unwrap_or("?")).unwrap();
        }
        (Value::Text { bytes }, View::Text(other)) => {
            assert_eq!(bytes, other, "{id}");
            bytes.iter().for_each(|byte| write!(text, "{byte:02x}").unwrap());
            text.push_str("\" ");
        }
        (Value::Words, View::Words(other)) => {
            assert_eq!(words, other, "{id}");
            words.iter().for_each(|word| write!(text, "{word:04x}").unwrap());
            text.push(' ');
        }
        (value, view) => panic!("{id}: {value:?} by the map, {view:?} by the bindings"),
    }
}
