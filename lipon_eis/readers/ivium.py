"""IviumSoft data files (``.idf``, and ``.ids`` with several measurements).

Mostly text in cp1252, with a few bytes of binary, zeros among them, between its parts. A measurement is

- settings, one ``Key=value`` a line: ``Method=Impedance``, ``Technique=Constant E``, ``Title``, ``E start`` [V],
  ``Frequencies.freq[1]`` [Hz], ``Frequencies.amp[1]`` [V; A where the current is controlled], …;
- a line ``primary_data``, the number of columns, the number of rows, then the rows, separated by white space.
  Of impedance the columns are Re [Ω], Im [Ω] (capacitive is negative) and frequency [Hz]; further ones are
  not used. Other methods have other columns and are passed over;
- a line with a number, ``osc_data``, and the waveforms in rows of the same look, which are not read.

``.ids`` has such measurements one after the other. Built from the two files of a public test suite,
whose numbers are simulated; no instrument's own file was at hand.

``Data Options.Area`` [cm²] is 1 unless somebody entered another: 1 is not taken for an area.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from lipon_eis.readers.columns import Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header, number
from lipon_eis.readers.rows import split_on
from lipon_eis.readers.table import Sweep, read_table
from lipon_eis.spectrum import Spectrum

_BEGINNING = ("Peaks", "Corrosion", "Solarcell")
_METHOD = ("Method", "Technique")
_TABLE = "primary_data"
_NAMES = ("Re(Z)/Ohm", "Im(Z)/Ohm", "Frequency/Hz")
_MOST_COLUMNS = 100
_AREA_DEFAULT = (1e-4, 0.0)
_SETTING = re.compile(r"(?P<key>[A-Za-z][\w .]*?(?:\[[0-9]+\])?)=(?P<value>.*)")
_LISTED = re.compile(r".*\[[0-9]+\]$")  # one of a list, such as timing.time[7]
_REPORT = re.compile(r"[\x1c\x1e]+")
_TEXTS = {
    "Title": "title",
    "Report.Remarks": "comment",
    "starttime": "date",
    "serialnumber": "serial_number",
    "software": "software",
    "firmware": "firmware",
}
_REPORTED = {"instrument": "instrument", "channel": "channel", "start time": "date"}
_CONTROL = {"Constant E": ("E start", "V"), "Constant I": ("I start", "A")}


@dataclass(frozen=True)
class _Measurement:
    """One measurement: its settings with their line, and the line index of its table, if it has one."""

    settings: dict[str, tuple[str, int]]
    table: int | None

    def value(self, key: str) -> str:
        return self.settings.get(key, ("", 0))[0]


def recognises(head: Head) -> bool:
    """Tell an Ivium file by the settings it begins with, or by the method behind a long list of times."""
    text = head.text or _readable(head.data).text
    found = {line.partition("=")[0] for line in text.lines if line.startswith((*_BEGINNING, *_METHOD))}
    return found.issuperset(_BEGINNING) or found.issuperset(_METHOD)


def read(file: File) -> list[Spectrum]:
    """Read the impedance of every measurement of one file."""
    readable = replace(_readable(file.data), given=file.given, imaginary=file.imaginary)
    measurements = list(_measurements(readable.text.lines))
    header = Header()
    sweeps: list[Sweep] = []
    for k, measurement in enumerate(measurements, 1):
        if measurement.value("Method") != "Impedance":
            what = measurement.value("Method") or "without a method"
            header.ignored.append(f"measurement {k}: {what}")
        elif measurement.table is None:
            header.notes.append(f"measurement {k} has settings and no data: was it stopped, or the file cut?")
        else:
            sweeps += _sweeps(readable, measurement, header)
    if not sweeps:
        methods = sorted({m.value("Method") for m in measurements} - {""})
        found = f" (Method={', '.join(methods)})" if methods else ""
        raise file.refuse(f"no table {_TABLE} of Method=Impedance{found}; was it cut in its header?")
    return spectra(file, "ivium", header, sweeps)


def _readable(data: bytes) -> File:
    """Return the bytes as a text file: where they are none, the zeros among them become spaces."""
    file = File("", data)
    return file if Head(data, True).text is not None else File("", data.replace(b"\0", b" "))


def _measurements(lines: tuple[str, ...]) -> Iterator[_Measurement]:
    settings: dict[str, tuple[str, int]] = {}
    for k, line in enumerate(lines):
        if line.strip() == _TABLE:
            yield _Measurement(settings, k)
            settings = {}
        elif "=" in line and (match := _SETTING.fullmatch(line.strip())):
            settings.setdefault(match["key"].strip(), (match["value"].strip(), k + 1))
    if "Method" in settings:
        yield _Measurement(settings, None)


def _sweeps(file: File, measurement: _Measurement, header: Header) -> list[Sweep]:
    assert measurement.table is not None  # asked before
    lines, start = file.text.lines, measurement.table + 3
    width, planned = (_count(file, measurement.table + k) for k in (1, 2))
    if not 3 <= width <= _MOST_COLUMNS:
        raise file.refuse(f"expected 3 columns or more of impedance, found {width}", measurement.table + 2)
    names = (*_NAMES, *(f"column {k}" for k in range(4, width + 1)))
    columns = understand(names, line=measurement.table + 1)
    sweeps = read_table(file, columns, start, split_on(""), Convention(units=True, sign=True), _ends(width))
    found, last = sum(s.frequency.size for s in sweeps), max(_last_line(s) for s in sweeps)
    notes: tuple[str, ...] = ()
    if found != planned:
        rest = [k for k in range(last, len(lines)) if lines[k].strip(" \x1a\x00")]
        cut = not rest or (len(rest) == 1 and not file.text.ended)
        if found > planned or not cut:
            raise file.refuse(f"expected {planned} rows, found {found}; was a row damaged?", last + 1)
        notes = (f"the table should have {planned} rows and ends after {found}: the file was cut",)
    own = _own_header(measurement)
    header.ignored.extend(key for key in own.ignored if key not in header.ignored)
    return [
        replace(s, meta={**own.meta, **s.meta}, origin={**own.origin, **s.origin}, notes=(*s.notes, *notes))
        for s in sweeps
    ]


def _count(file: File, k: int) -> int:
    text = file.text.lines[k].strip() if k < len(file.text.lines) else ""
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise file.refuse(f"expected the numbers of columns and rows of {_TABLE}, found {text[:60]!r}", k + 1)
    return int(text)


def _ends(width: int) -> Callable[[str], bool]:
    """Tell the line below a table: a word or a number by itself; what was cut shows in the number of rows."""
    return lambda line: len(line.split()) < min(width, 2)


def _last_line(sweep: Sweep) -> int:
    lines = sweep.meta["lines"]
    assert isinstance(lines, list)
    return int(lines[1])


def _own_header(measurement: _Measurement) -> Header:
    header = Header()
    settings = dict(measurement.settings)
    method, technique = (settings.pop(key, ("", 0)) for key in ("Method", "Technique"))
    header.take("technique", ", ".join(filter(None, (method[0], technique[0]))), technique[1] or method[1])
    start, unit = _CONTROL.get(technique[0], ("", ""))
    if start in settings:
        value, line = settings.pop(start)
        header.take(f"bias_{unit}", number(value), line)
    amplitudes = {key: settings.pop(key) for key in list(settings) if key.startswith("Frequencies.amp[")}
    if unit and len({value for value, _ in amplitudes.values()}) == 1:
        value, line = next(iter(amplitudes.values()))
        header.take(f"amplitude_{unit}", number(value), line)
    for key, (value, line) in settings.items():
        if key in _TEXTS:
            header.take(_TEXTS[key], value, line)
        elif key == "Data Options.Area":
            area = number(value)
            header.take_area(None if area is None else area * 1e-4, _AREA_DEFAULT, line)
        elif key == "Report.Process data":
            _report(header, value, line)
        elif not _LISTED.match(key):
            header.ignored.append(key)
    return header


def _report(header: Header, text: str, line: int) -> None:
    for item in _REPORT.split(text):
        key, _, value = item.partition(":")
        if key.strip() in _REPORTED:
            header.take(_REPORTED[key.strip()], value.strip(), line)


FORMAT = Format("ivium", "IviumSoft (.idf, .ids)", recognises, read, (".idf", ".ids"))
