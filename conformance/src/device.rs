//! The device under test, as its register map describes it: where to read, what must not be there.
//!
//! Everything here interprets `dpo_gateway::maps::model`; nothing comes from generated bindings.

use std::sync::Arc;

use dpo_gateway::maps::model::{
    Access, DeviceClass, Expect, Kind, Modality, Register, RegisterMap, Relation, SafetyClass, Volatility,
};

/// A device under test.
#[derive(Debug, Clone)]
pub struct Device {
    /// The map it claims to implement.
    pub map: Arc<RegisterMap>,
    /// Its Modbus address.
    pub unit: u8,
}

/// A place in the register space that a step names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First address.
    pub address: u16,
    /// Number of words.
    pub words: u16,
}

impl Device {
    /// `orv3-psu@200`.
    pub fn name(&self) -> String {
        format!("{}@{}", self.map.id, self.unit)
    }

    /// Whether the map declares the function code.
    pub fn has_function(&self, code: u8) -> bool {
        self.map.bus.functions.contains(&code)
    }

    /// The register that covers an address.
    pub fn register_at(&self, address: u16) -> Option<&Register> {
        self.map.registers.iter().find(|r| covers(r, address))
    }

    /// Whether a read of the address must be answered: part of a register or a declared readable gap.
    pub fn readable(&self, address: u16) -> bool {
        self.register_at(address).is_some() || self.in_gap(address)
    }

    /// Whether the address is in a declared readable gap.
    pub fn in_gap(&self, address: u16) -> bool {
        self.map.readable_gaps.iter().any(|g| (g.first..=g.last).contains(&address))
    }

    /// Whether the address is in a declared hazard range.
    pub fn hazardous(&self, address: u16) -> bool {
        self.map.hazards.iter().any(|h| (h.first..=h.last).contains(&address))
    }

    /// Whether the map leaves it open if the register exists.
    pub fn optional(&self, address: u16) -> bool {
        self.register_at(address).is_some_and(|r| r.modality != Modality::Mandatory)
    }

    /// The probe register of the map.
    pub fn probe(&self) -> Option<&Register> {
        self.map.registers.iter().find(|r| r.id == self.map.identification.probe)
    }

    /// Whether words read from the probe register identify the device.
    pub fn identifies(&self, words: &[u16]) -> bool {
        match &self.map.identification.expect {
            Expect::Words(expected) => words == expected.as_slice(),
            Expect::AsciiText => {
                let bytes: Vec<u8> = words.iter().flat_map(|w| w.to_be_bytes()).collect();
                let text = bytes.iter().take_while(|b| **b != 0);
                bytes.first().is_some_and(|b| *b != 0) && text.copied().all(printable)
            }
        }
    }

    /// A mandatory one-word register that can be read, else the first word of the probe register.
    pub fn readable_word(&self) -> Option<u16> {
        let one = self.mandatory().find(|r| r.words == 1 && readable_access(r));
        one.or_else(|| self.probe()).map(|r| r.address)
    }

    /// Mandatory registers.
    pub fn mandatory(&self) -> impl Iterator<Item = &Register> {
        self.map.registers.iter().filter(|r| r.modality == Modality::Mandatory)
    }

    /// The first address after the map that is neither mapped, nor a gap, nor a hazard.
    pub fn unmapped(&self) -> Option<u16> {
        let last = self.map.registers.iter().map(last_of).max()?;
        (last..=u16::MAX).find(|a| !self.readable(*a) && !self.hazardous(*a))
    }

    /// The last mapped address, if nothing readable follows.
    pub fn last_mapped(&self) -> Option<u16> {
        let last = self.map.registers.iter().map(last_of).max()?;
        (!self.in_gap(last.wrapping_add(1))).then_some(last)
    }

    /// A span of exactly `words` words in which each address is mapped or a readable gap, and no
    /// register is optional.
    pub fn span(&self, words: u16) -> Option<Span> {
        let fits = |first: u16| {
            let last = first.checked_add(words.checked_sub(1)?)?;
            let fits = words <= self.map.bus.max_read_words;
            let whole = (first..=last).all(|a| self.readable(a) && !self.optional(a));
            (fits && whole).then_some(first)
        };
        let mut starts = self.map.registers.iter().map(|r| r.address);
        starts.find_map(fits).map(|address| Span { address, words })
    }

    /// Two mapped words with at least one address between them that is in no register: the span from
    /// the word before the hole to the word after it, and whether the map declares the hole readable.
    pub fn hole(&self) -> Option<(Span, bool)> {
        let mut registers: Vec<&Register> = self.map.registers.iter().collect();
        registers.sort_by_key(|r| r.address);
        registers.windows(2).find_map(|pair| {
            let [before, after] = pair else { return None };
            let last = last_of(before);
            let hole = last.checked_add(1)?..after.address;
            let words = after.address.checked_sub(last)?.checked_add(1)?;
            if hole.is_empty() || words > 125 || hole.clone().any(|a| self.hazardous(a)) {
                return None;
            }
            let all = hole.clone().all(|a| self.in_gap(a));
            let none = hole.clone().all(|a| !self.in_gap(a));
            (all || none).then_some((Span { address: last, words }, all))
        })
    }

