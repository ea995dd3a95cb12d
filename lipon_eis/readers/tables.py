"""Several tables in one text: below each other, each with its line of names, or side by side.

Spreadsheets put one spectrum beside the other, each with its own column of frequencies, and pandas
numbers the names that repeat (``freq.1``). Logging programs write a table below the other, perhaps
with a title above it. Where the same names stand again in the middle of a sweep, it goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lipon_eis.readers.columns import Columns, Convention, understand
from lipon_eis.readers.format import File
from lipon_eis.readers.header import Header, where
from lipon_eis.readers.layout import Layout, is_row, layout_at
from lipon_eis.readers.names import Quantity
from lipon_eis.readers.numbers import looks_numeric
from lipon_eis.readers.preamble import temperature_in
from lipon_eis.readers.rows import Splitter, split_on
from lipon_eis.readers.table import Sweep, read_table
from lipon_eis.readers.values import AGREEMENT

_BEGINS_WITH_A_NUMBER = re.compile(r'[\s"|]*[-+]?[.,]?[0-9]')
_EMPTY = ' \t,;"#%'
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
    file: File,
    layouts: list[Layout],
    read_one: Callable[[Layout, Callable[[str], object]], list[Sweep]],
    header: Header,
) -> list[Sweep]:
    """Read tables that stand below each other.

    Args:
        file: The file.
        layouts: From `below_each_other`; more than one.
        read_one: Reads one of them, up to a line that the second argument tells as the end.
        header: What stands above the first; a temperature there is that of the first alone where a later table
            has its own.
    """
    lines = file.text.lines
    heads = [_head(file, layout, first=k == 0) for k, layout in enumerate(layouts)]
    border = {lines[layout.columns.line - 1] for layout in layouts} | {lines[at] for head in heads[1:] for at in head}
    if any(temperature_in(lines[at]) is not None for head in heads[1:] for at in head):
        header.meta.pop("temperature_K", None)
        header.origin.pop("temperature_K", None)
        heads[0] = list(range(layouts[0].columns.line - 1))
    sweeps: list[Sweep] = []
    for layout, head in zip(layouts, heads, strict=True):
        found = read_one(layout, border.__contains__)
        if sweeps and not head and _goes_on(sweeps[-1], found[0]):
            sweeps[-1] = _joined(sweeps[-1], found.pop(0), layout.columns.line)
        sweeps += [_titled(sweep, [(lines[at], at + 1) for at in head]) for sweep in found]
    return sweeps


def _head(file: File, layout: Layout, *, first: bool) -> list[int]:
    """Return the indices of the lines of words between the table above and the names of this one.

    Of the first table only the line right above its names: what stands farther up is the file's preamble.
    """
    head: list[int] = []
    for at in range(layout.columns.line - 2, -1, -1):
        line = file.text.lines[at]
        if is_row(line, layout.mark) or (first and (head or not line.strip())):
            break
        if line.strip(_EMPTY):
            head.insert(0, at)
    return head


def _titled(sweep: Sweep, head: Sequence[tuple[str, int]]) -> Sweep:
    """Return the sweep with the last line above it as its title, and the temperature that one of them states."""
    meta, origin = dict(sweep.meta), dict(sweep.origin)
    for line, number in head:
        if title := line.strip(_EMPTY):
            meta["title"], origin["title"] = title, where(number)
        if (kelvin := temperature_in(line)) is not None:
            meta["temperature_K"], origin["temperature_K"] = kelvin, where(number)
    return replace(sweep, meta=meta, origin=origin)


def _goes_on(before: Sweep, after: Sweep) -> bool:
    """Tell that the frequencies go on in their direction: the names stand again in the middle of a sweep."""
    f, then = before.frequency, after.frequency
    if f.size < 2:
        return False
    return bool((then < f.min()).all() if f[-1] < f[0] else (then > f.max()).all())


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
    header: Header,
) -> list[Sweep]:
    """Read tables that stand side by side; of those that say the same in other columns, the first counts.

    Raises:
        UnreadableFile: Re and Im in one table and |Z| and phase in another, at the same frequencies, differ.
    """
    split = split_on(layout.mark)
    if header.origin.get("temperature_K") == where(layout.columns.line - 1):
        del header.meta["temperature_K"], header.origin["temperature_K"]  # of the table below that cell alone
    read: list[list[Sweep]] = []
    of_parts: list[bool] = []
    for columns, first in tables:
        cells = _Cells(split, first, first + len(columns.names))
        stop = _end_of(cells, ends)
        sweeps = read_table(file, columns, layout.start, cells, convention, stop)
        if not any(len(known) == len(sweeps) and all(map(_same, known, sweeps)) for known in read):
            title = _title_at(file, layout, first)
            for known, by_parts in zip(read, of_parts, strict=True):
                if by_parts != columns.by_parts and any(map(_at_the_same_frequencies, known, sweeps)):
                    raise file.refuse(
                        "tables side by side have the same frequencies, and Re and Im of one differ from |Z| and phase"
                        " of the other; check their names and units, or keep one of them",
                        columns.line,
                    )
            read.append([_titled(sweep, [title]) for sweep in sweeps])
            of_parts.append(columns.by_parts)
    return [sweep for sweeps in read for sweep in sweeps]


def _end_of(cells: _Cells, ends: Callable[[str], object]) -> Callable[[str], bool]:
    return lambda line: bool(ends(line)) or not any(cells(line))


def _at_the_same_frequencies(one: Sweep, other: Sweep) -> bool:
    alike = one.frequency.size == other.frequency.size
    return alike and bool(np.allclose(one.frequency, other.frequency, rtol=1e-6, atol=0))


def _same(one: Sweep, other: Sweep) -> bool:
    if not _at_the_same_frequencies(one, other):
        return False
    return bool((np.abs(one.impedance - other.impedance) <= AGREEMENT * np.abs(one.impedance)).all())


def _title_at(file: File, layout: Layout, first: int) -> tuple[str, int]:
    """Return the words above the first cell of a table beside others, and the number of their line."""
    at = layout.columns.line - 2
    cells = split_on(layout.mark)(file.text.lines[at]) if at >= 0 else []
    cell = cells[first] if first < len(cells) else ""
    return ("", 0) if looks_numeric(cell) else (cell, at + 1)
