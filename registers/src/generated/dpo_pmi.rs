// Written by `dpo registers generate` from maps/dpo-pmi.json. Do not edit: change the map.

//! DPO block of the power monitoring interface: register map `dpo-pmi` 0.1.0.

#[allow(unused_imports)]
use crate::{codec, map, units};

/// The map itself, as JSON.
pub const JSON: &str = include_str!("../../maps/dpo-pmi.json");

/// What the map says of the device.
pub static MAP: map::MapInfo = map::MapInfo {
    id: "dpo-pmi",
    title: "DPO block of the power monitoring interface",
    version: (0, 1, 0),
    device_class: map::DeviceClass::Pmi,
    addresses: &[(7, 7)],
    bus: map::BusInfo {
        baud: &[19200, 115200],
        parity: map::Parity::Even,
        max_read_words: 125,
        max_write_words: 123,
        functions: &[3, 6, 16, 43],
    },
    identification: map::Identification { address: 8192, words: 2, expect: map::Expect::Words(&[17488, 20273]) },
    registers: &REGISTERS,
    readable_gaps: &[],
    hazards: &[],
};

crate::register_flags! {
    /// Flags of `capabilities`: What the gateway can do. The registers of a missing capability answer their
    /// not-available value or 0.
    Capabilities: u32 {
        /// Control is given by lease.
        LEASE("lease", "lease", 0),
        /// The input power of the shelf can be limited.
        INPUT_POWER_LIMIT("input_power_limit", "input_power_limit", 1),
        /// The power of the battery units can be requested.
        BBU_DISCHARGE("bbu_discharge", "bbu_discharge", 2),
        /// The measurement registers are served.
        MEASUREMENTS("measurements", "measurements", 3),
        /// The counters are served.
        EVENT_COUNTERS("event_counters", "event_counters", 4),
    }
}

crate::register_symbols! {
    /// Values of `lease_holder`: Which interface holds the lease.
    LeaseHolder: u16 {
        /// Nobody.
        None("none") = 0,
        /// A Modbus client of this block.
        Modbus("modbus") = 1,
        /// A client of the Redfish service.
        Redfish("redfish") = 2,
        /// A function of the gateway itself.
        Local("local") = 3,
    }
}

crate::register_symbols! {
    /// Values of `setpoint_result`: What became of the last setpoint write.
    SetpointResult: u16 {
        /// No setpoint was written yet.
        Idle("idle") = 0,
        /// Accepted, not yet confirmed.
        Pending("pending") = 1,
        /// The devices hold it.
        Applied("applied") = 2,
        /// The connection has no lease.
        RefusedNoLease("refused_no_lease") = 3,
        /// Another owner holds the lease.
        RefusedHeld("refused_held") = 4,
        /// Outside what the shelf can do.
        RefusedRange("refused_range") = 5,
        /// The state of the shelf does not allow it.
        RefusedState("refused_state") = 6,
        /// A device did not take it.
        DeviceFailed("device_failed") = 7,
    }
}

crate::register_symbols! {
    /// Values of `state`: State of the gateway.
    State: u16 {
        /// The supplies carry the load.
        Normal("normal") = 0,
        /// The input voltage is outside its range.
        SagDetected("sag_detected") = 1,
        /// The battery units support the bus.
        Supporting("supporting") = 2,
        /// The supplies take the load back.
        Recovering("recovering") = 3,
        /// The battery units charge.
        Recharging("recharging") = 4,
        /// The setpoints are at their fail-safe values after a loss of control.
        FailSafe("fail_safe") = 5,
    }
}

