#!/usr/bin/env python3
"""Imports every register map of rackmon (facebook/fboss) and phosphor-modbus, exports it again, and compares.

    interop/maps-roundtrip.py [FOLDER]

FOLDER (or the variable REGISTER_MAPS) holds fboss/*.json and phosphor-modbus/profiles/*.json; the default
is ../shared/data/register-maps beside this repository.

The comparison is of meaning: key order and the form of numbers do not count (0.1 is 1/10 on both sides), a
default counts the same whether it is spelled out or not; the order of lists counts. The exported profiles
are also checked against phosphor-modbus' own JSON Schema, if the package jsonschema is there.

rackmon.conf and rackmon_pls.conf in that folder are no register maps (serial ports; power-loss signal
lines). The import must refuse them by name, so that nobody takes them for one.

Then our own maps go to each format and back: names, addresses, words, types, scales, units and bits that
the format holds must be the same.

Exit codes: 0 no difference, or the folder is missing (said so); 1 a difference; 2 cannot run.
"""

import json
import os
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DPO = os.environ.get("DPO", ROOT / "target/release/dpo")

RACKMON = {"parity": "EVEN", "max_span_length": 120}
RACKMON_REGISTER = {
    "format": "RAW", "keep": 1, "changes_only": False, "interval": 180, "endian": "B", "sign": False,
}
RACKMON_FLOAT = {"precision": 0, "scale": Fraction(1), "shift": Fraction(0)}
NUMBER = {"Precision": 0, "Scale": Fraction(1), "Shift": Fraction(0), "IsSigned": False}
PHOSPHOR = {
    "SensorRegisters": NUMBER,
    "MetricRegisters": NUMBER,
    "InventoryRegisters": {"Format": "String"},
    "FirmwareRegisters": {"Format": "String"},
}


def load(text):
    """JSON with exact fractions for all numbers."""
    return json.loads(text, parse_float=Fraction, parse_int=Fraction)


def rackmon(document):
    full = {**RACKMON, **document}
    full["registers"] = [
        {**RACKMON_REGISTER, **(RACKMON_FLOAT if r.get("format") == "FLOAT" else {}), **r}
        for r in document["registers"]
    ]
    return full


def phosphor(document):
    full = dict(document)
    for section, defaults in PHOSPHOR.items():
        if section in full:
            full[section] = [{**defaults, **entry} for entry in full[section]]
    return full


