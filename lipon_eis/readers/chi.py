"""CH Instruments text exports ("Convert to Text", ``.txt`` or ``.csv``).

The head: date and time, the technique (``A.C. Impedance``), lines ``Key: value`` (``File``, ``Data Source``,
``Instrument Model``, ``Header``, ``Note``), then the settings, ``Key = value`` or bare words (``Imp SF``).
Older versions leave the first part out. Then the column names, separated by commas, a blank
line, and rows, separated by commas or, in some versions, tabs. A spreadsheet that writes the file again fills
the lines of the head with separators and quotes what holds a comma or a quote: ``"Z""/ohm"``. Exports that were put
below each other into one file are a spectrum each, with the head that stands above it.

Columns used: ``Freq/Hz``, ``Z'/ohm``, ``Z"/ohm`` (capacitive is negative); ``Z/ohm`` and ``Phase/deg`` must agree.
Numbers have four digits, the phase one decimal: an imaginary part that were made of it would be wrong by
percents, so that a table whose ``Z"`` is there and not understood is refused.

A note may go on over several lines, up to a blank one.

``Init E (V)`` is the bias, ``Amplitude (V)`` the amplitude as set. There is no electrode area.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lipon_eis.readers.beside import ignored_columns
from lipon_eis.readers.columns import Columns, Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header, number
from lipon_eis.readers.heads import read_each
from lipon_eis.readers.names import Quantity
from lipon_eis.readers.rows import split_on
from lipon_eis.readers.table import Sweep, read_table
from lipon_eis.spectrum import Spectrum

_HEAD_LINES = 60
_AROUND = " \t,;"
_NAMES = re.compile(r'\s*"?Freq/Hz"?\s*[,;\t]')
_SETTING = re.compile(r"(Init E|High Frequency|Low Frequency|Amplitude) \((V|Hz)\)\s*=")
_TEXTS = {"Instrument Model": "instrument", "Header": "title", "Note": "comment", "Data Source": "data_source"}
_NUMBERS = {"Init E (V)": "bias_V", "Amplitude (V)": "amplitude_V"}
_DATE = re.compile(r"[A-Z][a-z]{2,8}\.? +[0-9]{1,2}, +[0-9]{4}\b.*")


def recognises(head: Head) -> bool:
    """Tell a CH Instruments export by its settings and the name of its first column."""
    if head.text is None:
        return False
    first = head.text.lines[:_HEAD_LINES]
    if not any(map(_NAMES.match, first)):
        return False
    return any(_SETTING.match(line) or line.startswith("Instrument Model:  CHI") for line in first)


def read(file: File) -> list[Spectrum]:
    """Read every table of one file."""
    lines = file.text.lines
    found = [_columns(line, k) for k, line in enumerate(lines, 1) if _NAMES.match(line)]
    if not found:
        raise file.refuse("no line of column names (Freq/Hz, Z'/ohm, …); was the file cut in its header?")
    # A note may begin like the names.
    tables = {columns.line - 1: columns for columns in found if columns.complete} or {found[0].line - 1: found[0]}
    first = next((line for line in lines[min(tables) + 1 :] if line.strip(_AROUND)), "")
    split = split_on(next((mark for mark in ("\t", ";", ",") if mark in first), ""))

    def read_one(at: int, ends: Callable[[str], object]) -> list[Sweep]:
        _refuse_lost_part(file, tables[at])
        return read_table(file, tables[at], at + 1, split, Convention(units=True, sign=True), ends)

    header, sweeps = read_each(lines, list(tables), split, read_one, lambda head: _header(lines, head))
    for columns in tables.values():
        header.ignored.extend(what for what in ignored_columns(columns) if what not in header.ignored)
    return spectra(file, "chi", header, sweeps)


def _columns(line: str, number: int) -> Columns:
    return understand(_cells(line), line=number)


def _cells(line: str) -> list[str]:
    """Return the cells of a line of names, or of the head, without the quotes of a spreadsheet."""
    cells = split_on(next((mark for mark in ("\t", ";") if mark in line), ","))(line)
    while cells and not cells[-1]:
        del cells[-1]
    return cells


def _refuse_lost_part(file: File, columns: Columns) -> None:
    """Refuse names of which one part of Z is not understood, so that the other would count for nothing."""
    if columns.by_parts or not (columns.has(Quantity.REAL) or columns.has(Quantity.IMAGINARY)):
        return
    if lost := next((name for name in columns.ignored if name.strip("-\"' ")[:1] == "Z"), None):
        raise file.refuse(f"the name of column {lost!r} is not known; write Z'/ohm and Z\"/ohm", columns.line)


def _header(lines: tuple[str, ...], head: range) -> Header:
    header = Header()
    for line_number, text in _statements(lines, head):
        if match := re.fullmatch(r"(?P<key>[^=:]+?)\s*(?:=|:(?=\s|$))\s*(?P<value>.*)", text):
            key, value = match["key"], match["value"]
            if key in _TEXTS:
                header.take(_TEXTS[key], value, line_number)
            elif key in _NUMBERS:
                header.take(_NUMBERS[key], number(value), line_number)
            else:
                header.ignored.append(key)
        elif _DATE.fullmatch(text):
            header.take("date", re.sub(r"\s+", " ", text), line_number)
        elif "Impedance" in text:
            header.take("technique", text, line_number)
        else:
            header.ignored.append(text)
    return header


def _statements(lines: tuple[str, ...], head: range) -> Iterator[tuple[int, str]]:
    """Yield the lines of a head that say something, each with its number; a note is one with those it goes on over."""
    note, begin = list[str](), 0
    for k in head:
        line = lines[k]
        text = ", ".join(_cells(line)) if line.startswith('"') else line.strip(_AROUND)
        if note and text and not _SETTING.match(text):
            note.append(text)
            continue
        if note:
            yield begin, " ".join(note)
            note.clear()
        if text.startswith("Note:"):
            note, begin = [text], k + 1
        elif text:
            yield k + 1, text
    if note:
        yield begin, " ".join(note)


FORMAT = Format("chi", "CH Instruments (text)", recognises, read)
