#!/usr/bin/env python3
"""Takes away or turns round pieces of the step library, and asks unit tests and self-test whether they notice.

The mutants are those of cargo-mutants, in an order drawn with a seed. Those of a range of places are put into a copy of the
tree, each behind a switch (place.py), built once, and switched on one at a time. First the unit tests of the suite are
asked, those of the family of the file, then `self-test --case` plays cases that use the function the mutant sits in, with every mutant of the shelf that
these cases must detect: a few, some more, and up to 40 if those see nothing. A mutant is caught if something is found that
the suite without a mutant does not find. One that does not end in time is told apart, and is not caught.

    conformance/step_mutants/run.py COPY --seed 1 --from 0 --to 300 --log target/step-mutants.jsonl

`--tests-only` asks the unit tests alone: what they do not catch, the self-test still may.

A run can be continued: what stands in the log is not done again. `--flaky N` asks N times without a mutant, and says how
often something would have been taken for a catch.
"""

import argparse
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import place
from cases import STEPS, files, uses

# Which unit tests play the cases of which files; of what is shared all are asked.
FAMILIES = {"dpo/": ["steps::dpo", "steps::tests::block", "steps::tests::dpo", "steps::tests::tcp::"], "ride": ["steps::ride", "steps::tests::ride"],
            "pmbus": ["steps::pmbus", "steps::tests::pmbus", "steps::tests::supply"], "rtu": ["steps::rtu", "steps::tests::rtu"],
            "tcp": ["steps::tcp", "steps::tests::tcp"], "redfish": ["steps::redfish", "steps::tests::redfish", "steps::tests::service"],
            "xif": ["steps::xif", "steps::tests::xif"], "secure": ["steps::secure", "steps::tests::secure"]}
# Cases that are played first, and those after that, by how many. How long a self-test may take.
PARTS, LIMIT_S = (4, 12, 24), 200
BINARY = "target/debug/dpo-conformance"
BUILD = ["cargo", "build", "-q", "--locked", "-p", "dpo-conformance", "--bin", "dpo-conformance"]
TEST = ["cargo", "test", "-q", "--locked", "-p", "dpo-conformance", "--lib", "--no-run"]


def key(mutant, count):
    """What a mutant is called whatever line it stands in: file, function, change, and how often that came before."""
    what = re.sub(r":\d+:\d+: ", ": ", mutant["name"])
    count[what] = count.get(what, 0) + 1
    return f"{what} [{count[what]}]"


def listed(tree, program):
    """All mutants, by key."""
    text = subprocess.run([program, "mutants", "--list", "--json", "--diff", "-p", "dpo-conformance", "-f", f"{STEPS}/**/*.rs", "-e", f"{STEPS}/tests/**"],
                          cwd=tree, capture_output=True, text=True, check=True).stdout
    count = {}
    return {key(mutant, count): mutant for mutant in json.loads(text)}


def built(tree, command, quiet=True):
    """Builds; the errors of the compiler with their place, none if it builds; the executables."""
    command = [*command, "--message-format=json"]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, env={**os.environ, "RUSTFLAGS": ""})
    errors, made = [], []
    for line in done.stdout.splitlines():
        message = json.loads(line) if line.startswith("{") else {}
        if message.get("executable"):
            made.append(message["executable"])
        if message.get("reason") == "compiler-message" and message["message"]["level"] == "error":
            spans = [s for s in message["message"]["spans"] if s["is_primary"]]
            errors.append((message["message"]["message"], [(s["file_name"], s["byte_start"], s["byte_end"]) for s in spans]))
    if done.returncode and not errors:
        sys.exit(f"does not build: {done.stderr[-3000:]}")
    return errors, made


def put(tree, originals, numbers, chosen):
    """Writes the mutants into the tree. Those that cannot be put behind a switch."""
    files, left = {}, []
    for number, name in numbers.items():
        mutant = chosen[name]
        file = files.setdefault(mutant["file"], place.File(originals[mutant["file"]]))
        if not file.add(number, mutant):
            left.append(name)
    for name, text in originals.items():
        new = files[name].written() if name in files else text
        if (tree / name).read_text() != new:
            (tree / name).write_text(new)
    return left


