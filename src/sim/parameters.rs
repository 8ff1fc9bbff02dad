//! Every figure of the model as data, each with its source and how sure we are of it.
//!
//! Source keys: **AE** Artesyn/AE ORv3 3 kW PSU data sheet text (2023); **DD** Delta/Advanced Energy OCP
//! talk on the ORv3 3 kW and HPR shelves; **BM** OCP BBU Module Specification 1.4; **OR** ORv3 Base
//! Specification 1.1; **25R** data sheet of the INR18650-25R cell. Confidence: *stated* (the source says
//! it), *derived* (arithmetic on stated figures), *assumed* (no source found; plausible, replace when
//! known).

use dpo_registers::units::{Celsius, Hertz, Volts};

use super::load::LoadProfile;

/// PSU slots of the shelf (AE: 1 OU, 6 x 3 kW).
pub const PSU_SLOTS: usize = 6;
/// BBU slots of the shelf (BM: 5+1 modules).
pub const BBU_SLOTS: usize = 6;
/// Modbus address of PSU slot 1; the others follow (v3 address scheme).
pub const FIRST_PSU_UNIT: u8 = 200;
/// Modbus address of BBU slot 1; the others follow.
pub const FIRST_BBU_UNIT: u8 = 64;
/// Cells in series in a pack (the ORv3 BBU map has 11 cell voltages).
pub const CELLS: usize = 11;

/// A shelf to simulate. [`Default`] is a full ORv3 shelf at 277 V, packs full, 9 kW constant load.
#[derive(Debug, Clone, PartialEq)]
pub struct ShelfConfig {
    /// Seed of the tolerances and of the start delays.
    pub seed: u64,
    /// AC input voltage at the start (AE: nominal 200 or 277 V).
    pub ac_voltage: Volts,
    /// AC frequency (AE: 47 to 63 Hz).
    pub ac_frequency: Hertz,
    /// Air temperature at the inlets.
    pub ambient: Celsius,
    /// State of charge of all packs at the start, 0 to 1.
    pub state_of_charge: f64,
    /// Unix time in seconds at the start. 0: the clocks of the devices were never set.
    pub unix_time_s: u32,
    /// Addresses of devices that are not inserted at the start.
    pub absent: Vec<u8>,
    /// The power supply units.
    pub psu: PsuParameters,
    /// The battery backup units.
    pub bbu: BbuParameters,
    /// How the load behaves below its voltage range.
    pub load_behaviour: LoadParameters,
    /// The load over time.
    pub load: LoadProfile,
}

impl Default for ShelfConfig {
    fn default() -> Self {
        Self {
            seed: 1,
            ac_voltage: Volts(277.0),
            ac_frequency: Hertz(60.0),
            ambient: Celsius(25.0),
            state_of_charge: 1.0,
            unix_time_s: 0,
            absent: Vec::new(),
            psu: PsuParameters::default(),
            bbu: BbuParameters::default(),
            load_behaviour: LoadParameters::default(),
            load: LoadProfile::default(),
        }
    }
}

