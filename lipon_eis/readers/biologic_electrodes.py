"""Between which electrodes the impedance in a BioLogic file was measured.

``Z`` is that of the working electrode against the reference. Files of cells with a third electrode may hold
``Zce``, of the counter electrode, and ``Zwe-ce``, between both, beside it; files of stacks ``Zstack``. ``Z`` is
taken wherever it stands, and what is filled beside it is named in a note, since a file does not say which of them
is that of the film. It is more often another one where the potential between both electrodes was controlled
(``Potential control : Ewe-Ece``), and where the real part of ``Z`` is mostly negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from lipon_eis.readers.columns import Columns, understand
from lipon_eis.readers.names import Quantity
from lipon_eis.readers.table import Sweep

_BETWEEN = {
    "Zwe-ce": "no impedance of the working electrode: Zwe-ce, between working and counter electrode, is taken",
    "Zstack": "no impedance of one electrode: Zstack, of the whole stack, is taken",
}
_OTHERS = ("Zwe-ce", "Zce", "Zstack")
_OF_BOTH = "Ewe-Ece"


def with_impedance(columns: Columns) -> tuple[Columns, list[str]]:
    """Take the impedance between two electrodes where there is none of the working electrode alone."""
    if columns.complete or columns.has(Quantity.LOST):
        return columns, []
    own = {k for q in (Quantity.REAL, Quantity.IMAGINARY, Quantity.MODULUS, Quantity.PHASE) for k in _of(columns, q)}
    for symbol, note in _BETWEEN.items():
        names = ["" if k in own else name.replace(symbol, "Z") for k, name in enumerate(columns.names)]
        other = understand(names, line=columns.line)
        if other.complete:
            return replace(other, names=columns.names), [note]
    return columns, []


def _of(columns: Columns, quantity: Quantity) -> list[int]:
    return [index for index, _ in columns.found.get(quantity, [])]


@lru_cache  # the files of one instrument have the same names
def others(names: tuple[str, ...]) -> dict[str, int]:
    """Return for each impedance of other electrodes the index of a column that is not 0 where it was measured."""
    written = {symbol: (f"|{symbol}|/Ohm", f"Re({symbol})/Ohm") for symbol in _OTHERS}
    return {symbol: names.index(name) for symbol, both in written.items() for name in both[::-1] if name in names}


def about_others(beside: Sequence[str], sweeps: Sequence[Sweep], controlled: object) -> list[str]:
    """Return a note on the impedances of other electrodes that stand beside the one that was taken.

    Args:
        beside: Those that are filled.
        sweeps: What was taken.
        controlled: The potential that was, as the file names it.
    """
    if not beside:
        return []
    real = np.concatenate([sweep.impedance.real for sweep in sweeps])
    doubts = [f"{_OF_BOTH} was controlled"] if controlled == _OF_BOTH else []
    doubts += ["Re(Z) is mostly negative"] if np.count_nonzero(real < 0) > real.size / 2 else []
    note = f"Z, of the working electrode against the reference, is taken; beside it: {', '.join(beside)}"
    if doubts:
        note += f"; {' and '.join(doubts)}, so another may be that of the film: check which one"
    readable = next((symbol for symbol in beside if symbol in _BETWEEN), None)
    return [note + (f"; to read {readable}, export it as text (.mpt) without the columns of Z" if readable else "")]
