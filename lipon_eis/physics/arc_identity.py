"""Which arc of one spectrum is which of the next, along a series in which arcs change and may overtake each other.

A fit puts arcs in the order of their time constants, and two that cross change places. Here each arc is followed by
what it has of its own, ln τ, ln C and n, as a straight line would continue (a Kalman filter of constant velocity,
Kalman 1960, J. Basic Eng. 82, 35), and the arcs of a spectrum are given to the lines by the assignment of least cost
(Kuhn 1955, Nav. Res. Logist. Q. 2, 83). Where two arcs lie on each other their split is uncertain; its large errors
then neither decide nor bend a line. A fit may also use an arc that it cannot see for something else; one that goes
with no line is *lost*, and the line goes on without it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEPS = np.array([0.15, 0.15, 0.02])  # by which ln τ, ln C and n stray from their lines in one step
SPEEDS = np.array([0.5, 0.3, 0.02])  # what they may change in one step, before their speed has been seen
TURN = 0.2  # share of these by which a speed changes in one step
GATE = 4.0  # standard errors from its line beyond which an arc is lost
VAGUE = 3.0  # standard error of a feature that is not known, in ln


class _Lines:
    """Where each arc is thought to be, and how fast it moves: mean (a, 3, 2) and covariance (a, 3, 2, 2)."""

    def __init__(self, features: Floats, variance: Floats) -> None:
        self.mean = np.stack([features, np.zeros_like(features)], axis=-1)
        self.covariance = np.zeros((*features.shape, 2, 2))
        self.covariance[..., 0, 0], self.covariance[..., 1, 1] = variance, SPEEDS**2

    def advance(self, step: float) -> None:
        """Move on along the series."""
        motion = np.array([[1.0, step], [0.0, 1.0]])
        self.mean = self.mean @ motion.T
        self.covariance = motion @ self.covariance @ motion.T
        self.covariance[..., 0, 0] += STEPS**2 * step
        self.covariance[..., 1, 1] += (TURN * SPEEDS) ** 2 * step

    def cost(self, features: Floats, variance: Floats) -> Floats:
        """Return how badly each arc (column) continues each line (row), as −2 ln of a likelihood, shape (a, a)."""
        spread = self.covariance[:, None, :, 0, 0] + variance[None]
        off = features[None] - self.mean[:, None, :, 0]
        result: Floats = (off**2 / spread + np.log(spread)).sum(axis=-1)
        return result

    def lost(self, features: Floats, variance: Floats) -> NDArray[np.bool_]:
        """Return which of the arcs, in the order of the lines, go with none, shape (a,)."""
        off = (features - self.mean[..., 0]) ** 2 / (self.covariance[..., 0, 0] + variance)
        vague = (variance >= VAGUE**2).any(axis=-1)
        return np.asarray((off > GATE**2).any(axis=-1) | vague)

    def take_in(self, features: Floats, variance: Floats) -> None:
        """Correct the lines by the arcs that were given to them, in their order; an infinite variance leaves them."""
        gain = self.covariance[..., 0] / (self.covariance[..., 0, 0] + variance)[..., None]
        self.mean = self.mean + gain * (features - self.mean[..., 0])[..., None]
        self.covariance = self.covariance - gain[..., None] * self.covariance[..., 0, None, :]


def follow(
    features: Floats, errors: Floats, along: Floats, reference: int
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return which arc of each spectrum continues which of the reference, and which of these are lost, both (n, a).

    Args:
        features: ln τ [s], ln C [F] and n of each arc, shape (n, a, 3).
        errors: Their standard errors, same shape; NaN or infinite where unknown.
        along: What varies, rising, shape (n,).
        reference: The spectrum whose arcs give their names.
    """
    from scipy.optimize import linear_sum_assignment

    n, arcs = features.shape[:2]
    variance = np.where(np.isfinite(errors), np.minimum(errors, VAGUE), VAGUE) ** 2
    steps = np.diff(along) / max(float(np.median(np.diff(along))), 1e-300) if n > 1 else np.zeros(0)
    steps = np.clip(steps, 0.3, 3.0)
    order, lost = np.tile(np.arange(arcs), (n, 1)), np.zeros((n, arcs), bool)
    for way in (range(reference + 1, n), range(reference - 1, -1, -1)):
        lines = _Lines(features[reference], variance[reference])
        for i in way:
            lines.advance(float(steps[min(i, i - 1 if i > reference else i)]))
            _, order[i] = linear_sum_assignment(lines.cost(features[i], variance[i]))
            given, spread = features[i, order[i]], variance[i, order[i]]
            lost[i] = lines.lost(given, spread)
            lines.take_in(given, np.where(lost[i, :, None], np.inf, spread))
    return order, lost
