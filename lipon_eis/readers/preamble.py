"""What stands above a table in plain words: temperature, area, amplitude, bias, instrument, date.

``Temperature: 25 °C``, ``# T = 298 K``, ``Area: 0.5 cm2``, ``Amplitude: 10 mV``, ``DC bias (V): 0.5``,
``Instrument: …``. Only what states its unit is taken; a line with two temperatures says none. The first lines of
words make the comment; further ones, and the rows of other tables, are listed as ignored.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lipon_eis.readers.header import Header, area_in, number
from lipon_eis.readers.layout import COMMENT
from lipon_eis.readers.names import unit
from lipon_eis.readers.numbers import looks_numeric

_VALUE = (
    r"\s*(?:[\[(]\s*(?P<u1>[^\])]+)[\])]|_(?P<u2>\w+))?"  # a unit beside the name
    r"\s*[:=,;\t]\s*(?P<v>[-+0-9.,]+(?:[eE][-+]?\d+)?)\s*(?P<u3>[^\s,;)]*)"  # the value and a unit behind it
)
_TEMPERATURE = re.compile(r"(?i)(?:^|[\s#%(,;])(?:temperature|temp\.?|T)" + _VALUE)
_AREA = re.compile(r"(?i)(?:^|[\s#%(,;])(?<!spacer )area" + _VALUE)
_SETTING = re.compile(
    r"[\s#%!/]*(?P<key>[A-Za-z][A-Za-z /.]*?)\s*(?:[\[(](?P<unit>[^\])]*)[\])])?\s*[:=,;\t]\s*(?P<value>\S.*)"
)
_TEXTS = {
    **dict.fromkeys(("instrument", "instrument model", "device", "model"), "instrument"),
    **dict.fromkeys(("technique", "experiment type", "measurement type"), "technique"),
    **dict.fromkeys(("date", "date and time", "date/time", "timestamp", "measured on"), "date"),
    "channel": "channel",
    "serial number": "serial_number",
}
_FILE = re.compile(r"\.[A-Za-z]\w{1,4}$")  # of a simulation, whose "Model: film.mph" is no instrument
_VOLTS = {
    **dict.fromkeys(("amplitude", "ac amplitude", "driving voltage", "ac voltage", "osc level"), "amplitude_V"),
    **dict.fromkeys(("bias", "dc bias", "bias voltage", "dc voltage", "dc potential"), "bias_V"),
}
_MOST_LINES = 8  # of a comment
_AROUND = ' \t,;"'
_SEPARATORS = re.compile(r"[\s,;|]+")
_BEGINS_A_NUMBER = frozenset("+-.0123456789")
_OF_VOLTS = {"V": 1.0, "mV": 1e-3, "Vrms": 1.0, "mVrms": 1e-3, "V rms": 1.0, "mV rms": 1e-3}


def read(lines: Sequence[str], before: int = 0) -> Header:
    """Take what the lines above a table say.

    Args:
        lines: Above the names.
        before: How many lines of the file stand before them.
    """
    header, words, left = Header(), list[str](), list[int]()
    for line_number, line in enumerate(lines, before + 1):
        known = len(header.meta)
        header.take("temperature_K", temperature_in(line), line_number)
        if match := _AREA.search(line):
            area = area_in(f"{match['v']} {match['u1'] or match['u2'] or match['u3'] or ''}", by_hand=True)
            header.take_area(area, (0.0,), line_number)
        if match := _SETTING.match(line):
            _setting(header, match, line_number)
        if stripped := COMMENT.sub("", line, count=1).strip(_AROUND):
            if len(words) < _MOST_LINES and not _is_row(stripped):
                words.append(stripped)
            elif len(header.meta) == known:
                left.append(line_number)
    if words:
        comment = "; ".join(words)
        header.take("comment", comment if len(comment) <= 500 else comment[:497] + "...", before + 1)
    header.ignored.extend(_runs(left))
    return header


def _is_row(line: str) -> bool:
    cells = _SEPARATORS.split(line) if line[0] in _BEGINS_A_NUMBER else []
    return len(cells) > 1 and all(map(looks_numeric, cells))


def _runs(lines: Sequence[int]) -> list[str]:
    """Name lines, those that follow each other together."""
    firsts = [n for k, n in enumerate(lines) if not k or lines[k - 1] < n - 1]
    lasts = [n for k, n in enumerate(lines) if k == len(lines) - 1 or lines[k + 1] > n + 1]
    return [
        f"header line {first}" if first == last else f"header lines {first} to {last}"
        for first, last in zip(firsts, lasts, strict=True)
    ]


def temperature_in(line: str) -> float | None:
    """Return the one temperature that a line states [K], or None."""
    found = set()
    for match in _TEMPERATURE.finditer(line):
        known = unit(match["u1"] or match["u2"] or match["u3"] or "")
        value = number(match["v"], by_hand=True)
        if known and known[0] == "temperature" and value is not None and value + known[2] > 0:
            found.add(value + known[2])
    return found.pop() if len(found) == 1 else None


def _setting(header: Header, match: re.Match[str], line: int) -> None:
    key, value = match["key"].casefold(), match["value"].strip(_AROUND)
    if (name := _TEXTS.get(key)) and not (key == "model" and _FILE.search(value)):
        header.take(name, value, line)
    elif name := _VOLTS.get(key):
        found = re.match(r"([-+0-9.,]+(?:[eE][-+]?\d+)?)\s*([A-Za-z ]*)", value)
        volts, unit_of = (number(found[1], by_hand=True), match["unit"] or found[2].strip()) if found else (None, "")
        if volts is not None and unit_of in _OF_VOLTS:
            header.take(name, volts * _OF_VOLTS[unit_of], line)
