//! What a shelf can do and what the grid allows it, as a planner sees it.

/// A shelf and the limits that hold for it. Powers in watts; "output" is at the busbar, "input" at the AC side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RackModel {
    /// Output of all PSUs by their rating, and the most that is planned for.
    pub psu_rating_w: f64,
    /// Loss of all PSUs: a fixed part in W, a share of the output, and with its square in 1/W.
    pub psu_loss: [f64; 3],
    /// Largest AC input that the feed or a contract allows; `None` where the PSUs' rating is all there is.
    pub input_limit_w: Option<f64>,
    /// Power that all BBUs give at most.
    pub discharge_w: f64,
    /// Power that all chargers take from the bus at most.
    pub charge_w: f64,
    /// Energy in all packs between empty and full, in J.
    pub energy_j: f64,
    /// Share of a pack's energy that reaches the bus.
    pub discharge_efficiency: f64,
    /// Share of the power taken from the bus that ends in a pack.
    pub charge_efficiency: f64,
    /// State of charge that is kept for outages, from 0 to 1: nothing here discharges below it.
    pub reserve: f64,
    /// State of charge that is steered for: below full, so that a falling load can be followed by charging.
    pub target: f64,
    /// State of charge above which nothing charges.
    pub full: f64,
    /// What the grid allows.
    pub grid: GridLimits,
    /// From a reading to the moment at which a setpoint made from it acts, in seconds: age of the reading, the way
    /// through the gateway, the writes, and the devices' answer.
    pub delay_s: f64,
    /// Shortest time between two setpoints that are sent, in seconds: what comes in it is covered ahead by devices that follow a command.
    pub write_gap_s: f64,
    /// Do the devices hold the input limit by themselves, within milliseconds (PSUs at their limit, BBUs that hold the
    /// voltage below)? If not, a setpoint acts as a power that was right when the load was read.
    pub holds_limit: bool,
    /// Does a charger take what is left below the input limit by itself, as fast? Only where the limit is held so.
    pub charger_follows: bool,
}

/// What the grid allows a shelf, at its AC input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GridLimits {
    /// Steepest rise in W/s.
    pub ramp_up_w_per_s: f64,
    /// Steepest fall in W/s, a positive number.
    pub ramp_down_w_per_s: f64,
    /// Dynamic range: largest swing, peak to peak, of the part between 0.1 and 20 Hz, in W.
    pub range_w: f64,
    /// Largest effective value of the part between 0.1 and 20 Hz: the energy of the band is its square, times the time, in W.
    pub band_rms_w: f64,
    /// Rolling window in which swing and band count, in seconds.
    pub window_s: f64,
}

impl GridLimits {
    /// No limits: larger than any shelf.
    pub const NONE: Self = Self {
        ramp_up_w_per_s: 1e12,
        ramp_down_w_per_s: 1e12,
        range_w: 1e12,
        band_rms_w: 1e12,
        window_s: 5.0,
    };

    /// Ramps up and down, W/s, along which the band's limit is kept whatever the load does: a power that is nowhere steeper
    /// than `w / T` leaves at most `w` behind a high pass of the time constant `T`.
    pub fn calm_ramps(&self) -> (f64, f64) {
        let calm = self.band_rms_w / super::band::TIME_S;
        (self.ramp_up_w_per_s.min(calm), self.ramp_down_w_per_s.min(calm))
    }
}

/// A figure of a model that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{what} = {value}: wants {wanted}")]
pub struct ModelError {
    /// The field.
    pub what: &'static str,
    /// What it holds.
    pub value: f64,
    /// What it may hold.
    pub wanted: &'static str,
}

impl RackModel {
    /// A full ORv3 shelf: 6 PSUs of 3 kW, 6 BBUs of 3 kW with chargers of 265 W (BBU module 1.4), packs of 4 x 11 cells of
    /// 2.5 Ah (the electrical model's figures, `src/sim/parameters.rs`; losses and packs are assumed there). Half of the
    /// energy is kept: 240 s at 3 kW a module, what BBU module 1.4 asks of a new one. No grid limits.
    pub const ORV3: Self = Self {
        psu_rating_w: 18_000.0,
        psu_loss: [90.0, 0.006, 6.5e-6 / 6.0],
        input_limit_w: None,
        discharge_w: 18_000.0,
        charge_w: 6.0 * 265.0,
        energy_j: 6.0 * 1.48e6,
        discharge_efficiency: 0.97,
        charge_efficiency: 0.79,
        reserve: 0.5,
        target: 0.9,
        full: 0.98,
        grid: GridLimits::NONE,
        delay_s: 0.25,
        write_gap_s: 0.5,
        holds_limit: false,
        charger_follows: false,
    };

    /// AC input for an output of the PSUs, in W.
    pub fn input_w(&self, output_w: f64) -> f64 {
        let [fixed, linear, square] = self.psu_loss;
        output_w * (1.0 + linear) + square * output_w * output_w + fixed
    }

    /// Output of the PSUs for an AC input, in W; 0 where the input does not cover the fixed losses.
    pub fn output_w(&self, input_w: f64) -> f64 {
        let [fixed, linear, square] = self.psu_loss;
        let (slope, rest) = (1.0 + linear, (input_w - fixed).max(0.0));
        // The stable form: exact, too, without a square loss.
        2.0 * rest / (slope + (slope * slope + 4.0 * square * rest).sqrt())
    }

    /// Most that the PSUs give within both their rating and the limit of the input, in W.
    pub fn most_output_w(&self) -> f64 {
        self.input_limit_w.map_or(self.psu_rating_w, |limit| self.output_w(limit).min(self.psu_rating_w))
    }

