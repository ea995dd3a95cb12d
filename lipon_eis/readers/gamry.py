"""Gamry Framework exports (``.DTA``).

Text in cp1252 (newer versions UTF-8), first line ``EXPLAIN``. The header is one line a
setting, tab-separated: ``KEY<tab>TYPE<tab>value[<tab>more]<tab>description``. ``NOTES`` says
how many lines follow it, each indented by a tab; some files have fewer.

Impedance stands in the table ``ZCURVE`` (``ZCURVE0``, ``ZCURVE1``, … in repeated runs): a line
``ZCURVE<tab>TABLE[<tab>rows]``, a line of column names, a line of units, one line a frequency,
each indented by a tab; edited files have rows indented or even separated by spaces. Other
tables (``OCVCURVE`` before, ``FRACURVE`` after a run that was stopped) and
``EXPERIMENTABORTED`` stand beside it. A table ends where the next key begins at the start
of a line. Decimal commas occur where the instrument's PC had a European locale.

Columns used: ``Freq`` [Hz], ``Zreal``, ``Zimag`` [Ω] (capacitive is negative); ``Zmod`` [Ω] and
``Zphz`` [°] must agree with them.

``AREA`` [cm²] is 1 unless somebody entered another: 1 is not taken for an area. ``VAC`` is the
amplitude [mV rms], ``VDC`` the bias [V], against the open circuit where its flag is ``T``;
``IACREQ`` [A rms] and ``IDCREQ`` [A] are the same where the current was controlled. ``EOC`` [V] is 0
where no open circuit was measured: 0 is taken only beside the table ``OCVCURVE`` of its measurement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import takewhile

from lipon_eis.readers.beside import ignored_columns
from lipon_eis.readers.block import Lists, plain_rows
from lipon_eis.readers.columns import Columns, Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header, number
from lipon_eis.readers.numbers import looks_numeric
from lipon_eis.readers.rows import SplitOn
from lipon_eis.readers.table import Sweep, read_table, sweeps_of
from lipon_eis.readers.text import decode, encoding_of
from lipon_eis.readers.values import Values
from lipon_eis.spectrum import Spectrum

_BEGINNING = b"EXPLAIN"
_TABLE = re.compile(r"ZCURVE[0-9]*\b")
_KEY = re.compile(r"[A-Z][A-Z0-9_]{2,}(?:\t|$)")
_NEXT_KEY = re.compile(rb"\n()[A-Z][A-Z0-9_]{2,}(?:\t|\r?\n|\r?$)")
_STOPPED = "the run was stopped before its end"
_CONVENTION = Convention(units=True, sign=True)
_AREA_DEFAULT = (1e-4,)
_TEXTS = {"TITLE": "technique", "PSTAT": "instrument", "PSTATSERIALNO": "serial_number", "FRAMEWORKVERSION": "software"}
_NUMBERS = {
    "VAC": ("amplitude_V", 1e-3),
    "IAC": ("amplitude_A", 1.0),
    "IACREQ": ("amplitude_A", 1.0),
    "IDCREQ": ("bias_A", 1.0),
    "EOC": ("open_circuit_V", 1.0),
}
_KNOWN = frozenset({*_TEXTS, *_NUMBERS, "DATE", "TIME", "NOTES", "AREA", "VDC"})


def recognises(head: Head) -> bool:
    """Tell a Gamry file by its first word, or by its table where the head was cut away."""
    if head.data.startswith(_BEGINNING) and b"\0" not in head.data:
        return True  # without decoding all of it
    if head.text is None:
        return False
    return head.starts_with("EXPLAIN") or any("TABLE" in line and _TABLE.match(line) for line in head.text.lines)


def read(file: File) -> list[Spectrum]:
    """Read every ``ZCURVE`` table of one file."""
    return _plain(file) or _all(file)


def _plain(file: File) -> list[Spectrum] | None:
    """Read a file with one table of plain numbers, without taking it apart into lines; or return None.

    The same as `_all` finds line by line (a test compares them): the table is just the marks, line ends and numbers
    that its width demands, so that none of its lines is blank, a comment, another key, or cut.
    """
    data = file.data
    if not data.startswith(_BEGINNING):
        return None
    table = data.find(b"\nZCURVE") + 1
    title = data.find(b"\n", table)
    start = data.find(b"\n", data.find(b"\n", title + 1) + 1) + 1  # of the rows, if there are three lines above
    around, end = data[:start], b"\r\n" if data[title - 1 : title] == b"\r" else b"\n"
    above = around.count(b"\n")
    if (found := _table_of(data[table:start], above - 1)) is None:
        return None
    columns, width, certain = found
    cells = plain_rows(data[start:], b"\t", width, end)
    if cells is None and (key := _NEXT_KEY.search(data, start)):
        below = data[key.start(1) :]
        if below.startswith(b"ZCURVE") or b"\nZCURVE" in below:
            return None
        around += below
        cells = plain_rows(data[start : key.start(1)], b"\t", width, end)
    if cells is None or not _plain_lines(around, end) or not (certain or encoding_of(around) == "utf-8"):
        return None
    numbers = Lists({k: cells[k::width] for k in columns.needed})
    places = range(above + 1, above + 1 + len(cells) // width)
    sweeps = sweeps_of(Values(file, columns, numbers, places, _CONVENTION))
    stopped = _stopped(around) if b"EXPERIMENTABORTED" in around else []
    return spectra(file, "gamry", partial(_header_of, file, columns), sweeps, stopped)


def _stopped(text: bytes) -> list[str]:
    values = (below.split(b"\n", 1)[0].decode("latin-1") for below in text.split(b"\nEXPERIMENTABORTED\t")[1:])
    return [_STOPPED for value in values if _is_true(value.split("\t"))]


def _plain_lines(text: bytes, end: bytes) -> bool:
    """Tell a text whose lines all have this end, which may lack after the last, and that holds no zero byte."""
    returns = text.count(b"\n") if len(end) > 1 else 0
    return text.count(b"\r") == text.count(b"\r\n") == returns and b"\0" not in text


def _header_of(file: File, columns: Columns) -> Header:
    return _header(file.text.lines, [columns])


@lru_cache  # the files of one instrument have the same names on the same line
def _table_of(above: bytes, line: int) -> tuple[Columns, int, bool] | None:
    """Return the columns of a complete table with units, how many there are, and whether these lines are read surely.

    They are unless some character would be another one, were there a byte in the lines above them that is no UTF-8.
    None where the table has another form.
    """
    encoding = encoding_of(above)
    if encoding is None:
        return None
    lines = decode(above, encoding).lines
    if len(lines) != 3 or not _TABLE.match(lines[0]):
        return None
    columns, width, below = _columns(lines[1], lines[2], line)
    return (columns, width, encoding != "utf-8" or above.isascii()) if columns.complete and below == 2 else None


def _all(file: File) -> list[Spectrum]:
    """Read every table line by line."""
    lines = file.text.lines
    starts = [k for k, line in enumerate(lines) if _TABLE.match(line)]
    if not starts:
        raise file.refuse("no ZCURVE table; is this an impedance experiment?")
    tables, sweeps = list[Columns](), list[Sweep]()
    for start in starts:
        if lines[start + 1 : start + 2] and lines[start + 1][:1] in (",", ";") and "\t" not in lines[start + 1]:
            raise file.refuse(
                f"cells separated by {lines[start + 1][0]!r}: a spreadsheet has saved this file; give the one that"
                " Framework wrote, or save it as text separated by tabs",
                start + 2,
            )
        names, units = (lines[k] if k < len(lines) else "" for k in (start + 1, start + 2))
        columns, width, below = _columns(names, units, start + 2)
        sweeps += read_table(file, columns, start + 1 + below, _Cells("\t", True, width), _CONVENTION, _KEY.match)
        tables.append(columns)
    return spectra(file, "gamry", _header(lines, tables), sweeps)


@lru_cache  # the files of one instrument have the same names on the same line
def _columns(names: str, units: str, line: int) -> tuple[Columns, int, int]:
    """Return the columns, how many there are, and of how many lines they are made: names, and perhaps units."""
    # Units hold blanks ("deg C", "V vs. Ref."); names do not.
    named, units = names.split(), units.strip()
    united = units.split("\t" if "\t" in units else None)
    if all(map(looks_numeric, united[:3])):
        return understand(named, line=line), len(named), 1
    return understand(named, united, line), len(named), 2


@dataclass(frozen=True)
class _Cells(SplitOn):
    """Takes a row apart at tabs, or at spaces where somebody's editor has replaced the tabs."""

    width: int = 0

    def __call__(self, line: str) -> list[str]:
        cells = super().__call__(line)
        return cells if len(cells) == self.width else line.split()


