//! Transactions of PMBus by the suite's own hand: reads with the packet error code checked, writes with a right one, a
//! wrong one or none.

use dpo_gateway::maps::pmbus::model::{Command, Format, Read, Write};
use dpo_registers::codec::pmbus::{Direct, Linear11, VoutMode, pec};

use super::{PmbusWorld, asks};
use crate::transport::smbus::{ALERT_RESPONSE, Came, Part};
use crate::world::{Judgement, Judging};

/// Code of QUERY.
pub(super) const QUERY: u8 = 0x1A;
/// Code of STATUS_CML.
const CML: u8 = 0x7E;

/// The packet error code of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    /// None is sent.
    None,
    /// The right one.
    Right,
    /// One that differs in a bit.
    Wrong,
}

impl PmbusWorld {
    pub(crate) fn address(&self) -> Result<u8, Judgement> {
        Ok(self.context()?.plan.address)
    }

    /// Sends a transfer.
    pub(crate) async fn transfer(&mut self, parts: &[Part]) -> Result<Came, Judgement> {
        let context = self.context()?;
        self.note_before(parts).await?;
        Ok(context.link.transfer(parts, &*self.log()).await?)
    }

    /// Sends bytes, and reads behind a repeated START.
    pub(crate) async fn call(&mut self, bytes: &[u8], len: usize) -> Result<Came, Judgement> {
        let own = self.address()?;
        self.transfer(&[Part::Write(own, bytes.to_vec()), Part::Read(own, len)]).await
    }

    /// Bytes of a write with its code, without the address.
    pub(crate) fn coded(&self, to: u8, bytes: &[u8], code: Code) -> Vec<u8> {
        let right = pec(&[&[to << 1], bytes].concat());
        match code {
            Code::None => bytes.to_vec(),
            Code::Right => [bytes, &[right]].concat(),
            Code::Wrong => [bytes, &[right ^ 0x01]].concat(),
        }
    }

    /// Writes a command with its data.
    pub(crate) async fn write(&mut self, bytes: &[u8], code: Code) -> Result<Came, Judgement> {
        let own = self.address()?;
        let bytes = self.coded(own, bytes, code);
        self.transfer(&[Part::Write(own, bytes)]).await
    }

    /// Reads so many bytes of data and the packet error code, and wants the code to be right.
    async fn checked(&mut self, request: &[u8], len: usize) -> Result<Vec<u8>, Judgement> {
        let own = self.address()?;
        let came = self.call(request, len + 1).await?;
        let what = request.first().copied().unwrap_or_default();
        let Came::Bytes(bytes) = came else {
            return Err(Judgement::Fail(format!("reading command {what:02X}h: {came}")));
        };
        let Some((code, data)) = bytes.split_last() else {
            return Err(Judgement::Error("a read gave nothing".into()));
        };
        let wanted = pec(&[&[own << 1], request, &[own << 1 | 1], data].concat());
        if *code != wanted {
            let seen = format!("command {what:02X}h: packet error code {code:02X}, {wanted:02X} fits");
            return Err(Judgement::Fail(seen));
        }
        Ok(data.to_vec())
    }

    /// Reads the data of a command, without its count.
    pub(crate) async fn data(&mut self, command: &Command) -> Result<Vec<u8>, Judgement> {
        self.data_of(command, &[]).await
    }

    /// Reads the data of a command that is asked with data.
    pub(crate) async fn data_of(&mut self, command: &Command, asked: &[u8]) -> Result<Vec<u8>, Judgement> {
        let read = command.read.ok_or_else(|| Judgement::Error(format!("{} is not read", command.id)))?;
        let mut request = vec![command.code];
        if matches!(read, Read::BlockProcessCall) {
            request.push(u8::try_from(asked.len()).unwrap_or(u8::MAX));
        }
        request.extend_from_slice(asked);
        if let Some(bytes) = read.bytes() {
            return self.checked(&request, usize::from(bytes)).await;
        }
        // The count first, then all of it. A read that ends early is none.
        let count = match self.call(&request, 1).await? {
            Came::Bytes(bytes) => bytes.first().copied().unwrap_or_default(),
            other => return Err(Judgement::Fail(format!("reading {}: {other}", command.id))),
        };
        let mut data = self.checked(&request, 1 + usize::from(count)).await?;
        if data.first() != Some(&count) {
            return Err(Judgement::Fail(format!("{}: count {count}, then {:?}", command.id, data.first())));
        }
        data.remove(0);
        Ok(data)
    }

    /// The number in the data of a command, low byte first.
    pub(crate) async fn word(&mut self, command: &Command) -> Result<u64, Judgement> {
        let data = self.data(command).await?;
        Ok(data.iter().rev().take(8).fold(0, |word, byte| word << 8 | u64::from(*byte)))
    }

    /// The number of a command of the map.
    pub(crate) async fn named(&mut self, id: &str) -> Result<u64, Judgement> {
        let context = self.context()?;
        self.word(context.command(id)?).await
    }

