"""Tables of one ordinary sweep, told by a few bounds: nothing of them is to be split, noted or refused.

Most tables are that: the frequency runs one way, units are stated, |Z| has the size that samples have, Re ≥ 0, Im ≤ 0
at the lowest frequencies, |Z| and phase agree with Re and Im. A dozen array operations tell so, on numbers so bounded
that none of them can overflow. The bounds are those of `sweeps`, `values`, `order` and `plausible` or closer, so what
passes here would pass there without a word and with the same numbers (a test compares them); the rest is left to them.
"""

from __future__ import annotations

import math

import numpy as np

from lipon_eis.readers.names import Quantity
from lipon_eis.readers.order import FAR
from lipon_eis.readers.plausible import HIGHEST, LOWEST, inductive_throughout
from lipon_eis.readers.slopes import runs_against_re
from lipon_eis.readers.values import AGREEMENT, DEGREE, Complex, Values, everywhere, from_parts
from lipon_eis.spectrum import Floats

_CLOSE = 0.9 * AGREEMENT
_SMALLEST, _LARGEST = (1 + AGREEMENT) * LOWEST, (1 - AGREEMENT) * HIGHEST
_TURNS = 1e4  # [°]: no phase is that large


def one_sweep(values: Values) -> tuple[Floats, Complex] | None:
    """Return frequency [Hz] and impedance [Ω] of a table that is one ordinary sweep, or None."""
    once = values.columns.once
    if once is None or values.file.imaginary is not None or not (once.units or values.convention.units):
        return None
    table = np.array([values.data[k] if factor == 1 else values.data[k] * factor for k, factor in once.columns])
    if table.shape[1] < 2:
        return None
    # The extremes of a row with a NaN are NaN, and no comparison with NaN is true.
    f_min, re_min, im_min, *polar_min = np.minimum.reduce(table, axis=1).tolist()
    f_max, re_max, im_max, *polar_max = np.maximum.reduce(table, axis=1).tolist()
    if not (
        f_min > 0 and f_max < math.inf and re_min >= 0 and re_max < HIGHEST and -HIGHEST < im_min <= im_max < HIGHEST
    ):
        return None
    f, real, imaginary, *polar = table
    if (loop := values.first(Quantity.LOOP)) is not None and not everywhere(loop == loop[0]):
        return None
    z = from_parts(real, imaginary)
    size = np.abs(z)
    if polar:
        if not (
            polar_min[0] > _SMALLEST and polar_max[0] < _LARGEST and -_TURNS < polar_min[1] <= polar_max[1] < _TURNS
        ):
            return None
        modulus, phase = polar
        # |(1+r) exp(iδ) - 1|² = r² + 4 (1+r) sin²(δ/2), which is at most r² + (1+r) δ².
        apart = np.hypot((size - modulus) / modulus, phase * DEGREE - np.arctan2(imaginary, real))
        if not np.maximum.reduce(apart) < _CLOSE:
            return None
        both = table[::3]  # frequency and modulus
    elif not (np.minimum.reduce(size) > _SMALLEST and np.maximum.reduce(size) < _LARGEST):
        return None
    else:
        both = np.array([f, size])
    steps = both[:, 1:] / both[:, :-1]
    (f_least, z_least), (f_most, z_most) = (of.reduce(steps, axis=1).tolist() for of in (np.minimum, np.maximum))
    if not (f_most < 1 or f_least > 1):
        return None
    if not (min(f_least, z_least) > 1 / FAR and max(f_most, z_most) < FAR):
        return None  # a row may have lost its decimal marks
    if im_max <= 0:
        return f, z
    settled = bool(polar) or values.sign_is_stated(values.columns.meaning(Quantity.IMAGINARY))
    return None if inductive_throughout(f, z) or (not settled and runs_against_re(f, z)) else (f, z)
