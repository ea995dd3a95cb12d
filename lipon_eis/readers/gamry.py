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
from collections.abc import Sequence
from dataclasses import dataclass

from lipon_eis.readers.columns import Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header, number
from lipon_eis.readers.numbers import looks_numeric
from lipon_eis.readers.rows import SplitOn
from lipon_eis.readers.table import Sweep, read_table
from lipon_eis.spectrum import Spectrum

_TABLE = re.compile(r"ZCURVE[0-9]*\b")
_KEY = re.compile(r"[A-Z][A-Z0-9_]{2,}(?:\t|$)")
_CONVENTION = Convention(units=True, sign=True)
_AREA_DEFAULT = (1e-4,)
_TEXTS = {"TITLE": "technique", "PSTAT": "instrument", "PSTATSERIALNO": "serial_number", "FRAMEWORKVERSION": "software"}
_NUMBERS = {"VAC": ("amplitude_V", 1e-3), "IAC": ("amplitude_A", 1.0), "EOC": ("open_circuit_V", 1.0)}


def recognises(head: Head) -> bool:
    """Tell a Gamry file by its first word, or by its table where the head was cut away."""
    if head.text is None:
        return False
    return head.starts_with("EXPLAIN") or any("TABLE" in line for _, line in _tables(_at_the_margin(head.text.lines)))


def read(file: File) -> list[Spectrum]:
    """Read every ``ZCURVE`` table of one file."""
    lines = file.text.lines
    at_the_margin = _at_the_margin(lines)
    tables = _tables(at_the_margin)
    if not tables:
        raise file.refuse("no ZCURVE table; is this an impedance experiment?")
    header = _header(lines, at_the_margin)
    sweeps: list[Sweep] = []
    for start, _ in tables:
        names, units = (lines[k].strip().split() if k < len(lines) else [] for k in (start + 1, start + 2))
        if not all(map(looks_numeric, units[:3])):
            columns, first = understand(names, units, start + 2), start + 3
        else:
            columns, first = understand(names, line=start + 2), start + 2
        sweeps += read_table(file, columns, first, _Cells("\t", True, len(names)), _CONVENTION, _KEY.match)
        header.ignored.extend(f"column {name}" for name in columns.ignored if f"column {name}" not in header.ignored)
    return spectra(file, "gamry", header, sweeps)


def _at_the_margin(lines: Sequence[str]) -> list[tuple[int, str]]:
    """Return the lines that no tab indents, with their indices: keys, but neither rows nor notes."""
    return [(k, line) for k, line in enumerate(lines) if line[:1] != "\t"]


def _tables(at_the_margin: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the lines with which a table of impedance begins, with their indices."""
    return [(k, line) for k, line in at_the_margin if _TABLE.match(line)]


@dataclass(frozen=True)
class _Cells(SplitOn):
    """Takes a row apart at tabs, or at spaces where somebody's editor has replaced the tabs."""

    width: int = 0

    def __call__(self, line: str) -> list[str]:
        cells = super().__call__(line)
        return cells if len(cells) == self.width else line.split()


def _header(lines: Sequence[str], at_the_margin: Sequence[tuple[int, str]]) -> Header:
    header = Header()
    date: tuple[str, int] = ("", 0)
    tables = False
    for at, line in ((k + 1, line) for k, line in at_the_margin):
        key, *rest = line.split("\t")
        if not rest or not _KEY.match(line):
            if not tables and line.strip() and not line.startswith("EXPLAIN"):
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
