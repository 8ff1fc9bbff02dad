//! What the orchestrator sees and what it asks for, tick by tick.
//!
//! Two paths lead to the devices, and they differ by three orders of magnitude. [`Lines`] act in the tick in
//! which they are set. [`Armed`] settings travel over a bus (design section 3: 7 ms to 23 ms a device), so they
//! are set ahead and say what a device does by itself later. Nothing here waits for an answer.

use dpo_registers::units::{Hertz, Joules, Ratio, Volts, Watts};

use crate::control::state::ShelfState;

/// PSU slots of a shelf.
pub const PSU_SLOTS: usize = 6;
/// BBU slots of a shelf.
pub const BBU_SLOTS: usize = 6;

/// What the gateway has besides the base specification of today; what is missing is never relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capabilities {
    /// The gateway samples the AC input itself (MOD-03). Without it only polled values tell of a sag.
    pub ac_samples: bool,
    /// A line starts the support of the battery units: AC_LOSS in HPR, the support command in MOD-10.
    pub support_line: bool,
    /// The PSUs carry the block `dpo-psu` (MOD-04 to MOD-07).
    pub psu_block: bool,
    /// The BBUs carry the block `dpo-bbu` (MOD-09 to MOD-11).
    pub bbu_block: bool,
}

impl Capabilities {
    /// A v3 shelf of today behind a gateway: lines and registers that exist, nothing else.
    pub const TODAY: Self =
        Self { ac_samples: false, support_line: false, psu_block: false, bbu_block: false };
    /// A shelf with the twelve modifications.
    pub const MODIFIED: Self =
        Self { ac_samples: true, support_line: true, psu_block: true, bbu_block: true };
}

/// What was measured up to a tick. A value that a poll brought is as old as `age_ticks` says.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Instantaneous phase-to-neutral voltages of L1, L2, L3 in V since the tick before, oldest first, at the
    /// rate of the configuration. Empty without [`Capabilities::ac_samples`].
    pub ac: &'a [[f64; 3]],
    /// Busbar voltage, measured by the gateway itself.
    pub bus: Volts,
    /// AC input power of the shelf over the last cycle; `None` if nothing measures it this fast.
    pub input: Option<Watts>,
    /// AC frequency if something else than [`Self::ac`] tells it.
    pub frequency: Option<Hertz>,
    /// The power supply units by slot.
    pub psus: [PsuSeen; PSU_SLOTS],
    /// The battery backup units by slot.
    pub bbus: [BbuSeen; BBU_SLOTS],
    /// What the lease owner asks for; all `None` without a lease.
    pub demand: Demand,
}

/// A PSU as last polled.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PsuSeen {
    /// In its slot and answering.
    pub present: bool,
    /// No fault; its output is on or may come on.
    pub healthy: bool,
    /// Output power.
    pub output: Watts,
    /// AC input power.
    pub input: Watts,
    /// Ticks since these values were measured.
    pub age_ticks: u32,
}

/// A BBU as last polled.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BbuSeen {
    /// In its slot and answering.
    pub present: bool,
    /// No fault; may support.
    pub healthy: bool,
    /// Power at the bus; positive discharges.
    pub output: Watts,
    /// State of charge, 0 to 1.
    pub state_of_charge: Ratio,
    /// Power it can give from now on.
    pub available: Watts,
    /// Energy that can reach the bus.
    pub energy: Joules,
    /// Ticks since these values were measured.
    pub age_ticks: u32,
}

/// What the lease owner (operator or engine) asks for. Each falls away with the lease.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Demand {
    /// Upper limit of the shelf's AC input power.
    pub input_limit: Option<Watts>,
    /// Power that the BBUs give to the bus; negative charges.
    pub battery: Option<Watts>,
    /// Load that the engine expects one second from now.
    pub forecast: Option<Watts>,
}

/// What the gateway drives at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lines {
    /// Tells the BBUs to support now, as armed (AC_LOSS in HPR; the command of MOD-10).
    pub support: bool,
    /// Tells the PSUs to raise their power no further: a walk-in stays where it is, at first at [`WalkIn::start`]; a
    /// PSU that does not walk in gives and draws no more than when the line came: its refill waits. So the shelf comes back as one, not into a
    /// voltage that is still falling, and not beyond the power before; and in a sag that leaves some phases whole
    /// the BBUs carry what the others lack, not the PSUs there, which would trip. When the line goes, each climbs
    /// along its walk-in. Only PSUs with the block know it. A line that nobody drives is false: the shelf comes
    /// back without the gateway.
    pub hold: bool,
}

/// Settings that the devices should hold. The caller writes what changed, through the write gate, at the pace of
/// its bus, and renews the device-side timer.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Armed {
    /// For all PSUs alike.
    pub psu: PsuArmed,
    /// For each BBU.
    pub bbu: [BbuArmed; BBU_SLOTS],
}

/// Settings of a PSU with the block `dpo-psu`; `None` is the base behaviour, which is also the fail-safe one.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PsuArmed {
    /// The controller lives from the bus above this voltage (MOD-04).
    pub keep_alive: Option<Volts>,
    /// Fixed delay in seconds between the return of the AC input and the output (MOD-05).
    pub restart_delay_s: Option<f64>,
    /// Operation below 180 V (MOD-06).
    pub low_line: Option<LowLine>,
    /// Walk-in of the output (MOD-07).
    pub walk_in: Option<WalkIn>,
}

/// Operation of the power factor stage below 180 V (MOD-06).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LowLine {
    /// Lowest input voltage at which it runs.
    pub lowest: Volts,
    /// Largest input current over the rated one.
    pub current: Ratio,
    /// Longest time in seconds without a pause.
    pub longest_s: f64,
}

/// Walk-in of a PSU (MOD-07).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WalkIn {
    /// Share of the rated power that is given at once.
    pub start: Ratio,
    /// Slope in W/s from there.
    pub slope_w_per_s: f64,
}

/// Settings of a BBU.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BbuArmed {
    /// What it gives besides its own trigger (MOD-10).
    pub support: Support,
    /// How it finds its share (MOD-09).
    pub share: Option<Share>,
    /// When and how fast it recharges (MOD-11; today: charge delay and current override).
    pub recharge: Recharge,
}

/// Support besides a BBU's own trigger (MOD-10).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Support {
    /// Nothing but its own trigger.
    #[default]
    Base,
    /// It gives this power now.
    Power(Watts),
    /// It holds the bus at a voltage and gives at most a power; at once when the support line is set or the bus
    /// falls below the voltage.
    Voltage {
        /// The bus voltage.
        bus: Volts,
        /// The most it gives.
        most: Watts,
    },
}

/// Sharing by state of charge: share = 1 + gain * (own charge - reference), never below 0 (MOD-09).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// Mean state of charge of the units that share.
    pub reference: Ratio,
    /// Change of the share for a charge that differs by the whole.
    pub gain: f64,
}

/// Recharge of a BBU.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Recharge {
    /// As the base specification says: after at least 1 min, by its own rule.
    #[default]
    Base,
    /// Not at all.
    Hold,
    /// At most this power from the bus, reached along a slope in W/s.
    Limited {
        /// The most it takes.
        power: Watts,
        /// Slope in W/s.
        slope_w_per_s: f64,
    },
}

/// The answer of a tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Action {
    /// What to drive now.
    pub lines: Lines,
    /// What the devices should hold.
    pub armed: Armed,
    /// State of the shelf.
    pub state: ShelfState,
    /// For how many seconds the BBUs carry the whole load from now on; infinite without load. This is what the
    /// API tells: there is no count of sags.
    pub ride_through_s: f64,
}
