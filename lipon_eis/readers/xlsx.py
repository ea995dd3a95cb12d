"""Spreadsheets (``.xlsx``, ``.xlsm``): each sheet is read as the delimited text that it would be saved as.

A sheet may hold what `delimited` reads: a preamble, a line of column names, perhaps a line of units,
rows; several tables, too; or what PSTrace exports to Excel (`palmsens_csv`). Sheets without such a
table are passed over and named among ``ignored``; where none has one, the workbook is no export (in a
folder it is passed over).
Of formulas the values count that the spreadsheet computed last. Places are the sheet and its row.

Needs openpyxl, an extra of the installation. A workbook is an archive of XML: before openpyxl
sees it, its size unpacked and the absence of entity definitions are made sure of, and only so
many rows and columns of a sheet are looked at.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from dataclasses import replace
from typing import Any

from lipon_eis.errors import UnreadableFile, UnrecognisedFile
from lipon_eis.readers import palmsens_csv
from lipon_eis.readers.delimited import read_text
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header
from lipon_eis.readers.layout import find_names
from lipon_eis.readers.table import Sweep
from lipon_eis.readers.text import Text
from lipon_eis.readers.unnamed import explain, find_numbers
from lipon_eis.spectrum import Spectrum

_MAX_UNPACKED = 100_000_000  # [bytes]
_MAX_ROWS, _MAX_COLUMNS = 100_000, 100
_WORKBOOK = "xl/workbook.xml"
_PARTS = (b"[Content_Types].xml", b"xl/", b"docProps/")
_OTHER_OFFICE = (b"word/", b"ppt/")
_REMEDY = "save the sheet as csv"


def recognises(head: Head) -> bool:
    """Tell an archive with the parts of a spreadsheet."""
    data = head.data
    return (
        data.startswith(b"PK\x03\x04")
        and any(part in data for part in _PARTS)
        and not any(part in data for part in _OTHER_OFFICE)
    )


def read(file: File) -> list[Spectrum]:
    """Read every sheet of one workbook that holds impedance.

    Raises:
        UnrecognisedFile: No sheet holds a table of impedance.
        UnreadableFile: The file is no workbook, is too large unpacked, cannot be read, or openpyxl is not installed.
    """
    try:
        import openpyxl
    except ImportError as error:
        raise file.refuse(f"a spreadsheet, which needs openpyxl: pip install lipon_eis[xlsx] (or {_REMEDY})") from error
    _examine(file)
    header, sweeps, reasons = Header(), list[Sweep](), list[str]()
    for title, text in _sheets(file, openpyxl):
        if (find_names(text) or find_numbers(text)) is None:
            header.ignored.append(f"sheet {title}")
            reasons.append(f"{title!r}: {explain(text)}")
            continue
        try:
            read_sheet = palmsens_csv.read_text if palmsens_csv.names_spectra(text) else read_text
            own, found = read_sheet(_as_file(file, text))
        except UnreadableFile as error:
            raise file.refuse(f"sheet {title!r}: {error.problem}", error.line) from error
        header.ignored.extend(name for name in own.ignored if name not in header.ignored)
        sweeps += [_with_head(sweep, own, title) for sweep in found]
    if not sweeps:
        raise UnrecognisedFile(file.path, f"no sheet holds a table of impedance: {'; '.join(reasons) or 'it has none'}")
    return spectra(file, "xlsx", header, sweeps)


def _with_head(sweep: Sweep, header: Header, title: str) -> Sweep:
    meta, origin = {"sheet": title, **header.meta, **sweep.meta}, {**header.origin, **sweep.origin}
    return replace(sweep, meta=meta, origin=origin, notes=(*header.notes, *sweep.notes))


def _as_file(file: File, text: Text) -> File:
    return File(file.given, "\n".join((*text.lines, "")).encode(), file.imaginary)


def _examine(file: File) -> None:
    """Make sure of what openpyxl does not: the size unpacked, and that no XML defines entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            parts = archive.infolist()
            if _WORKBOOK not in archive.namelist():
                raise file.refuse("an archive, but no .xlsx workbook; unpack it, or save the sheet as csv")
            if (size := sum(part.file_size for part in parts)) > _MAX_UNPACKED:
                raise file.refuse(f"unpacks to {size / 1e6:.0f} MB, which no table of impedance does; {_REMEDY}")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as stream:
                        if b"<!DOCTYPE" in stream.read(4000).replace(b"\0", b""):  # UTF-16 has zeros between
                            raise file.refuse(f"{part.filename} declares a document type, as no spreadsheet does")
    except UnreadableFile:
        raise
    except Exception as error:  # of zipfile, zlib, lzma: a damaged archive raises whatever its parts do
        raise file.refuse(f"a damaged workbook ({error}); open it and {_REMEDY}") from error


def _sheets(file: File, openpyxl: Any) -> list[tuple[str, Text]]:
    """Return title and content of each sheet, tab-separated."""
    sheets, left = [], _MAX_ROWS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions that do not touch cells
            book = openpyxl.load_workbook(io.BytesIO(file.data), read_only=True, data_only=True)
            for sheet in book.worksheets:
                sheet.reset_dimensions()  # what a sheet says of its size may be wrong
                lines = []
                for row in sheet.iter_rows(max_col=_MAX_COLUMNS + 1, values_only=True):
                    if not left or (len(row) > _MAX_COLUMNS and row[-1] is not None):
                        limits = f"{_MAX_ROWS} rows in all or {_MAX_COLUMNS} columns"
                        raise file.refuse(f"sheet {sheet.title!r}: more than {limits}; {_REMEDY}")
                    lines.append("\t".join(map(_written, row)).rstrip("\t"))
                    left -= 1
                sheets.append((str(sheet.title), Text(tuple(lines), "utf-8", True)))
    except UnreadableFile:
        raise
    except Exception as error:  # openpyxl raises whatever a damaged part makes its parsers raise
        raise file.refuse(f"a damaged workbook ({type(error).__name__}: {error}); open it and {_REMEDY}") from error
    return sheets


def _written(cell: object) -> str:
    """Write a cell as a text file would hold it: numbers in full, one line."""
    if cell is None:
        return ""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return repr(cell)
    return " ".join(str(cell).split())


FORMAT = Format("xlsx", "spreadsheet (.xlsx, needs openpyxl)", recognises, read)
