#!/usr/bin/env python3
"""The suite against devices that know nothing of it: an invented PSU with pymodbus and with libmodbus, read only.

What the suite finds must be what findings.json says, each with a reason that was checked against the standard: a finding
that is new, or one that is gone, fails the run. `run.py --print` prints them as they are now.
"""

import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from lib import ROOT, checks  # noqa: E402

SUITE = ROOT / "target/release/dpo-conformance"
BINARY = ROOT / "target/libmodbus-psu"
REVIEWED = HERE / "findings.json"
# Outcomes that say something about the device, or that the suite could not say anything.
FINDINGS = ("FAIL", "NON-STRICT", "ERROR", "INCONCLUSIVE")


def servers():
    BINARY.parent.mkdir(exist_ok=True)
    subprocess.run(["cc", "-O1", "-Wall", "-Wextra", "-Werror", "-I/usr/include/modbus", "-o", BINARY,
                    HERE / "libmodbus_psu.c", "-lmodbus"], check=True)
    image = subprocess.run([sys.executable, HERE / "image.py"], capture_output=True, text=True, check=True).stdout
    yield "pymodbus", [sys.executable, HERE / "pymodbus_psu.py"], ""
    yield "libmodbus", [BINARY], image


def judge(command, stdin):
    """Id of each case that found something: outcome and what was seen; and how many passed."""
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        server.stdin.write(stdin)
        server.stdin.close()
        port = int(server.stdout.readline())
        done = subprocess.run([SUITE, "run", "--target", f"tcp://127.0.0.1:{port}", "--device", "orv3-psu@200",
                               "--silence", "300", "--format", "ndjson"], capture_output=True, text=True, timeout=300)
    finally:
        server.kill()
        server.wait()
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if not lines or lines[-1]["kind"] != "verdict":
        raise SystemExit(f"the suite came to no verdict: {done.stderr}")
    cases = [line for line in lines if line["kind"] == "case"]
    found = {c["id"]: f"{c['outcome']}: {'; '.join(c['seen'])}" for c in cases if c["outcome"] in FINDINGS}
    return found, sum(c["outcome"] == "PASS" for c in cases), lines[-1]["text"]


def main():
    printing = "--print" in sys.argv
    reviewed = json.loads(REVIEWED.read_text()) if REVIEWED.exists() else {}
    with checks("conformance-devices") as failures:
        for name, command, stdin in servers():
            found, passed, verdict = judge(command, stdin)
            print(f"  {name}: {passed} passed, {len(found)} findings; {verdict}")
            if printing:
                print(json.dumps(found, indent=2))
                continue
            known = reviewed[name]
            for case, seen in found.items():
                if case not in known:
                    failures.append(f"{name}: {case} is not reviewed: {seen}")
                elif not seen.startswith(known[case]["outcome"] + ":"):
                    failures.append(f"{name}: {case} was {known[case]['outcome']}: {seen}")
            failures.extend(f"{name}: {case} found nothing any more" for case in known if case not in found)
            if passed < 30:
                failures.append(f"{name}: only {passed} passed")


if __name__ == "__main__":
    sys.exit(main())
