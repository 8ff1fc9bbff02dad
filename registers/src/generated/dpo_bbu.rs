// Written by `dpo registers generate` from maps/dpo-bbu.json. Do not edit: change the map.

//! DPO block of a battery backup unit: register map `dpo-bbu` 0.1.0.

#[allow(unused_imports)]
use crate::{codec, map, units};

/// The map itself, as JSON.
pub const JSON: &str = include_str!("../../maps/dpo-bbu.json");

/// What the map says of the device.
pub static MAP: map::MapInfo = map::MapInfo {
    id: "dpo-bbu",
    title: "DPO block of a battery backup unit",
    version: (0, 1, 0),
    device_class: map::DeviceClass::Bbu,
    addresses: &[(48, 136), (138, 143)],
    bus: map::BusInfo {
        baud: &[19200, 115200],
        parity: map::Parity::Even,
        max_read_words: 120,
        max_write_words: 123,
        functions: &[3, 6, 16],
    },
    identification: map::Identification { address: 18688, words: 2, expect: map::Expect::Words(&[17488, 16945]) },
    registers: &REGISTERS,
    readable_gaps: &[(18693, 18695), (18698, 18703), (18705, 18705), (18710, 18719), (18731, 18731),
        (18736, 18751), (18758, 18759), (18763, 18767)],
    safe_unmapped: &[(18928, 18943)],
    hazards: &[(768, 1023)],
    time_sync: None,
};

crate::register_flags! {
    /// Flags of `capabilities`: What the device can do beside its base specification. The registers of a
    /// missing capability answer their not-available value or 0; writes there are refused with exception 04.
    Capabilities: u32 {
        /// The unit gives a power on command.
        POWER_COMMAND("power_command", "power_command", 0),
        /// The unit holds a bus voltage on command; set only beside power_command.
        VOLTAGE_COMMAND("voltage_command", "voltage_command", 1),
        /// The units share by their charge.
        CHARGE_SHARING("charge_sharing", "charge_sharing", 2),
        /// Recharge waits, is limited and begins along a slope.
        STAGED_RECHARGE("staged_recharge", "staged_recharge", 3),
        /// Available power and energy are told.
        AVAILABLE("available", "available", 4),
    }
}

crate::register_symbols! {
    /// Values of `grid_state`: What the unit does about the bus.
    GridState: u16 {
        /// Ready; gives nothing and takes nothing.
        Standby("standby") = 0,
        /// Gives power to the bus.
        Supporting("supporting") = 1,
        /// Waits before it recharges.
        RechargeWait("recharge_wait") = 2,
        /// Takes power from the bus.
        Recharging("recharging") = 3,
        /// Has no energy to give.
        Empty("empty") = 4,
        /// Off by a fault.
        Fault("fault") = 5,
    }
}

crate::register_symbols! {
    /// Values of `support_cause`: Why the unit supports.
    SupportCause: u16 {
        /// It does not.
        None("none") = 0,
        /// The bus fell below the unit's own trigger (48.5 V in v3).
        BusTrigger("bus_trigger") = 1,
        /// The AC_LOSS line.
        AcLoss("ac_loss") = 2,
        /// A power was asked for.
        PowerCommand("power_command") = 3,
        /// A bus voltage was asked for.
        VoltageCommand("voltage_command") = 4,
        /// The unit evens out pulses of the load.
        PulseManagement("pulse_management") = 5,
    }
}

crate::register_symbols! {
    /// Values of `support_mode`: What makes the unit support, besides the unit's own trigger (48.5 V in v3,
    /// the AC_LOSS line in HPR), which stays; a read gives the mode in force.
    SupportMode: u16 {
        /// Nothing else.
        Base("base") = 0,
        /// It gives support_power.
        Power("power") = 1,
        /// It holds the bus at support_voltage.
        Voltage("voltage") = 2,
    }
}

crate::register_symbols! {
    /// Values of `share_mode`: How the unit finds its share of the support; a read gives the mode in force.
    ShareMode: u16 {
        /// Equal shares along the droop line.
        Base("base") = 0,
        /// share = 1 + share_gain * (own charge - share_reference), never below 0.
        ByCharge("by_charge") = 1,
    }
}

