//! Modbus TCP (MODBUS Messaging on TCP/IP Implementation Guide V1.0b): client and server.
//!
//! Framing is our own, from [`dpo_registers::codec::mbap`]; the reasons are in
//! `spec/decisions/0001-modbus-framing.md`.

mod client;
mod counters;
mod limits;
mod rate;
#[cfg(feature = "secure")]
pub mod secure;
mod server;
#[cfg(test)]
mod tests;

pub use client::{TcpBus, TcpClientConfig};
pub use counters::{TcpCounters, TcpCounts};
pub use limits::{CONNECTION_MEMORY, Keepalive, TcpServerConfig};
pub use server::{TcpServer, serve};
