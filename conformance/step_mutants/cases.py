"""Which cases use which function of the step library."""

import json
import re
import subprocess

STEPS = "conformance/src/steps"
ATTRIBUTE = re.compile(r'#\[(?:given|when|then)\(\s*(?:regex = )?(r?)(#*)"((?:[^"\\]|\\.|"(?!\2))*?)"\2\s*\)\]')
FUNCTION = re.compile(r"^ *(pub(?:\([a-z ]+\))? )?(?:const )?(?:async )?fn ([a-z_0-9]+)", re.M)


def files(steps):
    """The files of the step library in a folder, without tests, each with its path below it."""
    found = [(file.relative_to(steps).as_posix(), file) for file in sorted(steps.rglob("*.rs"))]
    return {name: file for name, file in found if not name.startswith("tests")}


def functions(text):
    """Name, whether others may call it, patterns of its steps, and body of each function of a file."""
    found = []
    marks = list(FUNCTION.finditer(text))
    for nth, mark in enumerate(marks):
        head = text[marks[nth - 1].end() if nth else 0:mark.start()]
        # Attributes directly above, behind the end of the function before.
        head = head[head.rfind("\n}\n") + 1:]
        patterns = [m[3] if m[1] else f"^{re.escape(m[3])}$" for m in ATTRIBUTE.finditer(head)]
        end = marks[nth + 1].start() if nth + 1 < len(marks) else len(text)
        found.append((mark[2], mark[1] is not None, patterns, text[mark.start():end]))
    return found


def uses(tree, binary):
    """The ids of the cases that each function of the steps is used by, directly or by those that call it."""
    listed = json.loads(subprocess.run([binary, "list", "--json"], capture_output=True, text=True, check=True).stdout)
    steps = [(case["id"], step.split(" ", 1)[1]) for case in listed for step in case["procedure"]]
    found, bodies, public = {}, {}, set()
    for file_name, file in files(tree / STEPS).items():
        for name, may, patterns, body in functions(file.read_text().split("#[cfg(test)]")[0]):
            key = (file_name, name)
            bodies[key] = bodies.get(key, "") + body
            own = {case for case, step in steps for p in patterns if re.search(p, step)}
            found[key] = found.get(key, set()) | own
            public |= {key} if may else set()
    def calls(other, key):
        (there, _), (here, name) = other, key
        # A private function of another file is not meant, nor one that this file has itself.
        # What a module shares with its folder (`dpo/`) may be private.
        folder = here.endswith("/mod.rs") and there.startswith(here[:-len("mod.rs")])
        near = there == here or (key in public or folder) and (there, name) not in bodies
        return other != key and near and re.search(rf"\b{name}\b", bodies[other])
    callers = {key: [other for other in bodies if calls(other, key)] for key in bodies}
    changed = True
    while changed:
        changed = False
        for key, others in callers.items():
            more = set().union(*(found[other] for other in others)) - found[key]
            found[key] |= more
            changed |= bool(more)
    return found
