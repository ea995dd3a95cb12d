"""Gamry Framework exports (``.DTA``).

Text in cp1252 (newer versions UTF-8), first line ``EXPLAIN``. The header is one line a
setting, tab-separated: ``KEY<tab>TYPE<tab>value[<tab>more]<tab>description``. ``NOTES`` says
how many lines follow it, each indented by a tab.

Impedance stands in the table ``ZCURVE`` (``ZCURVE0``, ``ZCURVE1``, … in repeated runs): a line
``ZCURVE<tab>TABLE[<tab>rows]``, a line of column names, a line of units, one line a frequency,
each indented by a tab; edited files have rows indented or even separated by spaces. Other
tables (``OCVCURVE`` before, ``FRACURVE`` after a run that was stopped) and
``EXPERIMENTABORTED`` stand beside it. A table ends where the next key begins at the start
of a line. Decimal commas occur where the instrument's PC had a European locale.

Columns used: ``Freq`` [Hz], ``Zreal``, ``Zimag`` [Ω] (capacitive is negative); ``Zmod`` [Ω] and
``Zphz`` [°] must agree with them.

``AREA`` [cm²] is 1 unless somebody entered another: 1 is not taken for an area. ``VAC`` is the
amplitude [mV rms], ``VDC`` the bias [V], against the open circuit where its flag is ``T``.
"""

from __future__ import annotations

import re

from lipon_eis.readers.columns import Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header, number
from lipon_eis.readers.numbers import looks_numeric
from lipon_eis.readers.rows import Splitter, split_on
from lipon_eis.readers.table import Sweep, read_table
from lipon_eis.spectrum import Spectrum

_TABLE = re.compile(r"ZCURVE[0-9]*\b")
_KEY = re.compile(r"[A-Z][A-Z0-9_]{2,}(?:\t|$)")
_AREA_DEFAULT = (1e-4,)
_TEXTS = {"TITLE": "technique", "PSTAT": "instrument", "PSTATSERIALNO": "serial_number", "FRAMEWORKVERSION": "software"}
_NUMBERS = {"VAC": ("amplitude_V", 1e-3), "IAC": ("amplitude_A", 1.0), "EOC": ("open_circuit_V", 1.0)}


def recognises(head: Head) -> bool:
    """Tell a Gamry file by its first word, or by its table where the head was cut away."""
    if head.text is None:
        return False
    return head.starts_with("EXPLAIN") or any(_TABLE.match(line) and "TABLE" in line for line in head.text.lines)


def read(file: File) -> list[Spectrum]:
    """Read every ``ZCURVE`` table of one file."""
    lines = file.text.lines
    starts = [k for k, line in enumerate(lines) if _TABLE.match(line)]
    if not starts:
        raise file.refuse("no ZCURVE table; is this an impedance experiment?")
    header = _header(file)
    sweeps: list[Sweep] = []
    for start in starts:
        names, units = (lines[k].strip().split() if k < len(lines) else [] for k in (start + 1, start + 2))
        if not all(map(looks_numeric, units[:3])):
            columns, first = understand(names, units, start + 2), start + 3
        else:
            columns, first = understand(names, line=start + 2), start + 2
        split = _split(len(names))
        found = read_table(file, columns, first, split, Convention(units=True, sign=True), _begins_something)
        header.ignored.extend(f"column {name}" for name in columns.ignored if f"column {name}" not in header.ignored)
        sweeps += found
    return spectra(file, "gamry", header, sweeps)


def _split(width: int) -> Splitter:
    at_tabs = split_on("\t")

    def split(line: str) -> list[str]:
        cells = at_tabs(line)
        if not cells[0]:
            cells = cells[1:]
        return cells if len(cells) == width else line.split()

    return split


def _begins_something(line: str) -> bool:
    return _KEY.match(line) is not None


def _header(file: File) -> Header:
    header = Header()
    lines = file.text.lines
    date: tuple[str, int] = ("", 0)
    tables = False
    for at, line in file.text.numbered():
        key, *rest = line.split("\t")
        if not _KEY.match(line) or not rest:
            if not tables and line.strip() and not line.startswith(("EXPLAIN", "\t")):
                header.ignored.append(f"header line {at}: {line.strip()[:60]}")
            continue
        value = rest[1].strip() if len(rest) > 1 else rest[0].strip()
        if rest[0] == "TABLE":
            tables = True
        elif key == "DATE":
            date = (value, at)
        elif key == "TIME":
            date = (f"{date[0]} {value}", date[1] or at)
        elif key == "NOTES":
            count = int(value) if value.isdecimal() else 0
            header.take("comment", " ".join(note.strip() for note in lines[at : at + count]).strip(), at + 1)
        elif key == "EXPERIMENTABORTED" and value.upper().startswith("T"):
            header.notes.append("the run was stopped before its end")
        elif not _setting(header, key, value, rest[2:3] == ["T"], at):
            header.ignored.append(key)
    header.take("date", date[0].strip(), date[1])
    return header


def _setting(header: Header, key: str, value: str, flag: bool, line: int) -> bool:
    """Take one setting; return False for one that is not used."""
    quantity = number(value)
    if key == "AREA":
        header.take_area(None if quantity is None else quantity * 1e-4, _AREA_DEFAULT, line)
    elif key == "VDC":
        header.take("bias_V", quantity, line)
        header.take("bias_versus", "open circuit" if flag else "reference", line)
    elif key in _TEXTS:
        header.take(_TEXTS[key], value, line)
    elif key in _NUMBERS:
        name, factor = _NUMBERS[key]
        header.take(name, None if quantity is None else quantity * factor, line)
    else:
        return False
    return True


FORMAT = Format("gamry", "Gamry Framework (.DTA)", recognises, read, (".dta",))
