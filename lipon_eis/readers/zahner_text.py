"""Zahner exports as text: Thales, Zahner Analysis, and the csv of its scripts (``.txt``, ``.csv``).

Three layouts, each a table of frequency [Hz], |Z| [Ω] and phase [°] (capacitive is negative):

- csv with the names ``Frequency;Impedance;Phase`` and numbers with three decimals and an SI prefix:
  ``1.462k;735.948m;-84.415``. A point without a prefix may be one whose prefix was cut, so a last line
  without a line end is left out;
- Thales ASCII: lines ``Potential.....: 0.000V, Ampl: 10mV``, then ``Number``, ``Frequency/Hz``,
  ``Impedance/Ohm``, ``Phase/deg``, ``Significance``, ``Time/s``, separated by white space or commas. Lists
  of spectra have them below each other, ``Number`` beginning anew, perhaps with the names again, a line of text
  or a whole head between them;
- Zahner Analysis: lines ``Key: value``, then ``frequency (Hz)``, ``impedance (Ω)``, ``phase / deg (°)`` or
  ``phase / rad (rad)``, …, ``significance``, separated by tabs; Re and Im beside them must agree.

The first is built from a real file, the others from the layout that public readers expect, with no
real file at hand. A measured sweep begins inside its range; see `zahner_overlap`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lipon_eis.readers.columns import Columns, Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header
from lipon_eis.readers.heads import read_each
from lipon_eis.readers.layout import MARKS, SEARCHED, cells_of
from lipon_eis.readers.rows import Splitter, split_on
from lipon_eis.readers.table import Sweep, read_table
from lipon_eis.readers.text import Text
from lipon_eis.readers.zahner_header import take_line
from lipon_eis.readers.zahner_overlap import without_overlap
from lipon_eis.spectrum import Spectrum

_EXPONENTS = {"a": -18, "f": -15, "p": -12, "n": -9, "u": -6, "µ": -6, "m": -3, "": 0, "k": 3, "K": 3, "M": 6, "G": 9}
_PREFIXED = re.compile(r"([-+]?[0-9]+(?:[.,][0-9]+)?)([afpnuµmkKMG]?)")
_SOME_PREFIX = re.compile(r"[0-9][afpnuµmkKMG](?![A-Za-z0-9])")
_BARE_NAMES = {"frequency", "impedance", "phase"}
_OWN_NAMES = {"significance"}
_RENAMED = {"phase / deg (°)": "phase (deg)", "phase / rad (rad)": "phase (rad)"}
_AROUND = " \t,;"


@dataclass(frozen=True)
class _Table:
    columns: Columns
    mark: str
    prefixed: bool

    @property
    def split(self) -> Splitter:
        """Takes a row apart."""
        split = split_on(self.mark)
        return _with_prefixes(split) if self.prefixed else split


def recognises(head: Head) -> bool:
    """Tell it by numbers with SI prefixes below names, or by the names that only Zahner writes."""
    return head.text is not None and _find(head.text) is not None


def read(file: File) -> list[Spectrum]:
    """Read all sweeps of one file, without the overlaps at their beginnings."""
    lines = file.text.lines
    tables = {table.columns.line - 1: table for k in range(len(lines)) if (table := _table_at(file.text, k))}
    if not tables:
        raise file.refuse("no line of column names such as Frequency;Impedance;Phase or Number … Significance")

    def read_one(at: int, ends: Callable[[str], object]) -> list[Sweep]:
        table = tables[at]
        settled = not table.prefixed or {n.casefold() for n in table.columns.names} == _BARE_NAMES
        convention = Convention(units=settled, sign=settled)
        return without_overlap(read_table(file, table.columns, at + 1, table.split, convention, ends))

    first = tables[min(tables)]
    header, sweeps = read_each(lines, list(tables), first.split, read_one, lambda head: _header(lines, head))
    ignored = [f"column {name}" for table in tables.values() for name in table.columns.ignored]
    header.ignored.extend(dict.fromkeys(ignored))
    return spectra(file, "zahner-text", header, sweeps)


def _find(text: Text) -> _Table | None:
    tables = (_table_at(text, k) for k in range(min(len(text.lines), SEARCHED)))
    return next((table for table in tables if table), None)


def _table_at(text: Text, k: int) -> _Table | None:
    """Return the table whose names stand at line index ``k``, or None where there is none."""
    line = text.lines[k]
    if len(line) > 2000 or "req" not in line:
        return None
    for mark in MARKS:
        if mark and mark not in line:
            continue
        names = [_RENAMED.get(name.casefold(), name) for name in cells_of(line, mark)]
        columns = understand(names, line=k + 1)
        if not columns.complete:
            continue
        prefixed = _has_prefixes(text, k + 1, mark, len(names))
        if prefixed or _OWN_NAMES & {name.casefold() for name in names}:
            return _Table(columns, mark, prefixed)
    return None


def _has_prefixes(text: Text, start: int, mark: str, width: int) -> bool:
    if not any(map(_SOME_PREFIX.search, text.lines[start:])):
        return False
    rows = map(split_on(mark), text.lines[start:])
    matches = ([_PREFIXED.fullmatch(cell) for cell in row] for row in rows if len(row) == width)
    return any(match and match[2] for row in matches if all(row) for match in row)


def _with_prefixes(split: Splitter) -> Splitter:
    """Return a splitter that writes an SI prefix as an exponent, so that all numbers are alike."""

    def rewritten(cell: str) -> str:
        match = _PREFIXED.fullmatch(cell)
        return f"{match[1]}e{_EXPONENTS[match[2]]}" if match else cell

    return lambda line: [rewritten(cell) for cell in split(line)]


def _header(lines: tuple[str, ...], head: range) -> Header:
    """Return what the head of a table says; words above a later table are its title."""
    header = Header()
    for k in head:
        known = take_line(header, lines[k], k + 1)
        if head.start and not known:
            header.take("title", lines[k].strip(_AROUND), k + 1)
    return header


FORMAT = Format("zahner-text", "Zahner text (.txt, .csv)", recognises, read)
