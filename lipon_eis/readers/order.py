"""Whether the rows of a table are sweeps of the frequency, before they are taken for spectra.

Measurements at one frequency over time, potential or temperature stand in the same columns as a
spectrum. So do tables that go through another variable at each frequency, and rows out of order, or
with a lost decimal mark. None of them may come out as a spectrum, so each is refused with its place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lipon_eis.readers.names import Quantity
from lipon_eis.readers.sweeps import Indices
from lipon_eis.readers.values import Complex, Values
from lipon_eis.spectrum import Floats

_ANOTHER = 1.5  # |Z| at one frequency that differs by more than this factor was not measured under one condition
_FEW = 3
_DISTINCT = 0.75  # of the rows: a table through several temperatures has half as many frequencies, or fewer
_MINUS_ONE = re.compile(r"(?<![\w.+-])-1(?:[.,]0*)?(?:[eE][+-]?0+)?(?![\w.])")
FAR = 30.0  # a row farther from its neighbours than this factor is no scatter


def by_temperature(values: Values) -> Values:
    """Put a table that goes through all temperatures at each frequency in order: one temperature after the other."""
    kelvin = values.first(Quantity.TEMPERATURE)
    if kelvin is None:
        return values
    frequency = values.frequency()
    steps = np.diff(frequency)
    if not (steps == 0).any() or not ((steps >= 0).all() or (steps <= 0).all()):
        return values
    if len(np.unique(kelvin)) == kelvin.size or len(np.unique([frequency, kelvin], axis=1).T) < kelvin.size:
        return values  # measured, not set; or two rows of one temperature at one frequency
    if len(np.unique(frequency)) > _DISTINCT * frequency.size:
        return values  # one sweep in segments: only where they join does a frequency stand twice
    _, first, index = np.unique(kelvin, return_index=True, return_inverse=True)
    order = np.argsort(first[index], kind="stable")
    data = {k: column[order] for k, column in values.data.items()}
    return replace(values, data=data, lines=[values.lines[k] for k in order] if values.lines else values.lines)


def refuse_negative(values: Values, frequency: Floats) -> None:
    """Refuse a frequency below zero.

    Raises:
        UnreadableFile: There is one.
    """
    if (below := frequency < 0).any():
        at = int(np.argmax(below))
        if values.lines and len(_MINUS_ONE.findall(values.file.text.lines[values.lines[at] - 1])) >= _FEW:
            why = "all numbers of this measurement are -1: one that failed? Then leave its row out"
        else:
            why = f"does {_frequency_name(values)!r} hold its logarithm?"
        raise values.file.refuse(
            f"the frequency is {frequency[at]:.5g} Hz, and none is negative; {why}", values.line(at)
        )


def refuse_unless_sweeps(values: Values, frequency: Floats, impedance: Complex, parts: Sequence[Indices]) -> None:
    """Refuse rows that are no sweeps of the frequency.

    Args:
        values: Of the table.
        frequency: [Hz], shape (n_rows,).
        impedance: [Ω], shape (n_rows,).
        parts: Rows of each sweep, as `sweeps.split` found them.

    Raises:
        UnreadableFile: All rows have one or two frequencies; each frequency stands with impedances of different
            conditions; the frequencies are in no order; a row has lost its decimal marks.
    """
    rows = parts[0] if len(parts) == 1 else np.concatenate(parts)
    _refuse_lost_mark(values, frequency, impedance, rows)
    if rows.size == frequency.size and _strictly_one_way(frequency):
        return
    distinct = np.unique(frequency[rows])
    if distinct.size < min(_FEW, rows.size):
        listed = " and ".join(f"{f:.6g} Hz" for f in distinct[::-1])
        raise values.file.refuse(
            f"all {rows.size} points were measured at {listed}, over time, potential or another quantity: no spectrum",
            values.line(int(rows[0])),
        )
    for part in parts:
        _refuse_other_variable(values, frequency, impedance, part)
    _refuse_disorder(values, frequency[rows], len(parts), int(rows[0]))


def _strictly_one_way(f: Floats) -> bool:
    falling = int(np.count_nonzero(f[1:] < f[:-1]))
    return falling == f.size - 1 or (falling == 0 and int(np.count_nonzero(f[1:] > f[:-1])) == f.size - 1)


def _refuse_other_variable(values: Values, frequency: Floats, impedance: Complex, part: Indices) -> None:
    """Refuse a sweep in which each frequency stands several times, with impedances of different conditions."""
    f, size = frequency[part], np.abs(impedance[part])
    good = np.isfinite(size) & (size > 0) & np.isfinite(f)
    distinct, index, count = np.unique(f[good], return_inverse=True, return_counts=True)
    if not distinct.size or count.min() < 2:
        return
    least, most = np.full(distinct.size, np.inf), np.zeros(distinct.size)
    np.minimum.at(least, index, size[good])
    np.maximum.at(most, index, size[good])
    if np.median(most / least) > _ANOTHER:
        at = int(np.argmax(most / least))
        raise values.file.refuse(
            f"each frequency stands {count.min()} times or more, at {distinct[at]:.5g} Hz with |Z| from"
            f" {least[at]:.3g} to {most[at]:.3g} Ω: the table goes through another quantity (temperature, potential,"
            " time) at each frequency; sort its rows by that quantity first",
            values.line(int(part[0])),
        )


def _refuse_disorder(values: Values, f: Floats, sweeps: int, first: int) -> None:
    """Refuse frequencies that jump up and down without repeating themselves."""
    if f.size < 8 or sweeps == 1 or values.first(Quantity.LOOP) is not None:
        return
    steps = np.sign(np.diff(f))
    turns = int(np.count_nonzero(np.diff(steps[steps != 0])))
    if turns > 0.3 * f.size and np.unique(f).size > 0.7 * f.size:
        raise values.file.refuse(
            f"the frequencies are in no order ({_frequency_name(values)!r} turns {turns} times in {f.size} rows):"
            " did the numbers lose a decimal mark, or is it another column? Else sort the rows by frequency",
            values.line(first),
        )


def _refuse_lost_mark(values: Values, frequency: Floats, impedance: Complex, rows: Indices) -> None:
    """Refuse a row far from its neighbours without a decimal mark in its line, where theirs have several: it lost them.

    What is far off alone may be a glitch of the measurement, and stays.
    """
    if rows.size < _FEW or not values.lines:
        return
    text = values.file.text.lines
    for what, unit, numbers in (("|Z|", "Ω", np.abs(impedance[rows])), ("f", "Hz", frequency[rows])):
        for k, beside in _far_off(numbers):
            row, others = text[values.lines[rows[k]] - 1], [text[values.lines[rows[n]] - 1] for n in beside]
            if any(mark not in row and all(other.count(mark) >= 2 for other in others) for mark in ".,"):
                raise values.file.refuse(
                    f"{what} = {numbers[k]:.4g} {unit} stands beside {numbers[beside[-1]]:.4g} {unit}, and no number of"
                    " this line has a decimal mark, while others have: they seem to be lost",
                    values.line(int(rows[k])),
                )


def _far_off(numbers: Floats) -> list[tuple[int, list[int]]]:
    """Return where a number is far from the two on either side of it, and where these are."""
    up, down = numbers[1:] > FAR * numbers[:-1], numbers[:-1] > FAR * numbers[1:]
    if not (up.any() or down.any()):
        return []
    found = []
    for k in sorted({at + end for at in np.flatnonzero(up | down).tolist() for end in (0, 1)}):
        beside = [n for n in (k - 2, k - 1, k + 1, k + 2) if 0 <= n < numbers.size]
        if not numbers[beside].min() / FAR <= numbers[k] <= numbers[beside].max() * FAR:
            found.append((k, beside))
    return found


def about_order(values: Values, frequency: Floats, part: Indices) -> list[str]:
    """Return a note where the frequencies of one sweep do not all run in one direction."""
    f = frequency[part]
    if _strictly_one_way(f):
        return []
    steps = np.sign(np.diff(f))
    against = np.flatnonzero(steps == (-1 if (steps > 0).sum() > (steps < 0).sum() else 1))
    if not against.size:
        return []
    line = values.line(int(part[against[0] + 1]))
    place = "" if line is None else f" (line {line})"
    count = f"{against.size} frequencies stand" if against.size > 1 else "a frequency stands"
    return [f"{count} out of order{place}: kept"]


def _frequency_name(values: Values) -> str:
    columns = values.columns
    return columns.name(Quantity.FREQUENCY if columns.has(Quantity.FREQUENCY) else Quantity.OMEGA)
