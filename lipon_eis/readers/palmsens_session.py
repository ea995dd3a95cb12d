"""PalmSens PSTrace sessions (``.pssession``).

JSON in UTF-16 with a byte order mark before it and, in real files, another behind it; keys with or
without capitals, depending on the version. ``Measurements`` is a list of techniques, each with ``Title``,
``TimeStamp`` (100 ns since the year 1, local), ``DeviceSerial``, ``Method`` (text, a ``KEY=value`` a line),
``DataSet``, and ``EISDataList``: one entry a channel. Where dc potential or time is scanned, an entry has
``SubScans``, one a spectrum, each with its ``DataSet``; else it has a ``DataSet`` itself.

A ``DataSet`` has ``Values``, arrays told apart by ``ArrayType``: 5 frequency, 7 Re(Z), 8 Im(Z), 10 |Z|, 6 phase,
1 dc potential. ``Unit`` says by ``Q`` which sign is stored (``-Z''``, ``-Phase``), by ``S`` the unit (``Hz``, ``Ω``,
``°``), and by the name of its ``Type`` the prefix (``PalmSens.Units.MicroAmpere``); ``DataValues`` are objects with
the value ``V``. |Z| and phase must agree with Re and Im. One frequency followed over time (``FreqType`` 0) is no
spectrum.

Of the method ``AMPLITUDE`` [V], ``NOTES`` and ``AREA`` [cm²; 0 or 1 unless somebody entered another] are used.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

import numpy as np

from lipon_eis.readers.columns import Columns, Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header, number
from lipon_eis.readers.table import Sweep, sweeps_of
from lipon_eis.readers.text import decode, encoding_of
from lipon_eis.readers.values import Values
from lipon_eis.spectrum import Floats, Spectrum

_BEGINNING = re.compile(r'\s*\{\s*"type"\s*:\s*"PalmSens\.DataFiles\.SessionFile"', re.IGNORECASE)
_AROUND = " \t\r\n\ufeff\x00"
_POTENTIAL, _IMPEDANCE = 1, (5, 7, 8, 10, 6)
_PREFIXES = {"Pico": 1e-12, "Nano": 1e-9, "Micro": 1e-6, "Milli": 1e-3, "Kilo": 1e3, "Mega": 1e6, "Giga": 1e9}
_PREFIX = re.compile(rf"PalmSens\.Units\.({'|'.join(_PREFIXES)})")
_CHANNEL = re.compile(r"CH\s*([0-9]+)\b")
_AREA_DEFAULT = (1e-4, 0.0)
_FIXED_FREQUENCY = 0
_STEADY = 0.005  # [V]

Json = Mapping[str, Any]


@dataclass(frozen=True)
class _Scan:
    """One spectrum: where it stands in the file, its title, its place among the scans of a channel, its arrays."""

    place: str
    title: str
    index: int | None
    arrays: list[Json]


def recognises(head: Head) -> bool:
    """Tell a session by what its JSON says first."""
    encoding = encoding_of(head.data)
    return encoding is not None and _BEGINNING.match("\n".join(decode(head.data[:1000], encoding).lines)) is not None


def read(file: File) -> list[Spectrum]:
    """Read every spectrum of every measurement of a session."""
    header = Header()
    sweeps: list[Sweep] = []
    try:
        for k, measurement in enumerate(_session(file)["measurements"], 1):
            sweeps += _measurement(file, measurement, f"measurement {k}", header)
    except (KeyError, TypeError, AttributeError) as error:
        raise file.refuse(f"the session is not built as expected: {type(error).__name__} {error}") from error
    if not sweeps:
        others = "; ".join(header.ignored) or "no measurement at all"
        raise file.refuse(f"no impedance spectrum in this session: {others}")
    return spectra(file, "palmsens-session", header, sweeps)


def _session(file: File) -> Json:
    """Return the session with all keys in small letters."""
    encoding = encoding_of(file.data) or "utf-16-le"
    text = "\n".join(decode(file.data, encoding).lines).strip(_AROUND)
    try:
        session = json.loads(text, object_pairs_hook=lambda pairs: {key.casefold(): value for key, value in pairs})
    except RecursionError as error:
        raise file.refuse("its JSON is nested deeper than any session; is it damaged?") from error
    except ValueError as error:
        raise file.refuse(f"its JSON cannot be read ({error}); was the file cut?") from error
    if not isinstance(session, dict):
        raise file.refuse("its JSON is no session")
    return session


def _measurement(file: File, measurement: Json, place: str, header: Header) -> list[Sweep]:
    title = str(measurement.get("title") or "")
    scans = list(_scans(measurement, place, header))
    if not scans:
        header.ignored.append(f"{place}: {title}")
        return []
    own = _own_header(measurement, title, place)
    header.ignored.extend(what for what in own.ignored if what not in header.ignored)
    return [sweep for scan in scans for sweep in _sweeps(file, scan, own, header)]


def _scans(measurement: Json, place: str, header: Header) -> Iterator[_Scan]:
    entries = measurement.get("eisdatalist") or []
    for k, entry in enumerate(entries, 1):
        title, at = str(entry.get("title") or ""), f"{place}, EISDataList {k}"
        if entry.get("freqtype") == _FIXED_FREQUENCY:
            header.ignored.append(f"{at}: {title}, at one frequency")
        elif subscans := entry.get("subscans") or []:
            for index, scan in enumerate(subscans):
                name = ", ".join(filter(None, (title, str(scan.get("title") or ""))))
                yield _Scan(f"{at}, SubScans {index + 1}", name, index, scan["dataset"]["values"])
        else:
            yield _Scan(at, title, None, entry["dataset"]["values"])
    dataset = measurement.get("dataset") or {}
    if not entries and str(dataset.get("type", "")).endswith("DataSetEIS"):
        yield _Scan(f"{place}, DataSet", "", None, dataset["values"])


def _sweeps(file: File, scan: _Scan, own: Header, header: Header) -> list[Sweep]:
    arrays = [a for kind in _IMPEDANCE for a in scan.arrays if a["arraytype"] == kind and a["datavalues"]]
    columns = understand([f"{a['unit']['q']} / {a['unit']['s']}" for a in arrays])
    if not columns.complete:
        if not arrays:
            header.ignored.append(f"{scan.place}: {scan.title}, without data")
            return []
        raise file.refuse(f"{scan.place}: expected frequency and impedance, found {', '.join(columns.names)}")
    data = {k: _numbers(file, arrays[k], scan.place) for k in columns.needed}
    if len({values.size for values in data.values()}) > 1:
        lengths = ", ".join(f"{columns.names[k]}: {values.size}" for k, values in data.items())
        raise file.refuse(f"{scan.place}: the arrays differ in length ({lengths})")
    meta, origin = _particulars(file, scan)
    found = sweeps_of(Values(file, _placed(columns, scan), data, [], Convention(sign=True)))
    return [
        replace(sweep, meta={**own.meta, **meta, **sweep.meta}, origin={**own.origin, **origin, **sweep.origin})
        for sweep in found
    ]


def _placed(columns: Columns, scan: _Scan) -> Columns:
    """Name the columns with their place, for errors."""
    return replace(columns, names=tuple(f"{name} ({scan.place})" for name in columns.names))


def _numbers(file: File, array: Json, place: str) -> Floats:
    scale = _PREFIXES[match[1]] if (match := _PREFIX.match(str(array["unit"]["type"]))) else 1.0
    try:
        return np.array([float(value["v"]) for value in array["datavalues"]]) * scale
    except (ValueError, OverflowError) as error:
        raise file.refuse(f"{place}: array {array.get('description')!r} holds no numbers: {error}") from error


def _particulars(file: File, scan: _Scan) -> tuple[dict[str, object], dict[str, str]]:
    meta: dict[str, object] = {"title": scan.title} if scan.title else {}
    if match := _CHANNEL.match(scan.title):
        meta["channel"] = match[1]
    if scan.index is not None:
        meta["loop"] = scan.index + 1
    potential = next((a for a in scan.arrays if a["arraytype"] == _POTENTIAL and a["datavalues"]), None)
    if potential is not None and potential["unit"]["s"] == "V":
        volts = _numbers(file, potential, scan.place)
        if np.isfinite(volts).all() and np.ptp(volts) <= _STEADY:
            meta["bias_V"] = float(f"{volts.mean():.9g}")
    return meta, dict.fromkeys(meta, scan.place)


def _own_header(measurement: Json, title: str, place: str) -> Header:
    header = Header()
    header.take("technique", title, place)
    header.take("date", _date(measurement.get("timestamp")), f"{place}, TimeStamp")
    header.take("serial_number", measurement.get("deviceserial"), f"{place}, DeviceSerial")
    header.take("firmware", measurement.get("devicefw"), f"{place}, DeviceFW")
    method = re.findall(r"^([A-Z_0-9]+)=([^\r\n]*)", str(measurement.get("method") or ""), re.MULTILINE)
    for key, value in method:
        quantity = number(value)
        if key == "AMPLITUDE" and quantity is not None:
            header.take("amplitude_V", float(f"{quantity:.6g}"), f"{place}, Method {key}")  # stored as a 4-byte float
        elif key == "NOTES":
            header.take("comment", unquote(value.replace("%crlf", " ")).strip(), f"{place}, Method {key}")
        elif key == "AREA" and quantity is not None:
            header.take_area(float(f"{quantity * 1e-4:.6g}"), _AREA_DEFAULT, f"{place}, Method {key}")
    header.ignored.append("other settings of the method")
    return header


def _date(ticks: object) -> str:
    """Return a count of 100 ns since the year 1 as a date, or an empty text."""
    if not isinstance(ticks, int):
        return ""
    try:
        return (datetime(1, 1, 1) + timedelta(microseconds=ticks // 10)).isoformat(" ", "seconds")
    except OverflowError:
        return ""


FORMAT = Format("palmsens-session", "PalmSens PSTrace session (.pssession)", recognises, read, (".pssession",))
