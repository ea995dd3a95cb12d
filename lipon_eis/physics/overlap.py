"""Arcs that lie too close to be told apart, and their sum, which the data know better than either.

Two arcs in series with time constants within a decade trade resistance with each other at little cost
in χ²; what one gains the other loses, so the sum has a small error where each has a large one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.order import part_of
from lipon_eis.fitting.result import Fit
from lipon_eis.fitting.uncertainty import quantile
from lipon_eis.model.tree import Leaf, Node, Series

CLOSE = 10.0  # ratio of time constants below which two arcs overlap


@dataclass(frozen=True)
class Overlap:
    """Two neighbouring arcs and the sum of their resistances.

    Attributes:
        names: Of the resistances, the faster arc first.
        ratio: Of the time constants, at least 1.
        total: Sum of the resistances [ohm].
        stderr: Of the sum, from the covariance [ohm].
        interval: 95 % [ohm].
        worst: The larger relative standard error of the two.
    """

    names: tuple[str, str]
    ratio: float
    total: float
    stderr: float
    interval: tuple[float, float]
    worst: float


def overlaps(fit: Fit) -> list[Overlap]:
    """Return the neighbouring arcs in series whose time constants differ by less than a decade.

    Pairs with a resistance that is held, or bounded from one side only, have no sum to report and are left out.
    """
    p = fit.used_values[None]
    found = []
    for node in _series(fit.circuit.tree):
        parts = [part for part in map(part_of, node.children) if part]
        timed = sorted((float(part.time_constant(p)[0]), part.r) for part in parts)
        for (fast, one), (slow, other) in pairwise(timed):
            variances = np.diag(fit.covariance)[[one, other]]
            if slow < CLOSE * fast and np.isfinite(variances).all() and fit.known[[one, other]].all():
                found.append(_overlap(fit, one, other, slow / fast, variances))
    return found


def _overlap(fit: Fit, one: int, other: int, ratio: float, variances: NDArray[np.float64]) -> Overlap:
    both = [one, other]
    total = float(fit.used_values[both].sum())
    stderr = float(np.sqrt(max(fit.covariance[np.ix_(both, both)].sum(), 0.0)))
    factor = float(np.exp(min(quantile(fit) * stderr / total, 300.0)))
    worst = float((np.sqrt(variances) / fit.used_values[both]).max())
    names = fit.circuit.names[one], fit.circuit.names[other]
    return Overlap(names, ratio, total, stderr, (total / factor, total * factor), worst)


def _series(node: Node) -> Iterator[Series]:
    if isinstance(node, Leaf):
        return
    if isinstance(node, Series):
        yield node
    for child in node.children:
        yield from _series(child)
