//! Modbus TCP (MODBUS Messaging on TCP/IP Implementation Guide V1.0b): client and server.
//!
//! Framing is our own, from [`dpo_registers::codec::mbap`]; the reasons are in
//! `spec/decisions/0001-modbus-framing.md`.

mod client;
mod server;
#[cfg(test)]
mod tests;

pub use client::{TcpBus, TcpClientConfig};
pub use server::{TcpServerConfig, serve};
