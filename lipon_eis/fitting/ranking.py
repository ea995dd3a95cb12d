"""Which circuit the data can support: a corrected Akaike criterion that knows the instrument.

AICc = N ln(χ²/N + a²) + 2k + 2k(k+1)/(N − k − 1) with N = 2·points, k = free parameters + 1 and χ² the
relative misfit. The instrument's accuracy a keeps a small range step from buying an arc
(Hurvich and Tsai 1989, Biometrika 76, 297, for the correction).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from lipon_eis.fitting.result import Fit

ACCURACY = 0.002
MARGIN = 10.0


def corrected_aic(fit: Fit, accuracy: float = ACCURACY) -> float:
    """Return AICc of a fit; inf where there are too few points for its parameters."""
    n, k = 2 * fit.n_used, fit.n_free + 1
    if n - k - 1 <= 0:
        return math.inf
    return n * math.log(fit.relative_chi2 / n + accuracy**2) + 2 * k + 2 * k * (k + 1) / (n - k - 1)


def choose(
    scores: Sequence[float], sizes: Sequence[int], suits: Sequence[bool] | None = None, margin: float = MARGIN
) -> int:
    """Return the index of the smallest model whose score lies within the margin of the best.

    Args:
        scores: AICc of each model.
        sizes: Its number of free parameters.
        suits: Whether it goes with what is known of the sample: decides between models of equal size.
        margin: Difference of scores that counts.

    >>> choose([100.0, 20.0, 15.0], [4, 6, 9])
    1
    >>> choose([20.0, 15.0], [6, 6], [True, False])
    0
    """
    best = min(scores)
    able = [i for i, score in enumerate(scores) if score <= best + margin]
    return min(able, key=lambda i: (sizes[i], not (suits and suits[i]), scores[i]))
