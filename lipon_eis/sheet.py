"""The sample sheet: a table that says which film each file was measured on.

CSV as spreadsheets write it: separated by commas, semicolons or tabs; UTF-8 with or without
BOM, UTF-16 or cp1252; a first line ``sep=;`` is understood. The column ``file`` is required
and holds a name or a glob relative to the sheet (``*`` stays within a folder, ``**/`` does
not). Every other header is a property of `Sample`, alone (``thickness``, the cell says
``1.2 um ± 3 %``) or with its unit (``thickness_um``), or ``note_…``. Where cells are not
separated by commas a decimal comma is read as such.

Where several rows fit a spectrum, the more exact one comes first and the others fill in what
it leaves empty: a file name before a glob, then a row with ``spectrum`` before one without.
"""

from __future__ import annotations

import csv
import io
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TextIO

from lipon_eis.errors import InvalidOption, InvalidQuantity, InvalidSample, InvalidSheet, nearest
from lipon_eis.sample import PAIRS, RULES, Sample, merge
from lipon_eis.spectrum import Spectrum
from lipon_eis.units import DIMENSIONS, Quantity, parse_quantity

_HEADER_UNITS = {
    "length": ("m", "cm", "mm", "um", "nm"),
    "area": ("m2", "cm2", "mm2", "um2"),
    "temperature": ("K", "C"),
    "temperature difference": ("K", "C"),
    "resistance": ("ohm", "kohm", "Mohm", "mohm"),
    "capacitance": ("F", "uF", "nF", "pF"),
    "time": ("s", "min", "h", "d"),
    "voltage": ("V", "mV"),
    "inverse length": ("per_cm", "per_m"),
    "dimensionless": (),
}  # fmt: skip
_SHORT_NAMES = {"anneal": ("anneal_temperature", "anneal_time")}  # anneal_C and anneal_min
_TEMPLATE = (
    "file", "spectrum", "label", "group", "stack", "state", "thickness_um", "thickness_stderr_um",
    "area_cm2", "area_stderr_cm2", "temperature_C",
)  # fmt: skip
_FILES = ("open_file", "short_file")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of a sheet.

    Attributes:
        line: Its number in the file; the header is 1, as in a spreadsheet.
        pattern: Name or glob relative to the sheet, with ``/``.
        spectrum: Which spectrum of the file, from 0, or None for all.
        sample: What the row says.
    """

    line: int
    pattern: str
    spectrum: int | None
    sample: Sample


@dataclass(frozen=True)
class SampleSheet:
    """A sample sheet that was read; see `read_sheet`.

    Attributes:
        path: Of the sheet.
        rows: In their order.
    """

    path: Path
    rows: tuple[SheetRow, ...]

    def sample_for(self, source: str | Path, spectrum: int = 0) -> Sample | None:
        """Return what the sheet says of one spectrum, or None where no row fits.

        Args:
            source: Path of the file it was read from.
            spectrum: Its index in the file, from 0.

        Raises:
            InvalidSheet: Two rows of the same exactness fit; the message names both lines.
        """
        names = self._names(source)
        found: dict[tuple[bool, bool], SheetRow] = {}
        for row in self.rows:
            if (rank := _rank(row, names, spectrum)) is None:
                continue
            if rank in found:
                raise InvalidSheet(
                    self.path,
                    f"rows {found[rank].line} and {row.line} both fit spectrum {spectrum} of {source}: "
                    "keep one, or tell them apart by file name or spectrum",
                    row.line,
                )
            found[rank] = row
        return merge(*(found[rank].sample for rank in sorted(found, reverse=True))) if found else None

    def unused(self, sources: Iterable[tuple[str | Path, int]]) -> list[SheetRow]:
        """Return the rows that fit none of these (source, spectrum) pairs: probably misspelt."""
        present = [(self._names(source), spectrum) for source, spectrum in sources]
        return [row for row in self.rows if all(_rank(row, *pair) is None for pair in present)]

    def _names(self, source: str | Path) -> frozenset[str]:
        """Return the source relative to the sheet, as given and with links followed."""
        resolved = _relative(Path(os.path.realpath(source)), Path(os.path.realpath(self.path)).parent)
        return frozenset({_relative(Path(source), self.path.parent), resolved})


def read_sheet(path: str | Path) -> SampleSheet:
    """Read a sample sheet.

    Raises:
        InvalidSheet: Unreadable, an unknown or repeated header, a bad cell: with file, line, column,
            what was found and what to write.
    """
    path = Path(path)
    text = _decoded(path)
    first, _, rest = text.partition("\n")
    skipped = 0
    if hint := re.fullmatch(r'"?sep=(.)"?', first.strip(), re.IGNORECASE):
        delimiter, text, skipped = hint.group(1), rest, 1
    else:
        header = next((line for line in text.splitlines() if line.strip()), "")
        delimiter = max(",;\t", key=re.sub(r'"[^"]*"', "", header).count)
    table = _table(path, text, delimiter, skipped)
    if not table:
        raise InvalidSheet(path, "is empty; `lipon-eis samples` writes a sheet to fill in")
    header_line, headers = table[0]
    columns = [_column(path, header_line, header) for header in headers]
    _refuse_repeats(path, header_line, headers, columns)
    if "file" not in [column and column.name for column in columns]:
        raise InvalidSheet(path, f"has no column 'file'; found {', '.join(filter(None, headers))}", header_line)
    commas = delimiter != "," and any(
        column and column.dimension and re.search(r"\d,\d|^,\d", cell)
        for _, cells in table[1:]
        for column, cell in zip(columns, cells, strict=False)
    )
    rows = tuple(_row(path, line, columns, cells, commas, delimiter) for line, cells in table[1:])
    if not rows:
        raise InvalidSheet(path, "has a header but no rows")
    _refuse_equal_rows(path, rows)
    return SampleSheet(path, rows)


def write_template(spectra: Iterable[tuple[str | Path, int, Spectrum]], target: str | Path | TextIO) -> None:
    """Write a sheet to fill in, one row a spectrum, with what the files already say.

    Args:
        spectra: (source, index in the file, spectrum), in the order of the rows.
        target: A path, or a stream such as stdout; names in the sheet are relative to the
            path's folder, or to the current one.

    Raises:
        InvalidOption: The file exists: somebody may have filled it in.
    """
    if not isinstance(target, (str, Path)):
        target.write(_template(spectra, Path()))
        return
    path = Path(target)
    text = _template(spectra, path.parent)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # With a BOM, by which spreadsheets know UTF-8.
        with path.open("x", encoding="utf-8-sig", newline="") as stream:
            stream.write(text)
    except FileExistsError:
        raise InvalidOption(f"{path} exists and may have been filled in: remove it or choose another name") from None


def _template(spectra: Iterable[tuple[str | Path, int, Spectrum]], folder: Path) -> str:
    entries = list(spectra)
    count = Counter(str(source) for source, _, _ in entries)
    stream = io.StringIO()
    writer = csv.DictWriter(stream, _TEMPLATE, lineterminator="\n")
    writer.writeheader()
    for source, index, spectrum in entries:
        name = _relative(Path(source), folder)
        row = {
            # A name that a spreadsheet would run as a formula is written as the same path.
            "file": f"./{name}" if name[0] in "=+-@" else name,
            "spectrum": str(index) if count[str(source)] > 1 else "",
        }
        known = Sample.from_meta(spectrum.meta, spectrum.temperature)
        for header, column in _headers().items():
            if header in _TEMPLATE and (value := getattr(known, column.name)) is not None:
                row[header] = _in_unit(value, column)
        writer.writerow(row)
    return stream.getvalue()


def _in_unit(value: float, column: _Column) -> str:
    """Return an SI number exactly, in the unit of its column."""
    kind = DIMENSIONS[str(column.dimension)]
    offset = (kind.offsets or {}).get(str(column.unit), Decimal(0))
    return f"{((Decimal(repr(value)) - offset) / kind.units[str(column.unit)]).normalize():f}"


@dataclass(frozen=True, slots=True)
class _Column:
    """A header: the property, and the unit it states (None where the cell has to)."""

    header: str
    name: str
    dimension: str | None = None
    unit: str | None = None


def _decoded(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidSheet(path, f"cannot be opened: {error.strerror or error}") from error
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise InvalidSheet(path, "is a spreadsheet's own format: save it as CSV")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in data[:2000]:
        encodings = ["utf-16-le" if data[1:2] == b"\0" else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise InvalidSheet(path, "is no text; expected CSV in UTF-8, UTF-16 or cp1252")


def _table(path: Path, text: str, delimiter: str, skipped: int) -> list[tuple[int, list[str]]]:
    """Return (line number, stripped cells) of every row that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    table, line = [], skipped + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                table.append((line, [cell.strip() for cell in cells]))
            line = reader.line_num + skipped + 1
    except csv.Error as error:
        raise InvalidSheet(path, f"is no well-formed CSV: {error}", line) from error
    return table


