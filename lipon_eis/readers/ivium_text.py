"""IviumSoft exports of impedance as text (``.txt``, ``.csv``); its data files are read by `ivium`.

Separated by tabs, commas or semicolons: a line with the names ``freq. /Hz``, ``Z1 /ohm``, ``Z2 /ohm`` in any
order, then one line a frequency. Z1 is Re, Z2 is Im, negative where the sample is capacitive. Elsewhere Z1 and Z2
are two impedances: only beside ``freq. /Hz``, with its point, do they mean the parts of one. A table that would be
inductive throughout is refused until the user says the sign. Further tables may follow, each with its line of names.

Built from public documentation of the layout; no real file was at hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lipon_eis.readers import preamble
from lipon_eis.readers.columns import Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.rows import split_on
from lipon_eis.readers.table import Sweep, read_table
from lipon_eis.readers.text import Text
from lipon_eis.spectrum import Spectrum

_FREQUENCY = "freq. /Hz"
_NAMES = {_FREQUENCY: "Frequency [Hz]", "Z1 /ohm": "Re(Z) [Ohm]", "Z2 /ohm": "Im(Z) [Ohm]"}
_MARKS = ("\t", ";", ",")
_SEARCHED = 40


def recognises(head: Head) -> bool:
    """Tell an export by the names of its three columns."""
    return head.text is not None and next(_name_lines(head.text, _SEARCHED), None) is not None


def _name_lines(text: Text, end: int) -> Iterator[tuple[int, str]]:
    """Yield the index and the separator of each line of names before line index ``end``."""
    for k, line in enumerate(text.lines[:end]):
        if _FREQUENCY in line:
            yield from ((k, mark) for mark in _MARKS if _NAMES.keys() <= set(split_on(mark)(line)))


def read(file: File) -> list[Spectrum]:
    """Read every table of one file."""
    found = list(_name_lines(file.text, len(file.text.lines)))
    if not found:
        raise file.refuse(f"no line of column names ({', '.join(_NAMES)}); was it cut or changed?")
    header, sweeps = preamble.read(file.text.lines[: found[0][0]]), list[Sweep]()
    for at, mark in found:
        names = split_on(mark)(file.text.lines[at])
        columns = replace(understand([_NAMES.get(n, n) for n in names], line=at + 1), names=tuple(names))
        sweeps += read_table(file, columns, at + 1, split_on(mark), Convention(units=True), _begins)
        header.ignored.extend(name for n in columns.ignored if (name := f"column {n}") not in header.ignored)
    return spectra(file, "ivium-text", header, sweeps)


def _begins(line: str) -> bool:
    return _FREQUENCY in line


FORMAT = Format("ivium-text", "IviumSoft (text export)", recognises, read)
