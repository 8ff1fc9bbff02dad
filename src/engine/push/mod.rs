//! Setpoints on their way to a gateway: by Redfish or by the PMI block, always under the gateway's lease.
//!
//! A write that is refused is an answer, not a failure of the engine. Nothing here must work for a shelf to be safe: when the
//! engine, the network or this code is gone, the lease ends by itself and the gateway brings the fail-safe values back.
//!
//! Of the three numbers of a setpoint two are sent: what the BBUs may take is not (see [`crate::engine::setpoint`]).

mod keeper;
pub mod modbus;
pub mod redfish;

use futures::future::BoxFuture;
use serde::Serialize;
use tokio::time::Instant;

use crate::engine::setpoint::Setpoint;

pub use keeper::{Keeper, KeeperConfig, Told};

/// What became of a setpoint.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "result")]
pub enum Outcome {
    /// The devices hold it, read back.
    Held {
        /// Limit of the AC input that is held, W; null for none.
        input_limit_w: Option<f64>,
        /// Power of the BBUs that is held, W.
        bbu_discharge_w: f64,
        /// For how long the gateway keeps it unless it is renewed, s.
        lease_s: f64,
    },
    /// The gateway does not take it; what was held before still is.
    Refused {
        /// Its reason.
        reason: String,
    },
    /// The gateway cannot be reached, or did not answer in time: what it holds is not known.
    Lost {
        /// The words of the layers below.
        reason: String,
    },
    /// It was too old to be sent.
    Expired {
        /// By how much, s.
        late_s: f64,
    },
    /// What was held was given back.
    GivenBack,
}

/// A way to a gateway.
pub trait Push: Send {
    /// Takes or renews the lease, and writes a setpoint that is still valid.
    fn send<'a>(&'a mut self, setpoint: &'a Setpoint) -> BoxFuture<'a, Outcome>;

    /// Until when the next setpoint may be put into force: a gateway that answers slowly does not get it later.
    fn until(&mut self, _deadline: Instant) {}

    /// How many times the last setpoint had the devices written: they take that only so often.
    fn moves(&self) -> u32 {
        1
    }

    /// Gives the lease back, if it is held; the gateway then brings the fail-safe values back.
    fn give_back(&mut self) -> BoxFuture<'_, Outcome>;
}

/// What becomes of a setpoint whose time has passed on the way.
fn expired(deadline: Option<Instant>) -> Option<Outcome> {
    let late = Instant::now().checked_duration_since(deadline?)?;
    Some(Outcome::Expired { late_s: late.as_secs_f64() })
}

/// A setpoint's numbers as they may be sent: nothing that is no number or below 0. A limit above `most_w`, the highest that the
/// gateway takes, is sent as that one: it is the stricter limit, and what is held is told.
fn sound(setpoint: &Setpoint, most_w: f64) -> Result<(Option<f64>, f64), Outcome> {
    let limit = setpoint.input_limit_w.unwrap_or(0.0);
    let usable = |w: f64| w.is_finite() && (0.0..=1e6).contains(&w);
    if usable(limit) && usable(setpoint.bbu_discharge_w) {
        let limit = setpoint.input_limit_w.map(|w| if most_w > 0.0 { w.min(most_w) } else { w });
        // Not a zero below 0.
        return Ok((limit, setpoint.bbu_discharge_w.abs()));
    }
    Err(Outcome::Refused {
        reason: format!(
            "not sent: a limit of {limit} W with {} W of the BBUs is no setpoint",
            setpoint.bbu_discharge_w
        ),
    })
}
