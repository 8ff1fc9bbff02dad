//! The equipment that a policy is for.

use dpo_registers::units::{Amperes, Ratio, Volts, Watts};

/// Figures of a shelf that the orchestrator computes with. Sources: **AE** the 3 kW PSU data sheet, **BM** BBU
/// Module 1.4, **DD** Delta/Advanced Energy deck (`reference/orv3.md`, 2.2 and 2.3).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shelf {
    /// Rated output of a PSU. AE, stated (v3).
    pub psu_rated: Watts,
    /// Rated input current of a PSU, which the register `low_line_current` counts in. Derived: full power at
    /// [`Self::psu_full_power`].
    pub psu_current: Amperes,
    /// Input voltage down to which a PSU gives full power. Derived from the derating between 180 V and 198 V.
    pub psu_full_power: Volts,
    /// Input voltage below which a PSU without the block stops. AE, stated (180 V).
    pub psu_lowest: Volts,
    /// Input voltage at which a PSU trips in the end. AE, stated (309 V for 50 ms).
    pub psu_over: Volts,
    /// Efficiency of a PSU. AE, derived (97.5 % at half load with the fans: 96 % to 97.5 %).
    pub efficiency: Ratio,
    /// Accuracy of the input power that the gateway measures, over its value: before a sag and after it each may be off
    /// by as much. A walk-in ends below the power before by both, so that the true power never exceeds it. AE, stated
    /// for the input current (1 %); that the shelf's own measurement is as good is assumed.
    pub input_accuracy: Ratio,
    /// Rated output of a BBU. BM, stated (v3).
    pub bbu_rated: Watts,
    /// The most that a BBU's charger takes from the bus. BM, stated (265 W at 5 A).
    pub bbu_charge: Watts,
    /// What a BBU's charger needs for itself: it takes that at once when it begins. BM, stated (40 W).
    pub bbu_charger: Watts,
    /// Bus voltage below which a BBU supports by itself. AE, stated (48.5 V; HPR waits for the line AC_LOSS).
    pub bbu_trigger: Volts,
}

impl Shelf {
    /// Open Rack V3: six PSUs of 3 kW, six BBUs of 3 kW.
    pub const V3: Self = Self {
        psu_rated: Watts(3000.0),
        psu_current: Amperes(3000.0 / 0.97 / 198.0),
        psu_full_power: Volts(198.0),
        psu_lowest: Volts(180.0),
        psu_over: Volts(309.0),
        efficiency: Ratio(0.97),
        input_accuracy: Ratio(0.01),
        bbu_rated: Watts(3000.0),
        bbu_charge: Watts(265.0),
        bbu_charger: Watts(40.0),
        bbu_trigger: Volts(48.5),
    };
    /// High power rack: six PSUs of 5.5 kW. DD; the shelf of its BBUs gives 33 kW. What is not known of it is as in
    /// v3, *assumed*.
    pub const HPR: Self = Self {
        psu_rated: Watts(5500.0),
        psu_current: Amperes(5500.0 / 0.97 / 198.0),
        bbu_rated: Watts(5500.0),
        bbu_charge: Watts(485.0),
        ..Self::V3
    };
}

impl Default for Shelf {
    fn default() -> Self {
        Self::V3
    }
}
