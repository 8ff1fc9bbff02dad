//! The bus: messages to the supplies, and what an instrument does beside them.

use std::sync::Arc;

use dpo_gateway::maps::pmbus::model::{PmbusMap, Read, Write};
use dpo_registers::codec::pmbus::pec;

use super::device::{INVALID_COMMAND, INVALID_DATA, OTHER, Supply, WRONG_CODE};
use super::{FIRST, STRETCH_US, SupplyQuirk};
use crate::instrument::{Act, Measured};
use crate::transport::smbus::{ALERT_RESPONSE, Came, Part};

/// How long a supply bears a clock that is held low.
const TIMEOUT_US: u32 = 30_000;
/// Fastest clock.
const CLOCK_HZ: u32 = 400_000;

/// Two supplies.
pub(super) struct Bus {
    supplies: [Supply; 2],
    quirk: Option<SupplyQuirk>,
    /// Transfers during which somebody holds SDA low.
    stuck: u32,
    timed: u32,
}

impl Bus {
    pub(super) fn new(map: Arc<PmbusMap>, quirk: Option<SupplyQuirk>) -> Self {
        let supply = |address| Supply::new(map.clone(), address, quirk);
        Self { supplies: [supply(FIRST), supply(FIRST + 1)], quirk, stuck: 0, timed: 0 }
    }

    fn place(&self, address: u8) -> Option<usize> {
        self.supplies.iter().position(|s| s.address == address && s.present)
    }

    /// One occupation of the bus.
    pub(super) fn transfer(&mut self, parts: &[Part]) -> Came {
        if self.stuck > 0 {
            self.stuck -= 1;
            return Came::Refused;
        }
        self.supplies.iter_mut().for_each(Supply::look);
        if let [Part::Read(ALERT_RESPONSE, len)] = parts {
            return self.alert_response(*len);
        }
        let mut pending: Vec<(usize, Vec<u8>)> = Vec::new();
        let mut called = Vec::new();
        let mut answer = Some(Vec::new());
        for part in parts {
            let (Part::Write(address, _) | Part::Read(address, _)) = part;
            let place = self.place(*address);
            let Some((nth, supply)) =
                place.and_then(|nth| self.supplies.get_mut(nth).map(|supply| (nth, supply)))
            else {
                answer = None;
                break;
            };
            if supply.busy > 0 {
                supply.refuse_busy();
                answer = None;
                break;
            }
            let good = match part {
                Part::Write(_, bytes) => {
                    if called.contains(&nth) {
                        supply.raise(0x7E, OTHER);
                        false
                    } else if bytes.is_empty() {
                        true
                    } else if supply.acknowledges(bytes) {
                        called.push(nth);
                        pending.push((nth, bytes.clone()));
                        true
                    } else {
                        false
                    }
                }
                Part::Read(_, len) => {
                    let asked = pending.iter().position(|(who, _)| *who == nth);
                    let request = asked.map(|at| pending.remove(at).1);
                    let bytes = supply.answer(request.as_deref(), *len);
                    if let Some(all) = &mut answer {
                        all.extend(bytes);
                    }
                    true
                }
            };
            if !good {
                answer = None;
                break;
            }
        }
        // STOP: everybody acts now.
        for (nth, bytes) in pending {
            if let Some(supply) = self.supplies.get_mut(nth)
                && let Err(bit) = supply.carry_out(&bytes)
            {
                supply.raise(0x7E, bit);
            }
        }
        self.supplies.iter_mut().for_each(Supply::look);
        answer.map_or(Came::Refused, Came::Bytes)
    }

    /// The lowest address of those that pull SMBALERT#.
    fn alert_response(&mut self, len: usize) -> Came {
        let Some(supply) = self.supplies.iter_mut().find(|s| s.present && s.alerting()) else {
            return Came::Refused;
        };
        supply.let_go();
        let own = supply.address << 1;
        let mut bytes = vec![own, pec(&[ALERT_RESPONSE << 1 | 1, own])];
        bytes.resize(len.max(2), 0xFF);
        bytes.truncate(len);
        Came::Bytes(bytes)
    }

