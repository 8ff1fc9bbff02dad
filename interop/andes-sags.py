#!/usr/bin/env python3
"""Sags that andes computed, as further inputs of the simulation.

andes (PyPI, 2.0.0) solves faults in Kundur's two-area system; the voltages of its load and line buses, over what they
were before the fault, are records nobody here invented. andes knows the positive sequence alone: all three phases fall
alike. Each record goes into

1. `dpo simulate detector --record`: as many sags and returns as the trace crosses 0.9 p.u. (and comes back above
   0.92), each found within 40 ms of the crossing (what the detector needs for a slow fall near 0.9), none where the
   trace stays 0.01 p.u. away from it;
2. `dpo gridcode check`: the deepest voltage it reads is the trace's own, to 0.005 p.u.;
3. `dpo simulate campaign --record`: a conventional shelf loses its input where the voltage is below 0.75 p.u. of 240 V
   for 40 ms, and nowhere that it stays above 0.85; the modified design loses no load and keeps the bus in its band in
   each record, and what else it misses of "survived" is printed. A record inside the curve of the grid code that it
   does not survive fails.

Run by a Python that has andes 2.0.0 (interop/run makes one). DPO names the binary, default target/release/dpo.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import andes
import numpy

from lib import ROOT, checks

DPO = os.environ.get("DPO", str(ROOT / "target/release/dpo"))
# Bus of the fault, its reactance in p.u., its length in s, buses whose voltage is a record.
FAULTS = [
    (8, 0.01, 0.100, (8, 9, 7)),
    (7, 0.05, 0.100, (7, 10)),
    (9, 0.02, 0.150, (9, 6)),
    (5, 0.10, 0.080, (5, 8)),
]
BEFORE_S, END_S = 0.4, 1.9
SAG, BACK, BAND = 0.9, 0.92, 0.01
# Effective values of half a cycle and the filter of the record are behind what andes says.
FOUND_S = 0.04
# ERCOT NOGRR 282, February 2026 draft, unconfirmed (as in spec/grid-codes): below this voltage, at least so long.
CURVE = ((0.9, 2.0), (0.8, 0.5), (0.5, 0.25), (0.2, 0.15))


def voltages(bus: int, reactance: float, length_s: float):
    """Times, the frequency (mean of the generators' speeds), and the voltage of each bus over that before the fault."""
    system = andes.load(andes.get_case("kundur/kundur_full.xlsx"), setup=False, no_output=True, default_config=True)
    system.add("Fault", dict(bus=bus, tf=BEFORE_S, tc=BEFORE_S + length_s, rf=0.0, xf=reactance))
    system.setup()
    if not system.PFlow.run():
        raise SystemExit("andes: no power flow")
    # The case trips a line at 2 s: it ends before.
    system.TDS.config.tf = END_S
    system.TDS.config.tstep = 1 / 240
    system.TDS.config.no_tqdm = 1
    system.TDS.run()
    if system.exit_code != 0:
        raise SystemExit(f"andes: exit code {system.exit_code}")
    times = numpy.array(system.dae.ts.t)
    # Two rows at the instant of a switch: before and after it.
    keep = numpy.append(numpy.diff(times) > 1e-9, True)
    found = {index: system.dae.ts.y[:, address] for index, address in zip(system.Bus.idx.v, system.Bus.v.a)}
    hertz = 60 * system.dae.ts.x[:, system.GENROU.omega.a].mean(axis=1)
    return times[keep], hertz[keep], {index: (v / v[0])[keep] for index, v in found.items()}


def crossings(times, pu) -> list[tuple[str, float]]:
    """Sags and returns of the trace, with when."""
    out, low = [], False
    for before, t, u, v in zip(times, times[1:], pu, pu[1:]):
        level = BACK if low else SAG
        if not low and v < level or low and v > level:
            low = not low
            out.append(("sag" if low else "return", float(before + (t - before) * (level - u) / (v - u))))
    return out


def below_s(times, pu, level: float) -> float:
    """Longest time below a level."""
    longest, since = 0.0, None
    for t, v in zip(times, pu):
        since = (t if since is None else since) if v < level else None
        longest = max(longest, t - since if since is not None else 0.0)
    return longest


def run(*words: str, codes=(0, 1)) -> subprocess.CompletedProcess:
    done = subprocess.run([DPO, *words], capture_output=True, text=True)
    if done.returncode not in codes:
        raise SystemExit(f"dpo {' '.join(words)}: exit code {done.returncode}\n{done.stderr}{done.stdout[-500:]}")
    return done


def detector(name, path, times, pu, failures) -> int:
    seen = json.loads(run("simulate", "detector", "--json", "--quiet", "--record", path).stdout)["events"]
    seen = [("sag" if e["what"].startswith("sag") else "return", e["at_s"]) for e in seen]
    wanted = crossings(times, pu)
    near = any(abs(v - level) < BAND for v in pu[times > BEFORE_S + 0.2] for level in (SAG, BACK))
    if [what for what, _ in seen] != [what for what, _ in wanted]:
        text = f"{name}: the detector saw {seen}, the trace has {wanted}"
        # A swing that grazes a threshold may count or not.
        if not near:
            failures.append(text)
        else:
            print(f"    grazes a threshold: {text}")
        return sum(what == "sag" for what, _ in seen)
    for (what, at), (_, crossed) in zip(seen, wanted):
        if not -0.01 <= at - crossed <= FOUND_S:
            failures.append(f"{name}: {what} seen at {at:.4f} s, the trace crosses at {crossed:.4f} s")
    return sum(what == "sag" for what, _ in seen)


def deepest(name, path, pu, failures):
    # 2: a clause cannot be judged. A record without power has no recovery.
    words = ("gridcode", "check", "--code", "ercot-nogrr282", "--format", "json", path)
    said = json.loads(run(*words, codes=(0, 1, 2)).stdout)
    lowest = min((e["extreme"] for e in said["excursions"]), default=1.0)
    if pu.min() < SAG and abs(lowest - pu.min()) > 0.005:
        failures.append(f"{name}: gridcode check reads {lowest:.4f} p.u., the trace has {pu.min():.4f}")
    return said["verdict"]


def rack(name, path, times, pu, failures) -> dict[str, bool]:
    said = json.loads(run("simulate", "campaign", "--only", "record", "--record", path, "--json", "--quiet").stdout)
    outcomes = {o["design"]: o for o in said["scenarios"][0]["outcomes"]}
    conventional, modified = outcomes["conventional"], outcomes["modified"]
    off = conventional.get("input_off_after_s") is not None
    if below_s(times, pu, 0.75) > 0.04 and not off:
        failures.append(f"{name}: the conventional shelf keeps its input at {pu.min():.3f} p.u.")
    if pu.min() > 0.85 and off:
        failures.append(f"{name}: the conventional shelf loses its input at {pu.min():.3f} p.u.")
    notes = modified["notes"]
    if notes.get("load_lost") is not None or notes.get("bus_left") is not None:
        failures.append(f"{name}: the modified shelf lost its load or left its band: {notes}")
    inside = all(below_s(times, pu, level) <= longest for level, longest in CURVE)
    if not modified["survived"]:
        why = "; ".join(f["text"] for f in modified["failures"])
        print(f"    modified did not survive: {why}")
        if inside:
            failures.append(f"{name}: inside the curve and not survived: {why}")
    return {design: o["survived"] for design, o in outcomes.items()}


def main():
    andes.config_logger(40)
    sags, survived, count = 0, {}, 0
    with checks("andes") as failures, tempfile.TemporaryDirectory(prefix="dpo-andes-") as folder:
        for bus, reactance, length_s, records in FAULTS:
            times, hertz, found = voltages(bus, reactance, length_s)
            for at in records:
                name = f"fault-{bus}-bus-{at}"
                path = Path(folder) / f"{name}.csv"
                with path.open("w", newline="") as file:
                    rows = csv.writer(file)
                    rows.writerow(["t_s", "v_rms_a_pu", "v_rms_b_pu", "v_rms_c_pu", "f_hz"])
                    rows.writerows([f"{t:.6f}", *[f"{v:.6f}"] * 3, f"{f:.5f}"] for t, v, f in zip(times, found[at], hertz))
                pu = found[at]
                sags += detector(name, str(path), times, pu, failures)
                verdict = deepest(name, str(path), pu, failures)
                fates = rack(name, str(path), times, pu, failures)
                for design, lived in fates.items():
                    survived[design] = survived.get(design, 0) + lived
                count += 1
                print(f"  {name}: {pu.min():.3f} p.u., below 0.9 for {1e3 * below_s(times, pu, SAG):.0f} ms; "
                      f"curve alone: {verdict}; " + ", ".join(f"{d} {'survived' if s else 'failed'}" for d, s in fates.items()))
        print(f"  {count} records, {sags} sags found; survived: " +
              ", ".join(f"{design} {lived}" for design, lived in survived.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
