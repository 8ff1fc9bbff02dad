//! The specimen's memory and its answers. Written for the suite alone: no line of the gateway's own servers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use dpo_gateway::maps::model::{Access, Kind, Register, RegisterMap, Volatility};

use super::{COIL, Quirk, RESTART_CODE};
use crate::device::last_of;

/// Exceptions.
const FUNCTION: u8 = 1;
const ADDRESS: u8 = 2;
const VALUE: u8 = 3;
const FAILURE: u8 = 4;

/// What the diagnostics of function 08 count.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub messages: u16,
    pub bad_frames: u16,
    exceptions: u16,
    own_messages: u16,
}

/// The device.
pub(super) struct Memory {
    pub map: Arc<RegisterMap>,
    pub quirk: Option<Quirk>,
    pub counters: Counters,
    pub listen_only: bool,
    words: BTreeMap<u16, u16>,
    coil: bool,
    started: Instant,
}

impl Memory {
    pub(super) fn new(map: Arc<RegisterMap>, quirk: Option<Quirk>) -> Self {
        let mut memory = Self {
            map,
            quirk,
            counters: Counters::default(),
            listen_only: false,
            words: BTreeMap::new(),
            coil: false,
            started: Instant::now(),
        };
        let stored = ["label", "address"].into_iter().zip([1234, 20]);
        for (id, value) in stored {
            memory.set(id, value);
        }
        memory.start();
        memory
    }

    fn has(&self, quirk: Quirk) -> bool {
        self.quirk == Some(quirk)
    }

    fn find(&self, id: &str) -> Option<&Register> {
        self.map.registers.iter().find(|r| r.id == id)
    }

    fn set(&mut self, id: &str, value: u16) {
        if let Some(at) = self.find(id).map(last_of) {
            self.words.insert(at, value);
        }
    }

    pub(super) fn get(&self, id: &str) -> u16 {
        self.find(id).map(|r| self.word(last_of(r))).unwrap_or_default()
    }

    /// What a power cycle leaves.
    fn start(&mut self) {
        let (label, address, level) = (self.get("label"), self.get("address"), self.get("level"));
        let again = self.find("level").is_some_and(|r| self.words.contains_key(&r.address));
        self.words.clear();
        self.started = Instant::now();
        self.coil = false;
        self.listen_only = false;
        self.counters = Counters::default();
        for register in Arc::clone(&self.map).registers.iter() {
            let value = register.reset.unwrap_or_default() as u16;
            self.words.insert(last_of(register), value);
        }
        for (id, text) in [("model", "SPECIMEN"), ("fw_revision", "1.0"), ("serial", "SIM0001")] {
            self.text(id, text);
        }
        self.set("faults", 0b011);
        self.set("temperature", 25);
        self.set("label", if self.has(Quirk::ForgetsStored) { 0 } else { label });
        self.set("address", address);
        if self.has(Quirk::KeepsSettings) && again {
            self.set("level", level);
        }
        if self.has(Quirk::BaudForgotten) && again {
            self.set("baud_code", 0);
        }
    }

    fn text(&mut self, id: &str, text: &str) {
        let Some((at, words)) = self.find(id).map(|r| (r.address, r.words)) else { return };
        let mut bytes = text.bytes();
        for nth in 0..words {
            let pair = [bytes.next().unwrap_or_default(), bytes.next().unwrap_or_default()];
            self.words.insert(at.saturating_add(nth), u16::from_be_bytes(pair));
        }
    }

    fn ticks(&self) -> u32 {
        (self.started.elapsed().as_millis() / 10) as u32
    }

    fn word(&self, at: u16) -> u16 {
        let number =
            |value: u32, r: &Register| if at == r.address { (value >> 16) as u16 } else { value as u16 };
        match self.map.registers.iter().find(|r| (r.address..=last_of(r)).contains(&at)) {
            Some(r) if r.id == "uptime" => number(self.ticks() / 100, r),
            Some(r) if r.id == "ticks" && self.has(Quirk::StaleTicks) => number(self.ticks() / 60 * 60, r),
            Some(r) if r.id == "ticks" => number(self.ticks(), r),
            Some(r) if matches!(r.access, Access::Wo | Access::Command) => 0,
            _ => self.words.get(&at).copied().unwrap_or_default(),
        }
    }

    fn mapped(&self, at: u16) -> bool {
        self.map.registers.iter().any(|r| (r.address..=last_of(r)).contains(&at))
    }

