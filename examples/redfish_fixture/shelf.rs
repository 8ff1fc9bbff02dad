//! A made-up shelf: six PSUs (one absent), six BBUs (one lost), and a task in the place of the gateway.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use dpo_gateway::gateway::{
    Applied, CommandKind, Energy, Event, EventKind, GateError, GatewayFeed, LeaseView, Owner, PowerCycleView,
    PowerCycling, Setpoint, SetpointView, Severity, ShelfTotals, Snapshot,
};
use dpo_gateway::registers::units::{
    AmpereHours, Amperes, Celsius, Hertz, Joules, Percent, Ratio, Rpm, Seconds, Volts, Watts,
};
use dpo_gateway::shelf::choice::Readings;
use dpo_gateway::shelf::reading::{
    Alarm, BbuReading, ChargeState, DeviceView, Identity, Presence, PsuReading,
};

/// The shelf at its start. PSU 6 is absent, BBU 5 was lost, PSU 2 reports an alarm.
pub fn snapshot() -> Snapshot {
    let limits = |maximum| SetpointView { maximum: Watts(maximum), ..SetpointView::default() };
    Snapshot {
        sequence: 1,
        power_cycle: PowerCycleView { offered: (1..=6).collect(), under_way: None },
        totals: ShelfTotals {
            input_power: Some(Watts(10_250.0)),
            output_power: Some(Watts(9_900.5)),
            bus_voltage: Some(Volts(50.75)),
            input_voltage: Some(Volts(230.25)),
            input_frequency: Some(Hertz(50.0)),
            battery_power: Some(Watts(-120.0)),
            rated_power: Watts(15_000.0),
        },
        energy: Energy {
            stored: Some(Joules(3_600_000.0)),
            state_of_charge: Some(Percent(92.5)),
            time_left: None,
            ..Energy::default()
        },
        psus: (1..=6).map(psu).collect(),
        bbus: (1..=6).map(bbu).collect(),
        input_power_limit: SetpointView { minimum: Watts(1_000.0), ..limits(18_000.0) },
        bbu_discharge: limits(15_000.0),
        ..Snapshot::empty()
    }
}

fn identity(model: &str, slot: u8) -> Identity {
    let text = |t: &str| Some(t.to_owned());
    Identity {
        manufacturer: text("Example"),
        model: text(model),
        part_number: text("EX-0001"),
        serial: Some(format!("{model}-{slot:03}")),
        hardware: text("A0"),
        firmware: text("1.2"),
        date: text("01/2026"),
    }
}

fn view<T>(slot: u8, unit: u8, map: &'static str, presence: Presence, reading: T) -> DeviceView<T> {
    let last_seen = (presence != Presence::Absent).then(SystemTime::now);
    DeviceView {
        slot,
        unit,
        map,
        presence,
        last_seen,
        reading,
        readings: Readings::default(),
        words: Arc::default(),
        taken: Arc::default(),
    }
}

fn psu(slot: u8) -> DeviceView<PsuReading> {
    if slot == 6 {
        return view(slot, 199 + slot, "orv3-psu", Presence::Absent, PsuReading::default());
    }
    let alarm = Alarm { register: "general_alarm_status_register", bit: "fan_alarm", name: "Fan Alarm" };
    let reading = PsuReading {
        identity: identity("PSU", slot),
        input_voltage: Some(Volts(230.25)),
        input_current: Some(Amperes(9.0625)),
        input_power: Some(Watts(2_050.0)),
        input_frequency: Some(Hertz(50.0)),
        power_factor: Some(Ratio(0.982_421_875)),
        output_voltage: Some(Volts(50.748_046_875)),
        output_current: Some(Amperes(39.015_625)),
        output_power: Some(Watts(1_980.125)),
        bulk_voltage: Some(Volts(419.5)),
        inlet_temperature: Some(Celsius(24.5)),
        outlet_temperature: Some(Celsius(41.25)),
        fans: vec![Rpm(9_000.0), Rpm(9_100.0)],
        output_voltage_setpoint: Some(Volts(51.0)),
        uptime: Some(Seconds(86_400.0)),
        alarms: if slot == 2 { vec![alarm] } else { Vec::new() },
    };
    view(slot, 199 + slot, "orv3-psu", Presence::Present, reading)
}

fn bbu(slot: u8) -> DeviceView<BbuReading> {
    let reading = BbuReading {
        identity: identity("BBU", slot),
        charge_state: Some(ChargeState::Charging),
        state_of_charge: Some(Percent(92.5)),
        state_of_health: Some(Percent(99.0)),
        pack_voltage: Some(Volts(45.3125)),
        pack_current: Some(Amperes(0.5)),
        busbar_voltage: Some(Volts(50.75)),
        cell_voltages: (0..11).map(|n| Volts(4.0 + f64::from(n) / 1024.0)).collect(),
        temperatures: vec![Celsius(27.0), Celsius(28.5)],
        remaining_capacity: Some(AmpereHours(4.25)),
        full_capacity: Some(AmpereHours(4.6)),
        design_capacity: Some(AmpereHours(4.75)),
        cycle_count: Some(12),
        discharge_count: Some(31),
        charging_current: Some(Amperes(5.0)),
        alarms: Vec::new(),
    };
    let presence = if slot == 5 { Presence::Unavailable } else { Presence::Present };
    view(slot, 63 + slot, "orv3-bbu", presence, reading)
}

