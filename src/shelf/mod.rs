//! The shelf as typed devices, whatever map they implement.

pub mod reading;
