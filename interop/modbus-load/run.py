#!/usr/bin/env python3
"""Modbus TCP servers under the same load: ours, tokio-modbus, libmodbus with epoll, pymodbus.

    interop/modbus-load/run.py [--short] [--built] [--rounds N] [--slice MS] [--servers NAME,...] [--connections N,...]

Function 03 for 125 registers over loopback, closed loop (load.c), at 1, 64 and 1,000 connections. Each server runs by
itself on core 0, the load on core 1. The servers take turns in short slices, each round in another order, so that a
machine that changes its speed changes it for all; a ratio is the median of the ratios within each round. CPU is that
of the server, in user and kernel, by /proc. "fewest" is the share of answers on the connection that got the fewest, 1.00
being an even share.

Fails if a bar is missed. With --short (the run of CI, on a machine that others may share) the rates are judged per second
of the server's CPU, which others hardly disturb, and with a margin; what it fails at stands beside each bar.
Builds what it needs (with --built, only the C); wants Rust, cc, libmodbus-dev and the Python of interop/run.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OUT = ROOT / "target/modbus-load"
TICK = os.sysconf("SC_CLK_TCK")
# Connections, peer, the least ratio of the rates, and what a short run has to keep of it.
RATES = [
    (1, "tokio-modbus", 1.0, 0.7),
    (64, "tokio-modbus", 1.0, 0.8),
    (1000, "tokio-modbus", 1.0, 0.8),
    (64, "pymodbus", 8.0, 6.0),
]
# Connections, peer, the most ratio of the p99, and what a short run allows.
TAILS = [(1000, "libmodbus", 1.0, 3.0)]


def pin(core):
    """To a core of its own, where there are two."""
    cores = sorted(os.sched_getaffinity(0))
    mine = cores[core % len(cores)]
    return lambda: os.sched_setaffinity(0, {mine})


def build(rust):
    OUT.mkdir(parents=True, exist_ok=True)
    if rust:
        subprocess.run(["cargo", "build", "-q", "--release", "--locked", "-p", "dpo-interop-tools", "--bin",
                        "modbus_table"], cwd=ROOT, check=True)
    for name, libraries in (("load", ()), ("libmodbus_server", ("-I/usr/include/modbus", "-lmodbus"))):
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", OUT / name, HERE / f"{name}.c", *libraries],
                       check=True)


class Server:
    """A running server on core 0."""

    def __init__(self, name):
        table = ROOT / "target/release/modbus_table"
        command = {
            "ours": [table, "ours"],
            "tokio-modbus": [table, "tokio-modbus"],
            "libmodbus": [OUT / "libmodbus_server"],
            "pymodbus": [sys.executable, HERE / "pymodbus_server.py"],
        }[name]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=pin(0))
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{name} did not start")
        self.port = int(line)

    def cpu_seconds(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        user, system = text.rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / TICK

    def load(self, connections, milliseconds):
        before = self.cpu_seconds()
        done = subprocess.run([OUT / "load", str(self.port), str(connections), str(milliseconds)],
                              capture_output=True, text=True, preexec_fn=pin(1), timeout=60)
        if done.returncode:
            return {"error": done.stderr.strip()}
        slice_ = json.loads(done.stdout)
        # The warm-up is in the CPU time, a tenth of the slice, and counted in no answer.
        slice_["cpu"] = (self.cpu_seconds() - before) / 1.1
        slice_["rate"] = slice_["answers"] / slice_["seconds"]
        slice_["fewest"] = slice_["fewest"] * connections / max(slice_["answers"], 1)
        return slice_


def median(slices, key):
    return statistics.median(s[key] for s in slices)


def ratio(seen, connections, peer, key):
    """The median over the rounds of ours divided by the peer's."""
    pairs = zip(seen["ours", connections], seen[peer, connections])
    return statistics.median(ours[key] / theirs[key] for ours, theirs in pairs)


def cpu(slices):
    """Microseconds of the server's CPU for each answer."""
    return 1e6 * sum(s["cpu"] for s in slices) / sum(s["answers"] for s in slices)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--short", action="store_true")
    arguments.add_argument("--built", action="store_true", help="target/release/modbus_table is there")
    arguments.add_argument("--rounds", type=int)
    arguments.add_argument("--slice", type=int, help="milliseconds")
    arguments.add_argument("--servers", default="ours,tokio-modbus,libmodbus,pymodbus")
    arguments.add_argument("--connections", default="1,64,1000")
    given = arguments.parse_args()
    rounds = given.rounds or (5 if given.short else 15)
    milliseconds = given.slice or (300 if given.short else 500)
    names = given.servers.split(",")
    counts = [int(count) for count in given.connections.split(",")]

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard) if hard != resource.RLIM_INFINITY else 4096, hard))
    build(not given.built)
    servers = {name: Server(name) for name in names}
    failures, seen = [], {(name, count): [] for name in names for count in counts}
    try:
        for turn in range(rounds):
            # Nobody is always first.
            order = names[turn % len(names):] + names[:turn % len(names)]
            for count in counts:
                for name in order:
                    slice_ = servers[name].load(count, milliseconds)
                    if "error" in slice_:
                        raise SystemExit(f"{name} at {count} connections: {slice_['error']}")
                    seen[name, count].append(slice_)
    finally:
        for server in servers.values():
            server.process.kill()
            server.process.wait()

    print(f"  function 03, 125 registers; median of {rounds} slices of {milliseconds} ms; load average "
          f"{os.getloadavg()[0]:.1f}, {len(os.sched_getaffinity(0))} cores")
    print(f"  {'connections':>11} {'server':<13} {'req/s':>8} {'p50 us':>8} {'p99 us':>8} {'max us':>8} {'CPU us/req':>10} "
          f"{'fewest':>6}")
    for count in counts:
        for name in names:
            slices = seen[name, count]
            print(f"  {count:>11} {name:<13} {median(slices, 'rate'):>8.0f} {median(slices, 'p50_us'):>8.0f} "
                  f"{median(slices, 'p99_us'):>8.0f} {median(slices, 'max_us'):>8.0f} "
                  f"{cpu(slices):>10.2f} {median(slices, 'fewest'):>6.2f}")
    for count, peer, bar, margin in RATES:
        if ("ours", count) in seen and (peer, count) in seen:
            rate, per_cpu = ratio(seen, count, peer, "rate"), cpu(seen[peer, count]) / cpu(seen["ours", count])
            got, least, judged = (per_cpu, margin, "rate per CPU second") if given.short else (rate, bar, "rate")
            print(f"  {peer} at {count}: rate {rate:.2f} times theirs, {per_cpu:.2f} per CPU second (bar {bar}; fails "
                  f"if the {judged} is below {least})")
            if got < least:
                failures.append(f"{judged} over {peer} at {count} connections: {got:.2f} is below {least}")
    for count, peer, bar, margin in TAILS:
        if ("ours", count) in seen and (peer, count) in seen:
            got, most = ratio(seen, count, peer, "p99_us"), margin if given.short else bar
            print(f"  {peer} at {count}: p99 {got:.2f} times theirs (bar {bar}; fails above {most})")
            if got > most:
                failures.append(f"p99 over {peer} at {count} connections: {got:.2f} is above {most}")
    for line in failures:
        print(f"  FAIL {line}")
    if failures:
        raise SystemExit(f"modbus-load: {len(failures)} failures")
    print("modbus-load: ok")


if __name__ == "__main__":
    main()
