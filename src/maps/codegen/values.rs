//! The types of flags and enumerations.

use super::CodegenError;
use super::names::{self, Names};
use super::writer::{Writer, literal};
use crate::maps::model::Register;

/// The flag set of a register.
pub(super) fn flags(register: &Register, names: &Names, out: &mut Writer) -> Result<(), CodegenError> {
    let (name, raw) = (names.type_of(register)?, integer(register, false)?);
    out.blank();
    out.open("crate::register_flags! {");
    out.doc(&format!("Flags of `{}`: {}", register.id, register.description));
    out.open(&format!("{name}: {raw} {{"));
    for bit in &register.bits {
        let constant = names::constant(register, &bit.id)?;
        if let Some(description) = &bit.description {
            out.doc(description);
        }
        let width = if bit.width == 1 { String::new() } else { format!(", {}", bit.width) };
        out.line(&format!("{constant}({}, {}, {}{width}),", literal(&bit.id), literal(&bit.name), bit.bit));
    }
    out.close("}");
    out.close("}");
    Ok(())
}

/// The enumeration of a register.
pub(super) fn symbols(register: &Register, names: &Names, out: &mut Writer) -> Result<(), CodegenError> {
    let (name, raw) = (names.type_of(register)?, integer(register, false)?);
    out.blank();
    out.open("crate::register_symbols! {");
    out.doc(&format!("Values of `{}`: {}", register.id, register.description));
    out.open(&format!("{name}: {raw} {{"));
    for symbol in &register.symbols {
        out.doc(&symbol.description);
        let variant = names::variant(register, &symbol.id)?;
        out.line(&format!("{variant}({}) = {},", literal(&symbol.id), symbol.value));
    }
    out.close("}");
    out.close("}");
    Ok(())
}

/// Integer type of a number of words.
pub(super) fn integer(register: &Register, signed: bool) -> Result<&'static str, CodegenError> {
    Ok(match (register.words, signed) {
        (1, false) => "u16",
        (2, false) => "u32",
        (3 | 4, false) => "u64",
        (1, true) => "i16",
        (2, true) => "i32",
        (3 | 4, true) => "i64",
        (words, _) => {
            return Err(CodegenError::Register {
                register: register.id.clone(),
                reason: format!("a number of {words} words does not fit 64 bits"),
            });
        }
    })
}
