//! A command by its entry in the map: values whose type is not known when compiling.
//!
//! The bytes are read and written by the code of the bindings; only the type around them is chosen here by the
//! format of the command.

use dpo_registers::codec::Text;
use dpo_registers::codec::pmbus::{Block, VoutMode};
use dpo_registers::pmbus::{
    CommandInfo, DecodeError, EncodeError, Format, Value, encode_bits, encode_symbol,
};
use dpo_registers::units::Ratio;

use super::{Device, PmbusError};

/// What a command holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Any {
    /// No data: an action.
    None,
    /// A number in the unit of the command.
    Number(f64),
    /// Bit fields, or one of the declared symbols.
    Bits(u64),
    /// Text.
    Text(String),
    /// Bytes without a meaning here: raw, or a block of fields.
    Bytes(Vec<u8>),
}

impl Any {
    /// Reads the data bytes of a command.
    ///
    /// # Errors
    /// [`DecodeError`] as of the bindings.
    pub fn decode(info: &CommandInfo, data: &[u8], mode: Option<VoutMode>) -> Result<Self, DecodeError> {
        Ok(match info.format {
            Format::None => <() as Value>::decode(info, data, mode).map(|()| Self::None)?,
            Format::Linear11
            | Format::Ulinear16
            | Format::Slinear16
            | Format::Direct
            | Format::Unsigned
            | Format::Signed => {
                // The quantity is a wrapper around the number: any one will do.
                Self::Number(<Ratio as Value>::decode(info, data, mode)?.0)
            }
            Format::Flags | Format::Enum => Self::Bits(dpo_registers::pmbus::bits(info, data)?),
            Format::Ascii => {
                let text = <Text<255> as Value>::decode(info, data, mode)?;
                let lossy = || String::from_utf8_lossy(text.as_bytes()).into_owned();
                Self::Text(text.as_str().map_or_else(lossy, str::to_owned))
            }
            Format::Raw | Format::Block => {
                Self::Bytes(<Block as Value>::decode(info, data, mode)?.as_slice().to_vec())
            }
        })
    }

    /// The data bytes, if format and limits of the map allow the value.
    ///
    /// # Errors
    /// [`EncodeError`] as of the bindings.
    pub fn encode(&self, info: &CommandInfo, mode: Option<VoutMode>) -> Result<Block, EncodeError> {
        let bytes = |bytes: &[u8]| Block::new(bytes)?.encode(info, mode);
        match (info.format, self) {
            (Format::None, Self::None) => Ok(Block::EMPTY),
            (Format::Flags, Self::Bits(bits)) => encode_bits(info, *bits),
            (Format::Enum, Self::Bits(value)) => encode_symbol(info, *value),
            (Format::Ascii | Format::Raw | Format::Block, Self::Bytes(data)) => bytes(data),
            (Format::Ascii, Self::Text(text)) => bytes(text.as_bytes()),
            (
                Format::Linear11
                | Format::Ulinear16
                | Format::Slinear16
                | Format::Direct
                | Format::Unsigned
                | Format::Signed,
                Self::Number(number),
            ) => Ratio(*number).encode(info, mode),
            (_, other) => {
                let (min, max) = (usize::from(info.length.0), usize::from(info.length.1));
                let got = match other {
                    Self::Bytes(data) => data.len(),
                    Self::Text(text) => text.len(),
                    Self::None => 0,
                    Self::Number(_) | Self::Bits(_) => 8,
                };
                Err(EncodeError::Length { min, max, got })
            }
        }
    }

    /// A value as people write it: a number, the identifier of a symbol, bits as a number (`0x` for hexadecimal),
    /// bytes as hexadecimal digits, text. Nothing for an action.
    ///
    /// # Errors
    /// What is wrong with `text`.
    pub fn parse(info: &CommandInfo, text: &str) -> Result<Self, String> {
        let integer = |text: &str| match text.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16).ok(),
            None => text.parse().ok(),
        };
        match info.format {
            Format::None if text.is_empty() => Ok(Self::None),
            Format::None => Err(format!("{} is an action and takes no value", info.name)),
            Format::Flags => integer(text)
                .map(Self::Bits)
                .ok_or_else(|| format!("{text}: {} takes its bits as a number, such as 0x80", info.name)),
            Format::Enum => info
                .symbols
                .iter()
                .find(|symbol| symbol.id == text)
                .map(|symbol| symbol.value)
                .or_else(|| integer(text))
                .map(Self::Bits)
                .ok_or_else(|| {
                    let ids: Vec<_> = info.symbols.iter().map(|symbol| symbol.id).collect();
                    format!("{text}: {} takes one of {}", info.name, ids.join(", "))
                }),
            Format::Ascii => Ok(Self::Text(text.to_owned())),
            Format::Raw | Format::Block => hex(text)
                .map(Self::Bytes)
                .ok_or_else(|| format!("{text}: {} takes hexadecimal bytes", info.name)),
            _ => text
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite())
                .map(Self::Number)
                .ok_or_else(|| format!("{text}: {} takes a number in {}", info.name, unit(info))),
        }
    }

    /// The value for people, with unit, symbol or names of the bits that are set.
    pub fn show(&self, info: &CommandInfo) -> String {
        match self {
            Self::None => String::new(),
            Self::Number(number) if info.unit.is_empty() => number.to_string(),
            Self::Number(number) => format!("{number} {}", info.unit),
            Self::Bits(value) => {
                let digits = 2 * usize::from(info.length.1.clamp(1, 8));
                let symbol =
                    info.symbols.iter().find(|symbol| symbol.value == *value).map(|symbol| symbol.id);
                let names = match symbol {
                    Some(id) => id.to_owned(),
                    None => fields(info, *value).join(" "),
                };
                format!("0x{value:0digits$X} {names}").trim_end().to_owned()
            }
            Self::Text(text) => text.escape_debug().to_string(),
            Self::Bytes(data) => data.iter().map(|byte| format!("{byte:02X}")).collect(),
        }
    }
}

