"""Admiral Instruments Squidstat exports (``.csv``).

Separated by commas: a line of column names, then one line a point. All steps of an experiment
may stand in one table; points of other steps than impedance have an empty or zero frequency
and empty impedance.

Columns used: ``Frequency (Hz)``, ``Z' (Ohms)``, ``-Z" (Ohms)`` (minus Im is stored), ``|Z| (Ohms)``,
``Phase (deg)``, which must agree. For each spectrum ``Step name`` is taken as its technique and
``DC Working Electrode (V)`` of its first point as its bias.

Built from the column names in public analysis programs; no real file was at hand.
"""

from __future__ import annotations

from lipon_eis.readers.beside import ignored_columns, with_columns_beside
from lipon_eis.readers.columns import Columns, Convention
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header
from lipon_eis.readers.layout import find_names
from lipon_eis.readers.rows import Splitter, split_on
from lipon_eis.readers.table import read_table
from lipon_eis.readers.unnamed import explain
from lipon_eis.spectrum import Spectrum

_HEAD_LINES = 40
_OWN = ("dc working electrode (v)", "step name")  # of which one stands in every export
_BESIDE = {"step name": ("technique", str), "dc working electrode (v)": ("bias_V", float)}


def recognises(head: Head) -> bool:
    """Tell a Squidstat export by the names of its columns."""
    if head.text is None:
        return False
    return any(
        "Frequency (Hz)" in line and "(ohms)" in line.casefold() and any(name in line.casefold() for name in _OWN)
        for line in head.text.lines[:_HEAD_LINES]
    )


def read(file: File) -> list[Spectrum]:
    """Read the impedance steps of one file."""
    layout = find_names(file.text)
    if layout is None:
        raise file.refuse(explain(file.text))
    split = _split(layout.columns, layout.mark)
    found = read_table(file, layout.columns, layout.start, split, Convention(units=True, sign=True))
    sweeps = [with_columns_beside(file, layout.columns, split, sweep, _BESIDE) for sweep in found]
    header = Header(ignored=ignored_columns(layout.columns, _BESIDE))
    return spectra(file, "squidstat", header, sweeps)


def _split(columns: Columns, mark: str) -> Splitter:
    """Return a splitter that gives rows of other steps, whose impedance cells are empty, frequency 0."""
    cells, needed = split_on(mark), columns.needed

    def split(line: str) -> list[str]:
        row = cells(line)
        if len(row) == len(columns.names) and not any(row[k].strip("0.") for k in needed):
            row = [cell or "0" for cell in row]
        return row

    return split


FORMAT = Format("squidstat", "Admiral Instruments Squidstat (.csv)", recognises, read)
