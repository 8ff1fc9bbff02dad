//! The orchestrator against a small quasi-static shelf, and its parts alone.

#[allow(clippy::needless_range_loop)] // The devices are counted by slot.
mod plant;
mod sags;