def _column(path: Path, line: int, header: str) -> _Column | None:
    """Understand a header; None for an empty one, which a spreadsheet leaves behind a table."""
    if not header:
        return None
    name = re.sub(r"[\s-]+", "_", header.replace("\u00b5", "u").replace("\u03bc", "u").replace("²", "2"))
    folded = name.casefold()
    if folded in ("file", "spectrum"):
        return _Column(header, folded)
    if folded.startswith("note_") and len(name) > len("note_"):
        return _Column(header, "note_" + name[len("note_") :])
    if folded in RULES:
        return _Column(header, folded, RULES[folded].get("dimension"))
    known = _headers()
    exact = [h for h in known if h == name] or [h for h in known if h.casefold() == folded]
    if len(exact) == 1:
        return known[exact[0]]
    hint = f"; did you mean {' or '.join(exact)}?" if exact else nearest(name, ["file", "spectrum", *RULES, *known])
    raise InvalidSheet(path, f"column {header!r} is not known{hint} (a header note_… is kept as it is)", line)


def _headers() -> dict[str, _Column]:
    """Return every header that states its unit."""
    short = {full: name for name, fulls in _SHORT_NAMES.items() for full in fulls}
    return {
        header: _Column(header, name, rule["dimension"], {"C": "degC"}.get(unit, unit.replace("per_", "/")))
        for name, rule in RULES.items()
        for unit in _HEADER_UNITS.get(rule.get("dimension", ""), ())
        for header in {f"{name}_{unit}", f"{short.get(name, name)}_{unit}"}
    }


