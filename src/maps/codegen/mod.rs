//! Rust bindings from a register map: model → rows → text.
//!
//! The output depends on the map alone: the same map gives the same bytes. One module a map: what the map
//! says of the device, the types of its flags and enumerations, and a row a register. The macros of
//! [`dpo_registers`] make types, constants and the image of a device of it, so that what is checked in is
//! short enough to be read next to the map.

pub(super) mod device;
mod docs;
pub(super) mod names;
mod rows;
mod values;
pub(super) mod writer;

use super::model::{Kind, RegisterMap};

pub use names::module_name;

/// Why no code could be generated.
#[derive(Debug, thiserror::Error)]
pub enum CodegenError {
    /// A name of the map cannot be a name in Rust.
    #[error("registers/{register}: `{name}` cannot be a Rust name: {reason}")]
    Name {
        /// Identifier of the register.
        register: String,
        /// The name.
        name: String,
        /// Why not.
        reason: &'static str,
    },
    /// A register that the bindings cannot express.
    #[error("registers/{register}: {reason}")]
    Register {
        /// Identifier of the register.
        register: String,
        /// Why not.
        reason: String,
    },
    /// The version is not three numbers.
    #[error("version `{0}` is not of the form 1.2.3")]
    Version(String),
    /// The text is not Rust: a defect of the generator.
    #[error("the generated code does not parse (a defect of the generator): {0}")]
    Syntax(#[from] syn::Error),
}

/// The source of the module for `map`.
///
/// # Errors
/// [`CodegenError`] if the map holds something that the bindings cannot express. A map without lint
/// findings of level error always generates.
pub fn generate(map: &RegisterMap) -> Result<String, CodegenError> {
    let names = names::Names::of(map)?;
    let mut out = writer::Writer::default();
    out.line(&format!(
        "// Written by `dpo registers generate` from maps/{}.json. Do not edit: change the map.",
        map.id
    ));
    out.blank();
    out.inner_doc(&format!("{}: register map `{}` {}.", map.title, map.id, map.version));
    out.blank();
    device::write(map, &mut out)?;
    for register in &map.registers {
        match register.kind {
            Kind::Flags => values::flags(register, &names, &mut out)?,
            Kind::Enum => values::symbols(register, &names, &mut out)?,
            _ => {}
        }
    }
    rows::write(map, &names, &mut out)?;
    let text = out.finish();
    // Names and texts come from the map; whatever they hold must not have become code.
    syn::parse_file(&text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    /// Each checked-in module is what its map generates, byte for byte.
    #[test]
    fn the_checked_in_bindings_are_what_the_maps_generate() {
        for (id, map) in crate::maps::BUILTIN {
            let root = env!("CARGO_MANIFEST_DIR");
            let module = format!("{root}/registers/src/generated/{}.rs", super::module_name(id));
            let generated = super::generate(&serde_json::from_str(map).unwrap()).unwrap();
            let checked_in = std::fs::read_to_string(module).unwrap();
            assert!(generated == checked_in, "{id}: run `dpo registers generate`");
        }
    }
}