/// Parameters of a 3 kW ORv3 PSU.
#[derive(Debug, Clone, PartialEq)]
pub struct PsuParameters {
    /// Rated output power in W. AE, stated.
    pub rated_power_w: f64,
    /// Output current at which the droop is complete, in A. AE, stated (60 A).
    pub full_current_a: f64,
    /// Output voltage without load in V. AE, derived (50.75 V at half load + half the droop).
    pub no_load_v: f64,
    /// Output voltage without load with VOUT_SEL at 48 V, in V. AE, stated as 48 V.
    pub low_no_load_v: f64,
    /// Fall of the output voltage from no load to full load, in V. AE and DD, stated (0.5 V).
    pub droop_v: f64,
    /// Output current at which the PSU turns into a current source, in A. AE, derived: 155 % (stated) of
    /// the current at 3 kW and 47.5 V, where the 48 V setting and the fall in the hold-up put the output.
    pub current_limit_a: f64,
    /// Output power above which the slow over-current trip runs, in W. AE, stated (3.45 kW).
    pub slow_trip_w: f64,
    /// Time of the slow over-current trip in s. AE, stated (10 s).
    pub slow_trip_s: f64,
    /// Output power above which the fast over-current trip runs, in W. AE, stated (3.6 kW).
    pub fast_trip_w: f64,
    /// Time of the fast over-current trip in s. AE, stated (100 ms).
    pub fast_trip_s: f64,
    /// Output voltage above which the over-voltage trip runs, in V. AE, stated (52.5 V).
    pub over_voltage_v: f64,
    /// Time of the over-voltage trip in s. AE, stated (200 ms).
    pub over_voltage_s: f64,
    /// Time between a trip and the next try in s. AE, stated for the synchronised start (5 s).
    pub retry_s: f64,
    /// Tries after trips before the PSU latches off. AE, stated for a short circuit (5); assumed for the
    /// other trips.
    pub retries: u8,
    /// Largest deviation of the set voltage between PSUs with active sharing, in V. AE, derived: share
    /// within 5 % at half load is 1.5 A, 12.5 mV on the droop; 10 mV leaves margin.
    pub share_spread_v: f64,
    /// Largest deviation without active sharing, in V. DD, derived (0.25 % of 51 V).
    pub level_spread_v: f64,
    /// How fast the output follows a new setpoint, in V/s. Assumed.
    pub setpoint_slew_v_per_s: f64,
    /// How fast the output rises at the start, in V/s. Assumed (about 100 ms from 0 to 51 V).
    pub start_slew_v_per_s: f64,
    /// AC voltage below which the PSU stops, in V. AE, stated (UVLO 172 V).
    pub ac_stop_v: f64,
    /// AC voltage from which the PSU starts, in V. AE, stated (178 V).
    pub ac_start_v: f64,
    /// AC voltage below which the output current is derated in proportion, in V. AE, stated as the lower
    /// end of the range (180 V); the law of the derating is assumed.
    pub ac_derate_v: f64,
    /// AC voltage of the slow over-voltage trip in V. AE, stated (309 V).
    pub ac_over_v: f64,
    /// Time of the slow AC over-voltage trip in s. AE, stated (50 ms).
    pub ac_over_s: f64,
    /// AC voltage of the fast over-voltage trip in V. AE, stated (345 V).
    pub ac_far_over_v: f64,
    /// Time of the fast AC over-voltage trip in s. AE, stated (20 ms).
    pub ac_far_over_s: f64,
    /// Highest AC voltage at which the PSU starts again, in V. AE, stated as the upper end of the range.
    pub ac_max_v: f64,
    /// Hold-up energy, as it reaches the output, in J. DD, stated (60 J up to 150 % load); AE agrees
    /// (20 ms at 100 %, 18.2 at 110 %, 13.3 at 150 %). Conversion loss is inside the figure.
    pub hold_up_j: f64,
    /// Bulk voltage in normal operation in V. Assumed (a 60 J bank of 1.39 mF).
    pub bulk_full_v: f64,
    /// Bulk voltage at which the output stops in V. Assumed.
    pub bulk_empty_v: f64,
    /// Power that refills the bulk capacitor, in W. Assumed.
    pub bulk_refill_w: f64,
    /// Share of the hold-up energy after which the output falls. AE and DD, stated (half).
    pub drop_share: f64,
    /// How far the output then falls in V. AE and DD, stated (3 V).
    pub drop_v: f64,
    /// How fast it falls, and rises when AC is back, in V/s. AE and DD, stated (1 ms for 3 V) for the
    /// fall, assumed for the rise.
    pub drop_slew_v_per_s: f64,
    /// Shortest and longest time from AC to ready, in s. AE, stated (1.0 to 2.5 s).
    pub ready_s: (f64, f64),
    /// Longest random delay of the shelf after ready without a live bus, in s. AE, stated (2 s).
    pub dead_bus_delay_s: f64,
    /// Longest random delay with a live bus, in s. AE, stated (5.5 s).
    pub live_bus_delay_s: f64,
    /// Bus voltage that counts as live, in V. AE, stated (44 V).
    pub live_bus_v: f64,
    /// Time above [`live_bus_v`](Self::live_bus_v) in s. AE, stated (0.1 s).
    pub live_bus_s: f64,
    /// Output off time of the power cycle command in s. Bit 15 of register 94, stated (5 s).
    pub power_cycle_s: f64,
    /// Time from insertion until the controller answers Modbus, in s. Assumed.
    pub boot_s: f64,
    /// Loss without load in W. Assumed (with the next two: 97.5 % at half load, 97.0 % at full load).
    pub loss_fixed_w: f64,
    /// Loss in proportion to the output power. Assumed.
    pub loss_linear: f64,
    /// Loss with the square of the output power, in 1/W. Assumed.
    pub loss_square_per_w: f64,
    /// Current distortion at high load (ratio). Assumed.
    pub ithd_full: f64,
    /// Added current distortion without load (ratio). Assumed.
    pub ithd_light: f64,
    /// Output power over which the added distortion falls by e, in W. Assumed.
    pub ithd_fall_w: f64,
    /// Capacitance of the input filter in F, which makes the power factor fall at light load. Assumed.
    pub filter_f: f64,
    /// Fan speed at no load and at full duty, in 1/min. Assumed.
    pub fan_rpm: (f64, f64),
    /// Time constant of the fans in s. Assumed.
    pub fan_tau_s: f64,
    /// Air temperature rise per W of loss at full fan speed, in K/W. Assumed.
    pub rise_k_per_w: f64,
    /// Thermal time constant in s. Assumed.
    pub thermal_tau_s: f64,
    /// Outlet temperature of the alarm in degC. Assumed.
    pub outlet_alarm_c: f64,
    /// Inlet temperature of the alarm in degC. Assumed.
    pub inlet_alarm_c: f64,
}

