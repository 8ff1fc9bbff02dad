//! The rules the lint knows.
//!
//! A rule has a permanent code, a name, the summary below, and a text `rules/CODE-name.md` that says what
//! it demands, why, and how to mend a breach. The text ends with examples that fail and examples that
//! pass; they are the rule's tests (see [`super::example`]).

use std::fmt;

macro_rules! rules {
    ($(#[doc = $summary:literal] $variant:ident = $code:literal, $name:literal;)*) => {
        /// A rule of the lint. Codes are permanent: never reused, never renumbered.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = $summary] $variant,)*
        }

        impl Rule {
            /// Every rule, by code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The permanent code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// A short name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What a breach of the rule is, in a sentence.
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$variant => $summary.trim_ascii(),)* }
            }

            /// The file `rules/CODE-name.md`: demand, reason, mend and examples.
            pub(super) const fn text(self) -> &'static str {
                match self { $(Self::$variant => include_str!(concat!("rules/", $code, "-", $name, ".md")),)* }
            }
        }
    };
}

rules! {
    /// The file is not JSON.
    Syntax = "M001", "syntax";
    /// A key occurs twice in one object.
    DuplicateKey = "M002", "duplicate-key";
    /// The map does not fit the JSON Schema: unknown key, missing key, wrong type.
    Schema = "M003", "schema";
    /// A number is beyond what the model can hold.
    Model = "M004", "model";
    /// The version is not three numbers up to 65535.
    Version = "M010", "version";
    /// The changelog does not begin with the version, or is not newest first.
    Changelog = "M011", "changelog";
    /// Two sources have one key.
    DuplicateSource = "M012", "duplicate-source";
    /// A register refers to a source that is not declared, or to none.
    DanglingSource = "M013", "dangling-source";
    /// A range of Modbus addresses is empty, unusable, or overlaps another.
    UnitRange = "M014", "unit-range";
    /// Two maps claim one Modbus address.
    SharedUnit = "M015", "shared-unit";
    /// Baud rates, function codes or request limits make no sense.
    Bus = "M016", "bus";
    /// The probe of the identification is no register, or does not fit what is expected.
    Probe = "M017", "probe";
    /// An address range ends before it begins, or overlaps another of its kind.
    AddressRange = "M018", "address-range";
    /// A readable gap covers a register.
    GapOverlap = "M019", "gap-overlap";
    /// A hazard range covers a register that may be written.
    HazardOverlap = "M020", "hazard-overlap";
    /// Two files hold one map.
    DuplicateMap = "M021", "duplicate-map";
    /// The file is not named after the map.
    FileName = "M022", "file-name";
    /// A text that must say something is blank.
    Blank = "M023", "blank";
    /// `time_sync` names no register that takes Unix time.
    TimeSync = "M024", "time-sync";
    /// `hosts` or `shared_with` names a map that nobody knows.
    UnknownMap = "M025", "unknown-map";
    /// Two maps share Modbus addresses and only one says so, or one says so and they do not.
    SharedWith = "M026", "shared-with";
    /// A register of a block lies on what another map uses.
    BlockCollision = "M027", "block-collision";
    /// A register lies in a range that the map itself says to avoid.
    AvoidedAddress = "M028", "avoided-address";
    /// A range for harmless reads covers something.
    SafeUnmapped = "M029", "safe-unmapped";
    /// Two registers have one identifier.
    DuplicateId = "M030", "duplicate-id";
    /// Two registers have one name.
    DuplicateName = "M031", "duplicate-name";
    /// A register stands before one with a smaller address.
    Order = "M032", "order";
    /// Two registers share an address.
    Overlap = "M033", "overlap";
    /// A register reaches beyond address 65535.
    AddressSpan = "M034", "address-span";
    /// The number of words does not fit the type.
    Words = "M035", "words";
    /// A name cannot be a name in the generated code.
    BindingName = "M036", "binding-name";
    /// A scale of 0.
    Scale = "M040", "scale";
    /// A unit that is not on the list.
    Unit = "M042", "unit";
    /// A scaled number without a unit.
    UnitMissing = "M043", "unit-missing";
    /// Scale, unit, limits or sentinel on a type that is no number.
    NotANumber = "M044", "not-a-number";
    /// The smallest value is above the largest.
    LimitsOrder = "M045", "limits-order";
    /// A limit that the type cannot hold.
    LimitsType = "M046", "limits-type";
    /// A step below 1, or one that does not lead from the smallest to the largest value.
    Step = "M047", "step";
    /// The reset value is not allowed.
    Reset = "M048", "reset";
    /// The fail-safe value is not allowed.
    FailSafe = "M049", "fail-safe";
    /// A setpoint without a fail-safe value.
    FailSafeMissing = "M050", "fail-safe-missing";
    /// The not-available value does not fit the type, or is a value of its own.
    NotAvailable = "M051", "not-available";
    /// A setpoint that takes any number.
    SetpointLimits = "M052", "setpoint-limits";
    /// A device falls back by itself, but to no value or at once.
    DeviceTimeout = "M053", "device-timeout";
    /// A raw value on a floating-point register.
    FloatRaw = "M054", "float-raw";
    /// An enumeration without symbols.
    EnumEmpty = "M060", "enum-empty";
    /// Two symbols have one value or one identifier.
    SymbolDuplicate = "M061", "symbol-duplicate";
    /// A symbol's value does not fit the register.
    SymbolRange = "M062", "symbol-range";
    /// Symbols on a register that is no enumeration.
    SymbolKind = "M063", "symbol-kind";
    /// Flags without bits.
    FlagsEmpty = "M064", "flags-empty";
    /// Two bit fields share a bit, an identifier or a name.
    BitOverlap = "M065", "bit-overlap";
    /// A bit field of width 0 or beyond the register.
    BitRange = "M066", "bit-range";
    /// Bit fields on a register that holds no flags.
    BitKind = "M067", "bit-kind";
    /// `replaced_by` names no other register, or the register is not deprecated.
    ReplacedBy = "M070", "replaced-by";
    /// `since` or `deprecated` is no version, or not one of this map yet.
    Since = "M071", "since";
    /// A group that one write cannot commit.
    Group = "M072", "group";
    /// `unlock` names no writable flag.
    Unlock = "M073", "unlock";
    /// Safety on a read-only register, or none on one that may be written.
    AccessSafety = "M074", "access-safety";
    /// Conflicting sources without a note that says so.
    ConflictNotes = "M075", "conflict-notes";
    /// Access, type and volatility contradict each other.
    AccessKind = "M076", "access-kind";
    /// A conditional register without a condition, or a condition that nothing can decide.
    Condition = "M077", "condition";
    /// Other readings on a row whose sources do not disagree.
    ReadingPlace = "M078", "reading-place";
    /// Two readings have one identifier, or say the same.
    ReadingSame = "M079", "reading-same";
    /// A reading that the words of its register do not allow.
    ReadingSense = "M080", "reading-sense";
    /// `commit` names no register that puts values into force.
    Commit = "M081", "commit";
    /// `applied` names no register that shows the same value.
    Applied = "M082", "applied";
    /// Locks that each need the other open.
    UnlockCycle = "M083", "unlock-cycle";
    /// A deprecated register is replaced by another one that is deprecated.
    Successor = "M084", "successor";
    /// A link that is no Redfish property, PMBus command or requirement.
    Links = "M085", "links";
    /// A register is polled that shows nothing, or too seldom, or for nothing.
    PollClass = "M086", "poll-class";
    /// A time between updates on a value that does not change by itself.
    UpdateTime = "M087", "update-time";
    /// Says what a read of a part gives, of a register that has no parts.
    PartialRead = "M088", "partial-read";
    /// Says how a bad value is refused, of a register that refuses none.
    BadWrite = "M089", "bad-write";
    /// A register that may be written, on a device without a function for it.
    WriteFunction = "M090", "write-function";
    /// A register that one request cannot hold.
    RequestSpan = "M091", "request-span";
    /// A word that OCP's terminology replaces.
    Terminology = "M095", "terminology";
    /// A text without a full stop.
    Sentence = "M096", "sentence";
    /// A description that repeats the name.
    Echo = "M097", "echo";
    /// A source that nothing refers to.
    UnusedSource = "M098", "unused-source";
    /// Another file holds a map of the same id.
    PmbusDuplicateMap = "M100", "pmbus-duplicate-map";
    /// An address or a clock that a PMBus target cannot have.
    PmbusBus = "M101", "pmbus-bus";
    /// Pages that cannot be chosen.
    PmbusPage = "M102", "pmbus-page";
    /// A command whose code must never be sent, or a hazard that is no range.
    PmbusHazard = "M103", "pmbus-hazard";
    /// A command that does not stand behind those with smaller codes, or has a code of one.
    PmbusOrder = "M104", "pmbus-order";
    /// A code FEh or FFh without a second byte, or another code with one.
    PmbusExtended = "M105", "pmbus-extended";
    /// Access, transactions and data of a command contradict each other.
    PmbusTransaction = "M110", "pmbus-transaction";
    /// A block without a length, or with one that the bus does not carry.
    PmbusLength = "M111", "pmbus-length";
    /// A process call without a request, or a request without a process call.
    PmbusRequest = "M112", "pmbus-request";
    /// A command does not say how WRITE_PROTECT treats it.
    PmbusProtect = "M113", "pmbus-protect";
    /// What is declared does not fit the data bytes.
    PmbusWidth = "M120", "pmbus-width";
    /// A physical value without a unit.
    PmbusUnit = "M121", "pmbus-unit";
    /// Coefficients that lead to no value.
    PmbusCoefficients = "M122", "pmbus-coefficients";
    /// `relative` on a command that VOUT_MODE does not decide about.
    PmbusRelative = "M123", "pmbus-relative";
    /// A range that is empty, or on a command with raw limits.
    PmbusRange = "M124", "pmbus-range";
    /// The value to fall back to is not allowed.
    PmbusFailSafe = "M125", "pmbus-fail-safe";
    /// Fields that share bytes, stand out of order, or reach beyond their block.
    PmbusFields = "M130", "pmbus-fields";
    /// A field whose bytes do not fit its type.
    PmbusFieldType = "M131", "pmbus-field-type";
    /// A field whose unit is missing, unknown or without meaning.
    PmbusFieldUnit = "M132", "pmbus-field-unit";
    /// A field that is described twice or not at all.
    PmbusFieldText = "M133", "pmbus-field-text";
    /// A code of the specification with another name or transaction.
    PmbusStandard = "M140", "pmbus-standard";
    /// A link to a register that is not there.
    PmbusLink = "M150", "pmbus-link";
    /// A field takes over a register that is not there, or has another length, or is taken over twice.
    PmbusMirror = "M151", "pmbus-mirror";
    /// A block that can be written carries a register that is read only.
    PmbusMirrorAccess = "M152", "pmbus-mirror-access";
    /// A register of the mirrored map that no field takes over, without a reason.
    PmbusMirrorComplete = "M153", "pmbus-mirror-complete";
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code(), self.name())
    }
}
