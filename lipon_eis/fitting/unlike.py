"""Spectra of unlike circuits as one batch, so that a joint least squares can hold all of them.

A batch is one array; circuits with fewer parameters, and spectra with fewer points, are padded: coordinates that do not
exist move nothing, residuals that do not exist are 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.problem import Problem

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class UnlikeProblems:
    """Problems of one spectrum each, whose circuits may differ.

    Attributes:
        problems: In the order of the batch.
        noise: Standard deviation of a weighted residual of each.
    """

    problems: Sequence[Problem]
    noise: Sequence[float]

    @cached_property
    def sizes(self) -> list[int]:
        """Number of coordinates of each."""
        return [problem.lower.shape[1] for problem in self.problems]

    @cached_property
    def max_step(self) -> Floats:
        """Largest step of each coordinate, infinite where there is none, shape (n, k)."""
        return self.padded([problem.max_step for problem in self.problems], np.inf)

    def padded(self, rows: Sequence[Floats], fill: float = 0.0) -> Floats:
        """Return what each problem has of each coordinate as one array, shape (n, k)."""
        found = np.full((len(self.problems), max(self.sizes)), fill)
        for i, row in enumerate(rows):
            found[i, : len(row)] = row
        return found

    def residuals(self, x: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """Return residuals in standard deviations (m, 2·n_freq) and derivatives (m, k, 2·n_freq) at x (m, k)."""
        width = max(problem.root.shape[1] for problem in self.problems)
        r, jacobian = np.zeros((len(x), width)), np.zeros((*x.shape, width))
        for place, i in enumerate(rows.tolist()):
            k = self.sizes[i]
            one, by_x = self.problems[i].residuals(x[place : place + 1, :k], np.zeros(1, int))
            r[place, : one.shape[1]] = one[0] / self.noise[i]
            jacobian[place, :k, : one.shape[1]] = by_x[0] / self.noise[i]
        return r, jacobian
