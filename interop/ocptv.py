#!/usr/bin/env python3
"""The suite's OCPTV lines against OCP's own JSON schemas (ocp-diag-core, output 2.0), and that these can refuse."""

import copy
import json
import os
import pathlib
import subprocess
import sys

import jsonschema
import referencing

from lib import ROOT, checks

SUITE = ROOT / "target/release/dpo-conformance"
SCHEMAS = pathlib.Path(os.environ.get("DPO_SHARED", ROOT / "../shared")) / "data/conformance/ocptv/output"
# A pass, a case that fails by choice of address, classes that are not run, and what does not apply.
RUN = ["run", "--target", "sim", "--device", "orv3-psu@200", "--format", "ocptv"]
SOME = ["--id", "MB-PDU-001", "--id", "MB-PDU-003", "--id", "MB-RTU-009", "--id", "MB-TCP-001", "--id", "MAP-001"]
# A SHOULD: whatever comes of it, nothing is judged.
UNDECIDED = "MB-PDU-059"


def validator():
    resources = [(schema["$id"], referencing.Resource.from_contents(schema))
                 for schema in (json.loads(path.read_text()) for path in sorted(SCHEMAS.glob("*.json")))]
    registry = referencing.Registry().with_resources(resources)
    root = json.loads((SCHEMAS / "root.json").read_text())
    return jsonschema.Draft202012Validator(root, registry=registry,
                                           format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def main():
    with checks("ocptv") as failures:
        valid = validator()
        lines = []
        # The second names a device that is not there, the third runs nothing that decides.
        absent = [*RUN[:3], "--device", "orv3-psu@230", *RUN[5:], *SOME]
        for arguments, expected in [(RUN + SOME, 0), (absent, 1), ([*RUN, "--id", UNDECIDED], 2)]:
            done = subprocess.run([str(SUITE), *arguments], capture_output=True, text=True, timeout=300)
            print(f"  exit code {done.returncode}, {len(done.stdout.splitlines())} lines")
            if done.returncode != expected:
                failures.append(f"{arguments}: exit code {done.returncode}, not {expected}: {done.stderr}")
            lines += [json.loads(line) for line in done.stdout.splitlines()]
            if not done.stdout:
                failures.append(f"{arguments}: {done.stderr}")
        kinds = set()
        for line in lines:
            for error in valid.iter_errors(line):
                failures.append(f"{json.dumps(line)[:200]}: {error.message}")
            for artifact in ("testRunArtifact", "testStepArtifact"):
                kinds |= {key for key in line.get(artifact, {}) if key != "testStepId"}
        print(f"  {len(lines)} lines valid, kinds: {', '.join(sorted(kinds))}")
        missing = {"testRunStart", "testRunEnd", "testStepStart", "testStepEnd", "diagnosis", "measurement", "log",
                   "error"} - kinds
        if missing:
            failures.append(f"the runs wrote no {', '.join(sorted(missing))}")
        # A check that cannot fail is none.
        broken = copy.deepcopy(next(line for line in lines if "diagnosis" in line.get("testStepArtifact", {})))
        broken["testStepArtifact"]["diagnosis"]["type"] = "MAYBE"
        if valid.is_valid(broken):
            failures.append("the schemas take a diagnosis of no known type: they check nothing")


if __name__ == "__main__":
    sys.exit(main())
