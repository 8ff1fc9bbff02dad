//! Value types and register types.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use super::info::{mask, number};
use super::names::{self, Names};
use super::{CodegenError, doc};
use crate::maps::model::{Access, Confidence, Kind, Register};
use crate::maps::units;

/// The type declared for a flags or enum register; nothing for the others.
pub(super) fn value_type(register: &Register, names: &Names) -> Result<TokenStream, CodegenError> {
    match register.kind {
        Kind::Flags => flags(register, names),
        Kind::Enum => enumeration(register, names),
        _ => Ok(TokenStream::new()),
    }
}

fn flags(register: &Register, names: &Names) -> Result<TokenStream, CodegenError> {
    let name = names.type_of(register)?;
    let raw = integer(register, false)?;
    let summary = doc(&format!("Flags of `{}`: {}", register.id, register.description));
    let mut constants = TokenStream::new();
    for bit in &register.bits {
        let constant = names::constant(register, &bit.id)?;
        let value = hex(mask(bit.bit, bit.width), register.words)?;
        let place = match bit.width {
            1 => format!("bit {}", bit.bit),
            width => format!("bits {} to {}", bit.bit, u16::from(bit.bit) + u16::from(width) - 1),
        };
        let text = match &bit.description {
            Some(description) => doc(&format!("`{}`, {place}: {description}", bit.name)),
            None => doc(&format!("`{}`, {place}.", bit.name)),
        };
        constants.extend(quote! { #[doc = #text] pub const #constant: Self = Self(#value); });
    }
    Ok(quote! {
        #[doc = #summary]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct #name(pub #raw);
        impl #name {
            #constants
            /// The bits.
            pub const fn bits(self) -> #raw { self.0 }
            /// Whether every bit of `other` is set.
            pub const fn contains(self, other: Self) -> bool { self.0 & other.0 == other.0 }
            /// The bits of both.
            pub const fn union(self, other: Self) -> Self { Self(self.0 | other.0) }
            /// The bits without those of `other`.
            pub const fn difference(self, other: Self) -> Self { Self(self.0 & !other.0) }
        }
    })
}

fn enumeration(register: &Register, names: &Names) -> Result<TokenStream, CodegenError> {
    let name = names.type_of(register)?;
    let raw = integer(register, false)?;
    let summary = doc(&format!("Values of `{}`: {}", register.id, register.description));
    let mut variants = TokenStream::new();
    let mut from = TokenStream::new();
    let mut to = TokenStream::new();
    for symbol in &register.symbols {
        let variant = names::variant(register, &symbol.id)?;
        let value = number(symbol.value);
        let text = doc(&format!("{} (value {})", symbol.description, symbol.value));
        variants.extend(quote! { #[doc = #text] #variant, });
        from.extend(quote! { #value => Self::#variant, });
        to.extend(quote! { Self::#variant => #value, });
    }
    Ok(quote! {
        #[doc = #summary]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum #name {
            #variants
            /// A value that the map does not declare.
            Unknown(#raw),
        }
        impl #name {
            /// The symbol of a raw value.
            pub const fn from_raw(raw: #raw) -> Self {
                match raw { #from other => Self::Unknown(other), }
            }
            /// The raw value.
            pub const fn raw(self) -> #raw {
                match self { #to Self::Unknown(raw) => raw, }
            }
        }
    })
}

/// The unit struct of a register with its traits.
pub(super) fn register(
    index: usize,
    register: &Register,
    names: &Names,
) -> Result<TokenStream, CodegenError> {
    let name = names.type_of(register)?;
    let index = Literal::usize_unsuffixed(index);
    let summary = doc(&register.description);
    let facts = doc(&facts(register));
    let code = Code::of(register, names)?;
    let Code { value, decode, encode } = code;
    let writable = (register.access != Access::Ro).then(|| quote! { impl register::Writable for #name {} });
    Ok(quote! {
        #[doc = #summary]
        #[doc = ""]
        #[doc = #facts]
        #[derive(Debug, Clone, Copy)]
        pub struct #name;
        impl register::Register for #name {
            type Value = #value;
            const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[#index];
            fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> { #decode }
            fn encode(value: &Self::Value, words: &mut [u16]) -> Result<(), register::EncodeError> { #encode }
        }
        #writable
    })
}

/// The value type of a register, as seen from the module `reg` of the map or the map module itself.
pub(super) struct Code {
    pub(super) value: TokenStream,
    decode: TokenStream,
    encode: TokenStream,
}

impl Code {
    fn of(register: &Register, names: &Names) -> Result<Self, CodegenError> {
        let info = quote!(<Self as register::Register>::INFO);
        let words = number(register.words.into());
        Ok(match register.kind {
            Kind::Text => {
                let bytes = number(u64::from(register.words) * 2);
                Self {
                    value: quote!(crate::codec::Text<#bytes>),
                    decode: quote!(register::decode_text(#info, words)),
                    encode: quote!(register::encode_text(#info, value, words)),
                }
            }
            Kind::Float => {
                let reason = "the bindings have no floating point".to_owned();
                return Err(CodegenError::Register { register: register.id.clone(), reason });
            }
            Kind::Raw => Self {
                value: quote!([u16; #words]),
                decode: quote!(register::decode_words(#info, words)),
                encode: quote!(register::encode_words(#info, value, words)),
            },
            Kind::Flags => {
                let (name, raw) = (names.type_of(register)?, integer(register, false)?);
                let bits = widen(&raw, quote!(value.0));
                Self {
                    value: quote!(super::#name),
                    decode: quote!(register::decode_raw(#info, words).map(|raw| super::#name(raw as #raw))),
                    encode: quote!(register::encode_flags(#info, #bits, words)),
                }
            }
            Kind::Enum => {
                let name = names.type_of(register)?;
                let raw = widen(&integer(register, false)?, quote!(value.raw()));
                Self {
                    value: quote!(super::#name),
                    decode: quote!(register::decode_integer(#info, words).map(super::#name::from_raw)),
                    encode: quote!(register::encode_symbol(#info, #raw, words)),
                }
            }
            Kind::Unsigned | Kind::Signed => match &register.unit {
                Some(unit) => {
                    let quantity = units::binding(unit).ok_or_else(|| CodegenError::Register {
                        register: register.id.clone(),
                        reason: format!("no type for the unit `{unit}`"),
                    })?;
                    let quantity = Ident::new(quantity, Span::call_site());
                    Self {
                        value: quote!(crate::units::#quantity),
                        decode: quote!(register::decode_quantity(#info, words)),
                        encode: quote!(register::encode_quantity(#info, *value, words)),
                    }
                }
                None => {
                    let raw = integer(register, register.kind == Kind::Signed)?;
                    Self {
                        value: quote!(#raw),
                        decode: quote!(register::decode_integer(#info, words)),
                        encode: quote!(register::encode_integer(#info, *value, words)),
                    }
                }
            },
        })
    }
}

/// The value type of a register as seen from the map module.
pub(super) fn outer_type(register: &Register, names: &Names) -> Result<TokenStream, CodegenError> {
    match register.kind {
        Kind::Flags | Kind::Enum => names.type_of(register).map(|name| quote!(#name)),
        _ => Code::of(register, names).map(|code| code.value),
    }
}

/// Integer type of a number of words.
fn integer(register: &Register, signed: bool) -> Result<Ident, CodegenError> {
    let name = match (register.words, signed) {
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
    };
    Ok(Ident::new(name, Span::call_site()))
}

/// `value` of the type `raw` as `u64`.
fn widen(raw: &Ident, value: TokenStream) -> TokenStream {
    if raw == "u64" { value } else { quote!(u64::from(#value)) }
}

fn hex(value: u64, words: u16) -> Result<TokenStream, CodegenError> {
    let digits = usize::from(words) * 4;
    Ok(syn::parse_str(&format!("0x{value:0digits$X}"))?)
}

fn facts(register: &Register) -> String {
    let last = u32::from(register.address) + u32::from(register.words) - 1;
    let place = match register.words {
        1 => format!("Address {} (0x{0:04X})", register.address),
        words => format!("Addresses {} to {last} (0x{0:04X}), {words} words", register.address),
    };
    let access = match register.access {
        Access::Ro => "read only",
        Access::Rw => "read and write",
        Access::Wo => "write only",
        Access::W1c => "write one to clear",
        Access::Command => "command",
    };
    let unit = register.unit.as_ref().map(|u| format!(", unit `{u}`")).unwrap_or_default();
    let confidence = match register.confidence {
        Confidence::Stated => "stated",
        Confidence::Inferred => "inferred",
        Confidence::Conflicting => "conflicting, see the notes of the map",
    };
    format!("{place}, {access}{unit}. Source name `{}`; confidence: {confidence}.", register.name)
}
