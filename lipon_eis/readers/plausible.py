"""Whether an impedance can be one: refused where the file left unit or sign open, noted else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lipon_eis.readers.names import Quantity
from lipon_eis.readers.slopes import runs_against_re
from lipon_eis.readers.sweeps import Indices
from lipon_eis.readers.values import SETTLE_SIGN, Complex, Values, everywhere
from lipon_eis.spectrum import Floats

LOWEST, HIGHEST = 1e-4, 1e14  # |Z| [Ω] beyond which a unit is more likely wrong than the sample is special
NAME_THE_UNIT = "write the unit into the column names"


def examine(values: Values, frequency: Floats, impedance: Complex, parts: Sequence[Indices]) -> list[str]:
    """Return notes on what is unusual about the measured points of a table.

    Args:
        values: Of the table.
        frequency: [Hz], shape (n_rows,).
        impedance: [Ω], shape (n_rows,).
        parts: Rows of each sweep.

    Raises:
        UnreadableFile: It is so unusual that the unit or sign the file leaves open must be another.
    """
    sweeps = [(frequency[part], impedance[part]) for part in parts]
    rows = parts[0] if len(parts) == 1 else np.concatenate(parts)
    frequency, impedance = frequency[rows], impedance[rows]
    size = np.abs(impedance)
    if not everywhere((size > 0) & (size < np.inf) & np.isfinite(frequency)):
        finite = np.isfinite(frequency) & np.isfinite(impedance) & (impedance != 0)
        frequency, impedance, size = frequency[finite], impedance[finite], size[finite]
    if not impedance.size:
        return []
    columns, settled = values.columns, values.convention.units
    sized = columns.meaning(Quantity.REAL if columns.by_parts else Quantity.MODULUS)
    hertz = columns.has(Quantity.FREQUENCY)
    timing, timed_in = columns.meaning(Quantity.FREQUENCY if hertz else Quantity.OMEGA), "Hz" if hertz else "rad/s"
    unit_stated = settled or bool(sized.unit)
    notes = (
        []
        if unit_stated and (settled or timing.unit)
        else [f"the column names do not say all units: {timed_in} and Ω taken"]
    )
    negative = int(np.count_nonzero(impedance.real < 0))
    for unusual in filter(None, (_size(size), _negative_resistance(negative / impedance.size))):
        if not unit_stated:
            raise values.file.refuse(f"{unusual}; {NAME_THE_UNIT}", columns.line)
        notes.append(f"{unusual}: unusual")
    if 0 < negative <= impedance.size / 2:
        notes.append(f"Re(Z) is negative at {negative} point{'s' * (negative > 1)}")
    inductive = inductive_throughout(frequency, impedance)
    if _sign_is_settled(values):
        return [*notes, f"{inductive}: unusual"] if inductive else notes
    if doubt := inductive or next(filter(None, (_against_re(*sweep) for sweep in sweeps)), ""):
        name = columns.name(Quantity.IMAGINARY if columns.by_parts else Quantity.PHASE)
        raise values.file.refuse(f"{doubt}, so {name!r} may stand for -Im; {SETTLE_SIGN}", columns.line)
    return notes


def inductive_throughout(frequency: Floats, impedance: Complex) -> str:
    """Say in what way a spectrum looks inductive where it should be capacitive, or return an empty text.

    A lead's inductance shows at the highest frequencies. Im > 0 nearly everywhere, or over the
    whole lowest quarter of the points, is a sign lost on export far more often than a cell.
    """
    positive = impedance.imag > 0
    count = np.count_nonzero(positive)
    if not count:
        return ""
    if count / positive.size >= 0.9:
        return "Im(Z) > 0 over the whole sweep"
    lowest = np.argsort(frequency, kind="stable")[: max(3, impedance.size // 4)]
    return "Im(Z) > 0 at all of the lowest frequencies" if positive[lowest].all() else ""


def _against_re(frequency: Floats, impedance: Complex) -> str:
    """Say how Im and Re of a sweep contradict each other, or return an empty text."""
    finite = np.isfinite(frequency) & np.isfinite(impedance) & (impedance != 0)
    frequency, impedance = frequency[finite], impedance[finite]
    if not runs_against_re(frequency, impedance):
        return ""
    if (impedance.imag / np.abs(impedance)).sum() > 0:
        return "Im(Z) is mostly positive while Re(Z) falls with the frequency, as it does beside a capacitance"
    return "Im(Z) is mostly negative while Re(Z) rises with the frequency, as it does beside an inductance"


def _size(size: Floats) -> str:
    if everywhere((size >= LOWEST) & (size <= HIGHEST)):
        return ""
    return f"|Z| runs from {size.min():.3g} to {size.max():.3g} Ω"


def _negative_resistance(share: float) -> str:
    return f"Re(Z) is negative at {share:.0%} of the points" if share > 0.5 else ""


def _sign_is_settled(values: Values) -> bool:
    columns = values.columns
    if values.file.imaginary is not None:
        return True
    if columns.by_parts and columns.has(Quantity.MODULUS, Quantity.PHASE):
        return True  # Im and the phase say the same, independently
    return values.sign_is_stated(columns.meaning(Quantity.IMAGINARY if columns.by_parts else Quantity.PHASE))
