//! The engine against a gateway: the embedded one around a simulated shelf, over loopback, and against servers that
//! mean harm.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bench;
mod closed_loop;
mod hints;
mod hostile;
mod lost;
mod steering;
