//! What a change of a register means.

use super::choose::{
    access, any, bit_item, confidence, interval, life, limits, modality, offset, order, presence,
    register_item, safety_class, safety_timeout, scale, symbol_item, width,
};
use super::{
    ALL, CLIENTS, DEVICES, NONE, POLLERS, READERS, READERS_DEVICES, Row, Verdict, WRITERS, WRITERS_DEVICES,
    additive, breaking, editorial, identity, items, object, part, review, set, value,
};

const TEXT: &[Verdict] = &[editorial("any", "text for people; nothing on the bus depends on it")];
const MEANING: &str = "wording only? Another meaning needs another id";
const ANY_VALUE: &[Verdict] = &[breaking("any", ALL, "the same words give another value")];
const FRACTION: &[Verdict] = &[
    breaking("another number", ALL, "the same words give another value"),
    editorial("the same number", "written differently"),
];

/// The registers of a Modbus map.
pub(super) const ROWS: &[Row] = &[
    items(
        "registers",
        "id",
        register_item,
        &[
            breaking("added, mandatory", DEVICES, "a device without it no longer conforms"),
            additive("added, optional or conditional", NONE, "who does not know it does not read it"),
            breaking(
                "removed",
                CLIENTS,
                "reads and writes of it are refused, and its name is gone from the bindings",
            ),
            breaking(
                "removed after deprecation",
                CLIENTS,
                "it was announced, but who still uses it is refused",
            ),
        ],
    ),
    identity("registers[].id"),
    value(
        "registers[].name",
        any,
        &[breaking("any", POLLERS, "exports carry this name, and programs find the value by it")],
    ),
    value("registers[].description", any, &[review(editorial("any", "text for people"), MEANING)]),
    value("registers[].address", any, &[breaking("any", ALL, "the value stands elsewhere")]),
    value("registers[].words", any, &[breaking("any", ALL, "the value has another length")]),
    value("registers[].type", any, ANY_VALUE),
    value(
        "registers[].order",
        order,
        &[
            breaking("another order", ALL, "the value is put together from other words or bytes"),
            editorial("the same order", "says what the map's order said or says"),
        ],
    ),
    value("registers[].scale", scale, FRACTION),
    part("registers[].scale.num"),
    part("registers[].scale.den"),
    value("registers[].offset", offset, FRACTION),
    part("registers[].offset.num"),
    part("registers[].offset.den"),
    value(
        "registers[].unit",
        any,
        &[breaking("any", ALL, "the number means another quantity, and has another type in the bindings")],
    ),
    value(
        "registers[].access",
        access,
        &[
            breaking("less is allowed", CLIENTS, "what was allowed is refused"),
            breaking(
                "more is allowed, mandatory register",
                DEVICES,
                "a device that refuses it no longer conforms",
            ),
            additive(
                "more is allowed, optional or conditional register",
                DEVICES,
                "who keeps to the old access stays right",
            ),
            breaking("otherwise", ALL, "a write does something else"),
        ],
    ),
    value(
        "registers[].limits",
        limits,
        &[
            breaking("narrower, writable register", WRITERS, "values that were allowed are refused"),
            additive(
                "wider, writable register",
                DEVICES,
                "the old values stay allowed; older devices refuse the new ones, as today",
            ),
            breaking("neither narrower nor wider", WRITERS_DEVICES, "values that were allowed are refused"),
            editorial("the same values", "written differently"),
            breaking(
                "narrower, read-only register",
                DEVICES,
                "a device may no longer show what it was allowed to",
            ),
            additive("wider, read-only register", READERS, "values come that did not come before"),
        ],
    ),
    part("registers[].limits.min"),
    part("registers[].limits.max"),
    part("registers[].limits.step"),
    items(
        "registers[].bits",
        "id",
        bit_item,
        &[
            additive("added in reserved bits", READERS, "readers must ignore reserved bits"),
            breaking("added over bits that had a field", ALL, "the bits had another meaning"),
            breaking("removed", CLIENTS, "the flag is gone from the device and from the bindings"),
        ],
    ),
    identity("registers[].bits[].id"),
    value(
        "registers[].bits[].name",
        any,
        &[breaking("any", POLLERS, "exports carry this name, and programs find the flag by it")],
    ),
    value("registers[].bits[].bit", any, &[breaking("any", ALL, "the flag stands elsewhere")]),
    value(
        "registers[].bits[].width",
        width,
        &[
            breaking("another width", ALL, "the field holds other bits"),
            editorial("the same width", "written differently"),
        ],
    ),
    value("registers[].bits[].description", any, &[review(editorial("any", "text for people"), MEANING)]),
    items(
        "registers[].symbols",
        "id",
        symbol_item,
        &[
            additive("added, a value without a symbol", READERS, "readers keep values they do not know"),
            breaking("added, a value that had a symbol", ALL, "the value had another meaning"),
            breaking("removed", CLIENTS, "the symbol is gone from the bindings, and writers may not send it"),
        ],
    ),
    identity("registers[].symbols[].id"),
    value(
        "registers[].symbols[].value",
        any,
        &[breaking("any", ALL, "the same number means another symbol")],
    ),
    value("registers[].symbols[].description", any, &[review(editorial("any", "text for people"), MEANING)]),
    value(
        "registers[].reset",
        presence,
        &[
            breaking("added", DEVICES, "devices must now start with this value"),
            breaking("removed", WRITERS, "writers no longer know what a device starts with"),
            breaking("changed", WRITERS_DEVICES, "devices start with another value"),
        ],
    ),
    value(
        "registers[].volatility",
        any,
        &[breaking("any", CLIENTS, "caching, or what a power cycle leaves, is another")],
    ),
    value("registers[].poll", any, &[additive("any", POLLERS, "advice; the bus gets more or less to do")]),
    value(
        "registers[].update_ms",
        interval,
        &[
            breaking("longer or removed", READERS, "readers see older values than they count on"),
            breaking("shorter or added", DEVICES, "a device that needs the time no longer conforms"),
        ],
    ),
    value(
        "registers[].partial_read",
        presence,
        &[
            breaking("added", DEVICES, "devices must now answer half a value in this way"),
            breaking("removed", READERS, "readers no longer know what half a value gives"),
            breaking("changed", READERS_DEVICES, "half a value gives something else"),
        ],
    ),
    value(
        "registers[].settle_ms",
        interval,
        &[
            breaking("longer or removed", WRITERS, "a read-back after the old time shows the old value"),
            breaking("shorter or added", DEVICES, "a device that needs the time no longer conforms"),
        ],
    ),
    value(
        "registers[].group",
        any,
        &[breaking("any", ALL, "other registers are written in one request or read as one picture")],
    ),
    value(
        "registers[].commit",
        any,
        &[breaking(
            "any",
            WRITERS_DEVICES,
            "another write puts the value in force, or none is needed, or one is",
        )],
    ),
    value(
        "registers[].applied",
        presence,
        &[
            additive("added", READERS, "who reads the register itself sees what it saw"),
            breaking("removed", READERS, "readers no longer find the value in force"),
            breaking("changed", READERS_DEVICES, "the value in force stands elsewhere"),
        ],
    ),
    value(
        "registers[].bad_write",
        presence,
        &[
            breaking("added", DEVICES, "devices must answer with this code"),
            breaking("removed", WRITERS, "writers no longer know which code to expect"),
            breaking("changed", WRITERS_DEVICES, "the refusal has another code"),
        ],
    ),
    value(
        "registers[].not_available",
        any,
        &[breaking("any", READERS_DEVICES, "a number turns into no value, or no value into a number")],
    ),
    value(
        "registers[].unlock",
        presence,
        &[
            breaking("added", WRITERS_DEVICES, "a write without the flag is refused"),
            review(
                breaking("removed", DEVICES, "a write without the flag must be taken"),
                "safety: a guard falls",
            ),
            breaking("changed", WRITERS_DEVICES, "a write needs another flag"),
        ],
    ),
    object("registers[].safety"),
    value(
        "registers[].safety.class",
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
                "safety: only a register that can no longer be written needs none",
            ),
        ],
    ),
    value(
        "registers[].safety.fail_safe",
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
    value(
        "registers[].safety.timeout_ms",
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
        "registers[].modality",
        modality,
        &[
            breaking("stricter", DEVICES, "a device without it no longer conforms"),
            breaking("looser", CLIENTS, "who counts on the register may find a device without it"),
        ],
    ),
    value("registers[].condition", any, &[breaking("any", ALL, "other devices have the register")]),
    value("registers[].since", any, &[editorial("any", "history; that of a new register is checked apart")]),
    value(
        "registers[].deprecated",
        life,
        &[
            additive("added", CLIENTS, "the register still works; clients should move on"),
            additive("removed", NONE, "the register stays"),
            editorial("changed", "history"),
        ],
    ),
    value(
        "registers[].replaced_by",
        life,
        &[
            additive("added", CLIENTS, "clients should move to that register"),
            additive("removed", CLIENTS, "there is no successor to move to"),
            additive("changed", CLIENTS, "clients should move to another register"),
        ],
    ),
    set(
        "registers[].source",
        presence,
        &[editorial("added", "where the fact comes from"), editorial("removed", "where the fact comes from")],
    ),
    value(
        "registers[].confidence",
        confidence,
        &[
            editorial("surer", "says how sure the row is, not what it says"),
            review(
                editorial("less sure", "says how sure the row is, not what it says"),
                "who relied on the row should know",
            ),
        ],
    ),
    items(
        "registers[].readings",
        "id",
        presence,
        &[
            additive("added", READERS, "a configuration may choose it"),
            breaking("removed", READERS, "a configuration that names it is refused"),
        ],
    ),
    identity("registers[].readings[].id"),
    value("registers[].readings[].description", any, TEXT),
    value(
        "registers[].readings[].type",
        any,
        &[breaking("any", READERS, "who chose this reading gets another value")],
    ),
    value(
        "registers[].readings[].scale",
        scale,
        &[
            breaking("another number", READERS, "who chose this reading gets another value"),
            editorial("the same number", "written differently"),
        ],
    ),
    part("registers[].readings[].scale.num"),
    part("registers[].readings[].scale.den"),
    value(
        "registers[].readings[].offset",
        offset,
        &[
            breaking("another number", READERS, "who chose this reading gets another value"),
            editorial("the same number", "written differently"),
        ],
    ),
    part("registers[].readings[].offset.num"),
    part("registers[].readings[].offset.den"),
    value(
        "registers[].readings[].unit",
        any,
        &[breaking("any", READERS, "who chose this reading gets another quantity")],
    ),
    set(
        "registers[].readings[].source",
        presence,
        &[editorial("added", "where the fact comes from"), editorial("removed", "where the fact comes from")],
    ),
    set(
        "registers[].notes",
        presence,
        &[editorial("added", "text for people"), editorial("removed", "text for people")],
    ),
    object("registers[].links"),
    value("registers[].links.pmbus", any, &[editorial("any", "points at the same quantity elsewhere")]),
    value("registers[].links.redfish", any, &[editorial("any", "points at the same quantity elsewhere")]),
    set(
        "registers[].links.requirements",
        presence,
        &[
            editorial("added", "points into the specification"),
            editorial("removed", "points into the specification"),
        ],
    ),
    value(
        "registers[].foreign",
        presence,
        &[
            additive("added", POLLERS, "goes into the exports for other programs"),
            breaking("removed", POLLERS, "is missing from the exports for other programs"),
            breaking("changed", POLLERS, "the exports for other programs say something else"),
        ],
    ),
];
