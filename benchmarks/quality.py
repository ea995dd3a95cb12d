"""The measured tables of docs/quality.md, written anew from benchmarks/results.

    python benchmarks/quality.py

Between ``<!-- table NAME.TABLE -->`` and ``<!-- end -->`` stands what benchmarks/results/NAME.json says, between
``<!-- measured -->`` and ``<!-- end -->`` when and where it was measured. A test keeps the page and the results
from drifting apart.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from record import RESULTS, markdown

PAGE = Path(__file__).parents[1] / "docs" / "quality.md"
BLOCK = re.compile(r"(<!-- (?P<what>table|measured) ?(?P<name>[\w.]*) -->\n).*?(<!-- end -->)", re.DOTALL)


@cache
def result(name: str) -> dict[str, Any]:
    """Return the document of one benchmark."""
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def table(name: str) -> str:
    """Return one table as Markdown, ``NAME.TABLE``."""
    benchmark, _, wanted = name.partition(".")
    (found,) = (t for t in result(benchmark)["tables"] if t["name"] == wanted)
    return markdown(found)


def measured() -> str:
    """Return when, with which settings and on which machine each benchmark was run."""
    made = [result(path.stem) for path in sorted(RESULTS.glob("*.json"))]
    lines = ["| benchmark | date | settings | machine |\n", "| --- | --- | --- | --- |\n"]
    for one in made:
        settings = ", ".join(f"{key} {value}" for key, value in one["settings"].items())
        machine = ", ".join(str(v) if k in ("processor", "blas") else f"{k} {v}" for k, v in one["machine"].items())
        lines.append(f"| {one['benchmark']} | {one['date']} | {settings} | {machine} |\n")
    return "".join(lines)


def with_figures(text: str) -> str:
    """Return a page with its tables as they were measured."""

    def filled(found: re.Match[str]) -> str:
        body = table(found["name"]) if found["what"] == "table" else measured()
        return f"{found[1]}\n{body}\n{found[4]}"

    return BLOCK.sub(filled, text)


if __name__ == "__main__":
    PAGE.write_text(with_figures(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
