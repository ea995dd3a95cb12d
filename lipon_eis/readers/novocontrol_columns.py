"""The columns of WinDETA: names that `immittance_names` knows, and parts of Z and Y that only WinDETA writes so.

Of each part it writes the reciprocal, a capacitance and an inductance. With Z = Zs' + j Zs'' = 1/(Yp' + j Yp'')::

    Ys' = 1/Zs'        Cs'' = 1/(ω·Zs')      Ls'' = -Zs'/ω
    Ys'' = 1/Zs''      Cs' = -1/(ω·Zs'')     Ls' = Zs''/ω
    Lp'' = 1/(ω·Yp')   Lp' = -1/(ω·Yp'')     Delta = 90° + Phi

So they stand in rows of real exports, to the last digit; no file shows ``Ls''``, whose sign is that of ``Cp''``.
Elsewhere ``Cs''`` and ``Ys''`` mean other things: these names count in WinDETA's files only, and there where no column
states the quantity itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from lipon_eis.readers import immittance_names
from lipon_eis.readers.columns import Columns
from lipon_eis.readers.immittance import Make
from lipon_eis.readers.names import Meaning, Quantity
from lipon_eis.spectrum import Floats

_COLUMN = re.compile(r"\s*(?P<name>\S+)\s*\[(?P<unit>[^\]]*)\]\s*")
# Name: its dimension, what is made of it, and how, from ω and the column in SI (an angle in degrees).
_PARTS: dict[str, tuple[str, Quantity, Make]] = {
    "Ys'": ("admittance", Quantity.REAL, lambda w, y: 1 / y),
    "Ys''": ("admittance", Quantity.IMAGINARY, lambda w, y: 1 / y),
    "Cs'": ("capacitance", Quantity.SERIES_CAPACITANCE, lambda w, c: c),
    "Cs''": ("capacitance", Quantity.REAL, lambda w, c: 1 / (w * c)),
    "Ls'": ("inductance", Quantity.SERIES_INDUCTANCE, lambda w, h: h),
    "Ls''": ("inductance", Quantity.REAL, lambda w, h: -w * h),
    "Lp'": ("inductance", Quantity.PARALLEL_INDUCTANCE, lambda w, h: h),
    "Lp''": ("inductance", Quantity.CONDUCTANCE, lambda w, h: 1 / (w * h)),
    "Delta": ("angle", Quantity.PHASE, lambda w, delta: delta - 90),
}


def understand(names: Sequence[str], line: int) -> tuple[Columns, dict[int, Make]]:
    """Find the quantities among the columns of a table, and how those that are written otherwise are made."""
    columns = immittance_names.understand(names, line=line)
    found, made = dict(columns.found), dict[int, Make]()
    for k, name in enumerate(names):
        match = _COLUMN.fullmatch(name)
        if match is None or match["name"] not in _PARTS:
            continue
        dimension, quantity, make = _PARTS[match["name"]]
        unit = immittance_names.unit(match["unit"])
        if unit and unit[0] == dimension and quantity not in columns.found:
            found[quantity] = [*found.get(quantity, []), (k, Meaning(quantity, unit=match["unit"].strip()))]
            made[k] = partial(_in_si, make, unit[1])
    return Columns(columns.names, found, line), made


def _in_si(make: Make, scale: float, w: Floats, values: Floats) -> Floats:
    return make(w, scale * values)
