//! Every quantity of the shelf as a sensor: one list for sensors, metrics and their links.
//!
//! Readings are the decoded register values, unchanged. A quantity of a device that does not answer has
//! no reading: the last one would look like a live one.

use std::time::SystemTime;

use dpo_registers::map::PollClass;

use super::meter::Totals;
use super::resource::{SensorExcerpt, excerpt};
use super::uri;
use crate::gateway::Snapshot;
use crate::shelf::reading::{BbuReading, DeviceView, Presence, PsuReading};
use crate::shelf::{bbu as bbu_map, psu as psu_map};

/// Kind of a quantity: Redfish `ReadingType` and UCUM unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Voltage,
    Current,
    Power,
    Frequency,
    Temperature,
    Rotational,
    Percent,
    ChargeAh,
    EnergyJoules,
    EnergykWh,
}

impl Kind {
    pub(crate) fn reading_type(self) -> &'static str {
        match self {
            Self::Voltage => "Voltage",
            Self::Current => "Current",
            Self::Power => "Power",
            Self::Frequency => "Frequency",
            Self::Temperature => "Temperature",
            Self::Rotational => "Rotational",
            Self::Percent => "Percent",
            Self::ChargeAh => "ChargeAh",
            Self::EnergyJoules => "EnergyJoules",
            Self::EnergykWh => "EnergykWh",
        }
    }

    pub(crate) fn unit(self) -> &'static str {
        match self {
            Self::Voltage => "V",
            Self::Current => "A",
            Self::Power => "W",
            Self::Frequency => "Hz",
            Self::Temperature => "Cel",
            Self::Rotational => "{rev}/min",
            Self::Percent => "%",
            Self::ChargeAh => "A.h",
            Self::EnergyJoules => "J",
            Self::EnergykWh => "kW.h",
        }
    }
}

/// Where a number comes from (Redfish `Implementation`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The device measures it.
    PhysicalSensor,
    /// The device reports it, without measuring.
    Reported,
    /// The gateway computes it from several devices.
    Synthesized,
}

impl Origin {
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::PhysicalSensor => "PhysicalSensor",
            Self::Reported => "Reported",
            Self::Synthesized => "Synthesized",
        }
    }
}

/// One quantity.
#[derive(Debug, Clone)]
pub(crate) struct Quantity {
    /// Identifier of the sensor, for example `PSU1InputVoltage`.
    pub(crate) id: String,
    /// Identifier within the device, for example `InputVoltage`.
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) origin: Origin,
    pub(crate) reading: Option<f64>,
    /// Power factor, with an AC power.
    pub(crate) power_factor: Option<f64>,
    /// Redfish `PhysicalContext` and `PhysicalSubContext`.
    pub(crate) context: (&'static str, Option<&'static str>),
    pub(crate) presence: Presence,
    pub(crate) time: Option<SystemTime>,
    /// URI of what it belongs to.
    pub(crate) related: String,
    /// What is in doubt about the reading.
    pub(crate) doubt: Option<String>,
}

impl Quantity {
    /// Whether the quantity is of all conductors together: a power, or a DC voltage or current. Of an AC
    /// voltage or current nobody tells whether it is from line to line or to neutral.
    pub(crate) fn total_of_conductors(&self) -> bool {
        match self.kind {
            Kind::Power | Kind::EnergykWh | Kind::Frequency => true,
            // A sum over all supplies, whatever conductors each is on.
            Kind::Current if self.origin == Origin::Synthesized => true,
            Kind::Voltage | Kind::Current => self.context.1 != IN,
            _ => false,
        }
    }
}

impl Kind {
    /// Whether the place in the wiring belongs to it (`ElectricalContext`).
    pub(crate) fn is_electrical(self) -> bool {
        matches!(
            self,
            Self::Voltage
                | Self::Current
                | Self::Power
                | Self::Frequency
                | Self::EnergykWh
                | Self::EnergyJoules
        )
    }
}

/// Collects the quantities of one device.
struct Of {
    prefix: String,
    name: String,
    presence: Presence,
    /// When the oldest of the registers that are read in each cycle was read.
    time: Option<SystemTime>,
    /// The same for those that are read once in some cycles.
    slow: Option<SystemTime>,
    related: String,
    list: Vec<Quantity>,
}

/// Beginnings of the names of readings whose registers are of the slow poll class.
const SLOW: [&str; 9] = [
    "OutputVoltageSetpoint",
    "InletTemperature",
    "OutletTemperature",
    "Fan",
    "StateOfHealth",
    "DesignCapacity",
    "ChargingCurrent",
    "CellVoltage",
    "Temperature",
];

