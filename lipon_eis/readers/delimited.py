"""Delimited text: what spreadsheets, scripts and most programs' "export as text" write.

Separated by tabs, semicolons, commas, pipes or spaces; decimal point or comma. Above the table may
stand a preamble, plain or marked as comment (``#``, ``%``, ``!``, ``//``); ``Temperature: 25 °C`` and
``Area: 0.5 cm2`` in it are taken, as are ``Amplitude: 10 mV``, ``DC bias (V): 0.5`` and lines that name
the instrument, technique, date, channel. A line of column names, sometimes a line of units below it,
then the rows. `columns.NAMES` says which names are understood; the order is free, other
columns are passed over. Several tables may stand below each other or side by side (`tables`).
Without Z, an admittance or what a bridge shows is read, if each column states its unit
(`immittance_names`). One of standard deviations (``sigma_ohm``, ``std``, ``dZ/Ohm``) becomes the
spectrum's ``sigma``. A number of loop or cycle splits the table, as does a frequency
that jumps back; see `sweeps`. A column called Im that is inductive throughout, or of the other
sign than the changes of Re ask for (`slopes`), is refused until the user says its sign, except
under the names ``frequency_hz``, ``z_re_ohm``, ``z_im_ohm`` of this package's own tidy CSV, where
it is Im. Impedance times area is no impedance: where the names leave the unit open and the preamble
speaks of Ω·cm², the table is refused.

Text without column names is read only if it has three columns that can be nothing else
than frequency, Re and Im, or Re, Im and frequency (`unnamed_order`), and a note says so. Below a
first line that is the number of rows, Re, -Im and frequency are EIS Spectrum Analyser's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from lipon_eis.readers import hints, immittance, immittance_names, preamble, tables
from lipon_eis.readers.columns import Columns, Convention
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header
from lipon_eis.readers.layout import Layout, find_names
from lipon_eis.readers.names import TYPOGRAPHY, Quantity
from lipon_eis.readers.rows import no_end, split_on
from lipon_eis.readers.table import Sweep, read_table
from lipon_eis.readers.unnamed import count_above, explain, find_numbers, read_numbers
from lipon_eis.spectrum import Spectrum

_TIDY = {"frequency_hz", "z_re_ohm", "z_im_ohm"}


def recognises(head: Head) -> bool:
    """Tell text with a named frequency column above numbers, or three plausible columns without names."""
    return head.text is not None and (find_names(head.text) or find_numbers(head.text)) is not None


def read(file: File) -> list[Spectrum]:
    """Read the table of one file."""
    return spectra(file, "delimited", *read_text(file))


def read_text(file: File) -> tuple[Header, list[Sweep]]:
    """Read what stands above the table of a text, and the table.

    Raises:
        UnreadableFile: There is no table of impedance, or it cannot be read.
    """
    if layout := find_names(file.text):
        header = preamble.read(file.text.lines[: layout.columns.line - 1])
        columns, sweeps = _named(file, layout, header)
        header.ignored.extend(f"column {name}" for name in columns.ignored)
    elif layout := find_numbers(file.text):
        sweeps, notes = read_numbers(file, layout)
        counted = count_above(file.text, layout.start) is not None
        header = preamble.read([] if counted else file.text.lines[: layout.start])
        header.notes.extend(notes)
    else:
        raise file.refuse(explain(file.text))
    return header, sweeps


def _named(file: File, layout: Layout, header: Header) -> tuple[Columns, list[Sweep]]:
    layouts = tables.below_each_other(file, layout)
    if len(layouts) > 1:
        one = partial(_table, file, header)
        return layout.columns, tables.read_each(file, layouts, lambda at, ends: one(at, ends)[1], header)
    return _table(file, header, layout)


def _table(
    file: File, header: Header, layout: Layout, ends: Callable[[str], object] = no_end
) -> tuple[Columns, list[Sweep]]:
    columns, split = layout.columns, split_on(layout.mark)
    convention = Convention(sign=set(columns.names) >= _TIDY)
    if beside := tables.side_by_side(layout):
        return columns, tables.read_beside(file, layout, beside, convention, ends, header)
    if not columns.complete:
        bridge = immittance_names.understand(columns.names, layout.units, columns.line)
        if immittance.possible(bridge):
            return bridge, immittance.read_table(file, bridge, layout.start, split, convention=Convention(), ends=ends)
        if why := hints.about([*columns.names, *layout.units]):
            raise file.refuse(f"{immittance.lacking(bridge)}{why}", columns.line)
        if wanted := immittance_names.without_unit(columns.names, layout.units):
            remedy = f"write the units into the names: {', '.join(wanted)}"
            raise file.refuse(f"{immittance.lacking(bridge)}; {remedy}", columns.line)
    _refuse_units_above(file, columns)
    return columns, read_table(file, columns, layout.start, split, convention, ends)


def _refuse_units_above(file: File, columns: Columns) -> None:
    """Refuse columns without a unit below a preamble that speaks of impedance times area."""
    sized = columns.found.get(Quantity.REAL, []) + columns.found.get(Quantity.MODULUS, [])
    if not sized or any(means.unit for _, means in sized):
        return
    for number_, line in enumerate(file.text.lines[: columns.line - 1], 1):
        if match := hints.PER_AREA.search(line.translate(TYPOGRAPHY)):
            raise file.refuse(
                f"the column names state no unit, and {match[0].strip()!r} stands above them: is this an impedance"
                " times an area? Then divide it by the area; write the unit into the names (Ohm)",
                number_,
            )


FORMAT = Format("delimited", "delimited text (comma, semicolon, tab, spaces)", recognises, read)
