"""The figure of a set of cells: what each says alone of every quantity, over what all say together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from lipon_eis.physics.arrhenius import Estimate
from lipon_eis.quantity_series import Axis, Curve, Point, SeriesFigure

KINDS = {
    "blocking": "blocking",
    "symmetric-lithium": "symmetric, lithium",
    "cathode-symmetric": "symmetric, cathode",
    "full-cell": "full cell",
    "lithium-free": "full cell",
}
ROOM = 0.7  # of a category's width that points and box take


def figure_of(
    kinds: Sequence[str], labels: Sequence[str], found: Mapping[str, tuple[Estimate, Sequence[Estimate | None]]]
) -> SeriesFigure | None:
    """Return ratios of each cell's own value to the joint one by quantity, and the joint one's standard error as boxes.

    Args:
        kinds: Of the cells.
        labels: Of the cells.
        found: Quantity in words → (joint, of each cell alone or None).
    """
    known = {words: pair for words, pair in found.items() if math.isfinite(pair[0].value)}
    if not known:
        return None
    lines = list(dict.fromkeys(KINDS.values()))
    points, box_x, box_y = [], [], []
    for place, (joint, alone) in enumerate(known.values()):
        step = ROOM / len(alone)
        for i, one in enumerate(alone):
            if one is not None:
                x = place + (i - (len(alone) - 1) / 2) * step
                line = lines.index(KINDS[kinds[i]])
                ratio = one.value / joint.value
                points.append(Point(labels[i], x, ratio, y_stderr=one.stderr / joint.value, line=line))
        left, right = place - 0.45, place + 0.45
        low, high = 1 - joint.stderr / joint.value, 1 + joint.stderr / joint.value
        box_x += [left, right, right, left, left, math.nan]
        box_y += [low, low, high, high, low, math.nan]
    curves = [Curve("joint, standard error", tuple(box_x), tuple(box_y), line=0, fitted=False)]
    shown = dict.fromkeys(lines.index(KINDS[kind]) for kind in kinds)
    curves += [Curve(lines[line], (), (), line=line) for line in shown]
    names = tuple(_in_two_lines(words) for words in known)
    return SeriesFigure(
        Axis("", "", categories=names),
        Axis("each cell alone / joint", ""),
        tuple(points),
        tuple(curves),
    )


def _in_two_lines(words: str) -> str:
    """Return ``ASR(Li/LiPON) per side`` as a tick has room for it."""
    head, _, place = words.removesuffix(" per side").partition("(")
    return f"{head}\n{place.removesuffix(')')}".strip()
