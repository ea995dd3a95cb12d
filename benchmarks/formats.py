"""Real exports read: ours beside impedance.py's readers, both against what independent readers found in the files.

    python benchmarks/formats.py [--write]

Each file is read without being told anything. impedance.py is given the instrument that its user would name, and its
``readCSV`` where it has no reader of that name. The files are not part of the project: they are taken from the folder
named by LIPON_EIS_SHARED, else from ``shared`` beside the checkout. With ``--write``, docs/formats.md is written anew
from the results, too; a test keeps the two from drifting apart.
"""

from __future__ import annotations

import csv
import json
import os
import re
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from record import RESULTS, Column, Row, Table, finish, markdown, parser

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read
from lipon_eis.readers.registry import all_formats

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "formats.md"
REAL = Path(os.environ.get("LIPON_EIS_SHARED", ROOT.parent / "shared")) / "real_exports"
BLOCK = re.compile(r"(<!-- (?P<what>\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

EQUAL = 1e-6  # relative
LONGEST = 400  # characters of a docstring
Spectra = list[tuple[np.ndarray, np.ndarray]]

READ, REFUSED, FREE, LOST, WRONG = "read equal", "refused rightly", "either is right", "not read", "wrong"
OUTCOMES = (READ, REFUSED, FREE, LOST, WRONG)
INSTRUMENTS = {
    "gamry_dta": "gamry",
    "autolab_txt": "autolab",
    "biologic_mpt": "biologic",
    "parstat_txt": "parstat",
    "zplot_z": "zplot",
    "versastudio_par": "versastudio",
    "powersuite_txt": "powersuite",
    "chi_txt": "chinstruments",
}


def manifest() -> list[dict[str, str]]:
    with open(REAL / "manifest.csv", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def references(file: str) -> Spectra:
    """Return what independent readers found, by falling frequency; nothing where there is no reference."""
    path = REAL / "reference" / f"{file}.csv"
    points: dict[str, list[list[float]]] = {}
    if path.exists():
        with open(path, encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                numbers = [float(row[key]) for key in ("frequency_hz", "z_re_ohm", "z_im_ohm")]
                points.setdefault(row["spectrum"], []).append(numbers)
    return [_falling(*np.array(spectrum).T) for spectrum in points.values()]


def _falling(f: np.ndarray, re: np.ndarray, im: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(-f, kind="stable")
    return f[order], (re + 1j * im)[order]


def lipon_eis(row: dict[str, str]) -> Spectra | None:
    """Return the spectra that we read, or None for a refusal; any other error is a bug and is let through."""
    try:
        return [(s.frequency, s.impedance) for s in read(REAL / row["file"])]
    except UnreadableFile:
        return None


def impedance_py(row: dict[str, str]) -> Spectra | None:
    """Return what impedance.py makes of a file: one spectrum, or None where it raises whatever it raises."""
    from impedance.preprocessing import readFile

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            f, z = readFile(str(REAL / row["file"]), INSTRUMENTS.get(row["format"]))
            return [_falling(np.asarray(f, float), np.real(z), np.imag(z))]
    except Exception:  # it has no errors of its own
        return None


def same(one: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]) -> bool:
    (f, z), (g, y) = one, other
    if f.shape != g.shape or f.shape != z.shape:
        return False
    return bool(np.allclose(f, g, rtol=EQUAL, atol=0) and (np.abs(z - y) <= EQUAL * np.abs(y)).all())


def outcome(found: Spectra | None, row: dict[str, str], wanted: Spectra) -> str:
    """Judge what a reader made of a file."""
    marks = row["oddities"]
    if "FREE" in marks:
        return FREE
    if "NEGATIVE" in marks or "AMBIGUOUS" in marks:
        return REFUSED if found is None else WRONG
    if found is None:
        return LOST
    if "SUBSET" in marks:
        return READ if all(any(same(got, want) for got in found) for want in wanted) else WRONG
    equal = len(found) == len(wanted) and all(map(same, found, wanted))
    return READ if equal else WRONG


def _impedance_is_there() -> bool:
    try:
        import impedance.preprocessing  # noqa: F401
    except Exception:  # whatever an import raises
        return False
    return True


def judged() -> list[Row]:
    """Return a row for each file: its folder, whether its numbers were simulated, and the outcomes."""
    readers: dict[str, Callable[[dict[str, str]], Spectra | None]] = {"ours": lipon_eis}
    if _impedance_is_there():
        readers["impedance.py"] = impedance_py
    rows = []
    for row in manifest():
        wanted = references(row["file"])
        judged: Row = {"file": row["file"], "folder": row["format"], "simulated": "SYNTHETIC" in row["oddities"]}
        judged |= {name: outcome(reader(row), row, wanted) for name, reader in readers.items()}
        rows.append(judged | {"format": _format_of(row)})
    return rows


def _format_of(row: dict[str, str]) -> str | None:
    try:
        return str(read(REAL / row["file"])[0].meta["format"])
    except UnreadableFile:
        return None


def by_folder(files: Sequence[Row]) -> list[Row]:
    """Count the outcomes of each kind of file, and of all."""
    folders = sorted({row["folder"] for row in files})
    groups = [(name, [row for row in files if row["folder"] == name]) for name in folders]
    rows: list[Row] = []
    for name, group in [*groups, ("all", list(files))]:
        row: Row = {"folder": name, "files": len(group)}
        for reader in ("ours", "impedance.py"):
            counted = Counter(one[reader] for one in group if reader in one)
            # A dash where nothing came of it, but the sum says so in figures.
            row |= {
                f"{reader}: {what}": counted[what] or (0 if name == "all" and counted else None) for what in OUTCOMES
            }
        rows.append(row)
    return rows


def known_formats(files: Sequence[Row]) -> list[Row]:
    """Return a row for each format that there is a reader of, with what it was tried on."""
    rows: list[Row] = []
    for known in all_formats():
        those = [row for row in files if row["format"] == known.name]
        simulated = sum(row["simulated"] for row in those)
        rows.append(
            {
                "name": known.name,
                "title": known.title,
                "suffixes": ", ".join(known.suffixes) or None,
                "real": len(those) - simulated or None,
                "simulated": simulated or None,
                "about": _about(sys.modules[known.read.__module__].__doc__ or ""),
            }
        )
    return rows


def _about(docstring: str) -> str:
    """Return the first line of a module's docstring and, where it is plain text, the beginning of what follows."""
    title, *more = (" ".join(part.split()) for part in docstring.replace("``", "`").split("\n\n"))
    sentences = re.split(r"(?<=[.;])\s+(?=[A-Z])", more[0]) if more and ":" not in more[0][-2:] else []
    while sentences and (len(" ".join(sentences)) > LONGEST or not sentences[-1].endswith((".", ";"))):
        sentences.pop()
    return " ".join([title, *sentences])


def tables(files: Sequence[Row]) -> list[Table]:
    columns = [Column("folder", "kind"), Column("files", "files")]
    for reader, heading in (("ours", "lipon_eis"), ("impedance.py", "impedance.py")):
        columns += [Column(f"{reader}: {what}", f"{heading}: {what}") for what in OUTCOMES if what != FREE]
    formats = [
        Column("name", "`--format`"),
        Column("title", "format"),
        Column("suffixes", "suffixes of its own"),
        Column("real", "real files read"),
        Column("simulated", "files with simulated numbers read"),
    ]
    of_files = [Column(key, key) for key in ("file", "format", "ours", "impedance.py")]
    return [
        Table("read", "What became of real files", columns, by_folder(files)),
        Table("formats", "Formats", formats, known_formats(files)),
        Table("files", "Each file", of_files, list(files)),
    ]


def paragraphs(rows: Sequence[Row]) -> str:
    """Return one paragraph a format."""
    made = []
    for row in rows:
        suffixes = f" The suffix {row['suffixes'].replace(', ', ' or ')} is its own." if row["suffixes"] else ""
        made.append(f"**{row['title']}** (`{row['name']}`): {row['about']}{suffixes} {_tried(row)}\n")
    return "\n".join(made)


def _tried(row: Row) -> str:
    real, simulated = row["real"] or 0, row["simulated"] or 0
    if real:
        return f"Tried on {real} real file{'s' * (real > 1)}."
    if simulated:
        return "No real file was at hand; tried on one with simulated numbers in the instrument's layout."
    return "Built from the published layout; no real file was at hand."


def with_results(text: str, made: dict[str, Any]) -> str:
    """Return the page with what a run found: the tables, one paragraph a format, when it was measured."""
    found = {table["name"]: table for table in made["tables"]}
    versions = ", ".join(f"{name} {made['machine'][name]}" for name in ("lipon-eis", "impedance", "numpy", "python"))
    blocks = {
        "read": markdown(found["read"]),
        "formats": markdown(found["formats"]),
        "each": paragraphs(found["formats"]["rows"]),
        "measured": f"Measured {made['date']} with {versions}.\n",
    }
    return BLOCK.sub(lambda block: f"{block[1]}\n{blocks[block['what']]}\n{block[3]}", text)


def main() -> None:
    options = parser(__doc__).parse_args()
    if not (REAL / "manifest.csv").exists():
        raise SystemExit(f"no real files: {REAL.name} is not in the folder that LIPON_EIS_SHARED names")
    finish("formats", __doc__, options, tables(judged()))
    if options.write == RESULTS:
        made = json.loads((RESULTS / "formats.json").read_text(encoding="utf-8"))
        PAGE.write_text(with_results(PAGE.read_text(encoding="utf-8"), made), encoding="utf-8")


if __name__ == "__main__":
    main()
