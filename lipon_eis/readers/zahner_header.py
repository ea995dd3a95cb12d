"""What Zahner's programs write beside the numbers, the same words in binary and in text files.

``Potential``: ``0.0255V, Ampl: 10mV``; ``Current``: ``3.6102mA, Ampl: 1A``. The amplitude stands with the
quantity that was controlled. ``Temperature``: ``24.8+-0.1C``, mean and scatter; without a sensor the input
reads about 0 °C, and a simulation has 0 K, so neither is taken for a temperature. ``Time``: begin and end.
"""

from __future__ import annotations

import re

from lipon_eis.readers.header import Header, area_in, number

_PREFIXES = {"a": 1e-18, "f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "µ": 1e-6, "m": 1e-3, "": 1.0, "k": 1e3}
_ELECTRICAL = re.compile(
    r"\s*(?P<value>[-+]?[0-9][0-9.,]*(?:[eE][-+]?[0-9]+)?)\s*(?P<prefix>[afpnuµmk]?)(?P<unit>[VA])\b"
)
_TEMPERATURE = re.compile(r"\s*([-+]?[0-9]+(?:[.,][0-9]+)?)\s*(?:\+-\s*[0-9.,]+)?\s*°?C\b")
_NO_SENSOR = 1.0  # [K] around 0 °C
_CONTROL = {"Potential": ("V", "potentiostatic impedance"), "Current": ("A", "galvanostatic impedance")}
_TEXTS = {"System": "system", "Comment": "comment", "Date": "date"}
_AREA_DEFAULT = (1e-4, 0.0)
# In texts: ``Potential.....: 0.0255V``.
_SETTING = re.compile(r"\s*(?P<key>[A-Za-z][A-Za-z ]*?)[\s.]*:\s*(?P<value>.*)")
_KEYS = {
    **{k.casefold(): k for k in ("Potential", "Current", "Temperature", "System", "Date", "Comment")},
    "comments": "Comment",
    "area": "Area",
}


def take_line(header: Header, line: str, place: int) -> bool:
    """Take the setting of one line of a text; return whether its key is known. Other words are listed as ignored."""
    match = _SETTING.fullmatch(line)
    if match is None:
        header.ignored.extend([line.strip()[:60]] if line.strip(" \t,;") else [])
        return False
    key = match["key"].strip()
    take_setting(header, _KEYS.get(key.casefold(), key), match["value"], place)
    return key.casefold() in _KEYS


def take_setting(header: Header, key: str, value: str, place: int | str) -> None:
    """Take one setting by its English name; one that is not understood goes to ``header.ignored``."""
    value = value.strip()
    if not value:
        return
    if key in _CONTROL:
        _take_control(header, key, value, place)
    elif key == "Temperature":
        _take_temperature(header, value, place)
    elif key == "Area":
        header.take_area(area_in(value), _AREA_DEFAULT, place)
    elif key in _TEXTS:
        header.take(_TEXTS[key], value, place)
    else:
        header.ignored.append(key)


def _take_control(header: Header, key: str, value: str, place: int | str) -> None:
    unit, technique = _CONTROL[key]
    mean, *amplitude = re.split(r",?\s*Ampl\.?\s*:", value, maxsplit=1)
    header.take(f"bias_{unit}", _electrical(mean, unit), place)
    if amplitude:
        header.take(f"amplitude_{unit}", _electrical(amplitude[0], unit), place)
        header.take("technique", technique, place)


def _electrical(text: str, unit: str) -> float | None:
    match = _ELECTRICAL.match(text)
    value = number(match["value"]) if match and match["unit"] == unit else None
    return None if match is None or value is None else value * _PREFIXES[match["prefix"]]


def _take_temperature(header: Header, value: str, place: int | str) -> None:
    match = _TEMPERATURE.match(value)
    celsius = number(match[1]) if match else None
    if celsius is None:
        header.ignored.append(f"Temperature {value!r}")
    elif abs(celsius) <= _NO_SENSOR or celsius + 273.15 < _NO_SENSOR:
        header.ignored.append(f"Temperature {value!r}: what is written without a sensor, not taken")
    else:
        header.take("temperature_K", celsius + 273.15, place)
