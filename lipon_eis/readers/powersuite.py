"""Princeton Applied Research PowerSuite exports of impedance (``.txt``).

Separated by tabs: the names ``Frequency``, ``Zre``, ``Zimg``, the latter two with a space before them, then one line a
frequency with a space before each impedance. Lines may end in CR CR LF. There is no other header.

The file states neither unit nor sign. Hz and Ω are taken with a note; ``Zimg`` is Im (capacitive is
negative), but a spectrum that looks inductive is refused until the user says which it is, as these three
names are easily written by other hands too.
"""

from __future__ import annotations

from lipon_eis.readers.columns import Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header
from lipon_eis.readers.rows import split_on
from lipon_eis.readers.table import read_table
from lipon_eis.spectrum import Spectrum

_NAMES = ["Frequency", "Zre", "Zimg"]


def recognises(head: Head) -> bool:
    """Tell a PowerSuite export by its three names, which are the first line."""
    return head.starts_with(_NAMES[0]) and head.text is not None and _line_of_names(head.text.lines) > 0


def read(file: File) -> list[Spectrum]:
    """Read the table of one file."""
    line = _line_of_names(file.text.lines)
    if not line:
        raise file.refuse(f"expected the column names {', '.join(_NAMES)} in the first line")
    columns = understand(_NAMES, line=line)
    sweeps = read_table(file, columns, line, split_on("\t"), Convention())
    return spectra(file, "powersuite", Header(), sweeps)


def _line_of_names(lines: tuple[str, ...]) -> int:
    for number, line in enumerate(lines, 1):
        if line.strip():
            return number if split_on("\t")(line) == _NAMES else 0
    return 0


FORMAT = Format("powersuite", "Princeton Applied Research PowerSuite (text)", recognises, read)
