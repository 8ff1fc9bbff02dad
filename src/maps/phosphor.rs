//! The words of phosphor-modbus' device profiles, for import and export.
//!
//! Source: openbmc/phosphor-modbus @5104abd44513, `device_profile.schema.json`, and how its
//! `rtu/device/base_device.cpp` turns words into values and types into units.

use super::model::{DeviceClass, Kind, Parity, Register};

/// The lists of a profile, in the order in which profiles have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Section {
    Inventory,
    Sensor,
    Metric,
    Status,
    Firmware,
    Config,
}

pub(super) const SECTIONS: [(&str, Section); 6] = [
    ("InventoryRegisters", Section::Inventory),
    ("SensorRegisters", Section::Sensor),
    ("MetricRegisters", Section::Metric),
    ("StatusRegisters", Section::Status),
    ("FirmwareRegisters", Section::Firmware),
    ("ConfigRegisters", Section::Config),
];

impl Section {
    pub(super) fn key(self) -> &'static str {
        SECTIONS.iter().find(|(_, section)| *section == self).map_or("", |(key, _)| key)
    }

    pub(super) fn from_key(key: &str) -> Option<Self> {
        SECTIONS.iter().find(|(known, _)| *known == key).map(|(_, section)| *section)
    }
}

pub(super) const PARITIES: [(&str, Parity); 3] =
    [("Even", Parity::Even), ("Odd", Parity::Odd), ("None", Parity::None)];

/// Types of devices and the class that implements such a map. A class is written as the first of its types.
pub(super) const DEVICES: [(&str, DeviceClass); 9] = [
    ("PowerSupplyUnit", DeviceClass::Psu),
    ("BatteryBackupUnit", DeviceClass::Bbu),
    ("CapacitorBankUnit", DeviceClass::Cbu),
    ("PowerMonitorModule", DeviceClass::Pmi),
    // Read from the monitoring module of the shelf.
    ("PowerShelf", DeviceClass::Pmi),
    ("FlowMeter", DeviceClass::Other),
    ("HeatExchanger", DeviceClass::Other),
    ("ReservoirPumpUnit", DeviceClass::Other),
    ("Valve", DeviceClass::Other),
];

/// The type that stands for a class; `None` for [`DeviceClass::Other`], which may be any.
pub(super) fn device(class: DeviceClass) -> Option<&'static str> {
    DEVICES.iter().find(|(_, c)| *c == class && class != DeviceClass::Other).map(|(name, _)| *name)
}

/// Types of sensors and metrics with the unit in which values are published: ours, where we have it, and
/// else its name. A unit is written as the first of its types.
pub(super) const TYPES: [(&str, Result<&str, &str>); 18] = [
    ("Temperature", Ok("Cel")),
    ("Voltage", Ok("V")),
    ("Current", Ok("A")),
    ("Power", Ok("W")),
    ("Energy", Ok("J")),
    ("Charge", Ok("A.h")),
    ("FanTach", Ok("/min")),
    ("Frequency", Ok("Hz")),
    ("Utilization", Ok("%")),
    ("Valve", Ok("%")),
    ("Humidity", Ok("%")),
    ("LiquidFlow", Err("litres a minute")),
    ("Pressure", Err("pascals")),
    ("Airflow", Err("cubic feet a minute")),
    ("Altitude", Err("metres")),
    ("RotationalPosition", Err("radians")),
    ("ValveClosedDuration", Ok("s")),
    ("ValveOpenDuration", Ok("s")),
];

/// The unit of a type; `None` for a type that this program does not know.
pub(super) fn unit(kind: &str) -> Option<Result<&'static str, &'static str>> {
    TYPES.iter().find(|(name, _)| *name == kind).map(|(_, unit)| *unit)
}

/// The sensor type that stands for a unit.
pub(super) fn sensor(unit: &str) -> Option<&'static str> {
    let metrics = ["ValveClosedDuration", "ValveOpenDuration"];
    TYPES.iter().find(|(name, u)| *u == Ok(unit) && !metrics.contains(name)).map(|(name, _)| *name)
}

/// How a sensor's words are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Shift + Scale × raw / 2^Precision.
    FixedPoint,
    /// The same of an IEEE 754 number.
    Float32,
    /// The raw number; Scale, Shift and Precision have no effect.
    Integer,
}

