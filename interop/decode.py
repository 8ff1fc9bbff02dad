#!/usr/bin/env python3
"""A third decoder, written from the documentation of the exported CSV alone, against the generated bindings
and the maps themselves: the same from random images of every map.

    interop/decode.py [images, 100000 if not given]

`target/release/random_images` decodes each image with the bindings and by the map, ends at the
first difference, and prints the image and its values. This reads `dpo registers export --format csv`,
decodes the printed words and compares every value: exact fraction, the nearest binary floating-point
number, flags and symbols by name, text, and what is not available or was not read.
"""

import csv
import io
import struct
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Register:
    def __init__(self, row):
        self.id, self.type = row["id"], row["type"]
        self.address, self.words = int(row["address"]), int(row["words"])
        self.little = row["order"] == "little_endian"
        self.scale, self.offset = Fraction(row["scale"]), Fraction(row["offset"])
        self.missing = int(row["not_available"]) if row["not_available"] else None
        self.bits, self.symbols = [], {}
        # A value depends on nothing but the words; most registers have one.
        self.known = {}

    def value(self, words):
        """The text of the value of words in hexadecimal."""
        if words not in self.known:
            if len(self.known) > 100_000:
                self.known.clear()
            self.known[words] = self.decode(words)
        return self.known[words]

    def decode(self, words):
        if "_" in words:
            return "-"
        if self.type == "raw":
            return words
        data = bytes.fromhex(words)
        if self.type == "text":
            return data.split(b"\0")[0].hex() + '"'
        if self.little:
            data = data[::-1]
        raw = int.from_bytes(data, "big", signed=self.type == "signed")
        if raw == self.missing:
            return "na"
        if self.type in ("unsigned", "signed"):
            value = raw * self.scale + self.offset
            # A Fraction becomes the nearest float.
            return f"{value.numerator}/{value.denominator}~{binary(float(value))}"
        if self.type == "float":
            number, = struct.unpack(">f" if len(data) == 4 else ">d", data)
            if number != number:
                return "na"
            return f"~{binary(number * float(self.scale) + float(self.offset))}"
        if self.type == "flags":
            fields = ((name, raw >> bit & (1 << width) - 1) for name, bit, width in self.bits)
            return f"{raw:x}" + "".join(f"|{name}={number}" for name, number in fields if number)
        if self.type == "enum":
            return f"{raw}={self.symbols.get(raw, '?')}"
        raise ValueError(f"{self.id}: no type {self.type}")


def binary(number):
    return struct.pack(">d", number).hex()


def registers(map_id):
    done = subprocess.run([ROOT / "target/release/dpo", "registers", "export", "--format", "csv", map_id],
                          check=True, capture_output=True, cwd=ROOT)
    found = {}
    for row in csv.DictReader(io.StringIO(done.stdout.decode(), newline="")):
        if row["row"] == "register":
            found[row["id"]] = Register(row)
        elif row["row"] == "bit":
            found[row["register"]].bits.append((row["id"], int(row["bit"]), int(row["width"])))
        elif row["row"] == "symbol":
            found[row["register"]].symbols[int(row["value"])] = row["id"]
    return sorted(found.values(), key=lambda register: register.address)


def main():
    images = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    maps, values = {}, 0
    seen = dict.fromkeys(["na", "-"], 0)
    program = subprocess.Popen([ROOT / "target/release/random_images", str(images)],
                               stdout=subprocess.PIPE, text=True)
    count = 0
    for line in program.stdout:
        map_id, memory, theirs = line.rstrip("\n").split("\t")
        if map_id not in maps:
            maps[map_id] = [(r, 4 * r.address, 4 * (r.address + r.words)) for r in registers(map_id)]
        first, words = memory.split(" ")
        start = 4 * int(first)
        ours = [r.value(words[a - start:b - start]) for r, a, b in maps[map_id]]
        theirs = theirs.split(" ")
        if ours != theirs:
            for (register, a, b), own, other in zip(maps[map_id], ours, theirs):
                if own != other:
                    print(f"{map_id} {register.id} {words[a - start:b - start]}: {own} here, {other} there")
            sys.exit(f"image {count}: {len(ours)} registers here, {len(theirs)} there")
        count += 1
        values += len(ours)
        for what in seen:
            seen[what] += ours.count(what)
    if program.wait() or count != images:
        sys.exit(f"random_images ended with {program.returncode} after {count} images of {images}")
    print(f"  {count} images of {len(maps)} maps, {values} values ({seen['na']} not available, {seen['-']} not "
          "read): no difference between bindings, maps and CSV")


if __name__ == "__main__":
    main()
