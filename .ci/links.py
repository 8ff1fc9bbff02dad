#!/usr/bin/env python3
"""Checks the links of every Markdown file: files exist, headings exist. Web addresses are not fetched."""

import pathlib
import re
import subprocess
import sys

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")


def anchors(text: str) -> set[str]:
    found = set()
    for line in text.splitlines():
        if match := re.match(r"#+\s+(.*)", line):
            title = re.sub(r"[`*\[\]]|\([^)]*\)", "", match.group(1)).strip().lower()
            found.add(re.sub(r"[^\w\- ]", "", title).replace(" ", "-"))
    return found


def main() -> int:
    files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.md"], capture_output=True, text=True, check=True)
    broken, seen = [], 0
    for name in files.stdout.split():
        path = pathlib.Path(name)
        text = path.read_text(encoding="utf-8")
        prose = re.sub(r"```.*?```", "", text, flags=re.S)
        for match in LINK.finditer(prose):
            target = match.group(1) or match.group(2)
            seen += 1
            if re.match(r"[a-z]+:", target):
                continue
            file, _, anchor = target.partition("#")
            place = (path.parent / file) if file else path
            if not place.exists():
                broken.append(f"{name}: {target}: no such file")
            elif anchor and place.suffix == ".md" and anchor not in anchors(place.read_text(encoding="utf-8")):
                broken.append(f"{name}: {target}: no such heading")
    print("\n".join(broken) if broken else f"{seen} links in {len(files.stdout.split())} files are good")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
