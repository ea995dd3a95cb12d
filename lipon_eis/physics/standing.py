"""Where a conductivity stands among published ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lipon_eis.physics.literature import LiteratureRow

Rows = tuple[LiteratureRow, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Published films below, level with and above one conductivity.

    Attributes:
        below: Films whose whole range lies below.
        level: Films whose range overlaps.
        above: Films whose whole range lies above.
        nearest: The film with the nearest conductivity (of a range its middle) on a logarithmic scale, the first of
            equals; None where there is no film to compare with.
    """

    below: Rows
    level: Rows
    above: Rows
    nearest: LiteratureRow | None


def standing(sigma: float, interval: tuple[float, float] | None, rows: Sequence[LiteratureRow]) -> Standing:
    """Compare a conductivity with the published films among some rows; what is no film takes no part.

    Args:
        sigma: [S/cm].
        interval: Its 95 % interval [S/cm]; None is as sharp as a point.
        rows: Of the literature.

    Raises:
        ValueError: σ is not positive, or its interval does not contain it.
    """
    low, high = interval or (sigma, sigma)
    if not 0 < low <= sigma <= high < math.inf:
        raise ValueError(f"expected 0 < low <= sigma <= high, found {sigma!r} with the interval {low!r} to {high!r}")
    films = [row for row in rows if row.is_film]
    return Standing(
        below=tuple(row for row in films if row.sigma.high < low),
        level=tuple(row for row in films if row.sigma.low <= high and row.sigma.high >= low),
        above=tuple(row for row in films if row.sigma.low > high),
        nearest=min(films, key=lambda row: _distance(row, sigma), default=None),
    )


def _distance(row: LiteratureRow, sigma: float) -> float:
    return abs(math.log(row.sigma.middle / sigma))
