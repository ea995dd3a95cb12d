"""What stands in the columns beside the impedance: taken for each sweep from its first row.

A dc potential or the name of a step is the same all along a sweep; the row says it for the
sweep that it begins, so that several sweeps of one table keep each their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lipon_eis.readers.columns import Columns
from lipon_eis.readers.format import File
from lipon_eis.readers.header import number
from lipon_eis.readers.rows import Splitter
from lipon_eis.readers.table import Sweep


def with_columns_beside(
    file: File, columns: Columns, split: Splitter, sweep: Sweep, keys: Mapping[str, tuple[str, type]]
) -> Sweep:
    """Return the sweep with what its first row says in other columns.

    Args:
        file: Whose table the sweep is from.
        columns: Of that table.
        split: Takes a line apart.
        sweep: From `read_table`, which keeps the lines of a sweep in ``meta["lines"]``.
        keys: For the name of a column in lower case, the key of its value and whether it is a float or text.
    """
    lines = sweep.meta.get("lines")
    if not isinstance(lines, list):
        return sweep
    row = split(file.text.lines[lines[0] - 1])
    meta, origin = dict(sweep.meta), dict(sweep.origin)
    for name, cell in zip(columns.names, row, strict=False):
        key, kind = keys.get(name.casefold(), ("", str))
        value = number(cell) if kind is float else cell.strip()
        if key and value not in (None, ""):
            meta[key], origin[key] = value, f"column {name!r}, line {lines[0]}"
    return replace(sweep, meta=meta, origin=origin)


def ignored_columns(columns: Columns, used: Mapping[str, object] = {}) -> list[str]:
    """Name the columns of which nothing was taken, as headers list what they ignored."""
    return [f"column {name}" for name in columns.ignored if name.casefold() not in used]
