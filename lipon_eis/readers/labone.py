"""Zurich Instruments LabOne sweeper exports of an MFIA or MFLI (``.csv``).

Separated by semicolons or commas, and lying on its side: after the line
``chunk;timestamp;size;fieldname`` (with empty cells to the width of the table), each line is one field
of one sweep: its number, a timestamp, the number of points, the field's name, then the values. Sweeps of
different lengths are filled up with ``nan``, as are the points that a stopped sweep did not reach.

Fields used: ``frequency`` [Hz], ``realz``, ``imagz`` [Ω] (capacitive is negative); ``absz`` [Ω] and
``phasez`` [rad] must agree, or stand for them. ``grid`` (what was swept, not always the frequency),
``param0``, ``param1`` (of a model), ``drive``, ``bias`` and the fields that end in ``pwr`` and ``stddev`` are not
used. A sweep without impedance fields (of a demodulator) is refused.

Built from the published layout; no real file was at hand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from lipon_eis.readers import numbers
from lipon_eis.readers.columns import Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header
from lipon_eis.readers.rows import split_on
from lipon_eis.readers.table import Sweep, sweeps_of
from lipon_eis.readers.values import Values
from lipon_eis.spectrum import Floats, Spectrum

_BEFORE = ("chunk", "timestamp", "size", "fieldname")
_UNITS = {"frequency": "Hz", "realz": "Ohm", "imagz": "Ohm", "absz": "Ohm", "phasez": "rad"}
_IMPEDANCE = ("realz", "imagz", "absz", "phasez")
_FILLING = frozenset({"", "nan"})


@dataclass(frozen=True)
class _Field:
    """One line: a field of a sweep, its values as written and the line number."""

    chunk: str
    name: str
    cells: list[str]
    line: int


def recognises(head: Head) -> bool:
    """Tell a LabOne sweep by its first line, if it has fields of an impedance."""
    if not head.starts_with(_BEFORE[0]) or head.text is None:
        return False
    mark = _mark(head.text.lines)
    # The head may end in the first line of values already, which are long.
    names = {line.split(mark, 4)[3] for line in head.text.lines if line.count(mark) > 3} if mark else set()
    return bool(mark) and (not names - {"fieldname"} or not names.isdisjoint(_IMPEDANCE))


def read(file: File) -> list[Spectrum]:
    """Read every sweep of one file."""
    mark = _mark(file.text.lines)
    if not mark:
        raise file.refuse(f"expected a first line {';'.join(_BEFORE)}", 1)
    header = Header()
    chunks: dict[str, dict[str, _Field]] = {}
    for field in _fields(file, mark):
        if field.name in _UNITS:
            if field.name in chunks.setdefault(field.chunk, {}):
                raise file.refuse(f"the field {field.name!r} of sweep {field.chunk} stands twice", field.line)
            chunks[field.chunk][field.name] = field
        elif f"field {field.name}" not in header.ignored:
            header.ignored.append(f"field {field.name}")
    sweeps = list[Sweep]()
    for k, (chunk, fields) in enumerate(chunks.items()):
        columns = understand([f"{name} ({_UNITS[name]})" for name in fields])
        if columns.complete:
            sweeps += _sweeps(file, chunk, fields)
        elif k == len(chunks) - 1 and sweeps and not file.text.ended:
            header.notes.append(f"the file ends in sweep {chunk}, which is left out")
        else:
            line = next(iter(fields.values())).line
            wanted = "frequency, and realz and imagz or absz and phasez"
            raise file.refuse(f"sweep {chunk}: expected the fields {wanted}; found {', '.join(fields)}", line)
    if not sweeps:
        raise file.refuse("no sweep with fields of an impedance (frequency, realz, imagz)")
    return spectra(file, "labone", header, sweeps)


def _mark(lines: tuple[str, ...]) -> str:
    """Return what separates the cells, or nothing where the first line is another."""
    first = next((line for line in lines if line.strip()), "")
    for mark in ";,\t":
        if tuple(cell.strip('"') for cell in split_on(mark)(first)[:4]) == _BEFORE:
            return mark
    return ""


def _fields(file: File, mark: str) -> list[_Field]:
    fields: list[_Field] = []
    split = split_on(mark)
    for number, line in file.text.numbered():
        row = split(line)
        if not line.strip(f"{mark} \t\x1a") or tuple(row[:4]) == _BEFORE:
            continue
        if len(row) < 5:
            if number == len(file.text.lines) and not file.text.ended and fields:
                break
            raise file.refuse(f"expected {mark.join(_BEFORE)} and values, found {line[:60]!r}", number)
        chunk, _, size, name, *cells = row
        if not size.isdecimal():
            raise file.refuse(f"expected the number of points, found {size!r}", number)
        if number == len(file.text.lines) and not file.text.ended:
            cells = cells[:-1]  # the last number may be cut
        fields.append(_Field(chunk, name, cells[: int(size)], number))
    return fields


def _sweeps(file: File, chunk: str, fields: dict[str, _Field]) -> list[Sweep]:
    """Read one sweep; points of which a field has no value are not there."""
    lengths = {name: _length(field.cells) for name, field in fields.items()}
    length = min(lengths.values())
    names = [f"{name} ({_UNITS[name]})" for name in fields]
    columns = understand(names, line=next(iter(fields.values())).line)
    data = {k: _numbers(file, field, length) for k, field in enumerate(fields.values())}
    if not length:
        raise file.refuse(f"sweep {chunk} has no point", columns.line)
    notes = []
    if length < max(lengths.values()):
        short = min(lengths, key=lengths.__getitem__)
        notes.append(f"field {short!r} has {length} values, others have more: the points beyond are left out")
    found = sweeps_of(Values(file, columns, data, [columns.line] * length, Convention(units=True, sign=True)), notes)
    number = int(chunk) if chunk.isdecimal() else chunk
    lines = [field.line for field in fields.values()]
    where = {"loop": number, "lines": [min(lines), max(lines)]}
    return [replace(s, meta={**s.meta, **where}, origin={**s.origin, "loop": "field chunk"}) for s in found]


def _length(cells: list[str]) -> int:
    """Count the cells up to the last that is filled."""
    filled = (k for k in range(len(cells), 0, -1) if cells[k - 1].strip().casefold() not in _FILLING)
    return next(filled, 0)


def _numbers(file: File, field: _Field, length: int) -> Floats:
    cells = [cell or "nan" for cell in field.cells[:length]]
    bad = next((cell for cell in cells if not numbers.looks_numeric(cell)), None)
    if bad is not None:
        raise file.refuse(f"field {field.name!r}: expected a number, found {bad!r}", field.line)
    try:
        return numbers.parse(cells, numbers.notation_of(cells))
    except ValueError as error:
        raise file.refuse(f"field {field.name!r}: {error}", field.line) from error


FORMAT = Format("labone", "Zurich Instruments LabOne sweeper (.csv)", recognises, read)
