"""Which of three columns without names is the frequency: the first (f, Re, Im), or the third (Re, Im, f).

The frequencies of a sweep run one way, over a decade or more, in steps that are even in log f. Where Re or Im do so,
they change by fewer decades than the frequency, or by as many, and no more evenly.

Re, -Im, f below a first line that is the number of rows is what EIS Spectrum Analyser reads and writes. Elsewhere
Re, Im, f leaves the sign of the second column open, as f, Re, Im does that of the third.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lipon_eis.readers import numbers
from lipon_eis.readers.columns import Columns
from lipon_eis.readers.names import Meaning, Quantity
from lipon_eis.spectrum import Floats

_HIGHEST = 1e12  # [Hz]
_FEWEST = 3  # rows, to tell one column from another
_ENOUGH = 5  # without the number of rows above them
_EVEN = 0.05  # of a step
_ROUNDED = 0.001  # of a step: what few digits leave uneven
_FARTHER = 1.05  # decades of f for a decade of Re: as many beside a capacitance, with some scatter
_MUCH_FARTHER = 1.2  # where the steps of both are as even


def _columns(names: Sequence[str], frequency: int, real: int, imaginary: int, *, negated: bool = False) -> Columns:
    found = {
        Quantity.FREQUENCY: [(frequency, Meaning(Quantity.FREQUENCY))],
        Quantity.REAL: [(real, Meaning(Quantity.REAL))],
        Quantity.IMAGINARY: [(imaginary, Meaning(Quantity.IMAGINARY, negated=negated))],
    }
    return Columns(tuple(names), found, line=0)


_LAST_NAMES = ("column 1", "column 2 (of Re, Im, frequency)", "column 3")
FREQUENCY_FIRST = _columns(("column 1", "column 2", "column 3"), 0, 1, 2)
FREQUENCY_LAST = _columns(_LAST_NAMES, 2, 0, 1)
COUNTED = _columns(_LAST_NAMES, 2, 0, 1, negated=True)  # EIS Spectrum Analyser


def order_of(rows: Sequence[Sequence[str]], *, counted: bool, cut: bool = False) -> Columns | None:
    """Return what three columns hold, or None where it is not clear which of them is the frequency.

    Args:
        rows: Cells of the first rows; one may be damaged, behind its first number.
        counted: The number of rows stands above them.
        cut: The last of them may have lost its end.

    Raises:
        ValueError: The numbers of the first column cannot be told.
    """
    notation = numbers.notation_of([row[0] for row in rows])
    first = numbers.parse([row[0] for row in rows], notation)
    compared, third = _first_and_third(rows[:-1] if cut else rows)
    if _third_is_more_like_one(compared, third):
        if counted:
            return COUNTED
        if third.size >= _ENOUGH:
            return FREQUENCY_LAST if _unevenness(third) < _EVEN else None
    return FREQUENCY_FIRST if _like_frequencies(first) else None


def _first_and_third(rows: Sequence[Sequence[str]]) -> tuple[Floats, Floats]:
    """Return the first and the third column of the rows that are not damaged."""
    whole = [row for row in rows if len(row) == 3 and all(map(numbers.looks_numeric, row))]
    try:
        notation = numbers.notation_of([cell for row in whole for cell in row])
        return numbers.parse([row[0] for row in whole], notation), numbers.parse([row[2] for row in whole], notation)
    except ValueError:
        return np.empty(0), np.empty(0)  # whoever reads the rows says what is wrong


def _like_frequencies(values: Floats) -> bool:
    """Tell frequencies from times and voltages: positive, in order, most of them distinct, in no equal steps."""
    if not ((values > 0).all() and (values < _HIGHEST).all()) or len(np.unique(values)) < max(2, values.size // 10):
        return False
    steps = np.diff(values)
    turns = np.count_nonzero(np.diff(np.sign(steps[steps != 0])))
    return not _in_equal_steps(values) and bool(turns <= 0.3 * values.size)


def _in_equal_steps(values: Floats) -> bool:
    """Tell times, potentials and numbers of rows."""
    steps = np.diff(values)
    return steps.size > 3 and bool(steps.any()) and bool(np.ptp(steps) <= 1e-3 * np.abs(steps).max())


def _third_is_more_like_one(first: Floats, third: Floats) -> bool:
    """Tell a third column that runs over a decade or more, where the first does not run, or over fewer decades."""
    if third.size < _FEWEST or not _runs(third) or _decades(third) < 1 or _in_equal_steps(first):
        return False
    if not _runs(first):
        return True
    uneven, uneven_first = (max(_unevenness(values), _ROUNDED) for values in (third, first))
    clearly = 3 * uneven < uneven_first
    if clearly and uneven < _EVEN < uneven_first:
        return True
    farther = _decades(third) / max(_decades(first), _ROUNDED)
    return uneven <= 3 * uneven_first and farther > (_FARTHER if clearly else _MUCH_FARTHER)


def _runs(values: Floats) -> bool:
    """Tell positive numbers that run one way; where a sweep ends, they jump back to where the next begins."""
    if not ((values > 0).all() and (values < _HIGHEST).all()):
        return False
    steps = np.diff(np.log(values))
    onward = 1 if np.count_nonzero(steps > 0) > np.count_nonzero(steps < 0) else -1
    back = -onward * steps[onward * steps < 0]
    return back.size <= values.size / _ENOUGH and bool((back > 0.5 * np.log(values.max() / values.min())).all())


def _unevenness(values: Floats) -> float:
    """Return how far most steps of the logarithm are from the middle one, as a share of it."""
    steps = np.diff(np.log(values))
    step = float(np.median(steps))
    return float(np.median(np.abs(steps - step))) / abs(step) if step else np.inf


def _decades(values: Floats) -> float:
    return float(np.log10(values.max() / values.min()))


def goes_on(frequency: Sequence[float]) -> bool:
    """Tell that the last of the frequencies follows in the step of those before it, so that it has lost no digits."""
    if len(frequency) < _FEWEST or min(frequency[-3:]) <= 0:
        return False
    before, last = np.diff(np.log(frequency[-3:]))
    return bool(abs(last - before) <= 0.02 * abs(before))
