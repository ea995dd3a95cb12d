"""Zahner impedance files as its converter Bin2Txt writes them (``.txt``).

Lines ``Potential   : 0.000V``, then, separated by tabs and with decimal commas, nine columns::

    LOGF	LOGO	LOGZm	Phim	Real	Imag	Phis	LOGZs	LOGZzhit
    5,00000	5,79818	1,00672	-9,03926	10,02978	-1,59561	-9,03926	1,00672	1,00672

``LOGF`` and ``LOGO`` are the decimal logarithms of f [Hz] and ω [rad/s] and must agree, ``LOGZm`` that of the measured
|Z| [Ω], ``Phim`` the measured phase [°] (capacitive is negative). They must agree with ``Real`` and ``Imag``, which are
read: that settles their unit and sign. ``Phis``, ``LOGZs`` and ``LOGZzhit`` are smoothed and reconstructed (Z-HIT),
no measurement, and never taken.

Built from the layout as a program that reads it describes it; no real file at hand. A measured sweep begins inside its
range; see `zahner_overlap`.
"""

from __future__ import annotations

import numpy as np

from lipon_eis.readers import rows as row_reader
from lipon_eis.readers.columns import Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header
from lipon_eis.readers.rows import split_on
from lipon_eis.readers.table import Sweep, sweeps_of
from lipon_eis.readers.text import Text
from lipon_eis.readers.values import Values, everywhere
from lipon_eis.readers.zahner_header import take_line
from lipon_eis.readers.zahner_overlap import without_overlap
from lipon_eis.spectrum import Spectrum

_SEARCHED = 60
_MEASURED = {"LOGZm": "|Z|/Ohm", "Phim": "Phase/deg", "Real": "Re/Ohm", "Imag": "Im/Ohm"}
_TIMES = ("LOGF", "LOGO")
_NEEDED = (*_TIMES, *_MEASURED)
_CLOSE = 0.01  # of a decade


def recognises(head: Head) -> bool:
    """Tell it by the names of its columns."""
    return head.text is not None and _names_at(head.text) is not None


def _names_at(text: Text) -> int | None:
    lines = enumerate(text.lines[:_SEARCHED])
    return next((k for k, line in lines if line.startswith("LOGF\t") and "\tLOGZm\t" in line), None)


def read(file: File) -> list[Spectrum]:
    """Read the measured impedance of one file."""
    at = _names_at(file.text)
    if at is None:
        raise file.refuse("no line of column names (LOGF, LOGO, LOGZm, …); was it cut or changed?")
    header = Header()
    for line_number, line in enumerate(file.text.lines[:at], 1):
        take_line(header, line, line_number)
    names = split_on("\t")(file.text.lines[at])
    if lacking := [name for name in _NEEDED if name not in names]:
        raise file.refuse(f"the column {lacking[0]} is missing, without which units and sign are not sure", at + 1)
    header.ignored.extend(f"column {name}" for name in names if name and name not in _NEEDED)
    return spectra(file, "zahner-bin2txt", header, without_overlap(_sweeps(file, at, names)))


@np.errstate(over="ignore")  # what is beyond all numbers is masked
def _sweeps(file: File, at: int, names: list[str]) -> list[Sweep]:
    places = {name: names.index(name) for name in _NEEDED}
    found = row_reader.read(file, at + 1, split_on("\t"), len(names), sorted(places.values()))
    if not found.lines:
        raise file.refuse("the table has no row that can be read", at + 1)
    log_f, log_omega = (found.data[places[name]] for name in _TIMES)
    if not everywhere(np.abs(log_omega - log_f - np.log10(2 * np.pi)) < _CLOSE):
        raise file.refuse("LOGO is not the logarithm of 2π times the frequency of LOGF: check both columns", at + 1)
    data = {0: 10.0**log_f, **{k: found.data[places[name]] for k, name in enumerate(_MEASURED, 1)}}
    data[1] = 10.0 ** data[1]
    columns = understand(["Frequency/Hz", *_MEASURED.values()], line=at + 1)
    return sweeps_of(Values(file, columns, data, found.lines, Convention(units=True, sign=True)), found.notes)


FORMAT = Format("zahner-bin2txt", "Zahner Bin2Txt (.txt)", recognises, read)
