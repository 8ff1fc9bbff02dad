//! The Redfish service from outside: the router with a made-up shelf behind it, and one server with TLS.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod accounts;
mod api;
mod attacks;
mod client;
mod events;
mod labels;
mod levers;
mod monitor;
mod oem;
mod page;
mod power_cycle;
mod protocol;
mod push;
mod reach;
mod server;
#[path = "../../examples/redfish_fixture/shelf.rs"]
mod shelf;
mod tasks;
mod telemetry;
mod tree;
mod writes;
