//! The macros that generated modules are written in: a line a command, a bit, a symbol, a field.

/// The commands of a device, by code, a row each:
///
/// ```text
/// /// Input voltage.
/// ro ReadVin(read_vin): units::Volts = linear11("READ_VIN", 0x88).word().fast();
/// /// Whether and how the device supports a command.
/// ro Query(query)[QueryRequest]: Query = flags("QUERY", 0x1A).block_call(1, 1).on_demand();
/// ```
///
/// that is access (`ro`, `rw`, `wo`, `w1c`, `command`), type, identifier, what a process call asks with,
/// value, and how the command is built: a constructor of [`CommandInfo`](crate::pmbus::CommandInfo) with
/// name and code, and its methods. Unit, bits, symbols and fields come with the value.
///
/// Makes `COMMANDS` (what the map says, by code) and the module `cmd` (a type a command).
#[macro_export]
macro_rules! pmbus_commands {
    ($(
        $(#[$doc:meta])*
        $access:ident $name:ident($id:ident) $([$request:ty])?: $value:ty =
            $format:ident($($place:expr),*) $(.$method:ident($($argument:expr),*))*;
    )*) => {
        /// The commands as types.
        pub mod cmd {$(
            $(#[$doc])*
            ///
            #[doc = concat!(
                "Row: `", stringify!($access), " ", stringify!($format), "(", stringify!($($place),*), ")",
                $(".", stringify!($method), "(", stringify!($($argument),*), ")",)* "`."
            )]
            #[derive(Debug, Clone, Copy)]
            pub struct $name;
        )*}

        $(
            impl $crate::pmbus::Command for cmd::$name {
                type Value = $value;
                type Request = $crate::pmbus_commands!(@request $($request)?);
                type Mode = $crate::pmbus_commands!(@mode $format);
                const INFO: &'static $crate::pmbus::CommandInfo =
                    &$crate::pmbus::CommandInfo::$format($($place),*)
                        .id(stringify!($id))
                        .unit(<$value as $crate::pmbus::Value>::UNIT)
                        .bits(<$value as $crate::pmbus::Value>::BITS)
                        .symbols(<$value as $crate::pmbus::Value>::SYMBOLS)
                        .fields(<$value as $crate::pmbus::Value>::FIELDS)
                        .request(<Self::Request as $crate::pmbus::Value>::FIELDS)
                        .access($crate::register_map!(@access $access))
                        $(.$method($($argument),*))*;
            }
            $crate::pmbus_commands!(@sides $access cmd::$name);
        )*

        /// Every command, by code.
        pub static COMMANDS: [&$crate::pmbus::CommandInfo; [$(stringify!($id)),*].len()] =
            [$(<cmd::$name as $crate::pmbus::Command>::INFO),*];
    };
    (@request) => { () };
    (@request $request:ty) => { $request };
    (@mode ulinear16) => { $crate::codec::pmbus::VoutMode };
    (@mode slinear16) => { $crate::codec::pmbus::VoutMode };
    (@mode $other:ident) => { () };
    (@sides ro $command:path) => { impl $crate::pmbus::Readable for $command {} };
    (@sides wo $command:path) => { impl $crate::pmbus::Writable for $command {} };
    (@sides command $command:path) => { impl $crate::pmbus::Writable for $command {} };
    (@sides $access:ident $command:path) => {
        impl $crate::pmbus::Readable for $command {}
        impl $crate::pmbus::Writable for $command {}
    };
}