impl Default for PsuParameters {
    fn default() -> Self {
        Self {
            rated_power_w: 3000.0,
            full_current_a: 60.0,
            no_load_v: 51.0,
            low_no_load_v: 48.0,
            droop_v: 0.5,
            current_limit_a: 97.9,
            slow_trip_w: 3450.0,
            slow_trip_s: 10.0,
            fast_trip_w: 3600.0,
            fast_trip_s: 0.1,
            over_voltage_v: 52.5,
            over_voltage_s: 0.2,
            retry_s: 5.0,
            retries: 5,
            share_spread_v: 0.010,
            level_spread_v: 0.1275,
            setpoint_slew_v_per_s: 5.0,
            start_slew_v_per_s: 510.0,
            ac_stop_v: 172.0,
            ac_start_v: 178.0,
            ac_derate_v: 180.0,
            ac_over_v: 309.0,
            ac_over_s: 0.05,
            ac_far_over_v: 345.0,
            ac_far_over_s: 0.02,
            ac_max_v: 305.0,
            hold_up_j: 60.0,
            bulk_full_v: 420.0,
            bulk_empty_v: 300.0,
            bulk_refill_w: 600.0,
            drop_share: 0.5,
            drop_v: 3.0,
            drop_slew_v_per_s: 3000.0,
            ready_s: (1.0, 2.5),
            dead_bus_delay_s: 2.0,
            live_bus_delay_s: 5.5,
            live_bus_v: 44.0,
            live_bus_s: 0.1,
            power_cycle_s: 5.0,
            boot_s: 1.0,
            loss_fixed_w: 15.0,
            loss_linear: 0.006,
            loss_square_per_w: 6.5e-6,
            ithd_full: 0.03,
            ithd_light: 0.15,
            ithd_fall_w: 500.0,
            filter_f: 6.0e-6,
            fan_rpm: (5000.0, 25000.0),
            fan_tau_s: 2.0,
            rise_k_per_w: 0.12,
            thermal_tau_s: 60.0,
            outlet_alarm_c: 75.0,
            inlet_alarm_c: 50.0,
        }
    }
}

/// Parameters of an ORv3 BBU module.
#[derive(Debug, Clone, PartialEq)]
pub struct BbuParameters {
    /// Rated output power in W; the converter gives no more. BM, stated (3 kW).
    pub rated_power_w: f64,
    /// Output voltage without load in V. BM and DD, stated (48.0 V).
    pub no_load_v: f64,
    /// Fall of the output voltage to full load in V. BM and DD, stated (0.5 V).
    pub droop_v: f64,
    /// Output current at which the droop is complete, in A. Derived (3 kW at 47.5 V).
    pub full_current_a: f64,
    /// Bus voltage below which a discharge is triggered, in V. AE and DD, stated (48.5 V).
    pub trigger_v: f64,
    /// Time below the trigger voltage, in s. AE and DD, stated (2 ms).
    pub trigger_s: f64,
    /// Time from the trigger to the output, in s. AE and DD, stated (2 ms).
    pub start_s: f64,
    /// Output current below which a discharge may end, in A. AE, stated (0.1 A).
    pub leave_a: f64,
    /// Time below that current and above the trigger voltage, in s. AE and DD, stated (200 ms).
    pub leave_s: f64,
    /// Longest discharge in s, until register 289 says otherwise; taken into the 90 to 1200 s of that
    /// register. BM, derived (240 s at 3 kW when new).
    pub discharge_limit_s: u16,
    /// Time from the end of a discharge to the charge in s, until register 312 says otherwise. BM,
    /// stated (at least 1 min).
    pub charge_delay_s: u16,
    /// Energy out, counted since the pack was full, from which the automatic charge current is the high
    /// one, in J. BM, stated (200 kJ).
    pub charge_threshold_j: f64,
    /// Automatic charge currents in A. BM, stated (1 A and 2 A).
    pub charge_auto_a: (f64, f64),
    /// Highest charge current by override, in A. BM, stated (5 A).
    pub charge_max_a: f64,
    /// Fixed power of the charger in W. BM, derived with the next (130 W at 2 A, 265 W at 5 A, pack at
    /// 42 V).
    pub charger_fixed_w: f64,
    /// Efficiency of the charger beside the fixed power. BM, derived.
    pub charger_efficiency: f64,
    /// Efficiency of the discharge converter. Assumed.
    pub discharge_efficiency: f64,
    /// State of charge below which a pack that was not just discharged is charged, 0 to 1. Assumed.
    pub recharge_below: f64,
    /// Charge current at which the charge ends, in A. Assumed.
    pub charge_end_a: f64,
    /// The pack.
    pub pack: PackParameters,
    /// Time from insertion until the controller answers Modbus, in s. Assumed.
    pub boot_s: f64,
    /// State of health in percent. Assumed (new).
    pub soh_percent: u16,
    /// End-of-life threshold: backup time at rated power in s. BM 8.5, stated (90 s).
    pub eol_threshold_s: u16,
    /// Temperature rise of the pack per W of heat in it, in K/W. Assumed.
    pub pack_rise_k_per_w: f64,
    /// Thermal time constant of the pack in s. Assumed.
    pub pack_tau_s: f64,
    /// Temperature rise of the converters per W of their loss, in K/W. Assumed.
    pub converter_rise_k_per_w: f64,
    /// Thermal time constant of the converters in s. Assumed.
    pub converter_tau_s: f64,
    /// Pack temperature of the alarm in degC. Assumed.
    pub pack_alarm_c: f64,
    /// Fan speed at rest and at full load, in 1/min. Assumed.
    pub fan_rpm: (f64, f64),
}

