#!/usr/bin/env python3
"""Exports our maps to every format and lets foreign tools judge the files.

    interop/maps-exports.py

| format | judged by |
| --- | --- |
| wot | the JSON Schema of the W3C (npm package wot-thing-description-types) |
| telegraf | Python's TOML parser, and the keys and types of telegraf's inputs.modbus (the binary is too big) |
| modbus-exporter | PyYAML, and the rules of its config.go |
| c-header | cc -std=c99 -Wall -Wextra -Werror -pedantic, then the table is read by a C program |
| csv, xlsx | Python's csv; openpyxl: the same rows |
| phosphor | the JSON Schema of phosphor-modbus, if ../shared/data is there |

Exit codes: 0 all good, 1 something is wrong. What is not there to judge with is said.
"""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

import jsonschema
import openpyxl
import yaml

ROOT = Path(__file__).resolve().parent.parent
DPO = os.environ.get("DPO", ROOT / "target/release/dpo")
SHARED = Path(os.environ.get("REGISTER_MAPS", ROOT.parent / "shared/data/register-maps"))

TELEGRAF_WORDS = {
    "INT16": 1, "UINT16": 1, "INT32": 2, "UINT32": 2, "FLOAT32": 2, "INT64": 4, "UINT64": 4, "FLOAT64": 4,
}
EXPORTER_TYPES = {
    "bool", "int16", "uint16", "float16", "int32", "uint32", "float32", "int64", "uint64", "float64",
}


def export(form, map_file, *more):
    done = subprocess.run(
        [DPO, "registers", "export", "--format", form, *more, str(map_file)], capture_output=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"export {form} {map_file.name}: {done.returncode}\n{done.stderr.decode()}")
    return done.stdout


def need(condition, message):
    if not condition:
        raise AssertionError(message)


def thing_schema(folder):
    """The schema of Thing Descriptions, out of an npm package."""
    if not shutil.which("npm"):
        print("  npm is not there: Thing Descriptions are not checked against the W3C's schema")
        return None
    name = "wot-thing-description-types@1.1.0-12-March-2025"
    done = subprocess.run(["npm", "pack", "--silent", name], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"  npm pack {name} failed: Thing Descriptions are not checked against the W3C's schema")
        return None
    with tarfile.open(folder / done.stdout.split()[-1]) as package:
        return json.load(package.extractfile("package/schema/td-json-schema-validation.json"))


def wot(ours, text, schema):
    thing = json.loads(text)
    if schema:
        jsonschema.Draft7Validator(schema).validate(thing)
    for register in ours["registers"]:
        affordance = thing.get("properties", {}).get(register["id"]) or thing.get("actions", {}).get(register["id"])
        if affordance is None:
            continue
        form = affordance["forms"][0]
        need(form["href"] == f"{register['address']}?quantity={register['words']}", form)
        need(form["modv:zeroBasedAddressing"] is True, form)


def telegraf(ours, text, _):
    config = tomllib.loads(text.decode())
    need(set(config) <= {"inputs", "processors"}, config.keys())
    (plugin,) = config["inputs"]["modbus"]
    need(set(plugin) == {"name", "controller", "timeout", "configuration_type", "request"}, plugin.keys())
    names = set()
    for request in plugin["request"]:
        need(set(request) == {"slave_id", "byte_order", "register", "measurement", "fields", "tags"}, request.keys())
        need(request["byte_order"] in ("ABCD", "DCBA") and request["register"] == "holding", request)
        need(0 <= request["slave_id"] <= 255, request)
        for field in request["fields"]:
            need(set(field) <= {"address", "name", "type", "scale", "length"}, field)
            need(field["name"] not in names, f"field {field['name']} twice")
            names.add(field["name"])
            register = next(r for r in ours["registers"] if r["id"] == field["name"])
            words = field["length"] if field["type"] == "STRING" else TELEGRAF_WORDS[field["type"]]
            need((field["address"], words) == (register["address"], register["words"]), field)
            scale = register.get("scale", {"num": 1, "den": 1})
            need(abs(field.get("scale", 1.0) - scale["num"] / scale["den"]) < 1e-15, field)
    for scaling in [s for p in config.get("processors", {}).get("scale", []) for s in p["scaling"]]:
        need(set(scaling) == {"factor", "offset", "fields"} and set(scaling["fields"]) <= names, scaling)


def modbus_exporter(ours, text, _):
    config = yaml.safe_load(text)
    (module,) = config["modules"]
    need(module["protocol"] in ("tcp/ip", "serial") and module["metrics"], module["name"])
    names = set()
    for metric in module["metrics"]:
        need(set(metric) <= {"name", "help", "labels", "address", "dataType", "endianness", "bitOffset",
                             "metricType", "factor"}, metric)
        need(metric["dataType"] in EXPORTER_TYPES and metric["metricType"] in ("gauge", "counter"), metric)
        need(("bitOffset" in metric) == (metric["dataType"] == "bool"), metric)
        need(not (metric["dataType"] == "bool" and "factor" in metric) and metric.get("factor", 1) != 0, metric)
        # The first digit is the function, the rest the address.
        need(str(metric["address"])[0] == "3" and int(str(metric["address"])[1:]) <= 65535, metric)
        need(metric["name"].isidentifier() and metric["name"] not in names, metric)
        names.add(metric["name"])