/// Plays the gateway: grants the lease, takes setpoints within their limits as if the devices had
/// confirmed them, and publishes snapshots. Leases do not run out here.
pub async fn play(mut feed: GatewayFeed) {
    let mut state = snapshot();
    feed.log(event(1, EventKind::DeviceLost, Severity::Critical, "bbu 5", "no longer answers"));
    feed.log(event(2, EventKind::AlarmRaised, Severity::Warning, "psu 2", "reports Fan Alarm"));
    let mut logged = 2;
    while let Some(command) = feed.commands.recv().await {
        let holder = state.lease.owner.clone();
        let other = |owner: &Owner| holder.as_ref().is_some_and(|held| held != owner);
        let remaining = state.lease.remaining;
        let held_by_other =
            || GateError::HeldByOther { owner: holder.clone().unwrap_or(command.owner.clone()), remaining };
        match command.kind {
            CommandKind::Acquire { duration, answer } => {
                let result = if other(&command.owner) {
                    Err(held_by_other())
                } else {
                    state.lease.owner = Some(command.owner);
                    state.lease.remaining = duration;
                    Ok(state.lease.clone())
                };
                let _ = answer.send(result);
            }
            CommandKind::Release { answer } => {
                let result = if holder.as_ref() == Some(&command.owner) {
                    state.lease = LeaseView::default();
                    (state.bus_voltage.requested, state.bus_voltage.applied) = (None, None);
                    for view in [&mut state.input_power_limit, &mut state.bbu_discharge] {
                        (view.requested, view.applied) = (None, None);
                    }
                    Ok(state.lease.clone())
                } else {
                    Err(GateError::NoLease)
                };
                let _ = answer.send(result);
            }
            CommandKind::Set { setpoint, answer } => {
                let result = if other(&command.owner) {
                    Err(held_by_other())
                } else if holder.is_none() {
                    Err(GateError::NoLease)
                } else {
                    set(&mut state, setpoint)
                };
                let _ = answer.send(result);
            }
            CommandKind::Note { severity, subject, message } => {
                logged += 1;
                feed.log(event(logged, EventKind::TriggerFired, severity, &subject, &message));
            }
            CommandKind::Indicate { slot, lit, answer } => {
                let result = if other(&command.owner) { Err(held_by_other()) } else { Ok(lit) };
                if result.is_ok() {
                    state.indicators.insert(slot, lit);
                }
                let _ = answer.send(result);
            }
            CommandKind::BusVoltage { voltage, answer } => {
                let power = [state.input_power_limit, state.bbu_discharge];
                let result = if other(&command.owner) {
                    Err(held_by_other())
                } else if holder.is_none() {
                    Err(GateError::NoLease)
                } else if power.iter().any(|view| view.requested.is_some()) && voltage.is_some() {
                    Err(GateError::State { reason: "a setpoint of power is in force".to_owned() })
                } else {
                    let view = &mut state.bus_voltage;
                    let (minimum, maximum) = (view.minimum, view.maximum);
                    match voltage.filter(|v| !(minimum..=maximum).contains(v)) {
                        Some(value) => Err(GateError::VoltageOutOfRange { value, minimum, maximum }),
                        None => {
                            (view.requested, view.applied) = (voltage, voltage);
                            Ok(*view)
                        }
                    }
                };
                let _ = answer.send(result);
            }
            // PSU 1 comes back after a moment, PSU 2 does not, and of the others one is in the way.
            CommandKind::PowerCycle { slot, answer } => {
                let result = if other(&command.owner) {
                    Err(held_by_other())
                } else if holder.is_none() {
                    Err(GateError::NoLease)
                } else if slot > 2 {
                    Err(GateError::State { reason: "psu 5 does not answer".to_owned() })
                } else {
                    let (ended, cycling) = PowerCycling::channel();
                    tokio::spawn(async move {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        let back = Duration::from_millis(50);
                        let lost = GateError::Device { reason: format!("psu {slot}: not back within 60s") };
                        let _ = ended.send(if slot == 1 { Ok(back) } else { Err(lost) });
                    });
                    Ok(cycling)
                };
                let _ = answer.send(result);
            }
            // The Redfish service writes one setpoint at a time.
            CommandKind::Commit { answer, .. } => {
                let _ = answer.send(Err(GateError::Stopped.into()));
            }
        }
        // As the real gateway, it publishes some time after it has answered.
        tokio::time::sleep(Duration::from_millis(5)).await;
        state.sequence += 1;
        state.time = SystemTime::now();
        let _ = feed.snapshots.send(Arc::new(state.clone()));
    }
}

fn set(state: &mut Snapshot, setpoint: Setpoint) -> Result<Applied, GateError> {
    let (view, power) = match setpoint {
        Setpoint::InputPowerLimit(power) => (&mut state.input_power_limit, power),
        Setpoint::BbuDischarge(power) => (&mut state.bbu_discharge, power),
    };
    if let Some(value) = power
        && !(view.minimum..=view.maximum).contains(&value)
    {
        return Err(GateError::OutOfRange { value, minimum: view.minimum, maximum: view.maximum });
    }
    (view.requested, view.applied) = (power, power);
    view.confirmed = Some(SystemTime::now());
    Ok(Applied { setpoint: *view, lease: state.lease.clone() })
}

fn event(sequence: u64, kind: EventKind, severity: Severity, subject: &str, message: &str) -> Event {
    let time = SystemTime::now();
    Event { sequence, time, kind, severity, subject: subject.to_owned(), message: message.to_owned() }
}
