// Written by `dpo registers generate` from maps/dpo-psu.json. Do not edit: change the map.

//! DPO block of a power supply unit: register map `dpo-psu` 0.1.0.

#[allow(unused_imports)]
use crate::{codec, map, units};

/// The map itself, as JSON.
pub const JSON: &str = include_str!("../../maps/dpo-psu.json");

/// What the map says of the device.
pub static MAP: map::MapInfo = map::MapInfo {
    id: "dpo-psu",
    title: "DPO block of a power supply unit",
    version: (0, 1, 0),
    device_class: map::DeviceClass::Psu,
    addresses: &[(144, 152), (154, 165), (167, 181), (183, 255)],
    bus: map::BusInfo {
        baud: &[19200, 115200],
        parity: map::Parity::Even,
        max_read_words: 120,
        max_write_words: 123,
        functions: &[3, 6, 16],
    },
    identification: map::Identification { address: 18432, words: 2, expect: map::Expect::Words(&[17488, 21297]) },
    registers: &REGISTERS,
    readable_gaps: &[(18437, 18439), (18442, 18447), (18449, 18449), (18454, 18463), (18467, 18467),
        (18482, 18495), (18498, 18503), (18506, 18511), (18515, 18519)],
    safe_unmapped: &[(18672, 18687)],
    hazards: &[(768, 1023)],
    time_sync: None,
};

crate::register_flags! {
    /// Flags of `capabilities`: What the device can do beside its base specification. The registers of a
    /// missing capability answer their not-available value or 0; writes there are refused with exception 04.
    Capabilities: u32 {
        /// The controller lives from the 48 V bus while the AC input is gone.
        BUS_POWERED("bus_powered", "bus_powered", 0),
        /// The restart delay can be fixed.
        FIXED_RESTART("fixed_restart", "fixed_restart", 1),
        /// The power factor stage runs below 180 V with limited current.
        LOW_LINE("low_line", "low_line", 2),
        /// The output current returns along a slope.
        WALK_IN("walk_in", "walk_in", 3),
        /// The AC input is measured each half cycle.
        HALF_CYCLE("half_cycle", "half_cycle", 4),
        /// The energy left in the bulk capacitor is told.
        HOLD_UP("hold_up", "hold_up", 5),
    }
}

crate::register_symbols! {
    /// Values of `grid_state`: What the unit does about the grid.
    GridState: u16 {
        /// The AC input is in its range; the unit follows its load.
        Normal("normal") = 0,
        /// Running below 180 V with limited current.
        LowLine("low_line") = 1,
        /// The AC input is gone; the bulk capacitor feeds the output.
        HoldUp("hold_up") = 2,
        /// The output is off; the controller lives.
        AcLost("ac_lost") = 3,
        /// The AC input is back; the restart delay runs.
        Waiting("waiting") = 4,
        /// The output current returns along its slope.
        WalkIn("walk_in") = 5,
        /// Off by a fault.
        Fault("fault") = 6,
    }
}

crate::register_symbols! {
    /// Values of `controller_supply`: What feeds the controller.
    ControllerSupply: u16 {
        /// The AC input.
        Ac("ac") = 0,
        /// The 48 V bus.
        Bus("bus") = 1,
    }
}

crate::register_symbols! {
    /// Values of `pfc_state`: What the power factor stage does.
    PfcState: u16 {
        /// Off.
        Off("off") = 0,
        /// Running.
        Running("running") = 1,
        /// Running at its current limit.
        CurrentLimited("current_limited") = 2,
        /// Starting.
        Restarting("restarting") = 3,
    }
}

crate::register_symbols! {
    /// Values of `keep_alive`: Whether the controller lives from the bus when the AC input is gone.
    KeepAlive: u16 {
        /// As the base specification says.
        Base("base") = 0,
        /// From the bus, as long as it is alive.
        Bus("bus") = 1,
    }
}

crate::register_symbols! {
    /// Values of `restart_mode`: How the delay before a restart is found.
    RestartMode: u16 {
        /// At random, as the base specification says.
        Base("base") = 0,
        /// restart_delay, while the bus is alive; else as the base specification says.
        Fixed("fixed") = 1,
    }
}

