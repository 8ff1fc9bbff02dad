//! What the PMBus commands of a simulated PSU hold.
//!
//! - **Modelled**: the READ commands but for fan 2 (as fan 1), VOUT_COMMAND (the 51 V setpoint of register 103),
//!   VIN_UV_FAULT_LIMIT and VIN_OV_FAULT_LIMIT (registers 101 and 102), FAN_COMMAND_1 (register 96; 0 is automatic),
//!   OPERATION (off and on; no margins), WRITE_PROTECT, SMBALERT_MASK, the STATUS commands, QUERY.
//! - **Constant**: PAGE (0), ON_OFF_CONFIG, CAPABILITY, VOUT_MODE (exponent -9), PMBUS_REVISION, the MFR commands.
//! - **Not there**: every other command of the map is unknown to it.
//!
//! Write enable of register 94 does not apply: PMBus has WRITE_PROTECT.

use dpo_registers::codec::pmbus::{Linear11, VoutMode};
use dpo_registers::generated::pmbus_psu::{Capability, OnOffConfig, Operation, Query, SET, StatusCml};
use dpo_registers::pmbus::{Code, CommandInfo, CommandSet, Format};

use crate::bus::pmbus::any::Any;
use crate::sim::clock::seconds;
use crate::sim::plant::Plant;
use crate::sim::psu::{Output, Psu};

use super::blackbox::BlackBox;
use super::status::{self, Status};
use super::target::Commands;

/// Linear, exponent -9: 2 mV, up to 128 V.
const MODE: VoutMode = VoutMode(0x17);
const READY: OnOffConfig = OnOffConfig::CONTROLLED.union(OnOffConfig::OPERATION_OBEYED);

/// What PMBus adds to a PSU.
#[derive(Debug, Default)]
pub(super) struct PsuBus {
    pub(super) status: Status,
    protect: u8,
    box_: BlackBox,
}

impl PsuBus {
    /// Looks for faults, and records new ones.
    pub(super) fn look(&mut self, plant: &Plant, slot: usize) {
        let Some(psu) = plant.psus.get(slot) else { return };
        if !psu.present {
            // Pulled out: settings, faults and record are those of another unit then.
            *self = Self::default();
        } else if self.status.look(plant, psu) {
            let number = |value| Linear11::from_value(value).unwrap_or_default().0;
            let vout = MODE.word(output_v(plant, psu), None).unwrap_or_default();
            let words = [
                self.status.word(psu).bits(),
                number(plant.ac_v),
                vout,
                number(psu.output_a),
                number(psu.output_w),
            ];
            self.box_.record(seconds(plant.now) as u32, words);
        }
    }
}

/// One PSU during one byte on the wire.
pub(super) struct PsuCommands<'a> {
    plant: &'a mut Plant,
    slot: usize,
    bus: &'a mut PsuBus,
}

impl<'a> PsuCommands<'a> {
    pub(super) fn new(plant: &'a mut Plant, slot: usize, bus: &'a mut PsuBus) -> Self {
        Self { plant, slot, bus }
    }

    fn value(&self, info: &CommandInfo) -> Option<Any> {
        let (plant, psu) = (&*self.plant, self.plant.psus.get(self.slot)?);
        let p = &psu.parameters;
        let bits = |code| Any::Bits(self.bus.status.bits(code, psu).into());
        let text = |text: &str| Any::Text(text.to_owned());
        Some(match info.id {
            "page" => Any::Number(0.0),
            "operation" => Any::Bits(if psu.switched_off() { 0 } else { Operation::ON.bits().into() }),
            "on_off_config" => Any::Bits(READY.bits().into()),
            "write_protect" => Any::Bits(self.bus.protect.into()),
            "capability" => Any::Bits(Capability::PEC.union(Capability::SMBALERT).bits().into()),
            "vout_mode" => Any::Bits(MODE.0.into()),
            "vout_command" => Any::Number(psu.controls.setpoint_h_v),
            "fan_command_1" => Any::Number(f64::from(psu.controls.fan_override_percent)),
            "vin_ov_fault_limit" => Any::Number(psu.controls.vin_max_v),
            "vin_uv_fault_limit" => Any::Number(psu.controls.vin_min_v),
            // The low byte of the word.
            "status_byte" => Any::Bits(u64::from(self.bus.status.word(psu).bits()) & 0xFF),
            "status_word" => Any::Bits(self.bus.status.word(psu).bits().into()),
            "status_vout" => bits(status::VOUT),
            "status_iout" => bits(status::IOUT),
            "status_input" => bits(status::INPUT),
            "status_temperature" => bits(status::TEMPERATURE),
            "status_cml" => bits(status::CML),
            "read_vin" => Any::Number(plant.ac_v),
            "read_iin" => Any::Number(psu.input_a(plant.ac_v, plant.ac_hz)),
            "read_vcap" => Any::Number(psu.bulk_v()),
            "read_vout" => Any::Number(output_v(plant, psu)),
            "read_iout" => Any::Number(psu.output_a),
            "read_temperature_1" => Any::Number(psu.inlet_c),
            "read_temperature_2" => Any::Number(psu.outlet_c),
            "read_fan_speed_1" | "read_fan_speed_2" => Any::Number(psu.fan_rpm),
            "read_pout" => Any::Number(psu.output_w),
            "read_pin" => Any::Number(psu.input_w),
            "pmbus_revision" => Any::Bits(0x33),
            "mfr_id" => text("DPO-SIM"),
            "mfr_model" => text("DPO-SIM PSU-3000"),
            "mfr_revision" => text(env!("CARGO_PKG_VERSION")),
            "mfr_date" => text("SIMULATED"),
            "mfr_serial" => Any::Text(format!("DPO-SIM-PSU-{:04}", self.slot + 1)),
            "mfr_vin_min" => Any::Number(p.ac_derate_v),
            "mfr_vin_max" => Any::Number(p.ac_max_v),
            "mfr_iout_max" => Any::Number(p.full_current_a),
            "mfr_pout_max" => Any::Number(p.rated_power_w),
            _ => return None,
        })
    }

