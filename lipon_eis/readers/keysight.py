"""Keysight and Agilent impedance analysers: trace data of E4990A (csv) and 4294A (ASCII).

**E4990A** (under Agilent's name too): lines of the instrument and date begin with ``!``, then blocks, one a
channel::

    !Agilent Technologies,E4990A,MY00000000,A.02.10
    !Date: Fri Apr 03 13:41:16 2015
    BEGIN CH1_DATA
    Title label, TEST DATA
    DCV(V), +5.230e-005, DCI(A), +2.335e-005
    Frequency(Hz), |Z|(Ohm)-data, theta-z(deg)-data, theta-z(deg)-mem
    +1.00000000000e+006, +1.97459864960e+002, +8.89119473020e+001, +8.89149657750e+001
    END

The lines of title and dc monitor may be missing. Every trace is a column: a parameter, its unit, and
``-data`` for the measurement or ``-mem`` for a trace in memory, which is another measurement
and not used. Any pair of `immittance.PAIRS` is read: R–X, |Z|–θ in degrees or radians, ``Z-Real``–``Z-Imag``, G–B,
|Y|–θ, Cp or Cs with D, Q, G or a resistance, the same with inductances. A block may sweep the
bias or the level in place of the frequency, and network analysers write S-parameters in the same frame: neither
holds a spectrum.

**4294A**: its ASCII files are another layout, see `keysight_4294a`.

Built from the published layout (E4990A help, "Saving Trace Data to a File"); no real file of it at hand.
"""

from __future__ import annotations

import re
from dataclasses import replace

from lipon_eis.readers import immittance, immittance_names, keysight_4294a
from lipon_eis.readers.beside import ignored_columns
from lipon_eis.readers.columns import Columns
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header, number
from lipon_eis.readers.heads import with_head
from lipon_eis.readers.numbers import looks_numeric
from lipon_eis.readers.rows import split_on
from lipon_eis.readers.table import Sweep
from lipon_eis.spectrum import Spectrum

_BEGIN = re.compile(r"\s*BEGIN (CH[0-9]+)_DATA\b", re.IGNORECASE)
_TRACE = keysight_4294a.TRACE
_INSTRUMENT = re.compile(r"!\s*((?:Agilent|Keysight) Technologies)\s*,\s*([^,]+)(?:,\s*([^,]*))?(?:,\s*([^,]*))?")
_SEARCHED = 60
_DATE = re.compile(r'[!"\s]*Date:\s*(?P<date>[^"]*)', re.IGNORECASE)
_YEAR = re.compile(r"[0-9]{4}|[0-9]+[./-][0-9]+[./-][0-9]+")


def recognises(head: Head) -> bool:
    """Tell a file of trace data by the line with which its first block begins."""
    lines = head.text.lines[:_SEARCHED] if head.text else ()
    return any(_BEGIN.match(line) or _TRACE.match(line) for line in lines)


def read(file: File) -> list[Spectrum]:
    """Read every channel of one file."""
    lines = file.text.lines
    header = _header(file)
    sweeps: list[Sweep] = []
    for at in (k for k, line in enumerate(lines) if _BEGIN.match(line)):
        found, unused = _channel(file, at)
        sweeps += found
        header.ignored.extend(name for name in unused if name not in header.ignored)
    if not sweeps:
        sweeps, unused = keysight_4294a.read_traces(file)
        header.ignored.extend(unused)
    return spectra(file, "keysight", header, sweeps)


def _channel(file: File, at: int) -> tuple[list[Sweep], list[str]]:
    """Read the block that begins at line index ``at``; name what was not used."""
    header = Header()
    channel = _BEGIN.match(file.text.lines[at])
    assert channel is not None
    header.take("channel", channel[1].upper(), at + 1)
    mark = _mark(file, at)
    for k, line in enumerate(file.text.lines[at + 1 :], at + 1):
        cells = split_on(mark)(line)
        if len(cells) < 2 or any(map(looks_numeric, cells)):
            if _ends(line) or (len(cells) > 1 and all(map(looks_numeric, cells))):
                break
            _monitor(header, cells, k + 1)
        elif cells[0].casefold() == "title label":
            header.take("title", mark.join(cells[1:]), k + 1)
        else:
            sweeps, unused = _table(file, _columns(cells, k + 1), mark)
            if not any(line.strip().upper() == "END" for line in file.text.lines[k:]):
                header.notes.append("no line END after the table: the file may have been cut")
            return [with_head(sweep, header) for sweep in sweeps], unused
    raise file.refuse(f"no line of column names in the block of {channel[1]}; was it cut or changed?", at + 1)


def _table(file: File, columns: Columns, mark: str) -> tuple[list[Sweep], list[str]]:
    sweeps = immittance.read_table(file, columns, columns.line, split_on(mark), ends=_ends)
    return sweeps, ignored_columns(columns)


def _columns(cells: list[str], line: int) -> Columns:
    """Understand the traces that are measurements; those in memory keep a name that means nothing."""
    names = [re.sub(r"(?i)-data$", "", cell) for cell in cells]
    return replace(immittance_names.understand(names, line=line), names=tuple(cells))


def _mark(file: File, at: int) -> str:
    # A spreadsheet of a European locale writes the file again with semicolons.
    lines = [line for line in file.text.lines[at + 1 : at + 5] if not _ends(line)]
    return next((mark for mark in ("\t", ";") if any(mark in line for line in lines)), ",")


def _ends(line: str) -> bool:
    return line.strip(" ,;\t").upper() == "END" or bool(_BEGIN.match(line) or _TRACE.match(line))


def _monitor(header: Header, cells: list[str], line: int) -> None:
    for name, cell in zip(cells[::2], cells[1::2], strict=False):
        key = {"DCV(V)": "bias_V", "DCI(A)": "bias_A"}.get(name)
        if key:
            header.take(key, number(cell), line)


def _header(file: File) -> Header:
    header = Header()
    for line_number, line in enumerate(file.text.lines[:_SEARCHED], 1):
        if _BEGIN.match(line) or _TRACE.match(line):
            break
        if match := _INSTRUMENT.match(line.strip().strip('"')):
            maker, model, serial, software = (group or "" for group in match.groups())
            header.take("instrument", f"{maker} {model.strip()}", line_number)
            header.take("serial_number", serial.strip(), line_number)
            header.take("software", software.strip(" ,;"), line_number)
        elif (match := _DATE.match(line)) and _YEAR.search(match["date"]):
            header.take("date", match["date"].strip(" ,;"), line_number)
        elif line.strip(' ,;!"') and not keysight_4294a.take_setting(header, line, line_number):
            header.ignored.append(f"header line {line_number}: {line.strip()[:60]}")
    return header


FORMAT = Format("keysight", "Keysight/Agilent E4990A, 4294A (trace data)", recognises, read)
