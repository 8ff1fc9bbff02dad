//! What a change outside the registers means.

use super::choose::{any, first_item, gap, lower, presence, shorter, word_order};
use super::{
    ALL, CLIENTS, DEVICES, POLLERS, POLLERS_DEVICES, READERS, Row, Verdict, WRITERS, WRITERS_DEVICES,
    additive, breaking, editorial, identity, items, object, part, ranges, review, set, value,
};

const TEXT: &[Verdict] = &[editorial("any", "text for people; nothing on the bus depends on it")];

/// What every kind of map has.
pub(super) const COMMON: &[Row] = &[
    value("$schema", any, &[editorial("any", "only editors use it")]),
    value("id", any, &[breaking("any", ALL, "the name of a map is permanent: another id is another map")]),
    value("title", any, TEXT),
    value("version", any, &[editorial("any", "the step itself; whether it fits is judged apart")]),
    value("device_class", any, &[breaking("any", ALL, "the map now describes another kind of device")]),
    object("base"),
    value("base.document", any, &[editorial("any", "says where the map belongs, not what devices do")]),
    value("base.clause", any, &[editorial("any", "says where the map belongs, not what devices do")]),
    value("base.relation", any, &[editorial("any", "says where the map belongs, not what devices do")]),
    value("licence", any, &[breaking("any", ALL, "the terms under which everybody uses the map")]),
    items(
        "sources",
        "key",
        presence,
        &[editorial("added", "a source of facts"), editorial("removed", "a source of facts")],
    ),
    identity("sources[].key"),
    value("sources[].title", any, TEXT),
    value("sources[].uri", any, TEXT),
    items(
        "changelog",
        "version",
        presence,
        &[
            editorial("entry added", "tells what changed"),
            review(editorial("entry removed", "tells what changed"), "history is added to, not rewritten"),
        ],
    ),
    identity("changelog[].version"),
    value(
        "changelog[].date",
        any,
        &[review(editorial("any", "tells what changed"), "history is not rewritten")],
    ),
    value(
        "changelog[].text",
        any,
        &[review(editorial("any", "tells what changed"), "history is not rewritten")],
    ),
];

/// What Modbus maps have beside their registers.
pub(super) const ROWS: &[Row] = &[
    value(
        "foreign",
        presence,
        &[
            additive("added", POLLERS, "goes into the exports for other programs"),
            breaking("removed", POLLERS, "is missing from the exports for other programs"),
            breaking("changed", POLLERS, "the exports for other programs say something else"),
        ],
    ),
    object("bus"),
    value(
        "bus.baud",
        first_item,
        &[
            breaking("another default, or a rate gone", ALL, "who speaks at that rate is not understood"),
            additive("a rate more", DEVICES, "who keeps to the old rates is understood"),
            editorial("order behind the default", "only the first has a meaning of its own"),
        ],
    ),
    value("bus.parity", any, &[breaking("any", ALL, "no frame is understood")]),
    ranges(
        "bus.addresses",
        presence,
        &[
            additive("more addresses", POLLERS, "a scan of the old addresses misses devices at the new ones"),
            breaking("fewer addresses", POLLERS_DEVICES, "a device there is no longer of this map"),
            editorial("same addresses", "written differently"),
        ],
    ),
    part("bus.addresses[].first"),
    part("bus.addresses[].last"),
    set(
        "bus.shared_with",
        presence,
        &[
            breaking("added", POLLERS, "an address no longer names the kind of device: it must be probed"),
            additive("removed", POLLERS, "the addresses name the kind of device; probing does no harm"),
        ],
    ),
    value(
        "bus.max_read_words",
        lower,
        &[
            breaking("lower", READERS, "longer reads are refused"),
            additive(
                "higher",
                DEVICES,
                "short reads stay right; a longer one is refused by older devices, as today",
            ),
        ],
    ),
    value(
        "bus.max_write_words",
        lower,
        &[
            breaking("lower", WRITERS, "longer writes are refused"),
            additive(
                "higher",
                DEVICES,
                "short writes stay right; a longer one is refused by older devices, as today",
            ),
        ],
    ),
    set(
        "bus.functions",
        presence,
        &[
            additive("added", DEVICES, "older devices answer it with exception 01, as today"),
            breaking("removed", CLIENTS, "requests with this function are refused"),
        ],
    ),
    object("identification"),
    value(
        "identification.probe",
        any,
        &[breaking("any", POLLERS_DEVICES, "devices are recognised by another register")],
    ),
    value(
        "identification.expect",
        any,
        &[breaking("any", POLLERS_DEVICES, "devices are recognised by another value")],
    ),
    part("identification.expect.words"),
    value(
        "word_order",
        word_order,
        &[
            breaking("any", ALL, "values are put together from other words or bytes"),
            editorial(
                "same order of every register",
                "each register says its order itself, and it is the old one",
            ),
        ],
    ),
    object("time_sync"),
    value(
        "time_sync.register",
        presence,
        &[
            additive("added", WRITERS, "the device wants the time; it runs without, as today"),
            breaking("removed", WRITERS, "the device no longer takes the time there"),
            breaking("changed", WRITERS_DEVICES, "the device takes the time in another register"),
        ],
    ),
    value(
        "time_sync.interval_s",
        shorter,
        &[
            breaking("shorter", WRITERS, "the clock of the device drifts too far between two writes"),
            additive("longer", WRITERS, "more writes than needed do no harm"),
            editorial("added or removed", "comes and goes with the register"),
        ],
    ),
    set(
        "hosts",
        presence,
        &[
            additive("added", READERS, "the block may be found on one kind of device more"),
            breaking("removed", CLIENTS, "the block is no longer found on that device"),
        ],
    ),
    ranges(
        "avoid",
        presence,
        &[
            editorial("added", "a rule for authors of maps"),
            editorial("removed", "a rule for authors of maps"),
            editorial("same addresses", "written differently"),
        ],
    ),
    part("avoid[].first"),
    part("avoid[].last"),
    value("avoid[].reason", any, TEXT),
    ranges(
        "safe_unmapped",
        presence,
        &[
            breaking("added", DEVICES, "devices must answer reads there with exception 02"),
            breaking("removed", READERS, "a read there is no longer known to be harmless"),
            editorial("same addresses", "written differently"),
        ],
    ),
    part("safe_unmapped[].first"),
    part("safe_unmapped[].last"),
    ranges(
        "readable_gaps",
        gap,
        &[
            additive(
                "added",
                DEVICES,
                "reads across the gap may be merged; a device that refuses one does so visibly",
            ),
            breaking("removed", READERS, "reads across the gap are refused"),
            editorial("same addresses", "written differently"),
            additive(
                "removed, and mandatory registers stand there",
                READERS,
                "reads across the old gap still work",
            ),
        ],
    ),
    part("readable_gaps[].first"),
    part("readable_gaps[].last"),
    ranges(
        "hazards",
        presence,
        &[
            breaking("added", WRITERS, "who wrote there was allowed to; now it does harm"),
            review(
                additive("removed", WRITERS, "less is forbidden"),
                "safety: show that a write there is harmless on every device in the field",
            ),
            editorial("same addresses", "written differently"),
        ],
    ),
    part("hazards[].first"),
    part("hazards[].last"),
    value("hazards[].reason", any, TEXT),
];