    fn read(&self, at: u16, count: u16, most: u16) -> Result<Vec<u16>, u8> {
        let most = if self.has(Quirk::ShortReads) { most.min(124) } else { most };
        if count == 0 || count > most {
            return Err(VALUE);
        }
        let sent = if self.has(Quirk::CutAnswer) { count.min(124) } else { count };
        (0..sent)
            .map(|nth| at.checked_add(nth).filter(|a| self.mapped(*a)).map(|a| self.word(a)).ok_or(ADDRESS))
            .collect()
    }

    /// Checks one register's new words.
    fn check(&self, register: &Register, words: &[u16], unlocked: bool) -> Result<(), u8> {
        let value = words.iter().fold(0i64, |v, w| (v << 16) | i64::from(*w));
        match register.access {
            Access::Ro => return Err(ADDRESS),
            Access::Command if value != i64::from(RESTART_CODE) => return Err(VALUE),
            _ => {}
        }
        let relocked = unlocked || self.has(Quirk::NeverLocks);
        if register.unlock.is_some() && !relocked {
            return Err(FAILURE);
        }
        let bad_enum =
            register.kind == Kind::Enum && register.symbols.iter().all(|s| s.value as i64 != value);
        let unchecked = match register.id.as_str() {
            "baud_code" => self.has(Quirk::AnyBaud),
            "address" => self.has(Quirk::AnyAddress),
            _ => self.has(Quirk::AnyValue),
        };
        let reserved = register.kind == Kind::Flags
            && register.access == Access::Rw
            && value as u64 & crate::device::reserved_bits(register) != 0;
        let outside = register.limits.is_some_and(|l| !(l.min..=l.max).contains(&value));
        let kept = self.has(Quirk::KeepsReserved) && reserved;
        if (bad_enum || outside || reserved) && !unchecked && !kept {
            return Err(VALUE);
        }
        Ok(())
    }

    /// Writes registers, all or none.
    fn write(&mut self, at: u16, words: &[u16]) -> Result<(), u8> {
        let map = Arc::clone(&self.map);
        let unlocked = self.get("control") & 1 == 1;
        let mut plan = Vec::new();
        let (mut next, mut rest) = (at, words);
        while !rest.is_empty() {
            let register = map.registers.iter().find(|r| r.address == next).ok_or(ADDRESS)?;
            let (own, after) = rest.split_at_checked(usize::from(register.words)).ok_or(ADDRESS)?;
            let checked = self.check(register, own, unlocked);
            if self.has(Quirk::WritesInPart) && checked.is_err() {
                for (register, own) in plan {
                    self.store(register, own);
                }
                return checked;
            }
            checked?;
            plan.push((register, own));
            rest = after;
            next = next.checked_add(register.words).ok_or(ADDRESS)?;
        }
        for (register, own) in plan {
            self.store(register, own);
        }
        Ok(())
    }

    fn store(&mut self, register: &Register, words: &[u16]) {
        if self.has(Quirk::RoundsUp) && register.volatility == Volatility::Setting && register.words == 1 {
            let rounded = words.first().map_or(0, |w| w.saturating_add(7) / 8 * 8);
            self.words.insert(register.address, rounded);
            return;
        }
        if register.access == Access::W1c {
            let clear = words.first().copied().unwrap_or_default();
            let old = self.word(register.address);
            let left = if self.has(Quirk::ClearsAll) { 0 } else { old & !clear };
            self.words.insert(register.address, left);
            return;
        }
        if register.access == Access::Command {
            self.start();
            return;
        }
        if register.id == "scratch" && self.has(Quirk::ShortSpan) {
            self.words.extend((register.address..).zip(words.iter().copied().take(100)));
            return;
        }
        self.words.extend((register.address..).zip(words.iter().copied()));
    }

    /// The answer to a PDU; `None` is silence.
    pub(super) fn answer(&mut self, pdu: &[u8]) -> Option<Vec<u8>> {
        self.counters.own_messages = self.counters.own_messages.wrapping_add(1);
        if self.listen_only && !matches!(pdu, [8, 0, 1, ..]) {
            return None;
        }
        let code = pdu.first().copied()?;
        let answer = self.function(pdu);
        match answer {
            Ok(answer) if answer.is_empty() => None,
            Ok(answer) => Some(answer),
            Err(exception) => {
                self.counters.exceptions = self.counters.exceptions.wrapping_add(1);
                Some(vec![code | 0x80, exception])
            }
        }
    }