def place_all(tree, originals, chosen):
    """Puts all that build into the tree and builds. Their numbers, and those that must be tried alone."""
    numbers, alone = {nth: name for nth, name in enumerate(chosen, 1)}, []
    for _ in range(12):
        alone += put(tree, originals, numbers, chosen)
        numbers = {number: name for number, name in numbers.items() if name not in alone}
        errors, _ = built(tree, [*BUILD[:1], "check", *BUILD[2:]])
        if not errors:
            return numbers, alone
        wrong = set()
        for text, spans in errors:
            for file, start, end in spans:
                whole = (tree / file).read_bytes() if file.startswith("conformance/") else b""
                owners = place.owners(whole, start, end)
                if not owners:
                    print(f"not told whose: {text} ({file}, bytes {start} to {end})", flush=True)
                wrong.update(owners)
        if not wrong & set(numbers):
            sys.exit("the compiler's errors belong to no mutant")
        alone += [numbers[number] for number in wrong if number in numbers]
        numbers = {number: name for number, name in numbers.items() if number not in wrong}
    sys.exit("still does not build")


def faults(said):
    """The faults of a self-test, without addresses and times, which are others in each run."""
    lines = [line for line in said.splitlines() if line.startswith("FAULT")]
    return {re.sub(r"(?:(tcp://|rtu:|https?://)\S+|\d+(?:\.\d+)? ?(?:ms|us|s)\b)", r"\1…", line) for line in lines}


def family(file):
    """The unit tests that are asked about mutants of a file: those of its family, or all of steps but the families that share nothing with it."""
    for start, names in FAMILIES.items():
        if file.startswith(start):
            return names
    others = ("tcp_server", "ride", "pmbus", "redfish", "secure")
    return ["steps::", *(word for name in others for word in ("--skip", name))]


