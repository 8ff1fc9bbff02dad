//! Names of the map as names in Rust.

use std::collections::HashMap;

use super::CodegenError;
use crate::maps::model::{Kind, Register, RegisterMap};

/// Type names the generated module uses itself.
const TAKEN: [&str; 1] = ["Image"];

/// Checked names of one map.
pub(super) struct Names {
    types: HashMap<String, String>,
}

impl Names {
    /// Checks every name once, so that the rest of the generator need not.
    pub(super) fn of(map: &RegisterMap) -> Result<Self, CodegenError> {
        let mut types = HashMap::new();
        let mut owners: HashMap<String, String> = HashMap::new();
        for register in &map.registers {
            let name = camel(&register.id);
            let refuse =
                |reason| CodegenError::Name { register: register.id.clone(), name: name.clone(), reason };
            if TAKEN.contains(&name.as_str()) && matches!(register.kind, Kind::Flags | Kind::Enum) {
                return Err(refuse("the generated module has a type of this name"));
            }
            if owners.insert(name.clone(), register.id.clone()).is_some() {
                return Err(refuse("two registers lead to this name"));
            }
            let name = plain(&name).ok_or_else(|| refuse("not an identifier"))?;
            types.insert(register.id.clone(), name);
        }
        Ok(Self { types })
    }

    /// UpperCamelCase name of a register.
    pub(super) fn type_of(&self, register: &Register) -> Result<String, CodegenError> {
        self.types.get(&register.id).cloned().ok_or_else(|| CodegenError::Name {
            register: register.id.clone(),
            name: register.id.clone(),
            reason: "unknown register",
        })
    }
}

/// Name of the module of a map: `orv3-psu` becomes `orv3_psu`.
pub fn module_name(id: &str) -> String {
    id.replace('-', "_")
}

/// `input_voltage_ac` becomes `InputVoltageAc`.
pub(in crate::maps) fn camel(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for part in id.split('_') {
        let mut chars = part.chars();
        out.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        out.push_str(chars.as_str());
    }
    out
}

/// Field name of a register.
pub(super) fn field(register: &Register) -> Result<String, CodegenError> {
    plain(&register.id).or_else(|| plain(&format!("r#{}", register.id))).ok_or_else(|| CodegenError::Name {
        register: register.id.clone(),
        name: register.id.clone(),
        reason: "not an identifier",
    })
}

/// Name of an associated constant: `fan_alarm` becomes `FAN_ALARM`.
pub(super) fn constant(register: &Register, id: &str) -> Result<String, CodegenError> {
    let name = id.to_ascii_uppercase();
    plain(&name).ok_or_else(|| CodegenError::Name {
        register: register.id.clone(),
        name,
        reason: "not an identifier",
    })
}

/// Name of an enumeration variant.
pub(super) fn variant(register: &Register, id: &str) -> Result<String, CodegenError> {
    let name = camel(id);
    let refuse = |reason| CodegenError::Name { register: register.id.clone(), name: name.clone(), reason };
    if name == "Unknown" {
        return Err(refuse("the generated type has a variant of this name for undeclared values"));
    }
    plain(&name).ok_or_else(|| refuse("not an identifier"))
}

/// An identifier that is no keyword.
pub(in crate::maps) fn plain(name: &str) -> Option<String> {
    syn::parse_str::<syn::Ident>(name).ok().map(|ident| ident.to_string())
}
