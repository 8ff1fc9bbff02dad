//! One supply: what its commands hold, and what becomes of writes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use dpo_gateway::maps::model::Access;
use dpo_gateway::maps::pmbus::model::{Command, Format, PmbusMap, Write, WriteProtect};
use dpo_registers::codec::pmbus::{Direct, Linear11, VoutMode};

use super::SupplyQuirk;

/// Linear, exponent -9.
const MODE: VoutMode = VoutMode(0x17);
const TEMPERATURE_C: f64 = 35.0;
const VIN_V: f64 = 230.0;
const IOUT_A: f64 = 30.0;
const EFFICIENCY: f64 = 0.95;
/// The sum of energy counters rolls over behind 15 bits.
const FULL: u64 = 32_768;
/// Transfers that a supply refuses while it stores.
const STORING: u32 = 3;
const PAGES: u8 = 2;

// Bits of STATUS_CML.
pub(super) const INVALID_COMMAND: u8 = 0x80;
pub(super) const INVALID_DATA: u8 = 0x40;
pub(super) const WRONG_CODE: u8 = 0x20;
pub(super) const OTHER: u8 = 0x02;

/// One supply.
pub(super) struct Supply {
    pub(super) address: u8,
    pub(super) present: bool,
    /// Transfers that it still refuses.
    pub(super) busy: u32,
    pub(super) pin_high: bool,
    pub(super) quirk: Option<SupplyQuirk>,
    map: Arc<PmbusMap>,
    page: u8,
    protect: u8,
    /// Settings by page and code; page 0 where there is one value for all.
    values: BTreeMap<(u8, u8), Vec<u8>>,
    stored: BTreeMap<(u8, u8), Vec<u8>>,
    status: BTreeMap<u8, u8>,
    masks: BTreeMap<u8, u8>,
    alert: bool,
    busy_told: bool,
    latched: bool,
    /// Causes that were cleared while they were there.
    cleared: Vec<(u8, u8)>,
    was_off: bool,
    started: Instant,
    sampled_ms: u64,
    sums: [u64; 2],
}

fn linear(value: f64) -> Vec<u8> {
    Linear11::from_value(value).unwrap_or_default().0.to_le_bytes().to_vec()
}

fn volts(value: f64) -> Vec<u8> {
    MODE.word(value, None).unwrap_or_default().to_le_bytes().to_vec()
}

fn word(data: &[u8]) -> u16 {
    data.iter().rev().fold(0, |word, byte| word << 8 | u16::from(*byte))
}

/// Settings as they leave the factory.
fn factory() -> BTreeMap<(u8, u8), Vec<u8>> {
    BTreeMap::from([
        ((0, 0x01), vec![0x80]),
        ((0, 0x02), vec![0x18]),
        ((0, 0x21), volts(50.0)),
        ((1, 0x21), volts(50.0)),
        ((0, 0x24), volts(53.0)),
        ((0, 0x3B), linear(40.0)),
        ((0, 0x46), linear(70.0)),
        ((0, 0x4A), linear(65.0)),
        ((0, 0x4F), linear(90.0)),
        ((0, 0x50), vec![0x80]),
        ((0, 0x51), linear(60.0)),
        ((0, 0x58), linear(100.0)),
        ((0, 0x9C), b"RACK".to_vec()),
    ])
}

impl Supply {
    pub(super) fn new(map: Arc<PmbusMap>, address: u8, quirk: Option<SupplyQuirk>) -> Self {
        Self {
            address,
            present: true,
            busy: 0,
            pin_high: true,
            quirk,
            map,
            page: 0,
            protect: 0,
            values: factory(),
            stored: factory(),
            status: BTreeMap::new(),
            masks: BTreeMap::new(),
            alert: false,
            busy_told: false,
            latched: false,
            cleared: Vec::new(),
            was_off: false,
            started: Instant::now(),
            sampled_ms: 0,
            sums: [0; 2],
        }
    }

    fn is(&self, quirk: SupplyQuirk) -> bool {
        self.quirk == Some(quirk)
    }

    /// Input power goes and comes back.
    pub(super) fn power_cycle(&mut self) {
        let stored = if self.is(SupplyQuirk::ForgetsStored) { factory() } else { self.stored.clone() };
        let fresh = Self::new(self.map.clone(), self.address, self.quirk);
        *self = Self { values: stored.clone(), stored, pin_high: self.pin_high, ..fresh };
    }

    pub(super) fn command(&self, code: u8) -> Option<&Command> {
        // What the maker has not declared looks like PAGE.
        let known = if code == 0xD1 && self.is(SupplyQuirk::MakerCommand) { 0x00 } else { code };
        self.map.commands.iter().find(|c| c.code == known)
    }

