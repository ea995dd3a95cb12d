"""Points left out on request: single frequencies, bands, and the outliers of the fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lipon_eis.errors import InvalidOption, InvalidQuantity
from lipon_eis.spectrum import Spectrum
from lipon_eis.units import parse_quantity, parse_range

OUTLIERS = "outliers"
TOLERANCE = 0.01  # how far from a frequency given by its number a point may lie

Wish = str | float | tuple[float | None, float | None]


@dataclass(frozen=True)
class Mask:
    """What shall not take part in a fit.

    Attributes:
        bands: (low, high) [Hz].
        outliers: Whether to mask points that stand apart from the fit, and to fit again.
    """

    bands: tuple[tuple[float, float], ...] = ()
    outliers: bool = False

    @classmethod
    def of(cls, wishes: Wish | Sequence[Wish] | None) -> Mask:
        """Understand ``"outliers"``, ``"50Hz"`` or 50.0 [Hz], ``"45Hz..55Hz"`` or (45, 55), or several of these.

        Raises:
            InvalidOption: A wish is none of these.
        """
        if wishes is None:
            return cls()
        several: list[Any] = [wishes] if isinstance(wishes, str | float | int) or _is_band(wishes) else [*wishes]
        bands = tuple(_band(wish) for wish in several if wish != OUTLIERS)
        return cls(bands, outliers=OUTLIERS in several)

    def apply(self, spectrum: Spectrum) -> Spectrum:
        """Return the spectrum with the bands masked, and a note for each, also where nothing lies in it.

        Raises:
            InvalidSpectrum: No point is left.
        """
        for low, high in self.bands:
            inside = (spectrum.frequency >= low) & (spectrum.frequency <= high) & spectrum.used
            count = int(inside.sum())
            points = f"{count} point{'s' * (count > 1)}" if count else "no point"
            note = f"{points} {_where(low, high)}{' masked as asked' if count else ': nothing to mask'}"
            spectrum = replace(spectrum, masked=spectrum.masked | inside, notes=(*spectrum.notes, note))
        return spectrum


def _is_band(wish: object) -> bool:
    return isinstance(wish, tuple) and len(wish) == 2 and all(isinstance(e, int | float | None) for e in wish)


def _where(low: float, high: float) -> str:
    if np.isclose(low / (1 - TOLERANCE), high / (1 + TOLERANCE), rtol=1e-9):
        return f"at {low / (1 - TOLERANCE):g} Hz"
    if np.isinf(high):
        return f"from {low:g} Hz"
    return f"up to {high:g} Hz" if low == 0 else f"from {low:g} to {high:g} Hz"


def _band(wish: Wish) -> tuple[float, float]:
    try:
        if isinstance(wish, str) and ".." in wish:
            wish = parse_range(wish, "frequency")
        elif isinstance(wish, str):
            wish = parse_quantity(wish, "frequency").value
    except InvalidQuantity as error:
        raise InvalidOption(f"mask: {error}; write outliers, 50Hz or 45Hz..55Hz") from error
    if isinstance(wish, tuple):
        low, high = (0.0 if wish[0] is None else wish[0]), (np.inf if wish[1] is None else wish[1])
        if not 0 <= low < high:
            raise InvalidOption(f"mask: from {low:g} to {high:g} Hz is no band")
        return low, high
    if not 0 < wish < np.inf:
        raise InvalidOption(f"mask: {wish:g} Hz is no frequency")
    return wish * (1 - TOLERANCE), wish * (1 + TOLERANCE)
