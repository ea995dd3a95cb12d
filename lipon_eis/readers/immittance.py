"""Tables that hold in place of Z what an analyser shows: read by making Z of it.

Of the pairs of columns that make Z (`immittance_pairs`) the first that stands is taken, before others one of
columns that need not be made of something else first; every other must agree with it to 1 %, or the table is
refused with both readings shown. What depends on the geometry may be corrected for edges and spacers: there a
difference is noted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lipon_eis.readers import immittance_signs
from lipon_eis.readers import rows as row_reader
from lipon_eis.readers.columns import Columns, Convention
from lipon_eis.readers.format import File
from lipon_eis.readers.immittance_pairs import PAIRS, PARTS, Pair
from lipon_eis.readers.immittance_signs import names_of
from lipon_eis.readers.names import Meaning, Quantity
from lipon_eis.readers.table import Sweep, sweeps_of
from lipon_eis.readers.values import AGREEMENT, Complex, Values
from lipon_eis.spectrum import Floats

WANTED = (
    "a frequency, and Re(Z) and Im(Z), |Z| and phase, G and B, or Cp or Cs with D, Q or a resistance, each with its"
    " unit"
)
SETTLED = Convention(units=True, sign=True)
Make = Callable[[Floats, Floats], Floats]  # of ω [rad/s] and a column


@np.errstate(invalid="ignore", over="ignore", divide="ignore")
def read_table(
    file: File,
    columns: Columns,
    start: int,
    split: row_reader.Splitter,
    empty_capacitance: float | None = None,
    convention: Convention = SETTLED,
    ends: Callable[[str], object] = row_reader.no_end,
    made: Mapping[int, Make] = {},
) -> list[Sweep]:
    """Read the table whose rows begin at line index ``start``.

    Args:
        file: The file.
        columns: As `immittance_names.understand` found them.
        start: Index of the first line below names and units.
        split: Takes a line apart.
        empty_capacitance: C0 = ε0·A/d [F], where the head of the file states the geometry.
        convention: What the format settles: the unit of a frequency that states none, and the sign of Im(Z) and B.
        ends: Tells a line with which something else begins.
        made: How columns that are written otherwise become their quantity, by index.

    Raises:
        UnreadableFile: No two columns make an impedance, they contradict each other, or a row cannot be read.
    """
    pairs = [p for p in possible(columns) if empty_capacitance is not None or not p.geometry]
    if not pairs or not columns.has(_timing(columns)):
        raise file.refuse(lacking(columns), columns.line)
    wanted = {q for p in pairs for q in p.quantities} | _ALWAYS
    needed = sorted(k for q, found in columns.found.items() if q in wanted for k, _ in found)
    rows = row_reader.read(file, start, split, len(columns.names), needed, ends)
    if not rows.lines:
        raise file.refuse("the table has no row that can be read", columns.line)
    found = {q: at for q, at in columns.found.items() if q in wanted}
    values = Values(file, Columns(columns.names, found, columns.line), rows.data, rows.lines, SETTLED)
    values, stated = _made(values, made), {q for q, at in found.items() if not any(k in made for k, _ in at)}
    pairs.sort(key=lambda pair: (pair.geometry, not stated.issuperset(pair.quantities)))
    pair, impedance, notes = _impedance(values, pairs, stated, empty_capacitance or np.nan)
    if not convention.units and not values.columns.meaning(_timing(columns)).unit:
        notes.append(f"column {columns.name(_timing(columns))!r} does not say its unit: Hz taken")
    sign_stated = pair.sign_stated and (convention.sign or pair not in PARTS)
    sweeps = sweeps_of(_as_parts(values, impedance, sign_stated), rows.notes)
    return [Sweep(s.frequency, s.impedance, None, s.meta, s.origin, (*notes, *s.notes)) for s in sweeps]


_ALWAYS = {Quantity.FREQUENCY, Quantity.OMEGA, Quantity.TEMPERATURE, Quantity.LOOP}


def _timing(columns: Columns) -> Quantity:
    return Quantity.FREQUENCY if columns.has(Quantity.FREQUENCY) else Quantity.OMEGA


def possible(columns: Columns) -> list[Pair]:
    """Return the pairs whose columns all stand, the most direct first."""
    return [pair for pair in PAIRS if columns.has(*pair.quantities)]


def lacking(columns: Columns) -> str:
    """Say what a table lacks to be an impedance."""
    found = ", ".join(repr(name) for name in columns.names if name)
    if columns.has(_timing(columns)) and possible(columns):
        first = possible(columns)[0]
        names = " and ".join(repr(columns.name(q)) for q in first.quantities)
        return (
            f"{names} make an impedance only with the area and thickness of the sample, and the head states no diameter"
            " and thickness; export Zs' and Zs'' (or Cp' and Tan(Delta)) instead, or with the geometry"
        )
    return f"expected {WANTED}; found the columns {found}"


def _made(values: Values, made: Mapping[int, Make]) -> Values:
    """Return the values with those quantities that other columns make; what was not measured stays zero."""
    if not made:
        return values
    w = 2 * np.pi * values.frequency()
    data = {k: made[k](w, x) if k in made and np.any(x) else x for k, x in values.data.items()}
    return replace(values, data=data)


def _impedance(values: Values, pairs: list[Pair], stated: set[Quantity], c0: float) -> tuple[Pair, Complex, list[str]]:
    frequency = values.frequency()
    used, w = frequency != 0, 2 * np.pi * frequency
    read = _measured(values, pairs, used)
    if not read:
        names = " and ".join(repr(values.columns.name(q)) for q in pairs[0].quantities)
        raise values.file.refuse(f"a column of {names} holds nothing but zeros: not measured", values.columns.line)
    (pair, first, second), *others = read
    is_stated = pair in PAIRS[:2] and stated.issuperset(pair.quantities)
    notes = [] if is_stated else [f"Z is computed from {names_of(values, pair)}"]
    if pair.either_sign and immittance_signs.is_minus_the_loss(values, pair, second[used]):
        second = -second
        notes.append(f"column {values.columns.name(pair.quantities[1])!r} is minus the loss: a sample takes up energy")
    impedance: Complex = np.asarray(pair.impedance(w, first, second, c0))
    for other, first, second in others:
        signs = (1, -1) if other.either_sign else (1,)
        made = [np.asarray(other.impedance(w, first, sign * second, c0)) for sign in signs]
        off, at, again = _nearest(impedance, made, used)
        if off <= AGREEMENT:
            continue
        if not other.geometry:
            raise values.file.refuse(
                f"the columns contradict each other: {names_of(values, pair)} say {impedance[at]:.5g} Ω,"
                f" {names_of(values, other)} say {again[at]:.5g} Ω; check the names and units of the columns",
                values.line(at),
            )
        notes.append(f"{names_of(values, other)} say another Z, by up to {off:.0%}: not taken")
    if not is_stated:
        immittance_signs.refuse_unknown(values, pair, impedance[used], Quantity.REAL in stated)
    return pair, impedance, notes


def _measured(values: Values, pairs: list[Pair], used: NDArray[np.bool_]) -> list[tuple[Pair, Floats, Floats]]:
    """Return the pairs with their columns; a column of zeros was not measured."""
    found = []
    for pair in pairs:
        first, second = (_column(values, q) for q in pair.quantities)
        if np.any(first[used]) and np.any(second[used]):
            found.append((pair, first, second))
    return found


def _column(values: Values, quantity: Quantity) -> Floats:
    """Return the column of a quantity in SI; several of one quantity must agree."""
    found = values.columns.found[quantity]
    first, *others = (values.data[k] * (-m.scale if m.negated else m.scale) for k, m in found)
    if not all(np.allclose(first, other, rtol=AGREEMENT, atol=0, equal_nan=True) for other in others):
        names = " and ".join(repr(values.columns.names[k]) for k, _ in found)
        raise values.file.refuse(
            f"the columns {names} name one quantity and differ; keep one of them", values.columns.line
        )
    return np.asarray(first)


def _nearest(one: Complex, others: list[Complex], used: NDArray[np.bool_]) -> tuple[float, int, Complex]:
    """Return how far the nearest of others is off at most, at which row, and that one."""
    off, at, k = min((*_worst(one, other, used), k) for k, other in enumerate(others))
    return off, at, others[k]


def _worst(one: Complex, other: Complex, used: NDArray[np.bool_]) -> tuple[float, int]:
    compared = used & np.isfinite(one) & np.isfinite(other) & (other != 0)
    off = np.zeros(one.shape)
    off[compared] = np.abs(one - other)[compared] / np.maximum(np.abs(one), np.abs(other))[compared]
    return float(off.max(initial=0.0)), int(off.argmax())


def _as_parts(values: Values, impedance: Complex, sign_stated: bool) -> Values:
    """Return the same rows with Re and Im in place of what they were made from."""
    names, kept = list(values.columns.names), {q: at for q, at in values.columns.found.items() if q in _ALWAYS}
    parts = {Quantity.REAL: impedance.real, Quantity.IMAGINARY: impedance.imag}
    data = dict(values.data)
    for quantity, numbers in parts.items():
        kept[quantity] = [(len(names), Meaning(quantity, unit="Ω"))]
        data[len(names)] = numbers
        names.append(quantity.value)
    columns = Columns(tuple(names), kept, values.columns.line)
    return Values(values.file, columns, data, values.lines, Convention(units=True, sign=sign_stated))
