#!/usr/bin/env python3
"""Checks the licence of every linked crate against the allow list of deny.toml.

cargo-deny does the same from the same file; building it costs more CI time than everything else here.
"""

import json
import re
import subprocess
import sys
import tomllib


def allowed(expression: str, allow: set[str]) -> bool:
    """Whether an SPDX expression can be met with the allow list (OR: one side, AND: both)."""
    tokens = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))

    def atom(i):
        if tokens[i] == "(":
            value, i = either(i + 1)
            return value, i + 1
        name = tokens[i]
        if i + 2 < len(tokens) and tokens[i + 1] == "WITH":
            return f"{name} WITH {tokens[i + 2]}" in allow or name in allow, i + 3
        return name in allow, i + 1

    def both(i):
        value, i = atom(i)
        while i < len(tokens) and tokens[i] == "AND":
            right, i = atom(i + 1)
            value = value and right
        return value, i

    def either(i):
        value, i = both(i)
        while i < len(tokens) and tokens[i] == "OR":
            right, i = both(i + 1)
            value = value or right
        return value, i

    value, end = either(0)
    return value and end == len(tokens)


def main() -> int:
    with open("deny.toml", "rb") as file:
        allow = set(tomllib.load(file)["licenses"]["allow"])
    assert allowed("MIT OR (Foo AND Bar)", {"MIT"}) and not allowed("MIT AND Foo", {"MIT"})
    metadata = subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"],
        capture_output=True, text=True, check=True,
    )
    packages = json.loads(metadata.stdout)["packages"]
    bad = [f"{p['name']} {p['version']}: {p['license'] or 'no licence'}" for p in packages
           if not (p["license"] and allowed(p["license"], allow))]
    sources = [f"{p['name']} {p['version']}: {p['source']}" for p in packages
               if p["source"] and not p["source"].startswith("registry+https://github.com/rust-lang/crates.io-index")]
    for line in bad + sources:
        print(line)
    if not bad and not sources:
        print(f"{len(packages)} crates have an allowed licence and come from crates.io")
    return 1 if bad or sources else 0


if __name__ == "__main__":
    sys.exit(main())
