"""Puts many mutants of a file into it at once, each behind a switch that is read when the program starts.

One build then serves all of them. A mutant of cargo-mutants is a span and a replacement; what is around it, and so what
is written twice, tree-sitter says. The mutated text stands between `/*<ID*/` and `/*ID>*/`, by which an error of the
compiler is told to belong to it.
"""

import re
from dataclasses import dataclass, field

import tree_sitter
import tree_sitter_rust

LANGUAGE = tree_sitter.Language(tree_sitter_rust.language())
# Written into the root of the crate.
SWITCH = '''
/// Whether the mutant of a step with this number is switched on.
pub(crate) fn step_mutant(id: u32) -> bool {
    static ON: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    let read = || std::env::var("DPO_STEP_MUTANT").ok().and_then(|id| id.parse().ok()).unwrap_or(0);
    *ON.get_or_init(read) == id
}
'''
# What a mutated operator is part of.
EXPRESSIONS = {"binary_expression", "compound_assignment_expr", "unary_expression"}


@dataclass
class Edit:
    """What is put in the place of a node."""

    start: int
    end: int
    # Numbers and mutated texts of an expression that is written twice.
    twice: list = field(default_factory=list)
    # For a match arm: numbers that delete it, that make its guard true, and false; where its guard is, if it has one.
    arm: list = field(default_factory=list)
    true: list = field(default_factory=list)
    false: list = field(default_factory=list)
    guard: tuple | None = None
    # For a body: numbers and results.
    results: list = field(default_factory=list)


def on(number):
    return f"crate::step_mutant({number})"


def marked(number, text):
    return f"/*<{number}*/{text}/*{number}>*/"


class File:
    """A file with mutants in it."""

    def __init__(self, text):
        self.text = text.encode()
        self.root = tree_sitter.Parser(LANGUAGE).parse(self.text).root_node
        self.lines = [0]
        for line in self.text.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))
        self.edits = {}

    def offset(self, place):
        """The byte of a line and a column, both from 1; columns count characters."""
        start = self.lines[place["line"] - 1]
        return start + len(self.text[start:].split(b"\n", 1)[0].decode()[:place["column"] - 1].encode())

    def slice(self, start, end):
        return self.text[start:end].decode()

    def edit(self, start, end):
        return self.edits.setdefault((start, end), Edit(start, end))

    def add(self, number, mutant):
        """Takes a mutant in. False if there is no way to write it behind a switch."""
        start, end = self.offset(mutant["span"]["start"]), self.offset(mutant["span"]["end"])
        node = self.root.named_descendant_for_byte_range(start, end)
        around = node
        while around is not None:
            # A constant cannot ask for a switch.
            if around.type in ("const_item", "static_item"):
                return False
            around = around.parent
        genre, text = mutant["genre"], mutant["replacement"]
        if genre == "FnValue":
            while node is not None and node.type != "block":
                node = node.parent
            if node is None:
                return False
            self.edit(node.start_byte, node.end_byte).results.append((number, text))
            return True
        if genre in ("MatchArm", "MatchArmGuard"):
            while node is not None and node.type != "match_arm":
                node = node.parent
            pattern = node and node.child_by_field_name("pattern")
            if pattern is None:
                return False
            guard = pattern.child_by_field_name("condition")
            edit = self.edit(pattern.start_byte, pattern.end_byte)
            edit.guard = guard and (guard.start_byte, guard.end_byte)
            if genre == "MatchArm":
                edit.arm.append(number)
                return True
            if guard is None or re.search(r"\blet\b", self.slice(*edit.guard)):
                return False
            (edit.true if text == "true" else edit.false).append(number)
            return True
        wanted = {"struct_expression"} if genre == "StructField" else EXPRESSIONS
        node = self.root.descendant_for_byte_range(start, end)
        if genre != "StructField" and (node.parent is None or node.parent.type not in EXPRESSIONS):
            return False
        while node is not None and node.type not in wanted:
            node = node.parent
        if node is None:
            return False
        if genre == "StructField" and self.text[end:end + 1] == b",":
            end += 1
        mutated = self.slice(node.start_byte, start) + text + self.slice(end, node.end_byte)
        self.edit(node.start_byte, node.end_byte).twice.append((number, mutated))
        return True

    def written(self):
        """The file with all that was taken in."""
        return self.range(0, len(self.text), None)

    def range(self, start, end, within):
        out, at = [], start
        inside = [e for e in self.edits.values() if start <= e.start and e.end <= end and e is not within]
        # The widest first; what lies in one is written by it.
        for edit in sorted(inside, key=lambda e: (e.start, -e.end)):
            if edit.start < at:
                continue
            out.append(self.slice(at, edit.start))
            out.append(self.place(edit))
            at = edit.end
        out.append(self.slice(at, end))
        return "".join(out)

    def place(self, edit):
        if edit.results:
            returns = "".join(f" if {on(n)} {{ return {marked(n, text)}; }}" for n, text in edit.results)
            return "{" + returns + self.range(edit.start, edit.end, edit)[1:]
        if edit.twice:
            text = self.range(edit.start, edit.end, edit)
            for number, mutated in edit.twice:
                text = f"(if {on(number)} {{ {marked(number, mutated)} }} else {{ {text} }})"
            return text
        parts = [marked(n, f"!{on(n)}") for n in edit.arm]
        if edit.guard is None:
            return f"{self.range(edit.start, edit.end, edit)} if {' && '.join(parts)}"
        guard = self.range(*edit.guard, edit)
        if edit.true or edit.false:
            guard = " && ".join([marked(n, f"!{on(n)}") for n in edit.false] + [f"({guard})"])
            guard = "(" + " || ".join([marked(n, on(n)) for n in edit.true] + [guard]) + ")"
        elif not re.search(r"\blet\b", guard):
            guard = f"({guard})"
        head = self.range(edit.start, edit.guard[0], edit)
        return head + " && ".join(parts + [guard])


def owners(text, start, end):
    """Numbers of the mutants that the bytes of a written file lie in."""
    marks = [(int(m[1]), m.end()) for m in re.finditer(rb"/\*<(\d+)\*/", text)]
    within = [int(number) for number in re.findall(rb"step_mutant\((\d+)\)", text[start:end])]
    for number, begin in marks:
        stop = text.find(f"/*{number}>*/".encode(), begin)
        if begin <= start and end <= stop or start <= begin and stop <= end:
            within.append(number)
    return within