    fn held(&self, code: u8) -> Vec<u8> {
        let paged = self.command(code).is_some_and(|c| c.paged);
        let page = if paged && self.page < PAGES { self.page } else { 0 };
        self.values.get(&(page, code)).cloned().unwrap_or_default()
    }

    fn number(&self, code: u8) -> f64 {
        Linear11(word(&self.held(code))).value()
    }

    fn over(&self) -> bool {
        TEMPERATURE_C > self.number(0x4F)
    }

    /// Whether the output is on.
    pub(super) fn on(&self) -> bool {
        let config = self.held(0x02).first().copied().unwrap_or_default();
        let operation = self.held(0x01).first().copied().unwrap_or_default();
        let by_operation = config & 8 == 0 || operation & 0x80 != 0 || self.is(SupplyQuirk::OperationIgnored);
        let pin = config & 4 == 0 || self.pin_high == (config & 2 != 0) || self.is(SupplyQuirk::PinIgnored);
        let wanted = config & 0x10 == 0 || by_operation && pin;
        let response = self.held(0x50).first().copied().unwrap_or_default();
        let warned = self.is(SupplyQuirk::WarningTurnsOff) && TEMPERATURE_C > self.number(0x51);
        let shut = self.latched || warned || self.over() && response & 0xC0 != 0;
        wanted && !shut
    }

    fn vout(&self, page: u8) -> f64 {
        let set = self.values.get(&(page, 0x21)).map(|data| word(data)).unwrap_or_default();
        if self.on() { MODE.value(set, None).unwrap_or_default() } else { 0.0 }
    }

    fn pout(&self) -> f64 {
        if self.on() { self.vout(0) * IOUT_A } else { 0.0 }
    }

    fn pin(&self) -> f64 {
        self.pout() / EFFICIENCY
    }

    /// Looks at causes of faults, and samples the power.
    pub(super) fn look(&mut self) {
        let response = self.held(0x50).first().copied().unwrap_or_default();
        let once = response & 0x38 == 0 && response & 0xC0 == 0x80;
        let latches = once || self.is(SupplyQuirk::AlwaysLatches) && response & 0xC0 != 0;
        self.latched |= self.over() && latches;
        self.was_off |= !self.on();
        let causes = [
            (0x7D, 0x80, self.over()),
            (0x7D, 0x40, TEMPERATURE_C > self.number(0x51)),
            (0x7C, 0x20, VIN_V < self.number(0x58)),
            (0x7B, 0x20, self.on() && IOUT_A > self.number(0x4A)),
        ];
        for (code, bit, there) in causes {
            if !there {
                self.cleared.retain(|cause| *cause != (code, bit));
            } else if !self.cleared.contains(&(code, bit)) {
                self.raise(code, bit);
            }
        }
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let samples = now.saturating_sub(self.sampled_ms);
        let powers = [self.pin(), self.pout()];
        for (sum, watts) in self.sums.iter_mut().zip(powers) {
            *sum += samples * watts.round() as u64;
        }
        self.sampled_ms = now;
    }

    /// Sets a bit of a status command.
    pub(super) fn raise(&mut self, code: u8, bit: u8) {
        let held = self.status.entry(code).or_default();
        let mask = self.masks.get(&code).copied().unwrap_or_default();
        let silent = code != 0x7E && self.quirk == Some(SupplyQuirk::WarningSilent);
        self.alert |= bit & !*held & !mask != 0 && !silent;
        *held |= bit;
    }

    /// It is busy, and was asked.
    pub(super) fn refuse_busy(&mut self) {
        self.busy -= 1;
        self.busy_told |= !self.is(SupplyQuirk::BusyUntold);
    }

    pub(super) fn alerting(&self) -> bool {
        self.alert
    }

    /// It has answered the alert response address.
    pub(super) fn let_go(&mut self) {
        self.alert = false;
    }

    fn bits(&self, code: u8) -> u8 {
        self.status.get(&code).copied().unwrap_or_default()
    }

    fn status_word(&self) -> u16 {
        let off = !self.on() || self.is(SupplyQuirk::OffStays) && self.was_off;
        [
            (self.bits(0x7A) != 0, 0x8000),
            (self.bits(0x7B) != 0, 0x4000),
            (self.bits(0x7C) != 0, 0x2000),
            (off, 0x0840),
            (self.busy_told, 0x0080),
            (self.bits(0x7D) != 0, 0x0004),
            (self.bits(0x7E) != 0, 0x0002),
        ]
        .into_iter()
        .filter(|(set, _)| *set)
        .fold(0, |all, (_, bit)| all | bit)
    }

