"""results.csv: one row a spectrum, SI or named units in the header, full precision.

Columns of roles and derived quantities are those that occur somewhere in the document, so that a
folder of blocking films has no empty columns of charge transfer.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lipon_eis.report.document import Document, by_role, entries, reduced_chi2, role_order
from lipon_eis.report.whole_file import write_whole

FIXED = (
    "source",
    "spectrum",
    "label",
    "temperature_K",
    "thickness_m",
    "area_m2",
    "circuit",
    "verdict",
    "reasons",
    "n_points",
    "chi2_reduced",
)
UNIT_SUFFIX = {
    "S/cm": "_S_per_cm",
    "ohm cm2": "_ohm_cm2",
    "F/cm2": "_F_per_cm2",
    "cm2/s": "_cm2_per_s",
    "ohm s^-1/2": "_ohm_per_sqrt_s",
    "F": "_F",
    "Hz": "_Hz",
    "s": "_s",
}
#: First characters that make a spreadsheet run a cell, the full-width forms included.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def results_rows(document: Document) -> list[dict[str, Any]]:
    """Return the rows of ``results.csv``.

    Args:
        document: As in ``results.json``.

    Returns:
        One dict a spectrum, all with the same keys in the same order; None where a value is not known.
    """
    rows = [_row(entry) for entry in entries(document)]
    columns = list(FIXED) + _role_columns(document) + _derived_columns(document)
    return [{column: row.get(column) for column in columns} for row in rows]


def write_csv(document: Document, path: str | Path) -> Path:
    """Write ``results.csv``, whole or not at all; UTF-8, comma, one header line.

    A text cell that a spreadsheet would run as a formula gets an apostrophe in front; numbers are
    written with all their digits, and what is not known is an empty cell.
    """
    rows = results_rows(document)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0] if rows else FIXED)
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return write_whole(path, text.getvalue().encode("utf-8", errors="backslashreplace"))


def _row(entry: Mapping[str, Any]) -> dict[str, Any]:
    sample, circuit = entry.get("sample") or {}, entry.get("circuit") or {}
    row: dict[str, Any] = {
        "source": entry.get("source"),
        "spectrum": entry.get("spectrum"),
        "label": entry.get("label"),
        "temperature_K": sample.get("temperature_K"),
        "thickness_m": sample.get("thickness_m"),
        "area_m2": sample.get("area_m2"),
        "circuit": circuit.get("name") or circuit.get("text"),
        "verdict": entry.get("verdict"),
        "reasons": ";".join(reason["code"] for reason in entry.get("reasons") or []),
        "n_points": entry.get("n_points"),
        "chi2_reduced": reduced_chi2(entry),
    }
    for role, parameter in by_role(entry):
        row |= zip(_role_names(role), _numbers(parameter), strict=True)
    for quantity in entry.get("derived") or []:
        row |= zip(_derived_names(quantity["name"], quantity["unit"]), _numbers(quantity), strict=True)
    return row


def _numbers(quantity: Mapping[str, Any]) -> tuple[Any, Any, Any, Any]:
    lower, upper = quantity.get("interval") or (None, None)
    return quantity.get("value"), quantity.get("stderr"), lower, upper


def _role_names(role: str) -> list[str]:
    return [f"{role}_resistance{part}_ohm" for part in ("", "_stderr", "_lower", "_upper")]


def _derived_names(name: str, unit: str) -> list[str]:
    suffix = UNIT_SUFFIX.get(unit, "_" + unit.replace("/", "_per_").replace(" ", "_") if unit else "")
    return [f"{name}{part}{suffix}" for part in ("", "_stderr", "_lower", "_upper")]


def _role_columns(document: Document) -> list[str]:
    roles = {role for entry in entries(document) for role, _ in by_role(entry)}
    return [name for role in sorted(roles, key=role_order) for name in _role_names(role)]


def _derived_columns(document: Document) -> list[str]:
    known = {(q["name"], q["unit"]): None for entry in entries(document) for q in entry.get("derived") or []}
    return [column for name, unit in known for column in _derived_names(name, unit)]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value)
    text = str(value)
    return "'" + text if isinstance(value, str) and text.startswith(FORMULA) else text