crate::register_symbols! {
    /// Values of `recharge_mode`: When and how fast the unit recharges; a read gives the mode in force.
    RechargeMode: u16 {
        /// As the base specification says.
        Base("base") = 0,
        /// As the registers below say.
        Staged("staged") = 1,
        /// Not at all until the mode changes or the timer ends.
        Hold("hold") = 2,
    }
}

crate::register_map! {
    /// Marks the block: 0x44504231, the text DPB1.
    ro BlockMagic(block_magic): u32 = unsigned("block_magic", 18688, 2).partial_words().once();
    /// Major version of this map.
    ro MapVersionMajor(map_version_major): u16 = unsigned("map_version_major", 18690, 1).once();
    /// Minor version of this map.
    ro MapVersionMinor(map_version_minor): u16 = unsigned("map_version_minor", 18691, 1).once();
    /// Number of addresses from block_magic to the end of the last register.
    ro BlockWords(block_words): u16 = unsigned("block_words", 18692, 1).once();
    /// What the device can do beside its base specification. The registers of a missing capability answer
    /// their not-available value or 0; writes there are refused with exception 04.
    ro Capabilities(capabilities): Capabilities = flags("capabilities", 18696, 2).partial_words().once();
    /// Keeps the settings of this block in force: each write starts their timer anew.
    command Heartbeat(heartbeat): u16 = unsigned("heartbeat", 18704, 1).settle_ms(500).on_demand();
    /// Time until the settings fall back; 0 if they are at their fail-safe values.
    ro ControlRemaining(control_remaining): units::Seconds =
        unsigned("control_remaining", 18706, 2).scale(1, 1000).update_ms(100).partial_words().fast();
    /// How often the timer ran out.
    ro ControlExpiries(control_expiries): u32 = unsigned("control_expiries", 18708, 2).partial_words().slow();
    /// What the unit does about the bus.
    ro GridState(grid_state): GridState = symbol("grid_state", 18720, 1).update_ms(20).fast();
    /// Why the unit supports.
    ro SupportCause(support_cause): SupportCause = symbol("support_cause", 18721, 1).update_ms(20).fast();
    /// Power that the unit can give from now on.
    ro AvailablePower(available_power): units::Watts =
        unsigned("available_power", 18722, 2).not_available(4294967295).update_ms(1000).partial_words()
        .conditional().condition("capabilities.available").fast();
    /// Energy that can reach the bus.
    ro AvailableEnergy(available_energy): units::Joules =
        unsigned("available_energy", 18724, 2).not_available(4294967295).update_ms(1000).partial_words()
        .conditional().condition("capabilities.available").fast();
    /// For how long it can give the available power.
    ro AvailableTime(available_time): units::Seconds =
        unsigned("available_time", 18726, 2).scale(1, 1000).not_available(4294967295).update_ms(1000)
        .partial_words().conditional().condition("capabilities.available").fast();
    /// Power of the unit at the bus; positive discharges.
    ro BusPower(bus_power): units::Watts =
        signed("bus_power", 18728, 2).not_available(-2147483648).update_ms(20).partial_words().conditional()
        .condition("capabilities.available").fast();
    /// State of charge of the battery of the unit.
    ro StateOfCharge(state_of_charge): units::Percent =
        unsigned("state_of_charge", 18730, 1).scale(1, 10).not_available(65535).update_ms(1000).conditional()
        .condition("capabilities.available").fast();
    /// How often the unit supported the bus.
    ro Supports(supports): u32 = unsigned("supports", 18732, 2).partial_words().slow();
    /// How often it did so on command.
    ro SupportsCommanded(supports_commanded): u32 =
        unsigned("supports_commanded", 18734, 2).partial_words().conditional()
        .condition("capabilities.power_command").slow();
    /// What makes the unit support, besides the unit's own trigger (48.5 V in v3, the AC_LOSS line in HPR),
    /// which stays; a read gives the mode in force. Falls back to `base`.
    rw SupportMode(support_mode): SupportMode =
        symbol("support_mode", 18752, 1).settle_ms(500).bad_write(3).group("support").setpoint().fail_safe(0)
        .timeout_ms(30000).conditional().condition("capabilities.power_command").on_demand();
    /// Bus voltage that the unit holds; a read gives the value in force. 46 V to 49.5 V, falls back to "not
    /// available".
    rw SupportVoltage(support_voltage): units::Volts =
        unsigned("support_voltage", 18753, 1).scale(1, 1000).limits(46000, 49500).not_available(65535)
        .settle_ms(500).bad_write(3).group("support").setpoint().fail_safe(65535).timeout_ms(30000)
        .conditional().condition("capabilities.voltage_command").on_demand();
    /// Power that the unit gives; in the mode voltage, the most it gives. A read gives the value in force;
    /// support_power_applied tells what is given. 0 W to 20000 W, falls back to "not available".
    rw SupportPower(support_power): units::Watts =
        unsigned("support_power", 18754, 2).limits(0, 20000).not_available(4294967295).settle_ms(500)
        .bad_write(3).group("support").applied("support_power_applied").partial_words().setpoint()
        .fail_safe(4294967295).timeout_ms(30000).conditional().condition("capabilities.power_command")
        .on_demand();
    /// Power that the unit gives on command now; not available means none.
    ro SupportPowerApplied(support_power_applied): units::Watts =
        unsigned("support_power_applied", 18756, 2).not_available(4294967295).update_ms(20).partial_words()
        .conditional().condition("capabilities.power_command").fast();
    /// How the unit finds its share of the support; a read gives the mode in force. Falls back to `base`.
    rw ShareMode(share_mode): ShareMode =
        symbol("share_mode", 18760, 1).settle_ms(500).bad_write(3).group("share").setpoint().fail_safe(0)
        .timeout_ms(30000).conditional().condition("capabilities.charge_sharing").on_demand();
    /// Mean state of charge of the units that share, as the gateway sees it; a read gives the value in force.
    /// 0 % to 100 %, falls back to "not available".
    rw ShareReference(share_reference): units::Percent =
        unsigned("share_reference", 18761, 1).scale(1, 10).limits(0, 1000).not_available(65535).settle_ms(500)
        .bad_write(3).group("share").setpoint().fail_safe(65535).timeout_ms(30000).conditional()
        .condition("capabilities.charge_sharing").on_demand();
    /// Change of the share for a charge that differs by the whole (100 %); a read gives the value in force. 0
    /// to 10, falls back to "not available".
    rw ShareGain(share_gain): units::Ratio =
        unsigned("share_gain", 18762, 1).scale(1, 100).limits(0, 1000).not_available(65535).settle_ms(500)
        .bad_write(3).group("share").setpoint().fail_safe(65535).timeout_ms(30000).conditional()
        .condition("capabilities.charge_sharing").on_demand();
    /// When and how fast the unit recharges; a read gives the mode in force. Falls back to `base`.
    rw RechargeMode(recharge_mode): RechargeMode =
        symbol("recharge_mode", 18768, 1).settle_ms(500).bad_write(3).group("recharge").setpoint()
        .fail_safe(0).timeout_ms(30000).conditional().condition("capabilities.staged_recharge").on_demand();
    /// Time from the end of support to the start of recharge; a read gives the value in force. 0 s to 14400
    /// s, falls back to "not available".
    rw RechargeDelay(recharge_delay): units::Seconds =
        unsigned("recharge_delay", 18769, 1).limits(0, 14400).not_available(65535).settle_ms(500).bad_write(3)
        .group("recharge").setpoint().fail_safe(65535).timeout_ms(30000).conditional()
        .condition("capabilities.staged_recharge").on_demand();
    /// Largest power that recharge takes from the bus; a read gives the value in force. 0 W to 20000 W, falls
    /// back to "not available".
    rw RechargePower(recharge_power): units::Watts =
        unsigned("recharge_power", 18770, 2).limits(0, 20000).not_available(4294967295).settle_ms(500)
        .bad_write(3).group("recharge").partial_words().setpoint().fail_safe(4294967295).timeout_ms(30000)
        .conditional().condition("capabilities.staged_recharge").on_demand();
    /// Slope along which recharge rises; a read gives the value in force. 1 W/s to 100000 W/s, falls back to
    /// "not available".
    rw RechargeSlope(recharge_slope): units::WattsPerSecond =
        unsigned("recharge_slope", 18772, 2).limits(1, 100000).not_available(4294967295).settle_ms(500)
        .bad_write(3).group("recharge").partial_words().setpoint().fail_safe(4294967295).timeout_ms(30000)
        .conditional().condition("capabilities.staged_recharge").on_demand();
}