class Judge:
    """Asks the tests about one mutant."""

    def __init__(self, tree, binary, tests, uses, unchanged=None):
        self.tree, self.binary, self.tests, self.uses = tree, binary, tests, uses
        self.unchanged = unchanged or binary
        self.known, self.lock = {}, threading.Lock()

    def play(self, binary, number, part):
        words = [word for case in part for word in ("--case", case)]
        try:
            done = subprocess.run([binary, "self-test", *words], cwd=self.tree, capture_output=True, text=True, timeout=LIMIT_S,
                                  env={**os.environ, "DPO_STEP_MUTANT": str(number)})
        except subprocess.TimeoutExpired:
            return None, ""
        return done.returncode, done.stdout + done.stderr

    def usual(self, part):
        """The faults that the unchanged suite has with these cases: some mutants of the shelf count requests."""
        with self.lock:
            slot = self.known.setdefault(part, [threading.Lock(), None])
        with slot[0]:
            if slot[1] is None:
                slot[1] = faults(self.play(self.unchanged, 0, part)[1])
            return slot[1]

    def parts(self, cases):
        for count in PARTS:
            if cases:
                part = cases[::max(1, len(cases) // count)][:count]
                cases = [case for case in cases if case not in part]
                yield tuple(part)

    def __call__(self, number, file, function):
        cases = sorted(self.uses.get((file, function), set()))
        try:
            done = subprocess.run([self.tests, "-q", *family(file)], cwd=self.tree / "conformance", capture_output=True, text=True, timeout=LIMIT_S,
                                  env={**os.environ, "DPO_STEP_MUTANT": str(number)})
        except subprocess.TimeoutExpired:
            return "time-out", cases, "unit tests"
        if done.returncode:
            return "caught", cases, "unit tests: " + " ".join(re.findall(r"^    ([\w:]+)$", done.stdout, re.M)[:3])
        for part in self.parts(cases):
            code, said = self.play(self.binary, number, part)
            if code is None:
                return "time-out", cases, f"{len(part)} cases in {LIMIT_S} s"
            new = faults(said) - self.usual(part)
            if code != 0 and (new or not faults(said)):
                return "caught", cases, (min(new) if new else said.strip())[:240]
        return "missed", cases, ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=pathlib.Path, help="a copy of the tree, whose files are changed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", type=int, default=0, dest="first", help="place of the first mutant in the drawn order")
    parser.add_argument("--to", type=int, default=100, dest="last", help="place behind the last one")
    parser.add_argument("--without", type=pathlib.Path, action="append", default=[], help="log of mutants that are not drawn")
    parser.add_argument("--minutes", type=float, default=600)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--flaky", type=int, default=0)
    parser.add_argument("--tests-only", action="store_true")
    parser.add_argument("--log", type=pathlib.Path, default=pathlib.Path("step-mutants.jsonl"))
    parser.add_argument("--mutants", default="cargo-mutants", help="the program")
    options = parser.parse_args()
    tree, end = options.tree.resolve(), time.monotonic() + 60 * options.minutes
    read = lambda log: [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    root = tree / "conformance/src/lib.rs"
    plain = root.read_text().split(place.SWITCH)[0]
    root.write_text(plain + place.SWITCH)
    kept = tree / "target/steps-as-they-are"
    if not kept.exists():
        shutil.copytree(tree / STEPS, kept)
    originals = {f"{STEPS}/{name}": file.read_text() for name, file in files(kept).items()}
    for name, text in originals.items():
        (tree / name).write_text(text)
    mutants = listed(tree, options.mutants)
    order = sorted(mutants)
    random.Random(options.seed).shuffle(order)
    before = {record["key"] for log in options.without for record in read(log)}
    chosen = {name: mutants[name] for name in [n for n in order if n not in before][options.first:options.last]}
    done = {record["key"] for record in read(options.log)}
    print(f"{len(mutants)} mutants, {len(chosen)} drawn, {len(done & set(chosen))} done", flush=True)

    started = time.monotonic()
    numbers, alone = place_all(tree, originals, chosen)
    errors, _ = ([], []) if options.tests_only else built(tree, BUILD)
    errors_of_tests, tests = built(tree, TEST)
    if errors or errors_of_tests:
        sys.exit(f"{errors} {errors_of_tests}")
    # A copy, which a build for one alone does not overwrite.
    binary, own_tests = tree / "target/debug/dpo-conformance.all", tree / "target/debug/dpo-conformance.all-tests"
    if not options.tests_only:
        shutil.copy(tree / BINARY, binary)
    shutil.copy(tests[-1], own_tests)
    print(f"{len(numbers)} behind switches, {len(alone)} alone, built in {time.monotonic() - started:.0f} s", flush=True)
    # Without cases the self-test plays nothing.
    used = {} if options.tests_only else uses(tree, str(binary))
    judge = Judge(tree, str(binary), str(own_tests), used)

    lock = threading.Lock()
    def keep(name, outcome, cases, seen, began):
        record = {"key": name, "name": chosen[name]["name"], "outcome": outcome, "seen": seen, "cases": cases,
                  "seconds": round(time.monotonic() - began, 1)}
        with lock, options.log.open("a") as log:
            log.write(json.dumps(record) + "\n")
        print(f"{outcome:<8} {record['seconds']:6.1f} s  {record['name']}  {seen}", flush=True)

    def where(name):
        function = (chosen[name].get("function") or {}).get("function_name", "").rsplit("::", 1)[-1]
        return chosen[name]["file"].removeprefix(f"{STEPS}/"), function

    def behind_switch(number):
        name, began = numbers[number], time.monotonic()
        if name not in done and began < end:
            outcome, cases, seen = judge(number, *where(name))
            keep(name, outcome, cases, seen, began)

    if options.flaky:
        asked = random.Random(options.seed).sample(sorted(numbers), min(options.flaky, len(numbers)))
        def without(number):
            outcome, _, seen = judge(0, *where(numbers[number]))
            print(f"without a mutant: {outcome} {seen}", flush=True)
            return outcome
        with ThreadPoolExecutor(options.jobs) as pool:
            outcomes = list(pool.map(without, asked))
        print(f"{sum(o != 'missed' for o in outcomes)} of {len(outcomes)} times something was found without a mutant")
        return
    with ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(behind_switch, sorted(numbers)))
    for name in alone:
        began = time.monotonic()
        if name in done or began > end:
            continue
        mutant = chosen[name]
        for other, text in originals.items():
            if (tree / other).read_text() != text:
                (tree / other).write_text(text)
        file = tree / mutant["file"]
        applied = subprocess.run(["patch", "-s", "--no-backup-if-mismatch", str(file)], input=mutant["diff"], text=True,
                                 capture_output=True)
        if applied.returncode:
            keep(name, "unpatched", [], applied.stdout, began)
            continue
        errors, _ = built(tree, [*BUILD[:1], "check", *BUILD[2:]])
        if errors:
            keep(name, "unviable", [], errors[0][0], began)
            continue
        if not options.tests_only:
            built(tree, BUILD)
        _, tests = built(tree, TEST)
        one = Judge(tree, str(tree / BINARY), tests[-1], judge.uses, str(binary))
        one.known = judge.known
        outcome, cases, seen = one(0, *where(name))
        keep(name, outcome, cases, seen, began)


if __name__ == "__main__":
    main()
