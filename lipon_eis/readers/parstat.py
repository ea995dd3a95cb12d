"""Princeton Applied Research text exports of PARSTAT and VersaSTAT data (``.txt``, ``.csv``).

VersaStudio and its kin export what the user chose of their columns, separated by tabs or
commas, under one line of names; a separator may stand at the end of each line. Other techniques of the
same run stand in the same table with frequency and impedance 0.

Columns used: ``Frequency (Hz)``, ``Zre (ohms)``, ``Zim (ohms)`` (capacitive is negative); ``|Z| (ohms)`` and
``Phase of Z (deg)`` must agree. ``Potential (V)`` of a spectrum's first point is taken as its bias.
"""

from __future__ import annotations

from lipon_eis.readers.beside import ignored_columns, with_columns_beside
from lipon_eis.readers.columns import Convention
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header
from lipon_eis.readers.layout import find_names
from lipon_eis.readers.rows import split_on
from lipon_eis.readers.table import read_table
from lipon_eis.readers.unnamed import explain
from lipon_eis.spectrum import Spectrum

_KNOWN = ("Frequency (Hz)", "Zre (ohms)", "Zim (ohms)")
_BESIDE = {"potential (v)": ("bias_V", float)}


def recognises(head: Head) -> bool:
    """Tell a PAR export by the names of its columns in the first line."""
    return head.text is not None and any(all(name in line for name in _KNOWN) for line in head.text.lines[:3])


def read(file: File) -> list[Spectrum]:
    """Read the table of one file."""
    layout = find_names(file.text)
    if layout is None:
        raise file.refuse(explain(file.text))
    split = split_on(layout.mark)
    found = read_table(file, layout.columns, layout.start, split, Convention(units=True, sign=True))
    sweeps = [with_columns_beside(file, layout.columns, split, sweep, _BESIDE) for sweep in found]
    header = Header(ignored=ignored_columns(layout.columns, _BESIDE))
    return spectra(file, "parstat", header, sweeps)


FORMAT = Format("parstat", "Princeton Applied Research PARSTAT, VersaSTAT (text)", recognises, read)
