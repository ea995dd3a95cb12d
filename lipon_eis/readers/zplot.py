"""Scribner ZPlot and ZView data files (``.z``, also written by Metrohm Autolab's FRA as text).

Two layouts, told apart by the first line:

``ZPLOT2 ASCII``: header lines ``  Key:   value``, the last of them the column names, then
``End Comments``, then rows separated by tabs.

``"ZPlotW Data File: Version …"`` (also ``"Z60W Data File"``): quoted lines of title, date and
comment, a line of sweep settings, the number of points, the column names quoted and
separated by spaces, then rows separated by commas.

Programs that write for ZView leave the names out. The nine columns are always the same, so a table of nine
numbers a row is read without them, with a note; its sign of Im is theirs to get right, and is examined.

Columns: ``Freq(Hz)``, ``Z'(a)`` = Re, ``Z''(b)`` = Im [Ω] (capacitive is negative); ``Ampl``, ``Bias``,
``Time(Sec)``, ``GD``, ``Err``, ``Range`` are not used. The number of points in the header is the
number planned: a run that was stopped has fewer rows.

``Surface Area`` [cm²] is 1 unless somebody entered another: 1 is not taken for an area.
``Potential-AC`` is the amplitude [mV], ``Potential-DC`` the bias [V]. Both stand there, too, where the current was
controlled, and are not taken then; nor are ``Current-AC`` and ``Current-DC``, of which no unit is known here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lipon_eis.readers.columns import Columns, Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header, number
from lipon_eis.readers.numbers import looks_numeric
from lipon_eis.readers.rows import split_on
from lipon_eis.readers.table import read_table
from lipon_eis.spectrum import Spectrum

_FIRST = re.compile(r'\s*"?(ZPLOT2 ASCII|ZPlotW Data File|Z60W? Data File|ZView)', re.IGNORECASE)
_END = re.compile(r"\s*End Comments", re.IGNORECASE)
_AREA_DEFAULT = (1e-4,)
_TEXTS = {"Measured Data, ZPlot": "software", "Experiment Type": "technique"}
_NINE = ("Freq(Hz)", "Ampl", "Bias", "Time(Sec)", "Z'", "Z''", "GD", "Err", "Range")
_SEARCHED = 200
_FIXED = ("Raw Data", "Frequency", "Calibration File", "Data Points")
_DATE = re.compile(r'\s*Date:\s*(\S+)(?:\s+"?Time:\s*(\S+))?')


def recognises(head: Head) -> bool:
    """Tell a ZPlot file by its first line."""
    first = next((line for line in head.text.lines if line.strip()), "") if head.text else ""
    return _FIRST.match(first) is not None


def read(file: File) -> list[Spectrum]:
    """Read the table of one file, of either layout."""
    lines = file.text.lines
    columns = next((c for c in map(_columns, lines, range(1, len(lines) + 1)) if c.complete), None)
    notes: list[str] = []
    convention = Convention(units=True, sign=True)
    if columns is None:
        if (columns := _nameless(lines)) is None:
            raise file.refuse("no line of column names (Freq(Hz), …, Z'(a), Z''(b)); was it cut or changed?")
        notes, convention = ["no column names: the nine columns of ZView taken"], Convention(units=True)
    start = columns.line
    if start < len(lines) and _END.match(lines[start]):
        start += 1
    following = next((line for line in lines[start:] if line.strip()), "")
    mark = next((m for m in ("\t", ";", ",") if m in following), "")
    sweeps = read_table(file, columns, start, split_on(mark), convention)
    header = _header(file, columns.line - (not notes))
    header.notes.extend(notes)
    header.ignored.extend(f"column {name}" for name in columns.ignored)
    planned, read_rows = header.meta.pop("points_planned", None), sum(s.frequency.size for s in sweeps)
    if isinstance(planned, float) and planned != read_rows:
        header.notes.append(f"the header says {planned:.0f} points, the table has {read_rows}")
    return spectra(file, "zplot", header, sweeps)


def _columns(line: str, number: int) -> Columns:
    if "(" not in line:
        return understand((), line=number)
    line = line.replace('"', " ") if line.lstrip().startswith('"') else line
    names = re.split(r"\s*[\t;,]\s*|\s+", re.sub(r"\s+\(", "(", line.strip()))
    # "Z'(a)" carries the label of the plot's axis where others have a unit.
    return understand([re.sub(r"\((a|b)\)$", "", name) for name in names], line=number)


def _nameless(lines: Sequence[str]) -> Columns | None:
    """Return ZView's columns for a table of nine numbers a row without names, or None for another."""
    for k, line in enumerate(lines[:_SEARCHED]):
        cells = re.split(r"\s*[\t;,]\s*|\s+", line.strip())
        if len(cells) == len(_NINE) and all(map(looks_numeric, cells)):
            return understand(_NINE, line=k)
    return None


def _header(file: File, end: int) -> Header:
    header = Header()
    in_comments = False
    for line_number, line in enumerate(file.text.lines[:end], 1):
        text = line.strip().strip('"').strip()
        if re.match("(Begin|End) ", text):
            in_comments = text.startswith("Begin User Comments")
        elif in_comments:
            header.add("comment", text, line_number)
        elif match := _DATE.match(text):
            header.take("date", " ".join(g for g in match.groups() if g), line_number)
        elif text.isdecimal():
            header.meta.setdefault("points_planned", float(text))
        elif ":" in text:
            key, _, value = text.partition(":")
            _setting(header, key.strip(), value.strip(), line_number)
        elif line_number > 1 and text and text not in _FIXED and not re.fullmatch(r"[0-9.,;eE+\-\s]+", text):
            # The older layout has its comments on lines of their own, without a mark.
            header.add("comment", text, line_number)
    return header


def _setting(header: Header, key: str, value: str, line: int) -> None:
    quantity = number(value)
    if key == "Time" and "date" in header.meta:
        header.meta["date"] = f"{header.meta['date']} {value}"
    elif key == "Surface Area":
        header.take_area(None if quantity is None else quantity * 1e-4, _AREA_DEFAULT, line)
    elif key == "Potential-AC" and _controlled(header, "Voltage") and quantity is not None:
        header.take("amplitude_V", quantity * 1e-3, line)
    elif key == "Potential-DC" and not _controlled(header, "Current"):
        header.take("bias_V", quantity, line)
    elif key == "Data Points" and quantity is not None:
        header.meta["points_planned"] = quantity
    elif key.startswith("Open Circuit Potential"):
        header.take("open_circuit_V", quantity, line)
    elif key == "Sweep Frequency":
        header.take("technique", f"{key}, {value}", line)
    elif key in _TEXTS:
        header.take(_TEXTS[key], value, line)
    elif not re.match("ZPlotW|Z60", key):
        header.ignored.append(key)


def _controlled(header: Header, what: str) -> bool:
    return what in str(header.meta.get("technique", ""))


FORMAT = Format("zplot", "Scribner ZPlot/ZView (.z)", recognises, read, (".z",))
