//! Which registers of a device a case may write, and with what: those that cannot interrupt power, need no lease and no
//! lock, and keep what is written.

use dpo_gateway::maps::model::{Access, Kind, Register, SafetyClass, Volatility};

use crate::device::{Device, last_of};

impl Device {
    /// Whether a register may be written and put back: no disruptive consequence, no lease, no commit.
    fn mild(&self, register: &Register) -> bool {
        let class = register.safety.map_or(SafetyClass::None, |s| s.class);
        // The block's set points need a lease.
        let free = match class {
            SafetyClass::None | SafetyClass::Cosmetic => true,
            SafetyClass::Setpoint => !self.is_dpo_block(),
            SafetyClass::Disruptive => false,
        };
        free && register.access == Access::Rw
            && register.group.is_none()
            && register.commit.is_none()
            && !self.hazardous(register.address)
            && !self.hazardous(last_of(register))
    }

    /// Registers that keep what is written.
    pub(crate) fn kept(&self) -> impl Iterator<Item = &Register> {
        let settled = |r: &&Register| matches!(r.volatility, Volatility::Setting | Volatility::Stored);
        self.map.registers.iter().filter(|r| self.mild(r)).filter(settled)
    }

    /// Registers that keep what is written, without a lock.
    pub fn settings(&self) -> impl Iterator<Item = &Register> {
        self.kept().filter(|r| r.unlock.is_none())
    }

    /// Settings that are numbers with limits.
    pub fn limited(&self) -> impl Iterator<Item = &Register> {
        let number = |r: &&Register| matches!(r.kind, Kind::Unsigned | Kind::Signed) && r.limits.is_some();
        self.settings().filter(number)
    }

    /// A setting of one word that takes 0012h, 0017h and what is between.
    pub fn number(&self) -> Option<&Register> {
        let wide = |r: &Register| r.limits.is_none_or(|l| l.min <= 0x12 && l.max >= 0x17 && l.step == 1);
        let plain = |r: &&Register| matches!(r.kind, Kind::Unsigned | Kind::Raw) && r.words == 1;
        let own = self.settings().filter(plain).filter(|r| wide(r));
        own.min_by_key(|r| r.safety.is_some_and(|s| s.class == SafetyClass::Setpoint))
    }

    /// A limited setting of one word, and a value just outside its limits.
    pub fn limited_word(&self) -> Option<(&Register, u16)> {
        self.limited().filter(|r| r.words == 1 && r.kind == Kind::Unsigned).find_map(|r| {
            let limits = r.limits?;
            let above = u16::try_from(limits.max.checked_add(1)?).ok();
            let below = u16::try_from(limits.min.checked_sub(1)?).ok();
            let free = |v: &u16| r.not_available != Some(i64::from(*v));
            above.filter(free).or(below.filter(free)).map(|value| (r, value))
        })
    }

    /// The longest setting.
    pub fn longest(&self) -> Option<&Register> {
        let fits = |r: &&Register| r.words <= self.map.bus.max_write_words.min(123);
        self.settings().filter(fits).max_by_key(|r| (r.words, std::cmp::Reverse(r.address)))
    }

    /// Two neighbours of one word, the second with limits: both, and a value outside those limits.
    pub fn limited_pair(&self) -> Option<(&Register, &Register, u16)> {
        self.limited().filter(|r| r.words == 1 && r.kind == Kind::Unsigned).find_map(|second| {
            let first =
                self.settings().find(|r| r.words == 1 && r.address.checked_add(1) == Some(second.address))?;
            let value = u16::try_from(second.limits?.max.checked_add(1)?).ok()?;
            (second.not_available != Some(i64::from(value))).then_some((first, second, value))
        })
    }

    /// Two settings of one word, for two clients at once.
    pub fn two_words(&self) -> Option<(&Register, &Register)> {
        let mut words = self.limited().filter(|r| r.words == 1);
        Some((words.next()?, words.next()?))
    }

    /// A register behind a lock, the register of its lock, and the bit in it.
    pub fn guarded(&self) -> Option<(&Register, &Register, u16)> {
        self.map.registers.iter().filter(|r| self.mild(r) && r.words == 1).find_map(|guarded| {
            let (lock, bit) = guarded.unlock.as_deref()?.split_once('.')?;
            let lock = self.map.registers.iter().find(|r| r.id == lock && r.words == 1)?;
            let field = lock.bits.iter().find(|f| f.id == bit)?;
            Some((guarded, lock, 1u16.checked_shl(u32::from(field.bit))?))
        })
    }

    /// A register by its id.
    pub fn named(&self, id: &str) -> Option<&Register> {
        self.map.registers.iter().find(|r| r.id == id)
    }
}

/// A word that differs from another in its lowest bit.
pub(crate) fn another(word: u16) -> u16 {
    word ^ 1
}

/// Raw values to try on a number: smallest, largest, middle, each on a step.
pub(crate) fn values(register: &Register) -> Vec<i64> {
    let Some(limits) = register.limits else { return Vec::new() };
    let step = limits.step.max(1);
    let whole = (limits.max - limits.min) / step;
    let mut values: Vec<i64> = [0, whole, whole / 2].iter().map(|n| limits.min + n * step).collect();
    values.dedup();
    values
}

/// The words of a raw number, most significant first.
pub(crate) fn words(register: &Register, value: i64) -> Vec<u16> {
    let count = usize::from(register.words.min(4));
    let all = [(value >> 48) as u16, (value >> 32) as u16, (value >> 16) as u16, value as u16];
    all.get(4 - count..).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn device(map: &str) -> Device {
        let maps = crate::targets::maps().unwrap();
        Device { map: maps.into_iter().find(|m| m.id == map).unwrap(), unit: 1 }
    }

    #[test]
    fn nothing_that_interrupts_power_or_needs_a_lease_is_a_setting() {
        for map in crate::targets::maps().unwrap() {
            let device = Device { map: Arc::clone(&map), unit: 1 };
            for register in device.settings() {
                let class = register.safety.map(|s| s.class);
                assert_ne!(class, Some(SafetyClass::Disruptive), "{} {}", map.id, register.id);
                assert!(register.commit.is_none() && register.group.is_none());
            }
        }
        let block = device("dpo-pmi");
        assert!(block.settings().all(|r| r.safety.is_none_or(|s| s.class != SafetyClass::Setpoint)));
    }

    #[test]
    fn another_word_is_never_the_same() {
        assert_eq!([0, 1, 0xFFFF, 0x8000].map(another), [1, 0, 0xFFFE, 0x8001]);
    }

    #[test]
    fn values_are_on_the_steps_and_words_in_order() {
        let bbu = device("orv3-bbu");
        let time = bbu.named("configurable_bbu_maximum_discharge_time").unwrap();
        assert_eq!(values(time), [90, 1200, 645]);
        assert_eq!(words(time, 645), [645]);
        let psu = device("orv3-psu");
        let (guarded, lock, bit) = psu.guarded().unwrap();
        assert_eq!((lock.id.as_str(), bit), ("setting_register", 1));
        assert_eq!(guarded.unlock.as_deref(), Some("setting_register.psu_write_enable"));
    }
}