/// Bit fields that are not 0: the name, and the value of one wider than a bit.
fn fields(info: &CommandInfo, value: u64) -> Vec<String> {
    let set = info.bits.iter().filter(|bit| bit.mask() & value != 0);
    set.map(|bit| match bit.width {
        1 => bit.name.to_owned(),
        _ => format!("{}={}", bit.name, (bit.mask() & value) >> bit.bit),
    })
    .collect()
}

fn unit(info: &CommandInfo) -> &str {
    if info.unit.is_empty() { "no unit" } else { info.unit }
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let (pairs, rest) = digits.as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}

impl Device {
    /// Reads a command by its entry in the map.
    ///
    /// # Errors
    /// [`PmbusError`].
    pub async fn read_any(&self, info: &'static CommandInfo, request: &[u8]) -> Result<Any, PmbusError> {
        let mode = self.mode_for(info).await?;
        let full = self.with_coefficients(info, mode, false).await?;
        let data = self.read_bytes(info, request).await?;
        Any::decode(&full, data.as_slice(), mode).map_err(|e| self.decode_error(info, e))
    }

    /// The data bytes that a write of `value` would send, checked against format and limits of the map.
    ///
    /// # Errors
    /// [`PmbusError::Encode`] if the map does not allow it; others if VOUT_MODE or coefficients are not to be had.
    pub async fn encode_any(&self, info: &'static CommandInfo, value: &Any) -> Result<Block, PmbusError> {
        let mode = self.mode_for(info).await?;
        let full = self.with_coefficients(info, mode, true).await?;
        value.encode(&full, mode).map_err(|e| self.encode_error(info, e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dpo_registers::generated::pmbus_psu::SET;
    use proptest::prelude::*;

    fn info(id: &str) -> &'static CommandInfo {
        SET.command(id).unwrap()
    }

    #[test]
    fn values_are_parsed_checked_and_shown_by_their_format() {
        let mode = VoutMode::linear(-9);
        let vout = info("vout_command");
        let value = Any::parse(vout, "50.5").unwrap();
        let data = value.encode(vout, mode).unwrap();
        assert_eq!(data.as_slice(), [0x00, 0x65]);
        assert_eq!(Any::decode(vout, data.as_slice(), mode).unwrap().show(vout), "50.5 V");
        assert_eq!(Any::Number(60.0).encode(vout, mode), Err(EncodeError::Limits { value: 60.0 }));
        assert_eq!(Any::Number(50.0).encode(vout, None), Err(EncodeError::ModeNeeded));
        assert!(Any::parse(vout, "fifty").is_err() && Any::parse(vout, "inf").is_err());

        let protect = info("write_protect");
        let value = Any::parse(protect, "all_but_operation").unwrap();
        assert_eq!(value.encode(protect, None).unwrap().as_slice(), [0x40]);
        assert_eq!(value.show(protect), "0x40 all_but_operation");
        assert!(Any::parse(protect, "some").unwrap_err().contains("all_but_operation"));
        assert_eq!(Any::Bits(0x10).encode(protect, None), Err(EncodeError::Limits { value: 16.0 }));

        let word = info("status_word");
        assert_eq!(Any::decode(word, &[0x40, 0x08], None).unwrap().show(word), "0x0840 OFF POWER_GOOD_N");
        let capability = info("capability");
        assert_eq!(Any::Bits(0xB0).show(capability), "0xB0 SMBALERT SPEED=1 PEC");

        let id = info("mfr_id");
        assert_eq!(Any::decode(id, b"ACME \0", None).unwrap().show(id), "ACME");
        assert_eq!(Any::parse(info("clear_faults"), "").unwrap(), Any::None);
        assert!(Any::parse(info("clear_faults"), "1").is_err());
        assert!(Any::Number(1.0).encode(info("clear_faults"), None).is_err());
        let box_ = info("mfr_blackbox");
        assert_eq!(Any::parse(box_, "00 a1FF"), Ok(Any::Bytes(vec![0, 0xA1, 0xFF])));
        assert!(Any::parse(box_, "0").is_err() && Any::parse(box_, "zz").is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_and_any_text_are_taken_or_refused(
            at in 0..SET.commands.len(), data: Vec<u8>, mode: u8, text: String, number: f64, bits: u64,
        ) {
            let info = SET.commands[at];
            let mode = Some(VoutMode(mode));
            if let Ok(value) = Any::decode(info, &data, mode) {
                let _ = (value.show(info), value.encode(info, mode));
            }
            let _ = Any::parse(info, &text).map(|value| value.encode(info, mode));
            for value in [Any::Number(number), Any::Bits(bits), Any::Bytes(data), Any::Text(text), Any::None] {
                // What has bytes has a length of the map.
                if let Ok(block) = value.encode(info, mode) {
                    let len = block.as_slice().len();
                    prop_assert!((usize::from(info.length.0)..=usize::from(info.length.1)).contains(&len));
                }
            }
        }
    }
}
