"""Numbers without column names: frequency, Re and Im, if they can be nothing else."""

from __future__ import annotations

import re

import numpy as np

from lipon_eis.readers import hints, numbers
from lipon_eis.readers.columns import NAMES_WANTED, Columns, Convention
from lipon_eis.readers.format import File
from lipon_eis.readers.layout import COMMENT, MARKS, SEARCHED, Layout, cells_of, names_a_frequency
from lipon_eis.readers.names import Meaning, Quantity
from lipon_eis.readers.rows import split_on
from lipon_eis.readers.slopes import like_modulus_and_phase
from lipon_eis.readers.table import Sweep, read_table
from lipon_eis.readers.text import Text
from lipon_eis.spectrum import Floats

NOTE = "no column names: taken as frequency [Hz], Re(Z) [Ω], Im(Z) [Ω]"
_HIGHEST = 1e12  # [Hz]
_COMPLEX = re.compile(r"\(?[-+]?[0-9][0-9.eE+-]*[-+][0-9.]+(?:[eE][-+]?[0-9]+)?[ij*]+\)?")
_COLUMNS = Columns(
    ("column 1", "column 2", "column 3"),
    {
        Quantity.FREQUENCY: [(0, Meaning(Quantity.FREQUENCY))],
        Quantity.REAL: [(1, Meaning(Quantity.REAL))],
        Quantity.IMAGINARY: [(2, Meaning(Quantity.IMAGINARY))],
    },
    line=0,
)


def find_numbers(text: Text) -> Layout | None:
    """Return where three columns of numbers stand, the first of them like frequencies; None for other text."""
    found = _first_numbers(text)
    if found is None:
        return None
    at, mark, width = found
    if width != 3 or _names_above(text, at, mark, width) or any(map(names_a_frequency, text.lines[:at])):
        return None
    split, first = split_on(mark), []
    for line in text.lines[at : at + 200]:
        cells = split(line)
        if cells and numbers.looks_numeric(cells[0]):
            first.append(cells[0])
    try:
        frequency = numbers.parse(first, numbers.notation_of(first))
    except ValueError:
        return Layout(_COLUMNS, at, mark)  # read() will say what is wrong
    return Layout(_COLUMNS, at, mark) if _like_frequencies(frequency) else None


def _like_frequencies(values: Floats) -> bool:
    """Tell frequencies from times and voltages: positive, in order, most of them distinct, in no equal steps."""
    if not ((values > 0).all() and (values < _HIGHEST).all()) or len(np.unique(values)) < max(2, values.size // 10):
        return False
    steps = np.diff(values)
    turns = np.count_nonzero(np.diff(np.sign(steps[steps != 0])))
    equal = steps.size > 4 and np.ptp(steps) <= 1e-3 * np.abs(steps).max()
    return not equal and bool(turns <= 0.3 * values.size)


def read_numbers(file: File, layout: Layout) -> list[Sweep]:
    """Read the sweeps of three columns without names.

    Raises:
        UnreadableFile: The columns look like another three, or a row cannot be read.
    """
    sweeps = read_table(file, layout.columns, layout.start, split_on(layout.mark), Convention())
    if any(like_modulus_and_phase(s.frequency, s.impedance.real, s.impedance.imag) for s in sweeps):
        raise file.refuse(
            "three columns without names, and the third looks like the phase that goes with the second as |Z|;"
            f" write a first line of names: {NAMES_WANTED}",
            layout.start + 1,
        )
    return sweeps


def explain(text: Text | None) -> str:
    """Say why a text is not read as a table of impedance."""
    if text is None:
        return "binary data"
    if not any(line.strip() for line in text.lines):
        return "nothing but blank lines"
    found = _first_numbers(text)
    if found is None:
        return _without_rows(text)
    at, mark, width = found
    if _names_above(text, at, mark, width):
        names = ", ".join(repr(c) for c in cells_of(_above(text, at), mark) if c)
        return f"expected {NAMES_WANTED}; found the columns {names}{hints.about(cells_of(_above(text, at), mark))}"
    return f"numbers in {width} columns without names; write a first line of names: {NAMES_WANTED}"


def _without_rows(text: Text) -> str:
    """Say what a text holds in place of rows of numbers."""
    for line in text.lines[:SEARCHED]:
        for mark in MARKS:
            cells = [c for c in split_on(mark)(line) if c] if not mark or mark in line else []
            numeric = sum(map(numbers.looks_numeric, cells))
            if len(cells) > 3 and numeric == len(cells) - 1 and names_a_frequency(f"{cells[0]}{mark}-"):
                return "a table on its side, one quantity a line; write one frequency a line, below a line of names"
            if len(cells) > 1 and _COMPLEX.fullmatch(cells[-1]):
                return f"complex numbers in one cell ({cells[-1]}); write Re and Im into two columns"
    return "text without a table of numbers"


def _first_numbers(text: Text) -> tuple[int, str, int] | None:
    """Return (index, separator, columns) of the first line of numbers."""
    for k, line in enumerate(text.lines[:SEARCHED]):
        for mark in MARKS:
            cells = split_on(mark)(line) if not mark or mark in line else []
            while cells and not cells[-1]:
                del cells[-1]
            if len(cells) >= 2 and all(map(numbers.looks_numeric, cells)):
                return k, mark, len(cells)
    return None


def _above(text: Text, at: int) -> str:
    return next((line for line in reversed(text.lines[:at]) if line.strip()), "")


def _names_above(text: Text, at: int, mark: str, width: int) -> bool:
    # A line of as many words as there are columns names them, if in words unknown here.
    above = _above(text, at)
    return bool(above) and not COMMENT.match(above) and len(cells_of(above, mark)) >= width
