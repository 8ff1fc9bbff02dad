#!/usr/bin/env python3
"""The suite against the simulator, against a running gateway over its real sockets, and against itself."""

import subprocess
import tempfile
import time
import xml.etree.ElementTree as ET

from lib import ROOT, Gateway, checks

SUITE = ROOT / "target/release/dpo-conformance"
# One device of each map, and times that fit a device on the same machine.
LOCAL = ["--device", "orv3-psu@200", "--device", "orv3-bbu@64", "--device", "dpo-pmi@7",
         "--silence", "100", "--listen", "2"]
# A pseudo-terminal gives a frame as it was written: 6 ms of silence end it. Each request waits that long, so the line is
# sampled less than by default; the report says so. TCP is sampled in full.
LINE = ["--quiet", "6", "--samples", "20", "--random-reads", "200", "--timed-requests", "200", "--soak", "100"]


def suite(*args):
    return subprocess.run([str(SUITE), *args], capture_output=True, text=True, timeout=900)


def main():
    with checks("conformance") as failures, tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/out.xml"
        done = suite("run", "--target", "sim", "--format", "junit", "-o", out)
        cases = ET.parse(out).getroot().iter("testcase")
        passed = failed = skipped = 0
        for case in cases:
            if case.find("failure") is not None or case.find("error") is not None:
                failed += 1
                print(f"  {case.get('name')}: {(case.find('failure') if case.find('failure') is not None else case.find('error')).get('message')}")
            elif case.find("skipped") is not None:
                skipped += 1
            else:
                passed += 1
        print(f"  sim: {passed} passed, {failed} failed, {skipped} not run or not applicable, exit code {done.returncode}")
        if done.returncode != 0 or failed or passed < 60:
            failures.append("sim: " + (done.stderr or done.stdout)[-2000:])
        with Gateway() as gateway:
            tcp, line = f"tcp://127.0.0.1:{gateway.modbus_port}", f"rtu:{gateway.pty}?baud=19200&parity=even"
            for target, more in [(tcp, []), (line, LINE)]:
                started = time.monotonic()
                done = suite("run", "--target", target, *LOCAL, *more)
                last = done.stdout.strip().splitlines()[-1:] or [done.stderr]
                took = time.monotonic() - started
                print(f"  {target}: {last[0]} (exit code {done.returncode}, {took:.0f} s)")
                if done.returncode != 0:
                    failures.append(f"{target}: {(done.stdout + done.stderr)[-2000:]}")
        started = time.monotonic()
        done = suite("self-test")
        last = (done.stdout.strip().splitlines() or [done.stderr])[-1]
        print(f"  self-test: {last} ({time.monotonic() - started:.0f} s)")
        if done.returncode != 0:
            failures.append("self-test: " + (done.stdout + done.stderr)[-3000:])


if __name__ == "__main__":
    main()