crate::register_map! {
    /// Marks the block: 0x44504F31, the text DPO1.
    ro BlockMagic(block_magic): u32 = unsigned("block_magic", 8192, 2).once();
    /// Major version of this map.
    ro MapVersionMajor(map_version_major): u16 = unsigned("map_version_major", 8194, 1).once();
    /// Minor version of this map.
    ro MapVersionMinor(map_version_minor): u16 = unsigned("map_version_minor", 8195, 1).once();
    /// Number of addresses from block_magic to the end of the last register.
    ro BlockWords(block_words): u16 = unsigned("block_words", 8196, 1).once();
    /// Manufacturer of the gateway.
    ro Manufacturer(manufacturer): codec::Text<16> = text("manufacturer", 8200, 8).once();
    /// Model of the gateway.
    ro Model(model): codec::Text<16> = text("model", 8208, 8).once();
    /// Serial number of the gateway.
    ro Serial(serial): codec::Text<16> = text("serial", 8216, 8).once();
    /// Firmware version of the gateway.
    ro Firmware(firmware): codec::Text<16> = text("firmware", 8224, 8).once();
    /// What the gateway can do. The registers of a missing capability answer their not-available value or 0.
    ro Capabilities(capabilities): Capabilities = flags("capabilities", 8240, 2).once();
    /// Slots for power supply units.
    ro PsuSlots(psu_slots): u16 = unsigned("psu_slots", 8242, 1).once();
    /// Slots for battery backup units.
    ro BbuSlots(bbu_slots): u16 = unsigned("bbu_slots", 8243, 1).once();
    /// Power supply units that answer.
    ro PsusPresent(psus_present): u16 = unsigned("psus_present", 8244, 1).slow();
    /// Battery backup units that answer.
    ro BbusPresent(bbus_present): u16 = unsigned("bbus_present", 8245, 1).slow();
    /// Rated output power of the power supply units present.
    ro RatedPower(rated_power): units::Watts = unsigned("rated_power", 8246, 2).slow();
    /// Token the client chooses; it binds the connection to the lease.
    wo LeaseToken(lease_token): u32 =
        unsigned("lease_token", 8256, 2).settle_ms(500).group("lease").on_demand();
    /// Duration of the lease from this write on; 0 gives the lease back.
    rw LeaseDuration(lease_duration): units::Seconds =
        unsigned("lease_duration", 8258, 1).limits(0, 3600).settle_ms(500).group("lease").on_demand();
    /// Which interface holds the lease.
    ro LeaseHolder(lease_holder): LeaseHolder = symbol("lease_holder", 8259, 1).fast();
    /// Time left of the lease; 0 if there is none.
    ro LeaseRemaining(lease_remaining): units::Seconds =
        unsigned("lease_remaining", 8260, 2).scale(1, 1000).fast();
    /// Limit of the AC input power of the shelf; not available means no limit.
    rw InputPowerLimit(input_power_limit): units::Watts =
        unsigned("input_power_limit", 8272, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .setpoint().fail_safe(4294967295).conditional().fast();
    /// Limit that is in force now; not available means none.
    ro InputPowerLimitApplied(input_power_limit_applied): units::Watts =
        unsigned("input_power_limit_applied", 8274, 2).not_available(4294967295).conditional().fast();
    /// Smallest limit the shelf can keep now.
    ro InputPowerLimitMin(input_power_limit_min): units::Watts =
        unsigned("input_power_limit_min", 8276, 2).conditional().fast();
    /// Largest limit that makes sense now.
    ro InputPowerLimitMax(input_power_limit_max): units::Watts =
        unsigned("input_power_limit_max", 8278, 2).conditional().fast();
    /// Power the battery units shall deliver to the bus; not available means no request.
    rw BbuDischarge(bbu_discharge): units::Watts =
        unsigned("bbu_discharge", 8280, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .setpoint().fail_safe(4294967295).conditional().fast();
    /// Request that is in force now; not available means none.
    ro BbuDischargeApplied(bbu_discharge_applied): units::Watts =
        unsigned("bbu_discharge_applied", 8282, 2).not_available(4294967295).conditional().fast();
    /// Largest power the battery units can deliver now.
    ro BbuDischargeMax(bbu_discharge_max): units::Watts =
        unsigned("bbu_discharge_max", 8284, 2).conditional().fast();
    /// What became of the last setpoint write.
    ro SetpointResult(setpoint_result): SetpointResult = symbol("setpoint_result", 8286, 1).fast();
    /// Mean AC input voltage of the power supply units.
    ro InputVoltage(input_voltage): units::Volts =
        unsigned("input_voltage", 8304, 1).scale(1, 100).not_available(65535).conditional().fast();
    /// AC input frequency.
    ro InputFrequency(input_frequency): units::Hertz =
        unsigned("input_frequency", 8305, 1).scale(1, 100).not_available(65535).conditional().fast();
    /// AC input power of the shelf.
    ro InputPower(input_power): units::Watts =
        unsigned("input_power", 8306, 2).not_available(4294967295).conditional().fast();
    /// Power the power supply units deliver to the bus.
    ro OutputPower(output_power): units::Watts =
        unsigned("output_power", 8308, 2).not_available(4294967295).conditional().fast();
    /// Voltage of the busbar.
    ro BusVoltage(bus_voltage): units::Volts =
        unsigned("bus_voltage", 8310, 1).scale(1, 1000).not_available(65535).conditional().fast();
    /// Mean state of charge of the battery units.
    ro StateOfCharge(state_of_charge): units::Percent =
        unsigned("state_of_charge", 8311, 1).scale(1, 10).not_available(65535).conditional().fast();
    /// Power of the battery units; positive discharges into the bus, negative charges.
    ro BatteryPower(battery_power): units::Watts =
        signed("battery_power", 8312, 2).not_available(-2147483648).conditional().fast();
    /// Energy left in the battery units.
    ro StoredEnergy(stored_energy): units::Joules =
        unsigned("stored_energy", 8314, 2).not_available(4294967295).conditional().fast();
    /// Time for which the stored energy lasts at the present load.
    ro TimeLeft(time_left): units::Seconds =
        unsigned("time_left", 8316, 2).not_available(4294967295).conditional().fast();
    /// State of the gateway.
    ro State(state): State = symbol("state", 8336, 1).fast();
    /// Time since the gateway started.
    ro Uptime(uptime): units::Seconds = unsigned("uptime", 8338, 2).fast();
    /// Number of the state snapshot from which this answer was made.
    ro SnapshotSequence(snapshot_sequence): u32 = unsigned("snapshot_sequence", 8340, 2).fast();
    /// Age of that snapshot.
    ro SnapshotAge(snapshot_age): units::Seconds = unsigned("snapshot_age", 8342, 2).scale(1, 1000).fast();
    /// Poll cycles.
    ro Polls(polls): u32 = unsigned("polls", 8352, 2).conditional().slow();
    /// Requests to a device that failed.
    ro BusErrors(bus_errors): u32 = unsigned("bus_errors", 8354, 2).conditional().slow();
    /// Devices that stopped answering.
    ro DevicesLost(devices_lost): u32 = unsigned("devices_lost", 8356, 2).conditional().slow();
    /// Devices that answer again.
    ro DevicesReturned(devices_returned): u32 = unsigned("devices_returned", 8358, 2).conditional().slow();
    /// Writes that were refused.
    ro WritesRefused(writes_refused): u32 = unsigned("writes_refused", 8360, 2).conditional().slow();
    /// Setpoints that the devices took.
    ro SetpointsApplied(setpoints_applied): u32 = unsigned("setpoints_applied", 8362, 2).conditional().slow();
    /// Setpoints that went to their fail-safe value.
    ro FailSafes(fail_safes): u32 = unsigned("fail_safes", 8364, 2).conditional().slow();
    /// Leases granted or renewed.
    ro LeaseGrants(lease_grants): u32 = unsigned("lease_grants", 8366, 2).conditional().slow();
    /// Leases that ran out.
    ro LeaseExpiries(lease_expiries): u32 = unsigned("lease_expiries", 8368, 2).conditional().slow();
    /// Sags of the input voltage.
    ro Sags(sags): u32 = unsigned("sags", 8370, 2).conditional().slow();
    /// Events recorded.
    ro Events(events): u32 = unsigned("events", 8372, 2).conditional().slow();
}