def _header(lines: Sequence[str], tables: Sequence[Columns]) -> Header:
    header = Header()
    date: tuple[str, int] = ("", 0)
    in_header = True
    for at, line in enumerate(lines, 1):
        if line.startswith("\t"):
            continue  # a row or a note
        key, *rest = line.split("\t")
        if not rest or not (key in _KNOWN or _KEY.match(line)):
            if in_header and line.strip() and not line.startswith("EXPLAIN"):
                header.ignored.append(f"header line {at}: {line.strip()[:60]}")
            continue
        value = _value(rest)
        if rest[0] == "TABLE":
            in_header = False
        elif key == "DATE":
            date = (value, at)
        elif key == "TIME":
            date = (f"{date[0]} {value}", date[1] or at)
        elif key == "NOTES":
            header.take("comment", _notes(lines, at, value), at + 1)
        elif key == "EXPERIMENTABORTED" and _is_true(rest):
            header.notes.append(_STOPPED)
        elif not _setting(header, key, value, rest[2:3] == ["T"], at):
            header.ignored.append(key)
    header.take("date", date[0].strip(), date[1])
    if header.meta.get("open_circuit_V") == 0 and not any(line.startswith("OCVCURVE") for line in lines):
        header.drop("open_circuit_V", "open circuit of 0 V")
    header.ignored.extend(dict.fromkeys(name for columns in tables for name in ignored_columns(columns)))
    return header


