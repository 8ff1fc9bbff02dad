//! Rust bindings from a register map: model → tokens → formatted source.
//!
//! The output depends on the map alone: the same map gives the same bytes. One module a map, with
//! the constants of [`dpo_registers::map`], a type a register and an image of the whole device.

mod image;
mod info;
mod names;
mod types;

use proc_macro2::TokenStream;
use quote::quote;

use super::model::RegisterMap;

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
    /// A map that the bindings cannot express: it was imported, and is no map of this project.
    #[error("the bindings have no {0}")]
    Unsupported(&'static str),
    /// The version is not three numbers.
    #[error("version `{0}` is not of the form 1.2.3")]
    Version(String),
    /// The tokens are not Rust: a defect of the generator.
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
    let doc = doc(&format!("{}: register map `{}` {}.", map.title, map.id, map.version));
    let uses = quote! { use crate::{map, register}; };
    let info = info::map(map)?;
    let types: Vec<_> =
        map.registers.iter().map(|r| types::value_type(r, &names)).collect::<Result<_, _>>()?;
    let registers: Vec<_> = map
        .registers
        .iter()
        .enumerate()
        .map(|(i, r)| types::register(i, r, &names))
        .collect::<Result<_, _>>()?;
    let image = image::image(map, &names)?;
    let file: TokenStream = quote! {
        #uses
        #info
        #(#types)*
        /// The registers as types.
        pub mod reg {
            use crate::register;
            #(#registers)*
        }
        #image
    };
    let file: syn::File = syn::parse2(file)?;
    let body = prettyplease::unparse(&file);
    Ok(format!(
        "// Written by `dpo registers generate` from maps/{}.json. Do not edit: change the map.\n\n//!{doc}\n\n{body}",
        map.id
    ))
}

/// A documentation line as prettyplease wants it: with the blank after the slashes.
fn doc(text: &str) -> String {
    // A backtick pair keeps rustdoc from reading `[..]` or `<..>` of a source text as markup.
    let text = text.replace('[', "\\[").replace(']', "\\]").replace('<', "\\<");
    format!(" {text}")
}

#[cfg(test)]
mod tests {
    /// Each checked-in module is what its map generates, byte for byte.
    #[test]
    fn the_checked_in_bindings_are_what_the_maps_generate() {
        for id in ["orv3-psu", "orv3-bbu", "dpo-pmi"] {
            let root = env!("CARGO_MANIFEST_DIR");
            let map = std::fs::read_to_string(format!("{root}/registers/maps/{id}.json")).unwrap();
            let module = format!("{root}/registers/src/generated/{}.rs", super::module_name(id));
            let generated = super::generate(&serde_json::from_str(&map).unwrap()).unwrap();
            let checked_in = std::fs::read_to_string(module).unwrap();
            assert!(generated == checked_in, "{id}: run `dpo registers generate`");
        }
    }
}