    fn query(&self, code: u8) -> Query {
        let known = SET.by_code(Code { first: code, extended: None }).filter(|info| self.knows(info));
        let Some(info) = known else { return Query(0) };
        let numbers = matches!(info.format, Format::Linear11 | Format::Ulinear16 | Format::Slinear16);
        // LINEAR is 0; 7 is no number.
        let format = if numbers { Query(0) } else { Query(7 << 2) };
        [(info.read.is_some(), Query::READ), (info.write.is_some(), Query::WRITE)]
            .into_iter()
            .filter(|(has, _)| *has)
            .fold(Query::SUPPORTED.union(format), |all, (_, bit)| all.union(bit))
    }

    /// Acts on a value that format and limits of the map allow.
    fn set(&mut self, info: &CommandInfo, value: &Any) -> bool {
        let Some(psu) = self.plant.psus.get_mut(self.slot) else { return false };
        let status = match info.id {
            "status_vout" => Some(status::VOUT),
            "status_iout" => Some(status::IOUT),
            "status_input" => Some(status::INPUT),
            "status_temperature" => Some(status::TEMPERATURE),
            "status_cml" => Some(status::CML),
            _ => None,
        };
        match (info.id, value, status) {
            (_, Any::Bits(bits), Some(code)) => self.bus.status.clear(code, *bits as u8),
            ("clear_faults", ..) => self.bus.status.clear_all(),
            // One page; FFh is all of them.
            ("page", Any::Number(page), _) => return *page == 0.0 || *page == 255.0,
            ("operation", Any::Bits(bits), _) => match *bits {
                0x00 | 0x40 => psu.switch(false),
                0x80 => psu.switch(true),
                _ => return false,
            },
            ("on_off_config", Any::Bits(bits), _) => return *bits == u64::from(READY.bits()),
            ("write_protect", Any::Bits(bits), _) => self.bus.protect = *bits as u8,
            ("vout_command", Any::Number(volts), _) => psu.controls.setpoint_h_v = *volts,
            ("fan_command_1", Any::Number(percent), _) => {
                psu.controls.fan_override_percent = percent.round() as u16;
            }
            ("vin_uv_fault_limit", Any::Number(volts), _) if *volts < psu.controls.vin_max_v => {
                psu.controls.vin_min_v = volts.max(0.0);
            }
            ("vin_ov_fault_limit", Any::Number(volts), _) if *volts > psu.controls.vin_min_v => {
                psu.controls.vin_max_v = *volts;
            }
            _ => return false,
        }
        self.plant.balance();
        true
    }
}

impl Commands for PsuCommands<'_> {
    fn set(&self) -> &'static CommandSet {
        &SET
    }

    fn knows(&self, info: &CommandInfo) -> bool {
        matches!(info.id, "clear_faults" | "query" | "smbalert_mask" | "mfr_blackbox")
            || self.value(info).is_some()
    }

    fn read(&mut self, info: &'static CommandInfo, request: &[u8]) -> Option<Vec<u8>> {
        match (info.id, request) {
            ("query", [code]) => Some(vec![self.query(*code).bits()]),
            ("smbalert_mask", [code]) => Some(vec![self.bus.status.mask(*code)?]),
            ("mfr_blackbox", []) => Some(self.bus.box_.part()),
            _ => {
                let value = self.value(info)?;
                // A reading may be beyond what may be written.
                let shown = CommandInfo { range: None, limits: None, ..*info };
                Some(value.encode(&shown, Some(MODE)).ok()?.as_slice().to_vec())
            }
        }
    }

    fn write(&mut self, info: &'static CommandInfo, request: &[u8], data: &[u8]) -> bool {
        if let ("smbalert_mask", [code], [mask]) = (info.id, request, data) {
            return self.bus.status.set_mask(*code, *mask);
        }
        let Ok(value) = Any::decode(info, data, Some(MODE)) else { return false };
        // Reserved bits of a status command do not matter; any other value must be one of the map.
        let clears = info.access == dpo_registers::map::Access::WriteOneToClear;
        (clears || value.encode(info, Some(MODE)).is_ok()) && self.set(info, &value)
    }

    fn protection(&self) -> u8 {
        self.bus.protect
    }

    fn fault(&mut self, bit: StatusCml) {
        self.bus.status.fault(bit);
    }
}

/// Before the ORing stage a unit without current sees its own line.
fn output_v(plant: &Plant, psu: &Psu) -> f64 {
    if psu.output == Output::On && psu.output_a > 0.0 { plant.bus_v } else { psu.output_line_v() }
}