def _notes(lines: Sequence[str], start: int, count: str) -> str:
    """Return the notes, no more than said and only what is indented: some files say more than follow."""
    said = int(count) if count.isdecimal() and len(count) < 9 else 0
    notes = takewhile(lambda line: line.startswith("\t"), lines[start : start + said])
    return " ".join(map(str.strip, notes)).strip()


def _value(cells: Sequence[str]) -> str:
    """Return the value of a setting, from the cells behind its key."""
    return cells[1].strip() if len(cells) > 1 else cells[0].strip()


def _is_true(cells: Sequence[str]) -> bool:
    return _value(cells).upper().startswith("T")


def _setting(header: Header, key: str, value: str, flag: bool, line: int) -> bool:
    """Take one setting; return False for one that is not used."""
    if key in _TEXTS:
        header.take(_TEXTS[key], value, line)
    elif key in _NUMBERS:
        (name, factor), quantity = _NUMBERS[key], number(value)
        header.take(name, None if quantity is None else quantity * factor, line)
    elif key == "AREA":
        quantity = number(value)
        header.take_area(None if quantity is None else quantity * 1e-4, _AREA_DEFAULT, line)
    elif key == "VDC":
        header.take("bias_V", number(value), line)
        header.take("bias_versus", "open circuit" if flag else "reference", line)
    else:
        return False
    return True


FORMAT = Format("gamry", "Gamry Framework (.DTA)", recognises, read, (".dta",))
