//! Physical quantities as types, so that a voltage is never taken for a power.
//!
//! Each type wraps an `f64` in the SI unit or the unit named; the UCUM code is the one the maps use.

/// A physical quantity with the UCUM code of its unit.
pub trait Quantity: Copy {
    /// UCUM code, for example `V` or `Cel`.
    const UCUM: &'static str;
    /// Wraps a number that is already in this unit.
    fn new(value: f64) -> Self;
    /// The number in this unit.
    fn value(self) -> f64;
}

macro_rules! quantity {
    ($($(#[$doc:meta])* $name:ident = $ucum:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
        pub struct $name(pub f64);

        impl Quantity for $name {
            const UCUM: &'static str = $ucum;
            fn new(value: f64) -> Self { Self(value) }
            fn value(self) -> f64 { self.0 }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Display::fmt(&self.0, f)?;
                f.write_str(" ")?;
                f.write_str($ucum)
            }
        }

        impl core::ops::Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self { Self(self.0 + other.0) }
        }

        impl core::ops::Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self { Self(self.0 - other.0) }
        }
    )*};
}

quantity! {
    /// Electric potential in volts.
    Volts = "V";
    /// Electric current in amperes.
    Amperes = "A";
    /// Power in watts.
    Watts = "W";
    /// Frequency in hertz.
    Hertz = "Hz";
    /// Temperature in degrees Celsius.
    Celsius = "Cel";
    /// A share in percent (100 is the whole).
    Percent = "%";
    /// Rotational speed in revolutions per minute.
    Rpm = "/min";
    /// Time in seconds.
    Seconds = "s";
    /// Time in minutes.
    Minutes = "min";
    /// Time in hours.
    Hours = "h";
    /// Time in days.
    Days = "d";
    /// Electric charge in ampere-hours.
    AmpereHours = "A.h";
    /// Energy in watt-hours.
    WattHours = "W.h";
    /// Energy in joules.
    Joules = "J";
    /// A dimensionless ratio (1 is the whole), for example a power factor.
    Ratio = "1";
    /// Signalling rate in bits per second.
    BitsPerSecond = "bit/s";
    /// Slope of a power in watts per second.
    WattsPerSecond = "W/s";
    /// Rate of change of frequency in hertz per second.
    HertzPerSecond = "Hz/s";
    /// Frequency in kilohertz.
    Kilohertz = "kHz";
    /// Slope of a voltage in millivolts a microsecond.
    MillivoltsPerMicrosecond = "mV/us";
    /// Droop of a voltage in millivolts an ampere.
    MillivoltsPerAmpere = "mV/A";
}
