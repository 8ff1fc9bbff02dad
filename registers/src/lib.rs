//! ORv3 and DPO register maps for Rust, without `std`, allocation or I/O.
//!
//! The JSON files under `maps/` are the source of truth. This crate holds what a firmware or a
//! gateway needs of them:
//!
//! - [`map`]: what a map says, as constants: address, format, access, limits, safety ([`map::MapInfo`],
//!   [`map::RegisterInfo`]).
//! - [`generated`]: one module a map with a type a register, typed values and a whole-device image.
//!   Written by `dpo registers generate`, checked in, never edited.
//! - [`register`]: the traits behind the generated types. [`register_map!`], [`register_flags!`] and
//!   [`register_symbols!`] are what generated modules are written in.
//! - [`units`]: volts are not watts.
//! - [`codec`]: Modbus PDU, MBAP and RTU framing, CRC, fixed point, strings; PMBus transactions and numbers.
//! - [`device`]: answers Modbus requests for a device that implements a map (firmware, simulator).
//! - [`client`]: checks answers; [`codec::Pdu`] builds requests.
//! - [`pmbus`]: the same for PMBus: command sets, commands as types, both sides of a transaction.
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

#[cfg(test)]
extern crate std;

pub mod client;
pub mod codec;
pub mod device;
pub mod generated;
pub mod map;
pub mod pmbus;
pub mod register;
pub mod units;

/// The examples of the README, as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
