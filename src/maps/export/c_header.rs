//! A C header (C99, nothing but `stdint.h`): macros for what the map says, and a table of the registers.
//!
//! Every name begins with the map's identifier. The table is declared always and defined where
//! `<MAP>_DEFINE_TABLE` is defined, in one translation unit. Static assertions hold the addresses against
//! each other.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::loss::Losses;
use super::text::{order, snake, word};
use super::{ExportError, Format};
use crate::maps::model::{Access, Kind, Rational, Register, RegisterMap, WordOrder};

const MAP: [&str; 6] = ["id", "title", "version", "word_order", "hazards", "registers"];
const REGISTER: [&str; 18] = [
    "id",
    "name",
    "description",
    "address",
    "words",
    "type",
    "order",
    "scale",
    "offset",
    "unit",
    "access",
    "limits",
    "reset",
    "not_available",
    "bits",
    "symbols",
    "safety",
    "settle_ms",
];

/// The header while it is written, and the macros in it.
struct Header<'m> {
    map: &'m RegisterMap,
    out: String,
    /// What every name begins with.
    prefix: String,
    macros: BTreeSet<String>,
}

pub(super) fn write(map: &RegisterMap, losses: &mut Losses) -> Result<String, ExportError> {
    losses.map_rest(map, "c-header", &MAP);
    losses.map("`bus` and `identification`");
    let prefix = snake(&map.id).to_ascii_uppercase();
    let mut header = Header { map, out: String::new(), prefix, macros: BTreeSet::new() };
    header.head();
    for r in &map.registers {
        losses.register_rest(r, "c-header", &REGISTER);
        if r.bits.iter().any(|b| b.description.is_some()) {
            losses.register("`bits` descriptions", r);
        }
        header.register(r)?;
    }
    header.table();
    Ok(header.out)
}

