//! The orchestrator against a small quasi-static shelf, and its parts alone.

mod constants;
mod degraded;
mod landing;
mod normal;
#[allow(clippy::needless_range_loop)] // The devices are counted by slot.
mod plant;
mod properties;
mod ride_through;
mod sags;
