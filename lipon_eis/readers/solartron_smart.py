"""Solartron SMaRT exports (``.csv``; software of ModuLab, 1260A and Modulus analysers).

A title, a line ``Experiment start time : …``, the column names with their units in brackets, then the rows.
The names end in a separator. Where the PC had a European locale the rows are separated by
semicolons, with decimal commas, below names that are still separated by commas.

Columns used: ``Frequency (Hz)``; ``Impedance Real (Ohms)`` and ``Impedance Imaginary (Ohms)`` (capacitive is
negative) or ``Impedance Magnitude (Ohms)`` and ``Impedance Phase Degrees (')``; ``Temperature ('C)``, where a
thermometer was connected; ``Sweep Number`` splits the table. ``AC Level (V)`` and ``DC Level (V)`` are amplitude
and bias. ``Set Point ('C)``, ``Control ('C)``, admittance and capacitance are not used.

Built from the layout as programs that read it describe it; no real file at hand.
"""

from __future__ import annotations

import re

from lipon_eis.readers.beside import ignored_columns, with_columns_beside
from lipon_eis.readers.columns import Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header
from lipon_eis.readers.rows import split_on
from lipon_eis.readers.table import read_table
from lipon_eis.readers.text import Text
from lipon_eis.spectrum import Spectrum

_SEARCHED = 20
_START = re.compile(r"\s*Experiment start time\s*:\s*(.*)", re.IGNORECASE)
# The program writes an apostrophe for the degree sign.
_SPELLINGS = {"impedance phase degrees (')": "Phase (deg)", "temperature ('c)": "Temperature (°C)"}
_BESIDE = {"ac level (v)": ("amplitude_V", float), "dc level (v)": ("bias_V", float)}


def recognises(head: Head) -> bool:
    """Tell a SMaRT export by its column names."""
    return head.text is not None and _names_at(head.text) is not None


def _names_at(text: Text) -> int | None:
    return next((k for k, line in enumerate(text.lines[:_SEARCHED]) if _names(line)), None)


def _names(line: str) -> list[str]:
    if "AC Level (V)" not in line or "Impedance " not in line:
        return []
    names = split_on(next((mark for mark in ("\t", ";") if mark in line), ","))(line)
    while names and not names[-1]:
        del names[-1]
    return names


def read(file: File) -> list[Spectrum]:
    """Read the table of one file."""
    lines = file.text.lines
    at = _names_at(file.text)
    if at is None:
        raise file.refuse("no line of column names (Frequency (Hz), …, AC Level (V), …); was it cut or changed?")
    names = _names(lines[at])
    columns = understand([_SPELLINGS.get(name.casefold(), name) for name in names], line=at + 1)
    following = next((line for line in lines[at + 1 :] if line.strip()), "")
    split = split_on(next((mark for mark in ("\t", ";") if mark in following), ","))
    sweeps = read_table(file, columns, at + 1, split, Convention(units=True, sign=True))
    header = Header()
    for line_number, line in enumerate(lines[:at], 1):
        if match := _START.match(line):
            header.take("date", match[1].strip(" ,;"), line_number)
        elif line.strip(" ,;"):
            header.take("title", line.strip(" ,;"), line_number)
    header.ignored.extend(ignored_columns(columns, _BESIDE))
    sweeps = [with_columns_beside(file, columns, split, sweep, _BESIDE) for sweep in sweeps]
    return spectra(file, "solartron-smart", header, sweeps)


FORMAT = Format("solartron-smart", "Solartron SMaRT (csv)", recognises, read)
