#!/usr/bin/env python3
"""Instructions per operation, counted by callgrind: the same figures on a quiet and on a busy machine.

    cargo bench --workspace --no-run
    interop/instructions.py

Runs the benches that compare two ways (`registers/benches/harness`) with `--count WAY TIMES` for two
different times; the difference, divided, is what one call costs. Fails if our way takes more of its peer's
instructions than the bar of the bench allows.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCHES = [("dpo-registers", "bindings")]
TIMES = (1000, 3000)


def binary(package, bench):
    built = subprocess.run(
        ["cargo", "bench", "-q", "--locked", "--no-run", "-p", package, "--bench", bench, "--message-format=json"],
        cwd=ROOT, check=True, capture_output=True, text=True)
    for line in built.stdout.splitlines():
        message = json.loads(line)
        if message.get("executable") and message["target"]["name"] == bench:
            return message["executable"]
    sys.exit(f"no binary of the bench {bench}")


def collected(program, way, times):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", program, "--count", way, str(times)],
            check=True, capture_output=True, text=True)
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1))


def instructions(program, way):
    few, many = (collected(program, way, times) for times in TIMES)
    return (many - few) / (TIMES[1] - TIMES[0])


def main():
    missed = 0
    for package, bench in BENCHES:
        program = binary(package, bench)
        listed = subprocess.run([program, "--list"], check=True, capture_output=True, text=True).stdout
        for line in listed.splitlines():
            name, peer, ours, bar = line.split("\t")
            theirs, own = instructions(program, peer), instructions(program, ours)
            ratio, met = own / theirs, own <= float(bar) * theirs
            missed += not met
            print(f"  {name}: {peer} {theirs:.0f}, {ours} {own:.0f} instructions; "
                  f"ratio {ratio:.3f}, bar {bar} {'met' if met else 'MISSED'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
