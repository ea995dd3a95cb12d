"""A table of an export to its sweeps: names, rows, numbers, impedance, in this order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from lipon_eis.readers import rows as row_reader
from lipon_eis.readers import sweeps
from lipon_eis.readers.columns import NAMES_WANTED, Columns, Convention
from lipon_eis.readers.format import File
from lipon_eis.readers.names import Quantity
from lipon_eis.readers.plausible import examine
from lipon_eis.readers.values import Complex, Values
from lipon_eis.spectrum import Floats

_STEADY = 5.0  # [K]: a temperature column that varies by more within a sweep has no one value


@dataclass(frozen=True)
class Sweep:
    """One spectrum of a table, in the order of the file.

    Attributes:
        frequency: [Hz], shape (n_points,).
        impedance: [Ω], shape (n_points,).
        sigma: Standard deviation of Re and of Im [Ω], shape (n_points,), where the table has one.
        meta: What the table says of this sweep alone.
        origin: Where each of ``meta`` was found.
        notes: What was done or left open, one sentence each.
    """

    frequency: Floats
    impedance: Complex
    sigma: Floats | None = None
    meta: dict[str, object] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@np.errstate(invalid="ignore", over="ignore", divide="ignore")  # NaN and infinity in a cell end as masked points
def read_table(
    file: File,
    columns: Columns,
    start: int,
    split: row_reader.Splitter,
    convention: Convention,
    ends: Callable[[str], bool] = lambda line: False,
) -> list[Sweep]:
    """Read the table whose rows begin at line index ``start``.

    Args:
        file: The file.
        columns: From the line of names.
        start: Index of the first line below names and units.
        split: Takes a line apart.
        convention: What the format settles where names do not.
        ends: Tells a line with which something else begins.

    Raises:
        UnreadableFile: Columns are missing or contradict each other, or a row cannot be read.
    """
    if not columns.complete:
        found = ", ".join(repr(name) for name in columns.names if name)
        raise file.refuse(f"expected {NAMES_WANTED}; found the columns {found}", columns.line)
    rows = row_reader.collect(file, start, split, len(columns.names), columns.needed, ends)
    if not rows.cells:
        raise file.refuse("the table has no row that can be read", columns.line)
    values = Values(file, columns, row_reader.columns(file, rows, columns.needed), rows.lines, convention)
    frequency = values.frequency()
    impedance, notes = values.impedance(frequency != 0)
    sigma, about_sigma = values.deviation(frequency != 0)
    notes += about_sigma
    parts = sweeps.split(frequency, values.first(Quantity.LOOP))
    if not parts:
        raise file.refuse("no impedance in this table: every frequency is 0 (cycling steps only)", columns.line)
    measured = np.concatenate(parts)
    notes += examine(values, frequency[measured], impedance[measured])
    made = []
    for k, part in enumerate(parts):
        meta, origin, unsteady = _particulars(values, part)
        # What was left out at the end of the file concerns the last sweep only.
        own = (*notes, *unsteady, *(rows.notes if k == len(parts) - 1 else ()))
        deviation = None if sigma is None else sigma[part]
        made.append(Sweep(frequency[part], impedance[part], deviation, meta, origin, own))
    return made


def _particulars(values: Values, part: sweeps.Indices) -> tuple[dict[str, object], dict[str, str], list[str]]:
    """Return what the columns of loop and temperature say of one sweep, where, and notes."""
    meta: dict[str, object] = {"lines": [values.lines[part[0]], values.lines[part[-1]]]}
    origin: dict[str, str] = {}
    notes: list[str] = []
    loop, kelvin = values.first(Quantity.LOOP), values.first(Quantity.TEMPERATURE)
    if loop is not None and np.isfinite(loop[part[0]]):
        name = values.columns.name(Quantity.LOOP)
        key = "cycle" if "cycle" in name.casefold() else "loop"
        meta[key], origin[key] = int(loop[part[0]]), f"column {name!r}"
    if kelvin is not None:
        name, own = values.columns.name(Quantity.TEMPERATURE), kelvin[part]
        if np.isfinite(own).all() and (own > 0).all() and np.ptp(own) <= _STEADY:
            meta["temperature_K"], origin["temperature_K"] = float(own.mean()), f"column {name!r}"
        else:
            notes.append(f"column {name!r} holds no steady temperature: not taken")
    return meta, origin, notes
