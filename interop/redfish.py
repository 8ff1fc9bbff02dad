#!/usr/bin/env python3
"""DMTF's validators and NVIDIA's Redfish client against a running gateway.

The service validator, the protocol validator and both of OCP's profiles must report 0 FAIL, and the profiles must have
looked at what has to be writable. Each assertion of the protocol validator that is not tested has its reason here.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from lib import PASSWORD, ROOT, STEADY, Gateway, checks

SHARED = pathlib.Path(os.environ.get("DPO_SHARED", ROOT.parent / "shared"))
REDFISH = SHARED / "data/redfish"
BIN = pathlib.Path(sys.executable).parent

# Clients may name time servers where the administrator says in which file; nothing reads that one. Power cycles are switched
# on, so that the validators see the action.
CONFIG = STEADY.replace("[gateway]", "[gateway]\npsu_reset = true") + '[redfish]\ntime_servers = "{folder}/time.conf"\n'
# Assertions of the protocol validator that have to pass.
ASSERTIONS = 100

# Why the protocol validator does not test an assertion, by the beginning of its name.
NOT_TESTED = {
    "SERV_SSE_": "the validator knows no URI of a stream (Redfish-Protocol-Validator#87); tests/redfish/events.rs has them",
    "SERV_SSDP_": "the gateway does not answer SSDP: a multicast responder on a management network is not asked for",
    "SEC_SESSION_TERMINATION_SIDE_EFFECTS": "needs a stream, see SERV_SSE_; tests/redfish/events.rs ends one with its session",
    "RESP_STATUS_INTERNAL_SERVER_ERROR": "needs an answer of 500; there was none",
    "REQ_DATA_MOD_ERRORS": "the validator looks at logins and new accounts that fail; all of its own succeed. tests/redfish/accounts.rs",
}


def untested(folder: str) -> tuple[int, list[str], list[str]]:
    """Assertions that passed, those that were not tested and have no reason above, and what was warned of."""
    rows = [line.split("\t") for path in pathlib.Path(folder).glob("*.tsv") for line in path.read_text().splitlines()[1:]]
    results: dict[str, set[str]] = {}
    for row in rows:
        results.setdefault(row[0], set()).add(row[4])
    missed = [name for name, found in results.items() if found == {"NOT_TESTED"}]
    unnamed = [name for name in missed if not any(name.startswith(known) for known in NOT_TESTED)]
    warned = [" ".join(row[:8]) for row in rows if row[4] == "WARN"]
    return sum("PASS" in found for found in results.values()), unnamed, warned


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
    with checks("redfish") as failures, Gateway(CONFIG) as gateway, tempfile.TemporaryDirectory() as logs:
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

        for profile in ["OCPServiceBaseline.v1_0_0.json", "OCPPowerShelfManagement.v1_0_0.json"]:
            paths = list((REDFISH / "profiles").rglob(profile))
            if not paths:
                failures.append(f"profile {profile} is missing")
                continue
            text, _ = run([BIN / "rf_interop_validator", *login, "--authtype", "Session", "--logdir", f"{logs}/interop", paths[0]])
            totals = counts(text)
            print(f"  {profile}: {totals}")
            if totals["FAIL"] or not totals["PASS"]:
                failures.append(f"{profile}:\n" + "\n".join(l for l in text.splitlines() if "FAIL" in l.upper())[:4000])

        # The validator warns of a session token that two of NIST's tests find unlikely (p < 0.01 each): of tokens of a perfect
        # source that are 2 in 100 (RESP_HEADERS_X_AUTH_TOKEN). It also warns of a write of an account that is answered as a task
        # (202), on a machine that keeps it for 10 s. So a warning gets a second chance. A failure does not.
        for attempt in ["protocol", "protocol-again"]:
            text, _ = run([BIN / "rf_protocol_validator", "--user", "admin", "--password", PASSWORD, "--rhost", gateway.url,
                           "--no-cert-check", "--report-dir", f"{logs}/{attempt}"])
            totals = counts(text)
            passed, unnamed, warned = untested(f"{logs}/{attempt}")
            print(f"  protocol validator: {totals}, {passed} assertions pass")
            for line in warned:
                print(f"    warned: {line}")
            if totals["FAIL"] or not warned:
                break
        if totals["FAIL"] or not totals["PASS"]:
            failures.append("protocol validator:\n" + text[-3000:])
        if passed < ASSERTIONS:
            failures.append(f"protocol validator: {passed} assertions pass, {ASSERTIONS} must")
        failures.extend(f"protocol validator: {name} is not tested, and has no reason in interop/redfish.py" for name in unnamed)


if __name__ == "__main__":
    main()