impl Default for BbuParameters {
    fn default() -> Self {
        Self {
            rated_power_w: 3000.0,
            no_load_v: 48.0,
            droop_v: 0.5,
            full_current_a: 63.2,
            trigger_v: 48.5,
            trigger_s: 0.002,
            start_s: 0.002,
            leave_a: 0.1,
            leave_s: 0.2,
            discharge_limit_s: 240,
            charge_delay_s: 60,
            charge_threshold_j: 200_000.0,
            charge_auto_a: (1.0, 2.0),
            charge_max_a: 5.0,
            charger_fixed_w: 40.0,
            charger_efficiency: 0.933,
            discharge_efficiency: 0.97,
            recharge_below: 0.98,
            charge_end_a: 0.1,
            pack: PackParameters::default(),
            boot_s: 1.0,
            soh_percent: 100,
            eol_threshold_s: 90,
            pack_rise_k_per_w: 0.08,
            pack_tau_s: 600.0,
            converter_rise_k_per_w: 0.25,
            converter_tau_s: 60.0,
            pack_alarm_c: 65.0,
            fan_rpm: (3000.0, 12000.0),
        }
    }
}

/// Parameters of a pack: 11 cells in series, each of 4 in parallel.
///
/// 4 in parallel is assumed: 10 Ah is what 2 A charge within the 6 h of BM with room for the constant
/// voltage phase, and 3 kW for 240 s is then about half of the energy.
#[derive(Debug, Clone, PartialEq)]
pub struct PackParameters {
    /// Capacity when new in Ah. 25R (2.5 Ah), times 4.
    pub capacity_ah: f64,
    /// Resistance of one cell group in ohm. Assumed: 22 mohm a cell at DC, 4 in parallel.
    pub cell_resistance_ohm: f64,
    /// Open-circuit voltage of a cell at equal steps of the state of charge from 0 to 1, in V. Assumed:
    /// the usual shape of a 4.2 V lithium cell, charged to 4.15 V.
    pub open_circuit_v: [f64; 11],
    /// Cell voltage at which the discharge ends, in V. 25R, stated (2.5 V).
    pub cell_empty_v: f64,
    /// Largest difference in open-circuit voltage between cells, in V. Assumed.
    pub cell_spread_v: f64,
}

impl Default for PackParameters {
    fn default() -> Self {
        Self {
            capacity_ah: 10.0,
            cell_resistance_ohm: 0.0055,
            open_circuit_v: [3.00, 3.45, 3.55, 3.61, 3.67, 3.74, 3.82, 3.91, 4.00, 4.08, 4.15],
            cell_empty_v: 2.5,
            cell_spread_v: 0.004,
        }
    }
}

/// How the load behaves when the bus leaves its range. Above the drop-out voltage its power does not
/// depend on the voltage.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadParameters {
    /// Bus voltage below which the load switches off, in V. Assumed (input range of 48 V converters).
    pub drop_out_v: f64,
    /// Bus voltage from which it starts again, in V. OR 12.1, stated as the lower end of the range.
    pub restart_v: f64,
    /// Time above that voltage, in s. Assumed.
    pub restart_s: f64,
}

impl Default for LoadParameters {
    fn default() -> Self {
        Self { drop_out_v: 40.0, restart_v: 46.0, restart_s: 1.0 }
    }
}
