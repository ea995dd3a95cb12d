"""Where in a text the named columns stand, whatever separates them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lipon_eis.readers import numbers
from lipon_eis.readers.columns import Columns, understand
from lipon_eis.readers.names import Quantity, unit
from lipon_eis.readers.rows import split_on
from lipon_eis.readers.text import Text

MARKS = ("\t", ";", ",", "|", "")
SEARCHED = 400
COMMENT = re.compile(r"\s*(?:#(?!NAME|NOM|AD|NAAM|NOME)|%|!|//)+")


@dataclass(frozen=True)
class Layout:
    """Where the table stands.

    Attributes:
        columns: What the columns hold; no names where there is no header.
        start: Index of the first row.
        mark: Separator, empty for white space.
        units: From a row of units below the names, if there is one.
    """

    columns: Columns
    start: int
    mark: str
    units: tuple[str, ...] = ()


def find_names(text: Text) -> Layout | None:
    """Return the first line of names that make a spectrum, else the first with a frequency, above numbers."""
    incomplete = None
    for k, line in enumerate(text.lines[:SEARCHED]):
        if len(line) > 5000 or not line.strip():
            continue
        for mark in MARKS:
            if mark and mark not in line:
                continue
            layout = layout_at(text, k, mark)
            if layout is None:
                continue
            if layout.columns.complete and not (
                incomplete and incomplete.columns.line == k + 1 and _too_wide(text, layout)
            ):
                return layout
            incomplete = incomplete or layout
    return incomplete


def _too_wide(text: Text, layout: Layout) -> bool:
    """Tell names taken apart at blanks within them ("Zre/Ohm cm2"), of which there are more than cells below."""
    return not layout.mark and len(layout.columns.names) > len(text.lines[layout.start].split())


def layout_at(text: Text, k: int, mark: str) -> Layout | None:
    """Return the table whose names stand at line index ``k``, separated by ``mark``, or None where there is none."""
    names = cells_of(text.lines[k], mark)
    if len(names) < 2 or sum(map(numbers.looks_numeric, names)) > 0:
        return None
    columns = understand(names, line=k + 1)
    if Quantity.FREQUENCY not in columns.found and Quantity.OMEGA not in columns.found:
        return None
    start, units = _next_line(text, k + 1), list[str]()
    if start is not None and (units := _units(cells_of(text.lines[start], mark))):
        columns = understand(names, units, k + 1)
        start = _next_line(text, start + 1)
    start = _below_remarks(text, start)
    if start is None:
        return None
    if "j" in text.lines[start]:
        columns = _without_complex(columns, split_on(mark)(text.lines[start]))
    if is_row(text.lines[start], mark):
        return Layout(columns, start, mark, tuple(units))
    # A damaged first row must not make the names below which it stands go unread.
    later = any(is_row(line, mark) for line in text.lines[start : start + SEARCHED])
    return Layout(columns, start, mark, tuple(units)) if columns.complete and later else None


def _without_complex(columns: Columns, row: Sequence[str]) -> Columns:
    """Pass over columns of complex numbers where the others make a spectrum."""
    others = columns.without([k for k, cell in enumerate(row) if numbers.COMPLEX.fullmatch(cell)])
    return others if others.complete else columns


def is_row(line: str, mark: str) -> bool:
    """Tell a line of which half the cells or more, and two at least, are numbers."""
    cells = [c for c in split_on(mark)(line) if c]
    return not COMMENT.match(line) and sum(map(numbers.looks_numeric, cells)) >= max(2, len(cells) / 2)


def names_a_frequency(line: str) -> bool:
    """Tell a line that names a frequency column, whatever else it holds."""
    timed = (Quantity.FREQUENCY, Quantity.OMEGA)
    return any(q in understand(cells_of(line, mark)).found for mark in MARKS for q in timed if not mark or mark in line)


def cells_of(line: str, mark: str) -> list[str]:
    """Take a line of names apart, without the sign of a comment and empty cells at its end."""
    line = COMMENT.sub("", line, count=1) if COMMENT.match(line) else line
    if mark:
        cells = split_on(mark)(line)
    else:
        # Names may hold single spaces ("Frequency (Hz)  Z' (ohm)"), or be separated by them ("f (Hz) Re (ohm)").
        cells = re.split(r"\s{2,}", line.strip())
        if len(cells) < 3:
            cells = re.sub(r"\s+(?=[\[(])", "", line.strip()).split()
    while cells and not cells[-1]:
        del cells[-1]
    return cells


def _units(cells: Sequence[str]) -> list[str]:
    """Return the cells of a row of units without their brackets, or an empty list for another row."""
    bare = [c.strip("[]() ") for c in cells]
    if any(numbers.looks_numeric(c) for c in cells) or not any(unit(c) for c in bare):
        return []
    return bare


def _below_remarks(text: Text, k: int | None) -> int | None:
    while k is not None and COMMENT.match(text.lines[k]):
        k = _next_line(text, k + 1)
    return k


def _next_line(text: Text, k: int) -> int | None:
    # A line may stand between names and rows: |---|---|
    return next((j for j in range(k, len(text.lines)) if text.lines[j].strip(" \t,;|:=+-")), None)
