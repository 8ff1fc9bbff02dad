//! The units a map may use: UCUM codes, each with its type in [`dpo_registers::units`].

/// UCUM code, type in `dpo_registers::units`.
const KNOWN: [(&str, &str); 21] = [
    ("V", "Volts"),
    ("A", "Amperes"),
    ("W", "Watts"),
    ("Hz", "Hertz"),
    ("Cel", "Celsius"),
    ("%", "Percent"),
    ("/min", "Rpm"),
    ("s", "Seconds"),
    ("min", "Minutes"),
    ("h", "Hours"),
    ("d", "Days"),
    ("A.h", "AmpereHours"),
    ("W.h", "WattHours"),
    ("J", "Joules"),
    ("1", "Ratio"),
    ("bit/s", "BitsPerSecond"),
    ("W/s", "WattsPerSecond"),
    ("Hz/s", "HertzPerSecond"),
    ("kHz", "Kilohertz"),
    ("mV/us", "MillivoltsPerMicrosecond"),
    ("mV/A", "MillivoltsPerAmpere"),
];

/// Name of the type for a UCUM code; `None` for a code that maps may not use.
pub fn binding(ucum: &str) -> Option<&'static str> {
    KNOWN.iter().find(|(code, _)| *code == ucum).map(|(_, name)| *name)
}

/// The codes a map may use.
pub fn known() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().map(|(code, _)| *code)
}
