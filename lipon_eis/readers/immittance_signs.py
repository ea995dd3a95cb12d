"""The signs of what an analyser shows: conventions, of which not all programs have the same.

A sample takes up energy, so that Re(Z) is positive: a loss that programs write with either sign takes its sign
from that, the whole column one, and an Re(Z) that was computed from other quantities and is negative nearly
everywhere, or mostly and by more than what the columns agree to, is refused. A loss too small for the instrument
scatters around zero, and the more points of it may be negative.
"""

from __future__ import annotations

import numpy as np

from lipon_eis.readers.immittance_pairs import Pair
from lipon_eis.readers.names import Quantity
from lipon_eis.readers.values import AGREEMENT, Complex, Values
from lipon_eis.spectrum import Floats

_NEARLY_ALL = 0.9
_REMEDY = "export Re(Z) and Im(Z) instead"


def names_of(values: Values, pair: Pair) -> str:
    """Name the columns of a pair as the file does."""
    return " and ".join(repr(values.columns.name(q)) for q in pair.quantities)


def is_minus_the_loss(values: Values, pair: Pair, loss: Floats) -> bool:
    """Tell a column of losses that nearly all are negative.

    Raises:
        UnreadableFile: They are neither nearly all negative nor nearly all positive.
    """
    measured = loss[np.isfinite(loss) & (loss != 0)]
    negative: float = int(np.count_nonzero(measured < 0)) / max(measured.size, 1)
    if 1 - _NEARLY_ALL < negative < _NEARLY_ALL:
        raise values.file.refuse(
            f"column {values.columns.name(pair.quantities[1])!r} is negative at {negative:.0%} of the points: programs"
            f" write this loss with either sign, and here it is not clear with which; {_REMEDY}",
            values.columns.line,
        )
    return negative >= _NEARLY_ALL


def refuse_unknown(values: Values, pair: Pair, impedance: Complex, real_is_stated: bool) -> None:
    """Refuse a computed Z with which the sample gives energy, or is inductive where a sign is known of others only."""
    wrong = {} if real_is_stated and Quantity.REAL in pair.quantities else {"Re(Z) < 0": -impedance.real}
    if pair.capacitive:
        wrong["Im(Z) > 0"] = impedance.imag
    measured = max(int(np.count_nonzero(np.isfinite(impedance))), 1)
    for what, by in wrong.items():
        share = int(np.count_nonzero(by > 0)) / measured
        clear = int(np.count_nonzero(by > AGREEMENT * np.abs(impedance))) / measured
        if share >= _NEARLY_ALL or clear > 0.5:
            raise values.file.refuse(
                f"{names_of(values, pair)} give {what} at {share:.0%} of the points, as with a sign convention that is"
                f" not known; {_REMEDY}",
                values.columns.line,
            )
