//! A power supply on PMBus: from its commands to a [`PsuReading`].

use std::sync::Arc;

use dpo_registers::generated::pmbus_psu::{Query, QueryRequest, cmd};
use dpo_registers::map::Modality;
use dpo_registers::units::{Celsius, Hertz, Quantity, Rpm, Volts};

use crate::bus::pmbus::any::Any;
use crate::bus::pmbus::status::Status;
use crate::bus::pmbus::{Device, PmbusError};
use crate::shelf::reading::{Alarm, Identity, PsuReading};

/// The setpoint of the output voltage.
pub const SETPOINT: &str = "vout_command";

/// Bits of the summary that no detail repeats.
const SUMMARY: [&str; 3] = ["off", "power_good_n", "busy"];
/// These are not alarms: somebody asked for a command that the supply does not know (P2 17.9 has it so).
const QUIET: [(&str, &str); 1] = [("status_cml", "invalid_command")];

/// A supply, and what it said last.
#[derive(Debug)]
pub struct Supply {
    device: Arc<Device>,
    reading: PsuReading,
    /// Optional commands that it has, once they were asked for.
    optional: Option<Vec<&'static str>>,
}

impl Supply {
    /// The supply behind `device`; nothing is known of it yet.
    pub fn new(device: Arc<Device>) -> Self {
        Self { device, reading: PsuReading::default(), optional: None }
    }

    /// What it said last.
    pub fn reading(&self) -> &PsuReading {
        &self.reading
    }

    /// Reads what changes fast: input, output, faults.
    ///
    /// # Errors
    /// The first [`PmbusError`]; what was read before it is kept.
    pub async fn read_fast(&mut self) -> Result<(), PmbusError> {
        let device = &self.device;
        self.reading.input_voltage = Some(device.read::<cmd::ReadVin>().await?);
        self.reading.input_current = Some(device.read::<cmd::ReadIin>().await?);
        self.reading.input_power = Some(device.read::<cmd::ReadPin>().await?);
        self.reading.output_voltage = Some(device.read::<cmd::ReadVout>().await?);
        self.reading.output_current = Some(device.read::<cmd::ReadIout>().await?);
        self.reading.output_power = Some(device.read::<cmd::ReadPout>().await?);
        self.reading.alarms = alarms(&device.status(false).await?);
        let (volts, amperes, watts) =
            (self.reading.input_voltage, self.reading.input_current, self.reading.input_power);
        self.reading.power_factor = None;
        if let (Some(volts), Some(amperes), Some(watts)) = (volts, amperes, watts)
            && volts.0 * amperes.0 > 0.0
        {
            let factor = watts.0 / (volts.0 * amperes.0);
            self.reading.power_factor = Some(dpo_registers::units::Ratio::new(factor.clamp(0.0, 1.0)));
        }
        Ok(())
    }

    /// Reads the rest: the setpoint, temperatures, fans; at the first time also who it is and what it can.
    ///
    /// # Errors
    /// The first [`PmbusError`]; what was read before it is kept.
    pub async fn read_slow(&mut self) -> Result<(), PmbusError> {
        if self.optional.is_none() {
            self.optional = Some(self.ask_optional().await?);
            self.reading.identity = self.identity().await?;
        }
        self.reading.output_voltage_setpoint = Some(self.setpoint().await?);
        self.reading.inlet_temperature = self.number("read_temperature_1").await?.map(Celsius);
        self.reading.outlet_temperature = self.number("read_temperature_2").await?.map(Celsius);
        self.reading.bulk_voltage = self.number("read_vcap").await?.map(Volts);
        self.reading.input_frequency = self.number("read_frequency").await?.map(|khz| Hertz(khz * 1000.0));
        let mut fans = Vec::new();
        for id in ["read_fan_speed_1", "read_fan_speed_2", "read_fan_speed_3", "read_fan_speed_4"] {
            fans.extend(self.number(id).await?.map(Rpm));
        }
        self.reading.fans = fans;
        Ok(())
    }

    /// The setpoint. A supply without one is none that can be steered, and not taken in.
    async fn setpoint(&self) -> Result<Volts, PmbusError> {
        self.device.read::<cmd::VoutCommand>().await
    }

