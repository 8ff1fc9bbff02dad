//! Mutants of the specimen's supplies: what only a PMBus device with more commands, or under an instrument, can get
//! wrong.

use super::mutant::{Fault, Mutant};
use super::specimen::SupplyQuirk as Quirk;

const fn reads(name: &'static str, what: &'static str, quirk: Quirk) -> Mutant {
    Mutant { name, what, device: "specimen-supply", writes: false, fault: Fault::Supply(quirk) }
}

const fn writes(name: &'static str, what: &'static str, quirk: Quirk) -> Mutant {
    Mutant { name, what, device: "specimen-supply", writes: true, fault: Fault::Supply(quirk) }
}

/// Mutants of the specimen's supplies.
pub(super) const SUPPLIES: &[Mutant] = &[
    // The bus.
    writes("cut-write-taken", "takes a write whose last byte was cut by a STOP", Quirk::CutTaken),
    reads("holds-sda", "holds SDA low after a read that was cut", Quirk::HoldsData),
    writes("busy-not-told", "refuses reads while it stores and sets no bit BUSY", Quirk::BusyUntold),
    reads("never-times-out", "waits for ever for a clock that is held", Quirk::NeverTimesOut),
    reads("times-out-early", "gives up after 10 ms of a held clock", Quirk::TimesOutEarly),
    reads("stretches-30-ms", "stretches the clock by 30 ms in each message", Quirk::StretchesLong),
    reads("stretches-a-byte", "stretches a byte longer than it declares", Quirk::StretchesByte),
    reads("fails-at-speed", "sends a wrong bit now and then at its fastest clock", Quirk::FailsAtSpeed),
    writes("empty-block-taken", "takes a block without a byte", Quirk::EmptyBlockTaken),
    writes("short-block-taken", "takes a block that is shorter than its count", Quirk::ShortBlockTaken),
    writes("bus-stays-stuck", "holds SDA low whatever the clock does", Quirk::StaysStuck),
    writes("plug-disturbs", "does not answer for a while when its neighbour is pulled", Quirk::PlugDisturbs),
    // Commands.
    reads("coefficients-zero", "answers COEFFICIENTS with zeros", Quirk::NoSlope),
    writes("all-pages-is-first", "applies a write to all pages to the first one", Quirk::FirstPageOnly),
    writes("page-plus-read-moves", "leaves PAGE where PAGE_PLUS_READ has read", Quirk::ReadMovesPage),
    writes("page-plus-write-here", "writes the current page with PAGE_PLUS_WRITE", Quirk::WritesCurrentPage),
    reads("negative-as-amount", "shows the amount of a reading below zero", Quirk::AmountOnly),
    reads("pout-in-steps-of-32", "shows READ_POUT in steps of 32 W", Quirk::Coarse),
    writes("cleared-for-good", "clears a fault for good while its cause is there", Quirk::ClearedForGood),
    writes("clear-faults-restarts", "switches a latched output on by CLEAR_FAULTS", Quirk::ClearRestarts),
    writes("off-bit-latched", "keeps OFF and POWER_GOOD# set once the output was off", Quirk::OffStays),
    writes("operation-without-effect", "takes OPERATION and leaves the output on", Quirk::OperationIgnored),
    writes("any-operation-taken", "takes a reserved value of OPERATION", Quirk::AnyOperation),
    writes("control-pin-ignored", "ignores the CONTROL pin", Quirk::PinIgnored),
    reads("ein-of-five-bytes", "sends five bytes of READ_EIN", Quirk::EnergyShort),
    reads("ein-samples-stay", "never counts a sample", Quirk::EnergyFrozen),
    reads("ein-twice", "sums twice the input power", Quirk::EnergyTwice),
    reads("ein-no-roll-over", "does not count the roll-overs of READ_EIN", Quirk::NoRollOver),
    reads("eout-twice", "sums twice the output power", Quirk::OutputEnergyWrong),
    reads("kwh-falls", "counts READ_KWH_IN down", Quirk::EnergyFalls),
    writes("over-vout-max", "takes VOUT_COMMAND above VOUT_MAX", Quirk::OverMaximum),
    writes("limits-without-end", "takes limits outside their range", Quirk::LimitUnchecked),
    writes("warning-silent", "does not pull SMBALERT# for a warning", Quirk::WarningSilent),
    writes("warning-turns-off", "turns the output off for a warning", Quirk::WarningTurnsOff),
    writes("always-latches", "latches off whatever the fault response says", Quirk::AlwaysLatches),
    writes(
        "store-forgets",
        "comes back from a power cycle with the settings of the factory",
        Quirk::ForgetsStored,
    ),
    writes("restores-nothing", "keeps its settings at RESTORE_DEFAULT_ALL", Quirk::RestoresNothing),
    writes("undeclared-maker-command", "has a command of its maker that no map has", Quirk::MakerCommand),
    writes("fan-without-effect", "keeps the speed of its fan", Quirk::FanIgnored),
    reads("other-rating", "tells another rated power than is printed on it", Quirk::OtherRating),
];
