"""A circuit drawn in a terminal: the wire enters and leaves on the first line.

::

    ─ R0 ─┬── R1 ──┬─ CPE2 ─
          └─ CPE1 ─┘
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lipon_eis.model.tree import Node


def drawing(node: Node) -> list[str]:
    """Return the lines of the drawing, all of one width."""
    from lipon_eis.model.tree import Leaf, Parallel

    if isinstance(node, Leaf):
        return [f"─ {node.name} ─"]
    parts = [drawing(child) for child in node.children]
    if isinstance(node, Parallel):
        return _side_by_side(parts)
    height = max(map(len, parts))
    padded = [[*part, *[" " * len(part[0])] * (height - len(part))] for part in parts]
    return ["".join(row) for row in zip(*padded, strict=True)]


def _side_by_side(branches: list[list[str]]) -> list[str]:
    width = max(len(branch[0]) for branch in branches)
    lines = []
    for k, (wire, *below) in enumerate(branches):
        first, last = k == 0, k == len(branches) - 1
        left, right, rail = ("┬", "┬", "│") if first else ("└", "┘", " ") if last else ("├", "┤", "│")
        indent = (width - len(wire)) // 2
        lines.append(left + ("─" * indent + wire).ljust(width, "─") + right)
        lines += [rail + (" " * indent + line).ljust(width) + rail for line in below]
    return lines