    /// READ_EIN or READ_EOUT: sum, roll-overs, samples.
    fn energy(&self, output: bool) -> Vec<u8> {
        let [input, out] = self.sums;
        let mut sum = if output { out } else { input };
        if self.is(SupplyQuirk::EnergyTwice) && !output || self.is(SupplyQuirk::OutputEnergyWrong) && output {
            sum *= 2;
        }
        let samples = if self.is(SupplyQuirk::EnergyFrozen) { 7 } else { self.sampled_ms };
        let rolls = if self.is(SupplyQuirk::NoRollOver) && !output { 0 } else { sum / FULL };
        let mut data = ((sum % FULL) as u16).to_le_bytes().to_vec();
        data.push(rolls as u8);
        data.extend(samples.to_le_bytes().into_iter().take(3));
        if self.is(SupplyQuirk::EnergyShort) && !output {
            data.pop();
        }
        data
    }

    /// The data of a command, without a count; `None` for a request that it does not support.
    pub(super) fn read(&mut self, code: u8, request: &[u8]) -> Option<Vec<u8>> {
        let fan = if self.is(SupplyQuirk::FanIgnored) { 40.0 } else { self.number(0x3B) };
        let negative = if self.is(SupplyQuirk::AmountOnly) { 12.5 } else { -12.5 };
        let maximum = if self.is(SupplyQuirk::OtherRating) { 2_600.0 } else { 3_000.0 };
        Some(match (code, request) {
            (0x00, []) => vec![self.page],
            (0x06, [page, inner]) if *page < PAGES && *inner != 0x06 => {
                let before = self.page;
                self.page = *page;
                let data = self.read(*inner, &[]);
                if !self.is(SupplyQuirk::ReadMovesPage) {
                    self.page = before;
                }
                data?
            }
            (0x10, []) => vec![self.protect],
            (0x19, []) => vec![0xB0],
            (0x1A, [asked]) => vec![self.query(*asked)],
            (0x1B, [status @ 0x7A..=0x7E]) => vec![self.masks.get(status).copied().unwrap_or_default()],
            (0x20, []) => vec![MODE.0],
            (0x30, [0x8E, _]) if self.is(SupplyQuirk::NoSlope) => vec![0; 5],
            (0x30, [0x8E, _]) => slope()?.to_bytes().to_vec(),
            (0x78, []) => vec![self.status_word() as u8],
            (0x79, []) => self.status_word().to_le_bytes().to_vec(),
            (0x7A..=0x7E, []) => vec![self.bits(code)],
            (0x83, []) => {
                let ms = self.sampled_ms as u32;
                let own = if self.is(SupplyQuirk::EnergyFalls) { u32::MAX - ms } else { 1_000_000 + ms };
                own.to_le_bytes().to_vec()
            }
            (0x84, []) => (900_000 + self.sampled_ms as u32 / 2).to_le_bytes().to_vec(),
            (0x86, []) => self.energy(false),
            (0x87, []) => self.energy(true),
            (0x88, []) => linear(VIN_V),
            (0x89, []) => linear(self.pin() / VIN_V),
            (0x8B, []) => volts(self.vout(if self.page < PAGES { self.page } else { 0 })),
            (0x8C, []) => linear(if self.on() { IOUT_A } else { 0.0 }),
            (0x8D, []) => linear(TEMPERATURE_C),
            (0x8E, []) => slope()?.word(42.5).ok()?.to_le_bytes().to_vec(),
            (0x8F, []) => linear(negative),
            (0x90, []) => linear(fan * 150.0),
            // Steps of 32 W.
            (0x96, []) if self.is(SupplyQuirk::Coarse) => {
                Linear11::with_exponent(self.pout(), 5).unwrap_or_default().0.to_le_bytes().to_vec()
            }
            (0x96, []) => linear(self.pout()),
            (0x97, []) => linear(self.pin()),
            (0x98, []) => vec![0x33],
            (0x99, []) => b"SPECIMEN".to_vec(),
            (0x9A, []) => b"SUPPLY-2".to_vec(),
            (0x9B, []) => b"A".to_vec(),
            (0x9E, []) => format!("S{:02X}", self.address).into_bytes(),
            (0xA0, []) => linear(180.0),
            (0xA1, []) => linear(277.0),
            (0xA6, []) => linear(62.5),
            (0xA7, []) => linear(maximum),
            (0xD1, []) if self.is(SupplyQuirk::MakerCommand) => vec![0x12],
            (_, []) if self.values.contains_key(&(0, code)) => self.held(code),
            _ => return None,
        })
    }

    fn query(&self, code: u8) -> u8 {
        let Some(own) = self.command(code) else { return 0 };
        let format = match own.format {
            Format::Linear11 | Format::Ulinear16 => 0,
            Format::Direct => 3 << 2,
            _ => 7 << 2,
        };
        0x80 | u8::from(own.write.is_some()) << 6 | u8::from(own.read.is_some()) << 5 | format
    }

