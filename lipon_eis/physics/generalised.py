"""Generalised least squares: a linear law through values with a full covariance (Aitken 1936)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LinearFit:
    """A linear law: ``parameters`` (p,), their ``covariance`` (p, p), and ``chi2`` of the values about it."""

    parameters: Floats
    covariance: Floats
    chi2: float


def generalised(design: Floats, values: Floats, covariance: Floats) -> LinearFit:
    """Fit values = design · parameters.

    Args:
        design: Shape (m, p).
        values: Shape (m,).
        covariance: Of the values, shape (m, m), positive definite.

    Raises:
        numpy.linalg.LinAlgError: It is not, or the design does not determine its parameters.
    """
    scale = 1 / np.sqrt(np.diag(covariance))
    root = np.linalg.cholesky(covariance * scale[:, None] * scale)
    white = np.linalg.solve(root, np.column_stack([design, values]) * scale[:, None])
    a, y = white[:, :-1], white[:, -1]
    size = np.sqrt((a**2).sum(axis=0))
    inverse = np.linalg.inv(a.T @ a / np.outer(size, size)) / np.outer(size, size)
    parameters = inverse @ (a.T @ y)
    return LinearFit(parameters, inverse, float(((y - a @ parameters) ** 2).sum()))
