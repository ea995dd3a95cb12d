"""Princeton Applied Research text exports of PARSTAT and VersaSTAT data (``.txt``, ``.csv``).

VersaStudio and its kin export what the user chose of their columns, separated by tabs or
commas, under one line of names; a separator may stand at the end of each line. Other techniques of the
same run stand in the same table with frequency and impedance 0. Tables that were pasted below each other,
each under its names, are a spectrum each; a line of text above the names of one is its title.

Columns used: ``Frequency (Hz)``, ``Zre (ohms)``, ``Zim (ohms)`` (capacitive is negative); ``|Z| (ohms)`` and
``Phase of Z (deg)`` must agree. ``Potential (V)`` of a spectrum's first point is taken as its bias.
"""

from __future__ import annotations

from collections.abc import Callable

from lipon_eis.readers.beside import ignored_columns, with_columns_beside
from lipon_eis.readers.columns import Convention
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header
from lipon_eis.readers.layout import Layout, find_names
from lipon_eis.readers.rows import no_end, split_on
from lipon_eis.readers.table import Sweep, read_table
from lipon_eis.readers.tables import below_each_other, read_each
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
    header = Header(ignored=ignored_columns(layout.columns, _BESIDE))

    def read_one(one: Layout, ends: Callable[[str], object]) -> list[Sweep]:
        split = split_on(one.mark)
        found = read_table(file, one.columns, one.start, split, Convention(units=True, sign=True), ends)
        return [with_columns_beside(file, one.columns, split, sweep, _BESIDE) for sweep in found]

    layouts = below_each_other(file, layout)
    sweeps = read_each(file, layouts, read_one, header) if len(layouts) > 1 else read_one(layout, no_end)
    return spectra(file, "parstat", header, sweeps)


FORMAT = Format("parstat", "Princeton Applied Research PARSTAT, VersaSTAT (text)", recognises, read)