    /// Steepest slope of the input over the output up to the rating: limits of the input divided by it hold for any output.
    pub fn slope(&self) -> f64 {
        1.0 + self.psu_loss[1] + 2.0 * self.psu_loss[2] * self.psu_rating_w
    }

    /// Most that the BBUs may give for `time_s` from this state of charge without touching the reserve, in W.
    pub fn give_w(&self, state_of_charge: f64, time_s: f64) -> f64 {
        let energy = (state_of_charge - self.reserve) * self.energy_j * self.discharge_efficiency;
        (energy / time_s.max(1e-3)).clamp(0.0, self.discharge_w)
    }

    /// Most that they may take for `time_s` without going above full, in W.
    pub fn take_w(&self, state_of_charge: f64, time_s: f64) -> f64 {
        let room = (self.full - state_of_charge) * self.energy_j / self.charge_efficiency;
        (room / time_s.max(1e-3)).clamp(0.0, self.charge_w)
    }

    /// Change of the state of charge in a second at a power on the bus (above 0: discharge), in 1/s.
    pub fn charge_rate(&self, bbu_w: f64) -> f64 {
        let factor = if bbu_w > 0.0 { 1.0 / self.discharge_efficiency } else { self.charge_efficiency };
        -bbu_w * factor / self.energy_j
    }

    /// Is it a shelf that can be planned for?
    ///
    /// # Errors
    /// The first figure that cannot be, and what is wanted.
    pub fn check(&self) -> Result<(), ModelError> {
        const POWER: (f64, f64, &str) = (1.0, 1e9, "a power of 1 W to 1 GW");
        const LIMIT: (f64, f64, &str) = (1e-3, 1e12, "above 0");
        let [fixed, linear, square] = self.psu_loss;
        let checks = [
            ("psu_rating_w", self.psu_rating_w, POWER),
            ("psu_loss[0]", fixed, (0.0, self.psu_rating_w, "a loss from 0 W to the rating")),
            ("psu_loss[1]", linear, (0.0, 1.0, "a share from 0 to 1")),
            (
                "psu_loss[2]",
                square * self.psu_rating_w,
                (0.0, 1.0, "a loss of at most the output at the rating"),
            ),
            ("input_limit_w", self.input_limit_w.unwrap_or(1.0), POWER),
            ("discharge_w", self.discharge_w, (0.0, 1e9, "a power of 0 W to 1 GW")),
            ("charge_w", self.charge_w, (0.0, 1e9, "a power of 0 W to 1 GW")),
            ("energy_j", self.energy_j, (1.0, 1e15, "an energy above 1 J")),
            ("discharge_efficiency", self.discharge_efficiency, (0.1, 1.0, "a share from 0.1 to 1")),
            ("charge_efficiency", self.charge_efficiency, (0.1, 1.0, "a share from 0.1 to 1")),
            ("reserve", self.reserve, (0.0, self.target, "0 up to the target")),
            ("target", self.target, (0.0, self.full, "the reserve up to full")),
            ("full", self.full, (0.0, 1.0, "the target up to 1")),
            ("grid.ramp_up_w_per_s", self.grid.ramp_up_w_per_s, LIMIT),
            ("grid.ramp_down_w_per_s", self.grid.ramp_down_w_per_s, LIMIT),
            ("grid.range_w", self.grid.range_w, LIMIT),
            ("grid.band_rms_w", self.grid.band_rms_w, LIMIT),
            ("grid.window_s", self.grid.window_s, (0.1, 60.0, "a time from 0.1 s to 60 s")),
            ("delay_s", self.delay_s, (0.0, 10.0, "a time from 0 s to 10 s")),
            ("write_gap_s", self.write_gap_s, (0.0, 60.0, "a time from 0 s to a minute")),
        ];
        for (what, value, (least, most, wanted)) in checks {
            // Written so that NaN fails.
            if !(least <= value && value <= most) {
                return Err(ModelError { what, value, wanted });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_and_output_are_each_others_inverse() {
        let rack = RackModel::ORV3;
        for output in [0.0, 1.0, 3000.0, 9000.0, 18_000.0] {
            let input = rack.input_w(output);
            assert!((rack.output_w(input) - output).abs() < 1e-6, "{output}");
            assert!(input >= output);
        }
        // 97.5 % at half load, 97.0 % at full load: figures of the electrical model.
        assert!((9000.0 / rack.input_w(9000.0) - 0.975).abs() < 2e-3);
        assert!((18_000.0 / rack.input_w(18_000.0) - 0.970).abs() < 2e-3);
        assert_eq!(rack.output_w(10.0), 0.0);
    }

    #[test]
    fn nothing_is_given_below_the_reserve_or_taken_above_full() {
        let rack = RackModel::ORV3;
        assert_eq!(rack.give_w(rack.reserve, 1.0), 0.0);
        assert_eq!(rack.give_w(0.0, 1.0), 0.0);
        assert_eq!(rack.take_w(rack.full, 1.0), 0.0);
        assert_eq!(rack.give_w(1.0, 1.0), rack.discharge_w);
        // A second of charge at full power, and back.
        let after = 0.8 + rack.charge_rate(-1000.0);
        assert!((after - 0.8 - 790.0 / rack.energy_j).abs() < 1e-12);
    }

    #[test]
    fn bad_figures_are_named() {
        assert_eq!(RackModel::ORV3.check(), Ok(()));
        let bad = RackModel { energy_j: f64::NAN, ..RackModel::ORV3 };
        assert_eq!(bad.check().unwrap_err().what, "energy_j");
        let bad = RackModel { reserve: 0.95, ..RackModel::ORV3 };
        assert!(bad.check().unwrap_err().to_string().starts_with("reserve = 0.95: wants"));
    }
}