    /// What the instrument is asked.
    pub(super) fn act(&mut self, act: &Act) -> Result<Measured, String> {
        let is = |quirk| self.quirk == Some(quirk);
        let empty = Measured::default();
        match act {
            Act::CutWrite { address, bytes, .. } => {
                if is(SupplyQuirk::CutTaken) {
                    // The bits that did not come are those of VOUT_COMMAND as it is.
                    let high = [bytes.as_slice(), &[0x64]].concat();
                    self.transfer(&[Part::Write(*address, high)]);
                }
                Ok(Measured { sda_high: Some(true), ..empty })
            }
            Act::CutRead { .. } => {
                let holds = is(SupplyQuirk::HoldsData);
                self.stuck = if holds { 3 } else { 0 };
                Ok(Measured { sda_high: Some(!holds), ..empty })
            }
            Act::HeldRead { address, command, bytes, hold_us } => {
                let mut got = self.plain_read(*address, *command, *bytes)?;
                let limit = match self.quirk {
                    Some(SupplyQuirk::NeverTimesOut) => u32::MAX,
                    Some(SupplyQuirk::TimesOutEarly) => 10_000,
                    _ => TIMEOUT_US,
                };
                if *hold_us >= limit {
                    got.iter_mut().skip(1).for_each(|byte| *byte = 0xFF);
                }
                Ok(Measured { bytes: Some(got), sda_high: Some(true), ..empty })
            }
            Act::TimedRead { address, command, bytes, clock_hz } => {
                if *clock_hz > CLOCK_HZ {
                    return Err(format!("{clock_hz} Hz is too fast for the specimen"));
                }
                self.timed += 1;
                let wrong = is(SupplyQuirk::FailsAtSpeed) && self.timed % 50 == 7;
                let mut stretch = vec![40; usize::from(*bytes)];
                let slowest = match self.quirk {
                    Some(SupplyQuirk::StretchesLong) => 30_000,
                    Some(SupplyQuirk::StretchesByte) => STRETCH_US * 2,
                    _ => 40,
                };
                stretch.iter_mut().take(1).for_each(|us| *us = slowest);
                let mut got = self.plain_read(*address, *command, *bytes)?;
                if wrong {
                    got.iter_mut().take(1).for_each(|byte| *byte ^= 0x04);
                }
                Ok(Measured { bytes: Some(got), stretch_us: Some(stretch), ..empty })
            }
            Act::BusClear { .. } => {
                let stays = is(SupplyQuirk::StaysStuck);
                Ok(Measured { pulses: Some(if stays { 9 } else { 5 }), sda_high: Some(!stays), ..empty })
            }
            Act::Remove { address } => {
                self.stuck = if is(SupplyQuirk::PlugDisturbs) { 4 } else { 0 };
                self.plug(*address, false)
            }
            Act::Insert { address } => self.plug(*address, true),
            Act::PowerCycle { address } => {
                self.supplies.iter_mut().filter(|s| s.address == *address).for_each(Supply::power_cycle);
                Ok(empty)
            }
            Act::ControlPin { address, high } => {
                let own = self.supplies.iter_mut().filter(|s| s.address == *address);
                own.for_each(|supply| supply.pin_high = *high);
                Ok(empty)
            }
            Act::Frames { .. } | Act::AcPlay { .. } => Err("the specimen has no such line".into()),
        }
    }

    fn plain_read(&mut self, address: u8, command: u8, bytes: u8) -> Result<Vec<u8>, String> {
        let parts = [Part::Write(address, vec![command]), Part::Read(address, usize::from(bytes))];
        match self.transfer(&parts) {
            Came::Bytes(got) => Ok(got),
            Came::Refused => Err("the read was not acknowledged".into()),
        }
    }

    fn plug(&mut self, address: u8, present: bool) -> Result<Measured, String> {
        let own = self.supplies.iter_mut().find(|s| s.address == address);
        let own = own.ok_or("no such module")?;
        own.present = present;
        if present {
            own.power_cycle();
        }
        Ok(Measured::default())
    }
}

