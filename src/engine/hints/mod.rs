//! Hints of a scheduler: kept for the planner, taken over HTTP.
//!
//! - [`store`]: what is known now, bounded in number and in time.
//! - [`api`]: how a scheduler says it (`openapi/engine.json`).
//! - [`server`]: who may say it, and how much of it.

pub mod api;
mod places;
pub mod server;
pub mod store;

pub use api::{openapi, openapi_json};
pub use server::{CONNECTIONS, HintsConfig, ServeError, serve};
pub use store::{HintStore, StoreError, StoredHints};
