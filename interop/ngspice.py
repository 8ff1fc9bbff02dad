#!/usr/bin/env python3
"""The twin against ngspice, on circuits written here from the parameters that the twin prints.

- Hold-up: a bulk capacitor into a constant power. Bar: the times at which half of the energy is used and at which
  the output ends, and the voltage all the way, within 0.1 %.
- Hand-over: six PSUs lose their input, their output falls at half of the hold-up, six BBUs take over after their
  trigger, all on one busbar with a capacitance, a resistance and a constant-power load. Bar: bus voltage within
  0.1 % at each step, on time that is aligned by event.

Why aligned: ngspice acts in the instant at which something happens, the twin (as a controller does) in its next step of
50 us. The bus moves by 3 V in the millisecond of the fall, so 50 us are 0.3 %. So the time between two edges is shifted as
a whole by what makes the difference smallest. The shift is part of the check, and printed as is the difference without it:
the fall of the PSUs may come up to a step late; the start of the BBUs up to a step beyond that, since their trigger waits
for the fall; the end of the PSUs within a step either way, since it is when their energy ends, which does not wait.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from lib import checks
from parts import Part, between

BAR = 0.001
STEPS_APART = 2


def simulate(circuit: str, end_s: float, nodes: list[str]) -> list[list[float]]:
    """Times and node voltages; the circuit starts from its own initial conditions."""
    with tempfile.TemporaryDirectory(prefix="dpo-ngspice-") as folder:
        out, deck = Path(folder) / "out.txt", Path(folder) / "deck.cir"
        deck.write_text(f"""* written by interop/ngspice.py
{circuit}
.options method=gear reltol=1e-6 abstol=1e-9 vntol=1e-9 chgtol=1e-15
.control
set wr_singlescale
set wr_vecnames
option numdgt=9
tran 1u {end_s} 0 1u uic
wrdata {out} {' '.join(f'v({node})' for node in nodes)}
.endc
.end
""")
        done = subprocess.run(["ngspice", "-b", deck], capture_output=True, text=True)
        if not out.exists():
            raise SystemExit(f"ngspice wrote nothing:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        rows = [[float(v) for v in line.split()] for line in out.read_text().splitlines()[1:]]
    return [list(column) for column in zip(*rows)]


def falls_to(times, values, level: float) -> float:
    for at in range(1, len(values)):
        if values[at] <= level < values[at - 1]:
            share = (values[at - 1] - level) / (values[at - 1] - values[at])
            return times[at - 1] + share * (times[at] - times[at - 1])
    raise SystemExit(f"ngspice: nothing falls to {level}")


def hold_up(power: float, failures: list[str]):
    twin = Part("hold-up", power=power)
    p = twin.given
    full, empty = p["bulk_full_v"], p["bulk_empty_v"]
    # Half a volt above the end: at the end itself the step of the twin is cut short.
    half_v = (full * full - p["drop_share"] * (full * full - empty * empty)) ** 0.5
    end_v = empty + 0.5
    times, bulk = simulate(f"""C1 bulk 0 {p['bulk_f']} ic={full}
B1 bulk 0 i={p['power_w']}/max(v(bulk),{0.9 * empty})""", 1.3 * p["hold_up_j"] / power, ["bulk"])
    for name, level in ("half", half_v), ("end", end_v):
        ours, theirs = twin.crossing("bulk_v", level), falls_to(times, bulk, level)
        off = ours / theirs - 1
        print(f"  hold-up {power:6.0f} W, {name} ({level:.1f} V): twin {1e3 * ours:.4f} ms, ngspice {1e3 * theirs:.4f} ms, "
              f"{100 * off:+.4f} %")
        if abs(off) > BAR:
            failures.append(f"hold-up at {power} W: {name} is {100 * off:+.3f} % off")
    worst = max(abs(v / between(times, bulk, t) - 1) for t, v in zip(twin["t_s"], twin["bulk_v"]) if v > end_v)
    print(f"  hold-up {power:6.0f} W, voltage all the way: at most {100 * worst:.4f} % off")
    if worst > BAR:
        failures.append(f"hold-up at {power} W: the voltage is {100 * worst:.3f} % off")
    fell = next(t for t, f in zip(twin["t_s"], twin["fallen_v"]) if f > 0)
    if not 0 <= fell - twin.crossing("bulk_v", half_v) <= STEPS_APART * p["step_s"] * 1.01:
        failures.append(f"hold-up at {power} W: the output falls at {fell} s, not when half is used")


def align(times, bus, rows, least_s: float, most_s: float) -> tuple[float, float]:
    """Smallest largest difference of a stretch, and the shift in s within its bounds that gives it."""
    tries = [least_s + (most_s - least_s) * n / 50 for n in range(51)] if most_s > least_s else [least_s]
    return min((max((abs(v / between(times, bus, t - shift) - 1) for t, v in rows), default=0.0), shift) for shift in tries)


def hand_over(load: float, failures: list[str]):
    twin = Part("hand-over", load=load, seconds=0.06)
    p = twin.given
    units, full, empty = p["units"], p["bulk_full_v"], p["bulk_empty_v"]
    half_v = (full * full - p["drop_share"] * (full * full - empty * empty)) ** 0.5
    psu = (f"(v(bulk)>{empty} ? max(0,min(({p['psu_no_load_v']}-v(fall)-v(bus))/{p['psu_slope_ohm']},"
           f"{p['psu_limit_a']})) : 0)")
    bbu = (f"(v(timer)>{p['bbu_trigger_s'] + p['bbu_start_s']} ? max(0,min(({p['bbu_no_load_v']}-v(bus))/"
           f"{p['bbu_slope_ohm']},{p['bbu_peak_w']}/max(v(bus),10))) : 0)")
    circuit = f"""* one of {units:.0f} equal bulk capacitors
