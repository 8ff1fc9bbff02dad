//! The interfaces of one shelf side by side: which device of Modbus is which resource of Redfish.

use std::collections::BTreeMap;
use std::sync::Arc;

use dpo_gateway::maps::model::{Kind, Register};
use serde_json::Value;

use super::{ServiceWorld, tree};
use crate::device::{Device, raw_number, readable_access};
use crate::restore::Restore;
use crate::transport::{Seen, hex};
use crate::world::{Judgement, data_words, read_pdu};

/// The register of the serial number, by which a device is found on the other interfaces.
pub(crate) const SERIAL: &str = "PowerSupply.SerialNumber";

/// Whether a device is a power supply that tells its serial number.
pub(crate) fn is_supply(device: &Device) -> bool {
    device.any(|r| r.links.redfish.as_deref() == Some(SERIAL))
}

/// What a register holds, in its unit.
pub(crate) fn engineering(register: &Register, words: &[u16]) -> Option<f64> {
    let raw = raw_number(register, words)?;
    if register.not_available.is_some_and(|none| i128::from(none) == raw) {
        return None;
    }
    Some(raw as f64 * register.scale.value() + register.offset.value())
}

/// The text of a register, without what pads it.
pub(crate) fn text(words: &[u16]) -> String {
    let bytes: Vec<u8> = words.iter().flat_map(|w| w.to_be_bytes()).take_while(|b| *b != 0).collect();
    String::from_utf8_lossy(&bytes).trim().to_owned()
}

/// One step of a register, in its unit.
pub(crate) fn step_of(register: &Register) -> f64 {
    register.scale.value().abs()
}

/// The name of a symbol without what writings differ in: `sag_detected` and `SagDetected` are one.
pub(crate) fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn no_modbus() -> Judgement {
    Judgement::Error("the target has no Modbus".into())
}

impl ServiceWorld {
    /// Sends a PDU to a device on the Modbus side.
    pub(crate) async fn modbus(&mut self, unit: u8, pdu: &[u8]) -> Result<Seen, Judgement> {
        let context = self.context()?;
        let log = crate::world::Judging::log(self);
        let side = context.modbus.as_ref().ok_or_else(no_modbus)?;
        let mut link = side.link.lock().await;
        Ok(link.exchange(unit, pdu, side.timing.answer, &*log).await?)
    }

    /// The notes of what is changed on the Modbus side.
    pub(crate) fn restore(&self) -> Result<Arc<Restore>, Judgement> {
        let context = self.context()?;
        context.modbus.as_ref().map(|side| side.restore.clone()).ok_or_else(no_modbus)
    }

    /// The name of the link of the Modbus side, as written after `--target`.
    pub(crate) async fn link(&self) -> Result<String, Judgement> {
        let context = self.context()?;
        let side = context.modbus.as_ref().ok_or_else(no_modbus)?;
        let name = side.link.lock().await.name().to_owned();
        Ok(name)
    }

    /// Reads a register and wants data.
    pub(crate) async fn words(&mut self, unit: u8, register: &Register) -> Result<Vec<u16>, Judgement> {
        let pdu = read_pdu(register.address, register.words);
        let seen = self.modbus(unit, &pdu).await?;
        data_words(&seen, register.words).ok_or_else(|| {
            let got = if let Seen::Pdu(pdu) = &seen { hex(pdu) } else { format!("{seen:?}") };
            Judgement::Fail(format!("reading {} of unit {unit}: {got}", register.id))
        })
    }

    /// The DPO block and one of its registers.
    pub(crate) fn block_register(&self, id: &str) -> Result<(u8, Register), Judgement> {
        let context = self.context()?;
        let block = context.modbus.as_ref().and_then(super::ModbusSide::block);
        let block = block.ok_or_else(|| Judgement::Error("the target has no DPO block".into()))?;
        let register = block.map.registers.iter().find(|r| r.id == id).cloned();
        let register = register.ok_or_else(|| Judgement::Error(format!("{} has no {id}", block.map.id)))?;
        Ok((block.unit, register))
    }

