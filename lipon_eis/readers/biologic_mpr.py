"""BioLogic EC-Lab and BT-Lab raw data (``.mpr``).

Binary modules (`biologic_modules`). That of the numbers is ``VMP data``; its layout goes by its version:

| version | number of columns | their numbers | first record at byte |
|---|---|---|---|
| 0 | u1 at 4 | u1 each, from 5 | 100 |
| 2, 3 | u1 at 4 | u2 each, from 5 | 405, 406 |
| 10, 11 (EC-Lab 11.50 and later) | u2 at 4 | u2 each, from 6 | 1007 |

The number of points (u4) stands first. Records fill the body to its end: its length divided by
the number of points is the size of a record, and the columns, which go by number
(`biologic_columns`), must add up to it. Columns of unknown number are passed over, with a
note, as long as one place only is left for the others; else the file is refused.

Columns used: 32 ``freq/Hz``, 37 ``Re(Z)/Ohm``, 38 ``-Im(Z)/Ohm``, 36 ``|Z|/Ohm``, 35 ``Phase(Z)/deg``; Modulo
Bat files have |Z| and phase only, among cycling rows of frequency 0. Loops follow each other.
A technique without impedance has no column 32. Numbers are single precision: 7 digits.
What the other modules say is in `biologic_settings`.

Files of versions 2, 3 and 11 were at hand; 0 and 10 are built from published descriptions.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lipon_eis.readers.biologic_columns import FLAGS, NAMES, TYPES, Record, lay_out, name_of
from lipon_eis.readers.biologic_electrodes import about_others, others, with_impedance
from lipon_eis.readers.biologic_modules import MAGIC, Module, modules
from lipon_eis.readers.biologic_settings import about, technique
from lipon_eis.readers.columns import NAMES_WANTED, Columns, Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header
from lipon_eis.readers.names import Quantity
from lipon_eis.readers.table import Sweep, sweeps_of
from lipon_eis.readers.values import Values
from lipon_eis.spectrum import Floats, Spectrum

EXPORT = "open it in EC-Lab and export it as text (.mpt)"
_LAYOUTS = {0: ("B", "B", 100), 2: ("B", "H", 405), 3: ("B", "H", 406), 10: ("H", "H", 1007), 11: ("H", "H", 1007)}
_USED = ("VMP Set", "VMP data", "VMP LOG")
_BESIDE = (Quantity.LOOP, Quantity.TEMPERATURE)  # may stay unread where their place is not certain


def recognises(head: Head) -> bool:
    """Tell a file of BioLogic modules by its magic number."""
    return head.data.startswith(MAGIC)


def read(file: File) -> list[Spectrum]:
    """Read all loops of one file."""
    found, notes = modules(file)
    by_name = {module.name: module for module in reversed(found)}
    name = technique(by_name.get("VMP Set"))
    if "VMP data" not in by_name:
        raise file.refuse(f"no data module{f' ({name})' if name else ''}; was the file cut?")
    header = Header(notes=notes)
    sweeps = [s for module in found if module.name == "VMP data" for s in _sweeps(file, module, name, header)]
    about(by_name, np.concatenate([sweep.frequency for sweep in sweeps]), header)
    header.ignored.extend(f"module {module.name}" for module in found if module.name not in _USED)
    return spectra(file, "biologic-mpr", header, sweeps)


def _sweeps(file: File, module: Module, name: str, header: Header) -> list[Sweep]:
    points, numbers, start = _head(file, module)
    columns, notes = with_impedance(understand([name_of(n) for n in numbers]))
    if Quantity.FREQUENCY not in columns.found:
        raise file.refuse(f"no column freq/Hz: {name or 'this technique'} measured no impedance")
    if not columns.complete:
        listed = ", ".join(repr(column) for column in columns.names)
        raise file.refuse(f"expected {NAMES_WANTED}; found the columns {listed}")
    if not points:
        raise file.refuse("the column freq/Hz has no values: 0 points were measured")
    size, rest = divmod(module.length - start, points)
    record = _record(file, module, points, numbers, columns, 0 if rest else size)
    certain = {q: found for q, found in columns.found.items() if all(record.offsets[k] is not None for k, _ in found)}
    columns = replace(columns, found=certain)
    there = min(points, (len(module.body) - start) // size)
    if not there:
        raise file.refuse("the file ends before its first point; was it cut?")
    cut = [f"the file was cut: {there} of {points} points are left"] if there < points else []
    table = np.frombuffer(module.body, np.uint8, there * size, start).reshape(there, size)
    data = {k: _column(table, numbers[k], record.offsets[k]) for k in columns.needed}
    if record.assumed:
        _confirm(file, numbers, data)
    if unknown := _unknown(numbers):
        header.notes.append(f"columns of unknown number passed over: {', '.join(unknown)}")
    header.notes.extend(notes)
    header.ignored.extend(f"column {column}" for column in dict.fromkeys(columns.ignored))
    sweeps = sweeps_of(Values(file, columns, data, [], Convention(units=True, sign=True)), cut)
    if not notes:
        header.notes.extend(about_others(_filled_beside(columns, table, numbers, record), sweeps, None))
    return sweeps


def _filled_beside(columns: Columns, table: NDArray[np.uint8], numbers: Sequence[int], record: Record) -> list[str]:
    """Return the impedances of other electrodes that were measured, as far as their place is certain."""
    beside = {symbol: k for symbol, k in others(columns.names).items() if record.offsets[k] is not None}
    return [symbol for symbol, k in beside.items() if _column(table, numbers[k], record.offsets[k]).any()]


def _head(file: File, module: Module) -> tuple[int, tuple[int, ...], int]:
    """Return the number of points, the numbers of the columns, and where the first record stands."""
    if module.version not in _LAYOUTS:
        raise file.refuse(f"a data module of version {module.version} is not known here; {EXPORT}")
    count_form, number_form, start = _LAYOUTS[module.version]
    if len(module.body) < start:
        raise file.refuse("the file ends before its first point; was it cut?")
    points, count = struct.unpack_from(f"<I{count_form}", module.body)
    at, form = struct.calcsize(f"<I{count_form}"), f"<{count}{number_form}"
    if not count or at + struct.calcsize(form) > start:
        raise file.refuse(f"{count} columns do not fit into the head of the data module: the file is damaged")
    return points, struct.unpack_from(form, module.body, at), start


def _record(file: File, module: Module, points: int, numbers: Sequence[int], columns: Columns, size: int) -> Record:
    """Find the place of each column; those of the impedance must be certain.

    Args:
        file: For errors.
        module: For errors.
        points: For errors.
        numbers: Of the columns.
        columns: What they hold.
        size: Of a record [bytes]; 0 where the points do not fill the module.
    """
    needed = [k for q, found in columns.found.items() if q not in _BESIDE for k, _ in found]
    record = lay_out(numbers, needed, size) if size > 0 else None
    unknown = _unknown(numbers)
    if record is None:
        which = f" (not known here: {', '.join(unknown)})" if unknown else ""
        what = f"{points} points of {len(numbers)} columns{which}"
        raise file.refuse(f"{what} do not fill the data module of {module.length} bytes; {EXPORT}")
    if any(record.offsets[k] is None for k in needed):
        what = "the columns of number" if len(unknown) > 1 else "the column of number"
        raise file.refuse(f"{what} {', '.join(unknown)} not known here leave open where the others stand; {EXPORT}")
    return record


def _unknown(numbers: Sequence[int]) -> list[str]:
    return [str(number) for number in numbers if number not in NAMES and number not in FLAGS]


def _column(table: NDArray[np.uint8], number: int, offset: int | None) -> Floats:
    assert offset is not None  # asked before
    kind = np.dtype(TYPES[number])
    with np.errstate(invalid="ignore"):  # a damaged byte may make a signalling NaN
        return np.ascontiguousarray(table[:, offset : offset + kind.itemsize]).view(kind)[:, 0].astype(float)


def _confirm(file: File, numbers: Sequence[int], data: dict[int, Floats]) -> None:
    """Refuse places that are no more than assumed unless |Z| is there at each point, to be compared with Re and Im."""
    by_number = {numbers[k]: values for k, values in data.items()}
    if not (by_number[36][by_number[32] != 0] > 0).all():
        raise file.refuse(f"the columns of number {', '.join(_unknown(numbers))} are not known here; {EXPORT}")


FORMAT = Format("biologic-mpr", "BioLogic EC-Lab raw data (.mpr)", recognises, read, (".mpr",))
