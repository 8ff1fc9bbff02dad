//! The constants of [`dpo_registers::map`].

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::CodegenError;
use crate::maps::model::{
    Access, Confidence, DeviceClass, Expect, Kind, Parity, PollClass, Rational, Reading, Register,
    RegisterMap, Safety, SafetyClass, WordOrder,
};

/// `MAP` and `REGISTERS`.
pub(super) fn map(map: &RegisterMap) -> Result<TokenStream, CodegenError> {
    if map.word_order != WordOrder::BigEndian {
        return Err(CodegenError::Unsupported("an order of words but most significant first"));
    }
    let id = &map.id;
    let title = &map.title;
    let version = version(&map.version)?;
    let class = match map.device_class {
        DeviceClass::Psu => quote!(Psu),
        DeviceClass::Bbu => quote!(Bbu),
        DeviceClass::Cbu => quote!(Cbu),
        DeviceClass::Pmi => quote!(Pmi),
        DeviceClass::Other => return Err(CodegenError::Unsupported("the device class `other`")),
    };
    let addresses = map.bus.addresses.iter().map(|r| pair(r.first.into(), r.last.into()));
    let baud = map.bus.baud.iter().map(|b| number(u64::from(*b)));
    let parity = match map.bus.parity {
        Parity::Even => quote!(Even),
        Parity::Odd => quote!(Odd),
        Parity::None => quote!(None),
    };
    let read = number(map.bus.max_read_words.into());
    let write = number(map.bus.max_write_words.into());
    let functions = map.bus.functions.iter().map(|f| number(u64::from(*f)));
    let gaps = map.readable_gaps.iter().map(|r| pair(r.first, r.last));
    let hazards = map.hazards.iter().map(|r| pair(r.first, r.last));
    let identification = identification(map)?;
    let count = Literal::usize_unsuffixed(map.registers.len());
    let registers: Vec<_> = map.registers.iter().map(register).collect::<Result<_, _>>()?;
    let json = format!("../../maps/{id}.json");
    Ok(quote! {
        /// The map itself, as JSON.
        pub const JSON: &str = include_str!(#json);
        /// What the map says of the device.
        pub static MAP: map::MapInfo = map::MapInfo {
            id: #id,
            title: #title,
            version: #version,
            device_class: map::DeviceClass::#class,
            addresses: &[#(#addresses),*],
            bus: map::BusInfo {
                baud: &[#(#baud),*],
                parity: map::Parity::#parity,
                max_read_words: #read,
                max_write_words: #write,
                functions: &[#(#functions),*],
            },
            identification: #identification,
            registers: &REGISTERS,
            readable_gaps: &[#(#gaps),*],
            hazards: &[#(#hazards),*],
        };
        /// Every register, by address.
        pub static REGISTERS: [map::RegisterInfo; #count] = [#(#registers),*];
    })
}

fn version(text: &str) -> Result<TokenStream, CodegenError> {
    let numbers: Option<Vec<u64>> = text.split('.').map(|n| n.parse::<u16>().ok().map(u64::from)).collect();
    match numbers.as_deref() {
        Some([major, minor, patch]) => {
            let (major, minor, patch) = (number(*major), number(*minor), number(*patch));
            Ok(quote!((#major, #minor, #patch)))
        }
        _ => Err(CodegenError::Version(text.to_owned())),
    }
}

fn identification(map: &RegisterMap) -> Result<TokenStream, CodegenError> {
    let probe = map.registers.iter().find(|r| r.id == map.identification.probe);
    let probe = probe.ok_or_else(|| CodegenError::Register {
        register: map.identification.probe.clone(),
        reason: "the probe register of the identification does not exist".to_owned(),
    })?;
    let address = number(probe.address.into());
    let words = number(probe.words.into());
    let expect = match &map.identification.expect {
        Expect::AsciiText => quote!(AsciiText),
        Expect::Words(words) => {
            let words = words.iter().map(|w| number(u64::from(*w)));
            quote!(Words(&[#(#words),*]))
        }
    };
    Ok(quote!(map::Identification { address: #address, words: #words, expect: map::Expect::#expect }))
}

fn unsupported(register: &Register, what: &str) -> CodegenError {
    CodegenError::Register { register: register.id.clone(), reason: format!("the bindings have no {what}") }
}

fn register(register: &Register) -> Result<TokenStream, CodegenError> {
    if register.order.is_some_and(|order| order != WordOrder::BigEndian) {
        return Err(unsupported(register, "order of words but most significant first"));
    }
    let id = &register.id;
    let name = &register.name;
    let address = number(register.address.into());
    let words = number(register.words.into());
    let kind = kind(register, register.kind)?;
    let scale = rational(register.scale);
    let offset = rational(register.offset);
    let unit = register.unit.as_deref().unwrap_or_default();
    let access = match register.access {
        Access::Ro => quote!(ReadOnly),
        Access::Rw => quote!(ReadWrite),
        Access::Wo => quote!(WriteOnly),
        Access::W1c => quote!(WriteOneToClear),
        Access::Command => quote!(Command),
    };
    let limits = option(register.limits.map(|l| {
        let (min, max, step) = (signed(l.min), signed(l.max), signed(l.step));
        quote!(map::Limits { min: #min, max: #max, step: #step })
    }));
    let bits = register.bits.iter().map(|b| {
        let (id, name, bit, width) = (&b.id, &b.name, number(b.bit.into()), number(b.width.into()));
        quote!(map::BitInfo { id: #id, name: #name, bit: #bit, width: #width })
    });
    let reserved = number(reserved_mask(register));
    let symbols = register.symbols.iter().map(|s| {
        let (id, value) = (&s.id, number(s.value));
        quote!(map::SymbolInfo { id: #id, value: #value })
    });
    let poll = match register.poll {
        PollClass::Fast => quote!(Fast),
        PollClass::Slow => quote!(Slow),
        PollClass::Static => quote!(Static),
        PollClass::OnDemand => quote!(OnDemand),
    };
    let settle = number(register.settle_ms.unwrap_or(0).into());
    let group = option(register.group.as_ref().map(|g| quote!(#g)));
    let not_available = option(register.not_available.map(signed));
    let safety = safety(register.safety);
    let confidence = match register.confidence {
        Confidence::Stated => quote!(Stated),
        Confidence::Inferred => quote!(Inferred),
        Confidence::Conflicting => quote!(Conflicting),
    };
    let readings: Vec<_> =
        register.readings.iter().map(|r| reading(register, r)).collect::<Result<_, _>>()?;
    Ok(quote! {
        map::RegisterInfo {
            id: #id,
            name: #name,
            address: #address,
            words: #words,
            kind: #kind,
            scale: #scale,
            offset: #offset,
            unit: #unit,
            access: map::Access::#access,
            limits: #limits,
            bits: &[#(#bits),*],
            reserved_mask: #reserved,
            symbols: &[#(#symbols),*],
            poll: map::PollClass::#poll,
            settle_ms: #settle,
            group: #group,
            not_available: #not_available,
            safety: #safety,
            confidence: map::Confidence::#confidence,
            readings: &[#(#readings),*],
        }
    })
}

fn kind(register: &Register, kind: Kind) -> Result<TokenStream, CodegenError> {
    Ok(match kind {
        Kind::Unsigned => quote!(map::Kind::Unsigned),
        Kind::Signed => quote!(map::Kind::Signed),
        Kind::Float => return Err(unsupported(register, "floating point")),
        Kind::Flags => quote!(map::Kind::Flags),
        Kind::Enum => quote!(map::Kind::Enum),
        Kind::Text => quote!(map::Kind::Text),
        Kind::Raw => quote!(map::Kind::Raw),
    })
}

fn reading(register: &Register, reading: &Reading) -> Result<TokenStream, CodegenError> {
    let (id, unit) = (&reading.id, reading.unit.as_deref().unwrap_or_default());
    let (kind, scale, offset) =
        (kind(register, reading.kind)?, rational(reading.scale), rational(reading.offset));
    Ok(quote! {
        map::ReadingInfo { id: #id, kind: #kind, scale: #scale, offset: #offset, unit: #unit }
    })
}

/// Bits of a flags register that no field covers.
fn reserved_mask(register: &Register) -> u64 {
    if register.kind != Kind::Flags {
        return 0;
    }
    let declared = register.bits.iter().fold(0, |acc, b| acc | mask(b.bit, b.width));
    !declared & mask(0, u8::try_from(register.words.saturating_mul(16)).unwrap_or(64))
}

/// `width` ones from `bit` on; bits beyond 63 fall away.
pub(super) fn mask(bit: u8, width: u8) -> u64 {
    let ones = 1u64.checked_shl(width.into()).map_or(u64::MAX, |top| top - 1);
    ones.checked_shl(bit.into()).unwrap_or(0)
}

fn safety(safety: Option<Safety>) -> TokenStream {
    let none = Safety { class: SafetyClass::None, fail_safe: None, timeout_ms: None };
    let safety = safety.unwrap_or(none);
    let class = match safety.class {
        SafetyClass::None => quote!(None),
        SafetyClass::Cosmetic => quote!(Cosmetic),
        SafetyClass::Setpoint => quote!(Setpoint),
        SafetyClass::Disruptive => quote!(Disruptive),
    };
    let fail_safe = option(safety.fail_safe.map(signed));
    let timeout = option(safety.timeout_ms.map(|t| number(t.into())));
    quote!(map::Safety { class: map::SafetyClass::#class, fail_safe: #fail_safe, timeout_ms: #timeout })
}

fn rational(value: Rational) -> TokenStream {
    if value == Rational::one() {
        quote!(map::Rational::ONE)
    } else if value == Rational::zero() {
        quote!(map::Rational::ZERO)
    } else {
        let (num, den) = (signed(value.num), signed(value.den));
        quote!(map::Rational { num: #num, den: #den })
    }
}

fn option(value: Option<TokenStream>) -> TokenStream {
    value.map_or_else(|| quote!(None), |value| quote!(Some(#value)))
}

fn pair(first: u16, last: u16) -> TokenStream {
    let (first, last) = (number(first.into()), number(last.into()));
    quote!((#first, #last))
}

pub(super) fn number(value: u64) -> TokenStream {
    let literal = Literal::u64_unsuffixed(value);
    quote!(#literal)
}

fn signed(value: i64) -> TokenStream {
    let magnitude = Literal::u64_unsuffixed(value.unsigned_abs());
    if value < 0 { quote!(-#magnitude) } else { quote!(#magnitude) }
}