    fn function(&mut self, pdu: &[u8]) -> Result<Vec<u8>, u8> {
        let word = |at: usize| -> Result<u16, u8> {
            let pair = pdu.get(at..at + 2).ok_or(VALUE)?;
            Ok(pair.iter().fold(0, |w, b| (w << 8) | u16::from(*b)))
        };
        let exact = |len: usize| if pdu.len() == len { Ok(()) } else { Err(VALUE) };
        let code = pdu.first().copied().ok_or(FUNCTION)?;
        match code {
            1 => {
                exact(5)?;
                let (at, count) = (word(1)?, word(3)?);
                if count == 0 || (count > 2000 && !self.has(Quirk::ManyCoils)) {
                    return Err(VALUE);
                }
                if at.checked_add(count - 1).is_none_or(|last| last > COIL) {
                    return if self.has(Quirk::ManyCoils) { Ok(vec![1, 1, 0]) } else { Err(ADDRESS) };
                }
                let own = (at..at + count).contains(&COIL) && self.coil;
                let bit = u32::from(own) << (COIL - at);
                let bytes = usize::from(count.div_ceil(8));
                let mut answer = vec![1, bytes as u8];
                answer.extend(bit.to_le_bytes().iter().take(bytes));
                Ok(answer)
            }
            3 | 4 => {
                exact(5)?;
                let most = if code == 4 && self.has(Quirk::InputUnchecked) { u16::MAX } else { 125 };
                let read = self.read(word(1)?, word(3)?, most);
                match read {
                    Err(ADDRESS) if code == 4 && self.has(Quirk::InputUnchecked) => Ok(vec![4, 2, 0, 0]),
                    Err(VALUE) if code == 4 && self.has(Quirk::InputUnchecked) => Ok(vec![4, 0]),
                    Ok(_) if code == 4 && self.has(Quirk::InputShort) => Ok(vec![4, 1, 0]),
                    read => Ok(read_answer(code, &read?)),
                }
            }
            5 => {
                exact(5)?;
                let (at, value) = (word(1)?, word(3)?);
                if !matches!(value, 0 | 0xFF00) && !self.has(Quirk::AnyCoilValue) {
                    return Err(VALUE);
                }
                if at != COIL {
                    return Err(ADDRESS);
                }
                if !self.has(Quirk::CoilStays) {
                    self.coil = value == 0xFF00;
                }
                Ok(pdu.to_vec())
            }
            6 => {
                exact(5)?;
                self.write(word(1)?, &[word(3)?])?;
                Ok(pdu.to_vec())
            }
            8 => self.diagnostic(pdu),
            0x10 => {
                let count = word(3)?;
                let bytes = pdu.get(5).copied().map(usize::from).ok_or(VALUE)?;
                let data = pdu.get(6..).ok_or(VALUE)?;
                if !(1..=123).contains(&count) || bytes != 2 * usize::from(count) || data.len() != bytes {
                    return Err(VALUE);
                }
                self.write(word(1)?, &words(data))?;
                pdu.get(..5).map(<[u8]>::to_vec).ok_or(VALUE)
            }
            0x11 => {
                exact(1)?;
                let run = if self.has(Quirk::BadServerId) { 0x55 } else { 0xFF };
                Ok(vec![0x11, 3, b'S', b'P', run])
            }
            0x16 => {
                exact(7)?;
                let (at, and, or) = (word(1)?, word(3)?, word(5)?);
                if !self.mapped(at) {
                    return Err(ADDRESS);
                }
                let old = self.word(at);
                let new = if self.has(Quirk::MaskWrong) { old & and | or } else { (old & and) | (or & !and) };
                let new = if self.has(Quirk::MaskWrong) { new ^ 0x0100 } else { new };
                self.write(at, &[new])?;
                Ok(pdu.to_vec())
            }
            0x17 => self.read_write(pdu),
            0x2B => identification(pdu),
            _ => Err(FUNCTION),
        }
    }

