//! Register maps: model, schema, lint, code generation.
//!
//! A map is a JSON file under `registers/maps/`. [`load()`] reads one, [`lint()`] checks what can be
//! checked about it, and with the feature `codegen` [`generate()`] writes the Rust bindings and the
//! JSON Schema that are checked in. [`diff`] says what a change of a map breaks, [`propose`] writes the
//! bundle that a change needs on its way into a specification.

#[cfg(feature = "codegen")]
pub mod codegen;
pub mod decode;
pub mod diff;
mod exact;
pub mod export;
#[cfg(feature = "codegen")]
mod generate;
pub mod import;
mod lint;
mod load;
mod locate;
pub mod model;
mod phosphor;
pub mod pmbus;
pub mod propose;
mod rackmon;
mod report;
pub mod schema;
pub(crate) mod terms;
pub mod units;

use std::path::Path;

#[cfg(feature = "codegen")]
pub use generate::{FileReport, FileState, GenerateError, GenerateReport, Mode, Outputs, generate};
pub use lint::{Example, Help, LintError, Rule, SelfTest, Unknown, lint, lint_text, self_test};
pub use load::{LoadError, load, load_text, parse};
pub use model::RegisterMap;
pub use report::{Finding, Report};

/// The maps that ship with this crate, as JSON: identifier and text.
pub const BUILTIN: [(&str, &str); 11] = [
    ("orv3-psu", dpo_registers::generated::orv3_psu::JSON),
    ("orv3-bbu", dpo_registers::generated::orv3_bbu::JSON),
    ("orv3-hpr-psu", dpo_registers::generated::orv3_hpr_psu::JSON),
    ("orv3-hpr-bbu", dpo_registers::generated::orv3_hpr_bbu::JSON),
    ("orv3-cbu", dpo_registers::generated::orv3_cbu::JSON),
    ("orv3-hpr-pmm-psu", dpo_registers::generated::orv3_hpr_pmm_psu::JSON),
    ("orv3-hpr-pmm-bbu", dpo_registers::generated::orv3_hpr_pmm_bbu::JSON),
    ("orv3-pmm-cbu", dpo_registers::generated::orv3_pmm_cbu::JSON),
    ("dpo-pmi", dpo_registers::generated::dpo_pmi::JSON),
    ("dpo-psu", dpo_registers::generated::dpo_psu::JSON),
    ("dpo-bbu", dpo_registers::generated::dpo_bbu::JSON),
];

/// The maps that ship with this crate, read.
///
/// # Errors
/// [`LoadError`] if a shipped map is broken, which its tests rule out.
pub fn builtin() -> Result<Vec<RegisterMap>, LoadError> {
    BUILTIN.iter().map(|(id, text)| parse(Path::new(&format!("registers/maps/{id}.json")), text)).collect()
}
