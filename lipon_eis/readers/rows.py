"""The rows of a table: which lines they are, and their numbers.

A table of plain numbers is read whole (`block`). Where that cannot be, it is gone through line by
line, and three ends are told apart: text that is clearly no data follows (the table ends, with
a note), the file was cut in the last line (that point is left out, with a note), and anything
else (refused, with the line).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from lipon_eis.readers import numbers
from lipon_eis.readers.block import Lists, plain_block
from lipon_eis.readers.format import File
from lipon_eis.spectrum import Floats

Splitter = Callable[[str], list[str]]
_BLANK = " \t\x1a\x00,;"
_COMMENTS = ("#", "%", "//")


@dataclass(frozen=True)
class SplitOn:
    """Takes a line apart.

    Attributes:
        mark: Between cells; empty for any white space.
        indented: Each line begins with a mark, before which there is no cell.
    """

    mark: str
    indented: bool = False

    def __call__(self, line: str) -> list[str]:
        """Return the cells of a line, without the white space around them."""
        if not self.mark:
            return line.split()
        cells = [c.strip() for c in (_quoted(line, self.mark) if '"' in line else line.split(self.mark))]
        return cells[1:] if self.indented and not cells[0] else cells


def split_on(mark: str) -> Splitter:
    """Return a function that takes a line apart at ``mark``; ``""`` stands for any white space."""
    return SplitOn(mark)


def _quoted(line: str, mark: str) -> list[str]:
    return next(csv.reader([line], delimiter=mark, skipinitialspace=True), [])


@dataclass(frozen=True)
class Rows:
    """Cells of a table, before it is known what they mean.

    Attributes:
        cells: One list of cells a row.
        lines: Line number of each row, from 1.
        notes: What was left out, one sentence each.
        next: Index of the first line that does not belong to the table.
    """

    cells: list[list[str]]
    lines: list[int]
    notes: tuple[str, ...]
    next: int


def no_end(line: str) -> bool:
    """Tell no line as the end of a table."""
    return False


@dataclass(frozen=True)
class Numbers:
    """The needed columns of a table.

    Attributes:
        data: Column index → its numbers, shape (n_rows,).
        lines: Line number of each row, from 1.
        notes: What was left out, one sentence each.
    """

    data: Mapping[int, Floats]
    lines: Sequence[int]
    notes: tuple[str, ...] = ()


def read(
    file: File,
    start: int,
    split: Splitter,
    width: int,
    needed: Sequence[int],
    ends: Callable[[str], object] = no_end,
) -> Numbers:
    """Read the numbers of the table that begins at line index ``start``; arguments and errors as of `collect`."""
    if isinstance(split, SplitOn) and (plain := _plain(file, start, split, width, needed, ends)):
        return plain
    found = collect(file, start, split, width, needed, ends)
    return Numbers(columns(file, found, needed), found.lines, found.notes)


def _plain(
    file: File, start: int, split: SplitOn, width: int, needed: Sequence[int], ends: Callable[[str], object]
) -> Numbers | None:
    """Read a table whose rows all are plain numbers and whose last line has its end, as most are and have."""
    lines = file.text.lines
    stop = len(lines)
    if ends is not no_end and any(map(ends, lines[start:])):
        stop = next((k for k in range(start, stop) if ends(lines[k]) and lines[k].strip(_BLANK)), stop)
    while stop > start and not lines[stop - 1].strip(_BLANK):
        stop -= 1
    if stop == start or (stop == len(lines) and not file.text.ended):
        return None
    table = lines[start:stop]
    whole = "".join(table)
    if any(mark in whole for mark in _COMMENTS):
        return None
    values = plain_block(table, split.mark, width, needed, indented=split.indented)
    if values is None:
        return None
    return Numbers(Lists(dict(zip(needed, values, strict=True))), range(start + 1, stop + 1))


def collect(
    file: File,
    start: int,
    split: Splitter,
    width: int,
    needed: Sequence[int],
    ends: Callable[[str], object] = no_end,
) -> Rows:
    """Collect the rows of the table that begins at line index ``start``.

    Args:
        file: The file, for its lines and its name in errors.
        start: Index of the first line below the header.
        split: Takes a line apart.
        width: Number of cells a row must have; empty ones beyond it are passed over.
        needed: Indices of the columns that must hold numbers.
        ends: Tells a line with which something else begins.

    Raises:
        UnreadableFile: A row cannot be read, with its line.
    """
    text = file.text
    cells: list[list[str]] = []
    lines: list[int] = []
    passed_over: list[int] = []
    stop = len(text.lines)
    for number, line in text.numbered(start):
        if not line.strip(_BLANK):
            continue
        if ends(line):
            stop = number - 1
            break
        if line.lstrip().startswith(_COMMENTS):
            passed_over.append(number)
            continue
        cells.append(split(line.replace("\u2212", "-") if "\u2212" in line else line))
        lines.append(number)
    _fit(cells, width)
    notes: list[str] = []
    cut = not text.ended and bool(lines) and lines[-1] == len(text.lines)
    if not all(len(row) == width for row in cells) or not _numeric(cells, needed):
        cells, lines, notes, stop = _up_to_the_first_bad(file, cells, lines, width, needed, cut, stop)
        cut = cut and bool(lines) and lines[-1] == len(text.lines)
    if cut and not text.lines[-1].rstrip(" ").endswith(("\t", ";")) and not _last_is_whole(cells, needed, width):
        notes.append(
            f"line {lines[-1]}: the file ends in the middle of a line and the last number may be cut, so this point is"
            " left out (a line end after a whole line keeps it)"
        )
        del cells[-1], lines[-1]
    if passed_over and lines:
        count = f"{len(passed_over)} comments" if len(passed_over) > 1 else "a comment"
        notes.append(f"{count} among the rows (line {passed_over[0]}): passed over")
    return Rows(cells, lines, tuple(notes), stop)


def _fit(cells: list[list[str]], width: int) -> None:
    """Leave out the empty cells beyond ``width``, and the one that a separator at the end of each line makes.

    Where the other rows have that one, a row that is as wide with it as the names lacks a cell.
    """
    longer = sum(len(row) > width for row in cells)
    closed = longer > len(cells) / 2
    for k, row in enumerate(cells):
        if len(row) > width:
            while len(row) > width and not row[-1].strip():
                row = row[:-1]
            cells[k] = row
        elif closed and len(row) == width and not row[-1].strip():
            cells[k] = row[:-1]


def _numeric(cells: list[list[str]], needed: Sequence[int]) -> bool:
    # Most tables hold plain numbers only: float() settles that faster than looking at each cell.
    try:
        for k in needed:
            numbers.parse([row[k] for row in cells], numbers.Notation())
    except ValueError:
        return all(numbers.looks_numeric(row[k]) for row in cells for k in needed)
    return True


def _up_to_the_first_bad(
    file: File, cells: list[list[str]], lines: list[int], width: int, needed: Sequence[int], cut: bool, stop: int
) -> tuple[list[list[str]], list[int], list[str], int]:
    def good(row: list[str]) -> bool:
        return len(row) == width and all(numbers.looks_numeric(row[k]) for k in needed)

    bad = next(k for k, row in enumerate(cells) if not good(row))
    row, line = cells[bad], lines[bad]
    written = file.text.lines[line - 1].strip()
    if cut and bad == len(cells) - 1 and bad:
        note = f"line {line}: the file ends in the middle of this line, so this point is left out"
        return cells[:bad], lines[:bad], [note], stop
    no_data = not any(numbers.looks_numeric(row[k]) for k in needed if k < len(row))
    if bad and no_data and not any(good(later) for later in cells[bad:]):
        note = f"from line {line} on ({_shown(written)}): no rows of the table, not read"
        return cells[:bad], lines[:bad], [note], line - 1
    if len(row) != width:
        both = len(row) > width and "," in written and not any(mark in written for mark in ".;\t")
        why = "; do commas separate the numbers and mark their decimals, too? Export them with points" if both else ""
        raise file.refuse(f"expected {width} values in a row, found {len(row)}: {_shown(written)}{why}", line)
    wrong = next(row[k] for k in needed if not numbers.looks_numeric(row[k]))
    raise file.refuse(f"expected a number, found {wrong!r}: {_shown(written)}", line)


def _last_is_whole(cells: list[list[str]], needed: Sequence[int], width: int) -> bool:
    # Only the last cell of the line can have lost digits; where it is not needed, nothing is lost.
    if width - 1 not in needed:
        return True
    *others, last = (row[width - 1] for row in cells)
    return numbers.surely_whole(last, others)


def _shown(line: str) -> str:
    line = re.sub(r"\s+", " ", line)
    return repr(line if len(line) <= 60 else line[:57] + "...")


def columns(file: File, rows: Rows, needed: Iterable[int]) -> dict[int, Floats]:
    """Turn the needed columns into numbers, in the notation that all cells of the table agree on.

    Raises:
        UnreadableFile: The cells do not tell decimal commas from thousands separators.
    """
    needed = list(needed)
    try:
        notation = numbers.notation_of(cell for row in rows.cells for cell in row)
        return {k: numbers.parse([row[k] for row in rows.cells], notation) for k in needed}
    except numbers.AmbiguousNumber as error:
        of_cell = (n for n, row in zip(rows.lines, rows.cells, strict=True) if error.cell in map(str.strip, row))
        raise file.refuse(str(error), next(of_cell, rows.lines[0])) from error
    except ValueError as error:
        line = next(
            (
                n
                for n, row in zip(rows.lines, rows.cells, strict=True)
                if not _parses([row[k] for k in needed], notation)
            ),
            rows.lines[0],
        )
        raise file.refuse(f"expected numbers, found {_shown(file.text.lines[line - 1])}", line) from error


def _parses(cells: list[str], notation: numbers.Notation) -> bool:
    try:
        numbers.parse(cells, notation)
    except ValueError:
        return False
    return True
