#!/usr/bin/env python3
"""Renders spec/specification as HTML and PDF, and checks the links of both. Called by spec/render."""

import argparse
import html.parser
import pathlib
import re
import shutil
import subprocess
import sys

SPEC = pathlib.Path("spec/specification")
REGISTERS = pathlib.Path("spec/registers")
ENTRY = re.compile(r"\[([^\]]+)\]\(([^)]+\.md)\)")
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")


def chapters() -> list[pathlib.Path]:
    """The chapters in the order of the summary."""
    files = [SPEC / name for _, name in ENTRY.findall((SPEC / "SUMMARY.md").read_text(encoding="utf-8"))]
    unlisted = {path for path in SPEC.glob("[0-9]*.md")} - set(files)
    if unlisted:
        sys.exit(f"{SPEC}/SUMMARY.md does not list {', '.join(sorted(path.name for path in unlisted))}")
    return files


def relink(text: str, change) -> str:
    """Markdown with each link changed by `change(target)`; `None` leaves the words alone."""

    def one(match: re.Match) -> str:
        mark, words, target = match.groups()
        new = target if re.match(r"[a-z]+:", target) else change(target)
        return words if new is None else f"{mark}[{words}]({new})"

    return LINK.sub(one, text)


def html_book(mdbook: str, out: pathlib.Path) -> pathlib.Path:
    """The book with the register maps in it; links that lead out of it become words."""
    book = out / "book"
    source = book / "specification"
    shutil.rmtree(book, ignore_errors=True)
    shutil.copytree(SPEC, source)
    for name in ("book.toml", "book.css"):
        shutil.copy(pathlib.Path("spec") / name, book / name)
    maps = sorted(REGISTERS.glob("*.md"))
    for path in [*source.glob("*.md"), *maps]:
        inside = path.parent == REGISTERS

        def change(target: str, inside=inside):
            if target.startswith("../registers/") and not inside:
                # mdBook makes an index.html of a README.
                return target.removeprefix("../").replace("README.md", "maps.md")
            return None if target.startswith("../") else target

        place = source / "registers" / path.name.replace("README", "maps") if inside else path
        place.parent.mkdir(exist_ok=True)
        place.write_text(relink(path.read_text(encoding="utf-8"), change), encoding="utf-8")
    summary = source / "SUMMARY.md"
    entries = "".join(f"  - [{path.stem}](registers/{path.name})\n" for path in maps if path.stem != "README")
    listed = summary.read_text(encoding="utf-8").replace(
        "- [Register Maps](20-register-maps.md)\n",
        f"- [Register Maps](20-register-maps.md)\n  - [All maps](registers/maps.md)\n{entries}",
    )
    summary.write_text(listed, encoding="utf-8")
    pages = (out / "html").resolve()
    shutil.rmtree(pages, ignore_errors=True)
    subprocess.run([mdbook, "build", str(book), "--dest-dir", str(pages)], check=True, capture_output=True)
    return pages


class Page(html.parser.HTMLParser):
    """The anchors and links of a page."""

    def __init__(self, text: str):
        super().__init__()
        self.anchors, self.links = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.anchors |= {found[key] for key in ("id", "name") if found.get(key)}
        self.links += [found[key] for key in ("href", "src") if found.get(key)]


def broken(pages: pathlib.Path) -> list[str]:
    """The links of the book that lead nowhere. Those of the theme to the web are not followed."""
    read = {path.resolve(): Page(path.read_text(encoding="utf-8")) for path in pages.rglob("*.html")}
    wrong = []
    for path, page in read.items():
        for link in page.links:
            if re.match(r"[a-z]+:|//", link):
                continue
            file, _, anchor = link.partition("#")
            place = (path.parent / file.partition("?")[0]).resolve() if file else path
            if path.name in ("404.html", "print.html", "toc.html"):
                continue
            if not place.exists():
                wrong.append(f"{path.relative_to(pages)}: {link}: no such file")
            elif anchor and place in read and anchor not in read[place].anchors:
                wrong.append(f"{path.relative_to(pages)}: {link}: no such heading")
    return wrong


def pdf(files: list[pathlib.Path], out: pathlib.Path) -> pathlib.Path:
    """One document of all chapters. WeasyPrint names each link without a target."""
    first = {}
    for path in files:
        heading = re.search(r"^# (.+)$", path.read_text(encoding="utf-8"), re.M)
        if not heading:
            sys.exit(f"{path}: has no heading")
        first[path.name] = re.sub(r"[^\w\- ]", "", heading.group(1).strip().lower()).replace(" ", "-")

    def change(target: str):
        file, _, anchor = target.partition("#")
        if file in first:
            return f"#{anchor or first[file]}"
        return None if target.startswith("../") else target

    texts = [relink(path.read_text(encoding="utf-8"), change) for path in files]
    # The title page says what the first heading does.
    title, _, texts[0] = texts[0].partition("\n")
    told = re.search(r"version ([\d.]+), draft of ([\d-]+)", texts[0])
    if not told:
        sys.exit(f"{files[0]}: says no version and date")
    whole = out / "specification.md"
    whole.write_text("\n\n".join(texts), encoding="utf-8")
    page = out / "specification.html"
    subprocess.run(
        ["pandoc", "--from", "gfm", "--to", "html5", "--standalone", "--toc", "--toc-depth", "2", "--metadata", "lang=en",
         "--metadata", f"title={title.removeprefix('# ')}", "--metadata", f"subtitle=Version {told[1]}, draft",
         "--metadata", "author=The contributors of the reference implementation", "--metadata", f"date={told[2]}",
         "--css", "pdf.css", "--output", str(page), str(whole)],
        check=True,
    )
    # Some tables have columns of fixed widths: long names would push the others together.
    text = page.read_text(encoding="utf-8")
    matrix = r"(?=\s*<thead>\s*<tr[^>]*>\s*<th[^>]*>ID</th>\s*<th[^>]*>Requirement</th>)"
    # pandoc leaves a head out whose cells are empty.
    for name, head in (("matrix", matrix), ("facts", r"(?=\s*<tbody>)")):
        text, marked = re.subn("<table>" + head, f'<table class="{name}">', text)
        if not marked:
            sys.exit(f"{page}: has no table of the kind `{name}`")
    page.write_text(text, encoding="utf-8")
    shutil.copy("spec/pdf.css", out / "pdf.css")
    shutil.copytree(SPEC / "figures", out / "figures", dirs_exist_ok=True)
    target = out / "specification.pdf"
    run = subprocess.run(["weasyprint", "--quiet", str(page), str(target)], capture_output=True, text=True)
    lost = [line for line in run.stderr.splitlines() if "No anchor" in line or "Failed to load" in line]
    if run.returncode or lost:
        sys.exit("\n".join(lost) or run.stderr)
    return target


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mdbook", required=True, help="the binary of mdBook")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder of what is rendered")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    files = chapters()
    pages = html_book(options.mdbook, options.out)
    wrong = broken(pages)
    if wrong:
        print("\n".join(wrong))
        return 1
    document = pdf(files, options.out)
    print(f"{len(files)} chapters: {options.out}/html/index.html, {document} ({document.stat().st_size // 1024} KiB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
