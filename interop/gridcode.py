#!/usr/bin/env python3
"""Compares our COMTRADE reader with the Python package `comtrade`, and our effective values with a plain loop.

    interop/gridcode.py [FOLDER]

1. Records of every edition and form are written here; `dpo gridcode read --format csv` and the package must
   give the same times, values and states.
2. FOLDER (default ../shared/data/traces beside this repository) holds raw/xtz.cfg, a real record of four
   rate segments, and two recorded double sags as CSV. The same comparison on the former; on the latter depth
   and duration of each sag, against a one-cycle effective value computed here sample by sample. Without
   the folder this part is left out, and said so.

DPO names the binary, default target/release/dpo. Exit codes: 0 all equal, 1 a difference.
"""

import csv
import io
import json
import math
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

import comtrade

ROOT = pathlib.Path(__file__).resolve().parent.parent
DPO = os.environ.get("DPO", str(ROOT / "target/release/dpo"))
RANDOM = random.Random(7)
EDITIONS = {"": ("ASCII", "BINARY"), "1999": ("ASCII", "BINARY"), "2013": ("ASCII", "BINARY", "BINARY32", "FLOAT32")}


def fail(message):
    sys.exit(f"gridcode: {message}")


def write(folder, edition, form, single, rates, statuses):
    """A random record; returns the path to open."""
    analogs, samples = 5, rates[-1][1]
    head = "Station,Device" + (f",{edition}" if edition else "")
    lines = [head, f"{analogs + statuses},{analogs}A,{statuses}D"]
    for i in range(1, analogs + 1):
        tail = ",110000,100,S" if edition else ""
        a, b = RANDOM.uniform(1e-3, 2), RANDOM.uniform(-5, 5)
        lines.append(f"{i},V{i},{'ABC'[i % 3]},part,kV,{a:.9f},{b:.9f},0,-32767,32767{tail}")
    for i in range(1, statuses + 1):
        lines.append(f"{i},S{i},,,0" if edition else f"{i},S{i},0")
    lines += ["50", str(len(rates))] + [f"{rate},{end}" for rate, end in rates]
    date = "12/31/2024" if not edition else "31/12/2024"
    lines += [f"{date},23:59:58.000000", f"{date},23:59:59.500000", form]
    if edition:
        lines.append("1")
    if edition == "2013":
        lines += ["0,0", "0,0"]
    cfg = "\r\n".join(lines) + "\r\n"
    data = bytearray()
    for n in range(1, samples + 1):
        stamp = n * 100
        states = [RANDOM.random() < 0.5 for _ in range(statuses)]
        if form == "FLOAT32":
            values = [struct.unpack("<f", struct.pack("<f", RANDOM.uniform(-1e5, 1e5)))[0] for _ in range(analogs)]
        else:
            top = 32767 if form != "BINARY32" else 2**31 - 1
            values = [RANDOM.randint(0, top) * RANDOM.choice((1, -1)) for _ in range(analogs)]
            values = [2 if v == -1 or v == 99999 else v for v in values]
        if form == "ASCII":
            row = [str(n), str(stamp)] + [str(v) for v in values] + [str(int(s)) for s in states]
            data += (",".join(row) + "\r\n").encode()
            continue
        data += struct.pack("<II", n, stamp)
        data += b"".join(struct.pack({"BINARY": "<h", "BINARY32": "<i", "FLOAT32": "<f"}[form], v) for v in values)
        for word in range(0, statuses, 16):
            data += struct.pack("<H", sum(s << k for k, s in enumerate(states[word:word + 16])))
    if single:
        path = folder / "r.cff"
        kind = form if form == "ASCII" else f"{form}: {len(data)}"
        text = f"--- file type: CFG ---\r\n{cfg}--- file type: INF ---\r\n\r\n--- file type: HDR ---\r\n\r\n"
        path.write_bytes(text.encode() + f"--- file type: DAT {kind} ---\r\n".encode() + bytes(data))
        return path
    (folder / "r.dat").write_bytes(bytes(data))
    path = folder / "r.cfg"
    path.write_text(cfg, newline="")
    return path


def ours(path):
    """Times, analog values and states by channel, as dpo reads them."""
    run = subprocess.run([DPO, "gridcode", "read", "--format", "csv", str(path)], capture_output=True, text=True)
    if run.returncode != 0:
        fail(f"{path}: {run.stdout}")
    rows = list(csv.reader(io.StringIO(run.stdout)))[1:]
    return [[float(cell) if cell else math.nan for cell in column] for column in zip(*rows)]