impl Header<'_> {
    fn head(&mut self) {
        let Self { map, prefix, out, .. } = self;
        let _ = write!(
            out,
            "/* {}\n * Map {} {}, written by `dpo registers export`. Addresses and raw values; engineering value =\n \
             * raw * SCALE_NUM / SCALE_DEN + OFFSET_NUM / OFFSET_DEN. */\n\
             #ifndef DPO_{prefix}_H\n#define DPO_{prefix}_H\n\n#include <stddef.h>\n#include <stdint.h>\n\n\
             #ifdef __cplusplus\nextern \"C\" {{\n#endif\n\n\
             #define {prefix}_STATIC_ASSERT(name, condition) \\\n    \
             typedef char {}_assert_##name[(condition) ? 1 : -1]\n\n\
             #define {prefix}_VERSION {}\n",
            comment(&map.title),
            comment(&map.id),
            comment(&map.version),
            prefix.to_ascii_lowercase(),
            string(&map.version),
        );
        if !map.hazards.is_empty() {
            out.push_str("\n/* Never write to these addresses. */\n");
        }
        for (i, hazard) in map.hazards.iter().enumerate() {
            let _ = writeln!(out, "/* {} */", comment(&hazard.reason));
            let _ = writeln!(out, "#define {prefix}_HAZARD_{i}_FIRST {}u", hazard.first);
            let _ = writeln!(out, "#define {prefix}_HAZARD_{i}_LAST {}u", hazard.last);
        }
    }

    /// A macro; two of one name would silently be one.
    fn define(&mut self, name: &str, value: &str) -> Result<(), ExportError> {
        let name = format!("{}_{name}", self.prefix);
        let _ = writeln!(self.out, "#define {name} {value}");
        if self.macros.insert(name.clone()) {
            return Ok(());
        }
        Err(ExportError::Clash { map: self.map.id.clone(), format: Format::CHeader, name })
    }

    fn register(&mut self, r: &Register) -> Result<(), ExportError> {
        let id = snake(&r.id).to_ascii_uppercase();
        let unit = r.unit.as_ref().map(|u| format!(" [{}]", comment(u))).unwrap_or_default();
        let _ = write!(
            self.out,
            "\n/* {}{unit}, {}, {}\n * {} */\n",
            comment(&r.name),
            word(&r.kind),
            word(&r.access),
            comment(&r.description)
        );
        self.define(&format!("{id}_ADDRESS"), &format!("{}u", r.address))?;
        self.define(&format!("{id}_WORDS"), &format!("{}u", r.words))?;
        if r.scale != Rational::one() || r.offset != Rational::zero() {
            self.fraction(&id, "SCALE", r.scale)?;
            self.fraction(&id, "OFFSET", r.offset)?;
        }
        let mut values = Vec::new();
        if let Some(limits) = r.limits {
            values.extend([("MIN", limits.min), ("MAX", limits.max), ("STEP", limits.step)]);
        }
        values.extend(r.reset.map(|v| ("RESET", v)));
        values.extend(r.not_available.map(|v| ("NOT_AVAILABLE", v)));
        values.extend(r.safety.and_then(|s| s.fail_safe).map(|v| ("FAIL_SAFE", v)));
        values.extend(r.safety.and_then(|s| s.timeout_ms).map(|v| ("FAIL_SAFE_MS", v.into())));
        values.extend(r.settle_ms.map(|v| ("SETTLE_MS", v.into())));
        for (key, value) in values {
            self.define(&format!("{id}_{key}"), &signed(value))?;
        }
        if let Some(safety) = r.safety {
            let _ = writeln!(self.out, "/* Writing: {} */", word(&safety.class));
        }
        for bit in &r.bits {
            let name = format!("{id}_BIT_{}", snake(&bit.id).to_ascii_uppercase());
            let ones = u64::MAX.checked_shr(64u32.saturating_sub(bit.width.into())).unwrap_or(0);
            let mask = ones.checked_shl(bit.bit.into()).unwrap_or(0);
            self.define(&format!("{name}_SHIFT"), &bit.bit.to_string())?;
            self.define(&format!("{name}_MASK"), &format!("UINT64_C(0x{mask:x})"))?;
        }
        for symbol in &r.symbols {
            let name = format!("{id}_VALUE_{}", snake(&symbol.id).to_ascii_uppercase());
            let _ = writeln!(self.out, "/* {} */", comment(&symbol.description));
            self.define(&name, &format!("UINT64_C({})", symbol.value))?;
        }
        Ok(())
    }

    fn fraction(&mut self, id: &str, key: &str, value: Rational) -> Result<(), ExportError> {
        self.define(&format!("{id}_{key}_NUM"), &signed(value.num))?;
        self.define(&format!("{id}_{key}_DEN"), &signed(value.den))
    }

    /// The registers as data, and what must hold between them.
    fn table(&mut self) {
        let (upper, lower) = (self.prefix.clone(), self.prefix.to_ascii_lowercase());
        let Self { map, out, .. } = self;
        let id = |r: &Register| snake(&r.id).to_ascii_uppercase();
        out.push_str("\n/* Addresses rise, without overlap, and end at 65535. */\n");
        for pair in map.registers.windows(2) {
            if let [a, b] = pair {
                let _ = writeln!(
                    out,
                    "{upper}_STATIC_ASSERT({}, {upper}_{}_ADDRESS + {upper}_{}_WORDS <= {upper}_{}_ADDRESS);",
                    snake(&b.id),
                    id(a),
                    id(a),
                    id(b)
                );
            }
        }
        if let Some(last) = map.registers.last() {
            let last = id(last);
            let _ = writeln!(
                out,
                "{upper}_STATIC_ASSERT(end_of_map, {upper}_{last}_ADDRESS + {upper}_{last}_WORDS <= 65536u);"
            );
        }
        let _ = write!(
            out,
            "\nenum {lower}_type {{ {kinds} }};\nenum {lower}_access {{ {accesses} }};\n\n\
             struct {lower}_register {{\n    const char *id;\n    const char *unit; /* UCUM; empty if there is none */\n    \
             uint16_t address;\n    uint16_t words;\n    enum {lower}_type type;\n    enum {lower}_access access;\n    \
             int little_endian;\n    int64_t scale_num, scale_den, offset_num, offset_den;\n}};\n\n\
             #define {upper}_REGISTERS {count}u\n\
             extern const struct {lower}_register {lower}_registers[{upper}_REGISTERS];\n\n\
             #ifdef {upper}_DEFINE_TABLE\n\
             const struct {lower}_register {lower}_registers[{upper}_REGISTERS] = {{\n",
            kinds = names(&upper, &KINDS.map(|k| word(&k))),
            accesses = names(&upper, &ACCESSES.map(|a| word(&a))),
            count = map.registers.len(),
        );
        for r in &map.registers {
            let _ = writeln!(
                out,
                "    {{ {}, {}, {}u, {}u, {upper}_{}, {upper}_{}, {}, {}, {}, {}, {} }},",
                string(&r.id),
                string(r.unit.as_deref().unwrap_or_default()),
                r.address,
                r.words,
                word(&r.kind).to_ascii_uppercase(),
                word(&r.access).to_ascii_uppercase(),
                u8::from(order(map, r) == WordOrder::LittleEndian),
                signed(r.scale.num),
                signed(r.scale.den),
                signed(r.offset.num),
                signed(r.offset.den),
            );
        }
        let _ = write!(out, "}};\n#endif\n\n#ifdef __cplusplus\n}}\n#endif\n\n#endif /* DPO_{upper}_H */\n");
    }
}

const KINDS: [Kind; 7] =
    [Kind::Unsigned, Kind::Signed, Kind::Float, Kind::Flags, Kind::Enum, Kind::Text, Kind::Raw];
const ACCESSES: [Access; 5] = [Access::Ro, Access::Rw, Access::Wo, Access::W1c, Access::Command];

fn names(prefix: &str, words: &[String]) -> String {
    words.iter().map(|w| format!("{prefix}_{}", w.to_ascii_uppercase())).collect::<Vec<_>>().join(", ")
}

/// A 64-bit constant; the smallest one is not a literal of C.
fn signed(value: i64) -> String {
    match value {
        i64::MIN => format!("(-INT64_C({}) - 1)", i64::MAX),
        value if value < 0 => format!("(-INT64_C({}))", value.unsigned_abs()),
        value => format!("INT64_C({value})"),
    }
}

/// Text inside a comment, on one line.
fn comment(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.replace("*/", "* /").replace("/*", "/ *").replace("??", "? ?").replace('\\', "/")
}

/// A string literal; whatever is not plain ASCII in octal.
fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' | b'?' => {
                out.push('\\');
                out.push(char::from(byte));
            }
            0x20..0x7f => out.push(char::from(byte)),
            byte => {
                let _ = write!(out, "\\{byte:03o}");
            }
        }
    }
    out + "\""
}