type Place = (&'static str, Option<&'static str>);
const IN: Option<&str> = Some("Input");
const OUT: Option<&str> = Some("Output");

impl Of {
    fn add(
        &mut self,
        key: &str,
        name: &str,
        kind: Kind,
        place: Place,
        reading: Option<f64>,
    ) -> &mut Quantity {
        self.list.push(Quantity {
            id: format!("{}{key}", self.prefix),
            key: key.to_owned(),
            name: format!("{} {name}", self.name),
            kind,
            origin: Origin::PhysicalSensor,
            reading: reading.filter(|_| self.presence == Presence::Present),
            power_factor: None,
            context: place,
            presence: self.presence,
            time: if SLOW.iter().any(|slow| key.starts_with(slow)) { self.slow } else { self.time },
            related: self.related.clone(),
            doubt: None,
        });
        let last = self.list.len() - 1;
        &mut self.list[last]
    }
}

/// The identifier of the power supply in a slot.
pub(crate) fn psu_id(slot: u8) -> String {
    format!("PSU{slot}")
}

/// The identifier of the battery in a slot.
pub(crate) fn bbu_id(slot: u8) -> String {
    format!("BBU{slot}")
}

/// The quantities of a power supply.
pub(crate) fn psu(view: &DeviceView<PsuReading>) -> Vec<Quantity> {
    use Kind::{Current, Frequency, Power, Rotational, Temperature, Voltage};
    let r = &view.reading;
    let mut of = Of {
        prefix: psu_id(view.slot),
        name: format!("PSU {}", view.slot),
        presence: view.presence,
        time: view.oldest_time(psu_map::MAP, PollClass::Fast),
        slow: view.oldest_time(psu_map::MAP, PollClass::Slow),
        related: format!("{}/{}", uri::POWER_SUPPLIES, psu_id(view.slot)),
        list: Vec::new(),
    };
    let (input, output) = (("PowerSupply", IN), ("PowerSupply", OUT));
    of.add("InputVoltage", "input voltage", Voltage, input, r.input_voltage.map(|v| v.0));
    of.add("InputCurrent", "input current", Current, input, r.input_current.map(|v| v.0));
    let power = of.add("InputPower", "input power", Power, input, r.input_power.map(|v| v.0));
    power.power_factor = r.power_factor.map(|v| v.0).filter(|_| view.presence == Presence::Present);
    of.add("InputFrequency", "input frequency", Frequency, input, r.input_frequency.map(|v| v.0));
    of.add("OutputVoltage", "output voltage", Voltage, output, r.output_voltage.map(|v| v.0));
    of.add("OutputCurrent", "output current", Current, output, r.output_current.map(|v| v.0));
    of.add("OutputPower", "output power", Power, output, r.output_power.map(|v| v.0));
    let setpoint = r.output_voltage_setpoint.map(|v| v.0);
    of.add("OutputVoltageSetpoint", "output voltage setpoint", Voltage, output, setpoint).origin =
        Origin::Reported;
    let inside = ("PowerSupply", None);
    of.add("BulkVoltage", "bulk capacitor voltage", Voltage, inside, r.bulk_voltage.map(|v| v.0));
    let (inlet, outlet) = (r.inlet_temperature.map(|v| v.0), r.outlet_temperature.map(|v| v.0));
    of.add("InletTemperature", "inlet temperature", Temperature, ("Intake", None), inlet);
    of.add("OutletTemperature", "outlet temperature", Temperature, ("Exhaust", None), outlet);
    for (n, fan) in (1..).zip(&r.fans) {
        of.add(&format!("Fan{n}"), &format!("fan {n}"), Rotational, ("Fan", None), Some(fan.0));
    }
    of.list
}

