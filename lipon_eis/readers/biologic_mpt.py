"""BioLogic EC-Lab and BT-Lab text exports (``.mpt``, sometimes ``.txt``).

Text in cp1252, tab-separated. First ``EC-Lab ASCII FILE``, then ``Nb header lines : N``, the
header (`biologic_header`), and as line N the column names; rows follow. N is wrong in files edited
by hand, so the line of names is looked for; versions 11.5 to 11.7 end it with an empty name and
columns that have no values. Files also come re-saved by a spreadsheet, which turns the name
``-Im(Z)/Ohm`` into ``#NAME?`` and may separate cells by semicolons or commas, and without that head:
they begin with the column names.

Columns used: ``freq/Hz``, ``Re(Z)/Ohm``, ``-Im(Z)/Ohm`` (minus Im is stored), ``|Z|/Ohm``,
``Phase(Z)/deg``; newer versions order them differently, so they go by name. Files with
a third electrode have the same for ``Zce`` and ``Zwe-ce``, stacks for ``Zstack``: where there is no ``Z``,
``Zwe-ce`` or ``Zstack`` is taken, with a note, else they are not used (`biologic_electrodes`).

Several spectra: loops follow each other in one table, with ``cycle number`` counting up.
In Modulo Bat files impedance steps stand among cycling rows whose frequency is 0;
there ``cycle number`` and ``z cycle`` may change in the middle of a sweep and do not split it.
Likewise rows at rest, whose frequency and Z are 0, stand before each sweep where the dc point was recorded; they may
lack cells at their end.
The decimal mark is a comma where the PC had a European locale.

``<Ewe>/V`` is the dc potential at each point: that of a sweep's first point is kept as ``potential_V``, since the
bias may be set against the open circuit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from lipon_eis.readers.beside import ignored_columns, with_columns_beside
from lipon_eis.readers.biologic_electrodes import about_others, others, with_impedance
from lipon_eis.readers.biologic_header import CONTROL, header_above
from lipon_eis.readers.columns import Columns, Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import number
from lipon_eis.readers.names import Quantity
from lipon_eis.readers.rows import SplitOn, Splitter, split_on
from lipon_eis.readers.table import Sweep, read_table
from lipon_eis.spectrum import Spectrum

_FIRST = ("EC-Lab ASCII FILE", "BT-Lab ASCII FILE")
_IMPEDANCES = ("Re(Z)/Ohm", "|Z|/Ohm", "|Zwe-ce|/Ohm", "|Zstack|/Ohm")
_NAMES_SEARCHED = 2000
_MARKS = ("\t", ";", ",")
_BESIDE = {"<ewe>/v": ("potential_V", float)}


def recognises(head: Head) -> bool:
    """Tell an EC-Lab file by its first line, or by its column names where that line is missing."""
    if head.text is None:
        return False
    if head.starts_with(*_FIRST):
        return True
    first = next((line for line in head.text.lines if line.strip()), "")
    return "\t" in first and "freq/Hz" in first and any(name in first for name in _IMPEDANCES)


def read(file: File) -> list[Spectrum]:
    """Read all loops of one file."""
    columns, mark = _columns(file)
    columns, notes = with_impedance(columns)
    if Quantity.FREQUENCY not in columns.found:
        raise file.refuse(
            "no column freq/Hz: this technique measured no impedance, or the name was removed", columns.line
        )
    header = header_above(file, columns.line - 1, mark)
    header.notes.extend(notes)
    columns, unfilled = _filled(file, columns, mark)
    if unfilled:
        which = f"{unfilled} column names have" if unfilled > 1 else "column name has"
        header.notes.append(f"the last {which} no values: passed over, |Z| and phase agree with the rest")
    split = _cells(columns, mark)
    found = read_table(file, columns, columns.line, split, Convention(units=True, sign=True))
    sweeps = [with_columns_beside(file, columns, split, sweep, _BESIDE) for sweep in found]
    if not notes:
        header.notes.extend(
            about_others(_filled_beside(file, columns, split, sweeps), sweeps, header.meta.get(CONTROL))
        )
    header.ignored.extend(ignored_columns(columns, _BESIDE))
    return spectra(file, "biologic-mpt", header, sweeps)


def _columns(file: File) -> tuple[Columns, str]:
    """Find the line of column names, and what separates them: the first that makes a spectrum, else the widest."""
    widest = understand((), line=0)
    for at, line in file.text.numbered():
        if at > _NAMES_SEARCHED:
            break
        for mark in _MARKS:
            names = _names(line, mark) if mark in line else []
            if len(names) < 3 or re.match(r"[+-]?[0-9]", names[0]):
                continue
            columns = understand(names, line=at)
            if columns.complete or with_impedance(columns)[0].complete:
                return columns, mark
            if mark == "\t" and len(names) > len(widest.names) and any("/" in name for name in names):
                widest = columns
    if not widest.names:
        raise file.refuse("no line of column names; was the file cut in its header?")
    return widest, "\t"


def _names(line: str, mark: str) -> list[str]:
    names = split_on(mark)(line)
    while names and not names[-1]:
        del names[-1]
    return names


def _filled(file: File, columns: Columns, mark: str) -> tuple[Columns, int]:
    """Leave out names that EC-Lab writes at the end of the line without values below.

    Only where Re, Im, |Z| and phase all stand: should the missing values be others, these
    four contradict each other, and the table is refused.
    """
    row = _first_measured(file, columns, mark)
    width = len(row)
    unfilled = len(columns.names) - width
    if not width or unfilled <= 0:
        return columns, 0
    # Behind an empty name it is open which of the others has no values.
    known = (*columns.names[:width], "").index("")
    left, _ = with_impedance(understand([*columns.names[:known], *[""] * (width - known)], line=columns.line))
    checked = left.has(Quantity.REAL, Quantity.IMAGINARY, Quantity.MODULUS, Quantity.PHASE)
    return (left, unfilled) if checked and left.needed == columns.needed and _is_filled(row, left) else (columns, 0)


def _first_measured(file: File, columns: Columns, mark: str) -> list[str]:
    """Return the cells of the first row that is of a frequency; of the first row where that lacks none, or none is."""
    lines = file.text.lines
    rows = (line.rstrip(mark).split(mark) for line in lines[columns.line : len(lines) - 1] if line.strip())
    first = next(rows, [""])
    if len(first) >= len(columns.names) or not any(first):
        return first if any(first) else []
    at = columns.found[Quantity.FREQUENCY][0][0]
    measured = (row for row in chain([first], rows) if at < len(row) and number(row[at]) != 0)
    return next(measured, first)


def _is_filled(row: list[str], columns: Columns) -> bool:
    """Tell |Z| from a column of zeros, which contradicts nothing."""
    return number(row[columns.found[Quantity.MODULUS][0][0]]) not in (None, 0)


@dataclass(frozen=True)
class _Cells(SplitOn):
    """Takes a row apart; one at rest, of frequency and impedance 0, may lack cells at its end, since it is no data.

    Attributes:
        width: Number of cells of a row.
        zeros: Indices of frequency and impedance, as far as the table has them.
    """

    width: int = 0
    zeros: tuple[int, ...] = ()

    def __call__(self, line: str) -> list[str]:
        cells = super().__call__(line)
        missing = self.width - len(cells)
        if (missing > 0 or (not missing and not cells[-1])) and self._at_rest(cells):
            return [cell or "0" for cell in cells] + ["0"] * missing
        return cells

    def _at_rest(self, cells: Sequence[str]) -> bool:
        return max(self.zeros) < len(cells) and all(number(cells[k]) == 0 for k in self.zeros)


def _cells(columns: Columns, mark: str) -> _Cells:
    quantities = (Quantity.FREQUENCY, Quantity.REAL, Quantity.IMAGINARY, Quantity.MODULUS, Quantity.PHASE)
    zeros = tuple(k for q in quantities for k, _ in columns.found.get(q, []))
    return _Cells(mark, width=len(columns.names), zeros=zeros)


def _filled_beside(file: File, columns: Columns, split: Splitter, sweeps: Sequence[Sweep]) -> list[str]:
    """Return the impedances of other electrodes that the first row of the first sweep holds."""
    lines, beside = sweeps[0].meta.get("lines"), others(columns.names)
    if not beside or not isinstance(lines, list):
        return []
    row = split(file.text.lines[lines[0] - 1])
    return [symbol for symbol, k in beside.items() if number(row[k])]


FORMAT = Format("biologic-mpt", "BioLogic EC-Lab (.mpt)", recognises, read, (".mpt",))
