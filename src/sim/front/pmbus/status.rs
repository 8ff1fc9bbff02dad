//! The STATUS commands of a simulated PSU: bits that stay until they are cleared, their summary, SMBALERT#.

use std::collections::BTreeMap;

use dpo_registers::generated::pmbus_psu::{
    StatusCml, StatusInput, StatusIout, StatusTemperature, StatusVout, StatusWord, cmd,
};
use dpo_registers::pmbus::Command;

use crate::sim::plant::Plant;
use crate::sim::psu::{Output, Psu};

/// Codes of the status commands with latched bits.
pub(super) const VOUT: u8 = <cmd::StatusVout as Command>::INFO.code.first;
pub(super) const IOUT: u8 = <cmd::StatusIout as Command>::INFO.code.first;
pub(super) const INPUT: u8 = <cmd::StatusInput as Command>::INFO.code.first;
pub(super) const TEMPERATURE: u8 = <cmd::StatusTemperature as Command>::INFO.code.first;
pub(super) const CML: u8 = <cmd::StatusCml as Command>::INFO.code.first;
/// All of them.
pub(super) const LATCHED: [u8; 5] = [VOUT, IOUT, INPUT, TEMPERATURE, CML];

/// Faults of a PSU as PMBus shows them.
#[derive(Debug, Default)]
pub(super) struct Status {
    /// Bits by the code of their command.
    held: BTreeMap<u8, u8>,
    /// SMBALERT_MASK, by the same code.
    masks: BTreeMap<u8, u8>,
    alert: bool,
    /// Counters of the PSU when it was last looked at.
    outages: u32,
    faults: u32,
}

impl Status {
    /// Sets what is wrong now, or was since the last look. True if there is something new.
    pub(super) fn look(&mut self, plant: &Plant, psu: &Psu) -> bool {
        let low_now = !psu.ac_ok && plant.ac_v < psu.controls.vin_min_v;
        let high_now = !psu.ac_ok && plant.ac_v > psu.controls.vin_max_v;
        let outage = psu.ac_outages != self.outages;
        let trip = psu.faults != self.faults;
        (self.outages, self.faults) = (psu.ac_outages, psu.faults);
        let hot = psu.outlet_c > psu.parameters.outlet_alarm_c || psu.inlet_c > psu.parameters.inlet_alarm_c;
        let no_output = psu.ac_ok && psu.output != Output::On && !psu.switched_off();
        let causes = [
            (INPUT, low_now || outage && !high_now, StatusInput::VIN_UV_FAULT.bits()),
            (INPUT, high_now, StatusInput::VIN_OV_FAULT.bits()),
            (VOUT, trip && psu.trips.over_voltage, StatusVout::OV_FAULT.bits()),
            (VOUT, no_output, StatusVout::UV_FAULT.bits()),
            (IOUT, trip && psu.trips.over_current, StatusIout::OC_FAULT.bits()),
            (TEMPERATURE, hot, StatusTemperature::OT_WARNING.bits()),
        ];
        let before = self.held.clone();
        for (code, present, bit) in causes {
            if present {
                self.set(code, bit);
            }
        }
        before != self.held
    }

    /// A fault of the communication.
    pub(super) fn fault(&mut self, bit: StatusCml) {
        self.set(CML, bit.bits());
    }

    fn set(&mut self, code: u8, bit: u8) {
        let held = self.held.entry(code).or_default();
        let mask = self.masks.get(&code).copied().unwrap_or(0);
        self.alert |= bit & !*held & !mask != 0;
        *held |= bit;
    }

    /// Bits of a status command; those that follow the present state included.
    pub(super) fn bits(&self, code: u8, psu: &Psu) -> u8 {
        let held = self.held.get(&code).copied().unwrap_or(0);
        let off = code == INPUT && !psu.ac_ok && psu.output != Output::On;
        held | if off { StatusInput::OFF_FOR_LOW_INPUT.bits() } else { 0 }
    }

    /// STATUS_WORD.
    pub(super) fn word(&self, psu: &Psu) -> StatusWord {
        let bits = |code| self.bits(code, psu);
        let (vout, iout, input) = (bits(VOUT), bits(IOUT), bits(INPUT));
        let over = vout & StatusVout::OV_FAULT.bits();
        let current = iout & StatusIout::OC_FAULT.bits();
        let low = input & StatusInput::VIN_UV_FAULT.bits();
        let live = StatusInput::OFF_FOR_LOW_INPUT.bits();
        let off = psu.output != Output::On;
        [
            ((vout & !over) | (iout & !current) | (input & !low & !live) != 0, StatusWord::NONE_OF_THE_ABOVE),
            (bits(CML) != 0, StatusWord::CML),
            (bits(TEMPERATURE) != 0, StatusWord::TEMPERATURE),
            (low != 0, StatusWord::VIN_UV_FAULT),
            (current != 0, StatusWord::IOUT_OC_FAULT),
            (over != 0, StatusWord::VOUT_OV_FAULT),
            (off, StatusWord::OFF.union(StatusWord::POWER_GOOD_N)),
            (input != 0, StatusWord::INPUT),
            (iout != 0, StatusWord::IOUT_POUT),
            (vout != 0, StatusWord::VOUT),
        ]
        .into_iter()
        .filter(|(set, _)| *set)
        .fold(StatusWord(0), |all, (_, bit)| all.union(bit))
    }

    /// Clears the bits of one status command that are 1 in `bits`.
    pub(super) fn clear(&mut self, code: u8, bits: u8) {
        if let Some(held) = self.held.get_mut(&code) {
            *held &= !bits;
        }
        self.alert &= self.held.values().any(|held| *held != 0);
    }

    /// CLEAR_FAULTS.
    pub(super) fn clear_all(&mut self) {
        self.held.clear();
        self.alert = false;
    }

    /// SMBALERT_MASK of a status command; `None` for a command without bits.
    pub(super) fn mask(&self, code: u8) -> Option<u8> {
        LATCHED.contains(&code).then(|| self.masks.get(&code).copied().unwrap_or(0))
    }

    /// Sets a mask; false for a command without bits.
    pub(super) fn set_mask(&mut self, code: u8, mask: u8) -> bool {
        let known = LATCHED.contains(&code);
        if known {
            self.masks.insert(code, mask);
        }
        known
    }

    /// Whether it pulls SMBALERT#.
    pub(super) fn alert(&self) -> bool {
        self.alert
    }

    /// It was asked by the alert response address, and lets go.
    pub(super) fn acknowledge(&mut self) {
        self.alert = false;
    }
}
