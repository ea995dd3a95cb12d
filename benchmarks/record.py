"""What a benchmark measured, as Markdown for people and JSON for machines, with where and when."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("lipon-eis", "numpy", "scipy", "impedance")
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Environment of a process that shall compute on one thread."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """One column: the key of its values in a row, its heading, and how a value is shown (``str.format``)."""

    key: str
    heading: str
    form: str = "{}"


@dataclass(frozen=True)
class Table:
    """One table; rows may hold more than its columns show, for whoever reads the JSON."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]


def shown(value: Any, form: str = "{}") -> str:
    """Return a value as it stands in a table: what is not known is a dash, a goal is met or it is not."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return "–"
    if isinstance(value, bool):
        return "met" if value else "**missed**"
    return form.format(value)


def markdown(table: Mapping[str, Any]) -> str:
    """Return a table of a JSON document as Markdown."""
    columns = table["columns"]
    aligned = [
        "---:" if any(isinstance(row.get(c["key"]), int | float) for row in table["rows"]) else "---" for c in columns
    ]
    lines = [[c["heading"] for c in columns], aligned]
    lines += [[shown(row.get(c["key"]), c["form"]) for c in columns] for row in table["rows"]]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def machine() -> dict[str, Any]:
    """Return what the figures depend on besides the code."""
    model = platform.processor()
    if (listing := Path("/proc/cpuinfo")).exists():
        names = [line.partition(":")[2].strip() for line in listing.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
        "blas": f"{blas['name']} {blas['version']}",
        **{name: os.environ[name] for name in ("OPENBLAS_CORETYPE",) if name in os.environ},
    }


def document(benchmark: str, about: str, settings: Mapping[str, Any], tables: Sequence[Table]) -> dict[str, Any]:
    """Return everything that was measured as plain values."""
    made: dict[str, Any] = {
        "benchmark": benchmark,
        "about": about,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "settings": dict(settings),
        "tables": [asdict(table) for table in tables],
    }
    plain: dict[str, Any] = json.loads(json.dumps(made, default=_plain))
    return plain


def page(made: Mapping[str, Any]) -> str:
    """Return a document as one page of Markdown."""
    settings = ", ".join(f"{name} {value}" for name, value in made["settings"].items())
    where = ", ".join(f"{name} {value}" for name, value in made["machine"].items())
    parts = [f"# {made['benchmark']}\n\n{made['about']}\n\n{made['date']}; {settings}; {where}\n"]
    parts += [f"\n## {table['title']}\n\n{markdown(table)}" for table in made["tables"]]
    return "".join(parts)


def parser(about: str, *, seed: int = 1, **counts: tuple[int, str]) -> argparse.ArgumentParser:
    """Return a parser of the options that benchmarks share, and of numbers that are a benchmark's own.

    Args:
        about: The module's docstring.
        seed: Default of the seed.
        counts: Name of an option → (its default, what it is).
    """
    made = argparse.ArgumentParser(description=about.partition("\n")[0])
    for name, (default, what) in counts.items():
        made.add_argument(f"--{name}", type=int, default=default, help=f"{what} ({default})")
    made.add_argument("--seed", type=int, default=seed, help=f"any will do ({seed})")
    made.add_argument("--write", nargs="?", type=Path, const=RESULTS, metavar="FOLDER", help="keep the tables there")
    return made


def finish(benchmark: str, about: str, options: argparse.Namespace, tables: Sequence[Table]) -> None:
    """Print the tables, and write them where that was asked for."""
    settings = {name: value for name, value in vars(options).items() if name != "write"}
    made = document(benchmark, about.partition("\n")[0], settings, tables)
    text = page(made)
    print(text)
    if options.write:
        options.write.mkdir(parents=True, exist_ok=True)
        listing = json.dumps(made, ensure_ascii=False, indent=1, allow_nan=False)
        (options.write / f"{benchmark}.json").write_text(listing + "\n", encoding="utf-8")
        (options.write / f"{benchmark}.md").write_text(text, encoding="utf-8")


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    return str(value)
