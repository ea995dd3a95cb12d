"""A rectangular table of plain numbers, all of it at once.

Most tables are that, and then taking them apart line by line is most of the work of reading a
file. Here the lines are joined, split once, and the needed columns are parsed together. JSON's
numbers are numbers to ``float`` too, and a JSON parser stops at anything else, so what comes
out is what `rows` finds line by line (a test compares them). Whatever is not plain (a missing
cell, a quote, a decimal comma, text in a needed column) gives None and is left to `rows`,
which knows how to read it, or how to say what is wrong.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

import numpy as np

from lipon_eis.spectrum import Floats

_END_OF_ROW = "\n"  # no line holds one
_OF_NUMBERS = b"0123456789+-.eE"
_SURELY_DECIMAL = re.compile(r"[0-9],(?:[0-9]{1,2}|[0-9]{4,})(?![0-9])")  # this comma separates no thousands


class Lists(Mapping[int, Floats]):
    """Columns of numbers as they were parsed, by their index in the table; an array only where one is asked for.

    Attributes:
        lists: One a column.
    """

    def __init__(self, lists: dict[int, list[float]]) -> None:
        self.lists = lists

    def __getitem__(self, index: int) -> Floats:
        numbers = self.lists[index]
        try:
            return np.array(numbers, float)
        except OverflowError:
            return np.array([_float(x) for x in numbers])

    def __iter__(self) -> Iterator[int]:
        return iter(self.lists)

    def __len__(self) -> int:
        return len(self.lists)


def _float(number: float) -> float:
    """Return the nearest float of a number, which may be an integer of hundreds of digits."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def plain_block(
    lines: Sequence[str], mark: str, width: int, needed: Sequence[int], *, indented: bool = False
) -> list[list[float]] | None:
    """Return the needed columns of a table, or None unless it is rectangular and they are plain numbers.

    Args:
        lines: One a row; none of them blank.
        mark: Between the cells of a row; empty for any white space.
        width: Number of cells of a row.
        needed: Indices of the columns to return.
        indented: Each line begins with one ``mark`` that separates nothing.

    Returns:
        One list a needed column.
    """
    found = _block(lines, mark, width, needed, indented)
    if found is not None or mark == "," or (with_points := _with_points(lines)) is None:
        return found
    # Whether commas are decimal marks is asked of all cells, so all of them must be numbers.
    every = _block(with_points, mark, width, range(width), indented)
    return None if every is None else [every[k] for k in needed]


def _with_points(lines: Sequence[str]) -> list[str] | None:
    """Return lines whose commas surely are decimal marks with points for them, else None."""
    joined = _END_OF_ROW.join(lines)
    if "." in joined or not _SURELY_DECIMAL.search(joined):
        return None
    return joined.replace(",", ".").split(_END_OF_ROW)


def _block(
    lines: Sequence[str], mark: str, width: int, needed: Sequence[int], indented: bool
) -> list[list[float]] | None:
    cells = _whitespace_cells(lines) if not mark else _cells(lines, mark, indented)
    step, rows = width + 1, len(lines)
    if cells is None or len(cells) != rows * step - 1 or cells[width::step].count(_END_OF_ROW) != rows - 1:
        return None
    values = _numbers(",".join([",".join(cells[k::step]) for k in needed]))
    # A cell that holds a comma holds two numbers.
    if len(values) != len(needed) * rows:
        return None
    return [values[k : k + rows] for k in range(0, len(values), rows)]


def _cells(lines: Sequence[str], mark: str, indented: bool) -> list[str] | None:
    """Return all cells, `_END_OF_ROW` between those of two rows."""
    joined = f"{mark}{_END_OF_ROW}{'' if indented else mark}".join(lines)
    if '"' in joined or (mark != "," and "," in joined):
        return None
    cells = joined.split(mark)
    if indented and cells[0]:
        return None
    return cells[indented:]


def _whitespace_cells(lines: Sequence[str]) -> list[str] | None:
    joined = "\0".join(lines)
    if "," in joined or joined.count("\0") != len(lines) - 1:
        return None
    return [_END_OF_ROW if cell == "\0" else cell for cell in joined.replace("\0", " \0 ").split()]


def _numbers(text: str) -> list[float]:
    """Return comma-separated numbers, or none at all where one of them is not plain."""
    parse, problem = _json(list[float])
    try:
        return parse(f"[{text}]")
    except problem:
        return []


def plain_rows(rows: bytes, mark: bytes, width: int, end: bytes) -> list[float] | None:
    """Return all cells of a table, row by row, from its bytes, or None unless it is rectangular and all plain numbers.

    Decimal commas are such only where no cell has a point and one comma, at least, can be nothing else.

    Args:
        rows: From the first row to the end of the last.
        mark: Before each cell: each row begins with one.
        width: Number of cells of a row.
        end: Of every line.
    """
    if b"," in rows:
        if b"." in rows or not _SURELY_DECIMAL.search(rows.decode("latin-1")):
            return None
        rows = rows.replace(b",", b".")
    # Without the characters of numbers only marks and ends are left, or something is no number.
    skeleton = rows.translate(None, _OF_NUMBERS)
    one = mark * width + end
    count = len(skeleton) // len(one)
    if not count or skeleton != one * count or not rows.startswith(mark) or mark + end in rows:
        return None
    # No row ends with a mark, and without one between them two numbers are no JSON: every row begins with a mark.
    parse, problem = _json(list)  # integers stay such: to make floats of them all takes time
    try:
        cells = parse(b"".join((b"[0", rows.translate(_commas_for(mark, end)), b"]")))
    except problem:
        return None
    del cells[0]  # what stands before the first mark
    return cells


@cache
def _commas_for(mark: bytes, end: bytes) -> bytes:
    return bytes.maketrans(mark + end, b"," + b" " * len(end))


@cache
def _json(kind: type) -> tuple[Callable[[str | bytes], list[float]], type[Exception]]:
    import msgspec

    return msgspec.json.Decoder(kind).decode, msgspec.MsgspecError
