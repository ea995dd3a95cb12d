"""Several tables in one text: below each other, each with its line of names, or side by side.

Spreadsheets put one spectrum beside the other, each with its own column of frequencies, and pandas
numbers the names that repeat (``freq.1``). Logging programs write a table below the other, perhaps
with a title above it. Where the same names stand again in the middle of a sweep, it goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from lipon_eis.readers.columns import Columns, Convention, understand
from lipon_eis.readers.format import File
from lipon_eis.readers.header import where
from lipon_eis.readers.layout import Layout, layout_at
from lipon_eis.readers.names import Quantity
from lipon_eis.readers.numbers import looks_numeric
from lipon_eis.readers.rows import Splitter, split_on
from lipon_eis.readers.table import Sweep, read_table
from lipon_eis.readers.values import AGREEMENT

_BEGINS_WITH_A_NUMBER = re.compile(r'[\s"|]*[-+]?[.,]?[0-9]')
_NUMBERED = re.compile(r"\.[0-9]+$")


@dataclass(frozen=True)
class _Cells:
    """Takes the cells of one table out of a line that holds others beside it."""

    split: Splitter
    first: int
    end: int

    def __call__(self, line: str) -> list[str]:
        return self.split(line)[self.first : self.end]


def below_each_other(file: File, layout: Layout) -> list[Layout]:
    """Return the table of ``layout`` and those below it, each with a line of names of its own."""
    found, at = [layout], layout.start
    lines = file.text.lines
    while at < len(lines):
        if lines[at].strip() and not _BEGINS_WITH_A_NUMBER.match(lines[at]):
            following = layout_at(file.text, at, layout.mark)
            if following is not None and following.columns.complete:
                found.append(following)
                at = following.start
                continue
        at += 1
    return found


def read_each(
    file: File, layouts: list[Layout], read_one: Callable[[Layout, Callable[[str], object]], list[Sweep]]
) -> list[Sweep]:
    """Read tables that stand below each other.

    Args:
        file: The file.
        layouts: From `below_each_other`; more than one.
        read_one: Reads one of them, up to a line that the second argument tells as the end.
    """
    titles = [_title(file, layout) for layout in layouts]
    border = {file.text.lines[layout.columns.line - 1] for layout in layouts} | {title for title, _ in titles}
    ends = (border - {""}).__contains__
    sweeps: list[Sweep] = []
    for layout, (title, line) in zip(layouts, titles, strict=True):
        found = read_one(layout, ends)
        if sweeps and _goes_on(file, layout, sweeps[-1], found[0]):
            sweeps[-1] = _joined(sweeps[-1], found.pop(0), layout.columns.line)
        sweeps += [_titled(sweep, title, line) for sweep in found]
    return sweeps


def _title(file: File, layout: Layout) -> tuple[str, int]:
    """Return the line of words right above a line of names, and its number; an empty text where there is none."""
    at = layout.columns.line - 2
    line = file.text.lines[at] if at >= 0 else ""
    cells = [cell for cell in split_on(layout.mark)(line) if cell]
    if not cells or len(cells) > 2 or any(map(looks_numeric, cells)):
        return "", 0
    return line, at + 1


def _titled(sweep: Sweep, title: str, line: int) -> Sweep:
    if not title.strip(' \t,;"#'):
        return sweep
    meta, origin = {**sweep.meta, "title": title.strip(' \t,;"#')}, {**sweep.origin, "title": where(line)}
    return replace(sweep, meta=meta, origin=origin)


def _goes_on(file: File, layout: Layout, before: Sweep, after: Sweep) -> bool:
    """Tell a line of names within a sweep: right below a row, and the frequencies go on in their direction."""
    above = file.text.lines[layout.columns.line - 2]
    f, then = before.frequency, after.frequency
    if not above.strip() or _title(file, layout)[0] or f.size < 2:
        return False
    down = f[-1] < f[0]
    return bool((then < f.min()).all() if down else (then > f.max()).all())


def _joined(one: Sweep, other: Sweep, line: int) -> Sweep:
    sigma = None if one.sigma is None or other.sigma is None else np.concatenate([one.sigma, other.sigma])
    lines = {"lines": [*_lines(one)[:1], *_lines(other)[1:]]} if _lines(one) and _lines(other) else {}
    return replace(
        one,
        frequency=np.concatenate([one.frequency, other.frequency]),
        impedance=np.concatenate([one.impedance, other.impedance]),
        sigma=sigma,
        meta={**one.meta, **lines},
        notes=(
            *dict.fromkeys((*one.notes, *other.notes)),
            f"the line of names stands again in line {line}: passed over",
        ),
    )


def _lines(sweep: Sweep) -> list[int]:
    lines = sweep.meta.get("lines")
    return lines if isinstance(lines, list) else []


def side_by_side(layout: Layout) -> list[tuple[Columns, int]]:
    """Return the tables beside each other with the index of their first cells; one or none where it is one table.

    Each has a column of frequencies of its own, and from there on to the next all that makes a spectrum.
    """
    names = _without_numbers(layout.columns.names)
    units = [*layout.units, *[""] * (len(names) - len(layout.units))]
    whole = understand(names, layout.units, layout.columns.line)
    firsts = [k for q in (Quantity.FREQUENCY, Quantity.OMEGA) for k, _ in whole.found.get(q, [])]
    if len(firsts) < 2:
        return []
    firsts.sort()
    tables = []
    for first, end in zip(firsts, [*firsts[1:], len(names)], strict=True):
        own = list(names[first:end])
        while own and not own[-1]:
            del own[-1]
        tables.append((understand(own, units[first : first + len(own)], layout.columns.line), first))
    return tables if all(columns.complete for columns, _ in tables) else []


def _without_numbers(names: tuple[str, ...]) -> tuple[str, ...]:
    """Take off the numbers that pandas puts behind names that stand before: ``freq.1``."""
    given = set(names)
    return tuple(bare if (bare := _NUMBERED.sub("", name)) != name and bare in given else name for name in names)


def read_beside(
    file: File,
    layout: Layout,
    tables: list[tuple[Columns, int]],
    convention: Convention,
    ends: Callable[[str], object],
) -> list[Sweep]:
    """Read tables that stand side by side; of those that say the same in other columns, the first counts."""
    split = split_on(layout.mark)
    read: list[list[Sweep]] = []
    for columns, first in tables:
        cells = _Cells(split, first, first + len(columns.names))
        stop = _end_of(cells, ends)
        sweeps = read_table(file, columns, layout.start, cells, convention, stop)
        if not any(len(known) == len(sweeps) and all(map(_same, known, sweeps)) for known in read):
            title, line = _title_at(file, layout, first)
            read.append([_titled(sweep, title, line) for sweep in sweeps])
    return [sweep for sweeps in read for sweep in sweeps]


def _end_of(cells: _Cells, ends: Callable[[str], object]) -> Callable[[str], bool]:
    return lambda line: bool(ends(line)) or not any(cells(line))


def _same(one: Sweep, other: Sweep) -> bool:
    return one.frequency.size == other.frequency.size and bool(
        np.allclose(one.frequency, other.frequency, rtol=1e-6, atol=0)
        and (np.abs(one.impedance - other.impedance) <= AGREEMENT * np.abs(one.impedance)).all()
    )


def _title_at(file: File, layout: Layout, first: int) -> tuple[str, int]:
    """Return the words above the first cell of a table beside others, and the number of their line."""
    at = layout.columns.line - 2
    cells = split_on(layout.mark)(file.text.lines[at]) if at >= 0 else []
    cell = cells[first] if first < len(cells) else ""
    return ("", 0) if looks_numeric(cell) else (cell, at + 1)
