"""What the modules ``VMP Set`` and ``VMP LOG`` of a BioLogic ``.mpr`` say about a measurement.

``VMP Set``: technique (byte 0), comment (text at 0x7), electrode material (0x11E), electrolyte (0x1C0),
electrode area (f4 at 0x211, its unit at 0x251: 1 cm², 2 mm²; 0.001 or 0 unless somebody entered
another, which is then not taken). A text is one byte of length and its characters.

The settings of the technique follow the number of sequences and of settings (u2 each), which
stand at 0x572, 0x1845, 0x1846 or 0x1847. For the 52 settings of PEIS: E (f4 at 1), what it is
against (5; 0 is Eoc), first and last frequency (f4 at 20 and 25, each followed by its unit: 0 MHz,
1 kHz, 2 Hz, 3 mHz), Va [mV] (f4 at 36); the last three stand 3 bytes later since EC-Lab
11.50. They are believed where these frequencies are those that were measured.

``VMP LOG``: channel (byte 9, from 0; its serial number u4 at 0xAB), start of the acquisition (f8 at
0x249, days since 1899-12-30, local time), software (text at 0x3B7), serial number of the device
(text at 0x3CF). Runs with an external device have no such module.
"""

from __future__ import annotations

import struct
from datetime import datetime, timedelta
from itertools import product
from math import isfinite

from lipon_eis.readers.biologic_modules import Module
from lipon_eis.readers.header import Header
from lipon_eis.spectrum import Floats

_PEIS, _PEIS_SETTINGS = 0x1D, 52
_TECHNIQUES = {
    0x04: "Galvanostatic Cycling with Potential Limitation",
    0x06: "Cyclic Voltammetry",
    0x0B: "Open Circuit Voltage",
    0x18: "Chronoamperometry / Chronocoulometry",
    0x19: "Chronopotentiometry",
    _PEIS: "Potentio Electrochemical Impedance Spectroscopy",
    0x1E: "Galvano Electrochemical Impedance Spectroscopy",
    0x32: "IR compensation (PEIS)",
    0x33: "Cyclic Voltammetry Advanced",
    0x6C: "Linear Sweep Voltammetry",
    0x7F: "Modulo Bat",
}
_TEXTS = {0x7: "comment", 0x11E: "electrode_material", 0x1C0: "electrolyte"}
_AREA, _AREA_UNIT = 0x211, 0x251
_AREA_UNITS = {1: 1e-4, 2: 1e-6}
_AREA_DEFAULTS = (0.001, 0.0)  # in whatever unit is chosen
_SETTINGS_AT = (0x572, 0x1845, 0x1846, 0x1847)
_FREQUENCY_UNITS = (1e6, 1e3, 1.0, 1e-3)
_EPOCH = datetime(1899, 12, 30)
_YEARS = (30_000, 80_000)  # [days]: from 1982 to 2119


def technique(settings: Module | None) -> str:
    """Return the name of the technique, empty where it is not known."""
    return "" if settings is None or not settings.body else _TECHNIQUES.get(settings.body[0], "")


def about(modules: dict[str, Module], frequency: Floats, header: Header) -> None:
    """Add to the header of a file what its modules say.

    Args:
        modules: By their names.
        frequency: All that were measured [Hz], shape (n_points,).
        header: Of the file.
    """
    if settings := modules.get("VMP Set"):
        _settings(header, settings, frequency)
    if log := modules.get("VMP LOG"):
        _log(header, log)
    if "date" not in header.meta:
        header.take("date", modules["VMP data"].date, "VMP data, its head")


def _settings(header: Header, module: Module, frequency: Floats) -> None:
    name = technique(module)
    header.take("technique", name, "VMP Set, byte 0")
    if module.body and not name:
        header.ignored.append(f"technique of number {module.body[0]}")
    for at, key in _TEXTS.items():
        header.take(key, module.text(at), f"VMP Set, byte {at}")
    _area(header, module)
    if module.body and module.body[0] == _PEIS:
        _peis(header, module, frequency)


def _area(header: Header, module: Module) -> None:
    area, unit = module.number(_AREA, "<f"), module.number(_AREA_UNIT, "<B")
    if area is None or unit is None or not isfinite(area):
        return
    area = float(f"{area:.7g}")  # the digits that single precision holds
    if area in _AREA_DEFAULTS:
        header.ignored.append(f"electrode area of {area:g}: the program's default, not taken")
    elif unit in _AREA_UNITS and area > 0:
        header.take("area_m2", float(f"{area * _AREA_UNITS[int(unit)]:.7g}"), f"VMP Set, byte {_AREA}")
    else:
        header.ignored.append(f"electrode area of {area:g} in a unit that is not known here")


def _peis(header: Header, module: Module, frequency: Floats) -> None:
    for at, later in product(_SETTINGS_AT, (0, 3)):
        start = at + 4
        if start + 40 + later > len(module.body) or module.number(at, "<I") != 1 + (_PEIS_SETTINGS << 16):
            continue
        bias, versus = struct.unpack_from("<f B", module.body, start + 1)
        first, first_unit, last, last_unit, amplitude = struct.unpack_from(
            "<f B f B 6x f", module.body, start + 20 + later
        )
        if not (_is(first, first_unit, frequency.max()) and _is(last, last_unit, frequency.min())):
            continue
        if 0 < amplitude < 1e4:
            header.take("amplitude_V", float(f"{amplitude * 1e-3:.7g}"), f"VMP Set, byte {start + 36 + later}")
        if versus == 0 and abs(bias) < 100:
            header.take("bias_V", float(f"{bias:.7g}"), f"VMP Set, byte {start + 1}")
            header.take("bias_versus", "Eoc", f"VMP Set, byte {start + 5}")
        return


def _is(value: float, unit: int, measured: float) -> bool:
    return unit < len(_FREQUENCY_UNITS) and abs(value * _FREQUENCY_UNITS[unit] - measured) <= 0.02 * measured


def _log(header: Header, module: Module) -> None:
    channel, serial = module.number(0x09, "<B"), module.number(0xAB, "<I")
    if channel is not None and serial is not None:
        header.take("channel", f"{channel + 1:.0f} (SN {serial:.0f})", "VMP LOG, byte 9")
    days = module.number(0x249, "<d")
    if days is not None and _YEARS[0] < days < _YEARS[1]:
        start = (_EPOCH + timedelta(days=days)).isoformat(" ", "milliseconds")
        header.take("date", start, f"VMP LOG, byte {0x249}")
    version = module.text(0x3B7)
    header.take("software", f"EC-Lab v{version}" if version else "", f"VMP LOG, byte {0x3B7}")
    header.take("serial_number", module.text(0x3CF), f"VMP LOG, byte {0x3CF}")