pub(super) const FORMATS: [(&str, Format); 3] =
    [("FixedPoint", Format::FixedPoint), ("Float32", Format::Float32), ("Integer", Format::Integer)];

impl Format {
    pub(super) fn name(self) -> &'static str {
        FORMATS.iter().find(|(_, format)| *format == self).map_or("", |(name, _)| name)
    }

    /// How the words of a number of ours are usually read.
    pub(super) fn of(register: &Register) -> Self {
        if register.kind == Kind::Float { Self::Float32 } else { Self::FixedPoint }
    }
}

/// Whether the words of an inventory or firmware register are text.
pub(super) const TEXTS: [(&str, Kind); 2] = [("String", Kind::Text), ("Integer", Kind::Unsigned)];

/// An address as profiles write it.
pub(super) fn offset(address: u16) -> String {
    format!("0x{address:X}")
}

/// An address out of a profile.
pub(super) fn address(offset: &str) -> Option<u16> {
    let digits = offset.strip_prefix("0x")?;
    // `from_str_radix` would take a sign.
    digits.starts_with(|c: char| c.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

/// A text as the words of a register, high byte first, filled up with NUL; `None` if it does not fit or is
/// not printable ASCII.
pub(super) fn text_words(text: &str, words: u16) -> Option<Vec<u16>> {
    let printable = !text.is_empty() && text.bytes().all(|b| (0x20..0x7f).contains(&b));
    if !printable || text.len() > usize::from(words) * 2 {
        return None;
    }
    let mut bytes = text.bytes().collect::<Vec<_>>();
    bytes.resize(usize::from(words) * 2, 0);
    Some(bytes.as_chunks().0.iter().map(|pair| u16::from_be_bytes(*pair)).collect())
}

/// The text of such words; `None` if they hold something else.
pub(super) fn words_text(words: &[u16]) -> Option<String> {
    let bytes: Vec<u8> = words.iter().flat_map(|w| w.to_be_bytes()).collect();
    let text = String::from_utf8(bytes.into_iter().take_while(|b| *b != 0).collect()).ok()?;
    (text_words(&text, u16::try_from(words.len()).ok()?)? == words).then_some(text)
}

/// A number as the words of a register; `None` if it does not fit.
pub(super) fn number_words(number: u64, words: u16) -> Option<Vec<u16>> {
    let fits = (1..=4).contains(&words) && (words == 4 || number >> (16 * words) == 0);
    fits.then(|| (0..words).rev().map(|i| (number >> (16 * i) & 0xffff) as u16).collect())
}

/// The number of up to four words.
pub(super) fn words_number(words: &[u16]) -> Option<u64> {
    let fits = (1..=4).contains(&words.len());
    fits.then(|| words.iter().fold(0, |number, word| number << 16 | u64::from(*word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expected_values_become_words_and_come_back() {
        let words = text_words("Delta", 4).unwrap();
        assert_eq!(words, [0x4465, 0x6c74, 0x6100, 0]);
        assert_eq!(words_text(&words).as_deref(), Some("Delta"));
        assert_eq!(text_words("too long", 3), None);
        assert_eq!(text_words("", 3), None);
        assert_eq!(text_words("a\u{e9}", 3), None);
        // Something behind the NUL is not that text.
        assert_eq!(words_text(&[0x4465, 0, 0x6c74]), None);
        assert_eq!(number_words(4, 1), Some(vec![4]));
        assert_eq!(number_words(0x1_0002, 2), Some(vec![1, 2]));
        assert_eq!(number_words(0x1_0002, 1), None);
        assert_eq!(number_words(u64::MAX, 4), Some(vec![0xffff; 4]));
        assert_eq!(number_words(1, 9), None);
        assert_eq!(words_number(&[1, 2]), Some(0x1_0002));
        assert_eq!(words_number(&[0; 5]), None);
    }

    #[test]
    fn addresses_are_hexadecimal_with_a_prefix() {
        assert_eq!(address("0x19CC"), Some(0x19cc));
        assert_eq!(address("0x000a"), Some(10));
        for wrong in ["19CC", "0x", "0x10000", "0x+1", "0xg", ""] {
            assert_eq!(address(wrong), None, "{wrong}");
        }
        assert_eq!(offset(0x19cc), "0x19CC");
    }
}