    /// Whether WRITE_PROTECT refuses a command.
    pub(super) fn protected(&self, own: &Command) -> bool {
        let from = match own.protect {
            Some(WriteProtect::Level20) => 0x20,
            Some(WriteProtect::Level40) => 0x40,
            Some(WriteProtect::Level80) => 0x80,
            Some(WriteProtect::Never) | None => return false,
        };
        let free = own.access == Access::W1c || own.write == Some(Write::SendByte);
        self.protect >= from && !free
    }

    /// Carries a write out; false if it does not support the data.
    pub(super) fn write(&mut self, code: u8, data: &[u8]) -> bool {
        match (code, data) {
            (0x00, [page]) if *page < PAGES || *page == 0xFF => self.page = *page,
            (0x01, [0x00 | 0x40]) => {
                self.latched = false;
                self.values.insert((0, code), data.to_vec());
            }
            (0x01, [0x80]) => drop(self.values.insert((0, code), data.to_vec())),
            (0x01, [0xC0]) if self.is(SupplyQuirk::AnyOperation) => {}
            (0x02, [config]) if config & 0xE0 == 0 => drop(self.values.insert((0, code), data.to_vec())),
            (0x03, []) => {
                let held: Vec<(u8, u8)> = self.status.iter().map(|(code, bits)| (*code, *bits)).collect();
                if self.is(SupplyQuirk::ClearedForGood) {
                    let bits = |byte: u8| (0..8).map(move |n| byte & 1 << n).filter(|bit| *bit != 0);
                    self.cleared =
                        held.iter().flat_map(|(c, b)| bits(*b).map(move |bit| (*c, bit))).collect();
                }
                self.status.clear();
                (self.alert, self.busy_told) = (false, false);
                self.latched &= !self.is(SupplyQuirk::ClearRestarts);
            }
            (0x05, [page, inner, data @ ..]) if *page < PAGES && !matches!(*inner, 0x00 | 0x05) => {
                let before = self.page;
                if !self.is(SupplyQuirk::WritesCurrentPage) {
                    self.page = *page;
                }
                let length = self.command(*inner).and_then(|c| c.write).and_then(Write::bytes);
                let good = length == u8::try_from(data.len()).ok() && self.write(*inner, data);
                self.page = before;
                return good;
            }
            (0x10, [0x00 | 0x20 | 0x40 | 0x80]) => self.protect = data.first().copied().unwrap_or_default(),
            (0x12, []) => {
                if !self.is(SupplyQuirk::RestoresNothing) {
                    self.values = factory();
                }
                self.busy = STORING;
            }
            (0x15, []) => {
                self.stored = self.values.clone();
                self.busy = STORING;
            }
            (0x1B, [status @ 0x7A..=0x7E, mask]) => drop(self.masks.insert(*status, *mask)),
            (0x7A..=0x7E, [bits]) => {
                if let Some(held) = self.status.get_mut(&code) {
                    *held &= !bits;
                }
                self.alert &= self.status.values().any(|held| *held != 0);
            }
            _ => return self.set(code, data),
        }
        true
    }

    /// Settings that are numbers or text.
    fn set(&mut self, code: u8, data: &[u8]) -> bool {
        if !self.values.contains_key(&(0, code)) || matches!(code, 0x01 | 0x02) {
            return false;
        }
        let Some(own) = self.command(code) else { return false };
        let (paged, range, format) = (own.paged, own.range, own.format);
        let value = match format {
            Format::Linear11 => Linear11(word(data)).value(),
            Format::Ulinear16 => MODE.value(word(data), None).unwrap_or_default(),
            _ => 0.0,
        };
        let inside = range.is_none_or(|r| (r.min.value()..=r.max.value()).contains(&value));
        let unchecked = self.is(SupplyQuirk::LimitUnchecked) && code != 0x21;
        if !(inside || unchecked) {
            return false;
        }
        let most = MODE.value(word(&self.held(0x24)), None).unwrap_or_default();
        if code == 0x21 && value > most && !self.is(SupplyQuirk::OverMaximum) {
            return false;
        }
        if code == 0x9C && data.is_empty() && !self.is(SupplyQuirk::EmptyBlockTaken) {
            return false;
        }
        let pages: Vec<u8> = match (paged, self.page) {
            (false, _) => vec![0],
            (true, 0xFF) if self.is(SupplyQuirk::FirstPageOnly) => vec![0],
            (true, 0xFF) => (0..PAGES).collect(),
            (true, page) => vec![page],
        };
        for page in pages {
            self.values.insert((page, code), data.to_vec());
        }
        true
    }
}

/// Coefficients of READ_TEMPERATURE_2: tenths of a degree.
fn slope() -> Option<Direct> {
    Direct::new(1, 0, 1)
}
