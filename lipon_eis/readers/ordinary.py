"""Tables of one ordinary sweep, told by a few bounds: nothing of them is to be split, noted or refused.

Most tables are that: the frequency runs one way, units are stated, |Z| has the size that samples have, Re > 0, Im < 0 at
the lowest frequencies, |Z| and phase agree with Re and Im. A dozen array operations tell so. The bounds are those of
`sweeps`, `values` and `plausible` or closer, so what passes here would pass there without a word and with the same
numbers (a test compares them); whatever does not is left to them.
"""

from __future__ import annotations

import numpy as np

from lipon_eis.readers.names import Quantity
from lipon_eis.readers.plausible import HIGHEST, LOWEST, inductive_throughout
from lipon_eis.readers.sweeps import one_way
from lipon_eis.readers.values import AGREEMENT, Complex, Values, everywhere, from_parts, from_polar, scaled
from lipon_eis.spectrum import Floats

_CLOSE = (0.9 * AGREEMENT) ** 2


def one_sweep(values: Values) -> tuple[Floats, Complex] | None:
    """Return frequency [Hz] and impedance [Ω] of a table that is one ordinary sweep, or None."""
    once = values.columns.once
    if once is None or values.file.imaginary is not None:
        return None
    if not values.convention.units and not all(means.unit for _, means in once):
        return None
    f, real, imaginary, *others = (scaled(values.data[k], -m.scale if m.negated else m.scale) for k, m in once)
    loop = values.first(Quantity.LOOP)
    if not one_way(f) or not (loop is None or everywhere(loop == loop[0])):
        return None
    z = from_parts(real, imaginary)
    size = np.abs(z)
    sound = (size >= LOWEST) & (size <= HIGHEST) & (real >= 0)
    if others:
        modulus, phase = others
        apart = from_polar(modulus, phase) / z - 1
        # The sum of squares bounds each of them; comparing it with NaN is False.
        if not np.vdot(apart, apart).real < _CLOSE:
            return None
        sound &= modulus >= 0
    return (f, z) if everywhere(sound) and not inductive_throughout(f, z) else None