/// A flag set of a command; see [`register_flags!`](crate::register_flags) for the rows.
///
/// ```
/// dpo_registers::pmbus_flags! {
///     /// What is wrong.
///     StatusVout: u8 { UV_FAULT("uv_fault", "UV_FAULT", 4), OV_FAULT("ov_fault", "OV_FAULT", 7) }
/// }
/// assert!(StatusVout(0x90).contains(StatusVout::OV_FAULT));
/// ```
#[macro_export]
macro_rules! pmbus_flags {
    ($(#[$doc:meta])* $name:ident: $raw:ty { $($rows:tt)* }) => {
        $crate::register_flags! { $(#[$doc])* $name: $raw { $($rows)* } }

        impl $crate::pmbus::Value for $name {
            const BITS: &'static [$crate::map::BitInfo] = <Self as $crate::register::Value>::BITS;

            fn decode(
                info: &$crate::pmbus::CommandInfo,
                data: &[u8],
                _: Option<$crate::codec::pmbus::VoutMode>,
            ) -> Result<Self, $crate::pmbus::DecodeError> {
                // The command is as long as the type.
                $crate::pmbus::bits(info, data).map(|bits| Self(bits as $raw))
            }

            fn encode(
                &self,
                info: &$crate::pmbus::CommandInfo,
                _: Option<$crate::codec::pmbus::VoutMode>,
            ) -> Result<$crate::codec::pmbus::Block, $crate::pmbus::EncodeError> {
                $crate::pmbus::encode_bits(info, self.0.into())
            }
        }
    };
}

/// An enumeration of a command; see [`register_symbols!`](crate::register_symbols) for the rows.
#[macro_export]
macro_rules! pmbus_symbols {
    ($(#[$doc:meta])* $name:ident: $raw:ty { $($rows:tt)* }) => {
        $crate::register_symbols! { $(#[$doc])* $name: $raw { $($rows)* } }

        impl $crate::pmbus::Value for $name {
            const SYMBOLS: &'static [$crate::map::SymbolInfo] = <Self as $crate::register::Value>::SYMBOLS;

            fn decode(
                info: &$crate::pmbus::CommandInfo,
                data: &[u8],
                _: Option<$crate::codec::pmbus::VoutMode>,
            ) -> Result<Self, $crate::pmbus::DecodeError> {
                // The command is as long as the type.
                $crate::pmbus::bits(info, data).map(|bits| Self::from_raw(bits as $raw))
            }

            fn encode(
                &self,
                info: &$crate::pmbus::CommandInfo,
                _: Option<$crate::codec::pmbus::VoutMode>,
            ) -> Result<$crate::codec::pmbus::Block, $crate::pmbus::EncodeError> {
                $crate::pmbus::encode_symbol(info, self.raw().into())
            }
        }
    };
}

/// A block of fields, a row each: `sample_count[3..6] = unsigned u32;` is a field of its own,
/// `lease_token[0..4] = register dpo_pmi::reg::LeaseToken;` takes over a register.
///
/// ```
/// dpo_registers::pmbus_block! {
///     /// Energy.
///     Energy: 6 {
///         /// Sum.
///         count[0..2] = unsigned u16;
///         /// Samples.
///         samples[3..6] = unsigned u32;
///     }
/// }
/// # use dpo_registers::pmbus::{CommandInfo, Value};
/// let info = CommandInfo::fields_of("ENERGY", 0x86).block(6, 6);
/// let energy = Energy::decode(&info, &[2, 1, 0, 0x56, 0x34, 0x12], None).unwrap();
/// assert_eq!((energy.count, energy.samples), (0x0102, 0x123456));
/// // Bytes of no field are written as 0.
/// assert_eq!(energy.encode(&info, None).unwrap().as_slice(), [2, 1, 0, 0x56, 0x34, 0x12]);
/// ```
#[macro_export]
macro_rules! pmbus_block {
    (
        $(#[$doc:meta])*
        $name:ident: $bytes:literal {
            $($(#[$about:meta])* $field:ident[$first:literal..$end:literal] = $kind:ident $type:ty;)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $(
                $(#[$about])*
                #[doc = concat!("Bytes ", $first, "..", $end, ", `", stringify!($kind), " ", stringify!($type), "`.")]
                pub $field: $crate::pmbus_block!(@type $kind $type),
            )*
        }

        impl $crate::pmbus::Value for $name {
            const FIELDS: &'static [$crate::pmbus::FieldInfo] = &[$($crate::pmbus::FieldInfo {
                id: stringify!($field),
                at: $first,
                bytes: $end - $first,
                register: $crate::pmbus_block!(@info $kind $type),
            }),*];

            fn decode(
                _: &$crate::pmbus::CommandInfo,
                data: &[u8],
                _: Option<$crate::codec::pmbus::VoutMode>,
            ) -> Result<Self, $crate::pmbus::DecodeError> {
                if data.len() != $bytes {
                    return Err($crate::pmbus::DecodeError::Length {
                        min: $bytes,
                        max: $bytes,
                        got: data.len(),
                    });
                }
                Ok(Self {
                    $($field: {
                        let bytes = data.get($first..$end).unwrap_or_default();
                        $crate::pmbus_block!(@decode $kind $type, stringify!($field), bytes)
                    },)*
                })
            }

            fn encode(
                &self,
                _: &$crate::pmbus::CommandInfo,
                _: Option<$crate::codec::pmbus::VoutMode>,
            ) -> Result<$crate::codec::pmbus::Block, $crate::pmbus::EncodeError> {
                let mut data = [0; $bytes];
                $({
                    let bytes = data.get_mut($first..$end).unwrap_or_default();
                    $crate::pmbus_block!(@encode $kind $type, stringify!($field), self.$field, bytes);
                })*
                Ok($crate::codec::pmbus::Block::new(&data)?)
            }
        }
    };
    (@type register $type:ty) => { Option<<$type as $crate::register::Register>::Value> };
    (@type $kind:ident $type:ty) => { $type };
    (@info register $type:ty) => { Some(<$type as $crate::register::Register>::INFO) };
    (@info $kind:ident $type:ty) => { None };
    (@decode register $type:ty, $field:expr, $bytes:ident) => {
        $crate::pmbus::field::decode_register::<$type>($bytes)?
    };
    (@decode $kind:ident $type:ty, $field:expr, $bytes:ident) => {
        $crate::pmbus::field::decode_plain::<$type>($field, $crate::pmbus_block!(@format $kind), $bytes)?
    };
    (@encode register $type:ty, $field:expr, $value:expr, $bytes:ident) => {
        $crate::pmbus::field::encode_register::<$type>($value.as_ref(), $bytes)?
    };
    (@encode $kind:ident $type:ty, $field:expr, $value:expr, $bytes:ident) => {
        $crate::pmbus::field::encode_plain($field, $crate::pmbus_block!(@format $kind), &$value, $bytes)?
    };
    (@format unsigned) => { $crate::pmbus::Format::Unsigned };
    (@format signed) => { $crate::pmbus::Format::Signed };
    (@format linear11) => { $crate::pmbus::Format::Linear11 };
    (@format ascii) => { $crate::pmbus::Format::Ascii };
    (@format raw) => { $crate::pmbus::Format::Raw };
}
