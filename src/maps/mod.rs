//! Register maps: model, schema, lint, code generation.

#[cfg(feature = "codegen")]
pub mod codegen;
pub mod model;
pub mod units;
