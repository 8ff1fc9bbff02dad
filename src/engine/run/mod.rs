//! The engine at work: telemetry, forecast, plan, push, record; one loop a gateway, many in a process.
//!
//! - [`steer`](mod@steer): the loop of one gateway.
//! - [`line`](mod@line): what it says of each of its ticks.
//! - [`log`]: where the lines go, bounded.
//! - [`think`](mod@think): plans on threads of their own, in bounded number and time.
//! - [`view`]: the newest lines as a page of a terminal.

pub mod line;
pub mod log;
mod nominal;
pub mod pace;
mod parts;
mod recorder;
pub mod steer;
pub mod think;
pub mod view;

pub use line::Line;
pub use log::Log;
pub use parts::EngineError;
pub use recorder::{NotWritten, Recorder};
pub use steer::{Engine, SteerConfig};
pub use think::Pool;
