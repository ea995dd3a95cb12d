"""Delimited text: what spreadsheets, scripts and most programs' "export as text" write.

Separated by tabs, semicolons, commas or spaces; decimal point or comma. Above the table may
stand a preamble, plain or marked as comment (``#``, ``%``, ``!``, ``//``); ``Temperature: 25 °C`` and
``Area: 0.5 cm2`` in it are taken. A line of column names, sometimes a line of units below it,
then the rows. `columns.NAMES` says which names are understood; the order is free, other
columns are passed over. A number of loop or cycle splits the table, as does a frequency
that jumps back; see `sweeps`. A column called Im that is inductive throughout is refused
until the user says its sign, except under the names ``frequency_hz``, ``z_re_ohm``,
``z_im_ohm`` of this package's own tidy CSV, where it is Im.

Text without column names is read only if it has three columns that can be nothing else
than frequency, Re and Im, and a note says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lipon_eis.readers import numbers
from lipon_eis.readers.columns import NAMES_WANTED, Columns, Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header, area_in, number
from lipon_eis.readers.names import Meaning, Quantity, unit
from lipon_eis.readers.rows import split_on
from lipon_eis.readers.table import Sweep, read_table
from lipon_eis.readers.text import Text
from lipon_eis.spectrum import Floats, Spectrum

_MARKS = ("\t", ";", ",", "")
_SEARCHED = 400
_HIGHEST = 1e12  # [Hz]
_TIDY = {"frequency_hz", "z_re_ohm", "z_im_ohm"}
_COMMENT = re.compile(r"\s*(?:#(?!NAME|NOM|AD|NAAM|NOME)|%|!|//)+")
_HEADERLESS = Columns(
    ("column 1", "column 2", "column 3"),
    {
        Quantity.FREQUENCY: [(0, Meaning(Quantity.FREQUENCY))],
        Quantity.REAL: [(1, Meaning(Quantity.REAL))],
        Quantity.IMAGINARY: [(2, Meaning(Quantity.IMAGINARY))],
    },
    line=0,
)
_VALUE = (
    r"\s*(?:[\[(]\s*(?P<u1>[^\])]+)[\])]|_(?P<u2>\w+))?"  # a unit beside the name
    r"\s*[:=,;\t]\s*(?P<v>[-+0-9.,]+(?:[eE][-+]?\d+)?)\s*(?P<u3>[^\s,;)]*)"  # the value and a unit behind it
)
_TEMPERATURE = re.compile(r"(?i)(?:^|[\s#%(,;])(?:temperature|temp\.?|T)" + _VALUE)
_AREA = re.compile(r"(?i)(?:^|[\s#%(,;])(?<!spacer )area" + _VALUE)


@dataclass(frozen=True)
class Layout:
    """Where the table stands.

    Attributes:
        columns: What the columns hold; no names where there is no header.
        start: Index of the first row.
        mark: Separator, empty for white space.
    """

    columns: Columns
    start: int
    mark: str


def recognises(head: Head) -> bool:
    """Tell text with a named frequency column above numbers, or three plausible columns without names."""
    return head.text is not None and (_with_names(head.text) or _without_names(head.text)) is not None


def read(file: File) -> list[Spectrum]:
    """Read the table of one file."""
    text = file.text
    layout = _with_names(text)
    if layout is None:
        return _read_headerless(file)
    split = split_on(layout.mark)
    convention = Convention(sign=set(layout.columns.names) >= _TIDY)
    sweeps = read_table(file, layout.columns, layout.start, split, convention)
    header = _preamble(text, layout.columns.line - 1)
    header.ignored.extend(f"column {name}" for name in layout.columns.ignored)
    return spectra(file, "delimited", header, sweeps)


def explain(head: Head) -> str:
    """Say why a text is not read as a table of impedance."""
    if head.text is None:
        return "binary data"
    if not any(line.strip() for line in head.text.lines):
        return "nothing but blank lines"
    found = _first_numbers(head.text)
    if found is None:
        return "text without a table of numbers"
    at, mark, width = found
    if _names_above(head.text, at, mark, width):
        names = ", ".join(repr(c) for c in _cells(_above(head.text, at), mark) if c)
        return f"expected {NAMES_WANTED}; found the columns {names}"
    return f"numbers in {width} columns without names; write a first line of names: {NAMES_WANTED}"


def _with_names(text: Text) -> Layout | None:
    incomplete = None
    for k, line in enumerate(text.lines[:_SEARCHED]):
        if len(line) > 5000 or not line.strip():
            continue
        for mark in _MARKS:
            if mark and mark not in line:
                continue
            layout = _layout(text, k, mark)
            if layout is None:
                continue
            if layout.columns.complete:
                return layout
            incomplete = incomplete or layout
    return incomplete


def _layout(text: Text, k: int, mark: str) -> Layout | None:
    names = _cells(text.lines[k], mark)
    if len(names) < 2 or sum(map(numbers.looks_numeric, names)) > 0:
        return None
    columns = understand(names, line=k + 1)
    if Quantity.FREQUENCY not in columns.found and Quantity.OMEGA not in columns.found:
        return None
    start = _next_line(text, k + 1)
    if start is not None and (units := _units(_cells(text.lines[start], mark))):
        columns = understand(names, units, k + 1)
        start = _next_line(text, start + 1)
    if start is None:
        return None
    row = [c for c in split_on(mark)(text.lines[start]) if c]
    if _COMMENT.match(text.lines[start]) or sum(map(numbers.looks_numeric, row)) < max(2, len(row) / 2):
        return None
    return Layout(columns, start, mark)


def _cells(line: str, mark: str) -> list[str]:
    line = _COMMENT.sub("", line, count=1) if _COMMENT.match(line) else line
    if mark:
        cells = split_on(mark)(line)
    else:
        # Names may hold single spaces ("Frequency (Hz)  Z' (ohm)"), or be separated by them ("f (Hz) Re (ohm)").
        cells = re.split(r"\s{2,}", line.strip())
        if len(cells) < 3:
            cells = re.sub(r"\s+(?=[\[(])", "", line.strip()).split()
    while cells and not cells[-1]:
        del cells[-1]
    return cells


def _units(cells: Sequence[str]) -> list[str]:
    """Return the cells of a row of units without their brackets, or an empty list for another row."""
    bare = [c.strip("[]() ") for c in cells]
    if any(numbers.looks_numeric(c) for c in cells) or not any(unit(c) for c in bare):
        return []
    return bare


def _next_line(text: Text, k: int) -> int | None:
    return next((j for j in range(k, len(text.lines)) if text.lines[j].strip(" \t,;")), None)


def _first_numbers(text: Text) -> tuple[int, str, int] | None:
    """Return (index, separator, columns) of the first line of numbers."""
    for k, line in enumerate(text.lines[:_SEARCHED]):
        for mark in _MARKS:
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
    return bool(above) and not _COMMENT.match(above) and len(_cells(above, mark)) >= width


def _without_names(text: Text) -> Layout | None:
    found = _first_numbers(text)
    if found is None:
        return None
    at, mark, width = found
    if width != 3 or _names_above(text, at, mark, width):
        return None
    split, first = split_on(mark), []
    for line in text.lines[at : at + 200]:
        cells = split(line)
        if cells and numbers.looks_numeric(cells[0]):
            first.append(cells[0])
    try:
        frequency = numbers.parse(first, numbers.notation_of(first))
    except ValueError:
        return Layout(_HEADERLESS, at, mark)  # read() will say what is wrong
    return Layout(_HEADERLESS, at, mark) if _like_frequencies(frequency) else None


def _like_frequencies(values: Floats) -> bool:
    """Tell frequencies from times and voltages: positive, in order, most of them distinct, in no equal steps."""
    if not ((values > 0).all() and (values < _HIGHEST).all()) or len(np.unique(values)) < max(2, values.size // 10):
        return False
    steps = np.diff(values)
    turns = np.count_nonzero(np.diff(np.sign(steps[steps != 0])))
    equal = steps.size > 4 and np.ptp(steps) <= 1e-3 * np.abs(steps).max()
    return not equal and bool(turns <= 0.3 * values.size)


def _read_headerless(file: File) -> list[Spectrum]:
    layout = _without_names(file.text)
    if layout is None:
        raise file.refuse(explain(Head(file.data, whole=True)))
    sweeps = read_table(file, layout.columns, layout.start, split_on(layout.mark), Convention())
    for sweep in sweeps:
        if _like_modulus_and_phase(sweep):
            raise file.refuse(
                "three columns without names, and the third looks like the phase that goes with the second as |Z|;"
                f" write a first line of names: {NAMES_WANTED}",
                layout.start + 1,
            )
    header = _preamble(file.text, layout.start)
    header.notes.append("no column names: taken as frequency [Hz], Re(Z) [Ω], Im(Z) [Ω]")
    return spectra(file, "delimited", header, sweeps)


@np.errstate(over="ignore", invalid="ignore")
def _like_modulus_and_phase(sweep: Sweep) -> bool:
    """Compare both readings with the Kramers-Kronig relations in their local form.

    The phase follows the slope of ln|Z| (90° for a slope of one), Im follows that of Re.
    """
    size, third = sweep.impedance.real, sweep.impedance.imag
    if sweep.frequency.size < 5 or np.abs(third).max() > 180 or not (size > 0).all():
        return False
    log_f, first = np.unique(np.log(sweep.frequency), return_index=True)
    if log_f.size < 5:
        return False
    size, third = size[first], third[first]
    as_phase = np.median(np.abs(90 * np.gradient(np.log(size), log_f) - third))
    as_imaginary = np.median(np.abs(np.pi / 2 * np.gradient(size, log_f) - third))
    return bool(as_phase < 10 and as_phase < as_imaginary)


def _preamble(text: Text, end: int) -> Header:
    header = Header()
    words = []
    for line_number, line in enumerate(text.lines[:end], 1):
        if match := _TEMPERATURE.search(line):
            known = unit(match["u1"] or match["u2"] or match["u3"] or "")
            value = number(match["v"], by_hand=True)
            if known and known[0] == "temperature" and value is not None and value + known[2] > 0:
                header.take("temperature_K", value + known[2], line_number)
        if match := _AREA.search(line):
            area = area_in(f"{match['v']} {match['u1'] or match['u2'] or match['u3'] or ''}", by_hand=True)
            header.take_area(area, (0.0,), line_number)
        if stripped := _COMMENT.sub("", line, count=1).strip(' \t,;"'):
            words.append(stripped)
    if words:
        comment = "; ".join(words)
        header.take("comment", comment if len(comment) <= 500 else comment[:497] + "...", 1)
    return header


FORMAT = Format("delimited", "delimited text (comma, semicolon, tab, spaces)", recognises, read)
