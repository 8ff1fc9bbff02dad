"""Runs a part of the twin (`interop/tools/src/bin/twin_parts.rs`) and reads what it printed (Python standard library only)."""

import bisect
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TWIN_PARTS = Path(os.environ.get("TWIN_PARTS", ROOT / "target/release/twin_parts"))


class Part:
    """Parameters by name, a list of texts without one, and columns by name."""

    def __init__(self, name: str, **arguments):
        words = [f"{key}={value}" for key, value in arguments.items()]
        text = subprocess.run([TWIN_PARTS, name, *words], check=True, capture_output=True, text=True).stdout
        lines = text.splitlines()
        self.given, self.lists = {}, {}
        for line in (line for line in lines if line.startswith("# ")):
            key, value = line[2:].rsplit(" = ", 1)
            numbers = [float(number) for number in value.split()]
            if len(numbers) == 1:
                self.given[key] = numbers[0]
            else:
                self.lists[key.split(" ")[0]] = numbers
        head, *rows = (line for line in lines if not line.startswith("#"))
        self.columns = dict(zip(head.split(","), zip(*([float(v) for v in row.split(",")] for row in rows))))

    def __getitem__(self, column: str) -> tuple[float, ...]:
        return self.columns[column]

    def crossing(self, column: str, level: float) -> float:
        """When a falling column reaches a level, between the rows by a straight line."""
        times, values = self["t_s"], self[column]
        for at in range(1, len(values)):
            if values[at] <= level < values[at - 1]:
                share = (values[at - 1] - level) / (values[at - 1] - values[at])
                return times[at - 1] + share * (times[at] - times[at - 1])
        raise SystemExit(f"{column} never falls to {level}")


def between(times, values, at: float) -> float:
    """The value at a time, by a straight line between the points."""
    right = min(max(bisect.bisect_right(times, at), 1), len(times) - 1)
    share = (at - times[right - 1]) / (times[right] - times[right - 1])
    return values[right - 1] + share * (values[right] - values[right - 1])