Cbulk bulk 0 {p['bulk_f']} ic={full}
Bbulk bulk 0 i=v(bus)*{psu}/max(v(bulk),{0.9 * empty})
* the fall of the output line, as the voltage of 1 F
Cfall fall 0 1 ic=0
Bfall 0 fall i=(v(bulk)<{half_v} && v(fall)<{p['drop_v']}) ? {p['drop_slew_v_per_s']} : 0
* time below the trigger of the BBUs; it stays below once it fell
Ctimer timer 0 1 ic=0
Btimer 0 timer i=v(bus)<{p['bbu_trigger_v']} ? 1 : 0
Cbus bus 0 {p['bus_f']} ic={twin['bus_v'][0]}
Bpsu 0 bus i={units}*{psu}
Bbbu 0 bus i={units}*{bbu}
Rbus bus load {p['bus_ohm']}
Bload load 0 i={p['load_w']}/max(v(load),10)
Cload load 0 1n ic={twin['bus_v'][0]}"""
    times, bus, timer = simulate(circuit, twin["t_s"][-1], ["bus", "timer"])
    at_once = max(abs(v / between(times, bus, t) - 1) for t, v in zip(twin["t_s"], twin["bus_v"]))
    on = next(t for t, a in zip(twin["t_s"], twin["bbu_a"]) if a > 0)
    # Stretches of the twin's time: until the fall is decided, until the first current of the BBUs, until the PSUs
    # have ended, the rest. A row is the end of a step; the first one with a change belongs to the change.
    fell = next(t for t, j in zip(twin["t_s"], twin["bulk_j"]) if j <= (1 - p["drop_share"]) * p["hold_up_j"]) + p["step_s"]
    # The step in which a capacitor runs empty has a part of the current: it is the first of the change.
    amps = list(zip(twin["t_s"], twin["psu_a"], twin["psu_a"][1:], twin["bulk_j"][1:]))
    dry = next((t + p["step_s"] for t, a, b, j in amps if t > on and b < 0.99 * a and j < 0.01 * p["hold_up_j"]),
               twin["t_s"][-1] + 1)
    step_s, off = p["step_s"], float("inf")
    stretches = [(0.0, fell, "", 0.0, 0.0), (fell, on, "fall", 0.0, step_s), (on, dry, "start", None, step_s),
                 (dry, off, "end", -step_s, step_s)]
    within, shift, later = 0.0, 0.0, []
    for begin, end_s, name, least, most in stretches:
        # A row is the end of a step: the first one with a change belongs to the change.
        rows = [(t, v) for t, v in zip(twin["t_s"], twin["bus_v"]) if begin - 1e-9 < t < end_s - 1e-9]
        # The start may add a step to what the fall is late by.
        least, most = (shift, shift + most) if least is None else (least, most)
        worst, shift = align(times, bus, rows, least, most)
        within = max(within, worst)
        later += [f"{name} {1e6 * shift:+.0f}"] if name and rows else []
    lowest, theirs = min(twin["bus_v"]), min(bus)
    started = next(t for t, s in zip(times, timer) if s > p["bbu_trigger_s"] + p["bbu_start_s"])
    end = twin["bus_v"][-1] / bus[-1] - 1
    print(f"  hand-over {load:6.0f} W: lowest bus twin {lowest:.4f} V, ngspice {theirs:.4f} V ({100 * (lowest / theirs - 1):+.4f} %); "
          f"BBUs on at {1e3 * on:.3f} ms, ngspice {1e3 * started:.3f} ms; end {100 * end:+.4f} %")
    print(f"  hand-over {load:6.0f} W: bus voltage {100 * within:.4f} % off on time aligned by event (later by, us: "
          f"{', '.join(later)}), {100 * at_once:.4f} % at the same instant")
    if within > BAR or abs(lowest / theirs - 1) > BAR or abs(end) > BAR:
        failures.append(f"hand-over at {load} W: more than {100 * BAR} % off")
    # The current of the first step of the BBUs is in the row at its end.
    if not -1e-9 <= on - started <= (STEPS_APART + 1) * p["step_s"]:
        failures.append(f"hand-over at {load} W: the BBUs start {1e6 * (on - started):.0f} us apart")


def main():
    with checks("ngspice") as failures:
        for power in 1500, 3000, 4500:
            hold_up(power, failures)
        for load in 9000, 18000, 27000:
            hand_over(load, failures)


if __name__ == "__main__":
    sys.exit(main())
