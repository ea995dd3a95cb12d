"""Real exports of many instruments, each fitted with the circuit that ``auto`` chooses.

    python benchmarks/real.py [--write]

The files are not part of the project: they are taken from the folder named by LIPON_EIS_SHARED, else from ``shared``
beside the checkout. Most are batteries, fuel cells and test circuits, for which our circuits were not made: a high
χ² there is the honest answer, and the verdict has to say so.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
from record import Column, Row, Table, finish, parser

import lipon_eis as le

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("LIPON_EIS_SHARED", ROOT.parent / "shared"))
REAL = SHARED / "real_exports"
WORST = 10


def fitted(spectrum: le.Spectrum, name: str) -> Row:
    """Fit one spectrum and sum up."""
    row: Row = {"file": name, "spectrum": spectrum.meta.get("spectrum", 0), "format": spectrum.meta.get("format", "")}
    row["points"] = int(spectrum.used.sum())
    began = time.process_time()
    try:
        result = le.fit(spectrum)
    except le.CannotFit as error:
        return row | {"verdict": "not fitted", "why": str(error), "ms": 1e3 * (time.process_time() - began)}
    fit = result.fit
    return row | {
        "circuit": fit.circuit.text,
        "chi2": fit.chi2_reduced,
        "rms": float(np.sqrt(fit.relative_chi2 / (2 * fit.n_used))),
        "verdict": result.verdict,
        "why": ", ".join(dict.fromkeys(r.code for r in result.reasons if r.level != "note")),
        "agreeing": f"{fit.starts_agreeing}/{fit.starts}",
        "ms": 1e3 * (time.process_time() - began),
    }


def by_format(rows: list[Row]) -> list[Row]:
    sums = []
    for name in sorted({row["format"] for row in rows}):
        those = [row for row in rows if row["format"] == name]
        verdicts = Counter(row["verdict"] for row in those)
        misfits = [row["rms"] for row in those if "rms" in row]
        sums.append(
            {
                "format": name,
                "files": len({row["file"] for row in those}),
                "spectra": len(those),
                **{verdict: verdicts[verdict] for verdict in ("pass", "check", "fail", "not fitted")},
                "rms": float(np.median(misfits)) if misfits else None,
                "ms": float(np.median([row["ms"] for row in those])),
            }
        )
    return sums


def main() -> None:
    options = parser(__doc__).parse_args()
    if not REAL.is_dir():
        print(f"no real files: {REAL} is not there; set LIPON_EIS_SHARED", file=sys.stderr)
        return
    files = sorted(path for folder in REAL.iterdir() if folder.name != "reference" for path in folder.glob("*"))
    spectra, failures = le.read_many([path for path in files if path.is_file()])
    le.fit(spectra[0])  # imports are not what is timed
    rows = [fitted(s, Path(str(s.meta["source"])).relative_to(REAL).as_posix()) for s in spectra]
    rows.sort(key=lambda row: -row.get("rms", np.inf))
    columns = [
        Column("file", "file"),
        Column("spectrum", "spectrum"),
        Column("points", "points"),
        Column("circuit", "circuit"),
        Column("chi2", "χ² reduced", "{:.2e}"),
        Column("rms", "rms of Z", "{:.2%}"),
        Column("verdict", "verdict"),
        Column("why", "why"),
        Column("agreeing", "runs that agreed"),
        Column("ms", "CPU [ms]", "{:.0f}"),
    ]
    summary = [
        Column("format", "format"),
        Column("files", "files"),
        Column("spectra", "spectra"),
        *(Column(verdict, verdict) for verdict in ("pass", "check", "fail", "not fitted")),
        Column("rms", "median rms of Z", "{:.2%}"),
        Column("ms", "median CPU [ms]", "{:.0f}"),
    ]
    # Where the folder lies is nobody's business: messages name a file as the tables do.
    refused = [
        {
            "file": Path(f.source).relative_to(REAL).as_posix(),
            "error": f.error,
            "message": f.message.replace(f"{REAL.as_posix()}/", ""),
        }
        for f in failures
    ]
    tables = [
        Table("formats", "By format", summary, by_format(rows)),
        Table("worst", f"The {WORST} fits that miss most", columns, rows[:WORST]),
        Table("all", "All, the worst first", columns, rows),
        Table("refused", "Not read", [Column("file", "file"), Column("error", "error")], refused),
    ]
    finish("real", __doc__, options, tables)


if __name__ == "__main__":
    main()