    /// A number of the DPO block; `None` if it is not available.
    pub(crate) async fn block_number(&mut self, id: &str) -> Result<Option<f64>, Judgement> {
        let (unit, register) = self.block_register(id)?;
        let words = self.words(unit, &register).await?;
        Ok(engineering(&register, &words))
    }

    /// The name of what an enumeration of the DPO block holds.
    pub(crate) async fn block_symbol(&mut self, id: &str) -> Result<String, Judgement> {
        let (unit, register) = self.block_register(id)?;
        let words = self.words(unit, &register).await?;
        let raw = raw_number(&register, &words).unwrap_or(-1);
        let symbol = register.symbols.iter().find(|s| i128::from(s.value) == raw);
        symbol.map(|s| s.id.clone()).ok_or_else(|| Judgement::Fail(format!("{id} holds {raw}, no symbol")))
    }

    /// Writes whole registers of the DPO block that follow each other.
    pub(crate) async fn block_write(&mut self, id: &str, words: &[u16]) -> Result<Seen, Judgement> {
        let (unit, register) = self.block_register(id)?;
        let [a, b] = register.address.to_be_bytes();
        let count = u8::try_from(words.len()).map_err(|e| Judgement::Error(e.to_string()))?;
        let mut pdu = vec![0x10, a, b, 0, count, 2 * count];
        pdu.extend(words.iter().flat_map(|w| w.to_be_bytes()));
        self.modbus(unit, &pdu).await
    }

    /// The supplies on both interfaces: serial number, unit, the resource and its metrics.
    pub(crate) async fn pairs(&mut self) -> Result<Vec<Pair>, Judgement> {
        let context = self.context()?;
        let devices = context.modbus.as_ref().map(|m| m.devices.clone()).unwrap_or_default();
        let supplies = tree::supplies(self).await?;
        let mut pairs = Vec::new();
        for device in devices.iter().filter(|d| is_supply(d)) {
            let own = device.map.registers.iter().find(|r| r.links.redfish.as_deref() == Some(SERIAL));
            let Some(register) = own else { continue };
            let serial = text(&self.words(device.unit, register).await?);
            let resource = supplies.iter().find(|(supply, _)| {
                supply.get("SerialNumber").and_then(Value::as_str) == Some(serial.as_str())
            });
            let (supply, metrics) = resource.cloned().ok_or_else(|| {
                Judgement::Fail(format!("no power supply on Redfish has the serial number {serial:?}"))
            })?;
            pairs.push(Pair { device: device.clone(), serial, supply, metrics });
        }
        Ok(pairs)
    }
}

/// A supply on both interfaces.
pub(crate) struct Pair {
    pub(crate) device: Device,
    pub(crate) serial: String,
    pub(crate) supply: Value,
    pub(crate) metrics: Value,
}

/// The registers of a device that the map links to properties of a resource, by the name of the property.
pub(crate) fn linked<'a>(device: &'a Device, resource: &str) -> BTreeMap<String, &'a Register> {
    let fits = |register: &&Register| readable_access(register) && register.kind != Kind::Flags;
    let registers = device.map.registers.iter().filter(fits);
    registers
        .filter_map(|register| {
            let (own, property) = register.links.redfish.as_deref()?.split_once('.')?;
            (own == resource).then(|| (property.to_owned(), register))
        })
        .collect()
}

/// A quantity of a metrics resource: its reading, and the sensor it is a copy of.
pub(crate) fn reading(metrics: &Value, property: &str) -> Option<(f64, Option<String>)> {
    let value = metrics.get(property)?;
    let value = value.get(0).unwrap_or(value);
    let number = value.as_f64().or_else(|| value.get("Reading").and_then(Value::as_f64))?;
    let source = value.get("DataSourceUri").and_then(Value::as_str).map(str::to_owned);
    Some((number, source))
}
