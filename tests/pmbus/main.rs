//! PMBus from the controller to the simulated targets and back.
//!
//! [`suite`] runs over any bus: in memory, or with `DPO_PMBUS_BUS=/dev/i2c-N` over an I2C bus of Linux whose targets
//! are the simulated PSUs (`interop/qemu` does that inside a guest; one test at a time then). The other modules need
//! their hands on the wire.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod faults;
mod gateway;
mod rig;
mod suite;
mod targets;