crate::register_map! {
    /// Marks the block: 0x44505331, the text DPS1.
    ro BlockMagic(block_magic): u32 = unsigned("block_magic", 18432, 2).partial_words().once();
    /// Major version of this map.
    ro MapVersionMajor(map_version_major): u16 = unsigned("map_version_major", 18434, 1).once();
    /// Minor version of this map.
    ro MapVersionMinor(map_version_minor): u16 = unsigned("map_version_minor", 18435, 1).once();
    /// Number of addresses from block_magic to the end of the last register.
    ro BlockWords(block_words): u16 = unsigned("block_words", 18436, 1).once();
    /// What the device can do beside its base specification. The registers of a missing capability answer
    /// their not-available value or 0; writes there are refused with exception 04.
    ro Capabilities(capabilities): Capabilities = flags("capabilities", 18440, 2).partial_words().once();
    /// Keeps the settings of this block in force: each write starts their timer anew.
    command Heartbeat(heartbeat): u16 = unsigned("heartbeat", 18448, 1).settle_ms(500).on_demand();
    /// Time until the settings fall back; 0 if they are at their fail-safe values.
    ro ControlRemaining(control_remaining): units::Seconds =
        unsigned("control_remaining", 18450, 2).scale(1, 1000).update_ms(100).partial_words().fast();
    /// How often the timer ran out.
    ro ControlExpiries(control_expiries): u32 = unsigned("control_expiries", 18452, 2).partial_words().slow();
    /// What the unit does about the grid.
    ro GridState(grid_state): GridState = symbol("grid_state", 18464, 1).update_ms(20).fast();
    /// What feeds the controller.
    ro ControllerSupply(controller_supply): ControllerSupply =
        symbol("controller_supply", 18465, 1).update_ms(100).conditional()
        .condition("capabilities.bus_powered").fast();
    /// What the power factor stage does.
    ro PfcState(pfc_state): PfcState =
        symbol("pfc_state", 18466, 1).update_ms(20).conditional().condition("capabilities.low_line").fast();
    /// RMS input voltage over one cycle, renewed each half cycle.
    ro InputVoltageHalfCycle(input_voltage_half_cycle): units::Volts =
        unsigned("input_voltage_half_cycle", 18468, 1).scale(1, 100).not_available(65535).update_ms(11)
        .conditional().condition("capabilities.half_cycle").fast();
    /// RMS input current over one cycle, renewed each half cycle.
    ro InputCurrentHalfCycle(input_current_half_cycle): units::Amperes =
        unsigned("input_current_half_cycle", 18469, 1).scale(1, 100).not_available(65535).update_ms(11)
        .conditional().condition("capabilities.half_cycle").fast();
    /// Energy left in the bulk capacitor above the voltage at which the output ends.
    ro HoldUpEnergy(hold_up_energy): units::Joules =
        unsigned("hold_up_energy", 18470, 1).scale(1, 10).not_available(65535).update_ms(20).conditional()
        .condition("capabilities.hold_up").fast();
    /// How long that energy lasts at the present load.
    ro HoldUpTime(hold_up_time): units::Seconds =
        unsigned("hold_up_time", 18471, 1).scale(1, 10000).not_available(65535).update_ms(20).conditional()
        .condition("capabilities.hold_up").fast();
    /// Output power that the unit can give at the present input voltage.
    ro AvailablePower(available_power): units::Watts =
        unsigned("available_power", 18472, 2).not_available(4294967295).update_ms(20).partial_words()
        .conditional().condition("capabilities.low_line").fast();
    /// Time until the unit can give its rated power: delay and slope that remain; 0 if it can now.
    ro TimeToFullPower(time_to_full_power): units::Seconds =
        unsigned("time_to_full_power", 18474, 2).scale(1, 1000).not_available(4294967295).update_ms(20)
        .partial_words().conditional().condition("capabilities.fixed_restart").fast();
    /// Time since the AC input was lost; 0 while it is there.
    ro AcLostTime(ac_lost_time): units::Seconds =
        unsigned("ac_lost_time", 18476, 2).scale(1, 1000).update_ms(100).partial_words().conditional()
        .condition("capabilities.bus_powered").fast();
    /// Restarts after a loss of the AC input.
    ro Restarts(restarts): u32 =
        unsigned("restarts", 18478, 2).partial_words().conditional().condition("capabilities.fixed_restart")
        .slow();
    /// How often the unit ran below 180 V.
    ro LowLineRuns(low_line_runs): u32 =
        unsigned("low_line_runs", 18480, 2).partial_words().conditional().condition("capabilities.low_line")
        .slow();
    /// Whether the controller lives from the bus when the AC input is gone. Falls back to `base`.
    rw KeepAlive(keep_alive): KeepAlive =
        symbol("keep_alive", 18496, 1).settle_ms(500).bad_write(3).group("keep_alive").setpoint().fail_safe(0)
        .timeout_ms(30000).conditional().condition("capabilities.bus_powered").on_demand();
    /// Bus voltage from which the bus counts as alive. 42 V to 46 V, falls back to "not available".
    rw KeepAliveVoltage(keep_alive_voltage): units::Volts =
        unsigned("keep_alive_voltage", 18497, 1).scale(1, 1000).limits(42000, 46000).not_available(65535)
        .settle_ms(500).bad_write(3).group("keep_alive").setpoint().fail_safe(65535).timeout_ms(30000)
        .conditional().condition("capabilities.bus_powered").on_demand();
    /// How the delay before a restart is found. Falls back to `base`.
    rw RestartMode(restart_mode): RestartMode =
        symbol("restart_mode", 18504, 1).settle_ms(500).bad_write(3).group("restart").setpoint().fail_safe(0)
        .timeout_ms(30000).conditional().condition("capabilities.fixed_restart").on_demand();
    /// Delay between the return of the AC input and the start of the output. 0 s to 10 s, falls back to "not
    /// available".
    rw RestartDelay(restart_delay): units::Seconds =
        unsigned("restart_delay", 18505, 1).scale(1, 1000).limits(0, 10000).not_available(65535)
        .settle_ms(500).bad_write(3).group("restart").setpoint().fail_safe(65535).timeout_ms(30000)
        .conditional().condition("capabilities.fixed_restart").on_demand();
    /// Lowest input voltage at which the power factor stage runs. 0 V to 180 V, falls back to "not
    /// available".
    rw LowLineVoltage(low_line_voltage): units::Volts =
        unsigned("low_line_voltage", 18512, 1).scale(1, 100).limits(0, 18000).not_available(65535)
        .settle_ms(500).bad_write(3).group("low_line").setpoint().fail_safe(65535).timeout_ms(30000)
        .conditional().condition("capabilities.low_line").on_demand();
    /// Largest input current below 180 V, in percent of the rated one. 0 % to 150 %, falls back to "not
    /// available".
    rw LowLineCurrent(low_line_current): units::Percent =
        unsigned("low_line_current", 18513, 1).scale(1, 10).limits(0, 1500).not_available(65535)
        .settle_ms(500).bad_write(3).group("low_line").setpoint().fail_safe(65535).timeout_ms(30000)
        .conditional().condition("capabilities.low_line").on_demand();
    /// Longest time below 180 V without a pause. 0 s to 60 s, falls back to "not available".
    rw LowLineTime(low_line_time): units::Seconds =
        unsigned("low_line_time", 18514, 1).scale(1, 1000).limits(0, 60000).not_available(65535)
        .settle_ms(500).bad_write(3).group("low_line").setpoint().fail_safe(65535).timeout_ms(30000)
        .conditional().condition("capabilities.low_line").on_demand();
    /// Share of the rated power that is given at once on return. 0 % to 100 %, falls back to "not available".
    rw WalkInStart(walk_in_start): units::Percent =
        unsigned("walk_in_start", 18520, 1).scale(1, 10).limits(0, 1000).not_available(65535).settle_ms(500)
        .bad_write(3).group("walk_in").setpoint().fail_safe(65535).timeout_ms(30000).conditional()
        .condition("capabilities.walk_in").on_demand();
    /// Slope along which the output power rises from there. 1 W/s to 10000000 W/s, falls back to "not
    /// available".
    rw WalkInSlope(walk_in_slope): units::WattsPerSecond =
        unsigned("walk_in_slope", 18521, 2).limits(1, 10000000).not_available(4294967295).settle_ms(500)
        .bad_write(3).group("walk_in").partial_words().setpoint().fail_safe(4294967295).timeout_ms(30000)
        .conditional().condition("capabilities.walk_in").on_demand();
}