/// The quantities of a battery.
pub(crate) fn bbu(view: &DeviceView<BbuReading>) -> Vec<Quantity> {
    use Kind::{ChargeAh, Current, Percent, Temperature, Voltage};
    let r = &view.reading;
    let mut of = Of {
        prefix: bbu_id(view.slot),
        name: format!("BBU {}", view.slot),
        presence: view.presence,
        time: view.oldest_time(bbu_map::MAP, PollClass::Fast),
        slow: view.oldest_time(bbu_map::MAP, PollClass::Slow),
        related: format!("{}/{}", uri::BATTERIES, bbu_id(view.slot)),
        list: Vec::new(),
    };
    let pack = ("Battery", None);
    let mut report = |key: &str, name: &str, kind, reading| {
        of.add(key, name, kind, pack, reading).origin = Origin::Reported;
    };
    report("StateOfCharge", "state of charge", Percent, r.state_of_charge.map(|v| v.0));
    report("StateOfHealth", "state of health", Percent, r.state_of_health.map(|v| v.0));
    report("RemainingCapacity", "remaining capacity", ChargeAh, r.remaining_capacity.map(|v| v.0));
    report("FullCapacity", "capacity of the full pack", ChargeAh, r.full_capacity.map(|v| v.0));
    report("DesignCapacity", "design capacity", ChargeAh, r.design_capacity.map(|v| v.0));
    report("ChargingCurrent", "charging current limit", Current, r.charging_current.map(|v| v.0));
    of.add("PackVoltage", "pack voltage", Voltage, pack, r.pack_voltage.map(|v| v.0));
    let current = r.pack_current.map(|v| v.0);
    let added = of.add("PackCurrent", "pack current, positive charging", Current, pack, current);
    added.doubt = Some(doubt("battery_current", view));
    of.add("BusbarVoltage", "busbar voltage", Voltage, ("DCBus", None), r.busbar_voltage.map(|v| v.0));
    for (n, cell) in (1..).zip(&r.cell_voltages) {
        let (key, name) = (format!("CellVoltage{n}"), format!("voltage of cell {n}"));
        of.add(&key, &name, Voltage, pack, Some(cell.0));
    }
    for (n, temperature) in (1..).zip(&r.temperatures) {
        let (key, name) = (format!("Temperature{n}"), format!("temperature {n}"));
        of.add(&key, &name, Temperature, pack, Some(temperature.0));
    }
    of.list
}

/// What to say of a register on whose scale the sources of its map disagree.
fn doubt(register: &str, view: &DeviceView<BbuReading>) -> String {
    let (map, reading) = (view.map, view.readings.name(register));
    format!("The sources of the map {map} disagree on the scale of {register}; it is read as {reading}.")
}

/// The sums over the shelf.
pub(crate) fn shelf(snapshot: &Snapshot) -> Vec<Quantity> {
    use Kind::{EnergyJoules, Frequency, Percent, Power, Voltage};
    let t = &snapshot.totals;
    let mut of = Of {
        prefix: "Shelf".to_owned(),
        name: "Shelf".to_owned(),
        presence: Presence::Present,
        time: Some(snapshot.time),
        // Temperatures are as old as the oldest one among the supplies.
        slow: there(snapshot).filter_map(|v| v.oldest_time(psu_map::MAP, PollClass::Slow)).min(),
        related: uri::SHELF.to_owned(),
        list: Vec::new(),
    };
    let mut add = |key: &str, name: &str, kind, place, reading| {
        of.add(key, name, kind, place, reading).origin = Origin::Synthesized;
    };
    let input = ("PowerSubsystem", IN);
    add("InputPower", "input power", Power, input, t.input_power.map(|v| v.0));
    add("InputVoltage", "input voltage", Voltage, input, t.input_voltage.map(|v| v.0));
    add("InputFrequency", "input frequency", Frequency, input, t.input_frequency.map(|v| v.0));
    if let Some(fast) = &snapshot.fast {
        let ac = fast.ac.as_ref().map(|ac| &ac.reading);
        for (phase, n) in (1..).zip(0..3) {
            let volts = ac.and_then(|ac| ac.rms.get(n)).map(|v| v.0);
            add(&format!("InputVoltageL{phase}"), &format!("input voltage L{phase}"), Voltage, input, volts);
        }
        let hz = ac.and_then(|ac| ac.frequency).map(|hz| hz.0);
        add("MeasuredFrequency", "input frequency as the gateway measures it", Frequency, input, hz);
    }
    add("OutputPower", "output power", Power, ("PowerSubsystem", OUT), t.output_power.map(|v| v.0));
    let sum = |of: fn(&PsuReading) -> Option<f64>| fold(snapshot, of, |a, b| a + b);
    let current = sum(|r| r.input_current.map(|v| v.0));
    add("InputCurrent", "input current, sum over the power supplies", Kind::Current, input, current);
    let current = sum(|r| r.output_current.map(|v| v.0));
    let output = ("PowerSubsystem", OUT);
    add("OutputCurrent", "output current, sum over the power supplies", Kind::Current, output, current);
    let load = t.output_power.filter(|_| t.rated_power.0 > 0.0).map(|v| 100.0 * v.0 / t.rated_power.0);
    add("Load", "output power in percent of the rated power that is present", Percent, output, load);
    let inlet = fold(snapshot, |r| r.inlet_temperature.map(|v| v.0), f64::min);
    let name = "coolest air inlet of the power supplies";
    add("InletTemperature", name, Kind::Temperature, ("Intake", None), inlet);
    let outlet = fold(snapshot, |r| r.outlet_temperature.map(|v| v.0), f64::max);
    let name = "hottest air outlet of the power supplies";
    add("OutletTemperature", name, Kind::Temperature, ("Exhaust", None), outlet);
    add("BusVoltage", "busbar voltage", Voltage, ("DCBus", None), t.bus_voltage.map(|v| v.0));
    let battery = ("Battery", None);
    let power = t.battery_power.map(|v| v.0);
    add("BatteryPower", "battery power, positive discharging", Power, battery, power);
    add("StoredEnergy", "stored energy", EnergyJoules, battery, snapshot.energy.stored.map(|v| v.0));
    let charge = snapshot.energy.state_of_charge.map(|v| v.0);
    add("StateOfCharge", "mean state of charge", Percent, battery, charge);
    of.list
}

