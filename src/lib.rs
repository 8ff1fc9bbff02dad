//! Reference implementation of the DPO Gateway Specification.
//!
//! Data flows one way: register maps → bindings → devices → gateway → interfaces. Commands flow the
//! other way through one gate, the lease. The rooms, in the direction of their dependencies:
//!
//! - [`maps`]: the register-map model, its schema, lint and code generation.
//! - [`bus`]: Modbus RTU and TCP as client and server, PMBus over SMBus, buses in memory, and a line shared by priority.
//! - [`shelf`]: PSUs and BBUs as typed devices; discovery, read planning, safe writes.
//! - [`control`]: pure control functions without I/O or a clock.
//! - [`gridcode`]: grid codes as data, and the verdict on a recorded event.
//! - [`plot`]: panels, lines and marks as SVG.
//! - [`engine`]: forecasts of the load, setpoints ahead of it, and the loop that steers gateways from outside.
//! - [`sim`]: the electrical model of a shelf and the device front ends that answer Modbus and PMBus.
//! - [`realtime`]: the local fast path, a tick each millisecond on a thread of its own.
//! - [`gateway`]: polling, snapshots, lease, setpoints, events.
//! - [`pmi`]: the north-bound Modbus server: pass-through and the DPO block.
//! - [`redfish`]: the Redfish service and its OpenAPI pages.
//! - [`spec`]: requirements as data, their check, and what the specification's chapters are generated from.
//! - [`embedded`]: a simulated shelf with its gateway and PMI in one process.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod bus;
#[cfg(feature = "cli")]
pub mod cli;
pub mod control;
#[cfg(feature = "sim")]
pub mod embedded;
#[cfg(feature = "engine")]
pub mod engine;
pub mod gateway;
#[cfg(feature = "gridcode")]
pub mod gridcode;
#[cfg(feature = "maps")]
pub mod maps;
#[cfg(feature = "gridcode")]
pub mod plot;
pub mod pmi;
#[cfg(feature = "realtime")]
pub mod realtime;
#[cfg(feature = "redfish")]
pub mod redfish;
pub mod shelf;
#[cfg(feature = "sim")]
pub mod sim;
#[cfg(all(feature = "maps", feature = "gridcode"))]
pub mod spec;

pub use dpo_registers as registers;
