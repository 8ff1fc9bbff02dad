//! What a planner is told, and what it answers.
//!
//! The engine steers a shelf by two numbers, which are setpoints of the gateway (PMI block, registers 16768 and 16770;
//! Redfish, `Controls/ShelfPowerLimit` and `Controls/BBUDischarge`): a limit of the AC input, and a power that the BBUs give.
//! It also computes the most that they may take. That one is **not sent**: no BBU of today has a register for it, and this gateway
//! does not claim `capabilities.bbu_charge` (register 16772 of the block, modification 11). It is in the log, and in the
//! simulated hardware of the headroom study. All hold only as long as the lease behind them, and no longer than [`Setpoint::valid_until_s`].

/// What a shelf reported last. Powers in watts at the point named; times in seconds on the engine's clock, which only
/// goes forward.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShelfState {
    /// When the readings were taken.
    pub t_s: f64,
    /// Power of the load on the busbar.
    pub load_w: f64,
    /// AC input of the shelf.
    pub input_w: f64,
    /// Power of all BBUs on the busbar: above 0 they discharge, below 0 they charge.
    pub bbu_w: f64,
    /// State of charge of the BBUs that take part, mean, from 0 to 1.
    pub state_of_charge: f64,
    /// Power that the BBUs that take part can give now.
    pub bbu_available_w: f64,
    /// Output power of all PSUs that run, by their rating.
    pub psu_available_w: f64,
    /// What the grid does, as the gateway says.
    pub grid: GridState,
}

/// What the grid does, as far as a planner must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GridState {
    /// Nothing special.
    #[default]
    Normal,
    /// The gateway rides through an event or recovers from it: the engine keeps out of its way.
    Event,
    /// Support could not go on, as devices did not answer: the gateway goes on when the lease is given back and taken anew.
    Halted,
    /// The gateway is in fail-safe by itself, or its state is not known.
    Unknown,
}

/// A load expected ahead, in watts on the busbar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ahead {
    /// From the time of the newest reading, in seconds.
    pub horizon_s: f64,
    /// Expected.
    pub mean_w: f64,
    /// Lower end of an interval that holds the stated share of what comes.
    pub low_w: f64,
    /// Upper end.
    pub high_w: f64,
}

/// What the engine asks of a gateway.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setpoint {
    /// When it was computed.
    pub made_s: f64,
    /// After this it is not sent, and what was sent is let go.
    pub valid_until_s: f64,
    /// Largest AC input of the shelf in watts; `None` for no limit.
    pub input_limit_w: Option<f64>,
    /// Power that the BBUs give, in watts; 0 for none.
    pub bbu_discharge_w: f64,
    /// Largest power that the BBUs may take from the bus, in watts; `None` leaves it to them. For the log and for simulated
    /// hardware: it is not sent.
    pub bbu_charge_limit_w: Option<f64>,
    /// Who computed it.
    pub source: Source,
}

/// Who computed a setpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The optimizer.
    Optimizer,
    /// The explicit limiter, because the optimizer could not be used.
    Limiter(Reason),
}

/// Why the limiter computed a setpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The solver ended without a solution, or with one that breaks a limit.
    NoSolution,
    /// The solver was not done in its time.
    Late,
    /// The forecast is too old, is no number, or was worse than persistence of late.
    BadForecast,
    /// The readings are too old.
    StaleState,
    /// The gateway rides through an event, or its state is not known.
    Grid,
    /// No forecast is asked for.
    Configured,
}

/// Computes setpoints.
pub trait Planner: Send {
    /// The setpoint for now.
    ///
    /// # Arguments
    /// - `now_s`: time of the engine's clock, s; at or after `state.t_s`.
    /// - `state`: the newest readings.
    /// - `ahead`: loads expected, horizons rising; empty if there is no forecast.
    ///
    /// Whatever it is given, the answer is inside the limits that the planner was built with: bad numbers lead to the
    /// limiter, never to an error.
    fn plan(&mut self, now_s: f64, state: &ShelfState, ahead: &[Ahead]) -> Setpoint;

    /// Says what went out for a time at which this planner was asked and not heard: it was late, or stands by.
    fn told(&mut self, setpoint: &Setpoint) {
        let _ = setpoint;
    }
}
