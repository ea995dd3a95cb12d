"""RelaxIS 3 spectrum exports (text, tab-separated).

First ``RelaxIS 3.0 Spectrum export``, then ``Date: …`` (of the export, not of the measurement), a line of
column names that begin with ``Data:``, below it a line about the spectrum (its parameters ``DC=…, AC=…``,
``Model: …``, its name), then one line a frequency, in whatever order the program had them. A spreadsheet that saves
this again separates the cells by semicolons or commas.

Columns used: ``Data: Frequency`` [Hz], ``Data: Z'``, ``Data: Z''`` [Ω] (capacitive is negative); ``Data: |Z|`` [Ω]
and ``Data: Theta (Z)`` [°] must agree. Columns that do not begin with ``Data:`` are of a fit and are not
used. Several spectra are read where they stand side by side, each with a ``Data: Frequency`` of its
own, and where they follow each other, each with its line of names; of both no real file was at hand.

``DC`` is the bias [V], ``AC`` the amplitude [V]. Commas separate the parameters; where the PC had a European
locale their numbers have decimal commas, too (``AC=0,01, T=25``). The unit of the others (``T``, ``TM``, ``J``,
``FV1`` …) is a setting of the program that the file does not tell: they are not taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import takewhile

from lipon_eis.readers.columns import Columns, Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header, number
from lipon_eis.readers.numbers import looks_numeric
from lipon_eis.readers.rows import Splitter, split_on
from lipon_eis.readers.table import Sweep, read_table
from lipon_eis.spectrum import Spectrum

_FIRST = "Data: Frequency"
# What the names say without their units; "Fit: Z'" and the like stay unknown.
_NAMES = {
    "Data: Frequency": "Frequency [Hz]",
    "Data: Z'": "Z' [Ohm]",
    "Data: Z''": "Z'' [Ohm]",
    "Data: |Z|": "|Z| [Ohm]",
    "Data: Theta (Z)": "Theta [deg]",
}
_NUMBERS = {"DC": "bias_V", "AC": "amplitude_V"}
_MARKS = ("\t", ";", ",")  # the first that makes a cell of `_FIRST` counts
_EMPTY = " \t;,"
_PARAMETER = re.compile(r"[A-Za-z]\w*\s*=")
_NEXT = re.compile(r",\s*(?=[A-Za-z]\w*\s*=)")  # before a name a comma separates; any other is a decimal mark


@dataclass(frozen=True)
class _Own:
    """The cells of one spectrum: from ``begin`` to before ``end``, the last one's to the end of the line."""

    split: Splitter
    begin: int
    end: int | None

    def __call__(self, line: str) -> list[str]:
        return self.split(line)[self.begin : self.end]

    @property
    def has_neighbours(self) -> bool:
        return self.begin > 0 or self.end is not None


def recognises(head: Head) -> bool:
    """Tell a RelaxIS export by its first line."""
    return head.starts_with("RelaxIS") and head.text is not None and any(map(_names_columns, head.text.lines))


def _names_columns(line: str) -> bool:
    return _FIRST in line


def read(file: File) -> list[Spectrum]:
    """Read all spectra of one export."""
    lines = file.text.lines
    starts = [k for k, line in enumerate(lines) if _names_columns(line)]
    if not starts:
        raise file.refuse(f"no line of column names ({_FIRST}, …); was the file cut in its header?")
    header, sweeps = Header(), list[Sweep]()
    header.take("software", lines[0].strip(_EMPTY).removesuffix(" Spectrum export"), 1)
    for number_, line in enumerate(lines[1 : starts[0]], 2):
        if line.startswith("Date:"):
            header.take("export_date", line.partition(":")[2].strip(_EMPTY), number_)
    for start in starts:
        split = _splitter(file, start)
        firsts = [k for k, name in enumerate(split(lines[start])) if name == _FIRST]
        for begin, end in zip(firsts, [*firsts[1:], None], strict=True):
            sweeps += _spectrum(file, header, start, _Own(split, begin, end))
    return spectra(file, "relaxis", header, sweeps)


def _splitter(file: File, start: int) -> Splitter:
    """Return what takes the table apart whose names stand on line index ``start``."""
    for mark in _MARKS:
        if _FIRST in (split := split_on(mark))(file.text.lines[start]):
            return split
    raise file.refuse(f"no column is called {_FIRST!r} alone; separate the columns by tabs", start + 1)


def _spectrum(file: File, header: Header, start: int, own: _Own) -> list[Sweep]:
    """Read the spectrum that stands in its ``own`` cells below the names on line index ``start``."""
    names, *below = file.text.lines[start : start + 2]
    columns, about = _columns(own(names), start), own(below[0]) if below else []
    described = bool(about) and not looks_numeric(about[0])

    def ends(line: str) -> bool:
        return _names_columns(line) or not any(own(line))

    first = start + 1 + described
    found = read_table(file, columns, first, own, Convention(units=True, sign=True), ends)
    header.ignored.extend(w for w in (f"column {n}" for n in columns.ignored) if w not in header.ignored)
    if not described:
        return found
    if own.has_neighbours and len(own.split(below[0])) > len(own.split(names)):
        # Commas separate the parameters, too: which cells belong to which spectrum is not told.
        header.notes.append(f"line {first} says of several spectra in one line what cannot be told apart: not taken")
        return found
    return [_described(header, sweep, about, first) for sweep in found]


def _columns(names: list[str], start: int) -> Columns:
    found = understand([_NAMES.get(name, name) for name in names], line=start + 1)
    return replace(found, names=tuple(names))


def _described(header: Header, sweep: Sweep, about: list[str], line: int) -> Sweep:
    """Add what the line above a spectrum says of it."""
    meta, origin = dict(sweep.meta), dict(sweep.origin)
    parameters = list(takewhile(_PARAMETER.match, about))
    for item in _NEXT.split(", ".join(parameters)):
        key, _, value = (part.strip() for part in item.partition("="))
        if key in _NUMBERS and looks_numeric(value):
            meta[_NUMBERS[key]], origin[_NUMBERS[key]] = number(value), f"header line {line}"
        elif key and key not in header.ignored:
            header.ignored.append(key)
    others = about[len(parameters) :]
    words = "; ".join(cell for cell in others if cell and not cell.startswith("Model:"))
    if words:
        meta["title"], origin["title"] = words, f"header line {line}"
    return replace(sweep, meta=meta, origin=origin)


FORMAT = Format("relaxis", "RelaxIS 3 (text export)", recognises, read)