def _refuse_repeats(path: Path, line: int, headers: Sequence[str], columns: Sequence[_Column | None]) -> None:
    seen: dict[str, str] = {}
    for header, column in zip(headers, columns, strict=True):
        if column is None:
            continue
        if column.name in seen:
            both = f"{seen[column.name]!r} and {header!r} say the same" if header != seen[column.name] else repr(header)
            raise InvalidSheet(path, f"column {both} twice: keep one", line)
        seen[column.name] = header


def _row(
    path: Path, line: int, columns: Sequence[_Column | None], cells: Sequence[str], commas: bool, delimiter: str
) -> SheetRow:
    extra = [cell for cell in cells[len(columns) :] if cell]
    extra += [cell for column, cell in zip(columns, cells, strict=False) if column is None and cell]
    if extra:
        remedy = "; write decimal points, or separate by semicolons" if delimiter == "," else ""
        raise InvalidSheet(path, f"{extra[0]!r} stands under no header{remedy}", line)
    given = {column: cell for column, cell in zip(columns, cells, strict=False) if column and cell}
    texts = {column.name: cell for column, cell in given.items()}
    name = texts.pop("file", "").replace("\\", "/")
    if not name:
        raise InvalidSheet(path, "column 'file' is empty", line)
    pattern = _relative(path.parent / name, path.parent)
    number = texts.pop("spectrum", None)
    if number is not None and not re.fullmatch(r"\d{1,9}", number, re.ASCII):
        raise InvalidSheet(path, f"column 'spectrum': expected a number from 0, found {number!r}", line)

    notes = {name.removeprefix("note_"): text for name, text in texts.items() if name.startswith("note_")}
    values: dict[str, Any] = {
        c.name: _value(path, line, c, cell, commas) for c, cell in given.items() if c.name in RULES
    }
    for name in _FILES:
        if name in values:
            values[name] = (path.parent / str(values[name]).replace("\\", "/")).as_posix()
    try:
        sample = Sample.build(origin=f"sheet row {line}", notes=notes, **values)
    except InvalidSample as error:
        raise InvalidSheet(path, str(error), line) from error
    return SheetRow(line, pattern, None if number is None else int(number), sample)


def _value(path: Path, line: int, column: _Column, cell: str, commas: bool) -> str | Quantity:
    """Return a cell's text, or its quantity where the property is a number; refuse it by its column."""
    if column.dimension is None:
        return cell
    try:
        quantity = parse_quantity(cell, column.dimension, unit=column.unit, decimal_comma=commas)
        # Alone in its column each value is judged here, so that the message can name the column.
        if column.name not in PAIRS.values():
            alone: dict[str, Any] = {column.name: quantity.value}
            Sample.build(**alone)
    except (InvalidQuantity, InvalidSample) as error:
        raise InvalidSheet(path, f"column {column.header!r}: {error}", line) from error
    return quantity


def _refuse_equal_rows(path: Path, rows: Sequence[SheetRow]) -> None:
    seen: dict[tuple[str, int | None], int] = {}
    for row in rows:
        key = (row.pattern, row.spectrum)
        if key in seen:
            raise InvalidSheet(
                path, f"rows {seen[key]} and {row.line} are both for {row.pattern!r}: keep one", row.line
            )
        seen[key] = row.line


def _relative(path: Path, folder: Path) -> str:
    """Return a path relative to a folder, with ``/`` and composed accents, as patterns are written."""
    try:
        relative = os.path.relpath(path, folder)
    except ValueError:  # another drive on Windows
        relative = os.path.abspath(path)
    return unicodedata.normalize("NFC", relative.replace(os.sep, "/"))


def _rank(row: SheetRow, names: frozenset[str], spectrum: int) -> tuple[bool, bool] | None:
    """Return (is a file name, tells the spectrum) where the row fits, else None; greater is more exact."""
    if row.spectrum is not None and row.spectrum != spectrum:
        return None
    if row.pattern in names:
        return True, row.spectrum is not None
    if any(_fits(name.split("/"), row.pattern.split("/")) for name in names):
        return False, row.spectrum is not None
    return None


def _fits(name: list[str], pattern: list[str]) -> bool:
    """Tell whether a path fits a glob, both in parts: ``**`` stands for any number of folders."""
    if not pattern or not name:
        return pattern == name
    if pattern[0] == "**":
        return _fits(name, pattern[1:]) or _fits(name[1:], pattern)
    return fnmatchcase(name[0], pattern[0]) and _fits(name[1:], pattern[1:])