    fn read_write(&mut self, pdu: &[u8]) -> Result<Vec<u8>, u8> {
        let [_, ra, rb, rq, rr, wa, wb, wq, wr, count, data @ ..] = pdu else { return Err(VALUE) };
        let (from, quantity) = (u16::from_be_bytes([*ra, *rb]), u16::from_be_bytes([*rq, *rr]));
        let (to, written) = (u16::from_be_bytes([*wa, *wb]), u16::from_be_bytes([*wq, *wr]));
        let good_read = (1..=125).contains(&quantity) || self.has(Quirk::ReadWriteReads);
        let good_write = (1..=121).contains(&written) || self.has(Quirk::ReadWriteWrites);
        let counted = usize::from(*count) == 2 * usize::from(written) && data.len() == usize::from(*count);
        let counted = counted || self.has(Quirk::ReadWriteCount) || self.has(Quirk::ReadWriteWrites);
        if !good_read || !good_write || !counted {
            return Err(VALUE);
        }
        let quantity = quantity.clamp(1, 125);
        let before = self.read(from, quantity, 125)?;
        let own: Vec<u16> = words(data).into_iter().take(usize::from(written)).collect();
        if !own.is_empty() && !self.has(Quirk::ReadWriteWrites) {
            self.write(to, &own)?;
        }
        let after = self.read(from, quantity, 125)?;
        Ok(read_answer(0x17, if self.has(Quirk::ReadsFirst) { &before } else { &after }))
    }

    fn diagnostic(&mut self, pdu: &[u8]) -> Result<Vec<u8>, u8> {
        let [_, a, b, rest @ ..] = pdu else { return Err(VALUE) };
        let sub = u16::from_be_bytes([*a, *b]);
        let count = |value: u16| {
            let [v, x] = value.to_be_bytes();
            Ok(vec![8, *a, *b, v, x])
        };
        match sub {
            0 if self.has(Quirk::LoopbackShort) => Ok(pdu.get(..4).unwrap_or_default().to_vec()),
            0 => Ok(pdu.to_vec()),
            1 => {
                if !matches!(rest, [0 | 0xFF, 0]) {
                    return Err(VALUE);
                }
                let silent = std::mem::take(&mut self.listen_only);
                if self.has(Quirk::NeverListensAgain) {
                    self.listen_only = silent;
                }
                self.counters = Counters::default();
                if self.has(Quirk::RestartClears) {
                    let level = self.get("level");
                    self.set("level", level ^ 1);
                }
                Ok(if silent { Vec::new() } else { pdu.to_vec() })
            }
            4 if self.has(Quirk::NeverSilent) => Ok(pdu.to_vec()),
            4 => {
                self.listen_only = true;
                Ok(Vec::new())
            }
            0x0A => {
                self.counters = Counters::default();
                Ok(pdu.to_vec())
            }
            0x0B => count(self.counters.messages),
            0x0C if self.has(Quirk::CountsNothing) => count(0),
            0x0C => count(self.counters.bad_frames),
            0x0D => count(self.counters.exceptions),
            0x0E => count(self.counters.own_messages),
            _ if self.has(Quirk::AnyDiagnostic) => Ok(pdu.to_vec()),
            _ => Err(FUNCTION),
        }
    }
}

fn words(data: &[u8]) -> Vec<u16> {
    data.chunks_exact(2).map(|pair| pair.iter().fold(0, |w, b| (w << 8) | u16::from(*b))).collect()
}

fn read_answer(code: u8, words: &[u16]) -> Vec<u8> {
    let mut pdu = vec![code, (2 * words.len()) as u8];
    pdu.extend(words.iter().flat_map(|word| word.to_be_bytes()));
    pdu
}

/// Read Device Identification: basic category, stream and individual access.
fn identification(pdu: &[u8]) -> Result<Vec<u8>, u8> {
    const OBJECTS: [&str; 3] = ["dpo-conformance", "SPECIMEN", "1.0"];
    let [_, 0x0E, access, object] = pdu else {
        return Err(if pdu.get(1) == Some(&0x0E) { VALUE } else { FUNCTION });
    };
    let chosen = match access {
        1..=3 => {
            let first = if usize::from(*object) < OBJECTS.len() { *object } else { 0 };
            first..OBJECTS.len() as u8
        }
        4 if usize::from(*object) < OBJECTS.len() => *object..*object + 1,
        4 => return Err(ADDRESS),
        _ => return Err(VALUE),
    };
    let mut answer = vec![0x2B, 0x0E, *access, 0x81, 0, 0, chosen.len() as u8];
    for id in chosen {
        let text = OBJECTS.get(usize::from(id)).copied().unwrap_or_default();
        answer.extend([id, text.len() as u8]);
        answer.extend(text.bytes());
    }
    Ok(answer)
}