def compare(path, what, encoding="utf-8"):
    record = comtrade.Comtrade(use_double_precision=True, ignore_warnings=True)
    if path.suffix == ".cff":
        record.load(str(path), encoding=encoding)
    else:
        record.load(str(path), str(path.with_suffix(".dat")), encoding=encoding)
    theirs = [record.time, *record.analog, *record.status]
    mine = ours(path)
    if len(mine) != len(theirs):
        fail(f"{what}: {len(mine)} columns, the package has {len(theirs)}")
    for index, (a, b) in enumerate(zip(mine, theirs)):
        if len(a) != len(b):
            fail(f"{what}: column {index} has {len(a)} samples, the package {len(b)}")
        for n, (x, y) in enumerate(zip(a, b)):
            same = (math.isnan(x) and math.isnan(y)) or abs(x - y) <= 1e-9 * max(1.0, abs(y))
            if not same:
                fail(f"{what}: column {index}, sample {n + 1}: {x}, the package says {y}")
    return len(mine) * len(mine[0])


def effective(time, values, cycle):
    """One-cycle effective value that ends at each sample of an evenly sampled stretch."""
    step = (time[-1] - time[0]) / (len(time) - 1)
    count = round(cycle / step)
    squares = [v * v for v in values]
    return [(time[i], math.sqrt(sum(squares[i - count:i]) / count)) for i in range(count, len(time))]


def sags(path):
    """Depth and duration below 0.9 p.u. of each sag of a recorded CSV, computed the plain way."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file)]
    time = [float(row["t_s"]) for row in rows]
    cuts = [0] + [i + 1 for i in range(len(time) - 1) if time[i + 1] - time[i] > 0.002] + [len(time)]
    found = []
    for start, end in zip(cuts, cuts[1:]):
        if end - start < 128:
            continue
        phases = [
            effective(time[start:end], [float(row[f"v{p}_pu_peak"]) * math.sqrt(2) for row in rows[start:end]], 0.02)
            for p in "abc"
        ]
        low = [(at[0][0], min(v for _, v in at)) for at in zip(*phases)]
        run = [t for t, v in low if v < 0.9]
        if run:
            found.append((min(v for _, v in low), run[-1] - run[0]))
    return found


def recorded(folder):
    raw = folder / "raw/xtz.cfg"
    print(f"{raw.name}: {compare(raw, raw.name, 'gb18030')} values equal")
    for path in sorted(folder.glob("sag_*.csv")):
        run = subprocess.run(
            [DPO, "gridcode", "check", "--code", "ercot-nogrr282", "--format", "json", str(path)],
            capture_output=True, text=True,
        )
        verdict = json.loads(run.stdout)
        mine = [(e["extreme"] * 1.0, e["end_s"] - e["start_s"]) for e in verdict["excursions"]]
        plain = sags(path)
        if len(mine) != len(plain) or len(plain) != 2:
            fail(f"{path.name}: {len(mine)} sags, the plain way finds {len(plain)}, the record has 2")
        for (depth, time), (wanted, lasts) in zip(mine, plain):
            # Windows of a whole number of samples against windows that follow the frequency.
            if abs(depth - wanted) > 0.005 or abs(time - lasts) > 0.001:
                fail(f"{path.name}: {depth:.4f} p.u. for {time:.4f} s, the plain way {wanted:.4f} for {lasts:.4f}")
        print(f"{path.name}: " + ", ".join(f"{d:.3f} p.u. for {t * 1e3:.1f} ms" for d, t in mine))


def main():
    count = values = 0
    for edition, forms in EDITIONS.items():
        for form in forms:
            for single in (False, True) if edition == "2013" else (False,):
                for rates in ([(3200, 64)], [(3200, 40), (50, 50), (6400, 90)]):
                    for statuses in (0, 3, 33):
                        with tempfile.TemporaryDirectory() as folder:
                            path = write(pathlib.Path(folder), edition, form, single, rates, statuses)
                            values += compare(path, f"{edition or '1991'} {form} {'cff' if single else 'cfg'} {rates} {statuses}")
                            count += 1
    print(f"{count} written records: {values} values equal")
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT.parent / "shared/data/traces")
    if folder.is_dir():
        recorded(folder)
    else:
        print(f"{folder} is not there: recorded events are left out")


if __name__ == "__main__":
    main()
