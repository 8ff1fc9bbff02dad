//! What a change of a PMBus command set means.

use super::choose::{
    access, any, bit_item, coefficients, confidence, field_item, interval, life, limits, lower, modality,
    pec, presence, range, register_item, safety_class, safety_timeout, symbol_item, width,
};
use super::{
    ALL, CLIENTS, DEVICES, NONE, POLLERS, POLLERS_DEVICES, READERS, Row, Verdict, WRITERS, WRITERS_DEVICES,
    additive, breaking, editorial, identity, items, object, part, ranges, review, set, value,
};

const TEXT: &[Verdict] = &[editorial("any", "text for people; nothing on the bus depends on it")];
const MEANING: &str = "wording only? Another meaning needs another id";
const PEC: &[Verdict] = &[
    breaking("demanded where it was not", CLIENTS, "a message without the code is refused"),
    breaking("no longer known", CLIENTS, "the code is taken for data, or the message is refused"),
    additive("free where it was demanded or unknown", DEVICES, "who goes on as before is understood"),
    breaking("added or removed on a command", ALL, "this command goes another way than the map says or said"),
];
const LIMITS: &[Verdict] = &[
    breaking("narrower, writable command", WRITERS, "values that were allowed are refused"),
    additive(
        "wider, writable command",
        DEVICES,
        "the old values stay allowed; older devices refuse the new ones, as today",
    ),
    breaking("neither narrower nor wider", WRITERS_DEVICES, "values that were allowed are refused"),
    editorial("the same values", "written differently"),
    breaking("narrower, read-only command", DEVICES, "a device may no longer show what it was allowed to"),
    additive("wider, read-only command", READERS, "values come that did not come before"),
];

