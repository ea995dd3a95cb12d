"""Tables below each other, each below a head of its own: lists of spectra, and exports that were put into one file.

The head of a table reaches from the last row above it to its names. What it says is its table's alone; a table with no
settings above it has those of the table before, as where the names of a list stand again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from lipon_eis.readers.header import Header
from lipon_eis.readers.numbers import looks_numeric
from lipon_eis.readers.rows import Splitter, no_end
from lipon_eis.readers.table import Sweep

_WORDS = {"title", "comment"}


def read_each(
    lines: Sequence[str],
    names: Sequence[int],
    split: Splitter,
    read_one: Callable[[int, Callable[[str], object]], list[Sweep]],
    header_of: Callable[[range], Header],
) -> tuple[Header, list[Sweep]]:
    """Read the tables of a file, of which there may be one; return what is common to all, and the sweeps.

    Args:
        lines: Of the file.
        names: Indices of the lines of column names.
        split: Takes a row apart.
        read_one: Reads the table below the names at an index, up to a line that the second argument tells as the end.
        header_of: Reads the head that stands on these lines.
    """
    if len(names) == 1:
        return header_of(range(names[0])), read_one(names[0], no_end)
    heads = _heads(lines, names, split)
    border = {lines[k] for head in heads[1:] for k in [*head, head.stop]}
    common, sweeps, before = Header(), list[Sweep](), Header()
    for head in heads:
        own = header_of(head)
        if not own.meta.keys() - _WORDS:
            own = replace(own, meta={**before.meta, **own.meta}, origin={**before.origin, **own.origin})
        sweeps += [with_head(sweep, own) for sweep in read_one(head.stop, border.__contains__)]
        common.ignored.extend(what for what in own.ignored if what not in common.ignored)
        before = own
    return common, sweeps


def _heads(lines: Sequence[str], names: Sequence[int], split: Splitter) -> list[range]:
    heads = [range(names[0])]
    for above, at in pairwise(names):
        rows = (k for k in range(at - 1, above, -1) if _is_row(split(lines[k])))
        heads.append(range(next(rows, above) + 1, at))
    return heads


def _is_row(cells: list[str]) -> bool:
    """Tell a line of which half the cells or more, and two at least, are numbers."""
    return sum(map(looks_numeric, cells)) >= max(2, len(cells) / 2)


def with_head(sweep: Sweep, header: Header) -> Sweep:
    """Return the sweep with what the head of its table alone says; what the sweep says itself has precedence."""
    return replace(
        sweep,
        meta={**header.meta, **sweep.meta},
        origin={**header.origin, **sweep.origin},
        notes=(*header.notes, *sweep.notes),
    )
