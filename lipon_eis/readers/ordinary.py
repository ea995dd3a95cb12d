"""Tables of one ordinary sweep, told by a few bounds: nothing of them is to be split, noted or refused.

Most tables are that: the frequency runs one way, units are stated, |Z| has the size that samples have, Re > 0, Im < 0
at the lowest frequencies, |Z| and phase agree with Re and Im. A dozen array operations tell so. The bounds are those of
`sweeps`, `values` and `plausible` or closer, so what passes here would pass there without a word and with the same
numbers (a test compares them); whatever does not is left to them.
"""

from __future__ import annotations

import numpy as np

from lipon_eis.readers.names import Quantity
from lipon_eis.readers.plausible import HIGHEST, LOWEST, inductive_throughout
from lipon_eis.readers.sweeps import one_way
from lipon_eis.readers.values import AGREEMENT, DEGREE, Complex, Values, everywhere, from_parts
from lipon_eis.spectrum import Floats

# Arrays of no dimension: numpy compares with them in two thirds of the time that it takes for a float.
_ZERO, _LOWEST, _HIGHEST, _DEGREE, _CLOSE = map(np.array, (0.0, LOWEST, HIGHEST, DEGREE, 0.9 * AGREEMENT))


def one_sweep(values: Values) -> tuple[Floats, Complex] | None:
    """Return frequency [Hz] and impedance [Ω] of a table that is one ordinary sweep, or None."""
    once = values.columns.once
    if once is None or values.file.imaginary is not None or not (once.units or values.convention.units):
        return None
    data = values.data
    f, real, imaginary, *polar = [data[k] if factor == 1 else data[k] * factor for k, factor in once.columns]
    if not one_way(f):
        return None
    if (loop := values.first(Quantity.LOOP)) is not None and not everywhere(loop == loop[0]):
        return None
    z = from_parts(real, imaginary)
    size = np.abs(z)
    sound = (size >= _LOWEST) & (size <= _HIGHEST) & (real >= _ZERO)
    if polar:
        longer, turned = (polar[0] - size) / size, polar[1] * _DEGREE - np.arctan2(imaginary, real)
        # |(1+r) exp(iδ) - 1|² = r² + 4 (1+r) sin²(δ/2), which is at most r² + (1+r) δ².
        sound &= np.hypot(longer, turned) < _CLOSE
    return (f, z) if everywhere(sound) and not inductive_throughout(f, z) else None
