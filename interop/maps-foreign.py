#!/usr/bin/env python3
"""Compares our maps of real devices with what other projects say of the same devices.

    interop/maps-foreign.py [SHARED]

SHARED (or the variable DPO_SHARED; the default is ../shared beside this repository) holds:

- data/register-maps/fboss: maps of rackmon in facebook/fboss, compared register by register, both ways;
- reference/orv3-registers.md: tables of the maps of rackmon in facebook/openbmc (2024), the same;
- data/register-maps/phosphor-modbus/profiles: device profiles of openbmc/phosphor-modbus. A profile names
  some registers of a device only; what it names must be in our map.

Compared are addresses and lengths, names (rackmon), format, sign, scale (with precision), offset (shift),
unit, flags; and of the whole map Modbus addresses, probe register, baud rate, parity and the clock that is
written. A register of ours that a source does not have must not cite it, and the other way round.

A difference that we want stands in maps-foreign.differences.json with its reason. A difference that does
not stand there fails, and so does an entry that no longer holds.

Exit codes: 0 equal but for the listed differences, or nothing to compare with (said so); 1 a difference;
2 a file cannot be read.
"""

import json
import os
import re
import sys
from fractions import Fraction
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIFFERENCES = Path(__file__).with_name("maps-foreign.differences.json")
RACKMON = {
    "orv3_psu": "orv3-psu",
    "orv3_bbu": "orv3-bbu",
    "orv3_hpr_psu": "orv3-hpr-psu",
    "orv3_hpr_bbu": "orv3-hpr-bbu",
    "orv3_hpr_pmm_psu": "orv3-hpr-pmm-psu",
    "orv3_hpr_pmm_bbu": "orv3-hpr-pmm-bbu",
}
PMMS = ["orv3-hpr-pmm-psu", "orv3-hpr-pmm-bbu", "orv3-pmm-cbu"]
# A profile of a PMM says the same for all shelves; the data of the modules decide which shelf it is.
PROFILES = {
    "PowerSupplyUnit": lambda _: ["orv3-hpr-psu"],
    "BatteryBackupUnit": lambda _: ["orv3-hpr-bbu"],
    "CapacitorBankUnit": lambda _: ["orv3-cbu"],
    "PowerMonitorModule": lambda _: PMMS,
    "PowerShelf": lambda sensors: [{"P": PMMS[0], "B": PMMS[1], "C": PMMS[2]}[sensors[0]["Name"][0]]],
}
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
# phosphor-modbus counts each type of sensor in one unit; that of `Charge` is not known to us.
SENSORS = {
    "Voltage": "V",
    "Current": "A",
    "Temperature": "Cel",
    "Utilization": "%",
    "Energy": "J",
    "Power": "W",
}


def read(path):
    """JSON with exact fractions in place of floats: 0.1 is 1/10."""
    return json.loads(path.read_text(encoding="utf-8"), parse_float=Fraction)


def number(sign, scale, precision, shift):
    """The facts of a number: value = shift + scale * raw / 2^precision."""
    return {"sign": sign, "scale": Fraction(scale) / 2**precision, "offset": Fraction(shift)}


def rackmon(register):
    """The facts of a register of rackmon, by field."""
    form = register["format"]
    if form not in TYPES or register.get("endian", "B") != "B":
        raise ValueError(f"register {register['begin']}: unexpected format {form} or word order")
    facts = {"words": register["length"], "name": register["name"].strip(), "format": form}
    if form == "FLOAT":
        scale, precision = register.get("scale", 1), register.get("precision", 0)
        facts |= number(register.get("sign", False), scale, precision, register.get("shift", 0))
    elif form in ("INTEGER", "LONG"):
        # rackmon shows an integer as it is.
        facts |= number(register.get("sign", False), 1, 0, 0)
    if "unit" in register:
        facts["unit"] = UNITS.get(register["unit"], register["unit"])
    if form == "FLAGS":
        facts["flags"] = {(bit, name.strip()) for bit, name in register["flags"]}
    return facts


