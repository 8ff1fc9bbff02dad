//! Conformance suite for power shelves that speak Modbus by a machine-readable register map.
//!
//! A case is a Gherkin scenario under `features/`: its tags carry the permanent id, level, class and
//! clause, its steps are the test procedure. [`run`](run::run) plays the scenarios against a target and turns
//! what happened into [`Record`](outcome::Record)s and a [`Verdict`](outcome::Verdict).
//!
//! The judging code knows the wire format (`dpo_registers::codec`) and the maps
//! (`dpo_gateway::maps::model`), and nothing else of this project: it must be able to contradict the
//! generated bindings and the gateway. Only [`targets::sim`] starts the reference.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod answers;
pub mod catalogue;
pub mod cli;
mod collector;
pub mod declared;
pub mod device;
pub mod instrument;
mod needs;
pub mod outcome;
pub mod pics;
mod play;
pub mod pmbus;
pub mod profile;
mod putback;
pub mod rack;
mod redact;
pub mod report;
pub mod requirements;
pub mod restore;
pub mod results;
pub mod ride;
pub mod run;
pub mod secure;
pub mod selftest;
pub mod service;
mod steps;
mod subjects;
pub mod targets;
pub mod transport;
mod world;
mod writable;
