"""Numbers without column names: frequency, Re and Im in one order or the other, if they can be nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from lipon_eis.readers import hints, numbers
from lipon_eis.readers.columns import NAMES_WANTED, Columns, Convention
from lipon_eis.readers.format import File
from lipon_eis.readers.layout import COMMENT, MARKS, SEARCHED, Layout, cells_of, names_a_frequency
from lipon_eis.readers.names import Quantity
from lipon_eis.readers.plausible import inductive_throughout
from lipon_eis.readers.rows import split_on
from lipon_eis.readers.slopes import like_modulus_and_phase, runs_against_re
from lipon_eis.readers.table import Sweep, read_table
from lipon_eis.readers.text import Text
from lipon_eis.readers.unnamed_order import COUNTED, FREQUENCY_FIRST, FREQUENCY_LAST, goes_on, order_of
from lipon_eis.readers.values import SETTLE_SIGN

_NOTES = (
    (FREQUENCY_FIRST, "no column names: taken as frequency [Hz], Re(Z) [Ω], Im(Z) [Ω]"),
    (FREQUENCY_LAST, "no column names: taken as Re(Z) [Ω], Im(Z) [Ω], frequency [Hz]"),
    (COUNTED, "no column names: below a number of rows, as in EIS Spectrum Analyser, taken as Re(Z) [Ω], -Im(Z) [Ω],"
     " frequency [Hz]"),
)  # fmt: skip


def find_numbers(text: Text) -> Layout | None:
    """Return where three columns of numbers stand, one of them like frequencies; None for other text."""
    found = _first_numbers(text)
    if found is None:
        return None
    at, mark, width = found
    if width != 3 or _names_above(text, at, mark, width) or any(map(names_a_frequency, text.lines[:at])):
        return None
    if mark == "\t" and _padded(text.lines[at:]):
        mark = ""
    split = split_on(mark)
    rows = [cells for line in text.lines[at : at + 200] if (cells := split(line)) and numbers.looks_numeric(cells[0])]
    try:
        columns = order_of(rows, counted=count_above(text, at) is not None, cut=not text.ended)
    except ValueError:
        columns = FREQUENCY_FIRST  # read() will say what is wrong
    return None if columns is None else Layout(columns, at, mark)


def count_above(text: Text, at: int) -> int | None:
    """Return the number of rows, where nothing but it stands above them."""
    above = [line.strip() for line in text.lines[:at] if line.strip()]
    return int(above[0]) if len(above) == 1 and re.fullmatch("[0-9]{1,6}", above[0]) else None


def _padded(lines: Sequence[str]) -> bool:
    """Tell rows that all have three numbers, though more than one tab may stand between two of them."""
    rows = [line.split() for line in lines if line.strip() and not COMMENT.match(line)]
    three = all(len(row) == 3 and all(map(numbers.looks_numeric, row)) for row in rows)
    return three and any("\t\t" in line.strip() for line in lines)


def read_numbers(file: File, layout: Layout) -> tuple[list[Sweep], list[str]]:
    """Return the sweeps of three columns without names, and notes on what they were taken for.

    Raises:
        UnreadableFile: The columns look like another three, or a row cannot be read.
    """
    columns = layout.columns
    if columns is COUNTED:
        return _read_counted(file, layout)
    sweeps = _read(file, layout, columns)
    if any(like_modulus_and_phase(s.frequency, s.impedance.real, s.impedance.imag) for s in sweeps):
        raise file.refuse(
            f"three columns without names, and {columns.name(Quantity.IMAGINARY)!r} looks like the phase that goes with"
            f" {columns.name(Quantity.REAL)!r} as |Z|; write a first line of names: {NAMES_WANTED}",
            layout.start + 1,
        )
    return sweeps, [_note(columns)]


def _note(columns: Columns) -> str:
    return next(note for order, note in _NOTES if order is columns)


def _read(file: File, layout: Layout, columns: Columns) -> list[Sweep]:
    return read_table(file, columns, layout.start, split_on(layout.mark), Convention())


def _read_counted(file: File, layout: Layout) -> tuple[list[Sweep], list[str]]:
    """Read what stands below its number of rows, whose sign the format states unless the shape is against it."""
    count, notes = count_above(file.text, layout.start), list[str]()
    if not file.text.ended and _last_is_whole(file.text, layout, count):
        file = replace(file)
        file.text = replace(file.text, ended=True)
        notes.append("the last line has no end, and is taken as the number of rows and the steps of frequency say")
    columns, sweeps = COUNTED, _read(file, layout, COUNTED)
    if doubt := next(filter(None, map(_doubtful_sign, sweeps)), ""):
        if file.imaginary is None:
            raise file.refuse(
                "the first line is the number of rows, as in files of EIS Spectrum Analyser, whose columns are Re, -Im"
                f" and frequency; but so {doubt}; {SETTLE_SIGN}"
            )
        if file.imaginary == "as-is":
            columns, sweeps = FREQUENCY_LAST, _read(file, layout, FREQUENCY_LAST)
    if (read := sum(s.frequency.size for s in sweeps)) != count:
        notes.append(f"the first line counts {count} rows, and {read} are read")
    return sweeps, [_note(columns), *notes]


def _doubtful_sign(sweep: Sweep) -> str:
    against = "Im(Z) and the changes of Re(Z) contradict each other"
    return inductive_throughout(sweep.frequency, sweep.impedance) or (
        against if runs_against_re(sweep.frequency, sweep.impedance) else ""
    )


def _last_is_whole(text: Text, layout: Layout, count: int | None) -> bool:
    """Tell that the last row is the last of those counted, and that its last number, the frequency, lost no digits."""
    rows = [split_on(layout.mark)(line) for line in text.lines[layout.start :] if line.strip()]
    last = [cell for row in rows[-3:] for cell in row[2:]]
    if len(rows) != count or len(last) != 3:
        return False
    try:
        return goes_on(numbers.parse(last, numbers.notation_of(cell for row in rows for cell in row)).tolist())
    except ValueError:
        return False


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
            if len(cells) > 1 and numbers.COMPLEX.fullmatch(cells[-1]):
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
