//! The state of the shelf at one instant, as the interfaces show it.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use dpo_registers::units::{Hertz, Joules, Percent, Seconds, Volts, Watts};

use super::{BusVoltageView, Deliverable, FastView, LeaseView, PowerCycleView, SetpointView};
use crate::bus::arbiter::{ClassUse, LineUse, Priority};
pub use crate::control::state::ShelfState;
use crate::shelf::reading::{BbuReading, DeviceView, PsuReading};

/// Sums over the shelf. A sum is `None` if no device contributed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ShelfTotals {
    /// AC input power of all PSUs.
    pub input_power: Option<Watts>,
    /// Output power of all PSUs.
    pub output_power: Option<Watts>,
    /// Busbar voltage.
    pub bus_voltage: Option<Volts>,
    /// AC input voltage, mean of the PSUs.
    pub input_voltage: Option<Volts>,
    /// AC frequency, mean of the PSUs.
    pub input_frequency: Option<Hertz>,
    /// Power of all BBUs at the busbar; positive discharges.
    pub battery_power: Option<Watts>,
    /// Rated output power of the PSUs that are present.
    pub rated_power: Watts,
}

/// Energy in the BBUs.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Energy {
    /// Energy left in all packs.
    pub stored: Option<Joules>,
    /// Mean state of charge.
    pub state_of_charge: Option<Percent>,
    /// How long the present discharge can go on: until the packs are empty, or the BBUs have given for
    /// as long as they allow. `None` while not discharging.
    pub time_left: Option<Seconds>,
    /// What the BBUs could give from now on; `None` if charge or energy is not known.
    pub deliverable: Option<Deliverable>,
    /// State of charge that setpoints do not discharge below; `None` before the gateway runs.
    pub reserve: Option<Percent>,
}

/// Why the gateway is in its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StateCause {
    /// The AC input is outside its band.
    InputVoltage,
    /// A setpoint of the lease holder.
    Setpoint,
    /// The BBUs act by themselves.
    Battery,
    /// The lease ended without renewal.
    LeaseExpired,
    /// The charge is at the reserve.
    Reserve,
    /// The BBUs gave power for as long as they allow.
    DischargeTime,
    /// A device or its measurements failed.
    Device,
}

/// How the gateway came to its state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StateView {
    /// Why; `None` in a state that needs no cause.
    pub cause: Option<StateCause>,
    /// The state before this one.
    pub before: ShelfState,
    /// How long this one has lasted when the snapshot was taken.
    pub elapsed: Duration,
}

/// Counters since the gateway started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Poll cycles.
    pub polls: u64,
    /// Transactions that failed.
    pub bus_errors: u32,
    /// Devices that stopped answering.
    pub devices_lost: u32,
    /// Devices that came back.
    pub devices_returned: u32,
    /// Writes refused by the gate.
    pub writes_refused: u32,
    /// Setpoints applied and read back.
    pub setpoints_applied: u32,
    /// Entries into the fail-safe state.
    pub fail_safes: u32,
    /// Sags of the AC input: those of the fast path, without one those seen in the polled voltage.
    pub sags: u32,
    /// Events logged.
    pub events: u64,
}

/// What a line carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineView {
    /// Name of the bus.
    pub name: String,
    /// Time on the line and waits for it, by class, since the start.
    pub usage: LineUse,
    /// Time on the line that one round over the fast registers of the devices present takes, by plan.
    pub round: Duration,
    /// Time on the line that one pass over their other registers takes, by plan.
    pub pass: Duration,
    /// Addresses that are dormant.
    pub dormant: usize,
}

impl LineView {
    /// What each class did with the line, the most urgent first.
    pub fn classes(&self) -> impl Iterator<Item = (Priority, ClassUse)> {
        Priority::ALL.into_iter().map(|priority| (priority, self.usage.class(priority)))
    }
}

/// The state of the shelf at one instant.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Number, rising by one with each snapshot.
    pub sequence: u64,
    /// When it was taken.
    pub time: SystemTime,
    /// State of the gateway.
    pub state: ShelfState,
    /// How it came to that state.
    pub state_view: StateView,
    /// Sums over the shelf.
    pub totals: ShelfTotals,
    /// Energy in the BBUs.
    pub energy: Energy,
    /// PSUs by slot.
    pub psus: Vec<DeviceView<PsuReading>>,
    /// BBUs by slot.
    pub bbus: Vec<DeviceView<BbuReading>>,
    /// Lines, in the order of the configuration; those whose first cycle is not over are missing.
    pub lines: Vec<LineView>,
    /// The lease.
    pub lease: LeaseView,
    /// The input power limit.
    pub input_power_limit: SetpointView,
    /// The BBU discharge request.
    pub bbu_discharge: SetpointView,
    /// The voltage of the busbar as a setpoint.
    pub bus_voltage: BusVoltageView,
    /// Counters.
    pub counters: Counters,
    /// What the local fast path shows; `None` without one. [`Gateway::fast`](super::Gateway::fast) has it fresh.
    pub fast: Option<FastView>,
    /// Whether the LEDs of a PSU shine so that people find it, by slot; missing where it was never written.
    pub indicators: BTreeMap<u8, bool>,
    /// Which PSUs may be power-cycled, and which one is.
    pub power_cycle: PowerCycleView,
}

impl Snapshot {
    /// A snapshot of nothing, for the time before the first poll.
    pub fn empty() -> Self {
        Self {
            sequence: 0,
            time: SystemTime::now(),
            state: ShelfState::default(),
            state_view: StateView::default(),
            totals: ShelfTotals::default(),
            energy: Energy::default(),
            psus: Vec::new(),
            bbus: Vec::new(),
            lines: Vec::new(),
            lease: LeaseView::default(),
            input_power_limit: SetpointView::default(),
            bbu_discharge: SetpointView::default(),
            bus_voltage: BusVoltageView::default(),
            counters: Counters::default(),
            fast: None,
            indicators: BTreeMap::new(),
            power_cycle: PowerCycleView::default(),
        }
    }
}