def tables(path):
    """The rackmon maps in the generated tables: the same structure as their JSON, by file name."""
    maps = {}
    for section in path.read_text(encoding="utf-8").split("\n## ")[1:]:
        heading = section.split("\n", 1)[0]
        form = r"facebook-openbmc/(\w+)\.json .* addr (\[.*\]) probe (\d+) baud (\d+) parity (\w+)"
        match = re.match(form, heading)
        if not match:
            continue
        registers = []
        for row in re.findall(r"^\|(\d+) \(0x\w+\)\|(\d+)\|([^|]*)\|(\w+)\|([^|]*)\|([^|]*)\|$", section, re.M):
            begin, length, name, form, extra, flags = row
            register = {"begin": int(begin), "length": int(length), "name": name, "format": form}
            for key, value in re.findall(r"(\w+)=(\S+)", extra):
                register[key] = value == "True" if key == "sign" else int(value) if key == "precision" else value
            register["flags"] = [(int(bit), flag) for bit, flag in re.findall(r"(\d+):(\S+)", flags)]
            registers.append(register)
        maps[match[1]] = {
            "address_range": json.loads(match[2]),
            "probe_register": int(match[3]),
            "baudrate": int(match[4]),
            "parity": match[5],
            "registers": registers,
        }
    return maps


def profile(register, facts):
    """Adds the facts of one register of a phosphor profile."""
    entry = facts.setdefault(int(register["Offset"], 16), {})
    entry["words"] = register.get("Size", 1)
    return entry


def profile_facts(content):
    """The facts of a phosphor profile by address, and those of the whole device under None."""
    facts = {None: {"probe": int(content["ProbeRegister"]["Offset"], 16), "baud": content["BaudRate"]}}
    facts[None]["parity"] = content["Parity"].lower()
    for register in content.get("InventoryRegisters", []) + content.get("FirmwareRegisters", []):
        profile(register, facts)["format"] = {"Integer": "INTEGER"}.get(register.get("Format"), "STRING")
    for register in content.get("SensorRegisters", []):
        entry = profile(register, facts)
        entry["format"] = {"FixedPoint": "FLOAT", "Integer": "INTEGER"}[register["Format"]]
        scale, precision = register.get("Scale", 1), register.get("Precision", 0)
        entry |= number(register.get("IsSigned", False), scale, precision, register.get("Shift", 0))
        if register["Type"] in SENSORS:
            entry["unit"] = SENSORS[register["Type"]]
    for register in content.get("StatusRegisters", []):
        entry = profile(register, facts)
        entry["format"] = "FLAGS"
        entry["bits"] = {bit["BitPosition"] for bit in register["Bits"]}
    for register in content.get("ConfigRegisters", []):
        entry = profile(register, facts)
        entry["written"] = register.get("Default", ["any"])[0]
        if register["Type"] == "UnixTime":
            facts[None]["clock"] = (int(register["Offset"], 16), register["Period"])
    return facts


def rational(value, default):
    """A rational of our maps."""
    return Fraction(value["num"], value["den"]) if value else Fraction(default)


def ours(register, facts):
    """The same facts of our register, in the same words."""
    own = {"words": register["words"], "name": register["name"]}
    form = facts.get("format")
    # One of our types covers several formats: an equal format is one that the type can express.
    own["format"] = form if form and register["type"] in TYPES[form] else register["type"]
    own["sign"] = register["type"] == "signed"
    own["scale"] = rational(register.get("scale"), 1)
    own["offset"] = rational(register.get("offset"), 0)
    own["unit"] = register.get("unit", "")
    flags = {(b["bit"] + i, b["name"]) for b in register.get("bits", []) for i in range(b.get("width", 1))}
    own["flags"] = flags
    # A profile watches some bits of a register only.
    own["bits"] = {bit for bit, _ in flags} & facts.get("bits", set())
    limits = register.get("limits")
    if register["access"] == "ro":
        own["written"] = "refused"
    elif isinstance(facts.get("written"), int) and limits and not limits["min"] <= facts["written"] <= limits["max"]:
        own["written"] = "outside the limits"
    else:
        own["written"] = facts.get("written")
    return own


def whole(our_map):
    """The facts of our whole map."""
    by_id = {register["id"]: register for register in our_map["registers"]}
    clock = our_map.get("time_sync")
    return {
        "addresses": sorted((r["first"], r["last"]) for r in our_map["bus"]["addresses"]),
        "probe": by_id[our_map["identification"]["probe"]]["address"],
        "baud": our_map["bus"]["baud"][0],
        "parity": our_map["bus"]["parity"],
        "clock": clock and (by_id[clock["register"]]["address"], clock["interval_s"]),
    }


def text(value):
    """A fact as it stands in the list of differences."""
    if isinstance(value, (set, frozenset)):
        return " ".join(f"{v[0]}:{v[1]}" if isinstance(v, tuple) else str(v) for v in sorted(value)) or "none"
    return str(value)


