#!/usr/bin/env python3
"""The twin's pack against pybamm's Thevenin model with two RC branches, over full discharges.

Both get the parameters that the twin prints, at constant temperature: a constant power (the whole range of the BBU)
and constant currents. Bar: 1 mV at the terminals of the pack, all the way from full to empty, and the same end. Run
by a Python that has pybamm 26.10 (interop/run makes one).
"""

import sys

import numpy
import pybamm

from lib import checks
from parts import Part

BAR_V = 0.001


def discharge(p: dict[str, float], open_circuit_v: list[float], times: list[float]):
    """Terminal voltage, state of charge at the times, and when the pack is empty."""
    power = "power_w" in p
    model = pybamm.equivalent_circuit.Thevenin(
        options={"number of rc elements": 2, "operating mode": "power" if power else "current"})
    table, open_circuit = numpy.linspace(0, 1, 11), numpy.array(open_circuit_v)
    values = pybamm.ParameterValues("ECM_Example")
    constant = lambda value: lambda *_: pybamm.Scalar(value)  # noqa: E731
    values.update({
        # At 1 pybamm's own end of a charge would end it at once.
        "Initial SoC": min(p["soc"], 1 - 1e-9),
        "Cell capacity [A.h]": p["capacity_ah"],
        "Nominal cell capacity [A.h]": p["capacity_ah"],
        "Open-circuit voltage [V]": lambda soc: pybamm.Interpolant(table, open_circuit, soc, interpolator="linear"),
        "R0 [Ohm]": constant(p["r0_ohm"]),
        "R1 [Ohm]": constant(p["r1_ohm"]),
        "C1 [F]": constant(p["c1_f"]),
        "R2 [Ohm]": constant(p["r2_ohm"]),
        "C2 [F]": constant(p["c2_f"]),
        "Element-1 initial overpotential [V]": 0,
        "Element-2 initial overpotential [V]": 0,
        "Entropic change [V/K]": constant(0.0),
        "Lower voltage cut-off [V]": p["empty_v"],
        "Upper voltage cut-off [V]": 2 * open_circuit_v[-1],
        "Power function [W]" if power else "Current function [A]": p["power_w"] if power else p["current_a"],
    }, check_already_exists=False)
    solver = pybamm.IDAKLUSolver(rtol=1e-9, atol=1e-10)
    simulation = pybamm.Simulation(model, parameter_values=values, solver=solver)
    # Beyond the twin's end, so that pybamm finds its own.
    solution = simulation.solve([0, 1.2 * times[-1]], t_interp=None)
    inside = [t for t in times if t <= solution.t[-1]]
    return solution["Voltage [V]"](inside), solution["SoC"](inside), solution.t[-1]


def compare(failures: list[str], **drain: float):
    name = " ".join(f"{key} {value:g}" for key, value in drain.items())
    twin = Part("battery", dt=0.01, every=100, **drain)
    times = list(twin["t_s"])
    volts, charge, end = discharge(twin.given, twin.lists["open_circuit_v"], times)
    worst = max(abs(ours - float(theirs)) for ours, theirs in zip(twin["v"], volts))
    charge_off = max(abs(ours - float(theirs)) for ours, theirs in zip(twin["soc"], charge))
    # The last row is up to 1 s before the end.
    late = end - times[-1]
    print(f"  {name}: {len(volts)} points to {times[-1]:.0f} s and {twin['soc'][-1]:.3f} of the charge; voltage at most "
          f"{1e3 * worst:.4f} mV off, charge {charge_off:.2e}; pybamm ends {late:+.2f} s after the last row")
    if worst > BAR_V:
        failures.append(f"{name}: {1e3 * worst:.3f} mV off, bar {1e3 * BAR_V:.0f} mV")
    if not -0.05 <= late <= 1.05 or len(volts) < len(times) - 1:
        failures.append(f"{name}: the twin ends at {times[-1]:.2f} s, pybamm at {end:.2f} s")


def main():
    pybamm.set_logging_level("ERROR")
    with checks("pybamm") as failures:
        compare(failures, power=3000)
        compare(failures, power=1000)
        compare(failures, current=10)
        compare(failures, current=50)


if __name__ == "__main__":
    sys.exit(main())
