"""A circuit as a drawing: the series/parallel tree in SVG, elements named, parts tinted by role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from lipon_eis.model.parser import parse
from lipon_eis.model.registry import Element
from lipon_eis.model.tree import Leaf, Node, Parallel
from lipon_eis.report.style import INK, colour_of

CELL, ROW, LEAD, RAIL = 46.0, 25.0, 9.0, 7.0  # of one element, and of the wires around it [pt]
BODY = 22.0  # of the symbol itself [pt]


@dataclass
class _Canvas:
    """SVG pieces so far; tints lie behind everything."""

    pieces: list[str] = field(default_factory=list)
    tints: list[str] = field(default_factory=list)

    def line(self, *points: tuple[float, float]) -> None:
        path = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
        self.pieces.append(f'<polyline points="{path}" fill="none" stroke="{INK}" stroke-width="0.8"/>')

    def path(self, d: str) -> None:
        self.pieces.append(f'<path d="{d}" fill="none" stroke="{INK}" stroke-width="0.8"/>')

    def box(self, x: float, y: float, w: float, h: float) -> None:
        self.pieces.append(
            f'<rect x="{x:.2f}" y="{y:.2f}" width="{w:.2f}" height="{h:.2f}" fill="white" '
            f'stroke="{INK}" stroke-width="0.8"/>'
        )

    def tint(self, x: float, y: float, w: float, h: float, colour: str) -> None:
        self.tints.append(
            f'<rect x="{x:.2f}" y="{y:.2f}" width="{w:.2f}" height="{h:.2f}" rx="3" '
            f'fill="{colour}" fill-opacity="0.18"/>'
        )

    def text(self, x: float, y: float, text: str) -> None:
        self.pieces.append(
            f'<text x="{x:.2f}" y="{y:.2f}" font-family="Libertinus Serif" font-size="7.5" text-anchor="middle" '
            f'fill="{INK}">{escape(text)}</text>'
        )


def circuit_tree(circuit: Mapping[str, Any]) -> Node:
    """Return the tree of a document's ``circuit``; its own elements need not be registered to be drawn.

    Raises:
        InvalidCircuit: The text is no circuit, or has elements that neither this version nor the document knows.
    """
    symbols = [str(entry.get("symbol")) for entry in circuit.get("own_elements") or []]
    boxes = {symbol: Element(symbol, (), _no_formula, "", "") for symbol in symbols}
    return parse(str(circuit.get("text") or ""), boxes)


def _no_formula(*values: Any) -> Any:
    raise NotImplementedError("a results document carries no functions")


def circuit_svg(tree: Node, roles: dict[str, str]) -> tuple[str, float, float]:
    """Return the drawing of a circuit.

    Args:
        tree: Of the circuit.
        roles: Element name → role, for the tint; elements without one stay white.

    Returns:
        (SVG text, width, height) with the size in points at which its letters are 7.5 pt.
    """
    width, height = _size(tree)
    canvas = _Canvas()
    total = width + 2 * LEAD
    middle = height / 2 + 2
    _draw(canvas, tree, LEAD, middle, roles)
    canvas.line((2, middle), (LEAD, middle))
    canvas.line((LEAD + width, middle), (total - 2, middle))
    ends = "".join(
        f'<circle cx="{x:.2f}" cy="{middle:.2f}" r="1.4" fill="white" stroke="{INK}" stroke-width="0.7"/>'
        for x in (2.0, total - 2)
    )
    body = "".join(canvas.tints + canvas.pieces) + ends
    size = f'width="{total:.2f}" height="{height + 4:.2f}" viewBox="0 0 {total:.2f} {height + 4:.2f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{body}</svg>', total, height + 4


def _size(node: Node) -> tuple[float, float]:
    if isinstance(node, Leaf):
        return CELL, ROW
    sizes = [_size(child) for child in node.children]
    if isinstance(node, Parallel):
        return max(w for w, _ in sizes) + 2 * RAIL, sum(h for _, h in sizes)
    return sum(w for w, _ in sizes), max(h for _, h in sizes)


def _draw(canvas: _Canvas, node: Node, x: float, y: float, roles: dict[str, str]) -> None:
    """Draw a part whose wire enters at (x, y) and leaves at (x + its width, y)."""
    width, height = _size(node)
    if isinstance(node, Leaf):
        _element(canvas, node, x, y)
    elif isinstance(node, Parallel):
        role = next((roles[leaf.name] for leaf in node.children if isinstance(leaf, Leaf) and leaf.name in roles), "")
        if role:
            canvas.tint(x + 1.5, y - height / 2, width - 3, height, colour_of(role))
        at, wires = y - height / 2, []
        for child in node.children:
            w, h = _size(child)
            level = at + h / 2
            side = (width - w) / 2
            _draw(canvas, child, x + side, level, roles)
            canvas.line((x + RAIL / 2, level), (x + side, level))
            canvas.line((x + side + w, level), (x + width - RAIL / 2, level))
            wires.append(level)
            at += h
        for rail, outer in ((x + RAIL / 2, x), (x + width - RAIL / 2, x + width)):
            canvas.line((rail, wires[0]), (rail, wires[-1]))
            canvas.line((rail, y), (outer, y))
    else:
        for child in node.children:
            _draw(canvas, child, x, y, roles)
            x += _size(child)[0]


def _element(canvas: _Canvas, leaf: Leaf, x: float, y: float) -> None:
    left, right, middle = x + (CELL - BODY) / 2, x + (CELL + BODY) / 2, x + CELL / 2
    symbol = leaf.symbol
    if symbol in ("C", "CPE"):
        left, right = middle - 2.2, middle + 2.2
        if symbol == "C":
            canvas.line((left, y - 5.5), (left, y + 5.5))
            canvas.line((right, y - 5.5), (right, y + 5.5))
        else:
            right += 2.6
            for tip in (left + 2.6, right):
                canvas.line((tip - 2.6, y - 5.5), (tip, y), (tip - 2.6, y + 5.5))
            left += 2.6
    elif symbol in ("L", "La"):
        hump = BODY / 4
        canvas.path(f"M{left:.2f},{y:.2f}" + f" a{hump / 2:.2f},{hump / 2:.2f} 0 0 1 {hump:.2f},0" * 4)
    else:
        canvas.box(left, y - 4.5, BODY, 9)
        if symbol != "R":
            canvas.text(middle, y + 2.5, symbol)
    canvas.line((x, y), (left, y))
    canvas.line((right, y), (x + CELL, y))
    canvas.text(middle, y - 7.2, leaf.name)
