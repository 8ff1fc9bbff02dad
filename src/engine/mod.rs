//! The DPO Engine: it forecasts the load of a rack, so that a shelf can be set ahead of it.
//!
//! The engine talks to a gateway by its public interfaces only. Nothing here touches a bus.
//!
//! - [`forecast`], [`backtest`]: what the load will be, and how well that is known.
//! - [`hint`], [`setpoint`]: what a planner is told, and what it answers; [`plan`] is one.
//! - With the feature `engine-run`: `intake` and `push`, the ways to a gateway (`client` speaks Redfish); `hints`, what a scheduler
//!   says; `record`, grid events in a chain of digests; `run`, the loop.

pub mod backtest;
#[cfg(feature = "engine-run")]
pub mod client;
#[cfg(feature = "engine-run")]
pub mod clock;
pub mod forecast;
pub mod headroom;
pub mod hint;
#[cfg(feature = "engine-run")]
pub mod hints;
#[cfg(feature = "engine-run")]
pub mod intake;
pub mod plan;
#[cfg(feature = "engine-run")]
pub mod push;
#[cfg(feature = "engine-run")]
pub mod record;
#[cfg(feature = "engine-run")]
pub mod run;
pub mod setpoint;
