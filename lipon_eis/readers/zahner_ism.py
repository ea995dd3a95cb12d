"""Zahner Thales and Zahner Analysis impedance files (``.ism``).

Binary, big-endian, after the reader that Zahner publishes under the MIT licence (zahner-analysis)
and real files. In this order:

- the version, -1 or -2, and the number of points less one, each 2 bytes of 0 and a 4-byte signed integer;
- frequency [Hz], |Z| [Ω], phase [rad] (capacitive is negative) and time [s since 1980-01-01], each as
  8-byte floats, one a point; then the significance, a 2-byte integer of 0 to 1000 a point;
- twelve texts, each a 2-byte length and so many bytes of Latin-1 with capitals and small letters
  swapped: date (DDMMYY), system, potential, current, temperature, time, four lines of comment, area,
  serial quantity. Files written by Zahner Analysis may leave them empty;
- a 2-byte flag, 32 floats of settings, and, where the flag says so, dc potential and current of each
  point. These are not used.

A measured sweep begins inside its range; see `zahner_overlap`. A file cut in front of the last phase is
refused: its numbers stand in columns, and no row would be whole.
"""

from __future__ import annotations

import re
import struct

import numpy as np

from lipon_eis.readers.columns import Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header
from lipon_eis.readers.table import sweeps_of
from lipon_eis.readers.values import Values
from lipon_eis.readers.zahner_header import take_setting
from lipon_eis.readers.zahner_overlap import without_overlap
from lipon_eis.spectrum import Floats, Spectrum

_VERSIONS = b"\x00\x00\xff\xff\xff"
_START = struct.Struct(">hihi")
_KNOWN = (-1, -2)
_NAMES = ("Frequency/Hz", "|Z|/Ohm", "Phase/rad")
_HIGHEST = 1e10  # [Hz]
_MOST_SIGNIFICANT = 1000
_TEXTS = (
    *("Date", "System", "Potential", "Current", "Temperature", "Time"),
    *("Comment", "Comment", "Comment", "Comment", "Area", "serial quantity"),
)


def recognises(head: Head) -> bool:
    """Tell an ISM file by its version, a small negative number."""
    return head.data.startswith(_VERSIONS) and len(head.data) >= _START.size


def read(file: File) -> list[Spectrum]:
    """Read the sweep of one file, without the overlap at its beginning."""
    frequency, modulus, phase = _numbers(file)
    columns = understand(_NAMES)
    data = {0: frequency, 1: modulus, 2: phase}
    values = Values(file, columns, data, [], Convention(units=True, sign=True))
    header = _header(file, frequency.size)
    return spectra(file, "zahner-ism", header, without_overlap(sweeps_of(values)))


def _numbers(file: File) -> Floats:
    """Return frequency [Hz], |Z| [Ω] and phase [rad], shape (3, n_points)."""
    if len(file.data) < _START.size:
        raise file.refuse(f"ends after {len(file.data)} bytes, before the number of points")
    *_, tag, last = _START.unpack_from(file.data)
    n = last + 1
    if tag or n < 1:
        raise file.refuse(f"says it holds {n} points; is it damaged?")
    whole = (len(file.data) - _START.size) // 8
    if 3 * n > whole:
        raise file.refuse(f"says it holds {n} points and ends before the last phase; was it cut?")
    numbers = np.frombuffer(file.data, ">f8", 3 * n, _START.size).astype(float).reshape(3, n)
    frequency, modulus, phase = numbers
    possible = (frequency > 0) & (frequency < _HIGHEST) & (modulus >= 0) & np.isfinite(modulus) & (np.abs(phase) < 7)
    if not possible.all():
        k = int(possible.argmin())
        raise file.refuse(
            f"point {k + 1} of {n} cannot have been measured: {frequency[k]:g} Hz, |Z| = {modulus[k]:g} Ω,"
            f" phase {phase[k]:g} rad; is the file damaged?"
        )
    _check_significance(file, n)
    return numbers


def _check_significance(file: File, n: int) -> None:
    # A byte lost or gained in front of it moves it, and all numbers behind that byte with it.
    stored = file.data[_START.size + 32 * n : _START.size + 34 * n]
    significance = np.frombuffer(stored, ">i2", len(stored) // 2)
    if ((significance < 0) | (significance > _MOST_SIGNIFICANT)).any():
        raise file.refuse(
            f"the significance of a point is outside 0 to {_MOST_SIGNIFICANT}: bytes of the file are lost or changed;"
            " export it again"
        )


def _header(file: File, n: int) -> Header:
    header = Header()
    header.ignored.extend(["time of each point", "significance of each point", "binary settings"])
    if (version := _START.unpack_from(file.data)[1]) not in _KNOWN:
        header.notes.append(f"version {version} of the format is not known: read as version -2, which its numbers fit")
    texts = _texts(file.data, _START.size + 34 * n)
    if len(texts) < len(_TEXTS):
        header.notes.append("the file ends before its last header text: was it cut behind the numbers?")
    comments = []
    for number, (key, text) in enumerate(zip(_TEXTS, texts, strict=False), 1):
        place = f"text {number} ({key.lower()})"
        if key == "Date":
            time = texts[5] if len(texts) > 5 else ""
            header.take("date", f"{_date(text)} {time.partition(' - ')[0]}".strip(), place)
        elif key == "Comment":
            comments.append(text.strip())
        elif key != "Time":
            take_setting(header, key, text, place)
    header.take("comment", " ".join(filter(None, comments)), "texts 7 to 10")
    return header


def _texts(data: bytes, at: int) -> list[str]:
    """Return the texts from byte ``at`` on, as many of the twelve as there are."""
    texts: list[str] = []
    while len(texts) < len(_TEXTS) and at + 2 <= len(data):
        (length,) = struct.unpack_from(">h", data, at)
        at += 2
        if length < 0 or at + length > len(data):
            break
        texts.append(data[at : at + length].decode("latin-1").swapcase())
        at += length
    return texts


def _date(text: str) -> str:
    match = re.match(r"([0-9]{2})([0-9]{2})([0-9]{2})", text)
    if not match:
        return text
    day, month, year = match.groups()
    return f"{'20' if int(year) < 70 else '19'}{year}-{month}-{day}"


FORMAT = Format("zahner-ism", "Zahner Thales (.ism)", recognises, read, (".ism",))
