"""Metrohm Autolab NOVA exports (``.txt``, ``.csv``); FRA writes ZPlot's layout, see `zplot`.

Text in UTF-8, separated by semicolons, tabs or commas, with decimal commas where the PC had a
European locale. A line of column names, then one line a frequency. A procedure that
repeats the measurement writes several tables below each other, each with its line of
names and often a line above it with the remark or the date and time. Points that
overflowed hold ``∞`` or ``NaN``.

Columns used: ``Frequency (Hz)``, ``Z' (Ω)``, ``-Z'' (Ω)`` (minus Im is stored); ``Z (Ω)`` is the modulus,
``-Phase (°)`` minus the phase, and they must agree. ``Potential applied (V)`` is the bias of a sweep over which it
is steady; a scan of the potential has a sweep at each. ``Index``, ``Time (s)``, ``OCP value (V)``, … are not
used. Where a program on the way did not know the signs Ω and °, a question mark stands for them, an O, or the
characters that their bytes in UTF-8 are elsewhere.

A table with ``Number of iterations`` is NOVA's list of a fit, whose Z may be the circuit's: it is
refused.

Checked against real files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lipon_eis.readers.beside import ignored_columns
from lipon_eis.readers.columns import Columns, Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header, number
from lipon_eis.readers.layout import MARKS, cells_of
from lipon_eis.readers.numbers import looks_numeric
from lipon_eis.readers.rows import Splitter, split_on
from lipon_eis.readers.table import Sweep, read_table
from lipon_eis.spectrum import Spectrum

_HEAD_LINES = 60
_KNOWN = ("Frequency (Hz)", "-Z'' (")  # in every line of names
_OF_A_FIT = "Number of iterations"
_LOST = str.maketrans({"\ufffd": "?", "∞": "inf"})
_UNITS = {"(?)": "(Ω)", "(O)": "(Ω)", "Phase (?)": "Phase (°)", "Î©": "Ω", "â„¦": "Ω", "Â°": "°"}
_APPLIED = "potential applied (v)"
_STEADY = 1e-3  # [V]


@dataclass(frozen=True)
class _Table:
    """A line of names: what the columns hold, what separates them."""

    columns: Columns
    mark: str


def recognises(head: Head) -> bool:
    """Tell a NOVA export by its column names: no other program calls them Z (Ω) and -Phase (°), or lost their signs."""
    if head.text is None:
        return False
    return any(
        _names_columns(line) and ("-Phase (" in line or _restored(line) != line) and _table(line, 1)
        for line in head.text.lines[:_HEAD_LINES]
    )


def read(file: File) -> list[Spectrum]:
    """Read every table of one file."""
    lines = file.text.lines
    tables = [table for k, line in enumerate(lines, 1) if _names_columns(line) and (table := _table(line, k))]
    if not tables:
        raise file.refuse(f"no line of column names ({', '.join(_KNOWN)}Ω), …); was it changed?")
    header, sweeps = Header(), list[Sweep]()
    header.take("software", "NOVA", tables[0].columns.line)
    remarks = {table.columns.line: _remark(file, table) for table in tables}
    ends = _border(file, tables, remarks)
    for table in tables:
        columns = table.columns
        if any(_OF_A_FIT in name for name in columns.names):
            raise file.refuse(
                f"the column {_OF_A_FIT!r} makes this the table of a fit, whose Z may be the circuit's and not the"
                " film's; export the measured frequency response",
                columns.line,
            )
        found = read_table(file, columns, columns.line, _split(table.mark), Convention(units=True, sign=True), ends)
        found = [_at_its_potential(file, table, sweep) for sweep in found]
        words, line = remarks[columns.line]
        sweeps += [_remarked(sweep, words, line) for sweep in found] if words else found
        header.ignored.extend(what for what in ignored_columns(columns, {_APPLIED: 0}) if what not in header.ignored)
    return spectra(file, "autolab", header, sweeps)


def _at_its_potential(file: File, table: _Table, sweep: Sweep) -> Sweep:
    """Return the sweep with the potential that was applied, where it was one all along."""
    names, lines = [name.casefold() for name in table.columns.names], sweep.meta.get("lines")
    if _APPLIED not in names or not isinstance(lines, list):
        return sweep
    at, split = names.index(_APPLIED), _split(table.mark)
    rows = [split(line) for line in file.text.lines[lines[0] - 1 : lines[1]] if line.strip()]
    volts = [number(row[at]) if at < len(row) else None for row in rows]
    known = [volt for volt in volts if volt is not None]
    name = table.columns.names[at]
    if len(known) < len(volts) or max(known) - min(known) > _STEADY:
        return replace(sweep, notes=(*sweep.notes, f"column {name!r} is not steady over the sweep: no bias taken"))
    return replace(
        sweep, meta={**sweep.meta, "bias_V": known[0]}, origin={**sweep.origin, "bias_V": f"column {name!r}"}
    )


def _names_columns(line: str) -> bool:
    return all(name in line for name in _KNOWN)


def _table(line: str, line_number: int) -> _Table | None:
    """Understand a line of names, or return None where it is none."""
    for mark in MARKS:
        if mark and mark not in line:
            continue
        names = cells_of(line, mark)
        columns = understand([_restored(name) for name in names], line=line_number)
        if columns.complete:
            return _Table(replace(columns, names=tuple(names)), mark)
    return None


def _restored(name: str) -> str:
    """Put Ω and ° back where a program on the way did not know them."""
    name = name.translate(_LOST)
    for lost in sorted(_UNITS, key=len, reverse=True):
        name = name.replace(lost, _UNITS[lost])
    return name


def _split(mark: str) -> Splitter:
    cells = split_on(mark)
    return lambda line: cells(line.translate(_LOST) if "∞" in line else line)


def _remark(file: File, table: _Table) -> tuple[str, int]:
    """Return the words on the line above a line of names, and its number."""
    above = range(table.columns.line - 1, 0, -1)
    at = next((n for n in above if file.text.lines[n - 1].strip(" \t,;")), 0)
    if not at:
        return "", 0
    cells = [cell for cell in split_on(table.mark)(file.text.lines[at - 1]) if cell]
    return ("", 0) if len(cells) > 2 or all(map(looks_numeric, cells)) else (" ".join(cells), at)


def _border(file: File, tables: list[_Table], remarks: dict[int, tuple[str, int]]) -> Callable[[str], bool]:
    """Return what tells the lines that stand between the tables."""
    places = {table.columns.line for table in tables} | {line for _, line in remarks.values() if line}
    texts = {file.text.lines[place - 1] for place in places}
    return texts.__contains__


def _remarked(sweep: Sweep, words: str, line: int) -> Sweep:
    return replace(
        sweep, meta={**sweep.meta, "comment": words}, origin={**sweep.origin, "comment": f"header line {line}"}
    )


FORMAT = Format("autolab", "Metrohm Autolab NOVA (text)", recognises, read)
