#!/usr/bin/env python3
"""Instructions and allocations of one tick of the orchestrator, counted by valgrind.

    cargo bench --bench control_tick --no-default-features --no-run
    interop/control-tick.py

Each case of `benches/control_tick.rs` runs for two different numbers of ticks; the difference, divided, is what one
tick costs. Fails if a tick takes more instructions than BOUND, or allocates at all.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICKS = (1000, 3000)
# Of the mean over all ticks. Measured on 2026-11-23: 5,401 at most, 1,620 without AC samples and blocks; the bound
# leaves a fifth. The time, which `cargo bench` tells, was 0.6 us.
BOUND = 6500


def binary():
    built = subprocess.run(
        ["cargo", "bench", "-q", "--no-run", "--no-default-features", "--bench", "control_tick",
         "--message-format=json"],
        cwd=ROOT, check=True, capture_output=True, text=True)
    for line in built.stdout.splitlines():
        message = json.loads(line)
        if message.get("executable") and message["target"]["name"] == "control_tick":
            return message["executable"]
    sys.exit("no binary of the bench control_tick")


def run(tool, program, case, ticks):
    done = subprocess.run(["valgrind", *tool, program, "--count", case, str(ticks)],
                          check=True, capture_output=True, text=True)
    return done.stderr


def instructions(program, case, ticks):
    with tempfile.TemporaryDirectory() as folder:
        said = run(["--tool=callgrind", f"--callgrind-out-file={folder}/out"], program, case, ticks)
    return int(re.search(r"Collected : (\d+)", said).group(1))


def allocations(program, case, ticks):
    said = run(["--tool=memcheck"], program, case, ticks)
    return int(re.search(r"total heap usage: ([\d,]+) allocs", said).group(1).replace(",", ""))


def main():
    program, missed = binary(), 0
    cases = subprocess.run([program, "--list"], check=True, capture_output=True, text=True).stdout.split()
    for case in cases:
        few, many = (instructions(program, case, ticks) for ticks in TICKS)
        each = (many - few) / (TICKS[1] - TICKS[0])
        few, many = (allocations(program, case, ticks) for ticks in TICKS)
        met = each <= BOUND and many == few
        missed += not met
        print(f"  {case}: {each:.0f} instructions a tick (bound {BOUND}), {many - few} allocations in "
              f"{TICKS[1] - TICKS[0]} ticks: {'met' if met else 'MISSED'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