def compare(source, cited, facts, our_map, both_ways):
    """Yields (source, map, address, field, theirs, ours); the address is None for the map itself."""
    name = our_map["id"]
    own_whole = whole(our_map)
    for field, value in facts[None].items():
        if value != own_whole[field]:
            yield source, name, None, field, text(value), text(own_whole[field])
    registers = {register["address"]: register for register in our_map["registers"]}
    for address in sorted((facts.keys() | registers.keys()) - {None}):
        register = registers.get(address)
        if register is None:
            yield source, name, address, "register", facts[address].get("name", "there"), "missing"
        elif address not in facts:
            # What another source brought need not be in this one, but may not cite it.
            cites = any(key.split()[0] == cited for key in register["source"])
            if both_ways and cites:
                yield source, name, address, "register", "missing", register["name"]
        else:
            their = facts[address]
            own = ours(register, their)
            for field, value in their.items():
                if value == own[field]:
                    continue
                extra = own[field] - value if field == "flags" else None
                if extra and not value - own[field]:
                    yield source, name, address, "more flags", "none", text(extra)
                else:
                    yield source, name, address, field, text(value), text(own[field])


def sources(shared):
    """Yields (source, key in our maps, facts by address, our maps it is compared with, both ways)."""
    folder = shared / "data/register-maps/fboss"
    files = [(folder / f"{stem}.json", ids) for stem, ids in RACKMON.items()] if folder.is_dir() else []
    found = [("fboss", "FB", read(path), ids) for path, ids in files if path.exists()]
    path = shared / "reference/orv3-registers.md"
    if path.exists():
        known = ((stem, content) for stem, content in tables(path).items() if stem in RACKMON)
        found += [("openbmc", "OB", content, RACKMON[stem]) for stem, content in known]
    for source, key, content, our_id in found:
        facts = {register["begin"]: rackmon(register) for register in content["registers"]}
        facts[None] = {
            "addresses": sorted(map(tuple, content["address_range"])),
            "probe": content["probe_register"],
            "baud": content["baudrate"],
            "parity": content.get("parity", "EVEN").lower(),
        }
        yield source, key, facts, [our_id], True
    for path in sorted((shared / "data/register-maps/phosphor-modbus/profiles").glob("*.json")):
        content = read(path)
        kind = PROFILES.get(content["DeviceType"])
        if kind:
            yield "phosphor", "PM", profile_facts(content), kind(content.get("SensorRegisters")), False
        else:
            print(f"no map of ours: {path.name} ({content['DeviceType']})")


def listed(entries):
    """The differences we want, one for each address, with their reasons."""
    wanted = {}
    for entry in entries:
        if not entry["reason"].strip():
            raise ValueError(f"an entry without a reason: {entry}")
        for our_map in entry["maps"]:
            for address in entry.get("addresses", [None]):
                key = (entry["source"], our_map, address, entry["field"], entry["theirs"], entry["ours"])
                if key in wanted:
                    raise ValueError(f"listed twice: {key}")
                wanted[key] = entry["reason"]
    return wanted


def main(arguments):
    shared = Path(arguments[0] if arguments else os.environ.get("DPO_SHARED", ROOT.parent / "shared"))
    found, counts = set(), {}
    try:
        wanted = listed(read(DIFFERENCES))
        for source, key, facts, ids, both_ways in sources(shared):
            for our_id in ids:
                our_map = read(ROOT / "registers/maps" / f"{our_id}.json")
                found.update(compare(source, key, facts, our_map, both_ways))
                counts[source] = counts.get(source, 0) + len(facts) - 1
    except (OSError, ValueError, KeyError) as error:
        print(f"maps-foreign: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    for source in {"fboss", "openbmc", "phosphor"} - counts.keys():
        print(f"SKIPPED {source}: nothing of it under {shared}. Name the folder, or set DPO_SHARED.")
    wanted = {key: reason for key, reason in wanted.items() if key[0] in counts}
    bad = 0
    order = lambda key: (key[0], key[1], -1 if key[2] is None else key[2], key[3])  # noqa: E731
    for word, keys in (("NOT LISTED", found - wanted.keys()), ("STALE", wanted.keys() - found)):
        for source, our_map, address, field, theirs, own in sorted(keys, key=order):
            place = "map" if address is None else f"register {address}"
            print(f"{word}: {our_map} {place} {field}: {source} has {theirs}, we have {own}")
            bad += 1
    compared = ", ".join(f"{count} of {source}" for source, count in sorted(counts.items())) or "none"
    print(f"registers compared: {compared}; {len(found)} differences, {len(wanted)} listed, {bad} failures")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
