"""Novocontrol WinDETA text exports (``.txt``).

A head of up to three lines, each of which may be missing::

    film 7, 17.2.2025, 11:19
    Diameter[mm] 4.000e+01  Thickness[mm] 1.070e+00  Spacer Capacity[pF] 0.000e+00  Spacer Area[mm^2] 0.000e+00
    Fixed value(s) :  Temp. [K]=3.0656e+02  AC Volt  [Vrms]=1.000e+00

comment, date and time; the geometry (newer versions with colons, ``Edge Correction On`` and ``Electrode
Thickness[mm]``); what was held fixed. Below it the column names with their units in brackets, separated
by tabs, in the order in which they were chosen, then the rows, separated by tabs or blanks. A
quantity that was not measured stands as ``00000000``. A file may hold several such blocks. Decimal commas
occur where the PC had a European locale.

Any of these make the impedance (`immittance_pairs`): ``Zs'``, ``Zs''`` [Ω]; ``Yp'``, ``Yp''`` [1/Ω]; ``Zp'``, ``Zp''``
[Ω], which are 1/Re(Y) and 1/Im(Y) and no series circuit; ``Cp'`` [F] with ``Cp''``, which is minus the loss, or
``Tan(Delta)``; ``|Z|`` with ``Phi``, the phase of Z with its sign, or ``Delta``; ``Ys``, ``Cs``, ``Ls`` or ``Lp``
(`novocontrol_columns`). With the geometry in the head, and only then: ``Eps'`` with ``Eps''``, ``Tan(Delta)`` or
``Sig'``; ``Modulus'`` with ``Modulus''``; ``Sig'`` with ``Sig''`` [S/cm], where σ* is jω·ε0·(ε* - 1).
Z = 1/(jω·ε0·ε*·A/d) is that of the sample without what the program took off before: the spacers, and where the
edge correction was on, the stray field.

Series of temperatures stand in one table, with ``Temp.`` (set, or held fixed) and ``M Temp`` (measured) as
columns: a spectrum each. ``Temp.`` is taken, unless ``M Temp`` is far off. A table with the temperature in
place of the frequency holds no spectrum.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from lipon_eis.readers import immittance, immittance_names, novocontrol_columns
from lipon_eis.readers.beside import ignored_columns
from lipon_eis.readers.columns import Columns
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header, number
from lipon_eis.readers.immittance_pairs import EPS0
from lipon_eis.readers.layout import cells_of
from lipon_eis.readers.names import Quantity
from lipon_eis.readers.numbers import looks_numeric
from lipon_eis.readers.rows import split_on
from lipon_eis.readers.table import Sweep
from lipon_eis.spectrum import Spectrum

_HEAD_LINES = 12
_FIXED = re.compile(r"\s*Fixed value\(s\)\s*:?", re.IGNORECASE)
_GEOMETRY = re.compile(r"\s*Diameter\s*\[mm\]", re.IGNORECASE)
_DATE = re.compile(
    r"(?P<comment>.*),\s*(?P<day>[0-9]{1,2}\.\s?[0-9]{1,2}\.[0-9]{4}),\s*(?P<time>[0-9]{1,2}:[0-9]{1,2})\s*"
)
_VARIABLE = re.compile(r"(?:^|[\t;,])\s*(?:Freq\.?|Temp\.?)\s*\[")
_ALONE = re.compile(r"\s*(?:Freq\.?|Temp\.?)\s*\[[^\]]*\]\s*")  # the name of a column and no other beside it
_ENTRY = re.compile(r"([A-Z][A-Za-z. ]*?)\s*\[([^\]]*)\]\s*[:=]?\s*([-+]?[0-9][0-9.,]*(?:[eE][-+]?[0-9]+)?)")
_SAME = 5.0  # [K]: farther apart, set and measured temperature are not one


def recognises(head: Head) -> bool:
    """Tell a WinDETA export by its line of geometry or of fixed values above columns."""
    lines = head.text.lines[:_HEAD_LINES] if head.text else ()
    return any(_FIXED.match(line) or _GEOMETRY.match(line) for line in lines)


def read(file: File) -> list[Spectrum]:
    """Read every block of one file."""
    lines = file.text.lines
    tables = [k for k, line in enumerate(lines) if _names(line)]
    if not tables:
        alone = next((k for k, line in enumerate(lines, 1) if _ALONE.fullmatch(line)), None)
        if alone is not None:
            raise file.refuse("every cell stands on a line of its own; export again as a table", alone)
        raise file.refuse("no line of column names (Freq. [Hz], …); was it cut or changed?")
    header, sweeps = Header(), list[Sweep]()
    for at in tables:
        found, unused = _block(file, _head_of(lines, at) if sweeps else 0, at)
        sweeps += found
        header.ignored.extend(name for name in unused if name not in header.ignored)
    return spectra(file, "novocontrol", header, sweeps)


def _head_of(lines: Sequence[str], at: int) -> int:
    """Return the index where the head of a later block begins, whose names stand at ``at``."""
    while not lines[at - 1].strip() or _begins_block(lines[at - 1]):
        at -= 1
    return at


def _names(line: str) -> list[str]:
    """Return the column names of a line, or an empty list for another line."""
    if _FIXED.match(line) or not _VARIABLE.search(line):
        return []
    names = cells_of(line, next((mark for mark in ("\t", ";", ",") if mark in line), ""))
    return names if len(names) > 1 and not any(map(looks_numeric, names)) else []


def _begins_block(line: str) -> bool:
    return bool(_FIXED.match(line) or _GEOMETRY.match(line) or _DATE.fullmatch(line) or _names(line))


def _columns(file: File, at: int) -> tuple[Columns, dict[int, immittance.Make]]:
    columns, made = novocontrol_columns.understand(_names(file.text.lines[at]), at + 1)
    columns.found.get(Quantity.TEMPERATURE, []).sort(key=lambda found: columns.names[found[0]].startswith("M "))
    return columns, made


def _block(file: File, first: int, at: int) -> tuple[list[Sweep], list[str]]:
    """Read the table whose names stand at line index ``at``, its head from ``first`` on; name what was not used."""
    header, (columns, made) = _header(file, first, at), _columns(file, at)
    if Quantity.FREQUENCY not in columns.found and Quantity.TEMPERATURE in columns.found:
        raise file.refuse(
            "a sweep of the temperature at one frequency holds no spectrum; export with Freq. as columns", at + 1
        )
    names = file.text.lines[at]
    mark = next((m for m in (";", ",") if m in names and "\t" not in names), "")
    c0 = None
    area, thickness = header.meta.get("area_m2"), header.meta.get("thickness_m")
    if isinstance(area, float) and isinstance(thickness, float):
        c0 = EPS0 * area / thickness
    pairs = immittance.possible(columns)
    by_geometry = all(pair.geometry for pair in pairs)
    if by_geometry and c0 is not None and header.meta.get("spacer_area_m2"):
        raise file.refuse(
            "Z from ε needs the area between the electrodes, and spacers took some of it; export Zs' and Zs''", at + 1
        )
    sweeps = immittance.read_table(file, columns, at + 1, split_on(mark), c0, ends=_begins_block, made=made)
    if not by_geometry:
        header.notes.clear()
    return [_with_head(sweep, header) for sweep in sweeps], [*header.ignored, *ignored_columns(columns)]


def _with_head(sweep: Sweep, header: Header) -> Sweep:
    meta, origin = {**header.meta, **sweep.meta}, {**header.origin, **sweep.origin}
    notes = [*header.notes, *sweep.notes]
    fixed, measured = header.meta.get("temperature_K"), sweep.meta.get("temperature_K")
    if isinstance(fixed, float) and isinstance(measured, float):
        name, line = origin.pop("temperature_K"), header.origin["temperature_K"]
        del meta["temperature_K"]
        if abs(fixed - measured) > _SAME:
            notes.append(f"{line} says {fixed:.1f} K, {name} {measured:.1f} K: temperature not taken")
        else:
            meta["temperature_K"], origin["temperature_K"] = fixed, line
            if abs(fixed - measured) > 1:
                notes.append(f"temperature from {line}; {name} says {measured:.1f} K on average")
    return replace(sweep, meta=meta, origin=origin, notes=tuple(notes))


def _header(file: File, first: int, end: int) -> Header:
    header = Header()
    for line_number, line in enumerate(file.text.lines[first:end], first + 1):
        if match := _DATE.fullmatch(line):
            header.take("comment", match["comment"].strip(), line_number)
            header.take("date", f"{match['day']} {match['time']}", line_number)
        elif _FIXED.match(line) or _GEOMETRY.match(line):
            if "Edge Correction On" in line:
                header.notes.append("edge correction was on: Z from ε is that without the stray field")
            entries = re.sub(r"Edge Correction (?:On|Off)", "", _FIXED.sub("", line))
            for name, unit, text in _ENTRY.findall(entries):
                _setting(header, " ".join(name.split()), unit, number(text), line_number)
        elif line.strip():
            header.take("comment", line.strip(), line_number)
    if header.meta.get("spacer_capacity_F"):
        header.notes.append("the capacity of spacers was taken off: Z from ε is that of the sample alone")
    return header


def _setting(header: Header, name: str, unit: str, value: float | None, line: int) -> None:
    if value is None:
        return
    if name == "Diameter" and value > 0:
        header.take("area_m2", math.pi / 4 * (value * 1e-3) ** 2, line)
    elif name == "Thickness" and value > 0:
        header.take("thickness_m", value * 1e-3, line)
    elif name == "Spacer Capacity" and value:
        header.take("spacer_capacity_F", value * 1e-12, line)
    elif name == "Spacer Area" and value:
        header.take("spacer_area_m2", value * 1e-6, line)
    elif name == "AC Volt":
        header.take("amplitude_V", value, line)
    elif name in ("DC Volt", "Bias"):
        header.take("bias_V", value, line)
    elif name == "Temp." and (known := immittance_names.unit(unit)) and known[0] == "temperature":
        header.take("temperature_K", value + known[2], line)
    elif name not in ("Diameter", "Thickness", "Spacer Capacity", "Spacer Area"):
        header.ignored.append(f"{name} [{unit}] (header line {line})")


FORMAT = Format("novocontrol", "Novocontrol WinDETA (text)", recognises, read)
