#!/usr/bin/env python3
"""Takes away or turns round pieces of the step library, and asks the self-test whether it notices.

The mutants are those of cargo-mutants (`cargo install cargo-mutants`); its own runner would play the whole self-test for
each. Here each mutant is built once, and `self-test --case` plays the cases that use the function it sits in, with every
mutant of the shelf that these cases must detect. A mutant of the steps is caught if the self-test then finds a fault
or the unit tests of the suite fail; one that does not end in time is told apart, and is not caught. Works on a copy of the tree, whose target folder may be
one that was copied.

    conformance/step-mutants.py COPY --shard 3/20 --minutes 60 --log step-mutants.jsonl

A run can be continued: what stands in the log is not done again.
"""

import argparse
import functools
import json
import pathlib
import re
import shutil
import subprocess
import sys
import time

# Cases that are played first, those after that, and how long a self-test may take: unchanged it takes a part of that.
FEW, MORE, LIMIT_S = 5, 12, 240
UNCHANGED = "target/debug/dpo-conformance.unchanged"
STEPS = "conformance/src/steps"
ATTRIBUTE = re.compile(r'#\[(?:given|when|then)\((?:regex = )?(r?)"((?:[^"\\]|\\.)*)"\)\]')
FUNCTION = re.compile(r"^ *(?:pub(?:\([a-z ]+\))? )?(?:async )?fn ([a-z_0-9]+)", re.M)


def functions(text):
    """Name, patterns of its steps, and body of each function of a file."""
    found = []
    marks = list(FUNCTION.finditer(text))
    for nth, mark in enumerate(marks):
        head = text[marks[nth - 1].end() if nth else 0:mark.start()]
        # Attributes directly above, behind the end of the function before.
        head = head[head.rfind("\n}\n") + 1:]
        patterns = [(p if raw or "regex" in whole else re.escape(p), whole)
                    for raw, p, whole in ((m[1], m[2], m[0]) for m in ATTRIBUTE.finditer(head))]
        end = marks[nth + 1].start() if nth + 1 < len(marks) else len(text)
        found.append((mark[1], [p if "regex" in whole else f"^{p}$" for p, whole in patterns], text[mark.start():end]))
    return found


def cases_of(tree, binary):
    """The ids of the cases that each function of the steps is used by, directly or by those that call it."""
    listed = json.loads(subprocess.run([binary, "list", "--json"], capture_output=True, text=True, check=True).stdout)
    steps = [(case["id"], step.split(" ", 1)[1]) for case in listed for step in case["procedure"]]
    direct, bodies = {}, {}
    for file in sorted((tree / STEPS).glob("*.rs")):
        for name, patterns, body in functions(file.read_text().split("#[cfg(test)]")[0]):
            key = (file.name, name)
            bodies[key] = body
            direct[key] = {case for case, step in steps for p in patterns if re.search(p, step)}
    uses = {key: set(ids) for key, ids in direct.items()}
    changed = True
    while changed:
        changed = False
        for key in uses:
            word = re.compile(rf"\b{key[1]}\b")
            for other, body in bodies.items():
                if other != key and not uses[other] <= uses[key] and word.search(body):
                    uses[key] |= uses[other]
                    changed = True
    return uses


def run(command, tree, seconds):
    try:
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return None, "time-out"
    return done.returncode, (done.stdout + done.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=pathlib.Path)
    parser.add_argument("--shard", default="0/1", help="every n-th mutant, from the k-th on, as k/n")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--log", type=pathlib.Path, default=pathlib.Path("step-mutants.jsonl"))
    parser.add_argument("--mutants", default="cargo-mutants", help="the program")
    options = parser.parse_args()
    tree = options.tree.resolve()
    binary = tree / "target/debug/dpo-conformance"
    build = ["cargo", "build", "-q", "--locked", "-p", "dpo-conformance", "--bin", "dpo-conformance"]
    code, said = run(build, tree, 3600)
    if code != 0:
        sys.exit(f"the tree does not build: {said}")
    shutil.copy(binary, tree / UNCHANGED)
    uses = cases_of(tree, binary)
    listed = subprocess.run(
        [options.mutants, "mutants", "--list", "--json", "--diff", "-p", "dpo-conformance", "-f", f"{STEPS}/*.rs"],
        cwd=tree, capture_output=True, text=True, check=True).stdout
    mutants = json.loads(listed)
    part, parts = map(int, options.shard.split("/"))
    chosen = mutants[part::parts]
    known = {json.loads(line)["name"] for line in options.log.read_text().splitlines()} if options.log.exists() else set()
    print(f"{len(mutants)} mutants, {len(chosen)} chosen, {len(known)} done", flush=True)
    end = time.monotonic() + 60 * options.minutes
    for mutant in chosen:
        name = mutant["name"]
        if name in known or time.monotonic() > end:
            continue
        file = tree / mutant["file"]
        original = file.read_text()
        applied = subprocess.run(["patch", "-s", "--no-backup-if-mismatch", str(file)],
                                 input=mutant["diff"], text=True, capture_output=True)
        started = time.monotonic()
        try:
            if applied.returncode:
                outcome, cases, seen = "unpatched", [], applied.stdout
            else:
                function = (mutant.get("function") or {}).get("function_name", "").rsplit("::", 1)[-1]
                cases = sorted(uses.get((file.name, function), set()))
                outcome, seen = judge(tree, binary, build, cases)
        finally:
            file.write_text(original)
        record = {"name": name, "outcome": outcome, "cases": cases, "seen": seen, "seconds": round(time.monotonic() - started)}
        with options.log.open("a") as log:
            log.write(json.dumps(record) + "\n")
        print(f"{outcome:<10} {record['seconds']:4} s  {name}  [{' '.join(cases)}] {seen}", flush=True)


def faults(said):
    """The faults of a self-test, without addresses, which are others in each run."""
    lines = [line for line in said.splitlines() if line.startswith("FAULT")]
    return {re.sub(r"(tcp://|rtu:)\S+", r"\1…", line) for line in lines}


@functools.cache
def usual(tree, part):
    """The faults that the unchanged suite has with these cases."""
    words = [word for id in part for word in ("--case", id)]
    return faults(run([tree / UNCHANGED, "self-test", *words], tree, LIMIT_S)[1])


def judge(tree, binary, build, cases):
    code, said = run(build, tree, 600)
    if code != 0:
        return "unviable", said.strip().splitlines()[0][:200] if said.strip() else ""
    # A helper of many cases: first a few of them, then some more if those see nothing; not all, so that one that is
    # missed here may still be caught by the whole self-test.
    few = cases[::max(1, len(cases) // FEW)][:FEW]
    rest = [case for case in cases if case not in few]
    for part in [few, rest[::max(1, len(rest) // MORE)][:MORE]]:
        if not part:
            continue
        code, said = run([binary, "self-test", *(word for id in part for word in ("--case", id))], tree, LIMIT_S)
        if code is None:
            return "time-out", f"{len(part)} cases in {LIMIT_S} s"
        # Some mutants of the shelf count requests: played with few cases they are not detected by all they list, whatever
        # the steps do. Such faults of the unchanged suite prove nothing.
        found = faults(said)
        if code != 0 and (new := found - usual(tree, tuple(part))):
            return "caught", min(new)[:200]
        if code != 0 and not found:
            return "caught", said.strip()[:200]
    code, said = run(["cargo", "test", "-q", "--locked", "-p", "dpo-conformance", "--lib"], tree, 900)
    return ("missed", "") if code == 0 else ("caught", "unit tests")


if __name__ == "__main__":
    main()