    /// A mandatory constant register of more than one word.
    pub fn wide_constant(&self) -> Option<&Register> {
        self.mandatory().find(|r| r.words > 1 && readable_access(r) && r.volatility == Volatility::Constant)
    }

    /// Text or word constants whose byte order is known: the probe register.
    pub fn known_value(&self) -> Option<&Register> {
        self.probe().filter(|r| r.volatility == Volatility::Constant || r.kind == Kind::Text)
    }

    /// A read-only, mandatory, one-word register outside every hazard that does not change by itself.
    pub fn read_only_word(&self) -> Option<&Register> {
        self.mandatory()
            .filter(|r| r.access == Access::Ro && !self.hazardous(r.address))
            .find(|r| matches!(r.volatility, Volatility::Constant | Volatility::Setting | Volatility::Stored))
    }

    /// A one-word register that may be written with the value it holds: no group, no unlock, no
    /// disruptive consequence, not below a lease.
    pub fn writable_word(&self) -> Option<&Register> {
        self.writable_words().next()
    }

    /// All of [`Device::writable_word`].
    fn writable_words(&self) -> impl Iterator<Item = &Register> {
        self.map.registers.iter().filter(|r| {
            let harmless =
                r.safety.is_none_or(|s| matches!(s.class, SafetyClass::None | SafetyClass::Cosmetic));
            let settled = matches!(r.volatility, Volatility::Setting | Volatility::Stored);
            let plain = r.group.is_none() && r.unlock.is_none() && r.words == 1;
            r.access == Access::Rw && harmless && settled && plain && !self.hazardous(r.address)
        })
    }

    /// A register of two words that may be written without unlocking, and keeps what is written.
    pub fn wide_writable(&self) -> Option<&Register> {
        self.map.registers.iter().find(|r| {
            let mild = r.safety.is_none_or(|s| s.class != SafetyClass::Disruptive);
            let settled = matches!(r.volatility, Volatility::Setting | Volatility::Stored);
            let plain = r.group.is_none() && r.unlock.is_none() && r.words == 2;
            r.access == Access::Rw && mild && settled && plain && !self.hazardous(r.address)
        })
    }

    /// A harmless writable word that is followed by a steady read-only word.
    pub fn mixed_pair(&self) -> Option<u16> {
        let steady = |next: &Register| {
            matches!(next.volatility, Volatility::Constant | Volatility::Setting | Volatility::Stored)
        };
        let followed = |writable: &Register| {
            let next = writable.address.checked_add(1).and_then(|at| self.register_at(at));
            next.is_some_and(|next| next.access == Access::Ro && steady(next))
        };
        self.writable_words().find(|writable| followed(writable)).map(|writable| writable.address)
    }

    /// Whether any register fits.
    pub fn any(&self, fits: impl Fn(&Register) -> bool) -> bool {
        self.map.registers.iter().any(fits)
    }

    /// An address that may be used in a write that must be refused because nothing is there. Only
    /// the DPO block reserves its unmapped addresses; elsewhere no address is known to be safe.
    pub fn safe_unmapped(&self) -> Option<u16> {
        self.is_dpo_block().then(|| self.unmapped()).flatten()
    }

    /// Whether the map is the DPO block of a power monitoring interface. The maps of the modules that
    /// stand in HPR shelves are of the same class, but restate what others have built.
    pub fn is_dpo_block(&self) -> bool {
        self.map.device_class == DeviceClass::Pmi && self.map.base.relation == Relation::Extends
    }
}

/// The last address of a register.
pub fn last_of(register: &Register) -> u16 {
    register.address.saturating_add(register.words.saturating_sub(1))
}

/// Whether a register counts time and says how often it is updated.
pub fn clock(register: &Register) -> bool {
    let time = matches!(register.unit.as_deref(), Some("s" | "ms" | "min"));
    time && register.volatility == Volatility::Counter && register.update_ms.is_some()
}

/// Whether a read shows the value.
pub fn readable_access(register: &Register) -> bool {
    !matches!(register.access, Access::Wo | Access::Command)
}

/// Printable ASCII.
pub fn printable(byte: u8) -> bool {
    (0x20..0x7F).contains(&byte)
}

fn covers(register: &Register, address: u16) -> bool {
    (register.address..=last_of(register)).contains(&address)
}

/// The raw number in the words of a register, most significant word first; `None` for text, raw words
/// or more than four words.
pub fn raw_number(register: &Register, words: &[u16]) -> Option<i128> {
    if matches!(register.kind, Kind::Text | Kind::Raw | Kind::Float) || words.is_empty() || words.len() > 4 {
        return None;
    }
    let joined = words.iter().fold(0u64, |acc, word| (acc << 16) | u64::from(*word));
    if register.kind == Kind::Signed {
        let unused = 64 - 16 * words.len() as u32;
        return Some(i128::from(((joined << unused) as i64) >> unused));
    }
    Some(i128::from(joined))
}

/// The bits of a flags register that no bit field covers.
pub fn reserved_bits(register: &Register) -> u64 {
    let width = 16 * u32::from(register.words.min(4));
    let all = if width >= 64 { u64::MAX } else { (1 << width) - 1 };
    register.bits.iter().fold(all, |left, field| {
        let ones = if field.width >= 64 { u64::MAX } else { (1u64 << field.width) - 1 };
        left & !(ones << u32::from(field.bit.min(63)))
    })
}
