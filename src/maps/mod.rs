//! Register maps: model, schema, lint, code generation.

pub mod model;
