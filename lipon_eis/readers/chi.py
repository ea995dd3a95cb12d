"""CH Instruments text exports ("Convert to Text", ``.txt`` or ``.csv``).

The head: date and time, the technique (``A.C. Impedance``), lines ``Key: value`` (``File``, ``Data Source``,
``Instrument Model``, ``Header``, ``Note``), then the settings, ``Key = value`` or bare words (``Imp SF``).
Older versions leave the first part out. Then the column names, separated by commas, a blank
line, and rows, separated by commas or, in some versions, tabs.

Columns used: ``Freq/Hz``, ``Z'/ohm``, ``Z"/ohm`` (capacitive is negative); ``Z/ohm`` and ``Phase/deg`` must agree.
Numbers have four digits, the phase one decimal.

``Init E (V)`` is the bias, ``Amplitude (V)`` the amplitude as set. There is no electrode area.
"""

from __future__ import annotations

import re

from lipon_eis.readers.beside import ignored_columns
from lipon_eis.readers.columns import Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header, number
from lipon_eis.readers.rows import split_on
from lipon_eis.readers.table import read_table
from lipon_eis.spectrum import Spectrum

_HEAD_LINES = 60
_NAMES = re.compile(r"Freq/Hz\s*[,;\t]")
_SETTING = re.compile(r"(Init E|High Frequency|Low Frequency|Amplitude) \((V|Hz)\)\s*=")
_TEXTS = {"Instrument Model": "instrument", "Header": "title", "Note": "comment", "Data Source": "data_source"}
_NUMBERS = {"Init E (V)": "bias_V", "Amplitude (V)": "amplitude_V"}
_DATE = re.compile(r"[A-Z][a-z]{2,8}\.? +[0-9]{1,2}, +[0-9]{4}\b.*")


def recognises(head: Head) -> bool:
    """Tell a CH Instruments export by its settings and the name of its first column."""
    if head.text is None:
        return False
    first = head.text.lines[:_HEAD_LINES]
    if not any(_NAMES.match(line.lstrip()) for line in first):
        return False
    return any(_SETTING.match(line) or line.startswith("Instrument Model:  CHI") for line in first)


def read(file: File) -> list[Spectrum]:
    """Read the table of one file."""
    lines = file.text.lines
    at = next((k for k, line in enumerate(lines) if _NAMES.match(line.lstrip())), None)
    if at is None:
        raise file.refuse("no line of column names (Freq/Hz, Z'/ohm, …); was the file cut in its header?")
    columns = understand([name.strip() for name in re.split(r"[,;\t]", lines[at])], line=at + 1)
    first = next((line for line in lines[at + 1 :] if line.strip()), "")
    mark = next((m for m in ("\t", ";", ",") if m in first), "")
    sweeps = read_table(file, columns, at + 1, split_on(mark), Convention(units=True, sign=True))
    header = _header(file, at)
    header.ignored.extend(ignored_columns(columns))
    return spectra(file, "chi", header, sweeps)


def _header(file: File, end: int) -> Header:
    header = Header()
    for line_number, line in enumerate(file.text.lines[:end], 1):
        text = line.strip().strip(",").strip()
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
        elif text:
            header.ignored.append(text)
    return header


FORMAT = Format("chi", "CH Instruments (text)", recognises, read)