/// What PMBus maps have.
pub(super) const ROWS: &[Row] = &[
    value("kind", any, &[breaking("any", ALL, "another kind of map")]),
    object("bus"),
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
    value(
        "bus.clock_hz_max",
        lower,
        &[
            breaking("lower", CLIENTS, "the old clock is too fast for the device"),
            additive("higher", DEVICES, "the old clock stays right"),
        ],
    ),
    value("bus.pec", pec, PEC),
    value(
        "bus.max_block",
        lower,
        &[
            breaking("lower", CLIENTS, "longer blocks are refused"),
            additive("higher", DEVICES, "short blocks stay right"),
        ],
    ),
    value(
        "bus.pages",
        lower,
        &[
            breaking("fewer", CLIENTS, "a page is gone"),
            additive("more", READERS, "who does not know the page does not select it"),
        ],
    ),
    set("notes", presence, &[editorial("added", "text for people"), editorial("removed", "text for people")]),
    value("mirrors", any, &[breaking("any", ALL, "the fields of blocks mean registers of another map")]),
    items(
        "left_out",
        "register",
        presence,
        &[
            editorial("added", "a rule for authors of maps"),
            editorial("removed", "a rule for authors of maps"),
        ],
    ),
    identity("left_out[].register"),
    value("left_out[].reason", any, TEXT),
    ranges(
        "hazards",
        presence,
        &[
            breaking("added", CLIENTS, "who sent such a code was allowed to; now it does harm"),
            review(
                additive("removed", CLIENTS, "less is forbidden"),
                "safety: show that the code is harmless on every device in the field",
            ),
            editorial("same codes", "written differently"),
        ],
    ),
    part("hazards[].first"),
    part("hazards[].last"),
    value("hazards[].reason", any, TEXT),
    items(
        "commands",
        "id",
        register_item,
        &[
            breaking("added, mandatory", DEVICES, "a device without it no longer conforms"),
            additive("added, optional or conditional", NONE, "who does not know it does not send it"),
            breaking("removed", CLIENTS, "the command is refused, and its name is gone from the bindings"),
            breaking(
                "removed after deprecation",
                CLIENTS,
                "it was announced, but who still uses it is refused",
            ),
        ],
    ),
    identity("commands[].id"),
    value(
        "commands[].name",
        any,
        &[breaking("any", POLLERS, "exports carry this name, and programs find the value by it")],
    ),
    value("commands[].description", any, &[review(editorial("any", "text for people"), MEANING)]),
    value("commands[].code", any, &[breaking("any", ALL, "the code means another command")]),
    value("commands[].extended", any, &[breaking("any", ALL, "the code means another command")]),
    value(
        "commands[].write",
        any,
        &[breaking("any", WRITERS_DEVICES, "a write has another form on the bus")],
    ),
    value(
        "commands[].read",
        any,
        &[breaking("any", super::READERS_DEVICES, "a read has another form on the bus")],
    ),
    value("commands[].length", any, &[breaking("any", ALL, "the block has another length")]),
    part("commands[].length.min"),
    part("commands[].length.max"),
    value("commands[].type", any, &[breaking("any", ALL, "the same bytes give another value")]),
    value(
        "commands[].coefficients",
        coefficients,
        &[
            breaking("others", ALL, "the same bytes give another value"),
            breaking("added or removed", ALL, "readers take the coefficients from elsewhere"),
        ],
    ),
    part("commands[].coefficients.m"),
    part("commands[].coefficients.b"),
    part("commands[].coefficients.r"),
    value(
        "commands[].relative",
        any,
        &[breaking("any", ALL, "the same bytes give a ratio instead of a value, or the other way round")],
    ),
    value(
        "commands[].unit",
        any,
        &[breaking("any", ALL, "the number means another quantity, and has another type in the bindings")],
    ),
    value(
        "commands[].access",
        access,
        &[
            breaking("less is allowed", CLIENTS, "what was allowed is refused"),
            breaking(
                "more is allowed, mandatory command",
                DEVICES,
                "a device that refuses it no longer conforms",
            ),
            additive(
                "more is allowed, optional or conditional command",
                DEVICES,
                "who keeps to the old access stays right",
            ),
            breaking("otherwise", ALL, "a write does something else"),
        ],
    ),
    value("commands[].limits", limits, LIMITS),
    part("commands[].limits.min"),
    part("commands[].limits.max"),
    part("commands[].limits.step"),
    value("commands[].range", range, LIMITS),
    part("commands[].range.min"),
    part("commands[].range.min.num"),
    part("commands[].range.min.den"),
    part("commands[].range.max"),
    part("commands[].range.max.num"),
    part("commands[].range.max.den"),
    items(
        "commands[].bits",
        "id",
        bit_item,
        &[
            additive("added in reserved bits", READERS, "readers must ignore reserved bits"),
            breaking("added over bits that had a field", ALL, "the bits had another meaning"),
            breaking("removed", CLIENTS, "the flag is gone from the device and from the bindings"),
        ],
    ),
    identity("commands[].bits[].id"),
    value(
        "commands[].bits[].name",
        any,
        &[breaking("any", POLLERS, "exports carry this name, and programs find the flag by it")],
    ),
    value("commands[].bits[].bit", any, &[breaking("any", ALL, "the flag stands elsewhere")]),
    value(
        "commands[].bits[].width",
        width,
        &[
            breaking("another width", ALL, "the field holds other bits"),
            editorial("the same width", "written differently"),
        ],
    ),
    value("commands[].bits[].description", any, &[review(editorial("any", "text for people"), MEANING)]),
    items(
        "commands[].symbols",
        "id",
        symbol_item,
        &[
            additive("added, a value without a symbol", READERS, "readers keep values they do not know"),
            breaking("added, a value that had a symbol", ALL, "the value had another meaning"),
            breaking("removed", CLIENTS, "the symbol is gone from the bindings, and writers may not send it"),
        ],
    ),
    identity("commands[].symbols[].id"),
    value("commands[].symbols[].value", any, &[breaking("any", ALL, "the same number means another symbol")]),
    value("commands[].symbols[].description", any, &[review(editorial("any", "text for people"), MEANING)]),
    items(
        "commands[].fields",
        "id",
        field_item,
        &[
            additive(
                "added in bytes without a field",
                READERS,
                "who does not know the bytes passes them over",
            ),
            breaking("added over bytes that had a field", ALL, "the bytes had another meaning"),
            breaking("removed", CLIENTS, "the field is gone from the device and from the bindings"),
        ],
    ),
    identity("commands[].fields[].id"),
    value("commands[].fields[].description", any, &[review(editorial("any", "text for people"), MEANING)]),
    value("commands[].fields[].at", any, &[breaking("any", ALL, "the field stands elsewhere")]),
    value("commands[].fields[].bytes", any, &[breaking("any", ALL, "the field has another length")]),
    value("commands[].fields[].type", any, &[breaking("any", ALL, "the same bytes give another value")]),
    value("commands[].fields[].unit", any, &[breaking("any", ALL, "the number means another quantity")]),
    items(
        "commands[].request",
        "id",
        presence,
        &[
            breaking("added", ALL, "the request has another form"),
            breaking("removed", ALL, "the request has another form"),
        ],
    ),
    identity("commands[].request[].id"),
    value("commands[].request[].description", any, &[review(editorial("any", "text for people"), MEANING)]),
    value("commands[].request[].at", any, &[breaking("any", ALL, "the request has another form")]),
    value("commands[].request[].bytes", any, &[breaking("any", ALL, "the request has another form")]),
    value("commands[].request[].type", any, &[breaking("any", ALL, "the request has another form")]),
    value("commands[].request[].unit", any, &[breaking("any", ALL, "the number means another quantity")]),
    value(
        "commands[].paged",
        any,
        &[breaking("any", ALL, "the command PAGE selects another value, or none")],
    ),
    value("commands[].pec", pec, PEC),
    value(
        "commands[].protect",
        any,
        &[breaking("any", WRITERS_DEVICES, "the write is refused under other settings of WRITE_PROTECT")],
    ),
    value(
        "commands[].volatility",
        any,
        &[breaking("any", CLIENTS, "caching, or what a power cycle leaves, is another")],
    ),
    value("commands[].poll", any, &[additive("any", POLLERS, "advice; the bus gets more or less to do")]),
    value(
        "commands[].update_ms",
        interval,
        &[
            breaking("longer or removed", READERS, "readers see older values than they count on"),
            breaking("shorter or added", DEVICES, "a device that needs the time no longer conforms"),
        ],
    ),
    value(
        "commands[].settle_ms",
        interval,
        &[
            breaking("longer or removed", WRITERS, "a read-back after the old time shows the old value"),
            breaking("shorter or added", DEVICES, "a device that needs the time no longer conforms"),
        ],
    ),
    object("commands[].safety"),
    value(
        "commands[].safety.class",
        safety_class,
        &[
            breaking("graver", WRITERS, "who wrote it without care must take care"),
            review(
                additive("milder", WRITERS, "who takes care stays right"),
                "safety: show that a write cannot do more than the new class says",
            ),
            additive("added", WRITERS, "says what a write can do; the access says whether one is allowed"),
            review(
                breaking("removed", WRITERS, "the map no longer says what a write can do"),
                "safety: only a command that can no longer be written needs none",
            ),
        ],
    ),
    value(
        "commands[].safety.fail_safe",
        presence,
        &[
            breaking("added", WRITERS_DEVICES, "the value falls back where it stayed"),
            review(
                breaking("removed", WRITERS_DEVICES, "the value stays where it fell back"),
                "safety: a fall-back is lost",
            ),
            review(
                breaking("changed", WRITERS_DEVICES, "the value falls back elsewhere"),
                "safety: show that the new value is safe in every state",
            ),
        ],
    ),
    part("commands[].safety.fail_safe.num"),
    part("commands[].safety.fail_safe.den"),
    value(
        "commands[].safety.timeout_ms",
        safety_timeout,
        &[
            breaking("added or shorter", WRITERS_DEVICES, "who does not renew in time loses the setpoint"),
            review(
                breaking("longer or removed", DEVICES, "devices must hold the setpoint longer"),
                "safety: a stale setpoint lasts longer",
            ),
        ],
    ),
    value(
        "commands[].modality",
        modality,
        &[
            breaking("stricter", DEVICES, "a device without it no longer conforms"),
            breaking("looser", CLIENTS, "who counts on the command may find a device without it"),
        ],
    ),
    value("commands[].condition", any, &[breaking("any", ALL, "other devices have the command")]),
    value("commands[].since", any, &[editorial("any", "history; that of a new command is checked apart")]),
    value(
        "commands[].deprecated",
        life,
        &[
            additive("added", CLIENTS, "the command still works; clients should move on"),
            additive("removed", NONE, "the command stays"),
            editorial("changed", "history"),
        ],
    ),
    value(
        "commands[].replaced_by",
        life,
        &[
            additive("added", CLIENTS, "clients should move to that command"),
            additive("removed", CLIENTS, "there is no successor to move to"),
            additive("changed", CLIENTS, "clients should move to another command"),
        ],
    ),
    set(
        "commands[].source",
        presence,
        &[editorial("added", "where the fact comes from"), editorial("removed", "where the fact comes from")],
    ),
    value("commands[].clause", any, &[editorial("any", "where the fact comes from")]),
    part("commands[].clause.number"),
    part("commands[].clause.confirmed"),
    value(
        "commands[].confidence",
        confidence,
        &[
            editorial("surer", "says how sure the command is, not what it says"),
            review(
                editorial("less sure", "says how sure the command is, not what it says"),
                "who relied on it should know",
            ),
        ],
    ),
    set(
        "commands[].notes",
        presence,
        &[editorial("added", "text for people"), editorial("removed", "text for people")],
    ),
    object("commands[].links"),
    set(
        "commands[].links.modbus",
        presence,
        &[
            editorial("added", "points at the same quantity elsewhere"),
            editorial("removed", "points at the same quantity elsewhere"),
        ],
    ),
    value("commands[].links.redfish", any, &[editorial("any", "points at the same quantity elsewhere")]),
    set(
        "commands[].links.requirements",
        presence,
        &[
            editorial("added", "points into the specification"),
            editorial("removed", "points into the specification"),
        ],
    ),
];