def differences(before, after, at=""):
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            if key not in before or key not in after:
                yield f"{at}/{key}: {'only before' if key in before else 'only after'}"
            else:
                yield from differences(before[key], after[key], f"{at}/{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, pair in enumerate(zip(before, after)):
            yield from differences(*pair, f"{at}/{index}")
    elif before != after or type(before) is not type(after):
        yield f"{at}: {before!r} became {after!r}"


def dpo(*arguments, ok=(0,)):
    done = subprocess.run([DPO, "registers", *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode not in ok:
        raise SystemExit(f"dpo registers {' '.join(map(str, arguments))}: {done.returncode}\n{done.stderr}{done.stdout}")
    return done


def validator(schema):
    try:
        import jsonschema
    except ImportError:
        print("  jsonschema is not installed: profiles are not checked against the schema of phosphor-modbus")
        return None
    return jsonschema.Draft7Validator(json.loads(schema.read_text(encoding="utf-8")))


def foreign(folder, scratch):
    """Every foreign map there and back; yields what is wrong."""
    schema = validator(folder / "phosphor-modbus/device_profile.schema.json")
    for form, normal, files in [
        ("rackmon", rackmon, sorted(folder.glob("fboss/*.json"))),
        ("phosphor", phosphor, sorted(folder.glob("phosphor-modbus/profiles/*.json"))),
    ]:
        if not files:
            yield f"no {form} files in {folder}"
        registers = 0
        for file in files:
            draft, back = scratch / "draft.json", scratch / file.name
            dpo("import", "--format", form, file, "-o", draft)
            dpo("export", "--format", form, draft, "-o", back)
            before = load(file.read_text(encoding="utf-8"))
            after = load(back.read_text(encoding="utf-8"))
            registers += len(json.loads(draft.read_text(encoding="utf-8"))["registers"])
            yield from (f"{form} {file.name}{d}" for d in differences(normal(before), normal(after)))
            # The draft is a map: the lint reads it, and what it finds is the list of what is left to do.
            linted = dpo("lint", draft, ok=(0, 1)).stdout
            for broken in ("M001", "M002", "M003", "M004"):
                if broken in linted:
                    yield f"{form} {file.name}: the draft is no map: {linted}"
            if form == "phosphor" and schema:
                plain = json.loads(back.read_text(encoding="utf-8"))
                yield from (f"{file.name}: {e.json_path}: {e.message}" for e in schema.iter_errors(plain))
        print(f"  {form}: {len(files)} files, {registers} registers, there and back")


def refused(folder):
    """The two files that are no maps."""
    for name, what in [("rackmon.conf", "serial ports"), ("rackmon_pls.conf", "power-loss signal lines")]:
        file = folder / "fboss" / name
        if not file.exists():
            continue
        done = dpo("import", "--format", "rackmon", file, ok=(2,))
        if what not in done.stderr or "not a register map" not in done.stderr:
            yield f"{name}: refused without saying what it is: {done.stderr}"
        else:
            print(f"  {name}: no map, refused as such")


def facts(register):
    """What every format with an import holds of a register."""
    number = register["type"] in ("unsigned", "signed", "float")
    scale = register.get("scale", {"num": 1, "den": 1})
    offset = register.get("offset", {"num": 0, "den": 1})
    return {
        "words": register["words"],
        "type": register["type"],
        "unit": register.get("unit"),
        "scale": Fraction(scale["num"], scale["den"]) if number else None,
        "offset": Fraction(offset["num"], offset["den"]) if number else None,
    }


def own(scratch):
    """Our own maps to each format that can be imported, and back."""
    for file in sorted((ROOT / "registers/maps").glob("*.json")):
        ours = json.loads(file.read_text(encoding="utf-8"))
        if "registers" not in ours:
            continue  # not a map of Modbus registers
        model = ["--set", "DeviceModel=DeltaECD17020037", "--set", "ExpectedValue=1"]
        for form, extra in [("rackmon", []), ("phosphor", model)]:
            out, back = scratch / "own.json", scratch / "own-back.json"
            # rackmon and phosphor-modbus find a device by one probe; a block has none of its own.
            dpo("export", "--format", form, *extra, file, "-o", out)
            dpo("import", "--format", form, out, "-o", back)
            found = {r["address"]: r for r in json.loads(back.read_text(encoding="utf-8"))["registers"]}
            same = 0
            for register in ours["registers"]:
                other = found.get(register["address"])
                if other is None or "_unlisted" in other.get("foreign", {}).get(form, {}):
                    continue  # told as lost by the export
                wanted, got = facts(register), facts(other)
                if form == "rackmon":
                    # Symbols and floating point are told as lost.
                    wanted["type"] = {"enum": "unsigned", "float": "raw"}.get(wanted["type"], wanted["type"])
                    if register["type"] == "float":
                        wanted["scale"] = wanted["offset"] = None
                    if register["type"] == "enum":
                        wanted["scale"], wanted["offset"] = Fraction(1), Fraction(0)
                if form == "phosphor" and register["type"] == "unsigned" and "UnixTime" in str(other.get("foreign")):
                    wanted["unit"] = None  # told as lost: the clock has no unit there
                yield from (f"{file.name} as {form}, {register['id']}{d}" for d in differences(wanted, got))
                same += 1
            print(f"  {file.name} as {form}: {same} of {len(ours['registers'])} registers there and back")


def main(arguments):
    folder = Path(arguments[0] if arguments else os.environ.get("REGISTER_MAPS", ROOT.parent / "shared/data/register-maps"))
    bad = []
    with tempfile.TemporaryDirectory(prefix="dpo-roundtrip-") as name:
        scratch = Path(name)
        if folder.is_dir():
            bad += foreign(folder, scratch)
            bad += refused(folder)
        else:
            print(f"SKIPPED: no folder {folder}; no foreign map was compared. Name one, or set REGISTER_MAPS.")
        bad += own(scratch)
    for line in bad:
        print(f"DIFFERENT: {line}")
    print(f"{len(bad)} differences")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
