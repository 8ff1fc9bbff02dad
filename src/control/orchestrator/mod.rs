//! Who carries the load, and how it comes back to the grid: the local fast path of the gateway.
//!
//! [`io`] is the contract between the orchestrator, the twin it is tested on (room `sim`) and the executor
//! that runs it on a gateway.

pub mod io;