    /// The optional commands that the supply says to have. Asking for one that it does not know is a fault to it, so
    /// without QUERY none is taken for granted.
    async fn ask_optional(&self) -> Result<Vec<&'static str>, PmbusError> {
        let set = self.device.set();
        let optional = set.commands.iter().filter(|c| c.modality != Modality::Mandatory && c.read.is_some());
        let mut found = Vec::new();
        for info in optional.filter(|c| c.id.starts_with("read_") || c.id.starts_with("mfr_")) {
            let request = QueryRequest { command: info.code.first };
            match self.device.ask::<cmd::Query>(&request).await {
                Ok(told) if told.contains(Query::SUPPORTED.union(Query::READ)) => found.push(info.id),
                Ok(_) => {}
                Err(error) if error.refused() => return Ok(Vec::new()),
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    /// Whether the supply has a command, as far as is known.
    fn has(&self, id: &str) -> bool {
        let mandatory = self.device.set().command(id).is_some_and(|c| c.modality == Modality::Mandatory);
        mandatory || self.optional.as_ref().is_some_and(|ids| ids.contains(&id))
    }

    async fn number(&self, id: &str) -> Result<Option<f64>, PmbusError> {
        if !self.has(id) {
            return Ok(None);
        }
        Ok(match self.device.read_any(self.device.command(id)?, &[]).await? {
            Any::Number(number) => Some(number),
            _ => None,
        })
    }

    async fn text(&self, id: &str) -> Result<Option<String>, PmbusError> {
        if !self.has(id) {
            return Ok(None);
        }
        Ok(match self.device.read_any(self.device.command(id)?, &[]).await {
            Ok(Any::Text(text)) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Ok(_) => None,
            // A supply that was never given a name answers with an empty block, or not at all.
            Err(error) if error.refused() => None,
            Err(error) => return Err(error),
        })
    }

    async fn identity(&self) -> Result<Identity, PmbusError> {
        Ok(Identity {
            manufacturer: self.text("mfr_id").await?,
            model: self.text("mfr_model").await?,
            part_number: None,
            serial: self.text("mfr_serial").await?,
            hardware: self.text("mfr_revision").await?,
            firmware: None,
            date: self.text("mfr_date").await?,
        })
    }
}

/// The faults and warnings that are set.
fn alarms(status: &Status) -> Vec<Alarm> {
    let mut set = Vec::new();
    let summary = status.summary.iter().map(|(info, word)| (*info, u64::from(*word), true));
    let details = status.details.iter().map(|(info, byte)| (*info, u64::from(*byte), false));
    for (info, value, summary) in summary.chain(details) {
        for bit in info.bits.iter().filter(|bit| bit.mask() & value != 0) {
            let told = !summary || SUMMARY.contains(&bit.id);
            if told && !QUIET.contains(&(info.id, bit.id)) {
                set.push(Alarm { register: info.id, bit: bit.id, name: bit.name });
            }
        }
    }
    set
}

#[cfg(test)]
mod tests {
    use dpo_registers::generated::pmbus_psu::SET;

    use super::*;

    #[test]
    fn the_names_used_here_are_in_the_map() {
        assert!(SET.command(SETPOINT).unwrap().access.writable());
        let word = SET.command("status_word").unwrap();
        for id in SUMMARY {
            assert!(word.bits.iter().any(|bit| bit.id == id), "{id}");
        }
        for (command, id) in QUIET {
            assert!(SET.command(command).unwrap().bits.iter().any(|bit| bit.id == id), "{id}");
        }
    }

    #[test]
    fn a_detail_is_an_alarm_and_its_summary_is_not_told_twice() {
        let (word, input) = (SET.command("status_word").unwrap(), SET.command("status_input").unwrap());
        let cml = SET.command("status_cml").unwrap();
        let status = Status { summary: Some((word, 0x284A)), details: vec![(input, 0x10), (cml, 0x80)] };
        let named: Vec<_> = alarms(&status).iter().map(|a| (a.register, a.bit)).collect();
        let expected =
            [("status_word", "off"), ("status_word", "power_good_n"), ("status_input", "vin_uv_fault")];
        assert_eq!(named, expected);
        assert!(alarms(&Status { summary: None, details: Vec::new() }).is_empty());
    }
}
