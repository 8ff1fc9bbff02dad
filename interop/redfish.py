#!/usr/bin/env python3
"""DMTF's validators and NVIDIA's Redfish client against a running gateway.

The service validator must report 0 FAIL. The counts of the OCP power shelf profile and of the protocol
validator are printed; what they miss belongs to later issues.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from lib import PASSWORD, ROOT, Gateway, checks

SHARED = pathlib.Path(os.environ.get("DPO_SHARED", ROOT.parent / "shared"))
REDFISH = SHARED / "data/redfish"
BIN = pathlib.Path(sys.executable).parent


def run(command, limit=300):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=limit)
    return done.stdout + done.stderr, done.returncode


def counts(text: str) -> dict[str, int]:
    """The totals that a validator prints: a table with a row of numbers, or `PASS: 1, FAIL: 0`."""
    named = re.findall(r"\b(PASS|WARN|FAIL|NOT[_ ]TESTED):\s*(\d+)", text)
    if named:
        return {name.replace("_", " "): int(number) for name, number in named[-4:]}
    header = row = None
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|") if cell.strip()]
        if "PASS" in cells and "FAIL" in cells:
            header = cells
        elif header and len(cells) == len(header) and all(cell.isdigit() for cell in cells):
            row = dict(zip(header, map(int, cells)))
    if row is None:
        raise SystemExit("a validator printed no totals:\n" + text[-3000:])
    return row


def main():
    with checks("redfish") as failures, Gateway() as gateway, tempfile.TemporaryDirectory() as logs:
        login = ["-u", "admin", "-p", PASSWORD, "-r", gateway.url]

        text, code = run([ROOT / "target/interop-nv-redfish/debug/nv-redfish-interop", gateway.url, "admin", PASSWORD])
        print("  nv-redfish: " + text.strip().splitlines()[-1])
        if code != 0:
            failures.append(f"nv-redfish: {text}")

        if not REDFISH.is_dir():
            print(f"  SKIPPED: {REDFISH} is missing, so DMTF's validators have no schemas to check against")
            return
        # The validator puts the service's own schema beside DMTF's.
        schemas = shutil.copytree(REDFISH / "csdl", f"{logs}/csdl", copy_function=shutil.copyfile)
        text, code = run([BIN / "rf_service_validator", *login, "--authtype", "Session", "--schema_directory", schemas, "--logdir", f"{logs}/service"])
        totals = counts(text)
        print(f"  service validator: {totals}")
        if totals["FAIL"] or not totals["PASS"] or code != 0:
            failures.append("service validator:\n" + "\n".join(l for l in text.splitlines() if "ERROR" in l or "FAIL" in l.upper())[:4000])

        for profile in ["OCPPowerShelfManagement.v1_0_0.json"]:
            paths = list((REDFISH / "profiles").rglob(profile))
            if not paths:
                failures.append(f"profile {profile} is missing")
                continue
            text, _ = run([BIN / "rf_interop_validator", *login, "--authtype", "Session", "--logdir", f"{logs}/interop", paths[0]])
            print(f"  {profile}: {counts(text)}")

        text, _ = run([BIN / "rf_protocol_validator", "--user", "admin", "--password", PASSWORD, "--rhost", gateway.url,
                       "--no-cert-check", "--report-dir", f"{logs}/protocol"])
        print(f"  protocol validator: {counts(text)}")


if __name__ == "__main__":
    main()
