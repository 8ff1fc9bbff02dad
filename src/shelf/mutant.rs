//! Deliberate defects of the write path. Only with the feature `gate-mutants`, which no product has, can one
//! be switched on: the fault campaign (`examples/gate_campaign`) proves with them that it sees defects.

/// A defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutant {
    /// Writes are sent without an intent on record.
    NoIntent,
    /// What a device acknowledges is believed without reading it back.
    NoReadBack,
    /// A setpoint is acknowledged whether or not its end is on record.
    AckBeforeCommit,
    /// A gateway that starts sends the writes again that have no outcome.
    ReplayIntent,
    /// A gateway that starts brings everything to the fail-safe values at once.
    RestoreAtStart,
    /// Setpoints are taken from anybody.
    NoLeaseCheck,
    /// The lease does not end by itself.
    NoExpiry,
    /// If a device fails, those before it are left with the new value.
    NoRollBack,
    /// A damaged journal is no reason to refuse setpoints.
    NoJournalNeeded,
}

impl Mutant {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::NoIntent,
        Self::NoReadBack,
        Self::AckBeforeCommit,
        Self::ReplayIntent,
        Self::RestoreAtStart,
        Self::NoLeaseCheck,
        Self::NoExpiry,
        Self::NoRollBack,
        Self::NoJournalNeeded,
    ];
}

#[cfg(feature = "gate-mutants")]
thread_local! {
    static ACTIVE: std::cell::Cell<Option<Mutant>> = const { std::cell::Cell::new(None) };
}

/// Switches a defect on for everything that runs on this thread.
#[cfg(feature = "gate-mutants")]
pub fn set(mutant: Option<Mutant>) {
    ACTIVE.with(|active| active.set(mutant));
}

/// Whether a defect is switched on.
#[cfg(feature = "gate-mutants")]
pub(crate) fn on(mutant: Mutant) -> bool {
    ACTIVE.with(|active| active.get() == Some(mutant))
}

/// Whether a defect is switched on: none is.
#[cfg(not(feature = "gate-mutants"))]
pub(crate) const fn on(_: Mutant) -> bool {
    false
}
