"""Tables of one ordinary sweep, told by a few bounds: nothing of them is to be split, noted or refused.

Most tables are that: the frequency runs one way, units are stated, |Z| has the size that samples have, Re ≥ 0, Im ≤ 0
at the lowest frequencies, |Z| and phase agree with Re and Im. A dozen array operations tell so, on numbers so bounded
that none of them can overflow. The bounds are those of `sweeps`, `values`, `order` and `plausible` or closer, so what
passes here would pass there without a word and with the same numbers (a test compares them); the rest is left to them.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from lipon_eis.readers.block import Lists
from lipon_eis.readers.names import Quantity
from lipon_eis.readers.order import FAR
from lipon_eis.readers.plausible import HIGHEST, LOWEST, inductive_throughout
from lipon_eis.readers.slopes import runs_against_re
from lipon_eis.readers.values import AGREEMENT, DEGREE, Complex, Values, everywhere
from lipon_eis.spectrum import Floats

_APART = (0.9 * AGREEMENT) ** 2
_STEPS = math.log(FAR) ** 2
_SMALLEST, _LARGEST = (1 + AGREEMENT) * LOWEST, (1 - AGREEMENT) * HIGHEST
_MANY = 10_000  # points; a sweep of more is not ordinary for their number alone


def one_sweep(values: Values) -> tuple[Floats, Complex] | None:
    """Return frequency [Hz] and impedance [Ω], both read-only, of a table that is one ordinary sweep, or None."""
    once = values.columns.once
    if once is None or values.file.imaginary is not None or not (once.units or values.convention.units):
        return None
    if values.columns.has_particulars:
        loop = values.first(Quantity.LOOP)
        if loop is not None and not everywhere(loop == loop[0]):
            return None
    data = values.data
    said = [data.lists[k] if isinstance(data, Lists) else data[k].tolist() for k in once.indices]
    if not 1 < len(said[0]) <= _MANY:
        return None
    try:
        if once.factors is not None:
            said = [[x * factor for x in column] for column, factor in zip(said, once.factors, strict=True)]
        if (frequency := _one_way(_packed(said[0]))) is None or (impedance := _impedance(*said[1:])) is None:
            return None
    except (struct.error, OverflowError):  # of integers of hundreds of digits
        return None
    settled = len(said) > 3 or once.signed or values.convention.sign
    if max(said[2]) <= 0 and (settled or _largest_below(said[0], said[1])):
        return frequency, impedance
    unusual = inductive_throughout(frequency, impedance) or (not settled and runs_against_re(frequency, impedance))
    return None if unusual else (frequency, impedance)


def _largest_below(frequency: list[float], real: list[float]) -> bool:
    """Tell a Re that is largest in the lower half of the frequencies, so that it does not rise as beside an inductance.

    `slopes.runs_against_re` asks no more of a sweep whose Im is nowhere positive.
    """
    at = real.index(max(real))
    return at > len(real) // 2 if frequency[0] > frequency[-1] else at < len(real) // 2


@lru_cache(maxsize=16)  # the spectra of one campaign have the same frequencies, and share them then
@np.errstate(over="ignore")
def _one_way(numbers: bytes) -> Floats | None:
    """Return the frequencies of a sweep that runs one way in steps that no lost decimal mark has made, or None."""
    frequency = np.frombuffer(numbers)
    if not (frequency.min() > 0 and frequency.max() < math.inf):
        return None
    steps = frequency[1:] / frequency[:-1]
    least, most = float(steps.min()), float(steps.max())
    return frequency if least > 1 / FAR and most < FAR and (most < 1 or least > 1) else None


@np.errstate(all="ignore")  # what overflows or is no number is within no bound
def _impedance(real: list[float], imaginary: list[float], *polar: list[float]) -> Complex | None:
    """Return the impedance [Ω] of Re and Im that look like a sample's and agree with |Z| and phase [°], or None."""
    parts = [0.0] * (2 * len(real))
    parts[::2], parts[1::2] = real, imaginary
    z: Complex = np.frombuffer(_packed(parts), complex)
    # Bounds of sums of squares: they hold for each point, too, and take less time than the largest of them.
    if polar:
        sizes, phase = polar
        log_size, apart = np.log(np.frombuffer(_packed(sizes))), np.log(z)
        stretched, turned = apart.real, apart.imag  # views
        stretched -= log_size
        turned -= np.frombuffer(_packed(phase)) * DEGREE
        both = apart.view(float)
        if not both.dot(both) < _APART:
            return None
    else:
        size = np.abs(z)
        sizes, log_size = size.tolist(), np.log(size)
    steps = log_size[1:] - log_size[:-1]
    if not steps.dot(steps) < _STEPS:
        return None
    # Here there is no NaN, so that any order finds the extremes.
    return z if min(real) >= 0 and min(sizes) > _SMALLEST and max(sizes) < _LARGEST else None


def _packed(numbers: list[float]) -> bytes:
    """Return the numbers as `numpy.frombuffer` takes them: with it, an array in half of the time of np.array."""
    return _packer(len(numbers))(*numbers)


@lru_cache
def _packer(count: int) -> Callable[..., bytes]:
    return struct.Struct(f"{count}d").pack
