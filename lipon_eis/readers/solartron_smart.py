"""Solartron SMaRT exports (``.csv``; software of ModuLab, 1260A and Modulus analysers).

A title, a line ``Experiment start time : …``, the column names with their units in brackets, then the rows.
The names end in a separator, or the rows alone do. Where the PC had a European locale the rows are separated by
semicolons, with decimal commas, below names that are still separated by commas.

Columns used: ``Frequency (Hz)``; ``Impedance Real (Ohms)`` and ``Impedance Imaginary (Ohms)`` (capacitive is
negative) or ``Impedance Magnitude (Ohms)`` and ``Impedance Phase Degrees (')``, in some versions ``(I)``; the same of
the admittance where there is no impedance, ``Z Real`` and ``Z Imag`` without units in old versions.
``AC Level (V)`` and ``DC Level (V)`` are amplitude and bias. ``Temperature ('C)`` or ``(K)`` holds ``-``, or nothing,
where no thermometer was connected: no temperature then, whatever ``Set Point`` says, which is not measured.
``Control``, the levels of old versions (``Set Ac Level``: without a unit) and capacitance are not used.

``Sweep Number`` counts the steps of the experiment. A spectrum is often measured in several, each with its own
settings for a range of frequencies, and the next begins at the frequency at which the last ended: these are
one spectrum, with a note.

Checked against a real file with magnitude, phase, Re and Im and no thermometer.
"""

from __future__ import annotations

import re
from dataclasses import replace

from lipon_eis.readers import immittance, immittance_names
from lipon_eis.readers.beside import ignored_columns, with_columns_beside
from lipon_eis.readers.columns import Columns, Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header
from lipon_eis.readers.names import Quantity
from lipon_eis.readers.rows import Splitter, split_on
from lipon_eis.readers.table import Sweep, read_table
from lipon_eis.readers.text import Text
from lipon_eis.spectrum import Spectrum

_SEARCHED = 20
_START = re.compile(r"\s*Experiment start time\s*:\s*(.*)", re.IGNORECASE)
_LEVELS = ("AC Level (V)", "AC Level (A)", "Set Ac Level")
_MEASURED = ("Impedance ", "Admittance ", "Z Real")
# The program writes an apostrophe for the degree sign.
_SPELLINGS = {
    "impedance phase degrees (')": "Phase (deg)",
    "impedance phase degrees (i)": "Phase (deg)",
    "admittance phase degrees (')": "Phase(Y) (deg)",
    "admittance phase degrees (i)": "Phase(Y) (deg)",
    "temperature ('c)": "Temperature (°C)",
}
_BESIDE = {
    "ac level (v)": ("amplitude_V", float),
    "dc level (v)": ("bias_V", float),
    "ac level (a)": ("amplitude_A", float),
    "dc level (a)": ("bias_A", float),
}
_NO_THERMOMETER = ("-", "")


def recognises(head: Head) -> bool:
    """Tell a SMaRT export by its column names."""
    return head.text is not None and _names_at(head.text) is not None


def _names_at(text: Text) -> int | None:
    return next((k for k, line in enumerate(text.lines[:_SEARCHED]) if _names(line)), None)


def _names(line: str) -> list[str]:
    if not any(level in line for level in _LEVELS) or not any(what in line for what in _MEASURED):
        return []
    names = split_on(_mark(line))(line)
    while names and not names[-1]:
        del names[-1]
    return names


def _mark(line: str) -> str:
    return next((mark for mark in ("\t", ";") if mark in line), ",")


def read(file: File) -> list[Spectrum]:
    """Read the table of one file."""
    lines = file.text.lines
    at = _names_at(file.text)
    if at is None:
        raise file.refuse("no line of column names (Frequency (Hz), …, AC Level (V), …); was it cut or changed?")
    names = [_SPELLINGS.get(name.casefold(), name) for name in _names(lines[at])]
    columns = understand(names, line=at + 1)
    mark = _mark(next((line for line in lines[at + 1 :] if line.strip()), ""))
    split = split_on(mark)
    sweeps = [with_columns_beside(file, columns, split, s, _BESIDE) for s in _sweeps(file, columns, at + 1, mark)]
    sweeps = [_with_segments(file, columns, split, sweep) for sweep in sweeps]
    header = _header(lines[:at])
    header.ignored.extend(ignored_columns(columns, _BESIDE))
    return spectra(file, "solartron-smart", header, sweeps)


def _sweeps(file: File, columns: Columns, start: int, mark: str) -> list[Sweep]:
    split = _with_thermometer(columns, mark, file.text.lines[start:])
    if not columns.complete:
        pairs = immittance_names.understand(columns.names, line=columns.line)
        if immittance.possible(pairs):
            # No real file of the admittance alone was seen, so that its sign is not settled.
            return immittance.read_table(file, pairs, start, split, convention=Convention(units=True))
    return read_table(file, columns, start, split, Convention(units="Z Real" not in columns.names, sign=True))


def _with_thermometer(columns: Columns, mark: str, rows: tuple[str, ...]) -> Splitter:
    """Return a splitter to which a temperature that was not measured is no number, rather than no row."""
    split, places = split_on(mark), [k for k, _ in columns.found.get(Quantity.TEMPERATURE, [])]
    if not places or not any(f"{mark}{cell}{mark}" in row for row in rows for cell in _NO_THERMOMETER):
        return split

    def cells(line: str) -> list[str]:
        return ["nan" if k in places and cell in _NO_THERMOMETER else cell for k, cell in enumerate(split(line))]

    return cells


def _with_segments(file: File, columns: Columns, split: Splitter, sweep: Sweep) -> Sweep:
    """Return the sweep with a note where the experiment measured it in several steps."""
    found, lines = columns.found.get(Quantity.LOOP), sweep.meta.get("lines")
    if not found or not isinstance(lines, list):
        return sweep
    first, last = (split(file.text.lines[line - 1])[found[0][0]] for line in (lines[0], lines[-1]))
    if first == last:
        return sweep
    note = f"sweeps {first} to {last} of the experiment go on in each other's frequencies: segments of one spectrum"
    return replace(sweep, notes=(*sweep.notes, note))


def _header(lines: tuple[str, ...]) -> Header:
    header = Header()
    for line_number, line in enumerate(lines, 1):
        if match := _START.match(line):
            header.take("date", match[1].strip(" ,;"), line_number)
        elif line.strip(" ,;"):
            header.take("title", line.strip(" ,;"), line_number)
    return header


FORMAT = Format("solartron-smart", "Solartron SMaRT (csv)", recognises, read)