    /// What a command shows, in its unit.
    pub(crate) async fn value(&mut self, command: &Command) -> Result<f64, Judgement> {
        let word = self.word(command).await? as u16;
        match command.format {
            Format::Linear11 => Ok(Linear11(word).value()),
            Format::Ulinear16 => {
                let mode = VoutMode(self.named("vout_mode").await? as u8);
                let value = mode.value(word, None);
                value.map_err(|e| Judgement::Fail(format!("VOUT_MODE {:02X}h: {e}", mode.0)))
            }
            Format::Direct => Ok(self.coefficients(command).await?.value(word)),
            _ => Ok(f64::from(word)),
        }
    }

    /// Coefficients of a command in DIRECT: of the map, or else of the device.
    pub(crate) async fn coefficients(&mut self, command: &Command) -> Result<Direct, Judgement> {
        let own = match command.coefficients {
            Some(own) => Direct::new(own.m, own.b, own.r),
            None => {
                let context = self.context()?;
                // Direction 1 is a read.
                let data = self.data_of(context.command("coefficients")?, &[command.code, 1]).await?;
                <[u8; 5]>::try_from(data.as_slice()).ok().and_then(Direct::from_bytes)
            }
        };
        own.ok_or_else(|| Judgement::Fail(format!("{} has no coefficients with a slope", command.id)))
    }

    /// The bytes of a write: the command, a count if it is a block, the data.
    pub(crate) fn bytes_of(command: &Command, data: &[u8]) -> Vec<u8> {
        let count = u8::try_from(data.len()).unwrap_or(u8::MAX);
        match command.write {
            Some(Write::WriteBlock) => [&[command.code, count], data].concat(),
            _ => [&[command.code], data].concat(),
        }
    }

    /// Whether the device has a command: by QUERY if it has that, or else by the map alone.
    pub(crate) fn supports(&self, command: &Command) -> Result<bool, Judgement> {
        let known = self.supported()?;
        Ok(known.contains(&command.code) && command.extended.is_none())
    }

    /// Codes of the commands that the device has, of those in the map.
    pub(crate) fn supported(&self) -> Result<Vec<u8>, Judgement> {
        Ok(self.context()?.known.clone())
    }

    /// The commands of the map that the device has, and that are read without asking.
    pub(crate) fn readable(&self) -> Result<Vec<Command>, Judgement> {
        let context = self.context()?;
        let mut list = Vec::new();
        for command in &context.plan.map.commands {
            if command.read.is_some() && !asks(command) && self.supports(command)? {
                list.push(command.clone());
            }
        }
        Ok(list)
    }

    /// Those that give a quantity now.
    pub(crate) fn readings(&self) -> Result<Vec<Command>, Judgement> {
        let all = self.readable()?;
        Ok(all.into_iter().filter(|c| c.id.starts_with("read_") && c.unit.is_some()).collect())
    }

    /// A command that the device does not have.
    pub(crate) fn unsupported(&self) -> Result<u8, Judgement> {
        let known = self.supported()?;
        let code = self.context()?.unsupported(|code| known.contains(&code));
        code.ok_or_else(|| Judgement::Inconclusive("the device has every command that may be tried".into()))
    }

    /// STATUS_CML.
    pub(crate) async fn cml(&mut self) -> Result<u8, Judgement> {
        let came = self.call(&[CML], 1).await?;
        match came {
            Came::Bytes(bytes) => Ok(bytes.first().copied().unwrap_or_default()),
            Came::Refused => Err(Judgement::Fail("STATUS_CML was not acknowledged".into())),
        }
    }

    /// Clears the bits of STATUS_CML by writing ones, for cases that write.
    pub(crate) async fn clear_cml(&mut self) -> Result<(), Judgement> {
        self.write(&[CML, 0xFF], Code::Right).await?;
        let left = self.cml().await?;
        if left == 0 {
            Ok(())
        } else {
            Err(Judgement::Fail(format!("STATUS_CML holds {left:02X}h after a clear")))
        }
    }

    /// The address that answers the alert response address.
    pub(crate) async fn alert(&mut self) -> Result<Option<u8>, Judgement> {
        match self.transfer(&[Part::Read(ALERT_RESPONSE, 1)]).await? {
            Came::Bytes(bytes) => Ok(bytes.first().filter(|b| **b != 0xFF).map(|b| b >> 1)),
            Came::Refused => Ok(None),
        }
    }

    /// Asks until nobody answers the alert response address. At most one answer a device.
    pub(crate) async fn drain_alerts(&mut self) -> Result<(), Judgement> {
        for _ in 0..16 {
            if self.alert().await?.is_none() {
                return Ok(());
            }
        }
        Err(Judgement::Fail("the alert response address is answered again and again".into()))
    }

    /// Notes a thing that was looked at, and what is wrong with it.
    pub(crate) fn look(&mut self, good: bool, seen: impl FnOnce() -> String) {
        self.judged += 1;
        if !good {
            self.wrong.push(seen());
        }
    }

    /// Fails if anything was wrong, and is inconclusive if nothing was looked at.
    pub(crate) fn judge(&mut self) -> Result<(), Judgement> {
        let wrong = std::mem::take(&mut self.wrong);
        if let Some(first) = wrong.first() {
            let more =
                if wrong.len() > 1 { format!(" (and {} more)", wrong.len() - 1) } else { String::new() };
            return Err(Judgement::Fail(format!("{first}{more}")));
        }
        if self.judged == 0 {
            return Err(Judgement::Inconclusive("the device has nothing that this case is about".into()));
        }
        self.note(format!("{} looked at", self.judged));
        Ok(())
    }
}