/// The protocol of one supply.
impl Supply {
    /// Whether the bytes of a write are acknowledged: the command is known, and there are not too many.
    fn acknowledges(&mut self, bytes: &[u8]) -> bool {
        let Some(code) = bytes.first() else { return true };
        let Some(own) = self.command(*code) else {
            self.raise(0x7E, INVALID_COMMAND);
            return false;
        };
        let count = bytes.get(1).copied().unwrap_or_default();
        let request = own.request.iter().map(|f| usize::from(f.at) + usize::from(f.bytes)).max().unwrap_or(0);
        let write = match own.write {
            Some(Write::WriteBlock) => 2 + usize::from(count),
            Some(write) => 1 + usize::from(write.bytes().unwrap_or_default()),
            None => 1 + own.data_bytes().map_or(2, |(_, most)| usize::from(most)),
        };
        let longest = (write + 1).max(2 + request);
        if bytes.len() > longest {
            self.raise(0x7E, INVALID_DATA);
        }
        bytes.len() <= longest
    }

    /// The bytes of an answer to what was asked.
    fn answer(&mut self, request: Option<&[u8]>, len: usize) -> Vec<u8> {
        let mut bytes = match self.prepared(request) {
            Ok(bytes) => bytes,
            Err(bit) => {
                self.raise(0x7E, bit);
                Vec::new()
            }
        };
        if len > bytes.len() && !bytes.is_empty() {
            self.raise(0x7E, INVALID_DATA);
        }
        bytes.resize(bytes.len().max(len), 0xFF);
        bytes.truncate(len);
        bytes
    }

    fn prepared(&mut self, request: Option<&[u8]>) -> Result<Vec<u8>, u8> {
        let asked = request.ok_or(INVALID_DATA)?;
        let (code, body) = asked.split_first().ok_or(INVALID_DATA)?;
        let read = self.command(*code).and_then(|c| c.read).ok_or(INVALID_COMMAND)?;
        let inner = match (read, body) {
            (Read::BlockProcessCall, [count, data @ ..]) if usize::from(*count) == data.len() => data,
            (Read::BlockProcessCall, _) => return Err(INVALID_DATA),
            (_, data) => data,
        };
        let data = self.read(*code, inner).ok_or(INVALID_DATA)?;
        let mut bytes = Vec::new();
        if read.bytes().is_none() {
            bytes.push(u8::try_from(data.len()).map_err(|_| OTHER)?);
        }
        bytes.extend(data);
        let own = self.address << 1;
        bytes.push(pec(&[&[own], asked, &[own | 1], bytes.as_slice()].concat()));
        Ok(bytes)
    }

    /// Carries a write out at its STOP; the bit of STATUS_CML if it is none.
    fn carry_out(&mut self, bytes: &[u8]) -> Result<(), u8> {
        let (code, body) = bytes.split_first().ok_or(OTHER)?;
        let own = self.command(*code).cloned().ok_or(INVALID_COMMAND)?;
        let Some(write) = own.write else {
            return if body.is_empty() { Ok(()) } else { Err(INVALID_DATA) };
        };
        let length = match (write.bytes(), body) {
            (Some(length), _) => usize::from(length),
            (None, [count, ..]) => 1 + usize::from(*count),
            (None, []) if own.read.is_some() => return Ok(()),
            (None, []) => return Err(OTHER),
        };
        // A command that is read and was not gone on with.
        if body.is_empty() && length > 0 && own.read.is_some() {
            return Ok(());
        }
        let short = body.len() < length;
        let takes = self.quirk == Some(SupplyQuirk::ShortBlockTaken) && write.bytes().is_none();
        if short && !takes {
            return Err(OTHER);
        }
        let whole = bytes.get(..bytes.len().min(length + 1)).unwrap_or_default();
        if let Some(code) = body.get(length)
            && *code != pec(&[&[self.address << 1], whole].concat())
        {
            return Err(WRONG_CODE);
        }
        let data = body.get(usize::from(write.bytes().is_none())..length.min(body.len()));
        let data = data.ok_or(OTHER)?;
        if self.protected(&own) || !self.write(*code, data) {
            return Err(INVALID_DATA);
        }
        Ok(())
    }
}
