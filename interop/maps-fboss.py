#!/usr/bin/env python3
"""Compares our ORv3 maps with the ones that rackmon of facebook/fboss uses in production.

    interop/maps-fboss.py [FOLDER]

FOLDER (or the variable FBOSS_MAPS) holds orv3_psu.json and orv3_bbu.json of
fboss/platform/rackmon; the default is ../shared/data/register-maps/fboss beside this repository.

Compared are, for each register: address, length, name, format, sign, scale (with precision), offset
(shift), unit and flags (bit and name); and for each map: addresses, probe register, baud rate and
parity. A difference that we want stands in maps-fboss.differences.json with its reason. A difference
that does not stand there fails, and so does an entry that no longer holds.

Exit codes: 0 equal but for the listed differences, or the folder is missing (said so); 1 a difference;
2 a file cannot be read.
"""

import json
import os
import sys
from fractions import Fraction
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIFFERENCES = Path(__file__).with_name("maps-fboss.differences.json")
MAPS = {"orv3-psu": "orv3_psu.json", "orv3-bbu": "orv3_bbu.json"}
TYPES = {
    "STRING": {"text"},
    "FLAGS": {"flags"},
    "RAW": {"raw"},
    "INTEGER": {"unsigned", "signed", "enum"},
    "LONG": {"unsigned", "signed", "enum"},
    "FLOAT": {"unsigned", "signed"},
}
UNITS = {
    "Volts": "V",
    "Amperes": "A",
    "Watts": "W",
    "DegreesC": "Cel",
    "Percent": "%",
    "AmpereHours": "A.h",
    "Hertz": "Hz",
    "RPM": "/min",
    "Seconds": "s",
}


def read(path):
    """JSON with exact fractions in place of floats: 0.1 is 1/10."""
    return json.loads(path.read_text(encoding="utf-8"), parse_float=Fraction)


def rational(value, default):
    """A rational of our maps."""
    return Fraction(value["num"], value["den"]) if value else Fraction(default)


def theirs(register):
    """The facts of a register of fboss, by field."""
    form = register["format"]
    if form not in TYPES:
        raise ValueError(f"register {register['begin']}: unknown format {form}")
    if register.get("endian", "B") != "B":
        raise ValueError(f"register {register['begin']}: unexpected word order")
    facts = {"words": register["length"], "name": register["name"].strip(), "format": form}
    if form in ("INTEGER", "LONG", "FLOAT"):
        facts["sign"] = register.get("sign", False)
        # rackmon: value = shift + scale * raw / 2^precision; an integer is shown as it is.
        float_form = form == "FLOAT"
        scale = Fraction(register.get("scale", 1)) / 2 ** register.get("precision", 0)
        facts["scale"] = scale if float_form else Fraction(1)
        facts["offset"] = Fraction(register.get("shift", 0)) if float_form else Fraction(0)
    if "unit" in register:
        facts["unit"] = UNITS.get(register["unit"], register["unit"])
    if form == "FLAGS":
        facts["flags"] = sorted((bit, name) for bit, name in register["flags"])
    return facts


def ours(register, facts):
    """The same facts of our register, in the same words."""
    own = {"words": register["words"], "name": register["name"]}
    # One of our types covers several formats: an equal format is one that the type can express.
    form = facts["format"]
    own["format"] = form if register["type"] in TYPES[form] else register["type"]
    if "sign" in facts:
        own["sign"] = register["type"] == "signed"
        own["scale"] = rational(register.get("scale"), 1)
        own["offset"] = rational(register.get("offset"), 0)
    if "unit" in facts:
        own["unit"] = register.get("unit", "")
    if "flags" in facts:
        own["flags"] = sorted(
            (bit["bit"] + i, bit["name"])
            for bit in register.get("bits", [])
            for i in range(bit.get("width", 1))
        )
    return own


def compare(name, their_map, our_map):
    """Yields (map, address, field, fboss, ours); the address is None for the map itself."""
    their_top = {
        "addresses": sorted(map(tuple, their_map["address_range"])),
        "probe": their_map["probe_register"],
        "baud": their_map["baudrate"],
        "parity": their_map.get("parity", "EVEN").lower(),
    }
    by_id = {register["id"]: register for register in our_map["registers"]}
    our_top = {
        "addresses": sorted((r["first"], r["last"]) for r in our_map["bus"]["addresses"]),
        "probe": by_id[our_map["identification"]["probe"]]["address"],
        "baud": our_map["bus"]["baud"][0],
        "parity": our_map["bus"]["parity"],
    }
    for field, value in their_top.items():
        if value != our_top[field]:
            yield name, None, field, str(value), str(our_top[field])
    our_registers = {register["address"]: register for register in our_map["registers"]}
    their_registers = {register["begin"]: register for register in their_map["registers"]}
    for address in sorted(our_registers.keys() | their_registers.keys()):
        if address not in our_registers:
            yield name, address, "register", their_registers[address]["name"], "missing"
        elif address not in their_registers:
            yield name, address, "register", "missing", our_registers[address]["name"]
        else:
            facts = theirs(their_registers[address])
            own = ours(our_registers[address], facts)
            for field, value in facts.items():
                if value != own[field]:
                    yield name, address, field, str(value), str(own[field])


def listed(entries):
    """The differences we want, one for each address, with their reasons."""
    wanted = {}
    for entry in entries:
        if not entry["reason"].strip():
            raise ValueError(f"an entry without a reason: {entry}")
        for address in entry.get("addresses", [None]):
            key = (entry["map"], address, entry["field"], entry["fboss"], entry["ours"])
            if key in wanted:
                raise ValueError(f"listed twice: {key}")
            wanted[key] = entry["reason"]
    return wanted


def main(arguments):
    default = os.environ.get("FBOSS_MAPS", ROOT.parent / "shared/data/register-maps/fboss")
    folder = Path(arguments[0] if arguments else default)
    if not folder.is_dir():
        print(f"SKIPPED: no folder {folder}; nothing was compared. Name one, or set FBOSS_MAPS.")
        return 0
    try:
        wanted = listed(read(DIFFERENCES))
        found = set()
        count = 0
        for name, file in MAPS.items():
            their_map = read(folder / file)
            our_map = read(ROOT / "registers/maps" / f"{name}.json")
            count += len(their_map["registers"])
            found.update(compare(name, their_map, our_map))
    except (OSError, ValueError, KeyError) as error:
        print(f"maps-fboss: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    bad = 0
    order = lambda key: (key[0], -1 if key[1] is None else key[1], key[2])  # noqa: E731
    for key in sorted(found - wanted.keys(), key=order):
        name, address, field, fboss, own = key
        place = "map" if address is None else f"register {address}"
        print(f"NOT LISTED: {name} {place} {field}: fboss has {fboss}, we have {own}")
        bad += 1
    for key in sorted(wanted.keys() - found, key=order):
        name, address, field, fboss, own = key
        place = "map" if address is None else f"register {address}"
        print(f"STALE: {name} {place} {field}: {fboss} against {own} is listed but is not so")
        bad += 1
    print(f"{count} registers compared, {len(found)} differences, {len(wanted)} listed, {bad} failures")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
