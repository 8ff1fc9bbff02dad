//! The DPO Engine: it forecasts the load of a rack, so that a shelf can be set ahead of it.
//!
//! The engine talks to a gateway by its public interfaces only. Nothing here touches a bus.

pub mod backtest;
pub mod forecast;
pub mod hint;
pub mod plan;
pub mod setpoint;
