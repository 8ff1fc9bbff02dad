#!/usr/bin/env python3
"""Jitter of the 1 kHz executor against cyclictest (rt-tests) on the same machine in the same run.

Both wait for an absolute timer each millisecond under SCHED_FIFO 80 with locked memory and processors kept awake,
and measure the same: from the time a tick was due to its start. They run in turns, in short rounds, first one, then the
other, with the order swapped each round, idle and with a busy loop on every processor.

Bar: p99 within 1.2 of cyclictest's, as the median over the rounds of the ratio in a round: what disturbs the machine for
longer than a round disturbs both, and what disturbs one turn moves no median. Where the bar is missed after the rounds
asked for, as many again are run, twice, before it counts. A missed bar fails, and so does the accounting: ticks that
were counted twice or not at all, a right that cyclictest got and the executor did not.

    interop/jitter.py [--rounds 11] [--seconds 2] [--dpo target/release/dpo]
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BAR = 1.2
SHARES = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}


def quantiles(histogram: dict[int, int], biggest: int) -> dict[str, float]:
    """By the nearest rank, in us, from counts by ns; what is above the histogram counts as the biggest value."""
    total, out = sum(histogram.values()), {}
    for name, share in SHARES.items():
        rank, seen = max(1, -(-total * share // 1)), 0
        for value in sorted(histogram):
            seen += histogram[value]
            if seen >= rank:
                break
        out[name] = min(value, biggest) / 1e3
    return out | {"max": biggest / 1e3}


def cyclictest(seconds: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="dpo-jitter-") as folder:
        out = Path(folder) / "out.json"
        # Histogram in ns up to 1 ms; what is above is counted as overflow.
        subprocess.run(["cyclictest", "-q", "-p80", "-m", "-N", "-i1000", "-h1000000", f"-D{seconds}",
                        f"--json={out}", f"--histfile={folder}/histogram"], check=True, capture_output=True)
        thread = json.loads(out.read_text())["thread"]["0"]
    histogram = {int(ns): count for ns, count in thread["histogram"].items()}
    beyond = thread["cycles"] - sum(histogram.values())
    if beyond > 0:
        histogram[max(thread["max"], 1_000_000)] = beyond
    return quantiles(histogram, thread["max"]) | {"ticks": thread["cycles"]}


def executor(dpo: Path, seconds: int, failures: list[str]) -> dict[str, float]:
    done = subprocess.run([dpo, "realtime", "--empty", "--json", f"--seconds={seconds}"], check=True, capture_output=True)
    ran = json.loads(done.stdout)
    histogram = dict(ran["jitter"]["buckets"])
    counted = {"jitter": ran["jitter"]["count"], "buckets": sum(histogram.values()), "work": ran["work"]["count"]}
    for name, count in counted.items():
        if count != ran["ticks"]:
            failures.append(f"{name} has {count} values of {ran['ticks']} ticks")
    if ran["deadline_misses"] != ran["late"] + ran["skipped"] or ran["late"] > ran["ticks"]:
        failures.append(f"the counts of missed deadlines contradict each other: {ran}")
    if ran["ticks"] == 0:
        failures.append(f"no tick in {seconds} s")
    for right in "fifo", "locked_memory":
        if ran["granted"][right]["state"] != "granted":
            failures.append(f"cyclictest runs with {right}, the executor does not: {ran['granted'][right]}")
    return quantiles(histogram, ran["jitter"]["max_ns"]) | {"ticks": ran["ticks"], "missed": ran["deadline_misses"]}


@contextlib.contextmanager
def load(loops: int):
    """So many busy loops; ended by what started them."""
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(loops)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    options.add_argument("--rounds", type=int, default=11)
    options.add_argument("--seconds", type=int, default=2)
    options.add_argument("--dpo", type=Path, default=ROOT / "target/release/dpo")
    args = options.parse_args()
    if os.geteuid() != 0:
        print("  not root: cyclictest would not get SCHED_FIFO, nothing to compare with")
        return 0
    failures: list[str] = []
    for name, loops in ("idle", 0), ("load", os.cpu_count() or 1):
        ours, theirs = [], []
        with load(loops):
            for number in range(3 * args.rounds):
                turns = [lambda: theirs.append(cyclictest(args.seconds)),
                         lambda: ours.append(executor(args.dpo, args.seconds, failures))]
                for turn in turns if number % 2 == 0 else reversed(turns):
                    turn()
                pairs = sorted(a["p99"] / b["p99"] for a, b in zip(ours, theirs))
                ratio = statistics.median(pairs)
                if (number + 1) % args.rounds == 0 and ratio <= BAR:
                    break
        middle = {who: {key: statistics.median(run[key] for run in runs) for key in (*SHARES, "max")}
                  for who, runs in (("cyclictest", theirs), ("executor", ours))}
        for who, row in middle.items():
            print(f"  {name:<5} {who:<11}" + "".join(f" {key} {value:8.1f}" for key, value in row.items()) + " us")
        missed, ticks = sum(run["missed"] for run in ours), sum(run["ticks"] for run in ours)
        print(f"  {name:<5} p99 {ratio:.2f} of cyclictest's (median of {len(pairs)} rounds, {pairs[0]:.2f} to {pairs[-1]:.2f}); "
              f"bar {BAR}: {'met' if ratio <= BAR else 'MISSED'}; {missed} deadlines missed beside {ticks:.0f} ticks")
        if ratio > BAR:
            failures.append(f"{name}: p99 is {ratio:.2f} of cyclictest's")
    for line in failures[:20]:
        print(f"  FAIL {line}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
