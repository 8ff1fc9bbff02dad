//! Modbus RTU (MODBUS over Serial Line V1.02): client and server over any byte stream.
//!
//! Framing is our own, from [`dpo_registers::codec::rtu`]; the reasons are in
//! `spec/decisions/0001-modbus-framing.md`.
//!
//! # What ends a frame
//! On the line silence ends a frame, and nothing else does. Through a USB adapter or a scheduler the
//! silence between two characters says little: bytes come in lumps, late. So both sides stop at the
//! length that the function code fixes, if the CRC fits exactly there, and fall back on silence, with a
//! floor below which it is not believed. Bytes that are no frame are dropped up to the next silence, a
//! good frame right behind them included: looking for a frame inside noise would sooner or later execute
//! a write that nobody sent. A client whose request fell into the noise times out and asks again.
//!
//! A pseudo-terminal has no line timing: silence there is what the writing program leaves.

mod client;
mod framer;
pub(in crate::bus) mod server;
pub(in crate::bus) mod station;
mod stream;
#[cfg(test)]
mod tests;
mod thread;
mod timing;

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};

pub use client::{RtuBus, RtuClientConfig};
pub use server::{RtuServerConfig, serve, serve_tty};
pub use timing::LineTiming;

/// A byte stream that carries RTU frames: a serial port, a pseudo-terminal, a pipe in a test.
pub trait Port: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Port for T {}

fn port_closed() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the serial port was closed")
}
