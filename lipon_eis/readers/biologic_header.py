"""The lines above the table of a BioLogic ``.mpt``.

The technique, lines ``Key : value``, and a block of settings in columns of 20 characters, one a sequence or step: a
setting is taken where all of them say the same.

``Electrode surface area`` is 0.001 or 0.000, of cm² or another unit, unless somebody entered
one: that is not taken for an area. ``Va (mV)`` is the amplitude as set, ``Ia`` where the current was.
``Potential control`` says between which electrodes the potential was controlled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lipon_eis.readers.format import File
from lipon_eis.readers.header import Header, area_in, number

CONTROL = "potential_control"
_AREA_DEFAULT = (1e-3, 1e-7, 1e-9, 1e-15, 0.0)  # [m²]: 0.001 m², cm², mm², µm²
_TEXTS = {
    "Device": "instrument",
    "Acquisition started on": "date",
    "Run on channel": "channel",
    "Electrode material": "electrode_material",
    "Electrolyte": "electrolyte",
    "EC-Lab for windows": "software",
    "Potential control": CONTROL,
}
_CURRENT = {"A": 1.0, "mA": 1e-3, "µA": 1e-6, "nA": 1e-9}


def header_above(file: File, end: int, mark: str) -> Header:
    """Return what the lines above the table say.

    Args:
        file: The file.
        end: Index of the line of column names.
        mark: Between the cells of the table.
    """
    header = Header()
    settings: dict[str, tuple[str, int]] = {}
    for number_, line in enumerate(file.text.lines[:end], 1):
        if number_ <= 2 or not line.strip():
            continue
        if mark != "\t":
            line = line.rstrip(mark).strip('"')  # a spreadsheet fills each line up to the width of the table
        key, colon, value = (part.strip() for part in line.partition(" : "))
        if not colon and (software := re.match(r"(EC-Lab|BT-Lab) for windows (v\S+)", line, re.IGNORECASE)):
            header.take("software", " ".join(software.groups()), number_)
        elif not colon and number_ <= 4:
            header.take("technique", key, number_)
        elif key == "Electrode surface area":
            _area(header, value, number_)
        elif key == "Comments":
            header.add("comment", value, number_)  # each line of it has its own key
        elif key in _TEXTS:
            header.take(_TEXTS[key], value, number_)
        elif colon:
            header.ignored.append(key)
        elif len(line) > 20 and not line.startswith(("Loop ", "\t")):
            settings.setdefault(line[:20].strip(), (line[20:].strip(), number_))
    _settings(header, settings)
    return header


def _area(header: Header, value: str, line: int) -> None:
    area = area_in(re.sub(r"(?<=m)\W$", "²", value.strip()))  # the raised 2 is lost in some conversions
    if area is None and value:
        header.ignored.append(f"electrode surface area of {value} (header line {line})")
    header.take_area(area, _AREA_DEFAULT, line)


def _settings(header: Header, settings: dict[str, tuple[str, int]]) -> None:
    # What all columns say alike: of sequences and steps it is not known here which measured.
    columns = {key: (set(re.split(" {2,}", value)), line) for key, (value, line) in settings.items()}
    common = {key: (values.pop(), line) for key, (values, line) in columns.items() if len(values) == 1}
    used = {*_amplitude(header, common), *_bias(header, common, settings)}
    header.ignored.extend(key for key in settings if key and key not in used)


def _amplitude(header: Header, common: Mapping[str, tuple[str, int]]) -> list[str]:
    """Take the amplitude, of the voltage or of the current; return the settings used."""
    used = []
    if found := common.get("Va (mV)"):
        amplitude = number(found[0])
        header.take("amplitude_V", None if amplitude is None else amplitude * 1e-3, found[1])
        used.append("Va (mV)")
    by_voltage = common.get("Ia/Va", ("Ia", 0))[0] != "Ia"
    if not by_voltage and (found := common.get("Ia")):
        named = next((key for key in ("unit  Ia", "unit Ia") if key in common), "")
        unit = common.get(named, ("", 0))[0].replace("μ", "µ")
        amplitude = number(found[0])
        if amplitude is not None and unit in _CURRENT:
            header.take("amplitude_A", amplitude * _CURRENT[unit], found[1])
            used += ["Ia", named]
    return used


def _bias(header: Header, common: Mapping[str, tuple[str, int]], settings: Mapping[str, tuple[str, int]]) -> list[str]:
    """Take the dc potential unless it is set against different potentials; return the settings used."""
    if "E (V)" not in common or ("vs." in settings and "vs." not in common):
        return []
    potential, line = common["E (V)"]
    versus, versus_line = common.get("vs.", ("", line))
    header.take("bias_V", number(potential), line)
    header.take("bias_versus", versus, versus_line)
    return ["E (V)", "vs."]