/// A reading of the power supplies that are there, put together.
fn fold(snapshot: &Snapshot, of: fn(&PsuReading) -> Option<f64>, with: fn(f64, f64) -> f64) -> Option<f64> {
    there(snapshot).filter_map(|v| of(&v.reading)).reduce(with)
}

/// The power supplies that are there.
fn there(snapshot: &Snapshot) -> impl Iterator<Item = &DeviceView<PsuReading>> {
    snapshot.psus.iter().filter(|v| v.presence == Presence::Present)
}

/// The energies that the gateway sums up.
pub(crate) fn energies(totals: &Totals) -> [Quantity; 2] {
    [("Input", IN, totals.input_kwh), ("Output", OUT, totals.output_kwh)].map(|(side, place, kwh)| Quantity {
        id: format!("Shelf{side}Energy"),
        key: format!("{side}Energy"),
        name: format!("Shelf {} energy", side.to_ascii_lowercase()),
        kind: Kind::EnergykWh,
        origin: Origin::Synthesized,
        reading: Some(kwh),
        power_factor: None,
        context: ("PowerSubsystem", place),
        presence: Presence::Present,
        time: Some(totals.time()),
        related: uri::SHELF.to_owned(),
        doubt: None,
    })
}

/// All quantities of the shelf.
pub(crate) fn all(snapshot: &Snapshot) -> Vec<Quantity> {
    let mut list = shelf(snapshot);
    list.extend(snapshot.psus.iter().flat_map(psu));
    list.extend(snapshot.bbus.iter().flat_map(bbu));
    list
}

/// The quantity with this sensor identifier. Looks only at the device the identifier begins with.
pub(crate) fn find(snapshot: &Snapshot, id: &str) -> Option<Quantity> {
    let slot = |prefix: &str| -> Option<u8> {
        let rest = id.strip_prefix(prefix)?;
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    let list = if let Some(slot) = slot("PSU") {
        psu(snapshot.psus.iter().find(|v| v.slot == slot)?)
    } else if let Some(slot) = slot("BBU") {
        bbu(snapshot.bbus.iter().find(|v| v.slot == slot)?)
    } else {
        shelf(snapshot)
    };
    list.into_iter().find(|q| q.id == id)
}

/// The excerpt of the quantity with this key; `None` if the device has no such quantity.
pub(crate) fn excerpt_of(list: &[Quantity], key: &str) -> Option<SensorExcerpt> {
    list.iter().find(|q| q.key == key).map(|q| excerpt(&q.id, q.reading))
}

/// The excerpts of all quantities whose key begins with `prefix` and ends with a number.
pub(crate) fn excerpts_of(list: &[Quantity], prefix: &str) -> Vec<SensorExcerpt> {
    let numbered = |q: &&Quantity| {
        q.key.strip_prefix(prefix).is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    list.iter().filter(numbered).map(|q| excerpt(&q.id, q.reading)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_quantities_do_not_mix_with_their_namesakes() {
        let mut view = DeviceView::<BbuReading> { slot: 1, ..Default::default() };
        view.reading.temperatures = vec![Default::default(); 2];
        view.reading.cell_voltages = vec![Default::default(); 3];
        let list = bbu(&view);
        assert_eq!(excerpts_of(&list, "Temperature").len(), 2);
        assert_eq!(excerpts_of(&list, "CellVoltage").len(), 3);
        assert_eq!(excerpts_of(&list, "Pack").len(), 0);
    }
}
