//! The macros that generated modules are written in: a line a register, a bit, a symbol.

/// The registers of a map, by address, a row each:
///
/// ```text
/// /// Output voltage.
/// ro OutputVoltage(output_voltage): units::Volts = unsigned("PSU_Output_Voltage", 79, 1).scale(1, 1024).fast();
/// ```
///
/// that is access (`ro`, `rw`, `wo`, `w1c`, `command`), type, identifier, value, and how the register is
/// built: a constructor of [`RegisterInfo`](crate::map::RegisterInfo) with source name, address and words,
/// and its methods. Unit, bits and symbols come with the value.
///
/// Makes `REGISTERS` (what the map says, by address), the module `reg` (a type a register) and `Image`
/// (the values of a whole device).
#[macro_export]
macro_rules! register_map {
    ($(
        $(#[$doc:meta])*
        $access:ident $name:ident($field:ident): $value:ty =
            $kind:ident($($place:expr),*) $(.$method:ident($($argument:expr),*))*;
    )*) => {
        /// The registers as types.
        pub mod reg {$(
            $(#[$doc])*
            ///
            #[doc = concat!(
                "Row: `", stringify!($access), " ", stringify!($kind), "(", stringify!($($place),*), ")",
                $(".", stringify!($method), "(", stringify!($($argument),*), ")",)* "`."
            )]
            #[derive(Debug, Clone, Copy)]
            pub struct $name;
        )*}

        $(
            impl $crate::register::Register for reg::$name {
                type Value = $value;
                const INFO: &'static $crate::map::RegisterInfo =
                    &$crate::map::RegisterInfo::$kind(stringify!($field), $($place),*)
                        .unit(<$value as $crate::register::Value>::UNIT)
                        .bits(<$value as $crate::register::Value>::BITS)
                        .symbols(<$value as $crate::register::Value>::SYMBOLS)
                        .access($crate::register_map!(@access $access))
                        $(.$method($($argument),*))*;
            }
            $crate::register_map!(@writable $access reg::$name);
        )*

        /// Every register, by address.
        pub static REGISTERS: [$crate::map::RegisterInfo; [$(stringify!($field)),*].len()] =
            [$(*<reg::$name as $crate::register::Register>::INFO),*];

        /// Every register of a device. `None` is a value that was not read or is not available.
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct Image {$(
            $(#[$doc])*
            pub $field: Option<$value>,
        )*}

        impl Image {
            /// Address of the first register.
            pub const FIRST: u16 = match REGISTERS.first() {
                Some(register) => register.address,
                None => 0,
            };

            /// Words from the first register to the end of the last.
            pub const LENGTH: usize = match REGISTERS.last() {
                Some(register) => register.end() as usize - Self::FIRST as usize,
                None => 0,
            };

            /// Reads what `words` holds.
            #[inline]
            pub fn read(words: &(impl $crate::register::Words + ?Sized)) -> Self {
                if let Some(row) = words.row(Self::FIRST, Self::LENGTH).and_then(<[u16]>::first_chunk) {
                    return Self::decode(row);
                }
                Self {$( $field: $crate::register::read::<reg::$name>(words), )*}
            }

            /// Reads all words of the device, in a row from [`Self::FIRST`] on. What stands between
            /// registers does not matter.
            pub fn decode(row: &[u16; Self::LENGTH]) -> Self {
                Self {$( $field: $crate::register::read_row::<reg::$name>(Self::FIRST, row), )*}
            }

            /// Writes every value into `words`; `None` becomes the register's not-available value, or
            /// leaves the words alone if it has none.
            ///
            /// # Errors
            /// [`EncodeError`]($crate::register::EncodeError) for the first value that does not fit its
            /// register, or if `words` lacks an address.
            pub fn write(
                &self,
                words: &mut (impl $crate::register::WordsMut + ?Sized),
            ) -> Result<(), $crate::register::EncodeError> {
                $($crate::register::write::<reg::$name>(self.$field.as_ref(), words)?;)*
                Ok(())
            }

            /// Shows every register in turn, by address, with its value without its type.
            pub fn visit(
                &self,
                visit: &mut dyn FnMut(&'static $crate::map::RegisterInfo, Option<$crate::register::View<'_>>),
            ) {
                $(visit(
                    <reg::$name as $crate::register::Register>::INFO,
                    self.$field.as_ref().map($crate::register::Value::view),
                );)*
            }
        }
    };
    (@access ro) => { $crate::map::Access::ReadOnly };
    (@access rw) => { $crate::map::Access::ReadWrite };
    (@access wo) => { $crate::map::Access::WriteOnly };
    (@access w1c) => { $crate::map::Access::WriteOneToClear };
    (@access command) => { $crate::map::Access::Command };
    (@writable ro $register:path) => {};
    (@writable $access:ident $register:path) => {
        // Who tries to write a read-only register is not helped by a list of others.
        #[diagnostic::do_not_recommend]
        impl $crate::register::Writable for $register {}
    };
}

/// A flag set, a line a field: `FAN_ALARM("fan_alarm", "Fan Alarm", 3)`, or with a width behind the bit.
///
/// ```
/// dpo_registers::register_flags! {
///     /// What is wrong.
///     Alarm: u16 {
///         FAN("fan", "Fan Alarm", 3),
///         /// How bad it is.
///         LEVEL("level", "Level", 8, 2),
///     }
/// }
/// let alarm = Alarm(0x0208);
/// assert!(alarm.contains(Alarm::FAN));
/// assert_eq!(alarm.field(Alarm::LEVEL), 2);
/// assert_eq!(Alarm::named("fan"), Some(Alarm::FAN));
/// assert_eq!(format!("{alarm:?}"), "Alarm(fan | level=2)");
/// ```
#[macro_export]
macro_rules! register_flags {
    (
        $(#[$doc:meta])*
        $name:ident: $raw:ty {
            $($(#[$about:meta])* $constant:ident($id:literal, $source:literal, $bit:literal $(, $width:literal)?)),*
            $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct $name(pub $raw);

        impl $name {
            $(
                #[doc = concat!("`", $source, "`, bit ", $bit $(, ", ", $width, " bits wide")?, ".")]
                ///
                $(#[$about])*
                pub const $constant: Self =
                    Self($crate::register_flags!(@info $id, $source, $bit $(, $width)?).mask() as $raw);
            )*

            /// The bits.
            pub const fn bits(self) -> $raw {
                self.0
            }

            /// Whether every bit of `other` is set.
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// The bits of both.
            pub const fn union(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// The bits without those of `other`.
            pub const fn difference(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }

            /// The number in a field of several bits.
            pub const fn field(self, field: Self) -> $raw {
                match (self.0 & field.0).checked_shr(field.0.trailing_zeros()) {
                    Some(number) => number,
                    None => 0,
                }
            }

            /// The flags with a number in a field of several bits; what does not fit is cut off.
            pub const fn with_field(self, field: Self, number: $raw) -> Self {
                match number.checked_shl(field.0.trailing_zeros()) {
                    Some(number) => Self(self.0 & !field.0 | number & field.0),
                    None => self,
                }
            }

            /// The field with the identifier `id` in the map.
            pub fn named(id: &str) -> Option<Self> {
                let bits = <Self as $crate::register::Value>::BITS;
                bits.iter().find(|bit| bit.id == id).map(|bit| Self(bit.mask() as $raw))
            }

            /// The fields that are not 0, with their numbers.
            pub fn set_fields(self) -> impl Iterator<Item = (&'static $crate::map::BitInfo, $raw)> {
                let bits = <Self as $crate::register::Value>::BITS;
                bits.iter().map(move |bit| (bit, self.field(Self(bit.mask() as $raw)))).filter(|(_, n)| *n != 0)
            }
        }

        impl $crate::register::Value for $name {
            const BITS: &'static [$crate::map::BitInfo] =
                &[$($crate::register_flags!(@info $id, $source, $bit $(, $width)?)),*];
            type Buffer = [u16; 4];
            const BUFFER: Self::Buffer = [0; 4];

            #[inline(always)]
            fn decode(
                info: &$crate::map::RegisterInfo,
                words: &[u16],
            ) -> Result<Self, $crate::register::DecodeError> {
                // The register is as long as the type.
                $crate::register::decode_bits(info, words).map(|bits| Self(bits as $raw))
            }

            fn encode(
                &self,
                info: &$crate::map::RegisterInfo,
                words: &mut [u16],
            ) -> Result<(), $crate::register::EncodeError> {
                $crate::register::encode_flags(info, self.0.into(), words)
            }

            fn view(&self) -> $crate::register::View<'_> {
                $crate::register::View::Flags(self.0.into())
            }
        }

        /// The fields that are set by name, then what no field covers.
        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                let bits = <Self as $crate::register::Value>::BITS;
                $crate::register::debug_flags(stringify!($name), bits, self.0.into(), f)
            }
        }
    };
    (@info $id:literal, $source:literal, $bit:literal) => { $crate::register_flags!(@info $id, $source, $bit, 1) };
    (@info $id:literal, $source:literal, $bit:literal, $width:literal) => {
        $crate::map::BitInfo { id: $id, name: $source, bit: $bit, width: $width }
    };
}

/// An enumeration, a line a declared value: `Standby("standby") = 2`. It keeps undeclared values.
#[macro_export]
macro_rules! register_symbols {
    (
        $(#[$doc:meta])*
        $name:ident: $raw:ty { $($(#[$about:meta])* $variant:ident($id:literal) = $value:literal),* $(,)? }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $(
                $(#[$about])*
                #[doc = concat!("(value ", $value, ")")]
                $variant,
            )*
            /// A value that the map does not declare.
            Unknown($raw),
        }

        impl $name {
            /// The symbol of a raw value.
            pub const fn from_raw(raw: $raw) -> Self {
                match raw {
                    $($value => Self::$variant,)*
                    other => Self::Unknown(other),
                }
            }

            /// The raw value.
            pub const fn raw(self) -> $raw {
                match self {
                    $(Self::$variant => $value,)*
                    Self::Unknown(raw) => raw,
                }
            }

            /// Identifier in the map; `None` for a value that the map does not declare.
            pub const fn id(self) -> Option<&'static str> {
                match self {
                    $(Self::$variant => Some($id),)*
                    Self::Unknown(_) => None,
                }
            }
        }

        impl $crate::register::Value for $name {
            const SYMBOLS: &'static [$crate::map::SymbolInfo] =
                &[$($crate::map::SymbolInfo { id: $id, value: $value }),*];
            type Buffer = [u16; 4];
            const BUFFER: Self::Buffer = [0; 4];

            #[inline(always)]
            fn decode(
                info: &$crate::map::RegisterInfo,
                words: &[u16],
            ) -> Result<Self, $crate::register::DecodeError> {
                // The register is as long as the type.
                $crate::register::decode_bits(info, words).map(|bits| Self::from_raw(bits as $raw))
            }

            fn encode(
                &self,
                info: &$crate::map::RegisterInfo,
                words: &mut [u16],
            ) -> Result<(), $crate::register::EncodeError> {
                $crate::register::encode_symbol(info, self.raw().into(), words)
            }

            fn view(&self) -> $crate::register::View<'_> {
                $crate::register::View::Symbol(self.raw().into(), self.id())
            }
        }
    };
}
