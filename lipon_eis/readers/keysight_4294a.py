"""The ASCII trace data of Agilent's 4294A impedance analyser: settings, then a table for each of two traces.

::

    4294A REV1.11
    "DATE: Jan 25 2018"
    "MEASURE PARAMETER: IMPEDANCE MAG PHASE (DEG)"
    "NUMBER of POINTS: 201"
    "OSC LEVEL:  500 mVolt"
    "DC BIAS: OFF"

    "TRACE: A"
    "FORMAT: LOG"

    "Frequency"	"Data Trace Real"	"Data Trace Imag"
    1.00000000000e+03	1.324238e+00	0.000000e+00

Quoted lines of settings, then for each trace ``"TRACE: A"``, some lines, and a table separated by tabs.
``"Data Real"`` and ``"Data Imag"`` are R and X [Ω] whatever the screen showed, in the tables of both traces.
``"Data Trace Real"`` is what was on the screen, after conversion and any data operation; its parameter stands in
``MEASURE PARAMETER``, that of trace A first, and ``"Data Trace Imag"`` is 0 throughout as the parameter is no complex
number. ``FORMAT`` is that of the axis: the numbers are linear. Where R and X were not saved, the traces A and B are
joined; a parameter that is not known here, or that makes no impedance with the other, is refused by its name.

The oscillator's level is in V or A. A clock that was never set writes ``"DATE: 2 -100"``: no date.

Built from the operation manual (ch. 8) and checked against real files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from lipon_eis.readers import immittance, immittance_names
from lipon_eis.readers.beside import ignored_columns
from lipon_eis.readers.format import File
from lipon_eis.readers.header import Header, number
from lipon_eis.readers.numbers import looks_numeric
from lipon_eis.readers.rows import split_on
from lipon_eis.readers.table import Sweep

TRACE = re.compile(r'\s*"TRACE: ([AB])"', re.IGNORECASE)
_SETTING = re.compile(r'\s*"(?P<key>[^":]+):\s*(?P<value>[^"]*?)\s*"')
_INSTRUMENT = re.compile(r"\s*(4294A)\s+(REV\S+)")
_POINTS, _PARAMETER, _LEVEL, _BIAS = "NUMBER of POINTS", "MEASURE PARAMETER", "OSC LEVEL", "DC BIAS"
_ELECTRICAL = re.compile(r"(?P<value>[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)\s*(?P<prefix>[mu]?)(?P<unit>Volt|Amp)s?")
_PREFIXES = {"": 1.0, "m": 1e-3, "u": 1e-6}
_UNITS = {"Volt": "V", "Amp": "A"}
_DATA = {"frequency": "Frequency (Hz)", "data real": "R (Ohm)", "data imag": "X (Ohm)"}
_ON_SCREEN = ["frequency", "data trace real", "data trace imag"]
# Parameters of both traces, and of one: as columns are called elsewhere.
_PAIRS = {
    "impedance mag phase (deg)": ("|Z| (Ohm)", "Phase(Z) (deg)"),
    "impedance mag phase (rad)": ("|Z| (Ohm)", "Phase(Z) (rad)"),
    "impedance real imaginary": ("R (Ohm)", "X (Ohm)"),
    "admittance mag phase (deg)": ("|Y| (S)", "Phase(Y) (deg)"),
    "admittance mag phase (rad)": ("|Y| (S)", "Phase(Y) (rad)"),
    "admittance real imaginary": ("G (S)", "B (S)"),
}
_SINGLE = {
    **{name: f"{name} (Ohm)" for name in ("R", "X", "Rs", "Rp")},
    **{name: f"{name} (F)" for name in ("Cs", "Cp")},
    **{name: f"{name} (H)" for name in ("Ls", "Lp")},
    **{name: f"{name} (S)" for name in ("G", "B")},
    **{name: name for name in ("D", "Q")},
    "ADMITTANCE CONDUCTANCE": "G (S)",
}


@dataclass(frozen=True)
class _Table:
    """The table of one trace: its letter, its names, and the index of their line."""

    letter: str
    names: list[str]
    at: int


def take_setting(header: Header, line: str, place: int) -> bool:
    """Take what a line of the head says; return whether it is one that is understood."""
    if match := _INSTRUMENT.match(line):
        header.take("instrument", match[1], place)
        header.take("software", match[2], place)
        return True
    match = _SETTING.match(line)
    if match is None or match["key"] not in (_LEVEL, _BIAS, _PARAMETER, _POINTS):
        return False
    if match["key"] in (_LEVEL, _BIAS):
        return _take_level(header, "amplitude" if match["key"] == _LEVEL else "bias", match["value"], place)
    return True


def _take_level(header: Header, kind: str, text: str, place: int) -> bool:
    if kind == "bias" and text == "OFF":
        header.take("bias_V", 0.0, place)
        return True
    match = _ELECTRICAL.fullmatch(text)
    value = number(match["value"]) if match else None
    if match is None or value is None:
        return False
    header.take(f"{kind}_{_UNITS[match['unit']]}", value * _PREFIXES[match["prefix"]], place)
    return True


def read_traces(file: File) -> tuple[list[Sweep], list[str]]:
    """Read the spectrum of both traces; name the columns that were not used.

    Raises:
        UnreadableFile: The parameters on the screen are not known or make no impedance, or the traces do not fit
            together.
    """
    tables = _tables(file)
    columns = immittance_names.understand([_DATA.get(c.casefold(), c) for c in tables[0].names], line=tables[0].at + 1)
    if immittance.possible(columns):
        sweeps = immittance.read_table(file, columns, columns.line, split_on("\t"), ends=TRACE.match)
    else:
        first, second = _parameters(file, tables)
        names = ["Frequency (Hz)", first, "Data Trace Imag", second]
        columns = immittance_names.understand(names, line=columns.line)
        if not immittance.possible(columns):
            raise _unknown(file, tables[0].at)
        sweeps = immittance.read_table(_joined(file, tables), columns, columns.line, split_on("\t"), ends=TRACE.match)
        sweeps = [_noted(s, "Z is made of what was on the screen, whatever data operation was on") for s in sweeps]
    return _counted(file, sweeps), ignored_columns(columns)


def _tables(file: File) -> list[_Table]:
    found = []
    for at, line in enumerate(file.text.lines):
        if match := TRACE.match(line):
            found.append(_table(file, match[1].upper(), at))
    return found


def _table(file: File, letter: str, at: int) -> _Table:
    for k, line in enumerate(file.text.lines[at + 1 :], at + 1):
        cells = split_on("\t")(line)
        if cells[0].casefold() == "frequency" and len(cells) > 1:
            return _Table(letter, cells, k)
        if TRACE.match(line):
            break
    raise file.refuse(f"no line of column names below trace {letter}; was it cut or changed?", at + 1)


def _setting(file: File, key: str) -> str:
    matches = map(_SETTING.match, file.text.lines)
    return next((match["value"] for match in matches if match and match["key"] == key), "")


def _parameters(file: File, tables: list[_Table]) -> tuple[str, str]:
    """Return what the traces A and B hold, as columns are called elsewhere."""
    parameter = re.sub(r"\s+", " ", _setting(file, _PARAMETER))
    pair = _PAIRS.get(parameter.casefold(), tuple(_SINGLE.get(name.strip(), "") for name in parameter.split("-")))
    if len(pair) != 2 or not all(pair):
        raise _unknown(file, tables[0].at)
    if [table.letter for table in tables] != ["A", "B"]:
        raise file.refuse("expected the traces A and B, which make the impedance together; save both", tables[0].at + 1)
    return pair[0], pair[1]


def _unknown(file: File, at: int) -> Exception:
    parameter = _setting(file, _PARAMETER)
    why = f"show {parameter!r}, of which no impedance is made" if parameter else "do not say which parameter they hold"
    return file.refuse(f'the traces {why}; save the data array as well ("Data Real", "Data Imag")', at + 1)


def _joined(file: File, tables: list[_Table]) -> File:
    """Return the file with the value of trace B at the end of each row of trace A: every line keeps its place."""
    first, second = (_rows(file, table) for table in tables)
    lines = list(file.text.lines)
    if [row[0] for _, row in first] != [row[0] for _, row in second]:
        raise file.refuse("the traces A and B have other frequencies; was the file cut or changed?", tables[1].at + 1)
    for (at, row), (_, other) in zip(first, second, strict=True):
        lines[at] = "\t".join([*row, other[1]])
    return File(file.given, "".join(f"{line}\n" for line in lines).encode(), file.imaginary)


def _rows(file: File, table: _Table) -> list[tuple[int, list[str]]]:
    """Return the rows of a trace, each with the index of its line."""
    if [name.casefold() for name in table.names] != _ON_SCREEN:
        raise file.refuse(f"expected the columns {_ON_SCREEN}; found {table.names}", table.at + 1)
    rows = []
    for at, line in enumerate(file.text.lines[table.at + 1 :], table.at + 1):
        if not line.strip():
            continue
        row = split_on("\t")(line)
        if TRACE.match(line):
            break
        if len(row) != len(table.names) or not all(map(looks_numeric, row)):
            raise file.refuse(f"expected a frequency, a value and 0, found {line.strip()[:60]!r}", at + 1)
        if number(row[2]) != 0:
            raise file.refuse(f"trace {table.letter} holds complex numbers, which its parameter does not have", at + 1)
        rows.append((at, row))
    return rows


def _counted(file: File, sweeps: list[Sweep]) -> list[Sweep]:
    """Return the sweeps with a note where the head says another number of points."""
    said, found = number(_setting(file, _POINTS)), sum(sweep.frequency.size for sweep in sweeps)
    if said is None or said == found:
        return sweeps
    note = f"the head says {said:g} points and the table holds {found}: the file may have been cut"
    return [_noted(sweep, note) for sweep in sweeps]


def _noted(sweep: Sweep, note: str) -> Sweep:
    return replace(sweep, notes=(*sweep.notes, note))
