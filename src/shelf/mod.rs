//! The shelf as typed devices, whatever map they implement.
//!
//! - [`reading`]: what a PSU or BBU reports.
//! - [`discover`]: which addresses hold which map.
//! - [`planner`] and [`link`]: merged reads, and registers a device turns out not to have.
//! - [`writer`] and [`journal`]: the only way a register is written.

pub mod discover;
pub mod journal;
pub mod link;
pub mod planner;
pub mod reading;
#[cfg(test)]
pub(crate) mod testing;
pub mod writer;
