"""One table, several spectra: where one sweep of the frequency ends and the next begins.

A sweep runs up or down. It ends where the frequency jumps back, where it turns round for
good, and where rows without a frequency (cycling steps) stand between. A loop or cycle
column alone does not end it: EC-Lab counts some of them up in the middle of a sweep.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lipon_eis.spectrum import Floats

Indices = NDArray[np.intp]


def split(frequency: Floats, loop: Floats | None = None) -> list[Indices]:
    """Return the rows of each sweep, in the order of the file; rows of frequency 0 are in none.

    Args:
        frequency: [Hz], shape (n_rows,).
        loop: Number of the loop, cycle or sweep of each row, shape (n_rows,), or None.
    """
    measured = np.flatnonzero(frequency)
    if not measured.size:
        return []
    if loop is not None and _interleaved(frequency[measured], loop[measured]):
        values = loop[measured]
        first = {value: k for k, value in reversed(list(enumerate(values.tolist())))}
        return [measured[values == value] for value in sorted(first, key=first.__getitem__)]
    if measured.size == frequency.size:
        return _sweeps(measured, frequency, loop)
    blocks = np.split(measured, np.flatnonzero(np.diff(measured) > 1) + 1)
    return [part for block in blocks for part in _sweeps(block, frequency, loop)]


def _interleaved(frequency: Floats, loop: Floats) -> bool:
    # A table sorted by frequency, with all loops of a frequency below each other.
    changes, values = int(np.count_nonzero(np.diff(loop))), len(np.unique(loop))
    steps = np.diff(frequency)
    return values > 1 and changes > values and bool((steps >= 0).all() or (steps <= 0).all())


def _sweeps(rows: Indices, frequency: Floats, loop: Floats | None) -> list[Indices]:
    f = frequency[rows]
    if one_way(f):
        return [rows]
    with np.errstate(invalid="ignore", divide="ignore"):
        steps = np.nan_to_num(np.diff(np.log(np.abs(f))), nan=0.0, posinf=0.0, neginf=0.0)
    sign = np.sign(np.where(np.abs(steps) > 1e-9, steps, 0.0))
    if not sign.any() or (sign >= 0).all() or (sign <= 0).all():
        return [rows]  # repeated frequencies are kept in one sweep
    new_loop = np.zeros(sign.size, bool) if loop is None else np.diff(loop[rows]) != 0
    cuts, start, direction = [], 0, 0.0
    for k, s in enumerate(sign):
        if s == 0:
            # The end of an up-and-down sweep is often measured twice: once in each direction.
            cut, onward = direction != 0 and _turns(sign[k + 1 :], direction), 0.0
        elif direction in (0, s):
            cut, onward = False, s
        elif new_loop[k] or _jumps_back(f[start : k + 1], f[k + 1], s):
            cut, onward = True, 0.0
        else:
            cut, onward = _turns(sign[k:], direction), s
        if cut:
            cuts.append(k + 1)
            start, direction = k + 1, onward
        elif direction == 0:
            direction = onward
    return np.split(rows, cuts)


def one_way(f: Floats) -> bool:
    """Tell a sweep that runs up or down all along, as most do, from what takes a closer look."""
    first, last = (float(f[0]), float(f[-1])) if f.size > 1 else (0.0, 0.0)
    if not (0 < first < np.inf and 0 < last < np.inf):
        return False
    onward = f[1:] < f[:-1] if last < first else f[1:] > f[:-1]
    return int(np.count_nonzero(onward)) == f.size - 1


def _jumps_back(sweep: Floats, following: float, sign: float) -> bool:
    """Tell a new start from two points in the wrong order: it passes three points, or all down to the first."""
    passed = np.count_nonzero(sign * (following - sweep) > 1e-6 * sweep)
    to_the_start = sign * (following - sweep[0]) > -0.01 * sweep[0]
    return bool(passed >= 3 or (passed >= 2 and to_the_start))


def _turns(ahead: Floats, direction: float) -> bool:
    """Tell whether the next three steps, or the last two there are, all run against ``direction``."""
    return ahead.size >= 2 and bool((ahead[:3] == -direction).all())
