//! Mutants of the specimen: what only a device with more functions, settings and line settings can get wrong.

use super::mutant::{Fault, Mutant, Side};
use super::specimen::Quirk;

const fn quirk(name: &'static str, what: &'static str, side: Side, writes: bool, quirk: Quirk) -> Mutant {
    Mutant { name, what, device: "specimen", writes, fault: Fault::Specimen(side, quirk) }
}

const fn reads(name: &'static str, what: &'static str, fault: Quirk) -> Mutant {
    quirk(name, what, Side::Tcp, false, fault)
}

const fn writes(name: &'static str, what: &'static str, fault: Quirk) -> Mutant {
    quirk(name, what, Side::Tcp, true, fault)
}

const fn line(name: &'static str, what: &'static str, changes: bool, fault: Quirk) -> Mutant {
    quirk(name, what, Side::Rtu, changes, fault)
}

const fn tls(name: &'static str, what: &'static str, changes: bool, fault: Quirk) -> Mutant {
    quirk(name, what, Side::Secure, changes, fault)
}

/// Mutants of the specimen.
pub(super) const QUIRKS: &[Mutant] = &[
    // Function codes.
    reads("input-register-short", "answers an input register with one byte", Quirk::InputShort),
    reads(
        "input-registers-unchecked",
        "answers any quantity and address of function 04",
        Quirk::InputUnchecked,
    ),
    reads("coils-unchecked", "answers any quantity of coils", Quirk::ManyCoils),
    reads("server-id-broken", "sends a run indicator of 55 in its server id", Quirk::BadServerId),
    writes("coil-stays", "echoes the write of a coil and does nothing", Quirk::CoilStays),
    writes("coil-any-value", "takes any value for a coil", Quirk::AnyCoilValue),
    writes("reads-before-it-writes", "function 23 answers the old value", Quirk::ReadsFirst),
    writes("read-write-quantity", "function 23 takes any quantity to read", Quirk::ReadWriteReads),
    writes("read-write-written", "function 23 takes any quantity to write", Quirk::ReadWriteWrites),
    writes("read-write-byte-count", "function 23 takes any byte count", Quirk::ReadWriteCount),
    writes("mask-write-wrong", "function 22 gets its masks wrong", Quirk::MaskWrong),
    // Registers.
    writes("any-value-taken", "takes values outside limits and symbols", Quirk::AnyValue),
    writes("reserved-bits-kept", "keeps reserved bits that are written", Quirk::KeepsReserved),
    writes("setting-rounded", "rounds settings up to a multiple of 8", Quirk::RoundsUp),
    writes("group-written-in-part", "writes the registers before one that it refuses", Quirk::WritesInPart),
    writes("long-write-cut", "writes the first 100 words of a long write", Quirk::ShortSpan),
    reads("largest-read-refused", "reads no more than 124 registers", Quirk::ShortReads),
    writes("largest-answer-cut", "answers a read of 125 registers with 124", Quirk::CutAnswer),
    writes("clears-bits-not-written", "clears all bits where one was written", Quirk::ClearsAll),
    writes("lock-without-effect", "takes writes to registers that are locked", Quirk::NeverLocks),
    reads("stale-counter", "updates a counter much too seldom", Quirk::StaleTicks),
    writes("stored-value-lost", "forgets a stored value in a restart", Quirk::ForgetsStored),
    writes("setting-survives", "keeps a setting over a restart", Quirk::KeepsSettings),
    // TCP server.
    reads(
        "new-connection-ends-all",
        "closes all connections for one too many",
        Quirk::ManyConnectionsKillOld,
    ),
    reads("never-idle", "keeps the places of clients that vanished", Quirk::NeverIdle),
    reads("one-odd-unit", "answers unit identifier 00 and not FF", Quirk::OddUnit),
    reads("undeclared-port", "has a port open that it does not declare", Quirk::OpenPort),
    reads("other-address-differs", "answers otherwise at its other address", Quirk::OtherAddressDiffers),
    reads("slow-now-and-then", "answers one request in ten late", Quirk::SlowNowAndThen),
    writes("mixes-clients-up", "writes what another client wrote before", Quirk::MixesClients),
    writes("stalls-after-garbage", "serves nobody any more after some garbage", Quirk::DiesOfFlood),
    // Serial line.
    line("broadcast-ignored", "does not carry out broadcasts", true, Quirk::IgnoresBroadcast),
    line("broadcast-write-answered", "answers broadcasts of writes", true, Quirk::AnswersBroadcast),
    line("parity-ignored", "takes characters with the wrong parity", false, Quirk::ParityIgnored),
    line("other-factory-rate", "talks at 9600 Bd where its map says 19200", false, Quirk::OtherBaud),
    line("one-stop-bit", "wants one stop bit without parity", false, Quirk::OneStopBit),
    line("baud-rate-stays", "takes a baud rate and stays at the old one", true, Quirk::BaudStays),
    line("any-baud-code", "takes codes that no baud rate has", true, Quirk::AnyBaud),
    line("baud-rate-lost", "comes back from a restart at another baud rate", true, Quirk::BaudForgotten),
    line("loopback-short", "returns a part of the loopback data", false, Quirk::LoopbackShort),
    line("errors-not-counted", "counts no bad frames", false, Quirk::CountsNothing),
    line("any-diagnostic", "answers diagnostics that do not exist", false, Quirk::AnyDiagnostic),
    line("never-silent", "answers in listen-only mode", true, Quirk::NeverSilent),
    line("silent-for-ever", "stays in listen-only mode", true, Quirk::NeverListensAgain),
    line("restart-clears", "loses a setting when communications restart", true, Quirk::RestartClears),
    line("any-address", "takes 0 and 248 as its address", true, Quirk::AnyAddress),
    line("address-stays", "takes an address and stays at the old one", true, Quirk::AddressStays),
    line("loses-one-in-a-hundred", "does not answer one request in 97", false, Quirk::LosesOne),
    // Under an instrument on the line.
    line("torn-frame-refused", "answers a torn frame with an exception", false, Quirk::TornRefused),
    line(
        "two-in-a-row-answered",
        "answers two requests without silence between them",
        false,
        Quirk::NoSilence,
    ),
    line("tears-at-300-us", "takes a gap of 300 us for the end of a frame", false, Quirk::Impatient),
    line("slow-behind-an-answer", "does not hear a request t3.5 after its answer", false, Quirk::SlowReady),
    line("gaps-in-its-answer", "leaves gaps above t1.5 inside an answer", false, Quirk::GapsInAnswer),
    line("answers-at-once", "does not wait t3.5 before it answers", false, Quirk::AnswersAtOnce),
    line("holds-the-driver", "drives the line for 5 ms after its answer", false, Quirk::HoldsDriver),
    // Modbus/TCP Security.
    tls("secure-but-mute", "ends every secure connection behind the handshake", false, Quirk::TlsNeverServes),
    tls("old-tls-taken", "takes TLS 1.0 and older", false, Quirk::TlsOldVersions),
    tls("tls-12-dead", "accepts TLS 1.2 and then says nothing", false, Quirk::Tls12Dead),
    tls("client-without-certificate", "serves clients without a certificate", false, Quirk::TlsNoCertificate),
    tls("any-client-certificate", "takes any client certificate", false, Quirk::TlsAnyClient),
    tls(
        "clock-ignored",
        "takes client certificates whose time is over or has not come",
        false,
        Quirk::TlsAnyTime,
    ),
    tls("weak-suites-taken", "takes suites without encryption", false, Quirk::TlsWeakSuites),
    tls("no-aes-gcm", "has no suite with AES-GCM", false, Quirk::TlsNoAesGcm),
    tls("tls-compresses", "chooses compression", false, Quirk::TlsCompresses),
    tls("renegotiation-unmarked", "does not announce secure renegotiation", false, Quirk::TlsRenegotiates),
    tls("roles-ignored", "lets every role write", true, Quirk::TlsRolesIgnored),
    tls("reader-refused", "refuses reads of the role that may read", false, Quirk::TlsReadRefused),
    tls(
        "no-role-is-all-roles",
        "gives all rights to a certificate without a role",
        false,
        Quirk::TlsNullRole,
    ),
    tls("stronger-of-two-roles", "takes the stronger of two roles", false, Quirk::TlsTwoRoles),
    tls("plain-on-secure-port", "answers plain Modbus on its secure port", false, Quirk::TlsPlainServed),
    tls("plain-port-closed", "closes the plain port that it declares", false, Quirk::TlsPlainClosed),
    tls("resumed-with-all-rights", "gives all rights to a resumed session", false, Quirk::TlsResumedRights),
    tls("one-record-a-request", "needs a request in one TLS record", false, Quirk::TlsWholeRecords),
    tls("stalls-after-handshakes", "serves nobody while handshakes are not ended", true, Quirk::TlsStalls),
    tls("other-device-name", "shows a certificate of another name", false, Quirk::TlsOtherName),
];
