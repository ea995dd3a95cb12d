"""Text exports with the suffix ``.P00``, of a program that counts the points before it lists them.

Text, first ``Procedure : `` and a title; a line ``DD.MM.YYYY HH:MM:SS - DD.MM.YYYY HH:MM:SS i(init)= 183.1nA -
i(end)= 7.88nA``; a description; ``t =  736.4 s``; the column names, each with its unit (``f/Hz``, ``Z'/Ohm``,
``-Z''/Ohm``, ``time/s``, ``Edc/V``, ``Idc/A``); a line with the number of points; one line a point. Cells are
separated by a tab with blanks around it, and a tab ends each line.

Columns used: ``f`` [Hz], ``Z'``, ``-Z''`` [Ω] (minus Im is stored). ``Edc`` of the first point is taken as the bias.

Built from one file of this layout, whose numbers are simulated.
"""

from __future__ import annotations

import re

from lipon_eis.readers.columns import Columns, Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header, number
from lipon_eis.readers.rows import split_on
from lipon_eis.readers.table import read_table
from lipon_eis.spectrum import Spectrum

_FIRST = "Procedure :"
_DATE = re.compile(r"\s*([0-9]{2}\.[0-9]{2}\.[0-9]{4} [0-9:]{8})")
_UNUSED = re.compile(r"^\s*t\s*=|i\(init\)\s*=")
_SEARCHED = 200
_BIAS = "edc/v"
_AT_TABS = split_on("\t")


def recognises(head: Head) -> bool:
    """Tell a file by its first line and its column names."""
    return head.starts_with(_FIRST) and head.text is not None and _columns(head.text.lines) is not None


def read(file: File) -> list[Spectrum]:
    """Read the table of one file."""
    lines = file.text.lines
    columns = _columns(lines)
    if columns is None:
        raise file.refuse("no line of column names (f/Hz, Z'/Ohm, -Z''/Ohm); was the file cut in its header?")
    start = columns.line
    announced = lines[start].strip() if start < len(lines) else ""
    counted = announced.isdecimal() and "\t" not in lines[start].strip()
    start += counted
    header = _header(file, columns)
    sweeps = read_table(file, columns, start, _cells, Convention(units=True, sign=True))
    points = sum(sweep.frequency.size for sweep in sweeps)
    if counted and points != int(announced):
        header.notes.append(f"line {start}: the file announces {announced} points and has {points}")
    _bias(header, columns, lines[start:], start + 1)
    header.ignored.extend(f"column {name}" for name in columns.ignored if name.casefold() != _BIAS)
    return spectra(file, "eclab-p00", header, sweeps)


def _cells(line: str) -> list[str]:
    cells = _AT_TABS(line)
    return cells[:-1] if cells and not cells[-1] else cells


def _columns(lines: tuple[str, ...]) -> Columns | None:
    for at, line in enumerate(lines[:_SEARCHED], 1):
        if "\t" in line and (columns := understand(_cells(line), line=at)).complete:
            return columns
    return None


def _header(file: File, columns: Columns) -> Header:
    header = Header()
    described: list[str] = []
    for at, line in enumerate(file.text.lines[: columns.line - 1], 1):
        if at == 1:
            header.take("technique", line.partition(":")[2].strip(), at)
        elif date := _DATE.match(line):
            header.take("date", date[1], at)
        elif _UNUSED.search(line):
            header.ignored.append(f"header line {at}: {line.strip()[:60]}")
        elif line.strip():
            described.append(line.strip())
    header.take("comment", " ".join(described), 3)
    return header


def _bias(header: Header, columns: Columns, rows: tuple[str, ...], line: int) -> None:
    names = [name.casefold() for name in columns.names]
    if _BIAS not in names or not rows:
        return
    cells = _cells(rows[0])
    if len(cells) == len(names):
        header.take("bias_V", number(cells[names.index(_BIAS)]), line)


FORMAT = Format("eclab-p00", "EC-Lab text (.P00)", recognises, read, (".p00",))
