"""A table of an export to its sweeps: names, rows, numbers, impedance, in this order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from lipon_eis.readers import hints, order, slopes, sweeps
from lipon_eis.readers import rows as row_reader
from lipon_eis.readers.columns import NAMES_WANTED, Columns, Convention
from lipon_eis.readers.format import File
from lipon_eis.readers.names import Quantity
from lipon_eis.readers.ordinary import one_sweep
from lipon_eis.readers.plausible import examine
from lipon_eis.readers.values import Complex, Values
from lipon_eis.spectrum import Floats

_STEADY = 5.0  # [K]: a temperature column that varies by more within a sweep has no one value
_HOTTEST = 1500.0  # [K]: what an input without a sensor reads may be more


@dataclass(eq=False, slots=True)
class Sweep:
    """One spectrum of a table, in the order of the file.

    Attributes:
        frequency: [Hz], shape (n_points,).
        impedance: [Ω], shape (n_points,).
        sigma: Standard deviation of Re and of Im [Ω], shape (n_points,), where the table has one.
        meta: What the table says of this sweep alone.
        origin: Where each of ``meta`` was found.
        notes: What was done or left open, one sentence each.
        ordinary: The frequency runs one way and every point is usable.
    """

    frequency: Floats
    impedance: Complex
    sigma: Floats | None = None
    meta: dict[str, object] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    ordinary: bool = False


def read_table(
    file: File,
    columns: Columns,
    start: int,
    split: row_reader.Splitter,
    convention: Convention,
    ends: Callable[[str], object] = row_reader.no_end,
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
        below = split(file.text.lines[start - 1]) if start > columns.line else []
        why = hints.about([*columns.names, *below])
        raise file.refuse(f"expected {NAMES_WANTED}; found the columns {found}{why}", columns.line)
    rows = row_reader.read(file, start, split, len(columns.names), columns.needed, ends)
    if not rows.lines:
        raise file.refuse("the table has no row that can be read", columns.line)
    return sweeps_of(Values(file, columns, rows.data, rows.lines, convention), rows.notes)


def sweeps_of(values: Values, at_end: Sequence[str] = ()) -> list[Sweep]:
    """Split the numbers of a table, wherever they came from, into its sweeps.

    Args:
        values: The numbers; their columns must be complete.
        at_end: Notes on what is missing at the end of the file; they go to the last sweep.

    Raises:
        UnreadableFile: Columns contradict each other, or no row has a frequency.
    """
    if ordinary := one_sweep(values):
        if not values.columns.has_particulars:
            return [Sweep(*ordinary, None, _lines(values, 0, -1), {}, tuple(at_end), ordinary=True)]
        meta, origin, unsteady = _particulars(values, range(ordinary[0].size))
        return [Sweep(*ordinary, None, meta, origin, (*unsteady, *at_end), ordinary=True)]
    return _examined(values, at_end)


@np.errstate(invalid="ignore", over="ignore", divide="ignore")  # NaN and infinity in a cell end as masked points
def _examined(values: Values, at_end: Sequence[str]) -> list[Sweep]:
    values = order.by_temperature(values)
    frequency = values.frequency()
    order.refuse_negative(values, frequency)
    used = frequency != 0
    impedance, notes = values.impedance(used)
    sigma, about_sigma = values.deviation(used)
    notes += about_sigma
    parts = sweeps.split(frequency, values.first(Quantity.LOOP))
    if not parts:
        problem = "no impedance in this table: every frequency is 0 (cycling steps only)"
        raise values.file.refuse(problem, values.columns.line)
    one = parts[0].size == frequency.size  # as most often: then nothing is to be picked out
    order.refuse_unless_sweeps(values, frequency, impedance, parts)
    slopes.refuse_radians(values, frequency, impedance, parts)
    notes += examine(values, frequency, impedance, parts)
    made = []
    for k, part in enumerate(parts):
        meta, origin, unsteady = _particulars(values, part)
        unordered = order.about_order(values, frequency, part)
        own = (*notes, *unsteady, *unordered, *(at_end if k == len(parts) - 1 else ()))
        rows = slice(None) if one else part
        deviation = None if sigma is None else sigma[rows]
        made.append(Sweep(frequency[rows], impedance[rows], deviation, meta, origin, own))
    return made


def _lines(values: Values, first: int, last: int) -> dict[str, object]:
    lines = values.lines
    return {"lines": [lines[first], lines[last]]} if lines else {}


def _particulars(values: Values, part: sweeps.Indices | range) -> tuple[dict[str, object], dict[str, str], list[str]]:
    """Return what the columns of loop and temperature say of one sweep, where, and notes."""
    meta = _lines(values, part[0], part[-1])
    if not values.columns.has_particulars:
        return meta, {}, []
    origin: dict[str, str] = {}
    loop = values.first(Quantity.LOOP)
    if loop is not None and np.isfinite(loop[part[0]]):
        name = values.columns.name(Quantity.LOOP)
        key = "cycle" if "cycle" in name.casefold() else "loop"
        meta[key], origin[key] = int(loop[part[0]]), f"column {name!r}"
    kelvin, name, notes = _temperature(values, part)
    if kelvin is not None:
        meta["temperature_K"], origin["temperature_K"] = kelvin, f"column {name!r}"
    return meta, origin, notes


def _temperature(values: Values, part: sweeps.Indices | range) -> tuple[float | None, str, list[str]]:
    """Return the temperature of one sweep [K], the column it is from, and notes; several columns must agree."""
    steady: list[tuple[float, str]] = []
    notes: list[str] = []
    for index, means in values.columns.found.get(Quantity.TEMPERATURE, []):
        name, own = values.columns.names[index], values.data[index][part] * means.scale + means.offset
        if np.isnan(own).all():
            continue  # no thermometer was connected
        if (impossible := own[own <= 0]).size:
            what = f"says {impossible.min():.0f} K, not above absolute zero"
            notes.append(f"column {name!r} {what}, as an input without a sensor does: not taken")
        elif not np.isfinite(own).all() or np.ptp(own) > _STEADY:
            notes.append(f"column {name!r} holds no steady temperature: not taken")
        elif own.max() > _HOTTEST:
            notes.append(f"column {name!r} says {own.mean():.0f} K, as an input without a sensor does: not taken")
        else:
            steady.append((float(f"{own.mean():.10g}"), name))
    if not steady:
        return None, "", notes
    (kelvin, name), *others = steady
    for again, other in others:
        if abs(again - kelvin) > _STEADY:
            notes.append(f"columns {name!r} and {other!r} say {kelvin:.1f} K and {again:.1f} K: temperature not taken")
            return None, "", notes
        if abs(again - kelvin) > 1:
            notes.append(f"temperature from column {name!r}; column {other!r} says {again:.1f} K on average")
    return kelvin, name, notes