PROGRAM = r"""
#include <stdio.h>
#define {prefix}_DEFINE_TABLE
#include "map.h"
#include "map.h" /* guarded */
int main(void) {{
    size_t i;
    for (i = 0; i < {prefix}_REGISTERS; i++) {{
        printf("%s %u %u %d %lld %lld\n", {lower}_registers[i].id, (unsigned){lower}_registers[i].address,
               (unsigned){lower}_registers[i].words, {lower}_registers[i].little_endian,
               (long long){lower}_registers[i].scale_num, (long long){lower}_registers[i].scale_den);
    }}
    return 0;
}}
"""


def c_header(ours, text, folder):
    lower = ours["id"].replace("-", "_")
    (folder / "map.h").write_bytes(text)
    (folder / "map.c").write_text(PROGRAM.format(prefix=lower.upper(), lower=lower))
    flags = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]
    subprocess.run(["cc", *flags, "-o", "map", "map.c"], cwd=folder, check=True)
    # Without the table the header alone compiles too.
    (folder / "alone.c").write_text('#include "map.h"\nint main(void) { return 0; }\n')
    subprocess.run(["cc", *flags, "-o", "alone", "alone.c"], cwd=folder, check=True)
    said = subprocess.run([folder / "map"], capture_output=True, text=True, check=True).stdout.splitlines()
    wanted = []
    for r in ours["registers"]:
        scale = r.get("scale", {"num": 1, "den": 1})
        little = int(r.get("order", ours["word_order"]) == "little_endian")
        wanted.append(f"{r['id']} {r['address']} {r['words']} {little} {scale['num']} {scale['den']}")
    need(said == wanted, [pair for pair in zip(said, wanted) if pair[0] != pair[1]][:3])


def tables(ours, text, workbook):
    rows = list(csv.DictReader(io.StringIO(text.decode(), newline="")))
    registers = [row for row in rows if row["row"] == "register"]
    need([r["id"] for r in registers] == [r["id"] for r in ours["registers"]], "registers of the CSV")
    bits = [(row["register"], row["id"]) for row in rows if row["row"] == "bit"]
    need(bits == [(r["id"], b["id"]) for r in ours["registers"] for b in r.get("bits", [])], "bits of the CSV")
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    need(book.sheetnames == ["registers", "bits", "symbols", "readings", "info"], book.sheetnames)
    for name, kind in [("registers", "register"), ("bits", "bit"), ("symbols", "symbol"), ("readings", "reading"),
                       ("info", "map")]:
        sheet = book[name]
        need(sheet.freeze_panes == "A2", f"{name}: the header is not frozen")
        head = [cell.value for cell in sheet[1]]
        lines = [[("" if v is None else str(v)) for v in line] for line in sheet.iter_rows(min_row=2, values_only=True)]
        wanted = [[row[column] for column in head] for row in rows if row["row"] == kind]
        # A cell of a workbook has line feeds as the CSV has.
        need(lines == wanted, f"{name}: {[p for p in zip(lines, wanted) if p[0] != p[1]][:1]}")
        need(all(c.data_type != "f" for line in sheet.iter_rows() for c in line), f"{name}: a formula")


def main():
    bad = 0
    with tempfile.TemporaryDirectory(prefix="dpo-exports-") as name:
        folder = Path(name)
        schema = thing_schema(folder)
        profile = SHARED / "phosphor-modbus/device_profile.schema.json"
        profile = jsonschema.Draft7Validator(json.loads(profile.read_text())) if profile.exists() else None
        if profile is None:
            print(f"  no {SHARED}: profiles are not checked against the schema of phosphor-modbus")
        for file in sorted((ROOT / "registers/maps").glob("*.json")):
            ours = json.loads(file.read_text(encoding="utf-8"))
            if "registers" not in ours:
                continue  # not a map of Modbus registers
            # A block has no address of its own.
            unit = [] if ours["bus"]["addresses"] else ["--set", "unit=1"]
            checks = [
                ("wot", lambda: wot(ours, export("wot", file, *unit), schema)),
                ("telegraf", lambda: telegraf(ours, export("telegraf", file, *unit), None)),
                ("modbus-exporter", lambda: modbus_exporter(ours, export("modbus-exporter", file), None)),
                ("modbus-exporter serial",
                 lambda: modbus_exporter(ours, export("modbus-exporter", file, "--set", "protocol=serial"), None)),
                ("c-header", lambda: c_header(ours, export("c-header", file), folder)),
                ("csv, xlsx", lambda: tables(ours, export("csv", file), export("xlsx", file))),
            ]
            if profile:
                model = ["--set", "DeviceModel=DeltaECD17020037", "--set", "ExpectedValue=x"]
                checks.append(("phosphor", lambda: profile.validate(json.loads(export("phosphor", file, *model)))))
            failed = []
            for form, check in checks:
                try:
                    check()
                except (AssertionError, KeyError, ValueError, subprocess.CalledProcessError,
                        jsonschema.ValidationError) as error:
                    failed.append(form)
                    print(f"WRONG: {file.name} as {form}: {type(error).__name__}: {str(error)[:400]}")
            bad += len(failed)
            good = [form for form, _ in checks if form not in failed]
            print(f"  {file.name}: {', '.join(good)}")
    print(f"{bad} failures")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
